-- A made-up shop from before jumun, as its tables were (MyISAM, several character sets, local times of Seoul, text where
-- numbers belong) and with what years left in them. Every row is fixed: tests know them one by one.
SET SESSION sql_mode = '', time_zone = '+09:00';

CREATE TABLE member (
    user_id    VARCHAR(20)   NOT NULL,
    cust_no    VARCHAR(30)   NULL,
    passwd     CHAR(41)      NOT NULL,
    user_cash  INT           NULL,
    nick       VARCHAR(40)   CHARACTER SET latin1 NULL,
    reg_date   DATETIME      NOT NULL DEFAULT '0000-00-00 00:00:00',
    PRIMARY KEY (user_id),
    UNIQUE KEY uk_nick (nick)
) ENGINE=MyISAM DEFAULT CHARSET=utf8mb3;
-- The nicknames are UTF-8 that went through a connection that said latin1: 성실, 봄비.
INSERT INTO member VALUES
    ('kim',  'C1', '*1', 5000, X'EC84B1EC8BA4', '2019-03-01 10:00:00'),
    ('Lee',  'C2', '*2', NULL, X'EBB484EBB984', '2020-05-05 00:30:00'),
    ('park ', NULL, '*3', 0,   'parky', '0000-00-00 00:00:00');

CREATE TABLE shop_shipping_address (
    user_id        VARCHAR(20)  NOT NULL,
    receiver_name  VARCHAR(60)  NULL,
    receiver_phone VARCHAR(20)  NULL,
    post_code      VARCHAR(10)  NULL,
    address        VARCHAR(255) NULL,
    address_detail VARCHAR(255) NULL,
    delivery_msg   VARCHAR(255) NULL,
    is_default     CHAR(1)      NULL,
    update_date    DATETIME     NULL,
    KEY ix_user (user_id)
) ENGINE=MyISAM DEFAULT CHARSET=euckr;
INSERT INTO shop_shipping_address VALUES
    ('kim', '김견본', '010-1111-2222', '03187', '서울특별시 예시구 견본로 1', '101동 1001호', '문 앞에 놓아 주세요', 'Y', '2024-01-02 08:59:59'),
    ('kim', '김직장', '02-333-4444', '04524', '서울특별시 예시구 보기로 9', NULL, NULL, 'N', NULL),
    ('LEE', '이본보기', '010-5555-6666', '63000', CONCAT('제주특별자치도 ', REPEAT('길', 220)), '', '', '1', '0000-00-00 00:00:00'),
    ('',    '없음', NULL, NULL, NULL, NULL, NULL, NULL, NULL);

CREATE TABLE shop_delivery_policy (
    id               INT          NOT NULL AUTO_INCREMENT,
    type             VARCHAR(12)  NOT NULL,
    base_cost        VARCHAR(20)  NULL,
    free_over        DECIMAL(12,3) NULL,
    combine_group_id INT          NULL,
    PRIMARY KEY (id)
) ENGINE=MyISAM DEFAULT CHARSET=utf8mb3;
INSERT INTO shop_delivery_policy VALUES
    (1, 'conditional', '3,000', 30000.000, NULL),
    (2, 'free', NULL, NULL, NULL),
    (3, 'conditional', '2500', NULL, NULL),
    (4, 'quick', '9000원', NULL, NULL);

CREATE TABLE shop_products (
    product_id            VARCHAR(30)   NOT NULL,
    product_name          VARCHAR(200)  NOT NULL,
    buy_price             DECIMAL(12,3) NULL,
    sale_price            VARCHAR(20)   NULL,
    discount_rate         DECIMAL(5,2)  NULL,
    quantity_stock        INT           NULL,
    display               CHAR(1)       NULL,
    stat                  CHAR(1)       NULL,
    category_id           VARCHAR(30)   NULL,
    delivery_policy_id    INT           NULL,
    product_thumb_img_url VARCHAR(400)  NULL,
    maker                 VARCHAR(60)   NULL,
    read_count            INT           NOT NULL,
    PRIMARY KEY (product_id),
    KEY ix_category (category_id)
) ENGINE=MyISAM DEFAULT CHARSET=utf8mb3;
INSERT INTO shop_products VALUES
    ('TEA-1', '보성 녹차',   12900.000, '12,000', 0.10, 50,  '1', '1', 'tea', 1,    '/img/tea1.jpg', '보성다원', 7),
    ('TEA-2', '제주 홍차',   15000.000, '0',      NULL, 3,   '1', NULL, 'tea', 1,   NULL, NULL, 1),
    ('CUP-1', '백자 찻잔',   9000.400,  NULL,     10,   20,  '1', '1', 'cup', 2,    NULL, NULL, 0),
    ('CUP-2', '청자 찻잔',   NULL,      NULL,     0,    10,  '1', '1', 'cup', 2,    NULL, NULL, 0),
    ('POT-1', '주전자',      30000.000, '27000',  0,    -4,  '1', '1', 'pot', 99,   NULL, NULL, 0),
    ('OLD-1', '단종 다기',   5000.000,  '5000',   0,    NULL, NULL, '2', NULL, 3,   NULL, NULL, 0);

