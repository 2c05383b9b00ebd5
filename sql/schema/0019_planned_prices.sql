-- A price that is said for a later time is a row in the future, and what is on sale names the next
-- one beside the one in force: whoever reads after that moment takes it, by predicate. All columns
-- are added at the end and in place.

CREATE TABLE shop_price_changes (
    change_no      BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'the change',
    shop_id        INT UNSIGNED    NOT NULL COMMENT 'shop',
    product_id     VARCHAR(30)     NOT NULL COMMENT 'product, with all its options',
    valid_from     DATETIME(6)     NOT NULL COMMENT 'UTC',
    ends_change_no BIGINT UNSIGNED NULL
        COMMENT 'the sale that ends here: back to what it cost before; NULL = a price of its own',
    buy_price      DECIMAL(18,2)   NULL
        COMMENT 'as in shop_products from then on; NULL = known when the sale begins',
    sale_price     DECIMAL(18,2)   NULL COMMENT 'as in shop_products from then on',
    discount_rate  DECIMAL(5,4)    NULL
        COMMENT 'as in shop_products from then on; NULL = as buy_price',
    state          VARCHAR(9)      NOT NULL COMMENT 'planned | begun | withdrawn',
    reason         VARCHAR(200)    NOT NULL COMMENT 'why',
    actor          VARCHAR(100)    NOT NULL COMMENT 'database account that said so',
    create_date    DATETIME(6)     NOT NULL COMMENT 'UTC',
    state_reason   VARCHAR(200)    NOT NULL DEFAULT ''
        COMMENT 'why it was withdrawn, or begun without effect',
    state_actor    VARCHAR(100)    NOT NULL COMMENT 'database account that set the state',
    state_date     DATETIME(6)     NOT NULL COMMENT 'UTC',
    CONSTRAINT pk_shop_price_changes PRIMARY KEY (change_no),
    CONSTRAINT ck_shop_price_changes_state CHECK (state IN ('planned', 'begun', 'withdrawn')),
    CONSTRAINT ck_shop_price_changes_price
        CHECK (buy_price >= 0 AND (sale_price IS NULL OR sale_price >= 0)),
    CONSTRAINT ck_shop_price_changes_discount CHECK (discount_rate BETWEEN 0 AND 1),
    INDEX ix_shop_price_changes_product (shop_id, product_id, state, valid_from),
    INDEX ix_shop_price_changes_due (state, valid_from)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Prices said by update_adm_price: what, from when, why and who';

ALTER TABLE shop_product_prices
    ADD COLUMN change_no BIGINT UNSIGNED NULL
        COMMENT 'shop_price_changes; NULL = a page changed the product',
    ALGORITHM = INSTANT;

ALTER TABLE shop_offers
    ADD COLUMN next_change_no BIGINT UNSIGNED NULL
        COMMENT 'the change that begins at holds_until; NULL = none, or not named yet',
    ADD COLUMN next_price_id BIGINT UNSIGNED NULL
        COMMENT 'price in force from holds_until on; made by tr_shop_offers_update',
    ADD COLUMN next_unit_price DECIMAL(20,2) NULL COMMENT 'of that price',
    ADD COLUMN next_list_price DECIMAL(20,2) NULL COMMENT 'of that price',
    ADD COLUMN next_until DATETIME(6) NULL
        COMMENT 'UTC; when the change after the next one begins; NULL = none is planned',
    ADD COLUMN next_buy_price DECIMAL(18,2) NULL COMMENT 'of the next change',
    ADD COLUMN next_sale_price DECIMAL(18,2) NULL COMMENT 'of the next change',
    ADD COLUMN next_discount_rate DECIMAL(5,4) NULL COMMENT 'of the next change',
    ALGORITHM = INSTANT;

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (19, '0019_planned_prices.sql', UTC_TIMESTAMP(6));
