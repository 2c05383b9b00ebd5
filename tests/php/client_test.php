<?php
/**
 * Tests of src/php/jumun.php: against a gateway, and against a stub that stalls and refuses (client_stub.php).
 *
 *     JUMUN_URL=http://127.0.0.1:18080 JUMUN_SHOP_KEY=demo-shop-key php tests/php/client_test.php
 *
 * Further settings: JUMUN_TEST_USER (demo16), whose cart is emptied; JUMUN_TEST_PRODUCT (D0001) and
 * JUMUN_TEST_OPTION (none), which must be orderable; SHOP_PG (wallet). The shop has a coupon WELCOME10 and a code of that
 * name for it: 10 % of an order, cut down to 10, once for each member. The last line is "N passed, N failed";
 * the exit code is 0 only when nothing failed.
 */
declare(strict_types=1);

require_once __DIR__ . '/../../src/php/jumun.php';

set_error_handler(static function (int $level, string $message, string $file, int $line): bool {
    if ((error_reporting() & $level) === 0) {
        return false; // expected: the call is marked with @
    }
    throw new ErrorException($message, 0, $level, $file, $line);
});

/** A setting, or its default when it is absent or empty. */
function setting(string $name, string $default = ''): string
{
    $value = getenv($name);
    return $value === false || $value === '' ? $default : $value;
}

/** Ends the running test as failed unless both are the same. */
function same($expected, $actual, string $what): void
{
    if ($expected !== $actual) {
        throw new UnexpectedValueException($what . ': expected ' . json_encode($expected) . ', got ' . json_encode($actual));
    }
}

function is_true(bool $condition, string $what): void
{
    same(true, $condition, $what);
}

/** The JumunException that $call throws. */
function thrown_by(callable $call): JumunException
{
    try {
        $call();
    } catch (JumunException $error) {
        return $error;
    }
    throw new UnexpectedValueException('no JumunException was thrown');
}

$url = setting('JUMUN_URL');
if ($url === '') {
    fwrite(STDERR, "JUMUN_URL is not set\n0 passed, 1 failed\n");
    exit(2);
}
$user = setting('JUMUN_TEST_USER', 'demo16');
$product = setting('JUMUN_TEST_PRODUCT', 'D0001');
$option = setting('JUMUN_TEST_OPTION');
$jumun = new JumunClient($url, setting('JUMUN_SHOP_KEY', 'demo-shop-key'), ['attempts' => 2]);

/** A cart with one fresh row of $quantity units; its id. */
$fill_cart = static function (int $quantity) use ($jumun, $user, $product, $option): int {
    $old = array_column($jumun->cart($user)['lines'], 'cart_id');
    if ($old !== []) {
        same(0, $jumun->deleteFromCart($user, $old)['cart_count'], 'cart_count after deleting everything');
    }
    return $jumun->addToCart($user, $product, $option, $quantity)['cart_id'];
};

/** A request for the cart row, at the price it has now. */
$order_of = static function (int $cartId) use ($jumun, $user): array {
    $quote = $jumun->quote($user, ['selected_cart_ids' => [$cartId]]);
    return [
        'mTrdNo' => JumunClient::newTransactionNumber(),
        'trdAmt' => $quote['total_payment'],
        'selected_cart_ids' => [$cartId],
        'mode' => 'cart_selected',
        'pg' => setting('SHOP_PG', 'wallet'),
        'receiver' => [
            'receiver_name' => '김견본', 'receiver_phone' => '010-0000-0000', 'post_code' => '00000',
            'address' => '서울특별시 예시구 견본로 1', 'address_detail' => '101호', 'delivery_msg' => '',
        ],
    ];
};

$stubLog = tempnam(sys_get_temp_dir(), 'jumun-stub-');
$stub = null;

/** A client of the stub, misbehaving as $run says; starts the stub when it is needed first. */
$stub_client = static function (string $run, array $options = []) use (&$stub, $stubLog): JumunClient {
    if ($stub === null) {
        $stub = start_stub($stubLog);
    }
    return new JumunClient($stub['url'] . '/' . $run, 'any-key', $options + ['timeout' => 1.0, 'pause' => 0.05]);
};

/** What the stub was sent in a run. */
$requests = static function (string $run) use ($stubLog): array {
    $lines = array_map(static function (string $line): array {
        return json_decode($line, true);
    }, file($stubLog, FILE_IGNORE_NEW_LINES));
    return array_values(array_filter($lines, static function (array $line) use ($run): bool {
        return $line['run'] === $run;
    }));
};

/** @return array{url:string, process:resource} */
function start_stub(string $log): array
{
    $address = free_address();
    $command = [PHP_BINARY, '-S', $address, __DIR__ . '/client_stub.php'];
    $sink = ['file', '/dev/null', 'w'];
    $process = proc_open($command, [['file', '/dev/null', 'r'], $sink, $sink], $pipes, null, ['STUB_LOG' => $log]);
    for ($i = 0; $i < 100; $i++) {
        usleep(50000);
        $connection = @stream_socket_client('tcp://' . $address, $errno, $words, 1.0);
        if ($connection !== false) {
            fclose($connection);
            return ['url' => 'http://' . $address, 'process' => $process];
        }
    }
    throw new RuntimeException('the stub did not start');
}

/**
 * A gateway behind TLS that knows an empty cart, with a certificate that nobody vouches for.
 *
 * @return array{string,array{string,string},resource} address, files with its certificate and its key, process
 */
function start_tls_stub(): array
{
    $key = openssl_pkey_new(['private_key_bits' => 2048, 'private_key_type' => OPENSSL_KEYTYPE_RSA]);
    $config = tempnam(sys_get_temp_dir(), 'jumun-tls-');
    file_put_contents($config, "[req]\ndistinguished_name=name\n[name]\n[v3]\nbasicConstraints=CA:TRUE\nsubjectAltName=IP:127.0.0.1\n");
    $options = ['config' => $config, 'x509_extensions' => 'v3', 'digest_alg' => 'sha256'];
    $request = openssl_csr_new(['commonName' => 'jumun test'], $key, $options);
    openssl_x509_export(openssl_csr_sign($request, null, $key, 1, $options), $certificate);
    openssl_pkey_export($key, $secret);
    unlink($config);
    $caFile = tempnam(sys_get_temp_dir(), 'jumun-ca-');
    file_put_contents($caFile, $certificate);
    $pair = tempnam(sys_get_temp_dir(), 'jumun-pair-');
    file_put_contents($pair, $certificate . $secret);
    $script = '$s = stream_socket_server("ssl://127.0.0.1:0", $n, $w, STREAM_SERVER_BIND | STREAM_SERVER_LISTEN,'
        . ' stream_context_create(["ssl" => ["local_cert" => $argv[1]]]));'
        . ' echo stream_socket_get_name($s, false), "\n";'
        . ' for ($i = 0; $i < 20; $i++) { $c = @stream_socket_accept($s, 10); if (!$c) { continue; }'
        . ' while (($l = fgets($c)) !== false && trim($l) !== "") {}'
        . ' $b = json_encode(["result" => "OK", "cart_count" => 0, "lines" => []]);'
        . ' fwrite($c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " . strlen($b) . "\r\n\r\n" . $b);'
        . ' fclose($c); }';
    $pipes = [];
    $process = proc_open([PHP_BINARY, '-r', $script, '--', $pair], [['file', '/dev/null', 'r'], ['pipe', 'w'], ['file', '/dev/null', 'w']], $pipes);
    $address = trim((string) fgets($pipes[1]));
    return [$address, [$caFile, $pair], $process];
}

