<?php
/**
 * Logs a demo member in. There is no password: the demonstration has nothing to protect.
 */
declare(strict_types=1);

require __DIR__ . '/inc/app.php';
start_page();

if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
    go('index.php');
}
$user = field('user_id');
if (preg_match('/\Ademo([1-9]\d?)\z/', $user, $match) === 1 && (int) $match[1] <= DEMO_USERS) {
    session_regenerate_id(true);
    $_SESSION['user'] = $user;
    flash($user . ' 회원으로 로그인했습니다.' . take_cart_along($user));
} else {
    flash('없는 회원입니다.', 'bad');
}
/** What was put into a cart before logging in becomes the member's. Sent again after a failure it is the same. */
function take_cart_along(string $user): string
{
    if (!isset($_SESSION['guest'])) {
        return '';
    }
    try {
        $merged = gateway()->mergeCart($user, $_SESSION['guest']);
    } catch (JumunException $error) {
        // The guest's cart stays where it is, and the next login takes it along.
        return ' 로그인 전에 담은 상품은 아직 옮기지 못했습니다.';
    }
    if ((int) $merged['kept'] === 0) {
        unset($_SESSION['guest']);
    }
    $moved = (int) $merged['moved'];
    $kept = (int) $merged['kept'];
    return ($moved === 0 ? '' : ' 담아 둔 상품 ' . $moved . '가지를 장바구니로 옮겼습니다.')
        . ($kept === 0 ? '' : ' ' . $kept . '가지는 장바구니에 자리가 없어 옮기지 못했습니다.');
}

// An order's result page is worth coming back to; other pages show the catalogue.
$back = parse_url($_SERVER['HTTP_REFERER'] ?? '');
$isResult = is_array($back) && ($back['path'] ?? '') === '/result.php';
go($isResult ? 'result.php?' . ($back['query'] ?? '') : 'index.php');
