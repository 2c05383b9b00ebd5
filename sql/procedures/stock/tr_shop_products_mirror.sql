-- tr_shop_products_mirror: what a page writes into shop_products.quantity_stock does not count.
-- Ignored and not refused: a product form saves the whole row, with the number that was there when
-- it was opened. To refuse it would mean that the price of a product that sells could not be
-- changed. Stock is set by shop_stock_set.
-- Not @jumun_stock_mirror IS NULL: MySQL decides that once for a compiled trigger, which
-- connections share with the open table. Compiled for shop_stock_mirror, it would let every
-- later write of a page pass.
--
-- Parameters  none (a trigger)
-- Returns nothing
-- Errors  none
-- Locks   none
-- Example
--   UPDATE shop_products SET product_name = 'Tea', quantity_stock = 5
--   WHERE shop_id = 1 AND product_id = 'D0001';
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP TRIGGER IF EXISTS tr_shop_products_mirror;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' TRIGGER tr_shop_products_mirror
BEFORE UPDATE ON shop_products
FOR EACH ROW
BEGIN
    IF NOT (@jumun_stock_mirror <=> 1) THEN
        SET NEW.quantity_stock = OLD.quantity_stock;
    END IF;
END//
DELIMITER ;
