// Small comforts; every page works without them, except the one way to order that is a script.
"use strict";

const all = (selector, each) => document.querySelectorAll(selector).forEach(each);

// The way to the payment page; while this page still loads, so that the back button skips it.
all("form[data-auto-submit]", (form) => form.submit());

// A page that the back button brings back as it was may show what is long ordered.
window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
        location.reload();
    }
});

// A second click does nothing; even if it got through, the order form's number makes it the same order.
all("form[data-once]", (form) => {
    form.addEventListener("submit", (event) => {
        if (form.classList.contains("sent")) {
            event.preventDefault();
            event.stopImmediatePropagation();
        }
        form.classList.add("sent");
    });
    window.addEventListener("pageshow", () => form.classList.remove("sent"));
});

all("[data-check-all]", (box) => {
    box.addEventListener("change", () => {
        all("input[name='selected_cart_ids[]'][type=checkbox]:not(:disabled)", (one) => {
            one.checked = box.checked;
        });
    });
    document.addEventListener("change", (event) => {
        if (event.target.matches(".pick [type=checkbox]")) {
            box.checked = document.querySelector(".pick [type=checkbox]:not(:checked):not(:disabled)") === null;
        }
    });
});

// The sum follows the boxes. The last answer counts, whichever comes last.
all("[data-sum]", (sum) => {
    let asked = null;
    const ask = async () => {
        asked?.abort();
        asked = new AbortController();
        const body = new FormData(document.getElementById("selected"));
        body.set("action", "quote");
        try {
            const answer = await fetch("cart.php", {method: "POST", body, signal: asked.signal});
            if (answer.ok) {
                sum.innerHTML = await answer.text();
            }
        } catch (error) {
            // Asked again meanwhile, or no connection: what is shown says itself which rows it is for.
        }
    };
    document.addEventListener("change", (event) => {
        if (event.target.matches("[data-check-all], [name='selected_cart_ids[]'][type=checkbox]")) {
            ask();
        }
    });
    document.addEventListener("input", (event) => {
        if (event.target.matches("[name=post_code]")) {
            // The button's amount is for nowhere in particular.
            all("[data-all]", (amount) => amount.remove());
            ask();
        }
    });
});

// The shop may have promised the prices of this page for as long as the buyer is on it.
all("[data-cart-page]", (page) => {
    const told = (event) => {
        const body = new FormData(document.getElementById("selected"));
        body.set("action", event);
        return body;
    };
    window.addEventListener("pagehide", () => navigator.sendBeacon("cart.php", told("leave")));
    setTimeout(async () => {
        await fetch("cart.php", {method: "POST", body: told("stay")});
        location.reload();
    }, page.dataset.cartPage * 60000);
});

// An address is typed or chosen: what is not typed is neither asked for nor sent.
all("form[data-order]", (form) => {
    const choose = () => {
        const typed = form.elements.address_id.value === "";
        form.querySelectorAll(".typed input").forEach((input) => {
            input.disabled = !typed;
            input.required = typed && "required" in input.dataset;
        });
    };
    form.addEventListener("change", choose);
    window.addEventListener("pageshow", choose);
    choose();
});

