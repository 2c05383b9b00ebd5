//! Who sends a request: a shop by its bearer key, the buyer it speaks for, or the operator.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use actix_web::http::header::{self, HeaderMap};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::time::Instant;

use crate::{
    answer,
    call::{Call, CallError, Caller},
};

/// A revoked key is refused after at most this long.
pub const REFRESH: Duration = Duration::from_secs(10);
/// An unknown key may be a new one: asked for, but not more often than this.
const REFRESH_PAUSE: Duration = Duration::from_secs(1);
const LOAD_DEADLINE: Duration = Duration::from_secs(5);

type Hash = [u8; 32];

/// Why a request has no identity.
#[derive(Debug)]
pub enum IdentityError {
    /// No key, or not one we know.
    Unknown,
    /// The keys were never loaded.
    NotLoaded(CallError),
}

/// The keys of all shops, by their SHA-256; the keys themselves are nowhere.
#[derive(Debug, Default)]
pub struct ShopKeys {
    shops: RwLock<Option<Arc<HashMap<Hash, u32>>>>,
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
            procedure: "select_gateway_keys".to_owned(),
            parameters: Vec::new(),
            deadline: LOAD_DEADLINE,
            repeatable: true,
        };
        let sets = caller.call(call).await?;
        let mut shops = HashMap::new();
        if let Some(keys) = sets.get(1) {
            for row in 0..keys.rows.len() {
                let shop = answer::text(keys, row, "shop_id").and_then(|shop| shop.parse().ok());
                let hash = answer::text(keys, row, "key_sha256").and_then(|text| read_hash(&text));
                match (hash, shop) {
                    (Some(hash), Some(shop)) => drop(shops.insert(hash, shop)),
                    _ => log::error!("row {} of select_gateway_keys cannot be read", row + 1),
                }
            }
        }
        *self.shops.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(shops));
        Ok(())
    }

    /// The shop that a request's bearer key belongs to.
    ///
    /// # Errors
    /// See [`IdentityError`].
    pub async fn shop(&self, caller: &Caller, headers: &HeaderMap) -> Result<u32, IdentityError> {
        let key = bearer(headers).ok_or(IdentityError::Unknown)?;
        let hash: Hash = Sha256::digest(key).into();
        match self.find(&hash) {
            Some(Some(shop)) => return Ok(shop),
            Some(None) if !self.may_refresh() => return Err(IdentityError::Unknown),
            _ => {}
        }
        match self.load(caller).await {
            Ok(()) => self.find(&hash).flatten().ok_or(IdentityError::Unknown),
            Err(_) if self.find(&hash).is_some() => Err(IdentityError::Unknown),
            Err(error) => Err(IdentityError::NotLoaded(error)),
        }
    }

    /// The outer `None` means that no keys were ever loaded.
    fn find(&self, hash: &Hash) -> Option<Option<u32>> {
        let shops = self.shops.read().unwrap_or_else(PoisonError::into_inner);
        shops.as_ref().map(|shops| shops.get(hash).copied())
    }

    fn may_refresh(&self) -> bool {
        let last = self
            .last_refresh
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        last.is_none_or(|last| last.elapsed() >= REFRESH_PAUSE)
    }
}

/// Whether a request carries the operator's key; takes the same time for every wrong one.
pub fn is_operator(headers: &HeaderMap, key: &str) -> bool {
    let Some(given) = bearer(headers) else {
        return false;
    };
    let (given, key): (Hash, Hash) = (Sha256::digest(given).into(), Sha256::digest(key).into());
    given.ct_eq(&key).into()
}

/// The buyer that a shop speaks for.
pub fn user(headers: &HeaderMap) -> Option<&str> {
    let text = std::str::from_utf8(headers.get("x-user-id")?.as_bytes())
        .ok()?
        .trim();
    (!text.is_empty()).then_some(text)
}

fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, key) = value.split_at_checked("Bearer ".len())?;
    let key = key.trim_ascii();
    (scheme.eq_ignore_ascii_case(b"Bearer ") && !key.is_empty()).then_some(key)
}

fn read_hash(text: &str) -> Option<Hash> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).ok().map(|()| hash)
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
        assert_eq!(user(&headers), Some("demo1"));
    }
}
