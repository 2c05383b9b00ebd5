//! From the rows of a procedure, or from an error, to a reply; and the log.

pub mod answer;
pub mod journal;
pub mod log_format;
pub mod pages;
pub mod refusals;
pub mod reply;
pub mod rows;
