// A long look through files: with scripts its page moves by itself, without them it is loaded anew, and both end at what was found.
import assert from "node:assert/strict";
import fs from "node:fs";
import zlib from "node:zlib";
import { tell, test } from "./browser.mjs";

for (const javaScriptEnabled of [true, false])
	test(`a long look ${javaScriptEnabled ? "with" : "without"} scripts`, async shop => {
		const documents = shop.folder + "/Documents";
		shop.init();
		fs.mkdirSync(documents);
		fs.writeFileSync(documents + "/orders.csv", "email,card number\nann@example.com,4929 4212 3460 0821\n");
		const slow = zlib.gzipSync("order 20190302-7781 of 4929-17, 1184 4021 pieces\n".repeat(1 << 20), { level: 1 });
		for (let i = 0; i < 8; i++)
			fs.writeFileSync(`${documents}/zz${i}.log.gz`, slow);
		shop.run("set", "find.folders", documents);
		await shop.desk();
		const b = await shop.browser();
		const storageState = await shop.open(b);
		const page = await shop.page(b, { storageState, javaScriptEnabled, locale: "es" });
		await page.goto(shop.base + "/find");
		await page.click("form[action='/find'] button");
		await page.waitForURL(/\/job\//);
		const loads = [];
		page.on("load", () => loads.push(page.url()));
		await page.waitForURL(/\/find\/scan\//, { timeout: 60000 });
		assert.match(await page.textContent("main"), /1 número de tarjeta/);
		// the script loads the page once, at the end
		if (javaScriptEnabled)
			assert.ok(loads.length <= 1, loads.join(" "));
		assert.deepEqual(shop.faults, []);
	});

await tell();
