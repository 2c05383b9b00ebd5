//! What a cart row is: in the cart, in checkout, too old, or gone, and what became of it then. Judged when somebody looks.

use super::cart_of;
use crate::order::shop_order_quote::quote;
use crate::support::*;

/// `product state orderable` of the cart as it is read.
async fn seen(conn: &mut Conn) -> Vec<String> {
    let cart = call(conn, "select_shop_cart", (1, "u1", None::<&str>))
        .await
        .unwrap();
    states(cart.set(1))
}

fn states(lines: &Set) -> Vec<String> {
    let names = ["product_id", "item_state", "orderable"];
    let line = |row: &Row| names.map(|name| row.str(name)).join(" ");
    lines.rows.iter().map(line).collect()
}

/// `product state reason order status` of every item there ever was.
async fn items(db: &TestDb) -> Vec<String> {
    let sql = "SELECT CONCAT_WS(' ', v.product_id, v.quantity, v.item_state, NULLIF(v.reason, ''), o.order_number,
                                v.order_status) AS line
               FROM v_cart_items v LEFT JOIN shop_orders o ON o.seq_no = v.order_seq_no
               WHERE v.shop_id = 1 AND v.user_id IN ('u1', 'g1') ORDER BY v.cart_id";
    let rows = db.rows(sql).await;
    rows.iter().map(|row| row.str("line")).collect()
}

/// u1 has 1 lamp that nobody has changed for ten days and a minute, and 1 book of today.
async fn old_lamp() -> (TestDb, i64, i64) {
    let db = TestDb::with_fixture().await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    db.exec(&format!(
        "UPDATE shop_cart SET update_date = update_date - INTERVAL 14401 MINUTE WHERE seq_no = {lamp}"
    ))
    .await;
    (db, lamp, book)
}

async fn keep_for(db: &TestDb, days: &str) {
    db.exec(&format!(
        "UPDATE shops SET cart_days = {days} WHERE shop_id = 1"
    ))
    .await;
}

