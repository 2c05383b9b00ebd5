-- Background jobs. Loaded again with every load: intervals that a DBA has changed are kept.
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

-- Only a shop from before jumun has pages that read the copy of its stock: it is known by the moves of its orders' logs.
INSERT INTO shop_jobs (job_name, is_enabled, interval_seconds, lease_seconds, batch_size, lease_until, next_run_at)
SELECT d.job_name, d.is_enabled, d.interval_seconds, d.lease_seconds, d.batch_size, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)
FROM (SELECT 'shop_order_expire' AS job_name, 1 AS is_enabled, 5 AS interval_seconds, 60 AS lease_seconds,
             500 AS batch_size
      UNION ALL
      SELECT 'shop_prices_begin', 1, 5, 60, 1000
      UNION ALL
      -- Without shops.cart_delete_days it finds nothing to do.
      SELECT 'shop_cart_expire', 1, 60, 60, 500
      UNION ALL
      SELECT 'shop_cart_clock', 1, 60, 60, 1
      UNION ALL
      -- Without soft_lock it finds nothing to do.
      SELECT 'shop_cart_settle', 1, 60, 60, 500
      UNION ALL
      -- Without shops.restore_minutes it finds nothing to do.
      SELECT 'shop_order_restore_carts', 1, 60, 60, 500
      UNION ALL
      SELECT 'shop_credit_expire', 1, 60, 60, 500
      UNION ALL
      SELECT 'shop_quote_expire', 1, 10, 60, 10000
      UNION ALL
      -- Without shops.complete_days it finds nothing to do.
      SELECT 'shop_orders_complete', 1, 300, 60, 500
      UNION ALL
      SELECT 'shop_stock_mirror', EXISTS (SELECT 1 FROM shop_order_transitions WHERE action = 'adopt_1'), 10, 60, 1000) d
ON DUPLICATE KEY UPDATE shop_jobs.job_name = shop_jobs.job_name;
