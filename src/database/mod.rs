//! Connections to the database: how many there are, who may use one, what is sent on it, and what an error means for it.

pub mod admission;
pub mod connect;
pub mod engine_errors;
pub mod execute;
pub mod liveness;
pub mod pool;
pub mod retry;
