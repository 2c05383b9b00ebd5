//! jumun: a checkout whose rules live in stored procedures.
//!
//! The way of a request: middleware ([`handler::life`]) gives it an id; [`routes`] says which procedure it is for and where
//! each parameter comes from; [`handler`] finds out who asks ([`auth`]), binds the parameters ([`request`]), makes the one
//! CALL ([`call`], on a connection of [`database`]) and makes a reply of what comes back ([`response`]), or of the
//! [`problem`] that the [`errors`] of the database name; the middleware adds what all answers have, counts and logs it.
#![warn(clippy::print_stdout, clippy::print_stderr)] // say! and complain!: an output may be closed

pub mod adopt;
pub mod auth;
pub mod call;
pub mod clients;
pub mod config;
pub mod database;
pub mod dbtool;
pub mod errors;
pub mod handler;
pub mod ops;
pub mod problem;
pub mod request;
pub mod response;
pub mod routes;
pub mod serve;
