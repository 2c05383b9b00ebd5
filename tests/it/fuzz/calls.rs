//! Direct CALLs of every public routine, by the accounts that may call it, from several sessions at once.

use std::sync::Arc;
use std::time::Duration;

use super::judge::Judge;
use super::routines::{Account, Kind, Routine, choose, routines};
use super::world::{self, Subject, World};
use super::{Dice, Findings, Plan, Progress, hostile, messages};
use crate::support::*;

/// After so many calls a session looks again at what there is.
const LOOK: usize = 12;
const TIME_PASSES: usize = 60;

struct Shared {
    db: TestDb,
    plan: Plan,
    routines: Vec<Routine>,
    judge: Judge,
    findings: Findings,
    progress: Progress,
}

/// One connection per account.
struct Session {
    gateway: Conn,
    operator: Conn,
    dba: Conn,
}

impl Session {
    async fn open(db: &TestDb) -> Session {
        let mut session = Session {
            gateway: db.conn_as_gateway().await,
            operator: db.conn_as_operator().await,
            dba: db.conn().await,
        };
        for account in [Account::Gateway, Account::Operator, Account::Dba] {
            let set = "SET SESSION innodb_lock_wait_timeout = 20";
            session
                .of(account)
                .query_drop(set)
                .await
                .expect("a setting");
        }
        session
    }

