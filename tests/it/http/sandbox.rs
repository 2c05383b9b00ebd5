//! A whole purchase with the sandbox payment gateway: order, payment page, return, notification, and each of the
//! ways in which a payment gateway's messages go wrong.

use super::*;

/// Gateway and payment gateway that know each other.
struct Scene {
    gateway: Gateway,
    sandbox: Sandbox,
    /// The last to be dropped: another test gets it then.
    db: TestDb,
}

/// An order with the fields that its buyer takes to the payment page.
struct Buyer {
    number: String,
    order_key: String,
    fields: Vec<(String, String)>,
}

impl Buyer {
    fn page(&self, page: &str, code: &str) -> String {
        format!(
            "http://shop.test/{page}?order_key={}&mTrdNo={}{code}",
            self.order_key, self.number
        )
    }
}

impl Scene {
    async fn new() -> Scene {
        let db = TestDb::with_fixture().await;
        let gateway = Gateway::start(&db).await;
        let patience = [
            ("SANDBOX_NOTIFY_ATTEMPTS", "3"),
            ("SANDBOX_NOTIFY_PAUSE_MS", "50"),
        ];
        let sandbox = Sandbox::start(&patience).await;
        sandbox.connect(&db, &gateway).await;
        Scene {
            db,
            gateway,
            sandbox,
        }
    }

    async fn buyer(&self, number: &str) -> Buyer {
        let placed = place_order(&self.gateway, &self.db, number).await;
        let payment = &placed["payment"][0];
        assert_eq!(payment["pay_url"], self.sandbox.url("/pay"));
        let fields = payment["pay_fields"].as_object().expect("fields");
        Buyer {
            number: number.to_owned(),
            order_key: placed["order_key"].as_str().expect("a key").to_owned(),
            fields: fields
                .iter()
                .map(|(name, value)| (name.clone(), value.as_str().expect(name).to_owned()))
                .collect(),
        }
    }

