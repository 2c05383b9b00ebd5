-- _repair_delivery: bring what delivery costs now, in one shop, to what v_delivery_compared says it
-- should be, in one transaction. As _repair_offers: nothing is locked where nothing is wrong.
--
-- Parameters
--   pi_shop_id   shop
--   po_repaired  OUT: rows added, changed or removed
-- Returns nothing
-- Errors  none
-- Locks   shop_delivery_policy rows of the shop by key, then shop_delivery_now rows
-- Example
--   CALL _repair_delivery(1, @repaired);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _repair_delivery;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _repair_delivery(
    pi_shop_id      INT UNSIGNED,
    OUT po_repaired INT UNSIGNED)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Repairs the delivery rules in force'
BEGIN
    DECLARE v_found, v_count, v_policy_id INT UNSIGNED DEFAULT 0;
    DECLARE v_end TINYINT DEFAULT 0;
    DECLARE c_faults CURSOR FOR
        SELECT policy_id FROM v_delivery_compared
        WHERE shop_id = pi_shop_id AND fault IS NOT NULL
        ORDER BY policy_id;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK AND NO CHAIN NO RELEASE;
        RESIGNAL;
    END;

    CALL _start_writing();
    SET po_repaired = 0;
    SELECT COUNT(*) INTO v_found FROM v_delivery_compared
    WHERE shop_id = pi_shop_id AND fault IS NOT NULL;
    IF v_found = 0 THEN
        SELECT COUNT(*) INTO v_found
        FROM shop_delivery_policy p
        LEFT JOIN shop_delivery_now f ON f.shop_id = p.shop_id AND f.policy_id = p.id
        WHERE p.shop_id = pi_shop_id AND f.shop_id IS NULL;
    END IF;

    IF v_found > 0 THEN
        SELECT COUNT(*) INTO v_count FROM shop_delivery_policy FORCE INDEX (PRIMARY)
        WHERE shop_id = pi_shop_id FOR UPDATE;

        SET v_end = 0;
        OPEN c_faults;
        next_fault: LOOP
            FETCH c_faults INTO v_policy_id;
            IF v_end = 1 THEN
                LEAVE next_fault;
            END IF;
            SET po_repaired = po_repaired + 1;
            UPDATE shop_delivery_now f
            JOIN shops s ON s.shop_id = f.shop_id
            JOIN shop_delivery_policy p ON p.shop_id = f.shop_id AND p.id = f.policy_id
            SET f.type = p.type, f.base_cost = p.base_cost, f.threshold = p.free_over,
                f.combine_group_id = p.combine_group_id, f.steps = p.steps, f.remote = p.remote,
                f.amount_basis = p.amount_basis, f.currency_digits = s.currency_digits,
                f.reason = 'shop_offers_repair'
            WHERE f.shop_id = pi_shop_id AND f.policy_id = v_policy_id;
            -- What is no policy any more is not in force.
            SET v_count = 0;
            SELECT COUNT(*) INTO v_count FROM v_delivery_compared
            WHERE shop_id = pi_shop_id AND policy_id = v_policy_id AND fault IS NOT NULL;
            IF v_count > 0 THEN
                DELETE FROM shop_delivery_now
                WHERE shop_id = pi_shop_id AND policy_id = v_policy_id;
            END IF;
        END LOOP;
        CLOSE c_faults;

        INSERT INTO shop_delivery_now
            (shop_id, policy_id, rule_id, type, base_cost, threshold, combine_group_id,
             steps, remote, amount_basis, currency_digits, reason)
        SELECT p.shop_id, p.id, 0, p.type, p.base_cost, p.free_over, p.combine_group_id,
               p.steps, p.remote, p.amount_basis, s.currency_digits, 'shop_offers_repair'
        FROM shop_delivery_policy p
        JOIN shops s ON s.shop_id = p.shop_id
        LEFT JOIN shop_delivery_now f ON f.shop_id = p.shop_id AND f.policy_id = p.id
        WHERE p.shop_id = pi_shop_id AND f.shop_id IS NULL
        ORDER BY p.id;
        SET po_repaired = po_repaired + ROW_COUNT();
    END IF;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
