-- _uuid_text: the text form of a stored UUID.
--
-- Parameters
--   pi_uuid  16 bytes
-- Returns CHAR(36), lower case with hyphens; NULL for NULL
-- Errors  none
-- Locks   none
-- Example
--   SELECT _uuid_text(order_key) FROM shop_orders;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _uuid_text;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _uuid_text(pi_uuid BINARY(16))
    RETURNS CHAR(36)
    SQL SECURITY DEFINER
    DETERMINISTIC
    NO SQL
    COMMENT 'UUID as text'
BEGIN
    RETURN LOWER(INSERT(INSERT(INSERT(INSERT(HEX(pi_uuid), 21, 0, '-'), 17, 0, '-'), 13, 0, '-'),
                        9, 0, '-'));
END//
DELIMITER ;
