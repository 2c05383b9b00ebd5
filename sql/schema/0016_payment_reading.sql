-- What shop_order_update needs of an adapter to read a usual message, ready-made: to put nine paths and two templates
-- together at every message costs more than to use them. And texts that are long at most are TEXT: the engines copy the
-- whole width of a VARCHAR, used or not, whenever the row is read.

ALTER TABLE shop_pg_adapters
    MODIFY COLUMN request_url TEXT NOT NULL COMMENT 'payment page',
    MODIFY COLUMN request_hash_template TEXT NOT NULL COMMENT 'hashed with SHA-256, hex, as {hash}; also knows {key}',
    MODIFY COLUMN hash_template TEXT NOT NULL
        COMMENT 'what the PG hashes (SHA-256, hex): its own fields in braces, and {key}',
    MODIFY COLUMN read_template TEXT NULL COMMENT 'written by a trigger: hash_template with U+001E at its borders',
    MODIFY COLUMN read_pattern TEXT NULL
        COMMENT 'written by a trigger: what read_template is filled to; empty = unproven, no message is authentic';

ALTER TABLE shop_pg_adapters
    ADD COLUMN path_order_number TEXT GENERATED ALWAYS AS (CONCAT('$.', JSON_QUOTE(field_order_number))) STORED
        COMMENT 'JSON path of field_order_number',
    ADD COLUMN path_pg_tx TEXT GENERATED ALWAYS AS (CONCAT('$.', JSON_QUOTE(field_pg_tx))) STORED
        COMMENT 'JSON path of field_pg_tx',
    ADD COLUMN path_approval_no TEXT GENERATED ALWAYS AS (CONCAT('$.', JSON_QUOTE(field_approval_no))) STORED
        COMMENT 'JSON path of field_approval_no',
    ADD COLUMN path_amount TEXT GENERATED ALWAYS AS (CONCAT('$.', JSON_QUOTE(field_amount))) STORED
        COMMENT 'JSON path of field_amount',
    ADD COLUMN path_result_code TEXT GENERATED ALWAYS AS (CONCAT('$.', JSON_QUOTE(field_result_code))) STORED
        COMMENT 'JSON path of field_result_code',
    ADD COLUMN path_result_message TEXT GENERATED ALWAYS AS (CONCAT('$.', JSON_QUOTE(field_result_message))) STORED
        COMMENT 'JSON path of field_result_message',
    ADD COLUMN path_approved_at TEXT GENERATED ALWAYS AS (CONCAT('$.', JSON_QUOTE(field_approved_at))) STORED
        COMMENT 'JSON path of field_approved_at',
    ADD COLUMN path_merchant_id TEXT GENERATED ALWAYS AS (CONCAT('$.', JSON_QUOTE(field_merchant_id))) STORED
        COMMENT 'JSON path of field_merchant_id',
    ADD COLUMN path_hash TEXT GENERATED ALWAYS AS (CONCAT('$.', JSON_QUOTE(field_hash))) STORED
        COMMENT 'JSON path of field_hash',
    -- A name in a template has no blank, and a usual message no brace: { tx} and }} are nothing else.
    ADD COLUMN usual_template TEXT GENERATED ALWAYS AS (REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(
            read_template, '{key}', '}}'), CONCAT('{', field_order_number, '}'), '{ order}'),
            CONCAT('{', field_pg_tx, '}'), '{ tx}'), CONCAT('{', field_approval_no, '}'), '{ approval}'),
            CONCAT('{', field_amount, '}'), '{ amount}'), CONCAT('{', field_result_code, '}'), '{ code}'),
            CONCAT('{', field_approved_at, '}'), '{ at}'), CONCAT('{', field_merchant_id, '}'), '{ account}')) STORED
        COMMENT 'read_template with the named fields as { order} { tx} { approval} { amount} { code} { at} { account}, the key as }}',
    ADD COLUMN kept_template TEXT GENERATED ALWAYS AS (CASE
            -- Two fields of one name, but for transaction and approval: the careful way keeps each member once.
            WHEN '' IN (field_result_message, field_approved_at)
                OR field_order_number IN (field_pg_tx, field_approval_no, field_amount, field_result_code,
                                          field_result_message, field_approved_at, field_merchant_id, field_hash)
                OR field_pg_tx IN (field_amount, field_result_code, field_result_message, field_approved_at,
                                   field_merchant_id, field_hash)
                OR field_approval_no IN (field_amount, field_result_code, field_result_message, field_approved_at,
                                         field_merchant_id, field_hash)
                OR field_amount IN (field_result_code, field_result_message, field_approved_at, field_merchant_id, field_hash)
                OR field_result_code IN (field_result_message, field_approved_at, field_merchant_id, field_hash)
                OR field_result_message IN (field_approved_at, field_merchant_id, field_hash)
                OR field_approved_at IN (field_merchant_id, field_hash) OR field_merchant_id = field_hash THEN NULL
            ELSE CONCAT('{', JSON_QUOTE(field_order_number), ':"{ order}",', JSON_QUOTE(field_pg_tx), ':"{ tx}",',
                CASE WHEN field_approval_no = field_pg_tx THEN ''
                     ELSE CONCAT(JSON_QUOTE(field_approval_no), ':"{ approval}",') END,
                JSON_QUOTE(field_amount), ':"{ amount}",', JSON_QUOTE(field_result_code), ':"{ code}",',
                JSON_QUOTE(field_result_message), ':"{ message}",', JSON_QUOTE(field_approved_at), ':"{ at}",',
                CASE WHEN field_merchant_id = '' THEN ''
                     ELSE CONCAT(JSON_QUOTE(field_merchant_id), ':"{ account}",') END) END) STORED
        COMMENT 'beginning of a usual message as it is kept in shop_pg_messages: the named fields, marked as in usual_template; NULL = always with care';

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (16, '0016_payment_reading.sql', UTC_TIMESTAMP(6));
