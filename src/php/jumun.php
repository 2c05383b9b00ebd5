<?php
/**
 * Client of the jumun gateway, in one file. PHP 7.4 or later, ext-curl and ext-json, nothing else.
 *
 *     require_once 'jumun.php';                               // or composer's autoloader
 *     $jumun = new \Jumun\Client('http://127.0.0.1:18080', getenv('JUMUN_SHOP_KEY'));
 *     $mTrdNo = \Jumun\Client::newTransactionNumber();        // once per order form, kept with it
 *     $quote = $jumun->quote('demo1', ['selected_cart_ids' => [1, 2]]);
 *     $order = $jumun->order('demo1', ['mTrdNo' => $mTrdNo, 'trdAmt' => $quote['total_payment'], …]);
 *
 * Amounts are decimal strings in the shop's currency ("12300.00"), times are UTC ("2026-11-20T06:31:07.000000Z").
 * Whatever goes wrong is a Jumun\JumunException; only a mistake in the calling code is an InvalidArgumentException.
 * The names without a namespace, JumunClient and JumunException, mean the same classes.
 */
declare(strict_types=1);

namespace Jumun;

use InvalidArgumentException;
use RuntimeException;

/**
 * An error of the gateway or of the way to it.
 *
 * errorCode() is the stable name to branch on: PRICE_CHANGED, CART_NOT_FOUND, OUT_OF_STOCK, … as the gateway's
 * catalogue lists them, or one of this client's own:
 *   CONNECTION_FAILED  nothing was sent, so nothing happened
 *   OUTCOME_UNKNOWN    the request was sent, no usable answer came (also the gateway's own word for it)
 *   BAD_ANSWER         the answer is not what a gateway says
 *   NOT_UTF8           a text of the request is not UTF-8, such as a name from an EUC-KR page: field() says which one,
 *                      nothing was sent. mb_convert_encoding($text, 'UTF-8', 'CP949') makes it one
 */
final class JumunException extends RuntimeException
{
    /** @var string */
    private $errorCode;
    /** @var int */
    private $status;
    /** @var bool */
    private $retryable;
    /** @var float|null */
    private $retryAfter;
    /** @var array<string,mixed> */
    private $problem;

    /**
     * @param string              $errorCode  stable name
     * @param string              $title      words for people
     * @param int                 $status     HTTP status, 0 when there was no answer
     * @param bool                $retryable  whether the same request may succeed later
     * @param float|null          $retryAfter seconds to wait before that, if the gateway said so
     * @param array<string,mixed> $problem    the whole answer (RFC 9457), empty when there was none
     */
    public function __construct(
        string $errorCode,
        string $title,
        int $status,
        bool $retryable,
        ?float $retryAfter = null,
        array $problem = []
    ) {
        parent::__construct($title, isset($problem['errno']) && is_int($problem['errno']) ? $problem['errno'] : 0);
        $this->errorCode = $errorCode;
        $this->status = $status;
        $this->retryable = $retryable;
        $this->retryAfter = $retryAfter;
        $this->problem = $problem;
    }

    /** Stable name of the error, such as PRICE_CHANGED. */
    public function errorCode(): string
    {
        return $this->errorCode;
    }

    /** HTTP status; 0 when there was no answer. */
    public function status(): int
    {
        return $this->status;
    }

    /** Whether the same request may succeed later. */
    public function retryable(): bool
    {
        return $this->retryable;
    }

    /** Seconds the gateway asked to wait, or null. */
    public function retryAfter(): ?float
    {
        return $this->retryAfter;
    }

    /** The gateway's number for this request, for its logs; empty when there was no answer. */
    public function requestId(): string
    {
        return $this->text('request_id');
    }

    /** The request field that was wrong, such as trdAmt or receiver.post_code; empty when none is named. */
    public function field(): string
    {
        return $this->text('field');
    }

    /** More about the error, for developers; may be empty. */
    public function detail(): string
    {
        return $this->text('detail');
    }

    /**
     * The whole answer, with the result sets that came with the error: `quote`, `lines` and `changes` with PRICE_CHANGED,
     * `lines` with PRODUCT_UNAVAILABLE and QUANTITY_NOT_ALLOWED, `shortage` with OUT_OF_STOCK.
     *
     * @return array<string,mixed>
     */
    public function problem(): array
    {
        return $this->problem;
    }

    /**
     * Rows of a result set that came with the error.
     *
     * @return list<array<string,mixed>>
     */
    public function rows(string $set): array
    {
        $rows = $this->problem[$set] ?? [];
        return is_array($rows) ? array_values(array_filter($rows, 'is_array')) : [];
    }

    /**
     * The amounts that hold now, after PRICE_CHANGED: keys as in JumunClient::quote(), without buyer, address and parcels;
     * and old_total, what the buyer saw. Its quote_id can be ordered at once, with the same mTrdNo and trdAmt.
     *
     * @return array<string,mixed>|null
     */
    public function newQuote(): ?array
    {
        return $this->rows('quote')[0] ?? null;
    }

    /**
     * What costs another amount than the buyer saw, after PRICE_CHANGED: rows as `changes` of JumunClient::quote(). Empty
     * when the quote that the buyer saw is not kept any more.
     *
     * @return list<array<string,mixed>>
     */
    public function changes(): array
    {
        return $this->rows('changes');
    }

    private function text(string $member): string
    {
        $value = $this->problem[$member] ?? '';
        return is_string($value) ? $value : '';
    }
}

