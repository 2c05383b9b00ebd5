<?php
/**
 * The order form: buyer, address, lines and totals, and then the order itself.
 *
 * The transaction number (mTrdNo) belongs to the form: it is made when the form is begun and stays with it, through
 * reloads, double clicks and repeats, so that one form is at most one order.
 */
declare(strict_types=1);

require __DIR__ . '/inc/app.php';
start_page();

const TYPED_FIELDS = [
    'receiver_name' => ['받는 분', 60, 'name', true],
    'receiver_phone' => ['연락처', 20, 'tel', true],
    'post_code' => ['우편번호', 10, 'postal-code', true],
    'address' => ['주소', 200, 'street-address', true],
    'address_detail' => ['상세 주소', 200, 'address-line2', false],
    'delivery_msg' => ['배송 메모', 200, 'off', false],
];

$user = require_user();
if ($_SERVER['REQUEST_METHOD'] === 'POST' && field('mTrdNo') === '') {
    begin($user);
}
$mTrdNo = field('mTrdNo');
$form = order_form($mTrdNo);
if ($form === null) {
    show_message('주문서가 만료되었습니다', '장바구니에서 다시 주문해 주세요.', 'cart.php', '장바구니로');
} elseif ($_SERVER['REQUEST_METHOD'] === 'POST') {
    place_order($user, $mTrdNo, $form);
} elseif (isset($form['order_key'])) {
    go('result.php?order_key=' . rawurlencode($form['order_key']));
} else {
    show_quote($user, $mTrdNo, $form);
}

/** Takes the rows from the basket and begins a form for them. */
function begin(string $user): void
{
    $ids = selected_cart_ids();
    if ($ids === []) {
        flash('주문할 상품을 골라 주세요.', 'bad');
        go('cart.php');
    }
    $mode = field('mode');
    if (!in_array($mode, ['direct_buy', 'cart_selected', 'cart_all'], true) || field('scope') !== 'selected') {
        flash('주문 방식을 알 수 없습니다.', 'bad');
        go('cart.php');
    }
    go('order_form.php?mTrdNo=' . begin_order_form($mode, $ids));
}

/** @param array<string,mixed> $form */
function show_quote(string $user, string $mTrdNo, array $form): void
{
    try {
        $quote = gateway()->quote($user, ['selected_cart_ids' => $form['cart_ids']]);
    } catch (JumunException $error) {
        if ($error->errorCode() === 'CART_NOT_FOUND') {
            show_message('장바구니가 바뀌었습니다', '이미 주문했거나 삭제한 상품이 들어 있습니다.', 'cart.php', '장바구니로');
            return;
        }
        throw $error;
    }
    keep_order_form($mTrdNo, ['quote' => $quote]);
    show_form($user, $mTrdNo, $quote, '', '');
}

/**
 * Sends the order. Whatever goes wrong, the buyer sees what to do next, and the same form is the same order.
 *
 * @param array<string,mixed> $form
 */
function place_order(string $user, string $mTrdNo, array $form): void
{
    // "Pay on" from the result page: the order as it was sent, which the gateway answers with the order as it is.
    $request = $form['request'] ?? null;
    if (field('action') !== 'pay_on' || $request === null) {
        $request = order_request($mTrdNo, $form);
    }
    try {
        $order = gateway()->order($user, $request);
    } catch (JumunException $error) {
        explain_failure($user, $mTrdNo, $form, $error);
        return;
    }
    keep_order_form($mTrdNo, ['request' => $request, 'order_key' => $order['order_key']]);
    $payment = $order['payment'][0] ?? null;
    if ($payment === null) {
        go('result.php?order_key=' . rawurlencode($order['order_key']));
    }
    show_payment($payment);
}

/**
 * What the form says, as the gateway takes it.
 *
 * @param array<string,mixed> $form
 * @return array<string,mixed>
 */
