<?php
/**
 * The basket: quantities, deletion, and which rows to order.
 */
declare(strict_types=1);

require __DIR__ . '/inc/app.php';
start_page();

/** After so many minutes the page looks again by itself: as long as the gateway promises prices on it. */
const PAGE_MINUTES = 10;

$user = visitor();
if ($user === '') {
    show_cart(['lines' => [], 'price_changes' => []], null);
    exit;
}
if ($_SERVER['REQUEST_METHOD'] === 'POST' && field('action') === 'quote') {
    $ids = numbers('selected_cart_ids');
    echo sum_of('고른 상품 ' . count($ids) . '가지', $ids === [] ? null : quote_of($user, $ids, trim(field('post_code'))));
    exit;
}
if ($_SERVER['REQUEST_METHOD'] === 'POST' && in_array(field('action'), ['stay', 'leave'], true)) {
    // The page's script tells, and waits for no words.
    keep_changes(gateway()->refreshCart($user, field('action')));
    http_response_code(204);
    exit;
}
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    change_cart($user);
}
$cart = gateway()->cart($user, 'enter');
show_cart($cart, quote_of($user, orderable_rows($cart)));

function change_cart(string $user): void
{
    $id = (int) field('cart_id');
    try {
        if (field('action') === 'delete') {
            gateway()->deleteFromCart($user, [$id]);
            flash('삭제했습니다.');
        } else {
            gateway()->updateCart($user, $id, max(0, (int) field('quantity')));
            flash('수량을 바꿨습니다.');
        }
    } catch (JumunException $error) {
        flash($error->getMessage(), 'bad');
    }
    go('cart.php');
}

/**
 * What has changed is said once: the next page that shows the cart shows it.
 *
 * @param array<string,mixed> $answer
 */
function keep_changes(array $answer): void
{
    $_SESSION['old_prices'] = ($_SESSION['old_prices'] ?? []) + array_column($answer['price_changes'], 'old_price', 'cart_id');
}

/**
 * @param array<string,mixed> $cart
 * @return list<int>
 */
function orderable_rows(array $cart): array
{
    $ids = [];
    foreach ($cart['lines'] as $line) {
        if ((int) $line['orderable'] === 1) {
            $ids[] = (int) $line['cart_id'];
        }
    }
    return $ids;
}

/**
 * What these rows would cost together, there or at the default address; null when there are none, or the cart has just changed.
 *
 * @param list<int> $ids
 * @return array<string,mixed>|null
 */
function quote_of(string $user, array $ids, string $postCode = ''): ?array
{
    try {
        if ($ids === []) {
            return null;
        }
        $whole = preg_match('/\A[0-9A-Za-z]{5,10}\z/', $postCode) === 1;
        $quote = gateway()->quote($user, ['selected_cart_ids' => $ids] + ($whole ? ['post_code' => $postCode] : []));
        if (prices_are_promised()) {
            // For the sum of this page: no order form is open.
            keep_changes(gateway()->refreshCart($user, 'stay'));
        }
        return $quote;
    } catch (JumunException $error) {
        return null;
    }
}

/**
 * The sum of the cart. A script asks for it again when boxes are ticked, since only the gateway knows what is saved or
 * shipped together.
 *
 * @param array<string,mixed>|null $quote
 */
function sum_of(string $heading, ?array $quote): string
{
    return '<h2>' . e($heading) . '</h2>'
        . ($quote === null ? '<p class="soft">주문할 수 있는 상품을 골라 주세요.</p>' : undelivered($quote) . free_delivery($quote) . amounts($quote));
}

/**
 * @param array<string,mixed>      $cart
 * @param array<string,mixed>|null $quote
 */
