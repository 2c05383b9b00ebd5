<?php
/**
 * The order form: buyer, address, lines and totals, and then the order itself.
 *
 * The transaction number (mTrdNo) belongs to the form: it is made when the form is begun and stays with it, through
 * reloads, double clicks and repeats, so that one form is at most one order.
 *
 * What delivery costs depends on where it goes, coupons take something off, and points and cash pay a part: the form is
 * quoted again when another address or another coupon is chosen, or a postal code, a coupon's code, points or cash are
 * typed, by a script that asks this page (`action=quote`) and puts what has changed in its place.
 *
 * Each quote has a number (quote_id), which the order names: that is what the buyer saw. Where it costs another amount then,
 * the form is shown again with what has changed since that quote, and a button that orders the new one.
 *
 * The order goes to the gateway in one of three ways (ORDER_WAYS): the buyer's browser posts the form there itself, with
 * a ticket that this server has signed; a script does the same with JSON; or this server posts it. What the gateway
 * refuses comes back here, with `code` and perhaps `field` and `short` (cart rows and how many are left: 7:1,8:0), by way
 * of result.php.
 */
declare(strict_types=1);

require __DIR__ . '/inc/app.php';
start_page();

/** Words, longest text, autocomplete, pattern (required where there is one), and how to write it. */
const TYPED_FIELDS = [
    'receiver_name' => ['받는 분', 60, 'name', '.*\S.*', '이름'],
    'receiver_phone' => ['연락처', 20, 'tel', '[+0-9][\-0-9 ]{6,19}', '010-0000-0000'],
    'post_code' => ['우편번호', 10, 'postal-code', '[\-0-9A-Za-z ]{1,10}', '00000'],
    'address' => ['주소', 200, 'street-address', '.*\S.*', '도로명 주소'],
    'address_detail' => ['상세 주소', 200, 'address-line2', '', '동, 호수'],
    'delivery_msg' => ['배송 메모', 200, 'off', '', '예: 문 앞에 놓아 주세요'],
];
/** What went wrong, for the buyer: heading, words, and where to go on. */
const REFUSALS = [
    'CART_NOT_FOUND' => ['이미 주문했거나 삭제한 상품입니다', '다른 창이나 기기에서 주문하셨는지 확인해 주세요.', '장바구니로'],
    'OUT_OF_STOCK' => ['재고가 부족합니다', '주문하려는 수량만큼 남아 있지 않습니다. 수량을 줄여 다시 주문해 주세요.', '수량 바꾸기'],
    'PRODUCT_UNAVAILABLE' => ['살 수 없는 상품이 있습니다', '판매가 끝났거나 옵션이 바뀐 상품을 장바구니에서 확인해 주세요.', '장바구니로'],
    'QUANTITY_NOT_ALLOWED' => ['주문할 수 있는 수량이 아닙니다', '최소·최대 수량을 장바구니에서 확인해 주세요.', '수량 바꾸기'],
    'IDEMPOTENCY_MISMATCH' => ['이미 접수된 주문서입니다', '같은 주문서로 다른 내용의 주문이 먼저 접수되었습니다. 새로 주문하려면 장바구니에서 시작해 주세요.', '장바구니로'],
    'ORDER_EXPIRED' => ['결제 시간이 지났습니다', '장바구니에서 다시 주문해 주세요.', '장바구니로'],
];
/** Refusals that show the form again, with another amount. */
const CHANGED = ['PRICE_CHANGED', 'COUPON_NOT_AVAILABLE', 'POINTS_NOT_ENOUGH', 'CASH_NOT_ENOUGH'];
const NOT_SERVED = '고른 배송지로 보내 드릴 수 없는 상품이 있습니다. 다른 배송지를 고르거나 그 상품을 빼고 주문해 주세요.';

