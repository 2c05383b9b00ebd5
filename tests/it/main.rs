//! Integration tests: one binary, run once per engine against a real server. The harness is `support`.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

mod admin;
mod adopt;
mod browser;
mod cart;
mod crowd;
mod dbtool;
mod dev;
mod driver;
mod engines;
mod fuzz;
mod growth;
mod harness;
mod health;
mod http;
mod order;
mod outage;
mod payment;
mod payment_race;
mod price;
mod proxy;
mod race;
mod readme;
mod refusal;
mod schema;
mod stock;
mod support;
mod upgrade;
