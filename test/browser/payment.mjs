// Walking through how the business is paid on a phone, without scripts: the readers of the export are offered, back loses nothing, "I don't know" becomes a task,
// nothing is on the map before the answers were checked, and the questionnaire says which one fits.
import assert from "node:assert/strict";
import fs from "node:fs";
import { tell, test } from "./browser.mjs";

const shots = process.env.HANDBACK_SHOTS;                   // a folder for pictures, to be looked at

async function press(page, words) {
	await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: words, exact: true }).or(page.getByRole("link", { name: words, exact: true })).first().click()]);
}

let shot = 0;
async function look(page, name) {
	if (shots)
		await page.screenshot({ path: `${shots}/${String(++shot).padStart(2, "0")}-${name}.png`, fullPage: true });
}

async function question(page, part, k) {
	const caption = await page.textContent(".govuk-caption-l");
	assert.match(caption, new RegExp(`^${part}: question ${k} of about \\d+$`));
	const fits = await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
	assert.ok(fits, await page.title());
}

async function choose(page, ...labels) {
	for (const label of labels)
		await page.getByLabel(label, { exact: true }).check();
	await press(page, "Continue");
}

async function walk(shop, page) {
	const before = shop.run("holder", "list");
	await page.goto(`${shop.base}/`);
	await look(page, "home");
	await press(page, "Walk through how we are paid");
	await look(page, "begin");
	await press(page, "Begin");
	await question(page, "Your business", 1);
	await press(page, "Continue");
	assert.match(await page.title(), /^Error: /);
	await look(page, "error");
	await choose(page, "With a card reader and a phone or tablet, at the customer's place", "In cash");
	await question(page, "Your business", 2);
	await look(page, "names");
	assert.ok(await page.getByLabel("Square", { exact: true }).isChecked());        // the one service of the export
	await press(page, "Continue");
	await page.fill("[name=more]", "(855) 555-0100");
	await press(page, "Continue");
	await page.fill("[name=more]", "Ana\nBen\n");
	await press(page, "Continue");
	await page.goBack();                                     // the browser's own way back
	assert.match(await page.inputValue("[name=more]") + await page.textContent("main"), /Ana/);
	await press(page, "Continue");
	await choose(page, "Yes, each their own");
	await choose(page, "Yes, for everybody");
	await press(page, "Back");
	assert.ok(await page.getByLabel("Yes, for everybody", { exact: true }).isChecked());
	await press(page, "Continue");
	await press(page, "Continue");                          // the customer list is where the export says
	await choose(page, "Nowhere else");
	await choose(page, "No");
	await choose(page, "Nobody");
	await press(page, "Stop here and go on another time");
	await look(page, "stopped");
	await press(page, "Go on where you stopped");
	await choose(page, "After seven years");
	await choose(page, "One or two that we chose");
	await choose(page, "We first call the payment company on the number that we know");
	await question(page, "Card reader with a phone", 1);
	await choose(page, "It takes the chip and taps");
	await question(page, "Card reader with a phone", 2);
	await look(page, "readers");
	assert.match(await page.textContent("main"), /Your export shows these readers. Are these they\?/);
	assert.equal(await page.locator("input[type=checkbox]:checked").count(), 4);
	await page.getByLabel("Counter Register", { exact: true }).uncheck();
	await press(page, "Continue");
	await choose(page, "For other work, too");
	await choose(page, "Yes, both");
	await choose(page, "In the customer's hand");
	await choose(page, "Never, or only the customer does on the reader");
	await press(page, "I don't know");
	await look(page, "unknown");
	await page.fill("[name=person]", "Ben");
	await press(page, "Continue");
	await choose(page, "By text message", "By e-mail");
	await choose(page, "Nothing");
	await choose(page, "Locked up in our place");
	assert.equal(await page.textContent("h1"), "What is with the reader Counter Register?\n".trim());
	await look(page, "left-out");
	await press(page, "Continue");
	assert.match(await page.title(), /^Error: /);
	await choose(page, "It is a spare, or not used now");
	await look(page, "check");
	assert.equal(shop.run("holder", "list"), before);        // nothing before this
	assert.match(await page.textContent("main"), /To be found out: Ben/);
	await page.locator("a[href='/payment/question?q=old&check=yes']").click();
	await choose(page, "After three years");
	assert.match(await page.textContent("main"), /After three years/);
	await press(page, "Put this on the map");
	await look(page, "done");
	assert.match(shop.run("flow", "list"), /Van 2 reader -> Square \(hands on\)/);
	assert.match(shop.run("task", "list"), /Ben/);
	await press(page, "The card industry's questionnaire");
	await look(page, "saq");
	assert.match(await page.textContent("main"), /from 234 requirements to 21/);
	const pdf = await page.request.get(`${shop.base}/payment/saq.pdf`);
	assert.equal((await pdf.body()).subarray(0, 5).toString(), "%PDF-");
	assert.match((await (await page.request.get(`${shop.base}/payment/saq.csv`)).text()), /9\.5\.1\.1/);
	/* next year: last time's answers stand there, what is different is marked */
	await page.goto(`${shop.base}/payment`);
	await press(page, "Walk through it again");
	await page.locator("a[href='/payment/question?q=takers&check=yes']").click();
	await page.getByLabel("Ben", { exact: true }).uncheck();
	await press(page, "Continue");
	assert.equal(await page.locator(".govuk-tag", { hasText: "Changed" }).count(), 1);
	const again = (await page.textContent("main")).replace(/\s+/g, " ");
	assert.match(again, /Ana Changed Taken out: Ben/);
	assert.match(again, /What ends on the map .*Square is seen by Ben/);
	await look(page, "check-again");
	await press(page, "This is right: put it on the map");
	assert.match(shop.run("flow", "list"), /Square -> Ben \(sees\).*until/);
	await page.getByRole("link", { name: /^Say what you found out/ }).click();
	await page.waitForLoadState();
	await look(page, "task");
	await choose(page, "No");
	assert.match(shop.run("task", "list"), /Nothing is to be found out/);
	await press(page, "Check your answers");
	await press(page, "This is right: put it on the map");
	assert.match(shop.run("payment", "show"), /Does the app take cards where there is no signal\?\n +No/);
}

