//! The PHP client, whose own tests are run against a real gateway.

use super::*;
use std::path::Path;
use std::process::{Command, Stdio};

#[tokio::test]
async fn the_tests_of_the_php_client_pass() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut run = Command::new("php");
    run.args(["-d", "display_errors=stderr", "tests/php/client_test.php"])
        .current_dir(root)
        .env("JUMUN_URL", gateway.base())
        .env("JUMUN_SHOP_KEY", SHOP_KEY)
        .env("JUMUN_TEST_USER", "u9")
        .env("JUMUN_TEST_PRODUCT", "book")
        .env("JUMUN_TEST_OPTION", "")
        .env("SHOP_PG", "wallet")
        .stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || run.output())
        .await
        .expect("a thread");
    let output = output.expect("php, which `make test` installs");
    let words = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}");
    // Also a script that stops in the middle, and one that tests nothing, must fail here.
    let last = words
        .lines()
        .rfind(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let (passed, failed) = last.split_once(" passed, ").unwrap_or(("0", ""));
    assert_eq!(failed, "0 failed", "{words}");
    assert!(
        passed.parse::<u32>().is_ok_and(|passed| passed > 10),
        "{words}"
    );
    assert!(db.count("shop_orders").await > 0);
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}