// What delivery costs follows the address, coupons take something off, points and cash pay a part. The last answer counts; who presses the button
// before it is there goes on with it, unless the amount is another one: that is to be seen first.
all("form[data-quoted]", (form) => {
    const code = form.elements["receiver[post_code]"];
    const amount = () => form.elements.trdAmt.value;
    const place = () => {
        const address = form.elements.address_id.value;
        return address === "" ? "p" + code.value.trim() : "a" + address;
    };
    const coupons = () => [...form.querySelectorAll("[name='coupon_ids[]']:checked")].map((box) => box.value)
        .sort((one, other) => one - other);
    const credits = () => ["point_to_use", "cash_to_use"]
        .map((name) => Number((form.elements[name]?.value || "").replace(/\D/g, "")));
    const chosen = () => coupons() + "|" + credits().join("|");
    const goal = () => place() + "|" + chosen();
    // Another box of the same coupon stands where one had the focus.
    const put = (html) => {
        const focus = document.activeElement;
        const at = focus?.name === "coupon_ids[]" ? `[name='coupon_ids[]'][value='${focus.value}']`
            : focus?.closest(".credit") ? `[name='${focus.name || focus.dataset.useAll}']` : null;
        const made = document.createElement("template");
        made.innerHTML = html;
        made.content.querySelectorAll("[data-part]").forEach((part) => {
            form.querySelector(`[data-part=${part.dataset.part}]`).replaceWith(part);
        });
        if (at) {
            form.querySelector(at)?.focus({preventScroll: true});
        }
    };
    let asked = null;
    let later = null;
    let pressed = false;
    const ask = async (entered) => {
        clearTimeout(later);
        asked?.abort();
        const [to, before, mine] = [place(), amount(), new AbortController()];
        asked = mine;
        if (goal() === form.dataset.quoted && !entered) {
            return;
        }
        const body = new FormData();
        body.set("action", "quote");
        body.set("csrf", document.querySelector("[name=csrf]").value);
        body.set("mTrdNo", form.dataset.order);
        body.set(...(to[0] === "p" ? ["post_code", to.slice(1)] : ["address_id", to.slice(1)]));
        if (to[0] === "p") {
            body.set("address_id", "");
        }
        body.set("coupons", "1");
        coupons().forEach((id) => body.append("coupon_ids[]", id));
        credits().forEach((amount, kind) => body.set(["point_to_use", "cash_to_use"][kind], amount));
        body.set("coupon_code", entered || "");
        try {
            const answer = await fetch("order_form.php", {method: "POST", body, signal: mine.signal});
            const text = await answer.text();
            if (answer.ok) {
                put(text);
            } else if (answer.status === 409) {
                location.assign("order_form.php?" + new URLSearchParams({mTrdNo: form.dataset.order, code: text}));
                return;
            }
        } catch (error) {
            if (mine.signal.aborted) {
                return;
            }
            // No connection: what is shown stands, and the gateway compares it with what is right.
        }
        // A coupon that cannot be used any more was left out, points and cash were lowered to what can be used.
        form.dataset.quoted = to + "|" + chosen();
        const waited = pressed;
        pressed = false;
        const button = form.querySelector(".pay button:enabled");
        if (waited && button && amount() === before) {
            form.requestSubmit(button);
        } else if (waited) {
            form.querySelector("[data-part=amounts]").scrollIntoView({block: "center"});
        }
    };
    form.addEventListener("change", (event) => {
        if (event.target.name !== "coupon_code") {
            ask();
        }
    });
    window.addEventListener("pageshow", () => ask());
    form.addEventListener("click", (event) => {
        const field = form.elements[event.target.dataset?.useAll];
        if (field) {
            field.value = field.dataset.has;
            ask();
        }
    });
    code.addEventListener("input", () => {
        clearTimeout(later);
        later = setTimeout(ask, 300);
    });
    all("#code-form", (entry) => entry.addEventListener("submit", async (event) => {
        event.preventDefault();
        const field = entry.elements.coupon_code;
        await ask(field.value.trim());
        if (form.querySelector(".said:not(.bad, :empty)")) {
            field.value = "";
        }
    }));
    form.addEventListener("submit", (event) => {
        if (goal() !== form.dataset.quoted) {
            event.preventDefault();
            event.stopImmediatePropagation();
            pressed = true;
            ask();
        }
    }, true);
});

// What was wrong is what the buyer sees first.
all("input.wrong", (input) => input.scrollIntoView({block: "center"}));

// An order that the browser sends itself is kept in this tab: to be typed again no one, to be sent again as it was.
const kept = (number) => JSON.parse(sessionStorage.getItem("order:" + number) || "null");
all("form[data-keep]", (form) => {
    const before = kept(form.dataset.order);
    if (before) {
        before.fields.filter(([name]) => name.startsWith("receiver[")).forEach(([name, value]) => {
            form.elements[name].value = form.elements[name].value || value;
        });
    }
    form.addEventListener("submit", () => {
        const order = {action: target(form), fields: [...new FormData(form)]};
        sessionStorage.setItem("order:" + form.dataset.order, JSON.stringify(order));
    });
});
all("form[data-again]", (form) => {
    const order = kept(form.dataset.again);
    if (order) {
        form.setAttribute("action", order.action);
        form.prepend(...hidden(order.fields));
        form.hidden = false;
    }
});