/**
 * Calls the gateway on behalf of one shop.
 *
 * Every call may throw a JumunException with a code of its own (see @throws there, and sql/README.md), with one
 * of the gateway's (UNAUTHENTICATED, OVERLOADED, DATABASE_UNAVAILABLE, …) or with one of this client's; and an
 * InvalidArgumentException for a user id that no header can carry.
 *
 * Repeats by itself what is safe to repeat, with a pause that grows and Retry-After honoured:
 *   nothing was sent, or the gateway refused before doing anything (503)     every call
 *   the outcome is unknown (no answer, 502, 504)                             every call but updateCart() and those that add:
 *                                                                            addToCart(), addItemsToCart(), addOrderToCart(),
 *                                                                            addCoupon()
 * order() is among the safe ones because its mTrdNo goes along unchanged: the gateway answers a repeat with the
 * order that the first attempt made.
 */
final class Client
{
    private const VERSION = '2.5.0';
    /** Larger answers are refused: 1,000 lines of a cart stay far below. */
    private const MAX_ANSWER_BYTES = 8388608;
    /** curl errors that mean that no connection was made: the request was not sent. */
    private const NOT_SENT = [CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT];

    /** @var string */
    private $baseUrl;
    /** @var string */
    private $shopKey;
    /** @var array<string,mixed> */
    private $options;
    /** @var \Psr\Log\LoggerInterface|null */
    private $logger;

    /**
     * @param string              $baseUrl the gateway, such as http://127.0.0.1:18080
     * @param string              $shopKey the shop's bearer key; never leaves the server
     * @param array<string,mixed> $options
     *     connect_timeout  seconds to connect, default 2.0
     *     timeout          seconds for one attempt, default 12.0: a little more than the gateway's own deadline
     *     deadline         seconds after which no further attempt is begun, default 30.0
     *     attempts         most attempts for one call, default 4
     *     pause            seconds before the second attempt, doubled for each further one, default 0.2
     *     retry_after_cap  longest Retry-After that is waited for, in seconds, default 5.0; a longer one ends the call
     *     language         for error titles: ko (default) or en
     *     proxy            default '': none, whatever the environment says
     *     ca_file          PEM file with the certificates that may vouch for the gateway, default '': the system's
     *     logger           a PSR-3 logger (Psr\Log\LoggerInterface), default null: told of every attempt that failed,
     *                      with the route, never with a key, a buyer or what was sent
     * @throws InvalidArgumentException for an option that does not exist or cannot be used
     */
    public function __construct(string $baseUrl, string $shopKey, array $options = [])
    {
        if (preg_match('#\Ahttps?://[^\s?\#]+\z#', $baseUrl) !== 1) {
            throw new InvalidArgumentException('base URL must begin with http:// or https://');
        }
        if (preg_match('/\A[\x21-\x7e]+\z/', $shopKey) !== 1) {
            throw new InvalidArgumentException('shop key is empty or has characters that no header can carry');
        }
        $defaults = [
            'connect_timeout' => 2.0, 'timeout' => 12.0, 'deadline' => 30.0, 'attempts' => 4, 'pause' => 0.2,
            'retry_after_cap' => 5.0, 'language' => 'ko', 'proxy' => '', 'ca_file' => '', 'logger' => null,
        ];
        $unknown = array_diff_key($options, $defaults);
        if ($unknown !== []) {
            throw new InvalidArgumentException('unknown option: ' . implode(', ', array_keys($unknown)));
        }
        $this->baseUrl = rtrim($baseUrl, '/');
        $this->shopKey = $shopKey;
        $this->options = $options + $defaults;
        if ($this->options['ca_file'] !== '' && !is_readable($this->options['ca_file'])) {
            throw new InvalidArgumentException('ca_file cannot be read: ' . $this->options['ca_file']);
        }
        $this->logger = $this->options['logger'];
        // Not by instanceof: without composer that interface need not exist, and a logger of that form is welcome.
        if ($this->logger !== null && !is_callable([$this->logger, 'log'])) {
            throw new InvalidArgumentException('logger is not a PSR-3 logger: it has no method log');
        }
    }

    /**
     * A new transaction number (mTrdNo): the order's number and its idempotency key. Make one per order form and
     * keep it with the form, so that sending the form twice is one order.
     */
    public static function newTransactionNumber(): string
    {
        return 'T' . gmdate('YmdHis') . '-' . bin2hex(random_bytes(8));
    }

    /**
     * A ticket: the field with which the buyer's own browser may post this one order to the gateway, and repeat it,
     * without the shop's key. Made on the shop's server, put into the order form.
     *
     * @param int    $keyNo   number under which the key is stored at the gateway's database
     * @param string $keyHex  the shop's ticket key: 32 to 64 bytes in hex; never leaves the server
     * @param string $userId  the buyer
     * @param string $mTrdNo  the order's number, from newTransactionNumber()
     * @param int    $expires Unix time after which it is refused, at most a day ahead; 0 = an hour from now
     */
    public static function ticket(
        int $shopId,
        int $keyNo,
        string $keyHex,
        string $userId,
        string $mTrdNo,
        int $expires = 0
    ): string {
        $isKey = preg_match('/\A(?:[0-9a-fA-F]{2}){32,64}\z/', $keyHex) === 1;
        if (!$isKey || $shopId < 1 || $keyNo < 1 || $keyNo > 255 || $userId === '' || $mTrdNo === '') {
            throw new InvalidArgumentException('a ticket needs a shop, a key of 32 to 64 bytes in hex, a buyer and an order');
        }
        $expires = $expires === 0 ? time() + 3600 : $expires;
        $signed = implode('.', ['jumun1', $shopId, $keyNo, $expires, bin2hex($userId), bin2hex($mTrdNo)]);
        return $signed . '.' . hash_hmac('sha256', $signed, hex2bin($keyHex));
    }

