<?php
/**
 * The shop's one layout, and how values become HTML. Everything that is printed goes through e() or won().
 */
declare(strict_types=1);

/** Text for HTML content and quoted attributes. */
function e($value): string
{
    return htmlspecialchars((string) $value, ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML5, 'UTF-8');
}

/** A decimal string as an amount: "12300.00" -> 12,300원. No float is involved. */
function won($amount): string
{
    [$whole, $decimals] = explode('.', str_replace('-', '−', (string) $amount), 2) + [1 => ''];
    $grouped = preg_replace('/\B(?=(\d{3})+\z)/', ',', $whole);
    return e($grouped . (trim($decimals, '0') === '' ? '' : '.' . $decimals)) . '<small>원</small>';
}

/** UTC time of the gateway in Korean words. */
function korean_time($time): string
{
    $parsed = date_create((string) $time, new DateTimeZone('UTC'));
    return $parsed === false ? '' : e($parsed->setTimezone(new DateTimeZone('Asia/Seoul'))->format('Y-m-d H:i'));
}

function csrf_input(): string
{
    return '<input type="hidden" name="csrf" value="' . e($_SESSION['csrf'] ?? '') . '">';
}

/** Picture of a product; only addresses of this shop are followed. */
function thumb($url): string
{
    $own = is_string($url) && preg_match('#\A/[^/\\\\]#', $url) === 1;
    return '<img class="thumb" alt="" loading="lazy" src="' . e($own ? $url : '/thumb.php') . '">';
}

/**
 * What a set consists of: "이름을 새기는 머그컵 초록 2개".
 *
 * @param list<array<string,mixed>> $parts
 */
function part_words(array $parts): string
{
    $html = '';
    foreach ($parts as $part) {
        $html .= '<li>' . e(trim($part['product_name'] . ' ' . $part['option_name'])) . ' ' . (int) $part['quantity'] . '개</li>';
    }
    return $html === '' ? '' : '<ul class="parts">' . $html . '</ul>';
}

/** Name, option and parts of an order or cart line. */
function line_words(array $line): string
{
    // What was chosen and typed, group by group; or the name of the one option.
    $words = [];
    foreach ($line['option'] ?? [] as $group => $value) {
        $words[] = $group . ': ' . $value;
    }
    if ($words === [] && (string) ($line['option_name'] ?? '') !== '') {
        $words = [$line['option_name']];
    }
    $html = '<b>' . e($line['product_name'] ?? '판매가 끝난 상품') . '</b>';
    foreach ($words as $one) {
        $html .= '<small>' . e($one) . '</small>';
    }
    return $html . part_words($line['parts'] ?? []);
}

/**
 * Why an order of a line would be refused as things are; units that an unpaid order holds may come back meanwhile.
 *
 * @param array<string,mixed> $line
 */
function warning_of(array $line): string
{
    $words = '';
    if ((int) $line['orderable'] !== 1) {
        $words = '지금은 살 수 없습니다';
    } elseif ($line['undelivered'] ?? false) {
        $words = '이 배송지로는 배송하지 않습니다';
    } elseif (($line['stock_left'] ?? null) !== null) {
        $words = (int) $line['stock_left'] === 0 ? '품절' : '남은 수량 ' . (int) $line['stock_left'] . '개';
    }
    return $words === '' ? '' : '<span class="bad">' . $words . '</span>';
}

/** An amount, and before it what it was when that is another one; each with a sign, if there is one. */
function changed($old, $new, string $sign = ''): string
{
    $old = (string) ($old ?? '0');
    $new = (string) ($new ?? '0');
    return ($old === $new ? '' : '<s>' . $sign . won($old) . '</s> ') . $sign . won($new);
}

/**
 * Another total than the buyer saw, and line by line what makes it another one.
 *
 * @param list<array<string,mixed>> $changes as JumunClient::quote() gives them; empty where they are not known
 */
