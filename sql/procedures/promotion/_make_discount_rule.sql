-- _make_discount_rule: make the rule of a coupon or promotion that is new or has changed, with what
-- it is for and its steps.
--
-- Parameters
--   pi_shop_id … pi_valid_until  as in shop_coupons or shop_promotions, amounts rounded; what the
--                one does not have is NULL, first_order 0
--   pi_name      for people
--   pi_digits    decimals of the shop's currency
--   po_rule_id   OUT: the new rule
-- Returns nothing
-- Errors  INVALID_INPUT (target_ids, steps)
-- Locks   new rows of shop_discount_rules, shop_discount_targets and shop_discount_steps
-- Example
--   CALL _make_discount_rule(1, 'WELCOME', NULL, 'Welcome', 'order', NULL, 'amount', 3000, NULL,
--       NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 100, NULL, NULL, 0, @rule);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _make_discount_rule;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _make_discount_rule(
    pi_shop_id        INT UNSIGNED,
    pi_coupon_code    VARCHAR(30),
    pi_promotion_code VARCHAR(30),
    pi_name           VARCHAR(100),
    pi_target         VARCHAR(8),
    pi_target_ids     TEXT,
    pi_kind           VARCHAR(6),
    pi_amount         DECIMAL(18,2),
    pi_rate           DECIMAL(5,4),
    pi_buy_units      SMALLINT UNSIGNED,
    pi_free_units     SMALLINT UNSIGNED,
    pi_steps          TEXT,
    pi_max_discount   DECIMAL(18,2),
    pi_round_to       DECIMAL(18,2),
    pi_min_amount     DECIMAL(18,2),
    pi_first_order    TINYINT,
    pi_stack_group    VARCHAR(20),
    pi_apply_order    SMALLINT UNSIGNED,
    pi_valid_from     DATETIME(6),
    pi_valid_until    DATETIME(6),
    pi_digits         TINYINT UNSIGNED,
    OUT po_rule_id    BIGINT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Makes the rule of a coupon or promotion'
BEGIN
    INSERT INTO shop_discount_rules
        (shop_id, coupon_code, promotion_code, coupon_name, target, target_ids, kind, amount, rate,
         buy_units, free_units, steps, max_discount, round_to, min_amount, first_order,
         stack_group, apply_order, valid_from, valid_until, create_date, actor)
    VALUES
        (pi_shop_id, pi_coupon_code, pi_promotion_code, pi_name, pi_target, pi_target_ids, pi_kind,
         pi_amount, pi_rate, pi_buy_units, pi_free_units, pi_steps, pi_max_discount,
         COALESCE(pi_round_to, CASE pi_digits WHEN 0 THEN 1 WHEN 1 THEN 0.1 ELSE 0.01 END),
         pi_min_amount, pi_first_order, pi_stack_group, pi_apply_order, pi_valid_from,
         pi_valid_until, UTC_TIMESTAMP(6), LEFT(USER(), 100));
    SET po_rule_id = LAST_INSERT_ID();
    CALL _make_discount_targets(po_rule_id, pi_target_ids);
    CALL _make_discount_steps(po_rule_id, pi_steps);
END//
DELIMITER ;
