-- shop_cart_clock: note which numbers of cart rows have been given by now. An order line keeps the
-- number of its cart row; with this, when that row was added can be told afterwards
-- (select_adm_order_modes), to within the time between two looks, and orders pay nothing for it.
-- May run at any time, twice. While nothing is added nothing is written but the time of the look.
--
-- Parameters
--   pi_batch_size  not used: one row at most
-- Returns one row: result, noted (1 = there were new rows)
-- Errors  none
-- Locks   the last row of shop_cart_clock
-- Example
--   CALL shop_cart_clock(1);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_cart_clock;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_cart_clock(
    pi_batch_size INT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Notes which cart rows there are by now'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'look';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_cart_seq_no, v_last_seq_no BIGINT UNSIGNED;
    DECLARE v_before, v_now DATETIME(6);
    DECLARE v_noted TINYINT DEFAULT 0;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('shop_cart_clock', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL, '{}');
        RESIGNAL;
    END;

    -- The last note first, then the time, then the rows: whoever notes beside this one waits, and
    -- no row that is seen is younger than seen_at says, nor is one missed that is older than
    -- not_before of the next note.
    CALL _start_writing();
    SELECT MAX(cart_seq_no) INTO v_last_seq_no FROM shop_cart_clock;
    IF v_last_seq_no IS NOT NULL THEN
        SELECT checked_at INTO v_before
        FROM shop_cart_clock FORCE INDEX (PRIMARY) WHERE cart_seq_no = v_last_seq_no FOR UPDATE;
    END IF;
    SET v_now = UTC_TIMESTAMP(6);
    SELECT GREATEST(COALESCE((SELECT MAX(seq_no) FROM shop_cart), 0),
                    COALESCE((SELECT MAX(cart_seq_no) FROM shop_order_product), 0))
    INTO v_cart_seq_no;

    SET v_step = 'note it';
    IF v_cart_seq_no > COALESCE(v_last_seq_no, 0) THEN
        INSERT IGNORE INTO shop_cart_clock (cart_seq_no, not_before, seen_at, checked_at)
        VALUES (v_cart_seq_no, v_before, UTC_TIMESTAMP(6), v_now);
        SET v_noted = 1;
    ELSE
        UPDATE shop_cart_clock SET checked_at = v_now WHERE cart_seq_no = v_last_seq_no;
    END IF;
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_noted AS noted;
END//
DELIMITER ;
