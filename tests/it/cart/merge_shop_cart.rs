//! `merge_shop_cart`: a guest's cart becomes the member's at login, once. Its races are in `race/merged_carts.rs`.

use super::{LINE_COLUMNS, cart_of, fates, header, lines};
use crate::race::guest_order;
use crate::support::refusal::*;
use crate::support::*;

const GUEST: &str = "session 7f3a";

async fn merge(conn: &mut Conn) -> Sets {
    call(conn, "merge_shop_cart", (1, GUEST, "u1"))
        .await
        .unwrap()
}

#[tokio::test]
async fn rows_move_with_their_ids_and_equal_ones_add_up_once() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let own = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    db.exec("UPDATE shop_cart SET create_date = '2026-02-02 00:00:00'")
        .await;
    let shirt = db.add_cart(1, GUEST, "shirt", "red", 2).await;
    db.add_cart(1, GUEST, "book", NO_OPTION, 3).await;
    let gone = db.add_cart(1, GUEST, "nosuch", NO_OPTION, 1).await;
    db.add_cart(1, GUEST, "shirt", "blue", 1).await;
    db.add_cart(1, "session 7f3b", "book", NO_OPTION, 9).await;
    db.add_cart(2, GUEST, "mug", NO_OPTION, 9).await;
    db.exec(&format!(
        "UPDATE shop_cart SET create_date = '2026-01-01 00:00:00' WHERE user_id = '{GUEST}'"
    ))
    .await;
    let price = format!("SELECT price_id FROM shop_cart WHERE seq_no = {shirt}");
    let promised = db.int(&price).await;
    db.exec("UPDATE shop_products SET buy_price = 16000 WHERE product_id = 'shirt'")
        .await;

    let answer = merge(&mut conn).await;
    assert_eq!(
        *answer.set(0).columns,
        [
            "result",
            "moved",
            "kept",
            "cart_count",
            "cart_version",
            "cart_amount",
            "cart_total_hash",
            "items_json",
            "price_changes_json"
        ]
    );
    assert_eq!(*answer.set(1).columns, LINE_COLUMNS);
    let row = answer.first();
    assert_eq!(
        (row.int("moved"), row.int("kept"), row.int("cart_count")),
        (4, 0, 4)
    );
    let expected = [
        "shirt red 2: OK → 2",
        "book __noopt__ 3: OK → 4",
        "nosuch __noopt__ 1: OK → 1",
        "shirt blue 1: OK → 1",
    ];
    assert_eq!(fates(&answer), expected);
    let told = row.json("items_json");
    assert_eq!(told[0]["cart_id"], shirt);
    assert_eq!(told[1]["cart_id"], own);
    let cart = [
        "book __noopt__ 4",
        "shirt red 2",
        "nosuch __noopt__ 1",
        "shirt blue 1",
    ];
    assert_eq!(lines(&answer), cart);
    assert_eq!(answer.set(1).rows[2].int("cart_id"), gone);
    let oldest = "SELECT COUNT(*) FROM shop_cart WHERE user_id = 'u1' AND create_date = '2026-01-01 00:00:00'";
    assert_eq!(db.int(oldest).await, 4, "the older time of adding");
    assert_eq!(db.int(&price).await, promised, "the price it was added at");
    assert!(cart_of(&db, 1, GUEST).await.is_empty());
    assert_eq!(cart_of(&db, 1, "session 7f3b").await, ["book __noopt__ 9"]);
    assert_eq!(cart_of(&db, 2, GUEST).await, ["mug __noopt__ 9"]);
    db.assert_audit_clean().await;

    // Again: there is nothing.
    let answer = merge(&mut conn).await;
    let row = answer.first();
    assert_eq!((row.int("moved"), row.int("kept")), (0, 0));
    assert_eq!(row.str("items_json"), "[]");
    assert_eq!(lines(&answer), cart);
}

