//! Facts about MariaDB and MySQL that the procedures and the gateway are built on, most of them where the two differ.
//! Those about the driver are in `driver.rs`.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};

use crate::harness::driver::{WAITING, hold, opts, written_as_seen_by};
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
