-- _repair_offers: bring the offers of some products, in the order of their ids, to what
-- v_offers_compared says they should be, in one transaction. Nothing is locked where nothing is
-- wrong: what belongs together changes in one commit, so a reading without locks sees it whole.
-- Otherwise the products are locked, so that no option is added meanwhile, and looked at again.
--
-- Parameters
--   pi_shop_id     shop
--   pi_from        first product_id; '' = from the first product on
--   pi_count       so many products, 1 to 1000
--   po_next        OUT: product_id to go on with; NULL = that was the last one
--   po_checked     OUT: products looked at
--   po_repaired    OUT: offers added, changed or removed
-- Returns nothing
-- Errors  none
-- Locks   shop_products and shop_product_options rows by key, then shop_offers rows
-- Example
--   CALL _repair_offers(1, '', 300, @next, @checked, @repaired);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _repair_offers;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _repair_offers(
    pi_shop_id      INT UNSIGNED,
    pi_from         VARCHAR(30),
    pi_count        INT UNSIGNED,
    OUT po_next     VARCHAR(30),
    OUT po_checked  INT UNSIGNED,
    OUT po_repaired INT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Repairs the offers of some products'
BEGIN
    DECLARE v_limit, v_found, v_count INT UNSIGNED DEFAULT 0;
    DECLARE v_to VARCHAR(31);
    DECLARE v_product_id VARCHAR(30);
    DECLARE v_option_hash VARCHAR(64);
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE c_faults CURSOR FOR
        SELECT product_id, option_hash FROM v_offers_compared
        WHERE shop_id = pi_shop_id AND product_id >= pi_from AND product_id < v_to
          AND fault IS NOT NULL
        ORDER BY product_id, option_hash;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK AND NO CHAIN NO RELEASE;
        RESIGNAL;
    END;

    CALL _start_writing();
    SET v_limit = pi_count + 1, po_next = NULL, po_repaired = 0;
    SELECT COUNT(*), MAX(x.product_id) INTO po_checked, po_next
    FROM (SELECT product_id FROM shop_products WHERE shop_id = pi_shop_id AND product_id >= pi_from
          ORDER BY product_id LIMIT v_limit) x;
    IF po_checked <= pi_count THEN
        SET po_next = NULL;
    ELSE
        SET po_checked = pi_count;
    END IF;
    -- After the last product: the last character that there is, so that nothing comes after it.
    SET v_to = COALESCE(po_next, REPEAT(CONVERT(X'F48FBFBF' USING utf8mb4), 31));

    SELECT COUNT(*) INTO v_found FROM v_offers_compared
    WHERE shop_id = pi_shop_id AND product_id >= pi_from AND product_id < v_to
      AND fault IS NOT NULL;
    IF v_found = 0 THEN
        SELECT COUNT(*) INTO v_found
        FROM shop_products p
        LEFT JOIN shop_offers f
            ON f.shop_id = p.shop_id AND f.product_id = p.product_id
            AND f.option_hash = '__noopt__' AND f.plan_id = 0
        WHERE p.shop_id = pi_shop_id AND p.product_id >= pi_from AND p.product_id < v_to
          AND f.shop_id IS NULL;
    END IF;
    IF v_found = 0 THEN
        SELECT COUNT(*) INTO v_found
        FROM shop_product_options o
        LEFT JOIN shop_offers f
            ON f.shop_id = o.shop_id AND f.product_id = o.product_id
            AND f.option_hash = o.option_hash AND f.plan_id = 0
        WHERE o.shop_id = pi_shop_id AND o.product_id >= pi_from AND o.product_id < v_to
          AND f.shop_id IS NULL;
    END IF;

    IF v_found > 0 THEN
        SELECT COUNT(*) INTO v_count FROM shop_products FORCE INDEX (PRIMARY)
        WHERE shop_id = pi_shop_id AND product_id >= pi_from AND product_id < v_to FOR UPDATE;
        SELECT COUNT(*) INTO v_count FROM shop_product_options FORCE INDEX (PRIMARY)
        WHERE shop_id = pi_shop_id AND product_id >= pi_from AND product_id < v_to FOR UPDATE;

        SET v_end = 0;
        OPEN c_faults;
        next_fault: LOOP
            FETCH c_faults INTO v_product_id, v_option_hash;
            IF v_end = 1 THEN
                LEAVE next_fault;
            END IF;
            SET po_repaired = po_repaired + 1;
            UPDATE shop_offers f
            JOIN shops s ON s.shop_id = f.shop_id
            JOIN shop_products p ON p.shop_id = f.shop_id AND p.product_id = f.product_id
            LEFT JOIN shop_product_options o
                ON o.shop_id = f.shop_id AND o.product_id = f.product_id
                AND o.option_hash = f.option_hash
            SET f.buy_price = p.buy_price, f.sale_price = p.sale_price,
                f.discount_rate = p.discount_rate, f.product_name = p.product_name,
                f.tax_type = p.tax_type, f.category_id = p.category_id, f.weight = p.weight,
                f.delivery_policy_id = p.delivery_policy_id, f.stock_slots = p.stock_slots,
                f.option_required = p.option_required, f.option_groups = p.option_groups,
                f.required_choices = p.required_choices, f.required_texts = p.required_texts,
                f.set_parts = p.set_parts,
                f.quantity_rules = COALESCE(p.min_quantity, p.max_quantity, p.quantity_step,
                                            p.member_quantity) IS NOT NULL,
                f.product_shown = p.display = '1' AND p.stat <> '2',
                f.add_price = COALESCE(o.add_price, 0), f.option_name = COALESCE(o.option_name, ''),
                f.stock_option_hash = COALESCE(o.stock_option_hash, '__noopt__'),
                f.option_shown = COALESCE(o.display = '1', 1),
                f.currency_digits = s.currency_digits, f.price_unit = s.price_unit,
                f.price_rounding = s.price_rounding, f.reason = 'shop_offers_repair'
            WHERE f.shop_id = pi_shop_id AND f.product_id = v_product_id
              AND f.option_hash = v_option_hash AND f.plan_id = 0
              AND (f.option_hash = '__noopt__' OR o.option_hash IS NOT NULL);
            -- What is no product or option any more is not on sale.
            SET v_count = 0;
            SELECT COUNT(*) INTO v_count FROM v_offers_compared
            WHERE shop_id = pi_shop_id AND product_id = v_product_id AND option_hash = v_option_hash
              AND fault IS NOT NULL;
            IF v_count > 0 THEN
                DELETE FROM shop_offers
                WHERE shop_id = pi_shop_id AND product_id = v_product_id
                  AND option_hash = v_option_hash AND plan_id = 0;
            END IF;
        END LOOP;
        CLOSE c_faults;

        INSERT INTO shop_offers
            (shop_id, product_id, option_hash, price_id, tax_type, delivery_policy_id,
             stock_option_hash, stock_slots, buy_price, sale_price, discount_rate,
             add_price, currency_digits, price_unit, price_rounding,
             product_name, option_name, category_id,
             weight, product_shown, option_required, option_shown, reason,
             option_groups, required_choices, required_texts, set_parts, quantity_rules)
        SELECT p.shop_id, p.product_id, '__noopt__', 0, p.tax_type, p.delivery_policy_id,
               '__noopt__', p.stock_slots, p.buy_price, p.sale_price, p.discount_rate,
               0, s.currency_digits, s.price_unit, s.price_rounding,
               p.product_name, '', p.category_id,
               p.weight, p.display = '1' AND p.stat <> '2', p.option_required, 1,
               'shop_offers_repair', p.option_groups, p.required_choices, p.required_texts,
               p.set_parts, COALESCE(p.min_quantity, p.max_quantity, p.quantity_step,
                                     p.member_quantity) IS NOT NULL
        FROM shop_products p
        JOIN shops s ON s.shop_id = p.shop_id
        LEFT JOIN shop_offers f
            ON f.shop_id = p.shop_id AND f.product_id = p.product_id
            AND f.option_hash = '__noopt__' AND f.plan_id = 0
        WHERE p.shop_id = pi_shop_id AND p.product_id >= pi_from AND p.product_id < v_to
          AND f.shop_id IS NULL
        ORDER BY p.product_id;
        SET po_repaired = po_repaired + ROW_COUNT();
        INSERT INTO shop_offers
            (shop_id, product_id, option_hash, price_id, tax_type, delivery_policy_id,
             stock_option_hash, stock_slots, buy_price, sale_price, discount_rate,
             add_price, currency_digits, price_unit, price_rounding,
             product_name, option_name, category_id,
             weight, product_shown, option_required, option_shown, reason,
             option_groups, required_choices, required_texts, set_parts, quantity_rules)
        SELECT o.shop_id, o.product_id, o.option_hash, 0, p.tax_type, p.delivery_policy_id,
               o.stock_option_hash, p.stock_slots, p.buy_price, p.sale_price, p.discount_rate,
               o.add_price, s.currency_digits, s.price_unit, s.price_rounding,
               p.product_name, o.option_name, p.category_id,
               p.weight, p.display = '1' AND p.stat <> '2', p.option_required, o.display = '1',
               'shop_offers_repair', p.option_groups, p.required_choices, p.required_texts,
               p.set_parts, COALESCE(p.min_quantity, p.max_quantity, p.quantity_step,
                                     p.member_quantity) IS NOT NULL
        FROM shop_product_options o
        JOIN shop_products p ON p.shop_id = o.shop_id AND p.product_id = o.product_id
        JOIN shops s ON s.shop_id = o.shop_id
        LEFT JOIN shop_offers f
            ON f.shop_id = o.shop_id AND f.product_id = o.product_id
            AND f.option_hash = o.option_hash AND f.plan_id = 0
        WHERE o.shop_id = pi_shop_id AND o.product_id >= pi_from AND o.product_id < v_to
          AND f.shop_id IS NULL
        ORDER BY o.product_id, o.option_hash;
        SET po_repaired = po_repaired + ROW_COUNT();
    END IF;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
