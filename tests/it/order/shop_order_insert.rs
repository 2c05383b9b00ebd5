//! `shop_order_insert`: what an order is made of, and what the caller is told.

use super::*;

#[tokio::test]
async fn an_order_is_made_of_cart_rows_at_our_prices() {
    let db = shops().await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
    let shirt = db.add_cart(1, "u1", "shirt", "blue", 1).await;
    let rice = db.add_cart(1, "u1", "rice", NO_OPTION, 3).await;
    let kept = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let others = db.add_cart(1, "u2", "lamp", NO_OPTION, 1).await;
    let mut conn = db.conn_as_gateway().await;

    // 40000 + 16000 share one parcel of 3000; 15000 are tax free, with a parcel of 4000.
    let order = OrderCall::new("T-1.a_b", &[lamp, shirt, rice]).client_total("78000");
    let sets = order.call(&mut conn).await.unwrap();
    assert_eq!(sets.count(), 2);
    let first = sets.first();
    assert_eq!(first.str("result"), "OK");
    assert_eq!(first.int("replayed"), 0);
    assert_eq!(first.str("order_number"), "T-1.a_b");
    assert_eq!(first.int("order_status"), 1);
    assert_eq!(first.str("next_step"), "pay");
    assert_eq!(first.str("currency"), "KRW");
    assert_eq!(first.str("total_payment"), "78000.00");
    let names = db
        .row(
            "SELECT order_code REGEXP '^[0-9]{8}-[0-9A-HJKMNP-TV-Z]{8}$' AS code_form,
                    LEFT(order_code, 8) = DATE_FORMAT(order_date + INTERVAL 540 MINUTE, '%Y%m%d') AS shops_day,
                    TIMESTAMPDIFF(SECOND, order_date, expires_at) AS lasts, order_code, expires_at
             FROM shop_orders",
        )
        .await;
    assert_eq!(names.int("code_form"), 1, "{names:?}");
    assert_eq!(names.int("shops_day"), 1, "{names:?}");
    assert_eq!(names.int("lasts"), 30 * 60);
    assert_eq!(first.str("order_code"), names.str("order_code"));
    assert_eq!(first.str("expires_at"), names.str("expires_at"));
    let key = first.str("order_key");
    assert_eq!(key.len(), 36);
    assert_eq!(&key[14..15], "7", "a UUID of version 7: {key}");

    let written = db
        .row(
            "SELECT order_mode, user_id, user_name, user_phone, receiver_name, receiver_phone, post_code, address,
                    address_detail, delivery_msg, line_count, product_total_price, discount_total, point_used,
                    shipping_fee, supply_amount, vat_amount, tax_free_amount, client_total, pg, merchant_id, pay_type
             FROM shop_orders",
        )
        .await;
    let expected = [
        ("order_mode", "cart"),
        ("user_id", "u1"),
        ("user_name", "Buyer 1"),
        ("user_phone", "010-0000-0001"),
        ("receiver_name", "Receiver 1"),
        ("receiver_phone", "010-1111-0001"),
        ("post_code", "01010"),
        ("address", "1 Sejong-daero"),
        ("address_detail", "door 1"),
        ("delivery_msg", "ring twice"),
        ("line_count", "3"),
        ("product_total_price", "71000.00"),
        ("discount_total", "0.00"),
        ("point_used", "0.00"),
        ("shipping_fee", "7000.00"),
        ("supply_amount", "57273.00"),
        ("vat_amount", "5727.00"),
        ("tax_free_amount", "15000.00"),
        ("client_total", "78000.00"),
        ("pg", "wallet"),
        ("merchant_id", "M1"),
        ("pay_type", "wallet"),
    ];
    for (column, value) in expected {
        assert_eq!(written.str(column), value, "{column}");
    }
    let lines = db
        .rows(
            "SELECT CONCAT_WS(' ', line_no, product_id, product_name, option_hash, option_name, unit_price, quantity,
                              line_amount, tax_type, delivery_policy_id, cart_seq_no) AS line
             FROM shop_order_product ORDER BY line_no",
        )
        .await;
    let lines: Vec<String> = lines.iter().map(|line| line.str("line")).collect();
    assert_eq!(
        lines,
        [
            format!("1 lamp Lamp __noopt__  20000.00 2 40000.00 taxable 2 {lamp}"),
            format!("2 shirt Shirt blue blue 16000.00 1 16000.00 taxable 2 {shirt}"),
            format!("3 rice 쌀 __noopt__  5000.00 3 15000.00 free 4 {rice}"),
        ]
    );

    let left = db
        .rows("SELECT seq_no AS id FROM shop_cart ORDER BY seq_no")
        .await;
    let left: Vec<i64> = left.iter().map(|row| row.int("id")).collect();
    assert_eq!(left, [kept, others], "only the rows named are consumed");
    assert_eq!(db.free_stock("lamp", NO_OPTION).await, 98);
    assert_eq!(db.free_stock("shirt", "blue").await, 49);
    assert_eq!(db.free_stock("rice", NO_OPTION).await, 97);
    assert_eq!(db.free_stock("book", NO_OPTION).await, 100);
    let held = "SELECT COUNT(*) FROM shop_stock_reservations r JOIN shop_orders o ON o.seq_no = r.order_seq_no
                WHERE r.state = 'held' AND r.expires_at = o.expires_at";
    assert_eq!(db.int(held).await, 3);
    let log = db
        .row("SELECT from_status, to_status, action, actor, actor_name FROM shop_order_logs")
        .await;
    assert_eq!(log.int("from_status"), 0);
    assert_eq!(log.int("to_status"), 1);
    assert_eq!(log.str("action"), "order");
    assert_eq!(log.str("actor"), "buyer");
    assert!(
        log.str("actor_name").starts_with("jumun_gateway@"),
        "{log:?}"
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_buyer_is_told_how_to_pay_and_the_fields_are_signed() {
    let db = shops().await;
    wallet_of_shop_2(&db).await;
    db.exec(r#"UPDATE shop_products SET product_name = '책 "{amount}" \\ {key}' WHERE product_id = 'book'"#)
        .await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let pen = db.add_cart(1, "u1", "pen", NO_OPTION, 1).await;
    let ink = db.add_cart(1, "u1", "ink", NO_OPTION, 1).await;
    let mug = db.add_cart(2, "u1", "mug", NO_OPTION, 3).await;
    let mut conn = db.conn_as_gateway().await;

    // pen and ink are one parcel, which costs the higher fee: 3500.
    let order = OrderCall::new("T1", &[book, pen, ink]).client_total("16500");
    let sets = order.call(&mut conn).await.unwrap();
    let payment = &sets.set(1).rows[0];
    assert_eq!(payment.str("pay_method"), "POST");
    assert_eq!(payment.str("pay_url"), "http://pg.test/pay");
    let hash = sha256_hex(&format!("M1T116500{WALLET_KEY}"));
    assert_eq!(
        payment.json("pay_fields_json"),
        serde_json::json!({
            "mId": "M1",
            "mTrdNo": "T1",
            "trdAmt": "16500",
            "prdtNm": "책 \"{amount}\" \\ {key} 외 2건",
            "nextUrl": format!("http://gateway.test/pg/wallet/M1/return/{}", sets.first().str("order_key")),
            "notiUrl": "http://gateway.test/pg/wallet/M1/notify",
            "pktHash": hash,
        })
    );

    // The same key in another shop is another order; its amounts have that currency's decimals.
    let order = OrderCall::new("T1", &[mug])
        .user(2, "u1")
        .client_total("64.96");
    let sets = order.call(&mut conn).await.unwrap();
    assert_eq!(sets.first().int("replayed"), 0);
    assert_eq!(sets.first().str("currency"), "USD");
    assert_eq!(sets.first().str("total_payment"), "64.96");
    let fields = sets.set(1).rows[0].json("pay_fields_json");
    assert_eq!(fields["trdAmt"], "64.96");
    assert_eq!(
        fields["pktHash"],
        sha256_hex(&format!("M2T164.96{WALLET_KEY}"))
    );
    assert_eq!(fields["notiUrl"], "http://gateway.test/pg/wallet/M2/notify");
    assert_eq!(db.count("shop_orders").await, 2);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn cart_ids_may_be_numbers_texts_or_objects_in_any_order() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let forms = [
        "[{a},{b}]",
        "[{b}, {a}]",
        r#"["{a}","{b}"]"#,
        r#"[{"id":{a}},{"id":{b}}]"#,
        r#"[{"id":"{b}","quantity":1},{a}]"#,
        " [\n\t{\"x\":{\"id\":3}, \"id\" : {a} } ,\r\n {b} ] ",
    ];
    for (number, form) in forms.iter().enumerate() {
        let a = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
        let b = db.add_cart(1, "u1", "pen", NO_OPTION, 1).await;
        let ids = form
            .replace("{a}", &a.to_string())
            .replace("{b}", &b.to_string());
        let order = OrderCall::new(&format!("T{number}"), &[])
            .cart_ids_json(Some(&ids))
            .client_total("13500");
        let first = placed(&mut conn, &order).await;
        // Lines are in the order of the cart, whatever the order of the request.
        let lines = "SELECT GROUP_CONCAT(product_id ORDER BY line_no) FROM shop_order_product
                     WHERE order_seq_no = (SELECT MAX(seq_no) FROM shop_orders)";
        assert_eq!(db.text(lines).await, "book,pen", "{ids}");
        let again = OrderCall::new(&format!("T{number}"), &[b, a]).client_total("13500");
        let again = again.call(&mut conn).await.unwrap();
        assert_eq!(again.first().int("replayed"), 1, "{ids}");
        assert_eq!(again.first().str("order_key"), first.str("order_key"));
    }
    assert_eq!(db.count("shop_cart").await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn every_mode_of_the_form_is_known_and_the_rows_say_which_it_was() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let modes = [
        None,
        Some(""),
        Some("cart"),
        Some("cart_all"),
        Some("cart_selected"),
        Some("direct"),
        Some("direct_buy"),
    ];
    for (number, mode) in modes.into_iter().enumerate() {
        for (rows, stored) in [(0, "cart"), (1, "direct")] {
            let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
            db.exec(&format!("UPDATE shop_cart SET buy_now = {rows}"))
                .await;
            let number = format!("T{number}-{rows}");
            let order = OrderCall::new(&number, &[cart_id])
                .client_total("10000")
                .mode(mode);
            placed(&mut conn, &order).await;
            let sql = format!("SELECT order_mode FROM shop_orders WHERE order_number = '{number}'");
            assert_eq!(db.text(&sql).await, stored, "{mode:?}");
        }
    }
    // With anything of the cart it is an order of the cart.
    let cart = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let bought = db.add_cart(1, "u1", "book", NO_OPTION, 2).await;
    db.exec(&format!(
        "UPDATE shop_cart SET buy_now = 1 WHERE seq_no = {bought}"
    ))
    .await;
    let order = OrderCall::new("BOTH", &[cart, bought])
        .client_total("30000")
        .mode(Some("direct"));
    placed(&mut conn, &order).await;
    let sql = "SELECT order_mode FROM shop_orders WHERE order_number = 'BOTH'";
    assert_eq!(db.text(sql).await, "cart");
}

#[tokio::test]
async fn a_guest_types_the_receiver() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let receiver = serde_json::json!({
        "receiver_name": "  홍길동 😀 ", "receiver_phone": "+82 10-1234-5678", "post_code": "SW1A 2AA",
        "address": "서울시 중구 세종대로 110", "address_detail": "'; DROP TABLE shop_orders; --",
        "delivery_msg": "문 앞에\r\n두세요\n",
    });
    let columns = "SELECT user_id, user_name, user_phone, receiver_name, receiver_phone, post_code, address,
                          address_detail, delivery_msg FROM shop_orders ORDER BY seq_no DESC LIMIT 1";

    let cart_id = db.add_cart(1, "guest-1", "book", NO_OPTION, 1).await;
    let order = OrderCall::new("T1", &[cart_id])
        .user(1, "guest-1")
        .receiver(Some(&receiver.to_string()))
        .client_total("10000");
    placed(&mut conn, &order).await;
    let row = db.row(columns).await;
    assert_eq!(row.str("user_id"), "guest-1");
    assert_eq!(row.str("user_name"), "홍길동 😀", "a guest is the receiver");
    assert_eq!(row.str("user_phone"), "+82 10-1234-5678");
    assert_eq!(row.str("receiver_name"), "홍길동 😀");
    assert_eq!(row.str("post_code"), "SW1A 2AA");
    assert_eq!(row.str("address"), "서울시 중구 세종대로 110");
    assert_eq!(row.str("address_detail"), "'; DROP TABLE shop_orders; --");
    assert_eq!(row.str("delivery_msg"), "문 앞에 두세요");

    // A member who types one stays the buyer; what is optional may be missing.
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let order = OrderCall::new("T2", &[cart_id])
        .address(None)
        .receiver(Some(RECEIVER))
        .client_total("10000");
    placed(&mut conn, &order).await;
    let row = db.row(columns).await;
    assert_eq!(row.str("user_name"), "Buyer 1");
    assert_eq!(row.str("user_phone"), "010-0000-0001");
    assert_eq!(row.str("receiver_name"), "Guest");
    assert_eq!(row.str("address_detail"), "");
    assert_eq!(row.str("delivery_msg"), "");
}

#[tokio::test]
async fn an_order_is_a_snapshot_that_the_catalogue_no_longer_changes() {
    let db = shops().await;
    let shirt = db.add_cart(1, "u1", "shirt", "wrap-a", 2).await;
    let chair = db.add_cart(1, "u1", "chair", NO_OPTION, 2).await;
    let mut conn = db.conn_as_gateway().await;
    // 31000 + 3000; 54000 are above 50000, so delivery is free.
    let order = OrderCall::new("T1", &[shirt, chair]).client_total("88000");
    placed(&mut conn, &order).await;
    let select = async |conn: &mut Conn| {
        let sets = call(conn, "shop_order_select", (1, "u1", "T1"))
            .await
            .unwrap();
        format!("{sets:?}")
    };
    let before = select(&mut conn).await;
    db.exec(
        "UPDATE shop_products SET product_name = 'other', buy_price = 1, sale_price = 2, discount_rate = 0.5,
                display = '0', stat = '2', tax_type = 'free', delivery_policy_id = 1;
         UPDATE shop_product_options SET option_name = 'other', add_price = 9, display = '0';
         UPDATE shop_delivery_policy SET type = 'fixed', base_cost = 9;
         UPDATE shop_shipping_address SET receiver_name = 'other', address = 'other';
         UPDATE member SET user_name = 'other';
         UPDATE shops SET vat_rate = 0, reservation_minutes = 1, utc_offset_minutes = 0;
         DELETE FROM shop_product_options WHERE option_hash = 'wrap-a'",
    )
    .await;
    assert_eq!(select(&mut conn).await, before);
    let replay = order.call(&mut conn).await.unwrap();
    assert_eq!(replay.first().str("total_payment"), "88000.00");
    db.assert_audit_clean().await;

    settle(
        &mut conn,
        "notify",
        &WalletMessage::paid("T1", "P1", "88000"),
    )
    .await
    .unwrap();
    assert_eq!(status(&db, "T1").await, 2, "paid by what was ordered");
}

/// Totals that buyers saw, with the shop.
type Totals = &'static [(u32, &'static str)];

