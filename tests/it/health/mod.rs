//! The database is there, and yet the shop cannot be served: what callers are told, what `/ready` says, what `db check`
//! and `db load` say, and that it goes on as soon as it can.

mod cannot_run;
mod hangs;
mod read_only;
mod settings;

use std::process::Command;

use crate::http::{Reply, order_body};
use crate::support::*;

/// A server of its own, since accounts and global variables are changed, with the fixture's database.
async fn private() -> (PrivateServer, TestDb) {
    let server = PrivateServer::start(engine()).await;
    let db = TestDb::empty_on(server.url()).await;
    db.load().await;
    db.fixture().await;
    (server, db)
}

/// `jumun db check` or `db load`: whether it ended well, and everything it said.
async fn jumun_db(db: &TestDb, verb: &str) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jumun"));
    command
        .args(["db", verb])
        .env("JUMUN_ADMIN_DATABASE_URL", db.admin_url())
        .env_remove("JUMUN_DATABASE_URL")
        .env_remove("JUMUN_OPERATOR_DATABASE_URL")
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .expect("the task")
        .expect("jumun");
    let words = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&words).into_owned(),
    )
}

/// What /ready gives as reasons; none when it says yes.
async fn reasons(gateway: &Gateway) -> Vec<String> {
    // Answers are shared for a tenth of a second.
    tokio::time::sleep(std::time::Duration::from_millis(120)).await;
    let reply = Reply::of(gateway.operator(Method::GET, "/ready")).await;
    let body = reply.json();
    let listed = body["reasons"].as_array().expect("reasons");
    let texts: Vec<String> = listed
        .iter()
        .map(|reason| reason.as_str().expect("a text").to_owned())
        .collect();
    assert_eq!(reply.status, if texts.is_empty() { 200 } else { 503 });
    assert_eq!(body["ready"], texts.is_empty());
    texts
}

/// Panics unless one of them names all of these.
#[track_caller]
fn assert_names(reasons: &[String], parts: &[&str]) {
    let named = |reason: &String| parts.iter().all(|part| reason.contains(part));
    assert!(reasons.iter().any(named), "{parts:?} among {reasons:#?}");
}

/// u1 orders one book.
async fn order(gateway: &Gateway, db: &TestDb, number: &str) -> Reply {
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    order_row(gateway, number, cart_id).await
}

/// The order of a row that is in the cart already: writing one needs the owner of the triggers.
async fn order_row(gateway: &Gateway, number: &str, cart_id: i64) -> Reply {
    let body = order_body(number, &[cart_id], "10000");
    Reply::of(gateway.shop(Method::POST, "/v1/orders", "u1").json(&body)).await
}
