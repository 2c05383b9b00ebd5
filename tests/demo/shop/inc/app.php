<?php
/**
 * What every page of the demonstration shop needs: configuration, session, the gateway's client, the catalogue.
 *
 * Configuration (environment)
 *     JUMUN_URL, JUMUN_SHOP_KEY            the gateway and the shop's key for it
 *     JUMUN_PUBLIC_URL                     the gateway as browsers reach it; JUMUN_URL when absent
 *     SHOP_TICKET_KEY, SHOP_TICKET_KEY_NO  with which this shop signs tickets, in hex, and its number at the gateway
 *     SHOP_DB_HOST, _PORT, _NAME, _USER, _PASSWORD   reading account for the catalogue and the address book
 *     SHOP_ID, SHOP_PG                     which shop this is, and how it lets people pay
 *     SHOP_ORDER_WAY                       how order_form.php sends an order unless the buyer chooses: see ORDER_WAYS
 */
declare(strict_types=1);

require_once __DIR__ . '/../../../../src/php/jumun.php';
require_once __DIR__ . '/layout.php';
require_once __DIR__ . '/coupons.php';
require_once __DIR__ . '/credits.php';
require_once __DIR__ . '/orders.php';

const DEMO_USERS = 20;
/** Order forms remembered per session; older ones are forgotten. */
const FORMS_KEPT = 20;
/** Ways to send an order. A real shop has one; the demonstration lets its visitors compare them. */
const ORDER_WAYS = [
    'form' => '브라우저가 바로 (폼)',
    'json' => '브라우저가 바로 (JSON)',
    'server' => '상점 서버가 대신',
];

/** A setting from the environment. */
function setting(string $name): string
{
    static $defaults = [
        'JUMUN_URL' => 'http://127.0.0.1:18080',
        'JUMUN_SHOP_KEY' => 'demo-shop-key',
        'JUMUN_PUBLIC_URL' => '',
        // demo-ticket-key-of-shop-1-public
        'SHOP_TICKET_KEY' => '64656d6f2d7469636b65742d6b65792d6f662d73686f702d312d7075626c6963',
        'SHOP_TICKET_KEY_NO' => '1',
        'SHOP_ORDER_WAY' => 'form',
        'SHOP_DB_HOST' => '127.0.0.1',
        'SHOP_DB_PORT' => '13316',
        'SHOP_DB_NAME' => 'jumun',
        'SHOP_DB_USER' => 'jumun_demo_shop',
        'SHOP_DB_PASSWORD' => 'demo-shop',
        'SHOP_ID' => '1',
        'SHOP_PG' => 'wallet',
    ];
    $value = getenv($name);
    return $value === false || $value === '' ? $defaults[$name] : $value;
}

function gateway(): JumunClient
{
    static $client = null;
    if ($client === null) {
        $client = new JumunClient(setting('JUMUN_URL'), setting('JUMUN_SHOP_KEY'));
    }
    return $client;
}

/** The gateway as the buyer's browser reaches it, no slash at the end. */
function public_gateway(): string
{
    return rtrim(setting('JUMUN_PUBLIC_URL') === '' ? setting('JUMUN_URL') : setting('JUMUN_PUBLIC_URL'), '/');
}

/** How this session sends its orders: a key of ORDER_WAYS. */
function order_way(): string
{
    $way = $_SESSION['way'] ?? setting('SHOP_ORDER_WAY');
    return isset(ORDER_WAYS[$way]) ? $way : 'server';
}

/** The order of a form as the gateway knows it, also when the browser has sent it past this server; null = none. */
function order_of(string $mTrdNo): ?array
{
    try {
        return gateway()->selectByNumber(user(), $mTrdNo);
    } catch (JumunException $error) {
        if ($error->errorCode() === 'ORDER_NOT_FOUND' || $error->errorCode() === 'INVALID_INPUT') {
            return null;
        }
        throw $error;
    }
}

/**
 * Rows of a query on the shop's own tables.
 *
 * @param array<int,int|string> $values
 * @return list<array<string,mixed>>
 */
