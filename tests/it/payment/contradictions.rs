//! What was said about a transaction, and is said again: equal is a repetition, anything else about money is a
//! contradiction that must be looked up. Every known state × every difference × both channels.

use super::*;

/// What is known about the transaction before.
const KNOWN: [&str; 7] = [
    "failed",
    "paid",
    "amount_mismatch",
    "late",
    "surplus",
    "approval_reused",
    "unknown_order",
];

/// In what the second message differs from the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Difference {
    Nothing,
    Amount,
    Order,
    UnknownOrder,
    Approval,
    NoApproval,
    /// Approval number of another transaction.
    UsedApproval,
}

const DIFFERENCES: [Difference; 7] = [
    Difference::Nothing,
    Difference::Amount,
    Difference::Order,
    Difference::UnknownOrder,
    Difference::Approval,
    Difference::NoApproval,
    Difference::UsedApproval,
];

/// The rule, written apart from the procedures: what the second message is, when it approves.
fn rule(known: &str, difference: Difference) -> &'static str {
    match (known, difference) {
        // No money was taken: the second message is the first word about it, judged by itself.
        ("failed", Difference::Amount) => "amount_mismatch",
        ("failed", Difference::UnknownOrder) => "unknown_order",
        ("failed", Difference::UsedApproval) => "approval_reused",
        ("failed", _) => "paid",
        // A channel that does not bring the approval number says nothing about it.
        (_, Difference::Nothing | Difference::NoApproval) => "repeated",
        // The number that it was refused for is the one that was used.
        ("approval_reused", Difference::UsedApproval) => "repeated",
        _ => "contradiction",
    }
}

/// A shop whose gateway has approval numbers.
async fn shop() -> (TestDb, Conn) {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shop_pg_adapters SET field_approval_no = 'apprNo'")
        .await;
    let mut operator = db.conn_as_operator().await;
    let stock = (1, "book", NO_OPTION, "free", "1000", "for this test");
    call(&mut operator, "shop_stock_set", stock).await.unwrap();
    let conn = db.conn_as_gateway().await;
    (db, conn)
}

/// One transaction of a gateway, what was said about it first, and other orders that could be meant.
struct Scene {
    /// Begins all its names.
    name: String,
    /// The first message; approved.
    first: WalletMessage,
}

impl Scene {
    fn of(&self, what: &str) -> String {
        format!("{}-{what}", self.name)
    }

    /// The orders FIRST (of the transaction TX), OTHER (waits) and USED (paid under the approval number USED).
    async fn new(db: &TestDb, conn: &mut Conn, name: &str, known: &str) -> Scene {
        let of = |what: &str| format!("{name}-{what}");
        for what in ["FIRST", "OTHER", "USED"] {
            order(db, conn, &of(what)).await;
        }
        let paid = |number: &str, tx: &str, amount, approval: &str| {
            WalletMessage::paid(&of(number), &of(tx), amount).with("apprNo", &of(approval))
        };
        let used = paid("USED", "TX-USED", TOTAL, "USED");
        settle(conn, "notify", &used).await.unwrap();
        let first = match known {
            "unknown_order" => paid("NOSUCH", "TX", TOTAL, "A1"),
            "amount_mismatch" => paid("FIRST", "TX", "9000", "A1"),
            "approval_reused" => paid("FIRST", "TX", TOTAL, "USED"),
            _ => paid("FIRST", "TX", TOTAL, "A1"),
        };
        match known {
            "late" => {
                let first = of("FIRST");
                call(conn, "shop_order_restore_cart", (1, "u1", first))
                    .await
                    .unwrap();
                db.exec("DELETE FROM shop_cart").await;
            }
            "surplus" => {
                let paid = paid("FIRST", "TX-FIRST", TOTAL, "A0");
                settle(conn, "notify", &paid).await.unwrap();
            }
            _ => {}
        }
        let said = match known {
            "failed" => first.clone().with("rsltCd", "1001"),
            _ => first.clone(),
        };
        let answer = settle(conn, "notify", &said).await.unwrap();
        assert_eq!(answer.first().str("verdict"), known);
        Scene {
            name: name.to_owned(),
            first,
        }
    }

