//! Points and cash are held when it is ordered with them, used when the order is paid, and come back once when it ends
//! unpaid.

use super::*;

#[tokio::test]
async fn they_are_held_by_their_order_and_used_when_that_is_paid() {
    let db = TestDb::with_fixture().await;
    give(&db, "u1", "point", "1000", None).await;
    give(&db, "u1", "point", "300", Some("30")).await;
    give(&db, "u1", "point", "50", Some("60")).await;
    give(&db, "u1", "cash", "2500", None).await;
    let mut conn = db.conn_as_gateway().await;
    let order = book(&db, "T1", "u1", 500, 2000).await;
    let answer = order.call(&mut conn).await.unwrap();
    assert_eq!(answer.first().str("total_payment"), "7500.00");
    assert_eq!(has(&db, "u1").await, "850 500");
    // What expires first goes first.
    let held = [
        "hold point 300",
        "hold point 50",
        "hold point 150",
        "hold cash 2000",
    ];
    assert_eq!(entries(&db, "T1").await, held);
    let of_order = "SELECT CONCAT_WS(' ', point_used, cash_used, total_payment, supply_amount, vat_amount) FROM shop_orders";
    // 7500 × 0.1 ÷ 1.1 = 681.81…
    assert_eq!(
        db.text(of_order).await,
        "500.00 2000.00 7500.00 6818.00 682.00"
    );
    db.assert_audit_clean().await;

    let again = order.call(&mut conn).await.unwrap();
    assert_eq!(again.first().int("replayed"), 1);
    for other in [
        order.clone().cash(Some("1999")),
        order.clone().cash(None),
        order.clone().points(Some("501")),
    ] {
        let error = other.call(&mut conn).await.unwrap_err();
        error.expect_code("IDEMPOTENCY_MISMATCH");
    }
    assert_eq!(has(&db, "u1").await, "850 500");

    let paid = WalletMessage::paid("T1", "P1", "7500");
    for channel in ["notify", "return", "notify"] {
        settle(&mut conn, channel, &paid).await.unwrap();
    }
    let used = [
        "use point 300",
        "use point 50",
        "use point 150",
        "use cash 2000",
    ];
    let mut all = entries(&db, "T1").await;
    assert_eq!(all.len(), 8, "{all:?}");
    all.drain(..4);
    all.sort();
    let mut used = used.map(str::to_owned);
    used.sort();
    assert_eq!(all, used);
    let told = call(&mut conn, "shop_order_select", (1, "u1", "T1")).await;
    let told = told.unwrap();
    assert_eq!(
        (
            told.first().str("point_used"),
            told.first().str("cash_used")
        ),
        ("500.00".into(), "2000.00".into())
    );
    db.assert_audit_clean().await;
}

/// Every way in which an order ends unpaid.
#[tokio::test]
async fn they_come_back_once_when_their_order_ends_unpaid() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    for how in ["failed", "expired", "restored", "lapsed", "quoted"] {
        let user = format!("u-{how}");
        give(&db, &user, "point", "700", Some("10")).await;
        give(&db, &user, "point", "300", None).await;
        give(&db, &user, "cash", "400", None).await;
        let receiver = crate::upgrade::history::RECEIVER;
        let number = format!("T-{how}");
        let order = |order: OrderCall| order.address(None).receiver(Some(receiver));
        let first = order(book(&db, &number, &user, 900, 400).await).client_total("8700");
        first.call(&mut conn).await.unwrap();
        assert_eq!(has(&db, &user).await, "100 0", "{how}");
        match how {
            "failed" => {
                let failed = WalletMessage::failed(&number, &format!("F-{user}"), "8700");
                for channel in ["notify", "return", "notify"] {
                    settle(&mut conn, channel, &failed).await.unwrap();
                }
            }
            "expired" => {
                db.let_expire(&number).await;
                for _ in 0..2 {
                    call(&mut conn, "shop_order_expire", (100,)).await.unwrap();
                }
            }
            "restored" => {
                for _ in 0..2 {
                    let restore = (1, user.as_str(), number.as_str());
                    call(&mut conn, "shop_order_restore_cart", restore)
                        .await
                        .unwrap();
                }
            }
            _ => db.let_expire(&number).await,
        }
        if how == "quoted" {
            let row = db.add_cart(1, &user, "book", NO_OPTION, 1).await;
            let none = None::<&str>;
            let ids = format!("[{row}]");
            let all = (
                1,
                user.as_str(),
                ids,
                none,
                none,
                "1000",
                none,
                none,
                "400",
                none,
            );
            let quoted = call(&mut conn, "shop_order_quote", all).await.unwrap();
            assert_eq!(quoted.first().str("total_payment"), "8600.00");
        }
        if how != "lapsed" {
            assert_eq!(has(&db, &user).await, "1000 400", "{how}");
        }
        let second = order(book(&db, &format!("{number}-2"), &user, 1000, 400).await);
        let second = second.client_total("8600");
        second.call(&mut conn).await.unwrap();
        assert_eq!(has(&db, &user).await, "0 0", "{how}");
        let back = entries(&db, &number).await;
        let back = back.iter().filter(|entry| entry.starts_with("release"));
        assert_eq!(back.count(), 3, "{how}");
        db.assert_audit_clean().await;
    }
}

