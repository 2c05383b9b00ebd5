//! `update_adm_ticket_key`: the keys with which shops sign tickets.

use crate::support::*;

type Params = (u32, &'static str, Option<&'static str>, Option<String>);

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const OTHER: &str = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

async fn store(db: &TestDb, params: Params) -> Result<Sets, CallError> {
    let mut conn = db.conn_as_operator().await;
    db.call(&mut conn, "update_adm_ticket_key", params).await
}

#[tokio::test]
async fn what_is_stored_are_the_two_blocks_that_hmac_makes_of_the_key() {
    let db = TestDb::with_fixture().await;
    let longest = "a5".repeat(64);
    let odd = format!("{}AbCd", "00ff5c36".repeat(9));
    for (number, key) in [("1", KEY), ("2", longest.as_str()), ("255", odd.as_str())] {
        db.store_ticket_key(1, number, key).await;
        let row = db
            .row(&format!(
                "SELECT LOWER(HEX(inner_block)) AS i, LOWER(HEX(outer_block)) AS o
                 FROM shop_ticket_keys WHERE shop_id = 1 AND key_no = {number} AND valid_until IS NULL"
            ))
            .await;
        let (inner, outer) = blocks(key);
        assert_eq!(row.str("i"), hex::encode(inner));
        assert_eq!(row.str("o"), hex::encode(outer));
    }
    // The key itself is nowhere, neither as text nor as bytes.
    let kept = db.snapshot().await;
    assert!(!kept.contains(KEY));
    let all =
        "SELECT HEX(CONCAT(inner_block, outer_block)) AS b FROM shop_ticket_keys WHERE key_no = 1";
    assert!(!db.text(all).await.to_lowercase().contains(KEY));
    assert_eq!(db.count("shop_error_log").await, 0);
}

#[tokio::test]
async fn a_number_is_used_for_one_key_which_can_be_ended_and_taken_up_again() {
    let db = TestDb::with_fixture().await;
    let end = Some("2031-02-03 04:05:06".to_owned());
    let answer = store(&db, (1, "1", Some(KEY), None)).await.unwrap();
    assert_eq!(*answer.set(0).columns, ["result", "key_no", "valid_until"]);
    assert_eq!(answer.first().str("result"), "OK");
    store(&db, (1, "7", Some(OTHER), None)).await.unwrap();
    store(&db, (2, "1", Some(OTHER), None)).await.unwrap();
    let blocks =
        "SELECT GROUP_CONCAT(HEX(inner_block) ORDER BY shop_id, key_no) FROM shop_ticket_keys";
    let before = db.text(blocks).await;
    for (params, field, detail) in [
        (
            (1, "1", Some(OTHER), None),
            "key_no",
            "another key has this number",
        ),
        (
            (1, "2", None, end.clone()),
            "key_no",
            "no key has this number",
        ),
        ((2, "7", None, None), "key_no", "no key has this number"),
    ] {
        let error = store(&db, params).await.unwrap_err();
        error.expect_code("INVALID_INPUT");
        assert_eq!(
            (
                error.row().str("field").as_str(),
                error.row().str("detail").as_str()
            ),
            (field, detail)
        );
    }
    // The same again, in either case of its digits, changes nothing but the end.
    for (key, until, valid) in [
        (Some(KEY), None, 1),
        (None, end.clone(), 1),
        (None, Some("2031-02-03T04:05:06.7Z".to_owned()), 1),
        (None, Some("2001-02-03 04:05:06".to_owned()), 0),
        (
            Some("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"),
            None,
            1,
        ),
    ] {
        let answer = store(&db, (1, "1", key, until)).await.unwrap();
        assert_eq!(
            *answer.set(1).columns,
            ["key_no", "valid_until", "is_valid"]
        );
        let listed: Vec<_> = answer
            .set(1)
            .rows
            .iter()
            .map(|row| (row.int("key_no"), row.int("is_valid")))
            .collect();
        assert_eq!(listed, [(1, valid), (7, 1)]);
    }
    assert_eq!(db.text(blocks).await, before);
}

#[tokio::test]
async fn what_cannot_be_a_key_is_refused_and_never_written_down() {
    let db = TestDb::with_fixture().await;
    let before = db.snapshot().await;
    let long: &'static str = Box::leak("ab".repeat(65).into_boxed_str());
    for (params, field) in [
        ((1, "0", Some(KEY), None), "key_no"),
        ((1, "256", Some(KEY), None), "key_no"),
        ((1, "01", Some(KEY), None), "key_no"),
        ((1, "", Some(KEY), None), "key_no"),
        ((1, "1 ", Some(KEY), None), "key_no"),
        ((1, "1", Some(&KEY[2..]), None), "key_hex"),
        ((1, "1", Some(&KEY[1..]), None), "key_hex"),
        (
            (
                1,
                "1",
                Some("demo-ticket-key-demo-ticket-key-demo-ticket-key-demo-ticket-key!"),
                None,
            ),
            "key_hex",
        ),
        ((1, "1", Some(long), None), "key_hex"),
        (
            (1, "1", Some(KEY), Some("tomorrow".to_owned())),
            "valid_until",
        ),
        (
            (1, "1", Some(KEY), Some("2031-02-30 00:00:00".to_owned())),
            "valid_until",
        ),
        (
            (1, "1", Some(KEY), Some("2031-02-03 25:00:00".to_owned())),
            "valid_until",
        ),
    ] {
        let error = store(&db, params.clone()).await.unwrap_err();
        error.expect_code("INVALID_INPUT");
        assert_eq!(error.row().str("field"), field, "{params:?}");
    }
    store(&db, (9, "1", Some(KEY), None))
        .await
        .unwrap_err()
        .expect_code("SHOP_NOT_FOUND");
    assert!(db.snapshot().await == before);
    // Also an error that nobody expected is logged without it.
    db.exec("ALTER TABLE shop_ticket_keys RENAME TO away").await;
    store(&db, (1, "1", Some(KEY), None)).await.unwrap_err();
    let log = db.row("SELECT * FROM shop_error_log").await;
    let words = format!("{log:?}").to_lowercase();
    assert!(words.contains("update_adm_ticket_key"), "{words}");
    assert!(!words.contains(&KEY[..16]), "{words}");
}
