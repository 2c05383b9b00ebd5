//! What people typed and their pages sent, over HTTP: read as it was written, or refused by its name.

use super::bad_fields::{FORM, JSON, Scene};
use super::*;

/// An order of both cart rows with an address that was typed, as a form; `rest` is put behind it.
fn typed_form(scene: &Scene, rest: &str) -> String {
    let [book, chair] = scene.cart_ids;
    format!(
        "mTrdNo=T1&trdAmt=17000&selected_cart_ids[]={book}&selected_cart_ids[]={chair}&pg=wallet\
         &receiver[receiver_name]=Kim&receiver[receiver_phone]=010-0000-0000&receiver[post_code]=04524\
         &receiver[address]=Sejong-daero{rest}"
    )
}

#[tokio::test]
async fn a_line_of_an_address_is_never_dropped() {
    let scene = Scene::new().await;
    let before = scene.db.snapshot().await;
    for (rest, field) in [
        (
            "&receiver[address_detail]=101&receiver[address_detail]=1001",
            "receiver.address_detail",
        ),
        (
            "&receiver[address_detail]=101&receiver[address_detail]=101",
            "receiver.address_detail",
        ),
        ("&receiver[address_detail][]=101", "receiver.address_detail"),
        (
            "&receiver[address_detail][0]=101",
            "receiver.address_detail",
        ),
        ("&receiver%5Badress_detail%5D=101", "receiver.adress_detail"),
        ("&receiver[address]=Other", "receiver.address"),
    ] {
        let form = typed_form(&scene, rest);
        scene.refuses_text("/v1/orders", FORM, form, field).await;
    }
    let good = json!({"receiver_name": "김", "receiver_phone": "010-0000-0000", "post_code": "04524", "address": "길 1"});
    for (member, value) in [
        ("address_detail", json!(["101"])),
        ("address_detail", json!({"0": "101"})),
        ("address_detail", json!(false)),
        ("address_detail", json!(101)),
        ("adress_detail", json!("101")),
        ("post_code", json!(4524)),
        ("receiver_name", json!("\u{3000}\u{200b}")),
        ("address", json!("\u{3164}")),
        ("address_detail", json!("101\u{2028}102")),
    ] {
        let mut receiver = good.clone();
        receiver[member] = value;
        // The same as a text, as a form may send it.
        for receiver in [receiver.clone(), json!(receiver.to_string())] {
            let mut body = scene.order_with("receiver", Some(receiver));
            body["address_id"] = Json::Null;
            let field = format!("receiver.{member}");
            scene.refuses_order(&body, &field).await;
        }
    }
    for name in ["point_to_use", "address_id", "mode"] {
        let form = typed_form(&scene, &format!("&{name}[]=1"));
        scene.refuses_text("/v1/orders", FORM, form, name).await;
    }
    scene.end(&before).await;
}

#[tokio::test]
async fn a_form_s_quantity_beside_an_id_is_the_row_s() {
    let scene = Scene::new().await;
    let before = scene.db.snapshot().await;
    let id = scene.cart_ids[0];
    let order = |ids: &str| format!("mTrdNo=T1&trdAmt=10000&{ids}&address_id=101&pg=wallet");
    let item = |name: &str, value: &str| {
        format!("selected_cart_ids[0][id]={id}&selected_cart_ids[0][{name}]={value}")
    };
    for ids in [
        item("qty", "5"),
        item("quantity", "2"),
        item("qty", "x"),
        item("qty", "1&selected_cart_ids[0][qty]=2"),
        item("qty][", "1"),
        item("id", "7"),
    ] {
        for path in ["/v1/orders", "/v1/quotes"] {
            scene
                .refuses_text(path, FORM, order(&ids), "selected_cart_ids")
                .await;
        }
    }
    assert!(scene.db.snapshot().await == before || scene.db.count("shop_orders").await == 0);
    for (number, ids) in [
        ("A", item("qty", "1")),
        ("B", item("quantity", "1&selected_cart_ids[0][name]=x")),
        ("C", item("qty", "")),
    ] {
        let request = scene.gateway.shop(Method::POST, "/v1/quotes", "u1");
        let request = request.header("content-type", FORM).body(order(&ids));
        assert_eq!(
            Reply::of(request).await.ok()["total_payment"],
            "10000.00",
            "{number}"
        );
    }
    let request = scene.gateway.shop(Method::POST, "/v1/orders", "u1");
    let request = request
        .header("content-type", FORM)
        .body(order(&item("qty", "1")));
    assert_eq!(Reply::of(request).await.ok()["replayed"], 0);
    scene.db.assert_audit_clean().await;
}

/// 홍길동 as macOS writes it.
const IN_PARTS: &str = "\u{1112}\u{1169}\u{11bc}\u{1100}\u{1175}\u{11af}\u{1103}\u{1169}\u{11bc}";

