//! Points and cash: how a member gets them, what an order may use, and what becomes of them with the order.

mod adjust_adm_credits;
mod complete;
mod expire;
mod held;
mod kept;
mod select_shop_credits;
mod spread;
mod user_cash;

use crate::support::*;

/// Gives a member of shop 1 points or cash, for so many days or for ever.
pub async fn give(db: &TestDb, user: &str, kind: &str, amount: &str, days: Option<&str>) {
    let entries = db.count("shop_credit_ledger").await;
    let params = (
        1,
        kind,
        format!(r#"["{user}"]"#),
        amount,
        days,
        format!("test-{entries}"),
        "test",
    );
    let mut conn = db.conn_as_operator().await;
    let given = call(&mut conn, "adjust_adm_credits", params).await.unwrap();
    assert_eq!(given.first().int("adjusted_count"), 1);
}

/// `points cash` that a member of shop 1 has, as the accounts say.
pub async fn has(db: &TestDb, user: &str) -> String {
    db.text(&format!(
        "SELECT CONCAT_WS(' ',
             COALESCE((SELECT balance FROM shop_credit_accounts
                       WHERE shop_id = 1 AND user_id = '{user}' AND kind = 'point'), 0) + 0,
             COALESCE((SELECT balance FROM shop_credit_accounts
                       WHERE shop_id = 1 AND user_id = '{user}' AND kind = 'cash'), 0) + 0)"
    ))
    .await
    .replace(".00", "")
}

/// The entries of an order: `action kind amount`, in their order.
pub async fn entries(db: &TestDb, number: &str) -> Vec<String> {
    let rows = db
        .rows(&format!(
            "SELECT CONCAT_WS(' ', e.action, e.kind, e.amount) AS entry FROM shop_credit_ledger e
             JOIN shop_orders o ON o.seq_no = e.order_seq_no
             WHERE o.order_number = '{number}' ORDER BY e.entry_no"
        ))
        .await;
    rows.iter()
        .map(|row| row.str("entry").replace(".00", ""))
        .collect()
}

/// An order of one book, 10,000, with these points and this cash.
pub async fn book(db: &TestDb, number: &str, user: &str, points: u32, cash: u32) -> OrderCall {
    let cart_id = db.add_cart(1, user, "book", NO_OPTION, 1).await;
    let some = |amount: u32| (amount > 0).then(|| amount.to_string());
    OrderCall::new(number, &[cart_id])
        .user(1, user)
        .points(some(points).as_deref())
        .cash(some(cash).as_deref())
        .client_total(&(10_000 - points - cash).to_string())
}

/// Parameters of a quote of these rows of u1.
pub fn quote(ids: &[i64], points: Option<&str>, cash: Option<&str>) -> Params {
    let none = None::<&str>;
    let ids = serde_json::json!(ids).to_string();
    (1, "u1", ids, none, none, points, none, none, cash, none).into()
}
