-- What was bought now lies beside the cart, in a row of its own: neither counted nor listed nor
-- added to. And what becomes of ordered rows is the shop's to say: deleted, as ever, or kept in the
-- cart until the order is paid.

ALTER TABLE shop_cart
    ADD COLUMN buy_now TINYINT UNSIGNED NOT NULL DEFAULT 0
        COMMENT '1 = bought now: a row of its own, not of the cart, see add_shop_cart_buy_now',
    ADD COLUMN order_seq_no BIGINT UNSIGNED NULL
        COMMENT 'shop_orders.seq_no of the order that has the row (soft_lock); NULL = it is free',
    ADD COLUMN locked_until DATETIME(6) NULL
        COMMENT 'UTC; expires_at of that order as it was made; what the row is follows from it',
    ALGORITHM = INSTANT;

-- One cart row, at most one live order: uq_shop_order_product_live says so. An order that came to
-- nothing keeps its line, and the row may be ordered again.
ALTER TABLE shop_order_product
    DROP INDEX uq_shop_order_product_cart,
    ADD INDEX ix_shop_order_product_cart (cart_seq_no),
    ALGORITHM = INPLACE, LOCK = NONE;

CREATE TABLE shop_cart_checkouts (
    shop_id      INT UNSIGNED    NOT NULL COMMENT 'shop',
    user_id      VARCHAR(63)     NOT NULL COMMENT 'buyer',
    order_seq_no BIGINT UNSIGNED NOT NULL COMMENT 'shop_orders.seq_no',
    settled_at   DATETIME(6)     NULL     COMMENT
        'UTC; when its rows were given back to the cart; NULL = they are marked with it',
    CONSTRAINT pk_shop_cart_checkouts PRIMARY KEY (shop_id, user_id, order_seq_no),
    INDEX ix_shop_cart_checkouts_open (settled_at, order_seq_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT=
    'Orders that have left their rows in the cart (soft_lock), until they are paid and the rows gone';

ALTER TABLE shops
    ADD COLUMN cart_at_order VARCHAR(11) NOT NULL DEFAULT 'hard_delete' COMMENT
        'what an order does with its cart rows: hard_delete | soft_lock = keeps them, marked, until it is paid or ends',
    ADD COLUMN restore_minutes SMALLINT UNSIGNED NULL COMMENT
        'so long after an order failed or expired its lines go back into the cart by themselves; NULL = never',
    ADD COLUMN buy_now_hours SMALLINT UNSIGNED NULL DEFAULT 24 COMMENT
        'what was bought now and not ordered for so many hours is deleted when its buyer buys the next one; NULL = never',
    ALGORITHM = INSTANT;

ALTER TABLE shops
    ADD CONSTRAINT ck_shops_cart_at_order CHECK (cart_at_order IN ('hard_delete', 'soft_lock'));

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (24, '0024_cart_states.sql', UTC_TIMESTAMP(6));