    /**
     * The buyer's cart.
     *
     * @param string|null $event 'enter' when the cart page is shown and does not report it by refreshCart()
     * @return array{cart_count:int, cart_version:int, cart_amount:string, cart_total_hash:string,
     *     price_changes:list<array<string,mixed>>, lines:list<array{cart_id:int, product_id:string, product_name:?string,
     *     option_hash:string, option_name:string, unit_price:?string, quantity:int, line_amount:?string,
     *     orderable:int, stock_left:?int, added_price:?string, product_thumb_img_url:?string,
     *     item_state:string, option:?array<string,string>, min_quantity:?int, max_quantity:?int,
     *     quantity_step:?int, member_quantity:?int, member_days:?int, quantity_kept:int}>}
     *     cart_amount is what all rows cost together, without delivery; cart_version rises when rows, their quantities
     *     or their prices change, and cart_total_hash is another one then.
     *     unit_price is null for a product that is gone; orderable 0 = would make an order fail; stock_left is null
     *     when there are enough units for this row, else so many are left; added_price is what a unit cost when it
     *     was put in, null when that is not known; item_state is in_cart, or in_checkout of a row that an order has
     *     which waits for its payment (shops with soft_lock): it can be neither changed nor ordered, nor is it counted;
     *     or expired: nobody has changed it for as long as the shop's carts hold (setting its quantity renews it), or its
     *     product is gone.
     *     price_changes as in refreshCart()
     * @throws JumunException INVALID_INPUT, SHOP_NOT_FOUND
     */
    public function cart(string $userId, ?string $event = null): array
    {
        $query = $event === null ? '' : '?event=' . rawurlencode($event);
        return $this->call('GET', '/v1/cart' . $query, $userId, null, true);
    }

    /**
     * Reports what the buyer does on the cart page. In a shop that promises prices that renews them; in any other it
     * reads the cart. Not repeated after an unknown outcome: what has changed is said once.
     *
     * @param string $event enter | stay | leave
     * @return array{cart_count:int, price_changes:list<array{cart_id:int, product_id:string, option_hash:string,
     *     old_price:string, new_price:string}>, lines:list<array<string,mixed>>}
     *     price_changes: rows that cost something else than before this call; lines as in cart()
     * @throws JumunException INVALID_INPUT, SHOP_NOT_FOUND
     */
    public function refreshCart(string $userId, string $event): array
    {
        return $this->call('POST', '/v1/cart/refresh', $userId, ['event' => $event], false);
    }

    /**
     * Puts a product into the cart; what is there already adds up. Not repeated after an unknown outcome, since a
     * repeat would add twice: look at cart() then.
     *
     * @param string|null $optionHash what was chosen, as JSON (json_encode(['색상' => '빨강'])), or its hash; null or
     *     '' = no option
     * @param int         $quantity   units, from 1
     * @return array{cart_id:int, cart_count:int, lines:list<array<string,mixed>>} lines as in cart()
     * @throws JumunException INVALID_INPUT, SHOP_NOT_FOUND, PRODUCT_UNAVAILABLE, CART_FULL, QUANTITY_NOT_ALLOWED
     */
    public function addToCart(string $userId, string $productId, ?string $optionHash, int $quantity): array
    {
        $item = ['product_id' => $productId, 'quantity' => $quantity];
        if ($optionHash !== null && $optionHash !== '') {
            $item['option_hash'] = $optionHash;
        }
        return $this->call('POST', '/v1/cart/items', $userId, $item, false);
    }

    /**
     * Puts several things into the cart at once. One that cannot be added does not stop the others; when none could,
     * `added` is 0. Not repeated after an unknown outcome, as addToCart().
     *
     * @param list<array{product_id:string, option?:array<string,string|int|float|null>, option_hash?:?string,
     *     quantity:int}> $items at most 1,000; option: group => value; the `items` of select() are such a list
     * @return array{added:int, refused:int, cart_count:int, items:list<array{line_no:int, product_id:?string,
     *     option_hash:?string, quantity:?int, code:string, field:string, detail:string, cart_id:?int, in_cart:?int,
     *     free:?int}>, lines:list<array<string,mixed>>}
     *     items: what became of each, in their order. code: OK, PRODUCT_NOT_FOUND, PRODUCT_UNAVAILABLE, CART_FULL,
     *     QUANTITY_NOT_ALLOWED, INVALID_INPUT (see field); in_cart: units in the cart now; free: units that nobody holds, fewer than in_cart
     *     cannot be ordered. lines as in cart()
     * @throws JumunException INVALID_INPUT, SHOP_NOT_FOUND
     */
    public function addItemsToCart(string $userId, array $items): array
    {
        return $this->call('POST', '/v1/cart/items', $userId, ['items' => $items], false);
    }

