//! Which adapters can be stored: those whose patterns prove every border.

use super::*;

/// What is wrong with an adapter that differs from the sandbox's wallet in this.
async fn fault(conn: &mut Conn, set: &str) -> Option<String> {
    let sql = format!("UPDATE shop_pg_adapters SET {set} WHERE merchant_id = 'M1'");
    let stored = query(conn, &sql).await;
    let fault = query(conn, "SELECT @jumun_adapter_fault AS x")
        .await
        .unwrap();
    match stored {
        Ok(_) => None,
        Err(error) => {
            assert_eq!(error.code(), "ADAPTER_NOT_PROVEN");
            Some(fault.first().str("x"))
        }
    }
}

#[tokio::test]
async fn an_adapter_that_leaves_a_border_open_is_refused_and_the_fault_is_named() {
    let db = TestDb::with_fixture().await;
    db.exec(JOINED_WALLET).await;
    let before = db.snapshot().await;
    let mut conn = db.conn().await;
    let less = "has no pattern, or one that says too little";
    let ours = "a hash that we send with a payment request would fit a message";
    let open =
        |one: &str, other: &str| format!("nothing proves where {one} ends and {other} begins");
    for (set, right) in [
        // Patterns that say too little.
        ("pattern_pg_tx = '.+'", format!("trdNo {less}")),
        ("pattern_pg_tx = ''", format!("trdNo {less}")),
        ("pattern_pg_tx = 'W[0-9a-f]+'", format!("trdNo {less}")),
        ("pattern_pg_tx = 'W[0-9a-f]{3,}'", format!("trdNo {less}")),
        ("pattern_pg_tx = '(W|X)[0-9]{9}'", format!("trdNo {less}")),
        ("pattern_pg_tx = 'W[9-0]{9}'", format!("trdNo {less}")),
        ("pattern_pg_tx = 'W[0-9]{0}'", format!("trdNo {less}")),
        ("pattern_pg_tx = 'W[0-9]{9,3}'", format!("trdNo {less}")),
        (
            "pattern_pg_tx = 'W[0-9[:space:]]{9}'",
            format!("trdNo {less}"),
        ),
        ("pattern_pg_tx = 'W\\\\d{9}'", format!("trdNo {less}")),
        ("pattern_result_code = ''", format!("rsltCd {less}")),
        (
            "pattern_approved_at = '[0-9]{14}|'",
            format!("authDt {less}"),
        ),
        // Borders that nothing proves.
        (
            "pattern_result_code = '[0-9]{2,4}'",
            open("rsltCd", "mTrdNo"),
        ),
        ("pattern_pg_tx = '[0-9a-f]{33}'", open("mTrdNo", "trdNo")),
        (
            "pattern_pg_tx = 'W[0-9a-f]{31,32}'",
            open("trdNo", "trdAmt"),
        ),
        // The letter may come again behind it, and in an order number before it.
        ("pattern_pg_tx = 'W[0-9a-fW]{32}'", open("mTrdNo", "trdNo")),
        ("pattern_pg_tx = 'W{2}[0-9]{30}'", open("mTrdNo", "trdNo")),
        ("pattern_pg_tx = 'W{0,1}[0-9]{32}'", open("mTrdNo", "trdNo")),
        (
            "pattern_approved_at = '[0-9]{0,14}'",
            open("trdAmt", "authDt"),
        ),
        (
            "hash_template = '{rsltCd}{mTrdNo}{trdNo}{trdAmt}.{authDt}{mId}{key}', pattern_approved_at = '[0-9.]{3,9}'",
            open("trdAmt", "."),
        ),
        (
            "hash_template = '{mTrdNo}{rsltCd}{trdNo}{trdAmt}{key}', pattern_result_code = '[0-9A-Z]{4,5}'",
            open("mTrdNo", "rsltCd"),
        ),
        // What is not hashed anybody can write.
        (
            "hash_template = '{mTrdNo}|{trdNo}|{trdAmt}|{key}'",
            "field_result_code is not in hash_template".to_owned(),
        ),
        (
            "hash_template = '{rsltCd}|{trdNo}|{trdAmt}|{key}'",
            "field_order_number is not in hash_template".to_owned(),
        ),
        (
            "hash_template = '{rsltCd}|{mTrdNo}|{trdNo}|{key}'",
            "field_amount is not in hash_template".to_owned(),
        ),
        (
            "hash_template = '{rsltCd}|{mTrdNo}|{trdAmt}|{key}'",
            "field_pg_tx is not in hash_template".to_owned(),
        ),
        (
            "field_approval_no = 'apprNo'",
            "field_approval_no is not in hash_template".to_owned(),
        ),
        (
            "hash_template = '{rsltCd}{mTrdNo}{trdNo}{trdAmt}{authDt}{mId}'",
            "key is not in hash_template".to_owned(),
        ),
        (
            "hash_template = '{rsltCd}{mTrdNo}{trdNo}{trdAmt}{authDt}{extra}{mId}{key}'",
            format!("extra {less}"),
        ),
        // Not a template, not an adapter that could approve, not JSON.
        (
            "hash_template = '{rsltCd}{}{mTrdNo}{trdNo}{trdAmt}{key}'",
            "hash_template has a brace without a name, or too many".to_owned(),
        ),
        (
            "hash_template = '{rsltCd}{mTrdNo}{trdNo}{trdAmt}{key'",
            "hash_template has a brace without a name, or too many".to_owned(),
        ),
        (
            "hash_template = '{rsltCd}[{mTrdNo}]{trdNo}{trdAmt}{key}'",
            "hash_template has a bracket, a brace or a control character between fields".to_owned(),
        ),
        (
            "success_code = 'OK'",
            "success_code does not match pattern_result_code".to_owned(),
        ),
        (
            "pattern_others_json = '[]'",
            "pattern_others_json is no JSON object".to_owned(),
        ),
        (
            "pattern_others_json = 'x'",
            "pattern_others_json is not JSON".to_owned(),
        ),
        (
            "pattern_pg_tx = 'W[ 0-9a-f]{32}'",
            "trdNo may hold a blank: the engines pass over one at the end".to_owned(),
        ),
        // A buyer sees the hash of the request: with such an account it would be that of a message.
        ("merchant_id = '0000'", ours.to_owned()),
        (
            "request_hash_template = '{order_number}{amount}{merchant_id}{key}'",
            ours.to_owned(),
        ),
        // A first or last field that may be missing tells nothing apart, nor does a key in the middle.
        (
            "hash_template = '{extra}{mId}{rsltCd}{mTrdNo}{trdNo}{trdAmt}{authDt}{key}',
             pattern_others_json = '{\"extra\":\"[0-9]{0,4}\"}'",
            ours.to_owned(),
        ),
        (
            "hash_template = '{rsltCd}{mTrdNo}{trdNo}{trdAmt}{authDt}{mId}{extra}{key}',
             pattern_others_json = '{\"extra\":\"[A-F]{0,4}\"}',
             request_hash_template = '{amount}{order_number}{merchant_id}{amount}{key}'",
            ours.to_owned(),
        ),
        (
            "hash_template = '{rsltCd}{key}{mTrdNo}{trdNo}{trdAmt}{authDt}{mId}'",
            ours.to_owned(),
        ),
    ] {
        assert_eq!(fault(&mut conn, set).await, Some(right), "{set}");
    }
    assert_eq!(db.snapshot().await, before);
    // Another row by hand is no way around.
    let copy = "INSERT INTO shop_pg_adapters (pg, merchant_id, shop_id, is_enabled, pay_type, secret_key, request_method,
            request_url, request_fields_json, request_hash_template, field_order_number, field_pg_tx, field_approval_no,
            field_amount, field_result_code, field_result_message, field_approved_at, field_merchant_id, field_hash,
            hash_template, pattern_pg_tx, pattern_approved_at, success_code, ack_content_type, ack_body, read_pattern)
        SELECT pg, 'M7', 2, is_enabled, pay_type, secret_key, request_method, request_url, request_fields_json,
            request_hash_template, field_order_number, field_pg_tx, field_approval_no, field_amount, field_result_code,
            field_result_message, field_approved_at, field_merchant_id, field_hash, hash_template, pattern_pg_tx,
            pattern_approved_at, success_code, ack_content_type, ack_body, read_pattern FROM shop_pg_adapters";
    let error = query(&mut conn, copy).await.unwrap_err();
    assert_eq!(error.code(), "ADAPTER_NOT_PROVEN");
}

