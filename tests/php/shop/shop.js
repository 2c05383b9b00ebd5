// Small comforts; every page works without them.
"use strict";

// The way to the payment page.
document.querySelectorAll("form[data-auto-submit]").forEach((form) => form.requestSubmit());

// A second click does nothing; even if it got through, the order form's number makes it the same order.
document.querySelectorAll("form[data-once]").forEach((form) => {
    let sent = false;
    form.addEventListener("submit", (event) => {
        if (sent) {
            event.preventDefault();
        }
        sent = true;
        form.classList.add("sent");
    });
    window.addEventListener("pageshow", () => {
        sent = false;
        form.classList.remove("sent");
    });
});

document.querySelectorAll("[data-check-all]").forEach((all) => {
    all.addEventListener("change", () => {
        document.querySelectorAll("input[name='selected_cart_ids[]'][type=checkbox]:not(:disabled)").forEach((box) => {
            box.checked = all.checked;
        });
    });
});

// A pending order looks again by itself, a few times.
document.querySelectorAll("a[data-look-again]").forEach((link) => {
    setTimeout(() => location.replace(link.href), 2000);
});
