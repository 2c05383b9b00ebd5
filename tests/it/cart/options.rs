//! What a buyer chooses of a product: groups of options, the payload that a page sends, its normal form and hash, texts
//! that make lines differ, and rows that name what is no option.

use serde_json::{Value as Json, json};

use super::{cart_of, fates};
use crate::http::{Reply, post};
use crate::support::*;

const NONE: Option<&str> = None;

/// The one of `sql/README.md`.
const PAYLOAD: &str = r#"{ "색상": "빨강", "사이즈": "L", "각인": "Kim \"7\"" }"#;
const NORMAL: &str = r#"{"각인":"Kim \"7\"","사이즈":"L","색상":"빨강"}"#;
const HASH: &str = "aae919890471ffdb2afbcfdd6f9a9b8d5a7d52c2b9edb0bcf1d0cea9fed04e2c";
/// Of its choices, which have a price.
const CHOICES: &str = r#"{"사이즈":"L","색상":"빨강"}"#;
const COMBINATION: &str = "af600af4a5b9a5daf47d7e6f44f022ab295f6da4098f426e6b7d1f1598210248";

/// A ring for 10,000 in two colours and one size, red ones 1,000 more; 5 red ones, 9 blue ones; a text of 10 characters
/// can be engraved. No delivery fee.
pub async fn ring() -> TestDb {
    let db = TestDb::with_fixture().await;
    db.exec(
        r#"INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
           VALUES (1, 'ring', 'Ring', 10000, 1);
           INSERT INTO shop_option_groups (shop_id, product_id, group_name, kind, is_required, max_length)
           VALUES (1, 'ring', '색상', 'choice', 1, NULL), (1, 'ring', '사이즈', 'choice', 1, NULL),
                  (1, 'ring', '각인', 'text', 0, 10);
           INSERT INTO shop_product_options
               (shop_id, product_id, option_hash, option_name, add_price, stock_option_hash, choices_json)
           VALUES (1, 'ring', '', '빨강 L', 1000, '', '{"색상" : "빨강", "사이즈" : "L"}'),
                  (1, 'ring', '', '파랑 L', 0, '', '{"사이즈":"L","색상":"파랑"}');
           INSERT INTO shop_stock (shop_id, product_id, option_hash, free, update_date)
           SELECT 1, 'ring', option_hash, IF(add_price > 0, 5, 9), UTC_TIMESTAMP(6) FROM shop_product_options
           WHERE product_id = 'ring';
           INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
           SELECT shop_id, product_id, option_hash, free, 'first stock', 'fixture', UTC_TIMESTAMP(6) FROM shop_stock
           WHERE product_id = 'ring'"#,
    )
    .await;
    db
}

async fn add(
    conn: &mut Conn,
    product: &str,
    option: &str,
    quantity: u32,
) -> Result<Sets, CallError> {
    let params = (1, "u1", product, option, quantity.to_string());
    call(conn, "add_shop_cart", params).await
}

