//! Options of `jumun-adopt`: what the old tables do not say.

use std::path::PathBuf;

use clap::{Args, Parser, ValueEnum};

use crate::config::LoadArgs;

/// Moves a shop in that has tables of its own: reports and writes the SQL script, or runs it with --apply.
#[derive(Debug, Parser)]
#[command(name = "jumun-adopt", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub args: AdoptArgs,
}

/// Options of `jumun-adopt`. Those of `db load` are for what it does at the end of --apply.
#[derive(Debug, Clone, Args)]
pub struct AdoptArgs {
    #[command(flatten)]
    pub load: LoadArgs,

    /// File to write the SQL script to
    #[arg(long)]
    pub script: Option<PathBuf>,

    /// Run the script; without it nothing is changed
    #[arg(long)]
    pub apply: bool,

    /// Name of the shop, for buyers and payment gateways
    #[arg(long)]
    pub shop_name: Option<String>,

    /// How many minutes the old shop's times are ahead of UTC, Seoul 540; also where the shop's day begins
    #[arg(long, allow_hyphen_values = true, value_parser = clap::value_parser!(i32).range(-840..=840))]
    pub utc_offset_minutes: Option<i32>,

    /// Public base URL of the gateway, no slash at the end
    #[arg(long)]
    pub gateway_url: Option<String>,

    /// Shop page for a buyer whose order is paid
    #[arg(long)]
    pub result_url: Option<String>,

    /// Shop page for every other outcome
    #[arg(long)]
    pub error_url: Option<String>,

    /// When the old shop took units off quantity_stock
    #[arg(long, value_enum)]
    pub stock_taken: Option<StockTaken>,
}

/// When an old shop takes units off its stock.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum StockTaken {
    /// With the order
    Order,
    /// When it is paid
    Payment,
}

impl StockTaken {
    /// As the rules call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Payment => "payment",
        }
    }
}
