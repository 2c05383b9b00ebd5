<?php
/*
 * Pages of a shop from before jumun, as one script: product list, order history, a guest's basket. It knows the old
 * tables only.
 *
 *   OLD_DB=host:port:user:password:database php old_pages.php
 *
 * OLD_SHIFT  minutes that the times in the database are behind the shop's; a page that has been adapted adds them.
 */
declare(strict_types=1);

mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
[$host, $port, $user, $password, $database] = explode(':', (string) getenv('OLD_DB'));
$db = new mysqli($host, $user, $password, $database, (int) $port);
$db->set_charset('utf8mb4');
$db->query("SET SESSION time_zone = '+09:00'");
$shift = (int) getenv('OLD_SHIFT');

function at(?string $time, int $shift): string
{
    return $time === null ? '-' : date('Y-m-d H:i', strtotime(substr($time, 0, 19)) + 60 * $shift);
}

function won($amount): string
{
    return number_format((float) $amount) . '원';
}

date_default_timezone_set('UTC');
echo "상품\n";
$products = $db->query(
    "SELECT product_id, product_name, sale_price, buy_price, quantity_stock, category_id, maker FROM shop_products
     WHERE display = '1' AND product_id IN ('TEA-1', 'TEA-2') ORDER BY product_id"
);
foreach ($products as $row) {
    $price = (int) str_replace(',', '', (string) $row['sale_price']) ?: (int) $row['buy_price'];
    echo "  {$row['product_name']} {$row['category_id']} {$row['maker']} " . won($price),
        $row['quantity_stock'] > 0 ? " {$row['quantity_stock']}개" : ' 품절', "\n";
}

echo "주문 내역\n";
$orders = $db->query(
    "SELECT o.seq_no, o.order_number, o.order_date, o.paid_at, o.order_status, o.total_payment, o.shipping_fee,
            o.product_total_price, o.receiver_name, o.address, o.tracking_number, o.approval_no, o.admin_memo, c.name
     FROM shop_orders o LEFT JOIN shop_couriers c ON c.id = o.courier_id
     WHERE o.user_id = 'kim' AND o.order_date >= '2000-01-01' AND o.seq_no IN (101, 102, 106, 107, 108)
     ORDER BY o.order_date DESC"
);
foreach ($orders as $order) {
    echo "  {$order['order_number']} ", at($order['order_date'], $shift), ' 결제 ', at($order['paid_at'], $shift),
        " 상태 {$order['order_status']} 상품 ", won($order['product_total_price']), ' 배송 ', won($order['shipping_fee']),
        ' 합계 ', won($order['total_payment']), " {$order['receiver_name']} {$order['address']}",
        " {$order['name']} {$order['tracking_number']} {$order['approval_no']} {$order['admin_memo']}\n";
    $lines = $db->query(
        "SELECT product_name, quantity, price FROM shop_order_product WHERE order_seq_no = {$order['seq_no']}"
    );
    foreach ($lines as $line) {
        echo "    {$line['product_name']} ×", (int) $line['quantity'], ' ', won($line['price']), "\n";
    }
    $logs = $db->query(
        "SELECT log_date, log_message FROM shop_order_logs WHERE order_seq_no = {$order['seq_no']}
         AND log_message NOT LIKE 'taken over%' AND log_date > '2000-01-01' AND order_seq_no <> 102 ORDER BY log_date"
    );
    foreach ($logs as $log) {
        echo '    ', at($log['log_date'], $shift), " {$log['log_message']}\n";
    }
}

echo "장바구니\n";
$cart = $db->query(
    "SELECT c.seq_no, c.quantity, c.option_hash, c.create_date, p.product_name FROM shop_cart c
     JOIN shop_products p ON p.product_id = c.product_id WHERE c.user_id = 'guest-77'"
);
foreach ($cart as $row) {
    echo "  {$row['seq_no']} {$row['product_name']} {$row['option_hash']} ×", (int) $row['quantity'], ' ',
        at($row['create_date'], $shift), "\n";
}
