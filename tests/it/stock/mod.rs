//! Stock: counters, slots, holds that lapse, the copy for pages.

mod counted;
mod reclaim;
mod sets;
mod shop_stock_add;
mod shop_stock_mirror;
mod shop_stock_set;
mod slots;
mod update_adm_stock_strategy;
