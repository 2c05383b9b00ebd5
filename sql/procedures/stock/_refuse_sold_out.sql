-- _refuse_sold_out: refuse an order at once when what it wants is neither in stock nor held by
-- anybody whose time is up.
--
-- Without it, whoever comes too late writes a whole order to learn it, and locks the stock
-- that everybody looks at.
--
-- Parameters
--   pi_shop_id   shop
--   pi_mTrdNo    idempotency key: nothing is refused when it is known, since that
--                request has its answer
--   pi_list      what was priced, see shop_order_insert
--   pi_now       UTC
--   po_fits      OUT: 1 = all of it can be ordered without a further look and is in stock, in one
--                slot or another
-- Returns nothing
-- Errors  OUT_OF_STOCK
-- Locks   none: a picture of now
-- Example
--   CALL _refuse_sold_out(1, 'T20261120-0001', '[[1,2,101,7,1]]', UTC_TIMESTAMP(6), @fits);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _refuse_sold_out;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _refuse_sold_out(
    pi_shop_id  INT UNSIGNED,
    pi_mTrdNo   VARCHAR(64),
    pi_list     LONGTEXT,
    pi_now      DATETIME(6),
    OUT po_fits TINYINT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'Refuses what is sold out'
BEGIN
    DECLARE v_known, v_orderable, v_sold_out TINYINT;

    SELECT COUNT(*) INTO v_known FROM shop_orders
    WHERE shop_id = pi_shop_id AND order_number = pi_mTrdNo;
    SELECT MIN(u.orderable), MAX(u.free < u.wanted AND u.lapsed = 0),
           COALESCE(MIN(u.orderable = 1 AND u.chosen = 0 AND u.free >= u.wanted), 0)
    INTO v_orderable, v_sold_out, po_fits
    FROM (SELECT w.orderable, w.chosen, w.wanted,
                 COALESCE((SELECT SUM(s.free) FROM shop_stock s FORCE INDEX (PRIMARY)
                           WHERE s.shop_id = w.shop_id AND s.product_id = w.product_id
                             AND s.option_hash = w.stock_option_hash), 0) AS free,
                 -- The first that lapses: to look for one that has would read all that are held,
                 -- and so would MySQL when it is not asked for by the whole key.
                 COALESCE((SELECT r.expires_at
                           FROM shop_stock_reservations r
                               FORCE INDEX (ix_shop_stock_reservations_stock)
                           WHERE r.shop_id = w.shop_id AND r.product_id = w.product_id
                             AND r.option_hash = w.stock_option_hash AND r.state = 'held'
                           ORDER BY r.shop_id, r.product_id, r.option_hash, r.state, r.expires_at
                           LIMIT 1) <= pi_now, 0) AS lapsed
          FROM (SELECT p.shop_id, COALESCE(e.part_product_id, p.product_id) AS product_id,
                       COALESCE(e.stock_option_hash, p.stock_option_hash) AS stock_option_hash,
                       SUM(x.quantity * COALESCE(e.quantity, 1)) AS wanted,
                       CASE MIN(f.orderable) WHEN 0 THEN 0 ELSE MAX(f.orderable) END AS orderable,
                       MAX(x.option_hash IS NOT NULL) AS chosen
                FROM JSON_TABLE(pi_list, '$[*]' COLUMNS (
                    quantity INT UNSIGNED    PATH '$[1]',
                    price_id BIGINT UNSIGNED PATH '$[2]',
                    option_hash VARCHAR(64)  PATH '$[5]')) x
                STRAIGHT_JOIN shop_product_prices p FORCE INDEX (PRIMARY) ON p.price_id = x.price_id
                STRAIGHT_JOIN shop_offers f FORCE INDEX (PRIMARY)
                    ON f.shop_id = p.shop_id AND f.product_id = p.product_id
                    AND f.option_hash = p.option_hash AND f.plan_id = 0
                LEFT JOIN shop_set_parts e ON e.shop_id = f.shop_id AND e.product_id = f.product_id
                GROUP BY p.shop_id, COALESCE(e.part_product_id, p.product_id),
                         COALESCE(e.stock_option_hash, p.stock_option_hash)) w) u;
    IF v_known > 0 THEN
        SET po_fits = 0;
    ELSEIF v_orderable >= 1 AND v_sold_out = 1 THEN
        CALL _raise('OUT_OF_STOCK', 'selected_cart_ids', '');
    END IF;
END//
DELIMITER ;
