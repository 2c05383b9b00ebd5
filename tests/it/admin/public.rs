//! Every routine that somebody outside may call, with a call that works and one that is refused.

use crate::support::*;

pub struct Public {
    pub name: &'static str,
    /// Who may call it: `g`ateway, `o`perator, both.
    pub callers: &'static str,
    pub good: Vec<Value>,
    /// Number of a parameter, a value that is refused for it, and the code. Some routines refuse nothing.
    pub bad: Option<(usize, Value, &'static str)>,
    /// A table without which it cannot work.
    pub needs: &'static str,
}

impl Public {
    pub async fn call(&self, conn: &mut Conn) -> Result<Sets, CallError> {
        call(conn, self.name, Params::Positional(self.good.clone())).await
    }

    pub async fn call_badly(&self, conn: &mut Conn) -> Option<CallError> {
        let (number, value, code) = self.bad.clone()?;
        let mut params = self.good.clone();
        params[number] = value;
        let error = call(conn, self.name, Params::Positional(params))
            .await
            .unwrap_err();
        error.expect_code(code);
        Some(error)
    }
}

/// The list. The calls are for [`shop`], each can be made once.
#[rustfmt::skip] // a table
pub fn all() -> Vec<Public> {
    let row = |name, callers, good, bad: Option<(usize, &str, &'static str)>, needs| Public {
        name, callers, good, needs, bad: bad.map(|(number, value, code)| (number, value.into(), code)),
    };
    let null = Value::NULL;
    let message = WalletMessage::paid("TO-PAY", "P1", "20000").json();
    vec![
        row("add_shop_cart", "g", vec![1.into(), "u1".into(), "book".into(), null.clone(), "1".into()],
            Some((4, "0", "INVALID_INPUT")), "shop_cart"),
        row("add_shop_cart_items", "g",
            vec![1.into(), "u1".into(), null.clone(), null.clone(), null.clone(),
                 r#"[{"product_id":"book","quantity":1}]"#.into(), null.clone(), null.clone()],
            Some((5, "[{}", "INVALID_INPUT")), "shop_cart"),
        row("add_shop_cart_buy_now", "g",
            vec![1.into(), "u1".into(), "book".into(), null.clone(), "1".into()],
            Some((4, "0", "INVALID_INPUT")), "shop_cart"),
        row("merge_shop_cart", "g", vec![1.into(), "a-guest".into(), "u1".into()],
            Some((1, "u2", "INVALID_INPUT")), "shop_cart"),
        row("update_shop_cart", "g", vec![1.into(), "u1".into(), "501".into(), "3".into()],
            Some((2, "999", "CART_NOT_FOUND")), "shop_cart"),
        row("delete_shop_cart", "g", vec![1.into(), "u1".into(), "[502]".into()],
            Some((2, "[", "INVALID_INPUT")), "shop_cart"),
        row("select_shop_cart", "g", vec![1.into(), "u1".into(), null.clone()],
            Some((1, "", "INVALID_INPUT")), "shop_cart"),
        row("refresh_shop_cart", "g", vec![1.into(), "u1".into(), "enter".into()],
            Some((2, "open", "INVALID_INPUT")), "shop_cart"),
        row("shop_order_quote", "g",
            vec![1.into(), "u1".into(), "[503]".into(), null.clone(), null.clone(), null.clone(), null.clone(),
                 null.clone(), null.clone(), null.clone()],
            Some((2, "[999]", "CART_NOT_FOUND")), "shop_shipping_address"),
        row("shop_order_explain", "go",
            vec![1.into(), "u1".into(), "[503]".into(), null.clone(), null.clone(), null.clone(), null.clone(),
                 null.clone(), null.clone()],
            Some((2, "[999]", "CART_NOT_FOUND")), "shop_product_prices"),
        row("select_shop_coupons", "g", vec![1.into(), "u1".into(), "[503]".into(), null.clone()],
            Some((2, "[", "INVALID_INPUT")), "shop_issued_coupons"),
        row("add_shop_coupon", "g", vec![1.into(), "u1".into(), "CODE1".into()],
            Some((2, "NOSUCH", "COUPON_CODE_NOT_FOUND")), "shop_coupon_codes"),
        row("issue_adm_coupon", "o",
            vec![1.into(), "C1".into(), r#"["u2"]"#.into(), null.clone(), null.clone(), "K1".into()],
            Some((1, "nosuch", "COUPON_NOT_FOUND")), "shop_issued_coupons"),
        row("shop_order_insert", "g",
            vec![1.into(), "u1".into(), "NEW".into(), "[503]".into(), "101".into(), null.clone(), null.clone(),
                 null.clone(), null.clone(), "43000".into(), "cart".into(), "wallet".into(), null.clone()],
            Some((9, "1", "PRICE_CHANGED")), "shop_stock_reservations"),
        row("shop_order_update", "g", vec!["wallet".into(), "M1".into(), "notify".into(), message.into()],
            Some((1, "M2", "MERCHANT_NOT_FOUND")), "shop_payments"),
        row("update_adm_order_payment", "o",
            vec![1.into(), "TO-PAY-BY-HAND".into(), "wallet".into(), "M1".into(), "P2".into(), "20000".into(),
                 null.clone(), "no notification".into()],
            Some((5, "1", "AMOUNT_MISMATCH")), "shop_payments"),
        row("shop_order_select", "go", vec![1.into(), "u2".into(), "TO-PAY".into()],
            Some((2, "NOSUCH", "ORDER_NOT_FOUND")), "shop_orders"),
        row("shop_order_prove", "o", vec![1.into(), "TO-PAY".into()],
            Some((1, "NOSUCH", "ORDER_NOT_FOUND")), "shop_order_product"),
        row("select_shop_orders", "g", vec![1.into(), "u2".into(), null.clone(), "10".into()],
            Some((3, "101", "INVALID_INPUT")), "shop_orders"),
        row("shop_order_restore_cart", "g", vec![1.into(), "u3".into(), "TO-RESTORE".into()],
            Some((1, "u4", "ORDER_NOT_FOUND")), "shop_order_product"),
        row("shop_order_complete", "g", vec![1.into(), "u2".into(), "TO-COMPLETE".into()],
            Some((1, "u4", "ORDER_NOT_FOUND")), "shop_order_logs"),
        row("shop_orders_complete", "go", vec![10.into()],
            Some((0, "0", "INVALID_INPUT")), "shop_orders"),
        row("shop_credit_expire", "go", vec![10.into()],
            Some((0, "0", "INVALID_INPUT")), "shop_credit_grants"),
        row("shop_quote_expire", "go", vec![10.into()],
            Some((0, "0", "INVALID_INPUT")), "shop_quotes"),
        row("select_shop_credits", "g", vec![1.into(), "u1".into(), null.clone()],
            Some((2, "x", "INVALID_INPUT")), "shop_credit_grants"),
        row("adjust_adm_credits", "o",
            vec![1.into(), "point".into(), r#"["u1"]"#.into(), "100".into(), null.clone(), "key-1".into(), "why".into()],
            Some((3, "0", "INVALID_INPUT")), "shop_credit_accounts"),
        row("shop_order_expire", "go", vec![10.into()],
            Some((0, "0", "INVALID_INPUT")), "shop_orders"),
        row("shop_stock_mirror", "go", vec![10.into()],
            Some((0, "0", "INVALID_INPUT")), "shop_products"),
        row("shop_stock_add", "o",
            vec![1.into(), "rice".into(), null.clone(), "5".into(), "came in".into(), "R1".into()],
            Some((1, "nosuch", "PRODUCT_NOT_FOUND")), "shop_stock_ledger"),
        row("shop_cart_expire", "go", vec![10.into()],
            Some((0, "0", "INVALID_INPUT")), "shop_jobs"),
        row("shop_order_restore_carts", "go", vec![10.into()],
            Some((0, "0", "INVALID_INPUT")), "shop_cart_checkouts"),
        row("shop_cart_settle", "go", vec![10.into()],
            Some((0, "0", "INVALID_INPUT")), "shop_cart_checkouts"),
        row("shop_cart_clock", "go", vec![1.into()], None, "shop_cart_clock"),
        row("shop_stock_set", "o", vec![1.into(), "book".into(), null.clone(), "shelf".into(), "7".into(), null.clone()],
            Some((1, "nosuch", "PRODUCT_NOT_FOUND")), "shop_stock_ledger"),
        row("shop_offers_repair", "o", vec![10.into()],
            Some((0, "0", "INVALID_INPUT")), "shop_offers"),
        row("update_adm_stock_strategy", "o", vec![1.into(), "lamp".into(), "slots".into(), "3".into()],
            Some((2, "many", "INVALID_INPUT")), "shop_stock"),
        row("update_adm_price", "o",
            vec![1.into(), r#"[{"product_id":"ink","sale_price":"1900"}]"#.into(), "2999-06-30 00:00:00".into(),
                 null.clone(), "cheaper".into()],
            Some((1, "[]", "INVALID_INPUT")), "shop_price_changes"),
        row("update_adm_delivery_areas", "o",
            vec![1.into(), r#"[{"area_code":"jeju","area_name":"제주","surcharge":"3000","codes":["63000~63644"]}]"#.into()],
            Some((1, "x", "INVALID_INPUT")), "shop_delivery_areas"),
        row("withdraw_adm_price", "o", vec!["1".into(), "no sale".into()],
            Some((0, "999", "PRICE_CHANGE_NOT_FOUND")), "shop_price_changes"),
        row("select_adm_prices", "o", vec![1.into(), "ink".into(), null.clone(), null.clone()],
            Some((1, "nosuch", "PRODUCT_NOT_FOUND")), "shop_product_prices"),
        row("shop_prices_begin", "go", vec![10.into()],
            Some((0, "0", "INVALID_INPUT")), "shop_price_changes"),
        row("select_adm_metrics", "o", vec![], None, "shop_pg_duties"),
        row("select_adm_pg_duties", "o", vec![null.clone(), null.clone()],
            Some((1, "x", "INVALID_INPUT")), "shop_pg_duties"),
        row("select_adm_order_modes", "o",
            vec![1.into(), "2026-01-01 00:00:00".into(), "2126-01-01 00:00:00".into()],
            Some((2, "2026-01-01 00:00:00", "INVALID_INPUT")), "shop_orders"),
        row("select_adm_abandoned_carts", "o", vec![1.into(), "1".into(), null.clone(), "10".into()],
            Some((3, "201", "INVALID_INPUT")), "shop_cart_contacts"),
        row("update_adm_cart_contacted", "o", vec![1.into(), r#"["u1"]"#.into(), "by mail".into()],
            Some((1, "[1]", "INVALID_INPUT")), "shop_cart_contacts"),
        row("update_adm_pg_duty", "o", vec!["1".into(), "done".into(), "R1".into(), null.clone()],
            Some((0, "999", "DUTY_NOT_FOUND")), "shop_pg_duties"),
        row("update_adm_ticket_key", "o", vec![1.into(), "1".into(), TICKET_KEY.into(), null.clone()],
            Some((2, "ab", "INVALID_INPUT")), "shop_ticket_keys"),
        row("shop_audit", "o", vec![], None, "shop_stock_ledger"),
        row("shop_audit_new", "o", vec![], None, "shop_order_logs"),
        row("jumun_help", "o", vec!["shop_order_insert".into()],
            Some((0, "shop_order", "INVALID_INPUT")), "shop_help"),
        row("select_gateway_keys", "g", vec![], None, "shop_keys"),
        row("select_gateway_health", "go", vec![], None, "shop_health"),
        row("select_error_codes", "go", vec![], None, "shop_error_codes"),
        row("lease_job", "g", vec!["gateway 1".into()],
            Some((0, "", "INVALID_INPUT")), "shop_jobs"),
        row("finish_job", "g", vec!["shop_order_expire".into(), "gateway 1".into(), "x".into()],
            None, "shop_jobs"),
    ]
}

/// The fixture, with cart rows 501 to 503 of u1, four orders: TO-PAY of u2, TO-RESTORE of u3, TO-PAY-BY-HAND of u4, TO-COMPLETE of u2,
/// which is paid, one duty, a price of ink that is planned, and a coupon C1 that has a code.
pub async fn shop() -> TestDb {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let orders = [
        ("u2", "TO-PAY"),
        ("u3", "TO-RESTORE"),
        ("u4", "TO-PAY-BY-HAND"),
        ("u2", "TO-COMPLETE"),
    ];
    for (user, number) in orders {
        let cart_id = db.add_cart(1, user, "book", NO_OPTION, 2).await;
        let order = OrderCall::new(number, &[cart_id])
            .user(1, user)
            .client_total("20000");
        order.call(&mut conn).await.unwrap();
    }
    let mut operator = db.conn_as_operator().await;
    let prices = r#"[{"product_id":"ink","sale_price":"1800"}]"#;
    let planned = (1, prices, "2999-12-31 00:00:00", Value::NULL, "sale");
    db.call(&mut operator, "update_adm_price", planned)
        .await
        .unwrap();
    let complete = WalletMessage::paid("TO-COMPLETE", "P00", "20000");
    settle(&mut conn, "notify", &complete).await.unwrap();
    let unknown = WalletMessage::paid("NOSUCH", "P0", "1");
    settle(&mut conn, "notify", &unknown).await.unwrap();
    db.exec(
        "INSERT INTO shop_cart (seq_no, shop_id, user_id, product_id, quantity, create_date, update_date)
         VALUES (501, 1, 'u1', 'pen', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)),
                (502, 1, 'u1', 'ink', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)),
                (503, 1, 'u1', 'lamp', 2, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6));
         INSERT INTO shop_coupons (shop_id, coupon_code, coupon_name, target, kind, amount)
         VALUES (1, 'C1', 'One thousand', 'order', 'amount', 1000);
         INSERT INTO shop_coupon_codes (shop_id, code, coupon_code) VALUES (1, 'CODE1', 'C1')",
    )
    .await;
    db
}

/// As whom it is called when it does not matter which of its callers it is.
pub async fn caller(db: &TestDb, public: &Public) -> Conn {
    if public.callers.contains('g') {
        db.conn_as_gateway().await
    } else {
        db.conn_as_operator().await
    }
}

#[tokio::test]
async fn the_first_set_is_one_row_whose_first_column_is_result() {
    let db = shop().await;
    for public in all() {
        let mut conn = caller(&db, &public).await;
        let answer = public
            .call(&mut conn)
            .await
            .unwrap_or_else(|e| panic!("{}: {e} {:?}", public.name, e.sets));
        assert_eq!(answer.set(0).columns[0], "result", "{}", public.name);
        assert_eq!(answer.first().str("result"), "OK", "{}", public.name);
        for set in &answer.0[1..] {
            assert!(
                !set.columns.contains(&"result".to_owned()),
                "{}: {set:?}",
                public.name
            );
        }
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_error_comes_with_one_row_first_and_then_the_sets_that_it_names() {
    let db = shop().await;
    for public in all() {
        let mut conn = caller(&db, &public).await;
        let Some(error) = public.call_badly(&mut conn).await else {
            continue;
        };
        assert_eq!(
            *error.sets.set(0).columns,
            ["result", "errno", "field", "detail", "more", "location"],
            "{}",
            public.name
        );
        assert_eq!(error.sqlstate, "45000");
        let more = error.row().str("more");
        let named = more.split(',').filter(|name| !name.is_empty()).count();
        assert_eq!(error.sets.count(), 1 + named, "{}: {more:?}", public.name);
        // Only an order is posted by a browser.
        let page = (public.name == "shop_order_insert")
            .then_some("http://shop.test/error?mTrdNo=NEW&code=PRICE_CHANGED&field=trdAmt");
        assert_eq!(
            error.row().opt("location").as_deref(),
            page,
            "{}",
            public.name
        );
    }
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_list_is_that_of_the_grants_and_parameters_are_named_as_ours() {
    let db = TestDb::new().await;
    let rows = db
        .rows(
            "SELECT r.ROUTINE_NAME AS name, COUNT(p.PARAMETER_NAME) AS parameters,
                    COALESCE(SUM(p.PARAMETER_MODE <> 'IN'), 0) AS other_modes,
                    COALESCE(SUM(p.PARAMETER_NAME NOT LIKE 'pi\\_%'), 0) AS other_names
             FROM information_schema.ROUTINES r
             LEFT JOIN information_schema.PARAMETERS p
                 ON p.SPECIFIC_SCHEMA = r.ROUTINE_SCHEMA AND p.SPECIFIC_NAME = r.ROUTINE_NAME
             WHERE r.ROUTINE_SCHEMA = DATABASE() AND r.ROUTINE_TYPE = 'PROCEDURE'
               AND r.ROUTINE_NAME NOT LIKE '\\_%' AND r.ROUTINE_NAME <> 'calc_cart_totals'
             GROUP BY r.ROUTINE_NAME ORDER BY r.ROUTINE_NAME",
        )
        .await;
    let mut expected: Vec<(String, i64)> = all()
        .iter()
        .map(|public| {
            (
                public.name.to_owned(),
                i64::try_from(public.good.len()).unwrap(),
            )
        })
        .collect();
    expected.sort();
    let mut found: Vec<(String, i64)> = rows
        .iter()
        .map(|row| (row.str("name"), row.int("parameters")))
        .collect();
    found.sort();
    assert_eq!(found, expected);
    for row in rows {
        assert_eq!(
            (row.int("other_modes"), row.int("other_names")),
            (0, 0),
            "{row:?}"
        );
    }
}
