-- What a hand may not do, as far as a constraint can say it, and the seal that shows what a hand did to an order.
-- Triggers (tr_…) and shop_audit do the rest; sql/README.md lists all of it.
--
-- A constraint is checked on every row that is there: both engines copy the table for it, once for each ALTER here, and
-- writers wait meanwhile. Ten million orders take about ten minutes on a machine that fills as many in an hour, payments
-- and duties far less. No routine ever wrote a row that would be refused; duties that were closed by hand without a date
-- get one first.

ALTER TABLE shop_orders
    ADD COLUMN seal INT UNSIGNED NULL
        COMMENT 'checksum over what never changes, see v_order_seals; NULL = an order from before there were seals',
    ADD CONSTRAINT ck_shop_orders_tax_signs CHECK (supply_amount >= 0 AND vat_amount >= 0 AND tax_free_amount >= 0
        AND client_total >= 0),
    ADD CONSTRAINT ck_shop_orders_restored CHECK (restored_at IS NULL OR order_status IN (7, 8, 9, 10, 12));

ALTER TABLE shop_payments
    ADD CONSTRAINT ck_shop_payments_status CHECK (status IN ('paid', 'adopted', 'failed', 'amount_mismatch', 'late',
        'surplus', 'approval_reused', 'unknown_order', 'contradiction')),
    ADD CONSTRAINT ck_shop_payments_amount CHECK (amount >= 0 AND (amount > 0 OR status NOT IN ('paid', 'adopted'))),
    ADD CONSTRAINT ck_shop_payments_order CHECK (order_seq_no IS NOT NULL OR status NOT IN ('paid', 'adopted')),
    ADD CONSTRAINT ck_shop_payments_tx CHECK (pg_tx IS NOT NULL OR status = 'failed');

UPDATE shop_pg_duties SET done_at = UTC_TIMESTAMP(6) WHERE state <> 'owed' AND done_at IS NULL;
UPDATE shop_pg_duties SET done_at = NULL WHERE state = 'owed' AND done_at IS NOT NULL;

ALTER TABLE shop_pg_duties
    ADD CONSTRAINT ck_shop_pg_duties_done CHECK ((state = 'owed') = (done_at IS NULL)),
    ADD CONSTRAINT ck_shop_pg_duties_amount CHECK (amount >= 0);

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (13, '0013_by_hand.sql', UTC_TIMESTAMP(6));
