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
    flash($user . ' 회원으로 로그인했습니다.');
} else {
    flash('없는 회원입니다.', 'bad');
}
// An order's result page is worth coming back to; other pages show the catalogue.
$back = parse_url($_SERVER['HTTP_REFERER'] ?? '');
$isResult = is_array($back) && ($back['path'] ?? '') === '/result.php';
go($isResult ? 'result.php?' . ($back['query'] ?? '') : 'index.php');