function totals_changed(string $old, string $new, array $changes): string
{
    $rows = '';
    foreach ($changes as $change) {
        $name = $change['name'] ?? ['point' => '적립금', 'cash' => '예치금', 'delivery' => '배송비'][$change['kind']];
        $rows .= '<li><b>' . e($name) . '</b><span>' . changed($change['old_amount'], $change['new_amount']) . '</span>'
            . '<small>' . e($change['reason_ko']) . '</small></li>';
    }
    return '<p class="change"><span>전에 본 금액 <s>' . won($old) . '</s></span><span>새 금액 <b>' . won($new) . '</b></span></p>'
        . ($rows === '' ? '' : '<ul class="changes">' . $rows . '</ul>');
}

/**
 * The amounts of a quote or an order as a list.
 *
 * @param array<string,mixed>      $amounts
 * @param array<string,mixed>|null $old     what they were before
 */
function amounts(array $amounts, ?array $old = null): string
{
    $rows = ['product_total_price' => '상품 금액', 'shipping_fee' => '배송비', 'discount_total' => '할인', 'point_used' => '적립금',
        'cash_used' => '예치금'];
    $html = '<dl class="amounts">';
    foreach ($rows as $name => $words) {
        $amount = (string) ($amounts[$name] ?? '0');
        $isZero = trim($amount, '0.') === '';
        if (!$isZero || $name === 'product_total_price' || $name === 'shipping_fee') {
            $sign = in_array($name, ['discount_total', 'point_used', 'cash_used'], true) ? '−' : '';
            $shown = $isZero && $name === 'shipping_fee' ? '무료' : changed($old[$name] ?? $amount, $amount, $sign);
            $html .= '<dt>' . $words . '</dt><dd>' . $shown . '</dd>';
        }
        $html .= $name === 'shipping_fee' ? surcharge_of($amounts) : '';
        $html .= $name === 'discount_total' ? discount_rows($amounts) : '';
    }
    $html .= '<dt class="total">결제 금액</dt><dd class="total">' . changed($old['total_payment'] ?? $amounts['total_payment'], $amounts['total_payment']) . '</dd></dl>';
    $tax = '과세 ' . won($amounts['supply_amount'] ?? '0') . ' · 부가세 ' . won($amounts['vat_amount'] ?? '0')
        . ' · 면세 ' . won($amounts['tax_free_amount'] ?? '0');
    $open = (int) ($amounts['fee_final'] ?? 1) === 0 ? '<p class="soft right">배송지에 따라 배송비가 달라질 수 있습니다</p>' : '';
    return $html . $open . '<p class="soft right">' . $tax . '</p>';
}

/**
 * What of a quote's delivery fee is asked since it goes far: the same for each parcel.
 *
 * @param array<string,mixed> $quote
 */
function surcharge_of(array $quote): string
{
    $parcels = [];
    foreach ($quote['parcels'] ?? [] as $parcel) {
        if (trim((string) $parcel['surcharge'], '0.') !== '') {
            $parcels[] = $parcel['surcharge'];
        }
    }
    if ($parcels === []) {
        return '';
    }
    $count = count($parcels) === 1 ? '' : ' × ' . count($parcels) . '건';
    return '<dt class="part">그중 ' . e($quote['area_name']) . ' 추가 배송비</dt><dd class="part">' . won($parcels[0]) . $count . '</dd>';
}

/**
 * Names what of a quote is not delivered where it should go.
 *
 * @param array<string,mixed> $quote
 */
function undelivered(array $quote): string
{
    $names = [];
    foreach ($quote['lines'] as $line) {
        if (in_array((int) $line['cart_id'], array_map('intval', $quote['undelivered_ids']), true)) {
            $names[] = '<b>' . e($line['product_name']) . '</b>';
        }
    }
    return $names === [] ? '' : '<p class="notice bad" role="alert">' . e($quote['area_name']) . ' 배송지로 보내 드릴 수 없는 상품: '
        . implode(', ', $names) . '. 다른 배송지를 고르거나 장바구니에서 빼 주세요.</p>';
}

