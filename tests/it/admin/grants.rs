//! Who may do what: two accounts with a list of procedures each, and one that owns everything and is nobody.

use std::collections::BTreeSet;

use super::public::all;
use crate::support::*;

/// What an account may do in this database, line by line, without the database's name.
async fn grants(db: &TestDb, account: &str) -> BTreeSet<String> {
    let here = format!("`{}`.", db.name());
    let rows = db.rows(&format!("SHOW GRANTS FOR {account}")).await;
    let mut own = BTreeSet::new();
    for grant in rows.iter().filter_map(Row::only) {
        let (what, _) = grant.split_once(" TO ").unwrap();
        // Other databases on the server are other tests'; what holds everywhere must be nothing.
        if what.contains(" ON *.*") {
            assert_eq!(what, "GRANT USAGE ON *.*", "{account}");
        } else if what.contains(&here) {
            own.insert(what.replace(&here, ""));
        } else {
            assert!(what.contains('.'), "a role? {what}");
        }
    }
    own
}

async fn routines(db: &TestDb) -> Vec<(String, String)> {
    let sql = "SELECT ROUTINE_NAME AS name, ROUTINE_TYPE AS kind FROM information_schema.ROUTINES
               WHERE ROUTINE_SCHEMA = DATABASE()";
    let rows = db.rows(sql).await;
    rows.iter()
        .map(|row| (row.str("name"), row.str("kind")))
        .collect()
}

#[tokio::test]
async fn each_account_may_execute_its_list_and_has_no_other_right() {
    let db = TestDb::new().await;
    for (account, letter) in [("jumun_gateway", 'g'), ("jumun_operator", 'o')] {
        let expected: BTreeSet<String> = all()
            .iter()
            .filter(|public| public.callers.contains(letter))
            .map(|public| format!("GRANT EXECUTE ON PROCEDURE {}", public.name))
            .collect();
        let found: BTreeSet<String> = grants(&db, &format!("'{account}'@'%'"))
            .await
            .iter()
            .map(|grant| grant.replace('`', ""))
            .collect();
        assert_eq!(found, expected, "{account}");
    }
}

/// Not only by the list: every routine there is, tried.
#[tokio::test]
async fn what_is_not_on_the_list_is_refused() {
    let db = TestDb::new().await;
    for (letter, mut conn) in [
        ('g', db.conn_as_gateway().await),
        ('o', db.conn_as_operator().await),
    ] {
        for (name, kind) in routines(&db).await {
            let allowed = all()
                .iter()
                .any(|public| public.name == name && public.callers.contains(letter));
            let sql = match kind.as_str() {
                "FUNCTION" => format!("SELECT {name}()"),
                _ => format!("CALL {name}()"),
            };
            let refused = query(&mut conn, &sql)
                .await
                .err()
                .is_some_and(|e| e.errno == 1370);
            assert_eq!(refused, !allowed, "{letter}: {sql}");
            assert!(!(allowed && name.starts_with('_')), "{name} is internal");
        }
    }
}

#[tokio::test]
async fn nobody_who_serves_requests_can_read_or_write_a_table_or_a_view() {
    let db = TestDb::with_fixture().await;
    let tables = db
        .rows(
            "SELECT c.TABLE_NAME AS name, MIN(c.COLUMN_NAME) AS part FROM information_schema.COLUMNS c
             WHERE c.TABLE_SCHEMA = DATABASE() GROUP BY c.TABLE_NAME",
        )
        .await;
    assert!(tables.len() > 20);
    let before = db.snapshot().await;
    for mut conn in [db.conn_as_gateway().await, db.conn_as_operator().await] {
        for table in &tables {
            let (name, part) = (table.str("name"), table.str("part"));
            for sql in [
                format!("SELECT 1 FROM {name}"),
                format!("SELECT {part} FROM {name} LIMIT 1 FOR UPDATE"),
                format!("INSERT INTO {name} ({part}) VALUES (NULL)"),
                format!("UPDATE {name} SET {part} = NULL"),
                format!("DELETE FROM {name}"),
                format!("TRUNCATE TABLE {name}"),
                format!("DROP TABLE {name}"),
                format!("ALTER TABLE {name} COMMENT 'x'"),
                format!("LOCK TABLES {name} WRITE"),
            ] {
                let error = query(&mut conn, &sql).await.expect_err(&sql);
                assert!([1142, 1143, 1044].contains(&error.errno), "{sql}: {error}");
            }
        }
        for sql in [
            "CREATE TABLE own (a INT PRIMARY KEY)",
            "CREATE PROCEDURE own() SELECT 1",
            "DROP PROCEDURE add_shop_cart",
            "CREATE VIEW own AS SELECT 1 AS a",
        ] {
            let error = query(&mut conn, sql).await.expect_err(sql);
            assert!([1142, 1044, 1370].contains(&error.errno), "{sql}: {error}");
        }
    }
    assert_eq!(db.snapshot().await, before);
}

/// Everything runs as the definer: whoever could log in as it would be above every rule.
#[tokio::test]
async fn the_definer_cannot_log_in() {
    let db = TestDb::new().await;
    let create = db
        .text("SHOW CREATE USER 'jumun_definer'@'localhost'")
        .await;
    assert!(create.contains("ACCOUNT LOCK"), "{create}");
    for password in ["", TEST_PASSWORD, "jumun_definer"] {
        let url = db.url_as("jumun_definer").replace(TEST_PASSWORD, password);
        let error = Conn::from_url(url).await.expect_err("no connection");
        let mysql_async::Error::Server(error) = error else {
            panic!("{error}");
        };
        // Locked, or refused before that is looked at.
        assert!([1045, 3118, 4151].contains(&error.code), "{error}");
    }
}

#[tokio::test]
async fn the_definer_can_do_no_more_than_the_routines_need() {
    let db = TestDb::new().await;
    let found: Vec<String> = grants(&db, "'jumun_definer'@'localhost'")
        .await
        .into_iter()
        .collect();
    let here = |grant: &str| grant.split(" ON ").next().map(str::to_owned);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        here(&found[0]).unwrap(),
        "GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE, TRIGGER"
    );
}

/// The procedures see who calls and not whom they run as: logs name the account.
#[tokio::test]
async fn a_direct_call_leaves_the_name_of_its_account() {
    let db = super::public::shop().await;
    let mut conn = db.conn_as_operator().await;
    let payment = (1, "TO-PAY", "wallet", "M1", "P1", "20000", "P1", "console");
    db.call(&mut conn, "update_adm_order_payment", payment)
        .await
        .unwrap();
    let name = db
        .text("SELECT actor_name FROM shop_order_logs WHERE action = 'pay' ORDER BY seq_no DESC LIMIT 1")
        .await;
    assert!(name.starts_with("jumun_operator@"), "{name}");
}
