-- _is_orderable: can this product and option be bought?
-- Whether there are units is another question.
--
-- Parameters
--   pi_product_shown    1 = the product is displayed and not sold out
--   pi_option_required  1 = it cannot be bought without an option: the product says so, or has a
--                       required choice
--   pi_option_hash      combination, __noopt__ = none
--   pi_option_shown     1 = the option can be chosen; 1 for __noopt__
--   pi_unit_price       see _unit_price; below 0 it is a mistake
-- Returns 1 or 0
-- Errors  none
-- Locks   none
-- Example
--   SELECT _is_orderable(1, 1, '__noopt__', 1, 8100);   -- 0: an option has to be chosen
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _is_orderable;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _is_orderable(
    pi_product_shown   TINYINT,
    pi_option_required TINYINT,
    pi_option_hash     VARCHAR(64),
    pi_option_shown    TINYINT,
    pi_unit_price      DECIMAL(20,2))
    RETURNS TINYINT
    SQL SECURITY DEFINER
    DETERMINISTIC
    NO SQL
    COMMENT 'Whether a combination can be bought'
BEGIN
    RETURN CASE WHEN pi_product_shown = 1 AND pi_option_shown = 1 AND pi_unit_price >= 0
                 AND (pi_option_required = 0 OR pi_option_hash <> '__noopt__') THEN 1 ELSE 0 END;
END//
DELIMITER ;
