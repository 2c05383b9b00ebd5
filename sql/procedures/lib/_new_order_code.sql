-- _new_order_code: the name of an order for people.
--
-- Parameters
--   pi_local_time  now, in the shop's day; with its microseconds, or MySQL would round half a second before midnight up
-- Returns CHAR(17): YYYYMMDD, a hyphen, 8 random characters of Crockford's base 32 (no I, L, O, U). Random, so that
--   it does not reveal how many orders there were; unique by its index, and drawn again when taken
-- Errors  none
-- Locks   none
-- Example
--   SELECT _new_order_code(UTC_TIMESTAMP(6) + INTERVAL 540 MINUTE);   -- '20261120-7KQ2M0XA'
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _new_order_code;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _new_order_code(pi_local_time DATETIME(6))
    RETURNS CHAR(17)
    SQL SECURITY DEFINER
    NOT DETERMINISTIC
    NO SQL
    COMMENT 'Name of an order for people'
BEGIN
    -- CONV writes base 32 with 0-9 A-V; the four letters that people misread become W to Z.
    RETURN CONCAT(DATE_FORMAT(pi_local_time, '%Y%m%d'), '-',
        REPLACE(REPLACE(REPLACE(REPLACE(LPAD(CONV(HEX(RANDOM_BYTES(5)), 16, 32), 8, '0'),
            'I', 'W'), 'L', 'X'), 'O', 'Y'), 'U', 'Z'));
END//
DELIMITER ;
