//! A guest's cart that is merged into a member's while either of them is at work: every unit is in one cart or in one
//! order, and nobody deadlocks.

use super::*;
use crate::cart::cart_of;

const GUEST: &str = "a-guest"; // before u1, as names are ordered
const LATE: &str = "z-guest"; // and after it

async fn merging(db: &TestDb, guest: &str, user: &str) -> Running {
    Running::call(db, "merge_shop_cart", (1, guest, user)).await
}

/// Both names, so that the member's header is locked second and first.
async fn scene(guest: &str) -> (TestDb, i64) {
    let db = TestDb::with_fixture().await;
    db.exec(&format!(
        "INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u1'), (1, '{guest}')"
    ))
    .await;
    let lamp = db.add_cart(1, guest, "lamp", NO_OPTION, 2).await;
    (db, lamp)
}

#[tokio::test]
async fn what_the_guest_is_ordering_is_not_merged() {
    for guest in [GUEST, LATE] {
        let (db, lamp) = scene(guest).await;
        db.add_cart(1, guest, "book", NO_OPTION, 1).await;
        let stock = Holder::stock(&db, "lamp", NO_OPTION).await;
        let ordering = waiting_order(&db, &guest_order("T1", guest, &[lamp], "43000")).await;
        let mut merging = merging(&db, guest, "u1").await;
        merging.wait_until_blocked().await; // at the guest's header
        stock.release().await;
        ok(&ordering.finish().await);
        let merged = merging.finish().await;
        assert_eq!(ok(&merged).int("moved"), 1, "the book");
        assert_eq!(cart_of(&db, 1, "u1").await, ["book __noopt__ 1"]);
        assert!(cart_of(&db, 1, guest).await.is_empty());
        db.assert_audit_clean().await;
    }
}

#[tokio::test]
async fn what_is_merged_cannot_be_ordered_as_the_guest() {
    for guest in [GUEST, LATE] {
        let (db, lamp) = scene(guest).await;
        let row = Holder::cart_row(&db, lamp).await;
        let mut merging = merging(&db, guest, "u1").await;
        merging.wait_until_blocked().await; // with both headers, at the row
        let ordering = waiting_order(&db, &guest_order("T1", guest, &[lamp], "43000")).await;
        row.release().await;
        assert_eq!(ok(&merging.finish().await).int("moved"), 1);
        assert_eq!(code(&ordering.finish().await), "CART_NOT_FOUND");
        // The member orders the very row.
        let mut conn = db.conn_as_gateway().await;
        let order = OrderCall::new("T1", &[lamp]).client_total("43000");
        ok(&order.call(&mut conn).await);
        assert_eq!(db.count("shop_orders").await, 1);
        db.assert_audit_clean().await;
    }
}

#[tokio::test]
async fn the_member_adds_in_another_tab_before_and_after() {
    for guest in [GUEST, LATE] {
        let (db, _) = scene(guest).await;
        let own = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
        let add = (1, "u1", "lamp", None::<&str>, "10");
        // The other tab is first, and waits for its row.
        let row = Holder::cart_row(&db, own).await;
        let mut adding = Running::call(&db, "add_shop_cart", add).await;
        adding.wait_until_blocked().await;
        let mut first = merging(&db, guest, "u1").await;
        first.wait_until_blocked().await;
        row.release().await;
        ok(&adding.finish().await);
        ok(&first.finish().await);
        assert_eq!(cart_of(&db, 1, "u1").await, ["lamp __noopt__ 13"]);
        // The merge is first.
        let again = db.add_cart(1, guest, "lamp", NO_OPTION, 100).await;
        let row = Holder::cart_row(&db, again).await;
        let mut second = merging(&db, guest, "u1").await;
        second.wait_until_blocked().await;
        let mut adding = Running::call(&db, "add_shop_cart", add).await;
        adding.wait_until_blocked().await;
        row.release().await;
        ok(&second.finish().await);
        ok(&adding.finish().await);
        assert_eq!(cart_of(&db, 1, "u1").await, ["lamp __noopt__ 123"]);
        db.assert_audit_clean().await;
    }
}

/// The guest's own tab adds while the login is under way.
#[tokio::test]
async fn what_the_guest_is_adding_is_merged_or_stays() {
    for guest in [GUEST, LATE] {
        let (db, lamp) = scene(guest).await;
        let row = Holder::cart_row(&db, lamp).await;
        let add = (1, guest, "lamp", None::<&str>, "10");
        let mut adding = Running::call(&db, "add_shop_cart", add).await;
        adding.wait_until_blocked().await;
        let mut merge = merging(&db, guest, "u1").await;
        merge.wait_until_blocked().await;
        row.release().await;
        ok(&adding.finish().await);
        assert_eq!(ok(&merge.finish().await).int("moved"), 1);
        assert_eq!(cart_of(&db, 1, "u1").await, ["lamp __noopt__ 12"]);
        assert!(cart_of(&db, 1, guest).await.is_empty());
    }
}

