-- What a product costs is an immutable row: a change is a new one, and an order line names the one it was charged by. What
-- is on sale now is a small row that points to it. Delivery policies, which thousands of products share, have immutable
-- rows of their own.
--
-- Columns are added at the end and in place: ten million orders are not copied. The one index that is added is built while
-- orders go on. What is on sale is filled in after the triggers are there (shop_offers_repair), so that no change is lost.

-- user_id: e-mail addresses, UUIDs, "naver:…". 63 characters are 252 bytes at most: still one byte of length, so nothing
-- is rewritten. MySQL would copy the ten million orders all the same, because of a CHECK that says IS NULL: what it said is
-- said by tr_shop_orders_status.
ALTER TABLE shop_orders DROP CONSTRAINT ck_shop_orders_restored;
ALTER TABLE member MODIFY COLUMN user_id VARCHAR(63) NOT NULL COMMENT 'login name; a guest has no row here',
    ALGORITHM = INPLACE, LOCK = NONE;
ALTER TABLE shop_shipping_address MODIFY COLUMN user_id VARCHAR(63) NOT NULL COMMENT 'owner',
    ALGORITHM = INPLACE, LOCK = NONE;
ALTER TABLE shop_cart_headers MODIFY COLUMN user_id VARCHAR(63) NOT NULL COMMENT 'buyer',
    ALGORITHM = INPLACE, LOCK = NONE;
ALTER TABLE shop_cart MODIFY COLUMN user_id VARCHAR(63) NOT NULL COMMENT 'buyer',
    ALGORITHM = INPLACE, LOCK = NONE;
ALTER TABLE shop_orders MODIFY COLUMN user_id VARCHAR(63) NOT NULL COMMENT 'buyer',
    ALGORITHM = INPLACE, LOCK = NONE;

