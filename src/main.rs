//! Entry point: reads the command line, starts the chosen command, reports how it ended.

use std::process::ExitCode;

use clap::Parser;

use jumun::config::{Cli, Command, DbCommand};
use jumun::dbtool::{self, say::complain_of};
use jumun::response::{journal, refusals};
use jumun::serve;

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
    };
    outcome.unwrap_or_else(|error| {
        complain_of(&error);
        ExitCode::FAILURE
    })
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
