//! `shop_audit` about money and about the log of an order's status.

use super::shop_audit::Books;
use crate::support::*;

impl Books {
    /// What the audit says of the message about a transaction.
    async fn message_of(&self, transaction: &str) -> String {
        let sql = format!("SELECT MIN(seq_no) FROM shop_pg_messages WHERE pg_tx = '{transaction}'");
        format!("payment message {}", self.db.int(&sql).await)
    }

    /// What the audit says of the payment of a transaction.
    async fn payment_of(&self, transaction: &str) -> String {
        let sql = format!("SELECT seq_no FROM shop_payments WHERE pg_tx = '{transaction}'");
        format!("payment payment {}", self.db.int(&sql).await)
    }
}

#[tokio::test]
async fn payment_a_paid_order_without_exactly_one_payment_of_exactly_its_total() {
    let books = Books::new().await;
    let surplus = "SELECT seq_no FROM shop_pg_duties WHERE reason = 'surplus'";
    let surplus = format!("duty duty {}", books.db.int(surplus).await);
    let said = books.message_of("P5").await;
    let second = books.payment_of("P5").await;
    let first = books.message_of("P1").await;
    books
        .spoilt(
            "DELETE FROM shop_payments WHERE status = 'paid'",
            &[&first, "payment order {PAID}"],
        )
        .await;
    books
        .spoilt(
            "UPDATE shop_payments SET amount = amount - 0.01 WHERE status = 'paid'",
            &["payment order {PAID}"],
        )
        .await;
    books
        .spoilt(
            "UPDATE shop_payments SET status = 'paid' WHERE status = 'surplus'",
            &[
                &surplus,
                "order order {PAID}",
                &said,
                "payment order {PAID}",
                &second,
            ],
        )
        .await;
    // Two halves are not one payment.
    books
        .spoilt(
            "UPDATE shop_payments SET status = 'paid', amount = 32250 WHERE order_seq_no = {PAID}",
            &[
                &surplus,
                "order order {PAID}",
                &said,
                "payment order {PAID}",
                &second,
            ],
        )
        .await;
}

#[tokio::test]
async fn payment_it_is_not_where_its_order_or_its_message_says() {
    let books = Books::new().await;
    for order in ["PENDING", "FAILED", "EXPIRED", "RESTORED", "MISMATCH"] {
        let sql = format!(
            "INSERT INTO shop_payments (seq_no, shop_id, order_seq_no, pg, merchant_id, pg_tx, approval_no, amount, status,
                 result_code, result_msg, approved_at, create_date, update_date)
             SELECT 999, 1, seq_no, 'wallet', 'M1', 'PX', 'PX', total_payment, 'paid', '0000', '', '', UTC_TIMESTAMP(6),
                    UTC_TIMESTAMP(6) FROM shop_orders WHERE seq_no = {{{order}}}"
        );
        books
            .spoilt(
                &sql,
                &[&format!("payment order {{{order}}}"), "payment payment 999"],
            )
            .await;
    }
    let refused = books.message_of("P2").await;
    let refusal = "DELETE FROM shop_payments WHERE status = 'failed'";
    books.spoilt(refusal, &[&refused]).await;
    let duty = "SELECT seq_no FROM shop_pg_duties WHERE reason = 'unknown_order'";
    let duty = format!("duty duty {}", books.db.int(duty).await);
    let nobodys = books.message_of("P6").await;
    let unknown = "DELETE FROM shop_payments WHERE status = 'unknown_order'";
    books.spoilt(unknown, &[&duty, &nobodys]).await;
    let (second, said) = (books.payment_of("P5").await, books.message_of("P5").await);
    let moved = "UPDATE shop_payments SET order_seq_no = {FAILED} WHERE status = 'surplus'";
    books.spoilt(moved, &[&said, &second]).await;
    let duty = "SELECT seq_no FROM shop_pg_duties WHERE reason = 'late'";
    let duty = format!("duty duty {}", books.db.int(duty).await);
    let late = "SELECT seq_no FROM shop_payments WHERE status = 'late'";
    let late = format!("duty payment {}", books.db.int(late).await);
    let more = "UPDATE shop_pg_duties SET amount = amount + 1 WHERE reason = 'late'";
    books.spoilt(more, &[&duty, &late]).await;
    let other = "UPDATE shop_pg_duties SET duty_key = 'P1' WHERE reason = 'late'";
    books.spoilt(other, &[&duty]).await;
    let paid = books.payment_of("P1").await;
    let foreign = "UPDATE shop_payments SET shop_id = 2 WHERE status = 'paid'";
    books.db.exec(foreign).await;
    let found =
        "SELECT GROUP_CONCAT(invariant, ' ', subject, ' of shop ', shop_id) FROM v_audit_payment";
    assert_eq!(books.db.text(found).await, format!("{paid} of shop 2"));
}

