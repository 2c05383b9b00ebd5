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
macro_rules! say {
    ($($words:tt)*) => { $crate::dbtool::say::line(format_args!($($words)*)) };
}

/// As `eprintln!`, for an output that may have been closed.
macro_rules! complain {
    ($($words:tt)*) => { $crate::dbtool::say::complaint(format_args!($($words)*)) };
}

pub(crate) use {complain, say};
