//! Who sends a request: a shop by its bearer key, a browser by a shop's ticket, or the operator.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use actix_web::http::header::{self, HeaderMap, HeaderName};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::time::Instant;

use crate::{
    auth::ticket::{BLOCK, Granted, Key, Refused, Ticket},
    call::{Call, CallError, Caller, Set},
    database::admission::Line,
    request::text::compose_hangul,
    response::rows,
};

/// A revoked key is refused after at most this long.
pub const REFRESH: Duration = Duration::from_secs(10);
/// An unknown key may be a new one: asked for, but not more often than this.
const REFRESH_PAUSE: Duration = Duration::from_secs(1);
const LOAD_DEADLINE: Duration = Duration::from_secs(5);

/// Where the keys come from.
pub const KEYS: &str = "select_gateway_keys";
const USER_ID: HeaderName = HeaderName::from_static("x-user-id");

type Hash = [u8; 32];

/// Why a request has no identity.
#[derive(Debug)]
pub enum IdentityError {
    /// No key, or not one we know; no ticket, or not a good one.
    Unknown,
    /// A ticket whose time is over, and where its buyer's browser may go.
    Expired { url: Option<String> },
    /// The keys were never loaded.
    NotLoaded(CallError),
}

/// What a shop has said about browsers.
#[derive(Default)]
struct Shop {
    origins: HashSet<String>,
    expired_url: Option<String>,
}

/// The keys of all shops as they were at one time. Of API keys only SHA-256, of ticket keys only the padded blocks.
#[derive(Default)]
struct Known {
    bearers: HashMap<Hash, u32>,
    tickets: HashMap<(u32, u8), Key>,
    shops: HashMap<u32, Shop>,
    /// By payment gateway and account: the shop's page for a buyer whose return could not be read.
    unread_urls: HashMap<(String, String), String>,
}

/// The keys of all shops, loaded again and again.
#[derive(Default)]
pub struct ShopKeys {
    known: RwLock<Option<Arc<Known>>>,
    last_refresh: Mutex<Option<Instant>>,
}

impl ShopKeys {
    /// Loads the keys; keeps those it has when that fails.
    ///
    /// # Errors
    /// When the database does not answer; what it answers otherwise is taken as it is.
    pub async fn load(&self, caller: &Caller) -> Result<(), CallError> {
        *self
            .last_refresh
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        let call = Call {
            procedure: KEYS.to_owned(),
            parameters: Vec::new(),
            line: Line::Known,
            deadline: LOAD_DEADLINE,
            idempotent: true,
        };
        let sets = caller.call(call).await?;
        let known = Arc::new(Known::read(&sets));
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known);
        Ok(())
    }

    /// The shop that a request's bearer key belongs to.
    ///
    /// # Errors
    /// See [`IdentityError`].
    pub async fn shop(&self, caller: &Caller, headers: &HeaderMap) -> Result<u32, IdentityError> {
        let key = bearer(headers).ok_or(IdentityError::Unknown)?;
        let hash: Hash = Sha256::digest(key).into();
        let known = self
            .knowing(caller, |known| known.bearers.contains_key(&hash))
            .await?;
        let shop = known.bearers.get(&hash).copied();
        shop.ok_or(IdentityError::Unknown)
    }

    /// The shop and what a ticket of its grants.
    ///
    /// # Errors
    /// See [`IdentityError`].
    pub async fn ticket(
        &self,
        caller: &Caller,
        text: &str,
    ) -> Result<(u32, Granted), IdentityError> {
        let ticket = Ticket::parse(text).ok_or(IdentityError::Unknown)?;
        let (shop_id, key_no) = (ticket.shop_id, ticket.key_no);
        let known = self
            .knowing(caller, |known| {
                known.tickets.contains_key(&(shop_id, key_no))
            })
            .await?;
        let key = known.tickets.get(&(shop_id, key_no));
        let key = key.ok_or(IdentityError::Unknown)?;
        match ticket.verify(key, SystemTime::now()) {
            Ok(granted) => {
                let user_id = compose_hangul(&granted.user_id);
                Ok((shop_id, Granted { user_id, ..granted }))
            }
            Err(Refused::Invalid) => Err(IdentityError::Unknown),
            Err(Refused::Expired) => {
                let shop = known.shops.get(&shop_id);
                let url = shop.and_then(|shop| shop.expired_url.clone());
                Err(IdentityError::Expired { url })
            }
        }
    }

    /// Whether a shop lets pages of this origin post its orders; without a shop, whether any does.
    pub fn allows_origin(&self, origin: &str, shop_id: Option<u32>) -> bool {
        let known = self.known();
        let Some(known) = known else { return false };
        let listed = |shop: &Shop| shop.origins.contains(origin);
        match shop_id {
            Some(shop_id) => known.shops.get(&shop_id).is_some_and(listed),
            None => known.shops.values().any(listed),
        }
    }

    /// The same without a shop, for an origin that may be new.
    ///
    /// # Errors
    /// When the keys were never loaded.
    pub async fn any_allows_origin(
        &self,
        caller: &Caller,
        origin: &str,
    ) -> Result<bool, IdentityError> {
        let listed = |known: &Known| {
            known
                .shops
                .values()
                .any(|shop| shop.origins.contains(origin))
        };
        Ok(listed(&*self.knowing(caller, listed).await?))
    }

    /// The page of a payment account's shop for a buyer whose return could not be read, with the reason in it.
    pub async fn unread_url(
        &self,
        caller: &Caller,
        account: (String, String),
        code: &str,
    ) -> Option<String> {
        let known = self.knowing(caller, |known| known.unread_urls.contains_key(&account));
        let url = known.await.ok()?.unread_urls.get(&account)?.clone();
        Some(url.replace("{code}", code))
    }

    /// The keys as they are known; asked for first when there are none, or when what is looked for may be new.
    async fn knowing(
        &self,
        caller: &Caller,
        has: impl Fn(&Known) -> bool,
    ) -> Result<Arc<Known>, IdentityError> {
        let before = self.known();
        if let Some(known) = &before
            && (has(known) || !self.may_refresh())
        {
            return Ok(Arc::clone(known));
        }
        match (self.load(caller).await, before) {
            (Ok(()), before) => self.known().or(before).ok_or(IdentityError::Unknown),
            (Err(_), Some(known)) => Ok(known),
            (Err(error), None) => Err(IdentityError::NotLoaded(error)),
        }
    }

    fn known(&self) -> Option<Arc<Known>> {
        let known = self.known.read();
        known.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn may_refresh(&self) -> bool {
        let last = self
            .last_refresh
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        last.is_none_or(|last| last.elapsed() >= REFRESH_PAUSE)
    }
}

