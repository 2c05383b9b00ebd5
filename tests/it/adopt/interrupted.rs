//! A move that is interrupted anywhere and run again ends as one that was not. Above all, times are shifted once.

use std::time::Duration;

use super::*;

/// The body of a step, cut where a server can stop: after each statement or block.
fn chunks(procedure: &str) -> Vec<String> {
    let body = procedure
        .split_once("SELECT MIN(started_at) INTO v_now")
        .expect("the head of a step")
        .1;
    let body = body.split_once('\n').expect("a body").1;
    let mut chunks = vec![String::new()];
    let mut depth = 0_u32;
    for line in body.lines() {
        let text = line.trim();
        if text == "END" {
            break;
        }
        let last = chunks.last_mut().expect("a chunk");
        last.push_str(line);
        last.push('\n');
        depth += u32::from(text.starts_with("IF ") && text.ends_with("THEN"));
        depth -= u32::from(text == "END IF;");
        // `IF EXISTS (…` may go on for a line.
        let is_open = text.starts_with("IF EXISTS") && !text.ends_with("THEN");
        depth += u32::from(is_open);
        if depth == 0 && text.ends_with(';') && !text.starts_with("--") {
            chunks.push(String::new());
        }
    }
    chunks.retain(|chunk| !chunk.trim().is_empty());
    chunks
}

/// Runs the script from the top to a step, the first `count` chunks of that step, and dies.
async fn die_in(db: &TestDb, text: &str, name: &str, count: usize) {
    let mut conn = db.conn().await;
    let id: u64 = conn
        .query_first("SELECT CONNECTION_ID()")
        .await
        .unwrap()
        .unwrap();
    let head = format!("CREATE PROCEDURE step_{name}()");
    let mut cut = String::new();
    for statement in split(text) {
        if statement.starts_with(&head) {
            let all = chunks(&statement);
            let kept = all[..count.min(all.len())].concat();
            let begin = statement.find(&all[0]).expect("the first chunk");
            cut = statement[..begin].replace(&format!("step_{name}"), "cut_short") + &kept + "END";
        }
        if statement == format!("CALL step_{name}()") {
            conn.query_drop("DROP PROCEDURE IF EXISTS cut_short")
                .await
                .unwrap();
            conn.query_drop(cut.as_str())
                .await
                .unwrap_or_else(|e| panic!("{cut}: {e}"));
            conn.query_drop("CALL cut_short()")
                .await
                .unwrap_or_else(|e| panic!("{cut}: {e}"));
            break;
        }
        conn.query_drop(statement.as_str())
            .await
            .unwrap_or_else(|e| panic!("{name} {count}: {statement}: {e}"));
    }
    drop(conn);
    eventually("the killed session is gone", || async {
        db.int(&format!(
            "SELECT COUNT(*) FROM {PROCESSLIST} WHERE ID = {id}"
        ))
        .await
            == 0
    })
    .await;
}

#[tokio::test]
async fn interrupted_in_the_middle_of_every_step_and_repeated_it_ends_the_same() {
    let whole = adopted_to_read().await;
    let db = old_shop(DIRTY).await;
    let text = script(&db).await;
    let names: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("-- step ")?.split(':').next())
        .collect();
    assert!(names.len() > 15, "{names:?}");
    for name in &names {
        let procedure = split(&text)
            .into_iter()
            .find(|statement| statement.starts_with(&format!("CREATE PROCEDURE step_{name}()")))
            .expect("its procedure");
        let count = chunks(&procedure).len();
        // In the middle; and, where it is not one transaction, with everything done but the mark that says so.
        let cuts = if procedure.contains("COMMIT;") {
            vec![(count - 1) / 2]
        } else {
            vec![count / 2, count - 1]
        };
        for cut in cuts {
            die_in(&db, &text, name, cut.max(1)).await;
        }
        // Then this step for good; the next round goes on behind it.
        let mut conn = db.conn().await;
        for statement in split(&text) {
            conn.query_drop(statement.as_str())
                .await
                .unwrap_or_else(|e| panic!("after {name}: {statement}: {e}"));
            if statement == format!("CALL step_{name}()") {
                break;
            }
        }
        conn.disconnect().await.unwrap();
    }
    let (done, words) = adopt(&db, &["--apply"]).await;
    assert!(done, "{words}");
    assert_eq!(state(&db).await, state(&whole).await);
    db.assert_audit_clean().await;
}