#[tokio::test]
async fn patterns_may_be_said_in_more_than_one_way() {
    let db = TestDb::with_fixture().await;
    db.exec(JOINED_WALLET).await;
    let mut conn = db.conn().await;
    for set in [
        "pattern_pg_tx = 'W[0-9a-f]{12}'",
        "pattern_pg_tx = 'PG-[0-9]{8}W[0-9]{2}'",
        "pattern_pg_tx = 'TXN:[0-9]{8}'",
        "pattern_result_code = 'R[0-9]{3}', success_code = 'R000'",
        // An amount of one length needs no letter behind it.
        "pattern_pg_tx = '[0-9a-f]{33}', pattern_others_json = '{\"trdAmt\":\"[0-9]{12}\"}'",
        "pattern_approved_at = 'D[0-9]{0,14}', pattern_pg_tx = 'W[0-9]{9}', pattern_others_json = '{}'",
        "hash_template = '{rsltCd}~{mTrdNo}~{trdNo}~{trdAmt}~{key}', pattern_pg_tx = '[^~ ]{0,40}'",
        "hash_template = '{key}/{rsltCd}/{mTrdNo}/{trdNo}/{trdAmt}', pattern_pg_tx = '[^/ ]{1,40}'",
        "request_hash_template = ''",
        "request_hash_template = '{order_number}{amount}'",
    ] {
        assert_eq!(fault(&mut conn, set).await, None, "{set}");
    }
    db.assert_audit_clean().await;
}

