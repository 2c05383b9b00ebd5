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
    let cases = equal.iter().map(|text| (*text, "paid", "")).chain(
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
    // What is no amount may be one that borrowed from its neighbours.
    order(&db, &mut conn, "N").await;
    let before = db.snapshot().await;
    for text in none {
        let message = WalletMessage::paid("N", "W-N", text);
        for channel in ["return", "notify"] {
            let error = settle(&mut conn, channel, &message).await;
            error.expect_err(text).expect_code("SIGNATURE_INVALID");
        }
    }
    assert_eq!(db.snapshot().await, before);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn words_that_are_too_long_are_cut_and_signed_fields_that_are_too_long_are_not_the_wallet_s()
{
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    let long = "긴".repeat(5000);
    let before = db.snapshot().await;
    let approved = WalletMessage::paid("T1", &"W".repeat(100), TOTAL).with("rsltMsg", &long);
    for field in ["authDt", "rsltCd", "apprNo"] {
        let message = approved.clone().with(field, &long);
        let error = settle(&mut conn, "notify", &message).await;
        error.expect_err(field).expect_code("SIGNATURE_INVALID");
    }
    assert_eq!(db.snapshot().await, before);
    assert_eq!(verdict(&mut conn, &approved).await, "paid");
    let refused = WalletMessage::failed("T1", "W2", TOTAL).with("rsltMsg", &long);
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
    let before = db.snapshot().await;
    // Two transactions that begin alike, an order number that begins like ours, and one that ends with a blank.
    for (number, transaction) in [
        (&number, format!("{cut}1")),
        (&number, format!("{cut}2")),
        (&format!("{number}T"), "W1".to_owned()),
        (&format!("{number} "), "W1".to_owned()),
        (&number, "W1 ".to_owned()),
    ] {
        let message = WalletMessage::paid(number, &transaction, TOTAL);
        let error = settle(&mut conn, "notify", &message).await.unwrap_err();
        error.expect_code("SIGNATURE_INVALID");
    }
    assert_eq!(db.snapshot().await, before);
    assert_eq!(
        verdict(&mut conn, &WalletMessage::paid(&number, &cut, TOTAL)).await,
        "paid"
    );
    db.assert_audit_clean().await;
}