impl Known {
    /// The sets of `select_gateway_keys`: bearer keys, ticket keys, shops, payment accounts.
    fn read(sets: &[Set]) -> Self {
        let mut known = Self::default();
        let rows = |set: usize| {
            let set = sets.get(set);
            set.into_iter()
                .flat_map(|set| (0..set.rows.len()).map(move |row| (set, row)))
        };
        for (set, row) in rows(1) {
            let hash = bytes::<32>(set, row, "key_sha256");
            match (hash, number(set, row, "shop_id")) {
                (Some(hash), Some(shop)) => drop(known.bearers.insert(hash, shop)),
                _ => log::error!("row {} of the keys cannot be read", row + 1),
            }
        }
        for (set, row) in rows(2) {
            let inner = bytes::<BLOCK>(set, row, "inner_block");
            let outer = bytes::<BLOCK>(set, row, "outer_block");
            let (shop, key_no) = (number(set, row, "shop_id"), number(set, row, "key_no"));
            match (shop, key_no, inner, outer) {
                (Some(shop), Some(key_no), Some(inner), Some(outer)) => {
                    known.tickets.insert((shop, key_no), Key { inner, outer });
                }
                _ => log::error!("row {} of the ticket keys cannot be read", row + 1),
            }
        }
        for (set, row) in rows(3) {
            if let Some(shop) = number(set, row, "shop_id") {
                let origins = rows::text(set, row, "allowed_origins_json").unwrap_or_default();
                let expired_url = rows::text(set, row, "expired_url");
                let origins = read_origins(&origins).unwrap_or_else(|| {
                    log::error!("allowed_origins_json of shop {shop} is not an array of origins");
                    HashSet::new()
                });
                known.shops.insert(
                    shop,
                    Shop {
                        origins,
                        expired_url,
                    },
                );
            }
        }
        for (set, row) in rows(4) {
            let text = |name| rows::text(set, row, name);
            if let (Some(pg), Some(merchant)) = (text("pg"), text("merchant_id"))
                && let Some(url) = text("unread_url")
            {
                known.unread_urls.insert((pg, merchant), url);
            }
        }
        known
    }
}

