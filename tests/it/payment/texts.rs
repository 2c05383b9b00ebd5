//! Amounts, names and words as a payment gateway may write them.

use super::verdicts::verdict;
use super::*;

#[tokio::test]
async fn an_amount_is_digits_with_at_most_two_decimals() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let equal = ["10000", "10000.0", "10000.00", "010000"];
    let none = [
        "1e4",
        "+10000",
        "-10000",
        " 10000",
        "10000 ",
        "10000\n",
        "10,000",
        "10000.000",
        "10000.",
        ".5",
        "",
        "１００００",
        "1000000000000000",
        "0x2710",
        "NULL",
        "10000;",
    ];
    let other = ["0", "0.00", "9999.99", "10000.01", "999999999999999.99"];
    let cases = equal
        .iter()
        .map(|text| (*text, "paid", ""))
        .chain(none.iter().map(|text| (*text, "amount_mismatch", "lookup")))
        .chain(
            other
                .iter()
                .map(|text| (*text, "amount_mismatch", "refund")),
        );
    for (index, (text, right, duty)) in cases.enumerate() {
        let number = format!("T{index}");
        order(&db, &mut conn, &number).await;
        let message = WalletMessage::paid(&number, &format!("W{index}"), text);
        assert_eq!(verdict(&mut conn, &message).await, right, "{text:?}");
        let state = State::of(&db, &number).await;
        assert_eq!(
            state.status,
            if right == "paid" { 2 } else { 12 },
            "{text:?}"
        );
        let duties: Vec<&str> = state
            .duties
            .iter()
            .map(|d| d.split(' ').next().unwrap())
            .collect();
        assert_eq!(duties.concat(), duty, "{text:?}");
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn words_that_are_too_long_are_cut() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    let long = "긴".repeat(5000);
    let message = WalletMessage::paid("T1", &"W".repeat(100), TOTAL)
        .with("rsltMsg", &long)
        .with("authDt", &long);
    assert_eq!(verdict(&mut conn, &message).await, "paid");
    let refused = WalletMessage::failed("T1", "W2", TOTAL)
        .with("rsltCd", &long)
        .with("rsltMsg", &long);
    assert_eq!(verdict(&mut conn, &refused).await, "ignored");
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn names_that_are_too_long_are_never_taken_for_shorter_ones() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let number = "T".repeat(64);
    order(&db, &mut conn, &number).await;
    let cut = "W".repeat(100);
    // Two transactions that begin alike, and an order number that begins like ours.
    for (number, transaction) in [(&number, format!("{cut}1")), (&number, format!("{cut}2"))] {
        let message = WalletMessage::paid(number, &transaction, TOTAL);
        assert_eq!(verdict(&mut conn, &message).await, "incomplete");
    }
    let other = WalletMessage::paid(&format!("{number}T"), "W1", TOTAL);
    assert_eq!(verdict(&mut conn, &other).await, "unknown_order");
    let state = State::of(&db, &number).await;
    assert_eq!((state.status, state.duties.len()), (1, 1));
    assert_eq!(
        verdict(&mut conn, &WalletMessage::paid(&number, &cut, TOTAL)).await,
        "paid"
    );
    db.assert_audit_clean().await;
}
