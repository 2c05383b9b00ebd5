-- What goods cost, for delivery: before or after discounts.

ALTER TABLE shop_delivery_policy
    ADD COLUMN amount_basis VARCHAR(16) NOT NULL DEFAULT 'before_discounts' COMMENT
        'what goods cost, for free_over and steps of amount: before_discounts | after_discounts',
    ADD CONSTRAINT ck_shop_delivery_policy_amount_basis
        CHECK (amount_basis IN ('before_discounts', 'after_discounts'));

ALTER TABLE shop_delivery_rules
    ADD COLUMN amount_basis VARCHAR(16) NOT NULL DEFAULT 'before_discounts'
        COMMENT 'as in shop_delivery_policy',
    ALGORITHM = INSTANT;

ALTER TABLE shop_delivery_now
    ADD COLUMN amount_basis VARCHAR(16) NOT NULL DEFAULT 'before_discounts'
        COMMENT 'as in shop_delivery_policy';

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (35, '0035_amount_basis.sql', UTC_TIMESTAMP(6));