    /**
     * Puts what an order was made of into the cart again, at today's prices, whatever became of the order: it stays as
     * it is. An order that came to nothing gives its lines back, once, by restoreCart(). Not repeated after an unknown
     * outcome, as addToCart().
     *
     * @param string     $orderKey the order's order_key; one of this buyer
     * @param int[]|null $lines    line_no of the lines to take; null = all
     * @return array{added:int, refused:int, cart_count:int, items:list<array<string,mixed>>,
     *     lines:list<array<string,mixed>>} as addItemsToCart(); line_no is the order's
     * @throws JumunException INVALID_INPUT, SHOP_NOT_FOUND, ORDER_NOT_FOUND
     */
    public function addOrderToCart(string $userId, string $orderKey, ?array $lines = null): array
    {
        $body = ['order' => 'order_key:' . $orderKey];
        if ($lines !== null) {
            $body['lines'] = $lines;
        }
        return $this->call('POST', '/v1/cart/items', $userId, $body, false);
    }

    /**
     * Buys a product now, beside whatever is in the cart, which stays as it is: with 2 in the cart, 1 bought now is 1.
     * The order form and order() are for the answer's cart_id. Calling it again before it is ordered is safe: the row
     * has the new quantity.
     *
     * @param string|null $optionHash null or '' = no option
     * @param int         $quantity   units, from 1
     * @return array{cart_id:int, cart_count:int, lines:list<array<string,mixed>>} lines: this one row, as in cart();
     *     cart_count: rows of the cart
     * @throws JumunException INVALID_INPUT, SHOP_NOT_FOUND, PRODUCT_UNAVAILABLE, QUANTITY_NOT_ALLOWED, CART_FULL
     */
    public function buyNow(string $userId, string $productId, ?string $optionHash, int $quantity): array
    {
        $item = ['product_id' => $productId, 'quantity' => $quantity];
        if ($optionHash !== null && $optionHash !== '') {
            $item['option_hash'] = $optionHash;
        }
        return $this->call('POST', '/v1/cart/buy-now', $userId, $item, true);
    }

    /**
     * At login: moves the cart that was kept under a session's id into the member's. Rows of the same product and
     * option add up. Calling it again is safe: rows move once.
     *
     * @param string $guestId the user id under which the guest's cart was kept; never a member's
     * @return array{moved:int, kept:int, cart_count:int, items:list<array{product_id:string, option_hash:string,
     *     quantity:int, code:string, field:string, detail:string, cart_id:int, in_cart:int}>,
     *     lines:list<array<string,mixed>>}
     *     kept: rows that did not fit (CART_FULL, INVALID_INPUT: too many) and are still the guest's. lines: the
     *     member's cart, as in cart()
     * @throws JumunException INVALID_INPUT, SHOP_NOT_FOUND
     */
    public function mergeCart(string $userId, string $guestId): array
    {
        return $this->call('POST', '/v1/cart/merge', $userId, ['guest_id' => $guestId], true);
    }

    /**
     * Sets the quantity of a cart row; 0 deletes it. Not repeated after an unknown outcome: a second deletion would
     * find no row and look like a failure.
     *
     * @return array{cart_id:int, cart_count:int, lines:list<array<string,mixed>>}
     * @throws JumunException INVALID_INPUT, SHOP_NOT_FOUND, CART_NOT_FOUND, CART_IN_CHECKOUT,
     *     QUANTITY_NOT_ALLOWED
     */
    public function updateCart(string $userId, int $cartId, int $quantity): array
    {
        return $this->call('PATCH', '/v1/cart/items/' . $cartId, $userId, ['quantity' => $quantity], false);
    }

    /**
     * Deletes cart rows; those that are gone already do not matter.
     *
     * @param int[] $cartIds
     * @return array{deleted:int, cart_count:int, lines:list<array<string,mixed>>}
     * @throws JumunException INVALID_INPUT, SHOP_NOT_FOUND, CART_IN_CHECKOUT
     */
    public function deleteFromCart(string $userId, array $cartIds): array
    {
        $body = ['selected_cart_ids' => $cartIds];
        return $this->call('DELETE', '/v1/cart/items', $userId, $body, true);
    }

