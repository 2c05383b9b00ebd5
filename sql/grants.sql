-- Who may call what. Applied after every load: DROP PROCEDURE drops its grants.
-- Routines whose names begin with _ are granted to nobody;
-- no table is granted to anybody but the definer.

-- serves buyers and payment gateways, and runs the jobs
GRANT EXECUTE ON PROCEDURE add_shop_cart TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE add_shop_cart_buy_now TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE update_shop_cart TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE delete_shop_cart TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE select_shop_cart TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE add_shop_cart_items TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE merge_shop_cart TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE refresh_shop_cart TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE add_shop_coupon TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE select_shop_coupons TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE shop_order_quote TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE shop_order_insert TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE shop_order_update TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE shop_order_select TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE select_shop_orders TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE shop_order_restore_cart TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE shop_order_expire TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE shop_stock_mirror TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE shop_prices_begin TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE shop_cart_expire TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE shop_cart_settle TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE shop_order_restore_carts TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE shop_cart_clock TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE select_gateway_keys TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE select_gateway_health TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE select_error_codes TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE lease_job TO 'jumun_gateway'@'%';
GRANT EXECUTE ON PROCEDURE finish_job TO 'jumun_gateway'@'%';

-- works behind the second port, or by hand
GRANT EXECUTE ON PROCEDURE shop_stock_add TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE shop_stock_set TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE update_adm_stock_strategy TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE update_adm_ticket_key TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE select_adm_metrics TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE select_adm_order_modes TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE select_adm_abandoned_carts TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE update_adm_cart_contacted TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE select_adm_pg_duties TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE update_adm_pg_duty TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE shop_audit TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE jumun_help TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE shop_order_select TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE update_adm_order_payment TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE shop_order_expire TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE shop_stock_mirror TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE shop_cart_expire TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE shop_cart_settle TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE shop_order_restore_carts TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE shop_cart_clock TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE shop_offers_repair TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE issue_adm_coupon TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE update_adm_delivery_areas TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE update_adm_price TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE withdraw_adm_price TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE select_adm_prices TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE shop_prices_begin TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE select_gateway_health TO 'jumun_operator'@'%';
GRANT EXECUTE ON PROCEDURE select_error_codes TO 'jumun_operator'@'%';
