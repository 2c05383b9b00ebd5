//! What a DBA's hand can do to single values: every column of every table that holds orders, money or stock, every row
//! of some orders in every state. Each change is stopped, or `shop_audit` finds it, or `sql/README.md` says why not.
//! A column that is added later is tried as well: whoever adds it decides.

use std::collections::BTreeMap;

use super::files::{File, files};
use super::shop_audit::Books;
use crate::support::*;

/// Tables whose rows are the truth about orders, money and stock.
pub const KEPT: [&str; 16] = [
    "shop_orders",
    "shop_order_product",
    "shop_stock_reservations",
    "shop_order_logs",
    "shop_pg_messages",
    "shop_payments",
    "shop_pg_duties",
    "shop_stock",
    "shop_stock_ledger",
    "shop_cart",
    "shop_cart_headers",
    "shop_product_prices",
    "shop_price_changes",
    "shop_delivery_rules",
    "shop_offers",
    "shop_delivery_now",
];

/// Changes that nothing sees, and why: the table of `sql/README.md`. `*` is the whole row, deleted.
pub const UNSEEN: [(&str, &str); 44] = [
    (
        "shop_cart.*",
        "a cart is what its buyer last made of it: any other would be as good",
    ),
    ("shop_cart.buy_now", "as above"),
    ("shop_cart.combination_hash", "as above"),
    ("shop_cart.create_date", "as above"),
    ("shop_cart.locked_until", "as above"),
    ("shop_cart.option_hash", "as above"),
    ("shop_cart.product_id", "as above"),
    ("shop_cart.quantity", "as above"),
    ("shop_cart.seq_no", "as above"),
    ("shop_cart.shop_id", "as above"),
    ("shop_cart.update_date", "as above"),
    ("shop_cart.user_id", "as above"),
    (
        "shop_cart_headers.*",
        "a lock; it is made again when it is missing",
    ),
    (
        "shop_cart_headers.amount",
        "a counter: no answer relies on it, and `shop_audit` compares it once the header names the rows that are there",
    ),
    (
        "shop_cart_headers.calc_version",
        "when a counter was calculated: it is again by whoever looks next",
    ),
    ("shop_cart_headers.cart_total_hash", "as above"),
    (
        "shop_cart_headers.cart_version",
        "only grows by the next change",
    ),
    (
        "shop_cart_headers.entered_at",
        "what the page last reported: it reports again",
    ),
    ("shop_cart_headers.form_version", "as above"),
    ("shop_cart_headers.item_count", "as `amount`"),
    ("shop_cart_headers.last_added_at", "for people"),
    ("shop_cart_headers.last_calc_at", "for people"),
    ("shop_cart_headers.shop_id", "a lock, as above"),
    ("shop_cart_headers.user_id", "as above"),
    ("shop_cart_headers.version", "as above"),
    ("shop_delivery_now.reason", "for people"),
    ("shop_offers.reason", "for people"),
    ("shop_orders.courier_id", "written by the shop's own pages"),
    (
        "shop_orders.seal",
        "only of the very first order that was sealed: before it come orders from before there were seals",
    ),
    (
        "shop_orders.tracking_number",
        "written by the shop's own pages",
    ),
    ("shop_orders.update_date", "for people"),
    (
        "shop_orders.vendor_order_no",
        "written by the shop's own pages",
    ),
    (
        "shop_pg_duties.attempts",
        "what is done about a duty is the operator's",
    ),
    ("shop_pg_duties.due_at", "as above"),
    ("shop_pg_duties.next_try_at", "as above"),
    (
        "shop_stock.*",
        "only of a row without units and without holds: nothing is lost",
    ),
    ("shop_stock.option_hash", "as above"),
    ("shop_stock.product_id", "as above"),
    ("shop_stock.shop_id", "as above"),
    (
        "shop_stock.slot",
        "only of a row without holds: its units count by product and option",
    ),
    ("shop_stock.update_date", "for people"),
    (
        "shop_stock_reservations.option_hash",
        "only of released units: they count nowhere",
    ),
    (
        "shop_stock_reservations.slot",
        "only of units that are not held any more: a hold proves its slot",
    ),
    ("shop_stock_reservations.update_date", "for people"),
];