    /**
     * Buyer, address, lines and amounts, as an order of these cart rows would have them now.
     *
     * @param array{selected_cart_ids:int[], address_id?:int|string, receiver?:array<string,string>, post_code?:string,
     *     coupon_ids?:int[], point_to_use?:string, cash_to_use?:string, quote_id?:int|string} $request
     *     quote_id  of the quote that the buyer was shown before, of the same cart rows: the answer then says what has
     *         changed since
     *     address_id, receiver, post_code  where it goes, since delivery may cost more there: a stored address, a typed
     *         one as order() takes it, or a postal code alone while the rest is not typed yet; at most one of the three.
     *         An empty receiver and an empty post_code count as not given; without any of them the buyer's default
     *         address is taken, if there is one
     * @return array<string,mixed> quote_id (of this quote, see order()), currency, currency_digits, product_total_price,
     *     discount_total, point_used, cash_used, shipping_fee, total_payment, supply_amount, vat_amount, tax_free_amount
     *     (amounts: decimal strings), user_id, user_name, user_phone, address_id, receiver_name, receiver_phone, post_code, address,
     *     address_detail, delivery_msg, parcels: each parcel that costs something, with policy_ids, amount (of its
     *     goods; where the shop judges that after discounts, what is left of it), fee, surcharge (what of the fee is asked since it goes to an area that costs more), free_over (from which
     *     amount no more than the surcharge is asked, or null) and missing ("N원 더 담으면 무료배송", or null),
     *     area_name (such an area, or null), fee_final (0 = no address is known, and there are areas that cost more),
     *     undelivered_ids (cart rows that are not delivered there: an order of them would be AREA_NOT_SERVED), and lines
     *     as in cart(); discounts: what promotions and coupon_ids take off, in the order in which they apply, with coupon_id,
     *     coupon_code and coupon_name (null of a promotion), promotion_code and promotion_name (null of a coupon),
     *     target, amount and lines ({cart_id, amount}: its share of each row, none of delivery's). discount_total is
     *     their sum, shipping_fee the fee before them. With quote_id also changes: a row for each thing that costs another
     *     amount now, with kind (line | promotion | coupon | point | cash | delivery), cart_id, coupon_id, promotion_code and
     *     policy_ids (which one; null in the others), name (null of point, cash and delivery), old_amount and new_amount (what
     *     is taken off is below 0), reason (PRICE_RAISED, …), reason_ko and reason_en. The differences add up to that of the
     *     totals; empty when the earlier quote is not kept any more
     * @throws JumunException INVALID_INPUT, SHOP_NOT_FOUND, CART_NOT_FOUND, CART_IN_CHECKOUT, ADDRESS_NOT_FOUND,
     *     COUPON_NOT_AVAILABLE (detail() is the first coupon that cannot be used, and why: '5 min_amount', see coupons()),
     *     POINTS_NOT_ENOUGH, CASH_NOT_ENOUGH (detail() says why, see credits()), PRODUCT_UNAVAILABLE (a row with an
     *     amount that no order can have: see rows('lines'))
     */
    public function quote(string $userId, array $request): array
    {
        return $this->call('POST', '/v1/quotes', $userId, $request, true);
    }

    /**
     * The buyer's coupons that are not used yet, and what each of them alone would take off these cart rows. Those that
     * are chosen together are judged by quote().
     *
     * @param int[]|null  $cartIds  the rows of the order; null = everything in the cart that can be ordered
     * @param string|null $postCode where it goes, which decides what delivery costs; null = not known yet
     * @return array{currency:string, currency_digits:int, coupon_count:int, coupons:list<array{coupon_id:int,
     *     coupon_code:string, coupon_name:string, target:string, target_ids:?string, kind:string, amount:?string,
     *     rate:?string, max_discount:?string, min_amount:?string, stack_group:?string, issued_at:string,
     *     valid_from:?string, valid_until:?string, usable:int, reason:?string, discount:string}>}
     *     at most 100 coupons, those that can be used first, the one that takes off most before the others. target:
     *     order, product, category or delivery. target_ids: of products or categories, as JSON. kind: amount (of
     *     amount), or rate (of rate, "0.1000" = 10 %, at most max_discount). stack_group: only one coupon of a group in
     *     an order. discount: what it takes off; "0.00" of those that cannot be used. reason, when usable is 0: held (an order that waits for its
     *     payment has it), disabled, not_yet, over, no_target (none of its products), min_amount, nothing (there is nothing
     *     to take it off), used_up (others were faster); with quote() and order() also unknown (none of this buyer), used
     *     and stacking (another one of its group comes before it)
     * @throws JumunException INVALID_INPUT, SHOP_NOT_FOUND, CART_NOT_FOUND, PRODUCT_UNAVAILABLE (a row costs too much)
     */
    public function coupons(string $userId, ?array $cartIds = null, ?string $postCode = null): array
    {
        $query = [];
        if ($cartIds !== null) {
            $query['selected_cart_ids'] = json_encode(array_values($cartIds), JSON_THROW_ON_ERROR);
        }
        if ($postCode !== null && $postCode !== '') {
            self::requireUtf8('post_code', $postCode);
            $query['post_code'] = $postCode;
        }
        $path = '/v1/coupons' . ($query === [] ? '' : '?' . http_build_query($query, '', '&', PHP_QUERY_RFC3986));
        return $this->call('GET', $path, $userId, null, true);
    }

    /**
     * Gives the buyer the coupon of a code, as it was typed: small letters, blanks and hyphens do not matter. Not
     * repeated after an unknown outcome, since the buyer may have it then: look at coupons().
     *
     * @return array{coupon_id:int, coupon_code:string, coupon_name:string, valid_until:?string}
     * @throws JumunException INVALID_INPUT, SHOP_NOT_FOUND, COUPON_CODE_NOT_FOUND, TOO_MANY_ATTEMPTS (ten codes that do not
     *     exist within an hour), COUPON_NOT_AVAILABLE (detail(): disabled, over, used_code, member_limit, issue_limit)
     */
    public function addCoupon(string $userId, string $code): array
    {
        return $this->call('POST', '/v1/coupons', $userId, ['code' => $code], false);
    }

    /**
     * The buyer's points and cash, the shop's rules for points, and where they came from and went.
     *
     * @param int|string|null $before next_before of the page before; null = from the newest entry on
     * @return array<string,mixed> currency, currency_digits, points and cash (what can be used now), points_expiring (what of
     *     the points expires within 30 days), point_min_use, point_unit (null = any number), point_max_rate ("0.5000" = half
     *     of what an order costs), point_earn_rate, next_before (null = those were the last), and entries, newest first, at
     *     most 50: entry_no, entry_date, kind (point | cash), action (earn, adjust, hold, release, expire), amount (below 0:
     *     what went), order_number, reason, expires_at.
     *     quote() and order() refuse with POINTS_NOT_ENOUGH or CASH_NOT_ENOUGH, and detail(): "balance 500.00" (there is
     *     only so much), "min_use 1000.00", "unit 10.00", "max_use 5500.00" (no more is needed or allowed)
     * @throws JumunException INVALID_INPUT, SHOP_NOT_FOUND
     */
    public function credits(string $userId, int|string|null $before = null): array
    {
        self::requireUtf8('before', (string) $before);
        $path = '/v1/credits' . ($before === null ? '' : '?before=' . rawurlencode((string) $before));
        return $this->call('GET', $path, $userId, null, true);
    }

