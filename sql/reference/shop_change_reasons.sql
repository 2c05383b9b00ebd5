-- Why something costs another amount than when it was quoted: the only list of the reasons. Loaded again with every load.
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

INSERT INTO shop_change_reasons (reason, text_ko, text_en)
SELECT d.reason, d.text_ko, d.text_en FROM (
              SELECT 'PRICE_RAISED' AS reason, '가격이 올랐습니다' AS text_ko, 'The price has gone up' AS text_en
    UNION ALL SELECT 'PRICE_LOWERED', '가격이 내렸습니다', 'The price has gone down'
    UNION ALL SELECT 'QUANTITY_CHANGED', '장바구니의 수량이 바뀌었습니다', 'The quantity in the cart has changed'
    UNION ALL SELECT 'AVAILABILITY_CHANGED', '판매 상태가 바뀌었습니다', 'It is on sale again, or not any more'
    UNION ALL SELECT 'DISCOUNT_ADDED', '할인이 더해졌습니다', 'A discount has been added'
    UNION ALL SELECT 'DISCOUNT_ENDED', '할인이 끝났습니다', 'A discount has ended'
    UNION ALL SELECT 'DISCOUNT_CHANGED', '할인되는 금액이 바뀌었습니다', 'A discount gives another amount'
    UNION ALL SELECT 'CREDITS_CHANGED', '쓰는 적립금이나 예치금이 바뀌었습니다', 'Other points or other cash are used'
    UNION ALL SELECT 'DELIVERY_AREA_CHANGED', '받는 곳의 추가 배송비가 바뀌었습니다', 'Delivery to this area costs another amount'
    UNION ALL SELECT 'DELIVERY_RULE_CHANGED', '배송비 규정이 바뀌었습니다', 'The rule for the delivery fee has changed'
    UNION ALL SELECT 'DELIVERY_SUM_CHANGED', '주문 금액이나 수량에 따라 배송비가 바뀌었습니다',
                     'The delivery fee follows what is ordered'
) d
ON DUPLICATE KEY UPDATE text_ko = d.text_ko, text_en = d.text_en;
