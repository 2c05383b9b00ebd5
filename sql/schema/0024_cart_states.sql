-- What was bought now lies beside the cart, in a row of its own: neither counted nor listed nor
-- added to.

ALTER TABLE shop_cart
    ADD COLUMN buy_now TINYINT UNSIGNED NOT NULL DEFAULT 0
        COMMENT '1 = bought now: a row of its own, not of the cart, see add_shop_cart_buy_now',
    ALGORITHM = INSTANT;

ALTER TABLE shops
    ADD COLUMN buy_now_hours SMALLINT UNSIGNED NULL DEFAULT 24 COMMENT
        'what was bought now and not ordered for so many hours is deleted when its buyer buys the next one; NULL = never',
    ALGORITHM = INSTANT;

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (24, '0024_cart_states.sql', UTC_TIMESTAMP(6));
