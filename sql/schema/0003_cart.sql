-- The cart. Its header is the first row that every cart or order transaction of a buyer writes, so a buyer has one row
-- per product and option without a unique index: checking one for a key that was just deleted locks the gaps beside it,
-- which are other buyers' carts. shop_audit checks what the index would.

CREATE TABLE shop_cart_headers (
    shop_id INT UNSIGNED    NOT NULL COMMENT 'shop',
    user_id VARCHAR(20)     NOT NULL COMMENT 'buyer',
    version BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'raised by every transaction that locks the cart; written, so that two cluster nodes collide too',
    CONSTRAINT pk_shop_cart_headers PRIMARY KEY (shop_id, user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='One row per buyer: the lock of the cart';

CREATE TABLE shop_cart (
    seq_no      BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'cart_id; never used again',
    shop_id     INT UNSIGNED    NOT NULL COMMENT 'shop',
    user_id     VARCHAR(20)     NOT NULL COMMENT 'buyer',
    product_id  VARCHAR(30)     NOT NULL COMMENT 'product',
    option_hash VARCHAR(64)     NOT NULL DEFAULT '__noopt__' COMMENT 'option, __noopt__ = none',
    quantity    INT UNSIGNED    NOT NULL COMMENT 'units',
    create_date DATETIME(6)     NOT NULL COMMENT 'UTC',
    update_date DATETIME(6)     NOT NULL COMMENT 'UTC',
    CONSTRAINT pk_shop_cart PRIMARY KEY (seq_no),
    CONSTRAINT ck_shop_cart_quantity CHECK (quantity BETWEEN 1 AND 99999),
    INDEX ix_shop_cart_item (shop_id, user_id, product_id, option_hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Cart rows; an order deletes the rows it was made of';

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (3, '0003_cart.sql', UTC_TIMESTAMP(6));
