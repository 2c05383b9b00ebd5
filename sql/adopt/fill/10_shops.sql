-- The shop itself, and the moves that only an adopted order's log may have:
-- it comes into being with the status it had.
DELETE FROM shops;
INSERT INTO shops (shop_id, shop_name, utc_offset_minutes,
    gateway_url, result_url, error_url, allowed_origins_json)
VALUES (1, {shop_name}, {utc_offset_minutes}, {gateway_url}, {result_url}, {error_url}, '[]');

DELETE FROM shop_order_transitions;
INSERT INTO shop_order_transitions (from_status, action, actor, to_status)
WITH RECURSIVE status (code) AS (SELECT 1 UNION ALL SELECT code + 1 FROM status WHERE code < 13)
SELECT 0, CONCAT('adopt_', code), 'dba', code FROM status
UNION ALL
SELECT code, 'note', 'dba', code FROM status;