$user = require_user();
if (isset(ORDER_WAYS[field('way')])) {
    $_SESSION['way'] = field('way');
}
if ($_SERVER['REQUEST_METHOD'] === 'POST' && field('mTrdNo') === '') {
    begin($user);
}
$mTrdNo = field('mTrdNo');
$form = order_form($mTrdNo);
if ($form === null) {
    show_message('주문서가 만료되었습니다', '장바구니에서 다시 주문해 주세요.', 'cart.php', '장바구니로');
} elseif ($_SERVER['REQUEST_METHOD'] === 'POST') {
    if (field('action') === 'quote') {
        quote_again($user, $mTrdNo, $form);
        exit;
    }
    if (field('action') === 'code') {
        [$words, $good] = enter_code($user, trim(field('coupon_code')));
        flash($words, $good ? 'good' : 'bad');
        go('order_form.php?mTrdNo=' . rawurlencode($mTrdNo));
    }
    place_order($user, $mTrdNo, $form);
} else {
    $order = order_of($mTrdNo);
    if ($order !== null) {
        go('result.php?order_key=' . rawurlencode($order['order_key']));
    }
    explain($user, $mTrdNo, $form, field('code'), field('field'));
}

/** Takes the rows from the basket and begins a form for them. */
function begin(string $user): void
{
    $ids = numbers('selected_cart_ids');
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

/**
 * Where the order goes, as far as it is known: `address_id` of the address book, or `post_code` as it is typed so far. What
 * the request says is meant; without a word of it what was said before, and at first nothing: the default address.
 *
 * @param array<string,mixed> $form
 * @return array<string,string>
 */
function destination(array $form): array
{
    if (!isset($_POST['address_id']) && !isset($_GET['address_id'])) {
        return $form['destination'] ?? [];
    }
    if (field('address_id') !== '') {
        return ['address_id' => field('address_id')];
    }
    return ['post_code' => trim(field('post_code') === '' ? typed('post_code') : field('post_code'))];
}

/**
 * The coupons that are chosen: what the request says where it chooses (`coupons`) or orders, else what was chosen before.
 *
 * @param array<string,mixed> $form
 * @return list<int>
 */
function chosen_coupons(array $form): array
{
    if (field('coupons') === '' && field('action') !== 'order') {
        return $form['coupon_ids'] ?? [];
    }
    $ids = numbers('coupon_ids');
    sort($ids);
    return array_slice($ids, 0, MOST_COUPONS);
}

/**
 * What the form's rows would cost there, with the coupons, points and cash that are chosen, what there is to choose from, and
 * what has changed since the form was shown. A postal code that is not typed to its end says nothing yet.
 *
 * @param array<string,mixed>  $form
 * @param array<string,string> $to   see destination()
 * @return array<string,mixed>
 */
function quote_for(string $user, array $form, array $to): array
{
    $code = $to['post_code'] ?? '';
    $whole = preg_match('/\A[\-0-9A-Za-z ]{5,10}\z/', $code) === 1 && preg_match_all('/[0-9A-Za-z]/', $code) >= 5;
    $there = $whole ? ['post_code' => $code] : array_intersect_key($to, ['address_id' => '']);
    $shown = isset($form['quote']['quote_id']) ? ['quote_id' => $form['quote']['quote_id']] : [];
    $request = ['selected_cart_ids' => $form['cart_ids']] + $shown + $there;
    $quote = quote_with_credits($user, $request, chosen_coupons($form), chosen_credits($form));
    $quote['coupons'] = offered_coupons($user, $quote);
    $quote['account'] = gateway()->credits($user);
    return (isset($to['post_code']) && !$whole ? ['fee_final' => 0] : []) + $quote + ['changes' => []];
}

/**
 * A quote beside what the buyer saw before; that is null where it is not known. Where nothing has changed since, the page
 * was loaded again, and says what it said.
 *
 * @param array<string,mixed> $form
 * @param array<string,mixed> $quote
 * @return array{0:array<string,mixed>, 1:array<string,mixed>|null}
 */
function beside_shown(array $form, array $quote): array
{
    $shown = $form['quote'] ?? null;
    if ($shown === null || $quote['changes'] !== [] || $shown['total_payment'] !== $quote['total_payment']) {
        return [$quote, $shown];
    }
    return [['changes' => $shown['changes']] + $quote, $form['old_quote'] ?? null];
}

/**
 * Remembers what the form shows from now on.
 *
 * @param array<string,mixed>      $quote
 * @param array<string,mixed>|null $old
 * @param array<string,string>     $to
 */
function keep_quote(string $mTrdNo, array $quote, ?array $old, array $to): void
{
    keep_order_form($mTrdNo, ['quote' => $quote, 'old_quote' => $old, 'destination' => $to, 'coupon_ids' => $quote['coupon_ids'],
        'credits' => $quote['credits']]);
}

/**
 * The parts of the form that depend on where the order goes and on coupons, for the script; or why there are none, with a
 * status of its own. A coupon's code is entered before.
 *
 * @param array<string,mixed> $form
 */
function quote_again(string $user, string $mTrdNo, array $form): void
{
    $to = destination($form);
    $said = null;
    try {
        if (trim(field('coupon_code')) !== '') {
            $said = enter_code($user, trim(field('coupon_code')));
        }
        $quote = quote_for($user, $form, $to);
    } catch (JumunException $error) {
        http_response_code($error->status() >= 400 && $error->status() < 500 ? 409 : 503);
        echo e($error->errorCode());
        return;
    }
    if ($said === null && $quote['left_out'] !== []) {
        $said = [left_out_words($quote), false];
    }
    keep_quote($mTrdNo, $quote, null, $to);
    echo implode('', form_parts($quote, null)), coupon_notice($said);
}

/**
 * What came of a code, or which coupon was left out.
 *
 * @param array{0:string,1:bool}|null $said
 */
function coupon_notice(?array $said): string
{
    return '<p class="said' . ($said === null || $said[1] ? '' : ' bad') . '" role="status" data-part="code">' . e($said[0] ?? '') . '</p>';
}

/**
 * Shows the form, and what was wrong with it when it was sent. The address of this page may hold any code: the words
 * are ours, and what is shown comes from the gateway.
 *
 * @param array<string,mixed> $form
 */
function explain(string $user, string $mTrdNo, array $form, string $code, string $field): void
{
    if (isset(REFUSALS[$code])) {
        [$heading, $words, $link] = REFUSALS[$code];
        $short = $code === 'OUT_OF_STOCK' ? shortage_words($form, short_rows(field('short'))) : '';
        show_refusal($heading, $short === '' ? $words : $short, 'cart.php', $link, $form, $mTrdNo);
        return;
    }
    $to = destination($form);
    try {
        $quote = quote_for($user, $form, $to);
    } catch (JumunException $error) {
        if ($error->errorCode() === 'CART_NOT_FOUND') {
            explain($user, $mTrdNo, $form, 'CART_NOT_FOUND', '');
            return;
        }
        if (!in_array($error->errorCode(), ['ADDRESS_NOT_FOUND', 'INVALID_INPUT'], true) || $to === []) {
            throw $error;
        }
        // It was deleted in another window: the default address, as at first.
        [$to, $code] = [[], 'ADDRESS_NOT_FOUND'];
        $quote = quote_for($user, $form, $to);
    }
    [$words, $old] = ['', null];
    if ($code === '' && $quote['left_out'] !== []) {
        $code = 'COUPON_NOT_AVAILABLE';
    }
    if (in_array($code, CHANGED, true)) {
        [$quote, $old] = beside_shown($form, $quote);
        $words = change_words($code, $quote);
    } elseif ($code === 'AREA_NOT_SERVED') {
        $words = NOT_SERVED;
    } elseif ($code === 'INVALID_INPUT') {
        $words = field_words($field) ?? '입력한 내용을 다시 확인해 주세요.';
    } elseif ($code === 'ADDRESS_NOT_FOUND') {
        $words = '고른 배송지를 찾을 수 없습니다. 받는 곳을 다시 골라 주세요.';
    } elseif ($code === 'PG_NOT_AVAILABLE') {
        $words = '지금은 이 결제 수단을 쓸 수 없습니다. 잠시 뒤에 다시 시도해 주세요.';
    } elseif ($code === 'TICKET_EXPIRED') {
        $words = '주문서를 연 지 오래되어 새로 불러왔습니다. 내용을 확인하고 다시 눌러 주세요.';
    } elseif ($code !== '') {
        $words = '주문을 접수하지 못했습니다. 내용을 확인하고 다시 눌러 주세요.';
    }
    keep_quote($mTrdNo, $quote, $old, $to);
    show_form($user, $mTrdNo, $quote, $words, $code === 'INVALID_INPUT' ? wrong_field($field) : '', $old);
}

/**
 * That the amount has changed, in the buyer's words; $code is one of CHANGED.
 *
 * @param array<string,mixed> $quote
 */
function change_words(string $code, array $quote): string
{
    if ($code === 'POINTS_NOT_ENOUGH' || $code === 'CASH_NOT_ENOUGH') {
        return ($code === 'CASH_NOT_ENOUGH' ? '예치금' : '적립금') . '을 고른 만큼 쓸 수 없습니다. 아래에서 새 금액을 확인해 주세요.';
    }
    if ($code === 'COUPON_NOT_AVAILABLE') {
        $which = left_out_words($quote);
        return '고른 쿠폰 가운데 쓸 수 없게 된 것을 뺐습니다' . ($which === '' ? '' : ' (' . $which . ')') . '. 아래에서 새 금액을 확인해 주세요.';
    }
    return '주문하시는 동안 금액이 바뀌었습니다. 아래에서 새 금액을 확인해 주세요.';
}

/** The typed field that a refusal names; empty when it is none of them. */
function wrong_field(string $field): string
{
    $name = (string) preg_replace('/\Areceiver\./', '', $field);
    return isset(TYPED_FIELDS[$name]) ? $name : '';
}

function field_words(string $field): ?string
{
    $name = wrong_field($field);
    return $name === '' ? null : '받는 곳의 ' . TYPED_FIELDS[$name][0] . ' 항목을 확인해 주세요.';
}

/**
 * A refusal that the form cannot mend. When another form of this buyer has ordered the same rows, that is what happened.
 *
 * @param array<string,mixed> $form
 */
function show_refusal(string $heading, string $words, string $link, string $linkWords, array $form, string $mTrdNo): void
{
    foreach (array_reverse($_SESSION['forms'] ?? [], true) as $number => $other) {
        $shared = array_intersect($other['cart_ids'], $form['cart_ids']);
        if ($number === $mTrdNo || $other['user'] !== $form['user'] || $shared === []) {
            continue;
        }
        $order = order_of((string) $number);
        if ($order !== null) {
            show_message('다른 창에서 이미 주문했습니다', '같은 상품을 주문한 내역이 있어 한 번만 접수했습니다. 주문 코드 '
                . $order['order_code'], 'result.php?order_key=' . rawurlencode($order['order_key']), '주문 확인하기');
            return;
        }
    }
    show_message($heading, $words, $link, $linkWords);
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
    show_payment($payment, $order);
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
    $coupons = chosen_coupons($form);
    $request += (field('quote_id') === '' ? [] : ['quote_id' => field('quote_id')]) + ($coupons === [] ? [] : ['coupon_ids' => $coupons]) + credit_fields(chosen_credits($form));
    if (field('address_id') !== '') {
        return $request + ['address_id' => field('address_id')];
    }
    $receiver = [];
    foreach (array_keys(TYPED_FIELDS) as $name) {
        $receiver[$name] = typed($name);
    }
    return $request + ['receiver' => $receiver];
}

/** What was typed into one field of the address. */
function typed(string $name): string
{
    $value = $_POST['receiver'][$name] ?? '';
    return is_string($value) ? $value : '';
}

/** @param array<string,mixed> $form */
function explain_failure(string $user, string $mTrdNo, array $form, JumunException $error): void
{
    http_response_code($error->status() >= 400 ? $error->status() : 503);
    $code = $error->errorCode();
    if (in_array($code, CHANGED, true) || $code === 'AREA_NOT_SERVED') {
        // Nothing was ordered, so the same number still stands for this form.
        $to = destination($form);
        $quote = quote_for($user, $form, $to);
        [$words, $old] = [NOT_SERVED, null];
        if ($code !== 'AREA_NOT_SERVED') {
            [$quote, $old] = beside_shown($form, $quote);
            $words = change_words($code, $quote);
        }
        keep_quote($mTrdNo, $quote, $old, $to);
        show_form($user, $mTrdNo, $quote, $words, '', $old);
        return;
    }
    if ($code === 'IDEMPOTENCY_MISMATCH' && ($order = order_of($mTrdNo)) !== null) {
        go('result.php?order_key=' . rawurlencode($order['order_key']));
    }
    if ($code === 'OUT_OF_STOCK') {
        $free = [];
        foreach ($error->rows('shortage') as $row) {
            $free += array_fill_keys($row['cart_ids'], (int) $row['free']);
        }
        $words = shortage_words($form, $free);
        show_message(REFUSALS[$code][0], $words === '' ? REFUSALS[$code][1] : $words, 'cart.php', REFUSALS[$code][2]);
        return;
    }
    if (isset(REFUSALS[$code])) {
        [$heading, $words, $link] = REFUSALS[$code];
        show_refusal($heading, $words, 'cart.php', $link, $form, $mTrdNo);
        return;
    }
    if (!isset($form['quote'])) {
        throw $error;
    }
    $words = field_words($error->field()) ?? $error->getMessage();
    if ($error->retryable()) {
        $words = '잠시 연결이 원활하지 않습니다. 한 번 더 눌러 주세요. 같은 주문서이므로 두 번 주문되지 않습니다.';
    }
    show_form($user, $mTrdNo, $form['quote'], $words, wrong_field($error->field()), null);
}

/**
 * What the gateway says is short, from the address of this page.
 *
 * @return array<int,int> cart row -> units left
 */
function short_rows(string $text): array
{
    preg_match_all('/(?<=\A|,)([1-9]\d{0,17}):(\d{1,9})(?=,|\z)/', $text, $found, PREG_SET_ORDER);
    return array_column($found, 2, 1);
}

/**
 * The lines of the form that are short, in the buyer's words; empty when none of them is a line of this form.
 *
 * @param array<string,mixed> $form
 * @param array<int,int>      $free cart row -> units left
 */
function shortage_words(array $form, array $free): string
{
    $words = [];
    foreach ($form['quote']['lines'] ?? [] as $line) {
        if (isset($free[$line['cart_id']])) {
            $name = $line['product_name'] . ($line['option_name'] === '' ? '' : ' (' . $line['option_name'] . ')');
            $words[] = sprintf('%s: %d개 주문, %d개 남음', $name, $line['quantity'], $free[$line['cart_id']]);
        }
    }
    return implode(' / ', $words);
}

/**
 * Sends the browser to the payment gateway: a form that submits itself, with a button where scripts are off. An order that was
 * made at another total than its buyer saw waits for that button.
 *
 * @param array<string,mixed> $payment pay_method, pay_url, pay_fields
 * @param array<string,mixed> $order   as JumunClient::order() gives it
 */
function show_payment(array $payment, array $order): void
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
    if ((int) $order['price_changed'] === 1) {
        show_page('금액이 바뀌었습니다', '<section class="card"><h1>주문하시는 동안 금액이 바뀌었습니다</h1>'
            . '<p class="soft">주문은 새 금액으로 접수되었습니다. 확인하고 결제해 주세요.</p>'
            . totals_changed($order['old_total'], $order['total_payment'], $order['changes'] ?? [])
            . '<form method="' . $method . '" action="' . e($url) . '">' . $inputs
            . '<button class="main big">새 금액 ' . won($order['total_payment']) . ' 결제하기</button></form>'
            . '<p class="onward"><a href="' . e('result.php?order_key=' . rawurlencode($order['order_key'])) . '">결제하지 않고 주문 보기</a></p></section>');
        return;
    }
    show_page('결제창으로 이동', '<section class="card center"><h1>결제창으로 이동합니다</h1>'
        . '<p class="soft">잠시만 기다려 주세요. 자동으로 열리지 않으면 버튼을 눌러 주세요.</p>'
        . '<form data-auto-submit method="' . $method . '" action="' . e($url) . '">' . $inputs
        . '<button class="main">결제창 열기</button></form></section>');
}

