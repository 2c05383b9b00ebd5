//! What people and their pages typed: taken as it was written, or refused by its name. Nothing is dropped, guessed or
//! mended silently, and both engines read the same.

use super::spoiled::{good_order, spoiled, succeeds};
use super::*;

/// A receiver with one member written as this JSON.
fn with(member: &str, json: &str) -> String {
    format!(
        "{}, {member}: {json}}}",
        RECEIVER.strip_suffix('}').expect("an object")
    )
}

/// The same with one of its members replaced.
fn instead(member: &str, json: &str) -> String {
    let mut receiver: serde_json::Value = serde_json::from_str(RECEIVER).unwrap();
    receiver[member] = serde_json::from_str(json).unwrap();
    receiver.to_string()
}

#[tokio::test]
async fn a_member_of_a_typed_address_is_read_or_named() {
    let db = shops().await;
    good_order(&db).await;
    let typed = OrderCall::new("T1", &[1]).client_total("10000");
    let typed = typed.address(None).receiver(Some(RECEIVER));
    let order = spoiled(&db, &typed);
    for (member, json, field) in [
        (r#""address_detail""#, "[\"101\"]", "address_detail"),
        (r#""address_detail""#, "[]", "address_detail"),
        (r#""address_detail""#, "{\"0\":\"101\"}", "address_detail"),
        (r#""address_detail""#, "false", "address_detail"),
        (r#""address_detail""#, "true", "address_detail"),
        (r#""address_detail""#, "101", "address_detail"),
        (r#""delivery_msg""#, "[\"x\"]", "delivery_msg"),
        (r#""delivery_msg""#, "false", "delivery_msg"),
        (r#""adress_detail""#, "\"101\"", "adress_detail"),
        (r#""adress_detail""#, "null", "adress_detail"),
        (r#""Address_detail""#, "\"101\"", "Address_detail"),
        // The first of them on one engine, the last on the other.
        (r#""address""#, "\"2 Sejong-daero\"", "address"),
        (r#""receiver_name""#, "null", "receiver_name"),
        (
            r#""address_detail""#,
            r#""1", "address_detail" : "2""#,
            "address_detail",
        ),
        (
            r#""delivery_msg""#,
            r#""a \"delivery_msg\": b", "delivery_msg": "c""#,
            "delivery_msg",
        ),
    ] {
        let receiver = with(member, json);
        order
            .refuses(
                5,
                "INVALID_INPUT",
                &format!("receiver.{field}"),
                &[&receiver],
            )
            .await;
    }
    // As numbers they would lose the zero in front.
    for (member, json) in [
        ("post_code", "4524"),
        ("receiver_phone", "1022223333"),
        ("receiver_name", "false"),
        ("address", "[\"1 Sejong-daero\"]"),
    ] {
        let receiver = instead(member, json);
        order
            .refuses(
                5,
                "INVALID_INPUT",
                &format!("receiver.{member}"),
                &[&receiver],
            )
            .await;
    }
    // A name that could not be shown, and one that only looks like ours.
    let odd = [
        with(r#""a\r\nLocation: x""#, "\"1\""),
        with(r#""a&b""#, "\"1\""),
        with(&format!("\"{}\"", "x".repeat(60)), "\"1\""),
    ];
    let odd: Vec<&str> = odd.iter().map(String::as_str).collect();
    order.refuses(5, "INVALID_INPUT", "receiver", &odd).await;
    succeeds(&order).await;
}

#[tokio::test]
async fn a_typed_address_is_stored_as_it_was_written() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    for (number, json, stored) in [
        ("T1", r#""1\"0\\1\/호""#, "1\"0\\1/호"),
        ("T2", "null", ""),
        ("T3", r#""  7층  ""#, "7층"),
        ("T4", r#""\ud83d\ude00 \u00e9""#, "😀 é"),
        ("T5", "\"\u{3000}\"", ""),
        ("T6", r#""null""#, "null"),
        ("T7", "\"ᄒᆞᆫ\"", "ᄒᆞᆫ"),
    ] {
        let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
        let receiver = with(r#""address_detail""#, json);
        let order = OrderCall::new(number, &[cart_id]).client_total("10000");
        placed(&mut conn, &order.address(None).receiver(Some(&receiver))).await;
        let detail =
            format!("SELECT address_detail FROM shop_orders WHERE order_number = '{number}'");
        assert_eq!(db.text(&detail).await, stored, "{json}");
    }
    // A courier's label has one line, whatever kind of break was typed.
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let receiver = with(r#""delivery_msg""#, r#""a\r\nb\u2028c\u0085d""#);
    let order = OrderCall::new("T8", &[cart_id]).client_total("10000");
    placed(&mut conn, &order.address(None).receiver(Some(&receiver))).await;
    let message = "SELECT delivery_msg FROM shop_orders WHERE order_number = 'T8'";
    assert_eq!(db.text(message).await, "a b c d");
}

/// Characters that nobody sees, one by one and together.
const UNSEEN: [&str; 17] = [
    "\u{3000}",
    "\u{200b}",
    "\u{a0}",
    "\u{2060}",
    "\u{feff}",
    "\u{3164}",
    "\u{115f}",
    "\u{1160}",
    "\u{ffa0}",
    "\u{180e}",
    "\u{2003}",
    "\u{200f}",
    "\u{202e}",
    "\u{ad}",
    "\u{2800}",
    "\u{e0020}",
    " \u{3000}\u{200b} \u{fe0f}",
];
/// Line breaks and controls that are not ASCII.
const BREAKS: [&str; 4] = ["\u{2028}", "\u{2029}", "\u{85}", "\u{9b}"];

/// As macOS writes file names: 홍길동, and 각 with its last consonant apart.
const IN_PARTS: [&str; 2] = [
    "\u{1112}\u{1169}\u{11bc}\u{1100}\u{1175}\u{11af}\u{1103}\u{1169}\u{11bc}",
    "\u{ac00}\u{11a8}",
];

#[tokio::test]
async fn a_name_or_address_that_cannot_be_seen_is_none() {
    let db = shops().await;
    good_order(&db).await;
    let typed = OrderCall::new("T1", &[1]).client_total("10000");
    let typed = typed.address(None).receiver(Some(RECEIVER));
    let order = spoiled(&db, &typed);
    for member in ["receiver_name", "address"] {
        let field = format!("receiver.{member}");
        let blank = UNSEEN.map(|text| instead(member, &serde_json::json!(text).to_string()));
        let blank: Vec<&str> = blank.iter().map(String::as_str).collect();
        order.refuses(5, "INVALID_INPUT", &field, &blank).await;
    }
    for member in ["receiver_name", "address", "address_detail"] {
        let field = format!("receiver.{member}");
        for text in BREAKS
            .map(|text| format!("가{text}나"))
            .iter()
            .map(String::as_str)
            .chain(IN_PARTS)
        {
            let receiver = instead(member, &serde_json::json!(text).to_string());
            order
                .refuses(5, "INVALID_INPUT", &field, &[&receiver])
                .await;
        }
    }
    let message = instead("delivery_msg", &serde_json::json!(IN_PARTS[0]).to_string());
    order
        .refuses(5, "INVALID_INPUT", "receiver.delivery_msg", &[&message])
        .await;
    succeeds(&order).await;
}

#[tokio::test]
async fn no_user_id_is_taken_for_another_one() {
    let db = shops().await;
    let order = good_order(&db).await;
    let mut wrong: Vec<String> = vec!["u1 ".into(), " u1".into(), " ".into(), "u 1\n".into()];
    for text in UNSEEN {
        wrong.extend([
            format!("u1{text}"),
            format!("{text}u1"),
            text.trim().to_owned(),
        ]);
    }
    for text in BREAKS {
        wrong.extend([
            format!("u1{text}"),
            format!("{text}u1"),
            format!("u{text}1"),
        ]);
    }
    wrong.extend(IN_PARTS.map(str::to_owned));
    let wrong: Vec<&str> = wrong.iter().map(String::as_str).collect();
    order.refuses(1, "INVALID_INPUT", "X-User-Id", &wrong).await;
    for procedure in ["select_shop_cart", "shop_order_quote", "delete_shop_cart"] {
        let mut good: Vec<Value> = vec![1.into(), "u1".into()];
        good.push(match procedure {
            "select_shop_cart" => Value::NULL,
            _ => "[1]".into(),
        });
        if procedure == "shop_order_quote" {
            good.extend(vec![Value::NULL; 7]);
        }
        let call = super::spoiled::Spoiled {
            db: &db,
            procedure,
            good,
        };
        call.refuses(1, "INVALID_INPUT", "X-User-Id", &wrong).await;
    }
    // Blanks and joiners inside a name are part of it.
    let mut conn = db.conn_as_gateway().await;
    for user in [
        "홍 길동",
        "홍\u{3000}길동",
        "👨\u{200d}👩",
        "ᄒᆞᆫ",
        "u'1",
        "a b",
    ] {
        let params: Vec<Value> = vec![1.into(), user.into(), Value::NULL];
        let cart = call(&mut conn, "select_shop_cart", Params::Positional(params)).await;
        let cart = cart.unwrap_or_else(|error| panic!("{user}: {error:?}"));
        assert_eq!(cart.first().int("cart_count"), 0);
    }
    succeeds(&order).await;
}

#[tokio::test]
async fn a_quantity_beside_an_id_is_the_row_s() {
    let db = shops().await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 2).await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let foreign = db.add_cart(1, "u2", "lamp", NO_OPTION, 3).await;
    // 2 books, and a lamp of 20000 with its parcel of 3000.
    let order = OrderCall::new("T1", &[book, lamp]).client_total("43000");
    let list = |json: &str| {
        json.replace("BOOK", &book.to_string())
            .replace("LAMP", &lamp.to_string())
    };
    let quote = super::spoiled::Spoiled {
        db: &db,
        procedure: "shop_order_quote",
        good: vec![
            1.into(),
            "u1".into(),
            list("[BOOK,LAMP]").into(),
            Value::NULL,
            Value::NULL,
            Value::NULL,
            Value::NULL,
            Value::NULL,
            Value::NULL,
            Value::NULL,
        ],
    };
    let spoiled_order = spoiled(&db, &order);
    for json in [
        r#"[{"id":BOOK,"quantity":5},{"id":LAMP}]"#,
        r#"[{"id":BOOK,"qty":5},LAMP]"#,
        r#"[{"id":BOOK,"quantity":2,"qty":1},LAMP]"#,
        r#"[{"id":BOOK},{"id":LAMP,"qty":"2"}]"#,
        r#"[{"id":BOOK,"qty":"2 "},LAMP]"#,
        r#"[{"id":BOOK,"qty":"02"},LAMP]"#,
        r#"[{"id":BOOK,"qty":2.5},LAMP]"#,
        r#"[{"id":BOOK,"qty":0},LAMP]"#,
        r#"[{"id":BOOK,"qty":-2},LAMP]"#,
        r#"[{"id":BOOK,"qty":"%"},LAMP]"#,
        r#"[{"id":BOOK,"qty":[2]},LAMP]"#,
        r#"[{"id":BOOK,"qty":{"0":2}},LAMP]"#,
        r#"[BOOK,{"id":LAMP,"qty":true}]"#,
        // A name twice: the first of them on one engine, the last on the other.
        r#"[{"id":BOOK,"qty":2,"qty":2},LAMP]"#,
        r#"[{"id":BOOK,"id":BOOK},LAMP]"#,
        r#"[{"id":BOOK,"a":[{"b":1}],"quantity":2,"x":{"y":"}"},"quantity":2},LAMP]"#,
        // With what is nested between the two.
        r#"[{"id":BOOK,"qty":2,"a":[{"b":1}],"qty":2},LAMP]"#,
        r#"[{"id":BOOK,"qty":2,"x":{"y":{"z":[]}},"qty":2},LAMP]"#,
        r#"[{"id":BOOK,"qty":2,"a":[[1],{"qty":3}],"qty":2},LAMP]"#,
        r#"[{"id":BOOK,"q\u0074y":2},LAMP]"#,
    ] {
        let json = list(json);
        spoiled_order
            .refuses(3, "INVALID_INPUT", "selected_cart_ids", &[&json])
            .await;
        quote
            .refuses(2, "INVALID_INPUT", "selected_cart_ids", &[&json])
            .await;
    }
    // Of a foreign row nobody learns how many there are.
    for quantity in [1, 3] {
        let json = format!(r#"[{{"id":{foreign},"quantity":{quantity}}}]"#);
        spoiled_order
            .refuses(3, "CART_NOT_FOUND", "selected_cart_ids", &[&json])
            .await;
    }
    let mut conn = db.conn_as_gateway().await;
    let good = list(
        r#"[{"id":"LAMP","qty":1,"id2":7,"product":{"id":"P","qty":9}},{"quantity":"2","qty":"","id":BOOK,"n":null}]"#,
    );
    let mut asked = quote.good.clone();
    asked[2] = good.as_str().into();
    let amounts = call(&mut conn, "shop_order_quote", Params::Positional(asked)).await;
    assert_eq!(amounts.unwrap().first().str("total_payment"), "43000.00");
    placed(&mut conn, &order.clone().cart_ids_json(Some(&good))).await;
    // The same request again, its rows gone: held against what was ordered. Without quantities it is the same request.
    for (json, refused) in [
        (good.as_str(), false),
        (&list("[LAMP,BOOK]"), false),
        (&list(r#"[{"id":BOOK,"qty":3},LAMP]"#), true),
    ] {
        let again = order
            .clone()
            .cart_ids_json(Some(json))
            .call(&mut conn)
            .await;
        match again {
            Ok(sets) => assert!(!refused && sets.first().int("replayed") == 1, "{json}"),
            Err(error) => {
                assert!(refused, "{json}: {error:?}");
                error.expect_code("INVALID_INPUT");
            }
        }
    }
    db.assert_audit_clean().await;
}

/// The comparison belongs to the order: a hand that changes the row between reading and writing is found, not passed.
#[tokio::test]
async fn a_row_that_changes_while_it_is_ordered_is_not_ordered_with_another_quantity() {
    let db = shops().await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 2).await;
    let mut hand = db.conn().await;
    let change = format!("BEGIN; UPDATE shop_cart SET quantity = 3 WHERE seq_no = {book}");
    query(&mut hand, &change).await.expect("a change");
    let json = format!(r#"[{{"id":{book},"quantity":2}}]"#);
    let order = OrderCall::new("T1", &[book]).client_total("20000");
    let mut order = Running::order(&db, order.cart_ids_json(Some(&json))).await;
    order.wait_until_blocked().await;
    query(&mut hand, "COMMIT").await.expect("a commit");
    let error = order
        .finish()
        .await
        .expect_err("two were asked for, three are there");
    error.expect_code("CART_NOT_FOUND");
    assert_eq!(db.count("shop_orders").await, 0);
    assert_eq!(db.int("SELECT quantity FROM shop_cart").await, 3);
    // Asked again, it is known that the row says something else.
    let order = OrderCall::new("T1", &[book]).client_total("30000");
    let mut conn = db.conn_as_gateway().await;
    let error = order.cart_ids_json(Some(&json)).call(&mut conn).await;
    error
        .expect_err("another quantity")
        .expect_code("INVALID_INPUT");
}
