//! Who asks: a shop by its key, a browser by a shop's ticket, a page by its origin.

pub mod keys;
pub mod origin;
pub mod ticket;