/**
 * The form itself.
 *
 * @param array<string,mixed>      $quote as JumunClient::quote() gives it
 * @param string                   $words what went wrong before, if anything
 * @param string                   $wrong field that was refused
 * @param array<string,mixed>|null $old   what the buyer saw before the prices changed
 */
function show_form(string $user, string $mTrdNo, array $quote, string $words, string $wrong, ?array $old): void
{
    $to = destination(order_form($mTrdNo) ?? []);
    $chosen = isset($to['post_code']) || $wrong !== '' ? '' : (string) ($to['address_id'] ?? $quote['address_id']);
    [$lines, $coupons, $credits, $amounts, $pay] = form_parts($quote, $old);
    $change = $old === null ? '' : totals_changed($old['total_payment'], $quote['total_payment'], $quote['changes']);
    show_page('주문서', '<h1>주문서</h1>'
        . ($words === '' ? '' : '<div class="notice bad" role="alert"><p>' . e($words) . '</p>' . $change . '</div>')
        . '<div class="notice bad" role="alert" data-failure hidden></div>'
        . without_script($user, $mTrdNo, $quote)
        . form_tag($user, $mTrdNo)
        . '<section class="card"><h2>주문하는 분</h2><p class="person"><b>' . e($quote['user_name'] ?: $user) . '</b> <span class="soft">'
        . e($quote['user_phone']) . '</span></p></section>'
        . '<section class="card"><h2>받는 곳</h2>' . address_choice($user, $chosen, $wrong, $to['post_code'] ?? '') . '</section>'
        . $lines . '<section class="card coupons"><h2>쿠폰</h2>' . $coupons . code_field() . coupon_notice(null) . '</section>'
        . '<section class="card credits"><h2>적립금 · 예치금</h2>' . $credits . '</section>'
        . $amounts . $pay . '</form>' . code_form($mTrdNo) . ways($mTrdNo), 'with-pay');
}

