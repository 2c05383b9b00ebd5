//! A payment that an operator enters by hand: it settles the order cleanly, or leaves nothing.

use super::statuses::{ALL, allow_every_move, order_in};
use super::*;

const WHY: &str = "paid in the console, no notification";

/// A payment of T1 as it should be.
#[derive(Clone)]
struct ByHand {
    shop_id: u32,
    order: &'static str,
    pg: &'static str,
    merchant: &'static str,
    tx: &'static str,
    amount: &'static str,
    approval: Option<&'static str>,
    reason: String,
}

fn right() -> ByHand {
    ByHand {
        shop_id: 1,
        order: "T1",
        pg: "wallet",
        merchant: "M1",
        tx: "W1",
        amount: TOTAL,
        approval: None,
        reason: WHY.to_owned(),
    }
}

impl ByHand {
    async fn call(&self, conn: &mut Conn) -> Result<Sets, CallError> {
        let parameters = (
            self.shop_id,
            self.order,
            self.pg,
            self.merchant,
            self.tx,
            self.amount,
            self.approval,
            &self.reason,
        );
        call(conn, "update_adm_order_payment", parameters).await
    }
}

/// Two numbers, and a form of the transaction number: as a gateway should be configured.
async fn strict() -> TestDb {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shop_pg_adapters SET pattern_pg_tx = 'W[0-9]', field_approval_no = 'apprNo'")
        .await;
    db
}

async fn verdict(conn: &mut Conn, message: &WalletMessage) -> String {
    let answer = settle(conn, "notify", message).await.unwrap();
    assert_eq!(answer.first().str("body"), "OK");
    answer.first().str("verdict")
}

#[tokio::test]
async fn it_settles_the_order_and_says_who_and_why() {
    let db = strict().await;
    let mut gateway = db.conn_as_gateway().await;
    let mut operator = db.conn_as_operator().await;
    let order_key = order(&db, &mut gateway, "T1").await;
    let by_hand = ByHand {
        approval: Some("A1"),
        ..right()
    };
    let answer = by_hand.call(&mut operator).await.unwrap();
    assert_eq!(
        *answer.set(0).columns,
        [
            "result",
            "replayed",
            "order_key",
            "order_number",
            "order_code",
            "order_status",
            "events"
        ]
    );
    let row = answer.first();
    let told = [
        "result",
        "replayed",
        "order_key",
        "order_number",
        "order_status",
    ];
    assert_eq!(told.map(|c| row.str(c)), ["OK", "0", &order_key, "T1", "2"]);
    let state = State::of(&db, "T1").await;
    assert_eq!(state.payments, ["W1 paid 10000.00"]);
    assert_eq!((state.units.as_str(), state.free), ("sold", 99));
    assert_eq!(state.log, ["order buyer 1", "pay dba 2"]);
    assert!(state.duties.is_empty());
    let log = db
        .row("SELECT actor_name, log_message FROM shop_order_logs WHERE action = 'pay'")
        .await;
    let account = log.str("actor_name");
    assert!(account.starts_with("jumun_operator@"), "{account}");
    assert_eq!(log.str("log_message"), WHY);
    let message = db
        .row("SELECT channel, verdict, pg_tx, fields_json FROM shop_pg_messages")
        .await;
    let kept = ["channel", "verdict", "pg_tx"].map(|c| message.str(c));
    assert_eq!(kept, ["operator", "paid", "W1"]);
    let fields: serde_json::Value = serde_json::from_str(&message.str("fields_json")).unwrap();
    let right = serde_json::json!({"actor": "dba", "account": account, "reason": WHY, "amount": "10000.00",
        "approval_no": "A1"});
    assert_eq!(fields, right);
    let settled = db
        .row("SELECT approval_no, approval_msg, paid_at IS NOT NULL AS paid FROM shop_orders")
        .await;
    assert_eq!(settled.str("approval_no"), "A1");
    assert_eq!(settled.int("paid"), 1);
    db.assert_audit_clean().await;

    // The same payment again, and by other names of the order.
    let before = db.snapshot().await;
    let answer = by_hand.call(&mut operator).await.unwrap();
    let told = ["replayed", "order_key", "order_status"].map(|c| answer.first().str(c));
    assert_eq!(told, ["1", &order_key, "2"]);
    let other_words = ByHand {
        amount: "10000.00",
        reason: "again".to_owned(),
        ..by_hand
    };
    assert_eq!(
        other_words
            .call(&mut operator)
            .await
            .unwrap()
            .first()
            .int("replayed"),
        1
    );
    assert_eq!(db.snapshot().await, before);
}

