-- _new_uuid: a UUID version 7: ordered by time, so that an index over millions of them is written at its end,
-- with 74 random bits, so that none can be guessed from another.
--
-- Parameters  none
-- Returns CHAR(36): lower case with hyphens, as _uuid_text gives it
-- Errors  none
-- Locks   none
-- Example
--   SELECT _new_uuid();
-- Source  RFC 9562, section 5.7
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _new_uuid;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _new_uuid()
    RETURNS CHAR(36)
    SQL SECURITY DEFINER
    NOT DETERMINISTIC
    NO SQL
    COMMENT 'A UUID version 7'
BEGIN
    DECLARE v_random CHAR(20) DEFAULT LOWER(HEX(RANDOM_BYTES(10)));
    DECLARE v_time   CHAR(12) DEFAULT LOWER(LPAD(HEX(FLOOR(UNIX_TIMESTAMP(NOW(3)) * 1000)), 12, '0'));
    RETURN CONCAT_WS('-', LEFT(v_time, 8), SUBSTR(v_time, 9),
        CONCAT('7', LEFT(v_random, 3)),
        CONCAT(ELT(1 + CONV(SUBSTR(v_random, 4, 1), 16, 10) MOD 4, '8', '9', 'a', 'b'), SUBSTR(v_random, 5, 3)),
        SUBSTR(v_random, 8, 12));
END//
DELIMITER ;
