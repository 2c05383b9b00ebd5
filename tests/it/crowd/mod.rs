//! People who mean harm hold connections open: in every phase of a request, thousands of them. They are let go by
//! their limits, they cost little, and buyers are served meanwhile.

mod caps;
mod held;
mod limits;
mod strangers;
mod unread;

use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::http::{Reply, get, order_body, post};
use crate::support::*;

/// For what has to happen soon, on a machine that is busy with other tests.
const SOON: Duration = Duration::from_secs(20);

/// Allows this process as many descriptors as it may have.
fn allow_descriptors() {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("the limit of descriptors");
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).expect("descriptors");
    assert!(
        hard > 12_000,
        "these tests open thousands of sockets: ulimit -Hn is {hard}"
    );
}

/// How many connections of the public address are open.
const OPEN: &str = r#"jumun_connections{address="public"} "#;

/// The address that a base URL names.
fn address(base: &str) -> String {
    base.strip_prefix("http://").expect("an address").to_owned()
}

/// A connection from one of the addresses of this machine, 127.0.0.n.
async fn connect_from(last: u8, address: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    // Small, so that what is not read stays with the gateway.
    socket.set_recv_buffer_size(2048).expect("a socket option");
    let from = format!("127.0.0.{last}:0").parse().expect("an address");
    socket.bind(from).expect("an address of this machine");
    let stream = socket.connect(address.parse().expect("an address")).await;
    stream.expect("a connection")
}

/// The same, with something sent.
async fn send_from(last: u8, address: &str, bytes: &[u8]) -> TcpStream {
    let mut stream = connect_from(last, address).await;
    stream.write_all(bytes).await.expect("to send");
    stream
}

/// Everything that comes until the connection ends; a reset is an end as well. Panics when it does not end.
async fn until_closed(stream: &mut TcpStream, what: &str) -> String {
    let mut all = Vec::new();
    let end = timeout(SOON, stream.read_to_end(&mut all)).await;
    assert!(
        end.is_ok(),
        "{what}: still open after {}",
        String::from_utf8_lossy(&all)
    );
    String::from_utf8_lossy(&all).into_owned()
}

/// Whether it is open and silent.
async fn is_open(stream: &mut TcpStream) -> bool {
    let mut byte = [0];
    timeout(Duration::from_millis(50), stream.read(&mut byte))
        .await
        .is_err()
}

/// The next answer's head and as much as came with it.
async fn first_piece(stream: &mut TcpStream) -> String {
    let mut bytes = vec![0; 4096];
    let count = timeout(SOON, stream.read(&mut bytes))
        .await
        .expect("an answer in time");
    String::from_utf8_lossy(&bytes[..count.expect("an answer")]).into_owned()
}

/// Whoever asks through it from now on opens a connection for each request: one that is kept may be closed at any
/// time, and its owner has to open another then.
fn on_fresh_connections(mut gateway: Gateway) -> Gateway {
    let client = reqwest::Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(0);
    gateway.client = client.timeout(SOON).build().expect("an HTTP client");
    gateway
}

/// A buyer who puts a book into the cart, looks, orders it and pays, each on a connection of its own. Says how long
/// the gateway took for it.
async fn buy(gateway: &Gateway, db: &TestDb, user: &str, number: &str) -> Duration {
    let cart_id = db.add_cart(1, user, "book", NO_OPTION, 1).await;
    let start = Instant::now();
    get(gateway, "/v1/cart", user).await.ok();
    let body = order_body(number, &[cart_id], "10000");
    let order = post(gateway, "/v1/orders", user, &body).await.ok();
    assert_eq!(order["order_status"], 1);
    let paid = WalletMessage::paid(number, &format!("W{number}"), "10000");
    let notify = gateway
        .request(Method::POST, "/pg/wallet/M1/notify")
        .form(&paid.form());
    assert_eq!(Reply::of(notify).await.text, "OK");
    start.elapsed()
}

/// Memory of the gateway, MiB.
fn memory(gateway: &Gateway) -> u64 {
    let path = format!("/proc/{}/status", gateway.process.id());
    let status = std::fs::read_to_string(path).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kib.expect("kB") / 1024
}

/// Processor time that the gateway has used, hundredths of a second.
fn processor_time(gateway: &Gateway) -> u64 {
    let path = format!("/proc/{}/stat", gateway.process.id());
    let stat = std::fs::read_to_string(path).expect("a process");
    // Behind the name, which may hold anything: user and system time are the 12th and 13th.
    let (_, fields) = stat.rsplit_once(") ").expect("a name");
    let time = |n| fields.split(' ').nth(n)?.parse::<u64>().ok();
    time(11)
        .zip(time(12))
        .map(|(user, system)| user + system)
        .expect("numbers")
}

/// Waits until it has worked on all that was sent to it.
async fn until_quiet(gateway: &Gateway) {
    eventually("the gateway has nothing left to do", || async {
        let before = processor_time(gateway);
        tokio::time::sleep(Duration::from_millis(150)).await;
        processor_time(gateway) - before <= 1
    })
    .await;
}

/// One of its numbers.
async fn metric(gateway: &Gateway, line: &str) -> u64 {
    let text = Reply::of(gateway.operator(Method::GET, "/metrics"))
        .await
        .text;
    let found = text.lines().find_map(|found| found.strip_prefix(line));
    let found = found.unwrap_or_else(|| panic!("no {line} in {text}"));
    found.trim().parse().expect("a number")
}
