-- _take_over: bring what older procedures wrote up to what these ones expect. `jumun db load` calls
-- it when these were not loaded before: at an upgrade, and when somebody went back to older files
-- and comes forward again (sql/README.md: Backup, upgrade, way back).
--
-- - Orders that were made meanwhile have no seal: they get one. So does an order whose cart was
--   restored meanwhile, if nothing else in it differs. Whatever else a hand has changed stays for
--   shop_audit to find.
-- - Payment gateways that were entered meanwhile were not read: those whose patterns prove every
--   border are, the others take no new orders (see Adapters from before, sql/README.md). shop_audit
--   names them.
-- - Points and cash: see _take_over_credits.
--
-- Parameters  none
-- Returns one row: result, order_count, adapter_count, credit_count (what was changed)
-- Errors  CASH_NOT_ENOUGH, see _take_over_credits
-- Locks   shop_orders rows that it seals, points and cash, shop_pg_adapters rows
-- Example
--   CALL _take_over();
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _take_over;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _take_over()
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Takes over what older procedures wrote'
BEGIN
    DECLARE v_first BIGINT UNSIGNED;
    DECLARE v_orders, v_adapters, v_credits INT UNSIGNED DEFAULT 0;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK AND NO CHAIN NO RELEASE;
        RESIGNAL;
    END;

    ROLLBACK AND NO CHAIN NO RELEASE;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;
    -- Before the first one that was sealed there were no seals.
    SELECT MIN(seq_no) INTO v_first FROM shop_orders WHERE seal IS NOT NULL;
    IF v_first IS NOT NULL THEN
        UPDATE v_order_seals SET seal = seal_now
        WHERE seq_no > v_first
          AND (seal IS NULL OR (seal <> seal_now AND seal = seal_before_restore));
        SET v_orders = ROW_COUNT();
    END IF;
    CALL _take_over_credits(v_credits);
    UPDATE shop_pg_adapters
    SET is_enabled = CASE
        WHEN JSON_UNQUOTE(JSON_EXTRACT(
                 _adapter_reading(
                     merchant_id, field_order_number, field_pg_tx, field_approval_no, field_amount,
                     field_result_code, field_approved_at, field_merchant_id, hash_template,
                     pattern_result_code, pattern_pg_tx, pattern_approved_at, pattern_others_json,
                     success_code, request_hash_template),
                 '$.fault')) = '' THEN is_enabled
        ELSE 0 END
    WHERE read_pattern = '';
    SET v_adapters = ROW_COUNT();
    COMMIT AND NO CHAIN NO RELEASE;
    SELECT 'OK' AS result, v_orders AS order_count, v_adapters AS adapter_count,
           v_credits AS credit_count;
END//
DELIMITER ;
