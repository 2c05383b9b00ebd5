-- _option_hash: the hash by which carts and orders name what was chosen.
--
-- Parameters
--   pi_normal  normal form, see _normal_option
-- Returns VARCHAR(64): SHA-256 of its UTF-8 bytes in 64 hexadecimal digits; '__noopt__' for '{}'
-- Errors  none
-- Locks   none
-- Example
--   SELECT _option_hash('{"사이즈":"L","색상":"빨강"}');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _option_hash;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _option_hash(
    pi_normal LONGTEXT)
    RETURNS VARCHAR(64)
    SQL SECURITY DEFINER
    DETERMINISTIC
    NO SQL
    COMMENT 'Hash of what was chosen'
BEGIN
    RETURN CASE pi_normal WHEN '{}' THEN '__noopt__' ELSE SHA2(pi_normal, 256) END;
END//
DELIMITER ;
