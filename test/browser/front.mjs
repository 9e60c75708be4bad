// From an approved round to the customer's own page and back: on a phone, with scripts and without; then the reply on the desk. The pages are sound: axe in
// both themes and widths, valid HTML, no policy broken, and nothing asked of anybody but the front.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { axe_of, html_faults, passphrase, tell, test } from "./browser.mjs";

const program = process.env.HANDBACK ?? "build/handback";

function free_port() {
	return new Promise(done => { const s = net.createServer().listen(0, "127.0.0.1", () => { const { port } = s.address(); s.close(() => done(port)); }); });
}

async function serve(shop, port) {
	const desk = spawn(program, ["--data", shop.data, "--json", "serve", "--listen", `127.0.0.1:${await free_port()}`, "--public", `127.0.0.1:${port}`],
		{ env: shop.env, stdio: ["ignore", "pipe", "ignore"] });
	const over = new Promise(done => desk.on("exit", done));
	shop.ends.push(async () => { desk.kill("SIGINT"); await over; });
	let said = "";
	await new Promise(good => desk.stdout.on("data", d => { said += d; if (said.includes("\n")) good(); }));
	shop.link = JSON.parse(said.split("\n")[0]).link;
	shop.base = new URL(shop.link).origin;
	for (let i = 0; i < 100; i++)
		if (await fetch(`http://localhost:${port}/p`).then(r => r.ok, () => new Promise(done => setTimeout(() => done(false), 100))))
			return;
	throw new Error("the front did not start");
}

async function sound(page, name) {
	const faults = [];
	await page.setViewportSize({ width: 320, height: 640 });
	const [wide, there] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
	assert.ok(wide <= there, `${name}: ${wide} pixels wide on a screen of ${there}`);
	for (const width of [390, 1280])
		for (const colorScheme of ["light", "dark"]) {
			await page.setViewportSize({ width, height: 844 });
			await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
			faults.push(...await axe_of(page));
			if (process.env.SHOTS)
				await page.screenshot({ path: `${process.env.SHOTS}/${name}-${width}-${colorScheme}.png`, fullPage: true });
		}
	await page.emulateMedia({ colorScheme: "light" });
	await page.setViewportSize({ width: 390, height: 844 });
	assert.deepEqual(faults, [], name);
}

async function press(page, words) {
	await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: words }).first().click()]);
}

