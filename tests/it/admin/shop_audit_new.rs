//! `shop_audit_new`: what has come since it was called last, and what it has found before. That it finds whatever
//! `shop_audit` finds of an order is asked for each change of `shop_audit` and `audit_money`.

use super::shop_audit::Books;
use crate::support::*;

/// Orders looked at, of these new ones, and what was found.
async fn audited(db: &TestDb) -> (i64, i64, Vec<String>) {
    let mut conn = db.conn_as_operator().await;
    let sets = db.call(&mut conn, "shop_audit_new", ()).await.unwrap();
    assert_eq!(sets.first().str("result"), "OK");
    let found: Vec<String> = (sets.set(1).rows.iter())
        .map(|row| {
            let [invariant, subject, detail] =
                ["invariant", "subject", "detail"].map(|name| row.str(name));
            format!("{invariant} {subject}: {detail}")
        })
        .collect();
    let count = i64::try_from(found.len()).unwrap();
    assert_eq!(sets.first().int("violation_count"), count);
    let [orders, proven] = ["order_count", "proven_count"].map(|name| sets.first().int(name));
    (orders, proven, found)
}

/// As the last call would have noted an hour later: all that there is has grown old meanwhile.
pub const AUDITED: &str = "
    CALL _note_audit_marks('[]', (SELECT MAX(seq_no) FROM shop_orders), (SELECT MAX(seq_no) FROM shop_order_logs),
        (SELECT MAX(seq_no) FROM shop_pg_messages), (SELECT MAX(seq_no) FROM shop_pg_duty_logs), '1000-01-01')";

async fn an_hour_later(db: &TestDb) {
    db.exec(AUDITED).await;
}

#[tokio::test]
async fn what_was_looked_at_is_looked_at_again_only_when_something_happens_to_it() {
    let books = Books::new().await;
    let db = &books.db;
    assert_eq!(audited(db).await, (6, 6, vec![]));
    // What is not ten minutes old may have a neighbour that is still being written.
    assert_eq!(audited(db).await, (6, 6, vec![]));
    an_hour_later(db).await;
    assert_eq!(audited(db).await, (0, 0, vec![]));
    // An old order is paid: what lies between two that are near is looked at, too, but this one is alone.
    let mut conn = db.conn_as_gateway().await;
    let paid = WalletMessage::paid("PENDING", "P9", "43000");
    settle(&mut conn, "notify", &paid).await.unwrap();
    assert_eq!(audited(db).await, (1, 0, vec![]));
    // A message that changes nothing is something that happens, too.
    an_hour_later(db).await;
    settle(&mut conn, "notify", &paid).await.unwrap();
    assert_eq!(audited(db).await, (1, 0, vec![]));
    an_hour_later(db).await;
    let duty = db.text("SELECT MIN(seq_no) FROM shop_pg_duties WHERE order_seq_no IS NOT NULL");
    let params = (duty.await, "done", "R-1", None::<&str>);
    let mut operator = db.conn_as_operator().await;
    call(&mut operator, "update_adm_pg_duty", params)
        .await
        .unwrap();
    assert_eq!(audited(db).await, (1, 0, vec![]));
    an_hour_later(db).await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let order = OrderCall::new("NEXT", &[cart_id]).client_total("10000");
    order.call(&mut conn).await.unwrap();
    assert_eq!(audited(db).await, (1, 1, vec![]));
}

/// A hand has changed everything that the sums of `shop_audit` compare, and has sealed the order anew: only who computes
/// it once more sees it.
#[tokio::test]
async fn an_order_that_adds_up_but_is_not_what_its_rules_say_is_told_until_it_is_mended() {
    let books = Books::new().await;
    let db = &books.db;
    let cheaper = |less: &str| {
        books.named(&format!(
            "UPDATE shop_orders SET shipping_fee = shipping_fee - {less}, total_payment = total_payment - {less},
                 supply_amount = supply_amount - {less} WHERE seq_no = {{PENDING}};
             CALL _seal_order({{PENDING}})"
        ))
    };
    db.exec(&cheaper("1000")).await;
    db.assert_audit_finds_contradictions(0).await;
    let subject = books.named("proof order {PENDING}");
    let found = vec![format!("{subject}: shipping_fee 2000.00, not 3000.00")];
    assert_eq!(audited(db).await, (6, 6, found.clone()));
    // Found before: also when it is not new any more.
    an_hour_later(db).await;
    for _ in 0..2 {
        assert_eq!(audited(db).await, (1, 1, found.clone()));
    }
    db.exec(&cheaper("-1000")).await;
    assert_eq!(audited(db).await, (1, 1, vec![]));
    assert_eq!(audited(db).await, (0, 0, vec![]));
}

