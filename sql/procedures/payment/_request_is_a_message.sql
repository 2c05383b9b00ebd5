-- _request_is_a_message: could the hash that we send with a payment request fit a message of the
-- PG? Both are made with one key. A buyer chooses an order number, and sees the request's hash: if
-- the joined text of a request could be that of an approval, our own hash would prove it. The two
-- are told apart by their first letter, by their last one, or by a text between the fields of the
-- message that no request can hold.
--
-- Parameters
--   pi_request_hash_template, pi_hash_template, pi_merchant_id  columns of shop_pg_adapters
--   pi_parts, pi_firsts  JSON arrays: of each part of the hash template, the letters that may stand
--                        in it and the one with which it begins, see _adapter_reading
--   pi_lengths           the same: fixed | open | none = it may be missing
-- Returns TINYINT: 1 = nothing says that it could not, 0 = it cannot
-- Errors  none
-- Locks   none
-- Example
--   SELECT _request_is_a_message('{merchant_id}{order_number}{amount}{key}',
--       '{rsltCd}{mTrdNo}{mId}{key}', 'M1',
--       '["[0-9]","[-._A-Za-z0-9]","M1","[^ ]"]', '["","","M",""]',
--       '["fixed","open","fixed","fixed"]');
--   -- 0: a request begins with M, a message with a digit
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _request_is_a_message;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _request_is_a_message(
    pi_request_hash_template VARCHAR(400),
    pi_hash_template         VARCHAR(400),
    pi_merchant_id           VARCHAR(40),
    pi_parts                 TEXT,
    pi_firsts                TEXT,
    pi_lengths               TEXT)
    RETURNS TINYINT
    SQL SECURITY DEFINER
    DETERMINISTIC
    NO SQL
    COMMENT 'Whether a request''s hash could fit a message'
BEGIN
    -- What may stand in a request, letter for letter and set for set; the key is left out.
    DECLARE v_request VARCHAR(1000) DEFAULT
        REPLACE(REPLACE(REPLACE(REPLACE(pi_request_hash_template,
            '{merchant_id}', pi_merchant_id),
            '{order_number}', '[-._A-Za-z0-9]'),
            '{amount}', '[0-9.]'),
            '{key}', '');
    DECLARE v_key_first TINYINT DEFAULT pi_hash_template LIKE '{key}%';
    DECLARE v_key_last TINYINT DEFAULT pi_hash_template LIKE '%{key}';
    DECLARE v_from INT DEFAULT v_key_first;
    DECLARE v_to INT DEFAULT JSON_LENGTH(pi_parts) - 1 - v_key_last;
    DECLARE v_at INT;
    DECLARE v_text, v_length VARCHAR(400);
    DECLARE v_head, v_tail VARCHAR(1000);

    IF LOCATE('{key}', pi_request_hash_template) = 0 THEN
        RETURN 0;
    END IF;
    IF LOCATE('[', pi_request_hash_template) > 0 OR LOCATE(']', pi_request_hash_template) > 0
        OR v_key_first + v_key_last <> 1 OR v_from > v_to
        OR (pi_request_hash_template LIKE '{key}%')
           + (pi_request_hash_template LIKE '%{key}') <> 1 THEN
        RETURN 1;
    END IF;
    -- One begins with the key and the other ends with it: nobody else can write it at the other
    -- end.
    IF v_key_last <> (pi_request_hash_template LIKE '%{key}') THEN
        RETURN 0;
    END IF;
    SET v_head = CASE LEFT(v_request, 1)
            WHEN '[' THEN LEFT(v_request, LOCATE(']', v_request))
            ELSE LEFT(v_request, 1) END,
        v_tail = CASE RIGHT(v_request, 1)
            WHEN ']' THEN CONCAT('[', SUBSTRING_INDEX(v_request, '[', -1))
            ELSE RIGHT(v_request, 1) END;
    SET v_text = JSON_UNQUOTE(JSON_EXTRACT(pi_firsts, CONCAT('$[', v_from, ']')));
    IF CHAR_LENGTH(v_text) = 0 THEN
        SET v_text = JSON_UNQUOTE(JSON_EXTRACT(pi_parts, CONCAT('$[', v_from, ']')));
    END IF;
    SET v_length = JSON_UNQUOTE(JSON_EXTRACT(pi_lengths, CONCAT('$[', v_from, ']')));
    IF v_length <> 'none' AND _parts_meet(v_head, v_text) = 0 THEN
        RETURN 0;
    END IF;
    SET v_text = JSON_UNQUOTE(JSON_EXTRACT(pi_parts, CONCAT('$[', v_to, ']')));
    SET v_length = JSON_UNQUOTE(JSON_EXTRACT(pi_lengths, CONCAT('$[', v_to, ']')));
    IF v_length = 'fixed' AND LOCATE('[', v_text) = 0 THEN
        SET v_text = RIGHT(v_text, 1);
    END IF;
    IF v_length <> 'none' AND _parts_meet(v_tail, v_text) = 0 THEN
        RETURN 0;
    END IF;
    SET v_at = v_from;
    WHILE v_at <= v_to DO
        SET v_text = JSON_UNQUOTE(JSON_EXTRACT(pi_parts, CONCAT('$[', v_at, ']')));
        SET v_length = JSON_UNQUOTE(JSON_EXTRACT(pi_lengths, CONCAT('$[', v_at, ']')));
        IF v_length = 'fixed' AND LOCATE('[', v_text) = 0
            AND _parts_meet(v_request, LEFT(v_text, 1)) = 0 THEN
            RETURN 0;
        END IF;
        SET v_at = v_at + 1;
    END WHILE;
    RETURN 1;
END//
DELIMITER ;
