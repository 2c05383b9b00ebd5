//! The schema as a whole: its golden text, and rules that every table keeps.

use crate::support::*;

#[tokio::test]
async fn the_schema_is_the_golden_one_on_both_engines() {
    let db = TestDb::empty().await;
    db.load().await;
    assert_golden(&db).await;
}

#[tokio::test]
async fn the_tables_of_every_other_test_are_those_that_the_schema_files_leave() {
    let (made, loaded) = (TestDb::new().await, TestDb::empty().await);
    loaded.load().await;
    assert_golden(&made).await;
    let applied =
        "SELECT GROUP_CONCAT(version, ' ', file_name ORDER BY version) FROM shop_schema_version";
    assert_eq!(made.text(applied).await, loaded.text(applied).await);
    assert_eq!(
        made.snapshot().await.lines().count(),
        loaded.snapshot().await.lines().count()
    );
}

#[tokio::test]
async fn every_table_is_innodb_with_a_primary_key_and_the_one_collation() {
    let db = TestDb::new().await;
    let wrong = db
        .rows(
            "SELECT t.TABLE_NAME AS name FROM information_schema.TABLES t
             LEFT JOIN information_schema.TABLE_CONSTRAINTS c
                 ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME
                 AND c.CONSTRAINT_TYPE = 'PRIMARY KEY'
             WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'BASE TABLE'
               AND (t.ENGINE <> 'InnoDB' OR t.TABLE_COLLATION <> 'utf8mb4_bin' OR c.CONSTRAINT_NAME IS NULL)",
        )
        .await;
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[tokio::test]
async fn every_table_and_column_says_what_it_is() {
    let db = TestDb::new().await;
    let silent = db
        .rows(
            "SELECT c.TABLE_NAME AS name, c.COLUMN_NAME AS part
             FROM information_schema.COLUMNS c
             JOIN information_schema.TABLES t
                 ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
             WHERE c.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'BASE TABLE'
               AND (c.COLUMN_COMMENT = '' OR t.TABLE_COMMENT = '')",
        )
        .await;
    assert!(silent.is_empty(), "{silent:?}");
}

#[tokio::test]
async fn money_is_decimal_with_two_digits_everywhere() {
    let db = TestDb::new().await;
    let other = db
        .rows(
            "SELECT TABLE_NAME AS name, COLUMN_NAME AS part, COLUMN_TYPE AS type
             FROM information_schema.COLUMNS
             WHERE TABLE_SCHEMA = DATABASE()
               AND TABLE_NAME IN (SELECT TABLE_NAME FROM information_schema.TABLES
                                  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE')
               AND (DATA_TYPE IN ('float', 'double')
                    OR (DATA_TYPE = 'decimal' AND COLUMN_TYPE <> 'decimal(18,2)'
                        AND COLUMN_NAME NOT IN ('vat_rate', 'discount_rate', 'next_discount_rate', 'rate', 'point_max_rate',
                                                'point_earn_rate')
                        -- What a product or a parcel costs, computed from two amounts that are as long as can be.
                        AND NOT (COLUMN_TYPE = 'decimal(20,2)' AND REPLACE(COLUMN_NAME, 'next_', '') IN ('unit_price', 'list_price', 'fee')
                                 AND TABLE_NAME <> 'shop_order_product')))",
        )
        .await;
    assert!(other.is_empty(), "{other:?}");
}

/// A default such as CURRENT_TIMESTAMP would follow the time zone of whoever connects.
#[tokio::test]
async fn no_column_takes_the_time_of_its_session() {
    let db = TestDb::new().await;
    let local = db
        .rows(
            "SELECT TABLE_NAME AS name, COLUMN_NAME AS part FROM information_schema.COLUMNS
             WHERE TABLE_SCHEMA = DATABASE()
               AND (DATA_TYPE = 'timestamp' OR LOWER(COALESCE(COLUMN_DEFAULT, '')) LIKE '%current_timestamp%'
                    OR LOWER(EXTRA) LIKE '%on update%')",
        )
        .await;
    assert!(local.is_empty(), "{local:?}");
}

/// Everything that a caller may read or write goes through routines that run as an account nobody can use.
#[tokio::test]
async fn every_routine_and_view_belongs_to_the_locked_definer() {
    let db = TestDb::new().await;
    let foreign = db
        .rows(
            "SELECT ROUTINE_NAME AS name, DEFINER AS who FROM information_schema.ROUTINES
             WHERE ROUTINE_SCHEMA = DATABASE()
               AND (DEFINER <> 'jumun_definer@localhost' OR SECURITY_TYPE <> 'DEFINER')
             UNION ALL
             SELECT TABLE_NAME, DEFINER FROM information_schema.VIEWS
             WHERE TABLE_SCHEMA = DATABASE()
               AND (DEFINER <> 'jumun_definer@localhost' OR SECURITY_TYPE <> 'DEFINER')",
        )
        .await;
    assert!(foreign.is_empty(), "{foreign:?}");
    assert!(
        db.int(
            "SELECT COUNT(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()"
        )
        .await
            > 20
    );
}

#[tokio::test]
async fn the_fixture_is_what_its_documentation_says() {
    let db = TestDb::with_fixture().await;
    let prices = db
        .rows("SELECT product_id, CAST(final_price AS CHAR) AS price FROM v_products_priced ORDER BY product_id")
        .await;
    let price = |id: &str| {
        let row = prices.iter().find(|row| row.str("product_id") == id);
        row.map(|row| row.str("price")).unwrap_or_default()
    };
    for (product, expected) in [
        ("book", "10000.00"),
        ("lamp", "20000.00"),
        ("chair", "27000.00"),
        ("rice", "5000.00"),
        ("mug", "19.99"),
    ] {
        assert_eq!(
            price(product).trim_end_matches(".00"),
            expected.trim_end_matches(".00")
        );
    }
    db.assert_audit_clean().await;
}
