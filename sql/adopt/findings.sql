-- What can be wrong beyond single values. Each query gives one row per case: which, and what is there.
-- Its heading:  -- @ kind | table | what | what is done about it
-- kind: decide = a person must decide first, --apply refuses; repair = done by a rule; look = nothing is done

-- @ decide | shop_orders | order_status that jumun does not have | UPDATE them to one of 1 to 13 first; otherwise these orders would be left out
SELECT seq_no AS which, raw_order_status AS value FROM old_shop_orders
WHERE order_status IS NULL OR order_status NOT BETWEEN 1 AND 13;

-- @ decide | shop_orders | orders without a payment yet, and it is not known whether their units were taken from quantity_stock | say --stock-taken order or payment
SELECT seq_no AS which, order_status AS value FROM judged_shop_orders
WHERE order_status IN (1, 11, 13) AND {stock_taken} = '' AND fault IS NULL;

-- @ repair | shop_cart | several rows of one buyer, product and option | added up into the first one, at most 99999
SELECT first_seq_no AS which, CONCAT(buyer, ' ', product, ' ', choice, ' ', units) AS value FROM judged_shop_cart
WHERE flaw IS NULL AND seq_no <> first_seq_no;

-- @ repair | shop_cart | buyer or product spelled in other letters than in its own table | spelled as there
SELECT seq_no AS which, CONCAT(user_id, ' ', product_id) AS value FROM judged_shop_cart
WHERE flaw IS NULL AND (user_id <> buyer OR product_id <> product);

-- @ repair | shop_orders | buyer spelled in other letters than the member | spelled as there
SELECT seq_no AS which, user_id AS value FROM judged_shop_orders WHERE fault IS NULL AND user_id <> buyer;

-- @ repair | shop_shipping_address | owner spelled in other letters than the member | spelled as there
SELECT number AS which, user_id AS value FROM judged_shop_shipping_address WHERE fault IS NULL AND user_id <> owner;

-- @ look | shop_cart | buyers that are no members | kept: jumun takes them for guests
SELECT c.seq_no AS which, c.buyer AS value FROM judged_shop_cart c
LEFT JOIN judged_member m ON m.user_id = c.buyer AND m.fault IS NULL
WHERE c.fault IS NULL AND m.user_id IS NULL;

-- @ look | shop_cart | options | a row can be ordered when shop_product_options has its option: fill that table
SELECT seq_no AS which, choice AS value FROM judged_shop_cart WHERE fault IS NULL AND choice <> '__noopt__';

-- @ repair | shop_delivery_policy | a type that jumun does not have, or conditional without free_over | becomes fixed: it costs base_cost
SELECT id AS which, type AS value FROM judged_shop_delivery_policy
WHERE fault IS NULL AND (type IS NULL OR type NOT IN ('free', 'fixed', 'conditional', 'area')
    OR (type = 'conditional' AND free_over IS NULL));

-- @ repair | shop_products | no price, or no delivery policy | sold out (stat 2) until somebody gives one
SELECT product_id AS which, unsaleable AS value FROM judged_shop_products WHERE fault IS NULL AND unsaleable IS NOT NULL;

-- @ repair | shop_products | discount_rate is not 0 to 1 | up to 100 it is taken for per cent, anything else for none
SELECT product_id AS which, raw_discount_rate AS value FROM judged_shop_products
WHERE fault IS NULL AND NOT discount_rate BETWEEN 0 AND 1;

-- @ repair | shop_products | quantity_stock below 0 | 0
SELECT product_id AS which, raw_quantity_stock AS value FROM judged_shop_products
WHERE fault IS NULL AND quantity_stock < 0;

-- @ repair | shop_orders | an order number that another order has too | the first keeps it, the others get -seq_no behind it
SELECT seq_no AS which, order_number AS value FROM judged_shop_orders WHERE fault IS NULL AND nth > 1 AND order_number <> '';

