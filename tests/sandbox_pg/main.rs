//! `sandbox-pg`: a payment gateway for the demonstration and for tests. It speaks the wallet protocol (payment page,
//! browser return, notification until acknowledged) and can be told to misbehave. It moves no money, keeps
//! everything in memory and talks to this machine only.

mod behaviour;
mod notify;
mod pages;
mod protocol;
mod routes;
mod store;

use actix_web::{App, HttpServer, web};
use anyhow::Context;
use clap::Parser;
use notify::{Notifier, Patience};
use protocol::Merchant;
use routes::Sandbox;
use std::net::SocketAddr;
use std::time::Duration;
use store::Store;

/// Payment gateway sandbox: payment page at /pay, what was sent at /sandbox/transactions.
#[derive(Parser)]
#[command(name = "sandbox-pg", version)]
struct Options {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, env = "SANDBOX_LISTEN", default_value = "127.0.0.1:18082")]
    listen: SocketAddr,

    /// Merchant that is served.
    #[arg(long, env = "SANDBOX_MERCHANT", default_value = "M_DEMO")]
    merchant: String,

    /// Hash key shared with the merchant.
    #[arg(long, env = "SANDBOX_KEY", default_value = "demo-hash-key")]
    key: String,

    /// Transactions kept in memory; the oldest are forgotten first.
    #[arg(long, env = "SANDBOX_KEEP", default_value_t = 5000)]
    keep: usize,

    /// Attempts to deliver one notification.
    #[arg(long, env = "SANDBOX_NOTIFY_ATTEMPTS", default_value_t = 8,
          value_parser = clap::value_parser!(u8).range(1..=50))]
    notify_attempts: u8,

    /// Pause after the first attempt in milliseconds; doubled after each further one, up to 30 seconds.
    #[arg(long, env = "SANDBOX_NOTIFY_PAUSE_MS", default_value_t = 500)]
    notify_pause_ms: u64,

    /// Time one attempt may take, in milliseconds.
    #[arg(long, env = "SANDBOX_NOTIFY_TIMEOUT_MS", default_value_t = 10_000)]
    notify_timeout_ms: u64,
}

/// Notifications under way or waiting for their time; beyond that a decision is answered 503.
const NOTIFICATIONS_WAITING: usize = 2000;
/// Requests that are being answered when the process is told to stop have this long.
const SHUTDOWN_SECONDS: u64 = 5;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("info")).init();
    let options = Options::parse();
    let patience = Patience {
        attempts: usize::from(options.notify_attempts),
        first_pause: Duration::from_millis(options.notify_pause_ms),
        timeout: Duration::from_millis(options.notify_timeout_ms),
    };
    let notifier =
        Notifier::new(patience, NOTIFICATIONS_WAITING).context("cannot set up the HTTP client")?;
    let sandbox = web::Data::new(Sandbox {
        merchant: Merchant {
            id: options.merchant,
            key: options.key,
        },
        store: Store::new(options.keep),
        notifier: notifier.clone(),
    });

    let server = HttpServer::new(move || {
        App::new()
            .app_data(sandbox.clone())
            .configure(routes::configure)
    })
    .workers(2)
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .bind(options.listen)
    .with_context(|| format!("cannot listen on {}", options.listen))?;
    for address in server.addrs() {
        println!("sandbox-pg listening on http://{address}");
    }
    // The server itself takes SIGTERM and SIGINT and finishes the requests it has begun.
    server.run().await.context("the server failed")?;
    notifier.stop().await;
    Ok(())
}