/**
 * How much more makes delivery free, for each parcel of a quote that can be made so.
 *
 * @param array<string,mixed> $quote
 */
function free_delivery(array $quote): string
{
    $html = '';
    foreach ($quote['parcels'] as $parcel) {
        if ($parcel['missing'] !== null) {
            $html .= '<p class="nearly"><b>' . won($parcel['missing']) . '</b> 더 담으면 무료배송</p>';
        }
    }
    return $html;
}

/**
 * A whole page. $body is HTML.
 *
 * @param string $wide class of the page body: '' for forms, 'wide' for the catalogue
 */
function show_page(string $title, string $body, string $wide = ''): void
{
    $user = $_SESSION['user'] ?? '';
    $flash = $_SESSION['flash'] ?? null;
    unset($_SESSION['flash']);
    $options = '';
    for ($i = 1; $i <= DEMO_USERS; $i++) {
        $selected = $user === 'demo' . $i ? ' selected' : '';
        $options .= '<option value="demo' . $i . '"' . $selected . '>demo' . $i . '</option>';
    }
    echo '<!doctype html><html lang="ko"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<title>', e($title), ' · 주문 데모</title><link rel="icon" href="data:,">',
        '<link rel="stylesheet" href="/shop.css"><script src="/shop.js" defer></script></head><body>',
        '<header class="top"><div class="bar"><a class="brand" href="index.php">주문 데모</a><nav>',
        '<form class="login" method="post" action="login.php">', csrf_input(),
        '<label class="hidden" for="login-user">데모 회원</label><select id="login-user" name="user_id">', $options,
        '</select><button>', $user === '' ? '로그인' : '바꾸기', '</button></form>',
        $user === '' ? '' : '<a class="orders-link" href="orders.php">주문 내역</a>',
        '<a class="cart-link" href="cart.php">장바구니</a>',
        '</nav></div></header><main class="', e($wide), '">';
    if (is_array($flash)) {
        echo '<p class="notice ', e($flash['kind']), '" role="status">', e($flash['words']), '</p>';
    }
    echo $body, '</main><footer>가상의 상점입니다. 실제 상품이나 결제가 아닙니다.<br>',
        $user === '' ? '' : '<a href="orders.php">주문 내역</a> · ', '<a href="prices.php">가게 주인의 화면: 가격과 정책</a></footer></body></html>';
}

/** A page that only says something. */
function show_message(string $heading, string $words, string $link, string $linkWords): void
{
    show_page($heading, '<section class="card center"><h1>' . e($heading) . '</h1><p class="soft">' . e($words) . '</p>'
        . '<a class="button main" href="' . e($link) . '">' . e($linkWords) . '</a></section>');
}

/** The page for what no other page expected. Details go to the server's log only. */
function show_failure(Throwable $error): void
{
    error_log((string) $error);
    if (!headers_sent()) {
        http_response_code($error instanceof JumunException && $error->status() >= 400 && $error->status() < 500
            ? $error->status() : 503);
    }
    if ($error instanceof JumunException) {
        $unknown = $error->errorCode() === 'OUTCOME_UNKNOWN' || $error->errorCode() === 'CONNECTION_FAILED';
        $words = $unknown ? '잠시 연결이 원활하지 않습니다. 조금 뒤에 다시 확인해 주세요.' : $error->getMessage();
        $number = $error->requestId() === '' ? '' : ' (요청 번호 ' . $error->requestId() . ')';
        show_message('요청을 처리하지 못했습니다', $words . $number, 'cart.php', '장바구니로');
        return;
    }
    show_message('잠시 문제가 생겼습니다', '조금 뒤에 다시 시도해 주세요.', 'index.php', '상품 목록으로');
}
