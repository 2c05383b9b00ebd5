-- Demonstration data, part 2: 300 products D0001 … D0300 in twelve categories, D0000, which is made
-- as its buyer wants it, and three that are shipped in ways of their own; their options, delivery
-- and stock.
--
-- Load after demo.sql. Only what is absent is added: a price that was changed, a stock that was
-- sold from and a cart that was filled stay as they are.
--
-- Worth knowing when trying things out
--   D0000          groups of options: a colour (one of them is sold out), and a text of twelve
--                  characters, which makes lines differ but not the stock
--   D0000S         a set: two of those cups in green and a D0001, at one price; its units are theirs
--   D0001 … D0005  plenty of stock, no options, no discount: the plain case
--   D0006          one unit left
--   D0007          none left, although shown
--   D0037, D0074 … marked sold out;  D0041, D0082 … hidden: neither can be ordered
--   every 17th has no sale_price, every 19th a sale_price of 0: both cost their buy_price
--   books and farm goods are tax free
--   coffee beans   the grinds are options that share one stock row
--   pens           gift wrapping is an optional option, taken from the same stock row as the pen
--                  without it
--   D0301          delivery by weight: 11 kg each, and a parcel of 20 kg or more costs more
--   D0302          delivery by units: 3,000 for every two
--   D0303          not delivered where an area costs more (tests/demo/areas.csv: Jeju, islands)
--   clothes, shoes, electronics: an option is required, each with a stock row of its own

SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

INSERT INTO shop_delivery_policy (shop_id, id, policy_name, type, base_cost, free_over, combine_group_id)
VALUES (1, 1, '무료배송', 'free', 0, NULL, NULL),
       (1, 2, '기본배송', 'fixed', 2500, NULL, NULL),
       (1, 3, '3만원 이상 무료', 'conditional', 3000, 30000, NULL),
       (1, 4, '설치·대형 화물', 'area', 7000, NULL, NULL),
       (1, 5, '산지 직송 5만원 이상 무료', 'conditional', 4000, 50000, 1),
       (1, 6, '신선 묶음배송', 'fixed', 3500, NULL, 1)
ON DUPLICATE KEY UPDATE shop_id = shop_delivery_policy.shop_id;

-- Steps are those of a parcel, in grams or in units. Below the first, base_cost.
INSERT INTO shop_delivery_policy (shop_id, id, policy_name, type, base_cost, steps, remote)
VALUES (1, 7, '무게별 배송', 'weight', 3000,
        '[{"from":"5000","fee":"4000"},{"from":"10000","fee":"5000"},{"from":"20000","fee":"8000"}]',
        'surcharge'),
       (1, 8, '두 상자마다 배송비', 'quantity', 3000,
        '[{"from":"1","fee":"3000","every":"2","more":"3000"}]', 'surcharge'),
       (1, 10, '화분 배송 (제주·도서산간 제외)', 'fixed', 4000, NULL, 'refuse')
ON DUPLICATE KEY UPDATE shop_id = shop_delivery_policy.shop_id;

-- Sixty things in five lines each.
-- noun: number, category, policy, tax, option needed, price of the plain line, name.
INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, sale_price, discount_rate, tax_type,
                           display, stat, option_required, category_id, delivery_policy_id,
                           product_thumb_img_url)
