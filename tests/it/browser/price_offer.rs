//! A total that changes between the order form and the order: the buyer sees line by line what has changed, and orders
//! what was seen; in a shop that goes on, before paying.

use super::coupons::look;
use super::*;

/// Two cups, 9,900 and 13,300, and their delivery, 3,000.
const CUPS: [&str; 2] = ["D0001", "D0002"];
const PRESS: &str = "button[value=order]";

/// The first cup costs 1,500 more from now on, and delivery 1,000 more.
async fn change(stage: &Stage) {
    stage
        .db
        .exec(
            "UPDATE shop_products SET buy_price = 11400, sale_price = NULL, discount_rate = 0
             WHERE shop_id = 1 AND product_id = 'D0001';
             UPDATE shop_delivery_policy SET base_cost = 4000 WHERE shop_id = 1 AND id = 3",
        )
        .await;
}

/// This shop makes an order at a new total, too.
async fn go_on(stage: &Stage) {
    let go_on = "UPDATE shops SET price_change = 'go_on' WHERE shop_id = 1";
    stage.db.exec(go_on).await;
}

/// Chooses 10 % off both cups.
async fn choose_coupon(stage: &Stage, browser: &Browser) {
    let number = "SELECT coupon_no FROM shop_issued_coupons WHERE user_id = 'demo1' AND coupon_code = 'KITCHEN10'";
    let number = stage.db.text(number).await;
    browser
        .click(&format!("label.coupon:has([value='{number}'])"))
        .await;
}

/// What is said to have changed, a line each: name, old and new amount, reason.
async fn changes(browser: &Browser, list: &str) -> Vec<String> {
    let lines = browser.texts(&format!("{list} li")).await;
    let one_line = |line: &String| line.split_whitespace().collect::<Vec<_>>().join(" ");
    lines.iter().map(one_line).collect()
}

/// Name of the first cup.
async fn cup(stage: &Stage) -> String {
    let name = "SELECT product_name FROM shop_products WHERE shop_id = 1 AND product_id = 'D0001'";
    stage.db.text(name).await
}

async fn total(stage: &Stage) -> i64 {
    let total = "SELECT CAST(total_payment AS SIGNED) FROM shop_orders";
    stage.db.int(total).await
}

#[tokio::test]
async fn a_buyer_sees_what_has_changed_and_orders_the_new_quote() {
    for &way in ways() {
        let stage = Stage::set().await;
        let browser = stage.buyer(PHONE, &CUPS).await;
        stage.order_form(&browser, way).await;
        choose_coupon(&stage, &browser).await;
        browser.wait_for_text("23,880원 결제하기").await;
        change(&stage).await;
        browser.click(PRESS).await;
        browser.wait_for_text("새 금액 26,230원 결제하기").await;
        let cup = cup(&stage).await;
        let expected = [
            format!("{cup} 9,900원 11,400원 가격이 올랐습니다"),
            "주방용품 10% 할인 −2,320원 −2,470원 할인되는 금액이 바뀌었습니다".to_owned(),
            "배송비 3,000원 4,000원 배송비 규정이 바뀌었습니다".to_owned(),
        ];
        assert_eq!(changes(&browser, ".changes").await, expected, "{way}");
        let struck = browser.texts(".changes s").await;
        assert_eq!(struck, ["9,900원", "−2,320원", "3,000원"], "{way}");
        let totals = browser.texts(".change").await.join("");
        assert!(
            totals.contains("전에 본 금액 23,880원") && totals.contains("새 금액 26,230원"),
            "{way}: {totals}"
        );
        assert_eq!(stage.orders().await, (0, String::new()));
        look(&browser, &format!("offer_{way}")).await;
        if way != "server" {
            // Loaded again it still says so.
            browser.reload().await;
            browser.wait_for_text("새 금액 26,230원 결제하기").await;
            assert_eq!(changes(&browser, ".changes").await, expected, "{way}");
        }
        // It changes once more: what is said is what has changed since this page.
        let more = "UPDATE shop_delivery_policy SET base_cost = 3500 WHERE shop_id = 1 AND id = 3";
        stage.db.exec(more).await;
        browser.click(PRESS).await;
        browser.wait_for_text("새 금액 25,730원 결제하기").await;
        let delivery = "배송비 4,000원 3,500원 배송비 규정이 바뀌었습니다";
        assert_eq!(changes(&browser, ".changes").await, [delivery], "{way}");

        // Whatever amount the form sends: the quote is what the buyer saw.
        let other = "document.querySelector('[name=trdAmt]').value = '1'";
        browser.run(other, &[]).await;
        stage.go_to_payment(&browser).await;
        assert!(browser.text().await.contains("25,730"));
        stage.decide(&browser, "pay").await;
        browser.wait_for_text("결제 완료").await;
        assert_eq!(stage.orders().await, (1, "2".to_owned()));
        assert_eq!(total(&stage).await, 25_730, "{way}");
        stage.assert_well().await;
    }
}

