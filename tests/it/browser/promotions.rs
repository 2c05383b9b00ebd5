//! The demonstration's promotions: on the cart page, on the order form, on the payment page and on the order's own.

use super::*;

/// What the amounts say of discounts: each with its name.
async fn discounts(browser: &Browser) -> Vec<String> {
    let names = browser.texts(".amounts dt.part").await;
    let amounts = browser.texts(".amounts dd.part").await;
    let both = names.iter().zip(&amounts);
    both.map(|(name, amount)| format!("{name} {amount}"))
        .collect()
}

/// Amounts that are broken into two lines.
const BROKEN: &str = "return [...document.querySelectorAll('.amounts dd')].filter((e) => {
        const text = document.createRange();
        text.selectNodeContents(e);
        return text.getBoundingClientRect().height > 2 * parseFloat(getComputedStyle(e).fontSize);
    }).map((e) => e.innerText);";

fn won(amount: i64) -> String {
    let digits = amount.to_string();
    let mut grouped = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("−{grouped}원")
}

#[tokio::test]
async fn promotions_are_shown_from_the_cart_to_the_order() {
    let stage = Stage::set().await;
    let browser = stage.buyer(PHONE, &["D0001"]).await;
    let mut prices = Vec::new();
    // Three of the note pad; a folding chair; two kinds of tea, three units together.
    for (product, quantity) in [("D0061", 3), ("D0266", 1), ("D0131", 1), ("D0136", 2)] {
        let id = stage
            .db
            .add_cart(1, "demo1", product, NO_OPTION, quantity)
            .await;
        let price = format!("SELECT ROUND(unit_price) FROM v_cart_lines WHERE cart_id = {id}");
        prices.push(stage.db.int(&price).await);
    }
    let cut = |exact: i64| exact / 1_000 * 10; // of hundredths, down to tens
    let taken = [
        format!("데일리 메모지 2+1 {}", won(prices[0])),
        format!("캠핑용품 15% 할인 {}", won(cut(prices[1] * 15))),
        format!(
            "커피·차 3개 5%, 6개 10% 할인 {}",
            won(cut((prices[2] + 2 * prices[3]) * 5))
        ),
    ];
    browser.goto(&stage.page("cart.php")).await;
    assert_eq!(discounts(&browser).await, taken);
    for size in [PHONE, DESKTOP] {
        browser.resize(size).await;
        picture(&browser, &format!("promotions_cart_{}", size.0)).await;
    }
    browser.resize(PHONE).await;
    assert_eq!(browser.run(BROKEN, &[]).await, serde_json::json!([]));
    stage.order_form(&browser, "form").await;
    assert_eq!(discounts(&browser).await, taken);
    assert_eq!(browser.run(BROKEN, &[]).await, serde_json::json!([]));
    for size in [PHONE, DESKTOP] {
        browser.resize(size).await;
        picture(&browser, &format!("promotions_form_{}", size.0)).await;
    }
    browser.resize(PHONE).await;
    stage.go_to_payment(&browser).await;
    stage.decide(&browser, "pay").await;
    browser.wait_for_text("결제 완료").await;
    assert_eq!(discounts(&browser).await, taken);
    assert_eq!(browser.run(BROKEN, &[]).await, serde_json::json!([]));
    picture(&browser, "promotions_result_360").await;
    browser.goto(&stage.page("orders.php")).await;
    let off = prices[0] + cut(prices[1] * 15) + cut((prices[2] + 2 * prices[3]) * 5);
    browser.wait_for_text(&format!("할인 {}", won(off))).await;
    let kept = "SELECT ROUND(discount_total) FROM shop_orders";
    assert_eq!(stage.db.int(kept).await, off);
    assert_eq!(browser.complaints().await, [""; 0]);
    stage.assert_well().await;
}