CREATE TABLE shop_delivery_rules (
    rule_id     BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'the rule; order lines name it',
    shop_id     INT UNSIGNED    NOT NULL COMMENT 'shop',
    policy_id   INT UNSIGNED    NOT NULL COMMENT 'shop_delivery_policy.id',
    type        VARCHAR(12)     NOT NULL COMMENT 'free | fixed | conditional | area',
    parcel      VARCHAR(30)     NOT NULL COMMENT 'lines with the same text ship as one parcel: policy N or group N',
    fee         DECIMAL(20,2)   NOT NULL COMMENT 'asked for the parcel, rounded to the currency; 0 for free',
    free_over   DECIMAL(18,2)   NULL     COMMENT 'from this sum of the parcel on, inclusive, nothing is asked; NULL = always',
    valid_from  DATETIME(6)     NOT NULL COMMENT 'UTC',
    actor       VARCHAR(100)    NOT NULL COMMENT 'database account that made it',
    reason      VARCHAR(200)    NOT NULL COMMENT 'why',
    CONSTRAINT pk_shop_delivery_rules PRIMARY KEY (rule_id),
    INDEX ix_shop_delivery_rules_policy (shop_id, policy_id, valid_from)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='What delivery cost, and costs: one row per change of a policy, never changed';

CREATE TABLE shop_delivery_now (
    shop_id         INT UNSIGNED     NOT NULL COMMENT 'shop',
    policy_id       INT UNSIGNED     NOT NULL COMMENT 'shop_delivery_policy.id',
    rule_id         BIGINT UNSIGNED  NOT NULL COMMENT 'rule in force; made by tr_shop_delivery_now_insert and _update',
    type            VARCHAR(12)      NOT NULL COMMENT 'as in shop_delivery_policy',
    base_cost       DECIMAL(18,2)    NOT NULL COMMENT 'as in shop_delivery_policy',
    threshold       DECIMAL(18,2)    NULL     COMMENT 'free_over of shop_delivery_policy, whatever the type',
    combine_group_id INT UNSIGNED    NULL     COMMENT 'as in shop_delivery_policy',
    currency_digits TINYINT UNSIGNED NOT NULL COMMENT 'of the shop',
    parcel          VARCHAR(30)      NOT NULL DEFAULT '' COMMENT 'of the rule',
    fee             DECIMAL(20,2)    NOT NULL DEFAULT 0 COMMENT 'of the rule',
    free_over       DECIMAL(18,2)    NULL     COMMENT 'of the rule',
    reason          VARCHAR(200)     NOT NULL COMMENT 'why it was changed last',
    CONSTRAINT pk_shop_delivery_now PRIMARY KEY (shop_id, policy_id),
    CONSTRAINT fk_shop_delivery_now_rule FOREIGN KEY (rule_id) REFERENCES shop_delivery_rules (rule_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='What delivery costs now: one row per policy. Written by triggers only';

CREATE TABLE shop_product_prices (
    price_id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'the price; cart rows and order lines name it',
    shop_id           INT UNSIGNED    NOT NULL COMMENT 'shop',
    product_id        VARCHAR(30)     NOT NULL COMMENT 'product',
    option_hash       VARCHAR(64)     NOT NULL COMMENT 'combination of options, __noopt__ = none',
    plan_id           INT UNSIGNED    NOT NULL DEFAULT 0 COMMENT '0 = bought once',
    unit_price        DECIMAL(20,2)   NOT NULL COMMENT 'of one unit, VAT and option included, rounded to the currency',
    list_price        DECIMAL(20,2)   NOT NULL COMMENT 'list price of one unit, option included, rounded to the currency',
    discount_rate     DECIMAL(5,4)    NOT NULL COMMENT '0..1, as it was taken off',
    product_name      VARCHAR(200)    NOT NULL COMMENT 'name',
    option_name       VARCHAR(200)    NOT NULL COMMENT 'option''s words, empty without one',
    category_id       VARCHAR(30)     NULL     COMMENT 'category',
    weight            INT UNSIGNED    NULL     COMMENT 'grams of one unit; NULL = not known',
    tax_type          VARCHAR(8)      NOT NULL COMMENT 'taxable | free',
    stock_option_hash VARCHAR(64)     NOT NULL COMMENT 'which stock row of the product it is taken from',
    valid_from        DATETIME(6)     NOT NULL COMMENT 'UTC',
    actor             VARCHAR(100)    NOT NULL COMMENT 'database account that made it',
    reason            VARCHAR(200)    NOT NULL COMMENT 'why',
    CONSTRAINT pk_shop_product_prices PRIMARY KEY (price_id),
    INDEX ix_shop_product_prices_product (shop_id, product_id, option_hash, plan_id, valid_from)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='What a product and option cost, and cost before: one row per change, never changed';

CREATE TABLE shop_offers (
    shop_id            INT UNSIGNED      NOT NULL COMMENT 'shop',
    product_id         VARCHAR(30)       NOT NULL COMMENT 'product',
    option_hash        VARCHAR(64)       NOT NULL COMMENT 'combination of options, __noopt__ = none: every product has that one',
    plan_id            INT UNSIGNED      NOT NULL DEFAULT 0 COMMENT '0 = bought once',
    price_id           BIGINT UNSIGNED   NOT NULL COMMENT 'price in force; made by tr_shop_offers_insert and _update',
    unit_price         DECIMAL(20,2)     NOT NULL DEFAULT 0 COMMENT 'of that price',
    list_price         DECIMAL(20,2)     NOT NULL DEFAULT 0 COMMENT 'of that price',
    orderable          TINYINT           NOT NULL DEFAULT 0 COMMENT '1 = can be bought',
    tax_type           VARCHAR(8)        NOT NULL COMMENT 'as in shop_products',
    delivery_policy_id INT UNSIGNED      NOT NULL COMMENT 'as in shop_products',
    stock_option_hash  VARCHAR(64)       NOT NULL COMMENT 'as in shop_product_options',
    stock_slots        SMALLINT UNSIGNED NOT NULL COMMENT 'as in shop_products',
    holds_until        DATETIME(6)       NULL     COMMENT 'UTC; when a scheduled price begins; NULL = none is scheduled',
    buy_price          DECIMAL(18,2)     NOT NULL COMMENT 'as in shop_products',
    sale_price         DECIMAL(18,2)     NULL     COMMENT 'as in shop_products',
    discount_rate      DECIMAL(5,4)      NOT NULL COMMENT 'as in shop_products',
    add_price          DECIMAL(18,2)     NOT NULL COMMENT 'as in shop_product_options',
    currency_digits    TINYINT UNSIGNED  NOT NULL COMMENT 'of the shop',
    product_name       VARCHAR(200)      NOT NULL COMMENT 'as in shop_products',
    option_name        VARCHAR(200)      NOT NULL COMMENT 'as in shop_product_options',
    category_id        VARCHAR(30)       NULL     COMMENT 'as in shop_products',
    weight             INT UNSIGNED      NULL     COMMENT 'as in shop_products',
    product_shown      TINYINT           NOT NULL COMMENT '1 = the product is displayed and not sold out',
    option_required    TINYINT           NOT NULL COMMENT 'as in shop_products',
    option_shown       TINYINT           NOT NULL COMMENT '1 = the option can be chosen; 1 for __noopt__',
    reason             VARCHAR(200)      NOT NULL COMMENT 'why it was changed last',
    CONSTRAINT pk_shop_offers PRIMARY KEY (shop_id, product_id, option_hash, plan_id),
    CONSTRAINT fk_shop_offers_price FOREIGN KEY (price_id) REFERENCES shop_product_prices (price_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='What is on sale now: one row per product and combination, with what its price is made of. Written by triggers only';

ALTER TABLE shop_products
    ADD COLUMN weight INT UNSIGNED NULL COMMENT 'grams of one unit; NULL = not known',
    ALGORITHM = INSTANT;

ALTER TABLE shop_cart
    ADD COLUMN price_id BIGINT UNSIGNED NULL
        COMMENT 'price in force when the row was made, see tr_shop_cart_insert; NULL = made before prices were rows, or of no known product',
    ADD COLUMN combination_hash VARCHAR(64) NULL
        COMMENT 'combination by which price and stock are found, where that is not all that option_hash says; NULL = option_hash itself',
    ALGORITHM = INSTANT;

ALTER TABLE shop_orders
    ADD COLUMN vat_rate DECIMAL(5,4) NULL COMMENT 'rate that vat_amount was computed by; NULL = an order from before it was kept',
    ADD COLUMN pricing_version TINYINT UNSIGNED NULL
        COMMENT 'how the total was computed: 1 = by price rows; NULL = before there were price rows',
    ALGORITHM = INSTANT;

ALTER TABLE shop_order_product
    ADD COLUMN price_id BIGINT UNSIGNED NULL COMMENT 'shop_product_prices; NULL = priced before prices were rows',
    ADD COLUMN rule_id BIGINT UNSIGNED NULL COMMENT 'shop_delivery_rules; NULL = as price_id',
    ADD COLUMN combination_hash VARCHAR(64) NULL COMMENT 'as in shop_cart',
    ADD COLUMN live_cart_seq_no BIGINT UNSIGNED NULL
        COMMENT 'cart_seq_no while the order lives; NULL once it has ended, or when it was made before this was kept',
    ALGORITHM = INSTANT;

ALTER TABLE shop_order_product
    ADD CONSTRAINT uq_shop_order_product_live UNIQUE (live_cart_seq_no),
    ALGORITHM = INPLACE, LOCK = NONE;

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (15, '0015_prices.sql', UTC_TIMESTAMP(6));
