//! `jumun-adopt`: moves a shop in that has tables of its own. Used once, for a day.

use std::process::ExitCode;

use clap::Parser;
use jumun::{
    adopt::{self, options::Cli},
    dbtool::say::complain_of,
};

#[tokio::main]
async fn main() -> ExitCode {
    adopt::run(&Cli::parse().args)
        .await
        .unwrap_or_else(|error| {
            complain_of(&error);
            ExitCode::FAILURE
        })
}