    fn of(&mut self, account: Account) -> &mut Conn {
        match account {
            Account::Gateway => &mut self.gateway,
            Account::Operator => &mut self.operator,
            Account::Dba => &mut self.dba,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_has_an_outcome_that_its_routine_does_not_declare() {
    let plan = Plan::from_env();
    let db = world::shop().await;
    let shared = Arc::new(Shared {
        routines: routines(&db).await,
        judge: Judge::new(&db).await,
        findings: Findings::new(plan),
        progress: Progress::new("fuzz of CALLs", plan),
        plan,
        db,
    });
    assert!(shared.routines.len() >= 17, "{:?}", shared.routines);
    let mut sessions = Vec::new();
    for number in 0..plan.sessions {
        sessions.push(tokio::spawn(run(shared.clone(), number)));
    }
    let mut open = Vec::new();
    for session in sessions {
        open.push(session.await.expect("a session"));
    }
    assert_nothing_is_left(&shared, open).await;
    shared.findings.assert_none();
    let deep = [
        "OK",
        "CART_NOT_FOUND",
        "CHANNEL_NOT_ALLOWED",
        "INVALID_INPUT",
        "MERCHANT_NOT_FOUND",
        "ORDER_NOT_FOUND",
        "OUT_OF_STOCK",
        "PRODUCT_UNAVAILABLE",
        "SHOP_NOT_FOUND",
        "refused by the server",
    ];
    shared.progress.finish(&deep);
    let paid = shared
        .db
        .int("SELECT COUNT(*) FROM shop_orders WHERE order_status IN (2, 6)")
        .await;
    assert!(paid >= 5 || plan.count < 2_000, "{paid} orders were paid");
    shared.db.assert_audit_finds_contradictions_only().await;
}

async fn run(shared: Arc<Shared>, number: usize) -> Session {
    let mut dice = shared.plan.dice(number);
    let mut session = Session::open(&shared.db).await;
    let mut world = World::default();
    for at in 0..shared.plan.share(number) {
        if at % LOOK == 0 {
            world = World::look(&shared.db).await;
        }
        if at % TIME_PASSES == TIME_PASSES - 1 {
            World::let_time_pass(&mut session.dba).await;
        }
        let routine = choose(&mut dice, &shared.routines, at);
        let account = *dice.pick(&routine.callers);
        let (_, mut values) = good_values(&mut dice, &mut session.gateway, &world, routine).await;
        spoil(&mut dice, routine, &mut values);
        let as_text = dice.percent(30) || !has_the_gateways_types(routine, &values);
        let sql = statement(routine, &values);
        let conn = session.of(account);
        let answer = if as_text {
            query(conn, &sql).await
        } else {
            call(conn, &routine.name, Params::Positional(values.clone())).await
        };
        let mut wrong: Vec<String> = shared
            .judge
            .wrong(routine, &values, &answer)
            .into_iter()
            .collect();
        // Fails inside an open transaction, and on a connection that is out of step.
        let probe = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";
        if let Err(e) = conn.query_drop(probe).await {
            wrong.push(format!(
                "{}: left its connection unusable: {e}",
                routine.name
            ));
            session = Session::open(&shared.db).await;
        }
        for what in wrong {
            shared.findings.add(
                &what,
                number,
                at,
                &format!("as {account:?}, as text {as_text}: {sql}"),
            );
        }
        shared.progress.step(match &answer {
            Ok(_) => "OK",
            Err(error) if error.code().is_empty() => "refused by the server",
            Err(error) => error.code(),
        });
    }
    session
}

/// A call that should succeed, and whose it is; the total is what the quote says.
pub async fn good_values(
    dice: &mut Dice,
    gateway: &mut Conn,
    world: &World,
    routine: &Routine,
) -> (Subject, Vec<Value>) {
    let who = world.subject(
        dice,
        routine.has("pi_cart_ids_json") || routine.has("pi_cart_id"),
    );
    let mut values = world.good_call(dice, routine, &who);
    if let (Some(total), Some(ids)) = (
        routine.position("pi_client_total"),
        routine.position("pi_cart_ids_json"),
    ) {
        let (null, ids) = (Value::NULL, values[ids].clone());
        let same = |name: &str| {
            let at = routine.position(name);
            at.map_or(Value::NULL, |at| values[at].clone())
        };
        let quote = vec![
            who.shop_id.into(),
            who.user_id.as_str().into(),
            ids,
            null.clone(),
            same("pi_coupon_ids_json"),
            same("pi_point_to_use"),
            null.clone(),
            null.clone(),
            same("pi_cash_to_use"),
            null,
        ];
        if let Ok(sets) = call(gateway, "shop_order_quote", Params::Positional(quote)).await {
            values[total] = sets.first().str("total_payment").into();
        }
    }
    (who, values)
}

/// Leaves many calls as they are, or something else in a parameter or two.
pub fn spoil(dice: &mut Dice, routine: &Routine, values: &mut [Value]) {
    let times = *dice.pick(&[0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 12]);
    for _ in 0..times {
        if values.is_empty() {
            return;
        }
        let at = dice.below(values.len());
        let kind = routine.parameters.get(at).map(|parameter| &parameter.kind);
        values[at] = match (&values[at], kind) {
            // Most of what is no number does not even get to the routine.
            (_, Some(Kind::Number { most })) if dice.percent(80) => {
                (*dice.pick(&[0, 1, 2, 3, 99, *most])).into()
            }
            (Value::Bytes(good), _) if dice.percent(60) => {
                let good = String::from_utf8_lossy(good).into_owned();
                hostile::mutate(dice, &good).into()
            }
            _ => hostile::value(dice),
        };
    }
}

/// A prepared statement keeps the types of its parameters, as those of the gateway do: MySQL 9.7 refuses good text with
/// 3988 once a statement has been given another type in two places. Everything else goes as text, as a DBA types it.
fn has_the_gateways_types(routine: &Routine, values: &[Value]) -> bool {
    routine
        .parameters
        .iter()
        .zip(values)
        .all(|(parameter, value)| {
            matches!(
                (&parameter.kind, value),
                (_, Value::NULL)
                    | (Kind::Number { .. }, Value::Int(_) | Value::UInt(_))
                    | (Kind::Text { .. }, Value::Bytes(_))
            )
        })
}

/// The CALL as somebody would type it.
fn statement(routine: &Routine, values: &[Value]) -> String {
    let values: Vec<String> = values.iter().map(|value| value.as_sql(false)).collect();
    format!("CALL {}({})", routine.name, values.join(", "))
}

/// With all connections still there: no lock is held, nobody has logged anything, and no card number was kept.
async fn assert_nothing_is_left(shared: &Shared, open: Vec<Session>) {
    let mut fresh = shared.db.conn().await;
    fresh
        .query_drop("SET SESSION innodb_lock_wait_timeout = 2; BEGIN")
        .await
        .expect("a transaction");
    let tables = shared
        .db
        .rows(
            "SELECT TABLE_NAME AS t FROM information_schema.TABLES
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'",
        )
        .await;
    for table in tables {
        let table = table.str("t");
        let lock = format!("SELECT COUNT(*) FROM {table} FOR UPDATE");
        if let Err(e) = fresh.query_drop(&lock).await {
            shared
                .findings
                .add(&format!("{table} is locked: {e}"), 0, 0, &lock);
        }
    }
    fresh.query_drop("ROLLBACK").await.expect("an end");
    drop(open);
    let log = shared
        .db
        .rows("SELECT routine, step, errno, message, parameters_json FROM shop_error_log ORDER BY seq_no LIMIT 20")
        .await;
    for row in log {
        let kind = format!(
            "shop_error_log: {} {} {}",
            row.str("routine"),
            row.str("step"),
            row.str("errno")
        );
        shared.findings.add(&kind, 0, 0, &format!("{row:?}"));
    }
    assert_no_card_is_kept(&shared.db, &shared.findings).await;
    tokio::time::timeout(Duration::from_secs(20), fresh.disconnect())
        .await
        .expect("a connection that ends")
        .ok();
}

/// In no table, whatever field it came in.
pub async fn assert_no_card_is_kept(db: &TestDb, findings: &Findings) {
    for (table, column) in [
        ("shop_pg_messages", "fields_json"),
        ("shop_payments", "result_msg"),
        ("shop_orders", "COALESCE(approval_msg, '')"),
        ("shop_order_logs", "log_message"),
        ("shop_error_log", "parameters_json"),
    ] {
        let sql = format!(
            "SELECT {column} AS text FROM {table} WHERE LOCATE('{}', {column}) > 0 LIMIT 1",
            messages::CARD
        );
        for row in db.rows(&sql).await {
            findings.add(
                &format!("{table} keeps a card number"),
                0,
                0,
                &row.str("text"),
            );
        }
    }
}
