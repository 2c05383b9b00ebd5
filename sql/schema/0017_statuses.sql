-- What an order's status is, and what a message about money means, as rows: read where an order or a message is read.
-- Rows that are code: sql/reference has them, and every load writes them again. Here they are only made.
-- No foreign key points at them: each order would lock its status. Tests hold the CHECK constraints to the rows.

CREATE TABLE shop_order_statuses (
    order_status TINYINT UNSIGNED NOT NULL COMMENT 'shop_orders.order_status',
    name         VARCHAR(20)      NOT NULL COMMENT 'for people',
    phase        VARCHAR(5)       NOT NULL COMMENT 'open = its units are held | paid = sold | ended = released; its cart rows may be ordered again',
    settled      VARCHAR(5)       NOT NULL COMMENT 'whether a payment has settled it: yes | no | maybe = it ended before that or afterwards',
    on_payment   VARCHAR(7)       NOT NULL COMMENT 'what a right payment is to it: pay | revive, if its units can be had again = actions of shop_order_transitions; surplus | late = owed back',
    next_step    VARCHAR(12)      NOT NULL COMMENT 'what its buyer can do: pay | deposit | wait | done | restore_cart, once | none',
    late_step    VARCHAR(12)      NOT NULL COMMENT 'the same, after expires_at',
    error_code   VARCHAR(40)      NOT NULL COMMENT 'code that the shop''s error page is told when it cannot be paid; empty = its result page',
    CONSTRAINT pk_shop_order_statuses PRIMARY KEY (order_status)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='What each status of an order means';

CREATE TABLE shop_payment_verdicts (
    verdict         VARCHAR(20)  NOT NULL COMMENT 'what _judge_payment says of a message, and the status of its payment',
    meaning         VARCHAR(100) NOT NULL COMMENT 'for people',
    keeps_payment   TINYINT      NOT NULL COMMENT '1 = a row of shop_payments has it as its status',
    keeps_approval  TINYINT      NOT NULL COMMENT '1 = that row keeps the approval number, also one that comes later',
    settles         TINYINT      NOT NULL COMMENT '1 = that row is the payment of its order',
    moves           VARCHAR(20)  NULL     COMMENT 'what it does to an order that waits for its payment: an action of shop_order_transitions; NULL = nothing',
    duty            VARCHAR(8)   NULL     COMMENT 'what is owed for it: refund | lookup; NULL = nothing',
    error_code      VARCHAR(40)  NULL     COMMENT 'code that the shop''s error page is told when the buyer returns; empty = its result page; NULL = as the first time',
    code_if_paid    VARCHAR(40)  NULL     COMMENT 'the same, when the order is paid',
    code_if_expired VARCHAR(40)  NULL     COMMENT 'the same, when the order has expired',
    CONSTRAINT pk_shop_payment_verdicts PRIMARY KEY (verdict)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='What each verdict on a message of a payment gateway means';

-- Raised by nobody, and no longer listed.
DELETE FROM shop_error_codes WHERE errno = 2190 AND code = 'FORBIDDEN';

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (17, '0017_statuses.sql', UTC_TIMESTAMP(6));
