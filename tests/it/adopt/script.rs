//! The script by itself: the plain client runs it, any number of times, and there is a way back.

use std::path::PathBuf;

use super::*;

/// The server's own client.
fn client() -> PathBuf {
    match engine() {
        Engine::MariaDb => "mariadb".into(),
        Engine::MySql => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("var/mysql/bin/mysql"),
    }
}

/// Runs a script with the client, as a person would.
pub async fn with_client(db: &TestDb, text: &str) -> (bool, String) {
    let path = temp_dir().join(format!("{}.client.sql", db.name()));
    std::fs::write(&path, text).expect("a file");
    let url = db.admin_url();
    let port = url
        .rsplit(':')
        .next()
        .and_then(|rest| rest.split('/').next())
        .expect("a port");
    let mut command = Command::new(client());
    command
        .args(["--no-defaults", "-h", "127.0.0.1", "-P", port, "-u", "root"])
        .args(["--default-character-set=utf8mb4", "--skip-column-names"])
        .stdin(std::fs::File::open(&path).expect("the file"));
    let outcome = run(command).await;
    std::fs::remove_file(path).ok();
    outcome
}

#[tokio::test]
async fn the_plain_client_runs_it_twice_and_it_is_what_apply_does() {
    let db = old_shop(DIRTY).await;
    let text = script(&db).await;
    for _ in 0..2 {
        let (done, words) = with_client(&db, &text).await;
        assert!(done, "{words}");
    }
    let by_hand = state(&db).await;
    let (done, words) = adopt(&db, &["--apply"]).await;
    assert!(done && words.contains("was adopted already"), "{words}");
    assert!(words.contains("is as the files say") && words.contains("shop_audit found nothing"));
    db.assert_audit_clean().await;
    let other = adopted_to_read().await;
    // What the files load after the script is in both.
    let state_now = state(&db).await;
    assert_eq!(state_now, state(&other).await);
    for line in by_hand.lines().filter(|line| !line.contains("transitions")) {
        assert!(state_now.contains(line), "{line}");
    }
}

#[tokio::test]
async fn applying_twice_is_as_once() {
    let db = adopted(DIRTY).await;
    let (rows, schema) = (state(&db).await, schema_dump(&db).await);
    let (done, words) = adopt(&db, &["--apply"]).await;
    assert!(done, "{words}");
    assert_eq!(state(&db).await, rows);
    assert_eq!(schema_dump(&db).await, schema);
}

#[tokio::test]
async fn the_script_says_how_many_rows_and_how_long() {
    let db = old_shop(DIRTY).await;
    let text = script(&db).await;
    let seconds = |before: &str, after: &str| -> u64 {
        let (_, rest) = text.split_once(before).expect(before);
        let (number, _) = rest.split_once(after).expect(after);
        number.parse().expect("a whole number")
    };
    // How long is measured, so it is as much as this machine takes.
    let cart = seconds("-- step shop_cart: 14 rows of the old table, about ", " s");
    let altogether = seconds("-- Altogether about ", " s, measured");
    assert!(
        (1..60).contains(&cart) && (cart..120).contains(&altogether),
        "{cart} s of {altogether} s"
    );
    for line in text.lines() {
        assert!(!line.contains("only-for-tests"), "a password: {line}");
    }
}

/// What the old shop has besides tables, as the server would make it again.
async fn views_and_routines(db: &TestDb) -> Vec<String> {
    let mut made = Vec::new();
    for (show, column) in [
        ("VIEW v_products_effective", 1),
        ("PROCEDURE add_shop_cart", 2),
        ("PROCEDURE Delete_Shop_Cart", 2),
    ] {
        let mut conn = db.conn().await;
        let row: Option<mysql_async::Row> = conn
            .query_first(format!("SHOW CREATE {show}"))
            .await
            .expect(show);
        made.push(row.expect(show).get(column).expect("its text"));
    }
    made
}

#[tokio::test]
async fn the_way_back_leads_to_the_old_shop() {
    let db = old_shop(DIRTY).await;
    let charset = "SELECT CONCAT(DEFAULT_CHARACTER_SET_NAME, ' ', DEFAULT_COLLATION_NAME)
        FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()";
    db.exec(&format!(
        "ALTER DATABASE {} CHARACTER SET euckr;
         SET sql_mode = 'ANSI_QUOTES';
         CREATE PROCEDURE Delete_Shop_Cart() SELECT \"seq_no\" FROM \"shop_cart\"",
        db.name()
    ))
    .await;
    let (rows, letters) = (db.snapshot().await, db.text(charset).await);
    let schema = schema_dump(&db).await;
    let made = views_and_routines(&db).await;
    let undo_of = |text: &str| -> String {
        let lines = text.lines();
        let undo: Vec<&str> = lines
            .filter_map(|line| line.strip_prefix("-- undo: "))
            .collect();
        undo.join("\n")
    };
    let text = script(&db).await;
    let undo = undo_of(&text);
    // Interrupted when the old tables are away and the database has other letters: still the same way back.
    let (half, _) = text.split_once("\n-- step open").expect("a step");
    let (done, words) = with_client(&db, half).await;
    assert!(done, "{words}");
    assert_ne!(db.text(charset).await, letters);
    assert_eq!(undo_of(&script(&db).await), undo);
    let (done, words) = adopt(&db, &["--apply"]).await;
    assert!(done, "{words}");
    assert_ne!(db.snapshot().await, rows);
    assert_ne!(views_and_routines(&db).await, made);
    // Who ran --apply has no script: it is kept in the database as well.
    let kept = format!(
        "SELECT definition FROM {}_before_jumun.adopt_replaced WHERE kind = 'UNDO'",
        db.name()
    );
    assert_eq!(db.text(&kept).await.trim_end(), undo);
    let (done, words) = with_client(&db, &undo).await;
    assert!(done, "{words}");
    assert_eq!(db.snapshot().await, rows);
    assert_eq!(views_and_routines(&db).await, made);
    assert_eq!(db.text(charset).await, letters);
    // Old pages go on.
    assert_eq!(
        db.int("SELECT COUNT(*) FROM v_products_effective").await,
        db.int("SELECT COUNT(*) FROM shop_products WHERE display = '1' AND stat <> '2'")
            .await
    );
    db.exec("CALL add_shop_cart('kim', 'TEA-1', @rc)").await;
    db.exec("DELETE FROM shop_cart ORDER BY seq_no DESC LIMIT 1")
        .await;
    // Tables; what was loaded beside them is not taken away, and other tables stay InnoDB.
    let tables = |schema: &str| -> Vec<String> {
        let parts = schema
            .split("\n\n")
            .filter(|part| part.starts_with("table "));
        parts
            .filter(|part| !part.contains("shop_couriers"))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(tables(&schema_dump(&db).await), tables(&schema));
    let (done, words) = adopt(&db, &["--apply"]).await;
    assert!(done, "{words}");
    db.assert_audit_clean().await;
}