-- @ repair | shop_orders | no order number, or one longer than 64 | made from seq_no
SELECT seq_no AS which, order_number AS value FROM judged_shop_orders
WHERE fault IS NULL AND (COALESCE(order_number, '') = '' OR CHAR_LENGTH(order_number) > 64);

-- @ repair | shop_orders | no order date | that of the payment, or of the order before
SELECT seq_no AS which, placed AS value FROM judged_shop_orders WHERE fault IS NULL AND order_date IS NULL;

-- @ repair | shop_orders | lines, delivery and total do not add up | total_payment stays; the difference becomes a discount, or delivery
SELECT h.seq_no AS which,
       CONCAT(l.goods, ' + ', COALESCE(h.shipping_fee, 0), ' is not ', COALESCE(h.total_payment, 'known')) AS value
FROM judged_shop_orders h
JOIN (SELECT order_seq_no, SUM(price * units) AS goods FROM judged_shop_order_product
      WHERE fault IS NULL GROUP BY order_seq_no) l ON l.order_seq_no = h.seq_no
WHERE h.fault IS NULL AND (h.total_payment IS NULL
    OR l.goods - COALESCE(h.point_used, 0) + GREATEST(COALESCE(h.shipping_fee, 0), 0) <> h.total_payment);

-- @ repair | shop_orders | orders without lines | one line '__unknown__' of the order's amount
SELECT h.seq_no AS which, h.total_payment AS value FROM judged_shop_orders h
LEFT JOIN (SELECT DISTINCT order_seq_no FROM judged_shop_order_product WHERE fault IS NULL) l ON l.order_seq_no = h.seq_no
WHERE h.fault IS NULL AND l.order_seq_no IS NULL;

-- @ look | shop_orders | buyers that are no members | kept: jumun takes them for guests
SELECT h.seq_no AS which, h.buyer AS value FROM judged_shop_orders h
LEFT JOIN judged_member m ON m.user_id = h.buyer AND m.fault IS NULL
WHERE h.fault IS NULL AND m.user_id IS NULL;

-- @ look | shop_orders | paid orders without an approval number | kept as paid on the old shop's word: was the money received?
SELECT seq_no AS which, total_payment AS value FROM judged_shop_orders
WHERE fault IS NULL AND order_status BETWEEN 2 AND 6 AND total_payment > 0 AND COALESCE(approval_no, '') = '';

-- @ look | shop_orders | one approval number for several orders | the first order keeps it as proof: was the money received twice?
SELECT seq_no AS which, approval_no AS value
FROM (SELECT seq_no, approval_no, COUNT(*) OVER (PARTITION BY approval_no) AS orders FROM judged_shop_orders
      WHERE fault IS NULL AND approval_no <> '' AND order_status BETWEEN 2 AND 6) a
WHERE orders > 1;

-- @ look | shop_orders | unpaid or cancelled orders with an approval number | kept: was the money given back?
SELECT seq_no AS which, CONCAT('status ', order_status, ' ', approval_no) AS value FROM judged_shop_orders
WHERE fault IS NULL AND order_status IN (1, 7, 9, 10, 11, 12, 13) AND approval_no <> '';

-- @ repair | shop_order_product | lines without a price | the order's product total is shared out by today's prices
SELECT order_seq_no AS which, CONCAT(product, ' ', price, ' x ', units) AS value FROM judged_shop_order_product
WHERE fault IS NULL AND COALESCE(unit_price, -1) < 0;

-- @ repair | shop_order_product | lines whose quantity is not a number | 1
SELECT order_seq_no AS which, raw_quantity AS value FROM judged_shop_order_product
WHERE fault IS NULL AND quantity IS NULL;

-- @ look | shop_order_product | products that do not exist any more | kept
SELECT o.order_seq_no AS which, o.product AS value FROM judged_shop_order_product o
LEFT JOIN known_product p ON p.folded = LOWER(o.product)
WHERE o.fault IS NULL AND p.product_id IS NULL;
