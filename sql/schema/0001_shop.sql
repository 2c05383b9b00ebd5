-- Shops, who may speak for them, and the people who buy there.
-- All times are UTC. All money is DECIMAL(18,2) in the shop's currency, rounded to its digits.

CREATE TABLE shop_schema_version (
    version     INT UNSIGNED  NOT NULL COMMENT 'number at the front of the file name in sql/schema',
    file_name   VARCHAR(100)  NOT NULL COMMENT 'file name in sql/schema',
    file_sha256 CHAR(64)      NULL     COMMENT 'hex SHA-256 of the file; NULL when loaded with the mysql client',
    applied_at  DATETIME(6)   NOT NULL COMMENT 'UTC',
    CONSTRAINT pk_shop_schema_version PRIMARY KEY (version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Which schema files have been applied, in order';

CREATE TABLE shops (
    shop_id              INT UNSIGNED      NOT NULL COMMENT 'the shop; no row of any table is shared between shops',
    shop_name            VARCHAR(100)      NOT NULL COMMENT 'name shown to buyers and to the payment gateway',
    currency             CHAR(3)           NOT NULL DEFAULT 'KRW' COMMENT 'ISO 4217 code',
    currency_digits      TINYINT UNSIGNED  NOT NULL DEFAULT 0 COMMENT 'decimals of the currency unit: KRW 0, USD 2',
    vat_rate             DECIMAL(5,4)      NOT NULL DEFAULT 0.1000 COMMENT 'value added tax contained in taxable prices, 0.1 = 10 %',
    total_tolerance      DECIMAL(18,2)     NULL     COMMENT 'largest accepted difference between the total the buyer saw and ours; NULL = one minor unit (KRW 1, USD 0.01)',
    utc_offset_minutes   SMALLINT          NOT NULL DEFAULT 540 COMMENT 'where the shop''s day begins: minutes east of UTC, Seoul 540',
    reservation_minutes  SMALLINT UNSIGNED NOT NULL DEFAULT 30 COMMENT 'how long an unpaid order holds its stock',
    gateway_url          VARCHAR(200)      NOT NULL COMMENT 'public base URL of the gateway, no slash at the end; payment gateways return and notify there',
    result_url           VARCHAR(400)      NOT NULL COMMENT 'shop page for a buyer whose order is paid; order_key and mTrdNo are added to the query',
    error_url            VARCHAR(400)      NOT NULL COMMENT 'shop page for every other outcome; code is added as well',
    allowed_origins_json LONGTEXT          NOT NULL COMMENT 'JSON array of browser origins that may post orders directly',
    CONSTRAINT pk_shops PRIMARY KEY (shop_id),
    CONSTRAINT ck_shops_digits CHECK (currency_digits <= 2),
    CONSTRAINT ck_shops_tolerance CHECK (total_tolerance >= 0),
    CONSTRAINT ck_shops_vat CHECK (vat_rate >= 0 AND vat_rate < 1),
    CONSTRAINT ck_shops_offset CHECK (utc_offset_minutes BETWEEN -840 AND 840),
    CONSTRAINT ck_shops_origins CHECK (JSON_VALID(allowed_origins_json))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='One row per shop: currency, tolerance, day, addresses of its pages';

CREATE TABLE shop_keys (
    key_sha256  BINARY(32)   NOT NULL COMMENT 'SHA-256 of the bearer key; the key itself is stored nowhere',
    shop_id     INT UNSIGNED NOT NULL COMMENT 'the shop the key speaks for',
    key_label   VARCHAR(60)  NOT NULL COMMENT 'who holds the key',
    create_date DATETIME(6)  NOT NULL COMMENT 'UTC',
    revoked_at  DATETIME(6)  NULL     COMMENT 'UTC; from then on the key is refused',
    CONSTRAINT pk_shop_keys PRIMARY KEY (key_sha256),
    CONSTRAINT fk_shop_keys_shop FOREIGN KEY (shop_id) REFERENCES shops (shop_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='API keys: server-to-server callers of the gateway';

CREATE TABLE shop_ticket_keys (
    shop_id     INT UNSIGNED     NOT NULL COMMENT 'the shop that signs tickets with the key',
    key_no      TINYINT UNSIGNED NOT NULL COMMENT 'number of the key, named in the ticket, so that keys can be rotated',
    inner_block BINARY(64)       NOT NULL COMMENT 'key block XOR 0x36…: HMAC-SHA256 without storing the key',
    outer_block BINARY(64)       NOT NULL COMMENT 'key block XOR 0x5c…',
    valid_until DATETIME(6)      NULL     COMMENT 'UTC; NULL = until revoked',
    CONSTRAINT pk_shop_ticket_keys PRIMARY KEY (shop_id, key_no),
    CONSTRAINT fk_shop_ticket_keys_shop FOREIGN KEY (shop_id) REFERENCES shops (shop_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Keys with which a shop signs a browser''s ticket';

CREATE TABLE member (
    shop_id    INT UNSIGNED  NOT NULL COMMENT 'shop the member belongs to',
    user_id    VARCHAR(20)   NOT NULL COMMENT 'login name; a guest has no row here',
    cust_no    VARCHAR(30)   NULL     COMMENT 'customer number at the wallet',
    user_name  VARCHAR(60)   NOT NULL COMMENT 'name',
    user_phone VARCHAR(20)   NOT NULL DEFAULT '' COMMENT 'phone',
    user_cash  DECIMAL(18,2) NOT NULL DEFAULT 0 COMMENT 'balance kept by the existing shop; jumun does not use it',
    CONSTRAINT pk_member PRIMARY KEY (shop_id, user_id),
    CONSTRAINT fk_member_shop FOREIGN KEY (shop_id) REFERENCES shops (shop_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Members of a shop';

CREATE TABLE shop_shipping_address (
    seq_no         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'address_id of the order form',
    shop_id        INT UNSIGNED    NOT NULL COMMENT 'shop',
    user_id        VARCHAR(20)     NOT NULL COMMENT 'owner',
    receiver_name  VARCHAR(60)     NOT NULL COMMENT 'receiver',
    receiver_phone VARCHAR(20)     NOT NULL COMMENT 'receiver''s phone',
    post_code      VARCHAR(10)     NOT NULL COMMENT 'postal code',
    address        VARCHAR(200)    NOT NULL COMMENT 'street address',
    address_detail VARCHAR(200)    NOT NULL DEFAULT '' COMMENT 'house, floor, door',
    delivery_msg   VARCHAR(200)    NOT NULL DEFAULT '' COMMENT 'words for the courier',
    is_default     TINYINT         NOT NULL DEFAULT 0 COMMENT '1 = offered first',
    update_date    DATETIME(6)     NOT NULL COMMENT 'UTC',
    CONSTRAINT pk_shop_shipping_address PRIMARY KEY (seq_no),
    CONSTRAINT fk_shop_shipping_address_shop FOREIGN KEY (shop_id) REFERENCES shops (shop_id),
    CONSTRAINT ck_shop_shipping_address_default CHECK (is_default IN (0, 1)),
    INDEX ix_shop_shipping_address_user (shop_id, user_id, is_default)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Stored delivery addresses';

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (1, '0001_shop.sql', UTC_TIMESTAMP(6));