CREATE TABLE shop_cart (
    seq_no      INT          NOT NULL AUTO_INCREMENT,
    user_id     VARCHAR(20)  NOT NULL,
    product_id  VARCHAR(30)  NOT NULL,
    option_hash VARCHAR(64)  NULL,
    quantity    VARCHAR(10)  NULL,
    create_date DATETIME     NULL,
    update_date DATETIME     NULL,
    memo        VARCHAR(100) NULL,
    PRIMARY KEY (seq_no),
    KEY ix_user (user_id)
) ENGINE=MyISAM DEFAULT CHARSET=utf8mb3;
INSERT INTO shop_cart VALUES
    (11, 'kim',  'TEA-1', NULL,        '2',     '2024-03-01 00:30:00', '2024-03-01 09:00:00', '선물'),
    (12, 'kim',  'TEA-1', '__noopt__', ' 3',    '2024-02-29 23:00:00', '2024-03-02 09:00:00', NULL),
    (13, 'KIM',  'tea-1', '',          '1',     NULL,                  '0000-00-00 00:00:00', NULL),
    (14, 'kim',  'CUP-1', '__noopt__', '1,000', '2024-03-03 12:00:00', NULL, NULL),
    (15, 'Lee',  'TEA-2', '__noopt__', 'abc',   '2024-03-03 12:00:00', NULL, NULL),
    (16, 'Lee',  'TEA-2', '__noopt__', '',      '2024-03-03 12:00:00', NULL, NULL),
    (17, 'Lee',  'TEA-2', '__noopt__', '0',     '2024-03-03 12:00:00', NULL, NULL),
    (18, 'Lee',  'TEA-2', '__noopt__', '-1',    '2024-03-03 12:00:00', NULL, NULL),
    (19, 'Lee',  'GONE',  '__noopt__', '1',     '2024-03-03 12:00:00', NULL, NULL),
    (20, 'guest-77', 'CUP-1', '__noopt__', '1', '2024-03-03 12:00:00', NULL, NULL),
    (21, '',     'CUP-1', '__noopt__', '1',     '2024-03-03 12:00:00', NULL, NULL),
    (22, 'Lee',  'TEA-1', 'large',     '1',     '2024-03-03 12:00:00', NULL, NULL),
    (23, 'Lee',  'TEA-1', '__noopt__', '70000', '2024-03-03 12:00:00', NULL, NULL),
    (24, 'Lee',  'TEA-1', '__noopt__', '70000', '2024-03-03 12:00:00', NULL, NULL);

