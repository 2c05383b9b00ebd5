DELETE FROM shop_cart;
INSERT INTO shop_cart (seq_no, shop_id, user_id, product_id, option_hash, quantity,
    create_date, update_date{extra})
SELECT o.seq_no, 1, o.buyer, o.product, o.choice, LEAST(o.units, 99999),
       COALESCE(o.first_date, o.last_date, v_now),
       COALESCE(o.last_date, o.first_date, v_now){o.extra}
FROM judged_shop_cart o
WHERE o.fault IS NULL;