SELECT 1, p.product_id, p.product_name,
       CEILING(p.price * 1.2 / 100) * 100,
       CASE WHEN p.i MOD 17 = 0 THEN NULL WHEN p.i MOD 19 = 0 THEN 0 ELSE p.price END,
       CASE WHEN p.i < 8 THEN 0
            ELSE ELT(1 + p.i MOD 10, 0, 0, 0, 0.1, 0, 0, 0.2, 0, 0, 0.155) END,
       p.tax_type,
       CASE WHEN p.i MOD 41 = 0 THEN '0' ELSE '1' END,
       CASE WHEN p.i MOD 37 = 0 THEN '2' ELSE '1' END,
       p.option_required, p.category_id, p.policy_id, CONCAT('/thumb.php?p=', p.product_id)
  FROM (SELECT (noun.n - 1) * 5 + line.n AS i,
               CONCAT('D', LPAD((noun.n - 1) * 5 + line.n, 4, '0')) AS product_id,
               CONCAT(line.line_name, ' ', noun.noun_name) AS product_name,
               FLOOR(noun.price * line.factor / 100) * 100 AS price,
               noun.category_id, noun.policy_id, noun.tax_type, noun.option_required
          FROM (SELECT 1 AS n, '주방' AS category_id, 3 AS policy_id, 'taxable' AS tax_type, 0 AS option_required,
                       9900 AS price, '머그컵' AS noun_name
                UNION ALL SELECT 2, '주방', 3, 'taxable', 0, 15000, '도자기 접시'
                UNION ALL SELECT 3, '주방', 3, 'taxable', 0, 32000, '프라이팬'
                UNION ALL SELECT 4, '주방', 3, 'taxable', 0, 24000, '보온병'
                UNION ALL SELECT 5, '주방', 3, 'taxable', 0, 18500, '나무 도마'
                UNION ALL SELECT 6, '생활', 3, 'taxable', 0, 21000, '수건 세트'
                UNION ALL SELECT 7, '생활', 3, 'taxable', 0, 17800, '디퓨저'
                UNION ALL SELECT 8, '생활', 3, 'taxable', 0, 13500, '빨래 바구니'
                UNION ALL SELECT 9, '생활', 3, 'taxable', 0, 11900, '욕실 매트'
                UNION ALL SELECT 10, '생활', 3, 'taxable', 0, 6500, '핸드크림'
                UNION ALL SELECT 11, '문구', 2, 'taxable', 0, 12000, '다이어리'
                UNION ALL SELECT 12, '문구', 2, 'taxable', 0, 38000, '만년필'
                UNION ALL SELECT 13, '문구', 2, 'taxable', 0, 2300, '메모지'
                UNION ALL SELECT 14, '문구', 2, 'taxable', 0, 4700, '연필 세트'
                UNION ALL SELECT 15, '문구', 2, 'taxable', 0, 8900, '필통'
                UNION ALL SELECT 16, '도서', 1, 'free', 0, 16800, '요리책'
                UNION ALL SELECT 17, '도서', 1, 'free', 0, 14500, '여행 에세이'
                UNION ALL SELECT 18, '도서', 1, 'free', 0, 12000, '그림책'
                UNION ALL SELECT 19, '도서', 1, 'free', 0, 19000, '정원 가꾸기'
                UNION ALL SELECT 20, '도서', 1, 'free', 0, 17500, '한국사 이야기'
                UNION ALL SELECT 21, '농산물', 5, 'free', 0, 23900, '사과 3kg'
                UNION ALL SELECT 22, '농산물', 5, 'free', 0, 14900, '감자 5kg'
                UNION ALL SELECT 23, '농산물', 5, 'free', 0, 36500, '쌀 10kg'
                UNION ALL SELECT 24, '농산물', 5, 'free', 0, 15900, '고구마 3kg'
                UNION ALL SELECT 25, '농산물', 5, 'free', 0, 9900, '방울토마토 1kg'
                UNION ALL SELECT 26, '커피·차', 6, 'taxable', 1, 13000, '원두 200g'
                UNION ALL SELECT 27, '커피·차', 6, 'taxable', 0, 11500, '드립백 10개'
                UNION ALL SELECT 28, '커피·차', 6, 'taxable', 0, 16000, '녹차'
                UNION ALL SELECT 29, '커피·차', 6, 'taxable', 0, 7800, '보리차'
                UNION ALL SELECT 30, '커피·차', 6, 'taxable', 0, 12800, '유자차'
                UNION ALL SELECT 31, '디지털', 3, 'taxable', 1, 29000, '무선 마우스'
                UNION ALL SELECT 32, '디지털', 3, 'taxable', 1, 68000, '기계식 키보드'
                UNION ALL SELECT 33, '디지털', 3, 'taxable', 1, 34000, 'USB 허브'
                UNION ALL SELECT 34, '디지털', 3, 'taxable', 1, 27500, '보조 배터리'
                UNION ALL SELECT 35, '디지털', 3, 'taxable', 1, 89000, '무선 이어폰'
                UNION ALL SELECT 36, '의류', 3, 'taxable', 1, 19900, '면 티셔츠'
                UNION ALL SELECT 37, '의류', 3, 'taxable', 1, 39000, '린넨 셔츠'
                UNION ALL SELECT 38, '의류', 3, 'taxable', 1, 49000, '후드 집업'
                UNION ALL SELECT 39, '의류', 3, 'taxable', 1, 59000, '데님 팬츠'
                UNION ALL SELECT 40, '의류', 3, 'taxable', 1, 54000, '니트 가디건'
                UNION ALL SELECT 41, '신발', 1, 'taxable', 1, 79000, '운동화'
                UNION ALL SELECT 42, '신발', 1, 'taxable', 1, 89000, '로퍼'
                UNION ALL SELECT 43, '신발', 1, 'taxable', 1, 35000, '샌들'
                UNION ALL SELECT 44, '신발', 1, 'taxable', 1, 129000, '등산화'
                UNION ALL SELECT 45, '신발', 1, 'taxable', 1, 12000, '슬리퍼'
                UNION ALL SELECT 46, '가방·잡화', 3, 'taxable', 0, 65000, '백팩'
                UNION ALL SELECT 47, '가방·잡화', 3, 'taxable', 0, 15000, '에코백'
                UNION ALL SELECT 48, '가방·잡화', 3, 'taxable', 0, 33000, '카드지갑'
                UNION ALL SELECT 49, '가방·잡화', 3, 'taxable', 0, 22000, '볼캡'
                UNION ALL SELECT 50, '가방·잡화', 3, 'taxable', 0, 18000, '장갑'
                UNION ALL SELECT 51, '캠핑', 4, 'taxable', 0, 239000, '텐트'
                UNION ALL SELECT 52, '캠핑', 4, 'taxable', 0, 98000, '침낭'
                UNION ALL SELECT 53, '캠핑', 4, 'taxable', 0, 42000, '랜턴'
                UNION ALL SELECT 54, '캠핑', 4, 'taxable', 0, 37000, '접이식 의자'
                UNION ALL SELECT 55, '캠핑', 4, 'taxable', 0, 58000, '코펠 세트'
                UNION ALL SELECT 56, '반려동물', 2, 'taxable', 0, 7900, '고양이 장난감'
                UNION ALL SELECT 57, '반려동물', 2, 'taxable', 0, 9500, '강아지 간식'
                UNION ALL SELECT 58, '반려동물', 2, 'taxable', 0, 45000, '이동장'
                UNION ALL SELECT 59, '반려동물', 2, 'taxable', 0, 26000, '방석'
                UNION ALL SELECT 60, '반려동물', 2, 'taxable', 0, 83000, '자동 급식기') AS noun
         CROSS JOIN (SELECT 1 AS n, '데일리' AS line_name, 1.00 AS factor
                     UNION ALL SELECT 2, '프리미엄', 1.35
                     UNION ALL SELECT 3, '클래식', 1.15
                     UNION ALL SELECT 4, '미니멀', 0.90
                     UNION ALL SELECT 5, '시즌 한정', 1.25) AS line) AS p
 WHERE NOT EXISTS (SELECT 1 FROM shop_products AS x WHERE x.shop_id = 1 AND x.product_id = p.product_id);

