//! A page that is not the shop's: the browser itself keeps its scripts out, and the gateway its forms.

use super::*;

/// Sends an order by script and says what came of it.
const BY_SCRIPT: &str = "const [url, body, done] = arguments;
    fetch(url, {method: 'POST', headers: {'Content-Type': 'application/json'}, body, credentials: 'omit'})
        .then(async (answer) => done('answered ' + answer.status + ' ' + (await answer.json()).code), (error) => done('refused ' + error));";
const BY_FORM: &str = "const [url, fields] = arguments;
    const form = Object.assign(document.createElement('form'), {method: 'post', action: url});
    for (const [name, value] of Object.entries(fields)) {
        form.append(Object.assign(document.createElement('input'), {type: 'hidden', name, value}));
    }
    document.body.append(form);
    form.submit();";

#[tokio::test]
async fn a_foreign_page_can_order_neither_by_script_nor_by_form() {
    let stage = Stage::set().await;
    let browser = stage.buyer(DESKTOP, &["D0001"]).await;
    stage.order_form(&browser, "form").await;
    // The very fields of the buyer's form, ticket and all, as if they had been stolen.
    let read =
        "return Object.fromEntries(new FormData(document.querySelector('form[data-order]')))";
    let fields = browser.run(read, &[]).await;
    assert!(
        fields["ticket"]
            .as_str()
            .is_some_and(|ticket| ticket.starts_with("jumun1.1.1."))
    );
    let url = stage.gateway.url("/v1/orders");
    let body = serde_json::json!({
        "ticket": fields["ticket"], "mTrdNo": fields["mTrdNo"], "trdAmt": fields["trdAmt"], "pg": "wallet",
        "selected_cart_ids": [fields["selected_cart_ids[]"]], "address_id": fields["address_id"],
        "quote_id": fields["quote_id"],
    });

    // The sandbox's page is an origin like any other; it forbids scripts to connect, so a page without a policy is
    // needed: another shop's server, started for nothing but this.
    let foreign = stage.foreign_page().await;
    browser.goto(&foreign.page).await;
    let script = [url.as_str().into(), body.to_string().into()];
    let told = browser.run_async(BY_SCRIPT, &script).await;
    assert!(
        told.as_str()
            .is_some_and(|told| told.starts_with("refused TypeError")),
        "{told}"
    );
    let complaints = browser.complaints().await.join("\n");
    assert!(complaints.contains("CORS"), "{complaints}");
    assert_eq!(stage.orders().await, (0, String::new()));

    browser
        .run(BY_FORM, &[url.as_str().into(), fields.clone()])
        .await;
    browser
        .wait_for_text("이 페이지에서는 주문할 수 없습니다")
        .await;
    picture(&browser, "foreign_form").await;
    assert_eq!(stage.orders().await, (0, String::new()));
    let log = stage.gateway.log();
    assert!(
        log.contains("OPTIONS /v1/orders 403") && log.contains("POST /v1/orders 403"),
        "{log}"
    );

    // From the shop's own page the same script and the same form are taken.
    browser.goto(&stage.page("cart.php")).await;
    let told = browser.run_async(BY_SCRIPT, &script).await;
    assert_eq!(told, "answered 200 undefined");
    browser.run(BY_FORM, &[url.as_str().into(), fields]).await;
    browser.wait_for_url(&stage.sandbox.url("/pay")).await;
    assert_eq!(stage.orders().await, (1, "1".to_owned()));
    stage.assert_well().await;
}

/// A page that does not say where it is from is told to say it, and orders nothing.
#[tokio::test]
async fn a_page_without_a_name_cannot_order() {
    let stage = Stage::set().await;
    let browser = stage.buyer(PHONE, &["D0001"]).await;
    stage.order_form(&browser, "form").await;
    let hide = "const meta = Object.assign(document.createElement('meta'), {name: 'referrer', content: 'no-referrer'});
        document.head.append(meta)";
    browser.run(hide, &[]).await;
    browser.click("button[value=order]").await;
    browser
        .wait_for_text("이 페이지에서는 주문할 수 없습니다")
        .await;
    assert_eq!(stage.orders().await, (0, String::new()));
}