/// Starts `jumun-adopt --apply`, waits until it waits for a lock that is held on a table, and kills it.
async fn kill_at(db: &TestDb, lock: &str) {
    let mut holder = db.conn().await;
    holder.query_drop(lock).await.unwrap();
    let args: Vec<String> = ["--apply"]
        .iter()
        .chain(&ANSWERS)
        .map(ToString::to_string)
        .collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let env = [
        ("JUMUN_ADMIN_DATABASE_URL".to_owned(), db.admin_url()),
        ("JUMUN_DATABASE_URL".to_owned(), db.url_as("jumun_gateway")),
        (
            "JUMUN_OPERATOR_DATABASE_URL".to_owned(),
            db.url_as("jumun_operator"),
        ),
    ];
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_jumun-adopt"));
    let mut process = Process::start("adopt", program, &args, &env);
    let sessions = format!(
        "SELECT ID AS id, COALESCE(STATE, '') LIKE 'Waiting for table%' AS waits FROM {PROCESSLIST}
         WHERE DB = '{}_adopt' AND COMMAND = 'Query'",
        db.name()
    );
    let mut watcher = db.conn().await;
    let start = std::time::Instant::now();
    'waiting: loop {
        for session in db.rows(&sessions).await {
            let id = u32::try_from(session.int("id")).unwrap();
            if session.int("waits") == 1 || blocked_on_row(&mut watcher, id).await {
                break 'waiting;
            }
        }
        // It reports before it begins, which takes a while on a busy machine.
        assert!(
            start.elapsed() < Duration::from_secs(120),
            "it does not wait for {lock}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    process.kill();
    // The server does not know yet that nobody listens: the statement goes on when the lock is gone, beside the next
    // run, which waits for its end.
    holder.query_drop("ROLLBACK").await.unwrap();
}

#[tokio::test]
async fn the_program_killed_while_a_table_is_renamed_filled_or_put_in_place_goes_on_later() {
    let whole = adopted_to_read().await;
    let db = old_shop(DIRTY).await;
    let stage = format!("{}_adopt", db.name());
    // Somebody still reads: the table cannot be renamed before.
    kill_at(
        &db,
        "BEGIN; SELECT seq_no INTO @one FROM shop_orders LIMIT 1",
    )
    .await;
    let text = script(&db).await;
    // Up to the fills, so that there is something to lock.
    let mut conn = db.conn().await;
    for statement in split(&text) {
        conn.query_drop(statement.as_str()).await.unwrap();
        if statement == "CALL step_judge()" {
            break;
        }
    }
    conn.disconnect().await.unwrap();
    // A row with a key that the fill writes too, and that may yet be taken back.
    for row in [
        "shop_cart (seq_no, user_id, quantity) VALUES (11, 'x', 1)",
        "shop_orders (seq_no, order_status, order_mode) VALUES (103, 1, 'cart')",
    ] {
        kill_at(
            &db,
            &format!("SET SESSION sql_mode = ''; BEGIN; INSERT INTO {stage}.{row}"),
        )
        .await;
    }
    let (done, words) = adopt(&db, &["--apply"]).await;
    assert!(done, "{words}");
    assert_eq!(state(&db).await, state(&whole).await);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_server_killed_while_it_fills_goes_on_after_its_restart() {
    let whole = adopted_to_read().await;
    let mut server = PrivateServer::start(engine()).await;
    let db = old_shop_in(TestDb::empty_on(server.url()).await, DIRTY).await;
    let text = script(&db).await;
    let mut conn = db.conn().await;
    for statement in split(&text) {
        if statement == "CALL step_shop_orders()" {
            break;
        }
        conn.query_drop(statement.as_str()).await.unwrap();
    }
    let stage = format!("{}_adopt", db.name());
    let mut holder = db.conn().await;
    holder
        .query_drop(format!("LOCK TABLES {stage}.shop_orders READ"))
        .await
        .unwrap();
    let filling = tokio::spawn(async move { conn.query_drop("CALL step_shop_orders()").await });
    eventually("it waits for the lock", || async {
        db.int(&format!(
            "SELECT COUNT(*) FROM {PROCESSLIST} WHERE STATE LIKE 'Waiting for table%'"
        ))
        .await
            == 1
    })
    .await;
    server.kill9();
    assert!(filling.await.unwrap().is_err());
    server.restart().await;
    db.reconnect().await;
    tokio::time::timeout(Duration::from_secs(60), async {
        let (done, words) = adopt(&db, &["--apply"]).await;
        assert!(done, "{words}");
    })
    .await
    .unwrap();
    assert_eq!(state(&db).await, state(&whole).await);
    db.assert_audit_clean().await;
}
