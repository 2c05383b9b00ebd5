//! Bad addresses and receivers for `shop_order_insert`.

use super::spoiled::{good_order, spoiled, succeeds};
use super::*;

#[tokio::test]
async fn where_it_goes() {
    let db = shops().await;
    let order = good_order(&db).await;
    let addresses = [
        "0",
        "-1",
        "+101",
        "101.0",
        "1e2",
        "0101",
        "0x65",
        " 101",
        "101 ",
        "101\n",
        "101\u{0}",
        "1000000000000000000",
        "18446744073709551617",
        "abc",
        "\u{661}\u{660}\u{661}",
        "😀",
        "101 OR 1=1",
        "101'--",
        "[101]",
        "{\"id\":101}",
        "null",
    ];
    order
        .refuses(4, "INVALID_INPUT", "address_id", &addresses)
        .await;
    order
        .refuses(
            4,
            "ADDRESS_NOT_FOUND",
            "address_id",
            &["1", "102", "201", "999999999999999999"],
        )
        .await;
    // neither, and both
    order
        .refuses_values(4, "INVALID_INPUT", "address_id", &["".into(), Value::NULL])
        .await;
    order
        .refuses(5, "INVALID_INPUT", "receiver", &[RECEIVER, "x", "{}"])
        .await;
    order.refuses_what_is_no_text(&[4]).await;

    let cart_1 = OrderCall::new("T1", &[1]).client_total("10000");
    let typed = spoiled(&db, &cart_1.address(None).receiver(Some(RECEIVER)));
    let no_object = [
        "x",
        "{",
        "{}x",
        "[]",
        "[{}]",
        "\"text\"",
        "1",
        "null",
        "true",
        "{\"receiver_name\":}",
        "{\"\treceiver_name\":\"a\"}",
        "{'receiver_name':'a'}",
        "'; DROP TABLE member; --",
        "😀",
        "\u{0}",
        "receiver_name=a",
    ];
    typed
        .refuses(5, "INVALID_INPUT", "receiver", &no_object)
        .await;
    typed
        .refuses(
            5,
            "INVALID_INPUT",
            "receiver.receiver_name",
            &["{}", "{\"a\":1}", "{\"receiver_name\":null}"],
        )
        .await;

    let long = "가".repeat(201);
    let name = "가".repeat(61);
    let object = serde_json::json!({"a": "b"});
    let members: [(&str, Vec<serde_json::Value>); 6] = [
        (
            "receiver_name",
            vec![
                "".into(),
                "  ".into(),
                name.into(),
                "a\nb".into(),
                "a\tb".into(),
                "a\u{0}b".into(),
                object.clone(),
            ],
        ),
        (
            "receiver_phone",
            vec![
                "".into(),
                "1".into(),
                "010-1234-5678x".into(),
                "010\n1234567".into(),
                "\u{ff10}\u{ff11}\u{ff10}1234567".into(),
                "1".repeat(21).into(),
                "'; DROP--".into(),
                "😀😀😀😀😀😀😀".into(),
                object.clone(),
                serde_json::json!([1]),
            ],
        ),
        (
            "post_code",
            vec![
                "".into(),
                "12345678901".into(),
                "045\n24".into(),
                "0452'".into(),
                "가나다".into(),
                object.clone(),
            ],
        ),
        (
            "address",
            vec![
                "".into(),
                " ".into(),
                long.clone().into(),
                "a\nb".into(),
                "a\u{1b}[31m".into(),
                object,
            ],
        ),
        (
            "address_detail",
            vec![long.clone().into(), "a\r\nb".into(), "\u{0}".into()],
        ),
        (
            "delivery_msg",
            vec![long.into(), "a\tb".into(), "a\u{7}b".into()],
        ),
    ];
    for (member, values) in members {
        let mut receiver: serde_json::Value = serde_json::from_str(RECEIVER).unwrap();
        for value in values {
            receiver[member] = value;
            let text = receiver.to_string();
            typed
                .refuses(5, "INVALID_INPUT", &format!("receiver.{member}"), &[&text])
                .await;
        }
    }
    typed
        .refused_by_the_engine(5, &[Value::from(vec![b'{', b'}', 0xff])])
        .await;
    succeeds(&typed).await;
}
