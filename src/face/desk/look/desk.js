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
