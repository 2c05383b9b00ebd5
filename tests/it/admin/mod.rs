//! What operators, jobs and the gateway itself call: one file per routine. `files`, `catalogue`,
//! `grants`, `sessions` are about all routines at once, `public` is the list of those that anybody outside may call.

mod audit_money;
mod catalogue;
mod day;
pub mod demonstration;
mod examples;
pub mod files;
mod grants;
mod hand_changes;
mod hand_list;
mod jumun_help;
mod lease_job;
mod lists;
mod public;
mod select_adm_abandoned_carts;
mod select_adm_order_modes;
mod select_adm_pg_duties;
mod select_gateway_keys;
mod sessions;
mod shop_audit;
mod shop_audit_new;
pub use shop_audit_new::AUDITED;
mod update_adm_cart_contacted;
mod update_adm_pg_duty;
mod update_adm_ticket_key;
