//! Orders and payment messages with sensible defaults, so that a test names only what it is about.

use mysql_async::{Conn, Params, Value};
use sha2::{Digest, Sha256};

use super::call::{CallError, Sets, call};
use super::fixture::WALLET_KEY;

/// Parameters of `shop_order_insert`. Defaults: shop 1, user u1, address 101, mode cart, PG wallet.
#[derive(Clone, Debug)]
pub struct OrderCall {
    shop_id: u32,
    user_id: Option<String>,
    number: Option<String>,
    cart_ids: Option<String>,
    address_id: Option<String>,
    receiver: Option<String>,
    coupons: Option<String>,
    points: Option<String>,
    cash: Option<String>,
    client_total: Option<String>,
    mode: Option<String>,
    pg: Option<String>,
    quote: Option<String>,
}

fn some(text: impl ToString) -> Option<String> {
    Some(text.to_string())
}

impl OrderCall {
    /// An order of these cart rows under this key. The client total has no default.
    pub fn new(number: &str, cart_ids: &[i64]) -> OrderCall {
        OrderCall {
            shop_id: 1,
            user_id: some("u1"),
            number: some(number),
            cart_ids: some(serde_json::json!(cart_ids)),
            address_id: some("101"),
            receiver: None,
            coupons: None,
            points: None,
            cash: None,
            client_total: None,
            mode: some("cart"),
            pg: some("wallet"),
            quote: None,
        }
    }

    /// Another buyer, with that buyer's address of the fixture.
    pub fn user(mut self, shop_id: u32, user_id: &str) -> OrderCall {
        self.shop_id = shop_id;
        self.user_id = some(user_id);
        self.address_id = super::fixture::address_of(shop_id, user_id).map(|id| id.to_string());
        self
    }

    /// Another key, or none.
    pub fn number(mut self, number: Option<&str>) -> OrderCall {
        self.number = number.map(str::to_owned);
        self
    }

    /// The cart ids as the caller wrote them.
    pub fn cart_ids_json(mut self, json: Option<&str>) -> OrderCall {
        self.cart_ids = json.map(str::to_owned);
        self
    }

    pub fn address(mut self, id: Option<&str>) -> OrderCall {
        self.address_id = id.map(str::to_owned);
        self
    }

    /// A typed-in receiver instead of a stored address.
    pub fn receiver(mut self, json: Option<&str>) -> OrderCall {
        self.receiver = json.map(str::to_owned);
        self
    }

    pub fn coupons(mut self, json: Option<&str>) -> OrderCall {
        self.coupons = json.map(str::to_owned);
        self
    }

    pub fn points(mut self, points: Option<&str>) -> OrderCall {
        self.points = points.map(str::to_owned);
        self
    }

    pub fn cash(mut self, cash: Option<&str>) -> OrderCall {
        self.cash = cash.map(str::to_owned);
        self
    }

    /// The total that the buyer saw.
    pub fn client_total(mut self, total: &str) -> OrderCall {
        self.client_total = some(total);
        self
    }

    pub fn no_client_total(mut self) -> OrderCall {
        self.client_total = None;
        self
    }

    pub fn mode(mut self, mode: Option<&str>) -> OrderCall {
        self.mode = mode.map(str::to_owned);
        self
    }

    pub fn pg(mut self, pg: Option<&str>) -> OrderCall {
        self.pg = pg.map(str::to_owned);
        self
    }

    /// The quote that is ordered.
    pub fn quote(mut self, id: Option<&str>) -> OrderCall {
        self.quote = id.map(str::to_owned);
        self
    }

    /// In the order of the procedure's parameters.
    pub fn params(&self) -> Params {
        let texts = [
            &self.user_id,
            &self.number,
            &self.cart_ids,
            &self.address_id,
            &self.receiver,
            &self.coupons,
            &self.points,
            &self.cash,
            &self.client_total,
            &self.mode,
            &self.pg,
            &self.quote,
        ];
        let texts = texts.into_iter().map(|text| Value::from(text.clone()));
        Params::Positional(
            std::iter::once(Value::from(self.shop_id))
                .chain(texts)
                .collect(),
        )
    }

    pub async fn call(&self, conn: &mut Conn) -> Result<Sets, CallError> {
        call(conn, "shop_order_insert", self.params()).await
    }
}

/// What the wallet of the fixture hashes, in this order, a bar after each, the key last.
const SIGNED: [&str; 7] = [
    "rsltCd", "mTrdNo", "trdNo", "trdAmt", "authDt", "apprNo", "mId",
];

/// A message of the wallet PG of the fixture, signed as the PG signs it.
#[derive(Clone)]
pub struct WalletMessage {
    fields: Vec<(String, String)>,
    key: String,
    tampered: Vec<(String, String)>,
}

impl WalletMessage {
    /// Approved: order number, the PG's transaction number, amount.
    pub fn paid(number: &str, transaction: &str, amount: &str) -> WalletMessage {
        let fields = [
            ("mId", "M1"),
            ("mTrdNo", number),
            ("trdNo", transaction),
            ("trdAmt", amount),
            ("rsltCd", "0000"),
            ("rsltMsg", "approved"),
            ("authDt", "20261120120000"),
        ];
        WalletMessage {
            fields: fields.map(|(k, v)| (k.to_owned(), v.to_owned())).to_vec(),
            key: WALLET_KEY.to_owned(),
            tampered: Vec::new(),
        }
    }

    /// Refused by the PG.
    pub fn failed(number: &str, transaction: &str, amount: &str) -> WalletMessage {
        WalletMessage::paid(number, transaction, amount)
            .with("rsltCd", "1001")
            .with("rsltMsg", "card refused")
    }

    /// Another value, signed.
    pub fn with(mut self, field: &str, value: &str) -> WalletMessage {
        self.fields.retain(|(name, _)| name != field);
        self.fields.push((field.to_owned(), value.to_owned()));
        self
    }

    /// Signed with another key.
    pub fn key(mut self, key: &str) -> WalletMessage {
        self.key = key.to_owned();
        self
    }

    /// A value that is put in after signing.
    pub fn tamper(mut self, field: &str, value: &str) -> WalletMessage {
        self.tampered.push((field.to_owned(), value.to_owned()));
        self
    }

    /// The form fields, signature included.
    pub fn form(&self) -> Vec<(String, String)> {
        let mut text = String::new();
        for name in SIGNED {
            let value = self.fields.iter().find(|(field, _)| field == name);
            text.push_str(value.map_or("", |(_, value)| value));
            text.push('|');
        }
        let mut form = self.fields.clone();
        form.push(("pktHash".to_owned(), sha256_hex(&(text + &self.key))));
        for (field, value) in &self.tampered {
            form.retain(|(name, _)| name != field);
            form.push((field.clone(), value.clone()));
        }
        form
    }

    /// The same as the JSON object that `shop_order_update` takes.
    pub fn json(&self) -> String {
        let object: serde_json::Map<String, serde_json::Value> = self
            .form()
            .into_iter()
            .map(|(name, value)| (name, value.into()))
            .collect();
        serde_json::Value::Object(object).to_string()
    }
}

/// `shop_order_update` for the fixture's wallet; channel return or notify.
pub async fn settle(
    conn: &mut Conn,
    channel: &str,
    message: &WalletMessage,
) -> Result<Sets, CallError> {
    call(
        conn,
        "shop_order_update",
        ("wallet", "M1", channel, message.json()),
    )
    .await
}

/// SHA-256 as lower-case hex.
pub fn sha256_hex(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}