    fn changed(&self, difference: Difference) -> WalletMessage {
        let message = self.first.clone();
        match difference {
            Difference::Nothing => message,
            Difference::Amount => message.with("trdAmt", "8000"),
            Difference::Order => message.with("mTrdNo", &self.of("OTHER")),
            Difference::UnknownOrder => message.with("mTrdNo", &self.of("NEITHER")),
            Difference::Approval => message.with("apprNo", &self.of("A2")),
            Difference::NoApproval => message.with("apprNo", ""),
            Difference::UsedApproval => message.with("apprNo", &self.of("USED")),
        }
    }

    /// The payment of the transaction.
    async fn payment(&self, db: &TestDb) -> String {
        let tx = self.of("TX");
        db.text(&format!(
            "SELECT GROUP_CONCAT(CONCAT_WS(' ', order_number, COALESCE(approval_no, '-'), amount, status))
             FROM shop_payments WHERE pg_tx = '{tx}'"
        ))
        .await
    }
}

async fn play(channel: &str) {
    let (db, mut conn) = shop().await;
    let mut contradictions = 0;
    for known in KNOWN {
        for difference in DIFFERENCES {
            let what = format!("{channel}: {known}, then {difference:?}");
            let name = format!("{known}-{difference:?}");
            let scene = Scene::new(&db, &mut conn, &name, known).await;
            let duties = db.count("shop_pg_duties").await;
            let payment = scene.payment(&db).await;
            let second = scene.changed(difference);
            let expected = rule(known, difference);
            let contradicts = expected == "contradiction";
            for round in 0..2 {
                let answer = settle(&mut conn, channel, &second).await.unwrap();
                // What settled or was recorded in the first round is known in the second.
                let right = match round {
                    1 if !contradicts => "repeated",
                    _ => expected,
                };
                let verdict = answer.first().str("verdict");
                assert_eq!(verdict, right, "{what}, round {round}");
                if channel == "notify" {
                    assert_eq!(answer.first().str("body"), "OK", "{what}");
                }
            }
            let more = db.count("shop_pg_duties").await - duties;
            let owed = !matches!(expected, "repeated" | "paid");
            assert_eq!(more, i64::from(owed), "{what}");
            if contradicts {
                contradictions += 1;
                let stands = scene.payment(&db).await;
                assert_eq!(stands, payment, "{what}: the first word stands");
                let duty = db
                    .row(
                        "SELECT d.duty, d.amount, p.pg_tx FROM shop_pg_duties d
                         JOIN shop_payments p ON p.seq_no = d.payment_seq_no ORDER BY d.seq_no DESC LIMIT 1",
                    )
                    .await;
                let amount = match (difference, known) {
                    (Difference::Amount, _) => "8000.00",
                    (_, "amount_mismatch") => "9000.00",
                    _ => "10000.00",
                };
                let kept = ["duty", "amount", "pg_tx"].map(|c| duty.str(c));
                assert_eq!(kept, ["lookup", amount, &scene.of("TX")], "{what}");
            }
            db.assert_audit_finds_contradictions(contradictions).await;
        }
    }
}

#[tokio::test]
async fn by_notification() {
    play("notify").await;
}

#[tokio::test]
async fn by_return() {
    play("return").await;
}