#[tokio::test]
async fn two_merges_at_once_move_everything_once() {
    for guest in [GUEST, LATE] {
        let (db, lamp) = scene(guest).await;
        db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
        let row = Holder::cart_row(&db, lamp).await;
        let mut first = merging(&db, guest, "u1").await;
        first.wait_until_blocked().await;
        let mut second = merging(&db, guest, "u1").await;
        second.wait_until_blocked().await;
        row.release().await;
        assert_eq!(ok(&first.finish().await).int("moved"), 1);
        assert_eq!(ok(&second.finish().await).int("moved"), 0);
        assert_eq!(cart_of(&db, 1, "u1").await, ["lamp __noopt__ 3"]);
    }
}

/// Two people log in on one browser at once: the rows go to one of them.
#[tokio::test]
async fn one_guests_cart_goes_to_one_of_two_members() {
    let (db, lamp) = scene(GUEST).await;
    let row = Holder::cart_row(&db, lamp).await;
    let mut first = merging(&db, GUEST, "u1").await;
    first.wait_until_blocked().await;
    let mut second = merging(&db, GUEST, "u2").await;
    second.wait_until_blocked().await;
    row.release().await;
    assert_eq!(ok(&first.finish().await).int("moved"), 1);
    assert_eq!(ok(&second.finish().await).int("moved"), 0);
    assert_eq!(cart_of(&db, 1, "u1").await, ["lamp __noopt__ 2"]);
    assert!(cart_of(&db, 1, "u2").await.is_empty());
}

/// A shop whose two ids may both be guests merges them both ways at once: headers are locked in one order.
#[tokio::test]
async fn opposite_merges_do_not_deadlock() {
    let db = TestDb::with_fixture().await;
    db.exec("INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'a'), (1, 'b')")
        .await;
    // The interleaving itself: one has the first header and waits for the second, the other comes.
    let row = db.add_cart(1, "a", "lamp", NO_OPTION, 1).await;
    db.add_cart(1, "b", "book", NO_OPTION, 1).await;
    let second = Holder::cart_header(&db, "b").await;
    let mut into_b = merging(&db, "a", "b").await;
    into_b.wait_until_blocked().await;
    let mut into_a = merging(&db, "b", "a").await;
    into_a.wait_until_blocked().await;
    second.release().await;
    ok(&into_b.finish().await);
    ok(&into_a.finish().await);
    assert_eq!(
        cart_of(&db, 1, "a").await,
        ["lamp __noopt__ 1", "book __noopt__ 1"]
    );
    assert!(row > 0);
    // And many of them, with adds between, first ones too.
    let results = storm(&db, 12, |number, mut conn| async move {
        let mut ends = Vec::new();
        for round in 0..8 {
            let pair = [("c", "d"), ("d", "c"), ("a", "b"), ("b", "a")][(number + round) % 4];
            let add = (1, pair.0, "lamp", None::<&str>, "1");
            ends.push(call(&mut conn, "add_shop_cart", add).await.map(|_| ()));
            let merge = (1, pair.0, pair.1);
            ends.push(call(&mut conn, "merge_shop_cart", merge).await.map(|_| ()));
        }
        ends
    })
    .await;
    for result in results.into_iter().flatten() {
        result.unwrap();
    }
    let lamps = "SELECT CAST(SUM(quantity) AS SIGNED) FROM shop_cart WHERE product_id = 'lamp'";
    assert_eq!(db.int(lamps).await, 1 + 12 * 8);
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}

/// Logins, orders and adds of one buyer at once: every unit ends in one place.
#[tokio::test]
async fn a_storm_of_logins_and_orders_loses_and_doubles_nothing() {
    let db = TestDb::with_fixture().await;
    let results = storm(&db, 8, |number, mut conn| async move {
        let mut added = 0;
        for round in 0..10 {
            let guest = format!("{}{}", ["a", "z"][number % 2], round % 3);
            let add = (1, guest.as_str(), "rice", None::<&str>, "1");
            call(&mut conn, "add_shop_cart", add).await.unwrap();
            added += 1;
            let merge = (1, guest.as_str(), "u1");
            call(&mut conn, "merge_shop_cart", merge).await.unwrap();
            let cart = call(&mut conn, "select_shop_cart", (1, "u1", None::<&str>))
                .await
                .unwrap();
            let ids = cart.set(1).column("cart_id");
            let ids: Vec<i64> = ids.iter().map(|id| id.parse().unwrap()).collect();
            let units: i64 = cart.set(1).rows.iter().map(|row| row.int("quantity")).sum();
            if !ids.is_empty() {
                // Another one may have been faster, or the rice may be gone.
                let order = OrderCall::new(&format!("T{number}-{round}"), &ids)
                    .client_total(&(5000 * units + 4000).to_string());
                if let Err(error) = order.call(&mut conn).await {
                    let expected = ["CART_NOT_FOUND", "PRICE_CHANGED", "INVALID_INPUT"];
                    assert!(expected.contains(&error.code()), "{error}");
                }
            }
        }
        added
    })
    .await;
    let added: i64 = results.into_iter().sum();
    let there = "SELECT CAST((SELECT COALESCE(SUM(quantity), 0) FROM shop_cart)
                    + (SELECT COALESCE(SUM(quantity), 0) FROM shop_order_product) AS SIGNED)";
    assert_eq!(db.int(there).await, added);
    assert!(db.count("shop_orders").await > 0);
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}
