-- v_audit_adapter: payment gateways whose messages are not read as their patterns say.
-- Read through shop_audit.
--
-- - Patterns that leave a border open, or are missing: from before there were any, or by a hand
--   that had no trigger.
-- - What a trigger wrote, changed.
--
-- Parameters  none (a view)
-- Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
--   subject, detail
-- Errors  none
-- Locks   none
-- Example
--   SELECT * FROM v_audit_adapter;
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

CREATE OR REPLACE DEFINER = 'jumun_definer'@'localhost' SQL SECURITY DEFINER
VIEW v_audit_adapter AS
SELECT 'adapter' AS invariant, a.shop_id, CAST(NULL AS UNSIGNED) AS order_seq_no,
       CONCAT(a.pg, ' ', a.merchant_id) AS subject,
       CASE JSON_UNQUOTE(JSON_EXTRACT(a.reading, '$.fault'))
           WHEN '' THEN 'is not read as its patterns say: store it again'
           ELSE LEFT(JSON_UNQUOTE(JSON_EXTRACT(a.reading, '$.fault')), 200) END AS detail
FROM (SELECT pg, merchant_id, shop_id, read_template, read_pattern,
             _adapter_reading(
                 merchant_id, field_order_number, field_pg_tx, field_approval_no, field_amount,
                 field_result_code, field_approved_at, field_merchant_id, hash_template,
                 pattern_result_code, pattern_pg_tx, pattern_approved_at, pattern_others_json,
                 success_code, request_hash_template) AS reading
      FROM shop_pg_adapters) a
WHERE JSON_UNQUOTE(JSON_EXTRACT(a.reading, '$.fault')) <> ''
   OR CAST(a.read_template AS BINARY)
      <> CAST(JSON_UNQUOTE(JSON_EXTRACT(a.reading, '$.template')) AS BINARY)
   OR CAST(a.read_pattern AS BINARY)
      <> CAST(JSON_UNQUOTE(JSON_EXTRACT(a.reading, '$.pattern')) AS BINARY);