// Not form.action: that is a button of this name, where there is one.
function target(form) {
    return form.getAttribute("action");
}

function hidden(fields) {
    return fields.map(([name, value]) => Object.assign(document.createElement("input"), {type: "hidden", name, value}));
}

function element(tag, className, ...content) {
    const made = Object.assign(document.createElement(tag), {className});
    made.append(...content);
    return made;
}

// 33000.00 is 33,000원.
function won(amount) {
    const [whole, decimals] = amount.replace("-", "−").split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
    const shown = element("span", "", grouped + (/[1-9]/.test(decimals || "") ? "." + decimals : ""));
    shown.append(element("small", "", "원"));
    return shown;
}

// An order that was made at another total than its buyer saw: that is seen before paying.
function showOtherTotal(order, way) {
    const names = {point: "적립금", cash: "예치금", delivery: "배송비"};
    const rows = (order.changes || []).map((change) => element("li", "",
        element("b", "", change.name ?? names[change.kind]),
        element("span", "", element("s", "", won(change.old_amount)), " ", won(change.new_amount)),
        element("small", "", change.reason_ko)));
    way.append(element("button", "main big", "새 금액 ", won(order.total_payment), " 결제하기"));
    const page = element("section", "card",
        element("h1", "", "주문하시는 동안 금액이 바뀌었습니다"),
        element("p", "soft", "주문은 새 금액으로 접수되었습니다. 확인하고 결제해 주세요."),
        element("p", "change", element("span", "", "전에 본 금액 ", element("s", "", won(order.old_total))),
            element("span", "", "새 금액 ", element("b", "", won(order.total_payment)))),
        ...(rows.length ? [element("ul", "changes", ...rows)] : []), way,
        element("p", "onward", Object.assign(element("a", "", "결제하지 않고 주문 보기"),
            {href: "result.php?" + new URLSearchParams({order_key: order.order_key})})));
    document.querySelector("main").replaceChildren(page);
    scrollTo(0, 0);
}

// The order as JSON, straight to the gateway.
all("form[data-json]", (form) => form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) {
        return;
    }
    event.preventDefault();
    const order = {};
    for (const [name, value] of new FormData(form)) {
        const typed = /^receiver\[(\w+)\]$/.exec(name);
        if (typed) {
            (order.receiver ??= {})[typed[1]] = value;
        } else if (name.endsWith("[]")) {
            (order[name.slice(0, -2)] ??= []).push(Number(value));
        } else {
            order[name] = value;
        }
    }
    let answer;
    try {
        const response = await fetch(target(form), {
            method: "POST",
            headers: {"Content-Type": "application/json"},
            body: JSON.stringify(order),
            credentials: "omit",
        });
        answer = await response.json();
    } catch (error) {
        // No connection, an answer that is none, or a page that may not post here: whether there is an order now is
        // not known, and the same form is the same order.
        answer = {retryable: true};
    }
    if (answer.result === "OK") {
        const [payment] = answer.payment;
        if (payment) {
            const way = document.createElement("form");
            Object.assign(way, {method: payment.pay_method, action: payment.pay_url});
            way.append(...hidden(Object.entries(payment.pay_fields)));
            if (answer.price_changed === 1) {
                showOtherTotal(answer, way);
                return;
            }
            document.body.append(way);
            way.submit();
        } else {
            location.assign(answer.location);
        }
    } else if (answer.retryable || !answer.code) {
        const words = document.querySelector("[data-failure]");
        words.textContent = "잠시 연결이 원활하지 않습니다. 한 번 더 눌러 주세요. 같은 주문서이므로 두 번 주문되지 않습니다.";
        words.hidden = false;
        words.scrollIntoView({block: "center"});
        form.classList.remove("sent");
    } else {
        const query = new URLSearchParams({mTrdNo: form.dataset.order, code: answer.code, field: answer.field || ""});
        if (answer.shortage) {
            // As the gateway writes it into the address when a form was sent: cart row and what is left.
            const short = answer.shortage.flatMap((row) => row.cart_ids.map((id) => id + ":" + row.free));
            query.set("short", short.slice(0, 50).join(","));
        }
        location.assign("order_form.php?" + query);
    }
}));

// A pending order looks again by itself, a few times.
all("a[data-look-again]", (link) => setTimeout(() => location.replace(link.href), 2000));
