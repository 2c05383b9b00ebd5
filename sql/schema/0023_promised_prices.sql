-- A shop may promise a price: a cart row pays what it was put in at until an event, or time, renews
-- it. Every shop goes on as it is: current. Columns are added at the end and in place.

ALTER TABLE shops
    ADD COLUMN price_policy VARCHAR(7) NOT NULL DEFAULT 'current' COMMENT
        'what a cart row pays: current = the price in force; pinned = the price that it was promised',
    ADD COLUMN pinned_no INT UNSIGNED NOT NULL DEFAULT 0 COMMENT
        'how often the shop has gone over to pinned, see tr_shops_update; a promise under another number holds no more',
    ADD COLUMN promise_minutes SMALLINT UNSIGNED NOT NULL DEFAULT 60 COMMENT
        'pinned: how long a price is promised when a row is added, changed or renewed',
    ADD COLUMN page_minutes SMALLINT UNSIGNED NOT NULL DEFAULT 10 COMMENT
        'pinned: how long, when the cart page is entered, or stayed on for that long',
    ADD COLUMN form_minutes SMALLINT UNSIGNED NOT NULL DEFAULT 30 COMMENT
        'pinned: how long it holds at least from a quote on, while an order form is open',
    ADD COLUMN renewed_on_delete VARCHAR(7) NOT NULL DEFAULT 'product' COMMENT
        'pinned: what is renewed when a row is deleted: the other rows of its product | all | nothing',
    ALGORITHM = INSTANT;

ALTER TABLE shop_cart
    ADD COLUMN pinned_no INT UNSIGNED NULL COMMENT
        'shops.pinned_no when price_id was promised; NULL = the shop promised nothing. Written by triggers only',
    ADD COLUMN promised_until DATETIME(6) NULL COMMENT
        'UTC; until then the row pays price_id; NULL = nothing is promised. Written by triggers only',
    ALGORITHM = INSTANT;

ALTER TABLE shop_cart_headers
    ADD COLUMN form_version BIGINT UNSIGNED NULL COMMENT
        'version that the last quote of a pinned shop has left: while it is the latest, the last step was the order form',
    ADD COLUMN entered_at DATETIME(6) NULL COMMENT
        'UTC; pinned: since when the buyer is on the cart page; NULL = is not, or says nothing',
    ALGORITHM = INSTANT;

CREATE TABLE shop_cart_promises (
    promise_no  BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT
        'the promise; the highest of a cart row is the last',
    shop_id     INT UNSIGNED    NOT NULL COMMENT 'shop',
    cart_seq_no BIGINT UNSIGNED NOT NULL COMMENT 'shop_cart.seq_no, also when the row is gone',
    pinned_no   INT UNSIGNED    NOT NULL COMMENT 'as in shop_cart',
    price_id    BIGINT UNSIGNED NOT NULL COMMENT 'shop_product_prices: what was promised',
    promised_at DATETIME(6)     NOT NULL COMMENT 'UTC',
    CONSTRAINT pk_shop_cart_promises PRIMARY KEY (promise_no),
    INDEX ix_shop_cart_promises_row (cart_seq_no, promise_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Prices that cart rows of pinned shops were promised. Written by triggers only';

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (23, '0023_promised_prices.sql', UTC_TIMESTAMP(6));
