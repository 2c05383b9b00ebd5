//! Integration tests: one binary, run once per engine against a real server. The harness is `support`.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

mod admin;
mod adopt;
mod browser;
mod cart;
mod coupon;
mod credit;
mod crowd;
mod dbtool;
mod demo;
mod fuzz;
mod growth;
mod harness;
mod health;
mod http;
mod order;
mod outage;
mod payment;
mod price;
mod promotion;
mod race;
mod readme;
mod schema;
mod stock;
mod support;
mod upgrade;
