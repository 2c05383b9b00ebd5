-- The error catalogue, the log of unexpected errors, and background jobs.

CREATE TABLE shop_error_codes (
    errno       SMALLINT UNSIGNED NOT NULL COMMENT 'MYSQL_ERRNO of the SIGNAL, or of the engine''s own error',
    code        VARCHAR(40)       NOT NULL COMMENT 'MESSAGE_TEXT of the SIGNAL; code in the HTTP answer',
    http_status SMALLINT UNSIGNED NOT NULL COMMENT 'status of the HTTP answer',
    retryable   TINYINT           NOT NULL COMMENT '1 = the same request may succeed later',
    repeat_call TINYINT           NOT NULL DEFAULT 0 COMMENT '1 = the gateway repeats the CALL itself within its deadline',
    title_ko    VARCHAR(100)      NOT NULL COMMENT 'for buyers and shops, Korean',
    title_en    VARCHAR(100)      NOT NULL COMMENT 'the same in English',
    remedy      VARCHAR(300)      NOT NULL COMMENT 'what the caller can do, English',
    CONSTRAINT pk_shop_error_codes PRIMARY KEY (errno),
    CONSTRAINT uq_shop_error_codes_code UNIQUE (code),
    CONSTRAINT ck_shop_error_codes_status CHECK (http_status BETWEEN 400 AND 599),
    CONSTRAINT ck_shop_error_codes_flags CHECK (retryable IN (0, 1) AND repeat_call IN (0, 1))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='The only list of errors; the gateway loads it';

CREATE TABLE shop_error_log (
    seq_no          BIGINT UNSIGNED   NOT NULL AUTO_INCREMENT COMMENT 'order of events',
    log_date        DATETIME(6)       NOT NULL COMMENT 'UTC',
    routine         VARCHAR(64)       NOT NULL COMMENT 'public routine that failed',
    step            VARCHAR(30)       NOT NULL COMMENT 'step it had reached',
    errno           SMALLINT UNSIGNED NOT NULL COMMENT 'MYSQL_ERRNO',
    sqlstate_code   CHAR(5)           NOT NULL COMMENT 'RETURNED_SQLSTATE',
    message         VARCHAR(512)      NOT NULL COMMENT 'MESSAGE_TEXT',
    parameters_json LONGTEXT          NOT NULL COMMENT 'identifiers only, never a name, address, phone or key',
    CONSTRAINT pk_shop_error_log PRIMARY KEY (seq_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Unexpected errors: those that the catalogue does not list, and whatever a job could not do';

CREATE TABLE shop_jobs (
    job_name         VARCHAR(64)       NOT NULL COMMENT 'public procedure that is called with batch_size',
    is_enabled       TINYINT           NOT NULL DEFAULT 1 COMMENT '0 = only by hand',
    interval_seconds INT UNSIGNED      NOT NULL COMMENT 'from the start of one run to the next',
    lease_seconds    INT UNSIGNED      NOT NULL COMMENT 'how long one run may keep others away',
    batch_size       INT UNSIGNED      NOT NULL COMMENT 'argument of the call',
    lease_holder     VARCHAR(64)       NULL     COMMENT 'gateway process that runs it now',
    lease_until      DATETIME(6)       NOT NULL COMMENT 'UTC; nobody else starts it before',
    next_run_at      DATETIME(6)       NOT NULL COMMENT 'UTC',
    last_run_at      DATETIME(6)       NULL     COMMENT 'UTC',
    last_result      VARCHAR(200)      NULL     COMMENT 'what the last run answered',
    CONSTRAINT pk_shop_jobs PRIMARY KEY (job_name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Background jobs: every gateway process asks for work, one gets it';

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (6, '0006_operation.sql', UTC_TIMESTAMP(6));
