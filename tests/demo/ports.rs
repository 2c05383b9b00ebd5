//! The ports of the demonstration, and who is told when one is taken.

use std::net::TcpListener;

use anyhow::Context;
use clap::Args;

/// Every port can be moved by its variable.
#[derive(Debug, Clone, Args)]
pub struct Ports {
    /// Port of the database
    #[arg(long = "db-port", env = "JUMUN_DB_PORT", default_value_t = 13316)]
    pub database: u16,

    /// Port of the gateway
    #[arg(long = "port", env = "JUMUN_PORT", default_value_t = 18080)]
    pub gateway: u16,

    /// Port of the gateway's operator address
    #[arg(
        long = "operator-port",
        env = "JUMUN_OPERATOR_PORT",
        default_value_t = 18081
    )]
    pub operator: u16,

    /// Port of the sandbox payment gateway
    #[arg(long = "sandbox-port", env = "SANDBOX_PORT", default_value_t = 18082)]
    pub sandbox: u16,

    /// Port of the demonstration shop
    #[arg(long = "shop-port", env = "SHOP_PORT", default_value_t = 18083)]
    pub shop: u16,
}

impl Ports {
    /// Takes all of them at once and lets them go again, so that two of ours with one number are noticed too.
    ///
    /// # Errors
    /// Names the first port that is taken, and the variable that changes it.
    pub fn check(&self) -> anyhow::Result<()> {
        let all = [
            (self.database, "the database", "JUMUN_DB_PORT"),
            (self.gateway, "the gateway", "JUMUN_PORT"),
            (self.operator, "the operator address", "JUMUN_OPERATOR_PORT"),
            (self.sandbox, "the payment sandbox", "SANDBOX_PORT"),
            (self.shop, "the shop", "SHOP_PORT"),
        ];
        let mut taken = Vec::with_capacity(all.len());
        for (port, what, variable) in all {
            taken.push(TcpListener::bind(("127.0.0.1", port)).with_context(|| {
                format!(
                    "port {port} for {what} cannot be used; choose another one with {variable}=…"
                )
            })?);
        }
        Ok(())
    }
}
