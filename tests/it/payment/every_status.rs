//! Every message in every status an order can have, by every channel: what is answered, what is recorded,
//! what is owed, and that everything adds up afterwards.

use super::statuses::{ALL, allow_every_move, order_in, settling};
use super::*;

/// What a test sends to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    /// Approved: right amount, a transaction never seen.
    Approved,
    /// The same approval twice.
    Repeated,
    /// The approval that had settled the order, once more.
    Settling,
    /// Two approvals with different transactions.
    Second,
    /// Refused.
    Refused,
    /// Refused twice with one transaction.
    RefusedAgain,
    /// Approved for one unit more.
    WrongAmount,
    /// Approved for something that is no amount.
    NoAmount,
    /// Approved without a transaction.
    NoTransaction,
    /// Approved with the transaction that paid another order.
    Foreign,
    /// Refused, then approved with the same transaction.
    RefusedThenApproved,
}

const CASES: [Case; 11] = [
    Case::Approved,
    Case::Repeated,
    Case::Settling,
    Case::Second,
    Case::Refused,
    Case::RefusedAgain,
    Case::WrongAmount,
    Case::NoAmount,
    Case::NoTransaction,
    Case::Foreign,
    Case::RefusedThenApproved,
];

/// The order that the foreign transaction has paid.
const OTHER: &str = "OTHER";
const OTHER_TX: &str = "PAID-OTHER";

/// When the wallet approved, according to every message of [`WalletMessage`].
const AUTH_DT: &str = "20261120120000";

fn is_open(status: i64) -> bool {
    matches!(status, 1 | 11 | 13)
}

fn is_settled(status: i64) -> bool {
    matches!(status, 2..=6)
}

/// The rule book, written apart from the procedures: verdict on one message, and what a buyer is told
/// (empty = all is well). `known` is what was said about this transaction before, `status` the order's.
fn expected(message: Case, known: Option<&str>, status: i64) -> (&'static str, &'static str) {
    let ended = if status == 10 {
        "ORDER_EXPIRED"
    } else {
        "STATE_NOT_ALLOWED"
    };
    match (message, known) {
        (Case::Refused, Some("failed")) => ("repeated", "PAYMENT_FAILED"),
        (Case::Refused, _) if is_open(status) => ("failed", "PAYMENT_FAILED"),
        (Case::Refused, _) if is_settled(status) => ("ignored", ""),
        (Case::Refused, _) if status == 10 => ("ignored", "ORDER_EXPIRED"),
        (Case::Refused, _) => ("ignored", "PAYMENT_FAILED"),
        (Case::NoTransaction, _) => ("incomplete", "INVALID_INPUT"),
        (Case::Foreign, _) => ("contradiction", "DUPLICATE_APPROVAL"),
        (Case::Approved, Some("paid")) => ("repeated", ""),
        (Case::Approved, Some("surplus")) => ("repeated", "DUPLICATE_APPROVAL"),
        (Case::Approved, Some("late")) => ("repeated", ended),
        (Case::WrongAmount | Case::NoAmount, _) => ("amount_mismatch", "AMOUNT_MISMATCH"),
        // Refused, or out of time: its units are there, and nothing was done with its cart.
        (Case::Approved, _) if is_open(status) || matches!(status, 10 | 12) => ("paid", ""),
        (Case::Approved, _) if is_settled(status) => ("surplus", "DUPLICATE_APPROVAL"),
        (Case::Approved, _) => ("late", ended),
        other => panic!("{other:?} is made of simpler messages"),
    }
}

/// What a verdict leaves behind in the order's state.
fn apply(state: &mut State, verdict: &str, transaction: &str, amount: &str, number: &str) {
    let refund = |reason: &str| format!("refund {transaction} {amount} {reason} owed");
    let payment = format!("{transaction} {verdict} {amount}");
    match verdict {
        "paid" => {
            let failed = format!("{transaction} failed {amount}");
            state.payments.retain(|known| *known != failed);
            state.payments.push(payment);
            let action = if is_open(state.status) {
                "pay"
            } else {
                "revive"
            };
            if action == "revive" {
                state.free -= 1;
            }
            state.units = "sold".to_owned();
            state.status = 2;
            state.log.push(format!("{action} pg 2"));
        }
        "failed" => state.payments.push(payment),
        "amount_mismatch" if amount == "0.00" => {
            state.payments.push(payment);
            state
                .duties
                .push(format!("lookup {transaction} 0.00 amount_mismatch owed"));
        }
        "amount_mismatch" | "surplus" | "late" => {
            let failed = format!("{transaction} failed {amount}");
            state.payments.retain(|known| *known != failed);
            state.payments.push(payment);
            state.duties.push(refund(verdict));
        }
        "incomplete" => {
            let key = said(&format!("order {number}"), &[number, amount, "", AUTH_DT]);
            state
                .duties
                .push(format!("lookup {key} {amount} incomplete owed"));
        }
        "contradiction" => {
            let key = said(transaction, &[number, amount, transaction]);
            state
                .duties
                .push(format!("lookup {key} {amount} contradiction owed"));
        }
        "repeated" | "ignored" => {}
        other => panic!("no rule for the verdict {other}"),
    }
    if matches!(verdict, "failed" | "amount_mismatch") && is_open(state.status) {
        state.status = 12;
        state.units = "released".to_owned();
        state.free += 1;
        state.log.push("fail pg 12".to_owned());
    }
}

