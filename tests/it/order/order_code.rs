//! The code of an order, for people.

use super::*;

#[tokio::test]
async fn the_code_bears_the_day_of_the_order_to_its_last_microsecond() {
    let db = shops().await;
    // The clock of a session can be set, with microseconds.
    let mut conn = db.conn().await;
    for (number, clock, day) in [
        ("T1", "2026-11-20 14:59:59.4", "20261120"),
        ("T2", "2026-11-20 14:59:59.5", "20261120"),
        ("T3", "2026-11-20 14:59:59.999999", "20261120"),
        ("T4", "2026-11-20 15:00:00", "20261121"),
    ] {
        conn.query_drop(format!(
            "SET SESSION time_zone = '+00:00', TIMESTAMP = UNIX_TIMESTAMP('{clock}')"
        ))
        .await
        .unwrap();
        let (_, order) = one_book(&db, &mut conn, number).await;
        let code = order.str("order_code");
        assert_eq!(code[..9], format!("{day}-"), "{clock} UTC, in Seoul");
        let at = format!(
            "SELECT CAST(order_date AS CHAR) FROM shop_orders WHERE order_number = '{number}'"
        );
        assert!(db.text(&at).await.starts_with(clock), "{clock}");
    }
}
