-- Whether the shop can be served: when something was last written and audited, when a job last succeeded, and which
-- errors, though listed, are somebody's to mend.

CREATE TABLE shop_health (
    what     VARCHAR(20)  NOT NULL COMMENT 'write = a probe by select_gateway_health | audit = a run of shop_audit',
    done_at  DATETIME(6)  NOT NULL COMMENT 'UTC; when it last came to its end',
    found    INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'audit: violations',
    CONSTRAINT pk_shop_health PRIMARY KEY (what)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='When somebody last looked; for /ready and /metrics';

ALTER TABLE shop_jobs
    ADD COLUMN last_success_at DATETIME(6) NULL COMMENT 'UTC; when a run last ended well';

ALTER TABLE shop_error_codes
    ADD COLUMN is_logged TINYINT NOT NULL DEFAULT 0
        COMMENT '1 = also written to shop_error_log: somebody must mend the database or its server';

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (14, '0014_health.sql', UTC_TIMESTAMP(6));
