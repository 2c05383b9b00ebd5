//! What a plain order and its payment may cost: instructions of the procedure language and statements, as the server itself
//! counts them. A statement costs a multiple of a SET or IF, and these are most of the processor time of a CALL.
//!
//! A change that needs more raises the figure here, and says in its commit why an order must pay for it.

use std::collections::BTreeMap;

use crate::support::*;

/// One instrument and how often it may be met. Those of cursors, handlers and returns of functions are in `all`.
struct Budget {
    call: &'static str,
    /// Statements of SQL, also nested CALLs.
    stmt: i64,
    set: i64,
    jump_if_not: i64,
    /// All instructions.
    all: i64,
}

/// The same on both engines: it is the same source. Three lines, a stored address; then its approval, and the same again.
const BUDGETS: [Budget; 3] = [
    Budget {
        call: "shop_order_insert",
        stmt: 17,
        set: 97,
        jump_if_not: 17,
        all: 140,
    },
    Budget {
        call: "shop_order_update, paid",
        stmt: 12,
        set: 81,
        jump_if_not: 23,
        all: 124,
    },
    Budget {
        call: "shop_order_update, repeated",
        stmt: 15,
        set: 108,
        jump_if_not: 27,
        all: 157,
    },
];

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

/// Instructions that this session has run since the last time, by instrument.
async fn counted(db: &TestDb, conn: &mut Conn) -> BTreeMap<String, i64> {
    let thread = query(conn, "SELECT CONNECTION_ID() AS id").await.unwrap();
    let thread = thread.first().int("id");
    let rows = db
        .rows(&format!(
            "SELECT SUBSTRING(EVENT_NAME, 14) AS instrument, COUNT(*) AS n
             FROM performance_schema.events_statements_history_long
             WHERE EVENT_NAME LIKE 'statement/sp/%' AND THREAD_ID =
                 (SELECT THREAD_ID FROM performance_schema.threads WHERE PROCESSLIST_ID = {thread})
             GROUP BY EVENT_NAME"
        ))
        .await;
    db.exec("TRUNCATE TABLE performance_schema.events_statements_history_long")
        .await;
    rows.iter()
        .map(|row| (row.str("instrument"), row.int("n")))
        .collect()
}

#[tokio::test]
async fn an_order_and_its_payment_run_no_more_instructions_than_they_may() {
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
        counted(&db, &mut conn).await;
        order.call(&mut conn).await.unwrap();
        counts = vec![counted(&db, &mut conn).await];
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

    let mut wrong = Vec::new();
    for (budget, counts) in BUDGETS.iter().zip(&counts) {
        let of = |name: &str| counts.get(name).copied().unwrap_or(0);
        let found = [
            ("stmt", of("stmt"), budget.stmt),
            ("set", of("set"), budget.set),
            ("jump_if_not", of("jump_if_not"), budget.jump_if_not),
            ("all", counts.values().sum(), budget.all),
        ];
        for (what, found, may) in found
            .iter()
            .filter(|(_, found, may)| found > may || *found == 0)
        {
            wrong.push(format!(
                "{}: {what} {found}, {may} in the budget; {counts:?}",
                budget.call
            ));
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
