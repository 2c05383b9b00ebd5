//! A field that is missing or malformed: 400 with its outward name, the same in JSON and in a form, and nothing changed.

use super::*;

/// A gateway, and a buyer with two cart rows whose order would cost 17000.
pub(super) struct Scene {
    pub gateway: Gateway,
    pub cart_ids: [i64; 2],
    /// The last to be dropped: another test gets it then.
    pub db: TestDb,
}

impl Scene {
    pub async fn new() -> Scene {
        let db = TestDb::with_fixture().await;
        let gateway = Gateway::start(&db).await;
        let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
        let chair = db.add_cart(1, "u1", "last", NO_OPTION, 1).await;
        Scene {
            db,
            gateway,
            cart_ids: [book, chair],
        }
    }

    pub fn order(&self) -> Json {
        order_body("T1", &self.cart_ids, "17000")
    }

    /// The order with one member set to this, or left out.
    pub fn order_with(&self, name: &str, value: Option<Json>) -> Json {
        let mut body = self.order();
        let members = body.as_object_mut().expect("an object");
        match value {
            Some(value) => drop(members.insert(name.to_owned(), value)),
            None => drop(members.remove(name)),
        }
        body
    }

    pub async fn refuses_order(&self, body: &Json, field: &str) {
        let reply = post(&self.gateway, "/v1/orders", "u1", body).await;
        assert_eq!(reply.status, 400, "{body}: {reply:?}");
        reply.invalid(field);
    }

    pub async fn refuses_text(
        &self,
        path: &str,
        media: &str,
        body: impl Into<Vec<u8>>,
        field: &str,
    ) {
        let body: Vec<u8> = body.into();
        let shown = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
        let request = self
            .gateway
            .shop(Method::POST, path, "u1")
            .header("content-type", media)
            .body(body);
        let reply = Reply::of(request).await;
        assert_eq!(reply.status, 400, "{shown}: {reply:?}");
        reply.invalid(field);
    }

    /// Everything is as it was, and the right order still works.
    pub async fn end(self, before: &str) {
        assert!(self.db.snapshot().await == before, "something was changed");
        assert_eq!(
            post(&self.gateway, "/v1/orders", "u1", &self.order())
                .await
                .ok()["replayed"],
            0
        );
        self.db.assert_audit_clean().await;
    }
}

pub(super) const JSON: &str = "application/json";
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn what_an_order_needs_is_named_when_it_is_missing() {
    let scene = Scene::new().await;
    let before = scene.db.snapshot().await;
    for name in ["mTrdNo", "trdAmt", "selected_cart_ids", "address_id", "pg"] {
        for value in [None, Some(Json::Null), Some(json!(""))] {
            scene
                .refuses_order(&scene.order_with(name, value), name)
                .await;
        }
    }
    let form = "mTrdNo=T1&trdAmt=17000&selected_cart_ids[]=1&address_id=101&pg=wallet";
    for (name, without) in [
        (
            "mTrdNo",
            "trdAmt=17000&selected_cart_ids[]=1&address_id=101&pg=wallet",
        ),
        (
            "trdAmt",
            "mTrdNo=T1&selected_cart_ids[]=1&address_id=101&pg=wallet",
        ),
        (
            "selected_cart_ids",
            "mTrdNo=T1&trdAmt=17000&address_id=101&pg=wallet",
        ),
        (
            "address_id",
            "mTrdNo=T1&trdAmt=17000&selected_cart_ids[]=1&pg=wallet",
        ),
        (
            "pg",
            "mTrdNo=T1&trdAmt=17000&selected_cart_ids[]=1&address_id=101",
        ),
    ] {
        assert_ne!(form, without);
        scene.refuses_text("/v1/orders", FORM, without, name).await;
    }
    scene.refuses_text("/v1/orders", JSON, "{}", "mTrdNo").await;
    scene
        .refuses_text("/v1/quotes", JSON, "{}", "selected_cart_ids")
        .await;
    scene
        .refuses_text("/v1/cart/items", JSON, "{}", "product_id")
        .await;
    scene
        .refuses_text(
            "/v1/cart/items",
            JSON,
            r#"{"product_id":"book"}"#,
            "quantity",
        )
        .await;
    let nothing = scene.gateway.shop(Method::POST, "/v1/orders", "u1");
    Reply::of(nothing).await.invalid("mTrdNo");
    let path = format!("/v1/cart/items/{}", scene.cart_ids[0]);
    let nothing = scene.gateway.shop(Method::PATCH, &path, "u1");
    Reply::of(nothing).await.invalid("quantity");
    let nothing = scene.gateway.shop(Method::DELETE, "/v1/cart/items", "u1");
    Reply::of(nothing).await.invalid("selected_cart_ids");
    scene.end(&before).await;
}