-- One list of options per kind of product; name_like picks the products within a category.
INSERT INTO shop_product_options (shop_id, product_id, option_hash, option_name, add_price, stock_option_hash)
SELECT 1, p.product_id, o.option_hash, o.option_name, o.add_price, o.stock_option_hash
  FROM shop_products AS p
  JOIN (SELECT '의류' AS category_id, '%' AS name_like, 'size-090' AS option_hash, '90 (S)' AS option_name,
               0 AS add_price, 'size-090' AS stock_option_hash
        UNION ALL SELECT '의류', '%', 'size-095', '95 (M)', 0, 'size-095'
        UNION ALL SELECT '의류', '%', 'size-100', '100 (L)', 0, 'size-100'
        UNION ALL SELECT '의류', '%', 'size-105', '105 (XL)', 2000, 'size-105'
        UNION ALL SELECT '신발', '%', 'mm-240', '240mm', 0, 'mm-240'
        UNION ALL SELECT '신발', '%', 'mm-250', '250mm', 0, 'mm-250'
        UNION ALL SELECT '신발', '%', 'mm-260', '260mm', 0, 'mm-260'
        UNION ALL SELECT '신발', '%', 'mm-270', '270mm', 0, 'mm-270'
        UNION ALL SELECT '신발', '%', 'mm-280', '280mm', 0, 'mm-280'
        UNION ALL SELECT '디지털', '%', 'black', '블랙', 0, 'black'
        UNION ALL SELECT '디지털', '%', 'white', '화이트', 0, 'white'
        UNION ALL SELECT '커피·차', '%원두%', 'whole-bean', '원두 그대로', 0, 'whole-bean'
        UNION ALL SELECT '커피·차', '%원두%', 'ground-drip', '핸드드립 분쇄', 500, 'whole-bean'
        UNION ALL SELECT '커피·차', '%원두%', 'ground-espresso', '에스프레소 분쇄', 500, 'whole-bean'
        UNION ALL SELECT '문구', '%만년필%', 'gift', '선물 포장', 3000, '__noopt__') AS o
    ON o.category_id = p.category_id AND p.product_name LIKE o.name_like
 WHERE p.shop_id = 1 AND p.product_id BETWEEN 'D0001' AND 'D0300'
   AND NOT EXISTS (SELECT 1 FROM shop_product_options AS x
                    WHERE x.shop_id = 1 AND x.product_id = p.product_id AND x.option_hash = o.option_hash);

