-- Payment gateways (PG): how each speaks, what it said, what was settled, what is owed.

CREATE TABLE shop_pg_adapters (
    pg                    VARCHAR(20)  NOT NULL COMMENT 'payment gateway, as in /pg/{pg}/… and the form field pg',
    merchant_id           VARCHAR(40)  NOT NULL COMMENT 'our account there, as in /pg/{pg}/{merchant}/…',
    shop_id               INT UNSIGNED NOT NULL COMMENT 'shop',
    is_enabled            TINYINT      NOT NULL DEFAULT 1 COMMENT '0 = no new orders; messages for old ones are still taken',
    enabled_pg            VARCHAR(20)  GENERATED ALWAYS AS (CASE WHEN is_enabled = 1 THEN pg END) STORED COMMENT 'one account per shop and PG takes new orders',
    pay_type              VARCHAR(20)  NOT NULL COMMENT 'kind of payment, copied to the order',
    secret_key            VARCHAR(200) NOT NULL COMMENT 'hash key shared with the PG; {key} in the templates',
    request_method        VARCHAR(4)   NOT NULL COMMENT 'GET | POST: how the buyer''s browser goes to the payment page',
    request_url           VARCHAR(400) NOT NULL COMMENT 'payment page',
    request_fields_json   LONGTEXT     NOT NULL COMMENT 'JSON object: field -> template over {merchant_id} {order_number} {amount} {title} {return_url} {notify_url} {hash}',
    request_hash_template VARCHAR(400) NOT NULL COMMENT 'hashed with SHA-256, hex, as {hash}; also knows {key}',
    field_order_number    VARCHAR(40)  NOT NULL COMMENT 'name of the field with our order number',
    field_pg_tx           VARCHAR(40)  NOT NULL COMMENT 'name of the field with the PG''s transaction number',
    field_approval_no     VARCHAR(40)  NOT NULL COMMENT 'name of the field with the approval number',
    field_amount          VARCHAR(40)  NOT NULL COMMENT 'name of the field with the amount',
    field_result_code     VARCHAR(40)  NOT NULL COMMENT 'name of the field with the result code',
    field_result_message  VARCHAR(40)  NOT NULL COMMENT 'name of the field with the result in words',
    field_approved_at     VARCHAR(40)  NOT NULL COMMENT 'name of the field with the time of the approval',
    field_merchant_id     VARCHAR(40)  NOT NULL COMMENT 'name of the field with our account; empty = this PG does not send it',
    field_hash            VARCHAR(40)  NOT NULL COMMENT 'name of the field with the hash',
    hash_template         VARCHAR(400) NOT NULL COMMENT 'what the PG hashes (SHA-256, hex): its own fields in braces, and {key}',
    pattern_pg_tx         VARCHAR(100) NOT NULL COMMENT 'regular expression, whole value: what a transaction number looks like. A PG that hashes fields without separators leaves open where one ends and the next begins: this says it',
    pattern_approved_at   VARCHAR(100) NOT NULL COMMENT 'regular expression, whole value: what the time of an approval looks like',
    success_code          VARCHAR(20)  NOT NULL COMMENT 'result code that means approved',
    ack_http_status       SMALLINT UNSIGNED NOT NULL DEFAULT 200 COMMENT 'exact acknowledgement of a notification: status',
    ack_content_type      VARCHAR(100) NOT NULL COMMENT 'exact acknowledgement: content type',
    ack_body              VARCHAR(200) NOT NULL COMMENT 'exact acknowledgement: body',
    duty_minutes          INT UNSIGNED NOT NULL DEFAULT 1440 COMMENT 'a refund owed must be done within',
    CONSTRAINT pk_shop_pg_adapters PRIMARY KEY (pg, merchant_id),
    CONSTRAINT uq_shop_pg_adapters_shop UNIQUE (shop_id, enabled_pg),
    CONSTRAINT fk_shop_pg_adapters_shop FOREIGN KEY (shop_id) REFERENCES shops (shop_id),
    CONSTRAINT ck_shop_pg_adapters_method CHECK (request_method IN ('GET', 'POST')),
    CONSTRAINT ck_shop_pg_adapters_enabled CHECK (is_enabled IN (0, 1)),
    CONSTRAINT ck_shop_pg_adapters_fields CHECK (JSON_VALID(request_fields_json)),
    CONSTRAINT ck_shop_pg_adapters_secret CHECK (secret_key <> '' AND LOCATE('{key}', hash_template) > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='One row per payment gateway and account: field names, hashes and acknowledgements as data';

CREATE TABLE shop_pg_messages (
    seq_no       BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'order of arrival',
    received_at  DATETIME(6)     NOT NULL COMMENT 'UTC',
    pg           VARCHAR(20)     NOT NULL COMMENT 'payment gateway',
    merchant_id  VARCHAR(40)     NOT NULL COMMENT 'our account there',
    channel      VARCHAR(8)      NOT NULL COMMENT 'return | notify | approve | lookup | manual',
    order_number VARCHAR(64)     NOT NULL COMMENT 'order number in the message',
    order_seq_no BIGINT UNSIGNED NULL     COMMENT 'shop_orders.seq_no; NULL = no such order',
    pg_tx        VARCHAR(100)    NOT NULL COMMENT 'PG''s transaction number, empty when none came',
    verdict      VARCHAR(20)     NOT NULL COMMENT 'see _judge_payment',
    fields_json  LONGTEXT        NOT NULL COMMENT 'the message; values of fields the adapter does not name are masked',
    CONSTRAINT pk_shop_pg_messages PRIMARY KEY (seq_no),
    INDEX ix_shop_pg_messages_number (order_number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Every authentic message of a payment gateway, also repeats; an unauthentic one leaves nothing';

CREATE TABLE shop_payments (
    seq_no       BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'payment',
    shop_id      INT UNSIGNED    NOT NULL COMMENT 'shop',
    order_seq_no BIGINT UNSIGNED NULL     COMMENT 'shop_orders.seq_no; NULL = the PG named an order that does not exist',
    pg           VARCHAR(20)     NOT NULL COMMENT 'payment gateway',
    merchant_id  VARCHAR(40)     NOT NULL COMMENT 'our account there',
    pg_tx        VARCHAR(100)    NULL     COMMENT 'PG''s transaction number: the idempotency key of shop_order_update; NULL = a failure that has none',
    approval_no  VARCHAR(100)    NULL     COMMENT 'approval number; NULL while not approved',
    amount       DECIMAL(18,2)   NOT NULL COMMENT 'amount in the message',
    status       VARCHAR(20)     NOT NULL COMMENT 'paid | failed | amount_mismatch | late | surplus | approval_reused | unknown_order: only paid settles an order',
    result_code  VARCHAR(20)     NOT NULL COMMENT 'PG''s result code',
    result_msg   VARCHAR(200)    NOT NULL COMMENT 'PG''s result in words',
    approved_at  VARCHAR(40)     NOT NULL COMMENT 'time of the approval as the PG wrote it',
    create_date  DATETIME(6)     NOT NULL COMMENT 'UTC',
    update_date  DATETIME(6)     NOT NULL COMMENT 'UTC',
    CONSTRAINT pk_shop_payments PRIMARY KEY (seq_no),
    CONSTRAINT uq_shop_payments_tx UNIQUE (pg, merchant_id, pg_tx),
    CONSTRAINT uq_shop_payments_approval UNIQUE (pg, merchant_id, approval_no),
    INDEX ix_shop_payments_order (order_seq_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='One row per transaction of a payment gateway, with the verdict on it';

CREATE TABLE shop_pg_duties (
    seq_no         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'duty',
    shop_id        INT UNSIGNED    NOT NULL COMMENT 'shop',
    order_seq_no   BIGINT UNSIGNED NULL     COMMENT 'shop_orders.seq_no; NULL = no such order',
    payment_seq_no BIGINT UNSIGNED NULL     COMMENT 'shop_payments.seq_no; NULL = the message named no transaction',
    pg             VARCHAR(20)     NOT NULL COMMENT 'payment gateway',
    merchant_id    VARCHAR(40)     NOT NULL COMMENT 'our account there',
    duty           VARCHAR(8)      NOT NULL COMMENT 'refund = give the amount back; lookup = find out what happened',
    duty_key       VARCHAR(100)    NOT NULL COMMENT 'PG''s transaction number, or the order number for a lookup: one duty each',
    amount         DECIMAL(18,2)   NOT NULL COMMENT 'money concerned',
    reason         VARCHAR(20)     NOT NULL COMMENT 'verdict that caused it',
    state          VARCHAR(8)      NOT NULL COMMENT 'owed | done; done only when proven',
    due_at         DATETIME(6)     NOT NULL COMMENT 'UTC; deadline',
    attempts       INT UNSIGNED    NOT NULL DEFAULT 0 COMMENT 'times tried',
    next_try_at    DATETIME(6)     NOT NULL COMMENT 'UTC; earliest next try',
    create_date    DATETIME(6)     NOT NULL COMMENT 'UTC',
    done_at        DATETIME(6)     NULL     COMMENT 'UTC',
    CONSTRAINT pk_shop_pg_duties PRIMARY KEY (seq_no),
    CONSTRAINT uq_shop_pg_duties_key UNIQUE (pg, merchant_id, duty, duty_key),
    CONSTRAINT ck_shop_pg_duties_duty CHECK (duty IN ('refund', 'lookup')),
    CONSTRAINT ck_shop_pg_duties_state CHECK (state IN ('owed', 'done')),
    INDEX ix_shop_pg_duties_state (shop_id, state, due_at),
    INDEX ix_shop_pg_duties_order (order_seq_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='What is owed to a buyer or must be asked of a payment gateway';

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (5, '0005_payment.sql', UTC_TIMESTAMP(6));
