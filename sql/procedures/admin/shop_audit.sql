-- shop_audit: check every invariant. None violated = everything adds up.
--
-- Parameters  none
-- Returns one row: result, violation_count
-- then one row per violation, at most 1,000: invariant, shop_id, subject, detail
--   cart        a cart row that was ordered is still in the cart, a buyer has two rows of one
--               product and option, or a cart's header is not what its rows say
--   order       an order was changed past the routines
--   totals      lines and header of an order differ
--   stock       ledger <> free + held + sold, per product and option
--   reservation units reserved <> units ordered, or they do not fit the order
--   payment     a paid order without exactly one payment of exactly its total, a payment without a
--               paid order, or one that is not what the payment gateway said
--   duty        money that was taken and neither settles an order nor is owed back, or a duty that
--               cannot be
--   contradiction  two things were said about one transaction, until the duty to find out is closed
--   log         an order whose log does not lead to its status by allowed moves
--   price       what is on sale is not what products, options and policies say, or an order line
--               does not say what its price row says
--   server      binlog_format is STATEMENT: a page that changes a product gives replicas other
--               prices' numbers
--   The view of each, v_audit_<invariant>, says it exactly.
-- Errors  none
-- Locks   the row in shop_health that keeps when it ran and how many it found,
--   after everything else
-- Example
--   CALL shop_audit();
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_audit;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_audit()
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Checks every invariant'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_invariant VARCHAR(20);
    DECLARE v_shop_id INT UNSIGNED;
    DECLARE v_subject, v_words VARCHAR(200);
    DECLARE v_list LONGTEXT DEFAULT '[';
    DECLARE v_count INT UNSIGNED DEFAULT 0;
    DECLARE v_end TINYINT DEFAULT 0;
    -- The whole database is read once: the count and the list come from the same reading.
    DECLARE c_violations CURSOR FOR
        SELECT invariant, shop_id, subject, detail FROM v_audit_violations
        UNION ALL
        SELECT 'server', NULL, 'binlog_format', 'is STATEMENT: SET GLOBAL binlog_format = ROW'
        FROM DUAL
        WHERE @@global.log_bin <> 0 AND @@global.binlog_format = 'STATEMENT'
        ORDER BY invariant, shop_id, subject;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('shop_audit', v_step, v_errno, v_sqlstate, v_message, v_field, v_detail,
            '', NULL, JSON_OBJECT());
        RESIGNAL;
    END;

    SET v_step = 'check';
    -- Hashes of large carts.
    CALL _fit_session();
    CALL _start_reading();
    OPEN c_violations;
    next_violation: LOOP
        FETCH c_violations INTO v_invariant, v_shop_id, v_subject, v_words;
        IF v_end = 1 THEN
            LEAVE next_violation;
        END IF;
        SET v_count = v_count + 1;
        IF v_count <= 1000 THEN
            SET v_list = CONCAT(
                v_list,
                CASE v_count WHEN 1 THEN '' ELSE ',' END,
                JSON_OBJECT('invariant', v_invariant, 'shop_id', v_shop_id,
                            'subject', v_subject, 'detail', v_words));
        END IF;
    END LOOP;
    CLOSE c_violations;
    COMMIT AND NO CHAIN NO RELEASE;
    CALL _note_audit(v_count);

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_count AS violation_count;
    SELECT x.invariant, x.shop_id, x.subject, x.detail
    FROM JSON_TABLE(CONCAT(v_list, ']'), '$[*]' COLUMNS (
        position  FOR ORDINALITY,
        invariant VARCHAR(20)  PATH '$.invariant',
        shop_id   INT UNSIGNED PATH '$.shop_id',
        subject   VARCHAR(200) PATH '$.subject',
        detail    VARCHAR(200) PATH '$.detail')) x
    ORDER BY x.position;
END//
DELIMITER ;
