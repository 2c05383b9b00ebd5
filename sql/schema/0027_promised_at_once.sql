-- A shop that goes over to promised prices promises each cart row what it costs at that moment,
-- also a row that nobody reads until later: the moment is noted.

ALTER TABLE shops
    ADD COLUMN pinned_at DATETIME(6) NULL COMMENT
        'UTC; when the shop last went over to pinned, see tr_shops_update; NULL = never, or before this was noted',
    ALGORITHM = INSTANT;

-- Leaving the cart page only marks its rows; a quote soon after shows that the buyer was on the way
-- to the order form.
ALTER TABLE shop_cart
    ADD COLUMN unmarked_until DATETIME(6) NULL COMMENT
        'UTC; promised_until as it was before the cart page was left; NULL = it was not left. Written by triggers only',
    ALGORITHM = INSTANT;

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (27, '0027_promised_at_once.sql', UTC_TIMESTAMP(6));
