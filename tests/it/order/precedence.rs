//! A request with several faults is refused for the first of them, in an order that stays: what it is made of, the shop,
//! the key, who pays where it goes, the cart, what is sold, what it costs, what is left.

use std::collections::BTreeSet;

use super::*;
use crate::fuzz::Dice;

/// In the order in which they are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    User,
    Key,
    Gateway,
    Mode,
    Ids,
    Address,
    Coupons,
    Points,
    Cash,
    Total,
    UnknownShop,
    UsedKey,
    DigitsOfTotal,
    DigitsOfPoints,
    DigitsOfCash,
    UnknownAddress,
    UnknownGateway,
    TooMuchTogether,
    UnknownRow,
    NotOnSale,
    OtherQuantity,
    UnknownCoupon,
    TooManyPoints,
    TooMuchCash,
    OtherTotal,
    TooFewLeft,
}

use Fault::*;

/// With code, field, and how the detail begins.
const FAULTS: [(Fault, &str, &str, &str); 26] = [
    (User, "INVALID_INPUT", "X-User-Id", ""),
    (Key, "INVALID_INPUT", "mTrdNo", ""),
    (Gateway, "INVALID_INPUT", "pg", ""),
    (Mode, "INVALID_INPUT", "mode", ""),
    (Ids, "INVALID_INPUT", "selected_cart_ids", "not a whole"),
    (Address, "INVALID_INPUT", "address_id", "not a whole"),
    (Coupons, "INVALID_INPUT", "coupon_ids", ""),
    (Points, "INVALID_INPUT", "point_to_use", "not an amount"),
    (Cash, "INVALID_INPUT", "cash_to_use", "not an amount"),
    (Total, "INVALID_INPUT", "trdAmt", "not an amount"),
    (UnknownShop, "SHOP_NOT_FOUND", "", ""),
    (UsedKey, "IDEMPOTENCY_MISMATCH", "mTrdNo", ""),
    (DigitsOfTotal, "INVALID_INPUT", "trdAmt", "more decimals"),
    (
        DigitsOfPoints,
        "INVALID_INPUT",
        "point_to_use",
        "more decimals",
    ),
    (
        DigitsOfCash,
        "INVALID_INPUT",
        "cash_to_use",
        "more decimals",
    ),
    (UnknownAddress, "ADDRESS_NOT_FOUND", "address_id", "102"),
    (UnknownGateway, "PG_NOT_AVAILABLE", "pg", "card"),
    (
        TooMuchTogether,
        "INVALID_INPUT",
        "selected_cart_ids",
        "together",
    ),
    (UnknownRow, "CART_NOT_FOUND", "selected_cart_ids", ""),
    (
        NotOnSale,
        "PRODUCT_UNAVAILABLE",
        "selected_cart_ids",
        "hidden",
    ),
    (OtherQuantity, "INVALID_INPUT", "selected_cart_ids", "row "),
    (
        UnknownCoupon,
        "COUPON_NOT_AVAILABLE",
        "coupon_ids",
        "5 unknown",
    ),
    (
        TooManyPoints,
        "POINTS_NOT_ENOUGH",
        "point_to_use",
        "balance 0",
    ),
    (TooMuchCash, "CASH_NOT_ENOUGH", "cash_to_use", "balance 0"),
    (OtherTotal, "PRICE_CHANGED", "trdAmt", ""),
    (TooFewLeft, "OUT_OF_STOCK", "selected_cart_ids", ""),
];

/// Rows of u1's cart, one unit each, none with a parcel that costs something.
struct Rows {
    book: i64,
    hidden: i64,
    none: i64,
    gold: [i64; 2],
}

