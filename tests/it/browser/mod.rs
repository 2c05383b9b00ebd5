//! Buyers in a real browser: the demonstration's shop in PHP, the gateway and the sandbox payment gateway, as
//! `make run` starts them, and Chromium in front of them.

mod coupons;
mod credits;
mod delivery;
mod orders;
mod origins;
mod pages;
mod price_offer;
mod promotions;
mod purchase;
mod trouble;

use std::path::Path;
use std::time::{Duration, Instant};

use crate::adopt::{command, run};
use crate::support::*;

/// In which ways a test sends its order form: as a form or by a script straight to the gateway, or through the shop's
/// server. How a page sends it does not depend on the engine behind the gateway: MySQL sees one way of each test, another
/// one in the next, and MariaDB the two others; `make soak` has all on both.
#[track_caller]
pub fn ways() -> &'static [&'static str] {
    const WAYS: [&str; 5] = ["form", "json", "server", "form", "json"];
    let line = usize::try_from(std::panic::Location::caller().line()).expect("a line");
    let first = line % 3;
    match engine() {
        _ if std::env::var_os("ALL_WAYS").is_some() => &WAYS[..3],
        Engine::MySql => &WAYS[first..][..1],
        Engine::MariaDb => &WAYS[first + 1..][..2],
    }
}

/// Everything that a purchase needs.
pub struct Stage {
    pub gateway: Gateway,
    pub sandbox: Sandbox,
    shop: Process,
    shop_port: u16,
    /// The last to be dropped: another test gets it then.
    pub db: TestDb,
}

impl Stage {
    pub async fn set() -> Stage {
        let db = crate::admin::demonstration::demo().await;
        let areas = ["tests/demo/areas.csv", "--shop", "1"];
        let (done, words) = run(command(&db, "areas", &areas)).await;
        assert!(done, "{words}");
        // The gateway loads its keys when it starts, and with them the origins that it lets post.
        let shop_port = free_port();
        let shop = format!("http://127.0.0.1:{shop_port}");
        db.exec(&format!(
            "UPDATE shops SET result_url = '{shop}/result.php', error_url = '{shop}/result.php',
                    allowed_origins_json = '[\"{shop}\"]' WHERE shop_id = 1"
        ))
        .await;
        let gateway = Gateway::start(&db).await;
        let sandbox = Sandbox::start(&[
            ("SANDBOX_MERCHANT", "M_DEMO"),
            ("SANDBOX_KEY", "demo-hash-key"),
            ("SANDBOX_NOTIFY_PAUSE_MS", "50"),
        ])
        .await;
        db.exec(&format!(
            "UPDATE shops SET gateway_url = '{}' WHERE shop_id = 1;
             UPDATE shop_pg_adapters SET request_url = '{}' WHERE pg = 'wallet'",
            gateway.base(),
            sandbox.url("/pay")
        ))
        .await;
        Stage {
            shop: start_shop(&db, &gateway, shop_port).await,
            db,
            gateway,
            sandbox,
            shop_port,
        }
    }