    /**
     * The buyer has received what was ordered: the order is complete, and its points are the buyer's. Repeated, it is
     * the same.
     *
     * @param string $orderKey order_key of order()
     * @return array{replayed:int, order_number:string, order_status:int, points_earned:string}
     * @throws JumunException INVALID_INPUT, ORDER_NOT_FOUND, STATE_NOT_ALLOWED (it is not paid)
     */
    public function complete(string $userId, string $orderKey): array
    {
        return $this->call('POST', '/v1/orders/' . rawurlencode($orderKey) . '/complete', $userId, [], true);
    }

    /**
     * Places an order: the cart rows become its lines and are gone from the cart. Repeated after any failure that
     * leaves the outcome open, always with the same mTrdNo; to try again yourself, call it with the same request.
     *
     * @param array{mTrdNo:string, trdAmt:string, selected_cart_ids:int[], pg:string, mode?:string,
     *     address_id?:int|string, receiver?:array<string,string>, coupon_ids?:int[], point_to_use?:string,
     *     cash_to_use?:string, quote_id?:int|string} $request
     *     mTrdNo    from newTransactionNumber(), one per order form
     *     trdAmt    the total the buyer saw, decimal string; compared, never charged
     *     receiver  typed address: receiver_name, receiver_phone, post_code, address, address_detail, delivery_msg;
     *               either this or address_id; an empty array counts as not given
     *     mode      cart (default), cart_all, cart_selected, direct_buy
     *     coupon_ids  coupon_id of coupons(), at most 20, as they were quoted; they are used when the order is paid, and
     *               the buyer's again when it comes to nothing
     *     point_to_use, cash_to_use  as they were quoted, see credits(); held, used and given back like coupons
     *     quote_id  of the quote that the buyer saw: its total counts then instead of trdAmt, and PRICE_CHANGED says what
     *               has changed since, see changes(). One that is not kept any more is PRICE_CHANGED
     * @return array<string,mixed> replayed (1 = answered before), order_number, order_key, order_code, order_status,
     *     next_step, currency, total_payment, expires_at, and payment: a list of at most one row {pay_method,
     *     pay_url, pay_fields}, which says where the buyer's browser goes; empty when it cannot be paid (any more).
     *     price_changed: 1 = the shop goes on at a new total (shops.price_change), and the buyer is to be told before paying:
     *     old_total, and changes as in quote(), which a repeat (replayed) does not have
     * @throws JumunException INVALID_INPUT, SHOP_NOT_FOUND, IDEMPOTENCY_MISMATCH, CART_NOT_FOUND, CART_IN_CHECKOUT,
     *     ADDRESS_NOT_FOUND, AREA_NOT_SERVED,
     *     PG_NOT_AVAILABLE, COUPON_NOT_AVAILABLE, POINTS_NOT_ENOUGH, CASH_NOT_ENOUGH (see quote()), PRODUCT_UNAVAILABLE (see rows('lines')),
     *     QUANTITY_NOT_ALLOWED (see rows('lines')), AREA_NOT_SERVED (detail() is a list of the cart rows), PRICE_CHANGED
     *     (see newQuote() and changes()), OUT_OF_STOCK (see rows('shortage'))
     * @throws InvalidArgumentException without mTrdNo or trdAmt as texts
     */
    public function order(string $userId, array $request): array
    {
        foreach (['mTrdNo', 'trdAmt'] as $name) {
            if (!isset($request[$name]) || !is_string($request[$name]) || $request[$name] === '') {
                throw new InvalidArgumentException($name . ' must be a non-empty string');
            }
        }
        return $this->call('POST', '/v1/orders', $userId, $request, true);
    }

    /**
     * An order with its lines, payments and log.
     *
     * @param string $orderKey order_key of order()
     * @return array<string,mixed> the order's columns (order_number, order_key, order_code, order_status,
     *     total_payment, …), next_step (pay, deposit, wait, done, restore_cart, none), items (what it was made
     *     of, as addItemsToCart() takes it), discounts (as in quote(), with line_no for cart_id), lines, payments, log
     * @throws JumunException ORDER_NOT_FOUND
     */
    public function select(string $userId, string $orderKey): array
    {
        return $this->call('GET', '/v1/orders/' . rawurlencode($orderKey), $userId, null, true);
    }

    /**
     * The same order by its number, for a shop that has not heard the answer to order().
     *
     * @param string $mTrdNo as it was sent with order()
     * @return array<string,mixed> as select()
     * @throws JumunException ORDER_NOT_FOUND: there is none, or it is another buyer's
     */
    public function selectByNumber(string $userId, string $mTrdNo): array
    {
        return $this->call('GET', '/v1/orders?mTrdNo=' . rawurlencode($mTrdNo), $userId, null, true);
    }