/**
 * What of the form depends on where the order goes, on coupons, points and cash: lines, these, amounts, and the button with
 * the amount that it stands for.
 *
 * @param array<string,mixed>      $quote
 * @param array<string,mixed>|null $old   what the buyer saw before the prices changed
 * @return list<string>
 */
function form_parts(array $quote, ?array $old): array
{
    $lines = '';
    $blocked = false;
    $before = array_column($old['lines'] ?? [], null, 'cart_id');
    foreach (with_parts($quote['lines']) as $line) {
        $line['undelivered'] = in_array((int) $line['cart_id'], array_map('intval', $quote['undelivered_ids']), true);
        $blocked = $blocked || (int) $line['orderable'] !== 1 || $line['undelivered'];
        $was = $before[$line['cart_id']] ?? $line;
        $lines .= '<div class="row">' . thumb($line['product_thumb_img_url']) . '<div class="words">' . line_words($line)
            . '<span class="soft">' . changed($was['unit_price'], $line['unit_price']) . ' × ' . e($line['quantity']) . '</span>'
            . warning_of($line) . '</div>'
            . '<div class="sum">' . changed($was['line_amount'], $line['line_amount']) . '</div></div>';
    }
    return [
        '<section class="card list" data-part="lines"><h2>주문 상품</h2>' . $lines . '</section>',
        '<div data-part="coupons">' . coupon_boxes($quote) . '</div>',
        '<div data-part="credits">' . credit_rows($quote) . '</div>',
        '<section class="card" data-part="amounts" aria-live="polite"><h2>결제 금액</h2>' . undelivered($quote)
            . amounts($quote, $old) . '</section>',
        '<div class="pay" data-part="pay">' . hidden(['trdAmt' => $quote['total_payment'], 'quote_id' => (string) $quote['quote_id']])
            . '<button class="main big" name="action" value="order"' . ($blocked ? ' disabled' : '') . '>'
            . ($quote['undelivered_ids'] !== [] ? '이 배송지로는 주문할 수 없습니다'
                : ($old === null ? '' : '새 금액 ') . won($quote['total_payment']) . ' 결제하기') . '</button></div>',
    ];
}

