//! The standard shops that most tests start from, written as plain INSERTs.

use super::db::TestDb;

/// `option_hash` of a product without options.
pub const NO_OPTION: &str = "__noopt__";
/// Bearer key of shop 1.
pub const SHOP_KEY: &str = "test-key-of-shop-1";
/// Bearer key of shop 2.
pub const SHOP_KEY_2: &str = "test-key-of-shop-2";
/// Hash key that shop 1 shares with its wallet PG, account M1.
pub const WALLET_KEY: &str = "test-hash-key";

/// Stored address of a member of the fixture: u1 of shop 1 has 101, u2 102, …; shop 2 has 201, 202, ….
pub fn address_of(shop_id: u32, user_id: &str) -> Option<u32> {
    let number: u32 = user_id.strip_prefix('u')?.parse().ok()?;
    (1..=9).contains(&number).then_some(shop_id * 100 + number)
}

/// Shop 1 in KRW, Seoul time; shop 2 in USD (2 digits), UTC. Members u1 … u9 of both, one address each.
///
/// | product | price | delivery | notes |
/// |---|---|---|---|
/// | book | 10000 | 1 free | stock 100 |
/// | lamp | 20000 (sale price, list 25000) | 2 fixed 3000 | stock 100 |
/// | chair | 27000 (30000 − 10 %) | 3 conditional 3000, free from 50000 | stock 100 |
/// | rice | 5000 | 4 area 4000 | tax free, stock 100 |
/// | pen, ink | 1000, 2000 | 5 fixed 2500, 6 fixed 3500, one parcel (group 1) | stock 100 each |
/// | shirt | 15000 | 2 | option required: red +0, blue +1000 (own stock 50 each), wrap-a, wrap-b +500 (share stock 10), old (not shown) |
/// | last | 7000 | 1 | stock 1 |
/// | none | 7000 | 1 | stock 0 |
/// | hidden | 7000 | 1 | not shown, stock 10 |
/// | soldout | 7000 | 1 | marked sold out, stock 10 |
///
/// Shop 2: mug 19.99, delivery 1 fixed 4.99, stock 100. Stock has its ledger rows.
const SHOPS: &str = "
INSERT INTO shops (shop_id, shop_name, currency, currency_digits, vat_rate, total_tolerance,
                   utc_offset_minutes, reservation_minutes, gateway_url, result_url, error_url,
                   allowed_origins_json)
VALUES (1, '첫째 가게', 'KRW', 0, 0.1, 1, 540, 30, 'http://gateway.test', 'http://shop.test/result',
        'http://shop.test/error', '[\"http://shop.test\"]'),
       (2, 'Second shop', 'USD', 2, 0.1, 0.01, 0, 30, 'http://gateway.test', 'http://second.test/result',
        'http://second.test/error', '[\"http://second.test\"]');

INSERT INTO shop_delivery_policy (shop_id, id, policy_name, type, base_cost, free_over, combine_group_id)
VALUES (1, 1, 'free', 'free', 0, NULL, NULL),
       (1, 2, 'fixed', 'fixed', 3000, NULL, NULL),
       (1, 3, 'free from 50000', 'conditional', 3000, 50000, NULL),
       (1, 4, 'by area', 'area', 4000, NULL, NULL),
       (1, 5, 'small parcel', 'fixed', 2500, NULL, 1),
       (1, 6, 'glass parcel', 'fixed', 3500, NULL, 1),
       (2, 1, 'fixed', 'fixed', 4.99, NULL, NULL);

INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, sale_price, discount_rate, tax_type,
                           display, stat, option_required, delivery_policy_id)
VALUES (1, 'book', '책', 10000, NULL, 0, 'taxable', '1', '1', 0, 1),
       (1, 'lamp', 'Lamp', 25000, 20000, 0, 'taxable', '1', '1', 0, 2),
       (1, 'chair', 'Chair', 40000, 30000, 0.1, 'taxable', '1', '1', 0, 3),
       (1, 'rice', '쌀', 5000, 0, 0, 'free', '1', '1', 0, 4),
       (1, 'pen', 'Pen', 1000, NULL, 0, 'taxable', '1', '1', 0, 5),
       (1, 'ink', 'Ink', 2000, NULL, 0, 'taxable', '1', '1', 0, 6),
       (1, 'shirt', 'Shirt', 15000, NULL, 0, 'taxable', '1', '1', 1, 2),
       (1, 'last', 'Last one', 7000, NULL, 0, 'taxable', '1', '1', 0, 1),
       (1, 'none', 'None left', 7000, NULL, 0, 'taxable', '1', '1', 0, 1),
       (1, 'hidden', 'Hidden', 7000, NULL, 0, 'taxable', '0', '1', 0, 1),
       (1, 'soldout', 'Sold out', 7000, NULL, 0, 'taxable', '1', '2', 0, 1),
       (2, 'mug', 'Mug', 19.99, NULL, 0, 'taxable', '1', '1', 0, 1);

