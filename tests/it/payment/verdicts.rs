//! Single stories about payments that are not a matter of the order's status alone.

use super::*;

async fn notify(conn: &mut Conn, message: &WalletMessage) -> Sets {
    let answer = settle(conn, "notify", message).await.unwrap();
    let row = answer.first();
    let told = (
        row.int("http_status"),
        row.str("content_type"),
        row.str("body"),
    );
    assert_eq!(told, (200, "text/plain".to_owned(), "OK".to_owned()));
    answer
}

pub(super) async fn verdict(conn: &mut Conn, message: &WalletMessage) -> String {
    notify(conn, message).await.first().str("verdict")
}

#[tokio::test]
async fn an_approval_for_an_order_that_does_not_exist_is_owed_back_and_pays_no_later_order() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let message = WalletMessage::paid("T1", "W1", TOTAL);

    let answer = settle(&mut conn, "return", &message).await.unwrap();
    let row = answer.first();
    assert_eq!(
        row.str("location"),
        "http://shop.test/error?code=ORDER_NOT_FOUND"
    );
    assert_eq!(row.str("verdict"), "unknown_order");
    for column in ["order_key", "order_number", "order_status"] {
        assert_eq!(row.opt(column), None, "{column}");
    }
    let owed = "SELECT CONCAT_WS(' ', d.duty, d.duty_key, d.amount, d.reason, p.status, p.amount,
                    COALESCE(p.order_seq_no, d.order_seq_no, 'no order'))
                FROM shop_pg_duties d JOIN shop_payments p ON p.seq_no = d.payment_seq_no";
    let right = "refund W1 10000.00 unknown_order unknown_order 10000.00 no order";
    assert_eq!(db.text(owed).await, right);
    assert_eq!(verdict(&mut conn, &message).await, "repeated");
    assert_eq!(db.text(owed).await, right);

    // The order comes into being, and the same message once more: it says nothing new.
    order(&db, &mut conn, "T1").await;
    assert_eq!(verdict(&mut conn, &message).await, "repeated");
    assert_eq!(State::of(&db, "T1").await.status, 1);
    assert_eq!(
        verdict(&mut conn, &WalletMessage::paid("T1", "W2", TOTAL)).await,
        "paid"
    );
    assert_eq!(db.count("shop_pg_duties").await, 1);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_refusal_for_an_order_that_does_not_exist_is_written_down_and_nothing_is_owed() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let message = WalletMessage::failed("T1", "W1", TOTAL);
    let answer = settle(&mut conn, "return", &message).await.unwrap();
    let page = answer.first().str("location");
    assert_eq!(page, "http://shop.test/error?code=PAYMENT_FAILED");
    assert_eq!(messages(&db, "T1").await, ["return ignored W1"]);
    assert_eq!(
        db.count("shop_payments").await + db.count("shop_pg_duties").await,
        0
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn approvals_without_a_transaction_are_looked_up_once_for_each_that_differs() {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shop_pg_adapters SET field_approval_no = 'apprNo'")
        .await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    let time = "20261120120000";
    let different = [
        ("T1", TOTAL, "", time),
        ("T2", TOTAL, "", time),
        ("T1", "9999", "", time),
        ("T1", TOTAL, "A1", time),
        ("T1", TOTAL, "A2", time),
        ("T1", TOTAL, "", "20261120120001"),
    ];
    for _ in 0..2 {
        for (number, amount, approval, time) in different {
            let message = WalletMessage::paid(number, "", amount)
                .with("apprNo", approval)
                .with("authDt", time);
            assert_eq!(verdict(&mut conn, &message).await, "incomplete");
        }
    }
    let duties = db
        .rows("SELECT CONCAT_WS(' ', duty, amount, duty_key) AS x FROM shop_pg_duties ORDER BY seq_no")
        .await;
    let duties: Vec<String> = duties.iter().map(|row| row.str("x")).collect();
    let owed = different.map(|(number, amount, approval, time)| {
        let amount = format!("{amount}.00");
        let key = said(
            &format!("order {number}"),
            &[number, &amount, approval, time],
        );
        format!("lookup {amount} {key}")
    });
    assert_eq!(duties, owed);
    // The order is not lost: the PG's next word may have the number.
    assert_eq!(
        verdict(&mut conn, &WalletMessage::paid("T1", "W1", TOTAL)).await,
        "paid"
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn refusals_without_a_transaction_are_told_apart_from_each_other() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    for number in ["T1", "T2"] {
        order(&db, &mut conn, number).await;
        let message = WalletMessage::failed(number, "", TOTAL);
        assert_eq!(verdict(&mut conn, &message).await, "failed");
        assert_eq!(verdict(&mut conn, &message).await, "ignored");
        let state = State::of(&db, number).await;
        assert_eq!(
            (state.status, state.payments.as_slice()),
            (12, &["- failed 10000.00".to_owned()][..])
        );
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn money_that_comes_after_the_time_but_before_anybody_took_the_units_still_pays() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    db.let_expire("T1").await;
    assert_eq!(
        verdict(&mut conn, &WalletMessage::paid("T1", "W1", TOTAL)).await,
        "paid"
    );
    let answer = call(&mut conn, "shop_order_expire", (100,)).await.unwrap();
    assert_eq!(answer.first().int("expired"), 0);
    assert_eq!(State::of(&db, "T1").await.units, "sold");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn money_for_units_that_went_to_others_is_owed_back_and_the_rest_of_the_order_is_released() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let carts = [
        db.add_cart(1, "u1", "book", NO_OPTION, 1).await,
        db.add_cart(1, "u1", "last", NO_OPTION, 1).await,
    ];
    let call = OrderCall::new("T1", &carts).client_total("17000");
    call.call(&mut conn).await.unwrap();
    db.let_expire("T1").await;
    // A buyer who finds the last one lapsed.
    let cart_id = db.add_cart(1, "u2", "last", NO_OPTION, 1).await;
    let other = OrderCall::new("T2", &[cart_id])
        .user(1, "u2")
        .client_total("7000");
    other.call(&mut conn).await.unwrap();

    let message = WalletMessage::paid("T1", "W1", "17000");
    let answer = settle(&mut conn, "return", &message).await.unwrap();
    assert_eq!(answer.first().str("verdict"), "late");
    assert!(
        answer
            .first()
            .str("location")
            .ends_with("code=ORDER_EXPIRED")
    );
    let state = State::of(&db, "T1").await;
    assert_eq!(state.status, 10);
    assert_eq!(state.payments, ["W1 late 17000.00"]);
    assert_eq!(state.duties, ["refund W1 17000.00 late owed"]);
    assert_eq!(state.log.last().unwrap(), "expire pg 10");
    assert_eq!(
        (state.free, db.free_stock("last", NO_OPTION).await),
        (100, 0)
    );
    assert_eq!(verdict(&mut conn, &message).await, "repeated");
    assert_eq!(State::of(&db, "T1").await, state);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_adapter_that_takes_no_new_orders_still_takes_messages() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    db.exec("UPDATE shop_pg_adapters SET is_enabled = 0").await;
    assert_eq!(
        verdict(&mut conn, &WalletMessage::paid("T1", "W1", TOTAL)).await,
        "paid"
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_same_order_number_in_another_shop_is_another_order() {
    let db = TestDb::with_fixture().await;
    db.copy_adapter(2, "M2").await;
    db.exec("UPDATE shop_pg_adapters SET secret_key = 'other-key' WHERE merchant_id = 'M2'")
        .await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    let cart_id = db.add_cart(2, "u1", "mug", NO_OPTION, 1).await;
    let second = OrderCall::new("T1", &[cart_id])
        .user(2, "u1")
        .client_total("24.98");
    second.call(&mut conn).await.unwrap();

    let message = WalletMessage::paid("T1", "W1", "24.98")
        .with("mId", "M2")
        .key("other-key");
    let answer = update(&mut conn, "wallet", "M2", "notify", Some(&message.json()))
        .await
        .unwrap();
    assert_eq!(answer.first().str("verdict"), "paid");
    let statuses = "SELECT GROUP_CONCAT(order_status ORDER BY shop_id) FROM shop_orders";
    assert_eq!(db.text(statuses).await, "1,2");
    // The same transaction number at another account is another transaction.
    assert_eq!(
        verdict(&mut conn, &WalletMessage::paid("T1", "W1", TOTAL)).await,
        "paid"
    );
    assert_eq!(db.text(statuses).await, "2,2");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn what_is_owed_has_the_deadline_of_the_adapter_and_is_listed_for_the_operator() {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shop_pg_adapters SET duty_minutes = 90")
        .await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    verdict(&mut conn, &WalletMessage::paid("T1", "W1", "1")).await;
    let minutes = "SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(6), due_at) BETWEEN 5340 AND 5400 FROM shop_pg_duties";
    assert_eq!(db.int(minutes).await, 1);
    let mut operator = db.conn_as_operator().await;
    let list = call(
        &mut operator,
        "select_adm_pg_duties",
        (None::<&str>, None::<&str>),
    )
    .await
    .unwrap();
    assert_eq!(list.first().int("duty_count"), 1);
    let duty = &list.set(1).rows[0];
    let told = [
        "duty",
        "reason",
        "amount",
        "state",
        "overdue",
        "order_number",
        "order_status",
        "pg_tx",
    ]
    .map(|c| duty.str(c));
    assert_eq!(
        told,
        [
            "refund",
            "amount_mismatch",
            "1.00",
            "owed",
            "0",
            "T1",
            "12",
            "W1"
        ]
    );
}

#[tokio::test]
async fn the_order_keeps_the_approval_that_settled_it() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    let first = WalletMessage::paid("T1", "W1", TOTAL).with("rsltMsg", "정상 승인");
    verdict(&mut conn, &first).await;
    let kept = "SELECT CONCAT_WS('|', approval_no, approval_msg, paid_at) FROM shop_orders";
    let before = db.text(kept).await;
    assert!(before.starts_with("W1|정상 승인|20"), "{before}");
    let other = WalletMessage::paid("T1", "W2", TOTAL).with("rsltMsg", "again");
    assert_eq!(verdict(&mut conn, &other).await, "surplus");
    assert_eq!(
        verdict(&mut conn, &WalletMessage::failed("T1", "W3", TOTAL)).await,
        "ignored"
    );
    assert_eq!(db.text(kept).await, before);
    let log =
        "SELECT CONCAT_WS('|', actor_name, log_message) FROM shop_order_logs WHERE action = 'pay'";
    assert!(
        db.text(log).await.starts_with("jumun_gateway@"),
        "the account that called"
    );
}
