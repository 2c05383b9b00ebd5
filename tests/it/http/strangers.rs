//! Nobody who is not known yet can fill the log or make the database work: refusals are counted, and few are written.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::payment::{NOTIFY, RETURN};
use super::*;

/// Each kind of refusal, more often than a second has lines.
const TIMES: usize = 120;

/// The value of a counter of refusals.
async fn counted(gateway: &Gateway, kind: &str) -> u64 {
    let answer = gateway.operator(Method::GET, "/metrics").send().await;
    let text = answer.unwrap().text().await.unwrap();
    let name = format!("jumun_strangers_refused_total{{kind=\"{kind}\"}} ");
    let line = text.lines().find_map(|line| line.strip_prefix(&name));
    line.unwrap_or_else(|| panic!("{name} is not in {text}"))
        .parse()
        .unwrap()
}

/// Sends bytes and reads until the other side closes.
fn raw(gateway: &Gateway, bytes: &[u8]) -> String {
    let address = gateway.base().replace("http://", "");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn refusals_of_strangers_are_counted_and_few_are_written() {
    let db = TestDb::with_fixture().await;
    // As an operator would set it: then nothing of the library's is filtered out.
    let gateway = Gateway::start_with(&db, &[("RUST_LOG", "info")]).await;
    for kind in ["malformed", "broken", "no_route", "no_key", "message"] {
        assert_eq!(
            counted(&gateway, kind).await,
            0,
            "{kind} exists from the start"
        );
    }
    let started = std::time::Instant::now();
    let forged = WalletMessage::paid("T1", "W1", "10000")
        .key("guessed")
        .form();
    for _ in 0..TIMES {
        let answer = raw(&gateway, b"\x16\x03\x01 this is no HTTP\r\n\r\n");
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 400"),
            "{answer}"
        );
        for (request, status) in [
            (gateway.request(Method::GET, "/wp-login.php"), 404),
            (gateway.request(Method::PUT, NOTIFY), 405),
            (
                gateway
                    .request(Method::GET, "/v1/cart")
                    .bearer_auth("guessed"),
                401,
            ),
            (gateway.request(Method::POST, NOTIFY).form(&forged), 403),
            (gateway.request(Method::GET, "/pg/wallet/M7/return"), 404),
        ] {
            assert_eq!(request.send().await.unwrap().status(), status);
        }
    }
    let seconds = started.elapsed().as_secs() + 2;
    let sent = TIMES as u64;
    assert_eq!(counted(&gateway, "malformed").await, sent);
    assert_eq!(counted(&gateway, "no_route").await, 2 * sent);
    assert_eq!(counted(&gateway, "no_key").await, sent);
    assert_eq!(counted(&gateway, "message").await, 2 * sent);

    // What was left out is said within a second, and all of it.
    let told =
        |log: &str, line: &str| log.lines().filter(|text| text.contains(line)).count() as u64;
    let left_out = |log: &str, kind: &str| -> u64 {
        let end = format!(" more refused: {kind}");
        let number = |line: &str| {
            line.strip_suffix(&end)?
                .rsplit(' ')
                .next()?
                .parse::<u64>()
                .ok()
        };
        log.lines().filter_map(number).sum()
    };
    eventually("everything is told", || {
        let log = gateway.log();
        let of = |codes: [&str; 2], kind: &str| {
            codes.iter().map(|code| told(&log, code)).sum::<u64>() + left_out(&log, kind)
        };
        let all = of([" ROUTE_NOT_FOUND", " METHOD_NOT_ALLOWED"], "no_route") == 2 * sent
            && of([" SIGNATURE_INVALID", " MERCHANT_NOT_FOUND"], "message") == 2 * sent;
        std::future::ready(all)
    })
    .await;
    let log = gateway.log();
    for (line, kind, sent) in [
        ("refused: malformed: ", "malformed", sent),
        (" ROUTE_NOT_FOUND", "no_route", sent),
        (" UNAUTHENTICATED", "no_key", sent),
        (" SIGNATURE_INVALID", "message", sent),
    ] {
        let lines = told(&log, line);
        assert!(
            (1..=10 * seconds).contains(&lines),
            "{line}: {lines} lines in {seconds} s"
        );
        assert!(
            lines < sent && left_out(&log, kind) > 0,
            "{line}: {lines} of {sent}"
        );
    }
    assert!(
        !log.contains("ERROR") && !log.contains("WARN"),
        "{log:.2000}"
    );
    // Whoever is known is written down as before.
    for _ in 0..30 {
        let cart = gateway.shop(Method::GET, "/v1/cart", "u1").send().await;
        assert!(cart.unwrap().status().is_success());
    }
    assert_eq!(told(&gateway.log(), "GET /v1/cart 200 "), 30);
}

#[tokio::test]
async fn a_message_with_more_fields_than_any_payment_gateway_sends_is_refused() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    place_order(&gateway, &db, "T1").await;
    let message = WalletMessage::paid("T1", "W1", "10000");
    let with = |count: usize| {
        let mut form = message.form();
        let more = count - form.len();
        form.extend((0..more).map(|n| (format!("f{n}"), "x".to_owned())));
        form
    };
    let json = |form: &[(String, String)]| {
        let members = form.iter().map(|(k, v)| (k.clone(), v.clone().into()));
        Json::Object(members.collect()).to_string()
    };
    let before = db.snapshot().await;
    let many = with(201);
    let (some, others) = many.split_at(100);
    let requests = [
        gateway.request(Method::POST, NOTIFY).form(&many),
        gateway.request(Method::POST, RETURN).form(&many),
        gateway.request(Method::GET, &with_query(RETURN, &many)),
        gateway
            .request(Method::POST, &with_query(NOTIFY, some))
            .form(others),
        gateway
            .request(Method::POST, NOTIFY)
            .header("content-type", "application/json")
            .body(json(&many)),
        gateway.request(Method::POST, NOTIFY).form(&with(1900)),
        // Many of one name are as much work.
        gateway
            .request(Method::POST, NOTIFY)
            .form(&vec![("f", "x"); 201]),
        gateway.request(Method::GET, &format!("{RETURN}?{}", "f=x&".repeat(300))),
    ];
    for request in requests {
        Reply::of(request).await.invalid("");
    }
    // A CALL is told the same.
    let mut conn = db.conn_as_gateway().await;
    for count in [201, 1900] {
        let fields = ("wallet", "M1", "notify", json(&with(count)));
        let error = call(&mut conn, "shop_order_update", fields)
            .await
            .unwrap_err();
        error.expect_code("INVALID_INPUT");
        assert_eq!(error.row().str("field"), "fields");
    }
    assert!(db.snapshot().await == before);
    let request = gateway.request(Method::POST, NOTIFY).form(&with(200));
    super::payment::assert_acknowledged(&Reply::of(request).await);
}
