-- _fit_coupon_counter: make what is left of a limit follow a change of the limit.
--
-- Parameters
--   pi_shop_id, pi_coupon_code  coupon
--   pi_kind      issue | use
--   pi_limit     the limit now; NULL = none any more
--   pi_before    the limit before; NULL = none
-- Returns nothing
-- Errors  none
-- Locks   shop_coupon_counters of this limit; where there was none, also the issued coupons, so
--         that whoever takes one just now is counted
-- Example
--   CALL _fit_coupon_counter(1, 'WELCOME', 'use', 1000, NULL);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _fit_coupon_counter;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _fit_coupon_counter(
    pi_shop_id     INT UNSIGNED,
    pi_coupon_code VARCHAR(30),
    pi_kind        VARCHAR(5),
    pi_limit       INT UNSIGNED,
    pi_before      INT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'What is left of a limit that was changed'
BEGIN
    DECLARE v_free BIGINT;
    DECLARE v_slots TINYINT DEFAULT CASE pi_kind WHEN 'use' THEN 8 ELSE 1 END;

    IF pi_before IS NULL THEN
        SELECT COUNT(CASE WHEN pi_kind = 'issue' OR order_seq_no IS NOT NULL THEN 1 END)
        INTO v_free
        FROM shop_issued_coupons
        WHERE shop_id = pi_shop_id AND coupon_code = pi_coupon_code
        FOR UPDATE;
        SET v_free = CAST(pi_limit AS SIGNED) - v_free;
    ELSE
        SELECT SUM(free) INTO v_free
        FROM shop_coupon_counters
        WHERE shop_id = pi_shop_id AND coupon_code = pi_coupon_code AND kind = pi_kind
        FOR UPDATE;
        SET v_free = v_free + CAST(pi_limit AS SIGNED) - CAST(pi_before AS SIGNED);
    END IF;
    DELETE FROM shop_coupon_counters
    WHERE shop_id = pi_shop_id AND coupon_code = pi_coupon_code AND kind = pi_kind;
    IF pi_limit IS NOT NULL THEN
        -- Fewer than none stand in the first slot.
        INSERT INTO shop_coupon_counters (shop_id, coupon_code, kind, slot, free)
        SELECT pi_shop_id, pi_coupon_code, pi_kind, x.slot,
               CASE WHEN v_free > 0 THEN v_free DIV v_slots + (x.slot < v_free MOD v_slots)
                    WHEN x.slot = 0 THEN v_free ELSE 0 END
        FROM JSON_TABLE('[0,1,2,3,4,5,6,7]', '$[*]' COLUMNS (slot INT PATH '$')) x
        WHERE x.slot < v_slots;
    END IF;
END//
DELIMITER ;
