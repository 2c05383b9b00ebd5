//! `update_adm_pg_duty`: what was owed is done, with a proof, or withdrawn, with a reason; and a slip of the hand.

use crate::support::*;
use mysql_async::Value;

/// A refund of 700 that is owed.
async fn a_duty() -> (TestDb, Conn) {
    let db = TestDb::with_fixture().await;
    let mut gateway = db.conn_as_gateway().await;
    let unknown = WalletMessage::paid("NOSUCH", "P1", "700");
    settle(&mut gateway, "notify", &unknown).await.unwrap();
    let operator = db.conn_as_operator().await;
    (db, operator)
}

type Words<'a> = (&'a str, Option<&'a str>, Option<&'a str>);

async fn update(conn: &mut Conn, (state, proof, reason): Words<'_>) -> Result<Sets, CallError> {
    call(conn, "update_adm_pg_duty", ("1", state, proof, reason)).await
}

async fn log(db: &TestDb) -> Vec<String> {
    let rows = db
        .rows(
            "SELECT CONCAT_WS('|', from_state, to_state, proof, reason, SUBSTRING_INDEX(actor_name, '@', 1)) AS x
             FROM shop_pg_duty_logs ORDER BY seq_no",
        )
        .await;
    rows.iter().map(|row| row.str("x")).collect()
}

#[tokio::test]
async fn done_needs_a_proof_and_says_who_and_when() {
    let (db, mut conn) = a_duty().await;
    let answer = update(&mut conn, ("done", Some("R-1"), Some("by transfer"))).await;
    let answer = answer.unwrap();
    assert_eq!(
        *answer.set(0).columns,
        [
            "result",
            "replayed",
            "duty_no",
            "shop_id",
            "duty",
            "amount",
            "state",
            "done_at",
            "closed_by",
            "proof",
            "close_reason"
        ]
    );
    let row = answer.first();
    let told = [
        "result",
        "replayed",
        "duty_no",
        "duty",
        "amount",
        "state",
        "proof",
        "close_reason",
    ];
    let right = [
        "OK",
        "0",
        "1",
        "refund",
        "700.00",
        "done",
        "R-1",
        "by transfer",
    ];
    assert_eq!(told.map(|c| row.str(c)), right);
    assert!(row.str("closed_by").starts_with("jumun_operator@"));
    let now =
        "SELECT ABS(TIMESTAMPDIFF(SECOND, done_at, UTC_TIMESTAMP(6))) < 60 FROM shop_pg_duties";
    assert_eq!(db.int(now).await, 1);
    assert_eq!(log(&db).await, ["owed|done|R-1|by transfer|jumun_operator"]);
    for by_hand in [
        "UPDATE shop_pg_duty_logs SET proof = 'R-2'",
        "DELETE FROM shop_pg_duty_logs",
    ] {
        let error = query(&mut db.conn().await, by_hand).await.unwrap_err();
        assert_eq!(error.code(), "ROW_IS_KEPT");
    }
    assert_eq!(log(&db).await, ["owed|done|R-1|by transfer|jumun_operator"]);

    let list = |state: &'static str| (None::<&str>, state);
    let done = call(&mut conn, "select_adm_pg_duties", list("done"))
        .await
        .unwrap();
    let told = ["state", "overdue", "proof", "close_reason"].map(|c| done.set(1).rows[0].str(c));
    assert_eq!(told, ["done", "0", "R-1", "by transfer"]);
    let owed = call(&mut conn, "select_adm_pg_duties", list("owed"))
        .await
        .unwrap();
    assert_eq!(owed.first().int("duty_count"), 0);
    db.assert_audit_clean().await;

    // The same again is done already; anything else is not what was done.
    let before = db.snapshot().await;
    let again = update(&mut conn, ("done", Some("R-1"), Some("by transfer"))).await;
    assert_eq!(again.unwrap().first().int("replayed"), 1);
    for words in [
        ("done", Some("R-2"), Some("by transfer")),
        ("done", Some("R-1"), None),
        ("done", Some("r-1"), Some("by transfer")),
        ("withdrawn", Some("R-1"), Some("by transfer")),
    ] {
        let error = update(&mut conn, words).await.unwrap_err();
        error.expect_code("STATE_NOT_ALLOWED");
    }
    assert_eq!(db.snapshot().await, before);
}