    /// The shop as its pages' origin.
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.shop_port)
    }

    /// Address of one of the shop's pages.
    pub fn page(&self, name: &str) -> String {
        format!("{}/{name}", self.origin())
    }

    /// A browser whose buyer, demo1, is logged in and has these products in the basket, one of each.
    pub async fn buyer(&self, size: (u32, u32), products: &[&str]) -> Browser {
        let browser = Browser::start(size).await;
        browser.goto(&self.page("index.php")).await;
        browser.choose("#login-user", "demo1").await;
        browser.click("form.login button").await;
        browser.wait_for_text("demo1 회원으로 로그인했습니다").await;
        for (before, product) in products.iter().enumerate() {
            let card = format!("form.product:has([name=product_id][value={product}])");
            browser.click(&format!("{card} [value=add]")).await;
            let words = format!("모두 {}가지가 있습니다", before + 1);
            browser.wait_for_text(&words).await;
        }
        browser
    }

    /// From the basket to the order form of everything in it, to be sent in this way.
    pub async fn order_form(&self, browser: &Browser, way: &str) {
        browser.goto(&self.page("cart.php")).await;
        browser.click("form:has([value=cart_all]) button").await;
        self.choose_way(browser, way).await;
    }

    pub async fn choose_way(&self, browser: &Browser, way: &str) {
        let form = browser
            .wait_for_url(&self.page("order_form.php?mTrdNo="))
            .await;
        browser.click("details.demo summary").await;
        browser
            .click(&format!("details.demo a[href$='way={way}']"))
            .await;
        browser.wait_for_url(&format!("{form}&way={way}")).await;
    }

    /// Presses the order form's button and waits for the payment page.
    pub async fn go_to_payment(&self, browser: &Browser) {
        browser.click("button[value=order]").await;
        browser.wait_for_url(&self.sandbox.url("/pay")).await;
    }

    /// Presses a button on the payment page and waits for the shop's page.
    pub async fn decide(&self, browser: &Browser, action: &str) -> String {
        browser.click(&format!("button[value={action}]")).await;
        browser
            .wait_for_url(&self.page("result.php?order_key="))
            .await
    }

    /// A page of an origin that is no shop's, without any policy.
    pub async fn foreign_page(&self) -> ForeignPage {
        let dir = temp_dir().join(format!("foreign-{:08x}", rand::random::<u32>()));
        std::fs::create_dir_all(&dir).expect("a directory");
        std::fs::write(
            dir.join("index.html"),
            "<!doctype html><title>foreign</title><body>",
        )
        .expect("a page");
        let listen = format!("127.0.0.1:{}", free_port());
        let root = dir.display().to_string();
        let server = php("foreign", &self.gateway, &listen, &root, &[]).await;
        ForeignPage {
            page: format!("http://{listen}/index.html"),
            _server: server,
            dir,
        }
    }

    /// Public key of the only order.
    pub async fn order_key(&self) -> String {
        let key = self.db.text("SELECT HEX(order_key) FROM shop_orders").await;
        let bytes = hex::decode(key).expect("sixteen bytes");
        uuid::Uuid::from_slice(&bytes).expect("a key").to_string()
    }

    /// Every order as number of rows and their statuses.
    pub async fn orders(&self) -> (i64, String) {
        let statuses =
            "SELECT COALESCE(GROUP_CONCAT(order_status ORDER BY seq_no), '') FROM shop_orders";
        (
            self.db.count("shop_orders").await,
            self.db.text(statuses).await,
        )
    }

    /// Nothing was lost or counted twice, and no page met anything that it did not expect.
    pub async fn assert_well(&self) {
        self.db.assert_audit_clean().await;
        assert_eq!(self.db.count("shop_error_log").await, 0);
        let log = self.shop.log();
        for word in ["Warning", "Notice", "Fatal", "Deprecated", "Uncaught"] {
            assert!(!log.contains(word), "{log}");
        }
    }
}

async fn start_shop(db: &TestDb, gateway: &Gateway, port: u16) -> Process {
    let database = url::Url::parse(&db.url_as("jumun_gateway")).expect("the database's address");
    let env = [
        ("JUMUN_URL", gateway.base()),
        ("JUMUN_SHOP_KEY", "demo-shop-key".to_owned()),
        ("SHOP_DB_HOST", "127.0.0.1".to_owned()),
        ("SHOP_DB_PORT", database.port().unwrap_or(3306).to_string()),
        ("SHOP_DB_NAME", db.name().to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    let listen = format!("127.0.0.1:{port}");
    php("shop", gateway, &listen, "tests/demo/shop", &env).await
}

/// PHP's own web server, when it answers.
async fn php(
    name: &str,
    gateway: &Gateway,
    listen: &str,
    root: &str,
    env: &[(String, String)],
) -> Process {
    let sessions = format!("session.save_path={}", temp_dir().display());
    let arguments = ["-d", &sessions, "-S", listen, "-t", root];
    let mut server = Process::start(name, Path::new("php"), &arguments, env);
    let start = Instant::now();
    let url = format!("http://{listen}/");
    while gateway.client.get(&url).send().await.is_err() {
        assert!(server.ended().is_none(), "php ended: {}", server.log());
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "php does not answer"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    server
}

/// See [`Stage::foreign_page`].
pub struct ForeignPage {
    pub page: String,
    _server: Process,
    dir: std::path::PathBuf,
}

impl Drop for ForeignPage {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.dir).ok();
    }
}

/// Keeps a picture of the page where JUMUN_PICTURES names a directory.
pub async fn picture(browser: &Browser, name: &str) {
    if let Some(dir) = std::env::var_os("JUMUN_PICTURES") {
        let path = Path::new(&dir).join(format!("{name}.png"));
        std::fs::write(&path, browser.picture().await).expect("a file for the picture");
    }
}
