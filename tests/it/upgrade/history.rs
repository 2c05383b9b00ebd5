//! A shop with a past: orders in every state that the routines can bring about, payments of every verdict, what is owed,
//! carts, stock that was moved, keys, jobs. Made by CALLs alone, but for what a shop enters itself.
//!
//! It is written by the routines of the day it is run, so it asserts little: what became of each order is that
//! version's affair. `mod.rs` says how the next fixture is made of it.

use crate::support::*;

/// A typed address.
pub const RECEIVER: &str = r#"{"receiver_name":"손님","receiver_phone":"010-9999-0000","post_code":"04524",
    "address":"세종대로 1","address_detail":"101호","delivery_msg":"문 앞"}"#;
/// One book.
const TOTAL: &str = "10000";

/// Fills a database that has the standard shops.
pub async fn write(db: &TestDb) {
    shop(db).await;
    let mut past = Past {
        conn: db.conn_as_gateway().await,
        admin: db.conn().await,
        db,
    };
    past.open().await;
    past.ended().await;
    past.money().await;
    past.stock().await;
    past.operation().await;
    past.prices().await;
    past.carts().await;
    past.chosen().await;
    past.kept().await;
    past.sets().await;
    past.delivered().await;
    past.discounted().await;
    past.credited().await;
    past.quoted().await;
}

/// What the shop enters itself: a second account at a gateway with approval numbers of its own, options of its own.
async fn shop(db: &TestDb) {
    db.copy_adapter(2, "M2").await;
    db.exec(
        "UPDATE shop_pg_adapters SET field_approval_no = 'apprNo' WHERE merchant_id = 'M1';
         INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
         VALUES (1, 'gift', '사은품', 0, 1);
         INSERT INTO shop_stock (shop_id, product_id, option_hash, free, update_date)
         VALUES (1, 'gift', '__noopt__', 10, UTC_TIMESTAMP(6));
         INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
         VALUES (1, 'gift', '__noopt__', 10, 'first stock', 'fixture', UTC_TIMESTAMP(6));
         INSERT INTO shop_keys (key_sha256, shop_id, key_label, create_date, revoked_at)
         VALUES (UNHEX(SHA2('a key that was lost', 256)), 1, 'old server', '2026-01-01', '2026-02-01');
         INSERT INTO shop_error_codes (errno, code, http_status, retryable, title_ko, title_en, remedy)
         VALUES (2179, 'SHOP_IS_MOVING', 503, 1, '이전 중입니다', 'The shop is moving', 'A row of the shop''s own');
         INSERT INTO shop_order_transitions (from_status, action, actor, to_status)
         VALUES (2, 'prepare', 'shop', 3), (3, 'ship', 'shop', 4)",
    )
    .await;
}

struct Past<'a> {
    db: &'a TestDb,
    /// As the gateway calls.
    conn: Conn,
    /// As a DBA calls.
    admin: Conn,
}

