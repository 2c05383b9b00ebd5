//! The demonstration, what `make run` starts: it serves, keeps its data, and leaves nothing behind however it ends.
//! It brings its own MariaDB, so one run is enough for both engines.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::{Client, StatusCode};

use crate::support::*;

const LIMIT: Duration = Duration::from_secs(60);
const VARIABLES: [&str; 5] = [
    "JUMUN_DB_PORT",
    "JUMUN_PORT",
    "JUMUN_OPERATOR_PORT",
    "SANDBOX_PORT",
    "SHOP_PORT",
];

/// A directory and ports for runs one after the other; deleted at the end.
struct Place {
    dir: PathBuf,
    ports: [u16; 5],
}

impl Place {
    fn new() -> Place {
        Place {
            dir: temp_dir().join(format!("dev-{:08x}", rand::random::<u32>())),
            ports: std::array::from_fn(|_| free_port()),
        }
    }

    fn start(&self) -> Process {
        let env: Vec<(String, String)> = VARIABLES
            .iter()
            .zip(self.ports)
            .map(|(&name, port)| (name.to_owned(), port.to_string()))
            .collect();
        let dir = self.dir.display().to_string();
        Process::start("demo", &example("demo"), &["--dir", &dir], &env)
    }

    async fn start_and_wait(&self) -> Process {
        let mut process = self.start();
        let start = Instant::now();
        while !process.log().contains("jumun: ready") {
            assert!(
                process.ended().is_none(),
                "it ended instead of becoming ready"
            );
            assert!(start.elapsed() < LIMIT, "it does not become ready");
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        process
    }

    fn url(&self, port: usize, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.ports[port])
    }

    fn pid(&self, part: &str) -> Pid {
        let text = std::fs::read_to_string(self.dir.join(format!("{part}.pid"))).unwrap();
        Pid::from_raw(text.split_whitespace().next().unwrap().parse().unwrap())
    }

    /// Nobody listens on any of the ports, within a while.
    async fn assert_all_gone(&self) {
        let gone = async || {
            let open = |port: &u16| TcpStream::connect(("127.0.0.1", *port)).is_ok();
            !self.ports.iter().any(open)
        };
        eventually("every part of the demonstration has ended", gone).await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.dir).ok();
    }
}

async fn cart(place: &Place, client: &Client) -> serde_json::Value {
    let answer = client
        .get(place.url(1, "/v1/cart"))
        .bearer_auth("demo-shop-key")
        .header("X-User-Id", "demo1")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

#[tokio::test]
async fn the_demonstration_serves_keeps_its_data_and_leaves_nothing_behind() {
    if engine() != Engine::MariaDb {
        return;
    }
    let place = Place::new();
    let client = Client::builder().no_proxy().build().unwrap();

    let mut dev = place.start_and_wait().await;
    let item = serde_json::json!({"product_id": "D0001", "quantity": 1});
    let answer = client
        .post(place.url(1, "/v1/cart/items"))
        .bearer_auth("demo-shop-key")
        .header("X-User-Id", "demo1")
        .json(&item)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let shop = client.get(place.url(4, "/")).send().await.unwrap();
    assert_eq!(shop.status(), StatusCode::OK);
    let page = shop.text().await.unwrap();
    assert!(
        page.contains("D0001"),
        "the shop lists what its database has"
    );
    assert!(dev.log().contains("areas    2, ranges 30, changes 2"));

    let mut second = place.start();
    let status = second.wait(LIMIT).expect("a second one ends at once");
    assert!(!status.success());
    assert!(second.log().contains("running already"), "{}", second.log());

    let status = dev.terminate(LIMIT).expect("it stops when it is told to");
    assert!(status.success(), "{status}");
    place.assert_all_gone().await;

    // kill −9 of all at once but its parts: the kernel tells them.
    let mut dev = place.start_and_wait().await;
    assert_eq!(
        cart(&place, &client).await["cart_count"],
        1,
        "the data is kept"
    );
    dev.kill();
    let mut dev = place.start_and_wait().await;
    assert_eq!(cart(&place, &client).await["cart_count"], 1);
    dev.kill();
    place.assert_all_gone().await;

    // Without a part the rest is of no use.
    for part in ["gateway", "shop", "mariadb"] {
        let mut dev = place.start_and_wait().await;
        kill(place.pid(part), Signal::SIGKILL).unwrap();
        let status = dev.wait(LIMIT).expect("it ends when a part does");
        assert!(!status.success());
        let words = format!("{part} ended by itself");
        assert!(dev.log().contains(&words), "{}", dev.log());
        place.assert_all_gone().await;
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_named_with_the_variable_that_moves_it() {
    if engine() != Engine::MariaDb {
        return;
    }
    let mut place = Place::new();
    for (taken, variable) in VARIABLES.into_iter().enumerate() {
        let other = TcpListener::bind(("127.0.0.1", place.ports[taken])).unwrap();
        let mut dev = place.start();
        assert!(!dev.wait(LIMIT).expect("it ends").success());
        let log = dev.log();
        let port = format!("port {}", place.ports[taken]);
        assert!(log.contains(&port) && log.contains(variable), "{log}");
        drop(other);
        place.ports[taken] = free_port();
    }
}