/// The button's quote follows what the buyer chooses on the changed form.
#[tokio::test]
async fn another_choice_on_the_changed_form_is_another_quote() {
    for &way in ways() {
        let stage = Stage::set().await;
        let browser = stage.buyer(PHONE, &CUPS).await;
        stage.order_form(&browser, way).await;
        browser.wait_for_text("26,200원 결제하기").await;
        change(&stage).await;
        browser.click(PRESS).await;
        browser.wait_for_text("새 금액 28,700원 결제하기").await;
        choose_coupon(&stage, &browser).await;
        browser.wait_for_text("26,230원 결제하기").await;
        stage.go_to_payment(&browser).await;
        stage.decide(&browser, "pay").await;
        browser.wait_for_text("결제 완료").await;
        assert_eq!(total(&stage).await, 26_230, "{way}");
        stage.assert_well().await;
    }
}

#[tokio::test]
async fn a_shop_that_goes_on_shows_the_new_total_before_the_payment_page() {
    for &way in ways() {
        let stage = Stage::set().await;
        go_on(&stage).await;
        let browser = stage.buyer(PHONE, &CUPS).await;
        stage.order_form(&browser, way).await;
        choose_coupon(&stage, &browser).await;
        browser.wait_for_text("23,880원 결제하기").await;
        change(&stage).await;
        browser.click(PRESS).await;
        browser
            .wait_for_text("주문은 새 금액으로 접수되었습니다")
            .await;
        assert_eq!(stage.orders().await, (1, "1".to_owned()), "{way}");
        // The gateway's own page, or the shop's.
        let (page, totals, list) = match way {
            "form" => (stage.gateway.url("/v1/orders"), ".totals", ".parts"),
            _ => (stage.page("order_form.php"), ".change", ".changes"),
        };
        assert!(browser.url().await.starts_with(&page), "{way}");
        let cup = cup(&stage).await;
        let expected = [
            format!("{cup} 9,900원 11,400원 가격이 올랐습니다"),
            "주방용품 10% 할인 −2,320원 −2,470원 할인되는 금액이 바뀌었습니다".to_owned(),
            "배송비 3,000원 4,000원 배송비 규정이 바뀌었습니다".to_owned(),
        ];
        assert_eq!(changes(&browser, list).await, expected, "{way}");
        let said = browser.texts(totals).await.join(" ");
        assert!(
            said.contains("23,880원") && said.contains("26,230원"),
            "{way}: {said}"
        );
        look(&browser, &format!("go_on_{way}")).await;
        browser.click("main form button").await;
        browser.wait_for_url(&stage.sandbox.url("/pay")).await;
        assert!(browser.text().await.contains("26,230"));
        stage.decide(&browser, "pay").await;
        browser.wait_for_text("결제 완료").await;
        assert_eq!(stage.orders().await, (1, "2".to_owned()));
        assert_eq!(total(&stage).await, 26_230, "{way}");
        assert_eq!(browser.complaints().await, [""; 0], "{way}");
        stage.assert_well().await;
    }
}

/// Who leaves that page and pays later is told both totals again; and who orders at the total of the form sees no such page.
#[tokio::test]
async fn an_order_at_another_total_says_so_also_when_it_is_paid_later() {
    for &way in ways() {
        let stage = Stage::set().await;
        go_on(&stage).await;
        let browser = stage.buyer(PHONE, &CUPS).await;
        stage.order_form(&browser, way).await;
        browser.wait_for_text("26,200원 결제하기").await;
        let form = browser.url().await;
        change(&stage).await;
        browser.click(PRESS).await;
        browser
            .wait_for_text("주문은 새 금액으로 접수되었습니다")
            .await;
        if way == "form" {
            browser.goto(&form).await;
        } else {
            browser.click("main .onward a").await;
        }
        browser.wait_for_text("결제를 기다리고 있습니다").await;
        browser.click("form:not([hidden]) button.main").await;
        browser
            .wait_for_text("주문은 새 금액으로 접수되었습니다")
            .await;
        let said = browser.text().await;
        assert!(
            said.contains("26,200원") && said.contains("28,700원"),
            "{way}: {said}"
        );
        look(&browser, &format!("paid_later_{way}")).await;
        browser.click("main form button").await;
        browser.wait_for_url(&stage.sandbox.url("/pay")).await;
        stage.decide(&browser, "pay").await;
        browser.wait_for_text("결제 완료").await;
        assert_eq!(stage.orders().await, (1, "2".to_owned()), "{way}");

        browser.click("button[value=put_again]").await;
        browser.wait_for_text("장바구니에 다시 담았습니다").await;
        stage.order_form(&browser, way).await;
        browser.wait_for_text("28,700원 결제하기").await;
        stage.go_to_payment(&browser).await;
        assert_eq!(stage.orders().await, (2, "2,1".to_owned()), "{way}");
        stage.assert_well().await;
    }
}