impl Past<'_> {
    /// An order of one product of shop 1.
    async fn order(&mut self, number: &str, user: &str, product: &str, quantity: u32, total: &str) {
        let cart_id = self
            .db
            .add_cart(1, user, product, NO_OPTION, quantity)
            .await;
        let order = OrderCall::new(number, &[cart_id])
            .user(1, user)
            .client_total(total);
        order.call(&mut self.conn).await.unwrap();
    }

    /// An order of one book.
    async fn book(&mut self, number: &str, user: &str) {
        self.order(number, user, "book", 1, TOTAL).await;
    }

    async fn notify(&mut self, message: &WalletMessage) {
        settle(&mut self.conn, "notify", message).await.unwrap();
    }

    async fn paid(&mut self, number: &str, transaction: &str, total: &str) {
        self.notify(&approved(number, transaction, total)).await;
    }

    async fn restore(&mut self, number: &str, user: &str) {
        let key = self
            .db
            .text(&format!(
                "SELECT LOWER(HEX(order_key)) FROM shop_orders WHERE order_number = '{number}'"
            ))
            .await;
        let key = [
            &key[..8],
            &key[8..12],
            &key[12..16],
            &key[16..20],
            &key[20..],
        ]
        .join("-");
        call(&mut self.conn, "shop_order_restore_cart", (1, user, key))
            .await
            .unwrap();
    }

    async fn expire(&mut self) {
        call(&mut self.admin, "shop_order_expire", (100,))
            .await
            .unwrap();
    }

    /// Orders that wait for their payment, and carts.
    async fn open(&mut self) {
        let db = self.db;
        // Several lines, one parcel, an option that shares its stock with another one.
        let lines = [
            db.add_cart(1, "u1", "book", NO_OPTION, 2).await,
            db.add_cart(1, "u1", "pen", NO_OPTION, 3).await,
            db.add_cart(1, "u1", "ink", NO_OPTION, 1).await,
            db.add_cart(1, "u1", "shirt", "wrap-a", 1).await,
            db.add_cart(1, "u1", "shirt", "wrap-b", 2).await,
            db.add_cart(1, "u1", "rice", NO_OPTION, 1).await,
        ];
        let quote = OrderCall::new("PENDING-MANY", &lines).client_total("1");
        let refused = quote.call(&mut self.conn).await.unwrap_err();
        refused.expect_code("PRICE_CHANGED");
        let total = refused.sets.set(1).rows[0].str("total_payment");
        let order = quote.client_total(&total);
        order.call(&mut self.conn).await.unwrap();

        for (number, user) in [
            ("PENDING-1", "u2"),
            ("PENDING-2", "u2"),
            ("PENDING-3", "u3"),
            ("PENDING-4", "u3"),
        ] {
            self.book(number, user).await;
        }
        let guest = db.add_cart(1, "guest-7", "chair", NO_OPTION, 1).await;
        let order = OrderCall::new("PENDING-GUEST", &[guest])
            .user(1, "guest-7")
            .address(None)
            .receiver(Some(RECEIVER))
            .mode(Some("direct"))
            .client_total("30000");
        order.call(&mut self.conn).await.unwrap();
        let mug = db.add_cart(2, "u1", "mug", NO_OPTION, 1).await;
        let order = OrderCall::new("PENDING-USD", &[mug])
            .user(2, "u1")
            .client_total("24.98");
        order.call(&mut self.conn).await.unwrap();

        db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
        db.add_cart(1, "u5", "shirt", "red", 2).await;
        db.add_cart(1, "guest-8", "pen", NO_OPTION, 5).await;
        db.add_cart(2, "u2", "mug", NO_OPTION, 1).await;
        call(
            &mut self.conn,
            "add_shop_cart",
            (1, "u6", "book", None::<&str>, "2"),
        )
        .await
        .unwrap();
    }

    /// Orders that came to an end, each in its way.
    async fn ended(&mut self) {
        for (number, user) in [
            ("FAILED", "u2"),
            ("FAILED-RESTORED", "u3"),
            ("EXPIRED", "u2"),
            ("EXPIRED-RESTORED", "u3"),
            ("CANCELLED", "u4"),
            ("LAPSED", "u4"),
        ] {
            self.book(number, user).await;
        }
        for (number, transaction) in [("FAILED", "F1"), ("FAILED-RESTORED", "F2")] {
            let refused = WalletMessage::failed(number, transaction, TOTAL);
            self.notify(&refused).await;
            self.notify(&refused).await;
            settle(&mut self.conn, "return", &refused).await.unwrap();
        }
        for number in ["EXPIRED", "EXPIRED-RESTORED"] {
            self.db.let_expire(number).await;
        }
        self.expire().await;
        self.restore("FAILED-RESTORED", "u3").await;
        self.restore("EXPIRED-RESTORED", "u3").await;
        self.restore("CANCELLED", "u4").await;

        self.order("FREE", "u5", "gift", 1, "0").await;
        for (number, transaction) in [
            ("PAID", "P1"),
            ("PAID-PREPARED", "P2"),
            ("PAID-SHIPPED", "P3"),
        ] {
            self.book(number, "u7").await;
            self.paid(number, transaction, TOTAL).await;
        }
        settle(&mut self.conn, "return", &approved("PAID", "P1", TOTAL))
            .await
            .unwrap();
        // The shop's own pages go on from there.
        let moved = |from: u32, to: u32, action: &str, number: &str| {
            format!(
                "INSERT INTO shop_order_logs
                     (order_seq_no, log_date, from_status, to_status, action, actor, actor_name, log_message)
                 SELECT seq_no, UTC_TIMESTAMP(6), {from}, {to}, '{action}', 'shop', 'pages', ''
                 FROM shop_orders WHERE order_number = '{number}';
                 UPDATE shop_orders SET order_status = {to}, update_date = UTC_TIMESTAMP(6)
                 WHERE order_number = '{number}'"
            )
        };
        self.db.exec(&moved(2, 3, "prepare", "PAID-PREPARED")).await;
        self.db.exec(&moved(2, 3, "prepare", "PAID-SHIPPED")).await;
        self.db.exec(&moved(3, 4, "ship", "PAID-SHIPPED")).await;
    }

    /// Money that did not settle an order, or that nobody can place.
    async fn money(&mut self) {
        for number in [
            "MISMATCH",
            "SURPLUS",
            "REUSED",
            "LATE-EXPIRED",
            "LATE-CANCELLED",
            "BY-HAND",
            "SILENT",
        ] {
            self.book(number, "u8").await;
        }
        self.paid("MISMATCH", "W1", "9000").await;
        self.paid("SURPLUS", "W2", TOTAL).await;
        self.paid("SURPLUS", "W3", TOTAL).await;
        self.paid("SURPLUS", "W3", TOTAL).await;
        let used = approved("REUSED", "W4", TOTAL).with("apprNo", "A-W2");
        self.notify(&used).await;
        self.db.let_expire("LATE-EXPIRED").await;
        self.expire().await;
        self.restore("LATE-EXPIRED", "u8").await;
        self.paid("LATE-EXPIRED", "W5", TOTAL).await;
        self.restore("LATE-CANCELLED", "u8").await;
        self.paid("LATE-CANCELLED", "W6", TOTAL).await;
        self.paid("NO-SUCH-ORDER", "W7", TOTAL).await;
        self.notify(&approved("SILENT", "", TOTAL)).await;
        // As the first versions let a person enter a payment; later ones have a procedure for that and refuse this.
        let by_hand = approved("BY-HAND", "W8", TOTAL);
        settle(&mut self.admin, "manual", &by_hand).await.ok();
    }

    /// Stock that was counted, spread, bought out and taken back.
    async fn stock(&mut self) {
        self.db.slots("lamp", 4).await;
        self.order("SLOTS", "u9", "lamp", 30, "603000").await;
        self.paid("SLOTS", "S1", "603000").await;
        self.order("SLOTS-PENDING", "u9", "lamp", 40, "803000")
            .await;
        // The last one: held by an order whose time is over, then bought by somebody else.
        self.order("TAKEN-BACK", "u9", "last", 1, "7000").await;
        self.db.let_expire("TAKEN-BACK").await;
        self.order("TAKEN", "u1", "last", 1, "7000").await;
        self.paid("TAKEN", "S2", "7000").await;
        // Its time is over, and nobody has needed its unit nor run the job.
        self.db.let_expire("LAPSED").await;
    }

    /// Keys, jobs, an error.
    async fn operation(&mut self) {
        let key = "0b".repeat(32);
        let admin = &mut self.admin;
        call(
            admin,
            "update_adm_ticket_key",
            (1, "1", key.as_str(), None::<&str>),
        )
        .await
        .unwrap();
        call(
            admin,
            "update_adm_ticket_key",
            (1, "2", key.as_str(), "2099-01-01 00:00:00"),
        )
        .await
        .unwrap();
        let error = (
            "shop_order_insert",
            "hold the stock",
            1690,
            "22003",
            "out of range",
            "{}",
        );
        call(admin, "_log_error", error).await.unwrap();
        call(&mut self.conn, "lease_job", ("gateway-1",))
            .await
            .unwrap();
        call(
            &mut self.conn,
            "finish_job",
            ("shop_order_expire", "gateway-1", "expired 2"),
        )
        .await
        .unwrap();
    }
}

