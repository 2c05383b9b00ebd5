-- Money that contradicts itself, money after a refusal or too late, and duties that are closed.

ALTER TABLE shops
    ADD COLUMN late_payment VARCHAR(8) NOT NULL DEFAULT 'revive'
        COMMENT 'money for an order that expired: revive = settles it while its cart was not restored and its units can be had | refund = is owed back',
    ADD CONSTRAINT ck_shops_late_payment CHECK (late_payment IN ('revive', 'refund'));

ALTER TABLE shop_pg_messages
    MODIFY COLUMN channel VARCHAR(8) NOT NULL
        COMMENT 'return | notify | approve | lookup | operator = entered by update_adm_order_payment | manual = by hand, before that';

ALTER TABLE shop_payments
    ADD COLUMN order_number VARCHAR(64) NULL
        COMMENT 'order number in the message; NULL = recorded before it was kept',
    ADD COLUMN used_approval_no VARCHAR(100) NULL
        COMMENT 'approval number in the message, where another transaction had it first (approval_reused)';

ALTER TABLE shop_pg_duties
    DROP CONSTRAINT ck_shop_pg_duties_state,
    MODIFY COLUMN duty_key VARCHAR(100) NOT NULL
        COMMENT 'PG''s transaction number; for a lookup of what has none, or contradicts what was said, its beginning or the order number and a hash of what was said: one duty each',
    MODIFY COLUMN state VARCHAR(9) NOT NULL
        COMMENT 'owed | done, with a proof | withdrawn, with a reason; changed by update_adm_pg_duty',
    MODIFY COLUMN done_at DATETIME(6) NULL COMMENT 'UTC; when it was done or withdrawn; NULL = owed',
    ADD COLUMN message_seq_no BIGINT UNSIGNED NULL COMMENT 'shop_pg_messages.seq_no of what caused it; NULL = recorded before it was kept',
    ADD COLUMN proof VARCHAR(200) NULL COMMENT 'what proves that it was done, such as the PG''s number of the refund',
    ADD COLUMN close_reason VARCHAR(200) NULL COMMENT 'words of whoever closed it',
    ADD COLUMN closed_by VARCHAR(100) NULL COMMENT 'database account that closed it';

CREATE TABLE shop_pg_duty_logs (
    seq_no      BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'order of events',
    duty_seq_no BIGINT UNSIGNED NOT NULL COMMENT 'shop_pg_duties.seq_no',
    log_date    DATETIME(6)     NOT NULL COMMENT 'UTC',
    from_state  VARCHAR(9)      NOT NULL COMMENT 'state before',
    to_state    VARCHAR(9)      NOT NULL COMMENT 'state after',
    proof       VARCHAR(200)    NOT NULL COMMENT 'proof that was given, empty = none',
    reason      VARCHAR(200)    NOT NULL COMMENT 'words that were given, empty = none',
    actor_name  VARCHAR(100)    NOT NULL COMMENT 'database account that called',
    CONSTRAINT pk_shop_pg_duty_logs PRIMARY KEY (seq_no),
    INDEX ix_shop_pg_duty_logs_duty (duty_seq_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Every closing and reopening of a duty: also what a slip of the hand was';

-- Until now duties could only be closed by hand, without a proof.
UPDATE shop_pg_duties
SET proof = 'not kept', close_reason = 'closed by hand before proofs were kept', closed_by = 'unknown',
    done_at = COALESCE(done_at, UTC_TIMESTAMP(6))
WHERE state <> 'owed';

INSERT INTO shop_pg_duty_logs (duty_seq_no, log_date, from_state, to_state, proof, reason, actor_name)
SELECT seq_no, done_at, 'owed', state, 'not kept', 'closed by hand before proofs were kept',
       'unknown'
FROM shop_pg_duties WHERE state <> 'owed';

ALTER TABLE shop_pg_duties
    ADD CONSTRAINT ck_shop_pg_duties_state CHECK (state IN ('owed', 'done', 'withdrawn')),
    ADD CONSTRAINT ck_shop_pg_duties_proof CHECK (state <> 'done' OR COALESCE(proof, '') <> ''),
    ADD CONSTRAINT ck_shop_pg_duties_reason CHECK (state <> 'withdrawn' OR COALESCE(close_reason, '') <> '');

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (10, '0010_money.sql', UTC_TIMESTAMP(6));
