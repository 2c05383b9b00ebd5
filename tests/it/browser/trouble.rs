//! What goes wrong on a buyer's way, and what the buyer gets to see of it.

use super::*;

/// Another price of the first product.
async fn change_price(stage: &Stage, price: u32) {
    stage
        .db
        .exec(&format!(
            "UPDATE shop_products SET buy_price = {price}, sale_price = NULL, discount_rate = 0
             WHERE shop_id = 1 AND product_id = 'D0001'"
        ))
        .await;
}

#[tokio::test]
async fn a_payment_that_fails_gives_the_basket_back() {
    let stage = Stage::set().await;
    let browser = stage.buyer(PHONE, &["D0001", "D0002"]).await;
    stage.order_form(&browser, "form").await;
    stage.go_to_payment(&browser).await;
    let result = stage.decide(&browser, "fail").await;
    assert!(result.contains("&code=PAYMENT_FAILED"), "{result}");
    browser.wait_for_text("결제가 되지 않았습니다").await;
    browser.wait_for_text("잔액 부족").await;
    browser.click("form[action='result.php'] button").await;
    browser.wait_for_url(&stage.page("cart.php")).await;
    browser.wait_for_text("장바구니로 되돌렸습니다").await;
    assert_eq!(browser.texts(".list .row").await.len(), 2);
    assert_eq!(stage.orders().await, (1, "12".to_owned()));
    // And once more, with luck.
    stage.order_form(&browser, "form").await;
    stage.go_to_payment(&browser).await;
    stage.decide(&browser, "pay").await;
    browser.wait_for_text("결제 완료").await;
    assert_eq!(stage.orders().await, (2, "12,2".to_owned()));
    stage.assert_well().await;
}

/// Nothing of a message with a wrong hash is believed: the buyer sees the order as it is, and is kept from paying twice.
#[tokio::test]
async fn a_result_with_a_wrong_hash_leads_to_the_order_as_it_is() {
    let stage = Stage::set().await;
    let browser = stage.buyer(PHONE, &["D0001"]).await;
    stage.order_form(&browser, "form").await;
    stage.go_to_payment(&browser).await;
    browser.choose("select[name=behaviour]", "wrong_hash").await;
    let result = stage.decide(&browser, "pay").await;
    assert!(result.contains("&code=SIGNATURE_INVALID"), "{result}");
    browser.wait_for_text("결제를 기다리고 있습니다").await;
    browser.wait_for_text("잠시 뒤 자동으로 확인됩니다").await;
    // Also when the shop does not know its buyer any more: nobody pays twice for that.
    browser.forget_cookies().await;
    browser.goto(&result).await;
    browser.wait_for_text("로그인이 필요합니다").await;
    browser.wait_for_text("다시 결제하지 마세요").await;
    browser.choose("#login-user", "demo1").await;
    browser.click("form.login button").await;
    browser.wait_for_text("결제를 기다리고 있습니다").await;
    assert_eq!(stage.orders().await, (1, "1".to_owned()));
    stage.assert_well().await;
}

#[tokio::test]
async fn a_buyer_who_cancels_at_the_payment_page_is_told_so() {
    let stage = Stage::set().await;
    let browser = stage.buyer(PHONE, &["D0001"]).await;
    stage.order_form(&browser, "json").await;
    stage.go_to_payment(&browser).await;
    stage.decide(&browser, "close").await;
    browser.wait_for_text("결제가 되지 않았습니다").await;
    browser.wait_for_text("사용자 취소").await;
    assert!(browser.has("form[action='result.php'] button").await);
    assert_eq!(stage.orders().await, (1, "12".to_owned()));
    stage.assert_well().await;
}

