-- select_adm_order_modes: how a shop's orders came about in a period: from the cart or by "buy
-- now" (told by their rows, see add_shop_cart_buy_now; of orders from before that routine by the
-- shop's word), what they were worth, and how long their items had lain in the cart.
--
-- An order keeps the number of the cart row that each line was made of, and not when it was added:
-- that is told by shop_cart_clock, which notes once a minute which numbers were given. So a time
-- in the cart is known to half a minute, and not known at all of lines from before the job ran, or
-- from while it did not run. Units that are added to a row do not make it younger.
--
-- Parameters
--   pi_shop_id  shop
--   pi_from     UTC, YYYY-MM-DD HH:MM:SS: orders made from then on
--   pi_to       UTC, the same: orders made before then
-- Returns one row: result, currency, time_from, time_to
-- then two rows, cart and direct: order_mode, order_count, total_payment, paid_count, paid_total
--   (of those that are paid now, by shop_order_statuses), line_count, and of lines whose time in
--   the cart is known: known_count, lay_min, lay_avg, lay_max, in seconds; NULL where none is
-- Errors  INVALID_INPUT, SHOP_NOT_FOUND
-- Locks   none
-- Example
--   CALL select_adm_order_modes(1, '2026-11-01 00:00:00', '2026-12-01 00:00:00');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS select_adm_order_modes;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE select_adm_order_modes(
    pi_shop_id INT UNSIGNED,
    pi_from    TEXT,
    pi_to      TEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Orders of a period, from the cart or bought now'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_from, v_to DATETIME(6);
    DECLARE v_first_code, v_last_code CHAR(17);
    DECLARE v_first_row, v_last_row BIGINT UNSIGNED;
    DECLARE v_currency CHAR(3);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('select_adm_order_modes', v_step, v_errno, v_sqlstate, v_message,
            v_field, v_detail, '', NULL,
            JSON_OBJECT('shop_id', pi_shop_id, 'from', LEFT(pi_from, 30), 'to', LEFT(pi_to, 30)));
        RESIGNAL;
    END;

    CALL _parse_time(pi_from, 'from', v_from);
    CALL _parse_time(pi_to, 'to', v_to);
    IF v_from IS NULL OR v_to IS NULL THEN
        CALL _raise('INVALID_INPUT', CASE WHEN v_from IS NULL THEN 'from' ELSE 'to' END,
                    'YYYY-MM-DD HH:MM:SS, UTC');
    END IF;
    IF v_to <= v_from THEN
        CALL _raise('INVALID_INPUT', 'to', 'not after from');
    END IF;
    IF v_from < '1970-01-02' OR v_to >= '2970-01-01' THEN
        CALL _raise('INVALID_INPUT', CASE WHEN v_from < '1970-01-02' THEN 'from' ELSE 'to' END,
                    'a year from 1970 to 2969');
    END IF;

    SET v_step = 'answer';
    CALL _start_reading();
    SELECT currency INTO v_currency FROM shops WHERE shop_id = pi_shop_id;
    IF v_currency IS NULL THEN
        CALL _raise('SHOP_NOT_FOUND', 'shop_id', pi_shop_id);
    END IF;
    -- Orders have no index by date, but by order_code, which begins with the day in the shop. No
    -- shop's day begins or began more than 14 hours from UTC's.
    SET v_first_code = DATE_FORMAT(v_from - INTERVAL 840 MINUTE, '%Y%m%d-'),
        v_last_code = DATE_FORMAT(v_to + INTERVAL 840 MINUTE, '%Y%m%d.');
    -- The looks that can be about them: from the first line's number to the look behind the last.
    SELECT MIN(l.cart_seq_no), MAX(l.cart_seq_no) INTO v_first_row, v_last_row
    FROM shop_orders o FORCE INDEX (uq_shop_orders_code)
    STRAIGHT_JOIN shop_order_product l FORCE INDEX (PRIMARY) ON l.order_seq_no = o.seq_no
    WHERE o.shop_id = pi_shop_id AND o.order_code BETWEEN v_first_code AND v_last_code
      AND o.order_date >= v_from AND o.order_date < v_to;
    SELECT COALESCE(MIN(cart_seq_no), v_last_row) INTO v_last_row
    FROM shop_cart_clock WHERE cart_seq_no >= v_last_row;
    SELECT 'OK' AS result, v_currency AS currency, v_from AS time_from, v_to AS time_to;
    SELECT m.order_mode, COALESCE(t.order_count, 0) AS order_count,
           COALESCE(t.total_payment, 0) AS total_payment, COALESCE(t.paid_count, 0) AS paid_count,
           COALESCE(t.paid_total, 0) AS paid_total, COALESCE(t.line_count, 0) AS line_count,
           COALESCE(y.known_count, 0) AS known_count,
           ROUND(y.lay_min) AS lay_min, ROUND(y.lay_avg) AS lay_avg, ROUND(y.lay_max) AS lay_max
    FROM (SELECT 'cart' AS order_mode UNION ALL SELECT 'direct') m
    LEFT JOIN (
        SELECT o.order_mode, COUNT(*) AS order_count, SUM(o.total_payment) AS total_payment,
               SUM(s.phase = 'paid') AS paid_count,
               SUM(CASE s.phase WHEN 'paid' THEN o.total_payment ELSE 0 END) AS paid_total,
               SUM(o.line_count) AS line_count
        FROM shop_orders o FORCE INDEX (uq_shop_orders_code)
        LEFT JOIN shop_order_statuses s ON s.order_status = o.order_status
        WHERE o.shop_id = pi_shop_id AND o.order_code BETWEEN v_first_code AND v_last_code
          AND o.order_date >= v_from AND o.order_date < v_to
        GROUP BY o.order_mode) t ON t.order_mode = m.order_mode
    LEFT JOIN (
        SELECT y.order_mode, COUNT(y.lay) AS known_count, MIN(y.lay) AS lay_min,
               AVG(y.lay) AS lay_avg, MAX(y.lay) AS lay_max
        FROM (
            -- Added between two looks, and before it was ordered: the middle of what is possible.
            SELECT w.order_mode,
                   CASE WHEN w.not_before > w.seen_at - INTERVAL 3 MINUTE
                         AND w.not_before < w.order_date
                        THEN (TIMESTAMPDIFF(MICROSECOND, w.not_before, w.order_date)
                            + GREATEST(TIMESTAMPDIFF(MICROSECOND, w.seen_at, w.order_date), 0))
                            / 2000000 END AS lay
            FROM (
                -- Lines and looks by their numbers, from the last one down: a line belongs to the
                -- look that it comes behind, which is found by counting the looks. (A subquery for
                -- each line would read all looks before its own, and MIN() OVER is quadratic on
                -- MariaDB.)
                SELECT l.order_mode, l.order_date, k.not_before, k.seen_at
                FROM (SELECT x.order_mode, x.order_date, x.is_look,
                             SUM(x.is_look) OVER (ORDER BY x.cart_seq_no DESC, x.is_look DESC
                                                  ROWS UNBOUNDED PRECEDING) AS look
                      FROM (SELECT o.order_mode, o.order_date, l.cart_seq_no, 0 AS is_look
                            FROM shop_orders o FORCE INDEX (uq_shop_orders_code)
                            STRAIGHT_JOIN shop_order_product l FORCE INDEX (PRIMARY)
                                ON l.order_seq_no = o.seq_no
                            WHERE o.shop_id = pi_shop_id
                              AND o.order_code BETWEEN v_first_code AND v_last_code
                              AND o.order_date >= v_from AND o.order_date < v_to
                            UNION ALL
                            SELECT NULL, NULL, cart_seq_no, 1
                            FROM shop_cart_clock
                            WHERE cart_seq_no BETWEEN v_first_row AND v_last_row) x) l
                JOIN (SELECT not_before, seen_at,
                             ROW_NUMBER() OVER (ORDER BY cart_seq_no DESC) AS look
                      FROM shop_cart_clock
                      WHERE cart_seq_no BETWEEN v_first_row AND v_last_row) k ON k.look = l.look
                WHERE l.is_look = 0) w) y
        GROUP BY y.order_mode) y ON y.order_mode = m.order_mode
    ORDER BY m.order_mode;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