function order_request(string $mTrdNo, array $form): array
{
    $request = [
        'mTrdNo' => $mTrdNo,
        'trdAmt' => field('trdAmt') === '' ? '0' : field('trdAmt'),
        'selected_cart_ids' => $form['cart_ids'],
        'mode' => $form['mode'],
        'pg' => setting('SHOP_PG'),
    ];
    if (field('address_id') !== '') {
        return $request + ['address_id' => field('address_id')];
    }
    $receiver = [];
    foreach (array_keys(TYPED_FIELDS) as $name) {
        $receiver[$name] = field($name);
    }
    return $request + ['receiver' => $receiver];
}

/** @param array<string,mixed> $form */
function explain_failure(string $user, string $mTrdNo, array $form, JumunException $error): void
{
    http_response_code($error->status() >= 400 ? $error->status() : 503);
    switch ($error->errorCode()) {
        case 'PRICE_CHANGED':
            // Nothing was ordered, so the same number still stands for this form.
            $quote = ($error->newQuote() ?? []) + ['lines' => $error->rows('lines')] + ($form['quote'] ?? []);
            keep_order_form($mTrdNo, ['quote' => $quote]);
            show_form($user, $mTrdNo, $quote, '가격이 바뀌었습니다. 새 금액을 확인하고 다시 눌러 주세요.', '');
            return;
        case 'IDEMPOTENCY_MISMATCH':
            if (isset($form['order_key'])) {
                go('result.php?order_key=' . rawurlencode($form['order_key']));
            }
            show_message('이미 접수된 주문서입니다', '다른 내용으로 접수된 주문이 있습니다. 새로 주문하려면 장바구니에서 시작해 주세요.', 'cart.php', '장바구니로');
            return;
        case 'CART_NOT_FOUND':
            show_message('이미 주문했거나 삭제한 상품입니다', '다른 창이나 기기에서 주문하셨는지 확인해 주세요.', 'cart.php', '장바구니로');
            return;
        case 'OUT_OF_STOCK':
            show_message('재고가 부족합니다', shortage_words($form, $error), 'cart.php', '수량 바꾸기');
            return;
        case 'PRODUCT_UNAVAILABLE':
            show_message('살 수 없는 상품이 있습니다', '판매가 끝났거나 옵션이 바뀐 상품을 장바구니에서 확인해 주세요.', 'cart.php', '장바구니로');
            return;
    }
    if (!isset($form['quote'])) {
        throw $error;
    }
    $words = $error->getMessage();
    if ($error->retryable()) {
        $words = '잠시 연결이 원활하지 않습니다. 한 번 더 눌러 주세요. 같은 주문서이므로 두 번 주문되지 않습니다.';
    }
    $field = preg_replace('/\Areceiver\./', '', $error->field());
    if (isset(TYPED_FIELDS[$field])) {
        $words = '받는 곳의 ' . TYPED_FIELDS[$field][0] . ' 항목을 확인해 주세요.';
    }
    show_form($user, $mTrdNo, $form['quote'], $words, $field);
}

/** @param array<string,mixed> $form */
function shortage_words(array $form, JumunException $error): string
{
    $names = array_column($form['quote']['lines'] ?? [], 'product_name', 'product_id');
    $words = [];
    foreach ($error->rows('shortage') as $row) {
        $name = $names[$row['product_id']] ?? $row['product_id'];
        $words[] = sprintf('%s: %d개 주문, %d개 남음', $name, $row['wanted'], $row['free']);
    }
    return implode(' / ', $words);
}

/**
 * Sends the browser to the payment gateway: a form that submits itself, with a button where scripts are off.
 *
 * @param array<string,mixed> $payment pay_method, pay_url, pay_fields
 */
function show_payment(array $payment): void
{
    $url = (string) $payment['pay_url'];
    if (preg_match('#\Ahttps?://#', $url) !== 1) {
        throw new UnexpectedValueException('payment page is not a web address');
    }
    $inputs = '';
    foreach ($payment['pay_fields'] as $name => $value) {
        $inputs .= '<input type="hidden" name="' . e($name) . '" value="' . e($value) . '">';
    }
    $method = $payment['pay_method'] === 'GET' ? 'get' : 'post';
    show_page('결제창으로 이동', '<section class="card center"><h1>결제창으로 이동합니다</h1>'
        . '<p class="soft">잠시만 기다려 주세요. 자동으로 열리지 않으면 버튼을 눌러 주세요.</p>'
        . '<form data-auto-submit method="' . $method . '" action="' . e($url) . '">' . $inputs
        . '<button class="main">결제창 열기</button></form></section>');
}