/// The window is closed without a word to anybody: the order waits, and can still be paid or given up.
#[tokio::test]
async fn a_buyer_who_closes_the_payment_window_can_go_on_paying() {
    for way in ["form", "server"] {
        let stage = Stage::set().await;
        let browser = stage.buyer(PHONE, &["D0001"]).await;
        stage.order_form(&browser, way).await;
        let form = browser.url().await;
        stage.go_to_payment(&browser).await;
        browser.goto("about:blank").await;
        // Whoever opens the order form again is shown its order.
        browser.goto(&form).await;
        browser
            .wait_for_url(&stage.page("result.php?order_key="))
            .await;
        browser.wait_for_text("결제를 기다리고 있습니다").await;
        assert_eq!(stage.orders().await, (1, "1".to_owned()));
        let pay_on = "form:not([hidden]) button.main";
        assert_eq!(browser.texts(pay_on).await, ["결제 계속하기"], "{way}");
        browser.click(pay_on).await;
        browser.wait_for_url(&stage.sandbox.url("/pay")).await;
        stage.decide(&browser, "pay").await;
        browser.wait_for_text("결제 완료").await;
        assert_eq!(stage.orders().await, (1, "2".to_owned()));
        stage.assert_well().await;
    }
}

#[tokio::test]
async fn of_two_tabs_one_orders_and_the_other_is_told_so() {
    let stage = Stage::set().await;
    let browser = stage.buyer(PHONE, &["D0001"]).await;
    stage.order_form(&browser, "form").await;
    let first = browser.new_tab(PHONE).await;
    stage.order_form(&browser, "form").await;
    let second = browser.url().await;
    browser.switch(&first).await;
    assert_ne!(
        browser.url().await,
        second,
        "each tab has a form of its own"
    );
    stage.go_to_payment(&browser).await;
    stage.decide(&browser, "pay").await;
    browser.wait_for_text("결제 완료").await;
    let code = browser.texts(".facts dd").await.remove(0);

    let tabs = browser.tabs().await;
    let other = tabs.iter().find(|tab| **tab != first).expect("two tabs");
    browser.switch(other).await;
    assert_eq!(browser.url().await, second);
    browser.click("button[value=order]").await;
    browser.wait_for_text("다른 창에서 이미 주문했습니다").await;
    browser.wait_for_text(&code).await;
    browser.click("main a.button").await;
    browser.wait_for_text("결제 완료").await;
    assert_eq!(stage.orders().await, (1, "2".to_owned()));
    stage.assert_well().await;
}

#[tokio::test]
async fn the_back_button_after_paying_leads_to_the_paid_order() {
    let stage = Stage::set().await;
    let browser = stage.buyer(PHONE, &["D0001"]).await;
    stage.order_form(&browser, "form").await;
    let form = browser.url().await;
    stage.go_to_payment(&browser).await;
    let paid = stage.decide(&browser, "pay").await;
    browser.wait_for_text("결제 완료").await;
    // Back over the payment page to the order form. What was posted is not posted again by going back.
    let mut steps = 0;
    while browser.url().await == paid || !browser.url().await.starts_with(&stage.origin()) {
        assert!(steps < 4, "{}", browser.url().await);
        browser.back().await;
        steps += 1;
    }
    browser
        .wait_for_url(&stage.page("result.php?order_key="))
        .await;
    browser.wait_for_text("결제 완료").await;
    // The form's address leads there as well, and the form itself, kept by a browser, makes no second order.
    browser.goto(&form).await;
    browser
        .wait_for_url(&stage.page("result.php?order_key="))
        .await;
    browser.wait_for_text("결제 완료").await;
    let send_again = "const order = JSON.parse(Object.values(sessionStorage)[0]);
        const form = Object.assign(document.createElement('form'), {method: 'post', action: order.action});
        form.append(...hidden(order.fields));
        document.body.append(form);
        form.submit();";
    browser.run(send_again, &[]).await;
    browser
        .wait("the second post is answered", || async {
            let posts = stage.gateway.log().matches(" POST /v1/orders ").count();
            (posts == 2).then_some(())
        })
        .await;
    browser
        .wait_for_url(&stage.page("result.php?order_key="))
        .await;
    browser.wait_for_text("결제 완료").await;
    assert_eq!(stage.orders().await, (1, "2".to_owned()));
    stage.assert_well().await;
}

