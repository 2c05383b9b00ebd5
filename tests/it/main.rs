//! Integration tests: one binary, run once per engine against a real server. The harness is `support`.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

mod driver;
mod harness;
mod schema;
mod support;