INSERT INTO shop_product_options (shop_id, product_id, option_hash, option_name, add_price, display,
                                  stock_option_hash)
VALUES (1, 'shirt', 'red', 'red', 0, '1', 'red'),
       (1, 'shirt', 'blue', 'blue', 1000, '1', 'blue'),
       (1, 'shirt', 'wrap-a', 'gift, paper', 500, '1', 'wrap'),
       (1, 'shirt', 'wrap-b', 'gift, box', 500, '1', 'wrap'),
       (1, 'shirt', 'old', 'last year', 0, '0', 'red');

INSERT INTO shop_stock (shop_id, product_id, option_hash, slot, free, update_date)
VALUES (1, 'book', '__noopt__', 0, 100, UTC_TIMESTAMP(6)),
       (1, 'lamp', '__noopt__', 0, 100, UTC_TIMESTAMP(6)),
       (1, 'chair', '__noopt__', 0, 100, UTC_TIMESTAMP(6)),
       (1, 'rice', '__noopt__', 0, 100, UTC_TIMESTAMP(6)),
       (1, 'pen', '__noopt__', 0, 100, UTC_TIMESTAMP(6)),
       (1, 'ink', '__noopt__', 0, 100, UTC_TIMESTAMP(6)),
       (1, 'shirt', 'red', 0, 50, UTC_TIMESTAMP(6)),
       (1, 'shirt', 'blue', 0, 50, UTC_TIMESTAMP(6)),
       (1, 'shirt', 'wrap', 0, 10, UTC_TIMESTAMP(6)),
       (1, 'last', '__noopt__', 0, 1, UTC_TIMESTAMP(6)),
       (1, 'none', '__noopt__', 0, 0, UTC_TIMESTAMP(6)),
       (1, 'hidden', '__noopt__', 0, 10, UTC_TIMESTAMP(6)),
       (1, 'soldout', '__noopt__', 0, 10, UTC_TIMESTAMP(6)),
       (2, 'mug', '__noopt__', 0, 100, UTC_TIMESTAMP(6));

INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
SELECT shop_id, product_id, option_hash, free, 'first stock', 'fixture', UTC_TIMESTAMP(6) FROM shop_stock
WHERE free <> 0;
";

/// A wallet that puts bars between the fields that it hashes, so that a test may write transactions and times as it
/// likes. The wallet of the sandbox, which puts nothing between them, is [`JOINED_WALLET`].
const PAYMENT: &str = "
INSERT INTO shop_pg_adapters (pg, merchant_id, shop_id, is_enabled, pay_type, secret_key, request_method, request_url,
    request_fields_json, request_hash_template,
    field_order_number, field_pg_tx, field_approval_no, field_amount, field_result_code, field_result_message,
    field_approved_at, field_merchant_id, field_hash, hash_template, pattern_result_code, pattern_pg_tx,
    pattern_approved_at, pattern_others_json, success_code,
    ack_http_status, ack_content_type, ack_body)
VALUES ('wallet', 'M1', 1, 1, 'wallet', 'test-hash-key', 'POST', 'http://pg.test/pay',
    '{\"mId\":\"{merchant_id}\",\"mTrdNo\":\"{order_number}\",\"trdAmt\":\"{amount}\",\"prdtNm\":\"{title}\",\
\"nextUrl\":\"{return_url}\",\"notiUrl\":\"{notify_url}\",\"pktHash\":\"{hash}\"}',
    '{merchant_id}{order_number}{amount}{key}',
    'mTrdNo', 'trdNo', 'trdNo', 'trdAmt', 'rsltCd', 'rsltMsg',
    'authDt', 'mId', 'pktHash', '{rsltCd}|{mTrdNo}|{trdNo}|{trdAmt}|{authDt}|{apprNo}|{mId}|{key}',
    '[0-9]{4}', '[^| ]{0,100}', '[^|]{0,40}', '{\"apprNo\":\"[^| ]{0,100}\"}', '0000',
    200, 'text/plain', 'OK');
";

/// Makes M1 the wallet that the sandbox plays: it joins its fields, and their patterns say where each ends.
pub const JOINED_WALLET: &str = "
UPDATE shop_pg_adapters SET hash_template = '{rsltCd}{mTrdNo}{trdNo}{trdAmt}{authDt}{mId}{key}', pattern_others_json = '{}',
    pattern_pg_tx = 'W[0-9a-f]{32}', pattern_approved_at = '[0-9]{14}'
WHERE pg = 'wallet' AND merchant_id = 'M1';
";

impl TestDb {
    /// Writes the standard shops into the database.
    pub async fn fixture(&self) {
        self.exec(SHOPS).await;
        self.exec(PAYMENT).await;
        self.exec(&members()).await;
    }