test("the link is the key", async shop => {
	shop.init();
	const port = await free_port(), base = `http://localhost:${port}`;
	shop.csv("c.csv", "customer_ref,name,email,phone,address1,city,region,postal_code,country,language\nA-1,June Marsh,june@example.com,,1 Mill St,Millbrook,US-NY,12545,US,en\nA-2,Luis Vega,luis@example.com,,,,,,,es\n");
	shop.csv("t.csv", "touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n2026-03-01T11:00:00Z,A-1,Van 2 reader,Square,,,card_number|name,T-1\n2026-03-01T12:00:00Z,A-2,Van 2 reader,Square,,,card_number|name,T-2\n");
	shop.run("set", "business.phone", "(202) 555-0100");
	shop.run("set", "public.url", base);
	shop.run("incident", "open", "--title", "A skimmer was on a card reader", "--holder", "reader:Van 2 reader", "--from", "2026-02-28", "--to", "2026-03-02", "--only", "passing");
	shop.run("notice", "draft", "1");
	shop.run("notice", "approve", "1.1");
	shop.run("notice", "send", "1.1");
	const links = {};
	for (const ref of ["A-1", "A-2"]) {
		const mail = fs.readFileSync(path.join(shop.data, "outbox/1.1", `${ref}.eml`), "utf8").replace(/=\r?\n/g, "").replace(/=3D/g, "=");
		links[ref] = mail.match(/http:\/\/localhost:\d+\/p\/\w{16}#[0-9A-Z-]{35}/)[0];
	}
	await serve(shop, port);
	const b = await shop.browser();
	const asked = [];
	const visit = async options => {
		const page = await shop.page(b, { bypassCSP: false, ...options });
		page.on("request", r => asked.push(r.url()));
		return page;
	};

	// with scripts: the link opens the page, and the code leaves the address
	const phone = await visit({});
	await phone.goto(links["A-1"]);
	await phone.getByRole("button", { name: "I have read this" }).waitFor();
	assert.equal(phone.url(), `${base}/p`);
	assert.match(await phone.textContent("main"), /June Marsh/);
	const axed = await visit({ bypassCSP: true });
	await axed.goto(links["A-1"]);
	await axed.getByRole("button", { name: "I have read this" }).waitFor();
	await sound(axed, "own");
	for (const open of await axed.$$("summary"))
		await open.click();
	await sound(axed, "own-open");
	await phone.getByText("Please call me").click();
	await phone.getByLabel("Your telephone number").fill("(202) 555-0199");
	await phone.getByLabel("When is a good time?").fill("after five");
	await press(phone, "Ask for a call");
	assert.match(await phone.textContent("main"), /We will call you/);
	await press(phone, "Back to my page");
	assert.match(await phone.textContent("main"), /June Marsh/);

	// without scripts: one field for the code, in Spanish for who reads Spanish
	const plain = await visit({ javaScriptEnabled: false, locale: "es-MX" });
	const [address, code] = links["A-2"].split("#");
	await plain.goto(address);
	await plain.fill("[name=code]", "abc");
	await press(plain, "Mostrar mi página");
	assert.match(await plain.textContent("[role=alert]"), /error/);
	await plain.fill("[name=code]", code.toLowerCase().replaceAll("-", " "));
	await press(plain, "Mostrar mi página");
	assert.match(await plain.textContent("main"), /Luis Vega/);
	await press(plain, "Lo he leído");
	assert.match(await plain.textContent("main"), /Hemos anotado/);
	const enter = await visit({ bypassCSP: true });
	await enter.goto(`${base}/p`);
	await sound(enter, "enter");

	// the page of an incident: made public on the desk, looked at and asked without scripts
	shop.csv("p.csv", "touched_at,customer_ref,reader,service,place,data_kinds,last4,source_ref\n2026-02-28T15:00:00Z,,Van 2 reader,Square,Market stall,card_number,4242,P-1\n2026-02-28T16:00:00Z,,Till,Square,Market stall,card_number,1111,P-2\n");
	const storageState = await shop.open(b);
	const owner = await shop.page(b, { storageState, bypassCSP: true });
	await owner.goto(`${shop.base}/incident/1`);
	await owner.getByRole("link", { name: "The page for everybody" }).click();
	assert.match(await owner.textContent("main"), /Not public/);
	await sound(owner, "incident-public");
	await owner.getByLabel("Title", { exact: true }).fill("A card reader of ours was tampered with");
	await press(owner, "Keep these words");
	await owner.goto(`${shop.base}/incident/1/page/see/index.html`);
	assert.equal(await owner.textContent("h1"), "A card reader of ours was tampered with");
	await owner.goto(`${shop.base}/incident/1/page`);
	await press(owner, "Make it public");
	if (await owner.getByLabel("Passphrase").count())
		await owner.getByLabel("Passphrase").fill(passphrase), await press(owner, "Continue");
	for (let i = 0; i < 100 && (await fetch(`${base}/status/1/`)).status !== 200; i++)
		await owner.waitForTimeout(200);                                     // the courier makes the files
	const all = await visit({ bypassCSP: true });
	await all.goto(`${base}/status/1/`);
	assert.match(await all.textContent("main"), /tampered with/);
	await sound(all, "status");
	await all.goto(`${base}/status/1/index.es.html`);
	await sound(all, "status-es");
	const asks = await visit({ javaScriptEnabled: false });
	const look_up = async (page, digits) => {
		await page.goto(`${base}/status/1/`);
		await page.fill("[name=day]", "2026-02-28");
		await page.selectOption("[name=place]", { label: "Market stall" });
		await page.fill("[name=last4]", digits);
		await press(page, "Look it up");
		assert.equal(page.url(), `${base}/look`);
		return page.textContent("h1");
	};
	for (const [digits, says] of [["4242", "Yes"], ["1111", "No"], ["7000", "Perhaps"], ["42", "Was your payment among them?"]])
		assert.equal(await look_up(asks, digits), says);
	for (const [digits, name] of [["4242", "look-yes"], ["7000", "look-perhaps"], ["42", "look-wrong"]])
		await look_up(all, digits), await sound(all, name);
	shop.run("trust", "page");
	await all.goto(`${base}/trust/`);
	await sound(all, "trust");
	await all.getByRole("link", { name: "A card reader of ours was tampered with" }).click();
	assert.equal(all.url(), `${base}/status/1/index.html`);
	for (const [address, form] of [["status/1/"], ["status/1/index.es.html"], ["trust/"], ["look", "incident=1&day=2026-02-28&last4=4242"], ["look", "incident=1"]]) {
		const served = await fetch(`${base}/${address}`, form && { method: "POST", body: form, headers: { "Content-Type": "application/x-www-form-urlencoded" } });
		assert.deepEqual(await html_faults(await served.text()), [], address);
	}

	// the HTML as it is served
	for (const form of [null, "code=x", `code=${code}`, `code=${code}&what=held`]) {
		const served = form === null ? await fetch(`${base}/p`) : await fetch(`${base}/p${/what/.test(form) ? "/answer" : ""}`, { method: "POST", body: form, headers: { "Content-Type": "application/x-www-form-urlencoded" } });
		assert.deepEqual(await html_faults(await served.text()), [], `${form}`);
	}

	// nothing was asked of anybody else, and no address held a code
	assert.deepEqual(asked.filter(u => !u.startsWith(base + "/") || u.includes("#") && !u.startsWith(`${base}/p/`)), []);
	assert.deepEqual(asked.filter(u => u.includes(code) && !u.includes("#")), []);

	// the desk
	const desk = await shop.page(b, { storageState, bypassCSP: true });
	await desk.goto(shop.base);
	await desk.getByRole("link", { name: "Customers have answered" }).click();
	for (let i = 0; i < 50 && !/3 new replies/.test(await desk.textContent("main")); i++)
		await desk.waitForTimeout(100), await desk.reload();
	await desk.fill("[name=passphrase]", passphrase);
	await press(desk, "Open them");
	assert.match(await desk.textContent("main"), /A-1: Asks for a call[^]*\(202\) 555-0199[^]*after five/);
	assert.doesNotMatch(await desk.textContent("main"), /Has read the notice/);  // that needs nobody more
	await sound(desk, "replies");
	await press(desk, "Done");
	await press(desk, "Done");
	assert.match(await desk.textContent("main"), /Nothing waits/);
	assert.match(shop.run("--json", "notice", "status", "1.1"), /"acknowledged"[^]*"acknowledged"/);
	// what was mistyped is told by the browser itself, and that a page which is only looked at on the desk has no icon there
	assert.deepEqual(shop.faults.filter(f => !/\/(p|look|see\/index.html): Failed to load resource: .* status of 40[04]/.test(f)), []);
});

await tell();
