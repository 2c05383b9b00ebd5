//! What holds for every public routine, whatever connection it is called on: it owns its transaction, it obeys its
//! own session settings, and an error that nobody foresaw is answered, logged and raised.

use super::public::{all, caller, shop};
use crate::support::*;

/// Fails inside an open transaction, on both engines.
async fn assert_no_transaction_is_open(conn: &mut Conn, when: &str) {
    let probe = conn
        .query_drop("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        .await;
    assert!(probe.is_ok(), "a transaction is open {when}: {probe:?}");
}

/// A CALL killed on MySQL leaves its transaction open: the next one on the connection must not commit the half.
#[tokio::test]
async fn nothing_commits_what_it_finds_open_on_its_connection() {
    let db = shop().await;
    for public in all() {
        let mut conn = db.conn().await;
        let half = "START TRANSACTION; UPDATE shops SET shop_name = 'half' WHERE shop_id = 2";
        for good in [false, true] {
            conn.query_drop(half).await.unwrap();
            if good {
                public.call(&mut conn).await.unwrap();
            } else {
                public.call_badly(&mut conn).await;
            }
            if good || public.bad.is_some() {
                let name = db
                    .text("SELECT shop_name FROM shops WHERE shop_id = 2")
                    .await;
                assert_eq!(name, "Second shop", "{}, good call: {good}", public.name);
                let here = query(&mut conn, "SELECT shop_name FROM shops WHERE shop_id = 2")
                    .await
                    .unwrap();
                assert_eq!(
                    here.first().str("shop_name"),
                    "Second shop",
                    "{}",
                    public.name
                );
            }
            conn.query_drop("ROLLBACK").await.unwrap();
        }
    }
}

#[tokio::test]
async fn no_transaction_is_left_open() {
    let db = shop().await;
    for public in all() {
        let mut conn = caller(&db, &public).await;
        public.call_badly(&mut conn).await;
        assert_no_transaction_is_open(&mut conn, &format!("after an error of {}", public.name))
            .await;
        public.call(&mut conn).await.unwrap();
        assert_no_transaction_is_open(&mut conn, &format!("after {}", public.name)).await;
    }
}

/// Two databases with the same calls, one of them on connections that are set up in every unhelpful way.
#[tokio::test]
async fn the_answer_does_not_depend_on_the_callers_session() {
    let (plain, odd) = (shop().await, shop().await);
    let sql_mode = match engine() {
        Engine::MariaDb => "ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,EMPTY_STRING_IS_NULL",
        Engine::MySql => "ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH",
    };
    for public in all() {
        let mut first = caller(&plain, &public).await;
        // A bad call may leave some of it mended: the good one has a connection of its own.
        let (mut second, mut third) = (caller(&odd, &public).await, caller(&odd, &public).await);
        for conn in [&mut second, &mut third] {
            conn.query_drop(format!(
                "SET NAMES utf8mb4 COLLATE utf8mb4_general_ci, sql_mode = '{sql_mode}', autocommit = 0,
                     time_zone = '+09:00', div_precision_increment = 0, lc_time_names = 'ko_KR',
                     sql_select_limit = 1, unique_checks = 0, foreign_key_checks = 0, completion_type = 1,
                     max_join_size = 1, sql_big_selects = 0, group_concat_max_len = 4
                     /*M! , max_error_count = 0 */;
                 SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE"
            ))
            .await
            .unwrap();
        }
        if let (Some(one), Some(other)) = (
            public.call_badly(&mut first).await,
            public.call_badly(&mut second).await,
        ) {
            assert_eq!(steady(&one.sets), steady(&other.sets), "{}", public.name);
        }
        let (one, other) = (
            public.call(&mut first).await.unwrap(),
            public.call(&mut third).await,
        );
        let other = other.unwrap_or_else(|error| panic!("{}: {error:?}", public.name));
        assert_eq!(steady(&one), steady(&other), "{}", public.name);
    }
    for table in [
        "shop_cart",
        "shop_orders",
        "shop_order_product",
        "shop_order_logs",
        "shop_payments",
        "shop_stock_ledger",
    ] {
        assert_eq!(plain.count(table).await, odd.count(table).await, "{table}");
    }
    odd.assert_audit_clean().await;
}

/// The sets without what is new in every call.
fn steady(sets: &Sets) -> Vec<Vec<String>> {
    let new = [
        "order_key",
        "order_code",
        "expires_at",
        "order_date",
        "log_date",
        "create_date",
        "valid_from",
        "due_at",
        "done_at",
        "paid_at",
        "written_at",
    ];
    // The payment page is told where a browser comes back to, which names the order's key.
    let named = |set: &&Set| set.columns.iter().any(|name| name == "order_key");
    let keys: Vec<String> = (sets.0.iter().filter(named))
        .flat_map(|set| set.rows.iter().filter_map(|row| row.opt("order_key")))
        .collect();
    let text = |value: String| (keys.iter()).fold(value, |value, key| value.replace(key, "KEY"));
    let row = |row: &Row, columns: &[String]| {
        let kept = columns.iter().filter(|name| !new.contains(&name.as_str()));
        kept.map(|name| format!("{name}: {:?}", row.opt(name).map(text)))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let set = |set: &Set| set.rows.iter().map(|r| row(r, &set.columns)).collect();
    sets.0.iter().map(set).collect()
}

#[tokio::test]
async fn an_error_nobody_foresaw_is_answered_logged_once_and_raised_as_it_is() {
    let db = shop().await;
    // The only way to make every routine fail is one that the catalogue foresees: there it is unknown again.
    db.exec("DELETE FROM shop_error_codes WHERE errno IN (1146, 1356)")
        .await;
    for public in all() {
        let mut conn = caller(&db, &public).await;
        if public.name == "select_error_codes" {
            continue; // without the catalogue nothing is foreseen: the next test
        }
        db.exec(&format!("RENAME TABLE {0} TO {0}_away", public.needs))
            .await;
        let answer = public.call(&mut conn).await;
        db.exec(&format!("RENAME TABLE {0}_away TO {0}", public.needs))
            .await;
        let error = answer.unwrap_err();
        assert!(
            [1146, 1356].contains(&error.errno),
            "{}: {error}",
            public.name
        );
        assert_eq!(
            error.row().str("result"),
            "INTERNAL_ERROR",
            "{}",
            public.name
        );
        // MariaDB raises "invalid view" and tells the reason beside it: the reason is what is logged.
        let reason = error.row().int("errno");
        assert!([1146, 1356].contains(&reason), "{}: {reason}", public.name);
        assert_eq!(error.row().str("field"), "", "{}", public.name);
        assert_eq!(
            error.row().str("detail"),
            "",
            "the engine's words are for the log, {}",
            public.name
        );
        let log = db.row("SELECT * FROM shop_error_log").await;
        db.exec("DELETE FROM shop_error_log").await;
        assert_eq!(log.str("routine"), public.name);
        assert_eq!(log.int("errno"), reason, "{}", public.name);
        if reason == i64::from(error.errno) {
            assert_eq!(log.str("sqlstate_code"), error.sqlstate, "{}", public.name);
            assert_eq!(log.str("message"), error.message, "{}", public.name);
        }
        assert!(!log.str("step").is_empty(), "{}", public.name);
        let parameters = log.str("parameters_json");
        assert!(
            log.json("parameters_json").is_object(),
            "{}: {parameters}",
            public.name
        );
        for secret in ["Buyer", "Receiver", "010-", "Sejong", "pktHash", WALLET_KEY] {
            assert!(
                !parameters.contains(secret),
                "{}: {parameters}",
                public.name
            );
        }
    }
}

/// The log and the catalogue themselves are away: the first error is still the one that is raised.
#[tokio::test]
async fn an_error_is_raised_also_when_it_cannot_be_logged() {
    let db = shop().await;
    for public in all() {
        let mut conn = caller(&db, &public).await;
        let mut away = vec![public.needs, "shop_error_log", "shop_error_codes"];
        away.dedup();
        if public.needs == "shop_error_codes" {
            away.pop();
        }
        for table in &away {
            db.exec(&format!("RENAME TABLE {table} TO {table}_away"))
                .await;
        }
        let error = public.call(&mut conn).await.unwrap_err();
        for table in &away {
            db.exec(&format!("RENAME TABLE {table}_away TO {table}"))
                .await;
        }
        assert!(
            [1146, 1356].contains(&error.errno),
            "{}: {error}",
            public.name
        );
        assert_eq!(
            error.row().str("result"),
            "INTERNAL_ERROR",
            "{}",
            public.name
        );
        assert_no_transaction_is_open(&mut conn, &format!("after {}", public.name)).await;
    }
}
