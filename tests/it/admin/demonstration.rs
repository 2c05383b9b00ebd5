//! The demonstration's data: they add up, and the examples in the headers run against them, so that a reader can
//! paste them.

use super::files::files;
use super::public::all;
use crate::support::*;

/// An empty database with the demonstration in it.
pub async fn demo() -> TestDb {
    let db = TestDb::new().await;
    load_demo(&db).await;
    db
}

async fn load_demo(db: &TestDb) {
    for part in ["demo", "products", "coupons", "promotions", "credits"] {
        let path = format!("{}/sql/demo/{part}.sql", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
        for statement in split(&text) {
            db.exec(&statement).await;
        }
    }
}

/// As every `make run` does.
#[tokio::test]
async fn the_demonstration_adds_up_when_it_is_loaded_once_more() {
    let db = demo().await;
    let rows = db.snapshot().await;
    load_demo(&db).await;
    let again = db.snapshot().await;
    let changed: Vec<&str> = again.lines().filter(|row| !rows.contains(row)).collect();
    assert_eq!(changed, [""; 0]);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_example_of_every_public_routine_runs() {
    let db = demo().await;
    // What the examples speak of: rows 1, 2, 7, 8 in demo1's cart, and an order of two of them.
    let products = db.rows("SELECT product_id FROM v_products_effective WHERE option_required = 0 ORDER BY product_id LIMIT 4").await;
    for (cart_id, product) in [1, 2, 7, 8].iter().zip(&products) {
        db.exec(&format!(
            "INSERT INTO shop_cart (seq_no, shop_id, user_id, product_id, quantity, create_date, update_date)
             VALUES ({cart_id}, 1, 'demo1', '{}', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
            product.str("product_id")
        ))
        .await;
    }
    let mut failed = Vec::new();
    for public in all() {
        let file = files()
            .into_iter()
            .find(|file| file.name == public.name)
            .unwrap();
        let example = file.section("Example").unwrap()[1..].join("\n");
        assert!(
            example
                .trim_start()
                .starts_with(&format!("CALL {}(", public.name)),
            "{example}"
        );
        assert!(example.trim_end().ends_with(';'), "{example}");
        let mut conn = db.conn().await;
        match query(&mut conn, example.trim().trim_end_matches(';')).await {
            Ok(answer) => assert_eq!(answer.first().str("result"), "OK"),
            // A total and an order number of its own are an example's to invent; anything else is a mistake.
            Err(error) => {
                let declared = file.section("Errors").unwrap().join(" ");
                assert!(
                    !error.code().is_empty() && declared.contains(error.code()),
                    "{example}: {error}"
                );
                failed.push(format!("{} {}", public.name, error.code()));
            }
        }
    }
    failed.sort();
    assert_eq!(
        failed,
        [
            "shop_order_complete ORDER_NOT_FOUND",
            "shop_order_insert PRICE_CHANGED",
            "shop_order_prove ORDER_NOT_FOUND",
            "shop_order_restore_cart ORDER_NOT_FOUND",
            "shop_order_select ORDER_NOT_FOUND",
            "shop_order_update SIGNATURE_INVALID",
            "update_adm_order_payment ORDER_NOT_FOUND",
            "update_adm_pg_duty DUTY_NOT_FOUND",
            "withdraw_adm_price PRICE_CHANGE_NOT_FOUND",
        ]
    );
    // The other routines', and sql/README.md's: most of them are about rows that are not here.
    super::examples::assert_understood(&db).await;
}

#[tokio::test]
async fn the_demonstration_adds_up() {
    let db = demo().await;
    db.assert_audit_clean().await;
    assert!(db.count("shop_products").await >= 100);
}
