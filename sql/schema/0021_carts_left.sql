-- Carts that are left: whom the shop has written to about it, what was deleted for its age, and
-- since when ordered items had lain in a cart. An order pays for none of it: no index and no column
-- that it would have to fill.

ALTER TABLE shops
    ADD COLUMN cart_delete_days SMALLINT UNSIGNED NULL COMMENT
        'cart rows that nobody has changed for so many days are deleted, see shop_cart_expire; NULL or 0 = never',
    ALGORITHM = INSTANT;

ALTER TABLE shop_jobs
    ADD COLUMN position VARCHAR(200) NULL COMMENT
        'where the next run of a job that does its work in parts goes on; NULL = at the beginning',
    ALGORITHM = INSTANT;

CREATE TABLE shop_cart_contacts (
    shop_id      INT UNSIGNED NOT NULL COMMENT 'shop',
    user_id      VARCHAR(63)  NOT NULL COMMENT 'buyer',
    contacted_at DATETIME(6)  NOT NULL COMMENT 'UTC; changed later, a cart may be listed again',
    note         VARCHAR(200) NOT NULL COMMENT 'how, in the operator''s words; may be empty',
    actor        VARCHAR(100) NOT NULL COMMENT 'database account that called',
    CONSTRAINT pk_shop_cart_contacts PRIMARY KEY (shop_id, user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT=
    'When a buyer was last written to about a cart that was left; not in the header, which is the buyer''s lock';

CREATE TABLE shop_cart_deletions (
    shop_id          INT UNSIGNED    NOT NULL COMMENT 'shop',
    user_id          VARCHAR(63)     NOT NULL COMMENT 'buyer',
    cart_seq_no      BIGINT UNSIGNED NOT NULL COMMENT 'shop_cart.seq_no of the deleted row',
    deleted_at       DATETIME(6)     NOT NULL COMMENT 'UTC',
    product_id       VARCHAR(30)     NOT NULL COMMENT 'as it was in shop_cart',
    option_hash      VARCHAR(64)     NOT NULL COMMENT 'as it was in shop_cart',
    combination_hash VARCHAR(64)     NULL     COMMENT 'as it was in shop_cart',
    quantity         INT UNSIGNED    NOT NULL COMMENT 'as it was in shop_cart',
    price_id         BIGINT UNSIGNED NULL     COMMENT 'as it was in shop_cart',
    create_date      DATETIME(6)     NOT NULL COMMENT 'UTC; when it was added',
    update_date      DATETIME(6)     NOT NULL COMMENT 'UTC; when it was last changed',
    reason           VARCHAR(40)     NOT NULL
        COMMENT 'why: cart_delete_days, and how many those were',
    CONSTRAINT pk_shop_cart_deletions PRIMARY KEY (shop_id, user_id, cart_seq_no, deleted_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Cart rows that shop_cart_expire has deleted';

CREATE TABLE shop_cart_clock (
    cart_seq_no BIGINT UNSIGNED NOT NULL COMMENT 'highest number of a cart row at seen_at',
    not_before  DATETIME(6)     NULL     COMMENT
        'UTC; the look before: rows above the row before this one were added later; NULL = there was none',
    seen_at     DATETIME(6)     NOT NULL COMMENT 'UTC; rows up to this number were added by then',
    checked_at  DATETIME(6)     NOT NULL COMMENT 'UTC; the last look that found this number',
    CONSTRAINT pk_shop_cart_clock PRIMARY KEY (cart_seq_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT=
    'When which cart rows were added, by their numbers, which order lines keep; written by shop_cart_clock';

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (21, '0021_carts_left.sql', UTC_TIMESTAMP(6));
