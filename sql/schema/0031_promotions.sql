-- Promotions: discounts that apply by themselves.

ALTER TABLE shop_discount_rules
    MODIFY COLUMN coupon_code VARCHAR(30) NULL COMMENT 'shop_coupons; NULL = of a promotion',
    MODIFY COLUMN coupon_name VARCHAR(100) NOT NULL
        COMMENT 'for people: of the coupon or promotion',
    ADD COLUMN promotion_code VARCHAR(30)       NULL
        COMMENT 'shop_promotions; NULL = of a coupon',
    ADD COLUMN buy_units      SMALLINT UNSIGNED NULL COMMENT 'as in shop_promotions',
    ADD COLUMN free_units     SMALLINT UNSIGNED NULL COMMENT 'as in shop_promotions',
    ADD COLUMN steps          TEXT              NULL
        COMMENT 'as in shop_promotions; as rows in shop_discount_steps',
    ADD COLUMN first_order    TINYINT           NOT NULL DEFAULT 0 COMMENT 'as in shop_promotions';

ALTER TABLE shop_order_discounts
    MODIFY COLUMN coupon_no BIGINT UNSIGNED NULL
        COMMENT 'shop_issued_coupons; NULL = of a promotion';

CREATE TABLE shop_discount_steps (
    rule_id    BIGINT UNSIGNED NOT NULL COMMENT 'shop_discount_rules',
    from_units INT UNSIGNED    NOT NULL COMMENT 'units of its lines together, inclusive',
    rate       DECIMAL(5,4)    NOT NULL COMMENT '0.1 = 10 %',
    CONSTRAINT pk_shop_discount_steps PRIMARY KEY (rule_id, from_units)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Steps of a discount rule: made with it, never changed';

CREATE TABLE shop_promotions (
    shop_id        INT UNSIGNED      NOT NULL COMMENT 'shop',
    promotion_code VARCHAR(30)       NOT NULL COMMENT 'the promotion, as the shop calls it',
    promotion_name VARCHAR(100)      NOT NULL COMMENT 'for people',
    target         VARCHAR(8)        NOT NULL COMMENT 'as in shop_coupons',
    target_ids     TEXT              NULL     COMMENT 'as in shop_coupons',
    kind           VARCHAR(6)        NOT NULL
        COMMENT 'amount | rate | units = some of a line cost nothing | steps = a rate by units',
    amount         DECIMAL(18,2)     NULL     COMMENT 'of kind amount; rounded to the currency',
    rate           DECIMAL(5,4)      NULL     COMMENT 'of kind rate: 0.1 = 10 %',
    buy_units      SMALLINT UNSIGNED NULL     COMMENT 'of kind units: whoever buys so many',
    free_units     SMALLINT UNSIGNED NULL     COMMENT 'of kind units: gets so many for nothing',
    steps          TEXT              NULL
        COMMENT 'of kind steps: [{"from":3,"rate":0.05}]: units of its lines, and the rate',
    max_discount   DECIMAL(18,2)     NULL     COMMENT 'as in shop_coupons; not of kind units',
    round_to       DECIMAL(18,2)     NULL     COMMENT 'as in shop_coupons',
    min_amount     DECIMAL(18,2)     NULL     COMMENT 'as in shop_coupons',
    first_order    TINYINT           NOT NULL DEFAULT 0
        COMMENT '1 = for buyers who have no order that waits or was paid',
    valid_from     DATETIME(6)       NULL     COMMENT 'UTC, inclusive; NULL = at once',
    valid_until    DATETIME(6)       NULL     COMMENT 'UTC, exclusive; NULL = for ever',
    stack_group    VARCHAR(20)       NULL
        COMMENT 'of promotions and coupons of a group the first one counts; NULL = in no group',
    apply_order    SMALLINT UNSIGNED NOT NULL DEFAULT 100 COMMENT 'as in shop_coupons',
    enabled        TINYINT           NOT NULL DEFAULT 1 COMMENT '0 = does not apply',
    rule_id        BIGINT UNSIGNED   NOT NULL DEFAULT 0
        COMMENT 'rule in force; made by tr_shop_promotions_insert and _update',
    CONSTRAINT pk_shop_promotions PRIMARY KEY (shop_id, promotion_code),
    CONSTRAINT fk_shop_promotions_shop FOREIGN KEY (shop_id) REFERENCES shops (shop_id),
    CONSTRAINT ck_shop_promotions_target
        CHECK (target IN ('product', 'category', 'order', 'delivery')),
    CONSTRAINT ck_shop_promotions_targets
        CHECK ((target IN ('product', 'category')) = (target_ids IS NOT NULL)),
    CONSTRAINT ck_shop_promotions_kind CHECK (
        kind IN ('amount', 'rate', 'units', 'steps')
        AND (kind = 'amount') = (amount IS NOT NULL) AND COALESCE(amount, 1) > 0
        AND (kind = 'rate') = (rate IS NOT NULL) AND COALESCE(rate, 1) > 0
        AND COALESCE(rate, 1) <= 1
        AND (kind = 'units') = (buy_units IS NOT NULL) AND COALESCE(buy_units, 1) > 0
        AND (kind = 'units') = (free_units IS NOT NULL) AND COALESCE(free_units, 1) > 0
        AND (kind = 'steps') = (steps IS NOT NULL)
        AND (kind NOT IN ('units', 'steps') OR target <> 'delivery')),
    CONSTRAINT ck_shop_promotions_amounts CHECK (
        COALESCE(max_discount, 1) > 0 AND COALESCE(round_to, 1) > 0
        AND COALESCE(min_amount, 0) >= 0 AND (kind <> 'units' OR max_discount IS NULL)),
    CONSTRAINT ck_shop_promotions_valid CHECK (valid_from IS NULL OR valid_until IS NULL
                                               OR valid_from < valid_until),
    CONSTRAINT ck_shop_promotions_flags CHECK (enabled IN (0, 1) AND first_order IN (0, 1)),
    INDEX ix_shop_promotions_live (shop_id, enabled, valid_until)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Discounts that apply by themselves, as the shop has them now';

ALTER TABLE shops
    ADD COLUMN promotions INT UNSIGNED NOT NULL DEFAULT 0
        COMMENT 'promotions that are enabled; counted by triggers',
    ALGORITHM = INSTANT;

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (31, '0031_promotions.sql', UTC_TIMESTAMP(6));
