//! What the other tests rely on: their own harness, the proxy between gateway and database, and facts about the engines
//! and the driver that an upgrade must not change unseen.

mod dependencies;
mod driver;
mod engines;
mod itself;
mod layers;
mod proxy;
