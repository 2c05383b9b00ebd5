-- Stock in slots: a product that many buy at once has its units spread over several rows, so that buyers do not
-- queue for one. `single` is the same with one slot.

ALTER TABLE shop_products
    DROP CONSTRAINT ck_shop_products_strategy,
    MODIFY stock_strategy VARCHAR(8) NOT NULL DEFAULT 'single'
        COMMENT 'single = one stock row | slots = stock_slots rows; changed by update_adm_stock_strategy',
    ADD stock_slots SMALLINT UNSIGNED NOT NULL DEFAULT 1
        COMMENT 'stock rows that orders start with, each at the one of its connection'
        AFTER stock_strategy,
    ADD CONSTRAINT ck_shop_products_strategy CHECK ((stock_strategy = 'single' AND stock_slots = 1)
        OR (stock_strategy = 'slots' AND stock_slots BETWEEN 2 AND 64));

ALTER TABLE shop_stock
    MODIFY slot SMALLINT UNSIGNED NOT NULL DEFAULT 0
        COMMENT 'one of several rows that share the units of a product and option; never deleted, since holds go back to theirs';

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (7, '0007_slots.sql', UTC_TIMESTAMP(6));