/**
 * The form itself.
 *
 * @param array<string,mixed> $quote as JumunClient::quote() gives it
 * @param string              $words what went wrong before, if anything
 * @param string              $wrong field that was refused
 */
function show_form(string $user, string $mTrdNo, array $quote, string $words, string $wrong): void
{
    $lines = '';
    $blocked = false;
    foreach ($quote['lines'] as $line) {
        $orderable = (int) $line['orderable'] === 1;
        $blocked = $blocked || !$orderable;
        $lines .= '<div class="row">' . thumb($line['product_thumb_img_url']) . '<div class="words">' . line_words($line)
            . '<span class="soft">' . won($line['unit_price'] ?? '0') . ' × ' . e($line['quantity']) . '</span>'
            . ($orderable ? '' : '<span class="bad">지금은 살 수 없습니다</span>') . '</div>'
            . '<div class="sum">' . won($line['line_amount'] ?? '0') . '</div></div>';
    }
    show_page('주문서', '<h1>주문서</h1>'
        . ($words === '' ? '' : '<p class="notice bad" role="alert">' . e($words) . '</p>')
        . '<form method="post" action="order_form.php" data-once>' . csrf_input()
        . '<input type="hidden" name="mTrdNo" value="' . e($mTrdNo) . '">'
        . '<input type="hidden" name="trdAmt" value="' . e($quote['total_payment']) . '">'
        . '<section class="card"><h2>주문하는 분</h2><p>' . e($quote['user_name'] ?: $user) . ' <span class="soft">'
        . e($quote['user_phone']) . '</span></p></section>'
        . '<section class="card"><h2>받는 곳</h2>' . address_choice($user, (string) $quote['address_id'], $wrong) . '</section>'
        . '<section class="card list"><h2>주문 상품</h2>' . $lines . '</section>'
        . '<section class="card">' . amounts($quote)
        . '<button class="main big" name="action" value="order"' . ($blocked ? ' disabled' : '') . '>'
        . won($quote['total_payment']) . ' 결제하기</button>'
        . '<p class="soft center">주문 번호 ' . e($mTrdNo) . '</p></section></form>');
}

/** Stored addresses to choose from, and one to type. */
function address_choice(string $user, string $default, string $wrong): string
{
    $chosen = field('mTrdNo') !== '' && $_SERVER['REQUEST_METHOD'] === 'POST' ? field('address_id') : $default;
    $html = '';
    foreach (addresses($user) as $address) {
        $id = (string) $address['address_id'];
        $html .= '<label class="address"><input type="radio" name="address_id" value="' . e($id) . '"'
            . ($id === $chosen ? ' checked' : '') . '><span><b>' . e($address['receiver_name']) . '</b> '
            . '<span class="soft">' . e($address['receiver_phone']) . '</span><br>'
            . '(' . e($address['post_code']) . ') ' . e($address['address']) . ' ' . e($address['address_detail'])
            . '<br><span class="soft">' . e($address['delivery_msg']) . '</span></span></label>';
    }
    $html .= '<label class="address"><input type="radio" name="address_id" value=""' . ($chosen === '' ? ' checked' : '')
        . '><span><b>직접 입력</b></span></label><div class="typed">';
    foreach (TYPED_FIELDS as $name => [$words, $longest, $autocomplete, $required]) {
        $html .= '<label>' . $words . ($required ? '' : ' <span class="soft">(선택)</span>')
            . '<input name="' . $name . '" maxlength="' . $longest . '" autocomplete="' . $autocomplete . '"'
            . ($wrong === $name ? ' class="wrong" aria-invalid="true"' : '')
            . ' value="' . e(field($name)) . '"></label>';
    }
    return $html . '</div>';
}
