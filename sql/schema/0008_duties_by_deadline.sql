-- What is owed in all shops, most urgent first. The state comes first, since it is compared for equality; within it the
-- index is in the order of the list, and the primary key that every index ends with settles equal deadlines. The index
-- of one shop's duties begins with the shop and cannot serve all of them.

ALTER TABLE shop_pg_duties ADD INDEX ix_shop_pg_duties_due (state, due_at);

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (8, '0008_duties_by_deadline.sql', UTC_TIMESTAMP(6));
