-- Sets: several products, each with its option, sold as one product at one price. A set has no
-- stock of its own: its units are those of its parts. Columns are added at the end and in place.

CREATE TABLE shop_set_parts (
    shop_id           INT UNSIGNED      NOT NULL COMMENT 'shop',
    product_id        VARCHAR(30)       NOT NULL COMMENT 'the set: a product of its own',
    part_product_id   VARCHAR(30)       NOT NULL COMMENT 'product that is in it',
    part_option_hash  VARCHAR(64)       NOT NULL DEFAULT '__noopt__'
        COMMENT 'its combination, as in shop_product_options; __noopt__ = none',
    quantity          INT UNSIGNED      NOT NULL DEFAULT 1 COMMENT 'units of it in one set',
    position          SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'in which order pages show them',
    stock_option_hash VARCHAR(64)       NOT NULL DEFAULT '' COMMENT
        'which stock row of that product; empty = the option is gone. Written by triggers only',
    CONSTRAINT pk_shop_set_parts
        PRIMARY KEY (shop_id, product_id, part_product_id, part_option_hash),
    INDEX ix_shop_set_parts_part (shop_id, part_product_id, part_option_hash),
    CONSTRAINT fk_shop_set_parts_set FOREIGN KEY (shop_id, product_id)
        REFERENCES shop_products (shop_id, product_id),
    CONSTRAINT fk_shop_set_parts_part FOREIGN KEY (shop_id, part_product_id)
        REFERENCES shop_products (shop_id, product_id),
    CONSTRAINT ck_shop_set_parts_quantity CHECK (quantity BETWEEN 1 AND 999)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='What a set consists of now; what an ordered one did: shop_order_parts';

CREATE TABLE shop_order_parts (
    order_seq_no      BIGINT UNSIGNED   NOT NULL COMMENT 'shop_orders.seq_no',
    line_no           SMALLINT UNSIGNED NOT NULL COMMENT 'shop_order_product.line_no: the set',
    part_no           SMALLINT UNSIGNED NOT NULL COMMENT 'from 1',
    shop_id           INT UNSIGNED      NOT NULL COMMENT 'shop',
    product_id        VARCHAR(30)       NOT NULL COMMENT 'product that is in the set',
    product_name      VARCHAR(200)      NOT NULL COMMENT 'as it was called',
    option_hash       VARCHAR(64)       NOT NULL COMMENT 'its combination, __noopt__ = none',
    option_name       VARCHAR(200)      NOT NULL COMMENT 'as it was called',
    stock_option_hash VARCHAR(64)       NOT NULL COMMENT 'stock row that its units were taken from',
    quantity          INT UNSIGNED      NOT NULL COMMENT 'units of it in one set',
    CONSTRAINT pk_shop_order_parts PRIMARY KEY (order_seq_no, line_no, part_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='What the sets of an order consisted of when it was made; never changed';

ALTER TABLE shops
    ADD COLUMN set_parts INT UNSIGNED NOT NULL DEFAULT 0
        COMMENT 'rows in shop_set_parts: 0 = the shop sells no sets; kept by its triggers',
    ALGORITHM = INSTANT;

ALTER TABLE shop_products
    ADD COLUMN set_parts SMALLINT UNSIGNED NOT NULL DEFAULT 0
        COMMENT 'rows in shop_set_parts: more than 0 = a set; kept by its triggers',
    ADD COLUMN in_sets SMALLINT UNSIGNED NOT NULL DEFAULT 0
        COMMENT 'rows in shop_set_parts that it is a part by; kept by the triggers',
    ALGORITHM = INSTANT;

ALTER TABLE shop_offers
    ADD COLUMN set_parts SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'as in shop_products',
    ALGORITHM = INSTANT;

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (25, '0025_sets.sql', UTC_TIMESTAMP(6));