-- A cup with a name on it. The hash of a combination is made of its choices by a trigger.
INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, sale_price, option_required,
                           category_id, delivery_policy_id, product_thumb_img_url)
SELECT 1, 'D0000', '이름을 새기는 머그컵', 15900, 12900, 1, '주방', 3, '/thumb.php?p=D0000'
 WHERE NOT EXISTS (SELECT 1 FROM shop_products AS x WHERE x.shop_id = 1 AND x.product_id = 'D0000');

INSERT INTO shop_option_groups (shop_id, product_id, group_name, kind, is_required, max_length, position)
VALUES (1, 'D0000', '색상', 'choice', 1, NULL, 1),
       (1, 'D0000', '새길 이름', 'text', 0, 12, 2)
ON DUPLICATE KEY UPDATE shop_id = shop_option_groups.shop_id;

INSERT INTO shop_product_options (shop_id, product_id, option_hash, option_name, add_price, stock_option_hash,
                                  choices_json)
SELECT 1, 'D0000', '', o.colour, o.add_price, '', CONCAT('{"색상":"', o.colour, '"}')
  FROM (SELECT '하양' AS colour, 0 AS add_price
        UNION ALL SELECT '초록', 0
        UNION ALL SELECT '금테', 3000) AS o
 WHERE NOT EXISTS (SELECT 1 FROM shop_product_options AS x WHERE x.shop_id = 1 AND x.product_id = 'D0000');

INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, sale_price, category_id,
                           delivery_policy_id, product_thumb_img_url)
SELECT 1, 'D0000S', '머그컵 선물 세트', 35700, 31900, '주방', 3, '/thumb.php?p=D0000S'
 WHERE NOT EXISTS (SELECT 1 FROM shop_products AS x WHERE x.shop_id = 1 AND x.product_id = 'D0000S');

