//! The shop's pages as it wrote them: with a query, with a #part, in Hangul. What a browser is sent to is printable ASCII
//! with the order in its query.

use super::*;
use crate::http::{Reply, place_order};

const KEY: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// `_return_url` of a page.
async fn url(db: &TestDb, page: &str, number: &str) -> String {
    db.text(&format!(
        "SELECT _return_url('{page}', UNHEX(REPLACE('{KEY}', '-', '')), '{number}', 'CODE')"
    ))
    .await
}

#[tokio::test]
async fn the_query_comes_before_the_part_and_everything_is_ascii() {
    let db = TestDb::with_fixture().await;
    let query = format!("order_key={KEY}&mTrdNo=T-1&code=CODE");
    for (page, expected) in [
        ("https://s.kr/r", format!("https://s.kr/r?{query}")),
        (
            "https://s.kr/r#part",
            format!("https://s.kr/r?{query}#part"),
        ),
        ("https://s.kr/r?a=1", format!("https://s.kr/r?a=1&{query}")),
        (
            "https://s.kr/r?a=1#part",
            format!("https://s.kr/r?a=1&{query}#part"),
        ),
        ("https://s.kr/r?a=1&", format!("https://s.kr/r?a=1&{query}")),
        ("https://s.kr/r?", format!("https://s.kr/r?{query}")),
        (
            "https://s.kr/#/page?x=1",
            format!("https://s.kr/?{query}#/page?x=1"),
        ),
        ("https://s.kr/#", format!("https://s.kr/?{query}#")),
        ("https://s.kr/r#a#b", format!("https://s.kr/r?{query}#a#b")),
        (
            "https://s.kr/결과.php?가=나#끝",
            format!("https://s.kr/%EA%B2%B0%EA%B3%BC.php?%EA%B0%80=%EB%82%98&{query}#%EB%81%9D"),
        ),
        (
            "https://s.kr/é 😀",
            format!("https://s.kr/%C3%A9%20%F0%9F%98%80?{query}"),
        ),
        (
            "https://s.kr/%EA%B0%80?a=%26",
            format!("https://s.kr/%EA%B0%80?a=%26&{query}"),
        ),
        (
            "https://s.kr/a\r\nb: c",
            format!("https://s.kr/a%0D%0Ab:%20c?{query}"),
        ),
    ] {
        assert_eq!(url(&db, page, "T-1").await, expected, "{page}");
    }
    // A number from before jumun may have any character.
    assert_eq!(
        url(&db, "https://s.kr/#p", "가 1&code=OK#x%41+").await,
        format!(
            "https://s.kr/?order_key={KEY}&mTrdNo=%EA%B0%80%201%26code=OK%23x%2541%2B&code=CODE#p"
        )
    );
}

#[tokio::test]
async fn every_way_to_a_page_of_the_shop_is_such_a_url() {
    let db = TestDb::with_fixture().await;
    db.exec(
        "UPDATE shops SET result_url = 'http://shop.test/완료?a=1#끝', error_url = 'http://shop.test/오류#끝'",
    )
    .await;
    let mut conn = db.conn_as_gateway().await;
    let (done, failed) = (
        "http://shop.test/%EC%99%84%EB%A3%8C?a=1&",
        "http://shop.test/%EC%98%A4%EB%A5%98?",
    );
    let end = "#%EB%81%9D";
    // Refused.
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let order = OrderCall::new("T1", &[cart_id]);
    let error = order
        .clone()
        .client_total("1")
        .call(&mut conn)
        .await
        .unwrap_err();
    assert_eq!(
        error.row().str("location"),
        format!("{failed}mTrdNo=T1&code=PRICE_CHANGED&field=trdAmt{end}")
    );
    // Paid, and asked for again.
    let order = order.client_total("10000");
    let key = order
        .call(&mut conn)
        .await
        .unwrap()
        .first()
        .str("order_key");
    let message = WalletMessage::paid("T1", "P1", "10000");
    let paid = settle(&mut conn, "return", &message).await.unwrap();
    let expected = format!("{done}order_key={key}&mTrdNo=T1{end}");
    assert_eq!(paid.first().str("location"), expected);
    let again = order.call(&mut conn).await.unwrap();
    assert_eq!(again.first().str("location"), expected);
    // Not authentic.
    let forged = r#"{"mTrdNo":"T1"}"#;
    let error = call(
        &mut conn,
        "shop_order_update",
        ("wallet", "M1", "return", forged),
    )
    .await;
    let location = error.unwrap_err().row().str("location");
    assert!(
        location.starts_with(failed) && location.ends_with(end),
        "{location}"
    );
    assert!(location.contains("code=SIGNATURE_INVALID"), "{location}");
    // A ticket that has expired.
    let keys = call(&mut conn, "select_gateway_keys", ()).await.unwrap();
    assert_eq!(
        keys.set(3).find("shop_id", "1").str("expired_url"),
        format!("{failed}code=TICKET_EXPIRED{end}")
    );
}

#[tokio::test]
async fn a_browser_gets_it_as_a_header() {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shops SET result_url = 'http://shop.test/완료#끝'")
        .await;
    let gateway = Gateway::start(&db).await;
    let order = place_order(&gateway, &db, "T1").await;
    let request = gateway
        .request(Method::POST, "/pg/wallet/M1/return")
        .header("accept", "text/html")
        .form(&WalletMessage::paid("T1", "P1", "10000").form());
    let key = order["order_key"].as_str().unwrap();
    assert_eq!(
        Reply::of(request).await.sees(),
        format!("http://shop.test/%EC%99%84%EB%A3%8C?order_key={key}&mTrdNo=T1#%EB%81%9D")
    );
}
