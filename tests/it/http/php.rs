//! The PHP client, whose own tests are run against a real gateway.

use super::*;
use std::path::Path;
use std::process::{Command, Stdio};

#[tokio::test]
async fn the_tests_of_the_php_client_pass() {
    let db = TestDb::with_fixture().await;
    db.exec(
        "CALL update_adm_delivery_areas(1, '[{\"area_code\": \"jeju\", \"area_name\": \"제주\",
            \"surcharge\": \"3000\", \"codes\": [\"63000~63644\"]}]');
         INSERT INTO shop_coupons (shop_id, coupon_code, coupon_name, target, kind, rate, round_to)
         VALUES (1, 'WELCOME10', '처음 오신 분', 'order', 'rate', 0.1, 10);
         INSERT INTO shop_coupon_codes (shop_id, code, coupon_code) VALUES (1, 'WELCOME10', 'WELCOME10');
         UPDATE shops SET point_min_use = 1000 WHERE shop_id = 1;
         CALL adjust_adm_credits(1, 'point', '[\"u9\"]', '3000', NULL, 'k', 'test');
         CALL adjust_adm_credits(1, 'cash', '[\"u9\"]', '5000', NULL, 'k', 'test')",
    )
    .await;
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

/// A file that the page for shops tells to write, for this gateway.
fn file_of_the_page(page: &str, name: &str, gateway: &Gateway) -> String {
    let (_, rest) = page
        .split_once(&format!("`var/myshop/{name}`"))
        .expect(name);
    let code = rest.split("```php\n").nth(1).expect("a block of PHP");
    let code = code.split("```").next().expect("its end");
    assert!(code.contains("http://127.0.0.1:18080"), "{code}");
    code.replace("http://127.0.0.1:18080", &gateway.base())
}

/// `src/php/README.md` from its first order to the last page: what a reader copies works, and says what it says there.
#[tokio::test]
async fn the_first_order_of_the_page_for_shops_works_as_written() {
    let db = crate::admin::demonstration::demo().await;
    let gateway = Gateway::start(&db).await;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("src/php/README.md")).expect("the page");
    let dir = temp_dir().join(db.name());
    std::fs::create_dir_all(&dir).expect("a folder");
    std::fs::copy(root.join("src/php/jumun.php"), dir.join("jumun.php")).expect("a copy");
    for name in ["first.php", "order_form.php", "result.php", "restore.php"] {
        let code = file_of_the_page(&page, name, &gateway);
        std::fs::write(dir.join(name), code).expect("a file");
    }
    let run = async |args: &[&str]| {
        let mut php = Command::new("php");
        php.args(["-d", "display_errors=stderr"])
            .args(args)
            .current_dir(&dir)
            .stdin(Stdio::null());
        let output = tokio::task::spawn_blocking(move || php.output());
        let output = output.await.expect("a thread").expect("php");
        assert!(
            output.status.success() && output.stderr.is_empty(),
            "{output:?}"
        );
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let field = |html: &str, name: &str| {
        let (_, rest) = html
            .split_once(&format!("name=\"{name}\" value=\""))
            .unwrap_or_else(|| panic!("no {name} in {html}"));
        rest.split('"').next().unwrap_or_default().to_owned()
    };

    // The prices are those of the page; codes and numbers are new each time.
    let said = run(&["first.php"]).await;
    let mut lines = said.lines();
    let first = lines.next().expect("the amounts");
    assert!(page.contains(&format!("\n{first}\n")), "{said}");
    let order = lines.next().expect("the order");
    assert!(order.ends_with("상태 1"), "{said}");
    let number = order.split(['(', ')']).nth(1).expect("its number");
    assert!(said.contains("결제창 http://127.0.0.1:18082/pay"), "{said}");

    let web = |query: &str, code: &str| {
        format!(
            "parse_str('{query}', $in); $_GET = $_POST = $in; $_SERVER['REQUEST_METHOD'] = {code}"
        )
    };
    let form = run(&["-r", &web("", "'GET'; require 'order_form.php';")]).await;
    let sent = format!(
        "mTrdNo={}&trdAmt={}&address_id={}&cart_ids[]={}",
        field(&form, "mTrdNo"),
        field(&form, "trdAmt"),
        field(&form, "address_id"),
        field(&form, "cart_ids[]")
    );
    let post = web(&sent, "'POST'; require 'order_form.php';");
    let hand_over = run(&["-r", &post]).await;
    assert_eq!(field(&hand_over, "mTrdNo"), field(&form, "mTrdNo"));
    // Sent twice, it is one order.
    assert_eq!(run(&["-r", &post]).await, hand_over);
    let key = db
        .text("SELECT _uuid_text(order_key) FROM shop_orders ORDER BY seq_no DESC LIMIT 1")
        .await;
    let result = run(&[
        "-r",
        &web(&format!("order_key={key}"), "'GET'; require 'result.php';"),
    ])
    .await;
    assert!(result.contains("<h1>결제 대기</h1>"), "{result}");
    assert_eq!(db.count("shop_orders").await, 2);

    assert_eq!(run(&["restore.php", number]).await, "장바구니에 1가지\n");
    db.assert_audit_clean().await;
}
