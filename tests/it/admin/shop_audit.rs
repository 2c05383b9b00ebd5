//! `shop_audit`: silent about everything the procedures do, and not silent about anything else. Here: cart, lines,
//! stock. Payments, duties and the log: `audit_money`.

use crate::support::*;

/// Tables that a test may spoil; they are put back from copies.
const TABLES: [&str; 11] = [
    "shop_cart",
    "shop_orders",
    "shop_order_product",
    "shop_stock",
    "shop_stock_ledger",
    "shop_stock_reservations",
    "shop_order_logs",
    "shop_order_transitions",
    "shop_payments",
    "shop_pg_duties",
    "shop_pg_duty_logs",
];

/// Orders in every state that the procedures lead to, and money for all of them.
pub struct Books {
    pub db: TestDb,
    orders: Vec<(String, i64)>,
}

impl Books {
    /// Open for tests that change them: without the triggers, since there are ways around a trigger.
    pub async fn new() -> Books {
        let books = Books::with_triggers().await;
        books.db.without_triggers().await;
        books
    }

    pub async fn with_triggers() -> Books {
        let db = TestDb::with_fixture().await;
        db.exec("UPDATE shops SET late_payment = 'refund'").await;
        let mut conn = db.conn_as_gateway().await;
        for (number, user, items, total) in [
            ("PENDING", "u1", &[("lamp", NO_OPTION, 2)][..], "43000"),
            (
                "PAID",
                "u2",
                &[
                    ("shirt", "red", 1),
                    ("shirt", "wrap-a", 2),
                    ("shirt", "wrap-b", 1),
                ],
                "64500",
            ),
            ("FAILED", "u3", &[("book", NO_OPTION, 1)], "10000"),
            ("EXPIRED", "u4", &[("chair", NO_OPTION, 2)], "54000"),
            ("RESTORED", "u5", &[("pen", NO_OPTION, 3)], "5500"),
            ("MISMATCH", "u6", &[("ink", NO_OPTION, 1)], "5500"),
        ] {
            let mut ids = Vec::new();
            for (product, option, quantity) in items {
                ids.push(db.add_cart(1, user, product, option, *quantity).await);
            }
            let order = OrderCall::new(number, &ids)
                .user(1, user)
                .client_total(total);
            order.call(&mut conn).await.unwrap();
        }
        db.let_expire("EXPIRED").await;
        db.call(&mut conn, "shop_order_expire", (10,))
            .await
            .unwrap();
        db.call(&mut conn, "shop_order_restore_cart", (1, "u5", "RESTORED"))
            .await
            .unwrap();
        for message in [
            WalletMessage::paid("PAID", "P1", "64500"),
            WalletMessage::failed("FAILED", "P2", "10000"),
            WalletMessage::paid("MISMATCH", "P3", "5000"),
            WalletMessage::paid("EXPIRED", "P4", "54000"), // late
            WalletMessage::paid("PAID", "P5", "64500"),    // surplus
            WalletMessage::paid("NOSUCH", "P6", "700"),    // unknown order
            WalletMessage::paid("PAID", "P1", "64500"),    // a repeat
        ] {
            settle(&mut conn, "notify", &message).await.unwrap();
        }
        let orders = db
            .rows("SELECT order_number, seq_no FROM shop_orders")
            .await;
        let orders = orders
            .iter()
            .map(|row| (row.str("order_number"), row.int("seq_no")))
            .collect();
        let copy =
            TABLES.map(|table| format!("CREATE TABLE copy_of_{table} AS SELECT * FROM {table}"));
        db.exec(&copy.join(";")).await;
        Books { db, orders }
    }

    /// Everything as it was in the beginning.
    pub async fn put_back(&self) {
        let back = |table| {
            format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM copy_of_{table}")
        };
        self.db.exec(&TABLES.map(back).join(";")).await;
    }

