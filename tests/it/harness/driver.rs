//! Facts about the driver that the gateway is built on. Each was found by measuring; an upgrade that changes one
//! must not go unseen. Those about the two servers are in `engines.rs`.

use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Opts, OptsBuilder, Pool, PoolConstraints, PoolOpts, Value};

use crate::support::*;

#[tokio::test]
async fn an_error_after_a_result_set_shows_up_in_drop_result_and_nowhere_else() {
    let db = TestDb::empty().await;
    db.exec(
        "CREATE PROCEDURE late() BEGIN
             SELECT 1 AS a;
             SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 2105, MESSAGE_TEXT = 'OUT_OF_STOCK';
         END",
    )
    .await;
    let mut conn = db.conn().await;
    let mut result = conn.exec_iter("CALL late()", ()).await.unwrap();
    let rows: Vec<mysql_async::Row> = result.collect().await.unwrap();
    assert_eq!(rows.len(), 1);
    assert!(result.is_empty(), "the pending error looks like the end");
    match result.drop_result().await {
        Err(Error::Server(e)) => assert_eq!((e.code, e.state.as_str()), (2105, "45000")),
        other => panic!("{other:?}"),
    }
    let next: Option<i64> = conn.query_first("SELECT 7").await.unwrap();
    assert_eq!(next, Some(7), "the connection is clean afterwards");
}

