<?php
/**
 * The buyer's orders, the newest first. Each leads to its own page, and what came to nothing back into the basket.
 */
declare(strict_types=1);

require __DIR__ . '/inc/app.php';
start_page();

const ORDERS_A_PAGE = 10;

$user = require_user();
$after = field('after');
try {
    $page = gateway()->orders($user, $after, ORDERS_A_PAGE);
} catch (JumunException $error) {
    if ($error->errorCode() !== 'INVALID_INPUT' && $error->errorCode() !== 'NOT_UTF8') {
        throw $error;
    }
    // A page of another buyer, or an address that somebody typed: from the beginning.
    go('orders.php');
    return;
}
if ($page['orders'] === [] && $after === '') {
    show_message('주문 내역이 없습니다', '주문하신 상품이 여기에 모입니다.', 'index.php', '상품 보러 가기');
    exit;
}
$rows = implode('', array_map('order_row', $page['orders']));
$first = $after === '' ? '<span></span>' : '<a href="orders.php">처음으로</a>';
$next = $page['next_after'] === null ? '<span></span>'
    : '<a href="orders.php?after=' . rawurlencode($page['next_after']) . '">이전 주문 더 보기</a>';
show_page('주문 내역', '<h1>주문 내역</h1>' . $rows . '<nav class="pager" aria-label="주문 내역 쪽">' . $first . '<span></span>' . $next . '</nav>');