/// Approved after the time was over: the order takes them again, or the money is late.
#[tokio::test]
async fn a_revived_order_takes_them_again_or_its_money_is_late() {
    for kind in ["point", "cash"] {
        for taken in [false, true] {
            let db = TestDb::with_fixture().await;
            give(&db, "u1", "point", "500", None).await;
            give(&db, "u1", "cash", "500", None).await;
            let mut conn = db.conn_as_gateway().await;
            let order = book(&db, "T1", "u1", 500, 500).await;
            order.call(&mut conn).await.unwrap();
            db.let_expire("T1").await;
            call(&mut conn, "shop_order_expire", (100,)).await.unwrap();
            assert_eq!(has(&db, "u1").await, "500 500");
            if taken {
                let (points, cash) = if kind == "point" { (1, 0) } else { (0, 1) };
                let other = book(&db, "T2", "u1", points, cash).await;
                other.call(&mut conn).await.unwrap();
            }
            let before = has(&db, "u1").await;
            let paid = WalletMessage::paid("T1", "P1", "9000");
            let answer = settle(&mut conn, "notify", &paid).await.unwrap();
            if taken {
                assert_eq!(answer.first().str("verdict"), "late");
                assert_eq!(has(&db, "u1").await, before);
                assert_eq!(db.count("shop_pg_duties").await, 1);
            } else {
                assert_eq!(answer.first().str("verdict"), "paid");
                assert_eq!(has(&db, "u1").await, "0 0");
                let entries = entries(&db, "T1").await;
                assert_eq!(entries.iter().filter(|e| e.starts_with("hold")).count(), 4);
                assert_eq!(entries.iter().filter(|e| e.starts_with("use")).count(), 2);
            }
            db.assert_audit_clean().await;
        }
    }
}

/// Nothing is left to pay: paid at once.
#[tokio::test]
async fn an_order_that_they_pay_whole_is_paid_at_once() {
    let db = TestDb::with_fixture().await;
    give(&db, "u1", "point", "4000", None).await;
    give(&db, "u1", "cash", "9000", None).await;
    let mut conn = db.conn_as_gateway().await;
    let order = book(&db, "T1", "u1", 4000, 6000).await;
    let answer = order.call(&mut conn).await.unwrap();
    assert_eq!(answer.first().int("order_status"), 2);
    assert_eq!(has(&db, "u1").await, "0 3000");
    let all = [
        "hold point 4000",
        "hold cash 6000",
        "use point 4000",
        "use cash 6000",
    ];
    assert_eq!(entries(&db, "T1").await, all);
    db.assert_audit_clean().await;
}

/// A payment of what the goods cost is not one of what is left to pay.
#[tokio::test]
async fn a_payment_of_the_full_price_is_not_the_order_s_total() {
    let db = TestDb::with_fixture().await;
    give(&db, "u1", "point", "1000", None).await;
    let mut conn = db.conn_as_gateway().await;
    let order = book(&db, "T1", "u1", 1000, 0).await;
    order.call(&mut conn).await.unwrap();
    let paid = WalletMessage::paid("T1", "P1", "10000");
    let answer = settle(&mut conn, "notify", &paid).await.unwrap();
    assert_eq!(answer.first().str("verdict"), "amount_mismatch");
    let back = ["hold point 1000", "release point 1000"];
    assert_eq!(entries(&db, "T1").await, back, "the order has failed");
    db.assert_audit_clean().await;
}

/// Entered by hand, it is the same payment.
#[tokio::test]
async fn a_payment_by_hand_uses_them() {
    let db = TestDb::with_fixture().await;
    give(&db, "u1", "point", "1000", None).await;
    let mut conn = db.conn_as_gateway().await;
    let order = book(&db, "T1", "u1", 1000, 0).await;
    order.call(&mut conn).await.unwrap();
    let mut operator = db.conn_as_operator().await;
    let payment = (
        1,
        "T1",
        "wallet",
        "M1",
        "P1",
        "9000",
        None::<&str>,
        "console",
    );
    call(&mut operator, "update_adm_order_payment", payment)
        .await
        .unwrap();
    assert_eq!(
        entries(&db, "T1").await,
        ["hold point 1000", "use point 1000"]
    );
    db.assert_audit_clean().await;
}

