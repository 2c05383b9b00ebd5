<?php
/**
 * Where the buyer comes back to: the gateway adds order_key and mTrdNo, and code when something went wrong. What is
 * shown comes from the order itself, never from the address, which anybody can type.
 */
declare(strict_types=1);

require __DIR__ . '/inc/app.php';
start_page();

/** Payments that were approved but settle nothing: that money goes back. */
const TO_REFUND = ['amount_mismatch', 'late', 'surplus'];
/** A pending order's page looks again by itself this many times. */
const LOOKS = 10;

// A session may end while its buyer pays.
$user = require_user('위에서 데모 회원을 고르고 로그인하면 주문을 볼 수 있습니다. 결제하셨다면 그 결과는 사라지지 않으니 다시 결제하지 마세요.');
$key = field('order_key');
if ($key === '' && order_form(field('mTrdNo')) !== null) {
    // What the gateway refused comes back to the form that it was sent from.
    $query = array_filter(['mTrdNo' => field('mTrdNo'), 'code' => field('code'), 'field' => field('field'), 'short' => field('short')]);
    go('order_form.php?' . http_build_query($query));
}
if ($key === '') {
    [$heading, $words] = code_words(field('code'));
    $last = last_order();
    show_message($heading, $words, $last === '' ? 'cart.php' : 'result.php?order_key=' . rawurlencode($last),
        $last === '' ? '장바구니로' : '내 주문 확인');
    exit;
}
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    if (field('action') === 'put_again') {
        put_again($user, $key);
    } elseif (field('action') === 'complete') {
        complete($user, $key);
    } else {
        restore($user, $key);
    }
}
try {
    show_order(gateway()->select($user, $key));
} catch (JumunException $error) {
    if ($error->errorCode() !== 'ORDER_NOT_FOUND' && $error->errorCode() !== 'INVALID_INPUT') {
        throw $error;
    }
    http_response_code(404);
    show_message('주문을 찾을 수 없습니다', '이 회원의 주문이 아니거나 없는 주문입니다. 결제하셨다면 다시 결제하지 마시고, 주문하신 회원으로 로그인해 확인해 주세요.',
        'index.php', '상품 목록으로');
}

/** Puts the lines back into the basket. */
function restore(string $user, string $key): void
{
    try {
        $cart = gateway()->restoreCart($user, $key);
    } catch (JumunException $error) {
        flash($error->getMessage(), 'bad');
        go('result.php?order_key=' . rawurlencode($key));
        return;
    }
    flash('장바구니로 되돌렸습니다. 모두 ' . $cart['cart_count'] . '가지가 있습니다.');
    go('cart.php');
}

/** The goods have arrived: the order's points are the buyer's. */
function complete(string $user, string $key): void
{
    try {
        $done = gateway()->complete($user, $key);
    } catch (JumunException $error) {
        flash($error->getMessage(), 'bad');
        go('result.php?order_key=' . rawurlencode($key));
        return;
    }
    $points = $done['points_earned'];
    flash('구매를 확정했습니다.' . (trim((string) $points, '0.') === '' ? '' : ' 적립금 ' . number_format((int) $points) . '원이 쌓였습니다.'));
    go('result.php?order_key=' . rawurlencode($key));
}

/** Puts what the order was made of into the basket once more, and says what is not for sale any more. */
function put_again(string $user, string $key): void
{
    try {
        $cart = gateway()->addOrderToCart($user, $key);
    } catch (JumunException $error) {
        flash($error->getMessage(), 'bad');
        go('result.php?order_key=' . rawurlencode($key));
        return;
    }
    $words = $cart['added'] > 0 ? '장바구니에 다시 담았습니다: ' . $cart['added'] . '가지. ' : '';
    if ($cart['refused'] > 0) {
        $words .= $cart['refused'] . '가지는 지금 살 수 없거나 너무 많아 담지 못했습니다.';
    }
    flash(trim($words), $cart['refused'] > 0 ? 'bad' : 'good');
    go($cart['added'] > 0 ? 'cart.php' : 'result.php?order_key=' . rawurlencode($key));
}

/** The order this session placed last; empty when there is none. */
function last_order(): string
{
    $keys = array_column($_SESSION['forms'] ?? [], 'order_key');
    return $keys === [] ? '' : (string) end($keys);
}

/** Heading and words for a return that named no order. */
function code_words(string $code): array
{
    if ($code === 'SIGNATURE_INVALID') {
        return ['결제 결과를 확인하지 못했습니다', '받은 결과가 올바르지 않아 반영하지 않았습니다. 결제하셨다면 다시 결제하지 마세요. 잠시 뒤 자동으로 확인됩니다.'];
    }
    if ($code === 'TICKET_EXPIRED') {
        return ['주문서의 유효 시간이 지났습니다', '주문되지 않았습니다. 장바구니에서 다시 주문해 주세요.'];
    }
    if ($code === '' || $code === 'ORDER_NOT_FOUND') {
        return ['주문을 찾을 수 없습니다', '결제 결과에 주문이 없습니다.'];
    }
    // The gateway could not read what came back from paying. That says nothing about the payment.
    return ['결제 결과를 확인하지 못했습니다', '다시 결제하지 마세요. 결제하셨다면 잠시 뒤 자동으로 확인됩니다.'];
}