#[tokio::test]
async fn a_newer_row_of_the_guest_does_not_make_the_members_newer() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    db.exec("UPDATE shop_cart SET create_date = '2026-01-01 00:00:00'")
        .await;
    db.add_cart(1, GUEST, "book", NO_OPTION, 1).await;
    merge(&mut conn).await;
    assert_eq!(
        db.text("SELECT CONCAT(quantity, ' ', DATE(create_date)) FROM shop_cart")
            .await,
        "2 2026-01-01"
    );
}

#[tokio::test]
async fn several_rows_of_one_product_are_one_item() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    for quantity in [2, 3] {
        db.add_cart(1, GUEST, "book", NO_OPTION, quantity).await;
        db.add_cart(1, GUEST, "lamp", NO_OPTION, quantity).await;
        db.add_cart(1, "u1", "lamp", NO_OPTION, quantity).await;
    }
    let answer = merge(&mut conn).await;
    assert_eq!(answer.first().int("moved"), 4);
    let cart = ["book __noopt__ 5", "lamp __noopt__ 3", "lamp __noopt__ 7"];
    let mut found = lines(&answer);
    found.sort();
    assert_eq!(found, cart);
    assert!(cart_of(&db, 1, GUEST).await.is_empty());
}

#[tokio::test]
async fn what_does_not_fit_stays_with_the_guest_and_says_why() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    db.exec(
        "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
         VALUES (1, 'dear', 'Dear', 500000000000000, 1);
         INSERT INTO shop_cart (shop_id, user_id, product_id, option_hash, quantity, create_date, update_date)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 996)
         SELECT 1, 'u1', CONCAT('p', i), '__noopt__', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM n",
    )
    .await;
    db.add_cart(1, "u1", "pen", NO_OPTION, 99_998).await;
    db.add_cart(1, "u1", "dear", NO_OPTION, 1).await;
    db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let pen = db.add_cart(1, GUEST, "pen", NO_OPTION, 2).await;
    db.add_cart(1, GUEST, "dear", NO_OPTION, 1).await;
    db.add_cart(1, GUEST, "lamp", NO_OPTION, 1).await;
    db.add_cart(1, GUEST, "chair", NO_OPTION, 1).await;
    db.add_cart(1, GUEST, "book", NO_OPTION, 1).await;
    let answer = merge(&mut conn).await;
    let row = answer.first();
    assert_eq!(
        (row.int("moved"), row.int("kept"), row.int("cart_count")),
        (2, 3, 1000)
    );
    let expected = [
        "pen __noopt__ 2: INVALID_INPUT quantity → 99998",
        "dear __noopt__ 1: INVALID_INPUT quantity → 1",
        "lamp __noopt__ 1: OK → 1",
        "chair __noopt__ 1: CART_FULL → 0",
        "book __noopt__ 1: OK → 2",
    ];
    assert_eq!(fates(&answer), expected);
    assert_eq!(row.json("items_json")[0]["cart_id"], pen, "where it lies");
    let kept = ["pen __noopt__ 2", "dear __noopt__ 1", "chair __noopt__ 1"];
    assert_eq!(cart_of(&db, 1, GUEST).await, kept);
    // When there is room, the next call takes what is left.
    db.exec("DELETE FROM shop_cart WHERE user_id = 'u1' AND product_id IN ('p1', 'pen', 'dear')")
        .await;
    let answer = merge(&mut conn).await;
    assert_eq!(answer.first().int("moved"), 3);
    assert!(cart_of(&db, 1, GUEST).await.is_empty());
}

/// An id that comes from a visitor's cookie must not open another buyer's cart.
#[tokio::test]
async fn a_members_cart_is_not_taken() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    db.add_cart(1, "u2", "book", NO_OPTION, 1).await;
    header(&db, 1, "u1").await;
    let before = db.snapshot().await;
    for guest in ["u2", "u1"] {
        let error = call(&mut conn, "merge_shop_cart", (1, guest, "u1")).await;
        let error = error.unwrap_err();
        error.expect_code("INVALID_INPUT");
        assert_eq!(error.row().str("field"), "guest_id");
    }
    assert_eq!(db.snapshot().await, before);
    // Somebody of that name in another shop is nobody here.
    db.exec("DELETE FROM shop_shipping_address WHERE shop_id = 2 AND user_id = 'u2'; DELETE FROM member WHERE shop_id = 2 AND user_id = 'u2'")
        .await;
    db.add_cart(2, "u2", "mug", NO_OPTION, 1).await;
    let answer = call(&mut conn, "merge_shop_cart", (2, "u2", "u1")).await;
    assert_eq!(answer.unwrap().first().int("moved"), 1);
}

