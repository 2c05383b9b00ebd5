-- Order lines before their orders, whose totals they are part of. A line needs a cart row that it
-- came from: it gets a number that no cart row had or will have. An order of which no line is known
-- gets one of its amount.
DELETE FROM shop_order_product;
INSERT INTO shop_order_product (order_seq_no, line_no, shop_id, product_id, product_name,
    option_hash, option_name, unit_price, quantity, line_amount,
    tax_type, delivery_policy_id, cart_seq_no{extra})
SELECT o.order_seq_no, o.line, 1, o.product, COALESCE(o.product_name, ''),
       o.choice, COALESCE(o.option_name, ''), o.price, o.units, o.price * o.units,
       'taxable', COALESCE(p.delivery_policy_id, 0),
       (SELECT COALESCE(MAX(seq_no), 0) FROM old_shop_cart)
           + ROW_NUMBER() OVER (ORDER BY o.order_seq_no, o.line){o.extra}
FROM judged_shop_order_product o
LEFT JOIN shop_products p ON p.shop_id = 1 AND p.product_id = o.product
WHERE o.fault IS NULL;

INSERT INTO shop_order_product (order_seq_no, line_no, shop_id, product_id, product_name,
    option_hash, option_name, unit_price, quantity, line_amount,
    tax_type, delivery_policy_id, cart_seq_no)
SELECT h.seq_no, 1, 1, '__unknown__', 'not recorded',
       '__noopt__', '', h.goods, 1, h.goods,
       'taxable', 0, h.last_seq_no + ROW_NUMBER() OVER (ORDER BY h.seq_no)
FROM (SELECT o.seq_no,
             GREATEST(COALESCE(o.product_total_price,
                               o.total_payment - COALESCE(o.shipping_fee, 0), 0), 0) AS goods,
             COALESCE((SELECT MAX(cart_seq_no) FROM shop_order_product),
                      (SELECT MAX(seq_no) FROM old_shop_cart), 0) AS last_seq_no
      FROM judged_shop_orders o
      LEFT JOIN (SELECT DISTINCT order_seq_no FROM shop_order_product) l
          ON l.order_seq_no = o.seq_no
      WHERE o.fault IS NULL AND l.order_seq_no IS NULL) h;

-- The next cart row comes after all of them.
INSERT INTO shop_cart (seq_no, shop_id, user_id, product_id, quantity, create_date, update_date)
SELECT MAX(cart_seq_no), 1, '', '', 1, v_now, v_now
FROM shop_order_product
HAVING MAX(cart_seq_no) IS NOT NULL;
DELETE FROM shop_cart WHERE user_id = '';
