-- What is sold: the groups of options that a product has, what a buyer chose of them, and how many
-- units an order may have. All columns are added at the end and in place.

CREATE TABLE shop_option_groups (
    shop_id     INT UNSIGNED      NOT NULL COMMENT 'shop',
    product_id  VARCHAR(30)       NOT NULL COMMENT 'product',
    group_name  VARCHAR(60)       NOT NULL
        COMMENT 'name, as order forms send it; no quotes, backslashes or blanks around it',
    kind        VARCHAR(6)        NOT NULL COMMENT
        'choice = part of the combination that has a price and units | text = makes lines differ',
    is_required TINYINT           NOT NULL DEFAULT 1 COMMENT '1 = cannot be bought without',
    max_length  SMALLINT UNSIGNED NULL COMMENT 'text: at most so many characters',
    position    SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'in which order pages show them',
    CONSTRAINT pk_shop_option_groups PRIMARY KEY (shop_id, product_id, group_name),
    CONSTRAINT fk_shop_option_groups_product FOREIGN KEY (shop_id, product_id)
        REFERENCES shop_products (shop_id, product_id),
    CONSTRAINT ck_shop_option_groups_kind CHECK (kind IN ('choice', 'text')),
    CONSTRAINT ck_shop_option_groups_required CHECK (is_required IN (0, 1)),
    CONSTRAINT ck_shop_option_groups_length
        CHECK ((kind = 'text') = (max_length IS NOT NULL) AND max_length BETWEEN 1 AND 500)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='What can be chosen of a product; without rows: what shop_product_options lists';

CREATE TABLE shop_option_payloads (
    shop_id          INT UNSIGNED  NOT NULL COMMENT 'shop',
    product_id       VARCHAR(30)   NOT NULL COMMENT 'product',
    option_hash      VARCHAR(64)   NOT NULL COMMENT 'SHA-256 of payload_json, hexadecimal',
    combination_hash VARCHAR(64)   NOT NULL
        COMMENT 'the same of its choices, by which price and stock are found; __noopt__ = none',
    payload_json     VARCHAR(2000) NOT NULL COMMENT 'all that was chosen, in its normal form',
    create_date      DATETIME(6)   NOT NULL COMMENT 'UTC; when somebody chose it first',
    CONSTRAINT pk_shop_option_payloads PRIMARY KEY (shop_id, product_id, option_hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='What buyers chose, by the hash that carts and orders name; never changed';

ALTER TABLE shop_product_options
    ADD COLUMN choices_json VARCHAR(2000) NULL COMMENT
        'its choices, of which option_hash is made; NULL = only its hash is known',
    ALGORITHM = INSTANT;

ALTER TABLE shop_products
    ADD COLUMN option_groups SMALLINT UNSIGNED NOT NULL DEFAULT 0
        COMMENT 'rows in shop_option_groups; kept by its triggers',
    ADD COLUMN required_choices SMALLINT UNSIGNED NOT NULL DEFAULT 0
        COMMENT 'required choices among them; kept by the triggers',
    ADD COLUMN required_texts SMALLINT UNSIGNED NOT NULL DEFAULT 0
        COMMENT 'required texts among them; kept by the triggers',
    ADD COLUMN min_quantity INT UNSIGNED NULL
        COMMENT 'units in one order, of all options together, at least; NULL = no rule',
    ADD COLUMN max_quantity INT UNSIGNED NULL COMMENT 'the same, at most; NULL = no rule',
    ADD COLUMN quantity_step INT UNSIGNED NULL
        COMMENT 'the same, a multiple of it; NULL = no rule',
    ADD COLUMN member_quantity INT UNSIGNED NULL
        COMMENT 'units for one buyer within member_days, at most; NULL = no rule',
    ADD COLUMN member_days SMALLINT UNSIGNED NULL
        COMMENT 'days for member_quantity; NULL = ever',
    ALGORITHM = INSTANT;

ALTER TABLE shop_offers
    MODIFY COLUMN orderable TINYINT NOT NULL DEFAULT 0
        COMMENT '0 = no | 1 = can be bought | 2 = the same, but an order looks at its lines',
    ALGORITHM = INSTANT;

ALTER TABLE shop_offers
    ADD COLUMN option_groups SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'as in shop_products',
    ADD COLUMN required_choices SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'as in shop_products',
    ADD COLUMN required_texts SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'as in shop_products',
    ADD COLUMN quantity_rules TINYINT NOT NULL DEFAULT 0
        COMMENT '1 = the product has a rule for quantities, see _quantity_fault',
    ALGORITHM = INSTANT;

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (22, '0022_what_is_sold.sql', UTC_TIMESTAMP(6));