/**
 * Where scripts are off, the form is quoted for another address and other coupons by asking for this page anew.
 *
 * @param array<string,mixed> $quote
 */
function without_script(string $user, string $mTrdNo, array $quote): string
{
    $options = '<option value="">직접 입력: 우편번호</option>';
    foreach (addresses($user) as $address) {
        $options .= '<option value="' . e($address['address_id']) . '">' . e($address['receiver_name'] . ' (' . $address['post_code'] . ') '
            . $address['address']) . '</option>';
    }
    return '<noscript><form class="card" method="get" action="order_form.php">' . hidden(['mTrdNo' => $mTrdNo, 'coupons' => '1'])
        . '<h2>배송비, 쿠폰, 적립금 다시 계산</h2>' . coupon_boxes($quote) . plain_credits($quote) . '<p class="pair"><select name="address_id" aria-label="배송지">' . $options . '</select>'
        . '<input name="post_code" maxlength="10" placeholder="우편번호" aria-label="우편번호"></p>'
        . '<button>이렇게 계산</button></form></noscript>';
}

/**
 * The form's first tag and what is sent without being seen. To the gateway goes what it needs and a ticket; our own
 * check against forged posts stays with us. `data-quoted` is what the amounts are for: a or p, and address or postal code,
 * and after strokes the coupons, the points and the cash.
 */
