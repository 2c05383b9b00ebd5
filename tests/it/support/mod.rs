//! The harness: everything that a test needs and that is not what it tests.
//!
//! ```ignore
//! use crate::support::*;
//!
//! #[tokio::test]
//! async fn a_second_order_with_the_same_key_is_a_replay() {
//!     let db = TestDb::with_fixture().await;               // own database, emptied at the end
//!     let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 2).await;
//!     let mut conn = db.conn_as_gateway().await;
//!     let order = OrderCall::new("T1", &[cart_id]).client_total("20000");
//!     let first = order.call(&mut conn).await.unwrap();
//!     let again = order.call(&mut conn).await.unwrap();
//!     assert_eq!(again.first().int("replayed"), 1);
//!     assert_eq!(first.first().str("order_key"), again.first().str("order_key"));
//!     let error = OrderCall::new("T1", &[cart_id]).client_total("1").call(&mut conn).await.unwrap_err();
//!     assert_eq!(error.code(), "IDEMPOTENCY_MISMATCH");
//!     assert_eq!(db.int("SELECT COUNT(*) FROM shop_orders").await, 1);
//!     db.assert_audit_clean().await;
//! }
//! ```
//!
//! Two sessions in a fixed interleaving:
//!
//! ```ignore
//! let mut holder = db.conn().await;
//! holder.query_drop("BEGIN; SELECT * FROM shop_cart_headers FOR UPDATE").await.unwrap();
//! let order = Running::order(&db, OrderCall::new("T1", &[cart_id]).client_total("20000")).await;
//! order.wait_until_blocked().await;                        // seen in the server, not slept for
//! holder.query_drop("COMMIT").await.unwrap();
//! order.finish().await.unwrap();
//! ```
//!
//! Over HTTP: `let gateway = Gateway::start(&db).await;` then
//! `gateway.shop(Method::POST, "/v1/orders", "u1").json(&body).send().await`.
//!
//! Between a gateway and its database, at a distance or with cuts: `let proxy = Proxy::start(&url);`, see `proxy.rs`.
//!
//! The server under test is named by JUMUN_TEST_ENGINE (`mariadb` or `mysql`) and JUMUN_TEST_SERVER
//! (`mysql://root@127.0.0.1:port`); `tests/tools/with-server` sets both. Its accounts jumun_gateway and
//! jumun_operator get [`TEST_PASSWORD`]; a test that changes accounts or global variables takes a
//! [`PrivateServer`].
#![allow(dead_code, unused_imports)] // a harness offers more than the tests of one day use

mod browser;
mod call;
mod db;
mod fixture;
mod gateway;
mod golden;
mod load;
mod order;
mod pool;
mod private_server;
mod process;
mod proxy;
pub mod refusal;
mod server;
mod session;
mod ticket;

pub use browser::{Browser, DESKTOP, PHONE};
pub use call::{CallError, Row, Set, Sets, call, query};
pub use db::{TEST_PASSWORD, TestDb};
pub use fixture::{JOINED_WALLET, NO_OPTION, SHOP_KEY, SHOP_KEY_2, WALLET_KEY};
pub use gateway::{Gateway, OPERATOR_KEY, Sandbox, example};
pub use golden::{assert_golden, schema_dump};
pub use load::{Script, scripts, split};
pub use mysql_async::prelude::Queryable;
pub use mysql_async::{Conn, Params, Value};
pub use order::{OrderCall, WalletMessage, settle, sha256_hex};
pub use private_server::PrivateServer;
pub use process::{Process, free_port, temp_dir};
pub use proxy::{Cut, Proxy, Seen, Way};
pub use reqwest::Method;
pub use server::{Engine, PROCESSLIST, engine, server_url};
pub use session::{Running, blocked_on_row, eventually, storm, wait_until_blocked};
pub use ticket::{TICKET_KEY, Ticket, blocks, in_seconds};
