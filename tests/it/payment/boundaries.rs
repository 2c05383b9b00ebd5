//! What an adapter may be changed to while orders are under way.

use super::*;

#[tokio::test]
async fn a_hash_without_the_key_in_it_cannot_be_configured() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn().await;
    let error = query(
        &mut conn,
        "UPDATE shop_pg_adapters SET hash_template = REPLACE(hash_template, '|{key}', '')",
    )
    .await
    .unwrap_err();
    assert_eq!(error.code(), "ADAPTER_NOT_PROVEN");
    let error = query(&mut conn, "UPDATE shop_pg_adapters SET secret_key = ''")
        .await
        .unwrap_err();
    assert!(matches!(error.errno, 3819 | 4025), "{}", error.errno);
}

#[tokio::test]
async fn a_shop_can_move_to_another_account_while_messages_for_the_old_one_still_count() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    db.exec("UPDATE shop_pg_adapters SET is_enabled = 0").await;
    db.copy_adapter(1, "M9").await;
    db.exec("UPDATE shop_pg_adapters SET is_enabled = 1 WHERE merchant_id = 'M9'")
        .await;
    order(&db, &mut conn, "T2").await;
    let accounts = "SELECT GROUP_CONCAT(merchant_id ORDER BY seq_no) FROM shop_orders";
    assert_eq!(db.text(accounts).await, "M1,M9");
    let old = settle(&mut conn, "notify", &WalletMessage::paid("T1", "W1", TOTAL))
        .await
        .unwrap();
    assert_eq!(old.first().str("verdict"), "paid");
    // Two accounts that take new orders would leave open which one does.
    let mut admin = db.conn().await;
    let error = query(&mut admin, "UPDATE shop_pg_adapters SET is_enabled = 1")
        .await
        .unwrap_err();
    assert_eq!(error.errno, 1062);
}