    /// Only the payment gateway and the key of shop 1, for a shop that came from elsewhere.
    pub async fn wallet_and_key(&self) {
        self.exec(PAYMENT).await;
        self.exec(&format!(
            "INSERT INTO shop_keys (key_sha256, shop_id, key_label, create_date)
             VALUES (UNHEX(SHA2('{SHOP_KEY}', 256)), 1, 'test', UTC_TIMESTAMP(6))"
        ))
        .await;
    }

    /// A cart row as if the buyer had put it there; gives its cart_id. The row is written directly, so that a
    /// test may also put in what `add_shop_cart` refuses.
    pub async fn add_cart(
        &self,
        shop_id: u32,
        user_id: &str,
        product_id: &str,
        option_hash: &str,
        quantity: u32,
    ) -> i64 {
        self.int_after(&format!(
            "INSERT INTO shop_cart (shop_id, user_id, product_id, option_hash, quantity, create_date, update_date)
             VALUES ({shop_id}, '{user_id}', '{product_id}', '{option_hash}', {quantity},
                     UTC_TIMESTAMP(6), UTC_TIMESTAMP(6));
             SELECT LAST_INSERT_ID()"
        ))
        .await
    }

    /// Another account at the wallet, for a shop: everything but its name is that of M1.
    pub async fn copy_adapter(&self, shop_id: u32, merchant_id: &str) {
        let columns = self
            .text(
                "SELECT GROUP_CONCAT(column_name) FROM information_schema.columns
                 WHERE table_schema = DATABASE() AND table_name = 'shop_pg_adapters'
                   AND COALESCE(generation_expression, '') = '' AND column_name NOT IN ('shop_id', 'merchant_id')",
            )
            .await;
        self.exec(&format!(
            "INSERT INTO shop_pg_adapters (shop_id, merchant_id, {columns})
             SELECT {shop_id}, '{merchant_id}', {columns} FROM shop_pg_adapters WHERE merchant_id = 'M1'"
        ))
        .await;
    }

    /// The path of an order for its buyer, who knows it by its key.
    pub async fn order_path(&self, order_number: &str) -> String {
        let key = format!(
            "SELECT _uuid_text(order_key) FROM shop_orders WHERE order_number = '{order_number}'"
        );
        format!("/v1/orders/{}", self.text(&key).await)
    }

    /// Units of a stock row that can still be ordered.
    pub async fn free_stock(&self, product_id: &str, option_hash: &str) -> i64 {
        self.int(&format!(
            "SELECT CAST(SUM(free) AS SIGNED) FROM shop_stock
             WHERE product_id = '{product_id}' AND option_hash = '{option_hash}'"
        ))
        .await
    }

    /// Spreads the stock of a product of shop 1 over slots.
    pub async fn slots(&self, product_id: &str, slots: u32) {
        let strategy = if slots == 1 { "single" } else { "slots" };
        self.exec(&format!(
            "CALL update_adm_stock_strategy(1, '{product_id}', '{strategy}', '{slots}')"
        ))
        .await;
    }

    /// Lets the reservation of an order run out now.
    pub async fn let_expire(&self, order_number: &str) {
        self.exec(&format!(
            "UPDATE shop_orders o LEFT JOIN shop_stock_reservations r ON r.order_seq_no = o.seq_no
             SET o.expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND,
                 r.expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND
             WHERE o.order_number = '{order_number}'"
        ))
        .await;
    }
}

fn members() -> String {
    let (mut members, mut addresses) = (Vec::new(), Vec::new());
    for shop in 1..=2 {
        for number in 1..=9 {
            let address = shop * 100 + number;
            members.push(format!(
                "({shop}, 'u{number}', 'C{address}', 'Buyer {number}', '010-0000-000{number}')"
            ));
            addresses.push(format!(
                "({address}, {shop}, 'u{number}', 'Receiver {number}', '010-1111-000{number}',
                  '0{address}0', '{number} Sejong-daero', 'door {number}', 'ring twice', 1, UTC_TIMESTAMP(6))"
            ));
        }
    }
    format!(
        "INSERT INTO shop_keys (key_sha256, shop_id, key_label, create_date)
         VALUES (UNHEX(SHA2('{SHOP_KEY}', 256)), 1, 'test', UTC_TIMESTAMP(6)),
                (UNHEX(SHA2('{SHOP_KEY_2}', 256)), 2, 'test', UTC_TIMESTAMP(6));
         INSERT INTO member (shop_id, user_id, cust_no, user_name, user_phone) VALUES {};
         INSERT INTO shop_shipping_address (seq_no, shop_id, user_id, receiver_name, receiver_phone,
             post_code, address, address_detail, delivery_msg, is_default, update_date) VALUES {}",
        members.join(", "),
        addresses.join(", ")
    )
}
