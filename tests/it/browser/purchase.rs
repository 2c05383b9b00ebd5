//! From the basket to the page that says paid, in each of the three ways in which an order form is sent.

use super::*;

async fn buys(way: &str, size: (u32, u32)) {
    let stage = Stage::set().await;
    let browser = stage.buyer(size, &["D0001", "D0002", "D0003"]).await;
    stage.order_form(&browser, way).await;
    let shown = browser.texts(".amounts dd.total").await.join("");
    stage.go_to_payment(&browser).await;
    let asked = browser.texts(".amount").await.join("");
    let without_breaks = |text: &str| text.replace(char::is_whitespace, "");
    assert_eq!(without_breaks(&shown), without_breaks(&asked));
    let result = stage.decide(&browser, "pay").await;
    browser.wait_for_text("주문해 주셔서 감사합니다").await;
    browser.wait_for_text("결제 완료").await;
    assert!(!result.contains("code="), "{result}");
    assert_eq!(stage.orders().await, (1, "2".to_owned()));
    browser.goto(&stage.page("cart.php")).await;
    browser.wait_for_text("장바구니가 비어 있습니다").await;
    assert_eq!(browser.complaints().await, [""; 0]);
    let log = stage.gateway.log();
    assert_eq!(log.matches(" POST /v1/orders 200 ").count(), 1, "{log}");
    // A script asks first; a form and a server do not.
    let asked = log.matches(" OPTIONS /v1/orders 204 ").count();
    assert_eq!(asked, usize::from(way == "json"), "{log}");
    stage.assert_well().await;
}

#[tokio::test]
async fn a_buyer_buys_with_a_form_that_goes_straight_to_the_gateway() {
    buys("form", PHONE).await;
}

#[tokio::test]
async fn a_buyer_buys_with_a_script_that_goes_straight_to_the_gateway() {
    buys("json", DESKTOP).await;
}

#[tokio::test]
async fn a_buyer_buys_through_the_shop_s_server() {
    buys("server", PHONE).await;
}