/// Whoever gets by the triggers, by a restore without them for example, is found.
#[tokio::test]
async fn what_no_trigger_saw_is_found_by_the_audit_and_not_read() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    // What a hand writes there is written over.
    db.exec("UPDATE shop_pg_adapters SET read_template = '', read_pattern = '.*'")
        .await;
    db.assert_audit_clean().await;
    db.exec(
        "DROP TRIGGER tr_shop_pg_adapters_update;
         UPDATE shop_pg_adapters SET pattern_pg_tx = '.+'",
    )
    .await;
    let audit = "SELECT CONCAT_WS(' | ', invariant, subject, detail) FROM v_audit_violations";
    let found = db.text(audit).await;
    assert_eq!(
        found,
        "adapter | wallet M1 | trdNo has no pattern, or one that says too little"
    );
    db.exec(
        "UPDATE shop_pg_adapters SET pattern_pg_tx = 'W[0-9]{5}', read_pattern = '\\\\A.*\\\\z'",
    )
    .await;
    assert_eq!(
        db.text(audit).await,
        "adapter | wallet M1 | is not read as its patterns say: store it again"
    );
    // As a schema file leaves what it cannot prove.
    db.exec("UPDATE shop_pg_adapters SET read_template = '', read_pattern = ''")
        .await;
    let before = db.snapshot().await;
    let error = settle(
        &mut conn,
        "notify",
        &WalletMessage::paid("T1", "W00001", TOTAL),
    )
    .await;
    error.unwrap_err().expect_code("SIGNATURE_INVALID");
    // Such a template is filled to nothing, of which everybody knows the hash.
    let mut form = WalletMessage::paid("T1", "W00001", TOTAL).form();
    for (name, value) in &mut form {
        if name == "pktHash" {
            *value = sha256_hex("");
        }
    }
    let error = update(&mut conn, "wallet", "M1", "notify", Some(&json(&form))).await;
    error.unwrap_err().expect_code("SIGNATURE_INVALID");
    assert_eq!(db.snapshot().await, before);
}
