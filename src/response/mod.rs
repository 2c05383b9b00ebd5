//! From the rows of a procedure to an answer over HTTP, and the line that it leaves in the log.

pub mod exchange;
pub mod journal;
pub mod log_format;
pub mod pages;
pub mod refusals;
pub mod reply;
pub mod rows;