/// One order with its messages.
struct Scene<'a> {
    db: &'a TestDb,
    channel: &'a str,
    number: String,
    order_key: String,
    state: State,
    messages: Vec<String>,
    /// What was decided about each transaction so far.
    known: Vec<(String, &'static str)>,
    what: String,
}

impl Scene<'_> {
    /// Sends one message, and compares everything with the rule book.
    async fn send(&mut self, conn: &mut Conn, case: Case, transaction: &str) {
        let what = format!("{}: {case:?} {transaction}", self.what);
        let (sent, amount) = match case {
            Case::WrongAmount => ("10001", "10001.00"),
            Case::NoAmount => ("10,000", "0.00"),
            _ => (TOTAL, "10000.00"),
        };
        let message = match case {
            Case::Refused => WalletMessage::failed(&self.number, transaction, sent),
            _ => WalletMessage::paid(&self.number, transaction, sent),
        };
        // What is no amount may be one that borrowed from its neighbours: a PG's message never has it.
        if case == Case::NoAmount {
            let error = settle(conn, self.channel, &message).await.expect_err(&what);
            error.expect_code("SIGNATURE_INVALID");
            assert_eq!(State::of(self.db, &self.number).await, self.state, "{what}");
            let recorded = messages(self.db, &self.number).await;
            assert_eq!(recorded, self.messages, "{what}");
            return;
        }
        let known = self.known.iter().rev().find(|(tx, _)| tx == transaction);
        let (verdict, code) = expected(case, known.map(|(_, verdict)| *verdict), self.state.status);
        apply(&mut self.state, verdict, transaction, amount, &self.number);
        self.messages
            .push(format!("{} {verdict} {transaction}", self.channel));
        if verdict != "repeated" && verdict != "ignored" {
            self.known.push((transaction.to_owned(), verdict));
        }

        let answer = settle(conn, self.channel, &message).await;
        let answer = answer.unwrap_or_else(|e| panic!("{what}: {e}"));
        self.check_answer(answer.first(), verdict, code, &what);
        assert_eq!(State::of(self.db, &self.number).await, self.state, "{what}");
        assert_eq!(
            messages(self.db, &self.number).await,
            self.messages,
            "{what}"
        );
    }

    fn check_answer(&self, row: &Row, verdict: &str, code: &str, what: &str) {
        let told = |name| row.opt(name).unwrap_or_else(|| "NULL".to_owned());
        let answer = ["http_status", "content_type", "body", "location"].map(told);
        // A second payment is given back; to its buyer the order is paid.
        let paid = code.is_empty()
            || is_settled(self.state.status)
                && code == "DUPLICATE_APPROVAL"
                && verdict != "contradiction";
        let page = match paid {
            true => paid_page(&self.order_key, &self.number),
            false => error_page(&self.order_key, &self.number, code),
        };
        let plain = "text/plain; charset=utf-8";
        let right = match self.channel {
            "return" => ["303", plain, "", &page],
            _ => ["200", "text/plain", "OK", "NULL"],
        };
        assert_eq!(answer, right, "{what}");
        let said = [
            "result",
            "order_key",
            "order_number",
            "order_status",
            "verdict",
        ]
        .map(told);
        let status = self.state.status.to_string();
        let right = ["OK", &self.order_key, &self.number, &status, verdict];
        assert_eq!(said, right, "{what}");
    }

    async fn play(&mut self, conn: &mut Conn, case: Case) {
        let tx = |end: &str| format!("{}-{end}", self.number);
        match case {
            Case::Approved | Case::Refused | Case::WrongAmount | Case::NoAmount => {
                let tx = tx("N");
                self.send(conn, case, &tx).await;
            }
            Case::NoTransaction => self.send(conn, case, "").await,
            Case::Foreign => self.send(conn, case, OTHER_TX).await,
            Case::Settling => {
                let tx = tx("SETTLED");
                self.send(conn, Case::Approved, &tx).await;
            }
            Case::Repeated => {
                let tx = tx("N");
                for _ in 0..3 {
                    self.send(conn, Case::Approved, &tx).await;
                }
                // A refusal of what was approved is news that comes too late.
                self.messages.push(format!("{} ignored {tx}", self.channel));
                let refused = WalletMessage::failed(&self.number, &tx, TOTAL);
                settle(conn, "notify", &refused).await.unwrap();
                if let Some(last) = self.messages.last_mut() {
                    *last = format!("notify ignored {tx}");
                }
                assert_eq!(
                    State::of(self.db, &self.number).await,
                    self.state,
                    "{}",
                    self.what
                );
            }
            Case::Second => {
                let (first, second) = (tx("N"), tx("O"));
                self.send(conn, Case::Approved, &first).await;
                self.send(conn, Case::Approved, &second).await;
                self.send(conn, Case::Approved, &first).await;
                self.send(conn, Case::Approved, &second).await;
            }
            Case::RefusedAgain => {
                let tx = tx("N");
                self.send(conn, Case::Refused, &tx).await;
                self.send(conn, Case::Refused, &tx).await;
            }
            Case::RefusedThenApproved => {
                let tx = tx("N");
                self.send(conn, Case::Refused, &tx).await;
                self.send(conn, Case::Approved, &tx).await;
                self.send(conn, Case::Approved, &tx).await;
            }
        }
    }
}