#[tokio::test]
async fn a_session_without_a_cart_leaves_no_trace() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let answer = merge(&mut conn).await;
    assert_eq!(answer.first().int("moved"), 0);
    assert_eq!(lines(&answer), ["book __noopt__ 1"]);
    let headers = format!("SELECT COUNT(*) FROM shop_cart_headers WHERE user_id = '{GUEST}'");
    assert_eq!(db.int(&headers).await, 0);
}

#[tokio::test]
async fn bad_input_is_refused_and_changes_nothing() {
    let db = TestDb::with_fixture().await;
    header(&db, 1, "u1").await;
    header(&db, 1, GUEST).await;
    db.add_cart(1, GUEST, "book", NO_OPTION, 1).await;
    let good = vec![1.into(), GUEST.into(), "u1".into()];
    let conn = db.conn_as_gateway().await;
    let mut hostile = Hostile::new(&db, conn, "merge_shop_cart", good).await;
    let unknown = vec![3.into(), 0.into(), Value::NULL];
    hostile.refuses_as(0, "SHOP_NOT_FOUND", "", unknown).await;
    hostile.refuses(1, "guest_id", not_user_ids()).await;
    hostile.refuses(2, "X-User-Id", not_user_ids()).await;
    hostile
        .refuses_what_is_no_text(&[1, 2], &["guest_id", "X-User-Id"])
        .await;
}

/// A page that writes carts itself does not know their lock: what it is just adding moves along.
#[tokio::test]
async fn what_a_page_is_just_adding_to_the_guests_cart_is_not_lost() {
    let db = TestDb::with_fixture().await;
    db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let row = db.add_cart(1, GUEST, "book", NO_OPTION, 2).await;
    let gone = db.add_cart(1, GUEST, "lamp", NO_OPTION, 2).await;
    let mut page = db.conn().await;
    page.query_drop(format!(
        "BEGIN; UPDATE shop_cart SET quantity = quantity + 10 WHERE seq_no = {row};
         DELETE FROM shop_cart WHERE seq_no = {gone}"
    ))
    .await
    .unwrap();
    let mut merging = Running::call(&db, "merge_shop_cart", (1, GUEST, "u1")).await;
    merging.wait_until_blocked().await;
    page.query_drop("COMMIT").await.unwrap();
    let answer = merging.finish().await.unwrap();
    assert_eq!(fates(&answer), ["book __noopt__ 12: OK → 13"]);
    assert_eq!(cart_of(&db, 1, "u1").await, ["book __noopt__ 13"]);
    assert!(cart_of(&db, 1, GUEST).await.is_empty());
}

/// Rows whose order has failed lie in the cart again, in both carts, whichever of the two ids comes first.
#[tokio::test]
async fn rows_that_have_come_back_from_an_order_are_merged() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    db.exec("UPDATE shops SET cart_at_order = 'soft_lock' WHERE shop_id = 1")
        .await;
    for guest in ["a guest", "z guest"] {
        for user in ["u1", guest] {
            let book = db.add_cart(1, user, "book", NO_OPTION, 2).await;
            let number = format!("{}-{user}", &guest[..1]).replace(' ', "");
            let mut order = guest_order(&number, user, &[book], "20000");
            if user == "u1" {
                order = order.address(None);
            }
            order.call(&mut conn).await.unwrap();
            let failed = WalletMessage::failed(&number, &number, "20000");
            settle(&mut conn, "notify", &failed).await.unwrap();
        }
        let answer = call(&mut conn, "merge_shop_cart", (1, guest, "u1")).await;
        assert_eq!(fates(&answer.unwrap()), ["book __noopt__ 2: OK → 4"]);
        db.exec("DELETE FROM shop_cart").await;
    }
}