    /**
     * The buyer's orders, the newest first, whatever became of them. An order that is made meanwhile comes before the
     * first page and moves none.
     *
     * @param string|null $after next_after of the page before; null = the first page
     * @param int         $limit at most so many orders, 1 to 100
     * @return array{order_count:int, next_after:?string, orders:list<array{order_number:string, order_key:string,
     *     order_code:string, order_date:string, order_status:int, phase:string, next_step:string, currency:string,
     *     total_payment:string, discount_total:string, line_count:int, product_name:?string, payable:int,
     *     expires_at:string, restorable:int}>}
     *     next_after: null when there are no more. phase: open, paid, ended. next_step as in select(). product_name: of the
     *     first of line_count lines. payable: 1 = it waits for its payment, and there is time until expires_at.
     *     restorable: 1 = restoreCart() would put its lines back
     * @throws JumunException INVALID_INPUT (after: not from a page of this buyer), SHOP_NOT_FOUND
     */
    public function orders(string $userId, ?string $after = null, int $limit = 20): array
    {
        $query = ['limit' => $limit];
        if ($after !== null && $after !== '') {
            self::requireUtf8('after', $after);
            $query['after'] = $after;
        }
        return $this->call('GET', '/v1/orders?' . http_build_query($query, '', '&', PHP_QUERY_RFC3986), $userId, null, true);
    }

    /**
     * Puts the lines of an order that will not be paid back into the cart, once; a repeat changes nothing.
     *
     * @return array<string,mixed> replayed, order_number, order_status, cart_count, lines as in cart(); restored: what
     *     came of each line of the order, none when it was done before: line_no, product_id, option_hash, quantity,
     *     restored (units), code (OK, or what stands against ordering it), detail, cart_id, in_cart, free
     * @throws JumunException INVALID_INPUT, SHOP_NOT_FOUND, ORDER_NOT_FOUND, STATE_NOT_ALLOWED
     */
    public function restoreCart(string $userId, string $orderKey): array
    {
        $path = '/v1/orders/' . rawurlencode($orderKey) . '/restore-cart';
        return $this->call('POST', $path, $userId, [], true);
    }

    /**
     * One call with its repeats.
     *
     * @param array<string,mixed>|null $body
     * @param bool $repeatable whether running it twice is as good as running it once
     * @return array<string,mixed>
     */
    private function call(string $method, string $path, string $userId, ?array $body, bool $repeatable): array
    {
        // A blank at either end would be lost on the way, and the name be another one.
        if (preg_match('/\A[^\x00-\x20\x7f]([^\x00-\x1f\x7f]*[^\x00-\x20\x7f])?\z/u', $userId) !== 1) {
            throw new InvalidArgumentException('user id is empty or has characters that no header can carry');
        }
        // Encoded once: every repeat sends the same bytes, and with them the same mTrdNo.
        $json = $body === null ? null : self::encode($body);
        $begun = microtime(true);
        for ($attempt = 1;; $attempt++) {
            try {
                return $this->attempt($method, $path, $userId, $json);
            } catch (JumunException $error) {
                $again = $attempt < $this->options['attempts'] && $this->mayRepeat($error, $repeatable);
                $pause = $again ? $this->pauseAfter($attempt, $error) : null;
                if ($pause !== null && microtime(true) - $begun + $pause > $this->options['deadline']) {
                    $pause = null;
                }
                $this->log($error, $method . ' ' . $path, $attempt, $pause);
                if ($pause === null) {
                    throw $error;
                }
                usleep((int) ($pause * 1e6));
            }
        }
    }

    /**
     * The body of a request. A list stays a list when array_filter() has left gaps in its keys, and a receiver of whom
     * nothing was typed is none.
     *
     * @param array<string,mixed> $body
     * @throws JumunException NOT_UTF8
     */
    private static function encode(array $body): string
    {
        foreach (['selected_cart_ids', 'coupon_ids', 'items', 'lines'] as $list) {
            if (isset($body[$list]) && is_array($body[$list])) {
                $body[$list] = array_values($body[$list]);
            }
        }
        if (($body['receiver'] ?? null) === []) {
            unset($body['receiver']);
        }
        self::requireUtf8('', $body);
        $flags = JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION;
        try {
            return json_encode((object) $body, $flags);
        } catch (\JsonException $error) {
            throw new InvalidArgumentException('the request cannot be written as JSON: ' . $error->getMessage(), 0, $error);
        }
    }

    /** @param mixed $value */
    private static function requireUtf8(string $name, $value): void
    {
        if (is_array($value)) {
            foreach ($value as $key => $inner) {
                self::requireUtf8($name === '' ? (string) $key : $name . '.' . $key, $inner);
            }
        } elseif (is_string($value) && preg_match('//u', $value) !== 1) {
            $problem = ['field' => $name, 'detail' => 'is not UTF-8'];
            throw new JumunException('NOT_UTF8', $name . ' is not UTF-8', 0, false, null, $problem);
        }
    }

    /** Tells the logger, if there is one, of an attempt that failed; $pause null = the last one. */
    private function log(JumunException $error, string $route, int $attempt, ?float $pause): void
    {
        if ($this->logger === null) {
            return;
        }
        $failure = $error->status() === 0 || $error->status() >= 500;
        $level = $pause !== null ? 'warning' : ($failure ? 'error' : 'notice');
        $this->logger->log($level, 'jumun: {route}: {code}', [
            'route' => preg_replace(
                ['#/v1/orders/[^/?]+#', '#/v1/cart/items/\d+#', '#\?.*#'],
                ['/v1/orders/{order_key}', '/v1/cart/items/{cart_id}', ''],
                $route
            ),
            'code' => $error->errorCode(),
            'status' => $error->status(),
            'attempt' => $attempt,
            'next_attempt_in' => $pause,
            'request_id' => $error->requestId(),
        ]);
    }