#[tokio::test]
async fn a_buyer_sees_the_old_and_the_new_price_and_can_go_on_with_the_new_one() {
    for &way in ways() {
        let stage = Stage::set().await;
        change_price(&stage, 50_000).await;
        let browser = stage.buyer(PHONE, &["D0001"]).await;
        stage.order_form(&browser, way).await;
        browser.wait_for_text("50,000원 결제하기").await;
        change_price(&stage, 61_500).await;
        browser.click("button[value=order]").await;
        browser.wait_for_text("금액이 바뀌었습니다").await;
        let seen = browser.texts(".change").await.join("");
        assert!(
            seen.contains("전에 본 금액 50,000원") && seen.contains("새 금액 61,500원"),
            "{way}: {seen}"
        );
        let line = browser.texts(".list .sum").await.join("");
        assert!(
            line.contains("50,000원") && line.contains("61,500원"),
            "{way}: {line}"
        );
        picture(&browser, &format!("price_changed_{way}")).await;
        assert_eq!(stage.orders().await, (0, String::new()));
        if way != "server" {
            // Loaded again it still says so.
            browser.reload().await;
            browser.wait_for_text("전에 본 금액 50,000원").await;
        }
        browser.wait_for_text("새 금액 61,500원 결제하기").await;
        stage.go_to_payment(&browser).await;
        assert!(browser.text().await.contains("61,500"));
        stage.decide(&browser, "pay").await;
        browser.wait_for_text("결제 완료").await;
        assert_eq!(stage.orders().await, (1, "2".to_owned()));
        assert_eq!(
            stage
                .db
                .int("SELECT CAST(total_payment AS SIGNED) FROM shop_orders")
                .await,
            61_500
        );
        stage.assert_well().await;
    }
}

#[tokio::test]
async fn what_is_out_of_stock_is_named_with_what_is_left() {
    for &way in ways() {
        let stage = Stage::set().await;
        let browser = stage.buyer(PHONE, &["D0001", "D0002", "D0003"]).await;
        let name = |product: &str| {
            format!(
                "SELECT product_name FROM shop_products WHERE shop_id = 1 AND product_id = '{product}'"
            )
        };
        let names = [
            stage.db.text(&name("D0001")).await,
            stage.db.text(&name("D0002")).await,
            stage.db.text(&name("D0003")).await,
        ];
        stage.order_form(&browser, way).await;
        // Others buy meanwhile: of one product nothing is left, of one not enough.
        stage
            .db
            .exec(
                "UPDATE shop_cart SET quantity = 3 WHERE product_id = 'D0003';
                 UPDATE shop_stock SET free = CASE product_id WHEN 'D0001' THEN 0 ELSE 2 END
                 WHERE product_id IN ('D0001', 'D0003')",
            )
            .await;
        browser.reload().await;
        browser.click("button[value=order]").await;
        browser.wait_for_text("재고가 부족합니다").await;
        let seen = browser.text().await;
        assert!(
            seen.contains(&format!("{}: 1개 주문, 0개 남음", names[0]))
                && seen.contains(&format!("{}: 3개 주문, 2개 남음", names[2]))
                && !seen.contains(&names[1]),
            "{way}: {seen}"
        );
        picture(&browser, &format!("out_of_stock_{way}")).await;
        assert_eq!(stage.orders().await, (0, String::new()));
    }
}

