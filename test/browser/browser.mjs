// browser - what stories in a browser need: a business, its desk, Chromium from Debian, and TAP on standard output.
import { spawn, spawnSync } from "node:child_process";
import dns from "node:dns";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { HtmlValidate } from "html-validate";

export const source = process.env.HANDBACK_SOURCE ?? process.cwd();
const program = process.env.HANDBACK ?? "build/handback";
const axe = fs.readFileSync(path.join(source, "node_modules/axe-core/axe.min.js"), "utf8");
export const passphrase = "four plain words here";

dns.setDefaultResultOrder("ipv4first");                  // Node 18 tries one address only, and localhost may be ::1 first

let told = 0, failed = 0;
const tests = [];
export function test(name, run) { tests.push({ name, run }); }

// Runs the tests of the calling file, one after another; each gets a folder of its own.
export async function tell() {
	console.log(`1..${tests.length}`);
	for (const { name, run } of tests) {
		const folder = fs.mkdtempSync(path.join(os.tmpdir(), "handback-browser-"));
		const ends = [];
		let why;
		try {
			await run(new Shop(folder, ends));
		} catch (e) {
			why = e;
		}
		for (const end of ends.reverse())
			await end();
		fs.rmSync(folder, { recursive: true, force: true });
		console.log(`${why ? "not ok" : "ok"} ${++told} - ${name}`);
		if (why) {
			failed++;
			console.log(String(why.stack ?? why).replace(/^/gm, "# "));
		}
	}
	process.exit(failed ? 1 : 0);
}

// One business in a folder of its own.
class Shop {
	constructor(folder, ends) {
		this.folder = folder;
		this.ends = ends;
		this.data = path.join(folder, "data");
		this.key = path.join(folder, "passphrase");
		fs.writeFileSync(this.key, passphrase + "\n", { mode: 0o600 });
		this.env = Object.fromEntries(Object.entries(process.env).filter(([k]) => !k.startsWith("HANDBACK_")));
		Object.assign(this.env, { XDG_CACHE_HOME: path.join(folder, "cache"), XDG_CONFIG_HOME: path.join(folder, "config") });
	}

	// One command of the command line; what it printed. An answer that needs attention (exit status 1) is an answer.
	run(...args) {
		const done = spawnSync(program, ["--data", this.data, "--passphrase-file", this.key, ...args], { env: this.env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
		if (done.status > 1)
			throw new Error(`handback ${args.join(" ")}\n${done.stdout}\n${done.stderr}`);
		return done.stdout;
	}

	init() {
		return this.run("init", "--name", "Fernwood Plumbing", "--region", "US-NY", "--timezone", "America/New_York", "--kdf-memory", "46", "--kdf-passes", "1");
	}

	// A CSV file brought in.
	csv(name, text) {
		const file = path.join(this.folder, name);
		fs.writeFileSync(file, text);
		return this.run("import", file);
	}

	// Changes the database behind everybody's back, as time would.
	sql(statement) {
		const done = spawnSync("/usr/bin/python3", ["-c", "import sqlite3, sys\nwith sqlite3.connect(sys.argv[1], timeout=30) as db: db.execute(sys.argv[2])", path.join(this.data, "handback.db"), statement], { encoding: "utf8" });
		if (done.status)
			throw new Error(done.stderr);
	}

	// Starts the desk; this.link is the link that works once.
	async desk(...args) {
		const desk = spawn(program, ["--data", this.data, "--json", "ui", ...args], { env: this.env, stdio: ["ignore", "pipe", "ignore"] });
		const over = new Promise(done => desk.on("exit", done));
		this.ends.push(async () => { desk.kill("SIGINT"); await over; });
		const line = await new Promise((good, bad) => {
			let said = "";
			desk.stdout.on("data", d => { said += d; if (said.includes("\n")) good(said.split("\n")[0]); });
			desk.on("exit", () => bad(new Error("the desk did not start")));
		});
		this.link = JSON.parse(line).link;
		this.base = new URL(this.link).origin;
	}

	// A browser; its faults (console, CSP, failed requests) are collected in this.faults.
	async browser() {
		const b = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
		this.ends.push(() => b.close());
		this.faults = [];
		return b;
	}

	// A page in a context of its own. signedIn: the state that `open` gave.
	async page(b, options = {}) {
		const context = await b.newContext({ viewport: { width: 390, height: 844 }, ...options });
		const page = await context.newPage();
		page.setDefaultTimeout(15000);
		page.on("console", m => { if (m.type() === "error" || /Content Security Policy/i.test(m.text())) this.faults.push(`${page.url()}: ${m.text()}`); });
		page.on("pageerror", e => this.faults.push(`${page.url()}: ${e}`));
		return page;
	}

	// Uses the link; the cookie's state, for other contexts.
	async open(b) {
		const page = await this.page(b);
		await page.goto(this.link);
		const state = await page.context().storageState();
		await page.context().close();
		return state;
	}
}

// What axe finds on the page as it is now: WCAG 2.2 AA and its own best practices. The page's context bypasses the CSP, which else keeps axe out.
export async function axe_of(page) {
	await page.evaluate(axe);
	const { violations } = await page.evaluate(() => globalThis.axe.run());
	return violations.map(v => `${v.id}: ${v.nodes.map(n => n.html.slice(0, 160)).join(" | ")}`);
}

const validator = new HtmlValidate({
	extends: ["html-validate:recommended"],
	rules: {
		"no-trailing-whitespace": "off", "attribute-empty-style": "off", "void-style": "off", "no-implicit-button-type": "off",
		"form-dup-name": ["error", { shared: ["radio", "checkbox", "button", "reset", "submit"] }],        // several boxes answer one question
		"prefer-native-element": ["error", { exclude: ["alert"] }], "long-title": "off", "valid-autocomplete": "error",
	},
});

export async function html_faults(text) {
	const report = await validator.validateString(text);
	return report.results.flatMap(r => r.messages.map(m => `${m.ruleId} (${m.line}:${m.column}): ${m.message}`));
}