/// Origins as browsers write them. One mistake and none is allowed: nobody should find out by guessing which count.
fn read_origins(text: &str) -> Option<HashSet<String>> {
    let origins: HashSet<String> = serde_json::from_str(text).ok()?;
    let exact = |origin: &String| {
        url::Url::parse(origin).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.origin().ascii_serialization() == *origin
                && !origin.contains('*')
        })
    };
    origins.iter().all(exact).then_some(origins)
}

fn number<T: std::str::FromStr>(set: &Set, row: usize, name: &str) -> Option<T> {
    rows::text(set, row, name)?.parse().ok()
}

fn bytes<const N: usize>(set: &Set, row: usize, name: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(rows::text(set, row, name)?, &mut bytes).ok()?;
    Some(bytes)
}

/// Whether a request carries the operator's key; takes the same time for every wrong one.
pub fn is_operator(headers: &HeaderMap, key: &str) -> bool {
    let Some(given) = bearer(headers) else {
        return false;
    };
    let (given, key): (Hash, Hash) = (Sha256::digest(given).into(), Sha256::digest(key).into());
    given.ct_eq(&key).into()
}

/// The buyer that a shop speaks for. Blanks around a header's value are HTTP's, and those of ASCII only: with any other
/// it is another name, and one that nobody can tell from the first.
pub fn user(headers: &HeaderMap) -> Option<String> {
    let text = std::str::from_utf8(headers.get(USER_ID)?.as_bytes()).ok()?;
    let text = text.trim_matches([' ', '\t']);
    (!text.is_empty() && text == text.trim()).then(|| compose_hangul(text))
}

fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let mut values = headers.get_all(header::AUTHORIZATION);
    let value = values.next()?.as_bytes();
    if values.next().is_some() {
        return None;
    }
    let (scheme, key) = value.split_at_checked("Bearer ".len())?;
    let key = key.trim_ascii();
    (scheme.eq_ignore_ascii_case(b"Bearer ") && !key.is_empty()).then_some(key)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn authorized(value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
        headers
    }

    #[test]
    fn only_a_bearer_key_counts() {
        assert_eq!(bearer(&authorized("Bearer k")), Some(&b"k"[..]));
        assert_eq!(bearer(&authorized("bearer  k ")), Some(&b"k"[..]));
        for value in ["", "Bearer", "Bearer ", "Basic k", "k"] {
            assert_eq!(bearer(&authorized(value)), None, "{value}");
        }
    }

    #[test]
    fn the_operator_s_key_is_compared_as_a_whole() {
        assert!(is_operator(&authorized("Bearer secret"), "secret"));
        assert!(!is_operator(&authorized("Bearer secre"), "secret"));
        assert!(!is_operator(&HeaderMap::new(), ""));
    }

    #[test]
    fn a_blank_user_is_none() {
        let mut headers = HeaderMap::new();
        assert_eq!(user(&headers), None);
        headers.insert(
            header::HeaderName::from_static("x-user-id"),
            HeaderValue::from_static("  "),
        );
        assert_eq!(user(&headers), None);
        headers.insert(
            header::HeaderName::from_static("x-user-id"),
            HeaderValue::from_static(" demo1 "),
        );
        assert_eq!(user(&headers).as_deref(), Some("demo1"));
        for (sent, read) in [
            ("demo4\u{3000}", None),
            ("\u{a0}demo4", None),
            ("demo4\u{85}", None),
            ("\u{3000}", None),
            ("데\u{3000}모", Some("데\u{3000}모")),
            ("\u{1112}\u{1169}\u{11bc}", Some("홍")),
        ] {
            let name = header::HeaderName::from_static("x-user-id");
            let value = HeaderValue::from_bytes(sent.as_bytes()).unwrap();
            headers.insert(name, value);
            assert_eq!(user(&headers).as_deref(), read, "{sent}");
        }
    }

    #[test]
    fn origins_count_only_when_every_one_is_written_as_browsers_write_it() {
        let some = read_origins(r#"["https://shop.example","http://127.0.0.1:18083"]"#).unwrap();
        assert_eq!(some.len(), 2);
        assert!(read_origins("[]").unwrap().is_empty());
        for text in [
            r#"["*"]"#,
            r#"["null"]"#,
            r#"["https://shop.example/"]"#,
            r#"["https://SHOP.example"]"#,
            r#"["https://shop.example:443"]"#,
            r#"["shop.example"]"#,
            r#"["file://"]"#,
            r#"["https://good.example", "*"]"#,
            r#"["https://*.example"]"#,
            r#"{"a":1}"#,
            r#""https://shop.example""#,
            "[1]",
            "",
        ] {
            assert_eq!(read_origins(text), None, "{text}");
        }
    }
}
