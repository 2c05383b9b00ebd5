-- _put_option_on_sale: make the offer of an option, of its product's offer and itself.
-- For the triggers of shop_product_options; the product itself is not read: it may be
-- changing in this moment.
--
-- Parameters
--   pi_shop_id, pi_product_id, pi_option_hash, pi_option_name, pi_add_price, pi_display,
--   pi_stock_option_hash
--     the option's row
-- Returns nothing. While the product has no offer, before shop_offers_repair has come to it, the
--   option gets none either
-- Errors  none
-- Locks   shop_offers row (new), and the product's, shared
-- Example
--   CALL _put_option_on_sale(1, 'P001', 'red', 'red', 500, '1', 'red');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _put_option_on_sale;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _put_option_on_sale(
    pi_shop_id           INT UNSIGNED,
    pi_product_id        VARCHAR(30),
    pi_option_hash       VARCHAR(64),
    pi_option_name       VARCHAR(200),
    pi_add_price         DECIMAL(18,2),
    pi_display           CHAR(1),
    pi_stock_option_hash VARCHAR(64))
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Makes the offer of an option'
BEGIN
    DECLARE v_buy_price, v_sale_price DECIMAL(18,2);
    DECLARE v_discount_rate DECIMAL(5,4);
    DECLARE v_digits TINYINT UNSIGNED;
    DECLARE v_price_unit DECIMAL(18,2);
    DECLARE v_price_rounding VARCHAR(7);
    DECLARE v_tax_type VARCHAR(8);
    DECLARE v_product_name VARCHAR(200);
    DECLARE v_category_id VARCHAR(30);
    DECLARE v_delivery_policy_id, v_weight INT UNSIGNED;
    DECLARE v_stock_slots SMALLINT UNSIGNED;
    DECLARE v_product_shown, v_option_required, v_quantity_rules TINYINT;
    DECLARE v_option_groups, v_required_choices, v_required_texts, v_set_parts SMALLINT UNSIGNED;

    SELECT buy_price, sale_price, discount_rate, currency_digits, price_unit, price_rounding,
           tax_type, product_name, category_id, delivery_policy_id,
           weight, stock_slots, product_shown, option_required,
           option_groups, required_choices, required_texts, quantity_rules, set_parts
    INTO v_buy_price, v_sale_price, v_discount_rate, v_digits, v_price_unit, v_price_rounding,
         v_tax_type, v_product_name, v_category_id, v_delivery_policy_id,
         v_weight, v_stock_slots, v_product_shown, v_option_required,
         v_option_groups, v_required_choices, v_required_texts, v_quantity_rules, v_set_parts
    FROM shop_offers
    WHERE shop_id = pi_shop_id AND product_id = pi_product_id AND option_hash = '__noopt__'
      AND plan_id = 0
    LOCK IN SHARE MODE;
    IF v_buy_price IS NOT NULL THEN
        -- A row that is there already belongs to an option that was deleted
        -- while there was no trigger.
        INSERT INTO shop_offers
            (shop_id, product_id, option_hash, price_id, tax_type, delivery_policy_id,
             stock_option_hash, stock_slots, buy_price, sale_price, discount_rate,
             add_price, currency_digits, price_unit, price_rounding,
             product_name, option_name, category_id,
             weight, product_shown, option_required, option_shown, reason,
             option_groups, required_choices, required_texts, quantity_rules, set_parts)
        VALUES
            (pi_shop_id, pi_product_id, pi_option_hash, 0, v_tax_type, v_delivery_policy_id,
             pi_stock_option_hash, v_stock_slots, v_buy_price, v_sale_price, v_discount_rate,
             pi_add_price, v_digits, v_price_unit, v_price_rounding,
             v_product_name, pi_option_name, v_category_id,
             v_weight, v_product_shown, v_option_required, pi_display = '1', 'shop_product_options',
             v_option_groups, v_required_choices, v_required_texts, v_quantity_rules,
             v_set_parts)
        ON DUPLICATE KEY UPDATE
            tax_type = v_tax_type, delivery_policy_id = v_delivery_policy_id,
            stock_option_hash = pi_stock_option_hash, stock_slots = v_stock_slots,
            buy_price = v_buy_price, sale_price = v_sale_price, discount_rate = v_discount_rate,
            add_price = pi_add_price, currency_digits = v_digits, price_unit = v_price_unit,
            price_rounding = v_price_rounding, product_name = v_product_name,
            option_name = pi_option_name, category_id = v_category_id, weight = v_weight,
            product_shown = v_product_shown, option_required = v_option_required,
            option_shown = pi_display = '1', reason = 'shop_product_options',
            option_groups = v_option_groups, required_choices = v_required_choices,
            required_texts = v_required_texts, quantity_rules = v_quantity_rules,
            set_parts = v_set_parts;
    END IF;
END//
DELIMITER ;