#[tokio::test]
async fn an_error_that_nobody_asked_for_hits_the_next_query() {
    let db = TestDb::empty().await;
    db.exec("CREATE PROCEDURE late() BEGIN SELECT 1 AS a; SIGNAL SQLSTATE '45000'; END")
        .await;
    let mut conn = db.conn().await;
    let mut result = conn.exec_iter("CALL late()", ()).await.unwrap();
    let _rows: Vec<mysql_async::Row> = result.collect().await.unwrap();
    drop(result);
    match conn.query_drop("SELECT 7").await {
        Err(Error::Server(e)) => assert_eq!(e.code, 1644),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_procedure_without_sets_gives_none_and_an_empty_set_is_one() {
    let db = TestDb::empty().await;
    db.exec(
        "CREATE PROCEDURE nothing() BEGIN DO 1; END;
         CREATE PROCEDURE three() BEGIN SELECT 1 AS a; SELECT 2 AS b FROM (SELECT 1) x WHERE FALSE; SELECT 3 AS c; END",
    )
    .await;
    let mut conn = db.conn().await;
    assert_eq!(call(&mut conn, "nothing", ()).await.unwrap().count(), 0);
    let sets = call(&mut conn, "three", ()).await.unwrap();
    assert_eq!(sets.count(), 3);
    assert!(sets.set(1).rows.is_empty());
    assert_eq!(*sets.set(1).columns, ["b".to_owned()]);
    assert_eq!(sets.set(2).rows[0].int("c"), 3);
}

/// A row to wait for, and a procedure that writes, waits for it, and commits.
pub const WAITING: &str = "
CREATE TABLE hot (id INT PRIMARY KEY, n INT NOT NULL) ENGINE = InnoDB;
CREATE TABLE written (id INT PRIMARY KEY) ENGINE = InnoDB;
CREATE TABLE handled (id INT PRIMARY KEY) ENGINE = InnoDB;
INSERT INTO hot VALUES (1, 0);
CREATE PROCEDURE work(pi_id INT)
BEGIN
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK;
        INSERT INTO handled VALUES (pi_id);
        RESIGNAL;
    END;
    START TRANSACTION;
    INSERT INTO written VALUES (pi_id);
    UPDATE hot SET n = n + 1 WHERE id = 1;
    COMMIT;
    SELECT 'OK' AS result;
END";

pub async fn hold(db: &TestDb) -> Conn {
    let mut holder = db.conn().await;
    holder
        .query_drop("BEGIN; UPDATE hot SET n = n + 100 WHERE id = 1")
        .await
        .unwrap();
    holder
}

#[tokio::test]
async fn a_dropped_call_goes_on_in_the_server_and_commits() {
    let db = TestDb::empty().await;
    db.exec(WAITING).await;
    let mut holder = hold(&db).await;
    let mut conn = db.conn().await;
    let id = conn.id();
    tokio::select! {
        _ = call(&mut conn, "work", (1,)) => panic!("the call did not wait"),
        () = wait_until_blocked(&db, id) => {}
    }
    drop(conn);
    assert_eq!(db.count("written").await, 0);
    holder.query_drop("COMMIT").await.unwrap();
    let question = async || db.count("written").await == 1;
    eventually("the row of the dropped call is committed", question).await;
}

#[tokio::test]
async fn a_dropped_call_does_not_spoil_the_pool() {
    let db = TestDb::empty().await;
    db.exec(WAITING).await;
    let mut holder = hold(&db).await;
    let pool = pool_of_one(&db);
    let mut conn = pool.get_conn().await.unwrap();
    let id = conn.id();
    tokio::select! {
        _ = call(&mut conn, "work", (1,)) => panic!("the call did not wait"),
        () = wait_until_blocked(&db, id) => {}
    }
    drop(conn);
    let mut next = tokio::time::timeout(Duration::from_secs(10), pool.get_conn())
        .await
        .expect("the slot is free again")
        .unwrap();
    assert_ne!(next.id(), id, "another connection, not the busy one");
    let answer: Option<i64> = next.query_first("SELECT 7").await.unwrap();
    assert_eq!(answer, Some(7));
    holder.query_drop("COMMIT").await.unwrap();
}

#[tokio::test]
async fn a_pooled_connection_that_is_reset_loses_the_transaction_of_a_procedure() {
    let db = TestDb::empty().await;
    db.exec(WAITING).await;
    db.exec("CREATE PROCEDURE half() BEGIN START TRANSACTION; INSERT INTO written VALUES (5); END")
        .await;
    let pool = pool_of_one(&db);
    let mut conn = pool.get_conn().await.unwrap();
    let id = conn.id();
    call(&mut conn, "half", ()).await.unwrap();
    drop(conn);
    let mut conn = pool.get_conn().await.unwrap();
    assert_eq!(conn.id(), id, "the same connection");
    assert_eq!(written_as_seen_by(&mut conn).await, 0);
}

#[tokio::test]
async fn types_arrive_as_the_gateway_expects_them() {
    let db = TestDb::empty().await;
    db.exec(
        "CREATE PROCEDURE types() BEGIN
             SELECT CAST(12345678901234.50 AS DECIMAL(18,2)) AS money,
                    CAST('2026-11-20 01:02:03.000004' AS DATETIME(6)) AS moment,
                    CAST(18446744073709551615 AS UNSIGNED) AS big,
                    CAST(-1 AS SIGNED) AS small,
                    NULL AS nothing,
                    '가' AS words,
                    UNHEX('00ff') AS bytes;
         END",
    )
    .await;
    let mut conn = db.conn().await;
    let sets = call(&mut conn, "types", ()).await.unwrap();
    let row = sets.first();
    assert_eq!(
        *row.raw("money"),
        Value::Bytes(b"12345678901234.50".to_vec())
    );
    assert_eq!(*row.raw("moment"), Value::Date(2026, 11, 20, 1, 2, 3, 4));
    assert_eq!(*row.raw("big"), Value::UInt(u64::MAX));
    assert_eq!(*row.raw("small"), Value::Int(-1));
    assert_eq!(*row.raw("nothing"), Value::NULL);
    assert_eq!(*row.raw("words"), Value::Bytes("가".as_bytes().to_vec()));
    assert_eq!(*row.raw("bytes"), Value::Bytes(vec![0, 255]));
    assert_eq!(row.str("moment"), "2026-11-20 01:02:03.000004");
}

#[tokio::test]
async fn a_prepared_call_survives_drop_and_create_of_its_procedure() {
    let db = TestDb::empty().await;
    db.exec("CREATE PROCEDURE p(pi_a INT) BEGIN SELECT pi_a AS one; END")
        .await;
    let mut conn = db.conn().await;
    let sets = call(&mut conn, "p", (1,)).await.unwrap();
    assert_eq!(sets.first().int("one"), 1);

    db.exec("DROP PROCEDURE p").await;
    assert_eq!(call(&mut conn, "p", (1,)).await.unwrap_err().errno, 1305);

    db.exec("CREATE PROCEDURE p(pi_a INT) BEGIN SELECT 'OK' AS result, pi_a AS two; SELECT 3 AS three; END")
        .await;
    let sets = call(&mut conn, "p", (2,)).await.unwrap();
    assert_eq!(sets.first().str("result"), "OK");
    assert_eq!(sets.first().int("two"), 2);
    assert_eq!(sets.count(), 2);

    db.exec("DROP PROCEDURE p; CREATE PROCEDURE p(pi_a INT, pi_b INT) BEGIN SELECT pi_b AS b; END")
        .await;
    assert_eq!(call(&mut conn, "p", (1,)).await.unwrap_err().errno, 1318);
    let sets = call(&mut conn, "p", (1, 2)).await.unwrap();
    assert_eq!(sets.first().int("b"), 2);
}

pub async fn written_as_seen_by(conn: &mut Conn) -> i64 {
    let rows = query(conn, "SELECT COUNT(*) AS n FROM written")
        .await
        .unwrap();
    rows.first().int("n")
}

pub fn opts(db: &TestDb) -> OptsBuilder {
    let opts = Opts::from_url(&db.admin_url()).unwrap();
    OptsBuilder::from_opts(opts).prefer_socket(false)
}

fn pool_of_one(db: &TestDb) -> Pool {
    let one = PoolConstraints::new(1, 1).unwrap();
    Pool::new(opts(db).pool_opts(PoolOpts::default().with_constraints(one)))
}
