//! `calc_cart_totals`: cart rows to totals, the limits of each rule by themselves. It is called by other routines
//! only; the tests call it as the administrator.

use crate::support::*;

/// Amount, tax type, group, type, cost, free_over. `policy n` is one policy for all lines that name it, `group n` a
/// policy of the line's own that ships with the others of the group.
type Line<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str, Option<&'a str>);

/// Puts these lines into the cart of u1 of shop 2, whose prices have two decimals, with products and policies of their
/// own; gives their ids.
async fn cart(db: &TestDb, lines: &[Line<'_>]) -> String {
    let first = 1000 * (1 + db.count("shop_products").await);
    let mut ids = Vec::new();
    for (at, (amount, tax, group, kind, cost, free_over)) in (0..).zip(lines) {
        let (word, number) = group.split_once(' ').expect("a word and a number");
        let number: i64 = first + number.parse::<i64>().expect("a number");
        let (policy, together) = match word {
            "policy" => (number, "NULL".to_owned()),
            _ => (first + 100 + at, number.to_string()),
        };
        let over = free_over.unwrap_or("NULL");
        let product = format!("P{}", first + at);
        db.exec(&format!(
            "INSERT IGNORE INTO shop_delivery_policy
                 (shop_id, id, policy_name, type, base_cost, free_over, combine_group_id)
             VALUES (2, {policy}, 'p', '{kind}', {cost}, {over}, {together});
             INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, tax_type, delivery_policy_id)
             VALUES (2, '{product}', 'p', {amount}, '{tax}', {policy})"
        ))
        .await;
        ids.push(db.add_cart(2, "u1", &product, NO_OPTION, 1).await);
    }
    serde_json::json!(ids).to_string()
}