#[tokio::test]
async fn hangul_in_parts_is_composed() {
    let db = TestDb::with_fixture().await;
    db.store_ticket_key(1, "1", TICKET_KEY).await;
    let gateway = Gateway::start(&db).await;
    let percent = |text: &str| percent_encoding(text);
    for (number, media) in [
        ("T1", "form"),
        ("T2", "json"),
        ("T3", "escaped"),
        ("T4", "text"),
    ] {
        let id = db.add_cart(1, "홍길동", "book", NO_OPTION, 1).await;
        let receiver = json!({"receiver_name": IN_PARTS, "receiver_phone": "010-0000-0000",
                              "post_code": "04524", "address": "세종대로", "delivery_msg": "cafe\u{301}"});
        // The buyer's own name comes in parts as well.
        let request = gateway.shop(Method::POST, "/v1/orders", IN_PARTS);
        let mut body = json!({"mTrdNo": number, "trdAmt": "10000", "selected_cart_ids": [id], "pg": "wallet",
                              "receiver": receiver});
        let request = match media {
            "form" => {
                let fields =
                    receiver
                        .as_object()
                        .expect("an object")
                        .iter()
                        .map(|(name, value)| {
                            format!(
                                "&receiver[{name}]={}",
                                percent(value.as_str().expect("a text"))
                            )
                        });
                let fields: String = fields.collect();
                request.header("content-type", FORM).body(format!(
                    "mTrdNo={number}&trdAmt=10000&selected_cart_ids[]={id}&pg=wallet{fields}"
                ))
            }
            "json" => request.json(&body),
            // As PHP writes JSON.
            "escaped" => request
                .header("content-type", JSON)
                .body(escaped(&body.to_string())),
            _ => {
                body["receiver"] = json!(escaped(&receiver.to_string()));
                request.json(&body)
            }
        };
        Reply::of(request).await.ok();
        let stored =
            "SELECT CONCAT_WS('|', user_id, receiver_name, address, delivery_msg) FROM shop_orders
                      ORDER BY seq_no DESC LIMIT 1";
        assert_eq!(
            db.text(stored).await,
            "홍길동|홍길동|세종대로|café",
            "{media}"
        );
    }
    // A ticket names its buyer in hex; it is the same buyer.
    let id = db.add_cart(1, "홍길동", "book", NO_OPTION, 1).await;
    let ticket = Ticket {
        user: IN_PARTS.to_owned(),
        ..Ticket::new("T5")
    };
    let mut body = order_body("T5", &[id], "10000");
    body["address_id"] = Json::Null;
    body["ticket"] = json!(ticket.sign());
    body["receiver"] = json!({"receiver_name": "홍", "receiver_phone": "010-0000-0000", "post_code": "04524",
                              "address": "세종대로"});
    Reply::of(super::tickets::orders(&gateway).json(&body))
        .await
        .ok();
    assert_eq!(db.count("shop_orders").await, 5);
    db.assert_audit_clean().await;
}

fn percent_encoding(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Everything that is not ASCII as `\uXXXX`.
fn escaped(json: &str) -> String {
    let mut text = String::new();
    for unit in json.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => text.push(char::from(byte)),
            _ => text.push_str(&format!("\\u{unit:04x}")),
        }
    }
    text
}

#[tokio::test]
async fn a_buyer_is_nobody_else_for_a_blank() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let placed = place_order(&gateway, &db, "T0").await;
    let order = format!(
        "/v1/orders/{}",
        placed["order_key"].as_str().expect("a key")
    );
    let before = db.snapshot().await;
    for blank in [
        "\u{3000}", "\u{a0}", "\u{85}", "\u{2028}", "\u{2003}", "\u{200b}", "\u{feff}",
    ] {
        for user in [
            format!("u1{blank}"),
            format!("{blank}u1"),
            format!("u1{blank} "),
        ] {
            for (method, path, body) in [
                (Method::GET, "/v1/cart", Json::Null),
                (
                    Method::POST,
                    "/v1/cart/items",
                    json!({"product_id": "book", "quantity": 1}),
                ),
                (
                    Method::PATCH,
                    &format!("/v1/cart/items/{id}"),
                    json!({"quantity": 5}),
                ),
                (
                    Method::POST,
                    "/v1/quotes",
                    json!({"selected_cart_ids": [id]}),
                ),
                (Method::POST, "/v1/orders", order_body("T1", &[id], "10000")),
                (Method::GET, order.as_str(), Json::Null),
            ] {
                let request = gateway.request(method, path).bearer_auth(SHOP_KEY);
                let user = reqwest::header::HeaderValue::from_bytes(user.as_bytes());
                let mut request = request.header("X-User-Id", user.expect("a header"));
                if !body.is_null() {
                    request = request.json(&body);
                }
                let reply = Reply::of(request).await;
                if path == order && !blank.trim().is_empty() {
                    // Another name, of somebody who has no such order.
                    reply.problem(404, "ORDER_NOT_FOUND");
                } else {
                    reply.invalid("X-User-Id");
                }
            }
        }
    }
    assert!(db.snapshot().await == before);
    // The blanks of ASCII around a header's value are HTTP's.
    let request = gateway
        .request(Method::GET, "/v1/cart")
        .bearer_auth(SHOP_KEY);
    let cart = Reply::of(request.header("X-User-Id", " \tu1 ")).await.ok();
    assert_eq!(cart["cart_count"], 1);
}