/// A refusal takes no money: of a transaction that was approved it is news that comes too late, of one that was
/// refused with other words it is no repetition.
#[tokio::test]
async fn a_refusal_is_never_a_contradiction_and_a_repetition_only_when_it_is_equal() {
    let (db, mut conn) = shop().await;
    for known in KNOWN {
        for (at, (number, amount, same)) in [
            ("FIRST", TOTAL, true),
            ("FIRST", "1", false),
            ("OTHER", TOTAL, false),
            ("NEITHER", TOTAL, false),
        ]
        .into_iter()
        .enumerate()
        {
            let scene = Scene::new(&db, &mut conn, &format!("{known}-{at}"), known).await;
            let before = (scene.payment(&db).await, db.count("shop_pg_duties").await);
            let refusal = WalletMessage::failed(&scene.of(number), &scene.of("TX"), amount);
            let answer = settle(&mut conn, "notify", &refusal).await.unwrap();
            let right = match known == "failed" && same {
                true => "repeated",
                false => "ignored",
            };
            let what = format!("{known}, then refused {number} {amount}");
            assert_eq!(answer.first().str("verdict"), right, "{what}");
            let after = (scene.payment(&db).await, db.count("shop_pg_duties").await);
            assert_eq!(after, before, "{what}");
        }
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn two_different_contradictions_are_two_duties_and_each_is_closed_by_itself() {
    let (db, mut conn) = shop().await;
    let first = Scene::new(&db, &mut conn, "S", "paid").await.first;
    for _ in 0..2 {
        for amount in ["1", "2"] {
            let other = first.clone().with("trdAmt", amount);
            let answer = settle(&mut conn, "notify", &other).await.unwrap();
            assert_eq!(answer.first().str("verdict"), "contradiction");
        }
    }
    db.assert_audit_finds_contradictions(2).await;
    let mut operator = db.conn_as_operator().await;
    let all = (None::<&str>, None::<&str>);
    let listed = call(&mut operator, "select_adm_pg_duties", all)
        .await
        .unwrap();
    assert_eq!(listed.set(1).column("amount"), ["1.00", "2.00"]);
    assert_eq!(listed.set(1).column("pg_tx"), ["S-TX", "S-TX"]);
    assert_eq!(listed.set(1).column("order_number"), ["S-FIRST", "S-FIRST"]);
    for (at, left) in [(0, 1), (1, 0)] {
        let duty = listed.set(1).rows[at].str("duty_no");
        let close = (duty, "withdrawn", None::<&str>, "the gateway says 10,000");
        call(&mut operator, "update_adm_pg_duty", close)
            .await
            .unwrap();
        db.assert_audit_finds_contradictions(left).await;
    }
    // Said once more, it is what was looked up already.
    let again = first.with("trdAmt", "1");
    settle(&mut conn, "notify", &again).await.unwrap();
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_buyer_whose_order_is_paid_sees_that_whatever_contradicts_its_payment() {
    let (db, mut conn) = shop().await;
    let scene = Scene::new(&db, &mut conn, "S", "paid").await;
    let key = |number: &str| {
        format!("SELECT _uuid_text(order_key) FROM shop_orders WHERE order_number = '{number}'")
    };
    let amount = scene.changed(Difference::Amount);
    let answer = settle(&mut conn, "return", &amount).await.unwrap();
    let own = db.text(&key("S-FIRST")).await;
    assert_eq!(answer.first().str("location"), paid_page(&own, "S-FIRST"));
    let order = scene.changed(Difference::Order);
    let answer = settle(&mut conn, "return", &order).await.unwrap();
    let other = db.text(&key("S-OTHER")).await;
    assert_eq!(
        answer.first().str("location"),
        error_page(&other, "S-OTHER", "DUPLICATE_APPROVAL")
    );
}

/// Orders that were paid before jumun: the PG's message about that very payment must not be listed to be refunded.
#[tokio::test]
async fn a_message_about_a_payment_that_was_adopted_is_told_from_a_second_payment() {
    for (kept, approval, amount, right) in [
        (Some("A1"), "A1", TOTAL, "repeated"),
        (Some("W1"), "A1", TOTAL, "repeated"),
        (Some("A1"), "A2", TOTAL, "surplus"),
        (Some("A1"), "", TOTAL, "contradiction"),
        (None, "A1", TOTAL, "contradiction"),
        (None, "A1", "1", "amount_mismatch"),
    ] {
        let db = TestDb::with_fixture().await;
        db.exec("UPDATE shop_pg_adapters SET field_approval_no = 'apprNo'")
            .await;
        let mut conn = db.conn_as_gateway().await;
        order(&db, &mut conn, "T1").await;
        let paid = WalletMessage::paid("T1", "OLD", TOTAL);
        settle(&mut conn, "notify", &paid).await.unwrap();
        let kept = kept.map_or("NULL".to_owned(), |number| format!("'{number}'"));
        db.without_triggers().await;
        db.exec(&format!(
            "DELETE FROM shop_pg_messages;
             UPDATE shop_payments SET pg = 'adopted', merchant_id = 'adopted', pg_tx = 'order 1', status = 'adopted',
                 approval_no = {kept}, order_number = NULL"
        ))
        .await;
        let message = WalletMessage::paid("T1", "W1", amount).with("apprNo", approval);
        let answer = settle(&mut conn, "notify", &message).await.unwrap();
        let what = format!("{kept}, {approval}, {amount}");
        assert_eq!(answer.first().str("verdict"), right, "{what}");
        let refunds = db
            .int("SELECT COUNT(*) FROM shop_pg_duties WHERE duty = 'refund'")
            .await;
        let refund = matches!(right, "surplus" | "amount_mismatch");
        assert_eq!(refunds, i64::from(refund), "{what}");
        db.assert_audit_finds_contradictions(usize::from(right == "contradiction"))
            .await;
    }
}
