-- add_shop_cart_items: put one product into the cart, as add_shop_cart does, or several at once:
-- a list of items, or the lines of an order. Several are one transaction, and a line that cannot be
-- added does not stop the others: the answer says for each what became of it. When none could be
-- added it is still an answer, with added = 0. Adding twice adds twice.
--
-- Any order of the buyer will do, a paid one too, and it stays as it is. Its lines come at today's
-- prices. A line of an order that came to nothing comes back once by shop_order_restore_cart.
--
-- Parameters
--   pi_shop_id      shop
--   pi_user_id      buyer
--   pi_product_id, pi_option_hash, pi_quantity
--                   one product, as in add_shop_cart; NULL or '' with a list
--   pi_items_json   '[{"product_id":"D0001","option":{"색상":"빨강"},"quantity":2},…]', 1 to 1,000;
--                   option: what was chosen, as in add_shop_cart, or "option_hash" (where both are
--                   given they must say the same); "qty" for "quantity" as well; as items_json of
--                   shop_order_select. NULL or '' = none
--   pi_order_name   an order of the buyer, by any of its names, see _find_order; NULL or '' = none
--   pi_lines_json   which lines of the order: '[1,3]', see _parse_ids; NULL or '' = all
-- Returns with one product what add_shop_cart returns; else one row
--   result, added (lines that went in), refused (lines that did not), cart_count, cart_version,
--   cart_amount, cart_total_hash (see select_shop_cart),
--   items_json: an object for each line, in their order
--     line_no      place in the list, from 1; or the order's line
--     product_id, option_hash, quantity   as asked for; what cannot be one is null
--     code         OK | PRODUCT_NOT_FOUND | PRODUCT_UNAVAILABLE | CART_FULL | INVALID_INPUT |
--                  QUANTITY_NOT_ALLOWED
--     field, detail   what is wrong, except with PRODUCT_NOT_FOUND
--     cart_id      row that has the units, null when none has
--     in_cart      units of this product and option in the cart after this line
--     free         units of it that nobody holds: fewer than in_cart cannot be ordered
--   price_changes_json (see refresh_shop_cart)
-- then the cart (see _select_cart)
-- Errors  INVALID_INPUT (items, lines, X-User-Id), SHOP_NOT_FOUND, ORDER_NOT_FOUND, also for
--   another buyer's, ORDER_NAME_AMBIGUOUS; with one product as add_shop_cart: PRODUCT_UNAVAILABLE,
--   CART_FULL, QUANTITY_NOT_ALLOWED
-- Locks   cart header, cart rows
-- Example
--   CALL add_shop_cart_items(1, 'demo1', NULL, NULL, NULL,
--       '[{"product_id":"D0001","quantity":2},{"product_id":"D0002","quantity":1}]', NULL, NULL);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS add_shop_cart_items;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE add_shop_cart_items(
    pi_shop_id     INT UNSIGNED,
    pi_user_id     TEXT,
    pi_product_id  TEXT,
    pi_option_hash TEXT,
    pi_quantity    TEXT,
    pi_items_json  LONGTEXT,
    pi_order_name  TEXT,
    pi_lines_json  LONGTEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Puts a product, a list or an order''s lines into the cart'
add_shop_cart_items: BEGIN
    -- A procedure of its own, with its own parameters: gateways of the version before call it while
    -- the new files are loaded. It reports its own errors.
    IF COALESCE(pi_items_json, '') = '' AND COALESCE(pi_order_name, '') = ''
        AND COALESCE(pi_lines_json, '') = '' THEN
        CALL add_shop_cart(pi_shop_id, pi_user_id, pi_product_id, pi_option_hash, pi_quantity);
        LEAVE add_shop_cart_items;
    END IF;

    BEGIN
        DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
        DECLARE v_errno    SMALLINT UNSIGNED;
        DECLARE v_sqlstate CHAR(5);
        DECLARE v_message, v_field, v_detail TEXT;
        DECLARE v_items, v_lines, v_results LONGTEXT;
        DECLARE v_order_seq_no BIGINT UNSIGNED;
        DECLARE v_rows, v_line_no, v_found, v_wanted INT UNSIGNED;
        DECLARE v_added, v_refused INT UNSIGNED DEFAULT 0;
        DECLARE v_product_id, v_option_hash VARCHAR(100);
        DECLARE v_code, v_wrong VARCHAR(40);
        DECLARE v_combination_hash VARCHAR(64);
        DECLARE v_chosen, v_one LONGTEXT;
        DECLARE v_units, v_qty VARCHAR(64);
        DECLARE v_quantity, v_cart_id, v_in_cart, v_put BIGINT UNSIGNED;
        DECLARE v_free BIGINT;
        DECLARE v_end TINYINT DEFAULT 0;
        DECLARE v_rows_now INT UNSIGNED;
        DECLARE v_cart_version BIGINT UNSIGNED;
        DECLARE v_cart_amount DECIMAL(18,2);
        DECLARE v_cart_hash VARCHAR(64);
        DECLARE v_known_hash TINYINT;
        -- The one or the other. Read as text: as numbers both engines round or zero what they do
        -- not like. A default is JSON on MySQL, and its text with the quotes on MariaDB: longer
        -- than any id, and no number, with both.
        DECLARE c_lines CURSOR FOR
            SELECT x.line_no, x.product_id, x.option_hash, NULL AS combination_hash, x.quantity,
                   x.qty
            FROM JSON_TABLE(v_items, '$[*]' COLUMNS (
                line_no     FOR ORDINALITY,
                product_id  VARCHAR(100) COLLATE utf8mb4_bin PATH '$.product_id'
                    DEFAULT '"no text, or one that is longer than the id of any product or option"'
                    ON ERROR,
                option_hash VARCHAR(100) COLLATE utf8mb4_bin PATH '$.option_hash'
                    DEFAULT '"no text, or one that is longer than the id of any product or option"'
                    ON ERROR,
                quantity    VARCHAR(64)  COLLATE utf8mb4_bin PATH '$.quantity'
                    DEFAULT '"x"' ON ERROR,
                qty         VARCHAR(64)  COLLATE utf8mb4_bin PATH '$.qty'
                    DEFAULT '"x"' ON ERROR)) x
            UNION ALL
            SELECT l.line_no, l.product_id, l.option_hash, l.combination_hash,
                   CAST(l.quantity AS CHAR), NULL
            FROM shop_order_product l
            WHERE l.order_seq_no = v_order_seq_no
              AND (v_lines IS NULL OR JSON_CONTAINS(v_lines, CAST(l.line_no AS CHAR)))
            ORDER BY line_no;
        DECLARE EXIT HANDLER FOR SQLEXCEPTION
        BEGIN
            GET DIAGNOSTICS CONDITION 1
                v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
                v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
            ROLLBACK AND NO CHAIN NO RELEASE;
            CALL _report_error('add_shop_cart_items', v_step, v_errno, v_sqlstate, v_message,
                v_field, v_detail, '', NULL,
                JSON_OBJECT('shop_id', pi_shop_id, 'user_id', LEFT(pi_user_id, 63),
                            'order', LEFT(pi_order_name, 64)));
            RESIGNAL;
        END;
        DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

        CALL _check_user(pi_user_id);
        IF COALESCE(pi_product_id, '') <> ''
            OR (COALESCE(pi_items_json, '') <> '' AND COALESCE(pi_order_name, '') <> '') THEN
            CALL _raise('INVALID_INPUT', 'items', 'give product_id, items or order: one of them');
        END IF;
        SET v_items = '[]', v_results = '';
        IF COALESCE(pi_items_json, '') <> '' THEN
            CALL _check_items(pi_items_json);
            SET v_items = pi_items_json;
            IF LOCATE('"option"', v_items) > 0 THEN
                SET v_step = 'read what was chosen';
                CALL _read_options(pi_shop_id, v_items, v_chosen);
                SET v_step = 'read the request';
            END IF;
        END IF;
        IF COALESCE(pi_lines_json, '') <> '' THEN
            IF COALESCE(pi_order_name, '') = '' THEN
                CALL _raise('INVALID_INPUT', 'lines', 'only with an order');
            END IF;
            CALL _parse_ids(pi_lines_json, 'lines', v_lines, v_wanted);
        END IF;

        SET v_step = 'lock the cart';
        CALL _lock_cart(pi_shop_id, pi_user_id);
        IF COALESCE(pi_order_name, '') <> '' THEN
            SET v_step = 'find the order';
            CALL _find_order(pi_shop_id, pi_user_id, pi_order_name, v_order_seq_no);
            IF v_lines IS NOT NULL THEN
                SELECT COUNT(*) INTO v_found
                FROM shop_order_product
                WHERE order_seq_no = v_order_seq_no
                  AND JSON_CONTAINS(v_lines, CAST(line_no AS CHAR));
                IF v_found <> v_wanted THEN
                    CALL _raise('INVALID_INPUT', 'lines', 'not a line of this order');
                END IF;
            END IF;
        END IF;

        SET v_step = 'write the rows';
        SELECT COUNT(*) INTO v_rows
        FROM shop_cart FORCE INDEX (ix_shop_cart_item)
        WHERE shop_id = pi_shop_id AND user_id = pi_user_id AND buy_now = 0
          AND order_seq_no IS NULL;
        -- _find_order may have found nothing by one of the names: that is no end.
        SET v_end = 0;
        OPEN c_lines;
        next_line: LOOP
            FETCH c_lines INTO v_line_no, v_product_id, v_option_hash, v_combination_hash, v_units,
                v_qty;
            IF v_end = 1 THEN
                LEAVE next_line;
            END IF;
            SET v_option_hash = COALESCE(NULLIF(v_option_hash, ''), '__noopt__'),
                v_units = COALESCE(NULLIF(v_units, ''), v_qty),
                v_quantity = CASE WHEN v_units REGEXP '\\A[0-9]{1,5}\\z' AND v_units > 0
                                  THEN CAST(v_units AS UNSIGNED) END,
                v_wrong = CASE
                    WHEN v_product_id IS NULL OR CHAR_LENGTH(v_product_id) NOT BETWEEN 1 AND 30
                        OR v_product_id LIKE '% ' THEN 'product_id'
                    WHEN CHAR_LENGTH(v_option_hash) > 64 OR v_option_hash LIKE '% '
                        THEN 'option_hash'
                    WHEN v_quantity IS NULL THEN 'quantity' END,
                v_cart_id = NULL, v_in_cart = NULL, v_free = NULL, v_detail = '';
            IF v_chosen IS NOT NULL AND NOT v_wrong <=> 'product_id' THEN
                SET v_one = JSON_EXTRACT(v_chosen, CONCAT('$[', v_line_no - 1, ']'));
                IF JSON_LENGTH(v_one) > 0 THEN
                    SET v_detail = JSON_UNQUOTE(JSON_EXTRACT(v_one, '$[2]')),
                        v_wrong = CASE
                            WHEN v_detail <> '' THEN 'option'
                            WHEN v_option_hash NOT IN ('__noopt__',
                                JSON_UNQUOTE(JSON_EXTRACT(v_one, '$[0]'))) THEN 'option'
                            ELSE v_wrong END,
                        v_option_hash = JSON_UNQUOTE(JSON_EXTRACT(v_one, '$[0]')),
                        v_combination_hash = NULLIF(JSON_UNQUOTE(JSON_EXTRACT(v_one, '$[1]')), '');
                END IF;
            END IF;
            IF v_wrong IS NOT NULL THEN
                SET v_code = 'INVALID_INPUT',
                    v_detail = CASE v_wrong WHEN 'product_id' THEN '1 to 30 characters'
                                            WHEN 'option_hash' THEN 'at most 64 characters'
                                            WHEN 'option' THEN CASE v_detail
                                                WHEN '' THEN 'option_hash is of another one'
                                                ELSE v_detail END
                                            ELSE 'a whole number from 1 to 99999' END;
            ELSE
                CALL _put_into_cart(pi_shop_id, pi_user_id, v_product_id, v_option_hash,
                    v_combination_hash, v_quantity, 0, v_rows, v_code, v_put, v_detail, v_cart_id,
                    v_in_cart, v_free);
                SET v_wrong = CASE v_code
                    WHEN 'INVALID_INPUT' THEN 'quantity'
                    WHEN 'QUANTITY_NOT_ALLOWED' THEN 'quantity'
                    WHEN 'PRODUCT_UNAVAILABLE' THEN CASE v_detail WHEN '' THEN '' ELSE 'option' END
                    ELSE '' END;
            END IF;
            -- + 0: MariaDB writes a bare variable as a text. Names by length, as MySQL orders them.
            SET v_added = v_added + (v_code = 'OK'), v_refused = v_refused + (v_code <> 'OK'),
                v_results = CONCAT(v_results, CASE v_results WHEN '' THEN '' ELSE ',' END,
                    JSON_OBJECT('code', v_code, 'free', v_free + 0, 'field', v_wrong,
                                'detail', v_detail, 'cart_id', v_cart_id + 0,
                                'in_cart', v_in_cart + 0, 'line_no', v_line_no + 0,
                                'quantity', v_quantity + 0,
                                'product_id', CASE v_wrong WHEN 'product_id' THEN NULL
                                                           ELSE v_product_id END,
                                'option_hash', CASE v_wrong WHEN 'option_hash' THEN NULL
                                                            ELSE v_option_hash END));
        END LOOP;
        CLOSE c_lines;
        CALL _renew_due(pi_shop_id, pi_user_id);
        SET v_step = 'count the cart';
        CALL _count_cart(pi_shop_id, pi_user_id, v_added > 0, v_rows_now, v_cart_version,
                         v_cart_amount, v_cart_hash, v_known_hash);
        COMMIT AND NO CHAIN NO RELEASE;

        SET v_step = 'answer';
        SELECT 'OK' AS result, v_added AS added, v_refused AS refused, v_rows AS cart_count,
               v_cart_version AS cart_version, v_cart_amount AS cart_amount,
               v_cart_hash AS cart_total_hash,
               CONCAT('[', v_results, ']') AS items_json,
               CONCAT('[', COALESCE(@jumun_price_changes, ''), ']') AS price_changes_json;
        CALL _select_cart(pi_shop_id, pi_user_id);
    END;
END//
DELIMITER ;
