//! Points and cash on the order form: as much of them as can be used, why not more, and what becomes of them when the
//! order is paid or refused.

use super::coupons::look;
use super::*;

/// Two cups, 9,900 and 13,300, and their delivery, 3,000.
const CUPS: [&str; 2] = ["D0001", "D0002"];

async fn has(stage: &Stage) -> String {
    let balances =
        "SELECT GROUP_CONCAT(kind, ' ', balance ORDER BY kind DESC) FROM shop_credit_accounts
                    WHERE user_id = 'demo1'";
    stage.db.text(balances).await.replace(".00", "")
}

/// An amount is typed and the field left. At once: the driver's own typing empties the field first, for which the form is
/// quoted, and the field made anew.
async fn enter(browser: &Browser, field: &str, amount: &str) {
    let script = "const field = document.querySelector(arguments[0]); field.value = arguments[1];
                  field.dispatchEvent(new Event('change', {bubbles: true}))";
    let field = format!("[name={field}]");
    browser.run(script, &[field.into(), amount.into()]).await;
}

#[tokio::test]
async fn a_buyer_pays_a_part_with_points_and_cash() {
    for &way in ways() {
        let stage = Stage::set().await;
        let browser = stage.buyer(PHONE, &CUPS).await;
        stage.order_form(&browser, way).await;
        browser.wait_for_text("26,200원 결제하기").await;
        browser.wait_for_text("3,000원 있음").await;
        enter(&browser, "point_to_use", "500").await;
        browser
            .wait_for_text("적립금은 1,000원부터 쓸 수 있습니다")
            .await;
        enter(&browser, "point_to_use", "2005").await;
        browser
            .wait_for_text("적립금은 10원 단위로 쓸 수 있습니다")
            .await;
        browser.wait_for_text("24,200원 결제하기").await;
        browser.click("[data-use-all=point_to_use]").await;
        browser.wait_for_text("23,200원 결제하기").await;
        enter(&browser, "cash_to_use", "90000").await;
        browser
            .wait_for_text("예치금은 5,000원까지 쓸 수 있습니다")
            .await;
        browser.wait_for_text("18,200원 결제하기").await;
        // They stay when the form is loaded again, and when the address is another one.
        browser.reload().await;
        browser.wait_for_text("18,200원 결제하기").await;
        browser.click("label.address:nth-of-type(3)").await;
        browser.wait_for_text("21,200원 결제하기").await;
        browser.click("label.address:nth-of-type(1)").await;
        browser.wait_for_text("18,200원 결제하기").await;
        if way == "form" {
            look(&browser, "credits_form").await;
        }
        stage.go_to_payment(&browser).await;
        assert!(browser.text().await.contains("18,200"));
        assert_eq!(has(&stage).await, "point 0,cash 0");
        stage.decide(&browser, "pay").await;
        browser.wait_for_text("결제 완료").await;
        browser.wait_for_text("−3,000원").await;
        browser.wait_for_text("−5,000원").await;
        let paid = "SELECT CONCAT_WS(' ', total_payment, point_used, cash_used, order_status) FROM shop_orders";
        assert_eq!(stage.db.text(paid).await, "18200.00 3000.00 5000.00 2");
        // 1 % of 23,200 less 3,000.
        browser.click("button[value=complete]").await;
        browser
            .wait_for_text("구매를 확정했습니다. 적립금 202원이 쌓였습니다.")
            .await;
        assert!(!browser.has("button[value=complete]").await);
        assert_eq!(has(&stage).await, "point 202,cash 0");
        if way == "form" {
            look(&browser, "credits_complete").await;
        }
        stage.assert_well().await;
    }
}

/// Spent in another window meanwhile: the form is shown again with what is left to pay.
#[tokio::test]
async fn points_that_are_gone_are_left_out_and_the_new_amount_is_shown() {
    for &way in ways() {
        let stage = Stage::set().await;
        let browser = stage.buyer(PHONE, &CUPS).await;
        stage.order_form(&browser, way).await;
        browser.wait_for_text("26,200원 결제하기").await;
        browser.click("[data-use-all=point_to_use]").await;
        browser.wait_for_text("23,200원 결제하기").await;
        stage
            .db
            .exec(
                "CALL adjust_adm_credits(1, 'point', '[\"demo1\"]', '-1000', NULL, 'gone', 'gone')",
            )
            .await;
        browser.click("button[value=order]").await;
        browser
            .wait_for_text("적립금을 고른 만큼 쓸 수 없습니다")
            .await;
        browser.wait_for_text("새 금액 24,200원 결제하기").await;
        let changed = browser.texts(".changes li").await.join("");
        let words: Vec<&str> = changed.split_whitespace().collect();
        assert_eq!(
            words.join(" "),
            "적립금 −3,000원 −2,000원 쓰는 적립금이나 예치금이 바뀌었습니다",
            "{way}"
        );
        assert_eq!(stage.orders().await.0, 0);
        browser.click("button[value=order]").await;
        browser.wait_for_text("24,200").await;
        stage.decide(&browser, "fail").await;
        browser.wait_for_text("결제가 되지 않았습니다").await;
        assert_eq!(has(&stage).await, "point 2000,cash 5000");
        stage.assert_well().await;
    }
}