function read_rows(string $sql, array $values): array
{
    return run_statement($sql, $values)->fetchAll();
}

/**
 * Runs a statement on the shop's own tables.
 *
 * @param array<int,int|string> $values
 */
function run_statement(string $sql, array $values): PDOStatement
{
    static $db = null;
    if ($db === null) {
        $dsn = sprintf(
            'mysql:host=%s;port=%s;dbname=%s;charset=utf8mb4',
            setting('SHOP_DB_HOST'),
            setting('SHOP_DB_PORT'),
            setting('SHOP_DB_NAME')
        );
        $db = new PDO($dsn, setting('SHOP_DB_USER'), setting('SHOP_DB_PASSWORD'), [
            PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
            PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
            PDO::ATTR_EMULATE_PREPARES => false,
            PDO::ATTR_TIMEOUT => 3,
        ]);
    }
    $statement = $db->prepare($sql);
    foreach ($values as $i => $value) {
        $statement->bindValue($i + 1, $value, is_int($value) ? PDO::PARAM_INT : PDO::PARAM_STR);
    }
    $statement->execute();
    return $statement;
}

/**
 * The buyer's address book, the default address first.
 *
 * @return list<array<string,mixed>>
 */
function addresses(string $user): array
{
    return read_rows(
        'SELECT seq_no AS address_id, receiver_name, receiver_phone, post_code, address, address_detail, delivery_msg'
        . ' FROM shop_shipping_address WHERE shop_id = ? AND user_id = ? ORDER BY is_default DESC, seq_no LIMIT 20',
        [(int) setting('SHOP_ID'), $user]
    );
}

/**
 * What each set consists of: per product its parts, as an order's line has them.
 *
 * @param list<string> $ids
 * @return array<string,list<array<string,mixed>>>
 */
function parts_of(int $shop, array $ids): array
{
    $parts = [];
    if ($ids !== []) {
        $rows = read_rows(
            'SELECT e.product_id, p.product_name, o.option_name, e.quantity FROM shop_set_parts e'
            . ' JOIN v_products_effective p ON p.shop_id = e.shop_id AND p.product_id = e.part_product_id'
            . ' LEFT JOIN shop_product_options o ON o.shop_id = e.shop_id AND o.product_id = e.part_product_id'
            . ' AND o.option_hash = e.part_option_hash WHERE e.shop_id = ? AND e.product_id IN ('
            . implode(', ', array_fill(0, count($ids), '?')) . ') ORDER BY e.product_id, e.position',
            array_merge([$shop], $ids)
        );
        foreach ($rows as $row) {
            $parts[$row['product_id']][] = $row;
        }
    }
    return $parts;
}

/**
 * Lines of a cart or a quote, with the parts of those that are sets.
 *
 * @param list<array<string,mixed>> $lines
 * @return list<array<string,mixed>>
 */
function with_parts(array $lines): array
{
    $parts = parts_of((int) setting('SHOP_ID'), array_values(array_unique(array_column($lines, 'product_id'))));
    foreach ($lines as $i => $line) {
        $lines[$i]['parts'] = $parts[$line['product_id']] ?? null;
    }
    return $lines;
}

/** Whether this shop keeps the price at which something was put into the cart. */
function prices_are_promised(): bool
{
    $rows = read_rows('SELECT price_policy FROM shops WHERE shop_id = ?', [(int) setting('SHOP_ID')]);
    return ($rows[0]['price_policy'] ?? '') === 'pinned';
}

