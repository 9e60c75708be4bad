// What pages do better with scripts; without them everything works all the same.
"use strict";

// Errors first: whoever sent a form with a mistake begins reading at the list of mistakes.
const summary = document.querySelector(".govuk-error-summary");
if (summary) {
	summary.tabIndex = -1;
	summary.focus();
}

// Whoever presses a button twice means once.
for (const form of document.querySelectorAll("form[method=post]"))
	form.addEventListener("submit", event => {
		if (form.dataset.sent)
			event.preventDefault();
		form.dataset.sent = "yes";
	});
addEventListener("pageshow", () => {
	for (const form of document.querySelectorAll("form[data-sent]"))
		delete form.dataset.sent;
});

// Long work: how far it is, as the server says once a second; when it has ended, the page says how.
const work = document.querySelector("[data-events]");
if (work) {
	const source = new EventSource(work.dataset.events), bar = work.querySelector("progress"), say = work.querySelector("[data-say]"), percent = work.querySelector("[data-percent]");
	source.onmessage = event => {
		const job = JSON.parse(event.data);
		if (job.state !== "running") {
			source.close();
			location.reload();
			return;
		}
		if (say.textContent !== job.say)
			say.textContent = job.say;
		if (job.of) {
			bar.value = job.percent;
			percent.textContent = `${job.percent} %`;
		}
	};
}

// Passkeys: a form says what the browser is to be asked for, and takes what it answers. Without scripts such a form is not there.
const bytes = s => Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")), c => c.charCodeAt(0));
const text = b => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function passkey(form) {
	const { passkey: sort, challenge, ids, user, name } = form.dataset, field = form.elements;
	const known = ids.split(" ").filter(id => id).map(id => ({ type: "public-key", id: bytes(id) }));
	const common = { challenge: bytes(challenge), timeout: 120000 };
	if (sort === "get") {
		const { rawId, response: r } = await navigator.credentials.get({ publicKey: { ...common, allowCredentials: known, userVerification: "required" } });
		field.credential.value = text(rawId);
		field.client.value = text(r.clientDataJSON);
		field.data.value = text(r.authenticatorData);
		field.signature.value = text(r.signature);
	} else {
		const { response: r } = await navigator.credentials.create({ publicKey: {
			...common, excludeCredentials: known, attestation: "none", rp: { name: "Handback" }, user: { id: bytes(user), name, displayName: name },
			pubKeyCredParams: [-7, -8, -257].map(alg => ({ type: "public-key", alg })), authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
		} });
		field.client.value = text(r.clientDataJSON);
		field.made.value = text(r.attestationObject);
	}
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
	if (!window.PublicKeyCredential)
		continue;
	form.hidden = false;
	form.addEventListener("submit", event => {
		event.preventDefault();
		passkey(form).then(() => form.submit(), () => {
			form.querySelector("[data-failed]").hidden = false;
			delete form.dataset.sent;
		});
	});
}