impl Past<'_> {
    /// Prices that were said: in force, planned, a sale, withdrawn. A delivery.
    async fn prices(&mut self) {
        let admin = &mut self.admin;
        let said = [
            ("gift", None, None, "free no longer"),
            (
                "gift",
                Some("2099-01-01 00:00:00"),
                None,
                "from next century",
            ),
            (
                "lamp",
                Some("2099-12-24 15:00:00"),
                Some("2099-12-26 15:00:00"),
                "Christmas sale",
            ),
        ];
        for (product, from, until, reason) in said {
            let prices = format!(r#"[{{"product_id":"{product}","sale_price":"500"}}]"#);
            call(
                admin,
                "update_adm_price",
                (1, prices.as_str(), from, until, reason),
            )
            .await
            .unwrap();
        }
        let delivery = (1, "gift", None::<&str>, "40", "delivery", "R-1");
        call(admin, "shop_stock_add", delivery).await.unwrap();
    }

    /// Carts: left by a member, a guest's that became a member's, one whose row was too old.
    async fn carts(&mut self) {
        for user in ["u7", "guest-7", "u8"] {
            call(
                &mut self.conn,
                "add_shop_cart",
                (1, user, "book", None::<&str>, "2"),
            )
            .await
            .unwrap();
        }
        call(&mut self.conn, "merge_shop_cart", (1, "guest-7", "u7"))
            .await
            .unwrap();
        self.db
            .exec(
                "UPDATE shop_cart SET update_date = '2026-01-01', create_date = '2026-01-01' WHERE user_id = 'u8';
                 UPDATE shops SET cart_delete_days = 60 WHERE shop_id = 1",
            )
            .await;
        for job in ["shop_cart_expire", "shop_cart_clock"] {
            call(&mut self.conn, job, (500,)).await.unwrap();
        }
        call(
            &mut self.admin,
            "update_adm_cart_contacted",
            (1, r#"["u7"]"#, "mail"),
        )
        .await
        .unwrap();
    }
}

impl Past<'_> {
    /// Options that were chosen, with a text, in an order and in a cart; a product with quantity rules; a row bought now.
    async fn chosen(&mut self) {
        self.db
            .exec(
                r#"INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
                   VALUES (1, 'band', 'Band', 10000, 1);
                   INSERT INTO shop_option_groups (shop_id, product_id, group_name, kind, is_required, max_length)
                   VALUES (1, 'band', '색상', 'choice', 1, NULL), (1, 'band', '각인', 'text', 0, 10);
                   INSERT INTO shop_product_options
                       (shop_id, product_id, option_hash, option_name, add_price, stock_option_hash, choices_json)
                   VALUES (1, 'band', '', '빨강', 1000, '', '{"색상":"빨강"}');
                   INSERT INTO shop_stock (shop_id, product_id, option_hash, free, update_date)
                   SELECT 1, 'band', option_hash, 20, UTC_TIMESTAMP(6) FROM shop_product_options
                   WHERE product_id = 'band';
                   INSERT INTO shop_stock_ledger
                       (shop_id, product_id, option_hash, difference, reason, actor, create_date)
                   SELECT shop_id, product_id, option_hash, free, 'first stock', 'fixture', UTC_TIMESTAMP(6)
                   FROM shop_stock WHERE product_id = 'band';
                   UPDATE shop_products SET min_quantity = 2, quantity_step = 2
                   WHERE shop_id = 1 AND product_id = 'pen'"#,
            )
            .await;
        for (user, option) in [
            ("u10", r#"{"색상":"빨강","각인":"Kim"}"#),
            ("u11", r#"{"색상":"빨강"}"#),
        ] {
            let row = (1, user, "band", option, "2");
            let added = call(&mut self.conn, "add_shop_cart", row).await.unwrap();
            if user == "u10" {
                let order = OrderCall::new("CHOSEN", &[added.first().int("cart_id")])
                    .user(1, user)
                    .address(None)
                    .receiver(Some(RECEIVER))
                    .client_total("22000");
                order.call(&mut self.conn).await.unwrap();
            }
        }
        let now = (1, "u11", "book", None::<&str>, "1");
        call(&mut self.conn, "add_shop_cart_buy_now", now)
            .await
            .unwrap();
    }

    /// A shop that promises prices and keeps ordered rows: one order waits, one has failed, one is paid.
    async fn kept(&mut self) {
        self.db
            .exec("UPDATE shops SET price_policy = 'pinned', cart_at_order = 'soft_lock' WHERE shop_id = 2")
            .await;
        for number in ["KEPT-PENDING", "KEPT-FAILED", "KEPT-PAID"] {
            let user = number.to_lowercase();
            let row = (2, user.as_str(), "mug", None::<&str>, "1");
            let added = call(&mut self.conn, "add_shop_cart", row).await.unwrap();
            let order = OrderCall::new(number, &[added.first().int("cart_id")])
                .user(2, &user)
                .address(None)
                .receiver(Some(RECEIVER))
                .client_total("24.98");
            order.call(&mut self.conn).await.unwrap();
        }
        let paid = approved("KEPT-PAID", "K1", "24.98");
        let failed = WalletMessage::failed("KEPT-FAILED", "K2", "24.98");
        for message in [paid, failed] {
            let message = message.with("mId", "M2").json();
            let notified = ("wallet", "M2", "notify", message);
            call(&mut self.conn, "shop_order_update", notified)
                .await
                .unwrap();
        }
        self.db
            .exec("UPDATE shop_products SET buy_price = 21.99 WHERE shop_id = 2 AND product_id = 'mug'")
            .await;
    }
}

impl Past<'_> {
    /// A set in an order and in a cart, rows that are too old, rows that were deleted and merged.
    async fn sets(&mut self) {
        self.db
            .exec(
                "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
                 VALUES (1, 'trio', 'Pen, ink and two books', 25000, 1);
                 INSERT INTO shop_set_parts (shop_id, product_id, part_product_id, quantity)
                 VALUES (1, 'trio', 'pen', 1), (1, 'trio', 'ink', 1), (1, 'trio', 'book', 2);
                 UPDATE shops SET cart_days = 30 WHERE shop_id = 1",
            )
            .await;
        self.order("SET-PENDING", "u9", "trio", 1, "25000").await;
        self.order("SET-PAID", "u9", "trio", 2, "50000").await;
        self.paid("SET-PAID", "T1", "50000").await;
        for product in ["trio", "book", "lamp"] {
            let row = (1, "u13", product, None::<&str>, "1");
            call(&mut self.conn, "add_shop_cart", row).await.unwrap();
        }
        self.db
            .exec(
                "UPDATE shop_cart SET update_date = '2026-01-01', create_date = '2026-01-01'
                 WHERE user_id = 'u13' AND product_id = 'book'",
            )
            .await;
        let lamp = "SELECT seq_no FROM shop_cart WHERE user_id = 'u13' AND product_id = 'lamp'";
        let deleted = (1, "u13", format!("[{}]", self.db.int(lamp).await));
        call(&mut self.conn, "delete_shop_cart", deleted)
            .await
            .unwrap();
        let read = (1, "u13", None::<&str>);
        call(&mut self.conn, "select_shop_cart", read)
            .await
            .unwrap();
    }
}

impl Past<'_> {
    /// Delivery by weight, to where it costs more: one order waits, one is paid, and the surcharge has changed since.
    async fn delivered(&mut self) {
        let areas = |surcharge: &str| {
            format!(
                r#"[{{"area_code":"centre","area_name":"시내","surcharge":"{surcharge}","codes":["04520~04529"]}}]"#
            )
        };
        self.db
            .exec(
                r#"INSERT INTO shop_delivery_policy (shop_id, id, policy_name, type, base_cost, steps)
                   VALUES (1, 90, 'by weight', 'weight', 2500,
                           '[{"from":"2000","fee":"4000","every":"1000","more":"500"}]');
                   INSERT INTO shop_products
                       (shop_id, product_id, product_name, buy_price, weight, delivery_policy_id)
                   VALUES (1, 'stone', 'Stone', 7000, 1500, 90);
                   INSERT INTO shop_stock (shop_id, product_id, option_hash, free, update_date)
                   VALUES (1, 'stone', '__noopt__', 20, UTC_TIMESTAMP(6));
                   INSERT INTO shop_stock_ledger
                       (shop_id, product_id, option_hash, difference, reason, actor, create_date)
                   VALUES (1, 'stone', '__noopt__', 20, 'first stock', 'fixture', UTC_TIMESTAMP(6))"#,
            )
            .await;
        for (number, surcharge, quantity, total) in [
            ("AREA-PENDING", "3000", 1, "12500"),
            ("AREA-PAID", "2000", 2, "20500"),
        ] {
            let said = (1, areas(surcharge));
            call(&mut self.admin, "update_adm_delivery_areas", said)
                .await
                .unwrap();
            let row = (1, "u14", "stone", None::<&str>, quantity.to_string());
            let added = call(&mut self.conn, "add_shop_cart", row).await.unwrap();
            let order = OrderCall::new(number, &[added.first().int("cart_id")])
                .user(1, "u14")
                .address(None)
                .receiver(Some(RECEIVER))
                .client_total(total);
            order.call(&mut self.conn).await.unwrap();
        }
        self.paid("AREA-PAID", "D1", "20500").await;
    }
}