#[tokio::test]
async fn orders_far_apart_are_looked_at_without_what_lies_between() {
    let books = Books::new().await;
    let db = &books.db;
    let last = db.int("SELECT MAX(seq_no) FROM shop_orders").await;
    db.exec(&format!(
        "ALTER TABLE shop_orders AUTO_INCREMENT = {}",
        last + 201
    ))
    .await;
    let mut conn = db.conn_as_gateway().await;
    for number in ["NEAR", "NEXT"] {
        let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
        let order = OrderCall::new(number, &[cart_id]).client_total("10000");
        order.call(&mut conn).await.unwrap();
    }
    an_hour_later(db).await;
    // The first and the last: 202 apart. What is between them is old and broken, and stays unseen.
    db.exec("UPDATE shop_orders SET address = 'elsewhere' WHERE order_number = 'NEAR'")
        .await;
    for number in ["MISMATCH", "NEXT"] {
        let paid = WalletMessage::failed(number, number, "1");
        settle(&mut conn, "notify", &paid).await.unwrap();
    }
    assert_eq!(audited(db).await, (2, 0, vec![]));
    // One nearer, and it lies within.
    db.exec("DELETE FROM shop_audit_marks; INSERT INTO shop_audit_marks (what, seq_no) VALUES ('order', 999999)")
        .await;
    let (orders, _, found) = audited(db).await;
    assert_eq!((orders, found.len()), (8, 1), "{found:?}");
}

/// Nor does one that cannot be computed at all keep the others from being looked at.
#[tokio::test]
async fn an_order_that_cannot_be_computed_is_told_beside_the_others() {
    let books = Books::new().await;
    let db = &books.db;
    db.exec(&books.named(
        "UPDATE shop_product_prices SET unit_price = 900000000000000000
         WHERE price_id = (SELECT price_id FROM shop_order_product WHERE order_seq_no = {PENDING});
         UPDATE shop_orders SET shipping_fee = 1, total_payment = total_payment + 1, supply_amount = supply_amount + 1
         WHERE seq_no = {FAILED};
         CALL _seal_order({FAILED})",
    ))
    .await;
    for _ in 0..2 {
        let (orders, proven, found) = audited(db).await;
        assert_eq!((orders, proven), (6, 6));
        let proofs: Vec<&String> = found
            .iter()
            .filter(|one| one.starts_with("proof"))
            .collect();
        let expected = [
            books.named("proof order {PENDING}: its total set, not to be computed"),
            books.named("proof order {FAILED}: shipping_fee 1.00, not 0.00"),
        ];
        assert_eq!(proofs, expected.iter().collect::<Vec<_>>());
        an_hour_later(db).await;
        db.exec("UPDATE shop_audit_marks SET seq_no = 0").await;
    }
}

/// A call that began before another one does not forget what that one has found.
#[tokio::test]
async fn what_a_later_call_has_found_stays_found() {
    let books = Books::new().await;
    let db = &books.db;
    let found = books.named("[{\"order\":{PAID}}]");
    db.exec(&format!(
        "CALL _note_audit_marks('{found}', NULL, NULL, NULL, NULL, UTC_TIMESTAMP(6));
         CALL _note_audit_marks('[]', NULL, NULL, NULL, NULL, UTC_TIMESTAMP(6) - INTERVAL 1 HOUR)"
    ))
    .await;
    assert_eq!(db.count("shop_audit_found").await, 1);
    db.exec("CALL _note_audit_marks('[]', NULL, NULL, NULL, NULL, UTC_TIMESTAMP(6))")
        .await;
    assert_eq!(db.count("shop_audit_found").await, 0);
}
