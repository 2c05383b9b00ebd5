-- _orderable_as: what orderable of an offer says, where it can be bought: whether an order looks at
-- its lines first. Everything else goes the short way, by what is read anyway.
--
-- Parameters
--   pi_required_texts  texts that a buyer must give, see shop_option_groups
--   pi_looks           1 = the product has a rule for quantities, see _quantity_fault, or is a set,
--                      whose units are those of its parts
-- Returns 1 = nothing to look at; 2 = the lines are looked at one by one
-- Errors  none
-- Locks   none
-- Example
--   SELECT _orderable_as(1, 0);   -- 2: is the engraving there?
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _orderable_as;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _orderable_as(
    pi_required_texts SMALLINT UNSIGNED,
    pi_looks          TINYINT)
    RETURNS TINYINT
    SQL SECURITY DEFINER
    DETERMINISTIC
    NO SQL
    COMMENT 'Whether lines are looked at one by one'
BEGIN
    RETURN CASE WHEN pi_required_texts > 0 OR pi_looks = 1 THEN 2 ELSE 1 END;
END//
DELIMITER ;
