DELETE FROM shop_shipping_address;
INSERT INTO shop_shipping_address (seq_no, shop_id, user_id, receiver_name, receiver_phone,
    post_code, address, address_detail, delivery_msg, is_default, update_date{extra})
SELECT o.number, 1, o.owner, COALESCE(o.receiver_name, ''), COALESCE(o.receiver_phone, ''),
       COALESCE(o.post_code, ''), COALESCE(o.address, ''), COALESCE(o.address_detail, ''),
       COALESCE(o.delivery_msg, ''),
       CASE WHEN o.is_default = 1 OR CAST(o.raw_is_default AS CHAR) IN ('Y', 'y') THEN 1 ELSE 0 END,
       COALESCE(o.update_date, v_now){o.extra}
FROM judged_shop_shipping_address o
WHERE o.fault IS NULL;
