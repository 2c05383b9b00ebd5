-- What was charged (total_payment) stays.
-- What is missing to it is delivery, what is too much a discount.
-- VAT is 10 % of everything: what was free of tax is not known.
-- An order that waits to be paid can be paid for as long as jumun's do;
-- one that waits for a deposit for a week from now.
DELETE FROM shop_orders;
INSERT INTO shop_orders (seq_no, shop_id, order_number, order_key, order_code,
    order_date, order_mode, order_status, user_id, user_name, user_phone,
    receiver_name, receiver_phone, post_code, address, address_detail, delivery_msg,
    currency, line_count, product_total_price, discount_total, point_used, shipping_fee,
    total_payment, supply_amount, vat_amount, tax_free_amount, client_total,
    request_sha256, pg, merchant_id, pay_type, expires_at, approval_no, approval_msg, paid_at,
    courier_id, tracking_number, vendor_order_no, update_date{extra})
SELECT o.seq_no, 1, o.number,
       -- As _new_uuid and _new_order_code make them, at the time of the order.
       UNHEX(CONCAT(LPAD(HEX(TIMESTAMPDIFF(SECOND, '1970-01-01', o.placed_at) * 1000), 12, '0'),
                    '7', SUBSTR(HEX(RANDOM_BYTES(2)), 1, 3),
                    ELT(1 + ASCII(RANDOM_BYTES(1)) MOD 4, '8', '9', 'A', 'B'),
                    SUBSTR(HEX(RANDOM_BYTES(8)), 1, 15))),
       CONCAT(DATE_FORMAT(o.placed_at + INTERVAL {utc_offset_minutes} MINUTE, '%Y%m%d'), '-',
              REPLACE(REPLACE(REPLACE(REPLACE(LPAD(CONV(HEX(RANDOM_BYTES(5)), 16, 32), 8, '0'),
                  'I', 'W'), 'L', 'X'), 'O', 'Y'), 'U', 'Z')),
       o.placed_at, CASE WHEN o.order_mode = 'direct' THEN 'direct' ELSE 'cart' END,
       o.order_status, o.buyer, COALESCE(o.user_name, ''), COALESCE(o.user_phone, ''),
       COALESCE(o.receiver_name, ''), COALESCE(o.receiver_phone, ''), COALESCE(o.post_code, ''),
       COALESCE(o.address, ''), COALESCE(o.address_detail, ''), COALESCE(o.delivery_msg, ''),
       'KRW', o.line_sum, o.goods,
       GREATEST(o.goods - o.points + o.delivery - o.total, 0), o.points,
       o.delivery + GREATEST(o.total - (o.goods - o.points + o.delivery), 0), o.total,
       o.total - ROUND(o.total * 0.1 / 1.1), ROUND(o.total * 0.1 / 1.1), 0, o.total,
       UNHEX(SHA2(CONCAT('adopted order ', o.seq_no), 256)), 'adopted', 'adopted',
       COALESCE(o.pay_type, ''),
       CASE WHEN o.order_status IN (11, 13) THEN v_now + INTERVAL 7 DAY
            ELSE o.placed_at + INTERVAL 30 MINUTE END,
       o.approval_no, o.approval_msg, o.paid_at,
       o.courier_id, o.tracking_number, o.vendor_order_no, v_now{o.extra}
FROM (SELECT h.*, COALESCE(h.placed, v_now) AS placed_at, l.line_sum, l.goods,
             GREATEST(COALESCE(h.shipping_fee, 0), 0) AS delivery,
             LEAST(GREATEST(COALESCE(h.point_used, 0), 0), l.goods) AS points,
             COALESCE(h.total_payment, l.goods + GREATEST(COALESCE(h.shipping_fee, 0), 0)) AS total
      FROM judged_shop_orders h
      JOIN (SELECT order_seq_no, COUNT(*) AS line_sum, SUM(line_amount) AS goods
            FROM shop_order_product GROUP BY order_seq_no) l ON l.order_seq_no = h.seq_no
      WHERE h.fault IS NULL) o;

-- As in v_order_seals: what is changed from now on shows.
UPDATE shop_orders
SET seal = CRC32(CONCAT_WS('\n',
        seq_no, shop_id, order_number, HEX(order_key), order_code, order_date, order_mode, user_id,
        user_name, user_phone, receiver_name, receiver_phone, post_code, address, address_detail,
        delivery_msg, currency, line_count, product_total_price, discount_total, point_used,
        shipping_fee, total_payment, supply_amount, vat_amount, tax_free_amount, client_total,
        HEX(request_sha256), pg, merchant_id, pay_type, restored_at));
