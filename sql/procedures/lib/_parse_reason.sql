-- _parse_reason: read why somebody does something by hand.
--
-- Parameters
--   pi_text    1 to 200 characters, no line breaks
--   po_reason  OUT: the text without blanks around it; what may be a card's or an account's number
--              is masked
-- Returns nothing
-- Errors  INVALID_INPUT (reason)
-- Locks   none
-- Example
--   CALL _parse_reason('winter sale', @reason);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _parse_reason;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _parse_reason(
    pi_text       TEXT,
    OUT po_reason VARCHAR(200))
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'One reason, validated'
BEGIN
    DECLARE v_fault VARCHAR(10);

    SET v_fault = _text_fault(COALESCE(pi_text, ''));
    IF COALESCE(pi_text, '') = '' OR CHAR_LENGTH(pi_text) > 200 OR v_fault IN ('control', 'blank')
    THEN
        CALL _raise('INVALID_INPUT', 'reason', '1 to 200 characters, no line breaks');
    END IF;
    SET po_reason = REGEXP_REPLACE(TRIM(pi_text), '[0-9][0-9 -]{10,}[0-9]', '***');
END//
DELIMITER ;
