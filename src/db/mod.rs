//! The SQL files and the database they make: loading them, and comparing the two.

mod admin;
pub mod adopt;
pub mod check;
mod facts;
mod files;
pub mod load;
mod migrate;
mod numbers;
mod offers;
mod reading;
mod rights;
mod scratch;
mod settings;
mod split;
mod sqltext;
mod swap;