#[tokio::test]
async fn a_row_is_too_old_after_as_many_days_as_the_shop_says() {
    let (db, lamp, book) = old_lamp().await;
    let mut conn = db.conn_as_gateway().await;
    // By one connection, since an order reads the days into a variable of its session.
    for (days, old) in [
        ("NULL", false),
        ("10", true),
        ("11", false),
        ("0", false),
        ("10", true),
        ("NULL", false),
        ("10", true),
    ] {
        keep_for(&db, days).await;
        let lamps = if old {
            "lamp expired 0"
        } else {
            "lamp in_cart 1"
        };
        assert_eq!(seen(&mut conn).await, [lamps, "book in_cart 1"], "{days}");
        let quoted = quote(&db, &mut conn, 1, "u1", &format!("[{lamp},{book}]")).await;
        let quoted = quoted.unwrap();
        assert_eq!(states(quoted.set(1)), [lamps, "book in_cart 1"], "{days}");
        // 10,000, and 20,000 with 3,000 for delivery.
        let total = if old { "10000.00" } else { "33000.00" };
        assert_eq!(quoted.first().str("total_payment"), total, "{days}");
    }
    // Counted and named, and not ordered, whatever the total: with the lines that say why.
    for total in ["33000", "10000", "1"] {
        let order = OrderCall::new("T1", &[lamp, book]).client_total(total);
        let error = order.call(&mut conn).await.unwrap_err();
        error.expect_code("PRODUCT_UNAVAILABLE");
        assert_eq!(error.row().str("detail"), "lamp");
        assert_eq!(
            states(error.sets.set(1)),
            ["lamp expired 0", "book in_cart 1"]
        );
    }
    assert_eq!(items(&db).await, ["lamp 1 expired", "book 1 in_cart"]);
    db.assert_audit_clean().await;
    // The others can be ordered, and with another policy this one too.
    let order = OrderCall::new("T2", &[book]).client_total("10000");
    order.call(&mut conn).await.unwrap();
    keep_for(&db, "NULL").await;
    let order = OrderCall::new("T3", &[lamp]).client_total("23000");
    order.call(&mut conn).await.unwrap();
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn setting_the_quantity_or_adding_renews_it() {
    for how in ["same quantity", "more", "added"] {
        let (db, lamp, _) = old_lamp().await;
        keep_for(&db, "10").await;
        let mut conn = db.conn_as_gateway().await;
        assert_eq!(seen(&mut conn).await[0], "lamp expired 0");
        let answer = match how {
            "added" => {
                let params = (1, "u1", "lamp", None::<&str>, "1");
                call(&mut conn, "add_shop_cart", params).await
            }
            _ => {
                let quantity = if how == "more" { "2" } else { "1" };
                let params = (1, "u1", lamp.to_string(), quantity);
                call(&mut conn, "update_shop_cart", params).await
            }
        };
        assert_eq!(states(answer.unwrap().set(1))[0], "lamp in_cart 1", "{how}");
        let total = if how == "same quantity" {
            "23000"
        } else {
            "43000"
        };
        let order = OrderCall::new("T1", &[lamp]).client_total(total);
        order.call(&mut conn).await.unwrap();
    }
}

#[tokio::test]
async fn a_row_whose_product_is_gone_is_shown_and_not_ordered() {
    let db = TestDb::with_fixture().await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    db.exec("DELETE FROM shop_products WHERE product_id = 'lamp'")
        .await;
    let mut conn = db.conn_as_gateway().await;
    assert_eq!(seen(&mut conn).await, ["lamp expired 0"]);
    let order = OrderCall::new("T1", &[lamp]).client_total("0");
    let error = order.call(&mut conn).await.unwrap_err();
    error.expect_code("PRODUCT_UNAVAILABLE");
    assert_eq!(items(&db).await, ["lamp 1 expired"]);
}

/// Paid and open orders in a shop that deletes ordered rows, what the buyer takes out, and what goes into another row.
#[tokio::test]
async fn of_every_item_it_can_be_told_what_became_of_it() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let mut ids = Vec::new();
    for (product, quantity) in [
        ("book", 1),
        ("lamp", 2),
        ("pen", 3),
        ("ink", 4),
        ("ink", 5),
        ("chair", 1),
    ] {
        ids.push(db.add_cart(1, "u1", product, NO_OPTION, quantity).await);
    }
    let order = OrderCall::new("T1", &ids[..1]).client_total("10000");
    order.call(&mut conn).await.unwrap();
    let paid = WalletMessage::paid("T1", "P1", "10000");
    settle(&mut conn, "notify", &paid).await.unwrap();
    let order = OrderCall::new("T2", &ids[1..2]).client_total("43000");
    order.call(&mut conn).await.unwrap();
    let gone = format!("[{},{}]", ids[2], ids[2] + 9999);
    call(&mut conn, "delete_shop_cart", (1, "u1", gone))
        .await
        .unwrap();
    let params = (1, "u1", ids[3].to_string(), "9");
    call(&mut conn, "update_shop_cart", params).await.unwrap();
    let params = (1, "u1", ids[5].to_string(), "0");
    call(&mut conn, "update_shop_cart", params).await.unwrap();
    let ink = ids[3];
    let so_far = [
        "book 1 ordered T1 2".to_owned(),
        "lamp 2 ordered T2 1".to_owned(),
        "pen 3 deleted buyer".to_owned(),
        "ink 9 in_cart".to_owned(),
        format!("ink 5 deleted merged into {ink}"),
        "chair 1 deleted buyer".to_owned(),
    ];
    assert_eq!(items(&db).await, so_far);

    // A guest's row that is added to the member's.
    db.add_cart(1, "g1", "ink", NO_OPTION, 1).await;
    call(&mut conn, "merge_shop_cart", (1, "g1", "u1"))
        .await
        .unwrap();
    let now = items(&db).await;
    assert_eq!(now[3], "ink 10 in_cart");
    assert_eq!(now[6], format!("ink 1 deleted merged into {ink}"));

    // Too old for the job: gone, and still told of.
    db.exec(
        "UPDATE shops SET cart_delete_days = 5 WHERE shop_id = 1;
         UPDATE shop_cart SET update_date = update_date - INTERVAL 6 DAY",
    )
    .await;
    call(&mut conn, "shop_cart_expire", (10,)).await.unwrap();
    assert_eq!(items(&db).await[3], "ink 10 expired cart_delete_days 5");
    assert!(cart_of(&db, 1, "u1").await.is_empty());
    db.assert_audit_clean().await;
}