    /// `{PAID}` becomes the number of that order.
    pub fn named(&self, text: &str) -> String {
        let replace = |text: String, (name, seq_no): &(String, i64)| {
            text.replace(&format!("{{{name}}}"), &seq_no.to_string())
        };
        self.orders.iter().fold(text.to_owned(), replace)
    }

    /// What the audit says, as `invariant subject`; whatever it finds is in shop 1 and has words.
    pub async fn found(&self) -> Vec<String> {
        let mut conn = self.db.conn_as_operator().await;
        let sets = self.db.call(&mut conn, "shop_audit", ()).await.unwrap();
        assert_eq!(*sets.set(0).columns, ["result", "violation_count"]);
        assert_eq!(
            *sets.set(1).columns,
            ["invariant", "shop_id", "subject", "detail"]
        );
        assert_eq!(sets.first().str("result"), "OK");
        assert_eq!(
            sets.first().int("violation_count"),
            i64::try_from(sets.set(1).rows.len()).unwrap()
        );
        self.assert_found_as_new(&mut conn).await;
        let found = sets.set(1).rows.iter().map(|row| {
            assert_eq!(row.int("shop_id"), 1);
            assert!(!row.str("detail").is_empty());
            format!("{} {}", row.str("invariant"), row.str("subject"))
        });
        found.collect()
    }
}

impl Books {
    /// All orders are new: whatever the views say of one of them, `shop_audit_new` says, too.
    async fn assert_found_as_new(&self, conn: &mut Conn) {
        let new = self.db.call(conn, "shop_audit_new", ()).await.unwrap();
        let mut new: Vec<String> = (new.set(1).rows.iter())
            .filter(|row| row.str("invariant") != "proof")
            .map(|row| format!("{} {}", row.str("invariant"), row.str("subject")))
            .collect();
        new.sort();
        let all = "SELECT CONCAT(invariant, ' ', subject) AS found FROM v_audit_violations
                   WHERE order_seq_no BETWEEN (SELECT MIN(seq_no) FROM shop_orders)
                       AND (SELECT MAX(seq_no) FROM shop_orders)";
        let mut all: Vec<String> = (self.db.rows(all).await.iter())
            .map(|row| row.str("found"))
            .collect();
        all.sort();
        assert_eq!(new, all);
    }

    /// In order, then spoilt by these statements: the audit finds exactly this. Then in order again.
    pub async fn spoilt(&self, sql: &str, expected: &[&str]) {
        self.db.exec(&self.named(sql)).await;
        let expected: Vec<String> = expected.iter().map(|text| self.named(text)).collect();
        assert_eq!(self.found().await, expected, "after {sql}");
        self.put_back().await;
    }
}

#[tokio::test]
async fn what_the_procedures_do_violates_nothing() {
    let books = Books::new().await;
    assert_eq!(books.found().await, [""; 0]);
    let statuses = books
        .db
        .rows(
            "SELECT CONCAT(order_number, ' ', order_status) AS s FROM shop_orders ORDER BY seq_no",
        )
        .await;
    let statuses: Vec<String> = statuses.iter().map(|row| row.str("s")).collect();
    assert_eq!(
        statuses,
        [
            "PENDING 1",
            "PAID 2",
            "FAILED 12",
            "EXPIRED 10",
            "RESTORED 9",
            "MISMATCH 12"
        ]
    );
    let payments = books
        .db
        .text("SELECT GROUP_CONCAT(status ORDER BY seq_no) FROM shop_payments")
        .await;
    assert_eq!(
        payments,
        "paid,failed,amount_mismatch,late,surplus,unknown_order"
    );
    assert_eq!(books.db.count("shop_pg_duties").await, 4);
}

