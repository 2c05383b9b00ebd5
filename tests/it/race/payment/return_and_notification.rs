//! Row 4: paid orders that are absent, about one in twenty, because return and webhook both finish them. What must
//! hold: in a storm of returns and notifications there is one transition, and everybody gets the same answer.

use super::*;

/// Answers of one order's messages, by channel, and how often each verdict came.
async fn assert_one_transition(db: &TestDb, number: &str, answers: &[(usize, Row)]) {
    let paid = answers
        .iter()
        .filter(|(_, row)| row.str("verdict") == "paid")
        .count();
    let repeated = answers
        .iter()
        .filter(|(_, row)| row.str("verdict") == "repeated")
        .count();
    assert_eq!((paid, repeated), (1, answers.len() - 1), "{number}");
    let key_of = |(_, row): &(usize, Row)| row.str("order_key");
    let order_key = key_of(&answers[0]);
    for answer in answers {
        let row = &answer.1;
        assert_eq!(
            (key_of(answer), row.int("order_status")),
            (order_key.clone(), 2)
        );
        let told = ["http_status", "content_type", "body", "location"]
            .map(|c| row.opt(c).unwrap_or_default());
        let page = crate::payment::paid_page(&order_key, number);
        let right = match channel(answer.0) {
            "return" => ["303", "text/plain; charset=utf-8", "", &page],
            _ => ["200", "text/plain", "OK", ""],
        };
        assert_eq!(told, right);
    }
    let state = State::of(db, number).await;
    assert_eq!(state.payments.len(), 1);
    assert_eq!((state.status, state.units.as_str()), (2, "sold"));
    assert_eq!(state.log, ["order buyer 1", "pay pg 2"]);
    assert!(state.duties.is_empty());
    assert_eq!(messages(db, number).await.len(), answers.len());
}

fn channel(number: usize) -> &'static str {
    ["return", "notify"][number % 2]
}

#[tokio::test]
async fn of_32_messages_at_once_one_settles_and_all_are_told_the_same() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    for round in 0..5 {
        let number = format!("T{round}");
        order(&db, &mut conn, &number).await;
        let message = WalletMessage::paid(&number, &format!("W{round}"), TOTAL);
        let answers = storm(&db, 32, |caller, mut conn| {
            let message = message.clone();
            async move {
                let answer = settle(&mut conn, channel(caller), &message).await.unwrap();
                (caller, answer.first().clone())
            }
        })
        .await;
        assert_one_transition(&db, &number, &answers).await;
    }
    assert_eq!(db.free_stock("book", NO_OPTION).await, 95);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn storms_over_several_orders_do_not_disturb_each_other() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    const ORDERS: usize = 8;
    for number in 0..ORDERS {
        order(&db, &mut conn, &format!("T{number}")).await;
    }
    // Every caller goes through all orders, each beginning at another one.
    let answers = storm(&db, 16, |caller, mut conn| async move {
        let mut answers = Vec::new();
        for step in 0..ORDERS {
            let number = (caller + step) % ORDERS;
            let message = WalletMessage::paid(&format!("T{number}"), &format!("W{number}"), TOTAL);
            let answer = settle(&mut conn, channel(caller), &message).await.unwrap();
            answers.push((number, caller, answer.first().clone()));
        }
        answers
    })
    .await
    .concat();
    for number in 0..ORDERS {
        let of_order = answers.iter().filter(|(order, ..)| *order == number);
        let of_order: Vec<(usize, Row)> = of_order
            .map(|(_, caller, row)| (*caller, row.clone()))
            .collect();
        assert_one_transition(&db, &format!("T{number}"), &of_order).await;
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn of_16_approvals_with_a_transaction_each_one_pays_and_15_are_owed_back() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    let verdicts = storm(&db, 16, |caller, mut conn| async move {
        let message = WalletMessage::paid("T1", &format!("W{caller}"), TOTAL);
        let answer = settle(&mut conn, channel(caller), &message).await.unwrap();
        answer.first().str("verdict")
    })
    .await;
    assert_eq!(
        verdicts.iter().filter(|v| *v == "paid").count(),
        1,
        "{verdicts:?}"
    );
    assert_eq!(
        verdicts.iter().filter(|v| *v == "surplus").count(),
        15,
        "{verdicts:?}"
    );
    let state = State::of(&db, "T1").await;
    assert_eq!((state.payments.len(), state.duties.len()), (16, 15));
    let settled = db.text("SELECT approval_no FROM shop_orders").await;
    assert!(state.payments.contains(&format!("{settled} paid 10000.00")));
    assert!(
        !state
            .duties
            .iter()
            .any(|duty| duty.contains(&format!(" {settled} ")))
    );
    assert_eq!(state.log, ["order buyer 1", "pay pg 2"]);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn refusals_and_approvals_at_once_leave_one_outcome_that_adds_up() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    for round in 0..6 {
        let number = format!("T{round}");
        order(&db, &mut conn, &number).await;
        let free = db.free_stock("book", NO_OPTION).await;
        let transaction = format!("W{round}");
        let messages = [
            WalletMessage::failed(&number, &transaction, TOTAL),
            WalletMessage::paid(&number, &transaction, TOTAL),
        ];
        let verdicts = storm(&db, 16, |caller, mut conn| {
            let message = messages[caller / 2 % 2].clone();
            async move {
                let answer = settle_again(&mut conn, channel(caller), &message).await;
                answer.first().str("verdict")
            }
        })
        .await;
        let count = |verdict: &str| verdicts.iter().filter(|v| *v == verdict).count();
        let state = State::of(&db, &number).await;
        // Refused first or not, it is approved once. Every refusal but the first, and every one after the approval,
        // says nothing new.
        let refused = count("failed");
        assert!(refused <= 1, "{verdicts:?}");
        assert_eq!(count("paid"), 1, "{verdicts:?}");
        assert_eq!(refused + count("ignored") + count("repeated"), 15);
        assert_eq!(
            (state.status, state.units.as_str(), state.free),
            (2, "sold", free)
        );
        assert_eq!(state.payments, [format!("{transaction} paid 10000.00")]);
        assert!(state.duties.is_empty());
        assert_eq!(state.log.len(), 2 + refused);
    }
    db.assert_audit_clean().await;
}
