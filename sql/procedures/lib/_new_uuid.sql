-- _new_uuid: a UUID version 7: ordered by time, so that an index over millions of them is written at its end,
-- with 74 random bits, so that none can be guessed from another.
--
-- Parameters  none
-- Returns BINARY(16)
-- Errors  none
-- Locks   none
-- Example
--   SELECT _uuid_text(_new_uuid());
-- Source  RFC 9562, section 5.7
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _new_uuid;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _new_uuid()
    RETURNS BINARY(16)
    SQL SECURITY DEFINER
    NOT DETERMINISTIC
    NO SQL
    COMMENT 'A UUID version 7'
BEGIN
    DECLARE v_random CHAR(20) DEFAULT HEX(RANDOM_BYTES(10));
    RETURN UNHEX(CONCAT(
        LPAD(HEX(FLOOR(UNIX_TIMESTAMP(NOW(3)) * 1000)), 12, '0'),
        '7', SUBSTR(v_random, 1, 3),
        ELT(1 + CONV(SUBSTR(v_random, 4, 1), 16, 10) MOD 4, '8', '9', 'A', 'B'), SUBSTR(v_random, 5, 15)));
END//
DELIMITER ;