/** Begins the request: session, headers, and one page for whatever is not caught elsewhere. */
function start_page(): void
{
    set_exception_handler('show_failure');
    session_name('jumun_demo_shop');
    session_start([
        'cookie_httponly' => true,
        'cookie_samesite' => 'Lax',
        'use_strict_mode' => true,
    ]);
    header('Content-Type: text/html; charset=utf-8');
    header("Content-Security-Policy: default-src 'self'; connect-src 'self' " . public_gateway()
        . "; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'");
    header('X-Content-Type-Options: nosniff');
    // Not "same-origin" or "no-referrer": with those a browser does not tell the gateway which page posts an order.
    header('Referrer-Policy: strict-origin-when-cross-origin');
    header('Cache-Control: no-store');
    if (!isset($_SESSION['csrf'])) {
        $_SESSION['csrf'] = bin2hex(random_bytes(16));
    }
    if ($_SERVER['REQUEST_METHOD'] === 'POST' && !hash_equals($_SESSION['csrf'], field('csrf'))) {
        http_response_code(403);
        show_message('요청을 확인할 수 없습니다', '페이지를 새로 고친 뒤 다시 시도해 주세요.', 'index.php', '상품 목록으로');
        exit;
    }
}

/** One text value of the request; anything else counts as absent. */
function field(string $name): string
{
    $value = $_POST[$name] ?? $_GET[$name] ?? '';
    return is_string($value) ? $value : '';
}

/**
 * The numbers in a list of the request, such as selected_cart_ids[], each once.
 *
 * @return list<int>
 */
function numbers(string $name): array
{
    $values = $_POST[$name] ?? $_GET[$name] ?? [];
    $ids = [];
    foreach (is_array($values) ? $values : [] as $value) {
        if (is_string($value) && preg_match('/\A[1-9]\d{0,18}\z/', $value) === 1) {
            $ids[] = (int) $value;
        }
    }
    return array_values(array_unique($ids));
}

function user(): string
{
    return $_SESSION['user'] ?? '';
}

/**
 * Whose cart this is: the member's, or the one that a visitor fills before logging in; '' = a visitor who has none yet,
 * unless one is begun.
 */
function visitor(bool $begin = false): string
{
    if (user() !== '') {
        return user();
    }
    if ($begin && !isset($_SESSION['guest'])) {
        $_SESSION['guest'] = 'guest-' . bin2hex(random_bytes(16));
    }
    return $_SESSION['guest'] ?? '';
}

/** The buyer; without one the page ends with a request to log in. */
function require_user(string $words = '위에서 데모 회원을 고르고 로그인해 주세요.'): string
{
    if (user() === '') {
        show_message('로그인이 필요합니다', $words, 'index.php', '상품 목록으로');
        exit;
    }
    return user();
}

/** Goes to a page of this shop. */
function go(string $page): void
{
    header('Location: ' . $page, true, 303);
    exit;
}

/** Words for the next page, shown once. */
function flash(string $words, string $kind = 'good'): void
{
    $_SESSION['flash'] = ['words' => $words, 'kind' => $kind];
}

/**
 * Begins an order form. Its transaction number is made here, once: reloading the form, sending it twice or coming
 * back to it with the back button is the same order.
 *
 * @param list<int> $cartIds
 */
function begin_order_form(string $mode, array $cartIds): string
{
    $mTrdNo = JumunClient::newTransactionNumber();
    $forms = $_SESSION['forms'] ?? [];
    $forms[$mTrdNo] = ['user' => user(), 'mode' => $mode, 'cart_ids' => $cartIds];
    $_SESSION['forms'] = array_slice($forms, -FORMS_KEPT, null, true);
    return $mTrdNo;
}

/**
 * An order form of this session.
 *
 * @return array<string,mixed>|null user, mode, cart_ids; coupon_ids (as chosen), quote (as last shown), old_quote (before
 *     its prices changed); request and order_key once ordered by this server
 */
function order_form(string $mTrdNo): ?array
{
    $form = $_SESSION['forms'][$mTrdNo] ?? null;
    return $form !== null && $form['user'] === user() ? $form : null;
}

/**
 * Remembers more about an order form.
 *
 * @param array<string,mixed> $more
 */
function keep_order_form(string $mTrdNo, array $more): void
{
    if (isset($_SESSION['forms'][$mTrdNo])) {
        $_SESSION['forms'][$mTrdNo] = $more + $_SESSION['forms'][$mTrdNo];
    }
}
