//! `update_adm_cart_contacted`: which buyers were contacted about the cart they left.

use crate::support::refusal::*;
use crate::support::*;

const ROUTINE: &str = "update_adm_cart_contacted";

async fn contact(db: &TestDb, users: &str, note: Option<&str>) -> Row {
    let mut conn = db.conn_as_operator().await;
    let answer = db.call(&mut conn, ROUTINE, (1, users, note)).await.unwrap();
    assert_eq!(
        *answer.set(0).columns,
        ["result", "contacted", "passed_over"]
    );
    answer.first().clone()
}

const KEPT: &str = "SELECT COALESCE(GROUP_CONCAT(CONCAT_WS(' ', shop_id, user_id, note, SUBSTRING_INDEX(actor, '@', 1))
                        ORDER BY shop_id, user_id SEPARATOR ', '), '') FROM shop_cart_contacts";

#[tokio::test]
async fn each_buyer_with_a_cart_is_noted_once_and_anew_when_it_is_said_again() {
    let db = TestDb::with_fixture().await;
    for user in ["u1", "u2", "가나다"] {
        db.add_cart(1, user, "book", NO_OPTION, 1).await;
    }
    db.add_cart(2, "u3", "mug", NO_OPTION, 1).await;
    let answer = contact(
        &db,
        r#"["u2", "u1", "u1", "u3", "가나다"]"#,
        Some(" by mail "),
    )
    .await;
    assert_eq!((answer.int("contacted"), answer.int("passed_over")), (3, 1));
    let kept =
        "1 u1 by mail jumun_operator, 1 u2 by mail jumun_operator, 1 가나다 by mail jumun_operator";
    assert_eq!(db.text(KEPT).await, kept);
    let at = "SELECT COUNT(*) FROM shop_cart_contacts
              WHERE contacted_at BETWEEN UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE AND UTC_TIMESTAMP(6)";
    assert_eq!(db.int(at).await, 3);
    db.exec("UPDATE shop_cart_contacts SET contacted_at = '2026-01-01'")
        .await;
    let again = contact(&db, r#"["u1","\u0075\u0032"]"#, None).await;
    assert_eq!((again.int("contacted"), again.int("passed_over")), (2, 0));
    assert_eq!(db.int(at).await, 2);
    assert_eq!(
        db.text(KEPT).await,
        "1 u1  jumun_operator, 1 u2  jumun_operator, 1 가나다 by mail jumun_operator"
    );
    // Who has bought in the meantime needs no note.
    db.exec("DELETE FROM shop_cart WHERE user_id = 'u1'").await;
    let gone = contact(&db, r#"["u1"]"#, Some("late")).await;
    assert_eq!((gone.int("contacted"), gone.int("passed_over")), (0, 1));
}

/// A buyer's cart can be used while it is noted, and no cart row or header is touched.
#[tokio::test]
async fn nobody_s_cart_is_locked_by_it() {
    let db = TestDb::with_fixture().await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    db.exec("INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u1')")
        .await;
    let mut holder = db.conn().await;
    holder
        .query_drop(format!(
            "BEGIN; SELECT 1 FROM shop_cart_headers FOR UPDATE;
             SELECT 1 FROM shop_cart WHERE seq_no = {cart_id} FOR UPDATE"
        ))
        .await
        .unwrap();
    assert_eq!(contact(&db, r#"["u1"]"#, None).await.int("contacted"), 1);
    holder.query_drop("ROLLBACK").await.unwrap();
    assert_eq!(db.int("SELECT version FROM shop_cart_headers").await, 0);
}

/// Two operators with the same page, one from its end.
#[tokio::test]
async fn the_same_page_noted_by_several_is_noted() {
    let db = TestDb::with_fixture().await;
    let users: Vec<String> = (0..100).map(|i| format!("g{i:03}")).collect();
    for user in &users {
        db.add_cart(1, user, "book", NO_OPTION, 1).await;
    }
    let mut running = Vec::new();
    for number in 0..6 {
        let mut users = users.clone();
        if number % 2 == 0 {
            users.reverse();
        }
        let list = serde_json::json!(users).to_string();
        let conn = db.conn_as_operator().await;
        running.push(Running::call_on(&db, conn, ROUTINE, (1, list, "x")).await);
    }
    for call in running {
        let answer = call.finish().await.unwrap();
        assert_eq!(answer.first().int("contacted"), 100);
    }
    assert_eq!(db.count("shop_cart_contacts").await, 100);
}

#[tokio::test]
async fn what_is_no_list_of_buyers_is_refused() {
    let db = TestDb::with_fixture().await;
    db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let good = vec![1.into(), r#"["u1"]"#.into(), "by mail".into()];
    let conn = db.conn_as_operator().await;
    let mut hostile = Hostile::new(&db, conn, ROUTINE, good).await;
    let mut bad = values(&[
        "",
        " ",
        "null",
        "u1",
        "\"u1\"",
        "{\"user\":\"u1\"}",
        "[",
        "[\"u1\"",
        "[\"u1\",]",
        "[\"u1\"]x",
        "[]",
        "[1]",
        "[null]",
        "[true]",
        "[[\"u1\"]]",
        "[{\"id\":\"u1\"}]",
        "[\"u1\",null]",
        "[\"\"]",
        "[\"u1 \"]",
        "[\" u1\"]",
        "[\"u1\\n\"]",
        "[\"u1\\u0000\"]",
        "[\"u\t1\"]",
    ]);
    bad.push(Value::NULL);
    bad.push(format!("[\"{}\"]", "x".repeat(64)).into());
    bad.push(format!("[\"{}\"]", "x".repeat(70_000)).into());
    bad.push(serde_json::json!(vec!["u1"; 201]).to_string().into());
    bad.extend(deep_json(1));
    hostile.refuses(1, "user_ids", bad).await;
    hostile
        .refuses(
            2,
            "note",
            vec!["x".repeat(201).into(), "a\nb".into(), "a\0b".into()],
        )
        .await;
    let unknown = vec![3.into(), 0.into(), Value::NULL];
    hostile
        .refuses_as(0, "SHOP_NOT_FOUND", "shop_id", unknown)
        .await;
    hostile
        .refuses_what_is_no_text(&[1, 2], &["user_ids", "note"])
        .await;
}