/// A slip in the typed address: the form says which field, and what was typed is not lost.
#[tokio::test]
async fn a_mistake_in_the_address_is_shown_where_it_was_made() {
    let stage = Stage::set().await;
    let browser = stage.buyer(PHONE, &["D0001"]).await;
    stage.order_form(&browser, "form").await;
    browser.click("label.address:has([value=''])").await;
    for (name, text) in [
        ("receiver_name", "김보기"),
        ("receiver_phone", "010-0000-0000"),
        ("post_code", "00001"),
        ("address", "보기로 1"),
    ] {
        browser
            .fill(&format!("[name='receiver[{name}]']"), text)
            .await;
    }
    // Past the browser's own check, as an older one would do it.
    browser
        .run(
            "document.querySelector('form[data-order]').noValidate = true",
            &[],
        )
        .await;
    browser
        .fill("[name='receiver[receiver_phone]']", "abc")
        .await;
    browser.click("button[value=order]").await;
    browser
        .wait_for_text("받는 곳의 연락처 항목을 확인해 주세요")
        .await;
    let kept = "return document.querySelector('[name=\"receiver[address]\"]').value";
    assert_eq!(browser.run(kept, &[]).await, "보기로 1");
    assert!(
        browser
            .has("input.wrong[name='receiver[receiver_phone]']")
            .await
    );
    picture(&browser, "address_wrong").await;
    assert_eq!(stage.orders().await, (0, String::new()));
    browser
        .fill("[name='receiver[receiver_phone]']", "010-1234-5678")
        .await;
    stage.go_to_payment(&browser).await;
    stage.decide(&browser, "pay").await;
    browser.wait_for_text("보기로 1").await;
    stage.assert_well().await;
}

/// The gateway is away for a moment: the script says so, and the same form is the same order.
#[tokio::test]
async fn a_script_that_gets_no_answer_lets_the_buyer_press_again() {
    let stage = Stage::set().await;
    let browser = stage.buyer(PHONE, &["D0001"]).await;
    stage.order_form(&browser, "json").await;
    browser.run("window.real = window.fetch; window.fetch = () => Promise.reject(new TypeError('away'))", &[]).await;
    browser.click("button[value=order]").await;
    browser.wait_for_text("한 번 더 눌러 주세요").await;
    // The order arrives, its answer does not.
    browser.run("window.fetch = (...all) => window.real(...all).then(() => { throw new TypeError('cut'); })", &[]).await;
    browser.click("button[value=order]").await;
    browser
        .wait("the order is there", || async {
            (stage.orders().await.0 == 1).then_some(())
        })
        .await;
    browser.run("window.fetch = window.real", &[]).await;
    browser
        .wait("the form can be sent", || async {
            browser
                .has("form[data-json]:not(.sent)")
                .await
                .then_some(())
        })
        .await;
    stage.go_to_payment(&browser).await;
    assert_eq!(stage.orders().await, (1, "1".to_owned()));
    stage.assert_well().await;
}

/// What comes back from paying cannot be read: the shop shows it, and nobody is told to pay again.
#[tokio::test]
async fn a_return_that_cannot_be_read_is_shown_by_the_shop_in_words() {
    let stage = Stage::set().await;
    let browser = stage.buyer(PHONE, &["D0001"]).await;
    let back = stage.gateway.url("/pg/wallet/M_DEMO/return");
    let post = "const form = Object.assign(document.createElement('form'),
            {method: 'post', action: arguments[0], enctype: arguments[1]});
        form.append(Object.assign(document.createElement('input'), {name: 'rsltMsg', value: '정상'}));
        document.body.append(form);
        form.submit();";
    for (address, encoding) in [
        (back.clone(), "multipart/form-data"),
        (back.clone(), "text/plain"),
        (
            format!("{back}?rsltMsg=%C1%A4"),
            "application/x-www-form-urlencoded",
        ),
        (format!("{back}/a/b"), "application/x-www-form-urlencoded"),
    ] {
        browser.goto(&stage.page("cart.php")).await;
        let arguments = [address.into(), encoding.into()];
        browser.run(post, &arguments).await;
        browser.wait_for_url(&stage.page("result.php?code=")).await;
        browser
            .wait_for_text("결제 결과를 확인하지 못했습니다")
            .await;
        browser.wait_for_text("다시 결제하지 마세요").await;
    }
    // No shop is known: words of the gateway's own, in this browser's language, and nothing for programs.
    let arguments = [
        stage.gateway.url("/pg/wallet/M_NONE/return").into(),
        "text/plain".into(),
    ];
    browser.run(post, &arguments).await;
    browser
        .wait_for_text("Please look at your orders in the shop")
        .await;
    assert!(!browser.text().await.contains('{'));
    stage.assert_well().await;
}
