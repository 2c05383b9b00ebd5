//! Stock that is set by hand: one file per routine.

mod shop_stock_set;