#[tokio::test]
async fn duty_money_was_taken_and_is_not_owed_back() {
    let books = Books::new().await;
    for status in ["amount_mismatch", "late", "surplus", "unknown_order"] {
        let payment = format!("SELECT seq_no FROM shop_payments WHERE status = '{status}'");
        let payment = books.db.int(&payment).await;
        let sql = format!("DELETE FROM shop_pg_duties WHERE payment_seq_no = {payment}");
        books
            .spoilt(&sql, &[&format!("duty payment {payment}")])
            .await;
    }
    let reused = "UPDATE shop_payments SET status = 'approval_reused' WHERE status = 'late';
                  DELETE FROM shop_pg_duties WHERE reason = 'late'";
    let payment = "SELECT seq_no FROM shop_payments WHERE status = 'late'";
    let payment = books.db.int(payment).await;
    books
        .spoilt(
            reused,
            &[
                &format!("duty payment {payment}"),
                &books.message_of("P4").await,
                &format!("payment payment {payment}"),
            ],
        )
        .await;
    for (state, proof, reason) in [
        ("done", "R1", None),
        ("withdrawn", "", Some("goods were sent")),
    ] {
        let mut operator = books.db.conn_as_operator().await;
        for duty in 1..=4 {
            let close = (duty.to_string(), state, proof, reason);
            books
                .db
                .call(&mut operator, "update_adm_pg_duty", close)
                .await
                .unwrap();
        }
        assert_eq!(books.found().await, [""; 0], "{state} is as good as owed");
        books.put_back().await;
    }
}

#[tokio::test]
async fn duty_it_was_closed_or_opened_past_the_procedure() {
    let books = Books::new().await;
    let close = "CALL update_adm_pg_duty('1', 'done', 'R1', 'by transfer')";
    for (before, sql) in [
        (
            "DO 0",
            "UPDATE shop_pg_duties SET state = 'done', proof = 'R1', done_at = UTC_TIMESTAMP(6), closed_by = 'me' WHERE seq_no = 1",
        ),
        (
            "DO 0",
            "UPDATE shop_pg_duties SET state = 'withdrawn', close_reason = 'x', done_at = UTC_TIMESTAMP(6), closed_by = 'me' WHERE seq_no = 1",
        ),
        (
            close,
            "UPDATE shop_pg_duties SET state = 'owed', done_at = NULL WHERE seq_no = 1",
        ),
        (
            close,
            "UPDATE shop_pg_duties SET closed_by = NULL WHERE seq_no = 1",
        ),
        (
            close,
            "UPDATE shop_pg_duties SET proof = 'R2' WHERE seq_no = 1",
        ),
        (
            close,
            "UPDATE shop_pg_duties SET close_reason = 'other' WHERE seq_no = 1",
        ),
        // The words are those of the log, the state is not.
        (
            close,
            "UPDATE shop_pg_duties SET state = 'withdrawn' WHERE seq_no = 1",
        ),
        (close, "DELETE FROM shop_pg_duty_logs"),
        (
            "DO 0",
            "UPDATE shop_pg_duties SET proof = 'R1' WHERE seq_no = 1",
        ),
    ] {
        books
            .spoilt(&format!("{before}; {sql}"), &["duty duty 1"])
            .await;
    }
    // What a constraint stops is not found: it cannot be.
    for sql in [
        "UPDATE shop_pg_duties SET state = 'done', done_at = UTC_TIMESTAMP(6)",
        "UPDATE shop_pg_duties SET state = 'done', done_at = UTC_TIMESTAMP(6), proof = ''",
        "UPDATE shop_pg_duties SET state = 'withdrawn', done_at = UTC_TIMESTAMP(6)",
        "UPDATE shop_pg_duties SET state = 'closed', done_at = UTC_TIMESTAMP(6), proof = 'R1', close_reason = 'x'",
    ] {
        let error = query(&mut books.db.conn().await, sql).await.unwrap_err();
        assert!(matches!(error.errno, 3819 | 4025), "{sql}: {error}");
    }
}