#[tokio::test]
async fn an_empty_database_violates_nothing() {
    let db = TestDb::new().await;
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_thousand_violations_are_shown_and_all_are_counted() {
    let db = TestDb::with_fixture().await;
    db.exec(
        "INSERT INTO shop_stock (shop_id, product_id, free, update_date)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
         SELECT 1, CONCAT('p', LPAD(i, 4, '0')), 1, UTC_TIMESTAMP(6) FROM n;
         INSERT INTO shop_stock (shop_id, product_id, free, update_date) VALUES (2, 'p', 1, UTC_TIMESTAMP(6))",
    )
    .await;
    let mut conn = db.conn_as_operator().await;
    let sets = db.call(&mut conn, "shop_audit", ()).await.unwrap();
    assert_eq!(sets.first().int("violation_count"), 1001);
    let subjects = sets.set(1).column("subject");
    assert_eq!(subjects.len(), 1000);
    assert!(subjects.is_sorted());
    assert_eq!(
        (subjects[0].as_str(), subjects[999].as_str()),
        ("p0001 __noopt__", "p1000 __noopt__")
    );
}

#[tokio::test]
async fn cart_a_row_that_was_ordered_is_in_the_cart_again() {
    let books = Books::new().await;
    books.spoilt(
        "INSERT INTO shop_cart (seq_no, shop_id, user_id, product_id, quantity, create_date, update_date)
         SELECT 777, 1, 'u1', 'lamp', 2, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6);
         UPDATE shop_order_product SET cart_seq_no = 777 WHERE order_seq_no = {PENDING}",
        &["cart cart row 777", "price order {PENDING} line 1"],
    )
    .await;
}

#[tokio::test]
async fn totals_a_line_has_another_price() {
    let books = Books::new().await;
    books.spoilt(
        "UPDATE shop_order_product SET unit_price = unit_price - 1, line_amount = (unit_price) * quantity
         WHERE order_seq_no = {PENDING}",
        &["price order {PENDING} line 1", "totals order {PENDING}"],
    )
    .await;
}

#[tokio::test]
async fn totals_the_header_has_another_sum() {
    let books = Books::new().await;
    books.spoilt(
        "UPDATE shop_orders SET product_total_price = product_total_price + 1, total_payment = total_payment + 1,
             supply_amount = supply_amount + 1 WHERE seq_no = {PENDING}",
        &["order order {PENDING}", "totals order {PENDING}"],
    )
    .await;
}

#[tokio::test]
async fn totals_a_line_is_missing_or_its_number_is() {
    let books = Books::new().await;
    books
        .spoilt(
            "DELETE FROM shop_order_product WHERE order_seq_no = {PAID} AND line_no = 1",
            &["reservation order {PAID} shirt", "totals order {PAID}"],
        )
        .await;
    books
        .spoilt(
            "UPDATE shop_orders SET line_count = 2 WHERE seq_no = {PAID}",
            &["order order {PAID}", "totals order {PAID}"],
        )
        .await;
    books
        .spoilt(
            "DELETE FROM shop_order_product WHERE order_seq_no = {PENDING}",
            &["reservation order {PENDING} lamp", "totals order {PENDING}"],
        )
        .await;
}

#[tokio::test]
async fn stock_units_appear_or_vanish() {
    let books = Books::new().await;
    books
        .spoilt(
            "UPDATE shop_stock SET free = free + 1 WHERE product_id = 'rice'",
            &["stock rice __noopt__"],
        )
        .await;
    books
        .spoilt(
            "UPDATE shop_stock SET free = free - 1 WHERE option_hash = 'wrap'",
            &["stock shirt wrap"],
        )
        .await;
    books
        .spoilt(
            "DELETE FROM shop_stock WHERE product_id = 'lamp'",
            &["reservation order {PENDING} lamp", "stock lamp __noopt__"],
        )
        .await;
    books
        .spoilt(
            "DELETE FROM shop_stock_ledger WHERE product_id = 'pen'",
            &["stock pen __noopt__"],
        )
        .await;
    // Two errors of one size on two options do not cancel out.
    books
        .spoilt(
            "UPDATE shop_stock SET free = free + 1 WHERE option_hash = 'red';
         UPDATE shop_stock SET free = free - 1 WHERE option_hash = 'blue'",
            &["stock shirt blue", "stock shirt red"],
        )
        .await;
    books.spoilt(
        "INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
         VALUES (1, 'book', '__noopt__', -5, 'lost', 'hand', UTC_TIMESTAMP(6))",
        &["stock book __noopt__"],
    )
    .await;
}

