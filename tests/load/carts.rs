//! Buyers with carts, most of three lines, each ordered once.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use rust_decimal::Decimal;
use tokio::sync::OnceCell;

use crate::catalogue::{
    Catalogue, OPTION, PINNED_SHOP, PRODUCTS, Product, SOFT_LOCK_SHOP, coupons,
};
use crate::money::{self, Line, Money, Totals};
use crate::support::{Queryable, TestDb};

/// Rows of a large cart, and of a large order.
const LARGE: usize = 1_000;
/// Buyers with large carts: more than callers, so that no two order out of one cart at once.
const HOARDERS: usize = 64;
/// VAT of shop 1: 10 %; its currency has no decimals.
const VAT_RATE: &str = "0.1";

/// One line of a cart.
#[derive(Clone, Debug)]
pub struct CartLine {
    pub cart_id: i64,
    pub product: Product,
    pub option_hash: &'static str,
    pub quantity: i64,
}

impl CartLine {
    pub fn amount(&self) -> Money {
        self.product.price * Decimal::from(self.quantity)
    }
}

/// One buyer's cart, ready to be ordered, with what the buyer's page showed.
#[derive(Clone, Debug)]
pub struct Cart {
    pub shop_id: u32,
    pub user_id: String,
    pub order_number: String,
    /// In the order of product ids, in which stock is locked.
    pub lines: Vec<CartLine>,
    pub totals: Totals,
    /// A stored address of the buyer, who is a member then.
    pub address_id: Option<i64>,
    /// Issued coupons that it is ordered with, each with its coupon_code.
    pub coupons: Vec<(i64, String)>,
}

impl Cart {
    pub fn cart_ids(&self) -> Vec<i64> {
        self.lines.iter().map(|line| line.cart_id).collect()
    }

    /// A coupon: supply and VAT are not looked at.
    fn take_off(&mut self, amount: Money) {
        self.totals.total -= amount;
    }

    /// The total that the buyer saw, as a form sends it: without decimals.
    pub fn client_total(&self) -> String {
        self.totals.total.trunc().to_string()
    }
}

/// What is in the carts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Three different products of the catalogue.
    Spread,
    /// Two of them and this one.
    Hot(usize),
    /// Three, for a member's stored address.
    Stored,
    /// Three of one delivery policy.
    OneParcel,
    /// Three, two of them of one delivery policy.
    SharedParcel,
    /// Three rows of a cart that has 1,000.
    LargeCart,
    /// All 1,000 rows of a cart.
    LargeOrder,
    /// Three, in the shop that leaves ordered rows in the cart.
    SoftLock,
    /// Three, each with an option, in the shop that promises prices.
    Promised,
    /// Three, with an amount and a rate off the order.
    TwoCoupons,
    /// Three, with one of many coupons that have a use_limit.
    SpreadCoupons,
    /// Three, with the one coupon that everybody uses, and that has a use_limit.
    OneCoupon,
}

impl Content {
    /// How far each product is from a cart's first. There are four delivery policies, in turn, each a parcel of its own.
    fn steps(self) -> Vec<usize> {
        match self {
            Content::Spread
            | Content::Stored
            | Content::LargeCart
            | Content::SoftLock
            | Content::Promised
            | Content::TwoCoupons
            | Content::SpreadCoupons
            | Content::OneCoupon => vec![0, 3_571, 7_142],
            Content::Hot(_) => vec![0, 3_571],
            Content::OneParcel => vec![0, 3_572, 7_144],
            Content::SharedParcel => vec![0, 3_572, 7_142],
            // Ten of them, one behind the other, have no product in common.
            Content::LargeOrder => (0..LARGE).map(|row| row * PRODUCTS / LARGE).collect(),
        }
    }
}

impl Content {
    /// What is taken off: first `coupons::AMOUNT`, then `coupons::RATE` of the rest.
    fn coupons(self, buyer: usize) -> Vec<String> {
        match self {
            Content::TwoCoupons => vec!["AMOUNT".into(), "RATE".into()],
            Content::SpreadCoupons => vec![format!("MANY{}", buyer % coupons::MANY)],
            Content::OneCoupon => vec!["ALL".into()],
            _ => Vec::new(),
        }
    }

