<?php
/**
 * The owner's page: what a product costs, and whether carts keep the price at which something was put in. It writes
 * the shop's own tables, as the pages of an old shop do; all else follows in the database.
 */
declare(strict_types=1);

require __DIR__ . '/inc/app.php';
start_page();

const SHOWN = 12;
const POLICIES = [
    'current' => ['지금 가격', '장바구니에 담은 뒤 가격이 바뀌면 바뀐 가격으로 주문합니다.'],
    'pinned' => ['담을 때 가격', '장바구니에 담을 때의 가격을 정해진 시간 동안 지킵니다.'],
];

if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    change();
    go('prices.php');
}
show_prices();

/** Changes the policy, or a price. */
function change(): void
{
    $shop = (int) setting('SHOP_ID');
    if (isset(POLICIES[field('policy')])) {
        run_statement('UPDATE shops SET price_policy = ? WHERE shop_id = ?', [field('policy'), $shop]);
        flash('이제 장바구니는 "' . POLICIES[field('policy')][0] . '"으로 계산합니다.');
    } elseif (preg_match('/\A\d{1,8}\z/', field('price')) === 1) {
        run_statement(
            'UPDATE shop_products SET sale_price = ?, discount_rate = 0 WHERE shop_id = ? AND product_id = ?',
            [field('price'), $shop, field('product_id')]
        );
        flash('가격을 바꿨습니다.');
    } else {
        flash('가격은 0원부터 99,999,999원까지 숫자로 적어 주세요.', 'bad');
    }
}

function show_prices(): void
{
    $shop = (int) setting('SHOP_ID');
    $now = prices_are_promised() ? 'pinned' : 'current';
    $policies = '';
    foreach (POLICIES as $policy => [$name, $words]) {
        $policies .= '<label class="policy"><input type="radio" name="policy" value="' . $policy . '"'
            . ($policy === $now ? ' checked' : '') . '><span><b>' . $name . '</b><small>' . $words . '</small></span></label>';
    }
    $rows = '';
    $products = read_rows(
        'SELECT product_id, product_name, final_price, product_thumb_img_url FROM v_products_effective WHERE shop_id = ?'
        . ' ORDER BY product_id LIMIT ' . SHOWN,
        [$shop]
    );
    foreach ($products as $product) {
        $name = e($product['product_name']);
        $rows .= '<div class="row">' . thumb($product['product_thumb_img_url']) . '<div class="words"><b>' . $name . '</b>'
            . '<form class="tools" method="post" action="prices.php">' . csrf_input()
            . '<input type="hidden" name="product_id" value="' . e($product['product_id']) . '">'
            . '<input class="price" type="number" name="price" min="0" max="99999999" required inputmode="numeric" value="'
            . (int) $product['final_price'] . '" aria-label="' . $name . ' 가격"><button>바꾸기</button></form></div></div>';
    }
    show_page('가격과 정책', '<h1>가격과 정책</h1><p class="soft">가게 주인이 쓰는 화면입니다. 누구나 눌러 볼 수 있습니다.</p>'
        . '<form class="card" method="post" action="prices.php"><h2>장바구니의 가격</h2>' . csrf_input() . $policies
        . '<button class="main">정책 바꾸기</button></form>'
        . '<section class="card list"><h2>상품 가격</h2>' . $rows . '</section>');
}