#[tokio::test]
async fn reservation_units_reserved_are_not_those_ordered() {
    let books = Books::new().await;
    books
        .spoilt(
            "DELETE FROM shop_stock_reservations WHERE order_seq_no = {PENDING}",
            &["reservation order {PENDING} lamp", "stock lamp __noopt__"],
        )
        .await;
    books
        .spoilt(
            "UPDATE shop_stock_reservations SET quantity = 3 WHERE order_seq_no = {PENDING};
         UPDATE shop_stock SET free = free - 1 WHERE product_id = 'lamp'",
            &["reservation order {PENDING} lamp"],
        )
        .await;
    books
        .spoilt(
            "UPDATE shop_stock_reservations SET product_id = 'book' WHERE order_seq_no = {PENDING};
         UPDATE shop_stock SET free = free + 2 WHERE product_id = 'lamp';
         UPDATE shop_stock SET free = free - 2 WHERE product_id = 'book'",
            &[
                "reservation order {PENDING} book",
                "reservation order {PENDING} lamp",
            ],
        )
        .await;
}

#[tokio::test]
async fn reservation_its_state_does_not_fit_the_order() {
    let books = Books::new().await;
    for (order, state, stock) in [
        ("PENDING", "sold", None),
        ("PENDING", "released", Some("stock lamp __noopt__")),
        ("FAILED", "held", Some("stock book __noopt__")),
        ("EXPIRED", "held", Some("stock chair __noopt__")),
        ("RESTORED", "sold", Some("stock pen __noopt__")),
        ("MISMATCH", "sold", Some("stock ink __noopt__")),
    ] {
        let product = match order {
            "PENDING" => "lamp",
            "FAILED" => "book",
            "EXPIRED" => "chair",
            "RESTORED" => "pen",
            _ => "ink",
        };
        let reservation = format!("reservation order {{{order}}} {product}");
        let mut expected = vec![reservation.as_str()];
        expected.extend(stock);
        let sql = format!(
            "UPDATE shop_stock_reservations SET state = '{state}' WHERE order_seq_no = {{{order}}}"
        );
        books.spoilt(&sql, &expected).await;
    }
    books
        .spoilt(
            "UPDATE shop_stock_reservations SET state = 'held' WHERE order_seq_no = {PAID}",
            &[
                "reservation order {PAID} shirt",
                "reservation order {PAID} shirt",
            ], // red, and wrap
        )
        .await;
}

#[tokio::test]
async fn reservation_nobody_ordered_it() {
    let books = Books::new().await;
    for (state, units) in [("held", 1), ("sold", 1), ("released", 0)] {
        let sql = format!(
            "INSERT INTO shop_stock_reservations VALUES (9999, 1, 'rice', '__noopt__', 0, 1, '{state}',
                 UTC_TIMESTAMP(6), UTC_TIMESTAMP(6));
             UPDATE shop_stock SET free = free - {units} WHERE product_id = 'rice'"
        );
        books.spoilt(&sql, &["reservation order 9999 rice"]).await;
    }
}

#[tokio::test]
async fn cart_a_buyer_has_two_rows_of_one_product() {
    let books = Books::new().await;
    books
        .spoilt(
            "INSERT INTO shop_cart (seq_no, shop_id, user_id, product_id, quantity, create_date, update_date)
             VALUES (777, 1, 'u1', 'ink', 2, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)),
                    (778, 1, 'u1', 'ink', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
            &["cart buyer u1"],
        )
        .await;
}