CREATE TABLE shop_orders (
    seq_no              INT           NOT NULL AUTO_INCREMENT,
    order_number        VARCHAR(80)   NULL,
    order_date          DATETIME      NULL,
    user_id             VARCHAR(20)   NULL,
    user_name           VARCHAR(100)  NULL,
    user_phone          VARCHAR(20)   NULL,
    receiver_name       VARCHAR(60)   NULL,
    receiver_phone      VARCHAR(20)   NULL,
    post_code           VARCHAR(10)   NULL,
    address             VARCHAR(200)  NULL,
    address_detail      VARCHAR(200)  NULL,
    delivery_msg        TEXT          NULL,
    product_total_price DECIMAL(12,0) NULL,
    shipping_fee        DECIMAL(12,0) NULL,
    total_payment       DECIMAL(12,0) NULL,
    order_status        VARCHAR(4)    NOT NULL,
    pay_type            VARCHAR(20)   NULL,
    approval_no         VARCHAR(100)  NULL,
    approval_msg        VARCHAR(200)  NULL,
    paid_at             TIMESTAMP     NULL,
    tracking_number     VARCHAR(40)   NULL,
    courier_id          VARCHAR(20)   NULL,
    vendor_order_no     VARCHAR(40)   NULL,
    admin_memo          TEXT          NULL,
    PRIMARY KEY (seq_no),
    KEY ix_status (order_status)
) ENGINE=MyISAM DEFAULT CHARSET=euckr;
INSERT INTO shop_orders VALUES
    (101, 'A-101', '2024-01-01 08:00:00', 'kim', '김손님', '010-1', '김견본', '010-1', '03187', '견본로 1', '1호', '조심히', 24000, 0, 24000, '6', 'card', 'AP-1', '승인', '2024-01-01 08:05:00', 'T1', '04', 'V1', '단골'),
    (102, 'A-102', '2024-01-02 23:30:00', 'KIM', '김손님', '010-1', '김견본', '010-1', '03187', '견본로 1', NULL, NULL, 9000, 2500, 11500, '2', 'card', 'AP-1', NULL, NULL, NULL, NULL, NULL, NULL),
    (103, 'A-102', '0000-00-00 00:00:00', 'Lee', '이손님', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 20000, 3000, 21000, '4', 'card', NULL, NULL, NULL, 'T3', '04', NULL, NULL),
    (104, '',      NULL, 'nobody', '비회원', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 10000, 0, 12000, '5', 'bank', 'AP-4', NULL, '2024-01-04 00:10:00', NULL, NULL, NULL, NULL),
    (105, 'A-105', '2024-01-05 12:00:00', 'Lee', '이손님', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 27000, 0, 27000, '1', 'card', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (106, 'A-106', '2024-01-06 12:00:00', 'kim', '김손님', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 15000, 3000, 18000, '11', 'bank', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (107, 'A-107', '2024-01-07 12:00:00', 'kim', '김손님', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 10800, 3000, 13800, '9', 'card', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (108, 'A-108', '2024-01-08 12:00:00', 'kim', '김손님', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 10800, 3000, 13800, '8', 'card', 'AP-8', '환불', '2024-01-08 12:01:00', NULL, NULL, NULL, NULL),
    (109, 'A-109', '2024-01-09 12:00:00', 'Lee', '이손님', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 5000, 0, 5000, '2', 'card', 'AP-9', NULL, '2024-01-09 12:01:00', NULL, NULL, NULL, NULL),
    (110, 'A-110', '2024-01-10 12:00:00', 'kim', '김손님', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, -100, '7', 'card', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (111, 'A-111', '2024-01-11 12:00:00', 'kim', '김손님', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '12', 'card', NULL, NULL, NULL, NULL, NULL, NULL, NULL);

CREATE TABLE shop_order_product (
    order_seq_no INT          NOT NULL,
    product_id   VARCHAR(30)  NULL,
    product_name VARCHAR(255) NULL,
    quantity     VARCHAR(10)  NULL,
    price        INT          NULL,
    KEY ix_order (order_seq_no)
) ENGINE=MyISAM DEFAULT CHARSET=utf8mb3;
INSERT INTO shop_order_product VALUES
    (101, 'TEA-1', '보성 녹차', '2', 12000),
    (102, 'CUP-1', '백자 찻잔', '1', 9000),
    (103, 'TEA-1', '보성 녹차', '1', NULL),
    (103, 'CUP-1', '백자 찻잔', '3', NULL),
    (104, 'TEA-2', '제주 홍차', 'two', 5000),
    (105, 'POT-1', '주전자', '1', 27000),
    (106, 'TEA-2', '제주 홍차', '1', 15000),
    (107, 'TEA-1', '보성 녹차', '1', 10800),
    (108, 'tea-1', '보성 녹차', '1', 10800),
    (110, 'TEA-1', '보성 녹차', '1', 10800),
    (111, 'GONE',  '없는 상품', '2', 1000),
    (111, 'TEA-1', '보성 녹차', '0', 1000),
    (999, 'TEA-1', '보성 녹차', '1', 12000);

CREATE TABLE shop_order_logs (
    order_seq_no INT          NOT NULL,
    log_date     DATETIME     NULL,
    log_message  VARCHAR(400) NULL
) ENGINE=MyISAM DEFAULT CHARSET=utf8mb3;
INSERT INTO shop_order_logs VALUES
    (101, '2024-01-01 08:05:00', '결제 완료'),
    (101, '2024-01-02 10:00:00', '송장 등록'),
    (102, '0000-00-00 00:00:00', '결제 완료'),
    (103, '2024-01-03 10:00:00', REPEAT('긴 글 ', 60)),
    (999, '2024-01-03 10:00:00', '없는 주문');

CREATE TABLE shop_couriers (id VARCHAR(20) NOT NULL, name VARCHAR(40) NOT NULL, PRIMARY KEY (id))
ENGINE=MyISAM DEFAULT CHARSET=utf8mb3;
INSERT INTO shop_couriers VALUES ('04', '견본택배');

CREATE VIEW v_products_effective AS
SELECT product_id, product_name, quantity_stock FROM shop_products WHERE display = '1' AND stat <> '2';

DELIMITER //
CREATE PROCEDURE add_shop_cart(IN pi_user VARCHAR(20), IN pi_product VARCHAR(30), OUT po_rc INT)
BEGIN
    INSERT INTO shop_cart (user_id, product_id, quantity, create_date) VALUES (pi_user, pi_product, '1', NOW());
    SET po_rc = 0;
END//
DELIMITER ;