#[tokio::test]
async fn log_the_status_was_changed_past_it() {
    let books = Books::new().await;
    books
        .spoilt(
            "UPDATE shop_orders SET order_status = 9 WHERE seq_no = {EXPIRED}",
            &["log order {EXPIRED}"],
        )
        .await;
    books
        .spoilt(
            "UPDATE shop_orders SET order_status = 2 WHERE seq_no = {PENDING}",
            &[
                "log order {PENDING}",
                "payment order {PENDING}",
                "reservation order {PENDING} lamp",
            ],
        )
        .await;
    books
        .spoilt(
            "DELETE FROM shop_order_logs WHERE order_seq_no = {PENDING}",
            &["log order {PENDING}"],
        )
        .await;
}

#[tokio::test]
async fn log_a_move_that_is_not_allowed_or_does_not_follow() {
    let books = Books::new().await;
    for (sql, log) in [
        // Nobody but a payment gateway may say that it is paid.
        (
            "UPDATE shop_order_logs SET actor = 'buyer' WHERE order_seq_no = {PAID} AND action = 'pay'",
            "action = 'pay'",
        ),
        (
            "UPDATE shop_order_logs SET action = 'wish' WHERE order_seq_no = {PAID} AND action = 'pay'",
            "action = 'wish'",
        ),
        (
            "UPDATE shop_order_logs SET from_status = 13 WHERE order_seq_no = {PAID} AND action = 'pay'",
            "action = 'pay'",
        ),
        (
            "DELETE FROM shop_order_logs WHERE order_seq_no = {PAID} AND action = 'order'",
            "action = 'pay'",
        ),
        (
            "DELETE FROM shop_order_transitions WHERE from_status = 1 AND action = 'pay'",
            "action = 'pay'",
        ),
    ] {
        // Which log row it is can be asked after the change only: its number stays.
        books.db.exec(&books.named(sql)).await;
        let log =
            format!("SELECT seq_no FROM shop_order_logs WHERE order_seq_no = {{PAID}} AND {log}");
        let log = books.db.int(&books.named(&log)).await;
        books.put_back().await;
        books
            .spoilt(sql, &[&format!("log order {{PAID}} log {log}")])
            .await;
    }
}

/// Header says: a payment without a paid order. One that names no order at all cannot be written.
#[tokio::test]
async fn payment_it_settles_an_order_that_does_not_exist() {
    let books = Books::new().await;
    let sql = |order: &str| {
        format!(
            "INSERT INTO shop_payments (shop_id, order_seq_no, pg, merchant_id, pg_tx, approval_no, amount, status,
                 result_code, result_msg, approved_at, create_date, update_date)
             VALUES (1, {order}, 'wallet', 'M1', 'PX', 'PX', 100, 'paid', '0000', '', '', UTC_TIMESTAMP(6),
                     UTC_TIMESTAMP(6))"
        )
    };
    let mut conn = books.db.conn().await;
    let error = query(&mut conn, &sql("NULL")).await.unwrap_err();
    assert!([4025, 3819].contains(&error.errno), "{error}");
    assert!(error.message.contains("ck_shop_payments_order"), "{error}");
    books.db.exec(&sql("9999")).await;
    let found = books.found().await;
    let payment = "SELECT seq_no FROM shop_payments WHERE pg_tx = 'PX'";
    let payment = format!("payment payment {}", books.db.int(payment).await);
    assert_eq!(found, [payment]);
}

/// A duty to ask is not a duty to pay, and a part is not the whole.
#[tokio::test]
async fn duty_what_is_owed_back_is_not_all_that_was_taken() {
    for sql in [
        "UPDATE shop_pg_duties SET amount = amount - 1 WHERE reason = 'late'",
        "UPDATE shop_pg_duties SET duty = 'lookup' WHERE reason = 'late'",
    ] {
        let books = Books::new().await;
        let payment = books
            .db
            .int("SELECT seq_no FROM shop_payments WHERE status = 'late'")
            .await;
        books.db.exec(sql).await;
        assert_eq!(
            books.found().await,
            [format!("duty payment {payment}")],
            "{sql}"
        );
    }
}

#[tokio::test]
async fn totals_lines_of_an_order_that_does_not_exist() {
    let books = Books::new().await;
    books
        .db
        .exec(
            "INSERT INTO shop_order_product (order_seq_no, line_no, shop_id, product_id, product_name, option_hash,
                 option_name, unit_price, quantity, line_amount, tax_type, delivery_policy_id, cart_seq_no)
             VALUES (9999, 1, 1, 'book', 'x', '__noopt__', '', 1, 1, 1, 'taxable', 1, 888)",
        )
        .await;
    let found = books.found().await;
    assert!(
        found.iter().any(|line| line.starts_with("totals ")),
        "{found:?}"
    );
}
