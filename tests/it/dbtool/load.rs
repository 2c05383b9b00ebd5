//! A load replaces what differs, and nothing when anything in the files is wrong.

use std::path::Path;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::*;

/// Where the mistake is, and the text that takes another one's place.
const MISTAKES: [(&str, &str, &str); 8] = [
    (
        "procedures/stock/_stock_hold.sql",
        "BEGIN",
        "BEGIN SELECT 1 FORM",
    ),
    (
        "procedures/price/v_cart_lines.sql",
        "FROM shop_cart",
        "FROM shop_basket",
    ),
    (
        "procedures/stock/tr_shop_products_mirror.sql",
        "NEW.quantity_stock",
        "NEW.quantity_stocks",
    ),
    ("reference/shop_jobs.sql", "lease_seconds", "lease_minutes"),
    ("reference/shop_order_transitions.sql", "'pay'", "NULL"),
    (
        "grants.sql",
        "PROCEDURE add_shop_cart",
        "PROCEDURE add_shop_carts",
    ),
    ("accounts.sql", "GRANT SELECT", "GRANT SELECTS"),
    ("schema/0009_stock_mirror.sql", "ADD COLUMN", "ADD COLUMNS"),
];

#[tokio::test]
async fn a_mistake_in_one_file_changes_nothing() {
    let db = loaded().await;
    buy(&db, "T1").await;
    let before = everything(&db).await;
    for (path, from, to) in MISTAKES {
        let files = Files::new();
        // Another file has a change that is good: it must not get in either.
        files
            .edit(
                "procedures/lib/_raise.sql",
                "BEGIN",
                "BEGIN\n    -- changed",
            )
            .edit(path, from, to);
        if path.starts_with("schema/") {
            // One that is not applied yet; an applied one must not change at all.
            let text = std::fs::read_to_string(files.0.join(path)).unwrap();
            files
                .edit(path, to, from)
                .add_schema(text.split("INSERT INTO").next().unwrap());
        }
        let words = fail(files.load(&db)).await;
        assert!(
            words.contains(&format!("nothing was changed in {}", db.name())),
            "{path}: {words}"
        );
        let named = if path.starts_with("schema/") {
            "sql/schema/9001_more.sql:"
        } else {
            path
        };
        assert!(words.contains(named), "{path}: {words}");
        assert!(
            everything(&db).await == before,
            "{path}: something was changed"
        );
        assert_eq!(left_over(&db).await, [""; 0], "{path}");
    }
    buy(&db, "T2").await;
    succeed(command(&db, "check", &[])).await;
    db.assert_audit_clean().await;
}

/// Files without a mistake, for tables that a hand has changed: a view that they no longer fit is found beside, too.
#[tokio::test]
async fn files_that_do_not_go_with_the_tables_change_nothing() {
    let db = loaded().await;
    buy(&db, "T1").await;
    let column =
        "ALTER TABLE shop_order_logs CHANGE COLUMN log_message log_text VARCHAR(300) NOT NULL";
    db.exec(column).await;
    let before = everything(&db).await;
    let files = Files::new();
    let path = "procedures/lib/_raise.sql";
    files.edit(path, "BEGIN", "BEGIN\n    -- changed");
    let words = fail(files.load(&db)).await;
    let refused = format!("nothing was changed in {}", db.name());
    assert!(
        words.contains(&refused) && words.contains("log_message"),
        "{words}"
    );
    assert!(everything(&db).await == before, "something was changed");
    assert_eq!(left_over(&db).await, [""; 0]);
}

#[tokio::test]
async fn a_mistake_in_the_first_load_leaves_no_database() {
    let db = TestDb::empty().await;
    db.exec(&format!("DROP DATABASE {}", db.name())).await;
    let files = Files::new();
    files.edit("procedures/lib/_raise.sql", "BEGIN", "BEGIN SELECT 1 FORM");
    let words = fail(files.load(&db)).await;
    assert!(words.contains("nothing was changed"), "{words}");
    let other = TestDb::empty().await;
    let sql = format!(
        "SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE '{}%'",
        db.name()
    );
    assert_eq!(other.int(&sql).await, 0);
    // And the right files make it.
    succeed(command(&db, "load", &[])).await;
    db.reconnect().await;
    db.fixture().await;
    buy(&db, "T1").await;
}

/// When each thing was made.
async fn made(db: &TestDb, except: &[&str]) -> Vec<String> {
    let rows = db
        .rows(
            "SELECT CONCAT(ROUTINE_NAME, ' ', CREATED) AS t FROM information_schema.ROUTINES
             WHERE ROUTINE_SCHEMA = DATABASE()
             UNION ALL
             SELECT CONCAT(TRIGGER_NAME, ' ', CREATED) FROM information_schema.TRIGGERS
             WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY t",
        )
        .await;
    let rows = rows.iter().map(|row| row.str("t"));
    rows.filter(|row| {
        !except
            .iter()
            .any(|name| row.starts_with(&format!("{name} ")))
    })
    .collect()
}