function form_tag(string $user, string $mTrdNo): string
{
    $form = order_form($mTrdNo);
    $code = $form['destination']['post_code'] ?? null;
    $address = $form['quote']['address_id'] ?? null;
    $about = ' data-once data-order="' . e($mTrdNo) . '" data-quoted="'
        . e(($code !== null || $address === null ? 'p' . $code : 'a' . $address) . '|' . implode(',', $form['coupon_ids'] ?? [])
            . '|' . implode('|', $form['credits'] ?? [0, 0])) . '"';
    $fields = ['mTrdNo' => $mTrdNo];
    $way = order_way();
    if ($way === 'server') {
        return '<form method="post" action="order_form.php"' . $about . '>' . csrf_input() . hidden($fields);
    }
    $ids = '';
    foreach ($form['cart_ids'] as $id) {
        $ids .= '<input type="hidden" name="selected_cart_ids[]" value="' . e($id) . '">';
    }
    $fields += [
        'mode' => $form['mode'],
        'pg' => setting('SHOP_PG'),
        'ticket' => JumunClient::ticket(
            (int) setting('SHOP_ID'),
            (int) setting('SHOP_TICKET_KEY_NO'),
            setting('SHOP_TICKET_KEY'),
            $user,
            $mTrdNo
        ),
    ];
    return '<form method="post" action="' . e(public_gateway()) . '/v1/orders" data-keep' . $about
        . ($way === 'json' ? ' data-json' : '') . '>' . hidden($fields) . $ids;
}

