//! What an operator sees, and what is done in the background.

pub mod jobs;
pub mod metrics;
pub mod operator;
pub mod probe;
pub mod readiness;
pub mod refresh;
pub mod shop_figures;
