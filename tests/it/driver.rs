//! Facts about the driver and the two servers that the gateway is built on. Each was found by measuring; an
//! upgrade that changes one must not go unseen.

use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Opts, OptsBuilder, Pool, PoolConstraints, PoolOpts, Value};

use crate::support::*;

/// `_raise` in small, a routine that calls it, and one that handles what comes out as the public routines do.
const NESTED: &str = "
CREATE PROCEDURE raise_it(pi_errno INT, pi_message TEXT)
BEGIN
    SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = pi_errno, MESSAGE_TEXT = pi_message,
        COLUMN_NAME = 'trdAmt', CONSTRAINT_NAME = 'the total is another one';
END;
CREATE PROCEDURE plain()
BEGIN
    CALL raise_it(2101, 'PRICE_CHANGED');
END;
CREATE PROCEDURE handling()
BEGIN
    DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN RESIGNAL; END;
    CALL raise_it(2101, 'PRICE_CHANGED');
END;
CREATE PROCEDURE outermost(pi_through VARCHAR(8))
BEGIN
    DECLARE v_errno INT;
    DECLARE v_field, v_detail, v_message TEXT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK;
        SELECT v_message AS result, v_errno AS errno, v_field AS field, v_detail AS detail, 'quote' AS more;
        SELECT 39000.00 AS total_payment;
        RESIGNAL;
    END;
    START TRANSACTION;
    IF pi_through = 'plain' THEN
        CALL plain();
    ELSE
        CALL handling();
    END IF;
    COMMIT;
END";

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
async fn sets_before_an_error_arrive_and_resignal_keeps_errno_and_message() {
    let db = TestDb::empty().await;
    db.exec(NESTED).await;
    let mut conn = db.conn().await;
    for through in ["plain", "handling"] {
        let error = call(&mut conn, "outermost", (through,)).await.unwrap_err();
        assert_eq!(error.errno, 2101);
        assert_eq!(error.sqlstate, "45000");
        assert_eq!(error.message, "PRICE_CHANGED");
        assert_eq!(error.sets.count(), 2);
        error.expect_code("PRICE_CHANGED");
        assert_eq!(error.sets.set(1).rows[0].str("total_payment"), "39000.00");
    }
}

#[tokio::test]
async fn column_name_and_constraint_name_carry_the_field_unless_mariadb_resignals_on_the_way() {
    let db = TestDb::empty().await;
    db.exec(NESTED).await;
    let mut conn = db.conn().await;
    let error = call(&mut conn, "outermost", ("plain",)).await.unwrap_err();
    assert_eq!(error.row().str("field"), "trdAmt");
    assert_eq!(error.row().str("detail"), "the total is another one");
    // So internal routines have no handlers of their own.
    let error = call(&mut conn, "outermost", ("handling",))
        .await
        .unwrap_err();
    let expected = match engine() {
        Engine::MariaDb => "",
        Engine::MySql => "trdAmt",
    };
    assert_eq!(error.row().str("field"), expected);
}

