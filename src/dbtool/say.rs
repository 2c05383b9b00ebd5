//! Words for whoever runs a command. Nobody reads to the end of `jumun db check | head`: what cannot be written any more
//! is left out, and the work goes on.

use std::{
    fmt::Arguments,
    io::{self, Write},
};

/// One line to standard output.
pub fn line(words: Arguments<'_>) {
    writeln!(io::stdout(), "{words}").ok();
}

/// One line to standard error.
pub fn complaint(words: Arguments<'_>) {
    writeln!(io::stderr(), "{words}").ok();
}

/// As `println!`, for an output that may have been closed.
#[macro_export]
macro_rules! say {
    ($($words:tt)*) => { $crate::dbtool::say::line(format_args!($($words)*)) };
}

/// As `eprintln!`, for an output that may have been closed.
#[macro_export]
macro_rules! complain {
    ($($words:tt)*) => { $crate::dbtool::say::complaint(format_args!($($words)*)) };
}

pub use crate::{complain, say};

/// Tells an error to whoever started the program.
pub fn complain_of(error: &anyhow::Error) {
    complain!("jumun: {}", causes(error));
}

/// An error and its causes on one line, each told once: many repeat their cause in their own words.
fn causes(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if told.is_empty() {
            told = cause;
        } else if !told.contains(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}
