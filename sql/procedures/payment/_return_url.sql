-- _return_url: a page of the shop, with the order in its query. The shop may have written any
-- address that a browser takes: with a query of its own, with a #part, which comes after every
-- query, and in Hangul, which a Location header cannot hold: what is not printable ASCII is
-- percent-encoded.
--
-- Parameters
--   pi_url           page of the shop
--   pi_order_key     order, or NULL
--   pi_order_number  mTrdNo, or NULL
--   pi_code          '' or why it was not paid; more of the query may follow it
-- Returns TEXT
-- Errors  none
-- Locks   none
-- Example
--   SELECT _return_url('https://shop.example/result.php', NULL, NULL, 'PAYMENT_FAILED');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _return_url;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _return_url(
    pi_url          TEXT,
    pi_order_key    BINARY(16),
    pi_order_number VARCHAR(64),
    pi_code         TEXT)
    RETURNS TEXT
    SQL SECURITY DEFINER
    DETERMINISTIC
    NO SQL
    COMMENT 'Page of the shop with the order in its query'
BEGIN
    DECLARE v_page TEXT DEFAULT SUBSTRING_INDEX(pi_url, '#', 1);
    DECLARE v_rest TEXT DEFAULT CONCAT(v_page,
        CASE WHEN LOCATE('?', v_page) = 0 THEN '?'
             WHEN v_page REGEXP '[?&]\\z' THEN ''
             ELSE '&' END,
        CONCAT_WS('&',
            CONCAT('order_key=', _uuid_text(pi_order_key)),
            -- Only orders from before jumun have numbers with anything but letters,
            -- digits and . _ -
            CONCAT('mTrdNo=', CASE WHEN pi_order_number REGEXP '[%&#+]'
                THEN REPLACE(REPLACE(REPLACE(REPLACE(pi_order_number,
                    '%', '%25'), '&', '%26'), '#', '%23'), '+', '%2B')
                ELSE pi_order_number END),
            CONCAT('code=', NULLIF(pi_code, ''))),
        SUBSTR(pi_url, CHAR_LENGTH(v_page) + 1));
    DECLARE v_done TEXT DEFAULT '';
    DECLARE v_at INT DEFAULT REGEXP_INSTR(v_rest, '[^!-~]');
    DECLARE v_hex CHAR(8);

    WHILE v_at > 0 DO
        SET v_hex = HEX(SUBSTR(v_rest, v_at, 1)),
            v_done = CONCAT(v_done, LEFT(v_rest, v_at - 1),
                CONCAT_WS('%', '', LEFT(v_hex, 2), NULLIF(SUBSTR(v_hex, 3, 2), ''),
                          NULLIF(SUBSTR(v_hex, 5, 2), ''), NULLIF(SUBSTR(v_hex, 7, 2), ''))),
            v_rest = SUBSTR(v_rest, v_at + 1);
        SET v_at = REGEXP_INSTR(v_rest, '[^!-~]');
    END WHILE;
    RETURN CONCAT(v_done, v_rest);
END//
DELIMITER ;
