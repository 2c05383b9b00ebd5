//! Accounts that may not do everything, on a server with a binary log.

use super::*;

async fn server() -> (PrivateServer, TestDb) {
    let server = PrivateServer::start(engine()).await;
    let db = TestDb::empty_on(server.url()).await;
    succeed(command(&db, "load", &[])).await;
    (server, db)
}

/// The command, as another account.
fn as_account(mut command: Command, db: &TestDb, account: &str) -> Command {
    let url = db
        .admin_url()
        .replace("root@", &format!("{account}:secret@"));
    command.env("JUMUN_ADMIN_DATABASE_URL", url);
    command
}

#[tokio::test]
async fn an_account_that_reads_compares_what_it_sees_and_is_told_the_rest() {
    let (_server, db) = server().await;
    db.exec(&format!(
        "CREATE USER 'reader'@'%' IDENTIFIED BY 'secret'; GRANT SELECT ON {}.* TO 'reader'@'%'",
        db.name()
    ))
    .await;
    let check = || as_account(command(&db, "check", &[]), &db, "reader");
    let words = succeed(check()).await;
    assert!(words.contains("as far as this account can see"), "{words}");
    assert!(
        !words.contains("differs") && !words.contains("missing"),
        "{words}"
    );
    for part in [
        "not seen routines: GRANT ",
        "not seen triggers: GRANT ",
        "not seen tables, ",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    // What it says is what is needed.
    for line in words
        .lines()
        .filter(|line| line.ends_with(" to this account"))
    {
        let grant = line
            .split(": ")
            .nth(1)
            .unwrap()
            .replace("to this account", "TO 'reader'@'%'");
        db.exec(&grant).await;
    }
    let words = succeed(check()).await;
    assert!(
        !words.contains("not seen routines") && !words.contains("not seen triggers"),
        "{words}"
    );
    // Loading is not for it, which is told for this reason.
    let words = fail(as_account(command(&db, "load", &[]), &db, "reader")).await;
    assert!(
        words.contains("the account reader@% needs") && words.contains("nothing was changed"),
        "{words}"
    );
    // And it does see.
    let changes = [
        ("DROP PROCEDURE add_shop_cart", "missing  routine add_shop_cart"),
        ("DROP FUNCTION _json_text; CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _json_text(a INT)
          RETURNS INT DETERMINISTIC RETURN 1", "differs  routine _json_text"),
        ("DROP PROCEDURE _log_error; CREATE PROCEDURE _log_error() SELECT 1", "differs  routine _log_error: definer is root@"),
        ("DROP TRIGGER tr_shop_products_mirror; CREATE TRIGGER tr_shop_products_mirror BEFORE UPDATE
          ON shop_products FOR EACH ROW DO 1", "differs  trigger tr_shop_products_mirror"),
        ("DROP VIEW v_cart_lines", "missing  view v_cart_lines"),
        ("CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE stray() SELECT 1", "extra    routine stray"),
        ("UPDATE shop_schema_version SET file_sha256 = REPEAT('0', 64) WHERE version = 1", "differs  sql/schema/0001"),
    ];
    for (change, _) in &changes {
        db.exec(change).await;
    }
    let words = fail(check()).await;
    for (change, line) in &changes {
        assert!(
            words.lines().any(|told| told.starts_with(line)),
            "{change}: {words}"
        );
    }
    assert!(
        words.contains(&format!("{} differences", changes.len())),
        "{words}"
    );
    // The parameters alone.
    db.exec("UPDATE shop_schema_version SET file_sha256 = NULL WHERE version = 1")
        .await;
    succeed(command(&db, "load", &[])).await;
    succeed(check()).await;
    let files = Files::new();
    files.edit(
        "procedures/stock/_stock_lock.sql",
        "    pi_shop_id     INT",
        "    pi_shop        INT",
    );
    let words = fail(as_account(files.check(&db), &db, "reader")).await;
    assert!(words.starts_with("differs  routine _stock_lock"), "{words}");
}

#[tokio::test]
async fn an_account_without_rights_changes_nothing_and_is_told_which() {
    let (_server, db) = server().await;
    let name = db.name();
    db.exec(&format!(
        "CREATE USER 'loader'@'%' IDENTIFIED BY 'secret';
         GRANT ALL PRIVILEGES ON {name}.* TO 'loader'@'%' WITH GRANT OPTION"
    ))
    .await;
    let before = everything(&db).await;
    let files = Files::new();
    files.edit(
        "procedures/lib/_raise.sql",
        "BEGIN\n",
        "BEGIN\n    -- newer\n",
    );
    let load = || as_account(files.load(&db), &db, "loader");
    let words = fail(load()).await;
    assert!(words.contains("nothing was changed"), "{words}");
    assert!(words.contains("the account loader@% needs"), "{words}");
    let beside = format!("{name}_jumun_scratch");
    let mut steps = vec![format!(
        "GRANT ALL PRIVILEGES ON {beside}.* TO 'loader'@'%' WITH GRANT OPTION"
    )];
    steps.push("GRANT SELECT ON mysql.* TO 'loader'@'%'".to_owned());
    match engine() {
        Engine::MariaDb => {
            steps.push("GRANT CREATE USER, SET USER ON *.* TO 'loader'@'%'".to_owned())
        }
        Engine::MySql => steps.push(
            "GRANT CREATE USER, SET_ANY_DEFINER, ALLOW_NONEXISTENT_DEFINER ON *.* TO 'loader'@'%'"
                .to_owned(),
        ),
    }
    steps.push("SET GLOBAL log_bin_trust_function_creators = 1".to_owned());
    for step in &steps {
        let words = fail(load()).await;
        eprintln!("before {step}: {words}");
        assert!(words.contains("nothing was changed"), "{words}");
        assert!(words.contains("the account loader@% needs"), "{words}");
        assert!(everything(&db).await == before, "before {step}");
        db.exec(step).await;
    }
    let words = succeed(load()).await;
    assert!(
        words.contains("loaded   sql/procedures/lib/_raise.sql"),
        "{words}"
    );
    succeed(files.check(&db)).await;
    assert_eq!(left_over(&db).await, [""; 0]);
}