/** @param array<string,mixed> $order */
function show_order(array $order): void
{
    $status = (int) $order['order_status'];
    [$heading, $words, $kind] = status_words($status);
    $refunds = '';
    foreach ($order['payments'] as $payment) {
        if (in_array($payment['status'], TO_REFUND, true)) {
            $refunds .= '<p class="notice bad">승인된 ' . won($payment['amount']) . '은 이 주문에 쓰이지 않으며 환불됩니다.</p>';
        }
    }
    // The address may say it to anybody: it changes no fact, and only keeps a buyer who has paid from paying twice.
    if ($status === 1 && field('code') === 'SIGNATURE_INVALID') {
        $refunds .= '<p class="notice">' . code_words('SIGNATURE_INVALID')[1] . '</p>';
    }
    $lines = '';
    $shares = [];
    foreach ($order['discounts'] as $discount) {
        foreach ($discount['lines'] as $share) {
            $shares[$share['line_no']] = ($shares[$share['line_no']] ?? '') . '<small>' . e($discount['promotion_name'] ?? $discount['coupon_name'])
                . ' −' . won($share['amount']) . '</small>';
        }
    }
    foreach ($order['lines'] as $line) {
        $lines .= '<div class="row"><div class="words">' . line_words($line) . '<span class="soft">'
            . won($line['unit_price']) . ' × ' . e($line['quantity']) . '</span>' . ($shares[$line['line_no']] ?? '') . '</div>'
            . '<div class="sum">' . won($line['line_amount']) . '</div></div>';
    }
    show_page($heading, '<section class="card center result ' . $kind . '"><span class="mark" aria-hidden="true"></span>'
        . '<h1>' . $heading . '</h1><p><b>' . $words . '</b>'
        . ($refunds !== '' || (string) $order['approval_msg'] === '' ? '' : ' · ' . e($order['approval_msg'])) . '</p>' . $refunds
        . steps($status) . next_step($order) . '</section>'
        . '<section class="card"><dl class="facts"><dt>주문 코드</dt><dd>' . e($order['order_code']) . '</dd>'
        . '<dt>주문 번호</dt><dd>' . e($order['order_number']) . '</dd>'
        . '<dt>주문 시각</dt><dd>' . korean_time($order['order_date']) . '</dd>'
        . ($order['paid_at'] === null ? '' : '<dt>결제 시각</dt><dd>' . korean_time($order['paid_at']) . '</dd>')
        . '<dt>받는 곳</dt><dd>' . e($order['receiver_name']) . '<br>(' . e($order['post_code']) . ') ' . e($order['address'])
        . ' ' . e($order['address_detail']) . '</dd></dl></section>'
        . '<section class="card list"><h2>주문 상품</h2>' . $lines . '</section>'
        . '<section class="card">' . amounts($order) . '</section>'
        . '<p class="onward"><a href="orders.php">주문 내역</a><a href="index.php">쇼핑 계속하기</a></p>');
}

/** How far a paid order has come; nothing for any other. */
function steps(int $status): string
{
    if ($status < 2 || $status > 6) {
        return '';
    }
    $html = '';
    foreach ([2 => '결제 완료', 3 => '상품 준비', 4 => '배송 중', 5 => '배송 완료'] as $step => $words) {
        $now = $step === min($status, 5);
        $class = $now ? 'now' : ($step < $status ? 'done' : '');
        $html .= '<li class="' . $class . '"' . ($now ? ' aria-current="step"' : '') . '>' . $words . '</li>';
    }
    return '<ol class="steps">' . $html . '</ol>';
}

/** What the buyer can do now, as the gateway says it. */
function next_step(array $order): string
{
    $key = (string) $order['order_key'];
    switch ($order['next_step']) {
        case 'pay':
            $form = order_form((string) $order['order_number']);
            return '<p class="soft">' . korean_time($order['expires_at']) . '까지 결제할 수 있습니다.</p>'
                // Sent by the browser, the form is kept there: only the very same one is the same order.
                . '<form method="post" data-again="' . e($order['order_number']) . '" hidden><button class="main">결제 계속하기</button></form>'
                . (isset($form['request']) ? '<form method="post" action="order_form.php" data-once>' . csrf_input()
                . '<input type="hidden" name="mTrdNo" value="' . e($order['order_number']) . '">'
                . '<button class="main" name="action" value="pay_on">결제 계속하기</button></form>' : '')
                . restore_button($key, '취소하고 장바구니로', '') . look_again($key);
        case 'wait':
        case 'deposit':
            return look_again($key);
        case 'restore_cart':
            return '<p class="soft">상품을 장바구니로 되돌려 다시 주문할 수 있습니다.</p>'
                . restore_button($key, '장바구니로 되돌리기', 'main');
        case 'done':
            return ((int) $order['order_status'] < 6 ? complete_button($key) : '') . again_button($key);
        default:
            return $order['restored_at'] === null ? '' : '<p class="soft">상품을 장바구니로 되돌렸습니다.</p>'
                . '<a class="button" href="cart.php">장바구니로</a>';
    }
}

function complete_button(string $key): string
{
    return '<form method="post" action="result.php" data-once>' . csrf_input()
        . '<input type="hidden" name="order_key" value="' . e($key) . '">'
        . '<button class="main" name="action" value="complete">구매 확정</button></form>';
}

function again_button(string $key): string
{
    return '<form method="post" action="result.php" data-once>' . csrf_input()
        . '<input type="hidden" name="order_key" value="' . e($key) . '">'
        . '<button name="action" value="put_again">다시 담기</button></form>';
}

/** A link to look again. Just after the return it follows itself a few times: the notification may be on its way. */
function look_again(string $key): string
{
    $looks = max(0, min(LOOKS, (int) field('looks')));
    $returned = $looks > 0 || field('mTrdNo') !== '';
    $url = 'result.php?' . http_build_query(['order_key' => $key, 'looks' => $looks + 1]);
    return '<p><a href="' . e($url) . '"' . ($returned && $looks < LOOKS ? ' data-look-again' : '') . '>결제 상태 다시 확인</a></p>';
}