impl Past<'_> {
    /// A coupon and a promotion: held by an order that waits, used by one that is paid, given back by one that failed.
    async fn discounted(&mut self) {
        self.db
            .exec(
                r#"INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
                   VALUES (1, 'ribbon', 'Ribbon', 5000, 1);
                   INSERT INTO shop_stock (shop_id, product_id, option_hash, free, update_date)
                   VALUES (1, 'ribbon', '__noopt__', 20, UTC_TIMESTAMP(6));
                   INSERT INTO shop_stock_ledger
                       (shop_id, product_id, option_hash, difference, reason, actor, create_date)
                   VALUES (1, 'ribbon', '__noopt__', 20, 'first stock', 'fixture', UTC_TIMESTAMP(6));
                   INSERT INTO shop_promotions
                       (shop_id, promotion_code, promotion_name, target, target_ids, kind, rate)
                   VALUES (1, 'RIBBONS', 'Ribbons', 'product', '["ribbon"]', 'rate', 0.1);
                   INSERT INTO shop_coupons
                       (shop_id, coupon_code, coupon_name, target, kind, rate, member_limit, use_limit)
                   VALUES (1, 'TENTH', 'A tenth', 'order', 'rate', 0.1, NULL, 50)"#,
            )
            .await;
        for number in ["COUPON-PENDING", "COUPON-PAID", "COUPON-FAILED"] {
            let user = number.to_lowercase();
            let issued = (
                1,
                "TENTH",
                format!(r#"["{user}"]"#),
                None::<&str>,
                None::<&str>,
                "fixture",
            );
            call(&mut self.admin, "issue_adm_coupon", issued)
                .await
                .unwrap();
            let coupon =
                format!("SELECT coupon_no FROM shop_issued_coupons WHERE user_id = '{user}'");
            let coupons = format!("[{}]", self.db.int(&coupon).await);
            let lines = [
                self.db.add_cart(1, &user, "book", NO_OPTION, 1).await,
                self.db.add_cart(1, &user, "ribbon", NO_OPTION, 1).await,
            ];
            let order = OrderCall::new(number, &lines)
                .user(1, &user)
                .address(None)
                .receiver(Some(RECEIVER))
                .coupons(Some(&coupons))
                .client_total("15050");
            order.call(&mut self.conn).await.unwrap();
        }
        self.paid("COUPON-PAID", "C1", "15050").await;
        self.notify(&WalletMessage::failed("COUPON-FAILED", "C2", "15050"))
            .await;
    }

    /// Points and cash of every kind of entry: held, used, given back, taken off by the shop, over, and earned.
    async fn credited(&mut self) {
        let shop = "UPDATE shops SET point_earn_rate = 0.01, point_days = 365 WHERE shop_id = 1";
        self.db.exec(shop).await;
        self.db
                .exec("INSERT INTO member (shop_id, user_id, user_name, user_phone) VALUES (1, 'saver', 'Saver', '010-0000-0000')")
                .await;
        for (kind, amount, days) in [
            ("point", "900", None),
            ("point", "700", Some("30")),
            ("point", "50", Some("1")),
            ("cash", "5000", None),
            ("cash", "-1000", None),
        ] {
            let users = r#"["saver"]"#;
            let key = format!("fixture-{kind}{amount}");
            let given = (1, kind, users, amount, days, key, "fixture");
            call(&mut self.admin, "adjust_adm_credits", given)
                .await
                .unwrap();
        }
        self.db
                .exec("UPDATE shop_credit_grants SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE amount = 50")
                .await;
        call(&mut self.admin, "shop_credit_expire", (100,))
            .await
            .unwrap();
        for number in ["CREDIT-PENDING", "CREDIT-PAID", "CREDIT-FAILED"] {
            let lines = [self.db.add_cart(1, "saver", "book", NO_OPTION, 1).await];
            let order = OrderCall::new(number, &lines)
                .user(1, "saver")
                .address(None)
                .receiver(Some(RECEIVER))
                .points(Some("300"))
                .cash(Some("700"))
                .client_total("11000");
            order.call(&mut self.conn).await.unwrap();
        }
        self.paid("CREDIT-PAID", "CR1", "11000").await;
        self.notify(&WalletMessage::failed("CREDIT-FAILED", "CR2", "11000"))
            .await;
        let key =
            "SELECT _uuid_text(order_key) FROM shop_orders WHERE order_number = 'CREDIT-PAID'";
        let key = self.db.text(key).await;
        call(&mut self.conn, "shop_order_complete", (1, "saver", key))
            .await
            .unwrap();
    }
}

