-- Accounts. The definer owns every routine and cannot log in. The other two are created locked:
-- `jumun db load` sets their passwords from its URLs, or by hand:
-- ALTER USER 'jumun_gateway'@'%' IDENTIFIED BY '…' ACCOUNT UNLOCK;
CREATE USER IF NOT EXISTS 'jumun_definer'@'localhost' ACCOUNT LOCK;
CREATE USER IF NOT EXISTS 'jumun_gateway'@'%' ACCOUNT LOCK;
CREATE USER IF NOT EXISTS 'jumun_operator'@'%' ACCOUNT LOCK;

-- On the current database; before the views, whose creation checks what their definer may read.
GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE, TRIGGER ON * TO 'jumun_definer'@'localhost';
