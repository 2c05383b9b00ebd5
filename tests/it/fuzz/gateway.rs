//! HTTP requests over every route of both ports, by several connections at once.

use std::sync::Arc;
use std::time::Duration;

use super::calls::{assert_no_card_is_kept, good_values, spoil};
use super::messages::CARD;
use super::raw::Connection;
use super::replies::{Expected, SECRETS};
use super::requests::{Request, Route, choose, noise, routes};
use super::routines::routines;
use super::world::{self, World};
use super::{Findings, Plan, Progress};
use crate::http::{order_body, post};
use crate::support::*;

const LOOK: usize = 12;
const TIME_PASSES: usize = 60;
/// A gateway with four connections to the database, measured at a third of it.
const MOST_KILOBYTES: u64 = 192 * 1024;

struct Shared {
    db: TestDb,
    plan: Plan,
    routes: Vec<Route>,
    expected: Expected,
    findings: Findings,
    progress: Progress,
    /// Shops and buyers, operators.
    ports: [u16; 2],
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_gets_an_answer_that_the_gateway_promises() {
    let plan = Plan::from_env();
    let db = world::shop().await;
    let mut gateway = Gateway::start(&db).await;
    let routes = routes(&gateway, &routines(&db).await).await;
    assert!(routes.len() >= 17 + 4, "{routes:?}");
    let ports = [gateway.base(), gateway.operator_url("")].map(|url| {
        let port = url.rsplit(':').next().and_then(|port| port.parse().ok());
        port.expect("a port")
    });
    let shared = Arc::new(Shared {
        expected: Expected::new(&db).await,
        findings: Findings::new(plan),
        progress: Progress::new("fuzz of the gateway", plan),
        plan,
        routes,
        ports,
        db,
    });
    let sessions: Vec<_> = (0..plan.sessions)
        .map(|number| tokio::spawn(run(shared.clone(), number)))
        .collect();
    for session in sessions {
        session.await.expect("a session");
    }
    let (db, findings) = (&shared.db, &shared.findings);
    check_what_is_left(db, &mut gateway, findings).await;
    findings.assert_none();
    db.assert_audit_finds_contradictions_only().await;
    eprintln!("fuzz of the gateway: {} KiB at most", peak(&gateway));
    let deep = [
        "200",
        "303",
        "400",
        "CART_NOT_FOUND",
        "INVALID_INPUT",
        "MEDIA_TYPE_NOT_SUPPORTED",
        "METHOD_NOT_ALLOWED",
        "ORDER_NOT_FOUND",
        "ROUTE_NOT_FOUND",
        "SIGNATURE_INVALID",
    ];
    shared.progress.finish(&deep);
    let paid = db
        .int("SELECT COUNT(*) FROM shop_orders WHERE order_status IN (2, 6)")
        .await;
    eprintln!("fuzz of the gateway: {paid} orders were paid");
    assert!(paid >= 3 || plan.count < 2_000);
    an_order_still_works(db, &gateway).await;
}

async fn run(shared: Arc<Shared>, number: usize) {
    let mut dice = shared.plan.dice(number);
    let mut quotes = shared.db.conn_as_gateway().await;
    let mut by_hand = shared.db.conn().await;
    let mut open: [Option<Connection>; 2] = [None, None];
    let mut world = World::default();
    for at in 0..shared.plan.share(number) {
        if at % LOOK == 0 {
            world = World::look(&shared.db).await;
        }
        if at % TIME_PASSES == TIME_PASSES - 1 {
            World::let_time_pass(&mut by_hand).await;
        }
        let request = if dice.percent(3) {
            noise(&mut dice)
        } else {
            let route = choose(&mut dice, &shared.routes);
            let (who, mut values) =
                good_values(&mut dice, &mut quotes, &world, &route.routine).await;
            spoil(&mut dice, &route.routine, &mut values);
            super::requests::request(&mut dice, &world, route, &who, &values)
        };
        let port = usize::from(request.operator);
        let answer = exchange(&mut open[port], shared.ports[port], &request).await;
        if let Some(what) = shared.expected.wrong(&request, &answer) {
            let sent = request.bytes.escape_ascii();
            let said = match &answer {
                Ok(Some(answer)) => answer.shown(),
                other => format!("{other:?}"),
            };
            let input = format!("{said}\n    to {sent}");
            shared.findings.add(&what, number, at, &input);
        }
        shared.progress.step(&Expected::outcome(&answer));
    }
}

/// On the connection that is open, when the request leaves it usable; else on one of its own, which it ends.
async fn exchange(
    open: &mut Option<Connection>,
    port: u16,
    request: &Request,
) -> Result<Option<super::raw::Answer>, String> {
    if !request.well_formed {
        let mut own = Connection::open(port).await;
        own.send(&request.bytes, true).await;
        return own.answer(request.bodiless).await;
    }
    let mut connection = match open.take() {
        Some(connection) => connection,
        None => Connection::open(port).await,
    };
    connection.send(&request.bytes, false).await;
    let answer = connection.answer(request.bodiless).await;
    let goes_on = matches!(&answer, Ok(Some(answer)) if answer.header("connection").as_deref() != Some("close"));
    if goes_on {
        *open = Some(connection);
    }
    answer
}

async fn check_what_is_left(db: &TestDb, gateway: &mut Gateway, findings: &Findings) {
    let log = gateway.log();
    if let Some(status) = gateway.process.ended() {
        findings.add(&format!("the gateway ended with {status}"), 0, 0, "");
    }
    for line in log.lines() {
        let shown = SECRETS
            .iter()
            .chain(&[CARD])
            .find(|secret| line.contains(**secret));
        if let Some(secret) = shown {
            findings.add(&format!("the log shows {secret}"), 0, 0, line);
        }
        if line.contains("panic") {
            findings.add("the log has a panic", 0, 0, line);
        }
        if line.contains(" ERROR ") {
            findings.add("the log has an error", 0, 0, line);
        }
    }
    if peak(gateway) > MOST_KILOBYTES {
        findings.add(&format!("the gateway took {} KiB", peak(gateway)), 0, 0, "");
    }
    for row in db
        .rows("SELECT routine, step, errno, message, parameters_json FROM shop_error_log ORDER BY seq_no LIMIT 20")
        .await
    {
        let kind = format!("shop_error_log: {} {} {}", row.str("routine"), row.str("step"), row.str("errno"));
        findings.add(&kind, 0, 0, &format!("{row:?}"));
    }
    assert_no_card_is_kept(db, findings).await;
}

/// The most memory the process has ever had.
fn peak(gateway: &Gateway) -> u64 {
    let path = format!("/proc/{}/status", gateway.process.id());
    let status = std::fs::read_to_string(path).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.expect("the gateway's memory")
}

async fn an_order_still_works(db: &TestDb, gateway: &Gateway) {
    db.exec(
        "CALL shop_stock_set(1, 'book', NULL, 'free', '1', 'one for sale');
         DELETE FROM shop_cart WHERE shop_id = 1 AND user_id = 'u1'",
    )
    .await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let body = order_body("AFTERWARDS", &[cart_id], "10000");
    let limit = Duration::from_secs(20);
    let placed = tokio::time::timeout(limit, post(gateway, "/v1/orders", "u1", &body));
    assert_eq!(placed.await.expect("an answer").ok()["replayed"], 0);
    let message = WalletMessage::paid("AFTERWARDS", "W-AFTERWARDS", "10000").form();
    let notify = gateway
        .request(Method::POST, "/pg/wallet/M1/notify")
        .form(&message);
    let answer = notify.send().await.expect("an answer");
    assert_eq!(answer.text().await.expect("a text"), "OK");
    let status = db
        .int("SELECT order_status FROM shop_orders WHERE order_number = 'AFTERWARDS'")
        .await;
    assert_eq!(status, 2);
    db.assert_audit_finds_contradictions_only().await;
}