/// The order T1 of a book, spoiled. Of two values of one parameter the one that is found first is given. Where it goes is a
/// stored address or typed.
fn spoiled_by(faults: &BTreeSet<Fault>, rows: &Rows, typed: bool) -> OrderCall {
    let has = |fault| faults.contains(&fault);
    let quantity = if has(OtherQuantity) { 9 } else { 1 };
    let mut ids = vec![format!("{{\"id\":{},\"qty\":{quantity}}}", rows.book)];
    let mut total = 10_000;
    for (fault, id, price) in [
        (UnknownRow, 999_999, 0),
        (NotOnSale, rows.hidden, 7_000),
        (TooFewLeft, rows.none, 7_000),
        (TooMuchTogether, rows.gold[0], 0),
        (TooMuchTogether, rows.gold[1], 0),
        (Ids, 0, 0),
    ] {
        if has(fault) {
            ids.push(id.to_string());
            total += price;
        }
    }
    let total = match () {
        () if has(Total) => " 10000".to_owned(),
        () if has(DigitsOfTotal) => "10000.50".to_owned(),
        () if has(OtherTotal) => "12345".to_owned(),
        () => total.to_string(),
    };
    let address = match () {
        () if typed => None,
        () if has(Address) => Some("0101"),
        () if has(UnknownAddress) => Some("102"),
        () => Some("101"),
    };
    let bad_receiver = RECEIVER.replace("1 Sejong-daero", "\\u3000");
    let receiver = if has(Address) {
        bad_receiver.as_str()
    } else {
        RECEIVER
    };
    let coupons = match () {
        () if has(Coupons) => Some("[0]"),
        () if has(UnknownCoupon) => Some("[5]"),
        () => None,
    };
    let points = match () {
        () if has(Points) => Some("-1"),
        () if has(DigitsOfPoints) => Some("0.50"),
        () if has(TooManyPoints) => Some("1"),
        () => None,
    };
    let cash = match () {
        () if has(Cash) => Some("x"),
        () if has(DigitsOfCash) => Some("0.50"),
        () if has(TooMuchCash) => Some("1"),
        () => None,
    };
    let gateway = match () {
        () if has(Gateway) => "",
        () if has(UnknownGateway) => "card",
        () => "wallet",
    };
    let key = match () {
        () if has(Key) => "T 1",
        () if has(UsedKey) => "T0",
        () => "T1",
    };
    OrderCall::new(key, &[])
        .user(
            if has(UnknownShop) { 3 } else { 1 },
            if has(User) { "u1\n" } else { "u1" },
        )
        .cart_ids_json(Some(&format!("[{}]", ids.join(","))))
        .address(address)
        .receiver(typed.then_some(receiver))
        .coupons(coupons)
        .points(points)
        .cash(cash)
        .client_total(&total)
        .mode(Some(if has(Mode) { "CART" } else { "cart" }))
        .pg(Some(gateway))
}

/// What is found first. Too much together is said of what is on sale only.
fn first_of(faults: &BTreeSet<Fault>, typed: bool) -> (&'static str, &'static str, &'static str) {
    let mut first = *faults.first().expect("a fault");
    if first == TooMuchTogether && faults.contains(&NotOnSale) {
        first = NotOnSale;
    }
    if first == Address && typed {
        return ("INVALID_INPUT", "receiver.address", "missing");
    }
    let (_, code, field, detail) = FAULTS
        .iter()
        .find(|fault| fault.0 == first)
        .expect("listed");
    (code, field, detail)
}

