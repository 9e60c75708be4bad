// The whole way in a browser: a business is founded, its export imported, a breach told of in five questions, a notice drafted, read, approved, and
// written: on a phone without scripts, and on a desktop with them. A real browser is stricter with forms than any other client: it says where each comes from.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { passphrase, tell, test } from "./browser.mjs";

const looks = { "on a phone, without scripts": { viewport: { width: 390, height: 844 }, javaScriptEnabled: false }, "on a desktop": { viewport: { width: 1280, height: 900 } } };

// Presses the button of these words, and waits for the page behind it.
async function press(page, words) {
	await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: words }).or(page.getByRole("link", { name: words })).first().click()]);
}

async function title(page, words) {
	assert.equal(await page.title(), `${words} - Handback`, await page.textContent("main"));
}

async function found_business(page) {
	await press(page, "Start");
	await page.fill("[name=name]", "");
	await press(page, "Continue");
	assert.match(await page.title(), /^Error: /);
	await page.fill("[name=name]", "Fernwood Plumbing");
	await press(page, "Continue");
	await page.selectOption("[name=region]", "US-NY");
	await press(page, "Continue");
	await press(page, "Continue");                          // the time zone as it is proposed
	await page.fill("[name=passphrase]", passphrase);
	await page.fill("[name=again]", passphrase);
	await press(page, "Continue");
	await press(page, "Set up my business");
	const groups = await page.$$eval(".desk-groups li", all => all.map(li => li.textContent.trim()));
	assert.equal(groups.length, 8);
	await press(page, "I have it on paper");
	for (const name of ["one", "two"]) {
		const label = await page.textContent(`label[for=${name}]`);
		await page.fill(`[name=${name}]`, groups[Number(label.match(/\d/)[0]) - 1].toLowerCase());
	}
	await press(page, "Continue");
	await title(page, "Your business is set up");
	for (let i = 0; i < 20 && !page.url().endsWith("/choices"); i++) {     // the desk of the business itself is being started
		await page.waitForTimeout(500);
		await press(page, "Continue");
	}
	assert.ok(await page.getByText("is set up").count());
}

async function import_file(page, base, file) {
	await page.goto(`${base}/import`);
	await page.setInputFiles("[name=file]", file);
	await press(page, "Look at it");
	await title(page, "Look before it is kept");
	if (await page.$("[name=passphrase]"))
		await page.fill("[name=passphrase]", passphrase);
	await press(page, "Import it");
	for (let i = 0; i < 100 && !/Done|done|complete/.test(await page.textContent("main")); i++)
		await page.waitForTimeout(200), await page.reload();
}

async function date(page, name, month, day, year) {
	for (const [part, value] of [["month", month], ["day", day], ["year", year]])
		await page.fill(`[name="${name}-${part}"]`, String(value));
}

for (const [name, look] of Object.entries(looks))
	test(`from the first page to written notices, ${name}`, async shop => {
		const exports = path.join(shop.folder, "exports");
		shop.run("sample", exports, "--customers", "200");
		await shop.desk();
		const b = await shop.browser();
		const page = await shop.page(b, look);
		await page.goto(shop.link);
		await found_business(page);
		shop.run("set", "business.phone", "(202) 555-0100");    // without it a letter to New York can't go out
		for (const file of fs.readdirSync(exports).filter(f => f.endsWith(".csv")).sort())
			await import_file(page, shop.base, path.join(exports, file));
		const before = path.join(shop.folder, "before.backup");
		shop.run("backup", before);
		await page.goto(`${shop.base}/incident/new`);
		await page.fill("[name=title]", "A skimmer was on a reader");
		await press(page, "Continue");
		await page.getByLabel(/Van 2 reader/).check();
		await press(page, "Continue");
		await date(page, "from", 11, 27, 2025);
		await press(page, "Continue");
		await date(page, "to", 12, 15, 2025);
		await press(page, "Continue");
		await press(page, "Continue");
		await press(page, "Work out who is at risk");
		assert.match(await page.textContent("main"), /\d+ customers?\s+(is|are)? ?at risk/);
		await press(page, "Draft a notice to them");
		await press(page, "Draft it");
		const all = Number((await page.textContent(".desk-number")).replace(/\D/g, ""));
		assert.ok(all > 0);
		if (await page.$("[name=look-passphrase]"))
			await page.fill("[name=look-passphrase]", passphrase);
		await press(page, "Show three of them");
		assert.match(await page.textContent("main"), /A skimmer was on a reader/);
		await page.fill("[name=number]", String(all + 1));
		await page.fill("main [name=passphrase]", passphrase);
		await press(page, "Approve: send it");
		assert.match(await page.title(), /^Error: /);           // the number is not theirs
		await page.fill("[name=number]", String(all));
		await page.fill("main [name=passphrase]", passphrase);
		await press(page, "Approve: send it");
		assert.match(await page.textContent("main"), /Nothing goes out before/);
		assert.equal(JSON.parse(shop.run("--json", "notice", "status", "1").split("\n")[0]).state, "queued");
		// and all goes back to before the incident
		await page.goto(`${shop.base}/restore`);
		await page.setInputFiles("[name=file]", before);
		await press(page, "Continue");
		await page.fill("[name=passphrase]", passphrase);
		await press(page, "Look at what is in it");
		await title(page, "What the backup holds");
		await page.fill("[name=number]", "200");
		await press(page, "Bring it back");
		await title(page, "Sign in");
		await page.fill("[name=name]", "owner");
		await page.fill("main form:not([data-passkey]) [name=passphrase]", passphrase);
		await press(page, /^Sign in$/);
		await page.goto(`${shop.base}/incidents`);
		assert.doesNotMatch(await page.textContent("main"), /A skimmer was on a reader/);
		assert.deepEqual(shop.faults.filter(f => !/status of 4(00|22)/.test(f)), []);   // the two wrong answers above
	});

await tell();
