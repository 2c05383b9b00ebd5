//! Who asks: a shop by its key, a browser by a shop's ticket, a page by its origin.

pub mod identity;
pub mod keys;
pub mod origin;
pub mod ticket;

/// Whose request it is.
#[derive(Debug, Default)]
pub struct Identity {
    pub shop_id: Option<u32>,
    pub user_id: Option<String>,
    pub by_ticket: bool,
}
