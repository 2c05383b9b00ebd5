//! Manual changes as people make them, several values at once. Each is stopped, or `shop_audit` finds it, or nobody can
//! tell it from what a routine would have written.

use super::hand_changes::Fate::{self, Found, Stopped, Unseen};
use super::hand_changes::{Audit, fate, scene};

const ORDERS: [(&str, &str, Fate); 34] = [
    ("a discount on a pending order", "UPDATE shop_orders SET discount_total = 1000, total_payment = total_payment - 1000,
         supply_amount = supply_amount - 1000 WHERE seq_no = {PENDING}", Found),
    ("points on a pending order", "UPDATE shop_orders SET point_used = 1000, total_payment = total_payment - 1000,
         supply_amount = supply_amount - 1000 WHERE seq_no = {PENDING}", Found),
    ("cash on a pending order", "UPDATE shop_orders SET cash_used = 1000, total_payment = total_payment - 1000,
         supply_amount = supply_amount - 1000 WHERE seq_no = {PENDING}", Found),
    ("a fee waived", "UPDATE shop_orders SET shipping_fee = 0, total_payment = total_payment - 3000,
         supply_amount = supply_amount - 3000, client_total = client_total - 3000 WHERE seq_no = {PENDING}", Found),
    ("a fee that is no longer part of the total", "UPDATE shop_orders SET shipping_fee = 0 WHERE seq_no = {PENDING}", Stopped),
    ("tax moved to the supply", "UPDATE shop_orders SET supply_amount = supply_amount + vat_amount, vat_amount = 0
         WHERE seq_no = {PAID}", Found),
    ("taxable goods declared free of tax", "UPDATE shop_orders SET tax_free_amount = supply_amount + vat_amount,
         supply_amount = 0, vat_amount = 0 WHERE seq_no = {PAID}", Found),
    ("a negative tax", "UPDATE shop_orders SET supply_amount = supply_amount + vat_amount + 1, vat_amount = -1
         WHERE seq_no = {PAID}", Stopped),
    ("a negative fee", "UPDATE shop_orders SET shipping_fee = -1, total_payment = total_payment - 3001,
         supply_amount = supply_amount - 3001 WHERE seq_no = {PENDING}", Stopped),
    ("another buyer", "UPDATE shop_orders SET user_id = 'u2' WHERE seq_no = {PENDING}", Found),
    ("another shop", "UPDATE shop_orders SET shop_id = 2 WHERE seq_no = {PAID}", Found),
    ("another shop, everywhere it may be changed", "UPDATE shop_orders SET shop_id = 2 WHERE seq_no = {PENDING};
         UPDATE shop_stock_reservations SET shop_id = 2 WHERE order_seq_no = {PENDING}", Found),
    ("another account at the payment gateway", "UPDATE shop_orders SET merchant_id = 'M2' WHERE seq_no = {PENDING}", Found),
    ("another currency", "UPDATE shop_orders SET currency = 'USD' WHERE seq_no = {PENDING}", Found),
    ("another receiver", "UPDATE shop_orders SET receiver_name = 'Somebody', address = 'Elsewhere' WHERE seq_no = {PAID}", Found),
    ("another number", "UPDATE shop_orders SET order_number = 'OTHER' WHERE seq_no = {PAID}", Found),
    ("the number of another order", "UPDATE shop_orders SET order_number = 'PAID' WHERE seq_no = {PENDING}", Stopped),
    ("another day", "UPDATE shop_orders SET order_date = order_date - INTERVAL 1 DAY WHERE seq_no = {PAID}", Found),
    ("a changed order, sealed with a guess", "UPDATE shop_orders SET user_id = 'u2', seal = 1 WHERE seq_no = {PAID}", Found),
    ("a changed order without its seal", "UPDATE shop_orders SET user_id = 'u2', seal = NULL WHERE seq_no = {PAID}", Found),
    ("pending to preparing", "UPDATE shop_orders SET order_status = 3 WHERE seq_no = {PENDING}", Stopped),
    ("paid to pending", "UPDATE shop_orders SET order_status = 1 WHERE seq_no = {PAID}", Stopped),
    ("paid to cancelled", "UPDATE shop_orders SET order_status = 9 WHERE seq_no = {PAID}", Stopped),
    ("failed to pending", "UPDATE shop_orders SET order_status = 1 WHERE seq_no = {FAILED}", Stopped),
    ("cancelled to paid", "UPDATE shop_orders SET order_status = 2, restored_at = NULL WHERE seq_no = {RESTORED}", Stopped),
    ("pending to paid, as the rules allow", "UPDATE shop_orders SET order_status = 2, paid_at = UTC_TIMESTAMP(6)
         WHERE seq_no = {PENDING}", Found),
    ("a move that was allowed for it", "INSERT INTO shop_order_transitions VALUES (1, 'cheat', 'dba', 8);
         UPDATE shop_orders SET order_status = 8 WHERE seq_no = {PENDING}", Found),
    ("a cart restored while the order can be paid", "UPDATE shop_orders SET restored_at = UTC_TIMESTAMP(6)
         WHERE seq_no = {PENDING}", Stopped),
    ("a cart said to be restored", "UPDATE shop_orders SET restored_at = UTC_TIMESTAMP(6) WHERE seq_no = {FAILED}", Found),
    ("a cart to be restored once more", "UPDATE shop_orders SET restored_at = NULL WHERE seq_no = {RESTORED}", Found),
    ("an approval that the payment does not have", "UPDATE shop_orders SET approval_no = 'P5' WHERE seq_no = {PAID}", Found),
    ("an approval of an order that was not paid", "UPDATE shop_orders SET approval_no = 'P2' WHERE seq_no = {FAILED}", Found),
    ("an order deleted", "DELETE FROM shop_orders WHERE seq_no = {EXPIRED}", Stopped),
    ("the deadline moved, with that of the holds", "UPDATE shop_orders SET expires_at = expires_at + INTERVAL 1 DAY
         WHERE seq_no = {PENDING}; UPDATE shop_stock_reservations SET expires_at = expires_at + INTERVAL 1 DAY
         WHERE order_seq_no = {PENDING}", Unseen),
];

const LINES_AND_STOCK: [(&str, &str, Fate); 26] = [
    ("a line's price", "UPDATE shop_order_product SET unit_price = 1, line_amount = quantity WHERE order_seq_no = {PENDING}", Stopped),
    ("a line's name", "UPDATE shop_order_product SET product_name = 'x' WHERE order_seq_no = {PENDING}", Stopped),
    ("a line taken out", "DELETE FROM shop_order_product WHERE order_seq_no = {PAID} AND line_no = 1", Stopped),
    ("a line put in", "INSERT INTO shop_order_product (order_seq_no, line_no, shop_id, product_id, product_name, option_hash, option_name,
         unit_price, quantity, line_amount, tax_type, delivery_policy_id, cart_seq_no) SELECT order_seq_no, 9, shop_id, product_id, product_name, option_hash,
         option_name, 0, 1, 0, tax_type, delivery_policy_id, 999 FROM shop_order_product WHERE order_seq_no = {PENDING}", Found),
    ("a line of no order", "INSERT INTO shop_order_product (order_seq_no, line_no, shop_id, product_id, product_name, option_hash, option_name,
         unit_price, quantity, line_amount, tax_type, delivery_policy_id, cart_seq_no) SELECT 9999, 1, shop_id, product_id, product_name, option_hash,
         option_name, 0, 1, 0, tax_type, delivery_policy_id, 999 FROM shop_order_product WHERE order_seq_no = {PENDING}", Found),
    ("units of a pending order given to others", "UPDATE shop_stock_reservations SET state = 'released' WHERE order_seq_no = {PENDING};
         UPDATE shop_stock SET free = free + 2 WHERE product_id = 'lamp'", Found),
    ("units of a paid order given to others", "UPDATE shop_stock_reservations SET state = 'released' WHERE order_seq_no = {PAID}
         AND option_hash = 'red'; UPDATE shop_stock SET free = free + 1 WHERE option_hash = 'red'", Found),
    ("more units held than ordered", "UPDATE shop_stock_reservations SET quantity = 3 WHERE order_seq_no = {PENDING};
         UPDATE shop_stock SET free = free - 1 WHERE product_id = 'lamp'", Found),
    ("a hold deleted, its units free", "DELETE FROM shop_stock_reservations WHERE order_seq_no = {PENDING};
         UPDATE shop_stock SET free = free + 2 WHERE product_id = 'lamp'", Found),
    ("a hold of no order", "INSERT INTO shop_stock_reservations VALUES (9999, 1, 'rice', '__noopt__', 0, 1, 'held',
         UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)); UPDATE shop_stock SET free = free - 1 WHERE product_id = 'rice'", Found),
    ("a hold on a slot that does not exist", "UPDATE shop_stock_reservations SET slot = 7 WHERE order_seq_no = {PENDING}", Found),
    ("a hold on another product", "UPDATE shop_stock_reservations SET product_id = 'book' WHERE order_seq_no = {PENDING};
         UPDATE shop_stock SET free = free + 2 WHERE product_id = 'lamp';
         UPDATE shop_stock SET free = free - 2 WHERE product_id = 'book'", Found),
    ("a hold of nothing", "UPDATE shop_stock_reservations SET quantity = 0 WHERE order_seq_no = {PENDING}", Stopped),
    ("a hold that ends before its order", "UPDATE shop_stock_reservations SET expires_at = UTC_TIMESTAMP(6) WHERE order_seq_no = {PENDING}", Found),
    ("units on the shelf that nobody booked", "UPDATE shop_stock SET free = free + 5 WHERE product_id = 'rice'", Found),
    ("less than nothing", "UPDATE shop_stock SET free = -1 WHERE product_id = 'rice'", Stopped),
    ("units moved to another option", "UPDATE shop_stock SET free = free + 1 WHERE option_hash = 'red';
         UPDATE shop_stock SET free = free - 1 WHERE option_hash = 'blue'", Found),
    ("a stock row with units deleted", "DELETE FROM shop_stock WHERE product_id = 'rice'", Found),
    ("a stock row of a hold deleted", "UPDATE shop_stock SET free = 0 WHERE product_id = 'lamp';
         INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
         VALUES (1, 'lamp', '__noopt__', -98, 'gone', 'dba', UTC_TIMESTAMP(6));
         DELETE FROM shop_stock WHERE product_id = 'lamp'", Found),
    ("a slot with units from nowhere", "INSERT INTO shop_stock VALUES (1, 'rice', '__noopt__', 1, 5, UTC_TIMESTAMP(6))", Found),
    ("a delivery that never came", "INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor,
         create_date) VALUES (1, 'rice', '__noopt__', 5, 'delivery', 'dba', UTC_TIMESTAMP(6))", Found),
    ("a booking written anew", "UPDATE shop_stock_ledger SET difference = difference + 5 WHERE product_id = 'rice'", Stopped),
    ("a booking deleted", "DELETE FROM shop_stock_ledger WHERE product_id = 'rice'", Stopped),
    ("units booked as shop_stock_set does", "UPDATE shop_stock SET free = free + 5 WHERE product_id = 'rice';
         INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
         VALUES (1, 'rice', '__noopt__', 5, 'delivery', 'dba', UTC_TIMESTAMP(6))", Unseen),
    ("an ordered row in the cart again", "INSERT INTO shop_cart (seq_no, shop_id, user_id, product_id, option_hash, quantity, create_date, update_date)
         SELECT l.cart_seq_no, l.shop_id, 'u1', l.product_id, l.option_hash,
         l.quantity, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM shop_order_product l WHERE l.order_seq_no = {PENDING}", Found),
    ("a product twice in a cart", "INSERT INTO shop_cart (shop_id, user_id, product_id, quantity, create_date, update_date)
         VALUES (1, 'u9', 'pen', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))", Found),
];

const MONEY: [(&str, &str, Fate); 37] = [
    ("the log written anew", "UPDATE shop_order_logs SET actor = 'pg' WHERE order_seq_no = {RESTORED}", Stopped),
    ("the log deleted", "DELETE FROM shop_order_logs WHERE order_seq_no = {RESTORED}", Stopped),
    ("a log row of no order", "INSERT INTO shop_order_logs (order_seq_no, log_date, from_status, to_status, action, actor, actor_name,
         log_message) VALUES (9999, UTC_TIMESTAMP(6), 0, 1, 'order', 'buyer', 'x', '')", Found),
    ("a move that did not happen", "INSERT INTO shop_order_logs (order_seq_no, log_date, from_status, to_status, action, actor,
         actor_name, log_message) VALUES ({PENDING}, UTC_TIMESTAMP(6), 1, 2, 'pay', 'pg', 'x', '')", Found),
    ("a move that nobody may make", "INSERT INTO shop_order_logs (order_seq_no, log_date, from_status, to_status, action, actor,
         actor_name, log_message) VALUES ({PENDING}, UTC_TIMESTAMP(6), 1, 1, 'look', 'dba', 'x', '')", Found),
    ("a message written anew", "UPDATE shop_pg_messages SET verdict = 'paid' WHERE verdict = 'late'", Stopped),
    ("a message deleted", "DELETE FROM shop_pg_messages WHERE verdict = 'late'", Stopped),
    ("a message that never came", "INSERT INTO shop_pg_messages (received_at, pg, merchant_id, channel, order_number, order_seq_no,
         pg_tx, verdict, fields_json) VALUES (UTC_TIMESTAMP(6), 'wallet', 'M1', 'notify', 'FAILED', {FAILED}, 'P9', 'paid', '{}')", Found),
    ("a message without a transaction that nobody looks up", "INSERT INTO shop_pg_messages (received_at, pg, merchant_id, channel,
         order_number, order_seq_no, pg_tx, verdict, fields_json)
         VALUES (UTC_TIMESTAMP(6), 'wallet', 'M1', 'notify', 'FAILED', {FAILED}, '', 'incomplete', '{}')", Found),
    ("the amount of a payment", "UPDATE shop_payments SET amount = amount - 1 WHERE status = 'paid'", Stopped),
    ("the transaction of a payment", "UPDATE shop_payments SET pg_tx = 'OTHER' WHERE status = 'late'", Stopped),
    ("the order of a payment", "UPDATE shop_payments SET order_seq_no = {FAILED} WHERE status = 'surplus'", Stopped),
    ("late money taken for paid", "UPDATE shop_payments SET status = 'paid' WHERE status = 'late'", Stopped),
    ("a status that does not exist", "UPDATE shop_payments SET status = 'fine' WHERE status = 'failed'", Stopped),
    ("a payment deleted", "DELETE FROM shop_payments WHERE status = 'late'", Stopped),
    ("a payment deleted with its duty", "DELETE FROM shop_pg_duties WHERE reason = 'late';
         DELETE FROM shop_payments WHERE status = 'late'", Stopped),
    ("a refusal turned into late money", "UPDATE shop_payments SET status = 'late' WHERE status = 'failed'", Found),
    ("a refusal turned into a payment", "UPDATE shop_payments SET status = 'paid', approval_no = 'P2' WHERE status = 'failed'", Found),
    ("an approval used by another transaction", "UPDATE shop_payments SET status = 'late', approval_no = 'P1' WHERE status = 'failed'", Stopped),
    ("a payment that no message speaks of", "INSERT INTO shop_payments (shop_id, order_seq_no, pg, merchant_id, pg_tx, approval_no, amount, status,
         result_code, result_msg, approved_at, create_date, update_date) VALUES (1, {FAILED}, 'wallet', 'M1', 'PX', NULL, 100,
         'failed', '', '', '', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))", Found),
    ("money of nothing", "INSERT INTO shop_payments (shop_id, order_seq_no, pg, merchant_id, pg_tx, approval_no, amount, status,
         result_code, result_msg, approved_at, create_date, update_date) VALUES (1, {PAID}, 'wallet', 'M1', 'PX', NULL, 0,
         'paid', '', '', '', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))", Stopped),
    ("a payment of no order", "INSERT INTO shop_payments (shop_id, order_seq_no, pg, merchant_id, pg_tx, approval_no, amount, status,
         result_code, result_msg, approved_at, create_date, update_date) VALUES (1, NULL, 'wallet', 'M1', 'PX', NULL, 100,
         'paid', '', '', '', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))", Stopped),
    ("a payment without a transaction", "INSERT INTO shop_payments (shop_id, order_seq_no, pg, merchant_id, pg_tx, approval_no, amount, status,
         result_code, result_msg, approved_at, create_date, update_date) VALUES (1, {EXPIRED}, 'wallet', 'M1', NULL, NULL, 100,
         'late', '', '', '', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))", Stopped),
    ("an order paid by hand, all but the message", "INSERT INTO shop_payments (shop_id, order_seq_no, pg, merchant_id, pg_tx,
         approval_no, amount, status, result_code, result_msg, approved_at, create_date, update_date)
         SELECT 1, seq_no, pg, merchant_id, 'PX', 'PX', total_payment, 'paid', '0000', 'ok', '', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)
         FROM shop_orders WHERE seq_no = {PENDING};
         UPDATE shop_orders SET order_status = 2, approval_no = 'PX', approval_msg = 'ok', paid_at = UTC_TIMESTAMP(6)
         WHERE seq_no = {PENDING};
         UPDATE shop_stock_reservations SET state = 'sold' WHERE order_seq_no = {PENDING};
         INSERT INTO shop_order_logs (order_seq_no, log_date, from_status, to_status, action, actor, actor_name, log_message)
         VALUES ({PENDING}, UTC_TIMESTAMP(6), 1, 2, 'pay', 'pg', 'x', 'PX')", Found),
    ("done without a date", "UPDATE shop_pg_duties SET state = 'done' WHERE reason = 'late'", Stopped),
    ("owed with a date", "UPDATE shop_pg_duties SET done_at = UTC_TIMESTAMP(6) WHERE reason = 'late'", Stopped),
    ("less owed", "UPDATE shop_pg_duties SET amount = 1 WHERE reason = 'late'", Stopped),
    ("asked instead of paid back", "UPDATE shop_pg_duties SET duty = 'lookup' WHERE reason = 'late'", Stopped),
    ("another transaction to be paid back", "UPDATE shop_pg_duties SET duty_key = 'P1' WHERE reason = 'late'", Stopped),
    ("a duty deleted", "DELETE FROM shop_pg_duties WHERE reason = 'late'", Stopped),
    ("the payment that settled an order to be paid back", "INSERT INTO shop_pg_duties (shop_id, order_seq_no, payment_seq_no, pg,
         merchant_id, duty, duty_key, amount, reason, state, due_at, next_try_at, create_date)
         SELECT shop_id, order_seq_no, seq_no, pg, merchant_id, 'refund', pg_tx, amount, 'surplus', 'owed', UTC_TIMESTAMP(6),
                UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM shop_payments WHERE status = 'paid'", Found),
    ("a refund of no payment", "INSERT INTO shop_pg_duties (shop_id, order_seq_no, payment_seq_no, pg,
         merchant_id, duty, duty_key, amount, reason, state, due_at, next_try_at, create_date)
         VALUES (1, {PAID}, NULL, 'wallet', 'M1', 'refund', 'PX', 100, 'late', 'owed', UTC_TIMESTAMP(6),
                UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))", Found),
    ("a duty of an order of another shop", "INSERT INTO shop_pg_duties (shop_id, order_seq_no, payment_seq_no, pg,
         merchant_id, duty, duty_key, amount, reason, state, due_at, next_try_at, create_date)
         VALUES (2, {PAID}, NULL, 'wallet', 'M1', 'lookup', 'PX', 100, 'late', 'owed', UTC_TIMESTAMP(6),
                UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))", Found),
    ("more to be paid back than was paid", "INSERT INTO shop_pg_duties (shop_id, order_seq_no, payment_seq_no, pg,
         merchant_id, duty, duty_key, amount, reason, state, due_at, next_try_at, create_date)
         SELECT shop_id, order_seq_no, seq_no, pg, merchant_id, 'refund', CONCAT(pg_tx, 'x'), amount + 1, 'surplus', 'owed',
                UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM shop_payments WHERE status = 'late'", Found),
    ("a negative duty", "INSERT INTO shop_pg_duties (shop_id, order_seq_no, payment_seq_no, pg,
         merchant_id, duty, duty_key, amount, reason, state, due_at, next_try_at, create_date)
         VALUES (1, {PAID}, NULL, 'wallet', 'M1', 'lookup', 'PX', -1, 'late', 'owed', UTC_TIMESTAMP(6),
                UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))", Stopped),
    ("a duty closed with a date", "UPDATE shop_pg_duties SET state = 'done', done_at = UTC_TIMESTAMP(6) WHERE reason = 'late'", Stopped),
    ("a duty closed with a date and a proof", "UPDATE shop_pg_duties SET state = 'done', done_at = UTC_TIMESTAMP(6), proof = 'R1', closed_by = 'me'
         WHERE reason = 'late'", Found),
];

async fn each(list: &[(&str, &str, Fate)]) {
    let books = scene().await;
    let mut conn = books.db.conn().await;
    let mut audit = Audit::new();
    let mut wrong = Vec::new();
    for (words, sql, expected) in list {
        let got = fate(&mut conn, &mut audit, &books.named(sql)).await;
        if got != Some(*expected) {
            wrong.push(format!("{words}: {got:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Every try was taken back.
    assert_eq!(books.found().await, [""; 0]);
}

#[tokio::test]
async fn orders() {
    each(&ORDERS).await;
}

#[tokio::test]
async fn lines_and_stock() {
    each(&LINES_AND_STOCK).await;
}

#[tokio::test]
async fn logs_payments_and_duties() {
    each(&MONEY).await;
}