    /// The buyer presses a button on the payment page, where the test has chosen a behaviour.
    async fn press(
        &self,
        buyer: &Buyer,
        action: &str,
        behaviour: &str,
        more: &[(&str, &str)],
    ) -> Reply {
        let page = self
            .sandbox
            .client
            .post(self.sandbox.url("/pay"))
            .form(&buyer.fields);
        let page = Reply::of(page).await;
        assert_eq!(
            page.status, 200,
            "the payment page refuses our request: {}",
            page.text
        );
        let mut form = buyer.fields.clone();
        let chosen = [("action", action), ("behaviour", behaviour)];
        form.extend(
            chosen
                .iter()
                .chain(more)
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        Reply::of(
            self.sandbox
                .client
                .post(self.sandbox.url("/pay/decide"))
                .form(&form),
        )
        .await
    }

    /// The browser follows the way back; gives where the gateway sends it.
    async fn follow(&self, decided: &Reply) -> String {
        self.go(decided.sees()).await
    }

    async fn go(&self, url: &str) -> String {
        assert!(url.starts_with(&self.gateway.base()), "{url}");
        let request = self.gateway.client.get(url).header("accept", "text/html");
        Reply::of(request).await.sees().to_owned()
    }

    async fn order(&self, buyer: &Buyer) -> Json {
        get(
            &self.gateway,
            &format!("/v1/orders/{}", buyer.order_key),
            "u1",
        )
        .await
        .ok()
    }

    async fn notifications(&self, buyer: &Buyer) -> Vec<Json> {
        let url = self
            .sandbox
            .url(&format!("/sandbox/transactions/{}", buyer.number));
        let list = Reply::of(self.sandbox.client.get(url)).await.json();
        let lists = list["transactions"].as_array().expect("a list");
        lists
            .iter()
            .flat_map(|t| t["notifications"].as_array().expect("a list").clone())
            .collect()
    }

    /// Waits until the wallet has done with all its notifications, and checks how they ended.
    async fn notified(&self, buyer: &Buyer, states: &[&str]) {
        eventually("notifications are over", || async {
            self.notifications(buyer)
                .await
                .iter()
                .all(|n| n["state"] != "pending")
        })
        .await;
        let notifications = self.notifications(buyer).await;
        let found: Vec<&str> = notifications
            .iter()
            .map(|n| n["state"].as_str().expect("a state"))
            .collect();
        assert_eq!(found, states, "{notifications:?}");
    }

    async fn assert_status(&self, buyer: &Buyer, status: i64, payments: &[&str]) {
        let order = self.order(buyer).await;
        assert_eq!(order["order_status"], status, "{order}");
        let found: Vec<&str> = order["payments"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|p| p["status"].as_str().expect("a status"))
            .collect();
        assert_eq!(found, payments, "{order}");
        self.db.assert_audit_clean().await;
    }
}

/// Values of the hidden fields of a page, by name.
fn hidden_fields(page: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for input in page.split("<input type=\"hidden\" name=\"").skip(1) {
        let (name, rest) = input.split_once("\" value=\"").expect("a value");
        let (value, _) = rest.split_once('"').expect("its end");
        fields.push((name.to_owned(), value.to_owned()));
    }
    fields
}

#[tokio::test]
async fn a_buyer_pays() {
    let scene = Scene::new().await;
    let buyer = scene.buyer("T1").await;
    let decided = scene.press(&buyer, "pay", "normal", &[]).await;
    assert_eq!(scene.follow(&decided).await, buyer.page("result", ""));
    scene.notified(&buyer, &["acknowledged"]).await;
    assert_eq!(
        scene.notifications(&buyer).await[0]["attempts"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    scene.assert_status(&buyer, 2, &["paid"]).await;
    assert_eq!(scene.db.count("shop_pg_messages").await, 2);
    // The back button of the browser.
    assert_eq!(scene.follow(&decided).await, buyer.page("result", ""));
    scene.assert_status(&buyer, 2, &["paid"]).await;
    // What the buyer could pay before cannot be paid any more: the form gets no way to pay.
    let order = scene.order(&buyer).await;
    assert_eq!(order["next_step"], "done");
}

#[tokio::test]
async fn a_buyer_comes_back_by_post() {
    let scene = Scene::new().await;
    let buyer = scene.buyer("T1").await;
    let page = scene
        .press(&buyer, "pay", "return_only", &[("return_method", "POST")])
        .await;
    assert_eq!(page.status, 200);
    let form = hidden_fields(&page.text);
    assert_eq!(form.len(), 8, "{}", page.text);
    let request = scene
        .gateway
        .request(Method::POST, "/pg/wallet/M1/return")
        .header("accept", "text/html")
        .form(&form);
    assert_eq!(Reply::of(request).await.sees(), buyer.page("result", ""));
    scene.assert_status(&buyer, 2, &["paid"]).await;
    assert!(scene.notifications(&buyer).await.is_empty());
}

#[tokio::test]
async fn a_card_is_refused_or_the_window_is_closed_and_the_cart_can_be_had_back() {
    let scene = Scene::new().await;
    for (number, action, notified) in [
        ("T1", "fail", &["acknowledged"][..]),
        ("T2", "close", &[][..]),
    ] {
        let buyer = scene.buyer(number).await;
        let decided = scene.press(&buyer, action, "normal", &[]).await;
        assert_eq!(
            scene.follow(&decided).await,
            buyer.page("error", "&code=PAYMENT_FAILED")
        );
        scene.notified(&buyer, notified).await;
        scene.assert_status(&buyer, 12, &["failed"]).await;
        assert_eq!(scene.order(&buyer).await["next_step"], "restore_cart");
        let path = format!("/v1/orders/{}/restore-cart", buyer.order_key);
        let cart = post(&scene.gateway, &path, "u1", &json!({})).await.ok();
        assert_eq!(cart["lines"][0]["product_id"], "book");
        // Ordered again, under a new key.
        let body = order_body(
            &format!("{number}-again"),
            &[cart["lines"][0]["cart_id"].as_i64().expect("an id")],
            "10000",
        );
        post(&scene.gateway, "/v1/orders", "u1", &body).await.ok();
    }
    assert_eq!(scene.db.free_stock("book", NO_OPTION).await, 98);
}

#[tokio::test]
async fn notifications_come_twice_first_late_alone_or_again() {
    let scene = Scene::new().await;
    let twice = scene.buyer("TWICE").await;
    let decided = scene.press(&twice, "pay", "notify_twice", &[]).await;
    assert_eq!(scene.follow(&decided).await, twice.page("result", ""));
    scene
        .notified(&twice, &["acknowledged", "acknowledged"])
        .await;
    scene.assert_status(&twice, 2, &["paid"]).await;

    let first = scene.buyer("FIRST").await;
    let decided = scene.press(&first, "pay", "notify_first", &[]).await;
    scene.assert_status(&first, 2, &["paid"]).await;
    assert_eq!(scene.follow(&decided).await, first.page("result", ""));
    scene.assert_status(&first, 2, &["paid"]).await;

    let late = scene.buyer("LATE").await;
    let decided = scene
        .press(&late, "pay", "notify_late", &[("delay_ms", "300")])
        .await;
    assert_eq!(scene.follow(&decided).await, late.page("result", ""));
    scene.assert_status(&late, 2, &["paid"]).await;
    scene.notified(&late, &["acknowledged"]).await;
    scene.assert_status(&late, 2, &["paid"]).await;

    let alone = scene.buyer("ALONE").await;
    let decided = scene.press(&alone, "pay", "notify_only", &[]).await;
    assert_eq!(decided.status, 200, "the browser stays at the wallet");
    scene.notified(&alone, &["acknowledged"]).await;
    scene.assert_status(&alone, 2, &["paid"]).await;

    // Days later the wallet says it again, or changes its mind.
    for (form, status) in [
        (vec![("mTrdNo", "ALONE")], "paid"),
        (vec![("mTrdNo", "ALONE"), ("rsltCd", "2001")], "paid"),
    ] {
        let url = scene.sandbox.url("/sandbox/notify");
        let sent = Reply::of(scene.sandbox.client.post(url).form(&form))
            .await
            .json();
        assert_eq!(sent["notification"]["state"], "acknowledged", "{sent}");
        scene.assert_status(&alone, 2, &[status]).await;
    }
}

#[tokio::test]
async fn another_amount_is_never_taken_for_a_payment() {
    let scene = Scene::new().await;
    let buyer = scene.buyer("T1").await;
    let decided = scene.press(&buyer, "pay", "wrong_amount", &[]).await;
    assert_eq!(
        scene.follow(&decided).await,
        buyer.page("error", "&code=AMOUNT_MISMATCH")
    );
    scene.notified(&buyer, &["acknowledged"]).await;
    scene.assert_status(&buyer, 12, &["amount_mismatch"]).await;
    let owed = Reply::of(scene.gateway.operator(Method::GET, "/admin/pg-duties"))
        .await
        .ok();
    assert_eq!(owed["duty_count"], 1);
    assert_eq!(
        (&owed["duties"][0]["duty"], &owed["duties"][0]["amount"]),
        (&json!("refund"), &json!("10001.00"))
    );
    assert_eq!(scene.db.free_stock("book", NO_OPTION).await, 100);
}

#[tokio::test]
async fn a_wrong_hash_changes_nothing_and_is_not_acknowledged() {
    let scene = Scene::new().await;
    let buyer = scene.buyer("T1").await;
    let before = scene.db.snapshot().await;
    let decided = scene.press(&buyer, "pay", "wrong_hash", &[]).await;
    let key = scene
        .db
        .text("SELECT _uuid_text(order_key) FROM shop_orders")
        .await;
    assert_eq!(
        scene.follow(&decided).await,
        format!("http://shop.test/error?order_key={key}&code=SIGNATURE_INVALID"),
        "to his order"
    );
    scene.notified(&buyer, &["given_up"]).await;
    let attempts = &scene.notifications(&buyer).await[0]["attempts"];
    assert_eq!(attempts.as_array().map(Vec::len), Some(3));
    assert!(
        attempts
            .as_array()
            .expect("a list")
            .iter()
            .all(|attempt| attempt["status"] == 403)
    );
    assert!(scene.db.snapshot().await == before);
    // The right hash, afterwards.
    let sent = scene
        .sandbox
        .client
        .post(scene.sandbox.url("/sandbox/notify"))
        .form(&[("mTrdNo", "T1"), ("rsltMsg", "x")]);
    assert_eq!(
        Reply::of(sent).await.json()["notification"]["state"],
        "acknowledged"
    );
    scene.assert_status(&buyer, 2, &["paid"]).await;
}

/// A buyer who pays while the order expires, and whose browser waits at the wallet: the wallet's page, once the
/// notification has been acknowledged.
async fn pay_too_late(scene: &Scene, buyer: &Buyer) -> String {
    let page = scene
        .press(buyer, "pay", "after_expiry", &[("delay_ms", "500")])
        .await;
    assert_eq!(page.status, 200, "the browser waits at the wallet");
    scene.db.let_expire("T1").await;
    let mut conn = scene.db.conn_as_gateway().await;
    let answer = call(&mut conn, "shop_order_expire", (100,))
        .await
        .expect("expiry");
    assert_eq!(answer.first().int("expired"), 1);
    assert_eq!(scene.order(buyer).await["order_status"], 10);
    scene.notified(buyer, &["acknowledged"]).await;
    let (_, rest) = page.text.split_once(";url=").expect("a refresh");
    let (url, _) = rest.split_once('"').expect("its end");
    url.replace("&amp;", "&")
}

#[tokio::test]
async fn money_that_arrives_after_the_order_has_expired_pays_it_while_its_units_can_be_had() {
    let scene = Scene::new().await;
    let buyer = scene.buyer("T1").await;
    let back = pay_too_late(&scene, &buyer).await;
    scene.assert_status(&buyer, 2, &["paid"]).await;
    assert_eq!(scene.go(&back).await, buyer.page("result", ""));
    scene.assert_status(&buyer, 2, &["paid"]).await;
    assert_eq!(scene.db.count("shop_pg_duties").await, 0);
    assert_eq!(scene.db.free_stock("book", NO_OPTION).await, 99);
}

#[tokio::test]
async fn money_that_arrives_after_the_order_has_expired_is_owed_back_where_the_shop_says_so() {
    let scene = Scene::new().await;
    scene
        .db
        .exec("UPDATE shops SET late_payment = 'refund'")
        .await;
    let buyer = scene.buyer("T1").await;
    let back = pay_too_late(&scene, &buyer).await;
    scene.assert_status(&buyer, 10, &["late"]).await;
    let page = scene.go(&back).await;
    assert_eq!(page, buyer.page("error", "&code=ORDER_EXPIRED"));
    scene.assert_status(&buyer, 10, &["late"]).await;
    assert_eq!(scene.db.count("shop_pg_duties").await, 1);
    assert_eq!(scene.db.free_stock("book", NO_OPTION).await, 100);
}
