//! Reads work and a write does not come to its end, as with a full disk: `/ready` says so, without writing every time it
//! is asked and without leaving more and more sessions behind.

use super::*;

/// MariaDB shows a session under the account whose procedure it is in.
const OF_THE_GATEWAY: &str = "USER IN ('jumun_gateway', 'jumun_definer')";

/// Sessions of the gateway's account.
async fn sessions(db: &TestDb) -> i64 {
    db.int(&format!(
        "SELECT COUNT(*) FROM {PROCESSLIST} WHERE {OF_THE_GATEWAY}"
    ))
    .await
}

/// Nothing is known to have been written for an hour.
async fn forget_writes(db: &TestDb) {
    db.exec(
        "UPDATE shop_health SET done_at = done_at - INTERVAL 1 HOUR;
         UPDATE shop_jobs SET last_run_at = last_run_at - INTERVAL 1 HOUR",
    )
    .await;
}

async fn written_at(db: &TestDb) -> String {
    db.text("SELECT done_at FROM shop_health WHERE what = 'write'")
        .await
}

#[tokio::test]
async fn ready_finds_out_that_no_write_comes_to_its_end() {
    let (_server, db) = private().await;
    let gateway = Gateway::start(&db).await;
    let mut holder = db.conn().await;
    let mut holds = vec![("FLUSH TABLES WITH READ LOCK", "UNLOCK TABLES")];
    if engine() == Engine::MariaDb {
        // The write itself goes through, its commit does not.
        holds.push((
            "BACKUP STAGE START; BACKUP STAGE FLUSH; BACKUP STAGE BLOCK_DDL; BACKUP STAGE BLOCK_COMMIT",
            "BACKUP STAGE END",
        ));
    }
    for (hold, end) in holds {
        forget_writes(&db).await;
        holder.query_drop(hold).await.expect(hold);
        let cart = gateway.shop(Method::GET, "/v1/cart", "u1");
        Reply::of(cart).await.ok();
        let before = sessions(&db).await;
        for _ in 0..4 {
            assert_names(&reasons(&gateway).await, &["write"]);
        }
        let more = sessions(&db).await - before;
        assert!(more <= 2, "{more} sessions more, {hold}");
        holder.query_drop(end).await.expect(end);
        eventually("/ready says yes", || async {
            reasons(&gateway).await.is_empty()
        })
        .await;
    }
    order(&gateway, &db, "T1").await.ok();
    // One that never ends by itself, as with a full disk: whoever asks next does not begin another one.
    db.exec(
        "DROP PROCEDURE select_gateway_health;
         CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE select_gateway_health() DO SLEEP(60);
         GRANT EXECUTE ON PROCEDURE select_gateway_health TO 'jumun_gateway'@'%'",
    )
    .await;
    for _ in 0..2 {
        assert_names(&reasons(&gateway).await, &["write"]);
    }
    let at_work =
        format!("SELECT COUNT(*) FROM {PROCESSLIST} WHERE {OF_THE_GATEWAY} AND COMMAND <> 'Sleep'");
    assert_eq!(db.int(&at_work).await, 1);
}

#[tokio::test]
async fn what_was_written_lately_is_not_written_again() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let first = written_at(&db).await;
    for _ in 0..3 {
        assert_eq!(reasons(&gateway).await, [""; 0]);
    }
    assert_eq!(written_at(&db).await, first);
    forget_writes(&db).await;
    assert_eq!(reasons(&gateway).await, [""; 0]);
    let second = written_at(&db).await;
    assert!(second > first, "{first} {second}");
    // A job that ran lately is proof enough, and a clock that was ahead is none.
    forget_writes(&db).await;
    db.exec("UPDATE shop_jobs SET last_run_at = UTC_TIMESTAMP(6) - INTERVAL 5 SECOND")
        .await;
    let before = written_at(&db).await;
    assert_eq!(reasons(&gateway).await, [""; 0]);
    assert_eq!(written_at(&db).await, before);
    db.exec(
        "UPDATE shop_jobs SET last_run_at = NULL;
         UPDATE shop_health SET done_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR",
    )
    .await;
    assert_eq!(reasons(&gateway).await, [""; 0]);
    assert_eq!(
        db.int("SELECT done_at <= UTC_TIMESTAMP(6) FROM shop_health")
            .await,
        1
    );
}

/// Two gateways ask at once: the second finds the first at it.
#[tokio::test]
async fn a_probe_that_finds_another_under_way_says_whether_that_one_comes_to_its_end() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let answer = db.call(&mut conn, "select_gateway_health", ()).await;
    assert_eq!(answer.unwrap().first().int("problem_count"), 0);
    forget_writes(&db).await;
    let mut other = db.conn().await;
    let lock = "BEGIN; SELECT * FROM shop_health FOR UPDATE";
    other.query_drop(lock).await.unwrap();
    let answer = db
        .call(&mut conn, "select_gateway_health", ())
        .await
        .unwrap();
    assert_eq!(answer.first().int("problem_count"), 1);
    assert!(answer.set(1).rows[0].str("problem").contains("write"));
    // The other one comes to its end while this one waits.
    let waiting = Running::call(&db, "select_gateway_health", ()).await;
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    other
        .query_drop("UPDATE shop_health SET done_at = UTC_TIMESTAMP(6); COMMIT")
        .await
        .unwrap();
    let answer = waiting.finish().await.unwrap();
    assert_eq!(answer.first().int("problem_count"), 0);
}
