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
	const source = new EventSource(work.dataset.events), bar = work.querySelector("progress"), say = work.querySelector("[data-say]");
	source.onmessage = event => {
		const job = JSON.parse(event.data);
		if (job.state !== "running") {
			source.close();
			location.reload();
			return;
		}
		if (say.textContent !== job.say)
			say.textContent = job.say;
		if (job.of)
			bar.value = job.percent;
	};
}