    /// Where it is bought.
    fn shop_id(self) -> u32 {
        match self {
            Content::SoftLock => SOFT_LOCK_SHOP,
            Content::Promised => PINNED_SHOP,
            _ => 1,
        }
    }
}

/// Makes carts; no two of a database have a buyer, a key or a row in common.
pub struct Carts<'a> {
    db: &'a TestDb,
    catalogue: &'a Catalogue,
    buyers: AtomicUsize,
    cart_ids: AtomicI64,
    hoarded: OnceCell<()>,
}

impl<'a> Carts<'a> {
    pub fn new(db: &'a TestDb, catalogue: &'a Catalogue) -> Carts<'a> {
        Carts::from(db, catalogue, 0, 1_000)
    }

    /// The same behind what is there already.
    pub fn from(db: &'a TestDb, catalogue: &'a Catalogue, buyer: usize, cart_id: i64) -> Carts<'a> {
        Carts {
            db,
            catalogue,
            buyers: AtomicUsize::new(buyer),
            cart_ids: AtomicI64::new(cart_id),
            hoarded: OnceCell::new(),
        }
    }

    /// One cart, not yet in the database; `hot` units of the hot product, if any.
    fn one(&self, content: Content, hot: i64) -> Cart {
        let buyer = self.buyers.fetch_add(1, Ordering::Relaxed);
        let mut wanted: Vec<(usize, i64)> = content
            .steps()
            .into_iter()
            .map(|step| (buyer.wrapping_mul(7_919).wrapping_add(step)) % PRODUCTS)
            .map(|product| (product, 1 + (product % 3) as i64))
            .collect();
        if let Content::Hot(product) = content {
            wanted.push((product, hot));
        }
        let user_id = match content {
            Content::LargeCart => hoarder(buyer % HOARDERS),
            _ => format!("b{buyer}"),
        };
        let mut cart = self.cart(user_id, format!("T{buyer}"), wanted);
        cart.shop_id = content.shop_id();
        if content == Content::Promised {
            for line in &mut cart.lines {
                line.option_hash = OPTION;
            }
        }
        for (at, code) in content.coupons(buyer).into_iter().enumerate() {
            cart.coupons.push((cart.lines[at].cart_id, code));
            cart.take_off(match at {
                0 => Money::from(coupons::AMOUNT),
                _ => ((cart.totals.products - Money::from(coupons::AMOUNT))
                    * money::parse(coupons::RATE))
                .floor(),
            });
        }
        if content == Content::Stored {
            cart.address_id = Some(cart.lines[0].cart_id);
        }
        cart
    }

    fn cart(&self, user_id: String, order_number: String, mut wanted: Vec<(usize, i64)>) -> Cart {
        wanted.sort_unstable();
        let rows = wanted.len() as i64;
        let first = self.cart_ids.fetch_add(rows, Ordering::Relaxed);
        let lines: Vec<CartLine> = wanted
            .iter()
            .zip(first..)
            .map(|(&(product, quantity), cart_id)| CartLine {
                cart_id,
                product: self.catalogue.products[product].clone(),
                option_hash: "__noopt__",
                quantity,
            })
            .collect();
        let totals = totals(&lines);
        Cart {
            shop_id: 1,
            user_id,
            order_number,
            lines,
            totals,
            address_id: None,
            coupons: Vec::new(),
        }
    }

    /// What lies in the large carts for good, beside the rows that are ordered.
    async fn hoard(&self) {
        let mut conn = self.db.conn().await;
        let ordered = Content::LargeCart.steps().len();
        for at in 0..HOARDERS {
            let rows = (ordered..LARGE).map(|row| ((row * 10 + at) % PRODUCTS, 1));
            let rest = self.cart(hoarder(at), String::new(), rows.collect());
            let sql = insert_sql(std::slice::from_ref(&rest));
            conn.query_drop(sql).await.expect("a large cart");
        }
    }

    /// As many carts, in the database.
    pub async fn make(&self, content: Content, count: usize) -> Vec<Cart> {
        self.make_wanting(content, &vec![1; count]).await
    }

    /// One cart for each of these quantities of the hot product.
    pub async fn make_wanting(&self, content: Content, hot: &[i64]) -> Vec<Cart> {
        if content == Content::LargeCart {
            self.hoarded.get_or_init(|| self.hoard()).await;
        }
        let carts: Vec<Cart> = hot
            .iter()
            .map(|&quantity| self.one(content, quantity))
            .collect();
        let mut conn = self.db.conn().await;
        for part in carts.chunks(500) {
            conn.query_drop(insert_sql(part)).await.expect("carts");
        }
        carts
    }
}