/// Of six tabs with a product each, as many order as there are points for.
#[tokio::test]
async fn six_tabs_use_what_is_there_and_not_more() {
    let db = TestDb::with_fixture().await;
    give(&db, "u1", "point", "500", Some("5")).await;
    give(&db, "u1", "point", "450", None).await;
    let mut orders = Vec::new();
    for (product, total) in [
        ("book", "9700"),
        ("lamp", "22700"),
        ("chair", "29700"),
        ("rice", "8700"),
        ("pen", "3200"),
        ("ink", "5200"),
    ] {
        let row = db.add_cart(1, "u1", product, NO_OPTION, 1).await;
        let order = OrderCall::new(product, &[row]).points(Some("300"));
        orders.push(order.client_total(total));
    }
    let orders = std::sync::Arc::new(orders);
    let answers = storm(&db, 6, |caller, mut conn| {
        let orders = orders.clone();
        async move { orders[caller].call(&mut conn).await }
    })
    .await;
    let made = answers.iter().filter(|answer| answer.is_ok()).count();
    for refused in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        refused.expect_code("POINTS_NOT_ENOUGH");
        assert_eq!(refused.row().str("detail"), "balance 50.00");
    }
    assert_eq!(made, 3);
    assert_eq!(has(&db, "u1").await, "50 0");
    db.assert_audit_clean().await;
}

/// The operator takes points while an order with them is made: whoever comes second is told.
#[tokio::test]
async fn points_that_are_taken_while_an_order_waits_are_not_ordered_with() {
    for order_first in [true, false] {
        let db = TestDb::with_fixture().await;
        give(&db, "u1", "point", "1000", None).await;
        let taking =
            |key: &'static str| (1, "point", r#"["u1"]"#, "-800", None::<&str>, key, "test");
        if order_first {
            let stock = crate::race::Holder::stock(&db, "book", NO_OPTION).await;
            let order = book(&db, "T1", "u1", 500, 0).await;
            let order = crate::race::waiting_order(&db, &order).await;
            let mut taken = Running::call_on(
                &db,
                db.conn_as_operator().await,
                "adjust_adm_credits",
                taking("k1"),
            )
            .await;
            taken.wait_until_blocked().await;
            stock.release().await;
            order.finish().await.unwrap();
            assert_eq!(
                taken.finish().await.unwrap().first().int("refused_count"),
                1
            );
            assert_eq!(has(&db, "u1").await, "500 0");
        } else {
            let mut hand = db.conn().await;
            hand.query_drop(
                "START TRANSACTION;
                 UPDATE shop_credit_accounts SET balance = balance WHERE user_id = 'u1' AND kind = 'point'",
            )
            .await
            .unwrap();
            let order = book(&db, "T1", "u1", 500, 0).await;
            let order = crate::race::waiting_order(&db, &order).await;
            let points =
                "CALL _spend_credit(1, 'u1', 'point', 800, 'adjust', 'shop', NULL, 'k1', '', UTC_TIMESTAMP(6), @left);
                 COMMIT";
            hand.query_drop(points).await.unwrap();
            let refused = order.finish().await.unwrap_err();
            refused.expect_code("POINTS_NOT_ENOUGH");
            assert_eq!(refused.row().str("detail"), "balance 200.00");
            assert_eq!(db.count("shop_orders").await, 0);
            assert_eq!(db.count("shop_cart").await, 1);
            assert_eq!(has(&db, "u1").await, "200 0");
        }
        db.assert_audit_clean().await;
    }
}

/// Taken again and given back again: what was given back before is not given back twice.
#[tokio::test]
async fn an_order_that_ends_twice_gives_back_what_it_has() {
    let db = TestDb::with_fixture().await;
    give(&db, "u1", "point", "500", None).await;
    give(&db, "u1", "cash", "500", None).await;
    let mut conn = db.conn_as_gateway().await;
    let order = book(&db, "T1", "u1", 100, 200).await;
    order.call(&mut conn).await.unwrap();
    db.let_expire("T1").await;
    call(&mut conn, "shop_order_expire", (100,)).await.unwrap();
    let order = db.int("SELECT seq_no FROM shop_orders").await;
    for _ in 0..2 {
        db.exec(&format!(
            "CALL _take_credits({order}, UTC_TIMESTAMP(6), @fault)"
        ))
        .await;
        assert_eq!(has(&db, "u1").await, "400 300");
        for _ in 0..2 {
            db.exec(&format!("CALL _give_credits_back({order})")).await;
            assert_eq!(has(&db, "u1").await, "500 500");
        }
        db.assert_audit_clean().await;
    }
}
