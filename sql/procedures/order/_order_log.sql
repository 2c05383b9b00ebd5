-- _order_log: one row about a change of an order's status.
--
-- Parameters
--   pi_order_seq_no, pi_from_status, pi_to_status, pi_action, pi_actor
--                    what changed; 0 = did not exist
--   pi_message       for people, cut at 200 characters
-- Returns nothing
-- Errors  none
-- Locks   the new shop_order_logs row; the caller holds the order
-- Example
--   CALL _order_log(1, 0, 1, 'order', 'buyer', '');
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS _order_log;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE _order_log(
    pi_order_seq_no BIGINT UNSIGNED,
    pi_from_status  TINYINT UNSIGNED,
    pi_to_status    TINYINT UNSIGNED,
    pi_action       VARCHAR(20),
    pi_actor        VARCHAR(8),
    pi_message      TEXT)
    SQL SECURITY DEFINER
    MODIFIES SQL DATA
    COMMENT 'Logs a change of an order''s status'
BEGIN
    INSERT INTO shop_order_logs
        (order_seq_no, log_date, from_status, to_status, action, actor, actor_name, log_message)
    VALUES
        (pi_order_seq_no, UTC_TIMESTAMP(6), pi_from_status, pi_to_status, pi_action, pi_actor,
         LEFT(USER(), 100), LEFT(COALESCE(pi_message, ''), 200));
END//
DELIMITER ;
