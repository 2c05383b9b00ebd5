-- The same shop as a tidy person would have kept it: nothing has to be repaired.
SET SESSION sql_mode = '', time_zone = '+09:00';

CREATE TABLE member (
    user_id    VARCHAR(20) NOT NULL PRIMARY KEY,
    cust_no    VARCHAR(30) NULL,
    user_name  VARCHAR(60) NOT NULL,
    user_phone VARCHAR(20) NOT NULL DEFAULT '',
    user_cash  DECIMAL(18,2) NOT NULL DEFAULT 0
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO member VALUES ('kim', 'C1', '김손님', '010-1', 0);

CREATE TABLE shop_shipping_address (
    seq_no         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_id        VARCHAR(20)  NOT NULL,
    receiver_name  VARCHAR(60)  NOT NULL,
    receiver_phone VARCHAR(20)  NOT NULL,
    post_code      VARCHAR(10)  NOT NULL,
    address        VARCHAR(200) NOT NULL,
    address_detail VARCHAR(200) NOT NULL DEFAULT '',
    delivery_msg   VARCHAR(200) NOT NULL DEFAULT '',
    is_default     TINYINT      NOT NULL DEFAULT 0,
    update_date    DATETIME     NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO shop_shipping_address VALUES (7, 'kim', '김견본', '010-1', '03187', '견본로 1', '1호', '', 1, '2024-01-02 08:59:59');

CREATE TABLE shop_delivery_policy (
    id INT UNSIGNED NOT NULL PRIMARY KEY, type VARCHAR(12) NOT NULL, base_cost DECIMAL(18,2) NOT NULL,
    free_over DECIMAL(18,2) NULL, combine_group_id INT UNSIGNED NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO shop_delivery_policy VALUES (1, 'conditional', 3000, 30000, NULL);

CREATE TABLE shop_products (
    product_id            VARCHAR(30)   NOT NULL PRIMARY KEY,
    product_name          VARCHAR(200)  NOT NULL,
    buy_price             DECIMAL(18,2) NOT NULL,
    sale_price            DECIMAL(18,2) NULL,
    discount_rate         DECIMAL(5,4)  NOT NULL,
    quantity_stock        INT           NOT NULL,
    display               CHAR(1)       NOT NULL,
    stat                  CHAR(1)       NOT NULL,
    category_id           VARCHAR(30)   NULL,
    delivery_policy_id    INT UNSIGNED  NOT NULL,
    product_thumb_img_url VARCHAR(400)  NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO shop_products VALUES ('TEA-1', '보성 녹차', 12900, 12000, 0.1, 50, '1', '1', 'tea', 1, NULL);

CREATE TABLE shop_cart (
    seq_no      BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_id     VARCHAR(20)  NOT NULL,
    product_id  VARCHAR(30)  NOT NULL,
    option_hash VARCHAR(64)  NOT NULL DEFAULT '__noopt__',
    quantity    INT          NOT NULL,
    create_date DATETIME     NOT NULL,
    update_date DATETIME     NOT NULL,
    UNIQUE KEY uk_item (user_id, product_id, option_hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO shop_cart VALUES (11, 'kim', 'TEA-1', '__noopt__', 2, '2024-03-01 00:30:00', '2024-03-01 09:00:00');

CREATE TABLE shop_orders (
    seq_no              BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    order_number        VARCHAR(64)   NOT NULL UNIQUE,
    order_date          DATETIME      NOT NULL,
    user_id             VARCHAR(20)   NOT NULL,
    user_name           VARCHAR(60)   NOT NULL,
    user_phone          VARCHAR(20)   NOT NULL,
    receiver_name       VARCHAR(60)   NOT NULL,
    receiver_phone      VARCHAR(20)   NOT NULL,
    post_code           VARCHAR(10)   NOT NULL,
    address             VARCHAR(200)  NOT NULL,
    address_detail      VARCHAR(200)  NOT NULL,
    delivery_msg        VARCHAR(200)  NOT NULL,
    product_total_price DECIMAL(18,2) NOT NULL,
    shipping_fee        DECIMAL(18,2) NOT NULL,
    total_payment       DECIMAL(18,2) NOT NULL,
    order_status        TINYINT       NOT NULL,
    pay_type            VARCHAR(20)   NOT NULL,
    approval_no         VARCHAR(100)  NULL,
    approval_msg        VARCHAR(200)  NULL,
    paid_at             DATETIME      NULL,
    tracking_number     VARCHAR(40)   NULL,
    courier_id          VARCHAR(20)   NULL,
    vendor_order_no     VARCHAR(40)   NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO shop_orders VALUES
    (101, 'A-101', '2024-01-01 08:00:00', 'kim', '김손님', '010-1', '김견본', '010-1', '03187', '견본로 1', '1호', '', 10800, 3000, 13800, 6, 'card', 'AP-1', '승인', '2024-01-01 08:05:00', 'T1', '04', NULL);

CREATE TABLE shop_order_product (
    order_seq_no BIGINT UNSIGNED NOT NULL, line_no SMALLINT NOT NULL, product_id VARCHAR(30) NOT NULL,
    product_name VARCHAR(200) NOT NULL, unit_price DECIMAL(18,2) NOT NULL, quantity INT NOT NULL,
    PRIMARY KEY (order_seq_no, line_no),
    CONSTRAINT fk_line FOREIGN KEY (order_seq_no) REFERENCES shop_orders (seq_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO shop_order_product VALUES (101, 1, 'TEA-1', '보성 녹차', 10800, 1);

CREATE TABLE shop_order_logs (
    seq_no BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, order_seq_no BIGINT UNSIGNED NOT NULL,
    log_date DATETIME NOT NULL, log_message VARCHAR(200) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO shop_order_logs VALUES (1, 101, '2024-01-01 08:05:00', '결제 완료');