/// Products, delivery, total, supply, VAT, tax free.
async fn totals(db: &TestDb, lines: &[Line<'_>], digits: u32, vat_rate: &str) -> Vec<String> {
    let ids = cart(db, lines).await;
    let mut conn = db.conn().await;
    totals_of(&mut conn, &ids, digits, vat_rate).await
}

async fn totals_of(conn: &mut Conn, ids: &str, digits: u32, vat_rate: &str) -> Vec<String> {
    let sql = format!(
        "SET @point = 0, @cash = 0;
         CALL calc_cart_totals(2, 'u1', '{ids}', {digits}, {vat_rate}, NULL, '[]', @point, @cash, @count, @ids, @list, @p, @f, @d, @t, @s, @v, @n, @taken, @area)"
    );
    query(conn, &sql).await.unwrap();
    let row = query(
        conn,
        "SELECT @p AS p, @f AS f, @t AS t, @s AS s, @v AS v, @n AS n",
    )
    .await
    .unwrap();
    ["p", "f", "t", "s", "v", "n"]
        .map(|name| row.first().str(name))
        .to_vec()
}

/// The delivery fee alone.
async fn fee(db: &TestDb, lines: &[Line<'_>]) -> String {
    totals(db, lines, 0, "0.1").await[1].clone()
}

#[tokio::test]
async fn a_conditional_fee_falls_away_exactly_at_free_over() {
    let db = TestDb::with_fixture().await;
    let line = |amount| {
        (
            amount,
            "taxable",
            "policy 1",
            "conditional",
            "3000",
            Some("30000"),
        )
    };
    assert_eq!(fee(&db, &[line("29999")]).await, "3000.00");
    assert_eq!(fee(&db, &[line("30000")]).await, "0.00");
    assert_eq!(fee(&db, &[line("30001")]).await, "0.00");
    assert_eq!(fee(&db, &[line("29999.99")]).await, "3000.00");
    // The sum of the parcel counts, not the line.
    assert_eq!(fee(&db, &[line("15000"), line("15000")]).await, "0.00");
    assert_eq!(fee(&db, &[line("15000"), line("14999")]).await, "3000.00");
    // From 0 on is always; 9 is less than 10 also as a number and not only as text.
    assert_eq!(
        fee(
            &db,
            &[("0", "taxable", "policy 1", "conditional", "3000", Some("0"))]
        )
        .await,
        "0.00"
    );
    assert_eq!(
        fee(
            &db,
            &[("9", "taxable", "policy 1", "conditional", "5", Some("10"))]
        )
        .await,
        "5.00"
    );
}

#[tokio::test]
async fn what_ships_apart_neither_pays_nor_counts_together() {
    let db = TestDb::with_fixture().await;
    let line = |amount, group| {
        (
            amount,
            "taxable",
            group,
            "conditional",
            "3000",
            Some("30000"),
        )
    };
    assert_eq!(
        fee(&db, &[line("20000", "policy 1"), line("20000", "policy 2")]).await,
        "6000.00"
    );
    assert_eq!(
        fee(&db, &[line("20000", "group 1"), line("20000", "policy 1")]).await,
        "6000.00"
    );
    assert_eq!(
        fee(&db, &[line("20000", "group 1"), line("20000", "group 1")]).await,
        "0.00"
    );
}

#[tokio::test]
async fn one_parcel_pays_once_and_the_highest_fee_that_one_of_its_policies_asks_for() {
    let db = TestDb::with_fixture().await;
    let fixed = |cost| ("1000", "taxable", "group 1", "fixed", cost, None);
    let area = ("1000", "taxable", "group 1", "area", "4000", None);
    let free = ("50000", "taxable", "group 1", "free", "9999", None);
    let conditional = |over| {
        (
            "1000",
            "taxable",
            "group 1",
            "conditional",
            "5000",
            Some(over),
        )
    };
    assert_eq!(fee(&db, &[fixed("2500")]).await, "2500.00");
    assert_eq!(fee(&db, &[fixed("2500"), fixed("2500")]).await, "2500.00");
    assert_eq!(
        fee(&db, &[fixed("2500"), fixed("3500"), fixed("1000")]).await,
        "3500.00"
    );
    assert_eq!(fee(&db, &[fixed("2500"), area]).await, "4000.00");
    assert_eq!(fee(&db, &[free]).await, "0.00");
    assert_eq!(fee(&db, &[free, fixed("2500")]).await, "2500.00");
    // The free product's price counts towards free_over, since it is in the parcel.
    assert_eq!(fee(&db, &[free, conditional("51000")]).await, "0.00");
    assert_eq!(fee(&db, &[free, conditional("51001")]).await, "5000.00");
    assert_eq!(
        fee(&db, &[fixed("2500"), conditional("2000")]).await,
        "2500.00"
    );
    assert_eq!(
        fee(&db, &[fixed("2500"), conditional("2001")]).await,
        "5000.00"
    );
}

#[tokio::test]
async fn the_total_is_split_into_supply_vat_and_tax_free_without_a_rest() {
    let db = TestDb::with_fixture().await;
    let taxable = |amount| (amount, "taxable", "policy 1", "fixed", "3000", None);
    let tax_free = |amount| (amount, "free", "policy 2", "free", "0", None);
    let all = |texts: [&str; 6]| texts.map(str::to_owned).to_vec();
    assert_eq!(
        totals(&db, &[taxable("30000"), tax_free("5000")], 0, "0.1").await,
        all([
            "35000.00", "3000.00", "38000.00", "30000.00", "3000.00", "5000.00"
        ])
    );
    // 13000 / 11 = 1181.8…; 16 / 11 = 1.45…; 17 / 11 = 1.54…
    assert_eq!(
        totals(&db, &[taxable("10000")], 0, "0.1").await[3..5],
        ["11818.00", "1182.00"]
    );
    for (amount, vat) in [
        ("0", "0.00"),
        ("5", "0.00"),
        ("6", "1.00"),
        ("16", "1.00"),
        ("17", "2.00"),
    ] {
        let line = (amount, "taxable", "policy 1", "free", "0", None);
        assert_eq!(totals(&db, &[line], 0, "0.1").await[4], vat, "{amount}");
    }
    // Exactly half a unit goes away from zero: 3 × 0.2 / 1.2 = 0.5; 0.03 likewise.
    let line = |amount| (amount, "taxable", "policy 1", "free", "0", None);
    assert_eq!(
        totals(&db, &[line("3")], 0, "0.2").await[3..5],
        ["2.00", "1.00"]
    );
    assert_eq!(
        totals(&db, &[line("0.03")], 2, "0.2").await[3..5],
        ["0.02", "0.01"]
    );
    assert_eq!(
        totals(&db, &[line("24.98")], 2, "0.1").await[3..5],
        ["22.71", "2.27"]
    );
    // No VAT at all; everything tax free but for the delivery.
    assert_eq!(
        totals(&db, &[line("1000")], 0, "0").await[3..],
        ["1000.00", "0.00", "0.00"]
    );
    let rice = ("5000", "free", "policy 4", "area", "4400", None);
    assert_eq!(
        totals(&db, &[rice], 0, "0.1").await,
        all([
            "5000.00", "4400.00", "9400.00", "4000.00", "400.00", "5000.00"
        ])
    );
}

#[tokio::test]
async fn no_lines_cost_nothing() {
    let db = TestDb::with_fixture().await;
    assert_eq!(totals(&db, &[], 0, "0.1").await, ["0.00"; 6]);
}

/// How exact a division is can be set per session: a total must not depend on it.
#[tokio::test]
async fn the_precision_that_a_session_divides_with_does_not_matter() {
    let db = TestDb::with_fixture().await;
    let line = ("10000", "taxable", "policy 1", "fixed", "3000", None);
    let ids = cart(&db, &[line]).await;
    for precision in [0, 1, 4, 30] {
        let mut conn = db.conn().await;
        query(
            &mut conn,
            &format!("SET div_precision_increment = {precision}"),
        )
        .await
        .unwrap();
        assert_eq!(
            totals_of(&mut conn, &ids, 0, "0.1").await[3..5],
            ["11818.00", "1182.00"],
            "precision {precision}"
        );
    }
}

/// An amount that cannot be held must stop the order; it must never count as nothing.
#[tokio::test]
async fn what_is_too_much_for_the_columns_names_the_row_and_is_not_less() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    db.exec("UPDATE shop_products SET buy_price = 9999999999999999 WHERE product_id = 'book'")
        .await;
    db.exec("UPDATE shop_products SET buy_price = 6000000000000000, sale_price = NULL WHERE product_id = 'lamp'").await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 2).await; // the line does not fit
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let chair = db.add_cart(1, "u1", "chair", NO_OPTION, 1).await;
    db.exec("UPDATE shop_products SET buy_price = 6000000000000000, sale_price = NULL WHERE product_id = 'chair'").await;
    for ids in [
        format!("[{book}]"),
        format!("[{book},{lamp}]"),
        format!("[{lamp},{chair}]"),
    ] {
        let params = (
            1,
            "u1",
            ids.as_str(),
            None::<&str>,
            None::<&str>,
            None::<&str>,
            None::<&str>,
            None::<&str>,
            None::<&str>,
            None::<&str>,
        );
        let quote = db.call(&mut conn, "shop_order_quote", params).await;
        quote.unwrap_err().expect_code("PRODUCT_UNAVAILABLE");
        for total in ["0", "3000", "999999999999999"] {
            let order = OrderCall::new("T1", &[])
                .cart_ids_json(Some(&ids))
                .client_total(total);
            let error = order.call(&mut conn).await.unwrap_err();
            error.expect_code("PRODUCT_UNAVAILABLE");
            assert_eq!(error.row().str("field"), "selected_cart_ids", "{ids}");
        }
    }
    assert_eq!(db.count("shop_orders").await, 0);
}
