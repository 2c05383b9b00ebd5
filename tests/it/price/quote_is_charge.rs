//! The promise that a quote is the charge: random carts, priced by `shop_order_quote`, by the refusal of a wrong
//! total, and by the order itself, against the oracle.

use super::amounts;
use super::oracle::*;
use super::random_shop::*;
use super::shop_order_quote::{line_texts, quote};
use crate::support::*;

const RECEIVER: &str = r#"{"receiver_name":"Kim","receiver_phone":"010-0000-0000","post_code":"04524","address":"1 Road"}"#;

/// One cart: what is quoted, what a wrong total is answered, what is charged and what the order keeps are all
/// what the oracle says.
async fn compare(db: &TestDb, conn: &mut Conn, random: &mut Random, shop: &Shop, number: usize) {
    let user = format!("b{number}");
    let all = random.items(shop);
    let all_ids = write_cart(db, shop, &user, &all).await;
    let chosen = random.some_of(all.len()); // the rest stays in the cart and costs nothing
    let items: Vec<Item> = chosen.iter().map(|&n| all[n].clone()).collect();
    let ids: Vec<i64> = chosen.iter().map(|&n| all_ids[n]).collect();
    let totals = shop.totals(&items);
    let expected = totals.amounts();
    let told = format!("shop {shop:?}\nitems {items:#?}");
    let expected_lines: Vec<String> = ids
        .iter()
        .zip(&items)
        .map(|(id, item)| {
            let option = item.option.map_or(NO_OPTION, |(hash, _)| hash);
            let (price, amount) = (money(shop.unit_price(item)), money(shop.line_amount(item)));
            format!(
                "{id} {} {option} {price} {} {amount} 1",
                item.product.id, item.quantity
            )
        })
        .collect();

    let quoted = quote(db, conn, shop.id, &user, &random.ids_json(&ids))
        .await
        .unwrap();
    assert_eq!(amounts(quoted.first()), expected, "quoted, {told}");
    assert_eq!(
        line_texts(&quoted.set(1).rows),
        expected_lines,
        "quoted, {told}"
    );

    let order = |total: Cents, json: &str, digits: bool| {
        let total = if digits {
            money(total)
        } else {
            money(total).trim_end_matches(".00").to_owned()
        };
        OrderCall::new(&format!("N{}-{number}", shop.id), &[])
            .user(shop.id, &user)
            .cart_ids_json(Some(json))
            .address(None)
            .receiver(Some(RECEIVER))
            .client_total(&total)
    };
    let wrong = order(totals.total + shop.unit(), &random.ids_json(&ids), true)
        .call(conn)
        .await
        .unwrap_err();
    wrong.expect_code("PRICE_CHANGED");
    assert_eq!(
        amounts(&wrong.sets.set(1).rows[0]),
        expected,
        "after a wrong total, {told}"
    );
    assert_eq!(
        line_texts(&wrong.sets.set(2).rows),
        expected_lines,
        "after a wrong total, {told}"
    );

    let done = order(totals.total, &random.ids_json(&ids), random.coin())
        .call(conn)
        .await
        .unwrap();
    assert_eq!(
        done.first().str("total_payment"),
        money(totals.total),
        "charged, {told}"
    );
    assert_eq!(done.first().str("currency"), shop.currency);
    let row = db
        .row(&format!(
            "SELECT * FROM shop_orders WHERE order_number = 'N{}-{number}'",
            shop.id
        ))
        .await;
    assert_eq!(amounts(&row), expected, "kept, {told}");
    let lines = db
        .rows(&format!(
            "SELECT cart_seq_no AS cart_id, product_id, option_hash, unit_price, quantity, line_amount, 1 AS orderable
             FROM shop_order_product WHERE order_seq_no = {} ORDER BY line_no",
            row.int("seq_no")
        ))
        .await;
    assert_eq!(line_texts(&lines), expected_lines, "kept, {told}");
    // What was not chosen is still there, and is all that is.
    let left = format!(
        "SELECT COUNT(*) FROM shop_cart WHERE shop_id = {} AND user_id = '{user}'",
        shop.id
    );
    let left = db.int(&left).await;
    assert_eq!(left, i64::try_from(all.len() - items.len()).unwrap());
}

async fn compare_many(seed: u64, shops: &[(&'static str, u32, i128)], carts: usize) {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let mut random = Random::new(seed);
    for (number, &(currency, digits, vat)) in shops.iter().enumerate() {
        let shop = random.shop(10 + u32::try_from(number).unwrap(), currency, digits, vat);
        write_shop(&db, &shop).await;
        for cart in 0..carts {
            compare(&db, &mut conn, &mut random, &shop, cart).await;
        }
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_quote_is_the_charge_and_both_are_what_the_rules_say_in_won() {
    compare_many(1, &[("KRW", 0, 1_000), ("KRW", 0, 0), ("JPY", 0, 800)], 80).await;
}

#[tokio::test]
async fn the_quote_is_the_charge_and_both_are_what_the_rules_say_in_cents() {
    compare_many(
        2,
        &[("USD", 2, 1_000), ("USD", 2, 725), ("EUR", 2, 2_000)],
        80,
    )
    .await;
}

#[tokio::test]
async fn the_quote_is_the_charge_in_a_currency_with_one_decimal() {
    compare_many(3, &[("XTS", 1, 1_900)], 40).await;
}