#[tokio::test]
async fn a_value_of_the_wrong_type_is_named() {
    let scene = Scene::new().await;
    let before = scene.db.snapshot().await;
    let cases = [
        ("mTrdNo", json!(["T1"])),
        ("mTrdNo", json!({"a": 1})),
        ("mTrdNo", json!(true)),
        ("mTrdNo", json!("한글")),
        ("mTrdNo", json!("a b")),
        ("mTrdNo", json!("x".repeat(65))),
        ("mTrdNo", json!("T1\n")),
        ("mTrdNo", json!("../x")),
        ("trdAmt", json!(true)),
        ("trdAmt", json!([17000])),
        ("trdAmt", json!({"amount": 17000})),
        ("selected_cart_ids", json!(5)),
        ("selected_cart_ids", json!({"id": 1})),
        ("selected_cart_ids", json!(false)),
        ("selected_cart_ids", json!([])),
        ("selected_cart_ids", json!([0])),
        ("selected_cart_ids", json!([-1])),
        ("selected_cart_ids", json!([1.5])),
        ("selected_cart_ids", json!(["x"])),
        ("selected_cart_ids", json!([null])),
        ("selected_cart_ids", json!([[1]])),
        ("selected_cart_ids", json!([{"no": 1}])),
        ("selected_cart_ids", json!(["01"])),
        ("selected_cart_ids", json!([true])),
        ("selected_cart_ids", json!(["1 OR 1=1"])),
        ("selected_cart_ids", json!([9_999_999_999_999_999_999_u64])),
        ("selected_cart_ids", json!("x")),
        ("address_id", json!([101])),
        ("address_id", json!("x")),
        ("address_id", json!(-1)),
        ("address_id", json!(1.5)),
        ("address_id", json!("101 ")),
        ("pg", json!(["wallet"])),
        ("pg", json!("w".repeat(21))),
        ("mode", json!("fast")),
        ("mode", json!(["cart"])),
        ("coupon_ids", json!({"id": 1})),
        ("coupon_ids", json!(["x"])),
        ("point_to_use", json!("x")),
        ("point_to_use", json!(-1)),
        ("point_to_use", json!([1])),
        ("receiver", json!([])),
        ("receiver", json!("x")),
        ("receiver", json!({"receiver_name": "x"})),
    ];
    for (name, value) in cases {
        let body = scene.order_with(name, Some(value));
        scene.refuses_order(&body, name).await;
    }
    for value in [
        json!("abc"),
        json!(1.5),
        json!(-1),
        json!(0),
        json!(true),
        json!([1]),
        json!(100_000),
        json!("1e2"),
        json!(" 1"),
    ] {
        let body = json!({"product_id": "book", "quantity": value});
        post(&scene.gateway, "/v1/cart/items", "u1", &body)
            .await
            .invalid("quantity");
    }
    for path in [
        "/v1/cart/items/x",
        "/v1/cart/items/0",
        "/v1/cart/items/-1",
        "/v1/cart/items/1%20",
        "/v1/cart/items/%FF",
    ] {
        let patch = scene
            .gateway
            .shop(Method::PATCH, path, "u1")
            .json(&json!({"quantity": 1}));
        Reply::of(patch).await.invalid("cart_id");
    }
    scene.end(&before).await;
}

#[tokio::test]
async fn a_typed_receiver_is_checked_member_by_member() {
    let scene = Scene::new().await;
    let before = scene.db.snapshot().await;
    let good = json!({"receiver_name": "김", "receiver_phone": "010-0000-0000", "post_code": "04524", "address": "길 1"});
    let cases = [
        ("receiver_name", json!("")),
        ("receiver_name", json!("x".repeat(61))),
        ("receiver_name", json!(["x"])),
        ("receiver_name", json!("a\u{7}b")),
        ("receiver_phone", json!("phone")),
        ("receiver_phone", Json::Null),
        ("post_code", json!("04524-04524")),
        ("post_code", json!("")),
        ("address", json!("  ")),
        ("address", json!("긴".repeat(201))),
        ("address_detail", json!("긴".repeat(201))),
        ("delivery_msg", json!("긴".repeat(201))),
    ];
    for (member, value) in cases {
        let mut receiver = good.clone();
        receiver[member] = value;
        let mut body = scene.order_with("receiver", Some(receiver));
        body["address_id"] = Json::Null;
        scene
            .refuses_order(&body, &format!("receiver.{member}"))
            .await;
    }
    // One of both, not both.
    scene
        .refuses_order(&scene.order_with("receiver", Some(good)), "receiver")
        .await;
    scene.end(&before).await;
}
