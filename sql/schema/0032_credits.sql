-- Points and cash: what members have with the shop, and what orders use of it.

CREATE TABLE shop_credit_accounts (
    shop_id INT UNSIGNED  NOT NULL COMMENT 'shop',
    user_id VARCHAR(63)   NOT NULL COMMENT 'member',
    kind    VARCHAR(5)    NOT NULL COMMENT 'point | cash',
    balance DECIMAL(18,2) NOT NULL
        COMMENT 'what is left of its grants, also of those that expire until that is done',
    CONSTRAINT pk_shop_credit_accounts PRIMARY KEY (shop_id, user_id, kind),
    CONSTRAINT ck_shop_credit_accounts_kind CHECK (kind IN ('point', 'cash')),
    CONSTRAINT ck_shop_credit_accounts_balance CHECK (balance >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Points and cash of members: locked before their grants';

CREATE TABLE shop_credit_grants (
    grant_no     BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'the grant',
    shop_id      INT UNSIGNED    NOT NULL COMMENT 'shop',
    user_id      VARCHAR(63)     NOT NULL COMMENT 'member',
    kind         VARCHAR(5)      NOT NULL COMMENT 'point | cash',
    amount       DECIMAL(18,2)   NOT NULL COMMENT 'what was given',
    left_amount  DECIMAL(18,2)   NOT NULL COMMENT 'what of it can be used',
    granted_at   DATETIME(6)     NOT NULL COMMENT 'UTC',
    expires_at   DATETIME(6)     NULL
        COMMENT 'UTC; from then on it cannot be used; NULL = for ever',
    order_seq_no BIGINT UNSIGNED NULL
        COMMENT 'order that it was earned with, once; NULL = it was given',
    expiring_at  DATETIME(6) AS (CASE WHEN left_amount > 0 THEN expires_at END) STORED
        COMMENT 'when something of it expires; NULL = nothing does',
    CONSTRAINT pk_shop_credit_grants PRIMARY KEY (grant_no),
    CONSTRAINT uq_shop_credit_grants_order UNIQUE (order_seq_no),
    CONSTRAINT ck_shop_credit_grants_kind CHECK (kind IN ('point', 'cash')),
    CONSTRAINT ck_shop_credit_grants_amounts
        CHECK (amount > 0 AND left_amount >= 0 AND left_amount <= amount),
    INDEX ix_shop_credit_grants_member (shop_id, user_id, kind, left_amount),
    INDEX ix_shop_credit_grants_expiry (expiring_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Points and cash as they were given, and what is left of them';

CREATE TABLE shop_credit_ledger (
    entry_no     BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'the entry',
    entry_date   DATETIME(6)     NOT NULL COMMENT 'UTC',
    grant_no     BIGINT UNSIGNED NOT NULL COMMENT 'shop_credit_grants',
    shop_id      INT UNSIGNED    NOT NULL COMMENT 'shop',
    user_id      VARCHAR(63)     NOT NULL COMMENT 'member',
    kind         VARCHAR(5)      NOT NULL COMMENT 'point | cash',
    action       VARCHAR(7)      NOT NULL
        COMMENT 'earn | adjust | hold | use | release | expire',
    from_account VARCHAR(7)      NOT NULL
        COMMENT 'shop | member | order (held) | used | expired: it has so much less',
    to_account   VARCHAR(7)      NOT NULL COMMENT 'and this one so much more',
    amount       DECIMAL(18,2)   NOT NULL COMMENT 'how much',
    order_seq_no BIGINT UNSIGNED NULL     COMMENT 'shop_orders.seq_no',
    entry_key    VARCHAR(64)     NULL
        COMMENT 'of adjust: one gives a member nothing twice, see adjust_adm_credits',
    actor        VARCHAR(100)    NOT NULL COMMENT 'database account',
    reason       VARCHAR(200)    NOT NULL COMMENT 'for people',
    CONSTRAINT pk_shop_credit_ledger PRIMARY KEY (entry_no),
    CONSTRAINT ck_shop_credit_ledger_amount CHECK (amount > 0),
    CONSTRAINT ck_shop_credit_ledger_accounts CHECK (
        CONCAT_WS(' ', action, from_account, to_account) IN (
            'earn shop member', 'adjust shop member', 'adjust member shop', 'hold member order',
            'use order used', 'release order member', 'release used member',
            'expire member expired')),
    INDEX ix_shop_credit_ledger_member (shop_id, user_id, entry_no),
    INDEX ix_shop_credit_ledger_order (order_seq_no),
    INDEX ix_shop_credit_ledger_grant (grant_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Every movement of points and cash, from one account to another; never changed';

CREATE TABLE shop_order_credit_lines (
    order_seq_no BIGINT UNSIGNED   NOT NULL COMMENT 'shop_orders.seq_no',
    kind         VARCHAR(5)        NOT NULL COMMENT 'point | cash',
    line_no      SMALLINT UNSIGNED NOT NULL COMMENT 'shop_order_product; 0 = delivery',
    amount       DECIMAL(18,2)     NOT NULL COMMENT 'what they pay of this line',
    CONSTRAINT pk_shop_order_credit_lines PRIMARY KEY (order_seq_no, kind, line_no),
    CONSTRAINT ck_shop_order_credit_lines_amount CHECK (amount > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
  COMMENT='Points and cash spread over lines, so that a part can be refunded';

ALTER TABLE shop_orders
    ADD COLUMN cash_used DECIMAL(18,2) NOT NULL DEFAULT 0 COMMENT 'cash',
    DROP CONSTRAINT ck_shop_orders_total,
    ADD CONSTRAINT ck_shop_orders_total CHECK (
        product_total_price - discount_total - point_used - cash_used + shipping_fee
        = total_payment AND cash_used >= 0);

ALTER TABLE shops
    ADD COLUMN point_min_use   DECIMAL(18,2)     NOT NULL DEFAULT 0
        COMMENT 'an order uses at least so many points, or none',
    ADD COLUMN point_unit      DECIMAL(18,2)     NULL
        COMMENT 'points are used in multiples of it; NULL = any number',
    ADD COLUMN point_max_rate  DECIMAL(5,4)      NOT NULL DEFAULT 1
        COMMENT 'share of an order''s total that points may pay: 0.3 = 30 %',
    ADD COLUMN point_earn_rate DECIMAL(5,4)      NOT NULL DEFAULT 0
        COMMENT 'points for a complete order, of what its goods cost: 0.01 = 1 %',
    ADD COLUMN point_days      SMALLINT UNSIGNED NULL
        COMMENT 'earned points can be used for so many times 24 hours; NULL = for ever',
    ADD COLUMN complete_days   SMALLINT UNSIGNED NULL
        COMMENT 'so many times 24 hours after it was paid an order is complete; NULL = never',
    ADD CONSTRAINT ck_shops_points CHECK (
        point_min_use >= 0 AND COALESCE(point_unit, 1) > 0 AND point_max_rate BETWEEN 0 AND 1
        AND point_earn_rate BETWEEN 0 AND 1);

-- What members had as cash with a shop from before: their opening balance. Debts stay where they
-- are: they are no cash.
ALTER TABLE member
    MODIFY COLUMN user_cash DECIMAL(18,2) NOT NULL DEFAULT 0
        COMMENT 'balance of cash in shop_credit_accounts, which follows what is written here';

INSERT INTO shop_credit_accounts (shop_id, user_id, kind, balance)
SELECT shop_id, user_id, 'cash', user_cash FROM member WHERE user_cash > 0;

INSERT INTO shop_credit_grants (shop_id, user_id, kind, amount, left_amount, granted_at)
SELECT shop_id, user_id, kind, balance, balance, UTC_TIMESTAMP(6)
FROM shop_credit_accounts ORDER BY shop_id, user_id;

INSERT INTO shop_credit_ledger
    (entry_date, grant_no, shop_id, user_id, kind, action, from_account, to_account, amount, actor,
     reason)
SELECT granted_at, grant_no, shop_id, user_id, kind, 'adjust', 'shop', 'member', amount, USER(),
       'opening balance'
FROM shop_credit_grants ORDER BY grant_no;

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (32, '0032_credits.sql', UTC_TIMESTAMP(6));
