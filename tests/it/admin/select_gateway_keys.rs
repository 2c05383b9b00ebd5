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