/** A loopback address on which nothing listens. */
function free_address(): string
{
    $socket = stream_socket_server('tcp://127.0.0.1:0');
    $address = stream_socket_get_name($socket, false);
    fclose($socket);
    return $address;
}

$orderRequest = ['mTrdNo' => 'T-stub', 'trdAmt' => '1000', 'selected_cart_ids' => [1], 'pg' => 'wallet', 'address_id' => 1];

$tests = [
    'transaction numbers are new each time and fit the gateway' => static function (): void {
        $numbers = [];
        for ($i = 0; $i < 1000; $i++) {
            $numbers[] = JumunClient::newTransactionNumber();
        }
        same(1000, count(array_unique($numbers)), 'different numbers');
        same(1, preg_match('/\A[-._A-Za-z0-9]{1,64}\z/', $numbers[0]), 'characters of ' . $numbers[0]);
    },

    'a product goes into the cart and adds up' => static function () use ($jumun, $user, $fill_cart, $product, $option): void {
        $id = $fill_cart(2);
        $cart = $jumun->addToCart($user, $product, $option, 3);
        same($id, $cart['cart_id'], 'the same row');
        same(1, $cart['cart_count'], 'rows');
        same(5, $cart['lines'][0]['quantity'], 'quantity');
        same(4, $jumun->updateCart($user, $id, 4)['lines'][0]['quantity'], 'quantity after the update');
        same(4, $jumun->cart($user)['lines'][0]['quantity'], 'quantity when read');
        same(0, $jumun->updateCart($user, $id, 0)['cart_count'], 'rows after quantity 0');
    },

    'what was chosen is one option, however it is written' => static function () use ($jumun, $user, $product): void {
        // The product has no such option: which one was meant is answered all the same. As in sql/README.md.
        $normal = '{"각인":"Kim \"7\"","사이즈":"L","색상":"빨강"}';
        $hash = 'aae919890471ffdb2afbcfdd6f9a9b8d5a7d52c2b9edb0bcf1d0cea9fed04e2c';
        same($hash, hash('sha256', $normal), 'hash of the normal form');
        $options = [
            ['색상' => '빨강', '사이즈' => 'L', '각인' => 'Kim "7"'],
            ['각인' => ' Kim "7"', '사이즈' => 'L', '색상' => '빨강', '포장' => null],
            '{ "사이즈":"L", "\uc0c9\uc0c1":"빨강", "각인":"Kim \"7\"" }',
        ];
        foreach ($options as $option) {
            $item = ['product_id' => $product, 'option' => $option, 'quantity' => 1];
            $answer = $jumun->addItemsToCart($user, [$item])['items'][0];
            same($hash, $answer['option_hash'], 'option_hash');
            same('PRODUCT_NOT_FOUND', $answer['code'], 'code');
        }
        $numbers = [];
        foreach ([1, 1.0, '1'] as $value) {
            $item = ['product_id' => $product, 'option' => ['수량' => $value], 'quantity' => 1];
            $numbers[] = $jumun->addItemsToCart($user, [$item])['items'][0]['option_hash'];
        }
        same(array_fill(0, 3, hash('sha256', '{"수량":"1"}')), $numbers, 'spellings of a number');
        $item = ['product_id' => $product, 'option' => [], 'quantity' => 1];
        same('__noopt__', $jumun->addItemsToCart($user, [$item])['items'][0]['option_hash'], 'nothing chosen');
    },

    'a quote has lines, buyer and exact amounts' => static function () use ($jumun, $user, $fill_cart): void {
        $id = $fill_cart(2);
        $quote = $jumun->quote($user, ['selected_cart_ids' => [$id]]);
        same($user, $quote['user_id'], 'user_id');
        same([$id], array_column($quote['lines'], 'cart_id'), 'lines');
        same(1, preg_match('/\A\d+\.\d\d\z/', $quote['total_payment']), 'total_payment as a decimal string');
        same($quote['lines'][0]['line_amount'], $quote['product_total_price'], 'sum of the lines');
    },

    'a quote follows where it goes' => static function () use ($jumun, $user, $product, $option, $fill_cart, $order_of): void {
        // The area where delivery costs 3,000 more: 63000 to 63644.
        $id = $fill_cart(1);
        $ids = ['selected_cart_ids' => [$id]];
        $receiver = $order_of($id)['receiver'];
        $guest = 'guest-' . bin2hex(random_bytes(8));
        $open = $jumun->quote($guest, ['selected_cart_ids' => [$jumun->addToCart($guest, $product, $option, 1)['cart_id']]]);
        same([0, null, null, []], [$open['fee_final'], $open['area_name'], $open['post_code'], $open['undelivered_ids']], 'nobody knows where');
        $nothing = $jumun->quote($user, $ids + ['receiver' => [], 'post_code' => '']);
        same(array_replace($jumun->quote($user, $ids), ['quote_id' => $nothing['quote_id']]), $nothing, 'nothing given');
        $near = $jumun->quote($user, $ids + ['post_code' => '00000']);
        same([1, null, $open['total_payment']], [$near['fee_final'], $near['area_name'], $near['total_payment']], 'near');
        $typed = $jumun->quote($user, $ids + ['receiver' => ['post_code' => '63001'] + $receiver]);
        foreach ([$jumun->quote($user, $ids + ['post_code' => '63001']), $typed] as $far) {
            same([1, '제주', '63001', []], [$far['fee_final'], $far['area_name'], $far['post_code'], $far['undelivered_ids']], 'far');
            same((int) $near['total_payment'] + 3000, (int) $far['total_payment'], 'total');
            same(['3000.00'], array_column($far['parcels'], 'surcharge'), 'surcharge');
        }
        $order = $jumun->order($user, ['receiver' => ['post_code' => '63001'] + $receiver, 'trdAmt' => $far['total_payment']] + $order_of($id));
        same($far['total_payment'], $order['total_payment'], 'charged');

        foreach ([['post_code' => '1234567890123'], ['post_code' => '63001', 'address_id' => 1]] as $wrong) {
            $error = thrown_by(static function () use ($jumun, $user, $ids, $wrong): void {
                $jumun->quote($user, $ids + $wrong);
            });
            same(['INVALID_INPUT', 'post_code'], [$error->errorCode(), $error->field()], 'code and field');
        }
    },

    'a coupon is entered, chosen, held by an order and given back' => static function () use ($jumun, $user, $fill_cart, $order_of): void {
        $id = $fill_cart(2);
        try {
            $entered = $jumun->addCoupon($user, ' wel-come 10');
            same(['WELCOME10', true], [$entered['coupon_code'], $entered['coupon_id'] > 0], 'entered');
        } catch (JumunException $before) {
            // This test ran before.
            same('member_limit', $before->detail(), 'why not');
        }
        foreach ([['WELCOME10', 'COUPON_NOT_AVAILABLE', 409], ['no such code', 'COUPON_CODE_NOT_FOUND', 404]] as [$code, $expected, $status]) {
            $error = thrown_by(static function () use ($jumun, $user, $code): void {
                $jumun->addCoupon($user, $code);
            });
            same([$expected, $status], [$error->errorCode(), $error->status()], $code);
        }
        $mine = static function () use ($jumun, $user, $id): array {
            $list = $jumun->coupons($user, [3 => $id], '00000')['coupons'];
            return array_column($list, null, 'coupon_code')['WELCOME10'];
        };
        $coupon = $mine();
        $request = $order_of($id);
        $quote = $jumun->quote($user, ['selected_cart_ids' => [$id], 'coupon_ids' => [2 => $coupon['coupon_id']], 'post_code' => '00000']);
        $off = intdiv((int) $quote['product_total_price'], 100) * 10;
        same([1, null, $off . '.00'], [$coupon['usable'], $coupon['reason'], $coupon['discount']], 'alone');
        same(['order', 'rate', '0.1000'], [$coupon['target'], $coupon['kind'], $coupon['rate']], 'the coupon');
        same($off . '.00', $quote['discount_total'], 'discount_total');
        same((int) $request['trdAmt'] - $off, (int) $quote['total_payment'], 'total_payment');
        same(1, count($quote['discounts']), 'discounts');
        $discount = $quote['discounts'][0];
        same([$coupon['coupon_id'], 'WELCOME10', $coupon['coupon_name'], 'order', $off . '.00'], [$discount['coupon_id'],
            $discount['coupon_code'], $discount['coupon_name'], $discount['target'], $discount['amount']], 'the discount');
        same([['cart_id' => $id, 'amount' => $off . '.00']], $discount['lines'], 'its lines');

        $request = ['trdAmt' => $quote['total_payment'], 'coupon_ids' => [7 => $coupon['coupon_id']]] + $request;
        $order = $jumun->order($user, $request);
        same($quote['total_payment'], $order['total_payment'], 'charged');
        same(1, $jumun->order($user, $request)['replayed'], 'the same again');
        $selected = $jumun->select($user, $order['order_key']);
        same([['line_no' => 1, 'amount' => $off . '.00']], $selected['discounts'][0]['lines'], 'lines of the order');
        // Another order cannot have it meanwhile, and it is the buyer's again afterwards.
        $other = $fill_cart(1);
        $error = thrown_by(static function () use ($jumun, $user, $other, $coupon): void {
            $jumun->quote($user, ['selected_cart_ids' => [$other], 'coupon_ids' => [$coupon['coupon_id']]]);
        });
        same(['COUPON_NOT_AVAILABLE', 'coupon_ids', $coupon['coupon_id'] . ' held'], [$error->errorCode(), $error->field(), $error->detail()], 'held');
        $restored = $jumun->restoreCart($user, $order['order_key']);
        $all = $jumun->coupons($user);
        same([1, null], [array_column($all['coupons'], 'usable', 'coupon_code')['WELCOME10'], array_column($all['coupons'], 'reason', 'coupon_code')['WELCOME10']], 'given back');
        same(count($all['coupons']), $all['coupon_count'], 'coupon_count');
        same([], $jumun->quote($user, ['selected_cart_ids' => array_column($restored['lines'], 'cart_id')])['discounts'], 'without coupons');
        $error = thrown_by(static function () use ($jumun, $user): void {
            $jumun->coupons($user, []);
        });
        same(['INVALID_INPUT', 'selected_cart_ids'], [$error->errorCode(), $error->field()], 'no rows');
        $error = thrown_by(static function () use ($jumun, $user): void {
            $jumun->coupons($user, null, "\xbc\xad");
        });
        same(['NOT_UTF8', 'post_code'], [$error->errorCode(), $error->field()], 'a postal code that is not UTF-8');
    },

    'points and cash are told, used and given back' => static function () use ($jumun, $user, $fill_cart, $order_of): void {
        $before = $jumun->credits($user);
        is_true((int) $before['points'] >= 1000 && (int) $before['cash'] >= 300, 'demo data has some');
        $id = $fill_cart(1);
        $request = $order_of($id);
        $use = ['point_to_use' => '1000', 'cash_to_use' => '300'];
        $quote = $jumun->quote($user, ['selected_cart_ids' => [$id]] + $use);
        same(['1000.00', '300.00'], [$quote['point_used'], $quote['cash_used']], 'quoted');
        foreach ([['point_to_use', '999', 'POINTS_NOT_ENOUGH', 'min_use 1000.00'], ['cash_to_use', '9000000', 'CASH_NOT_ENOUGH', 'balance ' . $before['cash']]] as [$name, $amount, $code, $detail]) {
            $error = thrown_by(static function () use ($jumun, $user, $id, $name, $amount): void {
                $jumun->quote($user, ['selected_cart_ids' => [$id], $name => $amount]);
            });
            same([$code, $name, $detail], [$error->errorCode(), $error->field(), $error->detail()], $code);
        }
        $order = $jumun->order($user, ['trdAmt' => $quote['total_payment']] + $use + $request);
        $held = $jumun->credits($user);
        same([(int) $before['points'] - 1000, (int) $before['cash'] - 300], [(int) $held['points'], (int) $held['cash']], 'held');
        same(['hold', 'cash', '-300.00', $request['mTrdNo']], [$held['entries'][0]['action'], $held['entries'][0]['kind'],
            $held['entries'][0]['amount'], $held['entries'][0]['order_number']], 'the newest entry');
        $older = $jumun->credits($user, $held['entries'][0]['entry_no']);
        same($held['entries'][1]['entry_no'], $older['entries'][0]['entry_no'], 'the page behind it');
        same('300.00', $jumun->select($user, $order['order_key'])['cash_used'], 'cash_used of the order');
        $jumun->restoreCart($user, $order['order_key']);
        $after = $jumun->credits($user);
        same([$before['points'], $before['cash']], [$after['points'], $after['cash']], 'given back');
        $error = thrown_by(static function () use ($jumun, $user, $order): void {
            $jumun->complete($user, $order['order_key']);
        });
        same(['STATE_NOT_ALLOWED', 409], [$error->errorCode(), $error->status()], 'nothing was paid');
        $error = thrown_by(static function () use ($jumun, $user): void {
            $jumun->credits($user, "\xbc\xad");
        });
        same(['NOT_UTF8', 'before'], [$error->errorCode(), $error->field()], 'a cursor that is not UTF-8');
    },

    'the orders of a buyer are listed, the newest first' => static function () use ($jumun, $user, $fill_cart, $order_of): void {
        $placed = [];
        foreach ([1, 2] as $quantity) {
            array_unshift($placed, $jumun->order($user, $order_of($fill_cart($quantity))));
        }
        $first = $jumun->orders($user, null, 1);
        same([1, $placed[0]['order_key']], [$first['order_count'], $first['next_after']], 'the first page');
        $second = $jumun->orders($user, $first['next_after'], 1);
        $listed = array_merge($first['orders'], $second['orders']);
        foreach (['order_number', 'order_key', 'order_code', 'order_status', 'next_step', 'total_payment', 'expires_at'] as $column) {
            same(array_column($placed, $column), array_column($listed, $column), $column);
        }
        same([[1, 1], [1, 1]], [array_column($listed, 'payable'), array_column($listed, 'restorable')], 'what can be done');
        $lines = $jumun->select($user, $placed[0]['order_key'])['lines'];
        same([1, $lines[0]['product_name']], [$listed[0]['line_count'], $listed[0]['product_name']], 'the first line');
        $jumun->restoreCart($user, $placed[0]['order_key']);
        $given_up = $jumun->orders($user)['orders'][0];
        same([$placed[0]['order_key'], 'ended', 0, 0, 'none'], [$given_up['order_key'], $given_up['phase'], $given_up['payable'],
            $given_up['restorable'], $given_up['next_step']], 'given up');
        foreach ([['x', 20, 'after'], [null, 0, 'limit'], [null, 101, 'limit']] as [$after, $limit, $field]) {
            $error = thrown_by(static function () use ($jumun, $user, $after, $limit): void {
                $jumun->orders($user, $after, $limit);
            });
            same(['INVALID_INPUT', $field], [$error->errorCode(), $error->field()], $field);
        }
        $error = thrown_by(static function () use ($jumun, $user): void {
            $jumun->orders($user, "\xbc\xad");
        });
        same(['NOT_UTF8', 'after'], [$error->errorCode(), $error->field()], 'a cursor that is not UTF-8');
    },

    'an order is placed once, whatever often it is sent' => static function () use ($jumun, $user, $fill_cart, $order_of): void {
        $request = $order_of($fill_cart(1));
        $order = $jumun->order($user, $request);
        same(0, $order['replayed'], 'replayed of the first');
        same($request['mTrdNo'], $order['order_number'], 'order_number');
        same(1, $order['order_status'], 'order_status');
        same('pay', $order['next_step'], 'next_step');
        same(1, count($order['payment']), 'payment rows');
        is_true(in_array($request['mTrdNo'], $order['payment'][0]['pay_fields'], true), 'the PG is told the mTrdNo');
        same(0, $jumun->cart($user)['cart_count'], 'cart rows left');

        $again = $jumun->order($user, $request);
        same(1, $again['replayed'], 'replayed of the second');
        same($order['order_key'], $again['order_key'], 'order_key');
        same($order['payment'], $again['payment'], 'payment');

        $error = thrown_by(static function () use ($jumun, $user, $request): void {
            $jumun->order($user, ['mode' => 'direct_buy'] + $request);
        });
        same('IDEMPOTENCY_MISMATCH', $error->errorCode(), 'code for another request under the same key');
        same(422, $error->status(), 'its status');

        $error = thrown_by(static function () use ($jumun, $user, $request): void {
            $jumun->order($user, ['mTrdNo' => JumunClient::newTransactionNumber()] + $request);
        });
        same('CART_NOT_FOUND', $error->errorCode(), 'code for the same cart row under another key');

        $selected = $jumun->select($user, $order['order_key']);
        same($order['order_number'], $selected['order_number'], 'selected order');
        same($request['trdAmt'], $selected['total_payment'], 'selected total');
        same(1, count($selected['lines']), 'selected lines');
        is_true(count($selected['log']) >= 1, 'a log row');
        same($selected, $jumun->selectByNumber($user, $request['mTrdNo']), 'the order by its number');
        $error = thrown_by(static function () use ($jumun, $user, $order): void {
            $jumun->selectByNumber($user, $order['order_code']);
        });
        same('ORDER_NOT_FOUND', $error->errorCode(), 'code for a name of another kind');

        $error = thrown_by(static function () use ($jumun, $order): void {
            $jumun->select('somebody-else', $order['order_key']);
        });
        same('ORDER_NOT_FOUND', $error->errorCode(), "code for another buyer's order");
        same(404, $error->status(), 'its status');
    },

    'a wrong total brings the new quote' => static function () use ($jumun, $user, $fill_cart, $order_of): void {
        $id = $fill_cart(1);
        $request = $order_of($id);
        $right = $request['trdAmt'];
        $error = thrown_by(static function () use ($jumun, $user, $request): void {
            $jumun->order($user, ['trdAmt' => '100'] + $request);
        });
        same('PRICE_CHANGED', $error->errorCode(), 'code');
        same(409, $error->status(), 'status');
        same('trdAmt', $error->field(), 'field');
        is_true($error->requestId() !== '', 'request_id');
        same($right, $error->newQuote()['total_payment'] ?? null, 'total of the new quote');
        same([$id], array_column($error->rows('lines'), 'cart_id'), 'lines of the new quote');
        same($error->problem()['errno'] ?? null, $error->getCode(), 'errno');
        // Nothing was ordered, so the same key may be used with the right total.
        $order = $jumun->order($user, $request);
        same(0, $order['replayed'], 'replayed');
        same($right, $order['total_payment'], 'charged');
    },

    'what has changed since a quote is told, and its new quote can be ordered' => static function () use ($jumun, $user, $fill_cart, $order_of): void {
        $id = $fill_cart(1);
        $request = $order_of($id);
        $seen = $jumun->quote($user, ['selected_cart_ids' => [$id], 'receiver' => $request['receiver']]);
        is_true(!isset($seen['changes']), 'changes without an earlier quote');
        $request['quote_id'] = $seen['quote_id'];
        $jumun->updateCart($user, $id, 2);

        $error = thrown_by(static function () use ($jumun, $user, $request): void {
            $jumun->order($user, $request);
        });
        same('PRICE_CHANGED', $error->errorCode(), 'code');
        $new = $error->newQuote();
        same($seen['total_payment'], $new['old_total'] ?? null, 'old_total');
        is_true($new['quote_id'] > $seen['quote_id'], 'quote_id of the new quote');
        $changes = $error->changes();
        [$one, $two] = [$seen['product_total_price'], $new['product_total_price']];
        same([['line', $id, $one, $two, 'QUANTITY_CHANGED']], array_map(static function (array $row): array {
            return [$row['kind'], (int) $row['cart_id'], $row['old_amount'], $row['new_amount'], $row['reason']];
        }, $changes), 'changes');
        same([$seen['lines'][0]['product_name'], true, true], [$changes[0]['name'], $changes[0]['reason_ko'] !== '',
            $changes[0]['reason_en'] !== ''], 'words');

        $asked = ['selected_cart_ids' => [$id], 'receiver' => $request['receiver'], 'quote_id' => (string) $seen['quote_id']];
        $again = $jumun->quote($user, $asked);
        same([$changes, $new['total_payment']], [$again['changes'], $again['total_payment']], 'the same of a quote');
        same([], $jumun->quote($user, ['quote_id' => $again['quote_id']] + $asked)['changes'], 'nothing has changed since');

        // The amount of the form is the old one still: what is ordered is the quote.
        $order = $jumun->order($user, ['quote_id' => $new['quote_id']] + $request);
        same([0, $new['total_payment'], 0], [$order['replayed'], $order['total_payment'], $order['price_changed']], 'charged');

        $error = thrown_by(static function () use ($jumun, $user, $asked): void {
            $jumun->quote($user, ['quote_id' => 'x'] + $asked);
        });
        same(['INVALID_INPUT', 'quote_id', []], [$error->errorCode(), $error->field(), $error->changes()], 'no number');
    },

    'mistakes in a request name their field' => static function () use ($jumun, $user, $fill_cart, $order_of): void {
        $request = $order_of($fill_cart(1));
        $request['receiver']['post_code'] = '';
        $error = thrown_by(static function () use ($jumun, $user, $request): void {
            $jumun->order($user, $request);
        });
        same('INVALID_INPUT', $error->errorCode(), 'code');
        same('receiver.post_code', $error->field(), 'field');
        same(false, $error->retryable(), 'retryable');
        $error = thrown_by(static function () use ($jumun, $user): void {
            $jumun->restoreCart($user, '00000000-0000-4000-8000-000000000000');
        });
        same('ORDER_NOT_FOUND', $error->errorCode(), 'code for an unknown order');
    },

    'a restored order is back in the cart once, and can no longer be paid' => static function () use ($jumun, $user, $fill_cart, $order_of): void {
        $request = $order_of($fill_cart(2));
        $order = $jumun->order($user, $request);
        $restored = $jumun->restoreCart($user, $order['order_key']);
        same(0, $restored['replayed'], 'replayed of the first');
        same([2], array_column($restored['lines'], 'quantity'), 'quantities in the cart');
        $again = $jumun->restoreCart($user, $order['order_key']);
        same(1, $again['replayed'], 'replayed of the second');
        same([2], array_column($again['lines'], 'quantity'), 'quantities after the second');
        same('none', $jumun->select($user, $order['order_key'])['next_step'], 'next_step');
        same([], $jumun->order($user, $request)['payment'], 'how to pay the same order now');
    },

    'several things are added at once, and what cannot be is told' => static function () use ($jumun, $user, $product, $option, $fill_cart): void {
        $id = $fill_cart(1);
        $item = ['product_id' => $product, 'option_hash' => $option, 'quantity' => 2];
        // A list with a gap, as array_filter() leaves it.
        $cart = $jumun->addItemsToCart($user, [0 => $item, 2 => ['product_id' => 'no-such', 'quantity' => 1], 5 => $item]);
        same([2, 1, 1], [$cart['added'], $cart['refused'], $cart['cart_count']], 'counts');
        same(['OK', 'PRODUCT_NOT_FOUND', 'OK'], array_column($cart['items'], 'code'), 'codes');
        same([1, 2, 3], array_column($cart['items'], 'line_no'), 'lines');
        same([$id, null, $id], array_column($cart['items'], 'cart_id'), 'rows');
        same([5], array_column($cart['lines'], 'quantity'), 'quantities');
        is_true($cart['items'][0]['free'] > 0, 'units that nobody holds');
        $error = thrown_by(static function () use ($jumun, $user, $product): void {
            $jumun->addItemsToCart($user, [['product_id' => $product, 'count' => 1]]);
        });
        same(['INVALID_INPUT', 'items'], [$error->errorCode(), $error->field()], 'a name that is none');
    },

    'an order makes a cart again, by its key or by its items' => static function () use ($jumun, $user, $product, $fill_cart, $order_of): void {
        $order = $jumun->order($user, $order_of($fill_cart(2)));
        $cart = $jumun->addOrderToCart($user, $order['order_key']);
        same([1, [2]], [$cart['added'], array_column($cart['lines'], 'quantity')], 'all of it');
        $items = $jumun->select($user, $order['order_key'])['items'];
        same([[$product], [2]], [array_column($items, 'product_id'), array_column($items, 'quantity')], 'items');
        same([4], array_column($jumun->addItemsToCart($user, $items)['lines'], 'quantity'), 'the same again');
        same([6], array_column($jumun->addOrderToCart($user, $order['order_key'], [1 => 1])['lines'], 'quantity'), 'a chosen line');
        $error = thrown_by(static function () use ($jumun, $user, $order): void {
            $jumun->addOrderToCart($user, $order['order_key'], [2]);
        });
        same(['INVALID_INPUT', 'lines'], [$error->errorCode(), $error->field()], 'a line that it has not');
        // The order's number is no key.
        $error = thrown_by(static function () use ($jumun, $user, $order): void {
            $jumun->addOrderToCart($user, $order['order_number']);
        });
        same('ORDER_NOT_FOUND', $error->errorCode(), 'code');
    },

    'the cart page reports' => static function () use ($jumun, $user, $fill_cart): void {
        $fill_cart(2);
        foreach (['enter', 'stay', 'leave'] as $event) {
            $cart = $jumun->refreshCart($user, $event);
            same([1, [], [2]], [$cart['cart_count'], $cart['price_changes'], array_column($cart['lines'], 'quantity')], $event);
        }
        same([], $jumun->cart($user, 'enter')['price_changes'], 'read as entered');
        $error = thrown_by(static function () use ($jumun, $user): void {
            $jumun->refreshCart($user, 'open');
        });
        same(['INVALID_INPUT', 'event'], [$error->errorCode(), $error->field()], 'no event');
    },

    'a guest who logs in takes the cart along, once' => static function () use ($jumun, $user, $product, $option, $fill_cart): void {
        $fill_cart(1);
        $guest = 'guest-' . bin2hex(random_bytes(8));
        $jumun->addToCart($guest, $product, $option, 2);
        $merged = $jumun->mergeCart($user, $guest);
        same([1, 0, 1], [$merged['moved'], $merged['kept'], $merged['cart_count']], 'counts');
        same([3], array_column($merged['lines'], 'quantity'), 'quantities');
        same([['OK'], [3]], [array_column($merged['items'], 'code'), array_column($merged['items'], 'in_cart')], 'items');
        same(0, $jumun->cart($guest)['cart_count'], 'rows of the guest');
        same([0, [3]], [$jumun->mergeCart($user, $guest)['moved'], array_column($jumun->cart($user)['lines'], 'quantity')], 'again');
        $error = thrown_by(static function () use ($jumun, $user): void {
            $jumun->mergeCart($user, $user);
        });
        same(['INVALID_INPUT', 'guest_id'], [$error->errorCode(), $error->field()], 'an own id');
    },

    'an unknown key is refused' => static function () use ($url, $user): void {
        $stranger = new JumunClient($url, 'no-such-key');
        $error = thrown_by(static function () use ($stranger, $user): void {
            $stranger->cart($user);
        });
        same('UNAUTHENTICATED', $error->errorCode(), 'code');
        same(401, $error->status(), 'status');
        same(false, $error->retryable(), 'retryable');
    },

    'nobody listens: nothing was sent, every call is tried again' => static function (): void {
        $nobody = new JumunClient('http://' . free_address(), 'any-key', ['attempts' => 3, 'pause' => 0.1]);
        $begun = microtime(true);
        $error = thrown_by(static function () use ($nobody): void {
            $nobody->addToCart('demo1', 'D0001', null, 1);
        });
        same('CONNECTION_FAILED', $error->errorCode(), 'code');
        same(true, $error->retryable(), 'retryable');
        same(0, $error->status(), 'status');
        is_true(microtime(true) - $begun > 0.14, 'two pauses');
    },

    'an order that gets no answer is sent again with the same key' => static function () use ($stub_client, $requests, $orderRequest): void {
        $order = $stub_client('stall-1')->order('demo1', $orderRequest);
        same('T-stub', $order['order_number'], 'order_number');
        $sent = $requests('stall-1');
        is_true(count($sent) >= 2, 'more than one attempt');
        same($sent[0]['body'], $sent[1]['body'], 'the same bytes');
        same('T-stub', json_decode($sent[1]['body'], true)['mTrdNo'], 'the same key');
    },

    'an addition to the cart that gets no answer is not sent again' => static function () use ($stub_client, $requests): void {
        $error = thrown_by(static function () use ($stub_client): void {
            $stub_client('stall-9')->addToCart('demo1', 'D0001', null, 1);
        });
        same('OUTCOME_UNKNOWN', $error->errorCode(), 'code');
        same(false, $error->retryable(), 'a page that repeats it may add twice');
        usleep(700000);
        same(1, count($requests('stall-9')), 'attempts');
    },

    'the gateway does not know the outcome: orders are repeated, changes of the cart are not' => static function () use ($stub_client, $requests, $orderRequest): void {
        same(1, $stub_client('lost-1')->order('demo1', $orderRequest)['replayed'], 'replayed');
        same(2, count($requests('lost-1')), 'attempts of the order');
        $error = thrown_by(static function () use ($stub_client): void {
            $stub_client('lost-2')->addToCart('demo1', 'D0001', null, 1);
        });
        same('OUTCOME_UNKNOWN', $error->errorCode(), 'code');
        same(504, $error->status(), 'status');
        same(false, $error->retryable(), 'retryable');
        same(1, count($requests('lost-2')), 'attempts of the addition');
        thrown_by(static function () use ($stub_client): void {
            $stub_client('lost-3')->updateCart('demo1', 1, 0);
        });
        same(1, count($requests('lost-3')), 'attempts of the change');
        thrown_by(static function () use ($stub_client): void {
            $stub_client('lost-9')->addCoupon('demo1', 'WELCOME10');
        });
        same(1, count($requests('lost-9')), 'attempts of the code');
        thrown_by(static function () use ($stub_client): void {
            $stub_client('lost-4')->addItemsToCart('demo1', [['product_id' => 'D0001', 'quantity' => 1]]);
        });
        same(1, count($requests('lost-4')), 'attempts of the list');
        thrown_by(static function () use ($stub_client): void {
            $stub_client('lost-5')->addOrderToCart('demo1', '00000000-0000-4000-8000-000000000000');
        });
        same(1, count($requests('lost-5')), 'attempts of the order again');
        $stub_client('lost-01')->mergeCart('demo1', 'guest');
        same(2, count($requests('lost-01')), 'attempts of the merge, which moves rows once');
    },

    'a busy gateway is asked again after Retry-After, even for additions' => static function () use ($stub_client, $requests): void {
        $begun = microtime(true);
        $cart = $stub_client('busy-1')->addToCart('demo1', 'D0001', null, 1);
        same(1, $cart['cart_id'], 'cart_id');
        is_true(microtime(true) - $begun >= 1.0, 'Retry-After was waited for');
        same(2, count($requests('busy-1')), 'attempts');
    },

    'a 503 that is not the gateway\'s own may have been passed on: additions are not repeated' => static function () use ($stub_client, $requests, $orderRequest): void {
        $stub_client('proxy-1')->order('demo1', $orderRequest);
        same(2, count($requests('proxy-1')), 'attempts of the order');
        $error = thrown_by(static function () use ($stub_client): void {
            $stub_client('proxy-2')->addToCart('demo1', 'D0001', null, 1);
        });
        same(503, $error->status(), 'status');
        same(1, count($requests('proxy-2')), 'attempts of the addition');
    },

    'a Retry-After beyond the cap ends the call at once' => static function () use ($stub_client, $requests, $orderRequest): void {
        $begun = microtime(true);
        $error = thrown_by(static function () use ($stub_client, $orderRequest): void {
            $stub_client('later')->order('demo1', $orderRequest);
        });
        same(600.0, $error->retryAfter(), 'retryAfter');
        same('stub', $error->requestId(), 'requestId');
        is_true(microtime(true) - $begun < 2.0, 'no waiting');
        same(1, count($requests('later')), 'attempts');
    },

    'no attempt is begun after the deadline of a call' => static function () use ($stub_client, $requests): void {
        $error = thrown_by(static function () use ($stub_client): void {
            $stub_client('busy-9', ['deadline' => 0.5])->cart('demo1');
        });
        same('OVERLOADED', $error->errorCode(), 'code');
        same(1, count($requests('busy-9')), 'attempts');
    },

    'an answer beyond all measure is given up, and a redirect is not followed' => static function () use ($stub_client, $requests): void {
        $error = thrown_by(static function () use ($stub_client): void {
            $stub_client('huge', ['attempts' => 1])->cart('demo1');
        });
        same('OUTCOME_UNKNOWN', $error->errorCode(), 'code of the large answer');
        same(false, $error->retryable(), 'retryable, as the catalogue says of this code');
        $error = thrown_by(static function () use ($stub_client): void {
            $stub_client('away')->cart('demo1');
        });
        same(['BAD_ANSWER', 302], [$error->errorCode(), $error->status()], 'code and status of the redirect');
        same([], $requests('arrived'), 'requests with the key elsewhere');
    },

    'an answer that is none leaves the outcome open' => static function () use ($stub_client, $requests, $orderRequest): void {
        $error = thrown_by(static function () use ($stub_client, $orderRequest): void {
            $stub_client('garbage', ['attempts' => 2])->order('demo1', $orderRequest);
        });
        same('OUTCOME_UNKNOWN', $error->errorCode(), 'code');
        same(2, count($requests('garbage')), 'attempts');
    },

    'a ticket is the one that src/README.md gives as its example' => static function (): void {
        $example = [];
        foreach (file(__DIR__ . '/../../src/README.md') as $line) {
            if (preg_match('/\A {4}(key|shop|key_no|expires|user|mTrdNo|ticket) +(\S+)\s*\z/', $line, $match) === 1) {
                $example[$match[1]] = $match[2];
            }
        }
        same(7, count($example), 'lines of the example');
        $ticket = JumunClient::ticket((int) $example['shop'], (int) $example['key_no'], $example['key'], $example['user'],
            $example['mTrdNo'], (int) $example['expires']);
        same($example['ticket'], $ticket, 'ticket');
    },

    'a list with gaps in its keys is sent as a list' => static function () use ($stub_client, $requests, $orderRequest, $jumun, $user, $fill_cart): void {
        $ids = array_filter([0, 5, 0, 6]);
        same([1 => 5, 3 => 6], $ids, 'what array_filter leaves');
        $stub_client('gaps-0')->order('demo1', ['selected_cart_ids' => $ids, 'coupon_ids' => [2 => 9]] + $orderRequest);
        $stub_client('gaps-0')->quote('demo1', ['selected_cart_ids' => $ids]);
        $stub_client('gaps-0')->deleteFromCart('demo1', $ids);
        foreach ($requests('gaps-0') as $i => $request) {
            same([5, 6], json_decode($request['body'], true)['selected_cart_ids'], 'ids of request ' . $i);
            is_true(strpos($request['body'], '"selected_cart_ids":[5,6]') !== false, 'a list in request ' . $i);
        }
        same([9], json_decode($requests('gaps-0')[0]['body'], true)['coupon_ids'], 'coupons');
        // And the gateway takes it.
        $id = $fill_cart(1);
        same([$id], array_column($jumun->quote($user, ['selected_cart_ids' => [7 => $id]])['lines'], 'cart_id'), 'lines');
    },

    'an empty receiver counts as not given' => static function () use ($stub_client, $requests, $orderRequest, $jumun, $user, $fill_cart, $order_of): void {
        $stub_client('nobody-0')->order('demo1', ['receiver' => []] + $orderRequest);
        is_true(!array_key_exists('receiver', json_decode($requests('nobody-0')[0]['body'], true)), 'no receiver is sent');
        $request = ['receiver' => []] + $order_of($fill_cart(1));
        $error = thrown_by(static function () use ($jumun, $user, $request): void {
            $jumun->order($user, $request);
        });
        same(['INVALID_INPUT', 'address_id'], [$error->errorCode(), $error->field()], 'without any address');
    },

    'text that is not UTF-8 is named and not sent' => static function () use ($stub_client, $requests, $orderRequest): void {
        $error = thrown_by(static function () use ($stub_client, $orderRequest): void {
            $receiver = ['receiver_name' => '김견본', 'address' => "\xbc\xad\xbf\xef"];
            $stub_client('euckr-0')->order('demo1', ['receiver' => $receiver] + $orderRequest);
        });
        same(['NOT_UTF8', 'receiver.address', 0, false], [$error->errorCode(), $error->field(), $error->status(), $error->retryable()], 'error');
        same([], $requests('euckr-0'), 'requests');
    },

    'a user id goes through as it is, in any letters' => static function () use ($jumun, $user): void {
        same(0, $jumun->cart('회원 1')['cart_count'], 'cart of a buyer with a Korean name');
        foreach (['', ' demo1', "demo1\t", "de\nmo", "\xbc\xad"] as $wrong) {
            try {
                $jumun->cart($wrong);
            } catch (InvalidArgumentException $expected) {
                continue;
            }
            throw new UnexpectedValueException(json_encode(bin2hex($wrong)) . ' was accepted');
        }
    },

    'the names with and without a namespace are the same classes' => static function () use ($url): void {
        is_true(new JumunClient($url, 'key') instanceof \Jumun\Client, 'the client');
        is_true(new JumunException('X', 'x', 0, false) instanceof \Jumun\JumunException, 'the exception');
    },

    'a logger is told of every failed attempt, and of nothing that is secret' => static function () use ($stub_client, $orderRequest): void {
        $logger = new class {
            /** @var list<array{string,string,array<string,mixed>}> */
            public $lines = [];

            /** As Psr\Log\LoggerInterface has it. */
            public function log($level, $message, array $context = []): void
            {
                $this->lines[] = [$level, $message, $context];
            }
        };
        $stub_client('busy-01', ['logger' => $logger])->select('secret-user', 'secret-order-key');
        $late = thrown_by(static function () use ($stub_client, $logger, $orderRequest): void {
            $stub_client('later-1', ['logger' => $logger])->order('secret-user', $orderRequest);
        });
        same(['warning', 'error'], array_column($logger->lines, 0), 'levels');
        same('GET /v1/orders/{order_key}', substr($logger->lines[0][2]['route'], 0, 26), 'route');
        same(['OVERLOADED', 503, 1], [$logger->lines[1][2]['code'], $logger->lines[1][2]['status'], $logger->lines[1][2]['attempt']], 'what');
        same($late->requestId(), $logger->lines[1][2]['request_id'], 'request_id');
        same(false, strpos((string) json_encode($logger->lines), 'secret'), 'where a secret stands');
        same(false, strpos((string) json_encode($logger->lines), 'any-key'), 'where the key stands');
        $refused = thrown_by(static function () use ($stub_client, $logger, $orderRequest): void {
            $stub_client('refuse-1', ['logger' => $logger])->order('secret-user', $orderRequest);
        });
        same(['CART_NOT_FOUND', 'notice'], [$refused->errorCode(), $logger->lines[2][0]], 'a refusal is no fault of the way');
        thrown_by(static function () use ($stub_client, $logger): void {
            $stub_client('refuse-01', ['logger' => $logger])->selectByNumber('secret-user', 'secret-number');
        });
        thrown_by(static function () use ($stub_client, $logger): void {
            $stub_client('refuse-001', ['logger' => $logger])->updateCart('secret-user', 7654321, 1);
        });
        thrown_by(static function () use ($logger): void {
            (new JumunClient('http://' . free_address(), 'any-key', ['attempts' => 1, 'logger' => $logger]))->cart('secret-user');
        });
        same(['GET /v1/orders', 'PATCH /v1/cart/items/{cart_id}', 'GET /v1/cart'],
            array_column(array_column(array_slice($logger->lines, 3), 2), 'route'), 'routes without numbers');
        same(['error', 'CONNECTION_FAILED', 0], [$logger->lines[5][0], $logger->lines[5][2]['code'], $logger->lines[5][2]['status']],
            'no connection is one');
        same(false, strpos((string) json_encode($logger->lines), 'secret'), 'where a secret stands');
    },

    'a certificate is trusted only when ca_file says so' => static function (): void {
        [$address, $files, $process] = start_tls_stub();
        try {
            $error = thrown_by(static function () use ($address): void {
                (new JumunClient('https://' . $address, 'key', ['attempts' => 1]))->cart('demo1');
            });
            same('CONNECTION_FAILED', $error->errorCode(), 'code for a certificate that nobody vouches for');
            $cart = (new JumunClient('https://' . $address, 'key', ['attempts' => 1, 'ca_file' => $files[0]]))->cart('demo1');
            same(0, $cart['cart_count'], 'cart_count');
        } finally {
            proc_terminate($process);
            proc_close($process);
            array_map('unlink', $files);
        }
    },

    'a proxy of the environment is not asked' => static function () use ($url, $user): void {
        $before = ['http_proxy' => getenv('http_proxy'), 'no_proxy' => getenv('no_proxy'), 'NO_PROXY' => getenv('NO_PROXY')];
        putenv('http_proxy=http://' . free_address());
        putenv('no_proxy');
        putenv('NO_PROXY');
        try {
            $client = new JumunClient($url, setting('JUMUN_SHOP_KEY', 'demo-shop-key'), ['attempts' => 1]);
            is_true(is_int($client->cart($user)['cart_count']), 'a cart');
        } finally {
            foreach ($before as $name => $value) {
                putenv($value === false ? $name : $name . '=' . $value);
            }
        }
    },

    'every method names the errors that its procedure raises' => static function (): void {
        $routines = [
            'cart' => 'cart/select_shop_cart', 'addToCart' => 'cart/add_shop_cart', 'updateCart' => 'cart/update_shop_cart',
            'addItemsToCart' => 'cart/add_shop_cart_items', 'addOrderToCart' => 'cart/add_shop_cart_items', 'mergeCart' => 'cart/merge_shop_cart',
            'buyNow' => 'cart/add_shop_cart_buy_now', 'coupons' => 'coupon/select_shop_coupons', 'addCoupon' => 'coupon/add_shop_coupon',
            'refreshCart' => 'cart/refresh_shop_cart',
            'deleteFromCart' => 'cart/delete_shop_cart', 'quote' => 'order/shop_order_quote', 'order' => 'order/shop_order_insert',
            'select' => 'order/shop_order_select', 'selectByNumber' => 'order/shop_order_select', 'orders' => 'order/select_shop_orders',
            'restoreCart' => 'order/shop_order_restore_cart',
        ];
        $codes = static function (string $text): array {
            preg_match_all('/\b[A-Z]+(?:_[A-Z0-9]+)+\b/', $text, $found);
            $found = array_values(array_unique($found[0]));
            sort($found);
            return $found;
        };
        foreach ($routines as $method => $routine) {
            $header = (string) file_get_contents(__DIR__ . '/../../sql/procedures/' . $routine . '.sql');
            is_true(preg_match('/^-- Errors(.*?)^-- Locks/ms', $header, $errors) === 1, 'errors of ' . $routine);
            // An order of total 0 is paid at once, which only a changed transition table can forbid; and the routes say
            // which of an order's names they ask by, which only one can have.
            // With a list and with an order the answer says what could not be added, and a list names no order.
            $several = ['PRODUCT_UNAVAILABLE', 'CART_FULL', 'QUANTITY_NOT_ALLOWED'];
            $never = array_merge(['ORDER_NAME_AMBIGUOUS'], [
                'order' => ['STATE_NOT_ALLOWED'], 'addOrderToCart' => $several,
                'addItemsToCart' => array_merge($several, ['ORDER_NOT_FOUND']),
            ][$method] ?? []);
            $expected = array_values(array_diff($codes($errors[1]), $never));
            $comment = (string) (new ReflectionMethod(JumunClient::class, $method))->getDocComment();
            is_true(preg_match('/@throws JumunException(.*?)(?:@throws|\*\/)/s', $comment, $throws) === 1, '@throws of ' . $method);
            same($expected, $codes($throws[1]), $method);
        }
    },

    'mistakes of the caller are not sent at all' => static function () use ($jumun): void {
        $calls = [
            static function () use ($jumun): void {
                $jumun->order('demo1', ['trdAmt' => '1']);
            },
            static function () use ($jumun): void {
                $jumun->cart("demo1\r\nX-Evil: 1");
            },
            static function (): void {
                new JumunClient('ftp://127.0.0.1', 'key');
            },
            static function (): void {
                new JumunClient('http://127.0.0.1', '');
            },
            static function (): void {
                new JumunClient('http://127.0.0.1', 'key', ['timeuot' => 1]);
            },
            static function (): void {
                new JumunClient('http://127.0.0.1', 'key', ['ca_file' => '/nowhere']);
            },
            static function (): void {
                new JumunClient('http://127.0.0.1', 'key', ['logger' => 'me']);
            },
            static function (): void {
                JumunClient::ticket(1, 1, 'a key that is not hex', 'demo1', 'T-1');
            },
            static function (): void {
                JumunClient::ticket(1, 1, str_repeat('ab', 32), 'demo1', '');
            },
        ];
        foreach ($calls as $i => $call) {
            try {
                $call();
            } catch (InvalidArgumentException $expected) {
                continue;
            }
            throw new UnexpectedValueException('call ' . $i . ' was accepted');
        }
    },
];

$passed = 0;
$failed = 0;
foreach ($tests as $name => $test) {
    try {
        $test();
        $passed++;
        echo 'ok    ', $name, "\n";
    } catch (Throwable $error) {
        $failed++;
        echo 'FAIL  ', $name, "\n      ", get_class($error), ': ', $error->getMessage(),
            ' (line ', $error->getLine(), ")\n";
    }
}
if ($stub !== null) {
    proc_terminate($stub['process']);
    proc_close($stub['process']);
}
unlink($stubLog);
echo $passed, ' passed, ', $failed, " failed\n";
exit($failed === 0 && $passed > 0 ? 0 : 1);
