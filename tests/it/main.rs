//! Integration tests: one binary, run once per engine against a real server. The harness is `support`.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

mod admin;
mod cart;
mod driver;
mod engines;
mod harness;
mod payment;
mod payment_race;
mod order;
mod race;
mod price;
mod refusal;
mod schema;
mod readme;
mod stock;
mod support;
