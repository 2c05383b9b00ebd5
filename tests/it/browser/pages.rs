//! Every page at the width of a small phone and of a desktop: nothing has to be scrolled sideways, and what is to be
//! tapped is large enough for a finger.

use super::*;

/// Smallest side of what is tapped, in CSS pixels.
const FINGER: i64 = 44;

/// What is wider than the screen, or too small to be tapped. Links inside a sentence may be small.
const MEASURE: &str = "const [finger, touch] = arguments, wrong = [], width = document.documentElement.clientWidth;
    const name = (e) => e.outerHTML.slice(0, 120);
    if (document.documentElement.scrollWidth > width) {
        wrong.push('the page is ' + document.documentElement.scrollWidth + ' wide on ' + width);
    }
    for (const e of document.querySelectorAll('body *')) {
        const box = e.getBoundingClientRect();
        const scrolled = e.closest('.chips');
        if (box.width > 0 && !scrolled && !e.closest('.hidden') && (box.right > width + 0.5 || box.left < -0.5)) {
            wrong.push('outside: ' + name(e));
        }
        const target = e.matches('button, select, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), a.button, a.chip, summary, label.address, label.all, label.pick, nav a, .onward a, .again');
        if (touch && target && box.width > 0 && (box.height < finger - 0.5 || box.width < finger - 0.5)) {
            wrong.push('too small, ' + box.width + ' by ' + box.height + ': ' + name(e));
        }
    }
    return wrong;";

/// Words are not cut off, and what is written has a letter of at least this many pixels.
const LETTERS: &str = "const small = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const e = walk.currentNode.parentElement;
        if (walk.currentNode.textContent.trim() && e.getClientRects().length && !e.closest('.hidden')
            && parseFloat(getComputedStyle(e).fontSize) < 11.5) {
            small.push(walk.currentNode.textContent.trim().slice(0, 40));
        }
    }
    return small;";

async fn look(browser: &Browser, size: (u32, u32), name: &str) {
    picture(browser, &format!("{name}_{}", size.0)).await;
    let touch = size == PHONE;
    let wrong = browser.run(MEASURE, &[FINGER.into(), touch.into()]).await;
    assert_eq!(wrong, serde_json::json!([]), "{name} at {size:?}");
    let small = browser.run(LETTERS, &[]).await;
    assert_eq!(small, serde_json::json!([]), "{name} at {size:?}");
    let outside = "return performance.getEntriesByType('resource').map((e) => e.name)
        .filter((url) => !url.startsWith(location.origin) && !url.startsWith('data:'))";
    assert_eq!(
        browser.run(outside, &[]).await,
        serde_json::json!([]),
        "{name} loads from elsewhere"
    );
}

async fn every_page(size: (u32, u32)) {
    let stage = Stage::set().await;
    let browser = Browser::start(size).await;
    browser.goto(&stage.page("index.php")).await;
    look(&browser, size, "index_stranger").await;
    browser.goto(&stage.page("cart.php")).await;
    look(&browser, size, "cart_stranger").await;
    drop(browser);

    let browser = stage.buyer(size, &[]).await;
    browser.goto(&stage.page("cart.php")).await;
    look(&browser, size, "cart_empty").await;
    browser.goto(&stage.page("orders.php")).await;
    look(&browser, size, "orders_empty").await;
    browser.goto(&stage.page("index.php?page=3")).await;
    look(&browser, size, "index_page_3").await;
    browser.goto(&stage.page("prices.php")).await;
    look(&browser, size, "prices").await;
    drop(browser);

    let browser = stage.buyer(size, &["D0001", "D0009", "D0016"]).await;
    look(&browser, size, "index").await;
    browser.goto(&stage.page("cart.php")).await;
    look(&browser, size, "cart").await;
    stage.order_form(&browser, "form").await;
    look(&browser, size, "order_form").await;
    browser.click("label.address:has([value=''])").await;
    look(&browser, size, "order_form_typed").await;
    browser.click("label.address").await;
    stage.go_to_payment(&browser).await;
    look(&browser, size, "sandbox").await;
    browser.goto(&stage.page("index.php")).await;
    let key = stage.order_key().await;
    let order = stage.page(&format!("result.php?order_key={key}"));
    browser.goto(&order).await;
    look(&browser, size, "result_pending").await;
    stage.db.any_status_by_hand().await;
    for (status, name) in [
        (2, "paid"),
        (4, "shipping"),
        (5, "delivered"),
        (9, "cancelled"),
        (10, "expired"),
        (12, "failed"),
    ] {
        stage.db.exec(&format!("UPDATE shop_orders SET order_status = {status}, paid_at = CASE WHEN {status} IN (2, 4, 5) THEN UTC_TIMESTAMP(6) END")).await;
        browser.goto(&order).await;
        look(&browser, size, &format!("result_{name}")).await;
    }
    browser.goto(&stage.page("orders.php")).await;
    look(&browser, size, "orders").await;
    for code in ["OUT_OF_STOCK", "TICKET_EXPIRED", "MEDIA_TYPE_NOT_SUPPORTED"] {
        browser
            .goto(&stage.page(&format!("result.php?code={code}")))
            .await;
        look(&browser, size, &format!("code_{code}")).await;
    }
    // The gateway's own pages. The way to payment leaves at once: its script is kept from running.
    browser.goto(&stage.page("cart.php")).await;
    browser
        .run(POST_NOTHING, &[stage.gateway.url("/v1/orders").into()])
        .await;
    browser.wait_for_text("UNAUTHENTICATED").await;
    look(&browser, size, "gateway_error").await;
    for (path, code, name) in [
        (
            "/pg/wallet/M_NONE/return?a=1",
            "MERCHANT_NOT_FOUND",
            "gateway_not_shown",
        ),
        ("/nowhere", "ROUTE_NOT_FOUND", "gateway_nowhere"),
    ] {
        browser.goto(&stage.gateway.url(path)).await;
        browser.wait_for_text(code).await;
        look(&browser, size, name).await;
    }
    browser.goto(&stage.sandbox.url("/pay")).await;
    look(&browser, size, "sandbox_error").await;
}

const POST_NOTHING: &str = "const form = Object.assign(document.createElement('form'), {method: 'post', action: arguments[0]});
    document.body.append(form);
    form.submit();";

#[tokio::test]
async fn every_page_fits_a_phone() {
    every_page(PHONE).await;
}

#[tokio::test]
async fn every_page_fits_a_desktop() {
    every_page(DESKTOP).await;
}
