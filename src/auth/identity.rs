//! Whose request it is, by what its route asks for: a shop's key and the buyer it speaks for, a buyer's ticket, or the
//! operator's key.

use actix_web::http::header::{self, HeaderMap};

use crate::{
    auth::{
        Identity,
        keys::{self, IdentityError, ShopKeys},
        origin,
    },
    call::Caller,
    request::{
        InputError,
        bind::{TICKET, field_text},
        body,
    },
    routes::{Auth, Route},
};

/// How requests of one address prove who they are.
pub enum Access {
    Shops(ShopKeys),
    Operator(String),
}

/// Why it is nobody's.
#[derive(Debug)]
pub enum Refusal {
    /// No key or ticket, or not a good one: which field, and what is wrong with it.
    Unauthenticated(&'static str, &'static str),
    /// The buyer's page is not one of the shop's.
    OriginNotAllowed,
    /// What says who asks cannot be read.
    Input(InputError),
    /// A ticket whose time is over, or keys that were never loaded.
    Keys(IdentityError, &'static str),
}

impl From<InputError> for Refusal {
    fn from(error: InputError) -> Self {
        Self::Input(error)
    }
}

impl Access {
    /// Whether a request carries the operator's key, where there is one.
    pub fn is_operator(&self, headers: &HeaderMap) -> bool {
        matches!(self, Self::Operator(key) if keys::is_operator(headers, key))
    }

    /// Whether a shop lets pages of this origin post its orders; without a shop, whether any does.
    pub fn allows_origin(&self, page: &str, shop_id: Option<u32>) -> bool {
        matches!(self, Self::Shops(keys) if keys.allows_origin(page, shop_id))
    }

    /// Whose request it is. `body` is `None` where it could not be read.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub async fn identify(
        &self,
        caller: &Caller,
        route: &Route,
        headers: &HeaderMap,
        body: Option<&[u8]>,
    ) -> Result<Identity, Refusal> {
        match (route.auth, self) {
            (Auth::Signature, _) => Ok(Identity::default()),
            (Auth::Operator, _) if self.is_operator(headers) => Ok(Identity::default()),
            (Auth::BuyerOrTicket, Self::Shops(keys)) if by_ticket(route, headers) => {
                self.buyer_of_ticket(keys, caller, headers, body).await
            }
            (Auth::Buyer | Auth::BuyerOrTicket, Self::Shops(keys)) => {
                let shop = keys.shop(caller, headers).await;
                let shop = shop.map_err(|error| Refusal::Keys(error, ""))?;
                let user = keys::user(headers)
                    .ok_or_else(|| InputError::field("X-User-Id", "names the buyer"))?;
                Ok(Identity {
                    shop_id: Some(shop),
                    user_id: Some(user),
                    by_ticket: false,
                })
            }
            _ => Err(Refusal::Unauthenticated("", "")),
        }
    }

    /// The buyer whom a shop's ticket names, for the one order that it names, on one of the shop's pages.
    async fn buyer_of_ticket(
        &self,
        keys: &ShopKeys,
        caller: &Caller,
        headers: &HeaderMap,
        body: Option<&[u8]>,
    ) -> Result<Identity, Refusal> {
        let field = |name: &str| {
            let Some(body) = body else { return Ok(None) };
            let fields = body::own_fields(headers, body)?;
            field_text(&fields, name)
        };
        let Some(ticket) = field(TICKET)? else {
            let detail = "send Authorization: Bearer, or the field ticket";
            return Err(Refusal::Unauthenticated("", detail));
        };
        let granted = keys.ticket(caller, &ticket).await;
        let (shop_id, granted) = granted.map_err(|error| Refusal::Keys(error, TICKET))?;
        if origin::is_refused(headers, |page| self.allows_origin(page, Some(shop_id))) {
            return Err(Refusal::OriginNotAllowed);
        }
        if field("mTrdNo")?.as_ref() != Some(&granted.number) {
            let detail = "is not the one that the ticket is for";
            return Err(Refusal::Unauthenticated("mTrdNo", detail));
        }
        Ok(Identity {
            shop_id: Some(shop_id),
            user_id: Some(granted.user_id),
            by_ticket: true,
        })
    }
}

/// Whether it is a browser's request: a shop's server has a key.
pub fn by_ticket(route: &Route, headers: &HeaderMap) -> bool {
    route.auth == Auth::BuyerOrTicket && !headers.contains_key(header::AUTHORIZATION)
}
