//! Entry point: reads the command line, starts the chosen command, reports how it ended.

use std::process::ExitCode;

use clap::Parser;

use jumun::config::{Cli, Command, DbCommand, LogFormat};
use jumun::dbtool::{self, say::complain_of};
use jumun::response::{journal, log_format, refusals};
use jumun::serve;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    start_log(match &cli.command {
        Command::Serve(args) => args.log_format,
        Command::Db(_) => LogFormat::Text,
    });
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
        Command::Db(DbCommand::Areas(args)) => {
            dbtool::areas::run(&args).await.map(|()| ExitCode::SUCCESS)
        }
    };
    outcome.unwrap_or_else(|error| {
        complain_of(&error);
        ExitCode::FAILURE
    })
}

fn start_log(format: LogFormat) {
    let filter = env_logger::Env::default().default_filter_or("info");
    let mut builder = env_logger::Builder::from_env(filter);
    builder.target(env_logger::Target::Pipe(Box::new(journal::Journal)));
    if format == LogFormat::Json {
        builder.format(log_format::json);
    }
    let logger = builder.build();
    let level = logger.filter().max(log::LevelFilter::Error);
    if log::set_boxed_logger(Box::new(refusals::Quiet(logger))).is_ok() {
        log::set_max_level(level);
    }
}
