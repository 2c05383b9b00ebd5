-- How a discounted price is rounded: to which unit, and which way.

ALTER TABLE shops
    ADD COLUMN price_unit     DECIMAL(18,2) NULL
        COMMENT 'a price that discount_rate lowers is a multiple of it: 10, 100; NULL = any amount',
    ADD COLUMN price_rounding VARCHAR(7)    NOT NULL DEFAULT 'half_up'
        COMMENT 'half_up | down | up: to which multiple of price_unit, or of the currency''s unit',
    ADD CONSTRAINT ck_shops_price_unit
        CHECK (price_unit > 0 AND price_unit = ROUND(price_unit, currency_digits)),
    ADD CONSTRAINT ck_shops_price_rounding CHECK (price_rounding IN ('half_up', 'down', 'up'));

ALTER TABLE shop_offers
    ADD COLUMN price_unit     DECIMAL(18,2) NULL COMMENT 'of the shop',
    ADD COLUMN price_rounding VARCHAR(7)    NOT NULL DEFAULT 'half_up' COMMENT 'of the shop',
    ALGORITHM = INSTANT;

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (34, '0034_price_rounding.sql', UTC_TIMESTAMP(6));
