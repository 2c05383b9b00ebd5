//! The SQL files and the database they make: loading them, and comparing the two.

pub mod admin;
pub mod areas;
pub mod check;
pub mod files;
pub mod inventory;
pub mod kept;
pub mod load;
pub mod migrate;
pub mod numbers;
pub mod offers;
pub mod reading;
pub mod rights;
pub mod say;
pub mod scratch;
pub mod settings;
pub mod split;
pub mod sqltext;
pub mod swap;
