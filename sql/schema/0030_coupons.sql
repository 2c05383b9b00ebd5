-- Coupons: what they take off, whom they were issued to, and which order holds or has used them.

CREATE TABLE shop_discount_rules (
    rule_id      BIGINT UNSIGNED   NOT NULL AUTO_INCREMENT
        COMMENT 'the rule; order discounts name it',
    shop_id      INT UNSIGNED      NOT NULL COMMENT 'shop',
    coupon_code  VARCHAR(30)       NOT NULL COMMENT 'shop_coupons',
    coupon_name  VARCHAR(100)      NOT NULL COMMENT 'for people',
    target       VARCHAR(8)        NOT NULL COMMENT 'as in shop_coupons',
    target_ids   TEXT              NULL
        COMMENT 'as in shop_coupons; as rows in shop_discount_targets',
    kind         VARCHAR(6)        NOT NULL COMMENT 'as in shop_coupons',
    amount       DECIMAL(18,2)     NULL     COMMENT 'as in shop_coupons',
    rate         DECIMAL(5,4)      NULL     COMMENT 'as in shop_coupons',
    max_discount DECIMAL(18,2)     NULL     COMMENT 'as in shop_coupons',
    round_to     DECIMAL(18,2)     NOT NULL
        COMMENT 'what a rate takes off is cut down to a multiple of it',
    min_amount   DECIMAL(18,2)     NULL     COMMENT 'as in shop_coupons',
    stack_group  VARCHAR(20)       NULL     COMMENT 'as in shop_coupons',
    apply_order  SMALLINT UNSIGNED NOT NULL COMMENT 'as in shop_coupons',
    valid_from   DATETIME(6)       NULL     COMMENT 'as in shop_coupons',
    valid_until  DATETIME(6)       NULL     COMMENT 'as in shop_coupons',
    create_date  DATETIME(6)       NOT NULL COMMENT 'UTC',
    actor        VARCHAR(100)      NOT NULL COMMENT 'database account that made it',
    CONSTRAINT pk_shop_discount_rules PRIMARY KEY (rule_id),
    INDEX ix_shop_discount_rules_coupon (shop_id, coupon_code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='What a coupon took off, and takes off: one row per change, never changed';

CREATE TABLE shop_discount_targets (
    rule_id   BIGINT UNSIGNED NOT NULL COMMENT 'shop_discount_rules',
    target_id VARCHAR(30)     NOT NULL COMMENT 'product_id or category_id, as its target says',
    CONSTRAINT pk_shop_discount_targets PRIMARY KEY (rule_id, target_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='What a discount rule is for: made with it, never changed';

CREATE TABLE shop_coupons (
    shop_id      INT UNSIGNED      NOT NULL COMMENT 'shop',
    coupon_code  VARCHAR(30)       NOT NULL COMMENT 'the coupon, as the shop calls it',
    coupon_name  VARCHAR(100)      NOT NULL COMMENT 'for people',
    target       VARCHAR(8)        NOT NULL
        COMMENT 'what it takes off from: product | category | order | delivery, in this order',
    target_ids   TEXT              NULL
        COMMENT 'of product and category: JSON array of 1 to 1000 product_id or category_id',
    kind         VARCHAR(6)        NOT NULL COMMENT 'amount | rate',
    amount       DECIMAL(18,2)     NULL     COMMENT 'of kind amount; rounded to the currency',
    rate         DECIMAL(5,4)      NULL     COMMENT 'of kind rate: 0.1 = 10 %',
    max_discount DECIMAL(18,2)     NULL     COMMENT 'it takes off no more; NULL = no limit',
    round_to     DECIMAL(18,2)     NULL
        COMMENT 'a rate is cut down to a multiple of it; NULL = the currency''s smallest unit',
    min_amount   DECIMAL(18,2)     NULL
        COMMENT 'its lines must cost so much before any discount; NULL = anything',
    valid_from   DATETIME(6)       NULL     COMMENT 'UTC, inclusive; NULL = at once',
    valid_until  DATETIME(6)       NULL     COMMENT 'UTC, exclusive; NULL = for ever',
    valid_days   SMALLINT UNSIGNED NULL
        COMMENT 'an issued one can be used for so many times 24 hours; NULL = until valid_until',
    issue_limit  INT UNSIGNED      NULL     COMMENT 'so many are issued; NULL = any number',
    member_limit INT UNSIGNED      NULL DEFAULT 1
        COMMENT 'so many to one member; NULL = any number',
    use_limit    INT UNSIGNED      NULL
        COMMENT 'so many are held or used by orders; NULL = any number',
    stack_group  VARCHAR(20)       NULL
        COMMENT 'an order takes one coupon of a group; NULL = in no group',
    apply_order  SMALLINT UNSIGNED NOT NULL DEFAULT 100
        COMMENT 'among coupons of one target, the lower one comes first',
    enabled      TINYINT           NOT NULL DEFAULT 1 COMMENT '0 = neither issued nor used',
    rule_id      BIGINT UNSIGNED   NOT NULL DEFAULT 0
        COMMENT 'rule in force; made by tr_shop_coupons_insert and _update',
    CONSTRAINT pk_shop_coupons PRIMARY KEY (shop_id, coupon_code),
    CONSTRAINT fk_shop_coupons_shop FOREIGN KEY (shop_id) REFERENCES shops (shop_id),
    CONSTRAINT ck_shop_coupons_target
        CHECK (target IN ('product', 'category', 'order', 'delivery')),
    CONSTRAINT ck_shop_coupons_targets
        CHECK ((target IN ('product', 'category')) = (target_ids IS NOT NULL)),
    CONSTRAINT ck_shop_coupons_kind CHECK (
        kind = 'amount' AND COALESCE(amount, 0) > 0 AND rate IS NULL
        OR kind = 'rate' AND COALESCE(rate, 0) > 0 AND rate <= 1 AND amount IS NULL),
    CONSTRAINT ck_shop_coupons_amounts CHECK (
        COALESCE(max_discount, 1) > 0 AND COALESCE(round_to, 1) > 0
        AND COALESCE(min_amount, 0) >= 0),
    CONSTRAINT ck_shop_coupons_valid CHECK (valid_from IS NULL OR valid_until IS NULL
                                            OR valid_from < valid_until),
    CONSTRAINT ck_shop_coupons_enabled CHECK (enabled IN (0, 1))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Coupons as the shop has them now';

CREATE TABLE shop_coupon_counters (
    shop_id     INT UNSIGNED     NOT NULL COMMENT 'shop',
    coupon_code VARCHAR(30)      NOT NULL COMMENT 'shop_coupons',
    kind        VARCHAR(5)       NOT NULL COMMENT 'issue = of issue_limit | use = of use_limit',
    slot        TINYINT UNSIGNED NOT NULL
        COMMENT '0 to 7, so that orders do not wait for one row; issue: 0',
    free        INT              NOT NULL COMMENT 'what is left of this slot',
    CONSTRAINT pk_shop_coupon_counters PRIMARY KEY (shop_id, coupon_code, kind, slot)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='What is left of the limits of a coupon; no foreign key: it would lock the coupon';

CREATE TABLE shop_issued_coupons (
    coupon_no    BIGINT UNSIGNED NOT NULL AUTO_INCREMENT
        COMMENT 'coupon_id in requests; orders name it',
    shop_id      INT UNSIGNED    NOT NULL COMMENT 'shop',
    coupon_code  VARCHAR(30)     NOT NULL COMMENT 'shop_coupons',
    user_id      VARCHAR(63)     NOT NULL COMMENT 'whose it is',
    member_no    INT UNSIGNED    NOT NULL
        COMMENT 'the member''s first, second … of this coupon',
    issue_key    VARCHAR(64)     NULL
        COMMENT 'one gives a member nothing twice, see issue_adm_coupon; NULL = for a code',
    issued_at    DATETIME(6)     NOT NULL COMMENT 'UTC',
    valid_until  DATETIME(6)     NULL     COMMENT 'UTC, exclusive; NULL = as long as the coupon',
    order_seq_no BIGINT UNSIGNED NULL
        COMMENT 'order that holds it, or has used it, as its status says; NULL = it can be used',
    CONSTRAINT pk_shop_issued_coupons PRIMARY KEY (coupon_no),
    CONSTRAINT uq_shop_issued_coupons_member UNIQUE (shop_id, user_id, coupon_code, member_no),
    CONSTRAINT uq_shop_issued_coupons_key UNIQUE (shop_id, coupon_code, user_id, issue_key),
    CONSTRAINT fk_shop_issued_coupons_coupon FOREIGN KEY (shop_id, coupon_code)
        REFERENCES shop_coupons (shop_id, coupon_code),
    INDEX ix_shop_issued_coupons_order (order_seq_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Coupons that members have, and had';

CREATE TABLE shop_coupon_codes (
    shop_id     INT UNSIGNED NOT NULL COMMENT 'shop',
    code        VARCHAR(40)  NOT NULL
        COMMENT 'what a buyer enters: in capitals, without blanks and -',
    coupon_code VARCHAR(30)  NOT NULL COMMENT 'coupon that is issued for it',
    once        TINYINT      NOT NULL DEFAULT 0 COMMENT '1 = good for one buyer',
    used_by     VARCHAR(63)  NULL     COMMENT 'of one that is good once: who entered it',
    used_at     DATETIME(6)  NULL     COMMENT 'UTC',
    CONSTRAINT pk_shop_coupon_codes PRIMARY KEY (shop_id, code),
    CONSTRAINT fk_shop_coupon_codes_coupon FOREIGN KEY (shop_id, coupon_code)
        REFERENCES shop_coupons (shop_id, coupon_code),
    CONSTRAINT ck_shop_coupon_codes_once CHECK (once IN (0, 1))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Codes for which a coupon is issued, see add_shop_coupon';

CREATE TABLE shop_coupon_attempts (
    shop_id     INT UNSIGNED     NOT NULL COMMENT 'shop',
    user_id     VARCHAR(63)      NOT NULL COMMENT 'buyer',
    attempts    TINYINT UNSIGNED NOT NULL COMMENT 'unknown codes since first_at',
    first_at    DATETIME(6)      NOT NULL COMMENT 'UTC; an hour later they are forgotten',
    CONSTRAINT pk_shop_coupon_attempts PRIMARY KEY (shop_id, user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Codes that buyers have guessed wrong';

CREATE TABLE shop_order_discounts (
    order_seq_no BIGINT UNSIGNED   NOT NULL COMMENT 'shop_orders.seq_no',
    discount_no  SMALLINT UNSIGNED NOT NULL COMMENT '1, 2, … as they were taken off',
    rule_id      BIGINT UNSIGNED   NOT NULL COMMENT 'shop_discount_rules',
    coupon_no    BIGINT UNSIGNED   NOT NULL COMMENT 'shop_issued_coupons',
    amount       DECIMAL(18,2)     NOT NULL COMMENT 'what it took off',
    CONSTRAINT pk_shop_order_discounts PRIMARY KEY (order_seq_no, discount_no),
    CONSTRAINT ck_shop_order_discounts_amount CHECK (amount > 0),
    INDEX ix_shop_order_discounts_coupon (coupon_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='What was taken off an order: sums up to its discount_total';

CREATE TABLE shop_order_discount_lines (
    order_seq_no BIGINT UNSIGNED   NOT NULL COMMENT 'shop_orders.seq_no',
    discount_no  SMALLINT UNSIGNED NOT NULL COMMENT 'shop_order_discounts',
    line_no      SMALLINT UNSIGNED NOT NULL COMMENT 'shop_order_product; 0 = delivery',
    amount       DECIMAL(18,2)     NOT NULL COMMENT 'share of this line',
    CONSTRAINT pk_shop_order_discount_lines PRIMARY KEY (order_seq_no, discount_no, line_no),
    CONSTRAINT ck_shop_order_discount_lines_amount CHECK (amount > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='A discount spread over lines, so that a part can be refunded: sums up to its amount';

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (30, '0030_coupons.sql', UTC_TIMESTAMP(6));