#[tokio::test]
async fn the_total_the_buyer_saw_may_differ_by_one_unit_and_is_never_charged() {
    let db = shops().await;
    wallet_of_shop_2(&db).await;
    let mut conn = db.conn_as_gateway().await;
    let mut number = 0;
    // tolerance of shop 1, of shop 2, totals seen, accepted
    let rounds: [(&str, &str, Totals, bool); 4] = [
        (
            "1",
            "0.01",
            &[
                (1, "9999"),
                (1, "10000.00"),
                (1, "10001"),
                (2, "24.97"),
                (2, "24.98"),
                (2, "24.99"),
            ],
            true,
        ),
        (
            "1",
            "0.01",
            &[
                (1, "9998"),
                (1, "10002"),
                (1, "0"),
                (2, "24.96"),
                (2, "25"),
                (2, "999999999999999.99"),
            ],
            false,
        ),
        (
            "0",
            "0.10",
            &[(1, "10000"), (2, "24.88"), (2, "25.08")],
            true,
        ),
        (
            "0",
            "0.10",
            &[(1, "9999"), (1, "10001"), (2, "24.87"), (2, "25.09")],
            false,
        ),
    ];
    for (won, cents, totals, accepted) in rounds {
        db.exec(&format!(
            "UPDATE shops SET total_tolerance = {won} WHERE shop_id = 1;
             UPDATE shops SET total_tolerance = {cents} WHERE shop_id = 2;
             DELETE FROM shop_cart"
        ))
        .await;
        for &(shop, total) in totals {
            db.exec("DELETE FROM shop_cart").await;
            let product = if shop == 1 { "book" } else { "mug" };
            let cart_id = db.add_cart(shop, "u1", product, NO_OPTION, 1).await;
            number += 1;
            let order = OrderCall::new(&format!("T{number}"), &[cart_id])
                .user(shop, "u1")
                .client_total(total);
            if accepted {
                let charged = if shop == 1 { "10000.00" } else { "24.98" };
                let row = placed(&mut conn, &order).await;
                assert_eq!(row.str("total_payment"), charged, "{total}");
            } else {
                order_refused(&db, &mut conn, &order, "PRICE_CHANGED", "trdAmt").await;
            }
        }
    }
}