INSERT INTO shop_set_parts (shop_id, product_id, part_product_id, part_option_hash, quantity, position)
SELECT 1, 'D0000S', p.part, p.option_hash, p.quantity, p.position
  FROM (SELECT 'D0000' AS part, _option_hash('{"색상":"초록"}') AS option_hash, 2 AS quantity, 1 AS position
        UNION ALL SELECT 'D0001', '__noopt__', 1, 2) AS p
 WHERE NOT EXISTS (SELECT 1 FROM shop_set_parts AS x WHERE x.shop_id = 1 AND x.product_id = 'D0000S');

INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, sale_price, tax_type,
                           weight, category_id, delivery_policy_id, product_thumb_img_url)
SELECT 1, p.product_id, p.product_name, p.price, p.price, p.tax_type, p.weight, p.category_id,
       p.policy_id, CONCAT('/thumb.php?p=', p.picture)
  FROM (SELECT 'D0301' AS product_id, '절임 배추 10kg' AS product_name, 32000 AS price,
               'free' AS tax_type, 11000 AS weight, '농산물' AS category_id,
               7 AS policy_id, 'D0108' AS picture
        UNION ALL SELECT 'D0302', '탄산수 20병 한 상자', 15900, 'taxable', 11500, '커피·차', 8,
                         'D0143'
        UNION ALL SELECT 'D0303', '몬스테라 화분', 24000, 'free', 3500, '생활', 10, 'D0047') AS p
 WHERE NOT EXISTS (SELECT 1 FROM shop_products AS x
                    WHERE x.shop_id = 1 AND x.product_id = p.product_id);

-- Stock and the ledger row that explains it, in one transaction, for stock rows that do not exist
-- yet. The ledger first: it is what decides here which stock rows are new.
START TRANSACTION;

INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
SELECT 1, s.product_id, s.option_hash,
       CASE WHEN s.product_id = 'D0000' AND s.option_hash = _option_hash('{"색상":"금테"}') THEN 0
            WHEN s.product_id <= 'D0005' OR s.product_id > 'D0300' THEN 500
            WHEN s.product_id = 'D0006' THEN 1
            WHEN s.product_id = 'D0007' THEN 0
            WHEN s.spread < 2 THEN 0
            WHEN s.spread < 6 THEN s.spread - 1
            ELSE 20 + s.spread END,
       'demo data', CURRENT_USER(), UTC_TIMESTAMP(6)
  FROM (SELECT k.product_id, k.option_hash, CRC32(CONCAT(k.product_id, k.option_hash)) MOD 97 AS spread
          FROM (SELECT p.product_id, '__noopt__' AS option_hash
                  FROM shop_products AS p
                 WHERE p.shop_id = 1 AND p.option_required = 0 AND p.set_parts = 0
                UNION
                SELECT o.product_id, o.stock_option_hash
                  FROM shop_product_options AS o
                 WHERE o.shop_id = 1) AS k
         WHERE k.product_id BETWEEN 'D0000' AND 'D0303') AS s
 WHERE NOT EXISTS (SELECT 1 FROM shop_stock AS x
                    WHERE x.shop_id = 1 AND x.product_id = s.product_id AND x.option_hash = s.option_hash);

INSERT INTO shop_stock (shop_id, product_id, option_hash, slot, free, update_date)
SELECT l.shop_id, l.product_id, l.option_hash, 0, SUM(l.difference), UTC_TIMESTAMP(6)
  FROM shop_stock_ledger AS l
 WHERE l.shop_id = 1 AND l.product_id BETWEEN 'D0000' AND 'D0303'
   AND NOT EXISTS (SELECT 1 FROM shop_stock AS x
                    WHERE x.shop_id = 1 AND x.product_id = l.product_id AND x.option_hash = l.option_hash)
 GROUP BY l.shop_id, l.product_id, l.option_hash;

COMMIT;
