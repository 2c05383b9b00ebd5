//! `select_adm_pg_duties`: what is owed to buyers, most urgent first.

use crate::support::refusal::*;
use crate::support::*;

/// A surplus payment of 10000 and a late one of 7000, in this order, both owed within a day.
async fn two_duties() -> TestDb {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shops SET late_payment = 'refund'").await;
    let mut conn = db.conn_as_gateway().await;
    for (number, user, product, total) in
        [("T1", "u1", "book", "10000"), ("T2", "u2", "last", "7000")]
    {
        let cart_id = db.add_cart(1, user, product, NO_OPTION, 1).await;
        let order = OrderCall::new(number, &[cart_id])
            .user(1, user)
            .client_total(total);
        order.call(&mut conn).await.unwrap();
    }
    db.let_expire("T2").await;
    db.call(&mut conn, "shop_order_expire", (10,))
        .await
        .unwrap();
    for message in [
        WalletMessage::paid("T1", "P1", "10000"),
        WalletMessage::paid("T1", "P2", "10000"),
        WalletMessage::paid("T2", "P3", "7000"),
    ] {
        settle(&mut conn, "notify", &message).await.unwrap();
    }
    db
}

async fn duties(db: &TestDb, conn: &mut Conn, shop: Option<&str>, state: Option<&str>) -> Sets {
    db.call(conn, "select_adm_pg_duties", (shop, state))
        .await
        .unwrap()
}

#[tokio::test]
async fn each_duty_has_its_order_its_payment_and_a_deadline() {
    let db = two_duties().await;
    let mut conn = db.conn_as_operator().await;
    let before = db.snapshot().await;
    let answer = duties(&db, &mut conn, None, None).await;
    assert_eq!(*answer.set(0).columns, ["result", "duty_count"]);
    assert_eq!(answer.first().str("result"), "OK");
    assert_eq!(answer.first().int("duty_count"), 2);
    assert_eq!(answer.count(), 2);
    assert_eq!(
        *answer.set(1).columns,
        [
            "duty_no",
            "shop_id",
            "duty",
            "reason",
            "amount",
            "state",
            "overdue",
            "order_number",
            "order_code",
            "order_status",
            "pg",
            "merchant_id",
            "pg_tx",
            "due_at",
            "attempts",
            "create_date",
            "done_at",
            "closed_by",
            "proof",
            "close_reason"
        ]
    );
    let shown: Vec<String> = answer
        .set(1)
        .rows
        .iter()
        .map(|row| {
            let names = [
                "shop_id",
                "duty",
                "reason",
                "amount",
                "state",
                "overdue",
                "order_number",
                "order_status",
                "pg",
                "merchant_id",
                "pg_tx",
                "attempts",
            ];
            names.map(|name| row.str(name)).join(" ")
        })
        .collect();
    assert_eq!(
        shown,
        [
            "1 refund surplus 10000.00 owed 0 T1 2 wallet M1 P2 0",
            "1 refund late 7000.00 owed 0 T2 10 wallet M1 P3 0",
        ]
    );
    assert_eq!(answer.set(1).rows[0].opt("done_at"), None);
    let minutes = db
        .int("SELECT TIMESTAMPDIFF(MINUTE, create_date, due_at) FROM shop_pg_duties LIMIT 1")
        .await;
    assert_eq!(minutes, 1440);
    assert_eq!(db.snapshot().await, before);
}

#[tokio::test]
async fn the_most_urgent_comes_first_and_says_when_it_is_overdue() {
    let db = two_duties().await;
    let mut conn = db.conn_as_operator().await;
    db.exec("UPDATE shop_pg_duties SET due_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE reason = 'late'").await;
    let answer = duties(&db, &mut conn, Some(""), Some("")).await;
    assert_eq!(answer.set(1).column("reason"), ["late", "surplus"]);
    assert_eq!(answer.set(1).column("overdue"), ["1", "0"]);
    // What is done is not overdue, however long ago that was.
    let late = answer.set(1).rows[0].str("duty_no");
    let close = (late, "done", "R1", None::<&str>);
    call(&mut conn, "update_adm_pg_duty", close).await.unwrap();
    assert_eq!(
        duties(&db, &mut conn, None, Some("owed"))
            .await
            .set(1)
            .column("reason"),
        ["surplus"]
    );
    let done = duties(&db, &mut conn, None, Some("done")).await;
    assert_eq!(done.first().int("duty_count"), 1);
    assert_eq!(done.set(1).column("overdue"), ["0"]);
    assert!(done.set(1).rows[0].opt("done_at").is_some());
}