#[tokio::test]
async fn only_what_differs_is_replaced_and_keeps_its_grants() {
    let db = loaded().await;
    let changed = ["add_shop_cart", "_raise", "tr_shop_products_mirror"];
    let before = made(&db, &changed).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let files = Files::new();
    files
        .edit(
            "procedures/cart/add_shop_cart.sql",
            "BEGIN",
            "BEGIN\n    -- a comment is a change too",
        )
        .edit(
            "procedures/lib/_raise.sql",
            "COMMENT 'Raises",
            "COMMENT 'It raises",
        )
        .edit(
            "procedures/stock/tr_shop_products_mirror.sql",
            "BEGIN",
            "BEGIN\n    DO 1;",
        );
    let words = succeed(files.load(&db)).await;
    assert_eq!(made(&db, &changed).await, before);
    let replaced: Vec<&str> = words
        .lines()
        .filter(|line| line.starts_with("loaded   sql/procedures"))
        .collect();
    assert_eq!(
        replaced,
        [
            "loaded   sql/procedures/lib/_raise.sql",
            "loaded   sql/procedures/cart/add_shop_cart.sql",
            "loaded   sql/procedures/stock/tr_shop_products_mirror.sql"
        ]
    );
    let mut conn = db.conn_as_gateway().await;
    call(
        &mut conn,
        "add_shop_cart",
        (1, "u1", "book", None::<&str>, "1"),
    )
    .await
    .unwrap();
    succeed(files.check(&db)).await;
    // And back again.
    succeed(command(&db, "load", &[])).await;
    succeed(command(&db, "check", &[])).await;
}

/// A procedure and a function may have the same name: whichever the files do not make goes.
#[tokio::test]
async fn what_was_a_function_and_is_a_procedure_is_not_there_twice() {
    let db = loaded().await;
    db.exec(
        "DROP PROCEDURE _shortage;
         CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _shortage(pi_shop_id INT UNSIGNED) RETURNS INT
             DETERMINISTIC NO SQL RETURN pi_shop_id;
         CREATE FUNCTION _select_lines() RETURNS INT DETERMINISTIC NO SQL RETURN 1",
    )
    .await;
    let words = succeed(command(&db, "load", &[])).await;
    assert!(
        words.contains("loaded   sql/procedures/stock/_shortage.sql")
            && words.contains("dropped  _shortage"),
        "{words}"
    );
    let kinds = "SELECT GROUP_CONCAT(ROUTINE_TYPE, ' ', ROUTINE_NAME ORDER BY ROUTINE_TYPE, ROUTINE_NAME) FROM information_schema.ROUTINES
                 WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_NAME IN ('_shortage', '_select_lines')";
    // The first one is somebody else's.
    let right = "FUNCTION _select_lines,PROCEDURE _select_lines,PROCEDURE _shortage";
    assert_eq!(db.text(kinds).await, right);
    db.exec("DROP FUNCTION _select_lines").await;
    succeed(command(&db, "check", &[])).await;
}

/// By hand, or by the mysql client, which leaves comments out.
#[tokio::test]
async fn what_was_changed_on_the_server_is_put_back() {
    let db = loaded().await;
    let changes = [
        ("DROP PROCEDURE _raise", "missing  routine _raise"),
        ("DROP VIEW v_cart_lines", "missing  view v_cart_lines"),
        ("DROP TRIGGER tr_shop_products_mirror", "missing  trigger tr_shop_products_mirror"),
        (
            "DROP FUNCTION _json_text; CREATE FUNCTION _json_text(a INT, b INT) RETURNS INT DETERMINISTIC RETURN 1",
            "differs  routine _json_text",
        ),
        (
            "DROP PROCEDURE shop_audit; CREATE PROCEDURE shop_audit() SELECT 'OK' AS result",
            "differs  routine shop_audit",
        ),
        (
            "CREATE OR REPLACE VIEW v_audit_violations AS SELECT 1 AS one",
            "differs  view v_audit_violations",
        ),
        ("ALTER PROCEDURE lease_job SQL SECURITY INVOKER", "differs  routine lease_job"),
        (
            "REVOKE EXECUTE ON PROCEDURE add_shop_cart FROM 'jumun_gateway'@'%'",
            "missing  grant",
        ),
        ("DELETE FROM shop_error_codes WHERE errno = 2112", "missing  row of shop_error_codes 2112"),
        (
            "CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE stray() SELECT 1",
            "extra    routine stray",
        ),
        (
            "CREATE DEFINER = 'jumun_definer'@'localhost' VIEW v_stray AS SELECT 1 AS one",
            "extra    view v_stray",
        ),
        (
            "CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_stray BEFORE DELETE ON shop_orders
             FOR EACH ROW DO 1",
            "extra    trigger tr_stray",
        ),
    ];
    for (change, _) in &changes {
        db.exec(change).await;
    }
    let words = fail(command(&db, "check", &[])).await;
    for (change, line) in &changes {
        let told = words.lines().find(|told| told.starts_with(line));
        assert!(
            told.is_some_and(|told| told.contains("run jumun db load")),
            "{change}: {words}"
        );
    }
    succeed(command(&db, "load", &[])).await;
    let words = succeed(command(&db, "check", &[])).await;
    assert!(words.contains("is as the files say"), "{words}");
    buy(&db, "T1").await;
    // What others own is theirs.
    db.exec("CREATE PROCEDURE of_a_page() SELECT 1").await;
    succeed(command(&db, "load", &[])).await;
    db.exec("CALL of_a_page()").await;
}

