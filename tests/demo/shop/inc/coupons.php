<?php
/**
 * Coupons as the order form and the receipt show them. What a coupon takes off, and whether it can be used, is the
 * gateway's to say; here are the words for it.
 */
declare(strict_types=1);

/** Most coupons that the gateway takes in one order. */
const MOST_COUPONS = 20;
/** Why a coupon cannot be used. */
const COUPON_FAULTS = [
    'unknown' => '지금은 쓸 수 없는 쿠폰입니다',
    'used' => '이미 사용한 쿠폰입니다',
    'held' => '결제를 기다리는 주문에 쓰고 있습니다',
    'disabled' => '지금은 쓸 수 없는 쿠폰입니다',
    'not_yet' => '아직 사용 기간이 아닙니다',
    'over' => '사용 기간이 지났습니다',
    'no_target' => '이 쿠폰을 쓸 수 있는 상품이 없습니다',
    'min_amount' => '최소 주문 금액보다 적습니다',
    'stacking' => '함께 쓸 수 없는 쿠폰을 이미 골랐습니다',
    'nothing' => '깎을 금액이 남아 있지 않습니다',
    'used_up' => '준비한 수량이 모두 쓰였습니다',
];
/** Why a code brings no coupon. */
const CODE_FAULTS = [
    'disabled' => '지금은 받을 수 없는 쿠폰입니다',
    'not_yet' => '아직 받을 수 없는 쿠폰입니다',
    'over' => '받을 수 있는 기간이 지났습니다',
    'used_code' => '이미 사용한 코드입니다',
    'member_limit' => '이미 받은 쿠폰입니다',
    'issue_limit' => '준비한 쿠폰이 모두 나갔습니다',
];
const COUPON_TARGETS = ['order' => '주문 전체', 'product' => '일부 상품', 'category' => '일부 분류', 'delivery' => '배송비'];

/**
 * Enters a code for the buyer. What came of it, and whether that is good.
 *
 * @return array{0:string,1:bool}
 */
function enter_code(string $user, string $code): array
{
    try {
        $coupon = gateway()->addCoupon($user, $code);
        return ['‘' . $coupon['coupon_name'] . '’ 쿠폰을 받았습니다.', true];
    } catch (JumunException $error) {
        switch ($error->errorCode()) {
            case 'INVALID_INPUT':
            case 'COUPON_CODE_NOT_FOUND':
                return ['없는 쿠폰 코드입니다. 다시 확인해 주세요.', false];
            case 'TOO_MANY_ATTEMPTS':
                return ['없는 코드를 너무 여러 번 입력했습니다. 한 시간 뒤에 다시 시도해 주세요.', false];
            case 'COUPON_NOT_AVAILABLE':
                return [(CODE_FAULTS[$error->detail()] ?? '지금은 받을 수 없는 쿠폰입니다') . '.', false];
        }
        throw $error;
    }
}

/**
 * The quote of a request with coupons. One that cannot be used is left out, and the others are quoted: `coupon_ids` are
 * those that count, `left_out` says of the others why.
 *
 * @param array<string,mixed> $request as JumunClient::quote() takes it
 * @param list<int>           $coupons
 * @return array<string,mixed>
 */
function quote_with_coupons(string $user, array $request, array $coupons): array
{
    $leftOut = [];
    for (;;) {
        try {
            $quote = gateway()->quote($user, $request + ($coupons === [] ? [] : ['coupon_ids' => $coupons]));
            return ['coupon_ids' => $coupons, 'left_out' => $leftOut] + $quote;
        } catch (JumunException $error) {
            [$id, $fault] = explode(' ', $error->detail(), 2) + [1 => ''];
            if ($error->errorCode() !== 'COUPON_NOT_AVAILABLE' || !in_array((int) $id, $coupons, true)) {
                throw $error;
            }
            $coupons = array_values(array_diff($coupons, [(int) $id]));
            $leftOut[(int) $id] = $fault;
        }
    }
}

/**
 * The buyer's coupons for a quote. One that does not go with a chosen one is not offered beside it.
 *
 * @param array<string,mixed> $quote as quote_with_coupons() gives it
 * @return list<array<string,mixed>> as JumunClient::coupons() has them, those that can be used first
 */
function offered_coupons(string $user, array $quote): array
{
    $ids = array_map('intval', array_column($quote['lines'], 'cart_id'));
    $coupons = gateway()->coupons($user, $ids, $quote['post_code'] === null ? null : (string) $quote['post_code'])['coupons'];
    $groups = [];
    foreach ($coupons as $coupon) {
        if ($coupon['stack_group'] !== null && in_array((int) $coupon['coupon_id'], $quote['coupon_ids'], true)) {
            $groups[$coupon['stack_group']] = $coupon['coupon_name'];
        }
    }
    foreach ($coupons as $i => $coupon) {
        $beside = $groups[$coupon['stack_group'] ?? ''] ?? null;
        if ((int) $coupon['usable'] === 1 && $beside !== null && !in_array((int) $coupon['coupon_id'], $quote['coupon_ids'], true)) {
            $coupons[$i] = ['usable' => 0, 'reason' => 'stacking', 'beside' => $beside] + $coupon;
        }
    }
    $can = static fn (array $coupon): bool => (int) $coupon['usable'] === 1 || ($coupon['reason'] ?? '') === 'stacking';
    return array_merge(array_filter($coupons, $can), array_filter($coupons, static fn (array $coupon): bool => !$can($coupon)));
}

