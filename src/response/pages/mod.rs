//! Pages for buyers whose browsers cannot be sent on to the shop.

pub mod astray;
pub mod order;
pub mod payment;