/// Files whose first load takes so long that it can be interrupted.
fn slow(seconds: u32) -> Files {
    let files = Files::new();
    files.add_schema(&format!("DO SLEEP({seconds});"));
    files
}

async fn is_sleeping(db: &TestDb) -> bool {
    let sql = format!(
        "SELECT COUNT(*) FROM {PROCESSLIST} WHERE DB = '{}_jumun_scratch' AND INFO LIKE 'DO SLEEP%'",
        db.name()
    );
    db.int(&sql).await == 1
}

fn start(db: &TestDb, files: &Files) -> Process {
    let env = [
        ("JUMUN_ADMIN_DATABASE_URL", db.admin_url()),
        ("JUMUN_SQL_DIR", files.dir().to_owned()),
    ];
    let env = env.map(|(name, value)| (name.to_owned(), value));
    let program = Path::new(env!("CARGO_BIN_EXE_jumun"));
    Process::start("load", program, &["db", "load"], &env)
}

#[tokio::test]
async fn a_load_that_is_interrupted_leaves_nothing_beside_the_database() {
    let db = loaded().await;
    let before = everything(&db).await;
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let files = slow(2);
        eventually("that of the last turn is over", || async {
            !is_sleeping(&db).await
        })
        .await;
        let mut process = start(&db, &files);
        eventually("the load is under way", || is_sleeping(&db)).await;
        process.signal(signal);
        let status = process.wait(Duration::from_secs(10)).expect("it ends");
        assert_eq!(status.code(), Some(1), "{}", process.log());
        assert!(
            process.log().contains("nothing was changed"),
            "{}",
            process.log()
        );
        assert_eq!(left_over(&db).await, [""; 0]);
        assert!(everything(&db).await == before);
    }
}

#[tokio::test]
async fn what_a_killed_load_left_is_removed_by_the_next_run() {
    let db = loaded().await;
    for verb in ["load", "check"] {
        let files = slow(1);
        eventually("that of the last turn is over", || async {
            !is_sleeping(&db).await
        })
        .await;
        let mut process = start(&db, &files);
        eventually("the load is under way", || is_sleeping(&db)).await;
        process.signal(Signal::SIGKILL);
        process.wait(Duration::from_secs(10)).expect("it ends");
        assert_ne!(
            left_over(&db).await,
            [""; 0],
            "nothing was left: this test tests nothing"
        );
        succeed(command(&db, verb, &[])).await;
        assert_eq!(left_over(&db).await, [""; 0], "{verb}");
    }
}

#[tokio::test]
async fn a_database_with_a_long_name_is_loaded_and_checked() {
    let db = TestDb::empty().await;
    let long = format!("{}_{}", db.name(), "x".repeat(63 - db.name().len()));
    assert_eq!(long.len(), 64);
    let url = db.admin_url().replace(db.name(), &long);
    for verb in ["load", "check"] {
        let mut command = command(&db, verb, &[]);
        command.env("JUMUN_ADMIN_DATABASE_URL", &url);
        succeed(command).await;
    }
    db.exec(&format!("DROP DATABASE {long}")).await;
}

#[tokio::test]
async fn several_at_once_take_turns() {
    let db = loaded().await;
    let files = Files::new();
    files.edit(
        "procedures/lib/_raise.sql",
        "BEGIN",
        "BEGIN\n    -- changed",
    );
    let all = tokio::join!(
        run(files.load(&db)),
        run(files.load(&db)),
        run(files.load(&db)),
        run(files.check(&db)),
    );
    for (done, words) in [all.0, all.1, all.2] {
        assert!(done, "{words}");
    }
    // Before the first of them, or after.
    let words = all.3.1;
    assert!(
        words.contains("routine _raise") || words.contains("is as the files say"),
        "{words}"
    );
    succeed(files.check(&db)).await;
    assert_eq!(left_over(&db).await, [""; 0]);
}
