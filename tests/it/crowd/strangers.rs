//! Whoever has no key sends what looks like messages of a payment gateway: buyers and true messages get through.

use std::net::{IpAddr, Ipv4Addr};

use mysql_async::prelude::Queryable;
use tokio::task::{JoinHandle, JoinSet};

use super::*;

const WAITING: &str = r#"jumun_calls_waiting{pool="public"} "#;

fn client_at(last: u8) -> reqwest::Client {
    let address = IpAddr::from(Ipv4Addr::new(127, 0, 0, last));
    let client = reqwest::Client::builder().no_proxy().local_address(address);
    client.timeout(SOON).build().expect("an HTTP client")
}

/// The wallet's message about a paid order, from one of the addresses of this machine.
fn paid_from(last: u8, gateway: &Gateway, number: &str) -> JoinHandle<Reply> {
    let paid = WalletMessage::paid(number, &format!("W{number}"), "10000");
    let url = gateway.url("/pg/wallet/M1/notify");
    tokio::spawn(Reply::of(client_at(last).post(url).form(&paid.form())))
}

#[tokio::test]
async fn one_address_cannot_take_the_places_of_buyers_or_of_other_addresses() {
    let db = TestDb::with_fixture().await;
    let env = [
        ("JUMUN_QUEUE", "8"),
        ("JUMUN_TRUSTED_PROXIES", "192.0.2.1"),
        ("JUMUN_LOCK_WAIT_SECONDS", "20"),
    ];
    let gateway = Gateway::start_with(&db, &env).await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let body = order_body("T1", &[cart_id], "10000");
    post(&gateway, "/v1/orders", "u1", &body).await.ok();

    let mut holder = db.conn().await;
    let lock =
        "BEGIN; SELECT * FROM shop_cart_headers FOR UPDATE; SELECT * FROM shop_orders FOR UPDATE";
    holder.query_drop(lock).await.expect("locks");
    // Four run, four wait: half of the queue. More are refused.
    let mut flood: Vec<_> = (0..4).map(|_| paid_from(10, &gateway, "T1")).collect();
    let in_use = r#"jumun_pool_connections{pool="public",state="in_use"} "#;
    eventually("all connections are in use", || async {
        metric(&gateway, in_use).await == 4
    })
    .await;
    flood.extend((0..6).map(|_| paid_from(10, &gateway, "T1")));
    let refused =
        |flood: &[JoinHandle<Reply>]| flood.iter().filter(|one| one.is_finished()).count();
    eventually("two are refused", || async { refused(&flood) == 2 }).await;
    assert_eq!(metric(&gateway, WAITING).await, 4);

    let cart = tokio::spawn(Reply::of(gateway.shop(Method::GET, "/v1/cart", "u2")));
    eventually("a buyer waits too", || async {
        metric(&gateway, WAITING).await == 5
    })
    .await;
    let other = paid_from(11, &gateway, "T1");
    eventually("who sent most makes room for another", || async {
        refused(&flood) == 3
    })
    .await;
    assert_eq!(metric(&gateway, WAITING).await, 5);
    assert!(!cart.is_finished() && !other.is_finished());

    holder.query_drop("COMMIT").await.expect("the locks' end");
    cart.await.expect("no panic").ok();
    assert_eq!(other.await.expect("no panic").text, "OK");
    let mut answers = [0, 0];
    for one in flood {
        let reply = one.await.expect("no panic");
        if reply.status == 200 {
            answers[0] += 1;
        } else {
            reply.problem(503, "OVERLOADED");
            answers[1] += 1;
        }
    }
    assert_eq!(answers, [7, 3]);
    db.assert_audit_clean().await;
}

/// Sends one message after the other, each when the last one has been answered.
async fn send_on(last: u8, address: String, message: String) {
    loop {
        let mut stream = send_from(last, &address, message.as_bytes()).await;
        while !first_piece(&mut stream).await.is_empty()
            && stream.write_all(message.as_bytes()).await.is_ok()
        {}
    }
}

#[tokio::test]
async fn a_flood_of_false_messages_leaves_buyers_alone() {
    allow_descriptors();
    let db = TestDb::with_fixture().await;
    let env = [
        ("JUMUN_TRUSTED_PROXIES", "192.0.2.1"),
        ("JUMUN_QUEUE", "32"),
        ("RUST_LOG", "warn"),
    ];
    let gateway = on_fresh_connections(Gateway::start_with(&db, &env).await);
    let address = address(&gateway.base());
    let message = "POST /pg/wallet/M1/notify HTTP/1.1\r\nHost: a\r\n\
        Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=b";
    // In one line they take every place, and a buyer is refused nearly always.
    let flood: JoinSet<()> = (0..200)
        .map(|n| send_on(2 + n % 8, address.clone(), message.to_owned()))
        .collect();
    let refused = r#"jumun_calls_refused_total{reason="QueueFull"} "#;
    eventually("there are too many", || async {
        metric(&gateway, refused).await > 100
    })
    .await;
    for n in 0..3 {
        buy(&gateway, &db, "u1", &format!("T{n}")).await;
    }
    let before = metric(&gateway, refused).await;
    eventually("there still are", || async {
        metric(&gateway, refused).await > before
    })
    .await;
    drop(flood);
    db.assert_audit_clean().await;
}
