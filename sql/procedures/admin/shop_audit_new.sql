-- shop_audit_new: check the orders that came, or that something has happened to, since this was
-- called last: every invariant of an order, and each new order's amounts, computed once more (see
-- _prove_order). What it costs follows how many they are, not how many there were before.
--
-- Something has happened to an order when it has a new row in its log, or a payment gateway has
-- sent a message for it, or a duty of it was touched. An order that somebody has changed past the
-- routines has no such row; and what stock rows, limits of coupons and accounts come to is the sum
-- of all that ever was: shop_audit looks at these. Where something is found, every call looks again
-- until it is mended.
--
-- Parameters  none
-- Returns one row: result, order_count (how many orders were looked at), proven_count (how many of
--   them are new), violation_count
-- then one row per violation, at most 1,000: invariant, shop_id, subject, detail: as shop_audit
--   answers them, and
--   proof  an order says another amount than the prices and rules that it names
-- Errors  none
-- Locks   shop_audit_marks, shop_audit_found, after everything else
-- Example
--   CALL shop_audit_new();
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_audit_new;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_audit_new()
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Checks what is new'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_order, v_log, v_pg_message, v_duty, v_from, v_to, v_seq_no,
        v_area_rule_id BIGINT UNSIGNED;
    DECLARE v_begun DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_old DATETIME(6) DEFAULT v_begun - INTERVAL 10 MINUTE;
    DECLARE v_new_order, v_new_log, v_new_message, v_new_duty BIGINT UNSIGNED;
    DECLARE v_shop_id INT UNSIGNED;
    DECLARE v_list, v_found, v_priced, v_parcels, v_discounts, v_shares, v_differences LONGTEXT;
    DECLARE v_vat_rate DECIMAL(5,4);
    DECLARE v_point, v_cash, v_product_total, v_shipping_fee, v_discount, v_total, v_supply, v_vat,
        v_tax_free DECIMAL(18,2);
    DECLARE v_orders, v_proven, v_count, v_some INT UNSIGNED DEFAULT 0;
    DECLARE v_end TINYINT DEFAULT 0;
    -- As ranges of numbers, since the views are asked once for each: what lies between two that are
    -- near is looked at, too.
    DECLARE c_ranges CURSOR FOR
        SELECT MIN(i.order_seq_no), MAX(i.order_seq_no)
        FROM (SELECT n.order_seq_no, SUM(n.is_first) OVER (ORDER BY n.order_seq_no) AS range_no
              FROM (SELECT t.order_seq_no,
                           COALESCE(t.order_seq_no > LAG(t.order_seq_no)
                                        OVER (ORDER BY t.order_seq_no) + 200, 1) AS is_first
                    FROM (SELECT seq_no AS order_seq_no FROM shop_orders WHERE seq_no > v_order
                          UNION
                          SELECT order_seq_no FROM shop_order_logs WHERE seq_no > v_log
                          UNION
                          SELECT order_seq_no FROM shop_pg_messages
                          WHERE seq_no > v_pg_message AND order_seq_no IS NOT NULL
                          UNION
                          SELECT d.order_seq_no
                          FROM shop_pg_duty_logs g
                          JOIN shop_pg_duties d ON d.seq_no = g.duty_seq_no
                          WHERE g.seq_no > v_duty AND d.order_seq_no IS NOT NULL
                          UNION
                          SELECT order_seq_no FROM shop_audit_found) t) n) i
        GROUP BY i.range_no
        ORDER BY MIN(i.order_seq_no);
    DECLARE c_new CURSOR FOR
        SELECT seq_no, shop_id
        FROM shop_orders
        WHERE seq_no > v_order AND pricing_version IS NOT NULL
        UNION
        SELECT o.seq_no, o.shop_id
        FROM shop_audit_found f
        JOIN shop_orders o ON o.seq_no = f.order_seq_no AND o.pricing_version IS NOT NULL
        ORDER BY seq_no;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('shop_audit_new', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL, JSON_OBJECT('order_seq_no', v_seq_no));
        RESIGNAL;
    END;

    SET v_step = 'check', v_list = '';
    CALL _fit_session();
    CALL _start_reading();
    SELECT COALESCE(MAX(CASE what WHEN 'order' THEN seq_no END), 0),
           COALESCE(MAX(CASE what WHEN 'log' THEN seq_no END), 0),
           COALESCE(MAX(CASE what WHEN 'message' THEN seq_no END), 0),
           COALESCE(MAX(CASE what WHEN 'duty' THEN seq_no END), 0)
    INTO v_order, v_log, v_pg_message, v_duty
    FROM shop_audit_marks;
    OPEN c_ranges;
    next_range: LOOP
        FETCH c_ranges INTO v_from, v_to;
        IF v_end = 1 THEN
            LEAVE next_range;
        END IF;
        -- As many as are still to be told, and all are counted.
        SELECT COUNT(*),
               GROUP_CONCAT(CASE WHEN f.place + v_count <= 1000 THEN
                   JSON_OBJECT('invariant', f.invariant, 'shop_id', f.shop_id,
                               'order', f.order_seq_no, 'subject', f.subject, 'detail', f.detail)
                   END ORDER BY f.place)
        INTO v_some, v_found
        FROM (SELECT invariant, shop_id, order_seq_no, subject, detail,
                     ROW_NUMBER() OVER (ORDER BY invariant, shop_id, subject) AS place
              FROM v_audit_violations
              WHERE order_seq_no BETWEEN v_from AND v_to) f;
        SET v_count = v_count + v_some,
            v_list = CONCAT_WS(',', NULLIF(v_list, ''), v_found);
        SELECT COUNT(*) INTO v_some FROM shop_orders WHERE seq_no BETWEEN v_from AND v_to;
        SET v_orders = v_orders + v_some;
    END LOOP;
    CLOSE c_ranges;

    SET v_step = 'prove';
    OPEN c_new;
    next_order: LOOP
        SET v_end = 0;
        FETCH c_new INTO v_seq_no, v_shop_id;
        IF v_end = 1 THEN
            LEAVE next_order;
        END IF;
        BEGIN
            -- What cannot be computed at all is wrong, and keeps no other order from being looked
            -- at; unless somebody wants this call to end.
            DECLARE EXIT HANDLER FOR SQLEXCEPTION
            BEGIN
                GET DIAGNOSTICS CONDITION 1 v_errno = MYSQL_ERRNO;
                IF v_errno IN (1317, 1053, 1969, 3024, 4094) THEN
                    RESIGNAL;
                END IF;
                SET v_differences = JSON_ARRAY(JSON_OBJECT('what', 'its total', 'recorded', 'set',
                                                           'recomputed', 'to be computed'));
            END;
            CALL _prove_order(v_seq_no, v_priced, v_area_rule_id, v_point, v_cash, v_vat_rate,
                v_product_total, v_shipping_fee, v_parcels, v_discounts, v_discount, v_shares,
                v_total, v_supply, v_vat, v_tax_free, v_differences);
        END;
        SET v_proven = v_proven + 1;
        IF v_differences <> '[]' THEN
            SET v_count = v_count + 1;
            IF v_count <= 1000 THEN
                SET v_list = CONCAT_WS(',', NULLIF(v_list, ''), JSON_OBJECT(
                    'invariant', 'proof', 'shop_id', v_shop_id,
                    'order', v_seq_no, 'subject', CONCAT('order ', v_seq_no),
                    'detail', CONCAT(
                        JSON_UNQUOTE(JSON_EXTRACT(v_differences, '$[0].what')), ' ',
                        JSON_UNQUOTE(JSON_EXTRACT(v_differences, '$[0].recorded')), ', not ',
                        JSON_UNQUOTE(JSON_EXTRACT(v_differences, '$[0].recomputed')))));
            END IF;
        END IF;
    END LOOP;
    CLOSE c_new;
    -- Where the next call goes on, by what this one has seen: before all that is not ten minutes
    -- old, since a transaction that still runs may write a lower number than one that has ended.
    SELECT COALESCE(MIN(CASE WHEN order_date >= v_old THEN seq_no END) - 1, MAX(seq_no))
    INTO v_new_order
    FROM shop_orders WHERE seq_no > v_order;
    SELECT COALESCE(MIN(CASE WHEN log_date >= v_old THEN seq_no END) - 1, MAX(seq_no))
    INTO v_new_log
    FROM shop_order_logs WHERE seq_no > v_log;
    SELECT COALESCE(MIN(CASE WHEN received_at >= v_old THEN seq_no END) - 1, MAX(seq_no))
    INTO v_new_message
    FROM shop_pg_messages WHERE seq_no > v_pg_message;
    SELECT COALESCE(MIN(CASE WHEN log_date >= v_old THEN seq_no END) - 1, MAX(seq_no))
    INTO v_new_duty
    FROM shop_pg_duty_logs WHERE seq_no > v_duty;
    IF v_count > 1000 THEN
        -- Not all of it was told: the next call looks at the same once more.
        SET v_new_order = NULL, v_new_log = NULL, v_new_message = NULL, v_new_duty = NULL;
    END IF;
    COMMIT AND NO CHAIN NO RELEASE;
    CALL _note_audit_marks(CONCAT('[', v_list, ']'), v_new_order, v_new_log, v_new_message,
                           v_new_duty, v_begun);

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_orders AS order_count, v_proven AS proven_count,
           v_count AS violation_count;
    SELECT x.invariant, x.shop_id, x.subject, x.detail
    FROM JSON_TABLE(CONCAT('[', v_list, ']'), '$[*]' COLUMNS (
        position  FOR ORDINALITY,
        invariant VARCHAR(20)  PATH '$.invariant',
        shop_id   INT UNSIGNED PATH '$.shop_id',
        subject   VARCHAR(200) PATH '$.subject',
        detail    VARCHAR(200) PATH '$.detail')) x
    ORDER BY x.position;
END//
DELIMITER ;
