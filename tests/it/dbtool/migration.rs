//! New schema files on a database with rows.

use super::*;

/// What the file is for is done by its second statement; the third cannot be done with the rows that are there.
const FAILS: &str = "ALTER TABLE shop_orders ADD COLUMN gift_words VARCHAR(100) NOT NULL DEFAULT '' COMMENT 'on the card';

ALTER TABLE shop_orders ADD CONSTRAINT ck_shop_orders_few CHECK (order_number <> 'T2');
ALTER TABLE shop_orders MODIFY gift_words VARCHAR(200) NOT NULL DEFAULT '' COMMENT 'on the card';";

#[tokio::test]
async fn a_file_that_fails_in_the_middle_says_where_and_how_to_go_on() {
    let db = loaded().await;
    buy(&db, "T1").await;
    buy(&db, "T2").await;
    let files = Files::new();
    files
        .add_schema(FAILS)
        .edit("procedures/lib/_raise.sql", "BEGIN", "BEGIN\n    -- newer");
    let words = fail(files.load(&db)).await;
    assert!(!words.contains("nothing was changed"), "{words}");
    for part in [
        "sql/schema/9001_more.sql:3",
        "everything before line 3 is done",
        "the procedures are the old ones",
        "sed -n '3,$p' sql/schema/9001_more.sql | mysql",
        "then jumun db load again",
    ] {
        assert!(words.contains(part), "{part} is not in {words}");
    }
    assert_eq!(left_over(&db).await, [""; 0]);
    // The shop goes on, with the procedures that it had.
    let newer = "SELECT COUNT(*) FROM information_schema.ROUTINES
                 WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_DEFINITION LIKE '%-- newer%'";
    assert_eq!(db.int(newer).await, 0);
    assert_eq!(
        db.int("SELECT COUNT(*) FROM shop_schema_version WHERE version = 9001")
            .await,
        0
    );
    buy(&db, "T3").await;
    // Again without mending anything: refused again, at the first statement, which is done.
    let words = fail(files.load(&db)).await;
    assert!(words.contains("sql/schema/9001_more.sql:1"), "{words}");
    // As it says: what is in the way is mended, the rest of the file is run, then a load.
    let path = Path::new(files.dir()).join("schema/9001_more.sql");
    let text = std::fs::read_to_string(path).unwrap();
    let rest: Vec<&str> = text.lines().skip(2).collect();
    db.exec(&rest.join("\n").replace("'T2'", "'X2'")).await;
    let path = Path::new(files.dir()).join("schema/9001_more.sql");
    std::fs::write(path, text.replace("'T2'", "'X2'")).unwrap();
    let words = succeed(files.load(&db)).await;
    assert!(
        words.contains("recorded sql/schema/9001_more.sql"),
        "{words}"
    );
    assert_eq!(db.int(newer).await, 1);
    succeed(files.check(&db)).await;
    buy(&db, "T4").await;
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_file_that_fails_at_its_first_statement_is_simply_run_again() {
    let db = loaded().await;
    buy(&db, "T1").await;
    buy(&db, "T2").await;
    let files = Files::new();
    files.add_schema("ALTER TABLE member ADD CONSTRAINT ck_member_few CHECK (user_id <> 'u9');");
    let words = fail(files.load(&db)).await;
    assert!(
        words.contains("nothing of sql/schema/9001_more.sql is done"),
        "{words}"
    );
    db.exec("DELETE FROM member WHERE user_id = 'u9'").await;
    succeed(files.load(&db)).await;
    succeed(files.check(&db)).await;
}

#[tokio::test]
async fn files_that_do_not_go_with_the_database_are_refused() {
    let db = loaded().await;
    let before = everything(&db).await;
    let changed = Files::new();
    changed.edit("schema/0001_shop.sql", "-- ", "-- now: ");
    let words = fail(changed.load(&db)).await;
    assert!(
        words.contains("sql/schema/0001_shop.sql was changed after it was applied"),
        "{words}"
    );
    assert!(words.contains("nothing was changed"), "{words}");
    db.exec("INSERT INTO shop_schema_version VALUES (9002, '9002_newer.sql', REPEAT('0', 64), UTC_TIMESTAMP(6))").await;
    let words = fail(command(&db, "load", &[])).await;
    assert!(
        words.contains("use newer files, or load the procedures of these with --procedures-only"),
        "{words}"
    );
    db.exec("DELETE FROM shop_schema_version WHERE version = 9002")
        .await;
    db.exec("CREATE TABLE of_a_page (a INT) ENGINE = MyISAM")
        .await;
    let words = fail(command(&db, "load", &[])).await;
    assert!(
        words.contains("nothing was changed") && words.contains("of_a_page is MyISAM, not InnoDB"),
        "{words}"
    );
    db.exec("DROP TABLE of_a_page").await;
    assert!(everything(&db).await == before);
}
