-- shop_offers_repair: fill and repair what is on sale now (shop_offers) and what delivery costs now
-- (shop_delivery_now) from products, options, policies and shops. The triggers on these keep them;
-- this is for what no trigger saw: rows from before there were triggers, a TRUNCATE, a restore.
-- `jumun db load` does the same, with every load. Only what is missing or different is written, so
-- it may be called any time, and again when it was interrupted; orders go on meanwhile.
--
-- Parameters
--   pi_batch_size  so many products per transaction, 1 to 1000; NULL = 300
-- Returns one row: result, checked (products), repaired (offers and delivery policies that
--   were wrong or missing)
-- Errors  INVALID_INPUT
-- Locks   per transaction: rows of products and options of the batch, by key, where something is
--         wrong; then their offers
-- Example
--   CALL shop_offers_repair(300);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_offers_repair;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_offers_repair(
    pi_batch_size INT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Fills and repairs what is on sale'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_batch_size, v_shop_id, v_checked, v_repaired INT UNSIGNED DEFAULT 0;
    DECLARE v_all_checked, v_all_repaired BIGINT UNSIGNED DEFAULT 0;
    DECLARE v_next VARCHAR(30);
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE c_shops CURSOR FOR SELECT shop_id FROM shops ORDER BY shop_id;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('shop_offers_repair', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL, JSON_OBJECT('shop_id', v_shop_id, 'product_id', v_next));
        RESIGNAL;
    END;

    SET v_batch_size = COALESCE(pi_batch_size, 300);
    IF v_batch_size NOT BETWEEN 1 AND 1000 THEN
        CALL _raise('INVALID_INPUT', 'batch_size', '1 to 1000');
    END IF;

    SET v_step = 'repair';
    ROLLBACK AND NO CHAIN NO RELEASE;
    IF @@sql_big_selects = 0 OR @@max_error_count = 0 THEN
        CALL _fit_session();
    END IF;
    OPEN c_shops;
    next_shop: LOOP
        FETCH c_shops INTO v_shop_id;
        IF v_end = 1 THEN
            LEAVE next_shop;
        END IF;
        CALL _repair_delivery(v_shop_id, v_repaired);
        SET v_all_repaired = v_all_repaired + v_repaired, v_next = '';
        WHILE v_next IS NOT NULL DO
            CALL _repair_offers(v_shop_id, v_next, v_batch_size, v_next, v_checked, v_repaired);
            SET v_all_checked = v_all_checked + v_checked,
                v_all_repaired = v_all_repaired + v_repaired;
        END WHILE;
    END LOOP;
    CLOSE c_shops;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_all_checked AS checked, v_all_repaired AS repaired;
END//
DELIMITER ;