function show_cart(array $cart, ?array $quote): void
{
    if ($cart['lines'] === []) {
        show_message('장바구니가 비어 있습니다', '마음에 드는 상품을 담아 보세요.', 'index.php', '상품 보러 가기');
        return;
    }
    $rows = '';
    $all = '';
    $before = ($_SESSION['old_prices'] ?? []) + array_column($cart['price_changes'], 'old_price', 'cart_id');
    unset($_SESSION['old_prices']);
    foreach (with_parts($cart['lines']) as $line) {
        // What it cost when it was put in, or, where prices are promised, until a moment ago.
        $rows .= cart_row(['added_price' => $before[$line['cart_id']] ?? $line['added_price']] + $line);
        if ((int) $line['orderable'] === 1) {
            $all .= '<input type="hidden" name="selected_cart_ids[]" value="' . e($line['cart_id']) . '">';
        }
    }
    $promise = prices_are_promised()
        ? '<p class="soft promise">담을 때의 가격을 지켜 드립니다. 값이 바뀌면 이 페이지에서 알려 드려요.</p>' : '';
    // Nobody knows yet where it goes.
    $where = (int) ($quote['fee_final'] ?? 1) === 1 ? '' : '<section class="card"><label class="where">우편번호로 배송비 보기'
        . '<input form="selected" name="post_code" maxlength="10" inputmode="numeric" autocomplete="postal-code" placeholder="00000"></label></section>';
    // Each row is a form of its own; its check box belongs to the form "selected".
    show_page('장바구니', '<h1>장바구니 <span class="count">' . count($cart['lines']) . '</span></h1>' . $promise
        . '<section class="card list" data-cart-page="' . PAGE_MINUTES . '"><label class="all"><input type="checkbox" data-check-all checked> 모두 고르기</label>'
        . $rows . '</section>'
        . ($quote === null ? '' : '<section class="card" data-sum aria-live="polite">' . sum_of('모두 주문할 때', $quote) . '</section>')
        . $where
        . '<div class="pay"><div class="pair">'
        . '<form id="selected" method="post" action="order_form.php">' . csrf_input()
        . '<input type="hidden" name="mode" value="cart_selected"><input type="hidden" name="scope" value="selected">'
        . '<button>고른 상품만</button></form>'
        . '<form method="post" action="order_form.php">' . csrf_input()
        . '<input type="hidden" name="mode" value="cart_all"><input type="hidden" name="scope" value="selected">' . $all
        . '<button class="main"' . ($all === '' ? ' disabled' : '') . '>'
        . ($quote === null ? '' : '<span data-all>' . won($quote['total_payment']) . '</span> ') . '모두 주문</button></form></div></div>', 'with-pay');
}

/** @param array<string,mixed> $line */
function cart_row(array $line): string
{
    $id = (int) $line['cart_id'];
    $orderable = (int) $line['orderable'] === 1;
    $name = e($line['product_name'] ?? $line['product_id']);
    return '<div class="row' . ($orderable ? '' : ' off') . '">'
        . '<label class="pick"><input type="checkbox" form="selected" name="selected_cart_ids[]" value="' . $id . '" aria-label="' . $name . ' 고르기"'
        . ($orderable ? ' checked' : ' disabled') . '></label>'
        . thumb($line['product_thumb_img_url'])
        . '<div class="words">' . line_words($line)
        . ($orderable ? '<span class="soft">' . changed($line['added_price'] ?? $line['unit_price'], $line['unit_price']) . '</span>' : '')
        . warning_of($line)
        . '<form class="tools" method="post" action="cart.php">' . csrf_input()
        . '<input type="hidden" name="cart_id" value="' . $id . '">'
        . '<input class="quantity" type="number" name="quantity" value="' . e($line['quantity'])
        . '" min="0" max="99999" required inputmode="numeric" aria-label="' . $name . ' 수량">'
        . '<button name="action" value="change">변경</button>'
        . '<button name="action" value="delete" class="bad" formnovalidate>삭제</button></form></div>'
        . '<div class="sum">' . ($line['line_amount'] === null ? '' : won($line['line_amount'])) . '</div></div>';
}