#[tokio::test]
async fn a_shop_has_its_own() {
    let db = two_duties().await;
    let mut conn = db.conn_as_operator().await;
    db.without_triggers().await;
    db.exec("UPDATE shop_pg_duties SET shop_id = 2 WHERE reason = 'late'")
        .await;
    for (shop, expected) in [
        ("1", &["surplus"][..]),
        ("2", &["late"]),
        ("3", &[]),
        ("999999999999999999", &[]),
    ] {
        let answer = duties(&db, &mut conn, Some(shop), None).await;
        assert_eq!(answer.set(1).column("reason"), expected, "shop {shop}");
        assert_eq!(
            answer.first().int("duty_count"),
            i64::try_from(expected.len()).unwrap(),
            "shop {shop}"
        );
    }
}

#[tokio::test]
async fn a_duty_without_order_or_payment_is_shown_too() {
    let db = TestDb::with_fixture().await;
    let mut gateway = db.conn_as_gateway().await;
    settle(
        &mut gateway,
        "notify",
        &WalletMessage::paid("NOSUCH", "P1", "500"),
    )
    .await
    .unwrap();
    let nameless = WalletMessage::paid("NOSUCH", "", "500");
    settle(&mut gateway, "notify", &nameless).await.unwrap();
    let mut conn = db.conn_as_operator().await;
    let answer = duties(&db, &mut conn, Some("1"), None).await;
    assert_eq!(
        answer.set(1).column("reason"),
        ["unknown_order", "incomplete"]
    );
    assert_eq!(answer.set(1).column("duty"), ["refund", "lookup"]);
    assert_eq!(answer.set(1).column("order_number"), ["NOSUCH", "NOSUCH"]);
    assert_eq!(answer.set(1).column("order_code"), ["", ""]);
    assert_eq!(answer.set(1).column("pg_tx"), ["P1", ""]);
}

#[tokio::test]
async fn a_thousand_are_shown_and_all_are_counted() {
    let db = TestDb::with_fixture().await;
    db.exec(
        "INSERT INTO shop_pg_duties (shop_id, pg, merchant_id, duty, duty_key, amount, reason, state, due_at, next_try_at,
             create_date)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
         SELECT 1, 'wallet', 'M1', 'refund', CONCAT('P', i), i, 'late', 'owed',
                UTC_TIMESTAMP(6) - INTERVAL i MINUTE, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM n;
         INSERT INTO shop_pg_duties (shop_id, pg, merchant_id, duty, duty_key, amount, reason, state, due_at, next_try_at,
             create_date)
         VALUES (1, 'wallet', 'M1', 'refund', 'LAST', 1, 'late', 'owed', UTC_TIMESTAMP(6) + INTERVAL 1 DAY,
                 UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
    )
    .await;
    let mut conn = db.conn_as_operator().await;
    let answer = duties(&db, &mut conn, None, None).await;
    assert_eq!(answer.first().int("duty_count"), 1001);
    assert_eq!(answer.set(1).rows.len(), 1000);
    assert_eq!(answer.set(1).rows[0].str("amount"), "1000.00");
    assert_eq!(
        answer.set(1).rows[999].str("amount"),
        "1.00",
        "the one without hurry is left out"
    );
}

#[tokio::test]
async fn nobody_counts_beyond_ten_thousand() {
    let db = TestDb::with_fixture().await;
    db.exec(
        "SET SESSION /*M! max_recursive_iterations = 20000 *//*!80000 cte_max_recursion_depth = 20000 */;
         INSERT INTO shop_pg_duties (shop_id, pg, merchant_id, duty, duty_key, amount, reason, state, due_at, next_try_at,
             create_date, done_at, proof)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001)
         SELECT 1, 'wallet', 'M1', 'refund', CONCAT('P', i), i, 'late', 'done',
                UTC_TIMESTAMP(6) - INTERVAL i MINUTE, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), 'R' FROM n",
    )
    .await;
    let mut conn = db.conn_as_operator().await;
    for shop in [None, Some("1")] {
        let answer = duties(&db, &mut conn, shop, Some("done")).await;
        assert_eq!(answer.first().int("duty_count"), 10_000, "{shop:?}");
        assert_eq!(answer.set(1).rows.len(), 1000);
    }
    let others = duties(&db, &mut conn, Some("2"), Some("done")).await;
    assert_eq!(others.first().int("duty_count"), 0);
}

#[tokio::test]
async fn bad_input_is_refused_and_changes_nothing() {
    let db = two_duties().await;
    let conn = db.conn_as_operator().await;
    let mut hostile = Hostile::new(
        &db,
        conn,
        "select_adm_pg_duties",
        vec!["1".into(), "owed".into()],
    )
    .await;
    let left_out = [Value::NULL, "".into(), " ".into()];
    let shops: Vec<Value> = not_ids()
        .into_iter()
        .filter(|value| !left_out.contains(value))
        .collect();
    hostile.refuses(0, "shop_id", shops).await;
    let states = values(&[
        "OWED",
        "owe",
        "owed,done",
        "owed\n",
        "\0",
        "%",
        "' OR ''='",
        "다",
        "😀",
        &"o".repeat(60_000),
    ]);
    hostile.refuses(1, "state", states).await;
    hostile
        .refuses_what_is_no_text(&[0, 1], &["shop_id", "state"])
        .await;
}
