//! Runs the whole demonstration on one machine.

use clap::Args;

/// Options of `jumun dev`.
#[derive(Debug, Args)]
pub struct DevArgs {}

/// Runs until interrupted.
///
/// # Errors
/// When a part of the demonstration does not start.
pub async fn run(_args: DevArgs) -> anyhow::Result<()> {
    anyhow::bail!("this build has no demonstration")
}
