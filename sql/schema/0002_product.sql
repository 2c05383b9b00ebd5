-- Products, their options, delivery policies and stock.

CREATE TABLE shop_delivery_policy (
    shop_id          INT UNSIGNED  NOT NULL COMMENT 'shop',
    id               INT UNSIGNED  NOT NULL COMMENT 'policy',
    policy_name      VARCHAR(60)   NOT NULL COMMENT 'name',
    type             VARCHAR(12)   NOT NULL COMMENT 'free | fixed | conditional | area',
    base_cost        DECIMAL(18,2) NOT NULL DEFAULT 0 COMMENT 'fee of one parcel',
    free_over        DECIMAL(18,2) NULL     COMMENT 'conditional: no fee from this sum on, inclusive',
    combine_group_id INT UNSIGNED  NULL     COMMENT 'policies of one group ship as one parcel and pay one fee, the highest',
    CONSTRAINT pk_shop_delivery_policy PRIMARY KEY (shop_id, id),
    CONSTRAINT fk_shop_delivery_policy_shop FOREIGN KEY (shop_id) REFERENCES shops (shop_id),
    CONSTRAINT ck_shop_delivery_policy_type CHECK (type IN ('free', 'fixed', 'conditional', 'area')),
    CONSTRAINT ck_shop_delivery_policy_cost CHECK (base_cost >= 0),
    CONSTRAINT ck_shop_delivery_policy_free CHECK (type <> 'conditional' OR free_over IS NOT NULL)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='What delivery costs';

CREATE TABLE shop_products (
    shop_id               INT UNSIGNED  NOT NULL COMMENT 'shop',
    product_id            VARCHAR(30)   NOT NULL COMMENT 'product',
    product_name          VARCHAR(200)  NOT NULL COMMENT 'name',
    buy_price             DECIMAL(18,2) NOT NULL COMMENT 'list price, used while sale_price is 0 or NULL',
    sale_price            DECIMAL(18,2) NULL     COMMENT 'selling price before the discount',
    discount_rate         DECIMAL(5,4)  NOT NULL DEFAULT 0 COMMENT '0..1, taken off the base price',
    tax_type              VARCHAR(8)    NOT NULL DEFAULT 'taxable' COMMENT 'taxable | free',
    display               CHAR(1)       NOT NULL DEFAULT '1' COMMENT '1 = shown',
    stat                  CHAR(1)       NOT NULL DEFAULT '1' COMMENT '2 = sold out',
    option_required       TINYINT       NOT NULL DEFAULT 0 COMMENT '1 = cannot be bought without an option',
    category_id           VARCHAR(30)   NULL     COMMENT 'category',
    delivery_policy_id    INT UNSIGNED  NOT NULL COMMENT 'shop_delivery_policy.id',
    stock_strategy        VARCHAR(8)    NOT NULL DEFAULT 'single' COMMENT 'single = one stock row',
    product_thumb_img_url VARCHAR(400)  NULL     COMMENT 'picture',
    CONSTRAINT pk_shop_products PRIMARY KEY (shop_id, product_id),
    CONSTRAINT fk_shop_products_delivery FOREIGN KEY (shop_id, delivery_policy_id)
        REFERENCES shop_delivery_policy (shop_id, id),
    CONSTRAINT ck_shop_products_price CHECK (buy_price >= 0 AND (sale_price IS NULL OR sale_price >= 0)),
    CONSTRAINT ck_shop_products_discount CHECK (discount_rate BETWEEN 0 AND 1),
    CONSTRAINT ck_shop_products_tax CHECK (tax_type IN ('taxable', 'free')),
    CONSTRAINT ck_shop_products_option CHECK (option_required IN (0, 1)),
    CONSTRAINT ck_shop_products_strategy CHECK (stock_strategy IN ('single'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Products';

CREATE TABLE shop_product_options (
    shop_id           INT UNSIGNED  NOT NULL COMMENT 'shop',
    product_id        VARCHAR(30)   NOT NULL COMMENT 'product',
    option_hash       VARCHAR(64)   NOT NULL COMMENT 'key of one combination of options',
    option_name       VARCHAR(200)  NOT NULL COMMENT 'words for the buyer',
    add_price         DECIMAL(18,2) NOT NULL DEFAULT 0 COMMENT 'added to the effective price of the product',
    display           CHAR(1)       NOT NULL DEFAULT '1' COMMENT '1 = can be chosen',
    stock_option_hash VARCHAR(64)   NOT NULL COMMENT 'which stock row it is taken from: its own option_hash, or one shared with other options',
    CONSTRAINT pk_shop_product_options PRIMARY KEY (shop_id, product_id, option_hash),
    CONSTRAINT fk_shop_product_options_product FOREIGN KEY (shop_id, product_id)
        REFERENCES shop_products (shop_id, product_id),
    CONSTRAINT ck_shop_product_options_hash CHECK (option_hash <> '__noopt__')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Options of a product; a cart row that names no row here cannot be ordered';

CREATE TABLE shop_stock (
    shop_id     INT UNSIGNED      NOT NULL COMMENT 'shop',
    product_id  VARCHAR(30)       NOT NULL COMMENT 'product',
    option_hash VARCHAR(64)       NOT NULL DEFAULT '__noopt__' COMMENT 'option, __noopt__ = none',
    slot        SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'always 0 with strategy single',
    free        INT               NOT NULL COMMENT 'units that can still be ordered; held and sold ones are in shop_stock_reservations',
    update_date DATETIME(6)       NOT NULL COMMENT 'UTC; set by shop_stock_set',
    CONSTRAINT pk_shop_stock PRIMARY KEY (shop_id, product_id, option_hash, slot),
    CONSTRAINT ck_shop_stock_free CHECK (free >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='The only stock counter. Locked last in every transaction';

CREATE TABLE shop_stock_ledger (
    seq_no      BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'order of booking',
    shop_id     INT UNSIGNED    NOT NULL COMMENT 'shop',
    product_id  VARCHAR(30)     NOT NULL COMMENT 'product',
    option_hash VARCHAR(64)     NOT NULL COMMENT 'option of the stock row',
    difference  INT             NOT NULL COMMENT 'units added (+) or taken out (-) by hand',
    reason      VARCHAR(200)    NOT NULL COMMENT 'why',
    actor       VARCHAR(100)    NOT NULL COMMENT 'database account that called',
    create_date DATETIME(6)     NOT NULL COMMENT 'UTC',
    CONSTRAINT pk_shop_stock_ledger PRIMARY KEY (seq_no),
    INDEX ix_shop_stock_ledger_stock (shop_id, product_id, option_hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Supply: sum of differences = free + held + sold, per product and option';

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (2, '0002_product.sql', UTC_TIMESTAMP(6));
