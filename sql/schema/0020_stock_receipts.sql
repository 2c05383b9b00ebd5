-- What came in is booked once however often it is told: shop_stock_add writes the number of the
-- delivery note beside the booking, and the key refuses a second one.

ALTER TABLE shop_stock_ledger
    ADD COLUMN reference VARCHAR(64) NULL
        COMMENT 'number of the delivery, the caller''s own; NULL = a count, or first stock',
    ALGORITHM = INSTANT;

ALTER TABLE shop_stock_ledger
    ADD CONSTRAINT uq_shop_stock_ledger_reference UNIQUE (shop_id, reference),
    ALGORITHM = INPLACE, LOCK = NONE;

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (20, '0020_stock_receipts.sql', UTC_TIMESTAMP(6));
