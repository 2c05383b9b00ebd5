-- What was quoted for order forms, kept for a while: an order that is refused since something
-- costs another amount by now says what has changed, and the new quote can be ordered.

CREATE TABLE shop_quotes (
    quote_id       BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'the quote',
    shop_id        INT UNSIGNED    NOT NULL COMMENT 'shop',
    user_id        VARCHAR(63)     NOT NULL COMMENT 'buyer',
    quoted_at      DATETIME(6)     NOT NULL COMMENT 'UTC',
    kept_until     DATETIME(6)     NOT NULL COMMENT 'UTC; then shop_quote_expire deletes it',
    total_payment  DECIMAL(18,2)   NOT NULL COMMENT 'what it came to',
    point_used     DECIMAL(18,2)   NOT NULL COMMENT 'points that were to pay a part of it',
    cash_used      DECIMAL(18,2)   NOT NULL COMMENT 'cash, likewise',
    cart_ids       LONGTEXT        NOT NULL COMMENT '[1,2]: cart rows, sorted',
    lines_json     LONGTEXT        NOT NULL COMMENT 'what was priced, see shop_order_insert',
    discounts_json LONGTEXT        NOT NULL COMMENT 'what was taken off, see shop_order_quote',
    area_rule_id   BIGINT UNSIGNED NULL
        COMMENT 'shop_area_rules: where it goes costs more; NULL = it does not, or is not known',
    CONSTRAINT pk_shop_quotes PRIMARY KEY (quote_id),
    INDEX ix_shop_quotes_buyer (shop_id, user_id, quote_id),
    INDEX ix_shop_quotes_kept (kept_until)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Quotes for order forms: shop_quote_expire deletes them';

CREATE TABLE shop_change_reasons (
    reason   VARCHAR(30)  NOT NULL COMMENT 'code',
    text_ko  VARCHAR(200) NOT NULL COMMENT 'for buyers',
    text_en  VARCHAR(200) NOT NULL COMMENT 'for buyers',
    CONSTRAINT pk_shop_change_reasons PRIMARY KEY (reason)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Why something costs another amount than when it was quoted';

ALTER TABLE shops
    ADD COLUMN quote_minutes SMALLINT UNSIGNED NOT NULL DEFAULT 1440
        COMMENT 'a quote is kept for so long, and can be ordered',
    ADD COLUMN price_change  VARCHAR(5)        NOT NULL DEFAULT 'stop'
        COMMENT 'an order whose total has changed: stop | go_on (at the new total, and say so)',
    ADD CONSTRAINT ck_shops_quote_minutes CHECK (quote_minutes > 0),
    ADD CONSTRAINT ck_shops_price_change CHECK (price_change IN ('stop', 'go_on'));

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (33, '0033_quotes.sql', UTC_TIMESTAMP(6));
