//! The buyer's list of orders: from each to its own page, and what came to nothing back into the basket.

use super::*;

/// The only order on the page that has these words, as the words of its whole card.
async fn card(browser: &Browser, words: &str) -> String {
    let cards = browser.texts("article.order").await;
    let mut found = cards.into_iter().filter(|text| text.contains(words));
    let card = found
        .next()
        .unwrap_or_else(|| panic!("no order with {words}"));
    assert!(found.next().is_none(), "more than one order with {words}");
    card
}

/// An order of one mug by demo1, which nobody has looked at.
async fn order(stage: &Stage, number: i64) {
    let mut conn = stage.db.conn_as_gateway().await;
    let id = stage.db.add_cart(1, "demo1", "D0001", NO_OPTION, 1).await;
    OrderCall::new(&format!("T-{number}"), &[id])
        .user(1, "demo1")
        .address(None)
        .receiver(Some(crate::order::RECEIVER))
        .client_total("12900")
        .call(&mut conn)
        .await
        .expect("an order");
}

#[tokio::test]
async fn a_buyer_finds_the_orders_and_takes_one_back() {
    let stage = Stage::set().await;
    let browser = stage.buyer(DESKTOP, &["D0001", "D0002"]).await;
    browser.click(".orders-link").await;
    browser.wait_for_text("주문 내역이 없습니다").await;
    stage.order_form(&browser, "form").await;
    stage.go_to_payment(&browser).await;
    stage.decide(&browser, "pay").await;
    browser.wait_for_text("결제 완료").await;
    let paid = stage.order_key().await;
    // Another one, from which its buyer comes back without having paid.
    browser.goto(&stage.page("index.php")).await;
    browser
        .click("form.product:has([name=product_id][value=D0003]) [value=add]")
        .await;
    browser.wait_for_text("모두 1가지가 있습니다").await;
    stage.order_form(&browser, "server").await;
    stage.go_to_payment(&browser).await;
    browser.goto(&stage.page("index.php")).await;
    browser.click(".orders-link").await;
    browser.wait_for_text("주문 내역").await;
    assert_eq!(
        browser.texts(".order .status").await,
        ["결제 대기", "결제 완료"]
    );
    let waiting = card(&browser, "결제 대기").await;
    assert!(waiting.contains("까지 결제할 수 있습니다"), "{waiting}");
    assert!(waiting.contains("취소하고 장바구니로"), "{waiting}");
    let done = card(&browser, "결제 완료").await;
    assert!(done.contains("외 1가지"), "{done}");
    assert!(!done.contains("장바구니로"), "{done}");
    // The page of each, by its key.
    browser.click(&format!(".order a[href$='{paid}']")).await;
    browser.wait_for_text("주문해 주셔서 감사합니다").await;
    browser.click(".onward a[href='orders.php']").await;
    browser.wait_for_text("결제 대기").await;
    browser.click(".order form button").await;
    browser.wait_for_text("장바구니로 되돌렸습니다").await;
    assert_eq!(stage.orders().await, (2, "2,9".to_owned()));
    let units = "SELECT GROUP_CONCAT(product_id, ' ', quantity) FROM shop_cart";
    assert_eq!(stage.db.text(units).await, "D0003 1");
    browser.click(".orders-link").await;
    browser.wait_for_text("구매자 취소").await;
    assert!(!browser.has(".order form").await);
    // Another member sees none of them.
    browser.choose("#login-user", "demo2").await;
    browser.click("form.login button").await;
    browser.wait_for_text("demo2 회원으로 로그인했습니다").await;
    browser.goto(&stage.page("orders.php")).await;
    browser.wait_for_text("주문 내역이 없습니다").await;
    assert_eq!(browser.complaints().await, [""; 0]);
    stage.assert_well().await;
}

#[tokio::test]
async fn older_orders_are_on_further_pages() {
    let stage = Stage::set().await;
    for number in 1..=23 {
        order(&stage, number).await;
    }
    stage.db.any_status_by_hand().await;
    stage
        .db
        .exec(
            "UPDATE shop_orders SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 HOUR WHERE order_number = 'T-22';
             UPDATE shop_orders SET order_status = seq_no % 13 + 1 WHERE order_number NOT IN ('T-22', 'T-23')",
        )
        .await;
    let browser = stage.buyer(PHONE, &[]).await;
    browser.click("footer a[href='orders.php']").await;
    browser.wait_for_text("이전 주문 더 보기").await;
    // Its status says that it waits, and its time is over.
    let statuses = browser.texts(".order .status").await;
    assert_eq!(statuses[..2], ["결제 대기", "결제 시간 만료"]);
    let cards = browser.texts("article.order").await;
    assert!(
        !cards[1].contains("까지 결제할 수 있습니다"),
        "{}",
        cards[1]
    );
    assert!(cards[1].contains("장바구니로 되돌리기"), "{}", cards[1]);
    for size in [PHONE, DESKTOP] {
        browser.resize(size).await;
        picture(&browser, &format!("orders_list_{}", size.0)).await;
    }
    browser.resize(PHONE).await;
    let codes = stage
        .db
        .rows("SELECT order_code FROM shop_orders ORDER BY seq_no DESC")
        .await;
    let codes: Vec<String> = codes.iter().map(|row| row.str("order_code")).collect();
    let mut shown = browser.texts(".order .words > small:first-of-type").await;
    for count in [20, 23] {
        browser.click(".pager a[href*='after=']").await;
        browser.wait_for_text(&codes[count - 1]).await;
        shown.extend(browser.texts(".order .words > small:first-of-type").await);
        assert_eq!(shown.len(), count);
    }
    assert_eq!(shown, codes);
    assert!(!browser.has(".pager a[href*='after=']").await);
    browser.click(".pager a[href='orders.php']").await;
    browser.wait_for_text(&codes[0]).await;
    // What somebody typed leads to the beginning.
    browser.goto(&stage.page("orders.php?after=x")).await;
    browser.wait_for_text(&codes[0]).await;
    assert_eq!(browser.complaints().await, [""; 0]);
}