/// Columns of which few values are allowed: each is tried, so that it is not only a nonsense that is stopped.
const VALUES: [(&str, &str); 14] = [
    ("shop_orders.order_mode", "cart direct"),
    ("shop_order_product.tax_type", "taxable free"),
    ("shop_order_product.product_id", "book lamp"),
    ("shop_order_logs.action", "order pay fail expire note"),
    ("shop_order_logs.actor", "buyer pg job dba"),
    (
        "shop_payments.status",
        "paid adopted failed amount_mismatch late surplus approval_reused unknown_order contradiction",
    ),
    (
        "shop_pg_messages.verdict",
        "paid failed late repeated ignored",
    ),
    ("shop_pg_messages.channel", "return notify"),
    ("shop_pg_duties.duty", "refund lookup"),
    ("shop_pg_duties.state", "owed done"),
    ("shop_pg_duties.reason", "late surplus amount_mismatch"),
    ("shop_price_changes.state", "planned begun withdrawn"),
    ("shop_stock_reservations.state", "held sold released"),
    ("shop_stock_reservations.product_id", "book lamp none"),
];

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    Stopped,
    Found,
    Unseen,
}

/// Orders in every state, the triggers in place, a cart, and a sale that is planned.
pub async fn scene() -> Books {
    let books = Books::with_triggers().await;
    books.db.add_cart(1, "u9", "pen", NO_OPTION, 2).await;
    let sale = r#"CALL update_adm_price(1, '[{"product_id":"book","sale_price":"9000"}]',
                  '2999-01-01 00:00:00', '2999-02-01 00:00:00', 'sale')"#;
    books.db.exec(sale).await;
    assert_eq!(books.found().await, [""; 0]);
    books
}

/// The views of the audit, the one that found something last at the front: it is asked first.
pub struct Audit(Vec<String>);

impl Audit {
    pub fn new() -> Audit {
        let is_part = |name: &str| name.starts_with("v_audit_") && name != "v_audit_violations";
        let files = files();
        let names = files.iter().map(|file| file.name.clone());
        let parts: Vec<String> = names.filter(|name| is_part(name)).collect();
        // What a part finds, whoever calls shop_audit sees.
        let whole = files.iter().find(|file| file.name == "v_audit_violations");
        let whole: Vec<&str> = File::words(&whole.expect("the whole").code).collect();
        for part in &parts {
            assert!(whole.contains(&part.as_str()), "{part} is not in the whole");
        }
        Audit(parts)
    }

    async fn finds(&mut self, conn: &mut Conn) -> bool {
        for at in 0..self.0.len() {
            let sql = format!("SELECT COUNT(*) FROM {}", self.0[at]);
            if conn.query_first::<u64, _>(sql).await.unwrap() != Some(0) {
                self.0[..=at].rotate_right(1);
                return true;
            }
        }
        false
    }
}

/// Tries statements in a transaction that is taken back. `None`: they change nothing.
pub async fn fate(conn: &mut Conn, audit: &mut Audit, sql: &str) -> Option<Fate> {
    conn.query_drop("START TRANSACTION").await.unwrap();
    let mut fate = None;
    let mut changed = 0;
    for statement in sql.split(';').filter(|text| !text.trim().is_empty()) {
        match conn.query_drop(statement).await {
            Ok(()) => changed += conn.affected_rows(),
            Err(mysql_async::Error::Server(e)) => {
                // A CHECK, a trigger, a key of this table or another. Anything else is a mistake in the test.
                assert!(
                    [4025, 3819, 2110, 2112, 2140, 1062, 1452].contains(&e.code),
                    "{statement}: {e}"
                );
                fate = Some(Fate::Stopped);
                break;
            }
            Err(e) => panic!("{statement}: {e}"),
        }
    }
    if fate.is_none() && changed > 0 {
        fate = Some(match audit.finds(conn).await {
            true => Fate::Found,
            false => Fate::Unseen,
        });
    }
    conn.query_drop("ROLLBACK").await.unwrap();
    fate
}

/// Expressions that change a column.
fn others(table: &str, column: &Row) -> Vec<String> {
    let name = column.str("name");
    let mut others = match column.str("type").as_str() {
        "decimal" => vec![format!("{name} + 1"), format!("{name} - 1"), "0".to_owned()],
        "tinyint" | "smallint" | "int" | "bigint" => vec![
            format!("{name} + 1"),
            format!("ABS(CAST({name} AS SIGNED) - 1)"),
        ],
        "datetime" => vec![
            format!("{name} + INTERVAL 1 DAY"),
            format!("{name} - INTERVAL 1 DAY"),
        ],
        "binary" => vec![format!("REVERSE({name})")],
        "text" => vec![
            r#"'[{"from":"0","fee":"1"}]'"#.to_owned(),
            "'{}'".to_owned(),
        ],
        "longtext" => vec![format!("CONCAT({name}, ' ')"), "'{}'".to_owned()],
        "varchar" | "char" => vec![format!(
            "CASE {name} WHEN '' THEN 'x' ELSE CONCAT(LEFT({name}, CHAR_LENGTH({name}) - 1),
                 CASE RIGHT({name}, 1) WHEN 'x' THEN 'y' ELSE 'x' END) END"
        )],
        other => panic!("{name}: what is another {other}?"),
    };
    if column.str("nullable") == "YES" {
        others.push("NULL".to_owned());
        others.push(match column.str("type").as_str() {
            "datetime" => "UTC_TIMESTAMP(6) + INTERVAL 1 DAY".to_owned(),
            "varchar" => "'x'".to_owned(),
            _ => "1".to_owned(),
        });
    }
    for (of, values) in VALUES {
        if of == format!("{table}.{name}") {
            others.extend(values.split(' ').map(|value| format!("'{value}'")));
        }
    }
    others
}

