//! Stock: counters, slots, holds that lapse.

mod reclaim;
mod shop_stock_set;
mod slots;
mod update_adm_stock_strategy;