/** @param array<string,string> $fields */
function hidden(array $fields): string
{
    $html = '';
    foreach ($fields as $name => $value) {
        $html .= '<input type="hidden" name="' . e($name) . '" value="' . e($value) . '">';
    }
    return $html;
}

/** Stored addresses to choose from, and one to type. */
function address_choice(string $user, string $chosen, string $wrong, string $postCode): string
{
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
    foreach (TYPED_FIELDS as $name => [$words, $longest, $autocomplete, $pattern, $example]) {
        $html .= '<label>' . $words . ($pattern === '' ? ' <span class="soft">(선택)</span>' : '')
            . '<input name="receiver[' . $name . ']" maxlength="' . $longest . '" autocomplete="' . $autocomplete . '"'
            . ($pattern === '' ? '' : ' pattern="' . e($pattern) . '" data-required') . ' placeholder="' . $example . '"'
            . ($wrong === $name ? ' class="wrong" aria-invalid="true"' : '')
            . ' value="' . e($name === 'post_code' && typed($name) === '' ? $postCode : typed($name)) . '"></label>';
    }
    return $html . '</div>';
}

/** The demonstration's choice of how this form is sent. */
function ways(string $mTrdNo): string
{
    $html = '';
    foreach (ORDER_WAYS as $way => $words) {
        $here = $way === order_way() ? ' aria-current="true"' : '';
        $url = 'order_form.php?' . http_build_query(['mTrdNo' => $mTrdNo, 'way' => $way]);
        $html .= '<a class="chip" href="' . e($url) . '"' . $here . '>' . $words . '</a>';
    }
    return '<details class="demo"><summary>데모: 주문을 보내는 방법</summary><div class="chips">' . $html . '</div>'
        . '<p class="soft">주문 번호 ' . e($mTrdNo) . '</p></details>';
}
