-- tr_shop_pg_adapters_update: an adapter is stored only when its patterns prove every border,
-- with what _parse_pg_message reads by. The fault is in @jumun_adapter_fault afterwards, since an
-- error has no room for it.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  ADAPTER_NOT_PROVEN
-- Locks   none
-- Example
--   UPDATE shop_pg_adapters SET pattern_pg_tx = '[0-9]{20}'
--       WHERE pg = 'wallet' AND merchant_id = 'M_DEMO';
--   SELECT @jumun_adapter_fault;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_pg_adapters_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_pg_adapters_update
BEFORE UPDATE ON shop_pg_adapters
FOR EACH ROW
BEGIN
    DECLARE v_reading LONGTEXT DEFAULT _adapter_reading(
        NEW.merchant_id, NEW.field_order_number, NEW.field_pg_tx, NEW.field_approval_no,
        NEW.field_amount, NEW.field_result_code, NEW.field_approved_at, NEW.field_merchant_id,
        NEW.hash_template, NEW.pattern_result_code, NEW.pattern_pg_tx, NEW.pattern_approved_at,
        NEW.pattern_others_json, NEW.success_code, NEW.request_hash_template);
    DECLARE v_fault TEXT DEFAULT JSON_UNQUOTE(JSON_EXTRACT(v_reading, '$.fault'));

    SET @jumun_adapter_fault = v_fault;
    -- What came from before patterns and takes no new orders may be changed in other ways; it still
    -- reads nothing.
    IF v_fault <> '' AND NOT (OLD.read_pattern = '' AND NEW.is_enabled = 0) THEN
        CALL _raise('ADAPTER_NOT_PROVEN', 'hash_template', v_fault);
    END IF;
    SET NEW.read_template = COALESCE(JSON_UNQUOTE(JSON_EXTRACT(v_reading, '$.template')), ''),
        NEW.read_pattern = COALESCE(JSON_UNQUOTE(JSON_EXTRACT(v_reading, '$.pattern')), '');
END//
DELIMITER ;
