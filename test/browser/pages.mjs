// Every page that links lead to, from the first one on: axe finds nothing in both themes and widths, the HTML is valid, no policy is broken, and
// nothing stands out of a narrow screen.
import assert from "node:assert/strict";
import fs from "node:fs";
import { axe_of, html_faults, tell, test } from "./browser.mjs";

const PAGES_MAX = 150;

// One of each kind: pages that differ in their numbers alone are looked at twice.
function kind(path) { return path.replace(/\d+/g, "1").replace(/\?.*/, "?"); }

test("every page is sound", async shop => {
	shop.init();
	shop.run("sample", shop.folder + "/exports", "--customers", "60");
	shop.run("import", ...fs.readdirSync(shop.folder + "/exports").filter(f => f.endsWith(".csv")).map(f => `${shop.folder}/exports/${f}`));
	const long = "Kartenlesegerätezusatzabsicherungsvorrichtungsprüfung";       // names as long as they come break, and nothing scrolls sideways
	shop.run("set", "business.name", `${long} & Söhne, Plumbing and Heating of Upper Millbrook`);
	shop.run("holder", "add", `reader:${long}`);
	shop.run("person", "add", "--name", long, "--role", "staff");
	shop.run("incident", "open", "--title", `A skimmer on a reader: ${long}`, "--holder", "reader:*", "--holder", "service:Square", "--from", "unknown", "--to", "unknown", "--only", "passing");
	shop.run("notice", "draft", "1");
	shop.run("incident", "told", "--service", "Square", "--to", "2026-11-03", "--said", "Names of your customers");
	shop.run("access", "add", "Ana", "Square", "--account", "shared", "--second", "no");
	shop.run("access", "add", "Ben", "Square", "--account", "own");
	shop.run("access", "leave", "Ben");
	fs.mkdirSync(shop.folder + "/Documents");
	fs.writeFileSync(shop.folder + "/Documents/orders.csv", "email,card number\nann@example.com,4929 4212 3460 0821\nbob@example.com,5404 3601 2345 6781\n");
	fs.writeFileSync(shop.folder + "/Documents/till.log", "2019-03-02 10:11:12 payment 4929 4212 3460 0821 ok\n");
	shop.run("set", "find.folders", shop.folder + "/Documents");
	shop.run("find", shop.folder + "/Documents");
	fs.writeFileSync(`${shop.folder}/answers`, "channels = cheque\ntakers = Ana\nlist = ?\nwritten = nowhere\ncards_kept = file\ncode_kept = yes\nothers = -\nold = never\nexport = few\ncheque.photo = private\ncheque.until = ?\n");
	shop.run("payment", "walk", "--answers", `${shop.folder}/answers`);
	await shop.desk();
	const b = await shop.browser();
	const storageState = await shop.open(b);
	const page = await shop.page(b, { storageState });
	const spanish = await shop.page(b, { storageState, locale: "es-US" });
	const looks = [];
	for (const colorScheme of ["light", "dark"])
		looks.push({ colorScheme, page: await shop.page(b, { storageState, colorScheme, bypassCSP: true }) });
	const found = ["/", "/there-is-no-such-page", "/payment/question?q=takers", "/payment/unknown?q=old"], seen = new Map(), wrong = [];
	for (let i = 0; i < found.length && i < PAGES_MAX; i++) {
		const path = found[i], times = seen.get(kind(path)) ?? 0;
		if (times >= 2)
			continue;
		seen.set(kind(path), times + 1);
		const answer = await page.goto(shop.base + path);
		if (!(answer.headers()["content-type"] ?? "").startsWith("text/html"))
			continue;
		for (const fault of await html_faults(await answer.text()))
			wrong.push(`${path}: ${fault}`);
		for (const href of await page.$$eval("a[href]:not([download])", all => all.map(a => a.getAttribute("href"))))
			if (href.startsWith("/") && !found.includes(href))
				found.push(href);
		await spanish.goto(shop.base + path);
		for (const one of [page, spanish]) {
			await one.setViewportSize({ width: 320, height: 640 });
			const [wide, there, language] = await one.evaluate(() => [document.documentElement.scrollWidth, innerWidth, document.documentElement.lang]);
			if (wide > there)
				wrong.push(`${path} ${language}: ${wide} pixels wide on a screen of ${there}`);
		}
		for (const look of looks)
			for (const width of [390, 1280]) {
				await look.page.setViewportSize({ width, height: 844 });
				if (width === 390)
					await look.page.goto(shop.base + path);
				for (const fault of await axe_of(look.page))
					wrong.push(`${path} ${look.colorScheme} ${width}: ${fault}`);
			}
	}
	assert.deepEqual(wrong, []);
	// a page that is not there is told by the browser itself
	assert.deepEqual(shop.faults.filter(f => !/there-is-no-such-page.*404/.test(f)), []);
});

await tell();
