//! What operators, jobs and the gateway itself call: one file per routine. `catalogue` is about all routines at
//! once, `public` is the list of those that anybody outside may call.

mod audit_money;
mod catalogue;
mod examples;
mod grants;
mod lease_job;
mod public;
mod select_adm_pg_duties;
mod sessions;
mod shop_audit;