test("on a phone, without scripts", async shop => {
	shop.init();
	shop.run("sample", shop.folder + "/exports", "--customers", "60");
	shop.run("import", ...fs.readdirSync(shop.folder + "/exports").filter(f => f.endsWith(".csv")).map(f => `${shop.folder}/exports/${f}`));
	shop.run("backup", `${shop.folder}/backup`);             /* which comes first */
	await shop.desk();
	const b = await shop.browser();
	const storageState = await shop.open(b);
	await walk(shop, await shop.page(b, { storageState, javaScriptEnabled: false }));
	assert.deepEqual(shop.faults.filter(f => !/422/.test(f)), []);
});

if (shots)
	test("as it looks, in Spanish, wide and in the dark", async shop => {
		shop.init();
		fs.writeFileSync(`${shop.folder}/a.txt`, "channels = phone_reader, web, mail\nprovider = Square\nprovider.phone = 855 555 0100\ntakers = Ana\nprovider.login = shared\nprovider.second = no\nlist = Square\nwritten = computer, notebook\ncards_kept = file\ncode_kept = ?\nothers = -\nold = never\nexport = all\nencrypted = no\nswap = call\nphone_reader.kind = tap_insert\nphone_reader.readers = Van 1 reader, Van 2 reader\nphone_reader.phone = private\nphone_reader.lock = no\nphone_reader.sight = away\nphone_reader.typed = app\nphone_reader.offline = yes\nphone_reader.receipt = text\nphone_reader.visit = list\nphone_reader.night = van\nweb.page = frame\nweb.script = ?\nweb.site = www.example.com\nweb.care = no\nweb.form = no\nweb.orders = site\nmail.where = email\nmail.boxes = office@\nmail.deleted = stay\n");
		shop.run("payment", "walk", "--answers", `${shop.folder}/a.txt`);
		await shop.desk();
		const b = await shop.browser();
		const storageState = await shop.open(b);
		const page = await shop.page(b, { storageState, colorScheme: "dark", locale: "es-US", viewport: { width: 1280, height: 800 } });
		for (const path of ["payment", "payment/check", "payment/saq", "payment/question?q=phone_reader.kind", "payment/question?q=phone_reader.readers", "payment/unknown?q=old"]) {
			await page.goto(`${shop.base}/${path}`);
			await look(page, "es-" + path.replace(/\W/g, "-"));
		}
	});

await tell();
