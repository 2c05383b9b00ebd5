//! What is sold out is refused before anything is written: the number of an order that was rolled back would be missing.

use super::*;

/// The buyer's order of one lamp and so many of the product, as it is answered.
async fn order(
    db: &TestDb,
    conn: &mut Conn,
    number: &str,
    units: u32,
) -> (OrderCall, Result<Sets, CallError>) {
    let user = format!("u{number}");
    let ids = [
        db.add_cart(1, &user, "lamp", NO_OPTION, 1).await,
        db.add_cart(1, &user, "last", NO_OPTION, units).await,
    ];
    let mut call = guest_order(number, &user, &ids, "1");
    if number == "T3" {
        // Read with care.
        let rows = format!(
            r#"[{{"id":{},"qty":1}},{{"id":{},"qty":{units}}}]"#,
            ids[0], ids[1]
        );
        call = call.cart_ids_json(Some(&rows));
    }
    let answer = call.call(conn).await;
    (call, answer)
}

async fn seq_no(db: &TestDb, number: &str) -> i64 {
    db.int(&format!(
        "SELECT seq_no FROM shop_orders WHERE order_number = '{number}'"
    ))
    .await
}

async fn sold_out(slots: u32) {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shops SET total_tolerance = 1000000000; UPDATE shop_stock SET free = 1000 WHERE product_id = 'lamp'")
        .await;
    if slots > 1 {
        db.slots("last", slots).await;
    }
    let mut conn = db.conn_as_gateway().await;

    let (first, answer) = order(&db, &mut conn, "T1", 1).await;
    ok(&answer);
    for number in ["T2", "T3", "T4"] {
        let (_, answer) = order(&db, &mut conn, number, 1).await;
        assert_eq!(code(&answer), "OUT_OF_STOCK");
        let refused = answer.unwrap_err();
        let shortage = refused.sets.set(1);
        assert_eq!(shortage.column("product_id"), ["last"]);
        assert_eq!(shortage.column("free"), ["0"]);
    }
    // Whoever asks again about the order that was made is answered, not refused.
    let again = first.call(&mut conn).await;
    assert_eq!(ok(&again).str("replayed"), "1");
    // What cannot be sold at all is refused as that.
    db.exec("UPDATE shop_products SET display = '0' WHERE product_id = 'lamp'")
        .await;
    let (_, answer) = order(&db, &mut conn, "T5", 1).await;
    assert_eq!(code(&answer), "PRODUCT_UNAVAILABLE");
    db.exec("UPDATE shop_products SET display = '1' WHERE product_id = 'lamp'")
        .await;
    let before = seq_no(&db, "T1").await;

    // The unit of an order that nobody paid in time is sold again, although none is in stock.
    db.let_expire("T1").await;
    let (_, answer) = order(&db, &mut conn, "T6", 1).await;
    ok(&answer);
    let after = seq_no(&db, "T6").await;
    assert_eq!(after, before + 1, "refusals have written nothing");
}

/// Rows that the session has read so far, however it came to them.
async fn rows_read(conn: &mut Conn) -> i64 {
    let rows: Vec<(String, String)> = conn
        .query("SHOW SESSION STATUS WHERE Variable_name LIKE 'Handler_read%' OR Variable_name LIKE 'Handler_icp%'")
        .await
        .unwrap();
    // An entry that the engine itself has compared (icp) is a row that was read, whether it matched or not; Handler_read counts those that did.
    rows.iter()
        .map(
            |(name, count)| match (name.as_str(), count.parse::<i64>().unwrap()) {
                ("Handler_icp_match", count) => -count,
                (_, count) => count,
            },
        )
        .sum()
}

/// A product that many hold is the one that many ask for.
#[tokio::test]
async fn a_refusal_reads_no_more_where_many_hold_the_units() {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shop_stock SET free = 1000 WHERE product_id IN ('lamp', 'last'); UPDATE shops SET total_tolerance = 1000000000")
        .await;
    let mut conn = db.conn_as_gateway().await;
    let mut read = Vec::new();
    for (holds, buyers) in [(3, 0..3), (300, 3..300)] {
        for buyer in buyers {
            ok(&order(&db, &mut conn, &format!("H{buyer}"), 1).await.1);
        }
        db.exec("UPDATE shop_stock SET free = 0 WHERE product_id = 'last'")
            .await;
        let mut refusals = Vec::new();
        for attempt in 0..2 {
            let before = rows_read(&mut conn).await;
            let refused = order(&db, &mut conn, &format!("R{holds}-{attempt}"), 1)
                .await
                .1;
            assert_eq!(code(&refused), "OUT_OF_STOCK");
            refusals.push(rows_read(&mut conn).await - before);
        }
        db.exec("UPDATE shop_stock SET free = 1000 WHERE product_id = 'last'")
            .await;
        read.push(refusals[1]); // the first fills caches of the session
    }
    assert!(read[1] <= read[0] + 10, "{read:?}");
}

#[tokio::test]
async fn a_sold_out_product_is_refused_before_anything_is_written() {
    sold_out(1).await;
}

#[tokio::test]
async fn a_product_sold_out_in_all_its_slots_is_refused_before_anything_is_written() {
    sold_out(4).await;
}