#[tokio::test]
async fn a_payload_has_one_normal_form_and_one_hash() {
    let db = TestDb::new().await;
    let mut conn = db.conn().await;
    let long = "가".repeat(500);
    let many = |count: usize| {
        let members: Vec<String> = (0..count).map(|n| format!(r#""g{n}":"1""#)).collect();
        format!("{{{}}}", members.join(","))
    };
    let good: [(String, String); 13] = [
        (PAYLOAD.to_owned(), NORMAL.to_owned()),
        // Order, white space and \u escapes make no difference.
        (
            "\t{\"\\uc0c9\\uc0c1\":\"\\ube68\\uac15\"\n,\r\"사이즈\"  :\"L\"}".to_owned(),
            CHOICES.to_owned(),
        ),
        // Spellings of a number, and the text of it.
        (r#"{"n":1}"#.to_owned(), r#"{"n":"1"}"#.to_owned()),
        (r#"{"n":1.0}"#.to_owned(), r#"{"n":"1"}"#.to_owned()),
        (r#"{"n":"1"}"#.to_owned(), r#"{"n":"1"}"#.to_owned()),
        (r#"{"n":10e-1}"#.to_owned(), r#"{"n":"1"}"#.to_owned()),
        (
            r#"{"n":-0.50,"z":-0.0,"h":1e2}"#.to_owned(),
            r#"{"h":"100","n":"-0.5","z":"0"}"#.to_owned(),
        ),
        // A text stays what it is, without the blanks around it.
        (
            r#"{"n":" 1.0 ","m":"007"}"#.to_owned(),
            r#"{"m":"007","n":"1.0"}"#.to_owned(),
        ),
        // Null, empty and unseen were not chosen.
        (
            r#"{"a":null,"b":"","c":"  ","d":"　","e":"x"}"#.to_owned(),
            r#"{"e":"x"}"#.to_owned(),
        ),
        // By code point: capitals, small letters, Hangul, what comes after.
        (
            r#"{"가":"1","b":"2","B":"3","~":"4","😀":"5","ﬀ":"6"}"#.to_owned(),
            r#"{"B":"3","b":"2","~":"4","가":"1","ﬀ":"6","😀":"5"}"#.to_owned(),
        ),
        (
            r#"{"a":"\\ \/ \" }, {"}"#.to_owned(),
            r#"{"a":"\\ / \" }, {"}"#.to_owned(),
        ),
        (
            format!(r#"{{"a":"{long}"}}"#),
            format!(r#"{{"a":"{long}"}}"#),
        ),
        (many(2), r#"{"g0":"1","g1":"1"}"#.to_owned()),
    ];
    for (payload, normal) in good {
        let sets = query(
            &mut conn,
            &format!(
                "CALL _normal_option({}, @members, @normal, @fault);
                 SELECT @normal AS normal, @fault AS fault, _option_hash(@normal) AS hash",
                Value::from(payload.as_str()).as_sql(false)
            ),
        )
        .await
        .unwrap();
        let row = sets.first();
        assert_eq!(
            (row.str("normal"), row.str("fault")),
            (normal.clone(), String::new()),
            "{payload}"
        );
        assert_eq!(row.str("hash"), sha256_hex(&normal));
    }
    for nothing in ["", "{}", " { } ", "[]", "[ ]\n", "null", r#"{"a":null}"#] {
        let sql = format!(
            "CALL _normal_option('{nothing}', @members, @normal, @fault);
             SELECT CONCAT(@normal, @members, @fault, _option_hash(@normal)) AS said"
        );
        let sets = query(&mut conn, &sql).await.unwrap();
        assert_eq!(sets.first().str("said"), "{}[]__noopt__", "{nothing:?}");
    }
    let bad = [
        (r#"{"a":1,"a":2}"#.to_owned(), "a name twice: a"),
        (r#"{"a":null,"\u0061 ":"2"}"#.to_owned(), "a name twice: a"),
        (r#"{"a":{"b":1}}"#.to_owned(), "not a text or a number"),
        (r#"{"a":["b"]}"#.to_owned(), "not a text or a number"),
        (r#"{"a":true}"#.to_owned(), "not a text or a number"),
        (r#"{"a":1234567890123456}"#.to_owned(), "15 digits"),
        (r#"{"a":1e99}"#.to_owned(), "15 digits"),
        (r#"{"":"x"}"#.to_owned(), "1 to 60 characters"),
        (
            format!(r#"{{"{}":"x"}}"#, "g".repeat(61)),
            "1 to 60 characters",
        ),
        (r#"{"a\"b":"x"}"#.to_owned(), "none for a name"),
        (r#"{"a\nb":"x"}"#.to_owned(), "none for a name"),
        (r#"{"a":"x\ny"}"#.to_owned(), "none for a text: a"),
        // Hangul in parts.
        (
            "{\"a\":\"\u{1100}\u{1161}\"}".to_owned(),
            "none for a text: a",
        ),
        (r#"{"a":"\ud83d\ude00"}"#.to_owned(), "two halves"),
        (
            format!(r#"{{"a":"{}"}}"#, "x".repeat(501)),
            "longer than 500",
        ),
        (
            format!(r#"{{"a":"{long}","b":"{long}","c":"{long}","d":"{long}"}}"#),
            "longer than 2000",
        ),
        (many(21), "more than 20"),
        ("[1]".to_owned(), "not a JSON object"),
        (r#"[{"a":1}]"#.to_owned(), "not a JSON object"),
        (r#""red""#.to_owned(), "not a JSON object"),
        (r#"{"a":1"#.to_owned(), "not JSON"),
        (r#"{"a":1} x"#.to_owned(), "not JSON"),
        (format!("{{{}", " ".repeat(16_000)), "too long"),
        ("{".repeat(5_000), "not JSON"),
    ];
    for (payload, fault) in bad {
        let sql = format!(
            "CALL _normal_option({}, @members, @normal, @fault);
             SELECT @normal AS normal, @fault AS fault",
            Value::from(payload.as_str()).as_sql(false)
        );
        let sets = query(&mut conn, &sql).await.unwrap();
        let row = sets.first();
        assert!(
            row.str("fault").contains(fault),
            "{payload}: {} is not {fault}",
            row.str("fault")
        );
        assert_eq!(row.str("normal"), "{}");
    }
    // What the documents say.
    assert_eq!(
        (sha256_hex(NORMAL), sha256_hex(CHOICES)),
        (HASH.to_owned(), COMBINATION.to_owned())
    );
    let page = include_str!("../../../sql/README.md");
    for text in [PAYLOAD, NORMAL, HASH, CHOICES, COMBINATION] {
        assert!(page.contains(text), "{text}");
    }
}

#[tokio::test]
async fn the_same_choice_however_it_is_written_is_one_row() {
    let db = ring().await;
    let mut conn = db.conn_as_gateway().await;
    for payload in [
        CHOICES,
        r#"{"색상":"빨강","사이즈":"L"}"#,
        r#" {"색상" : " 빨강" , "사이즈":"L", "각인":""} "#,
        COMBINATION,
    ] {
        add(&mut conn, "ring", payload, 1).await.unwrap();
    }
    let cart = cart_of(&db, 1, "u1").await;
    assert_eq!(cart, [format!("ring {COMBINATION} 4")]);
    // The engraved one is a line of its own, at the price of the same combination: 10,000 + 1,000.
    let answer = add(&mut conn, "ring", PAYLOAD, 2).await.unwrap();
    let lines = answer.set(1);
    assert_eq!(lines.column("option_hash"), [COMBINATION, HASH]);
    assert_eq!(lines.column("option_name"), ["빨강 L", "빨강 L"]);
    assert_eq!(lines.column("unit_price"), ["11000.00", "11000.00"]);
    assert_eq!(lines.column("option_json"), [CHOICES, NORMAL]);
    // Its hash alone is enough later: what it stands for is kept.
    add(&mut conn, "ring", HASH, 1).await.unwrap();
    assert_eq!(cart_of(&db, 1, "u1").await[1], format!("ring {HASH} 3"));
    db.exec("DELETE FROM shop_cart").await;
    add(&mut conn, "ring", HASH, 1).await.unwrap();
    assert_eq!(
        db.text("SELECT CONCAT_WS(' ', option_hash, combination_hash, price_id IS NOT NULL) FROM shop_cart")
            .await,
        format!("{HASH} {COMBINATION} 1")
    );
    assert_eq!(db.count("shop_option_payloads").await, 2);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_engraving_makes_lines_differ_and_the_units_are_the_same() {
    let db = ring().await;
    let mut conn = db.conn_as_gateway().await;
    add(&mut conn, "ring", CHOICES, 2).await.unwrap();
    add(&mut conn, "ring", PAYLOAD, 3).await.unwrap();
    let ids: Vec<i64> = db
        .rows("SELECT seq_no FROM shop_cart ORDER BY seq_no")
        .await
        .iter()
        .map(|row| row.int("seq_no"))
        .collect();
    // Two plain ones and three engraved ones, 11,000 each: 5 × 11,000 = 55,000, and the 5 red ones are gone.
    OrderCall::new("T1", &ids)
        .client_total("55000")
        .call(&mut conn)
        .await
        .unwrap();
    assert_eq!(db.free_stock("ring", COMBINATION).await, 0);
    assert_eq!(
        db.text("SELECT GROUP_CONCAT(option_hash, ' ', quantity) FROM shop_stock_reservations")
            .await,
        format!("{COMBINATION} 5")
    );
    let order = call(&mut conn, "shop_order_select", (1, "u1", "T1"))
        .await
        .unwrap();
    assert_eq!(order.set(1).column("option_json"), [CHOICES, NORMAL]);
    let option: Json = serde_json::from_str(NORMAL).unwrap();
    let items = order.first().json("items_json");
    assert_eq!(
        items[1],
        json!({"product_id": "ring", "option": option, "option_hash": HASH, "quantity": 3})
    );
    // What the order says is what a cart is made of again; there is none left to order.
    let params = (1, "u2", NONE, NONE, NONE, items.to_string(), NONE, NONE);
    let again = call(&mut conn, "add_shop_cart_items", params)
        .await
        .unwrap();
    assert_eq!(
        cart_of(&db, 1, "u2").await,
        [format!("ring {COMBINATION} 2"), format!("ring {HASH} 3")]
    );
    assert_eq!(again.set(1).column("stock_left"), ["0", "0"]);
    let ids = again.set(1).column("cart_id").join(",");
    let error = OrderCall::new("T2", &[])
        .user(1, "u2")
        .cart_ids_json(Some(&format!("[{ids}]")))
        .client_total("55000")
        .call(&mut conn)
        .await
        .unwrap_err();
    error.expect_code("OUT_OF_STOCK");
    let short = &error.sets.set(1).rows[0];
    assert_eq!(
        (
            short.int("wanted"),
            short.int("free"),
            short.str("option_hash")
        ),
        (5, 0, COMBINATION.to_owned())
    );
    // The lines of the order itself go back, the engraved one too.
    call(&mut conn, "shop_order_restore_cart", (1, "u1", "T1"))
        .await
        .unwrap();
    assert_eq!(
        cart_of(&db, 1, "u1").await,
        [format!("ring {COMBINATION} 2"), format!("ring {HASH} 3")]
    );
    assert_eq!(db.free_stock("ring", COMBINATION).await, 5);
    // A guest's engraved one moves and adds up.
    call(&mut conn, "merge_shop_cart", (1, "guest-1", "u1"))
        .await
        .unwrap();
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn what_is_no_option_of_the_product_is_refused_when_adding() {
    let db = ring().await;
    let mut conn = db.conn_as_gateway().await;
    super::header(&db, 1, "u1").await;
    let before = db.snapshot().await;
    let cases = [
        (r#"{"색상":"빨강"}"#, "INVALID_INPUT", "required: 사이즈"),
        (
            r#"{"색상":"빨강","사이즈":"L","끈":"금"}"#,
            "INVALID_INPUT",
            "no such group: 끈",
        ),
        (
            r#"{"색상":"빨강","사이즈":"L","각인":"12345678901"}"#,
            "INVALID_INPUT",
            "too long: 각인",
        ),
        (
            r#"{"색상":"빨강","색상":"파랑","사이즈":"L"}"#,
            "INVALID_INPUT",
            "a name twice: 색상",
        ),
        (
            r#"{"색상":["빨강"],"사이즈":"L"}"#,
            "INVALID_INPUT",
            "a value is not a text or a number",
        ),
        // No such colour; nothing chosen; a hash that is none.
        (
            r#"{"색상":"초록","사이즈":"L"}"#,
            "PRODUCT_UNAVAILABLE",
            "ring",
        ),
        ("{}", "INVALID_INPUT", "required: 사이즈"),
        ("", "PRODUCT_UNAVAILABLE", "ring"),
        (HASH, "PRODUCT_UNAVAILABLE", "ring"),
    ];
    for (option, code, detail) in cases {
        let error = add(&mut conn, "ring", option, 1).await.unwrap_err();
        error.expect_code(code);
        let field = match code {
            "INVALID_INPUT" => "option",
            _ => "product_id",
        };
        assert_eq!(
            (error.row().str("field"), error.row().str("detail")),
            (field.to_owned(), detail.to_owned()),
            "{option}"
        );
    }
    assert_eq!(db.snapshot().await, before);

    // In a list each is told of itself.
    let items: Vec<Json> = [
        r#"{"색상":"빨강"}"#,
        r#"{"색상":"초록","사이즈":"L"}"#,
        r#"{"색상":"파랑","사이즈":"L","각인":7.0}"#,
        "[]",
        r#"{"색상":"파랑","사이즈":"L"}"#,
    ]
    .iter()
    .map(|option| {
        let option: Json = serde_json::from_str(option).unwrap();
        json!({"product_id": "ring", "option": option, "quantity": 1})
    })
    .chain([
        json!({"product_id": "ring", "option": CHOICES, "option_hash": COMBINATION, "qty": 1}),
        json!({"product_id": "ring", "option": CHOICES, "option_hash": HASH, "quantity": 1}),
        json!({"product_id": "ring", "option": COMBINATION, "quantity": 1}),
        json!({"product_id": "ring", "option": 5, "quantity": 1}),
        json!({"product_id": "book", "option": {}, "quantity": 1}),
        json!({"product_id": "book", "option": {"색상": "빨강"}, "quantity": 1}),
    ])
    .collect();
    let params = |items: String| (1, "u1", NONE, NONE, NONE, items, NONE, NONE);
    let items = serde_json::to_string(&items).unwrap();
    let answer = call(&mut conn, "add_shop_cart_items", params(items))
        .await
        .unwrap();
    let blue = sha256_hex(r#"{"사이즈":"L","색상":"파랑"}"#);
    let engraved = sha256_hex(r#"{"각인":"7","사이즈":"L","색상":"파랑"}"#);
    let red = sha256_hex(r#"{"색상":"빨강"}"#);
    let green = sha256_hex(r#"{"사이즈":"L","색상":"초록"}"#);
    assert_eq!(
        fates(&answer),
        [
            format!("ring {red} 1: INVALID_INPUT option → null"),
            format!("ring {green} 1: PRODUCT_NOT_FOUND → 0"),
            format!("ring {engraved} 1: OK → 1"),
            "ring __noopt__ 1: INVALID_INPUT option → null".to_owned(),
            format!("ring {blue} 1: OK → 1"),
            format!("ring {COMBINATION} 1: OK → 1"),
            format!("ring {COMBINATION} 1: INVALID_INPUT option → null"),
            format!("ring {COMBINATION} 1: OK → 2"),
            "ring 5 1: PRODUCT_NOT_FOUND → 0".to_owned(),
            "book __noopt__ 1: OK → 1".to_owned(),
            format!("book {red} 1: PRODUCT_NOT_FOUND → 0"),
        ]
    );
    let told = answer.first().json("items_json");
    assert_eq!(told[0]["detail"], "required: 사이즈");
    assert_eq!(told[6]["detail"], "option_hash is of another one");
    // A list that leaves open what was meant is no list.
    for list in [
        r#"[{"product_id":"ring","option":{"색상":"빨강","색상":"파랑"},"quantity":1}]"#,
        r#"[{"product_id":"ring","option":{"\uc0c9":"빨강","색":"파랑"},"quantity":1}]"#,
        r#"[{"product_id":"ring","option":{},"option":{},"quantity":1}]"#,
        r#"[{"product_id":"ring","option":{"a":{"b":1}},"quantity":1}]"#,
        r#"[{"product_id":"ring","option":[1],"quantity":1}]"#,
    ] {
        let error = call(&mut conn, "add_shop_cart_items", params(list.to_owned()))
            .await
            .unwrap_err();
        error.expect_code("INVALID_INPUT");
        assert_eq!(error.row().str("field"), "items", "{list}");
    }
    db.assert_audit_clean().await;
}

/// Rows as only a hand or an old page writes them.
#[tokio::test]
async fn what_is_no_option_of_the_product_is_refused_inside_the_order() {
    let db = ring().await;
    let mut conn = db.conn_as_gateway().await;
    add(&mut conn, "ring", PAYLOAD, 1).await.unwrap();
    db.exec("UPDATE shop_cart SET user_id = 'u9'").await;
    let blue = sha256_hex(r#"{"사이즈":"L","색상":"파랑"}"#);
    let cases = [
        // Of no option; of another product's; a made-up text on a right combination; another one's text on it; nothing
        // chosen where something must be.
        ("ring", "made-up".to_owned(), NONE),
        ("ring", "red".to_owned(), NONE),
        ("ring", "made-up".to_owned(), Some(COMBINATION)),
        ("ring", HASH.to_owned(), Some(blue.as_str())),
        ("ring", NO_OPTION.to_owned(), NONE),
        ("ring", HASH.to_owned(), Some(NO_OPTION)),
        // An option row without its product: the product is gone.
        ("gone", "red".to_owned(), NONE),
    ];
    for (number, (product, option, combination)) in cases.iter().enumerate() {
        let combination = combination.map_or("NULL".to_owned(), |hash| format!("'{hash}'"));
        let cart_id = db
            .int_after(&format!(
                "INSERT INTO shop_cart (shop_id, user_id, product_id, option_hash, combination_hash, quantity,
                                        create_date, update_date)
                 VALUES (1, 'u1', '{product}', '{option}', {combination}, 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6));
                 SELECT LAST_INSERT_ID()"
            ))
            .await;
        // Who reads the row that a page has written notes it in the header.
        let read = call(&mut conn, "select_shop_cart", (1, "u1", None::<&str>)).await;
        read.unwrap();
        let before = db.snapshot().await;
        let error = OrderCall::new(&format!("T{number}"), &[cart_id])
            .client_total("10000")
            .call(&mut conn)
            .await
            .unwrap_err();
        error.expect_code("PRODUCT_UNAVAILABLE");
        assert_eq!(error.row().str("detail"), *product);
        let line = error.sets.set(1).find("cart_id", &cart_id.to_string());
        assert_eq!(line.int("orderable"), 0, "{product} {option}");
        let cart = call(&mut conn, "select_shop_cart", (1, "u1", None::<&str>))
            .await
            .unwrap();
        assert_eq!(cart.set(1).rows[0].int("orderable"), 0);
        assert!(before == db.snapshot().await || number == 0);
        db.exec("DELETE FROM shop_cart WHERE user_id = 'u1'").await;
    }
    assert_eq!(db.count("shop_orders").await, 0);

    // Groups change while a row lies in the cart: an engraving becomes required, a second one, and then none is left.
    add(&mut conn, "ring", CHOICES, 1).await.unwrap();
    let plain = db
        .int("SELECT seq_no FROM shop_cart WHERE user_id = 'u1'")
        .await;
    db.exec("UPDATE shop_option_groups SET is_required = 1 WHERE group_name = '각인'")
        .await;
    let order = OrderCall::new("T9", &[plain]).client_total("11000");
    let error = order.call(&mut conn).await.unwrap_err();
    error.expect_code("PRODUCT_UNAVAILABLE");
    assert_eq!(error.sets.set(1).rows[0].int("orderable"), 0);
    let error = add(&mut conn, "ring", COMBINATION, 1).await.unwrap_err();
    error.expect_code("PRODUCT_UNAVAILABLE");
    let engraved = db
        .int("SELECT seq_no FROM shop_cart WHERE user_id = 'u9'")
        .await;
    let order_of_u9 = OrderCall::new("U9", &[engraved])
        .user(1, "u9")
        .client_total("11000");
    db.exec(
        "INSERT INTO shop_option_groups (shop_id, product_id, group_name, kind, is_required, max_length)
         VALUES (1, 'ring', '포장', 'text', 1, 5)",
    )
    .await;
    let error = order_of_u9.call(&mut conn).await.unwrap_err();
    error.expect_code("PRODUCT_UNAVAILABLE");
    db.exec("DELETE FROM shop_option_groups WHERE group_name = '포장'")
        .await;
    order_of_u9.call(&mut conn).await.unwrap();
    db.exec("UPDATE shop_option_groups SET is_required = 0 WHERE group_name = '각인'")
        .await;
    order.call(&mut conn).await.unwrap();
    assert_eq!(db.free_stock("ring", COMBINATION).await, 3);
    db.assert_audit_clean().await;
}

/// An order of what needs no look goes by the short path, engraved or not it is the same order.
#[tokio::test]
async fn choices_alone_cost_an_order_no_look() {
    let db = ring().await;
    let mut conn = db.conn_as_gateway().await;
    let orderable = "SELECT GROUP_CONCAT(orderable ORDER BY add_price, option_hash = '__noopt__') FROM shop_offers
                     WHERE product_id = 'ring'";
    assert_eq!(db.text(orderable).await, "1,0,1");
    db.exec("UPDATE shop_option_groups SET is_required = 1 WHERE group_name = '각인'")
        .await;
    assert_eq!(db.text(orderable).await, "2,0,2");
    // A product with nothing but a text: the text is all of the option, and the combination is none.
    db.exec(
        "INSERT INTO shop_option_groups (shop_id, product_id, group_name, kind, is_required, max_length)
         VALUES (1, 'pen', '이름', 'text', 1, 5)",
    )
    .await;
    add(&mut conn, "pen", r#"{"이름":"민수"}"#, 2)
        .await
        .unwrap();
    let pen = db
        .int("SELECT seq_no FROM shop_cart WHERE combination_hash = '__noopt__'")
        .await;
    // 2 pens of 1,000 and the parcel, 2,500.
    OrderCall::new("T1", &[pen])
        .client_total("4500")
        .call(&mut conn)
        .await
        .unwrap();
    assert_eq!(db.free_stock("pen", NO_OPTION).await, 98);
    add(&mut conn, "pen", "", 1)
        .await
        .unwrap_err()
        .expect_code("PRODUCT_UNAVAILABLE");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_combination_is_told_by_its_choices_and_kept_as_it_was() {
    let db = ring().await;
    let refused = |sql: &'static str| {
        let db = &db;
        async move {
            let mut conn = db.conn().await;
            query(&mut conn, sql).await.unwrap_err()
        }
    };
    let error = refused(
        "INSERT INTO shop_product_options (shop_id, product_id, option_hash, option_name, stock_option_hash, choices_json)
         VALUES (1, 'ring', '', 'x', '', '{\"a\":{}}')",
    )
    .await;
    assert_eq!(error.code(), "INVALID_INPUT");
    // Other choices are another combination; its units stay where they are.
    let before = db.free_stock("ring", COMBINATION).await;
    db.exec(
        "UPDATE shop_product_options SET choices_json = '{\"사이즈\":\"M\",\"색상\":\"빨강\"}' WHERE product_id = 'ring' AND add_price = 1000",
    )
    .await;
    let medium = sha256_hex(r#"{"사이즈":"M","색상":"빨강"}"#);
    assert_eq!(
        db.text(
            "SELECT option_hash FROM shop_offers WHERE product_id = 'ring' AND add_price = 1000"
        )
        .await,
        medium
    );
    assert_eq!(db.free_stock("ring", COMBINATION).await, before);
    // An option that is only a hash, as ever.
    db.exec("UPDATE shop_product_options SET add_price = 5 WHERE option_hash = 'red'")
        .await;
    let mut conn = db.conn_as_gateway().await;
    add(&mut conn, "ring", r#"{"사이즈":"M","색상":"빨강"}"#, 1)
        .await
        .unwrap();
    for sql in [
        "UPDATE shop_option_payloads SET payload_json = '{}'",
        "DELETE FROM shop_option_payloads",
    ] {
        let mut conn = db.conn().await;
        let error = query(&mut conn, sql).await.unwrap_err();
        assert_eq!(error.code(), "ROW_IS_KEPT");
    }
    db.assert_audit_clean().await;
    // What a hand does past the triggers is found.
    db.without_triggers().await;
    db.exec(
        "DROP TRIGGER IF EXISTS tr_shop_option_payloads_update;
         DROP TRIGGER IF EXISTS tr_shop_product_options_chosen;
         UPDATE shop_option_payloads SET payload_json = '{\"a\":\"b\"}';
         UPDATE shop_products SET required_texts = 1 WHERE product_id = 'ring';
         UPDATE shop_product_options SET choices_json = '{\"색상\":\"빨강\"}' WHERE product_id = 'ring' AND add_price = 1000",
    )
    .await;
    let found = db
        .rows("SELECT detail FROM v_audit_option ORDER BY detail")
        .await;
    let found: Vec<String> = found.iter().map(|row| row.str("detail")).collect();
    assert_eq!(
        found,
        [
            "counts 3 groups, has 3; required choices 2, 2; required texts 1, 0",
            "is not the hash of its choices",
            "is not the hash of what was chosen",
            "leaves out what is required: 사이즈",
        ]
    );
}

#[tokio::test]
async fn over_http_an_option_is_an_object() {
    let db = ring().await;
    let gateway = Gateway::start(&db).await;
    let option: Json = serde_json::from_str(PAYLOAD).unwrap();
    let body = json!({"product_id": "ring", "option": option, "quantity": 2});
    let answer = post(&gateway, "/v1/cart/items", "u1", &body).await.ok();
    assert_eq!(answer["lines"][0]["option_hash"], HASH);
    assert_eq!(answer["lines"][0]["option"], option);
    let body = json!({"items": [{"product_id": "ring", "option": option, "quantity": 1}]});
    let answer = post(&gateway, "/v1/cart/items", "u1", &body).await.ok();
    assert_eq!(answer["items"][0]["in_cart"], 3);
    // A form says it member by member, or as JSON.
    let form = |fields: &[(&str, &str)]| {
        let request = gateway.shop(Method::POST, "/v1/cart/items", "u1");
        Reply::of(request.form(fields))
    };
    let fields = [
        ("product_id", "ring"),
        ("option[색상]", "빨강"),
        ("option[사이즈]", "L"),
        ("option[각인]", ""),
        ("quantity", "1"),
    ];
    let answer = form(&fields).await.ok();
    assert_eq!(answer["lines"][1]["option_hash"], COMBINATION);
    let fields = [
        ("product_id", "ring"),
        ("option_hash", PAYLOAD),
        ("quantity", "1"),
    ];
    let answer = form(&fields).await.ok();
    assert_eq!(answer["lines"][0]["quantity"], 4);
    // One of both.
    let body = json!({"product_id": "ring", "option": option, "option_hash": HASH, "quantity": 2});
    let problem = post(&gateway, "/v1/cart/items", "u1", &body)
        .await
        .problem(400, "INVALID_INPUT");
    assert_eq!(problem["field"], "option");
}

/// Pages that write a group again, in each of the ways in which a row may be there already.
#[tokio::test]
async fn a_group_that_is_there_already_is_not_counted_again() {
    let db = ring().await;
    let counted =
        "SELECT CONCAT_WS(' ', option_groups, required_choices, required_texts) FROM shop_products
                   WHERE product_id = 'ring'";
    let before = db.text(counted).await;
    let row = "shop_option_groups (shop_id, product_id, group_name, kind, is_required, max_length)
               SELECT shop_id, product_id, group_name, kind, is_required, max_length FROM
               (SELECT * FROM shop_option_groups WHERE product_id = 'ring') g";
    for sql in [
        format!("INSERT IGNORE INTO {row}"),
        format!("INSERT INTO {row} ON DUPLICATE KEY UPDATE position = shop_option_groups.position"),
        format!("REPLACE INTO {row}"),
    ] {
        db.exec(&sql).await;
        assert_eq!(db.text(counted).await, before, "{sql}");
        db.assert_audit_clean().await;
    }
    let again = query(&mut db.conn().await, &format!("INSERT INTO {row}")).await;
    assert_eq!(again.unwrap_err().errno, 1062);
    assert_eq!(db.text(counted).await, before);
}
