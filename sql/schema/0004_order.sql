-- Orders. From the commit of shop_order_insert on, the order lines are the truth.
-- No foreign keys here: children are written only in the transaction that writes or locks their order,
-- and a foreign key would take a shared lock on the parent row at every insert.

CREATE TABLE shop_orders (
    seq_no              BIGINT UNSIGNED   NOT NULL AUTO_INCREMENT COMMENT 'internal name',
    shop_id             INT UNSIGNED      NOT NULL COMMENT 'shop',
    order_number        VARCHAR(64)       NOT NULL COMMENT 'mTrdNo, the shop''s transaction number and idempotency key',
    order_key           BINARY(16)        NOT NULL COMMENT 'UUID, public, unguessable',
    order_code          CHAR(17)          NOT NULL COMMENT 'name for people: YYYYMMDD in the shop''s day, a hyphen, 8 random characters',
    order_date          DATETIME(6)       NOT NULL COMMENT 'UTC',
    order_mode          VARCHAR(8)        NOT NULL COMMENT 'cart | direct',
    order_status        TINYINT UNSIGNED  NOT NULL COMMENT '1 pending 2 paid 3 preparing 4 shipping 5 delivered 6 complete 7 cancelled by shop 8 refunded 9 cancelled by buyer 10 expired 11 waiting for deposit 12 payment failed 13 approving; written by _order_transition only',
    user_id             VARCHAR(20)       NOT NULL COMMENT 'buyer',
    user_name           VARCHAR(60)       NOT NULL COMMENT 'buyer''s name when ordering; the receiver''s for a guest',
    user_phone          VARCHAR(20)       NOT NULL COMMENT 'buyer''s phone when ordering',
    receiver_name       VARCHAR(60)       NOT NULL COMMENT 'receiver',
    receiver_phone      VARCHAR(20)       NOT NULL COMMENT 'receiver''s phone',
    post_code           VARCHAR(10)       NOT NULL COMMENT 'postal code',
    address             VARCHAR(200)      NOT NULL COMMENT 'street address',
    address_detail      VARCHAR(200)      NOT NULL COMMENT 'house, floor, door',
    delivery_msg        VARCHAR(200)      NOT NULL COMMENT 'words for the courier',
    currency            CHAR(3)           NOT NULL COMMENT 'ISO 4217 code',
    line_count          SMALLINT UNSIGNED NOT NULL COMMENT 'number of rows in shop_order_product',
    product_total_price DECIMAL(18,2)     NOT NULL COMMENT 'sum of the lines',
    discount_total      DECIMAL(18,2)     NOT NULL COMMENT 'coupons',
    point_used          DECIMAL(18,2)     NOT NULL COMMENT 'points',
    shipping_fee        DECIMAL(18,2)     NOT NULL COMMENT 'delivery',
    total_payment       DECIMAL(18,2)     NOT NULL COMMENT 'what is charged',
    supply_amount       DECIMAL(18,2)     NOT NULL COMMENT 'taxable part without VAT',
    vat_amount          DECIMAL(18,2)     NOT NULL COMMENT 'VAT contained',
    tax_free_amount     DECIMAL(18,2)     NOT NULL COMMENT 'tax-free part',
    client_total        DECIMAL(18,2)     NOT NULL COMMENT 'the total the buyer saw; compared, never charged',
    request_sha256      BINARY(32)        NOT NULL COMMENT 'what was asked for; same key with another request is IDEMPOTENCY_MISMATCH',
    pg                  VARCHAR(20)       NOT NULL COMMENT 'payment gateway chosen',
    merchant_id         VARCHAR(40)       NOT NULL COMMENT 'our account there',
    pay_type            VARCHAR(20)       NOT NULL COMMENT 'kind of payment, from the adapter',
    expires_at          DATETIME(6)       NOT NULL COMMENT 'UTC; until then it can be paid, afterwards its stock may go to others',
    approval_no         VARCHAR(100)      NULL     COMMENT 'approval number of the payment that settled it',
    approval_msg        VARCHAR(200)      NULL     COMMENT 'last words of the payment gateway',
    paid_at             DATETIME(6)       NULL     COMMENT 'UTC',
    restored_at         DATETIME(6)       NULL     COMMENT 'UTC; when its lines were put back into the cart, once',
    courier_id          VARCHAR(20)       NULL     COMMENT 'courier',
    tracking_number     VARCHAR(40)       NULL     COMMENT 'tracking number',
    vendor_order_no     VARCHAR(40)       NULL     COMMENT 'wholesaler''s order number',
    update_date         DATETIME(6)       NOT NULL COMMENT 'UTC',
    CONSTRAINT pk_shop_orders PRIMARY KEY (seq_no),
    CONSTRAINT uq_shop_orders_number UNIQUE (shop_id, order_number),
    CONSTRAINT uq_shop_orders_key UNIQUE (order_key),
    CONSTRAINT uq_shop_orders_code UNIQUE (shop_id, order_code),
    CONSTRAINT ck_shop_orders_total CHECK (product_total_price - discount_total - point_used + shipping_fee = total_payment),
    CONSTRAINT ck_shop_orders_tax CHECK (supply_amount + vat_amount + tax_free_amount = total_payment),
    CONSTRAINT ck_shop_orders_signs CHECK (product_total_price >= 0 AND discount_total >= 0 AND point_used >= 0
        AND shipping_fee >= 0 AND total_payment >= 0),
    CONSTRAINT ck_shop_orders_status CHECK (order_status BETWEEN 1 AND 13),
    CONSTRAINT ck_shop_orders_mode CHECK (order_mode IN ('cart', 'direct')),
    INDEX ix_shop_orders_expiry (order_status, expires_at),
    INDEX ix_shop_orders_user (shop_id, user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Orders';

CREATE TABLE shop_order_product (
    order_seq_no       BIGINT UNSIGNED   NOT NULL COMMENT 'shop_orders.seq_no',
    line_no            SMALLINT UNSIGNED NOT NULL COMMENT '1, 2, … by cart row',
    shop_id            INT UNSIGNED      NOT NULL COMMENT 'shop',
    product_id         VARCHAR(30)       NOT NULL COMMENT 'product',
    product_name       VARCHAR(200)      NOT NULL COMMENT 'name when ordered',
    option_hash        VARCHAR(64)       NOT NULL COMMENT 'option, __noopt__ = none',
    option_name        VARCHAR(200)      NOT NULL COMMENT 'option''s words when ordered',
    unit_price         DECIMAL(18,2)     NOT NULL COMMENT 'price used',
    quantity           INT UNSIGNED      NOT NULL COMMENT 'units',
    line_amount        DECIMAL(18,2)     NOT NULL COMMENT 'unit_price × quantity',
    tax_type           VARCHAR(8)        NOT NULL COMMENT 'taxable | free',
    delivery_policy_id INT UNSIGNED      NOT NULL COMMENT 'delivery policy when ordered',
    cart_seq_no        BIGINT UNSIGNED   NOT NULL COMMENT 'cart row it was made of; one cart row, one order line, ever',
    CONSTRAINT pk_shop_order_product PRIMARY KEY (order_seq_no, line_no),
    CONSTRAINT uq_shop_order_product_cart UNIQUE (cart_seq_no),
    CONSTRAINT ck_shop_order_product_amount CHECK (line_amount = unit_price * quantity),
    CONSTRAINT ck_shop_order_product_signs CHECK (unit_price >= 0 AND quantity >= 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Order lines: snapshots of what was bought';

CREATE TABLE shop_stock_reservations (
    order_seq_no BIGINT UNSIGNED   NOT NULL COMMENT 'shop_orders.seq_no',
    shop_id      INT UNSIGNED      NOT NULL COMMENT 'shop',
    product_id   VARCHAR(30)       NOT NULL COMMENT 'product of the stock row',
    option_hash  VARCHAR(64)       NOT NULL COMMENT 'option of the stock row',
    slot         SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'slot it was taken from and goes back to',
    quantity     INT UNSIGNED      NOT NULL COMMENT 'units, summed over the order''s lines on this stock row',
    state        VARCHAR(8)        NOT NULL COMMENT 'held | sold | released',
    expires_at   DATETIME(6)       NOT NULL COMMENT 'UTC; a hold may be reclaimed from then on',
    update_date  DATETIME(6)       NOT NULL COMMENT 'UTC',
    CONSTRAINT pk_shop_stock_reservations PRIMARY KEY (order_seq_no, shop_id, product_id, option_hash, slot),
    CONSTRAINT ck_shop_stock_reservations_state CHECK (state IN ('held', 'sold', 'released')),
    CONSTRAINT ck_shop_stock_reservations_quantity CHECK (quantity >= 1),
    INDEX ix_shop_stock_reservations_stock (shop_id, product_id, option_hash, state, expires_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Who holds or bought which units';

CREATE TABLE shop_order_logs (
    seq_no       BIGINT UNSIGNED  NOT NULL AUTO_INCREMENT COMMENT 'order of events',
    order_seq_no BIGINT UNSIGNED  NOT NULL COMMENT 'shop_orders.seq_no',
    log_date     DATETIME(6)      NOT NULL COMMENT 'UTC',
    from_status  TINYINT UNSIGNED NOT NULL COMMENT '0 = did not exist',
    to_status    TINYINT UNSIGNED NOT NULL COMMENT 'status after',
    action       VARCHAR(20)      NOT NULL COMMENT 'action of shop_order_transitions',
    actor        VARCHAR(8)       NOT NULL COMMENT 'buyer | shop | job | pg | dba',
    actor_name   VARCHAR(100)     NOT NULL COMMENT 'database account that called',
    log_message  VARCHAR(200)     NOT NULL COMMENT 'for people',
    CONSTRAINT pk_shop_order_logs PRIMARY KEY (seq_no),
    INDEX ix_shop_order_logs_order (order_seq_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Every change of an order''s status, written in the same commit';

CREATE TABLE shop_order_transitions (
    from_status TINYINT UNSIGNED NOT NULL COMMENT '0 = a new order',
    action      VARCHAR(20)      NOT NULL COMMENT 'what is done',
    actor       VARCHAR(8)       NOT NULL COMMENT 'who may do it: buyer | shop | job | pg | dba',
    to_status   TINYINT UNSIGNED NOT NULL COMMENT 'status after',
    CONSTRAINT pk_shop_order_transitions PRIMARY KEY (from_status, action, actor)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Who may move an order from what to what';

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (4, '0004_order.sql', UTC_TIMESTAMP(6));