/// The statements that put carts into the database.
pub fn insert_sql(carts: &[Cart]) -> String {
    let rows: Vec<String> = carts
        .iter()
        .flat_map(|cart| cart.lines.iter().map(move |line| (cart, line)))
        .map(|(cart, line)| {
            format!(
                "({},{},'{}','{}','{}',{},UTC_TIMESTAMP(6),UTC_TIMESTAMP(6))",
                line.cart_id,
                cart.shop_id,
                cart.user_id,
                line.product.id,
                line.option_hash,
                line.quantity
            )
        })
        .collect();
    let headers: Vec<String> = carts
        .iter()
        .map(|cart| format!("({},'{}')", cart.shop_id, cart.user_id))
        .collect();
    let mut sql = format!(
        "INSERT INTO shop_cart (seq_no, shop_id, user_id, product_id, option_hash, quantity, create_date, update_date)
         VALUES {};
         INSERT IGNORE INTO shop_cart_headers (shop_id, user_id) VALUES {}",
        rows.join(","),
        headers.join(",")
    );
    for cart in carts {
        for (coupon_no, code) in &cart.coupons {
            sql.push_str(&format!(
                ";INSERT INTO shop_issued_coupons (coupon_no, shop_id, coupon_code, user_id, member_no, issued_at)
                 VALUES ({coupon_no}, 1, '{code}', '{}', 1, UTC_TIMESTAMP(6))",
                cart.user_id
            ));
        }
        let (Some(address), user) = (cart.address_id, &cart.user_id) else {
            continue;
        };
        let [name, phone, post_code, street, detail, words] = RECEIVER.map(|(_, value)| value);
        sql.push_str(&format!(
            ";INSERT INTO member (shop_id, user_id, user_name, user_phone) VALUES (1, '{user}', '{name}', '{phone}');
             INSERT INTO shop_shipping_address (seq_no, shop_id, user_id, receiver_name, receiver_phone, post_code,
                 address, address_detail, delivery_msg, is_default, update_date)
             VALUES ({address}, 1, '{user}', '{name}', '{phone}', '{post_code}', '{street}', '{detail}', '{words}', 1,
                     UTC_TIMESTAMP(6))"
        ));
    }
    sql
}

fn hoarder(at: usize) -> String {
    format!("hoarder{at}")
}

fn totals(lines: &[CartLine]) -> Totals {
    let priced: Vec<Line> = lines
        .iter()
        .map(|line| Line {
            amount: line.amount(),
            tax_free: line.product.tax_free,
            group: line.product.group.clone(),
            delivery: line.product.delivery.clone(),
            base_cost: line.product.base_cost,
        })
        .collect();
    money::totals(&priced, 0, money::parse(VAT_RATE))
}

/// Where every order goes: typed in, but for a member's stored address, which says the same.
pub const RECEIVER: [(&str, &str); 6] = [
    ("receiver_name", "홍길동"),
    ("receiver_phone", "010-0000-0000"),
    ("post_code", "04524"),
    ("address", "서울 중구 세종대로 110"),
    ("address_detail", "1층"),
    ("delivery_msg", "문 앞"),
];

pub fn receiver() -> serde_json::Value {
    RECEIVER
        .iter()
        .map(|&(name, value)| (name.to_owned(), value.into()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
