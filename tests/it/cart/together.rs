//! All cart routines and orders on one cart at once: whoever comes first, nobody deadlocks and the books are right.

use std::collections::BTreeMap;

use crate::support::*;

const ITEMS: [(&str, &str); 10] = [
    ("book", NO_OPTION),
    ("lamp", NO_OPTION),
    ("chair", NO_OPTION),
    ("rice", NO_OPTION),
    ("pen", NO_OPTION),
    ("ink", NO_OPTION),
    ("shirt", "red"),
    ("shirt", "blue"),
    ("shirt", "wrap-a"),
    ("shirt", "wrap-b"),
];

/// Two rows of the cart, by each session others, oldest first or youngest first: locks must not depend on it.
async fn two_rows(conn: &mut Conn, session: usize) -> Result<Vec<String>, CallError> {
    let cart = call(conn, "select_shop_cart", (1, "u1", None::<&str>)).await?;
    let mut ids = cart.set(1).column("cart_id");
    let turn = session % ids.len().max(1);
    ids.rotate_left(turn);
    ids.truncate(2);
    if session % 2 == 1 {
        ids.reverse();
    }
    Ok(ids)
}

async fn order(conn: &mut Conn, session: usize, key: &str) -> Result<Sets, CallError> {
    let json = format!("[{}]", two_rows(conn, session).await?.join(","));
    let params = (
        1,
        "u1",
        json.as_str(),
        None::<&str>,
        None::<&str>,
        None::<&str>,
        None::<&str>,
        None::<&str>,
        None::<&str>,
        None::<&str>,
    );
    let quote = call(conn, "shop_order_quote", params).await?;
    let order = OrderCall::new(key, &[]).cart_ids_json(Some(&json));
    let order = order.client_total(&quote.first().str("total_payment"));
    let answer = order.call(conn).await?;
    if session.is_multiple_of(3) {
        return call(conn, "shop_order_restore_cart", (1, "u1", key)).await;
    }
    Ok(answer)
}

/// One of many calls a session makes, chosen by its number.
async fn one_call(conn: &mut Conn, session: usize, round: usize) -> Result<Sets, CallError> {
    let rows = two_rows(conn, session).await?;
    match (session * 7 + round) % 5 {
        1 if !rows.is_empty() => call(conn, "update_shop_cart", (1, "u1", &rows[0], "2")).await,
        2 if !rows.is_empty() => {
            let json = format!("[{}]", rows.join(","));
            call(conn, "delete_shop_cart", (1, "u1", json)).await
        }
        3 if !rows.is_empty() => {
            // Another one may be faster several times over.
            let mut result = order(conn, session, &format!("T{session}-{round}")).await;
            for _ in 0..10 {
                if result.is_ok() {
                    break;
                }
                result = order(conn, session, &format!("T{session}-{round}")).await;
            }
            result
        }
        _ => {
            let (product, option) = ITEMS[(session + round) % ITEMS.len()];
            call(conn, "add_shop_cart", (1, "u1", product, option, "1")).await
        }
    }
}

#[tokio::test]
async fn everything_at_once_on_one_cart_ends_in_order() {
    let db = TestDb::with_fixture().await;
    // There are ten wraps, and a busy run wants more.
    db.exec("CALL shop_stock_set(1, 'shirt', 'wrap', 'free', '1000', 'plenty')")
        .await;
    let results = storm(&db, 10, |session, mut conn| async move {
        let mut ends: Vec<String> = Vec::new();
        for round in 0..15 {
            let end = match one_call(&mut conn, session, round).await {
                Ok(_) => "OK".to_owned(),
                Err(error) if error.code().is_empty() => error.to_string(),
                Err(error) => error.code().to_owned(),
            };
            ends.push(end);
        }
        ends
    })
    .await;
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    for end in results.into_iter().flatten() {
        *ends.entry(end).or_default() += 1;
    }
    // Somebody else was faster: no row any more, no row at all, or another quantity than the one that was quoted.
    let expected = ["OK", "CART_NOT_FOUND", "INVALID_INPUT", "PRICE_CHANGED"];
    assert!(
        ends.keys().all(|end| expected.contains(&end.as_str())),
        "{ends:?}"
    );
    assert!(ends["OK"] > 50, "{ends:?}");
    assert!(db.count("shop_orders").await > 0, "{ends:?}");
    assert_eq!(db.count("shop_error_log").await, 0);
    let twice = "SELECT COUNT(*) - COUNT(DISTINCT cart_seq_no) FROM shop_order_product";
    assert_eq!(db.int(twice).await, 0);
    db.assert_audit_clean().await;
}
