//! A coupon is held when it is ordered with, used when the order is paid, and comes back once when the order ends unpaid.

use super::*;

#[tokio::test]
async fn a_coupon_is_held_by_its_order_and_used_when_that_is_paid() {
    let db = TestDb::with_fixture().await;
    coupon(&db, "C1", "").await;
    let id = issue(&db, "C1", "u1").await;
    let mut conn = db.conn_as_gateway().await;
    let order = book(&db, "T1", "u1", &[id], "9000").await;
    let answer = order.call(&mut conn).await.unwrap();
    assert_eq!(answer.first().str("total_payment"), "9000.00");
    assert_eq!(holder(&db, id).await, "T1 1");
    let of_order = "SELECT CONCAT_WS(' ', discount_total, total_payment, supply_amount, vat_amount) FROM shop_orders";
    // 9000 × 0.1 ÷ 1.1 = 818.18…
    assert_eq!(db.text(of_order).await, "1000.00 9000.00 8182.00 818.00");
    db.assert_audit_clean().await;

    let again = order.call(&mut conn).await.unwrap();
    assert_eq!(again.first().int("replayed"), 1);
    let other = book(&db, "T2", "u1", &[id], "9000").await;
    let error = other.call(&mut conn).await.unwrap_err();
    assert_eq!(error.row().str("detail"), format!("{id} held"));
    assert_eq!(db.count("shop_orders").await, 1);

    let paid = WalletMessage::paid("T1", "P1", "9000");
    let answer = settle(&mut conn, "notify", &paid).await.unwrap();
    assert_eq!(answer.first().str("verdict"), "paid");
    assert_eq!(holder(&db, id).await, "T1 2");
    let error = other.call(&mut conn).await.unwrap_err();
    assert_eq!(error.row().str("detail"), format!("{id} used"));
    let order = call(&mut conn, "shop_order_select", (1, "u1", "T1"))
        .await
        .unwrap();
    let discounts = order.first().json("discounts_json");
    assert_eq!(
        discounts,
        serde_json::json!([{"coupon_id": id, "coupon_code": "C1", "coupon_name": "C1 쿠폰", "promotion_code": null,
                            "promotion_name": null, "target": "order",
                            "amount": "1000.00", "lines": [{"line_no": 1, "amount": "1000.00"}]}])
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_same_order_with_another_coupon_is_another_request() {
    let db = TestDb::with_fixture().await;
    coupon(&db, "C1", "member_limit = 2").await;
    let ids = [issue(&db, "C1", "u1").await, issue(&db, "C1", "u1").await];
    let mut conn = db.conn_as_gateway().await;
    let order = book(&db, "T1", "u1", &ids[..1], "9000").await;
    order.call(&mut conn).await.unwrap();
    let other = order.coupons(Some(&format!("[{}]", ids[1])));
    let error = other.call(&mut conn).await.unwrap_err();
    error.expect_code("IDEMPOTENCY_MISMATCH");
    assert_eq!(holder(&db, ids[1]).await, "free");
}

/// Every way in which an order ends unpaid.
#[tokio::test]
async fn a_coupon_comes_back_once_when_its_order_ends_unpaid() {
    let db = TestDb::with_fixture().await;
    coupon(
        &db,
        "C1",
        "use_limit = 10, target = 'delivery', amount = 1000",
    )
    .await;
    coupon(&db, "C2", "use_limit = 3, member_limit = 2").await;
    let mut conn = db.conn_as_gateway().await;
    let left = |code: &str| {
        format!(
            "SELECT SUM(free) FROM shop_coupon_counters WHERE coupon_code = '{code}' AND kind = 'use'"
        )
    };
    for how in ["failed", "expired", "restored", "lapsed"] {
        let user = format!("u-{how}");
        let first = issue(&db, "C2", &user).await;
        let second = issue(&db, "C2", &user).await;
        let order = book(&db, how, &user, &[second, first], "8000")
            .await
            .address(None)
            .receiver(Some(crate::upgrade::history::RECEIVER));
        order.call(&mut conn).await.unwrap();
        assert_eq!(holder(&db, first).await, format!("{how} 1"));
        assert_eq!(db.int(&left("C2")).await, 1, "{how}");
        match how {
            "failed" => {
                let message = WalletMessage::failed(how, "F1", "8000");
                for _ in 0..2 {
                    settle(&mut conn, "notify", &message).await.unwrap();
                }
            }
            "expired" => {
                db.let_expire(how).await;
                for _ in 0..2 {
                    call(&mut conn, "shop_order_expire", (100,)).await.unwrap();
                }
            }
            "restored" => {
                for _ in 0..2 {
                    call(
                        &mut conn,
                        "shop_order_restore_cart",
                        (1, user.as_str(), how),
                    )
                    .await
                    .unwrap();
                }
            }
            // Nobody has ended it yet: whoever orders with its coupons does.
            _ => {
                db.let_expire(how).await;
                let next = book(&db, "NEXT", &user, &[first], "9000")
                    .await
                    .address(None)
                    .receiver(Some(crate::upgrade::history::RECEIVER));
                next.call(&mut conn).await.unwrap();
                assert_eq!(holder(&db, first).await, "NEXT 1");
                assert_eq!(holder(&db, second).await, "free");
                assert_eq!(db.int(&left("C2")).await, 2);
                db.assert_audit_clean().await;
                continue;
            }
        }
        assert_eq!(holder(&db, first).await, "free", "{how}");
        assert_eq!(holder(&db, second).await, "free", "{how}");
        assert_eq!(db.int(&left("C2")).await, 3, "{how}");
        db.assert_audit_clean().await;
    }
}

/// A quote and the list of coupons say what an order would get, also where an order out of time has the coupon.
#[tokio::test]
async fn a_coupon_of_an_order_out_of_time_can_be_quoted() {
    let db = TestDb::with_fixture().await;
    coupon(&db, "C1", "").await;
    let id = issue(&db, "C1", "u1").await;
    let mut conn = db.conn_as_gateway().await;
    book(&db, "T1", "u1", &[id], "9000")
        .await
        .call(&mut conn)
        .await
        .unwrap();
    db.let_expire("T1").await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let rows = format!("[{cart_id}]");
    let listed = call(
        &mut conn,
        "select_shop_coupons",
        (1, "u1", rows.as_str(), None::<&str>),
    )
    .await
    .unwrap();
    assert_eq!(listed.set(1).rows[0].int("usable"), 1);
    let none = None::<&str>;
    let coupons = format!("[{id}]");
    let quote = (1, "u1", rows, none, coupons, none, none, none, none, none);
    let quoted = call(&mut conn, "shop_order_quote", quote).await.unwrap();
    assert_eq!(quoted.first().str("total_payment"), "9000.00");
    assert_eq!(holder(&db, id).await, "free");
    db.assert_audit_clean().await;
}

/// What a coupon took off is what is paid: the right amount is the one less it.
#[tokio::test]
async fn a_payment_of_the_full_price_is_not_the_order_s_total() {
    let db = TestDb::with_fixture().await;
    coupon(&db, "C1", "").await;
    let id = issue(&db, "C1", "u1").await;
    let mut conn = db.conn_as_gateway().await;
    book(&db, "T1", "u1", &[id], "9000")
        .await
        .call(&mut conn)
        .await
        .unwrap();
    let paid = WalletMessage::paid("T1", "P1", "10000");
    let answer = settle(&mut conn, "notify", &paid).await.unwrap();
    assert_eq!(answer.first().str("verdict"), "amount_mismatch");
    db.assert_audit_clean().await;
}

/// Approved after the time was over: the order takes its coupons again, or the money is late.
#[tokio::test]
async fn a_revived_order_takes_its_coupons_again_or_its_money_is_late() {
    for taken in [false, true] {
        let db = TestDb::with_fixture().await;
        coupon(&db, "C1", "use_limit = 5").await;
        coupon(&db, "C2", "stack_group = 'g'").await;
        let ids = [issue(&db, "C1", "u1").await, issue(&db, "C2", "u1").await];
        let mut conn = db.conn_as_gateway().await;
        book(&db, "T1", "u1", &ids, "8000")
            .await
            .call(&mut conn)
            .await
            .unwrap();
        db.let_expire("T1").await;
        call(&mut conn, "shop_order_expire", (100,)).await.unwrap();
        assert_eq!(holder(&db, ids[1]).await, "free");
        if taken {
            book(&db, "T2", "u1", &ids[1..], "9000")
                .await
                .call(&mut conn)
                .await
                .unwrap();
        }
        let paid = WalletMessage::paid("T1", "P1", "8000");
        let answer = settle(&mut conn, "notify", &paid).await.unwrap();
        let verdict = answer.first().str("verdict");
        let left = "SELECT SUM(free) FROM shop_coupon_counters WHERE kind = 'use'";
        if taken {
            assert_eq!(verdict, "late");
            assert_eq!(holder(&db, ids[0]).await, "free");
            assert_eq!(holder(&db, ids[1]).await, "T2 1");
            assert_eq!(db.int(left).await, 5);
            assert_eq!(db.count("shop_pg_duties").await, 1);
        } else {
            assert_eq!(verdict, "paid");
            assert_eq!(holder(&db, ids[0]).await, "T1 2");
            assert_eq!(holder(&db, ids[1]).await, "T1 2");
            assert_eq!(db.int(left).await, 4);
        }
        db.assert_audit_clean().await;
    }
}

/// Nothing to pay is paid at once, and its coupon is used.
#[tokio::test]
async fn an_order_that_a_coupon_makes_free_is_paid_at_once() {
    let db = TestDb::with_fixture().await;
    coupon(&db, "C1", "amount = 50000").await;
    let id = issue(&db, "C1", "u1").await;
    let mut conn = db.conn_as_gateway().await;
    let order = book(&db, "T1", "u1", &[id], "0").await;
    let answer = order.call(&mut conn).await.unwrap();
    assert_eq!(answer.first().int("order_status"), 2);
    assert_eq!(holder(&db, id).await, "T1 2");
    let taken = "SELECT CONCAT_WS(' ', amount) FROM shop_order_discounts";
    assert_eq!(db.text(taken).await, "10000.00");
    db.assert_audit_clean().await;
}

/// The total that the buyer saw is compared with the one less the coupon, and the quote that comes with the refusal has it.
#[tokio::test]
async fn a_changed_coupon_is_a_changed_price() {
    let db = TestDb::with_fixture().await;
    coupon(&db, "C1", "").await;
    let id = issue(&db, "C1", "u1").await;
    let mut conn = db.conn_as_gateway().await;
    let order = book(&db, "T1", "u1", &[id], "9000").await;
    db.exec("UPDATE shop_coupons SET amount = 500").await;
    let error = order.call(&mut conn).await.unwrap_err();
    error.expect_code("PRICE_CHANGED");
    let quote = &error.sets.set(1).rows[0];
    assert_eq!(
        (quote.str("discount_total"), quote.str("total_payment")),
        ("500.00".into(), "9500.00".into())
    );
    assert_eq!(holder(&db, id).await, "free");
    order.client_total("9500").call(&mut conn).await.unwrap();
    let rules = "SELECT GROUP_CONCAT(amount ORDER BY rule_id) FROM shop_discount_rules";
    assert_eq!(db.text(rules).await, "1000.00,500.00");
    db.assert_audit_clean().await;
}