    private function mayRepeat(JumunException $error, bool $repeatable): bool
    {
        if ($error->errorCode() === 'CONNECTION_FAILED') {
            return true;
        }
        if ($error->status() === 503) {
            // A 503 without the gateway's own document comes from something in between that may have passed it on.
            return $repeatable || $error->problem() !== [];
        }
        return $repeatable && ($error->errorCode() === 'OUTCOME_UNKNOWN' || in_array($error->status(), [502, 504], true));
    }

    /** Seconds to wait before the next attempt; null = longer than this call may wait. */
    private function pauseAfter(int $attempt, JumunException $error): ?float
    {
        // Half of it is random, so that those who failed together do not come back together.
        $pause = $this->options['pause'] * 2 ** ($attempt - 1) * (0.5 + random_int(0, 1000) / 2000);
        $asked = $error->retryAfter();
        if ($asked !== null && $asked > $this->options['retry_after_cap']) {
            return null;
        }
        return min(max($pause, $asked ?? 0.0), $this->options['retry_after_cap']);
    }

    /**
     * One request and what came back.
     *
     * @return array<string,mixed>
     */
    private function attempt(string $method, string $path, string $userId, ?string $json): array
    {
        $headers = [
            'Authorization: Bearer ' . $this->shopKey,
            'X-User-Id: ' . $userId,
            'Accept: application/json, application/problem+json',
            'Accept-Language: ' . $this->options['language'],
            'Expect:',
        ];
        if ($json !== null) {
            $headers[] = 'Content-Type: application/json';
        }
        $answer = '';
        $retryAfter = null;
        $curl = curl_init($this->baseUrl . $path);
        curl_setopt_array($curl, [
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_HTTPHEADER => $headers,
            CURLOPT_USERAGENT => 'jumun-php/' . self::VERSION,
            CURLOPT_CONNECTTIMEOUT_MS => (int) ($this->options['connect_timeout'] * 1000),
            CURLOPT_TIMEOUT_MS => (int) ($this->options['timeout'] * 1000),
            CURLOPT_NOSIGNAL => true,
            CURLOPT_PROXY => $this->options['proxy'],
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
            CURLOPT_FOLLOWLOCATION => false,
            // On a kept connection curl itself sends a request again when the old connection proves dead, and it
            // cannot know whether that is safe. A new connection per attempt leaves that decision here.
            CURLOPT_FRESH_CONNECT => true,
            CURLOPT_FORBID_REUSE => true,
            CURLOPT_HEADERFUNCTION => static function ($curl, string $line) use (&$retryAfter): int {
                if (stripos($line, 'retry-after:') === 0) {
                    $retryAfter = self::seconds(trim(substr($line, 12)));
                }
                return strlen($line);
            },
            CURLOPT_WRITEFUNCTION => static function ($curl, string $chunk) use (&$answer): int {
                $answer .= $chunk;
                return strlen($answer) <= self::MAX_ANSWER_BYTES ? strlen($chunk) : 0;
            },
        ]);
        if ($json !== null) {
            curl_setopt($curl, CURLOPT_POSTFIELDS, $json);
        }
        if ($this->options['ca_file'] !== '') {
            curl_setopt($curl, CURLOPT_CAINFO, $this->options['ca_file']);
        }
        curl_exec($curl);
        $errno = curl_errno($curl);
        $words = curl_error($curl);
        $status = (int) curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
        $sent = curl_getinfo($curl, CURLINFO_PRETRANSFER_TIME) > 0;
        unset($curl);

        if ($errno !== 0) {
            if (in_array($errno, self::NOT_SENT, true) || !$sent) {
                throw new JumunException('CONNECTION_FAILED', 'no connection to the gateway: ' . $words, 0, true);
            }
            throw new JumunException('OUTCOME_UNKNOWN', 'no complete answer from the gateway: ' . $words, 0, false);
        }
        $document = json_decode($answer, true, 64);
        $document = is_array($document) ? $document : [];
        if ($status === 200) {
            if (($document['result'] ?? null) !== 'OK') {
                throw new JumunException('OUTCOME_UNKNOWN', 'the answer is not one of the gateway', $status, false);
            }
            return $document;
        }
        if (!isset($document['code']) || !is_string($document['code'])) {
            $retryable = $status === 503;
            $code = in_array($status, [502, 504], true) ? 'OUTCOME_UNKNOWN' : 'BAD_ANSWER';
            throw new JumunException($code, 'HTTP status ' . $status, $status, $retryable, $retryAfter);
        }
        $title = is_string($document['title'] ?? null) ? $document['title'] : $document['code'];
        $retryable = ($document['retryable'] ?? false) === true || ($document['retryable'] ?? 0) === 1;
        throw new JumunException($document['code'], $title, $status, $retryable, $retryAfter, $document);
    }

    /** Retry-After: seconds, or a date. Null when it is neither. */
    private static function seconds(string $value): ?float
    {
        if (preg_match('/\A\d{1,9}\z/', $value) === 1) {
            return (float) $value;
        }
        $time = strtotime($value);
        return $time === false ? null : max(0.0, (float) ($time - time()));
    }
}

// As they were called before there was a namespace: shops go on with either.
class_alias(Client::class, 'JumunClient');
class_alias(JumunException::class, 'JumunException');
