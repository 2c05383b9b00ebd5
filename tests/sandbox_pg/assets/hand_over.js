// Sends the browser back to the shop: at once, or after the wait that the sandbox was told to keep.
"use strict";
const form = document.querySelector("form[data-wait-ms]");
if (form) {
    const wait = Number(form.dataset.waitMs) || 0;
    let sent = false;
    form.addEventListener("submit", (event) => {
        if (sent) {
            event.preventDefault();
        }
        sent = true;
    });
    setTimeout(() => form.requestSubmit(), wait);
}