#[tokio::test]
async fn the_gateway_s_own_message_afterwards_says_nothing_new_or_contradicts() {
    for (amount, approval, expected) in [
        (TOTAL, "A1", "repeated"),
        (TOTAL, "", "repeated"),
        ("1", "A1", "contradiction"),
        (TOTAL, "A2", "contradiction"),
    ] {
        let db = strict().await;
        let mut gateway = db.conn_as_gateway().await;
        let mut operator = db.conn_as_operator().await;
        order(&db, &mut gateway, "T1").await;
        let by_hand = ByHand {
            approval: Some("A1"),
            ..right()
        };
        by_hand.call(&mut operator).await.unwrap();
        let message = WalletMessage::paid("T1", "W1", amount).with("apprNo", approval);
        assert_eq!(
            verdict(&mut gateway, &message).await,
            expected,
            "{amount} {approval}"
        );
        let state = State::of(&db, "T1").await;
        assert_eq!((state.status, state.payments.len()), (2, 1));
        let contradictions = usize::from(expected == "contradiction");
        assert_eq!(state.duties.len(), contradictions);
        db.assert_audit_finds_contradictions(contradictions).await;
    }
}

#[tokio::test]
async fn a_number_that_only_the_notification_brings_is_kept_and_cannot_be_used_again() {
    let db = strict().await;
    let mut gateway = db.conn_as_gateway().await;
    let mut operator = db.conn_as_operator().await;
    for number in ["T1", "T2"] {
        order(&db, &mut gateway, number).await;
    }
    right().call(&mut operator).await.unwrap();
    let message = WalletMessage::paid("T1", "W1", TOTAL).with("apprNo", "A1");
    for _ in 0..2 {
        assert_eq!(verdict(&mut gateway, &message).await, "repeated");
    }
    let kept = "SELECT CONCAT_WS(' ', o.approval_no, p.approval_no) FROM shop_orders o
                JOIN shop_payments p ON p.order_seq_no = o.seq_no";
    assert_eq!(db.text(kept).await, "A1 A1");
    let used = WalletMessage::paid("T2", "W2", TOTAL).with("apprNo", "A1");
    assert_eq!(verdict(&mut gateway, &used).await, "approval_reused");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn where_a_gateway_has_one_number_for_both_it_is_that_one() {
    let db = TestDb::with_fixture().await;
    let mut gateway = db.conn_as_gateway().await;
    let mut operator = db.conn_as_operator().await;
    order(&db, &mut gateway, "T1").await;
    let before = db.snapshot().await;
    let other = ByHand {
        approval: Some("A1"),
        ..right()
    };
    let error = other.call(&mut operator).await.unwrap_err();
    error.expect_code("INVALID_INPUT");
    assert_eq!(error.row().str("field"), "approval_no");
    assert_eq!(db.snapshot().await, before);
    right().call(&mut operator).await.unwrap();
    assert_eq!(db.text("SELECT approval_no FROM shop_orders").await, "W1");
    let message = WalletMessage::paid("T1", "W1", TOTAL);
    assert_eq!(verdict(&mut gateway, &message).await, "repeated");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn what_is_not_a_clean_settlement_is_refused_and_leaves_nothing() {
    let db = strict().await;
    db.copy_adapter(2, "M2").await;
    db.exec("UPDATE shop_pg_adapters SET field_approval_no = 'apprNo'")
        .await;
    let mut gateway = db.conn_as_gateway().await;
    let mut operator = db.conn_as_operator().await;
    for number in ["T1", "T2", "PAID"] {
        order(&db, &mut gateway, number).await;
    }
    let cart_id = db.add_cart(2, "u1", "mug", NO_OPTION, 1).await;
    let mug = OrderCall::new("MUG", &[cart_id])
        .user(2, "u1")
        .client_total("24.98");
    mug.call(&mut gateway).await.unwrap();
    let paid = WalletMessage::paid("PAID", "W7", TOTAL).with("apprNo", "A7");
    assert_eq!(verdict(&mut gateway, &paid).await, "paid");
    let wrong = WalletMessage::paid("T2", "W8", "1").with("apprNo", "A8");
    assert_eq!(verdict(&mut gateway, &wrong).await, "amount_mismatch");

    let with = |change: &dyn Fn(&mut ByHand)| {
        let mut by_hand = right();
        change(&mut by_hand);
        by_hand
    };
    let cases: Vec<(ByHand, &str, &str)> = vec![
        (with(&|p| p.amount = "1"), "AMOUNT_MISMATCH", "amount"),
        (with(&|p| p.amount = "9999.99"), "AMOUNT_MISMATCH", "amount"),
        (with(&|p| p.amount = "10001"), "AMOUNT_MISMATCH", "amount"),
        (with(&|p| p.amount = "10,000"), "INVALID_INPUT", "amount"),
        (with(&|p| p.amount = " 10000"), "INVALID_INPUT", "amount"),
        (with(&|p| p.amount = ""), "INVALID_INPUT", "amount"),
        // Mistyped: too long, too short, lower case, with a blank, in letters of another width.
        (with(&|p| p.tx = "W11"), "INVALID_INPUT", "pg_tx"),
        (with(&|p| p.tx = "W"), "INVALID_INPUT", "pg_tx"),
        (with(&|p| p.tx = "w1"), "INVALID_INPUT", "pg_tx"),
        (with(&|p| p.tx = "W1 "), "INVALID_INPUT", "pg_tx"),
        (with(&|p| p.tx = " W1"), "INVALID_INPUT", "pg_tx"),
        (with(&|p| p.tx = "W1\n"), "INVALID_INPUT", "pg_tx"),
        (with(&|p| p.tx = "Ｗ１"), "INVALID_INPUT", "pg_tx"),
        (with(&|p| p.tx = ""), "INVALID_INPUT", "pg_tx"),
        (
            with(&|p| p.approval = Some("A1 ")),
            "INVALID_INPUT",
            "approval_no",
        ),
        (
            with(&|p| p.approval = Some("A7")),
            "DUPLICATE_APPROVAL",
            "approval_no",
        ),
        (with(&|p| p.tx = "W7"), "DUPLICATE_APPROVAL", "pg_tx"),
        (with(&|p| p.tx = "W8"), "DUPLICATE_APPROVAL", "pg_tx"),
        (
            with(&|p| (p.order, p.tx, p.amount) = ("T2", "W8", "1")),
            "DUPLICATE_APPROVAL",
            "pg_tx",
        ),
        (
            with(&|p| (p.order, p.tx, p.amount) = ("PAID", "W7", "1")),
            "DUPLICATE_APPROVAL",
            "pg_tx",
        ),
        (
            with(&|p| p.order = "PAID"),
            "STATE_NOT_ALLOWED",
            "order_status",
        ),
        (with(&|p| p.order = "T11"), "ORDER_NOT_FOUND", "order_key"),
        (with(&|p| p.order = "MUG"), "ORDER_NOT_FOUND", "order_key"),
        (with(&|p| p.order = ""), "ORDER_NOT_FOUND", "order_key"),
        // The account of another shop, either way.
        (
            with(&|p| p.merchant = "M2"),
            "MERCHANT_NOT_FOUND",
            "merchant_id",
        ),
        (
            with(&|p| (p.shop_id, p.order, p.amount) = (2, "MUG", "24.98")),
            "MERCHANT_NOT_FOUND",
            "merchant_id",
        ),
        (
            with(&|p| p.merchant = "M1 "),
            "MERCHANT_NOT_FOUND",
            "merchant_id",
        ),
        (
            with(&|p| p.pg = "toss"),
            "MERCHANT_NOT_FOUND",
            "merchant_id",
        ),
        (
            with(&|p| p.reason = String::new()),
            "INVALID_INPUT",
            "reason",
        ),
        (
            with(&|p| p.reason = "  ".to_owned()),
            "INVALID_INPUT",
            "reason",
        ),
        (
            with(&|p| p.reason = "a\nb".to_owned()),
            "INVALID_INPUT",
            "reason",
        ),
        (
            with(&|p| p.reason = "가".repeat(201)),
            "INVALID_INPUT",
            "reason",
        ),
    ];
    let before = db.snapshot().await;
    for (at, (by_hand, code, field)) in cases.iter().enumerate() {
        let error = by_hand.call(&mut operator).await.expect_err(code);
        error.expect_code(code);
        assert_eq!(error.row().str("field"), *field, "case {at}");
        assert!(db.snapshot().await == before, "case {at} changed something");
    }
    // The web's account has no such procedure at all.
    let error = right().call(&mut gateway).await.unwrap_err();
    assert_eq!(error.errno, 1370);
    // The slips put right.
    let long = ByHand {
        reason: "가".repeat(200),
        ..right()
    };
    long.call(&mut operator).await.unwrap();
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_card_number_in_the_reason_is_not_kept() {
    let db = TestDb::with_fixture().await;
    let mut gateway = db.conn_as_gateway().await;
    order(&db, &mut gateway, "T1").await;
    let by_hand = ByHand {
        reason: "card 4111-1111-1111-1111 of the buyer".to_owned(),
        ..right()
    };
    by_hand
        .call(&mut db.conn_as_operator().await)
        .await
        .unwrap();
    assert!(!db.snapshot().await.contains("4111-1111"));
    let reason = "SELECT log_message FROM shop_order_logs WHERE action = 'pay'";
    assert_eq!(db.text(reason).await, "card *** of the buyer");
}

/// By hand as by message: what can be paid, and what cannot, in every status.
#[tokio::test]
async fn the_order_s_status_says_whether_it_can_be_paid_by_hand() {
    let db = TestDb::with_fixture().await;
    allow_every_move(&db).await;
    let mut gateway = db.conn_as_gateway().await;
    let mut operator = db.conn_as_operator().await;
    for status in ALL {
        let number = format!("S{status}");
        order_in(&db, &mut gateway, status, &number).await;
        let before = db.snapshot().await;
        let tx = format!("W{status}");
        let payment = (1, &number, "wallet", "M1", &tx, TOTAL, None::<&str>, WHY);
        let answer = call(&mut operator, "update_adm_order_payment", payment).await;
        if matches!(status, 1 | 10..=13) {
            assert_eq!(answer.unwrap().first().int("order_status"), 2, "{status}");
            let state = State::of(&db, &number).await;
            assert_eq!(state.units, "sold", "{status}");
            let action = if matches!(status, 10 | 12) {
                "revive"
            } else {
                "pay"
            };
            assert_eq!(state.log.last().unwrap(), &format!("{action} dba 2"));
        } else {
            answer.unwrap_err().expect_code("STATE_NOT_ALLOWED");
            assert!(db.snapshot().await == before, "{status}");
        }
        db.assert_audit_clean().await;
    }
}

#[tokio::test]
async fn an_order_that_cannot_be_had_any_more_is_not_paid_by_hand() {
    let db = TestDb::with_fixture().await;
    let mut gateway = db.conn_as_gateway().await;
    let mut operator = db.conn_as_operator().await;
    // Refused, and its lines are in the cart again.
    order(&db, &mut gateway, "T1").await;
    let refused = WalletMessage::failed("T1", "W0", TOTAL);
    assert_eq!(verdict(&mut gateway, &refused).await, "failed");
    call(&mut gateway, "shop_order_restore_cart", (1, "u1", "T1"))
        .await
        .unwrap();
    let mut cases = vec![("T1", TOTAL, "STATE_NOT_ALLOWED")];
    // Out of time: its unit went to somebody else, before or after the job has ended it.
    for (number, product, quantity, total, other_total) in [
        ("T2", "last", 1, "7000", "7000"),
        ("T3", "book", 100, "1000000", "10000"),
    ] {
        let cart_id = db.add_cart(1, "u1", product, NO_OPTION, quantity).await;
        let first = OrderCall::new(number, &[cart_id]).client_total(total);
        first.call(&mut gateway).await.unwrap();
        db.let_expire(number).await;
        if number == "T2" {
            let answer = call(&mut gateway, "shop_order_expire", (100,)).await;
            assert_eq!(answer.unwrap().first().int("expired"), 1);
        }
        let cart_id = db.add_cart(1, "u2", product, NO_OPTION, 1).await;
        let other = OrderCall::new(&format!("{number}-OTHER"), &[cart_id])
            .user(1, "u2")
            .client_total(other_total);
        other.call(&mut gateway).await.unwrap();
        cases.push((number, total, "OUT_OF_STOCK"));
    }
    let before = db.snapshot().await;
    for late_payment in ["revive", "refund"] {
        db.exec(&format!("UPDATE shops SET late_payment = '{late_payment}'"))
            .await;
        for (number, amount, code) in &cases {
            let payment = (1, *number, "wallet", "M1", "W9", *amount, None::<&str>, WHY);
            let answer = call(&mut operator, "update_adm_order_payment", payment).await;
            let code = match (late_payment, *code) {
                ("refund", "OUT_OF_STOCK") => "ORDER_EXPIRED",
                (_, code) => code,
            };
            answer.unwrap_err().expect_code(code);
        }
    }
    db.exec("UPDATE shops SET late_payment = 'revive'").await;
    assert_eq!(db.snapshot().await, before);
}