/// Every case in every one of these statuses, each with an order of its own.
async fn play(channel: &str, statuses: &[i64]) {
    let db = TestDb::with_fixture().await;
    allow_every_move(&db).await;
    let mut operator = db.conn_as_operator().await;
    let stock = (1, "book", NO_OPTION, "free", "1000", "for this test");
    call(&mut operator, "shop_stock_set", stock).await.unwrap();
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, OTHER).await;
    let paid = WalletMessage::paid(OTHER, OTHER_TX, TOTAL);
    settle(&mut conn, "notify", &paid).await.unwrap();
    let other = State::of(&db, OTHER).await;
    let mut sender = db.conn_as_gateway().await;
    let mut contradictions = 0;

    for &status in statuses {
        for case in CASES {
            let settled = matches!(status, 2..=6 | 8);
            if case == Case::Settling && !settled {
                continue;
            }
            let number = format!("S{status}-{case:?}");
            let order_key = order_in(&db, &mut conn, status, &number).await;
            let mut scene = Scene {
                db: &db,
                channel,
                order_key,
                state: State::of(&db, &number).await,
                messages: messages(&db, &number).await,
                known: settled
                    .then(|| (settling(&number), "paid"))
                    .into_iter()
                    .collect(),
                what: format!("{channel} in status {status}, {case:?}"),
                number,
            };
            scene.play(&mut sender, case).await;
            contradictions += usize::from(case == Case::Foreign);
            db.assert_audit_finds_contradictions(contradictions).await;
        }
    }
    // Nothing that was said about others has touched it, nor did anything go wrong unseen.
    assert_eq!(State::of(&db, OTHER).await.payments, other.payments);
    assert_eq!(State::of(&db, OTHER).await.duties, other.duties);
    assert_eq!(db.count("shop_error_log").await, 0);
}

const FIRST_HALF: [i64; 6] = [1, 2, 3, 4, 5, 6];
const SECOND_HALF: [i64; 7] = [7, 8, 9, 10, 11, 12, 13];

#[test]
fn no_status_is_left_out() {
    let mut played: Vec<i64> = FIRST_HALF.into_iter().chain(SECOND_HALF).collect();
    played.sort_unstable();
    assert_eq!(played, ALL);
}

#[tokio::test]
async fn a_return_says_the_right_thing_in_statuses_1_to_6() {
    play("return", &FIRST_HALF).await;
}

#[tokio::test]
async fn a_return_says_the_right_thing_in_statuses_7_to_13() {
    play("return", &SECOND_HALF).await;
}

#[tokio::test]
async fn a_notification_is_acknowledged_in_statuses_1_to_6() {
    play("notify", &FIRST_HALF).await;
}

#[tokio::test]
async fn a_notification_is_acknowledged_in_statuses_7_to_13() {
    play("notify", &SECOND_HALF).await;
}
