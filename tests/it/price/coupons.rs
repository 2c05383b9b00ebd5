//! What coupons take off, and when they cannot be used: each case with its arithmetic, quoted and charged.

use std::fmt::Write as _;

use crate::order::{RECEIVER, order_refused, placed, refused, shops};
use crate::support::*;

const JEJU: &str =
    r#"[{"area_code":"jeju","area_name":"제주","surcharge":"3000","codes":["63000~63644"]}]"#;
const SEOUL: &str = "04524";

/// The standard shops with plenty of stock, where totals are exact and Jeju costs more, and a buyer at the counter.
struct Counter {
    db: TestDb,
    conn: Conn,
    orders: u32,
}

/// Some of a product: its name, its option after a slash, how many.
type Line<'a> = (&'a str, u32);

/// Lines, codes, and what they make, see `priced_in`.
type Case<'a> = (&'a [Line<'a>], &'a [&'a str], &'a str);

/// Lines, codes, and which of them cannot be used, why.
type Refusal<'a> = (&'a [Line<'a>], &'a [&'a str], (usize, &'a str));

impl Counter {
    async fn open() -> Counter {
        let db = shops().await;
        db.exec(
            "UPDATE shop_stock SET free = free + 100000;
             INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
             SELECT shop_id, product_id, option_hash, 100000, 'more', 'test', UTC_TIMESTAMP(6) FROM shop_stock;
             UPDATE shops SET total_tolerance = 0",
        )
        .await;
        db.copy_adapter(2, "M2").await;
        let mut operator = db.conn_as_operator().await;
        call(&mut operator, "update_adm_delivery_areas", (1, JEJU))
            .await
            .unwrap();
        let conn = db.conn_as_gateway().await;
        Counter {
            db,
            conn,
            orders: 0,
        }
    }

    /// A coupon of this shop, which anybody may have any number of.
    async fn coupon(&self, shop: u32, code: &str, columns: &str) {
        self.db
            .exec(&format!(
                "INSERT INTO shop_coupons SET shop_id = {shop}, coupon_code = '{code}', coupon_name = 'Coupon {code}',
                     member_limit = NULL, {columns}"
            ))
            .await;
    }

    /// One of them for this buyer, as if it had been given before.
    async fn issue(&self, shop: u32, code: &str, user: &str) -> i64 {
        self.issue_at(shop, code, user, "UTC_TIMESTAMP(6), NULL")
            .await
    }

    /// The same, with `issued_at` and `valid_until`.
    async fn issue_at(&self, shop: u32, code: &str, user: &str, times: &str) -> i64 {
        self.db
            .int_after(&format!(
                "SELECT 1 + COUNT(*) INTO @no FROM shop_issued_coupons;
                 INSERT INTO shop_issued_coupons
                     (shop_id, coupon_code, user_id, member_no, issue_key, issued_at, valid_until)
                 VALUES ({shop}, '{code}', '{user}', @no, CONCAT('T', @no), {times});
                 SELECT LAST_INSERT_ID()"
            ))
            .await
    }

    /// New ones of u1's.
    async fn issue_all(&self, shop: u32, codes: &[&str]) -> Vec<i64> {
        let mut ids = Vec::new();
        for code in codes {
            ids.push(self.issue(shop, code, "u1").await);
        }
        ids
    }

    /// Of u1's.
    async fn cart(&self, shop: u32, lines: &[Line<'_>]) -> Vec<i64> {
        let mut ids = Vec::new();
        for (name, quantity) in lines {
            let (product, option) = name.split_once('/').unwrap_or((name, NO_OPTION));
            let id = self.db.add_cart(shop, "u1", product, option, *quantity);
            ids.push(id.await);
        }
        ids
    }

    async fn quote(&mut self, shop: u32, ids: &[i64], coupons: &[i64], code: &str) -> Sets {
        let params = quote_params(shop, ids, &format!("{coupons:?}"), code);
        let quoted = call(&mut self.conn, "shop_order_quote", params).await;
        quoted.unwrap_or_else(|e| panic!("{coupons:?}: {e:?}"))
    }

    /// An order of these, that is not placed yet.
    fn order(&mut self, shop: u32, ids: &[i64], coupons: &[i64], code: &str) -> OrderCall {
        self.orders += 1;
        let receiver = RECEIVER.replace(SEOUL, code);
        OrderCall::new(&format!("T{}", self.orders), ids)
            .user(shop, "u1")
            .address(None)
            .receiver(Some(&receiver))
            .coupons(Some(&format!("{coupons:?}")))
            .client_total("0")
    }

    /// What new coupons of these codes make of this, quoted, charged and kept alike, as
    /// `goods - discount + delivery = total (VAT, tax free); code amount: line share, …; …`.
    async fn priced_in(
        &mut self,
        shop: u32,
        lines: &[Line<'_>],
        codes: &[&str],
        post_code: &str,
    ) -> String {
        let coupons = self.issue_all(shop, codes).await;
        let ids = self.cart(shop, lines).await;
        let quoted = self.quote(shop, &ids, &coupons, post_code).await;
        let shown = shown(quoted.first(), "cart_id", &|id| {
            1 + ids
                .iter()
                .position(|of| *of == id)
                .expect("a row of the cart")
        });
        let total = quoted.first().str("total_payment");
        let order = self
            .order(shop, &ids, &coupons, post_code)
            .client_total(&total);
        let row = placed(&mut self.conn, &order).await;
        assert_eq!(row.str("total_payment"), total, "{shown}");
        let number = format!("T{}", self.orders);
        let params = (shop, Some("u1"), number.as_str());
        let kept = call(&mut self.conn, "shop_order_select", params)
            .await
            .unwrap();
        let as_line = |line| usize::try_from(line).expect("a line");
        assert_eq!(self::shown(kept.first(), "line_no", &as_line), shown);
        self.assert_rows(&number, &shown).await;
        shown
    }

    async fn priced(&mut self, lines: &[Line<'_>], codes: &[&str]) -> String {
        self.priced_in(1, lines, codes, SEOUL).await
    }

    /// The discounts in the tables are those that were shown, and lines that get nothing are not there.
    async fn assert_rows(&self, number: &str, shown: &str) {
        let rows = self
            .db
            .rows(&format!(
                "SELECT c.coupon_code, d.discount_no, d.amount, l.line_no, l.amount AS share
                 FROM shop_orders o
                 JOIN shop_order_discounts d ON d.order_seq_no = o.seq_no
                 JOIN shop_issued_coupons c ON c.coupon_no = d.coupon_no AND c.order_seq_no = o.seq_no
                     AND c.shop_id = o.shop_id AND c.user_id = o.user_id
                 JOIN shop_order_discount_lines l ON l.order_seq_no = o.seq_no AND l.discount_no = d.discount_no
                 WHERE o.order_number = '{number}' ORDER BY d.discount_no, l.line_no"
            ))
            .await;
        let mut text = String::new();
        let mut discounts = 0;
        for row in rows {
            if row.int("discount_no") != discounts {
                discounts += 1;
                assert_eq!(row.int("discount_no"), discounts, "{shown}");
                let (code, amount) = (row.str("coupon_code"), short(&row.str("amount")));
                write!(text, "; {code} {amount}:").unwrap();
            } else {
                text.push(',');
            }
            if row.int("line_no") > 0 {
                write!(text, " {} {}", row.str("line_no"), short(&row.str("share"))).unwrap();
            }
        }
        let of_coupons = shown.find(';').map_or("", |at| &shown[at..]);
        assert_eq!(text, of_coupons, "{shown}");
    }

    async fn assert_priced(&mut self, cases: &[Case<'_>]) {
        for (lines, codes, expected) in cases {
            let shown = self.priced(lines, codes).await;
            assert_eq!(shown, *expected, "{codes:?} for {lines:?}");
        }
    }

    /// Neither quoted nor ordered, since the coupon at this place cannot be used, and nothing is changed.
    async fn assert_fault(
        &mut self,
        lines: &[Line<'_>],
        coupons: &[i64],
        (at, reason): (usize, &str),
    ) {
        let ids = self.cart(1, lines).await;
        let params = quote_params(1, &ids, &format!("{coupons:?}"), SEOUL);
        let code = "COUPON_NOT_AVAILABLE";
        let quoted = refused(
            &self.db,
            &mut self.conn,
            "shop_order_quote",
            params,
            code,
            "coupon_ids",
        );
        let quoted = quoted.await.row().str("detail");
        let order = self.order(1, &ids, coupons, SEOUL);
        let ordered = order_refused(&self.db, &mut self.conn, &order, code, "coupon_ids");
        let ordered = ordered.await.row().str("detail");
        let expected = format!("{} {reason}", coupons[at]);
        assert_eq!([quoted, ordered], [expected.clone(), expected], "{lines:?}");
        self.db
            .exec("DELETE FROM shop_cart WHERE shop_id = 1 AND user_id = 'u1'")
            .await;
    }

    /// The same of new coupons of these codes.
    async fn assert_faults(&mut self, cases: &[Refusal<'_>]) {
        for (lines, codes, fault) in cases {
            let coupons = self.issue_all(1, codes).await;
            self.assert_fault(lines, &coupons, *fault).await;
        }
    }

    /// What every order says of its discounts adds up, so that what any part of its lines was given off is known.
    async fn close(self) {
        let wrong = self
            .db
            .rows(
                "SELECT o.order_number, 'discounts' AS what FROM shop_orders o
                 WHERE o.discount_total <> (SELECT COALESCE(SUM(d.amount), 0) FROM shop_order_discounts d
                                            WHERE d.order_seq_no = o.seq_no)
                 UNION ALL
                 SELECT d.order_seq_no, 'shares' FROM shop_order_discounts d
                 WHERE d.amount <> (SELECT COALESCE(SUM(l.amount), 0) FROM shop_order_discount_lines l
                                    WHERE l.order_seq_no = d.order_seq_no AND l.discount_no = d.discount_no)
                 UNION ALL
                 SELECT p.order_seq_no, 'more than the line' FROM shop_order_product p
                 WHERE p.line_amount < (SELECT COALESCE(SUM(l.amount), 0) FROM shop_order_discount_lines l
                                        WHERE l.order_seq_no = p.order_seq_no AND l.line_no = p.line_no)
                 UNION ALL
                 SELECT o.order_number, 'more than the fee' FROM shop_orders o
                 WHERE o.shipping_fee < (SELECT COALESCE(SUM(l.amount), 0) FROM shop_order_discount_lines l
                                         WHERE l.order_seq_no = o.seq_no AND l.line_no = 0)
                 UNION ALL
                 SELECT o.order_number, 'tax free' FROM shop_orders o
                 WHERE o.tax_free_amount <>
                     (SELECT COALESCE(SUM(p.line_amount), 0) FROM shop_order_product p
                      WHERE p.order_seq_no = o.seq_no AND p.tax_type = 'free')
                     - (SELECT COALESCE(SUM(l.amount), 0) FROM shop_order_discount_lines l
                        JOIN shop_order_product p ON p.order_seq_no = l.order_seq_no AND p.line_no = l.line_no
                        WHERE l.order_seq_no = o.seq_no AND p.tax_type = 'free')",
            )
            .await;
        assert!(wrong.is_empty(), "{wrong:?}");
        self.db.assert_audit_clean().await;
    }
}

/// A quote for u1 to this postal code.
fn quote_params(shop: u32, ids: &[i64], coupons: &str, code: &str) -> Params {
    let none = None::<&str>;
    let ids = format!("{ids:?}");
    (shop, "u1", ids, none, coupons, none, none, code, none, none).into()
}

/// Won as one says them; cents are left as they are.
fn short(amount: &str) -> String {
    amount.strip_suffix(".00").unwrap_or(amount).to_owned()
}

/// A quote or an order in one line, see `priced_in`; `line` numbers what `id` names.
fn shown(row: &Row, id: &str, line: &dyn Fn(i64) -> usize) -> String {
    let [goods, discount, fee, total, vat, free] = [
        "product_total_price",
        "discount_total",
        "shipping_fee",
        "total_payment",
        "vat_amount",
        "tax_free_amount",
    ]
    .map(|name| short(&row.str(name)));
    let mut text = format!("{goods} - {discount} + {fee} = {total} ({vat}, {free})");
    for one in row.json("discounts_json").as_array().expect("an array") {
        let of = |name: &str| one[name].as_str().expect("a text").to_owned();
        let code = of("coupon_code");
        assert_eq!(of("coupon_name"), format!("Coupon {code}"));
        write!(text, "; {code} {}:", short(&of("amount"))).unwrap();
        let shares = one["lines"].as_array().expect("an array").iter();
        let shares: Vec<String> = shares
            .map(|share| {
                let number = line(share[id].as_i64().expect("a number"));
                (number, share["amount"].as_str().expect("a text"))
            })
            .filter(|(number, _)| *number > 0)
            .map(|(number, amount)| format!(" {number} {}", short(amount)))
            .collect();
        text.push_str(&shares.join(","));
    }
    text
}

const BOOK: &[Line<'_>] = &[("book", 1)];
const LAMP: &[Line<'_>] = &[("lamp", 1)];
const CHAIR: &[Line<'_>] = &[("chair", 1)];

#[tokio::test]
async fn an_amount_is_taken_off_and_no_more_than_there_is() {
    let mut shop = Counter::open().await;
    let amount = "target = 'order', kind = 'amount', amount";
    for (code, won) in [
        ("A1", 1),
        ("A1000", 1000),
        ("A10000", 10000),
        ("A50000", 50000),
    ] {
        shop.coupon(1, code, &format!("{amount} = {won}")).await;
    }
    shop.assert_priced(&[
        // VAT of 9999 is 909, of 9000 818.18.
        (BOOK, &["A1"], "10000 - 1 + 0 = 9999 (909, 0); A1 1: 1 1"),
        (
            BOOK,
            &["A1000"],
            "10000 - 1000 + 0 = 9000 (818, 0); A1000 1000: 1 1000",
        ),
        // The goods cost 20000, and 50000 would be more: delivery is still to be paid. VAT of 3000 is 272.7.
        (
            LAMP,
            &["A50000"],
            "20000 - 20000 + 3000 = 3000 (273, 0); A50000 20000: 1 20000",
        ),
        // Both together: 1000 of 20000, and of the 19000 that are left all but 9000.
        (
            LAMP,
            &["A1000", "A10000"],
            "20000 - 11000 + 3000 = 12000 (1091, 0); A1000 1000: 1 1000; A10000 10000: 1 10000",
        ),
        // 10000 of 10000 leave nothing to be paid.
        (
            BOOK,
            &["A10000"],
            "10000 - 10000 + 0 = 0 (0, 0); A10000 10000: 1 10000",
        ),
        (BOOK, &[], "10000 - 0 + 0 = 10000 (909, 0)"),
    ])
    .await;
    // The second one finds nothing left: A50000 is the later one, by its number.
    shop.assert_faults(&[
        (BOOK, &["A10000", "A50000"], (1, "nothing")),
        (BOOK, &["A50000", "A1"], (1, "nothing")),
    ])
    .await;
    shop.close().await;
}

#[tokio::test]
async fn a_rate_is_cut_down_first_and_capped_then() {
    let mut shop = Counter::open().await;
    let rate = "target = 'order', kind = 'rate', rate";
    for (code, columns) in [
        ("R15", "0.15"),
        ("R100", "1"),
        ("ODD", "0.0333"),
        ("ODD10", "0.0333, round_to = 10"),
        ("ODD100", "0.0333, round_to = 100"),
        ("ODD1000", "0.0333, round_to = 1000"),
        ("HUNDREDS", "0.15, round_to = 100"),
        ("CAPPED", "0.15, round_to = 100, max_discount = 3950"),
        ("JUST", "0.15, max_discount = 4050"),
        ("BELOW", "0.15, max_discount = 4049"),
        ("ABOVE", "0.15, max_discount = 4051"),
        ("ALL", "1, round_to = 5000"),
    ] {
        shop.coupon(1, code, &format!("{rate} = {columns}")).await;
    }
    shop.assert_priced(&[
        // 15 % of 27000 are 4050.
        (
            CHAIR,
            &["R15"],
            "27000 - 4050 + 3000 = 25950 (2359, 0); R15 4050: 1 4050",
        ),
        (
            BOOK,
            &["R100"],
            "10000 - 10000 + 0 = 0 (0, 0); R100 10000: 1 10000",
        ),
        // 3.33 % of 27000 are 899.1: 899, 890, 800.
        (
            CHAIR,
            &["ODD"],
            "27000 - 899 + 3000 = 29101 (2646, 0); ODD 899: 1 899",
        ),
        (
            CHAIR,
            &["ODD10"],
            "27000 - 890 + 3000 = 29110 (2646, 0); ODD10 890: 1 890",
        ),
        (
            CHAIR,
            &["ODD100"],
            "27000 - 800 + 3000 = 29200 (2655, 0); ODD100 800: 1 800",
        ),
        // 4050: to hundreds 4000; then no more than 3950, which is no multiple of 100.
        (
            CHAIR,
            &["HUNDREDS"],
            "27000 - 4000 + 3000 = 26000 (2364, 0); HUNDREDS 4000: 1 4000",
        ),
        (
            CHAIR,
            &["CAPPED"],
            "27000 - 3950 + 3000 = 26050 (2368, 0); CAPPED 3950: 1 3950",
        ),
        (
            CHAIR,
            &["JUST"],
            "27000 - 4050 + 3000 = 25950 (2359, 0); JUST 4050: 1 4050",
        ),
        (
            CHAIR,
            &["BELOW"],
            "27000 - 4049 + 3000 = 25951 (2359, 0); BELOW 4049: 1 4049",
        ),
        (
            CHAIR,
            &["ABOVE"],
            "27000 - 4050 + 3000 = 25950 (2359, 0); ABOVE 4050: 1 4050",
        ),
        // All of 27000, in steps of 5000.
        (
            CHAIR,
            &["ALL"],
            "27000 - 25000 + 3000 = 5000 (455, 0); ALL 25000: 1 25000",
        ),
        // 31 books are 310000, of which 3.33 % are 10323.
        (
            &[("book", 31)],
            &["ODD1000"],
            "310000 - 10000 + 0 = 300000 (27273, 0); ODD1000 10000: 1 10000",
        ),
    ])
    .await;
    // 3.33 % of 27000 are no 1000; 100 % of 1000 and of 2000 are no 5000.
    shop.assert_faults(&[
        (CHAIR, &["ODD1000"], (0, "nothing")),
        (&[("pen", 1), ("ink", 1)], &["ALL"], (0, "nothing")),
    ])
    .await;
    shop.close().await;
}

#[tokio::test]
async fn min_amount_asks_what_its_lines_cost_before_any_coupon() {
    let mut shop = Counter::open().await;
    for (code, columns) in [
        (
            "OVER20000",
            "target = 'order', kind = 'amount', amount = 1000, min_amount = 20000",
        ),
        (
            "OVER20001",
            "target = 'order', kind = 'amount', amount = 1000, min_amount = 20001",
        ),
        (
            "BOOKS",
            r#"target = 'product', target_ids = '["book"]', kind = 'rate', rate = 0.1, min_amount = 20000"#,
        ),
        (
            "LAMPS",
            r#"target = 'product', target_ids = '["lamp"]', kind = 'amount', amount = 15000"#,
        ),
        (
            "SENT",
            "target = 'delivery', kind = 'amount', amount = 500, min_amount = 20000",
        ),
        (
            "SENT1",
            "target = 'delivery', kind = 'amount', amount = 500, min_amount = 20001",
        ),
    ] {
        shop.coupon(1, code, columns).await;
    }
    shop.assert_priced(&[
        // Just 20000.
        (
            LAMP,
            &["OVER20000"],
            "20000 - 1000 + 3000 = 22000 (2000, 0); OVER20000 1000: 1 1000",
        ),
        // 5000 are left of the lamp, and it cost 20000: all that counts.
        (
            LAMP,
            &["OVER20000", "LAMPS"],
            "20000 - 16000 + 3000 = 7000 (636, 0); LAMPS 15000: 1 15000; OVER20000 1000: 1 1000",
        ),
        // Two books are 20000; the lamp does not count for them, nor does it get anything.
        (
            &[("lamp", 1), ("book", 2)],
            &["BOOKS"],
            "40000 - 2000 + 3000 = 41000 (3727, 0); BOOKS 2000: 2 2000",
        ),
        // A delivery asks for the goods, all of them, without the fee.
        (
            LAMP,
            &["SENT"],
            "20000 - 500 + 3000 = 22500 (2045, 0); SENT 500:",
        ),
        // 10000 of a lamp and a book: 30000.
        (
            &[("lamp", 1), ("book", 1)],
            &["SENT1"],
            "30000 - 500 + 3000 = 32500 (2955, 0); SENT1 500:",
        ),
    ])
    .await;
    shop.assert_faults(&[
        // One won short.
        (LAMP, &["OVER20001"], (0, "min_amount")),
        (LAMP, &["SENT1"], (0, "min_amount")),
        (&[("lamp", 1), ("book", 1)], &["BOOKS"], (0, "min_amount")),
    ])
    .await;
    shop.db
        .exec("UPDATE shop_products SET sale_price = 19999 WHERE product_id = 'lamp'")
        .await;
    shop.assert_faults(&[(LAMP, &["OVER20000"], (0, "min_amount"))])
        .await;
    shop.close().await;
}

#[tokio::test]
async fn a_coupon_of_products_or_categories_is_for_their_lines_alone() {
    let mut shop = Counter::open().await;
    shop.db
        .exec(
            "UPDATE shop_products SET category_id = CASE product_id WHEN 'book' THEN 'c1' WHEN 'lamp' THEN 'C1'
                 WHEN 'pen' THEN '문구' WHEN 'ink' THEN '문구' END
             WHERE product_id IN ('book', 'lamp', 'pen', 'ink')",
        )
        .await;
    for (code, target, ids) in [
        ("SHIRTS", "product", r#"["shirt"]"#),
        ("THREE", "product", r#"["pen", "ink", "chair"]"#),
        ("SMALL", "category", r#"["c1"]"#),
        ("LARGE", "category", r#"["C1"]"#),
        ("DESK", "category", r#"["문구", "c1"]"#),
        ("NOTHERE", "category", r#"["book"]"#),
    ] {
        let columns =
            format!("target = '{target}', target_ids = '{ids}', kind = 'rate', rate = 0.1");
        shop.coupon(1, code, &columns).await;
    }
    shop.assert_priced(&[
        // A shirt in red is 15000, one in blue 16000: a tenth of each.
        (
            &[("shirt/red", 1), ("book", 1), ("shirt/blue", 1)],
            &["SHIRTS"],
            "41000 - 3100 + 3000 = 40900 (3718, 0); SHIRTS 3100: 1 1500, 3 1600",
        ),
        // Ink and pens are among the three, the lamp is not.
        (
            &[("ink", 2), ("lamp", 1), ("pen", 3)],
            &["THREE"],
            "27000 - 700 + 6500 = 32800 (2982, 0); THREE 700: 1 400, 3 300",
        ),
        // c1 is the book, C1 the lamp.
        (
            &[("book", 1), ("lamp", 1)],
            &["SMALL"],
            "30000 - 1000 + 3000 = 32000 (2909, 0); SMALL 1000: 1 1000",
        ),
        (
            &[("book", 1), ("lamp", 1)],
            &["LARGE"],
            "30000 - 2000 + 3000 = 31000 (2818, 0); LARGE 2000: 2 2000",
        ),
        (
            &[("book", 1), ("lamp", 1), ("pen", 1)],
            &["DESK"],
            "31000 - 1100 + 5500 = 35400 (3218, 0); DESK 1100: 1 1000, 3 100",
        ),
    ])
    .await;
    shop.assert_faults(&[
        (BOOK, &["SHIRTS"], (0, "no_target")),
        (BOOK, &["LARGE"], (0, "no_target")),
        // A chair is in no category; a category is no product.
        (CHAIR, &["DESK"], (0, "no_target")),
        (BOOK, &["NOTHERE"], (0, "no_target")),
    ])
    .await;
    shop.close().await;
}

#[tokio::test]
async fn a_coupon_of_the_delivery_takes_off_the_fee_and_the_surcharge_and_nothing_of_the_goods() {
    let mut shop = Counter::open().await;
    for (code, columns) in [
        ("D2000", "kind = 'amount', amount = 2000"),
        ("D5000", "kind = 'amount', amount = 5000"),
        ("HALF", "kind = 'rate', rate = 0.5"),
        ("FREE", "kind = 'rate', rate = 1"),
        ("FREE4000", "kind = 'rate', rate = 1, max_discount = 4000"),
    ] {
        shop.coupon(1, code, &format!("target = 'delivery', {columns}"))
            .await;
    }
    shop.coupon(
        1,
        "HALFGOODS",
        "target = 'order', kind = 'rate', rate = 0.5, apply_order = 1000",
    )
    .await;
    shop.assert_priced(&[
        // The fee stays 3000: VAT of 21000 is 1909.09.
        (
            LAMP,
            &["D2000"],
            "20000 - 2000 + 3000 = 21000 (1909, 0); D2000 2000:",
        ),
        (
            LAMP,
            &["D5000"],
            "20000 - 3000 + 3000 = 20000 (1818, 0); D5000 3000:",
        ),
        (
            LAMP,
            &["HALF"],
            "20000 - 1500 + 3000 = 21500 (1955, 0); HALF 1500:",
        ),
        // 1500 by the first, and the 1500 that are left by the other.
        (
            LAMP,
            &["HALF", "FREE"],
            "20000 - 3000 + 3000 = 20000 (1818, 0); HALF 1500:; FREE 1500:",
        ),
        // The goods first, whatever apply_order says; and 27000 of two chairs below 50000 do not change that they ship free.
        (
            &[("chair", 2), ("lamp", 1)],
            &["FREE", "HALFGOODS"],
            "74000 - 40000 + 3000 = 37000 (3364, 0); HALFGOODS 37000: 1 27000, 2 10000; FREE 3000:",
        ),
        // Rice is tax free, and its delivery is not: VAT of 2000.
        (
            &[("rice", 1)],
            &["D2000"],
            "5000 - 2000 + 4000 = 7000 (182, 5000); D2000 2000:",
        ),
    ])
    .await;
    for (lines, code, expected) in [
        // 3000 + 3000.
        (
            LAMP,
            "D5000",
            "20000 - 5000 + 6000 = 21000 (1909, 0); D5000 5000:",
        ),
        (
            LAMP,
            "FREE",
            "20000 - 6000 + 6000 = 20000 (1818, 0); FREE 6000:",
        ),
        (
            LAMP,
            "FREE4000",
            "20000 - 4000 + 6000 = 22000 (2000, 0); FREE4000 4000:",
        ),
        // A free parcel, and the surcharge of 3000.
        (
            BOOK,
            "D2000",
            "10000 - 2000 + 3000 = 11000 (1000, 0); D2000 2000:",
        ),
        // Two parcels: 3000 + 3000 and 0 + 3000.
        (
            &[("lamp", 1), ("book", 1)],
            "HALF",
            "30000 - 4500 + 9000 = 34500 (3136, 0); HALF 4500:",
        ),
    ] {
        assert_eq!(shop.priced_in(1, lines, &[code], "63000").await, expected);
    }
    // A book ships free: there is nothing to take off. 3000 are gone after the first one.
    shop.assert_faults(&[
        (BOOK, &["FREE"], (0, "nothing")),
        (LAMP, &["D5000", "FREE"], (1, "nothing")),
    ])
    .await;
    shop.close().await;
}

#[tokio::test]
async fn coupons_are_applied_by_target_then_by_apply_order_then_by_number() {
    let mut shop = Counter::open().await;
    shop.db
        .exec("UPDATE shop_products SET category_id = 'c1' WHERE product_id IN ('book', 'lamp')")
        .await;
    for (code, columns) in [
        ("RATE", "target = 'order', kind = 'rate', rate = 0.1"),
        (
            "RATE2",
            "target = 'order', kind = 'rate', rate = 0.1, apply_order = 101",
        ),
        ("WON", "target = 'order', kind = 'amount', amount = 1000"),
        (
            "EARLY",
            "target = 'order', kind = 'amount', amount = 1000, apply_order = 99",
        ),
        (
            "ORDER0",
            "target = 'order', kind = 'rate', rate = 0.5, apply_order = 0",
        ),
        (
            "CATEGORY",
            r#"target = 'category', target_ids = '["c1"]', kind = 'rate', rate = 0.1, apply_order = 500"#,
        ),
        (
            "PRODUCT",
            r#"target = 'product', target_ids = '["book"]', kind = 'amount', amount = 5000, apply_order = 1000"#,
        ),
        (
            "SENT",
            "target = 'delivery', kind = 'rate', rate = 0.5, apply_order = 0",
        ),
    ] {
        shop.coupon(1, code, columns).await;
    }
    shop.assert_priced(&[
        // By number, that is as they were issued: 1000 of 10000, then a tenth of 9000; or a tenth of 10000, then 1000.
        (BOOK, &["WON", "RATE"], "10000 - 1900 + 0 = 8100 (736, 0); WON 1000: 1 1000; RATE 900: 1 900"),
        (BOOK, &["RATE", "WON"], "10000 - 2000 + 0 = 8000 (727, 0); RATE 1000: 1 1000; WON 1000: 1 1000"),
        // 99 comes before 100, and 100 before 101.
        (BOOK, &["RATE", "EARLY"], "10000 - 1900 + 0 = 8100 (736, 0); EARLY 1000: 1 1000; RATE 900: 1 900"),
        (BOOK, &["RATE2", "WON"], "10000 - 1900 + 0 = 8100 (736, 0); WON 1000: 1 1000; RATE2 900: 1 900"),
        // The same coupon twice: a tenth of 10000, and of 9000.
        (BOOK, &["RATE", "RATE"], "10000 - 1900 + 0 = 8100 (736, 0); RATE 1000: 1 1000; RATE 900: 1 900"),
        // 5000 of the book; a tenth of 5000 and of 20000; half of 4500 and of 18000; half of the fee.
        (
            &[("book", 1), ("lamp", 1)],
            &["SENT", "ORDER0", "CATEGORY", "PRODUCT"],
            "30000 - 20250 + 3000 = 12750 (1159, 0); PRODUCT 5000: 1 5000; CATEGORY 2500: 1 500, 2 2000; \
             ORDER0 11250: 1 2250, 2 9000; SENT 1500:",
        ),
    ])
    .await;
    shop.close().await;
}

#[tokio::test]
async fn of_a_stack_group_an_order_takes_one() {
    let mut shop = Counter::open().await;
    let amount = "target = 'order', kind = 'amount', amount = 1000";
    for (code, group) in [
        ("A1", "'a'"),
        ("A2", "'a', apply_order = 1"),
        ("B", "'b'"),
        ("NONE1", "NULL"),
        ("NONE2", "NULL"),
    ] {
        shop.coupon(1, code, &format!("{amount}, stack_group = {group}"))
            .await;
    }
    shop.assert_priced(&[(
        BOOK,
        &["A1", "B", "NONE1", "NONE2"],
        "10000 - 4000 + 0 = 6000 (545, 0); A1 1000: 1 1000; B 1000: 1 1000; NONE1 1000: 1 1000; NONE2 1000: 1 1000",
    )])
    .await;
    shop.assert_faults(&[
        // A2 is applied first: it is A1 that is one too many.
        (BOOK, &["A1", "A2"], (0, "stacking")),
        (BOOK, &["A2", "B", "A1"], (2, "stacking")),
        (BOOK, &["A1", "A1"], (1, "stacking")),
        (BOOK, &["B", "NONE1", "B"], (2, "stacking")),
    ])
    .await;
    shop.close().await;
}

#[tokio::test]
async fn a_coupon_is_good_from_its_first_moment_until_before_its_last() {
    let mut shop = Counter::open().await;
    let now = "'2027-03-01 00:00:00'";
    let amount = "target = 'order', kind = 'amount', amount = 1000";
    for (code, columns) in [
        ("SINCE", format!("valid_from = {now}")),
        (
            "SOON",
            format!("valid_from = {now} + INTERVAL 1 MICROSECOND"),
        ),
        ("UNTIL", format!("valid_until = {now}")),
        (
            "STILL",
            format!("valid_until = {now} + INTERVAL 1 MICROSECOND"),
        ),
        ("ALWAYS", "valid_until = NULL".to_owned()),
        ("WEEK", "valid_days = 7".to_owned()),
        ("WEEKUNTIL", format!("valid_days = 7, valid_until = {now}")),
    ] {
        shop.coupon(1, code, &format!("{amount}, {columns}")).await;
    }
    let clock = "SET timestamp = TIMESTAMPDIFF(SECOND, '1970-01-01', '2027-03-01')";
    query(&mut shop.conn, clock).await.unwrap();
    let week = format!("{now} - INTERVAL 7 DAY");
    let moment = "INTERVAL 1 MICROSECOND";
    let cases = [
        ("SINCE", format!("{week}, NULL"), ""),
        ("SOON", format!("{week}, NULL"), "not_yet"),
        ("UNTIL", format!("{week}, NULL"), "over"),
        ("STILL", format!("{week}, NULL"), ""),
        // What was issued has an end of its own.
        ("ALWAYS", format!("{week}, {now}"), "over"),
        ("ALWAYS", format!("{week}, {now} + {moment}"), ""),
        ("STILL", format!("{week}, {now}"), "over"),
        // Seven times 24 hours, from the moment of the issue; and not beyond the coupon's own end.
        ("WEEK", format!("{week}, NULL"), "over"),
        ("WEEK", format!("{week} + {moment}, NULL"), ""),
        ("WEEKUNTIL", format!("{week} + {moment}, NULL"), "over"),
    ];
    for (code, times, reason) in cases {
        let coupon = shop.issue_at(1, code, "u1", &times).await;
        if !reason.is_empty() {
            shop.assert_fault(BOOK, &[coupon], (0, reason)).await;
            continue;
        }
        let ids = shop.cart(1, BOOK).await;
        let quoted = shop.quote(1, &ids, &[coupon], SEOUL).await;
        assert_eq!(
            quoted.first().str("total_payment"),
            "9000.00",
            "{code} {times}"
        );
        let order = shop.order(1, &ids, &[coupon], SEOUL).client_total("9000");
        placed(&mut shop.conn, &order).await;
    }
    shop.close().await;
}

#[tokio::test]
async fn who_cannot_use_a_coupon_is_told_the_first_reason() {
    let mut shop = Counter::open().await;
    let amount = "target = 'order', kind = 'amount', amount = 1000";
    shop.coupon(1, "C", amount).await;
    shop.coupon(1, "OFF", &format!("{amount}, enabled = 0"))
        .await;
    shop.coupon(1, "ONCE", &format!("{amount}, use_limit = 1"))
        .await;
    shop.coupon(
        1,
        "LAMP",
        r#"target = 'product', target_ids = '["lamp"]', kind = 'amount', amount = 1"#,
    )
    .await;
    shop.coupon(2, "C", amount).await;
    let [mine, off] = [
        shop.issue(1, "C", "u1").await,
        shop.issue(1, "OFF", "u1").await,
    ];
    let [theirs, elsewhere] = [
        shop.issue(1, "C", "u2").await,
        shop.issue(2, "C", "u1").await,
    ];
    for unknown in [theirs, elsewhere, 999_999_999] {
        shop.assert_fault(BOOK, &[unknown], (0, "unknown")).await;
        shop.assert_fault(BOOK, &[mine, unknown], (1, "unknown"))
            .await;
    }
    shop.assert_fault(BOOK, &[off], (0, "disabled")).await;
    shop.assert_fault(BOOK, &[mine, off], (1, "disabled")).await;
    // In the order of application: the product's comes before, and of two the one that is issued first.
    let lamp = shop.issue(1, "LAMP", "u1").await;
    shop.assert_fault(BOOK, &[off, lamp], (1, "no_target"))
        .await;
    let later = shop.issue(1, "OFF", "u1").await;
    shop.assert_fault(BOOK, &[later, off], (1, "disabled"))
        .await;

    // Held by an order that waits for its payment; given back when its time is over; used when it is paid.
    let ids = shop.cart(1, BOOK).await;
    let order = shop.order(1, &ids, &[mine], SEOUL).client_total("9000");
    placed(&mut shop.conn, &order).await;
    shop.assert_fault(LAMP, &[mine], (0, "held")).await;
    let waits = "SELECT order_number FROM shop_orders";
    let waits = shop.db.text(waits).await;
    shop.db.let_expire(&waits).await;
    let ids = shop.cart(1, BOOK).await;
    let order = shop.order(1, &ids, &[mine], SEOUL).client_total("9000");
    placed(&mut shop.conn, &order).await;
    let paid = WalletMessage::paid(&format!("T{}", shop.orders), "tx1", "9000");
    settle(&mut shop.conn, "notify", &paid).await.unwrap();
    shop.assert_fault(LAMP, &[mine], (0, "used")).await;

    // So many orders, whoever places them.
    let [once, twice] = [
        shop.issue(1, "ONCE", "u1").await,
        shop.issue(1, "ONCE", "u1").await,
    ];
    let ids = shop.cart(1, BOOK).await;
    let order = shop.order(1, &ids, &[once], SEOUL).client_total("9000");
    placed(&mut shop.conn, &order).await;
    shop.assert_fault(BOOK, &[twice], (0, "used_up")).await;
    shop.close().await;
}

#[tokio::test]
async fn units_that_cannot_be_divided_go_to_the_largest_remainders() {
    let mut shop = Counter::open().await;
    shop.db
        .exec(
            "UPDATE shop_products SET sale_price = NULL, discount_rate = 0, tax_type = 'taxable', delivery_policy_id = 1,
                 buy_price = CASE product_id WHEN 'pen' THEN 10 WHEN 'ink' THEN 20 WHEN 'shirt' THEN 70 ELSE 3333 END
             WHERE shop_id = 1;
             UPDATE shop_product_options SET add_price = 0 WHERE shop_id = 1",
        )
        .await;
    for won in [1, 2, 3, 1000, 1001, 9998] {
        let columns = format!("target = 'order', kind = 'amount', amount = {won}");
        shop.coupon(1, &format!("C{won}"), &columns).await;
    }
    shop.coupon(
        1,
        "BOOKS",
        r#"target = 'product', target_ids = '["book"]', kind = 'amount', amount = 1000"#,
    )
    .await;
    let thirds = &[("book", 1), ("lamp", 1), ("chair", 1)][..];
    let parts = &[("pen", 1), ("ink", 1), ("shirt/red", 1)][..];
    shop.assert_priced(&[
        // A third of 1000 is 333.33: one unit is left, and goes to the first of three that are equal.
        (
            thirds,
            &["C1000"],
            "9999 - 1000 + 0 = 8999 (818, 0); C1000 1000: 1 334, 2 333, 3 333",
        ),
        // 333.67: two units are left.
        (
            thirds,
            &["C1001"],
            "9999 - 1001 + 0 = 8998 (818, 0); C1001 1001: 1 334, 2 334, 3 333",
        ),
        // 0.33: the second and the third line get nothing.
        (thirds, &["C1"], "9999 - 1 + 0 = 9998 (909, 0); C1 1: 1 1"),
        (
            thirds,
            &["C2"],
            "9999 - 2 + 0 = 9997 (909, 0); C2 2: 1 1, 2 1",
        ),
        // 3332.67: all but one, which stays on the last.
        (
            thirds,
            &["C9998"],
            "9999 - 9998 + 0 = 1 (0, 0); C9998 9998: 1 3333, 2 3333, 3 3332",
        ),
        // Of 10, 20 and 70: 0.3, 0.6 and 2.1 of 3; 0.2, 0.4 and 1.4 of 2; 0.1, 0.2 and 0.7 of 1.
        (parts, &["C3"], "100 - 3 + 0 = 97 (9, 0); C3 3: 2 1, 3 2"),
        (parts, &["C2"], "100 - 2 + 0 = 98 (9, 0); C2 2: 2 1, 3 1"),
        (parts, &["C1"], "100 - 1 + 0 = 99 (9, 0); C1 1: 3 1"),
        // The second coupon is spread over what the first has left: 2333, 3333 and 3333 of 8999 are 259.25, 370.37 and 370.37.
        (
            thirds,
            &["C1000", "BOOKS"],
            "9999 - 2000 + 0 = 7999 (727, 0); BOOKS 1000: 1 1000; C1000 1000: 1 259, 2 371, 3 370",
        ),
        // Lines of one product are lines like others: 1.5 each.
        (
            &[("shirt/red", 1), ("shirt/blue", 1)],
            &["C3"],
            "140 - 3 + 0 = 137 (12, 0); C3 3: 1 2, 2 1",
        ),
        // A line that costs 3333 three times, and one that costs it once: 2.25 and 0.75 of 3.
        (
            &[("book", 3), ("lamp", 1)],
            &["C3"],
            "13332 - 3 + 0 = 13329 (1212, 0); C3 3: 1 2, 2 1",
        ),
    ])
    .await;
    shop.close().await;
}

/// A row named last gets no unit that is another's.
#[tokio::test]
async fn shares_do_not_depend_on_how_the_rows_are_named() {
    let mut shop = Counter::open().await;
    shop.db
        .exec(
            "UPDATE shop_products SET sale_price = NULL, discount_rate = 0, delivery_policy_id = 1, buy_price = 3333,
                 tax_type = IF(product_id = 'book', 'free', 'taxable') WHERE shop_id = 1",
        )
        .await;
    shop.coupon(
        1,
        "C1000",
        "target = 'order', kind = 'amount', amount = 1000",
    )
    .await;
    let coupons = shop.issue_all(1, &["C1000", "C1000"]).await;
    let ids = shop
        .cart(1, &[("book", 1), ("lamp", 1), ("chair", 1)])
        .await;
    // 333.33 each: the first row gets the unit that is left, and 3333 - 334 of it is tax free. Then 2999, 3000 and 3000
    // of 8999 are 333.26, 333.37 and 333.37.
    let expected = "9999 - 2000 + 0 = 7999 (485, 2666); C1000 1000: 1 334, 2 333, 3 333; C1000 1000: 1 333, 2 334, 3 333";
    let [a, b, c] = [ids[0], ids[1], ids[2]];
    for named in [
        format!("[{a},{b},{c}]"),
        format!("[{c},{b},{a}]"),
        format!("[ {b}, \"{c}\", {{\"id\":{a}}} ]"),
    ] {
        for chosen in [
            format!("{coupons:?}"),
            format!("[\"{}\",{}]", coupons[1], coupons[0]),
        ] {
            for code in [None, Some(SEOUL)] {
                let none = None::<&str>;
                let (named, chosen) = (named.as_str(), chosen.as_str());
                let params = (1, "u1", named, none, chosen, none, none, code, none, none);
                let quoted = call(&mut shop.conn, "shop_order_quote", params)
                    .await
                    .unwrap();
                let shown = shown(quoted.first(), "cart_id", &|id| {
                    1 + ids
                        .iter()
                        .position(|of| *of == id)
                        .expect("a row of the cart")
                });
                assert_eq!(shown, expected, "{named} {chosen} {code:?}");
            }
        }
    }
    shop.close().await;
}

#[tokio::test]
async fn the_shares_of_tax_free_lines_are_not_taxed_and_all_others_are() {
    let mut shop = Counter::open().await;
    for (code, columns) in [
        ("C3000", "target = 'order', kind = 'amount', amount = 3000"),
        ("C1000", "target = 'order', kind = 'amount', amount = 1000"),
        ("ALL", "target = 'order', kind = 'rate', rate = 1"),
        ("SENT", "target = 'delivery', kind = 'rate', rate = 1"),
        (
            "RICE",
            r#"target = 'product', target_ids = '["rice"]', kind = 'rate', rate = 0.3"#,
        ),
        (
            "BOOKS",
            r#"target = 'product', target_ids = '["book"]', kind = 'rate', rate = 0.3"#,
        ),
    ] {
        shop.coupon(1, code, columns).await;
    }
    let both = &[("rice", 1), ("book", 1)][..];
    shop.assert_priced(&[
        // Of 5000 tax free and 10000: 1000 and 2000. Taxed are 8000 and the delivery, 12000 of 16000.
        (
            both,
            &["C3000"],
            "15000 - 3000 + 4000 = 16000 (1091, 4000); C3000 3000: 1 1000, 2 2000",
        ),
        // 333.33 and 666.67: 333 and 667. Taxed are 18000 - 4667 = 13333.
        (
            both,
            &["C1000"],
            "15000 - 1000 + 4000 = 18000 (1212, 4667); C1000 1000: 1 333, 2 667",
        ),
        // Taxed are 14000 as before; then 11000 beside 5000.
        (
            both,
            &["RICE"],
            "15000 - 1500 + 4000 = 17500 (1273, 3500); RICE 1500: 1 1500",
        ),
        (
            both,
            &["BOOKS"],
            "15000 - 3000 + 4000 = 16000 (1000, 5000); BOOKS 3000: 2 3000",
        ),
        // Nothing but the delivery is left, which is taxed; nothing but what is tax free.
        (
            both,
            &["ALL"],
            "15000 - 15000 + 4000 = 4000 (364, 0); ALL 15000: 1 5000, 2 10000",
        ),
        (
            &[("rice", 1)],
            &["SENT"],
            "5000 - 4000 + 4000 = 5000 (0, 5000); SENT 4000:",
        ),
        // Rice alone: 3000 of it, and 4000 are taxed.
        (
            &[("rice", 1)],
            &["C3000"],
            "5000 - 3000 + 4000 = 6000 (364, 2000); C3000 3000: 1 3000",
        ),
    ])
    .await;
    shop.close().await;
}

#[tokio::test]
async fn a_cent_is_a_unit_of_the_dollar() {
    let mut shop = Counter::open().await;
    shop.db
        .exec(
            "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, tax_type, delivery_policy_id)
             VALUES (2, 'a', 'A', 3.33, 'taxable', 1), (2, 'b', 'B', 3.33, 'free', 1), (2, 'c', 'C', 3.33, 'taxable', 1);
             INSERT INTO shop_stock (shop_id, product_id, option_hash, slot, free, update_date)
             SELECT 2, product_id, '__noopt__', 0, 100, UTC_TIMESTAMP(6) FROM shop_products
             WHERE shop_id = 2 AND product_id IN ('a', 'b', 'c');
             INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
             SELECT 2, product_id, '__noopt__', 100, 'first', 'test', UTC_TIMESTAMP(6) FROM shop_products
             WHERE shop_id = 2 AND product_id IN ('a', 'b', 'c')",
        )
        .await;
    for (code, columns) in [
        ("R15", "target = 'order', kind = 'rate', rate = 0.15"),
        (
            "DIMES",
            "target = 'order', kind = 'rate', rate = 0.15, round_to = 0.10",
        ),
        (
            "CAPPED",
            "target = 'order', kind = 'rate', rate = 0.15, max_discount = 2.95",
        ),
        (
            "DIME",
            "target = 'order', kind = 'amount', amount = 0.10, min_amount = 9.99",
        ),
        ("CENT", "target = 'order', kind = 'amount', amount = 0.01"),
        ("SENT", "target = 'delivery', kind = 'rate', rate = 0.333"),
        ("ALL", "target = 'order', kind = 'rate', rate = 1"),
    ] {
        shop.coupon(2, code, columns).await;
    }
    let mug = &[("mug", 1)][..];
    let thirds = &[("a", 1), ("b", 1), ("c", 1)][..];
    for (lines, codes, expected) in [
        // 15 % of 19.99 are 2.9985. VAT of 22.00 and of 21.99: 2 and 1.999.
        (
            mug,
            &["R15"][..],
            "19.99 - 2.99 + 4.99 = 21.99 (2, 0); R15 2.99: 1 2.99",
        ),
        (
            mug,
            &["DIMES"],
            "19.99 - 2.90 + 4.99 = 22.08 (2.01, 0); DIMES 2.90: 1 2.90",
        ),
        (
            mug,
            &["CAPPED"],
            "19.99 - 2.95 + 4.99 = 22.03 (2, 0); CAPPED 2.95: 1 2.95",
        ),
        (
            mug,
            &["CENT"],
            "19.99 - 0.01 + 4.99 = 24.97 (2.27, 0); CENT 0.01: 1 0.01",
        ),
        // 33.3 % of 4.99 are 1.66167. VAT of 23.32: 2.12.
        (
            mug,
            &["SENT"],
            "19.99 - 1.66 + 4.99 = 23.32 (2.12, 0); SENT 1.66:",
        ),
        // 0.0333: one cent is left. b is tax free: 3.33 - 0.03. VAT of 11.58: 1.0527.
        (
            thirds,
            &["DIME"],
            "9.99 - 0.10 + 4.99 = 14.88 (1.05, 3.30); DIME 0.10: 1 0.04, 2 0.03, 3 0.03",
        ),
        (
            thirds,
            &["CENT"],
            "9.99 - 0.01 + 4.99 = 14.97 (1.06, 3.33); CENT 0.01: 1 0.01",
        ),
        (
            thirds,
            &["CENT", "ALL"],
            "9.99 - 9.99 + 4.99 = 4.99 (0.45, 0); CENT 0.01: 1 0.01; ALL 9.98: 1 3.32, 2 3.33, 3 3.33",
        ),
    ] {
        assert_eq!(shop.priced_in(2, lines, codes, SEOUL).await, expected);
    }
    shop.close().await;
}

#[tokio::test]
async fn an_order_that_coupons_leave_nothing_of_is_paid_at_once_and_has_used_them() {
    let mut shop = Counter::open().await;
    shop.coupon(1, "ALL", "target = 'order', kind = 'rate', rate = 1")
        .await;
    shop.coupon(
        1,
        "SENT",
        "target = 'delivery', kind = 'amount', amount = 3000",
    )
    .await;
    let ids = shop.cart(1, LAMP).await;
    let coupons = shop.issue_all(1, &["ALL", "SENT"]).await;
    // Of the goods alone 3000 are left.
    let order = shop.order(1, &ids, &coupons[..1], SEOUL);
    let error = order.call(&mut shop.conn).await.unwrap_err();
    error.expect_code("PRICE_CHANGED");
    assert_eq!(error.row().str("detail"), "3000.00");
    let quote = &error.sets.set(1).rows[0];
    let shown = ["discount_total", "total_payment", "vat_amount"].map(|name| quote.str(name));
    assert_eq!(shown, ["20000.00", "3000.00", "273.00"]);
    let order = shop.order(1, &ids, &coupons, SEOUL);
    let row = placed(&mut shop.conn, &order).await;
    assert_eq!(row.int("order_status"), 2);
    assert_eq!(row.str("next_step"), "done");
    let again = order.call(&mut shop.conn).await.unwrap();
    assert_eq!(again.first().int("replayed"), 1);
    for coupon in coupons {
        shop.assert_fault(LAMP, &[coupon], (0, "used")).await;
    }
    shop.close().await;
}

#[tokio::test]
async fn an_order_names_twenty_coupons_at_most_and_none_twice() {
    let mut shop = Counter::open().await;
    shop.coupon(1, "C", "target = 'order', kind = 'amount', amount = 100")
        .await;
    let coupons = shop.issue_all(1, &["C"; 21]).await;
    let ids = shop.cart(1, BOOK).await;
    let twice = [coupons[0], coupons[1], coupons[0]];
    for bad in [&coupons[..], &twice, &[0], &[-1]] {
        let params = quote_params(1, &ids, &format!("{bad:?}"), SEOUL);
        let quoted = refused(
            &shop.db,
            &mut shop.conn,
            "shop_order_quote",
            params,
            "INVALID_INPUT",
            "coupon_ids",
        );
        quoted.await;
        let order = shop.order(1, &ids, bad, SEOUL);
        order_refused(
            &shop.db,
            &mut shop.conn,
            &order,
            "INVALID_INPUT",
            "coupon_ids",
        )
        .await;
    }
    // However long their names are, and on a server that cuts lists at 1024 characters, which is a default.
    let name = r#""쿠폰\"#.repeat(25);
    let renamed = format!(
        "UPDATE shop_coupons SET coupon_name = '{}'",
        name.replace('\\', r"\\")
    );
    shop.db.exec(&renamed).await;
    let of_twenty = |row: &Row| -> Vec<serde_json::Value> {
        let discounts = row.json("discounts_json");
        let discounts = discounts.as_array().expect("an array");
        let is_named = |one: &serde_json::Value| one["coupon_name"] == name.as_str();
        assert!(discounts.iter().all(is_named), "{discounts:?}");
        let ids = discounts.iter().map(|one| one["coupon_id"].clone());
        ids.collect()
    };
    let twenty = &coupons[1..];
    let short = "SET SESSION group_concat_max_len = 1024";
    query(&mut shop.conn, short).await.unwrap();
    let quoted = shop.quote(1, &ids, twenty, SEOUL).await;
    assert_eq!(quoted.first().str("total_payment"), "8000.00");
    assert_eq!(of_twenty(quoted.first()), twenty);
    query(&mut shop.conn, short).await.unwrap();
    let order = shop.order(1, &ids, twenty, SEOUL).client_total("8000");
    let row = placed(&mut shop.conn, &order).await;
    assert_eq!(row.str("total_payment"), "8000.00");
    query(&mut shop.conn, short).await.unwrap();
    let params = (1, "u1", format!("T{}", shop.orders));
    let kept = call(&mut shop.conn, "shop_order_select", params).await;
    assert_eq!(of_twenty(kept.unwrap().first()), twenty);
    shop.close().await;
}

/// Between the quote and the order the shop makes less of its coupon: nobody pays more than they were told.
#[tokio::test]
async fn a_coupon_that_changes_after_the_quote_is_told_before_the_order() {
    let mut shop = Counter::open().await;
    shop.coupon(1, "C", "target = 'order', kind = 'amount', amount = 3000")
        .await;
    let coupons = shop.issue_all(1, &["C"]).await;
    let ids = shop.cart(1, LAMP).await;
    let quoted = shop.quote(1, &ids, &coupons, SEOUL).await;
    assert_eq!(quoted.first().str("total_payment"), "20000.00");
    let order = shop.order(1, &ids, &coupons, SEOUL);
    shop.db.exec("UPDATE shop_coupons SET amount = 2000").await;
    let error = order
        .clone()
        .client_total("20000")
        .call(&mut shop.conn)
        .await
        .unwrap_err();
    error.expect_code("PRICE_CHANGED");
    assert_eq!(error.sets.set(1).rows[0].str("discount_total"), "2000.00");
    assert_eq!(error.sets.set(1).rows[0].str("total_payment"), "21000.00");
    placed(&mut shop.conn, &order.client_total("21000")).await;
    // What was ordered keeps what it was given.
    shop.db
        .exec("UPDATE shop_coupons SET amount = 1, enabled = 0")
        .await;
    let kept = call(&mut shop.conn, "shop_order_select", (1, "u1", "T1"))
        .await
        .unwrap();
    assert_eq!(kept.first().str("discount_total"), "2000.00");
    assert_eq!(kept.first().json("discounts_json")[0]["amount"], "2000.00");
    shop.close().await;
}

/// Whatever part of an order is sent back, its lines say what they were given off: any part of them and the rest are
/// together what the discount was.
#[tokio::test]
async fn any_part_of_an_order_and_the_rest_are_given_back_without_a_won_more_or_less() {
    let mut shop = Counter::open().await;
    for (code, columns) in [
        ("ODD", "target = 'order', kind = 'rate', rate = 0.0777"),
        ("SEVEN", "target = 'order', kind = 'amount', amount = 7"),
        (
            "TWO",
            r#"target = 'product', target_ids = '["pen","rice","lamp"]', kind = 'rate', rate = 0.1234"#,
        ),
    ] {
        shop.coupon(1, code, columns).await;
    }
    let lines = [
        ("book", 3),
        ("lamp", 1),
        ("rice", 7),
        ("pen", 11),
        ("ink", 1),
    ];
    shop.priced(&lines, &["ODD", "SEVEN", "TWO"]).await;
    let lines = "SELECT p.line_no, p.line_amount, COALESCE(SUM(l.amount), 0) AS share
                 FROM shop_order_product p
                 LEFT JOIN shop_order_discount_lines l ON l.order_seq_no = p.order_seq_no AND l.line_no = p.line_no
                 GROUP BY p.line_no, p.line_amount ORDER BY p.line_no";
    let lines = shop.db.rows(lines).await;
    let won = |row: &Row, name: &str| -> i64 { short(&row.str(name)).parse().expect("won") };
    let paid: Vec<i64> = (lines.iter())
        .map(|row| won(row, "line_amount") - won(row, "share"))
        .collect();
    let order = shop.db.row("SELECT * FROM shop_orders").await;
    let goods = won(&order, "product_total_price") - won(&order, "discount_total");
    // Goods of 98000: 30000, 20000, 35000, 11000 and 2000. 12.34 % of the second, third and fourth, 66000, are 8144.4;
    // 7.77 % of the 89856 that are left are 6981.8; and 7.
    assert_eq!(goods, 98_000 - 8_144 - 6_981 - 7);
    assert_eq!(paid.len(), 5);
    for part in 0_usize..32 {
        let of = |wanted: usize| -> i64 {
            let its = paid
                .iter()
                .enumerate()
                .filter(|(n, _)| part >> n & 1 == wanted);
            its.map(|(_, amount)| amount).sum()
        };
        assert!(of(0) >= 0 && of(1) >= 0, "{paid:?}");
        assert_eq!(of(0) + of(1), goods, "{part:05b}: {paid:?}");
    }
    shop.close().await;
}