/// How each row of a table is named in a WHERE.
async fn rows_of(db: &TestDb, table: &str) -> Vec<String> {
    let key = db
        .rows(&format!(
            "SELECT COLUMN_NAME AS name FROM information_schema.KEY_COLUMN_USAGE
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{table}' AND CONSTRAINT_NAME = 'PRIMARY'
             ORDER BY ORDINAL_POSITION"
        ))
        .await;
    let key: Vec<String> = key.iter().map(|column| column.str("name")).collect();
    let rows = db
        .rows(&format!("SELECT {} FROM {table}", key.join(", ")))
        .await;
    let named = rows.iter().map(|row| {
        let parts = key
            .iter()
            .map(|name| format!("{name} = '{}'", row.str(name)));
        parts.collect::<Vec<_>>().join(" AND ")
    });
    // Of supply, headers and prices a few are as good as all.
    let many = [
        "shop_stock_ledger",
        "shop_cart_headers",
        "shop_product_prices",
        "shop_delivery_rules",
        "shop_offers",
        "shop_delivery_now",
    ]
    .contains(&table);
    named.take(if many { 3 } else { 99 }).collect()
}

#[tokio::test]
async fn every_value_is_kept_or_its_change_is_found_or_it_is_named_as_unseen() {
    let books = scene().await;
    let mut conn = books.db.conn().await;
    let mut audit = Audit::new();
    let mut unseen: BTreeMap<String, String> = BTreeMap::new();
    let mut count = BTreeMap::new();
    for table in KEPT {
        let columns = books
            .db
            .rows(&format!(
                "SELECT COLUMN_NAME AS name, DATA_TYPE AS type, IS_NULLABLE AS nullable
                 FROM information_schema.COLUMNS
                 WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{table}' AND COALESCE(GENERATION_EXPRESSION, '') = ''
                 ORDER BY ORDINAL_POSITION"
            ))
            .await;
        for row in rows_of(&books.db, table).await {
            let mut changes = vec![(
                format!("{table}.*"),
                format!("DELETE FROM {table} WHERE {row}"),
            )];
            for column in &columns {
                let name = column.str("name");
                for other in others(table, column) {
                    changes.push((
                        format!("{table}.{name}"),
                        // Not at all where it is that already.
                        format!("UPDATE {table} SET {name} = {other} WHERE {row} AND NOT {name} <=> {other}"),
                    ));
                }
            }
            for (what, sql) in changes {
                let Some(fate) = fate(&mut conn, &mut audit, &sql).await else {
                    continue;
                };
                *count.entry(fate).or_insert(0) += 1;
                if fate == Fate::Unseen {
                    unseen.entry(what).or_insert(sql);
                }
            }
        }
    }
    // Not a quiet way to pass: most changes must not be seen only, but refused.
    assert!(
        count[&Fate::Stopped] > 1_000 && count[&Fate::Found] > 400,
        "{count:?}"
    );
    let expected: Vec<&str> = UNSEEN.iter().map(|(what, _)| *what).collect();
    let got: Vec<&str> = unseen.keys().map(String::as_str).collect();
    assert_eq!(got, expected, "{unseen:#?}");
}

/// The table of `sql/README.md` is the one above.
#[test]
fn what_nothing_sees_is_named_in_sql_readme() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/README.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let open = "<!-- unseen: `make test` compares, UPDATE_GOLDEN=1 rewrites -->\n";
    let start = text.find(open).expect("the first marker") + open.len();
    let end = text.find("<!-- /unseen -->").expect("the last marker");
    let mut table = String::from("| value | why |\n|---|---|\n");
    for (what, why) in UNSEEN {
        let what = match what.strip_suffix(".*") {
            Some(table) => format!("a row of `{table}`, deleted"),
            None => format!("`{what}`"),
        };
        table.push_str(&format!("| {what} | {why} |\n"));
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, format!("{}{table}{}", &text[..start], &text[end..])).unwrap();
    } else {
        assert_eq!(&text[start..end], table, "run with UPDATE_GOLDEN=1");
    }
}