#[tokio::test]
async fn of_several_faults_the_first_is_told() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    one_book(&db, &mut conn, "T0").await;
    db.exec(
        "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
         VALUES (1, 'gold', 'Gold', 999999999999999, 1), (1, 'more', 'Gold', 999999999999999, 1)",
    )
    .await;
    let rows = Rows {
        book: db.add_cart(1, "u1", "book", NO_OPTION, 1).await,
        hidden: db.add_cart(1, "u1", "hidden", NO_OPTION, 1).await,
        none: db.add_cart(1, "u1", "none", NO_OPTION, 1).await,
        gold: [
            db.add_cart(1, "u1", "gold", NO_OPTION, 1).await,
            db.add_cart(1, "u1", "more", NO_OPTION, 1).await,
        ],
    };
    let all = FAULTS.map(|fault| fault.0);
    let mut cases: Vec<BTreeSet<Fault>> = vec![all.into()];
    for (number, &a) in all.iter().enumerate() {
        cases.extend(all[number..].iter().map(|&b| BTreeSet::from([a, b])));
    }
    let mut dice = Dice::new(20_261_129, 0);
    for _ in 0..200 {
        let from = dice.below(all.len());
        let rest = &all[from..];
        cases.push((0..8).map(|_| *dice.pick(rest)).collect());
    }
    let before = db.snapshot().await;
    for (number, faults) in cases.iter().enumerate() {
        // A typed address cannot be one that nobody has.
        let typed = number % 2 == 1 && !faults.contains(&UnknownAddress);
        let (code, field, detail) = first_of(faults, typed);
        let error = match spoiled_by(faults, &rows, typed).call(&mut conn).await {
            Err(error) => error,
            Ok(sets) => panic!("{faults:?} and an order: {sets:?}"),
        };
        let row = error.row();
        let told = (row.str("result"), row.str("field"), row.str("detail"));
        assert!(
            told.0 == code && told.1 == field && told.2.starts_with(detail),
            "{faults:?} is refused as {told:?}, not as {code} {field} {detail}"
        );
        error.expect_code(code);
    }
    assert_eq!(db.snapshot().await, before, "a refusal left something");
    nothing_is_locked(&db, "all refusals").await;
    placed(&mut conn, &spoiled_by(&BTreeSet::new(), &rows, true)).await;
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_used_key_comes_before_what_has_become_of_shop_and_cart() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let (order, first) = one_book(&db, &mut conn, "T0").await;
    let row = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let new = OrderCall::new("T1", &[row]).client_total("10000");
    for (change, back, code) in [
        (
            "UPDATE shop_cart SET user_id = 'u9'",
            "UPDATE shop_cart SET user_id = 'u1'",
            "CART_NOT_FOUND",
        ),
        (
            "UPDATE shop_products SET display = '0' WHERE product_id = 'book'",
            "UPDATE shop_products SET display = '1' WHERE product_id = 'book'",
            "PRODUCT_UNAVAILABLE",
        ),
        (
            "UPDATE shop_products SET buy_price = 12000 WHERE product_id = 'book'",
            "UPDATE shop_products SET buy_price = 10000 WHERE product_id = 'book'",
            "PRICE_CHANGED",
        ),
        (
            "UPDATE shop_delivery_policy SET type = 'fixed', base_cost = 3000 WHERE id = 1",
            "UPDATE shop_delivery_policy SET type = 'free', base_cost = 0 WHERE id = 1",
            "PRICE_CHANGED",
        ),
        (
            "UPDATE shop_stock SET free = 0 WHERE product_id = 'book'",
            "UPDATE shop_stock SET free = 99 WHERE product_id = 'book'",
            "OUT_OF_STOCK",
        ),
        (
            "UPDATE shop_pg_adapters SET is_enabled = 0",
            "UPDATE shop_pg_adapters SET is_enabled = 1",
            "PG_NOT_AVAILABLE",
        ),
        (
            "UPDATE shop_shipping_address SET user_id = 'u9' WHERE seq_no = 101",
            "UPDATE shop_shipping_address SET user_id = 'u1' WHERE seq_no = 101",
            "ADDRESS_NOT_FOUND",
        ),
    ] {
        db.exec(change).await;
        let again = order.call(&mut conn).await;
        let again = again.unwrap_or_else(|e| panic!("{change}: {e:?}"));
        assert_eq!(again.first().int("replayed"), 1, "{change}");
        assert_eq!(
            again.first().str("order_key"),
            first.str("order_key"),
            "{change}"
        );
        assert_eq!(again.first().str("total_payment"), "10000.00", "{change}");
        assert_eq!(again.set(1).rows.len(), 1, "{change}: how to pay");
        for other in [
            new.clone().number(Some("T0")),
            order.clone().client_total("10000.50"),
            order.clone().address(Some("102")),
            order.clone().pg(Some("card")),
            order.clone().points(Some("1")),
            order.clone().cash(Some("1")),
        ] {
            order_refused(&db, &mut conn, &other, "IDEMPOTENCY_MISMATCH", "mTrdNo").await;
        }
        let error = new.call(&mut conn).await.unwrap_err();
        assert_eq!(
            error.code(),
            code,
            "{change}: without the key it is refused"
        );
        db.exec(back).await;
    }
    placed(&mut conn, &new).await;
    db.assert_audit_clean().await;
}
