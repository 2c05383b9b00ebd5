-- What delivery costs follows the parcel (weight, units, sum) and the address.

ALTER TABLE shop_delivery_policy
    DROP CONSTRAINT ck_shop_delivery_policy_type;

ALTER TABLE shop_delivery_policy
    ADD COLUMN steps TEXT NULL COMMENT
        'of weight, quantity and amount, see _make_delivery_steps; below the first, base_cost',
    ADD COLUMN remote VARCHAR(9) NOT NULL DEFAULT 'surcharge' COMMENT
        'where an area costs more: surcharge, same = as elsewhere, refuse = not delivered there',
    ADD CONSTRAINT ck_shop_delivery_policy_type
        CHECK (type IN ('free', 'fixed', 'conditional', 'area', 'weight', 'quantity', 'amount')),
    ADD CONSTRAINT ck_shop_delivery_policy_steps
        CHECK ((type IN ('weight', 'quantity', 'amount')) = (steps IS NOT NULL)),
    ADD CONSTRAINT ck_shop_delivery_policy_remote
        CHECK (remote IN ('surcharge', 'same', 'refuse'));

ALTER TABLE shop_delivery_rules
    ADD COLUMN steps TEXT NULL
        COMMENT 'as in shop_delivery_policy; as rows in shop_delivery_steps',
    ADD COLUMN remote VARCHAR(9) NOT NULL DEFAULT 'surcharge' COMMENT 'as in shop_delivery_policy',
    ALGORITHM = INSTANT;

-- A bit for each parcel, of 64: as many bits as lines are as many parcels. None where the fee
-- follows steps: whoever counts bits looks at such lines with care.
ALTER TABLE shop_delivery_now
    ADD COLUMN steps TEXT NULL COMMENT 'as in shop_delivery_policy',
    ADD COLUMN remote VARCHAR(9) NOT NULL DEFAULT 'surcharge' COMMENT 'as in shop_delivery_policy',
    ADD COLUMN parcel_bit BIGINT UNSIGNED AS (
        CASE WHEN steps IS NULL
             THEN 1 << (COALESCE(2 * combine_group_id + 1, 2 * policy_id) MOD 64) END) STORED
        COMMENT 'one of 64 for the parcel; NULL = its fee follows steps';

CREATE TABLE shop_delivery_steps (
    rule_id      BIGINT UNSIGNED NOT NULL COMMENT 'shop_delivery_rules',
    from_measure DECIMAL(18,2)   NOT NULL
        COMMENT 'of the parcel, inclusive: grams, units, or what its goods cost',
    below        DECIMAL(18,2)   NULL     COMMENT 'from_measure of the next step; NULL = none',
    fee          DECIMAL(20,2)   NOT NULL COMMENT 'asked for the parcel, rounded to the currency',
    every        DECIMAL(18,2)   NULL
        COMMENT 'for each so many beyond from_measure, more is asked; NULL = never',
    more         DECIMAL(18,2)   NOT NULL DEFAULT 0 COMMENT 'rounded to the currency',
    CONSTRAINT pk_shop_delivery_steps PRIMARY KEY (rule_id, from_measure)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Steps of a delivery rule: made with it, never changed';

CREATE TABLE shop_area_rules (
    area_rule_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'the rule; orders name it',
    shop_id      INT UNSIGNED    NOT NULL COMMENT 'shop',
    area_code    VARCHAR(20)     NOT NULL COMMENT 'shop_delivery_areas',
    area_name    VARCHAR(60)     NOT NULL COMMENT 'for people',
    surcharge    DECIMAL(18,2)   NOT NULL COMMENT 'asked for each parcel that goes there',
    valid_from   DATETIME(6)     NOT NULL COMMENT 'UTC',
    actor        VARCHAR(100)    NOT NULL COMMENT 'database account that made it',
    CONSTRAINT pk_shop_area_rules PRIMARY KEY (area_rule_id),
    INDEX ix_shop_area_rules_area (shop_id, area_code, valid_from)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='What delivery to an area cost more, and costs: one row per change, never changed';

CREATE TABLE shop_delivery_areas (
    shop_id      INT UNSIGNED    NOT NULL COMMENT 'shop',
    area_code    VARCHAR(20)     NOT NULL COMMENT 'jeju, ulleung …',
    area_name    VARCHAR(60)     NOT NULL COMMENT 'for people',
    surcharge    DECIMAL(18,2)   NOT NULL COMMENT 'asked for each parcel that goes there',
    area_rule_id BIGINT UNSIGNED NOT NULL
        COMMENT 'rule in force; made by tr_shop_delivery_areas_insert and _update',
    CONSTRAINT pk_shop_delivery_areas PRIMARY KEY (shop_id, area_code),
    CONSTRAINT fk_shop_delivery_areas_rule FOREIGN KEY (area_rule_id)
        REFERENCES shop_area_rules (area_rule_id),
    CONSTRAINT ck_shop_delivery_areas_surcharge CHECK (surcharge >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Where delivery costs more';

CREATE TABLE shop_area_codes (
    shop_id     INT UNSIGNED     NOT NULL COMMENT 'shop',
    code_length TINYINT UNSIGNED NOT NULL
        COMMENT 'characters of both codes: a code of 6 digits is in no range of 5',
    from_code   VARCHAR(10)      NOT NULL COMMENT 'first postal code, without blanks and -',
    to_code     VARCHAR(10)      NOT NULL COMMENT 'last one, inclusive',
    area_code   VARCHAR(20)      NOT NULL COMMENT 'shop_delivery_areas',
    CONSTRAINT pk_shop_area_codes PRIMARY KEY (shop_id, code_length, from_code),
    CONSTRAINT fk_shop_area_codes_area FOREIGN KEY (shop_id, area_code)
        REFERENCES shop_delivery_areas (shop_id, area_code),
    CONSTRAINT ck_shop_area_codes_length
        CHECK (code_length = CHAR_LENGTH(from_code) AND code_length = CHAR_LENGTH(to_code)),
    CONSTRAINT ck_shop_area_codes_range CHECK (from_code <= to_code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Postal codes of the areas where delivery costs more: ranges that do not overlap';

ALTER TABLE shops
    ADD COLUMN delivery_areas INT UNSIGNED NOT NULL DEFAULT 0
        COMMENT 'areas where delivery costs more; counted by triggers',
    ALGORITHM = INSTANT;

ALTER TABLE shop_orders
    ADD COLUMN area_rule_id BIGINT UNSIGNED NULL
        COMMENT 'shop_area_rules: delivery there costs more; NULL = it does not',
    ALGORITHM = INSTANT;

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (29, '0029_delivery.sql', UTC_TIMESTAMP(6));
