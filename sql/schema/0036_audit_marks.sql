-- How far shop_audit_new has come, and what it has found: what there is already was audited by
-- shop_audit, or can be.

CREATE TABLE shop_audit_marks (
    what   VARCHAR(8)      NOT NULL
        COMMENT 'order | log | message | duty: of shop_orders, their logs, PG messages, duty logs',
    seq_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the last row that was audited',
    CONSTRAINT pk_shop_audit_marks PRIMARY KEY (what)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Where shop_audit_new goes on: one row for each table that tells what is new';

CREATE TABLE shop_audit_found (
    order_seq_no BIGINT UNSIGNED NOT NULL COMMENT 'shop_orders.seq_no',
    found_at     DATETIME(6)     NOT NULL COMMENT 'UTC; by the last run',
    CONSTRAINT pk_shop_audit_found PRIMARY KEY (order_seq_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Orders of which shop_audit_new has found something: it looks at them again';

INSERT INTO shop_audit_marks (what, seq_no)
SELECT 'order', COALESCE(MAX(seq_no), 0) FROM shop_orders
UNION ALL
SELECT 'log', COALESCE(MAX(seq_no), 0) FROM shop_order_logs
UNION ALL
SELECT 'message', COALESCE(MAX(seq_no), 0) FROM shop_pg_messages
UNION ALL
SELECT 'duty', COALESCE(MAX(seq_no), 0) FROM shop_pg_duty_logs;

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (36, '0036_audit_marks.sql', UTC_TIMESTAMP(6));
