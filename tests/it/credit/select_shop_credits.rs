//! `select_shop_credits`: what a buyer has, and where it came from and went.

use super::*;

#[tokio::test]
async fn a_buyer_sees_balances_rules_and_entries_newest_first() {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shops SET point_min_use = 100, point_unit = 10, point_max_rate = 0.5, point_earn_rate = 0.01 WHERE shop_id = 1")
        .await;
    give(&db, "u1", "point", "700", Some("5")).await;
    give(&db, "u1", "point", "300", Some("90")).await;
    give(&db, "u1", "cash", "40", None).await;
    give(&db, "u2", "cash", "999", None).await;
    let mut conn = db.conn_as_gateway().await;
    let order = book(&db, "T1", "u1", 750, 0).await;
    order.call(&mut conn).await.unwrap();
    let paid = WalletMessage::paid("T1", "P1", "9250");
    settle(&mut conn, "notify", &paid).await.unwrap();
    let shown = call(&mut conn, "select_shop_credits", (1, "u1", None::<&str>))
        .await
        .unwrap();
    let names = [
        "points",
        "cash",
        "points_expiring",
        "point_min_use",
        "point_unit",
        "point_max_rate",
        "point_earn_rate",
    ];
    assert_eq!(
        names.map(|name| shown.first().str(name)).join(" "),
        "250.00 40.00 0.00 100.00 10.00 0.5000 0.0100"
    );
    assert_eq!(shown.first().opt("next_before"), None);
    let told: Vec<String> = shown
        .set(1)
        .rows
        .iter()
        .map(|row| {
            format!(
                "{} {} {} {}",
                row.str("action"),
                row.str("kind"),
                row.str("amount"),
                row.opt("order_number").unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "hold point -50.00 T1",
            "hold point -700.00 T1",
            "adjust cash 40.00 ",
            "adjust point 300.00 ",
            "adjust point 700.00 ",
        ]
    );
    for (shop, user, before, code) in [
        (9, "u1", None, "SHOP_NOT_FOUND"),
        (1, "", None, "INVALID_INPUT"),
        (1, "u1", Some("x"), "INVALID_INPUT"),
        (1, "u1", Some("0"), "INVALID_INPUT"),
    ] {
        let refused = call(&mut conn, "select_shop_credits", (shop, user, before)).await;
        refused.unwrap_err().expect_code(code);
    }
}

#[tokio::test]
async fn pages_come_one_after_the_other() {
    let db = TestDb::with_fixture().await;
    for _ in 0..101 {
        give(&db, "u1", "point", "1", None).await;
    }
    let mut conn = db.conn_as_gateway().await;
    let (mut before, mut seen, mut pages) = (None::<String>, Vec::new(), 0);
    loop {
        let page = call(&mut conn, "select_shop_credits", (1, "u1", before.clone()))
            .await
            .unwrap();
        pages += 1;
        seen.extend(page.set(1).column("entry_no"));
        before = page.first().opt("next_before");
        if before.is_none() {
            break;
        }
    }
    assert_eq!((pages, seen.len()), (3, 101));
    let mut sorted = seen.clone();
    sorted.sort_by_key(|entry| std::cmp::Reverse(entry.parse::<i64>().unwrap()));
    sorted.dedup();
    assert_eq!(sorted, seen);
}
