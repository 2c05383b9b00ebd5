-- shop_audit: check every invariant. None violated = everything adds up.
--
-- Parameters  none
-- Returns one row: result, violation_count
-- then one row per violation: invariant, shop_id, subject, detail
--   cart        a cart row that was ordered is still (or again) in the cart
--   totals      lines and header of an order differ
--   stock       ledger <> free + held + sold, per product and option
--   reservation units reserved <> units ordered, or their state does not fit the order's
--   payment     a paid order without exactly one payment of exactly its total, or a payment without a paid order
--   duty        money that was taken and neither settles an order nor is owed back
--   log         an order whose log does not lead to its status by allowed moves
-- Errors  none
-- Locks   none
-- Example
--   CALL shop_audit();
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_audit;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_audit()
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Checks every invariant'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK;
        CALL _failed('shop_audit', v_step, v_errno, v_sqlstate, v_message, v_field, v_detail, '', NULL,
                     JSON_OBJECT());
        RESIGNAL;
    END;

    SET v_step = 'check';
    CALL _start_reading();
    SELECT 'OK' AS result, COUNT(*) AS violation_count FROM v_audit_violations;
    SELECT invariant, shop_id, subject, detail FROM v_audit_violations ORDER BY invariant, shop_id, subject;
    COMMIT;
END//
DELIMITER ;
