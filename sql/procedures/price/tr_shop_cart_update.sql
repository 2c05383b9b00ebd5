-- tr_shop_cart_update: a cart row that becomes another product or option names the price of that
-- one; otherwise it keeps what it has. See tr_shop_cart_insert.
--
-- In a pinned shop a row keeps its price and its time, whatever a page writes there, until its
-- quantity changes, or a routine says in @jumun_promise:
--   renew | page   the price in force, for promise_minutes, or page_minutes
--   read           as it is; over: the price in force, for promise_minutes
--   form           as it is, and at least form_minutes from now; over: the price in force
--   leave          as it is, and at most 10 minutes from now, which is a mark (unmarked_until)
--   back           as it was before leave, unless its time is over
-- A row that was promised nothing since the shop went over to pinned was promised what it cost at
-- that moment, for promise_minutes from then on.
-- Prices that change so are added to @jumun_price_changes, which answers name.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   as tr_shop_cart_insert, with the same word of a routine; a new row of shop_cart_promises
-- Example
--   UPDATE shop_cart SET option_hash = 'red' WHERE seq_no = 1;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_cart_update;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_cart_update
BEFORE UPDATE ON shop_cart
FOR EACH ROW
BEGIN
    DECLARE v_price_id BIGINT UNSIGNED;
    DECLARE v_pinned_no INT UNSIGNED;
    DECLARE v_minutes, v_page_minutes, v_form_minutes SMALLINT UNSIGNED;
    DECLARE v_old_price, v_new_price DECIMAL(20,2);
    DECLARE v_since_until DATETIME(6);
    DECLARE v_same, v_renew TINYINT;
    DECLARE v_how VARCHAR(5) DEFAULT COALESCE(@jumun_promise, '');
    DECLARE v_price_said BIGINT UNSIGNED DEFAULT COALESCE(@jumun_cart_price, 0);

    IF v_price_said = 0 THEN
        SELECT MAX(pinned_no), MAX(promise_minutes), MAX(page_minutes), MAX(form_minutes)
        INTO v_pinned_no, v_minutes, v_page_minutes, v_form_minutes
        FROM shops
        WHERE shop_id = NEW.shop_id AND price_policy = 'pinned';
    END IF;
    SET v_same = NEW.shop_id = OLD.shop_id AND NEW.product_id = OLD.product_id
            AND NEW.option_hash = OLD.option_hash AND NEW.combination_hash <=> OLD.combination_hash,
        v_renew = NOT v_same OR (v_pinned_no IS NOT NULL
            AND (NEW.quantity <> OLD.quantity OR NOT OLD.pinned_no <=> v_pinned_no
                 OR v_how IN ('renew', 'page')
                 OR v_how IN ('form', 'read') AND OLD.promised_until <= UTC_TIMESTAMP(6)));
    IF v_renew AND v_same AND NEW.quantity = OLD.quantity AND v_how NOT IN ('renew', 'page')
        AND NOT OLD.pinned_no <=> v_pinned_no THEN
        -- The price row in force when the shop went over: as select_adm_prices tells them.
        SELECT MAX(price_id), MAX(promised_until) INTO v_price_id, v_since_until
        FROM (SELECT r.price_id,
                     s.pinned_at + INTERVAL s.promise_minutes MINUTE AS promised_until
              FROM shops s
              STRAIGHT_JOIN shop_product_prices r FORCE INDEX (ix_shop_product_prices_product)
                  ON r.shop_id = s.shop_id AND r.product_id = NEW.product_id
                  AND r.option_hash = COALESCE(NEW.combination_hash, NEW.option_hash)
                  AND r.plan_id = 0 AND r.valid_from <= s.pinned_at
              LEFT JOIN shop_price_changes k ON k.change_no = r.change_no
              WHERE s.shop_id = NEW.shop_id
                AND s.pinned_at + INTERVAL s.promise_minutes MINUTE > UTC_TIMESTAMP(6)
                AND (r.change_no IS NULL OR k.state <> 'withdrawn' AND k.state_reason = '')
              ORDER BY r.valid_from DESC, r.price_id DESC
              LIMIT 1) t;
    END IF;
    IF v_since_until IS NOT NULL THEN
        SET NEW.price_id = v_price_id, v_renew = 0;
    ELSEIF v_renew THEN
        SELECT MAX(CASE WHEN next_until <= UTC_TIMESTAMP(6) THEN NULL
                        WHEN holds_until <= UTC_TIMESTAMP(6) THEN next_price_id ELSE price_id END)
        INTO v_price_id
        FROM shop_offers
        WHERE shop_id = NEW.shop_id AND product_id = NEW.product_id
          AND option_hash = COALESCE(NEW.combination_hash, NEW.option_hash) AND plan_id = 0;
        SET NEW.price_id = v_price_id;
    ELSEIF v_pinned_no IS NOT NULL OR NOT (NEW.price_id <=> @jumun_cart_price)
        OR NEW.price_id IS NULL THEN
        SET NEW.price_id = OLD.price_id;
    END IF;

    IF v_pinned_no IS NULL OR NEW.price_id IS NULL THEN
        IF NEW.pinned_no IS NOT NULL OR NEW.promised_until IS NOT NULL
            OR NEW.unmarked_until IS NOT NULL THEN
            SET NEW.pinned_no = NULL, NEW.promised_until = NULL, NEW.unmarked_until = NULL;
        END IF;
    ELSE
        SET NEW.pinned_no = v_pinned_no,
            NEW.promised_until = CASE
                WHEN v_renew THEN UTC_TIMESTAMP(6) + INTERVAL
                    CASE v_how WHEN 'page' THEN v_page_minutes
                               WHEN 'form' THEN v_form_minutes ELSE v_minutes END MINUTE
                WHEN v_how = 'back' AND OLD.promised_until > UTC_TIMESTAMP(6)
                    THEN COALESCE(OLD.unmarked_until, OLD.promised_until)
                WHEN v_how = 'form' THEN GREATEST(
                    COALESCE(v_since_until, OLD.unmarked_until, OLD.promised_until),
                    UTC_TIMESTAMP(6) + INTERVAL v_form_minutes MINUTE)
                WHEN v_how = 'leave' THEN LEAST(COALESCE(v_since_until, OLD.promised_until),
                    UTC_TIMESTAMP(6) + INTERVAL 10 MINUTE)
                ELSE COALESCE(v_since_until, OLD.promised_until) END,
            NEW.unmarked_until = CASE
                WHEN v_renew OR v_how IN ('back', 'form') THEN NULL
                WHEN v_how = 'leave'
                    THEN COALESCE(v_since_until, OLD.unmarked_until, OLD.promised_until)
                WHEN v_since_until IS NULL THEN OLD.unmarked_until END;
        IF NOT (NEW.price_id <=> OLD.price_id AND NEW.pinned_no <=> OLD.pinned_no) THEN
            INSERT INTO shop_cart_promises (shop_id, cart_seq_no, pinned_no, price_id, promised_at)
            VALUES (NEW.shop_id, NEW.seq_no, NEW.pinned_no, NEW.price_id, UTC_TIMESTAMP(6));
        END IF;
    END IF;
    IF v_pinned_no IS NOT NULL AND v_same AND NEW.price_id <> OLD.price_id THEN
        -- Rows of prices are never changed: to read them here can go wrong for nobody.
        SELECT MAX(CASE price_id WHEN OLD.price_id THEN unit_price END),
               MAX(CASE price_id WHEN NEW.price_id THEN unit_price END)
        INTO v_old_price, v_new_price
        FROM shop_product_prices
        WHERE price_id IN (OLD.price_id, NEW.price_id);
        IF v_old_price <> v_new_price THEN
            SET @jumun_price_changes = CONCAT_WS(',', @jumun_price_changes,
                JSON_OBJECT('cart_id', NEW.seq_no + 0, 'new_price', CAST(v_new_price AS CHAR),
                            'old_price', CAST(v_old_price AS CHAR),
                            'product_id', NEW.product_id, 'option_hash', NEW.option_hash));
        END IF;
    END IF;
END//
DELIMITER ;
