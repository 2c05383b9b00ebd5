-- What a cart comes to stands in its header: how many rows, what they cost, and which version it
-- has. An order pays for none of it, and no trigger writes there: a page that changes rows itself
-- would wait for, or run into, an order of the same buyer. And what has lain in a cart for too
-- long is not ordered unawares, where the shop says after how many days.

ALTER TABLE shop_cart_headers
    ADD COLUMN cart_version BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT
        'raised when rows, their units or their prices were found changed; not by a lock',
    ADD COLUMN cart_total_hash VARCHAR(64) NULL COMMENT
        'SHA-256, hexadecimal, of the rows it was calculated of, see _count_cart; NULL = not yet',
    ADD COLUMN item_count INT UNSIGNED NOT NULL DEFAULT 0 COMMENT
        'rows in the cart; not what was bought now, nor what an order has that waits for payment',
    ADD COLUMN amount DECIMAL(18,2) NOT NULL DEFAULT 0 COMMENT 'what they cost together',
    ADD COLUMN last_added_at DATETIME(6) NULL COMMENT
        'UTC; when something was put into the cart last; NULL = not known',
    ADD COLUMN last_calc_at DATETIME(6) NULL COMMENT 'UTC; when these were calculated',
    ADD COLUMN calc_version BIGINT UNSIGNED NULL COMMENT
        'version under which they were calculated: another one, and they may be out of date',
    ALGORITHM = INSTANT;

ALTER TABLE shops
    ADD COLUMN cart_days SMALLINT UNSIGNED NULL COMMENT
        'rows that nobody has changed for so many days are expired: shown, not ordered; 0, NULL = never',
    ALGORITHM = INSTANT;

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (26, '0026_cart_header.sql', UTC_TIMESTAMP(6));
