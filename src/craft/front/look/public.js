// The code stands behind the # of the address, which a browser sends to nobody. It is taken out of the address and sent in a form.
const form = document.querySelector("form[data-code]");
const code = decodeURIComponent(location.hash.slice(1));
if (form && code) {
	history.replaceState(null, "", "/p");
	form.querySelector("[name=code]").value = code;
	form.submit();
}