impl Past<'_> {
    /// A rounded discount; quotes that are kept: one that nobody ordered, one that was ordered, one whose offer was taken,
    /// and one whose order went on at another total.
    async fn quoted(&mut self) {
        self.db
            .exec(
                "UPDATE shops SET price_unit = 10, price_rounding = 'down' WHERE shop_id = 1;
                 INSERT INTO shop_products
                     (shop_id, product_id, product_name, buy_price, discount_rate, delivery_policy_id)
                 VALUES (1, 'candle', 'Candle', 9990, 0.15, 1);
                 INSERT INTO shop_stock (shop_id, product_id, option_hash, free, update_date)
                 VALUES (1, 'candle', '__noopt__', 20, UTC_TIMESTAMP(6));
                 INSERT INTO shop_stock_ledger
                     (shop_id, product_id, option_hash, difference, reason, actor, create_date)
                 VALUES (1, 'candle', '__noopt__', 20, 'first stock', 'fixture', UTC_TIMESTAMP(6))",
            )
            .await;
        self.quote("quote-left").await;
        let order = self.quote("QUOTE-PAID").await;
        order.call(&mut self.conn).await.unwrap();
        self.paid("QUOTE-PAID", "Q1", "8490").await;
        let order = self.quote("QUOTE-OFFER").await;
        self.candle_costs("9000").await;
        let refused = order.clone().call(&mut self.conn).await.unwrap_err();
        refused.expect_code("PRICE_CHANGED");
        let offered = refused.sets.set(1).rows[0].str("quote_id");
        let taken = order.quote(Some(&offered));
        taken.call(&mut self.conn).await.unwrap();
        let go_on = "UPDATE shops SET price_change = 'go_on' WHERE shop_id = 1";
        self.db.exec(go_on).await;
        let order = self.quote("QUOTE-WENT-ON").await;
        self.candle_costs("9500").await;
        order.call(&mut self.conn).await.unwrap();
        let stop = "UPDATE shops SET price_change = 'stop' WHERE shop_id = 1";
        self.db.exec(stop).await;
    }

    /// The quote of a buyer's candle, and the order of it.
    async fn quote(&mut self, number: &str) -> OrderCall {
        let user = number.to_lowercase();
        let candle = self.db.add_cart(1, &user, "candle", NO_OPTION, 1).await;
        let none = None::<&str>;
        let asked = (
            1,
            user.as_str(),
            format!("[{candle}]"),
            none,
            none,
            none,
            RECEIVER,
            none,
            none,
            none,
        );
        let quoted = call(&mut self.conn, "shop_order_quote", asked)
            .await
            .unwrap();
        let quote_id = quoted.first().str("quote_id");
        OrderCall::new(number, &[candle])
            .user(1, &user)
            .address(None)
            .receiver(Some(RECEIVER))
            .client_total(&quoted.first().str("total_payment"))
            .quote(Some(&quote_id))
    }

    async fn candle_costs(&self, price: &str) {
        self.db
            .exec(&format!(
                "UPDATE shop_products SET buy_price = {price} WHERE shop_id = 1 AND product_id = 'candle'"
            ))
            .await;
    }
}

/// Approved, with an approval number beside the transaction's.
pub fn approved(number: &str, transaction: &str, total: &str) -> WalletMessage {
    WalletMessage::paid(number, transaction, total).with("apprNo", &format!("A-{transaction}"))
}
