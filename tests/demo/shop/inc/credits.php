<?php
/**
 * Points and cash as the order form shows them. How much of them can be used, and why not more, is the gateway's to say;
 * here are the words for it.
 */
declare(strict_types=1);

/** Words, field of the request, refusal. */
const CREDITS = [
    'point' => ['적립금', 'point_to_use', 'POINTS_NOT_ENOUGH'],
    'cash' => ['예치금', 'cash_to_use', 'CASH_NOT_ENOUGH'],
];

/**
 * How much of both is to be used: what the request says, else what was said before.
 *
 * @param array<string,mixed> $form
 * @return array{point:int, cash:int}
 */
function chosen_credits(array $form): array
{
    $chosen = $form['credits'] ?? ['point' => 0, 'cash' => 0];
    foreach (CREDITS as $kind => [, $name]) {
        if (isset($_POST[$name]) || isset($_GET[$name])) {
            $chosen[$kind] = (int) substr((string) preg_replace('/\D/', '', field($name)), 0, 12);
        }
    }
    return $chosen;
}

/**
 * The quote of a request with coupons, points and cash. What cannot be used is lowered to what can: `credits` is what
 * counts, `credit_words` says of what was lowered why.
 *
 * @param array<string,mixed>         $request as JumunClient::quote() takes it
 * @param list<int>                   $coupons
 * @param array{point:int, cash:int} $credits
 * @return array<string,mixed>
 */
function quote_with_credits(string $user, array $request, array $coupons, array $credits): array
{
    $words = [];
    for ($tries = 0;; $tries++) {
        try {
            $quote = quote_with_coupons($user, $request + credit_fields($credits), $coupons);
            return ['credits' => $credits, 'credit_words' => $words] + $quote;
        } catch (JumunException $error) {
            $kind = array_search($error->errorCode(), array_column(CREDITS, 2), true);
            if ($kind === false || $tries === 6) {
                throw $error;
            }
            $kind = array_keys(CREDITS)[$kind];
            [$why, $sum] = explode(' ', $error->detail(), 2) + [1 => '0'];
            $sum = (int) $sum;
            $used = ['balance' => $sum, 'max_use' => $sum, 'unit' => $credits[$kind] - $credits[$kind] % max($sum, 1)];
            $credits[$kind] = min($used[$why] ?? 0, $credits[$kind]);
            $words[$kind] ??= [
                'balance' => number_format($sum) . '원까지 쓸 수 있습니다',
                'max_use' => '이 주문에는 ' . number_format($sum) . '원까지 쓸 수 있습니다',
                'min_use' => number_format($sum) . '원부터 쓸 수 있습니다',
                'unit' => number_format($sum) . '원 단위로 쓸 수 있습니다',
            ][$why] ?? '지금은 쓸 수 없습니다';
        }
    }
}

/**
 * As a request names them; nothing of what is not used.
 *
 * @param array{point:int, cash:int} $credits
 * @return array<string,string>
 */
function credit_fields(array $credits): array
{
    $fields = [];
    foreach (CREDITS as $kind => [, $name]) {
        $fields += $credits[$kind] > 0 ? [$name => (string) $credits[$kind]] : [];
    }
    return $fields;
}

/**
 * Fields for points and cash, each with what there is of it.
 *
 * @param array<string,mixed> $quote with `credits` and `credit_words`, as quote_with_credits() gives them, and `account`, as
 *     JumunClient::credits() does
 */
function credit_rows(array $quote): string
{
    $html = '';
    foreach (CREDITS as $kind => [$words, $name]) {
        $has = (string) $quote['account'][$kind === 'point' ? 'points' : 'cash'];
        $used = $quote['credits'][$kind];
        if (trim($has, '0.') === '' && $used === 0) {
            continue;
        }
        $said = $quote['credit_words'][$kind] ?? '';
        $html .= '<div class="credit"><label for="' . $name . '"><b>' . $words . '</b> <span class="soft">' . won($has) . ' 있음</span></label>'
            . '<p class="pair"><input id="' . $name . '" name="' . $name . '" inputmode="numeric" pattern="[0-9]*" maxlength="12"'
            . ' autocomplete="off" placeholder="0" value="' . ($used > 0 ? $used : '') . '" data-has="' . (int) $has . '">'
            . '<button type="button" data-use-all="' . $name . '">모두 사용</button></p>'
            . ($said === '' ? '' : '<p class="said bad" role="status">' . $words . '은 ' . e($said) . '.</p>')
            . ($kind === 'point' && trim((string) $quote['account']['points_expiring'], '0.') !== ''
                ? '<p class="soft">30일 안에 ' . won($quote['account']['points_expiring']) . '이 사라집니다</p>' : '') . '</div>';
    }
    return $html === '' ? '<p class="soft">가지고 있는 적립금과 예치금이 없습니다.</p>' : $html;
}

/**
 * The same two fields where scripts are off.
 *
 * @param array<string,mixed> $quote
 */
function plain_credits(array $quote): string
{
    $html = '';
    foreach (CREDITS as $kind => [$words, $name]) {
        $html .= '<input name="' . $name . '" inputmode="numeric" maxlength="12" placeholder="' . $words . '" aria-label="' . $words
            . '" value="' . ($quote['credits'][$kind] > 0 ? $quote['credits'][$kind] : '') . '">';
    }
    return '<p class="pair">' . $html . '</p>';
}
