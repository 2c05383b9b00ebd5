//! `select_gateway_keys`: which bearer keys the gateway lets in.

use std::collections::BTreeSet;

use crate::support::*;

#[tokio::test]
async fn it_gives_the_keys_that_are_not_revoked() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    db.exec(
        "INSERT INTO shop_keys (key_sha256, shop_id, key_label, create_date, revoked_at)
         VALUES (UNHEX(SHA2('revoked', 256)), 1, 'old', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)),
                (UNHEX(SHA2('for today', 256)), 2, 'ends', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL 1 DAY)",
    )
    .await;
    // A session east of Greenwich does not see a key end earlier.
    for zone in ["+00:00", "+09:00", "-11:00"] {
        conn.query_drop(format!("SET time_zone = '{zone}'"))
            .await
            .unwrap();
        let answer = db.call(&mut conn, "select_gateway_keys", ()).await.unwrap();
        assert_eq!(answer.first().int("key_count"), 3);
        assert_eq!(*answer.set(1).columns, ["shop_id", "key_sha256"]);
        let keys = answer
            .set(1)
            .rows
            .iter()
            .map(|row| (row.int("shop_id"), row.str("key_sha256")));
        let expected = [(1, SHOP_KEY), (2, SHOP_KEY_2), (2, "for today")]
            .map(|(shop, key)| (shop, sha256_hex(key)));
        assert_eq!(
            keys.collect::<BTreeSet<_>>(),
            expected.into_iter().collect()
        );
    }
}

#[tokio::test]
async fn it_gives_the_ticket_keys_that_have_not_ended_and_what_shops_say_about_browsers() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    for (shop, number) in [(1, "1"), (1, "2"), (1, "3"), (2, "1")] {
        db.store_ticket_key(shop, number, TICKET_KEY).await;
    }
    db.exec(
        "UPDATE shop_ticket_keys SET valid_until = UTC_TIMESTAMP(6) + INTERVAL CASE key_no WHEN 2 THEN 1 ELSE -1 END HOUR
         WHERE key_no > 1",
    )
    .await;
    for zone in ["+00:00", "+09:00", "-11:00"] {
        conn.query_drop(format!("SET time_zone = '{zone}'"))
            .await
            .unwrap();
        let answer = db.call(&mut conn, "select_gateway_keys", ()).await.unwrap();
        assert_eq!(answer.count(), 5);
        let keys = answer.set(2);
        let columns = ["shop_id", "key_no", "inner_block", "outer_block"];
        assert_eq!(*keys.columns, columns);
        let found = keys
            .rows
            .iter()
            .map(|row| (row.int("shop_id"), row.int("key_no")));
        assert_eq!(
            found.collect::<BTreeSet<_>>(),
            [(1, 1), (1, 2), (2, 1)].into_iter().collect()
        );
        let (inner, outer) = blocks(TICKET_KEY);
        for row in &keys.rows {
            assert_eq!(row.str("inner_block"), hex::encode(&inner));
            assert_eq!(row.str("outer_block"), hex::encode(&outer));
        }
        let shops = answer.set(3);
        let columns = ["shop_id", "allowed_origins_json", "expired_url"];
        assert_eq!(*shops.columns, columns);
        assert_eq!(shops.rows.len(), 2);
        let first = shops.rows.iter().find(|row| row.int("shop_id") == 1);
        let first = first.unwrap();
        assert_eq!(first.str("allowed_origins_json"), "[\"http://shop.test\"]");
        assert_eq!(
            first.str("expired_url"),
            "http://shop.test/error?code=TICKET_EXPIRED"
        );
        let accounts = answer.set(4);
        assert_eq!(*accounts.columns, ["pg", "merchant_id", "unread_url"]);
        let wallet = accounts.find("merchant_id", "M1");
        assert_eq!(wallet.str("pg"), "wallet");
        assert_eq!(
            wallet.str("unread_url"),
            "http://shop.test/error?code={code}"
        );
    }
}
