// Passkeys in a real browser, with a virtual authenticator (WebAuthn by the DevTools protocol): one is made, it signs in alone and beside the passphrase,
// it proves again who it is, a wrong one is refused, and it is taken away. Pages open by it; contacts stay sealed.
import assert from "node:assert/strict";
import { passphrase, tell, test } from "./browser.mjs";

async function press(page, words) {
	await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: words, exact: true }).or(page.getByRole("link", { name: words, exact: true })).first().click()]);
}

// A device that keeps passkeys and knows its owner; others can't be told from it.
async function authenticator(page, verified = true) {
	const cdp = await page.context().newCDPSession(page);
	await cdp.send("WebAuthn.enable");
	const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", { options: {
		protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: verified, automaticPresenceSimulation: true } });
	return { cdp, authenticatorId, verify: good => cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: good }) };
}

async function add(page, shop, name) {
	await page.goto(`${shop.base}/you`);
	await press(page, "Add a passkey");
	await page.fill("[name=name]", name);
	await press(page, "Make the passkey");
}

// Makes the last proof an hour old, as the clock would.
function long_ago(shop) {
	shop.sql("UPDATE session SET again = 0");
}

test("a passkey is made, signs in, proves again, and is taken away", async shop => {
	shop.init();
	shop.csv("customers.csv", "customer_ref,name,email\nA,Ann Ames,ann@example.com\n");
	await shop.desk();
	const b = await shop.browser(), page = await shop.page(b);
	await page.goto(shop.link);
	const device = await authenticator(page);
	await add(page, shop, "my telephone");
	// the first one brings codes for paper
	assert.match(await page.title(), /^Codes for paper/);
	const codes = await page.$$eval(".desk-groups li", all => all.map(li => li.textContent.trim()));
	assert.equal(codes.length, 10);
	await press(page, "I have them on paper");
	assert.ok(await page.getByRole("rowheader", { name: "my telephone" }).count());
	// the same device has one already
	await press(page, "Add a passkey");
	await page.getByRole("button", { name: "Make the passkey" }).click();
	await page.locator("[data-failed]").waitFor({ state: "visible" });
	// it signs in alone; contacts stay sealed
	await page.goto(shop.base);
	await press(page, "Sign out");
	await press(page, "Sign in with a passkey");
	assert.match(await page.title(), /^Home/);
	await page.goto(`${shop.base}/customer/A`);
	assert.match(await page.textContent("main"), /sealed/);
	assert.doesNotMatch(await page.textContent("main"), /Ann Ames/);
	// a device that did not check who holds it is refused by the browser or by us
	await page.goto(shop.base);
	await press(page, "Sign out");
	await device.verify(false);
	await page.getByRole("button", { name: "Sign in with a passkey" }).click();
	await page.locator("[data-failed]").waitFor({ state: "visible" });
	await device.verify(true);
	// beside the passphrase
	await page.fill("[name=name]", "owner");
	await page.fill("[name=passphrase]", passphrase);
	await press(page, "Sign in");
	assert.match(await page.title(), /^Your code/);
	await press(page, "Use your passkey");
	assert.match(await page.title(), /^Home/);
	// proving again, with what was typed going along
	await page.goto(`${shop.base}/person/1`);
	await page.getByText("Make a token").click();
	await page.fill("[name=name]", "the shop's \"till\"");
	long_ago(shop);
	await press(page, "Make it");
	assert.match(await page.title(), /^Is it still you/);
	await press(page, "With a passkey");
	assert.match(await page.textContent("main"), /the shop's "till"/);
	assert.equal((await page.textContent(".desk-next .desk-code")).length, 43);
	await page.reload();
	assert.equal(await page.locator(".desk-next .desk-code").count(), 0);
	// what was answered once is answered never again
	await page.goto(shop.base);
	await press(page, "Sign out");
	let sent;
	page.on("request", r => { if (r.url().endsWith("/sign-in/passkey")) sent = { body: r.postData(), cookie: r.headers().cookie }; });
	const before = await page.context().cookies();
	await press(page, "Sign in with a passkey");
	assert.match(await page.title(), /^Home/);
	const other = await (await b.newContext()).newPage();
	await other.context().addCookies(before.filter(c => c.name === "handback-ask"));
	const replayed = await other.request.post(`${shop.base}/sign-in/passkey`, { data: sent.body, headers: { "Content-Type": "application/x-www-form-urlencoded", Origin: shop.base }, maxRedirects: 0 });
	assert.equal(replayed.status(), 403);
	// taken away
	await page.goto(`${shop.base}/you`);
	await press(page, "Take away my telephone");
	assert.equal(await page.getByRole("rowheader", { name: "my telephone" }).count(), 0);
	await press(page, "Sign out");
	await press(page, "Sign in with a passkey");
	assert.match(await page.textContent("main"), /not known here/);
	assert.deepEqual(shop.faults.filter(f => !/403|NotAllowedError|InvalidStateError/.test(f)), []);
});

test("without scripts the passphrase stays", async shop => {
	shop.init();
	await shop.desk();
	const b = await shop.browser(), page = await shop.page(b, { javaScriptEnabled: false });
	await page.goto(`${shop.base}/sign-in`);
	assert.equal(await page.getByRole("button", { name: "Sign in with a passkey" }).isVisible(), false);
	await page.fill("[name=name]", "owner");
	await page.fill("[name=passphrase]", passphrase);
	await press(page, "Sign in");
	assert.match(await page.title(), /^Home/);
	await press(page, "Owner");
	await press(page, "Add a passkey");
	assert.match(await page.textContent("main"), /needs scripts/);
	assert.deepEqual(shop.faults, []);
});

await tell();
