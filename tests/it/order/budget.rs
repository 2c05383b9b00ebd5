//! What a plain order, its payment, its quote, the cart before it and its reading may cost: statements and instructions of the procedure
//! language, as the server itself counts them, against `budget.txt`, which says what each statement is for.
//!
//! A change that needs more raises the figure there, and says in its commit why an order must pay for it.

use std::collections::BTreeMap;

use crate::support::*;

/// The same on both engines: it is the same source. Three lines, a stored address; its approval, and the same again.
const BUDGET: &str = include_str!("budget.txt");

/// One call.
struct Budget<'a> {
    call: &'a str,
    /// The beginning of each statement that it runs, in order, also inside of nested CALLs.
    statements: Vec<&'a str>,
    /// Instruments and how often they may be met; `all` is every instruction.
    most: BTreeMap<&'a str, i64>,
}

/// Reads `budget.txt`: a line for a call, with its figures, and an indented one for each of its statements.
fn budgets() -> Vec<Budget<'static>> {
    let mut budgets: Vec<Budget> = Vec::new();
    for line in BUDGET
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        if let Some(statement) = line.strip_prefix("    ") {
            let (words, reason) = statement
                .split_once(" | ")
                .expect("a statement and what it is for");
            assert!(!reason.trim().is_empty(), "{line}");
            budgets
                .last_mut()
                .expect("a call")
                .statements
                .push(words.trim());
        } else {
            let (call, figures) = line.split_once(": ").expect("a call and its figures");
            let figures = figures.split(", ").map(|figure| {
                let (name, most) = figure.split_once(' ').expect("a figure");
                (name, most.parse().expect("a number"))
            });
            budgets.push(Budget {
                call,
                statements: Vec::new(),
                most: figures.collect(),
            });
        }
    }
    budgets
}

/// Everything that a session runs is kept, one row for each instruction. Nothing has to be durable.
const OPTIONS: [&str; 8] = [
    "--skip-log-bin",
    "--innodb-flush-log-at-trx-commit=0",
    "--performance-schema=ON",
    "--performance-schema-instrument=statement/%=ON",
    "--performance-schema-consumer-events-statements-current=ON",
    "--performance-schema-consumer-events-statements-history-long=ON",
    "--performance-schema-events-statements-history-long-size=5000",
    "--performance-schema-max-statement-stack=100",
];

/// What this session has run since the last time: statements, and instructions by instrument.
async fn counted(db: &TestDb, conn: &mut Conn) -> (Vec<String>, BTreeMap<String, i64>) {
    let thread = query(conn, "SELECT CONNECTION_ID() AS id").await.unwrap();
    let thread = thread.first().int("id");
    let rows = db
        .rows(&format!(
            "SELECT SUBSTRING(EVENT_NAME, 14) AS instrument, COALESCE(SQL_TEXT, '') AS words
             FROM performance_schema.events_statements_history_long
             WHERE EVENT_NAME LIKE 'statement/sp/%' AND THREAD_ID =
                 (SELECT THREAD_ID FROM performance_schema.threads WHERE PROCESSLIST_ID = {thread})
             ORDER BY EVENT_ID"
        ))
        .await;
    db.exec("TRUNCATE TABLE performance_schema.events_statements_history_long")
        .await;
    let mut statements = Vec::new();
    let mut counts = BTreeMap::from([("all".to_owned(), 0)]);
    for row in rows {
        let instrument = row.str("instrument");
        if instrument == "stmt" {
            let words = row.str("words");
            statements.push(words.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        for name in [instrument.as_str(), "all"] {
            *counts.entry(name.to_owned()).or_default() += 1;
        }
    }
    (statements, counts)
}

#[tokio::test]
async fn an_order_and_what_is_called_around_it_run_what_their_budget_names() {
    let server = PrivateServer::start_with(engine(), &OPTIONS).await;
    let db = TestDb::empty_on(server.url()).await;
    db.load().await;
    db.fixture().await;
    db.exec(JOINED_WALLET).await;
    // A buyer's first cart makes its header as well.
    db.exec("INSERT INTO shop_cart_headers (shop_id, user_id) SELECT shop_id, user_id FROM member")
        .await;
    let mut conn = db.conn_as_gateway().await;
    let mut counts = Vec::new();
    // The first time the routines are loaded as well.
    for user in ["u1", "u2"] {
        let mut cart_ids = Vec::new();
        for product in ["book", "chair", "pen"] {
            cart_ids.push(db.add_cart(1, user, product, NO_OPTION, 1).await);
        }
        let order = OrderCall::new(user, &cart_ids)
            .user(1, user)
            .client_total("43500");
        let tx = format!("W{}", &sha256_hex(user)[..32]);
        let paid = joined_paid(user, &tx, "43500");
        // The rows are a page's: who reads them first notes them in the header.
        call(&mut conn, "select_shop_cart", (1, user, None::<&str>))
            .await
            .unwrap();
        counted(&db, &mut conn).await;
        let ids = serde_json::to_string(&cart_ids).unwrap();
        call(&mut conn, "select_shop_cart", (1, user, None::<&str>))
            .await
            .unwrap();
        counts = vec![counted(&db, &mut conn).await];
        let none = None::<&str>;
        call(
            &mut conn,
            "shop_order_quote",
            (1, user, ids, none, none, none, none, none, none, none),
        )
        .await
        .unwrap();
        counts.push(counted(&db, &mut conn).await);
        let made = order.call(&mut conn).await.unwrap();
        counts.push(counted(&db, &mut conn).await);
        let key = made.first().str("order_key");
        call(&mut conn, "shop_order_select", (1, user, key))
            .await
            .unwrap();
        counts.push(counted(&db, &mut conn).await);
        for verdict in ["paid", "repeated"] {
            let answer = call(
                &mut conn,
                "shop_order_update",
                ("wallet", "M1", "notify", paid.as_str()),
            )
            .await;
            assert_eq!(answer.unwrap().first().str("verdict"), verdict);
            counts.push(counted(&db, &mut conn).await);
        }
    }
    let lost = db
        .rows("SHOW GLOBAL STATUS LIKE 'Performance_schema_nested_statement_lost'")
        .await;
    assert_eq!(lost[0].str("Value"), "0");

    let budgets = budgets();
    assert_eq!(budgets.len(), counts.len());
    let mut wrong = Vec::new();
    for (budget, (statements, counts)) in budgets.iter().zip(&counts) {
        let named = statements.len() == budget.statements.len()
            && statements
                .iter()
                .zip(&budget.statements)
                .all(|(words, named)| words.starts_with(named));
        if !named {
            let ran: Vec<String> = statements
                .iter()
                .map(|words| words.chars().take(60).collect())
                .collect();
            wrong.push(format!("{} runs\n    {}", budget.call, ran.join("\n    ")));
        }
        for (name, most) in &budget.most {
            let found = counts.get(*name).copied().unwrap_or(0);
            if found > *most || found == 0 {
                wrong.push(format!(
                    "{}: {name} {found}, {most} in the budget",
                    budget.call
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The approval that the wallet of the sandbox sends, as the JSON object of `shop_order_update`.
fn joined_paid(number: &str, transaction: &str, amount: &str) -> String {
    let time = "20261120120000";
    let hash = sha256_hex(&format!(
        "0000{number}{transaction}{amount}{time}M1{WALLET_KEY}"
    ));
    serde_json::json!({
        "mId": "M1", "mTrdNo": number, "trdNo": transaction, "trdAmt": amount, "rsltCd": "0000",
        "rsltMsg": "approved", "authDt": time, "pktHash": hash,
    })
    .to_string()
}
