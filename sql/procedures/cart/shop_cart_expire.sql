-- shop_cart_expire: delete cart rows that nobody has changed for longer than their shop keeps them
-- (shops.cart_delete_days; NULL = for ever), and write them down in shop_cart_deletions. One
-- buyer, one transaction. May run at any time, twice, and beside everything that buyers do: an
-- order or a change of the cart comes wholly before it or wholly after. A buyer whose cart is in
-- use just now is left for a later run, and one whose cart cannot be cleared does not keep the
-- others from it.
--
-- A run goes through some 20,000 cart rows of shops that keep them for a time, and the next one
-- goes on from there (shop_jobs.position): no index by age, for which each order would pay.
--
-- Parameters
--   pi_batch_size  at most so many rows are deleted, 1 to 10000; NULL = 500
-- Returns one row: result, deleted (rows), carts (from how many), skipped (carts in use), failed
--   (carts that could not be cleared; see shop_error_log), finished (1 = it came to the end of all
--   carts, and the next run begins anew)
-- Errors  INVALID_INPUT
-- Locks, per buyer: cart header (skipped when locked), cart rows (skipped when locked); then the
--   row of shop_jobs
-- Example
--   CALL shop_cart_expire(500);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS shop_cart_expire;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE shop_cart_expire(
    pi_batch_size INT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Deletes cart rows that are too old'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_batch_size, v_rows, v_carts, v_skipped, v_failed INT UNSIGNED DEFAULT 0;
    DECLARE v_deleted, v_more INT UNSIGNED DEFAULT 0;
    DECLARE v_to_read  INT UNSIGNED DEFAULT 20000;
    DECLARE v_position VARCHAR(200);
    DECLARE v_shop_id, v_next_shop_id BIGINT UNSIGNED DEFAULT 0;
    DECLARE v_days SMALLINT UNSIGNED;
    DECLARE v_before   DATETIME(6);
    DECLARE v_after, v_until, v_user_id VARCHAR(63) DEFAULT '';
    DECLARE v_is_skipped, v_full, v_finished, v_end TINYINT DEFAULT 0;
    -- The result is kept by the server when the cursor opens: commits in between do not disturb it.
    DECLARE c_old CURSOR FOR
        SELECT user_id
        FROM shop_cart FORCE INDEX (ix_shop_cart_item)
        WHERE shop_id = v_shop_id AND user_id > v_after AND user_id <= v_until
          AND update_date < v_before AND order_seq_no IS NULL
        GROUP BY user_id
        ORDER BY user_id;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('shop_cart_expire', v_step, v_errno, v_sqlstate, v_message, v_field,
            v_detail, '', NULL, JSON_OBJECT('shop_id', v_shop_id));
        RESIGNAL;
    END;

    SET v_batch_size = COALESCE(pi_batch_size, 500);
    IF v_batch_size NOT BETWEEN 1 AND 10000 THEN
        CALL _raise('INVALID_INPUT', 'batch_size', '1 to 10000');
    END IF;

    ROLLBACK AND NO CHAIN NO RELEASE;
    IF @@sql_big_selects = 0 OR @@max_error_count = 0 THEN
        CALL _fit_session();
    END IF;
    SET v_step = 'find old carts';
    SELECT position INTO v_position FROM shop_jobs WHERE job_name = 'shop_cart_expire';
    IF v_position REGEXP '\\A[0-9]{1,10} ' THEN
        SET v_shop_id = SUBSTRING_INDEX(v_position, ' ', 1),
            v_after = SUBSTR(v_position, LOCATE(' ', v_position) + 1);
    END IF;
    next_rows: LOOP
        SET v_days = NULL;
        SELECT shop_id, cart_delete_days INTO v_next_shop_id, v_days
        FROM shops WHERE cart_delete_days >= 1 AND shop_id >= v_shop_id
        ORDER BY shop_id LIMIT 1;
        IF v_days IS NULL THEN
            SET v_finished = 1;
            LEAVE next_rows;
        END IF;
        IF v_next_shop_id <> v_shop_id THEN
            SET v_shop_id = v_next_shop_id, v_after = '';
        END IF;
        SELECT COUNT(*), MAX(x.user_id) INTO v_rows, v_until
        FROM (SELECT user_id
              FROM shop_cart FORCE INDEX (ix_shop_cart_item)
              WHERE shop_id = v_shop_id AND user_id > v_after
              ORDER BY user_id LIMIT v_to_read) x;
        SET v_before = UTC_TIMESTAMP(6) - INTERVAL v_days DAY;
        OPEN c_old;
        next_buyer: LOOP
            -- MariaDB hands a NOT FOUND inside _cart_expire on to the handler here.
            SET v_end = 0;
            FETCH c_old INTO v_user_id;
            IF v_end = 1 THEN
                LEAVE next_buyer;
            END IF;
            IF v_deleted >= v_batch_size OR v_failed >= 1000 THEN
                SET v_full = 1;
                LEAVE next_buyer;
            END IF;
            BEGIN
                DECLARE EXIT HANDLER FOR SQLEXCEPTION
                BEGIN
                    GET DIAGNOSTICS CONDITION 1
                        v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE,
                        v_message = MESSAGE_TEXT;
                    ROLLBACK AND NO CHAIN NO RELEASE;
                    -- As in shop_order_expire: somebody wants this call to end.
                    IF v_errno IN (1317, 1053, 1969, 3024, 4094) THEN
                        RESIGNAL;
                    END IF;
                    SET v_failed = v_failed + 1;
                    CALL _log_error('shop_cart_expire', v_step, v_errno, v_sqlstate, v_message,
                                    JSON_OBJECT('shop_id', v_shop_id, 'user_id', v_user_id));
                END;
                SET v_step = 'clear a cart', v_more = 0, v_is_skipped = 0;
                CALL _cart_expire(v_shop_id, v_user_id, v_days, v_batch_size - v_deleted,
                                  v_more, v_is_skipped);
            END;
            SET v_carts = v_carts + (v_more > 0), v_skipped = v_skipped + v_is_skipped,
                v_deleted = v_deleted + v_more;
            -- A cart that filled the batch may have more: it is looked at again.
            IF v_deleted < v_batch_size THEN
                SET v_after = v_user_id;
            END IF;
        END LOOP;
        CLOSE c_old;
        IF v_full = 1 OR v_deleted >= v_batch_size THEN
            LEAVE next_rows;
        END IF;
        IF v_rows < v_to_read THEN
            SET v_shop_id = v_shop_id + 1, v_after = '', v_to_read = v_to_read - v_rows;
        ELSE
            SET v_after = v_until;
            LEAVE next_rows;
        END IF;
    END LOOP;

    SET v_step = 'note the place';
    CALL _start_writing();
    UPDATE shop_jobs
    SET position = CASE v_finished WHEN 0 THEN CONCAT(v_shop_id, ' ', v_after) END
    WHERE job_name = 'shop_cart_expire';
    COMMIT AND NO CHAIN NO RELEASE;

    SET v_step = 'answer';
    SELECT 'OK' AS result, v_deleted AS deleted, v_carts AS carts, v_skipped AS skipped,
           v_failed AS failed, v_finished AS finished;
END//
DELIMITER ;
