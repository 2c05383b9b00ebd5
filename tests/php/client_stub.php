<?php
/**
 * A gateway that behaves badly, for client_test.php: `php -S 127.0.0.1:port client_stub.php`. Its first path segment
 * says how; every request is written to the file in STUB_LOG, one JSON line each.
 *
 *     /stall-N/…   the first N requests are answered after 1.5 s, later ones at once
 *     /busy-N/…    the first N requests get 503 as the gateway says it, Retry-After 1
 *     /proxy-N/…   the first N requests get 503 without the gateway's document
 *     /lost-N/…    the first N requests get 504, outcome unknown
 *     /refuse-N/…  the first N requests are refused: 409, the cart rows are gone
 *     /later/…     503 with Retry-After 600
 *     /garbage/…   200 with something that is not an answer
 *     /huge/…      an answer of 9 MB
 *     /away/…      a redirect to /arrived/…
 */
declare(strict_types=1);

const STALL_SECONDS = 1.5;

$log = (string) getenv('STUB_LOG');
$seen = file_exists($log) ? file($log, FILE_IGNORE_NEW_LINES) : [];
preg_match('#\A/(([a-z]+)(?:-(\d+))?)/#', $_SERVER['REQUEST_URI'], $path);
[, $run, $kind] = $path + ['', '', ''];
$first = (int) ($path[3] ?? 0);
$before = count(array_filter($seen, static function (string $line) use ($run): bool {
    return json_decode($line, true)['run'] === $run;
}));
$body = (string) file_get_contents('php://input');
file_put_contents($log, json_encode(['run' => $run, 'method' => $_SERVER['REQUEST_METHOD'], 'body' => $body]) . "\n", FILE_APPEND);

/** An error as the gateway writes it. */
function refuse(int $status, string $code, ?int $retryAfter): void
{
    http_response_code($status);
    if ($retryAfter !== null) {
        header('Retry-After: ' . $retryAfter);
    }
    header('Content-Type: application/problem+json');
    echo json_encode(['type' => 'about:blank', 'title' => $code, 'status' => $status, 'code' => $code, 'retryable' => $code !== 'OUTCOME_UNKNOWN', 'request_id' => 'stub']);
    exit;
}

if ($kind === 'later') {
    refuse(503, 'OVERLOADED', 600);
}
if ($kind === 'garbage') {
    echo '<html>not a gateway</html>';
    exit;
}
if ($kind === 'huge') {
    echo json_encode(['result' => 'OK', 'cart_count' => 0, 'lines' => [], 'pad' => str_repeat('x', 9000000)]);
    exit;
}
if ($kind === 'away') {
    header('Location: /arrived/v1/cart', true, 302);
    exit;
}
if ($before < $first) {
    switch ($kind) {
        case 'stall':
            usleep((int) (STALL_SECONDS * 1e6));
            break;
        case 'busy':
            refuse(503, 'OVERLOADED', 1);
            // no break: refuse() ends the script
        case 'proxy':
            http_response_code(503);
            header('Content-Type: text/html');
            echo '<html>busy</html>';
            exit;
        case 'refuse':
            refuse(409, 'CART_NOT_FOUND', null);
            // no break: refuse() ends the script
        case 'lost':
            refuse(504, 'OUTCOME_UNKNOWN', null);
    }
}
$sent = json_decode($body, true);
header('Content-Type: application/json');
echo json_encode([
    'result' => 'OK', 'replayed' => $before === 0 ? 0 : 1, 'order_number' => $sent['mTrdNo'] ?? '', 'payment' => [],
    'cart_id' => 1, 'cart_count' => 1, 'lines' => [],
]);