/**
 * Boxes to choose coupons by, each with what it takes off or why it cannot be used.
 *
 * @param array<string,mixed> $quote with `coupons`, as offered_coupons() gives them
 */
function coupon_boxes(array $quote): string
{
    $taken = array_column($quote['discounts'] ?? [], 'amount', 'coupon_id');
    $html = '';
    foreach ($quote['coupons'] ?? [] as $coupon) {
        $id = (int) $coupon['coupon_id'];
        $chosen = in_array($id, $quote['coupon_ids'], true);
        $usable = $chosen || (int) $coupon['usable'] === 1;
        $html .= '<label class="coupon' . ($usable ? '' : ' off') . '"><input type="checkbox" name="coupon_ids[]" value="' . $id . '"'
            . ($chosen ? ' checked' : '') . ($usable ? '' : ' disabled') . '><span class="words"><b>' . e($coupon['coupon_name']) . '</b>'
            . '<small>' . coupon_terms($coupon) . '</small>'
            . ($usable ? '' : '<small class="bad">' . fault_words($coupon) . '</small>') . '</span>'
            . ($usable ? '<span class="sum">−' . won($taken[$id] ?? $coupon['discount']) . '</span>' : '') . '</label>';
    }
    return $html === '' ? '<p class="soft">가지고 있는 쿠폰이 없습니다.</p>' : $html;
}

/** What a coupon is for: "주문 전체 · 30,000원 이상 · 최대 5,000원 · 2026-12-31 09:00까지". The reason beside it may say the sum. */
function coupon_terms(array $coupon): string
{
    $terms = [e(COUPON_TARGETS[$coupon['target']] ?? '')];
    if ($coupon['min_amount'] !== null && $coupon['reason'] !== 'min_amount') {
        $terms[] = won($coupon['min_amount']) . ' 이상';
    }
    if ($coupon['max_discount'] !== null) {
        $terms[] = '최대 ' . won($coupon['max_discount']);
    }
    if ($coupon['valid_until'] !== null) {
        $terms[] = korean_time($coupon['valid_until']) . '까지';
    }
    return '<span>' . implode('</span> · <span>', $terms) . '</span>';
}

/** Why a coupon cannot be used, as HTML. */
function fault_words(array $coupon): string
{
    if (isset($coupon['beside'])) {
        return '‘' . e($coupon['beside']) . '’ 쿠폰과 함께 쓸 수 없습니다';
    }
    if ($coupon['reason'] === 'min_amount' && $coupon['min_amount'] !== null) {
        $where = in_array($coupon['target'], ['product', 'category'], true) ? '대상 상품을 ' : '';
        return $where . won($coupon['min_amount']) . ' 이상 주문할 때 쓸 수 있습니다';
    }
    if ($coupon['reason'] === 'not_yet' && $coupon['valid_from'] !== null) {
        return korean_time($coupon['valid_from']) . '부터 쓸 수 있습니다';
    }
    return e(COUPON_FAULTS[$coupon['reason']] ?? COUPON_FAULTS['disabled']);
}

/**
 * Names the coupons that a quote left out; empty when there are none.
 *
 * @param array<string,mixed> $quote
 */
function left_out_words(array $quote): string
{
    $names = array_column($quote['coupons'] ?? [], 'coupon_name', 'coupon_id');
    $words = [];
    foreach ($quote['left_out'] ?? [] as $id => $fault) {
        $words[] = '‘' . ($names[$id] ?? '쿠폰 ' . $id) . '’: ' . (COUPON_FAULTS[$fault] ?? COUPON_FAULTS['disabled']);
    }
    return implode(' / ', $words);
}

/** The field for a code; it belongs to a form of its own, see code_form(). */
function code_field(): string
{
    return '<p class="code"><input form="code-form" name="coupon_code" maxlength="40" required autocomplete="off" autocapitalize="characters"'
        . ' placeholder="쿠폰 코드" aria-label="쿠폰 코드"><button form="code-form">등록</button></p>';
}

function code_form(string $mTrdNo): string
{
    return '<form id="code-form" method="post" action="order_form.php">' . csrf_input()
        . '<input type="hidden" name="mTrdNo" value="' . e($mTrdNo) . '"><input type="hidden" name="action" value="code"></form>';
}

/**
 * What each discount of a quote or an order takes off, as rows below their sum.
 *
 * @param array<string,mixed> $amounts
 */
function discount_rows(array $amounts): string
{
    $html = '';
    foreach ($amounts['discounts'] ?? [] as $discount) {
        $html .= '<dt class="part">' . e($discount['promotion_name'] ?? $discount['coupon_name']) . '</dt><dd class="part">−' . won($discount['amount']) . '</dd>';
    }
    return $html;
}