/// Rows that stay: in checkout, given back, ordered again, deleted at last. Each is one item all the time.
#[tokio::test]
async fn an_item_that_stays_in_the_cart_is_told_of_once() {
    let (db, lamp, _) = super::soft_lock::shop().await;
    let mut conn = db.conn_as_gateway().await;
    super::soft_lock::lamps("T1", lamp)
        .call(&mut conn)
        .await
        .unwrap();
    assert_eq!(
        items(&db).await,
        ["lamp 2 in_checkout T1 1", "book 1 in_cart"]
    );
    db.let_expire("T1").await;
    assert_eq!(items(&db).await, ["lamp 2 in_cart T1 1", "book 1 in_cart"]);
    super::soft_lock::lamps("T2", lamp)
        .call(&mut conn)
        .await
        .unwrap();
    assert_eq!(items(&db).await[0], "lamp 2 in_checkout T2 1");
    let paid = WalletMessage::paid("T2", "P2", "43000");
    settle(&mut conn, "notify", &paid).await.unwrap();
    assert_eq!(items(&db).await[0], "lamp 2 ordered T2 2");
    call(&mut conn, "shop_cart_settle", (10,)).await.unwrap();
    assert_eq!(items(&db).await, ["lamp 2 ordered T2 2", "book 1 in_cart"]);

    // Come to nothing, and then taken out by the buyer.
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
    super::soft_lock::lamps("T3", lamp)
        .call(&mut conn)
        .await
        .unwrap();
    db.let_expire("T3").await;
    call(
        &mut conn,
        "delete_shop_cart",
        (1, "u1", format!("[{lamp}]")),
    )
    .await
    .unwrap();
    assert_eq!(
        items(&db).await,
        [
            "lamp 2 ordered T2 2",
            "book 1 in_cart",
            "lamp 2 deleted buyer"
        ]
    );
    db.assert_audit_clean().await;
}

/// A guest's row bought now takes the place of the member's of the same.
#[tokio::test]
async fn a_row_bought_now_that_a_guests_replaces_is_told() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    for (user, quantity) in [("u1", "2"), ("g1", "3")] {
        let params = (1, user, "book", None::<&str>, quantity);
        call(&mut conn, "add_shop_cart_buy_now", params)
            .await
            .unwrap();
    }
    call(&mut conn, "merge_shop_cart", (1, "g1", "u1"))
        .await
        .unwrap();
    let told = ["book 2 deleted bought now again", "book 3 in_cart"];
    assert_eq!(items(&db).await, told);
}

/// More than fits into what an aggregate may return in a session that nobody has set up.
#[tokio::test]
async fn many_rows_that_go_at_once_are_told_one_by_one() {
    let db = TestDb::with_fixture().await;
    let mut hand = db.conn().await;
    query(&mut hand, "SET group_concat_max_len = 1024")
        .await
        .unwrap();
    let mut ids = Vec::new();
    for _ in 0..300 {
        ids.push(db.add_cart(1, "u1", "ink", NO_OPTION, 1).await);
    }
    let params = (1, "u1", ids[0].to_string(), "9");
    call(&mut hand, "update_shop_cart", params).await.unwrap();
    assert_eq!(db.count("shop_cart_deletions").await, 299);
    assert_eq!(cart_of(&db, 1, "u1").await.len(), 1);

    // And for the rows bought now that a guest's replace: of as many products.
    db.exec("DELETE FROM shop_cart; UPDATE shops SET buy_now_hours = NULL")
        .await;
    let user = |user: &str| {
        format!(
            "INSERT INTO shop_cart (shop_id, user_id, product_id, option_hash, quantity, buy_now,
                                    create_date, update_date)
             SELECT 1, '{user}', 'ink', CONCAT('o', d.seq), 1, 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)
             FROM (SELECT ROW_NUMBER() OVER () AS seq FROM shop_cart_deletions) d"
        )
    };
    db.exec(&user("u1")).await;
    db.exec(&user("g1")).await;
    query(&mut hand, "SET group_concat_max_len = 1024")
        .await
        .unwrap();
    call(&mut hand, "merge_shop_cart", (1, "g1", "u1"))
        .await
        .unwrap();
    let told = "SELECT COUNT(*) FROM shop_cart_deletions WHERE reason = 'bought now again'";
    assert_eq!(db.int(told).await, 299);
    assert_eq!(db.count("shop_cart").await, 299);
}
