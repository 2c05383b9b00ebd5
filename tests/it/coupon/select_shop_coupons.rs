//! `select_shop_coupons`: what each coupon of a buyer gives for these cart rows, or why it does not.

use super::*;
use crate::race::code;

const NONE: Option<&str> = None;

#[tokio::test]
async fn each_coupon_says_what_it_gives_or_why_not() {
    let db = TestDb::with_fixture().await;
    for (name, columns) in [
        ("A1", ""),
        ("RATE", "kind = 'rate', amount = NULL, rate = 0.15"),
        ("MUCH", "min_amount = 33001"),
        ("JUST", "min_amount = 33000, amount = 2000"),
        ("PENS", "target = 'product', target_ids = '[\"pen\"]'"),
        ("FEE", "target = 'delivery', amount = 9000"),
        ("SOON", "valid_from = '2099-01-01'"),
        ("PAST", "valid_until = UTC_TIMESTAMP(6) - INTERVAL 1 DAY"),
        ("LONG", "valid_until = UTC_TIMESTAMP(6) - INTERVAL 31 DAY"),
        ("OFF", "enabled = 0"),
        ("GONE", "use_limit = 0"),
        ("HELD", ""),
        ("USED", ""),
    ] {
        coupon(&db, name, columns).await;
        issue(&db, name, "u1").await;
    }
    coupon(&db, "OTHER", "").await;
    issue(&db, "OTHER", "u2").await;
    let mut conn = db.conn_as_gateway().await;
    for name in ["HELD", "USED"] {
        let id = format!("SELECT coupon_no FROM shop_issued_coupons WHERE coupon_code = '{name}'");
        let id = db.int(&id).await;
        let order = book(&db, name, "u1", &[id], "9000").await;
        order.call(&mut conn).await.unwrap();
    }
    let paid = WalletMessage::paid("USED", "P1", "9000");
    settle(&mut conn, "notify", &paid).await.unwrap();

    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let rows = format!("[{lamp},{book}]");
    // 20,000 + 10,000, and 3,000 for delivery.
    db.exec("UPDATE shop_coupons SET min_amount = min_amount - 3000")
        .await;
    let listed = call(
        &mut conn,
        "select_shop_coupons",
        (1, "u1", rows.as_str(), NONE),
    )
    .await
    .unwrap();
    assert_eq!(listed.first().int("coupon_count"), 11);
    let found: Vec<String> = listed
        .set(1)
        .rows
        .iter()
        .map(|row| {
            let reason = row.opt("reason").unwrap_or_default();
            assert_eq!(row.int("usable") == 1, reason.is_empty());
            format!(
                "{} {} {reason}",
                row.str("coupon_code"),
                row.str("discount")
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "RATE 4500.00 ",
            "FEE 3000.00 ",
            "JUST 2000.00 ",
            "A1 1000.00 ",
            "MUCH 0.00 min_amount",
            "PENS 0.00 no_target",
            "SOON 0.00 not_yet",
            "PAST 0.00 over",
            "OFF 0.00 disabled",
            "GONE 0.00 used_up",
            "HELD 0.00 held",
        ]
    );
    // The whole cart; an empty one; the rows of somebody else.
    let whole = call(&mut conn, "select_shop_coupons", (1, "u1", NONE, NONE))
        .await
        .unwrap();
    assert_eq!(
        whole.set(1).find("coupon_code", "RATE").str("discount"),
        "4500.00"
    );
    let empty = call(&mut conn, "select_shop_coupons", (1, "u2", NONE, NONE))
        .await
        .unwrap();
    assert_eq!(empty.set(1).rows[0].str("reason"), "no_target");
    let foreign = call(
        &mut conn,
        "select_shop_coupons",
        (1, "u2", rows.as_str(), NONE),
    )
    .await;
    assert_eq!(code(&foreign), "CART_NOT_FOUND");
    let no_shop = call(&mut conn, "select_shop_coupons", (9, "u2", NONE, NONE)).await;
    assert_eq!(code(&no_shop), "SHOP_NOT_FOUND");
    db.assert_audit_clean().await;
}

/// What is listed as usable can be ordered with, at that discount; what is not is refused for that reason.
#[tokio::test]
async fn the_list_keeps_its_word() {
    let db = TestDb::with_fixture().await;
    for (name, columns) in [
        ("A1", ""),
        (
            "CAP",
            "kind = 'rate', amount = NULL, rate = 0.5, max_discount = 700",
        ),
        (
            "CUT",
            "kind = 'rate', amount = NULL, rate = 0.1234, round_to = 100",
        ),
        ("MUCH", "min_amount = 10001"),
        ("FEE", "target = 'delivery'"),
        ("GONE", "use_limit = 0"),
    ] {
        coupon(&db, name, columns).await;
        issue(&db, name, "u1").await;
    }
    let mut conn = db.conn_as_gateway().await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let listed = call(
        &mut conn,
        "select_shop_coupons",
        (1, "u1", format!("[{book}]"), NONE),
    )
    .await
    .unwrap();
    for row in &listed.set(1).rows {
        let id = row.int("coupon_id");
        let discount: f64 = row.str("discount").parse().unwrap();
        let order = OrderCall::new(&format!("T{id}"), &[book])
            .coupons(Some(&format!("[{id}]")))
            .client_total(&format!("{}", 10_000.0 - discount));
        let ordered = order.call(&mut conn).await;
        if row.int("usable") == 1 {
            ordered.unwrap();
            call(
                &mut conn,
                "shop_order_restore_cart",
                (1, "u1", format!("T{id}")),
            )
            .await
            .unwrap();
            db.exec(&format!(
                "UPDATE shop_cart SET seq_no = {book} WHERE user_id = 'u1'"
            ))
            .await;
        } else {
            let error = ordered.unwrap_err();
            let reason = format!("{id} {}", row.str("reason"));
            assert_eq!(error.row().str("detail"), reason);
        }
    }
    db.assert_audit_clean().await;
}