#[tokio::test]
async fn a_message_beyond_128_characters_replaces_the_error_on_mysql() {
    let db = TestDb::empty().await;
    db.exec(NESTED).await;
    let mut conn = db.conn().await;
    let fits = call(&mut conn, "raise_it", (2112, "가".repeat(128)))
        .await
        .unwrap_err();
    assert_eq!(fits.errno, 2112);
    let long = call(&mut conn, "raise_it", (2112, "가".repeat(129)))
        .await
        .unwrap_err();
    let expected = match engine() {
        Engine::MariaDb => 2112,
        Engine::MySql => 1648,
    };
    assert_eq!(long.errno, expected, "{long}");
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
const WAITING: &str = "
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

async fn hold(db: &TestDb) -> Conn {
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
async fn kill_query_skips_the_exit_handler_on_mysql_and_reset_rolls_back() {
    let db = TestDb::empty().await;
    db.exec(WAITING).await;
    let mut holder = hold(&db).await;
    let mut running = Running::call_on(&db, db.conn().await, "work", (1,)).await;
    running.wait_until_blocked().await;
    db.exec(&format!("KILL QUERY {}", running.id)).await;
    let (mut conn, result) = running.finish_with_conn().await;
    assert_eq!(result.unwrap_err().errno, 1317);
    holder.query_drop("ROLLBACK").await.unwrap();

    let (handled, left_open) = match engine() {
        Engine::MariaDb => (1, 0),
        Engine::MySql => (0, 1),
    };
    assert_eq!(db.count("handled").await, handled);
    assert_eq!(
        written_as_seen_by(&mut conn).await,
        left_open,
        "rows of the transaction, as its own connection sees them"
    );
    assert!(
        conn.reset().await.unwrap(),
        "the server knows COM_RESET_CONNECTION"
    );
    assert_eq!(written_as_seen_by(&mut conn).await, 0);
}

/// An account may kill what runs under its own name, but a routine runs under its definer's name: so the
/// gateway's account cannot end one of its own calls.
#[tokio::test]
async fn kill_query_by_the_same_account_is_refused_while_another_definers_routine_runs() {
    let db = TestDb::empty().await;
    db.exec(WAITING).await;
    db.exec(
        "CREATE PROCEDURE as_caller() SQL SECURITY INVOKER
         BEGIN UPDATE hot SET n = n + 1 WHERE id = 1; END",
    )
    .await;
    let user = format!("u{}", &db.name()[9..]);
    db.exec(&format!(
        "CREATE USER '{user}'@'%' IDENTIFIED BY '{TEST_PASSWORD}';
         GRANT EXECUTE, SELECT, UPDATE ON {}.* TO '{user}'@'%'",
        db.name()
    ))
    .await;
    let of_user = || opts(&db).user(Some(&user)).pass(Some(TEST_PASSWORD));
    let mut side = Conn::new(of_user()).await.unwrap();
    let mut holder = hold(&db).await;

    let conn = Conn::new(of_user()).await.unwrap();
    let mut running = Running::call_on(&db, conn, "as_caller", ()).await;
    running.wait_until_blocked().await;
    side.query_drop(format!("KILL QUERY {}", running.id))
        .await
        .unwrap();
    assert_eq!(running.finish().await.unwrap_err().errno, 1317);

    let conn = Conn::new(of_user()).await.unwrap();
    let mut running = Running::call_on(&db, conn, "work", (1,)).await;
    running.wait_until_blocked().await;
    match side.query_drop(format!("KILL QUERY {}", running.id)).await {
        Err(Error::Server(e)) => assert_eq!(e.code, 1095),
        other => panic!("{other:?}"),
    }
    holder.query_drop("ROLLBACK").await.unwrap();
    running.finish().await.unwrap();
    db.exec(&format!("DROP USER '{user}'@'%'")).await;
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
async fn lock_wait_timeout_leaves_the_transaction_open_and_deadlock_does_not() {
    let db = TestDb::empty().await;
    db.exec(WAITING).await;
    let mut holder = hold(&db).await;
    let mut conn = db.conn().await;
    conn.query_drop(
        "SET SESSION innodb_lock_wait_timeout = 1; BEGIN; INSERT INTO written VALUES (3)",
    )
    .await
    .unwrap();
    match conn.query_drop("UPDATE hot SET n = 1 WHERE id = 1").await {
        Err(Error::Server(e)) => assert_eq!((e.code, e.state.as_str()), (1205, "HY000")),
        other => panic!("{other:?}"),
    }
    assert_eq!(
        written_as_seen_by(&mut conn).await,
        1,
        "1205 takes back the statement only"
    );
    // Each waits for the other's row now: one of the two gets 1213 and loses its whole transaction.
    let mut other = Running::query_on(&db, conn, "UPDATE hot SET n = 1 WHERE id = 1").await;
    other.wait_until_blocked().await;
    let insert = holder.query_drop("INSERT INTO written VALUES (3)").await;
    let (mut conn, update) = other.finish_with_conn().await;
    let (loser, errno) = match (insert, update) {
        (Err(Error::Server(e)), Ok(_)) => (&mut holder, e.code),
        (_, Err(e)) => (&mut conn, e.errno),
        _ => panic!("nobody lost"),
    };
    assert_eq!(errno, 1213);
    loser.query_drop("COMMIT").await.unwrap();
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

async fn written_as_seen_by(conn: &mut Conn) -> i64 {
    let rows = query(conn, "SELECT COUNT(*) AS n FROM written")
        .await
        .unwrap();
    rows.first().int("n")
}

fn opts(db: &TestDb) -> OptsBuilder {
    let opts = Opts::from_url(&db.admin_url()).unwrap();
    OptsBuilder::from_opts(opts).prefer_socket(false)
}

fn pool_of_one(db: &TestDb) -> Pool {
    let one = PoolConstraints::new(1, 1).unwrap();
    Pool::new(opts(db).pool_opts(PoolOpts::default().with_constraints(one)))
}
