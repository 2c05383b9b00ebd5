//! Entry point: reads the command line, starts the chosen command, reports how it ended.
#![warn(clippy::print_stdout, clippy::print_stderr)] // say! and complain!: an output may be closed

mod admission;
mod answer;
mod astray;
mod bind;
mod call;
mod catalogue;
mod clients;
mod config;
mod connections;
mod database;
mod db;
mod dev;
mod execute;
mod form;
mod handler;
mod identity;
mod input;
mod jobs;
mod journal;
mod json;
mod labels;
mod metrics;
mod operator;
mod order_page;
mod origin;
mod page;
mod probe;
mod problem;
mod readiness;
mod refusals;
mod repeat;
mod reply;
mod routes;
mod say;
mod serve;
mod shop_figures;
mod text;
mod ticket;
mod trust;
mod workers;

use std::process::ExitCode;

use clap::Parser;

use crate::config::{Cli, Command, DbCommand};

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
            db::load::run(&args).await.map(|()| ExitCode::SUCCESS)
        }
        Command::Db(DbCommand::Check(args)) => Ok(db::check::run(&args).await),
        Command::Db(DbCommand::Adopt(args)) => db::adopt::run(&args).await,
        Command::Dev(args) => dev::run(args).await.map(|()| ExitCode::SUCCESS),
    };
    outcome.unwrap_or_else(|error| {
        complain_of(&error);
        ExitCode::FAILURE
    })
}

/// Tells an error to whoever started the program.
fn complain_of(error: &anyhow::Error) {
    say::complain!("jumun: {}", causes(error));
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
