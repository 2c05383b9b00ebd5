//! Entry point: reads the command line, starts the chosen command, reports how it ended.
#![warn(clippy::print_stdout, clippy::print_stderr)] // say! and complain!: an output may be closed

mod adopt;
mod auth;
mod call;
mod clients;
mod config;
mod database;
mod dbtool;
mod dev;
mod errors;
mod handler;
mod ops;
mod problem;
mod request;
mod response;
mod routes;
mod serve;

use std::process::ExitCode;

use clap::Parser;

use crate::{
    config::{Cli, Command, DbCommand},
    dbtool::say::complain,
    response::{journal, refusals},
};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    start_log();
    let _rest = journal::Rest;
    let outcome = match cli.command {
        Command::Serve(args) => {
            tokio::spawn(refusals::report());
            tokio::spawn(journal::keep_writing());
            serve::run(args).await.map(|()| ExitCode::SUCCESS)
        }
        Command::Db(DbCommand::Load(args)) => {
            dbtool::load::run(&args).await.map(|()| ExitCode::SUCCESS)
        }
        Command::Db(DbCommand::Check(args)) => Ok(dbtool::check::run(&args).await),
        Command::Db(DbCommand::Adopt(args)) => adopt::run(&args).await,
        Command::Dev(args) => dev::run(args).await.map(|()| ExitCode::SUCCESS),
    };
    outcome.unwrap_or_else(|error| {
        complain_of(&error);
        ExitCode::FAILURE
    })
}

/// Tells an error to whoever started the program.
fn complain_of(error: &anyhow::Error) {
    complain!("jumun: {}", causes(error));
}

fn start_log() {
    let filter = env_logger::Env::default().default_filter_or("info");
    let logger = env_logger::Builder::from_env(filter)
        .target(env_logger::Target::Pipe(Box::new(journal::Journal)))
        .build();
    let level = logger.filter().max(log::LevelFilter::Error);
    if log::set_boxed_logger(Box::new(refusals::Quiet(logger))).is_ok() {
        log::set_max_level(level);
    }
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
