<?php
/**
 * Words for the status of an order, and the buttons of one: for its page and for the list of them.
 */
declare(strict_types=1);

const THANKS = '주문해 주셔서 감사합니다';
const NOT_PAID = '결제가 되지 않았습니다';
const CANCELLED = '취소된 주문입니다';
/** order_status: heading, words, and whether they are good (good), bad (bad) or open (wait). */
const STATUS_WORDS = [
    1 => ['결제를 기다리고 있습니다', '결제 대기', 'wait'], 2 => [THANKS, '결제 완료', 'good'],
    3 => [THANKS, '상품 준비 중', 'good'], 4 => [THANKS, '배송 중', 'good'], 5 => [THANKS, '배송 완료', 'good'],
    6 => [THANKS, '구매 확정', 'good'], 7 => [CANCELLED, '판매자 취소', 'bad'], 8 => [CANCELLED, '환불 완료', 'bad'],
    9 => [CANCELLED, '구매자 취소', 'bad'], 10 => [NOT_PAID, '결제 시간 만료', 'bad'],
    11 => ['입금을 기다리고 있습니다', '입금 대기', 'wait'], 12 => [NOT_PAID, '결제 실패', 'bad'],
    13 => ['결제를 확인하고 있습니다', '승인 확인 중', 'wait'],
];

/** @return array{string, string, string} as in STATUS_WORDS */
function status_words(int $status): array
{
    return STATUS_WORDS[$status] ?? ['주문', '상태 ' . $status, 'wait'];
}

function restore_button(string $key, string $words, string $class): string
{
    return '<form method="post" action="result.php" data-once>' . csrf_input()
        . '<input type="hidden" name="order_key" value="' . e($key) . '">'
        . '<button class="' . $class . '">' . $words . '</button></form>';
}

/** What an order was of: its first line, and how many more there are. */
function first_words(array $order): string
{
    $more = (int) $order['line_count'] - 1;
    return e($order['product_name'] ?? '주문 상품') . ($more > 0 ? ' 외 ' . $more . '가지' : '');
}

/**
 * A row of the list: an order as orders() has it.
 *
 * @param array<string,mixed> $order
 */
function order_row(array $order): string
{
    $key = (string) $order['order_key'];
    [, $words, $kind] = status_words((int) $order['order_status']);
    $hint = '';
    if ((int) $order['payable'] === 1) {
        $hint = korean_time($order['expires_at']) . '까지 결제할 수 있습니다';
    } elseif ($order['phase'] === 'open' && $order['next_step'] === 'restore_cart') {
        // Its time is over, and nobody has ended it yet.
        [$words, $kind] = ['결제 시간 만료', 'bad'];
    }
    $back = '';
    if ((int) $order['restorable'] === 1) {
        $back = restore_button($key, (int) $order['payable'] === 1 ? '취소하고 장바구니로' : '장바구니로 되돌리기', '');
    }
    $discount = trim((string) $order['discount_total'], '0.') === '' ? '' : '<small>할인 −' . won($order['discount_total']) . '</small>';
    $url = 'result.php?order_key=' . rawurlencode($key);
    return '<article class="card order"><p class="soft"><span class="status ' . $kind . '">' . $words . '</span>'
        . '<time>' . korean_time($order['order_date']) . '</time></p>'
        . '<div class="row"><div class="words"><b>' . first_words($order) . '</b><small>' . e($order['order_code']) . '</small>'
        . $discount . ($hint === '' ? '' : '<span class="soft">' . $hint . '</span>') . '</div>'
        . '<div class="sum">' . won($order['total_payment']) . '</div></div>'
        . '<div class="actions"><a class="button" href="' . e($url) . '">주문 보기</a>' . $back . '</div></article>';
}