#[tokio::test]
async fn withdrawn_needs_a_reason_and_is_listed_by_itself() {
    let (db, mut conn) = a_duty().await;
    let words = ("withdrawn", None, Some("the buyer got the goods"));
    let answer = update(&mut conn, words).await.unwrap();
    assert_eq!(answer.first().str("state"), "withdrawn");
    assert_eq!(answer.first().opt("proof"), None);
    assert_eq!(
        update(&mut conn, words)
            .await
            .unwrap()
            .first()
            .int("replayed"),
        1
    );
    let error = update(&mut conn, ("withdrawn", None, Some("other"))).await;
    error.unwrap_err().expect_code("STATE_NOT_ALLOWED");
    for (state, count) in [("owed", 0), ("done", 0), ("withdrawn", 1)] {
        let list = call(&mut conn, "select_adm_pg_duties", ("1", state))
            .await
            .unwrap();
        assert_eq!(list.first().int("duty_count"), count, "{state}");
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_slip_of_the_hand_is_put_right_and_leaves_its_trace() {
    let (db, mut conn) = a_duty().await;
    let due = "SELECT due_at FROM shop_pg_duties";
    let due_at = db.text(due).await;
    update(&mut conn, ("done", Some("R-2"), None))
        .await
        .unwrap();
    let open = ("owed", None, Some("R-2 was another order's"));
    let answer = update(&mut conn, open).await.unwrap();
    for column in ["done_at", "closed_by", "proof", "close_reason"] {
        assert_eq!(answer.first().opt(column), None, "{column}");
    }
    assert_eq!(db.text(due).await, due_at, "it is as urgent as it was");
    db.assert_audit_clean().await;
    assert_eq!(
        update(&mut conn, open)
            .await
            .unwrap()
            .first()
            .int("replayed"),
        1
    );
    let error = update(&mut conn, ("owed", None, Some("other"))).await;
    error.unwrap_err().expect_code("STATE_NOT_ALLOWED");
    update(&mut conn, ("done", Some("R-1"), None))
        .await
        .unwrap();
    assert_eq!(
        log(&db).await,
        [
            "owed|done|R-2||jumun_operator",
            "done|owed||R-2 was another order's|jumun_operator",
            "owed|done|R-1||jumun_operator"
        ]
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_refused_and_changes_nothing() {
    let (db, mut conn) = a_duty().await;
    let before = db.snapshot().await;
    let long = "가".repeat(201);
    for (words, field) in [
        (("done", None, Some("x")), "proof"),
        (("done", Some(""), None), "proof"),
        (("done", Some("  "), None), "proof"),
        (("done", Some("a\nb"), None), "proof"),
        (("done", Some(long.as_str()), None), "proof"),
        (("done", Some("R"), Some(long.as_str())), "reason"),
        (("withdrawn", Some("R"), None), "reason"),
        (("withdrawn", None, Some(" ")), "reason"),
        (("withdrawn", None, Some("a\r\nb")), "reason"),
        (("owed", None, None), "reason"),
        (("owed", Some("R"), Some("x")), "proof"),
        (("", Some("R"), Some("x")), "state"),
        (("DONE", Some("R"), Some("x")), "state"),
        (("done ", Some("R"), Some("x")), "state"),
        (("closed", Some("R"), Some("x")), "state"),
    ] {
        let error = update(&mut conn, words).await.unwrap_err();
        error.expect_code("INVALID_INPUT");
        assert_eq!(error.row().str("field"), field, "{words:?}");
    }
    // Half a character, which MariaDB takes for text, and what nobody can see.
    let half = Value::Bytes(b"a\xED\xA0\x80".to_vec());
    for (proof, reason) in [(half.clone(), "x".into()), ("R".into(), half.clone())] {
        let words = ("1", "withdrawn", proof, reason);
        let error = call(&mut conn, "update_adm_pg_duty", words).await;
        let error = error.unwrap_err();
        if engine() == Engine::MariaDb {
            error.expect_code("INVALID_INPUT");
        }
    }
    for unseen in ["\u{3000}", "\u{200b}", "a\u{2028}b"] {
        for words in [("done", Some(unseen), None), ("owed", None, Some(unseen))] {
            let error = update(&mut conn, words).await.unwrap_err();
            error.expect_code("INVALID_INPUT");
        }
    }
    // Never closed: there is nothing to open again.
    let error = update(&mut conn, ("owed", None, Some("x"))).await;
    error.unwrap_err().expect_code("STATE_NOT_ALLOWED");
    for (duty, code) in [
        ("2", "DUTY_NOT_FOUND"),
        ("999999999999999999", "DUTY_NOT_FOUND"),
        ("0", "INVALID_INPUT"),
        ("1 ", "INVALID_INPUT"),
        ("one", "INVALID_INPUT"),
    ] {
        let parameters = (duty, "done", "R", None::<&str>);
        let error = call(&mut conn, "update_adm_pg_duty", parameters).await;
        error.unwrap_err().expect_code(code);
    }
    assert_eq!(db.snapshot().await, before);
}

#[tokio::test]
async fn of_two_operators_who_close_it_at_once_one_does() {
    let (db, first) = a_duty().await;
    let mut holder = db.conn().await;
    holder
        .query_drop("BEGIN; SELECT * FROM shop_pg_duties FOR UPDATE")
        .await
        .unwrap();
    let call_on = |conn, proof| {
        let parameters = ("1", "done", proof, None::<&str>);
        Running::call_on(&db, conn, "update_adm_pg_duty", parameters)
    };
    let mut first = call_on(first, "R-1").await;
    first.wait_until_blocked().await;
    let mut second = call_on(db.conn_as_operator().await, "R-2").await;
    second.wait_until_blocked().await;
    holder.query_drop("ROLLBACK").await.unwrap();
    assert_eq!(first.finish().await.unwrap().first().str("proof"), "R-1");
    let error = second.finish().await.unwrap_err();
    error.expect_code("STATE_NOT_ALLOWED");
    assert_eq!(log(&db).await.len(), 1);
    db.assert_audit_clean().await;
}

/// A database from before: duties that were closed by hand have no proof.
#[tokio::test]
async fn duties_that_were_closed_by_hand_before_get_through_the_change_of_tables() {
    let db = TestDb::empty().await;
    let scripts = scripts();
    let at = scripts
        .iter()
        .position(|script| script.path.contains("0010_money"))
        .unwrap();
    for script in &scripts[..at] {
        for statement in &script.statements {
            db.exec(statement).await;
        }
    }
    db.exec(
        "INSERT INTO shop_pg_duties (shop_id, pg, merchant_id, duty, duty_key, amount, reason, state, due_at, next_try_at,
             create_date, done_at)
         SELECT 1, 'wallet', 'M1', 'lookup', d.duty_key, 700, 'late', d.state, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6),
                UTC_TIMESTAMP(6), d.done_at
         FROM (SELECT 'A' AS duty_key, 'owed' AS state, CAST(NULL AS DATETIME(6)) AS done_at
               UNION ALL SELECT 'B', 'done', '2026-11-01 00:00:00' UNION ALL SELECT 'C', 'done', NULL) d;
",
    )
    .await;
    for script in &scripts[at..] {
        for statement in &script.statements {
            db.exec(statement).await;
        }
    }
    db.assert_audit_clean().await;
    let states = "SELECT GROUP_CONCAT(CONCAT_WS(' ', duty_key, state, proof) ORDER BY seq_no) FROM shop_pg_duties";
    assert_eq!(
        db.text(states).await,
        "A owed,B done not kept,C done not kept"
    );
    let mut conn = db.conn().await;
    update(&mut conn, ("done", Some("R"), None)).await.unwrap();
    let open = ("2", "owed", None::<&str>, "no proof was kept");
    call(&mut conn, "update_adm_pg_duty", open).await.unwrap();
    db.assert_audit_clean().await;
}
