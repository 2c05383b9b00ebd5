<?php
/**
 * The catalogue: products by category and page, each with "into the cart" and "buy now".
 */
declare(strict_types=1);

require __DIR__ . '/inc/app.php';
start_page();

const PER_PAGE = 24;

if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    // Whoever buys now goes on to the order form, which is a member's; a cart can be filled before.
    take_product(field('action') === 'buy' ? require_user() : visitor(true));
}
show_catalogue();

/** Puts a product into the cart; "buy now" goes on with the order form of that one row. */
function take_product(string $user): void
{
    $quantity = max(1, min(99, (int) field('quantity')));
    try {
        if (field('action') === 'buy') {
            $bought = gateway()->buyNow($user, field('product_id'), field('option_hash'), $quantity);
            go('order_form.php?mTrdNo=' . begin_order_form('direct_buy', [(int) $bought['cart_id']]));
        }
        $cart = gateway()->addToCart($user, field('product_id'), field('option_hash'), $quantity);
    } catch (JumunException $error) {
        // An addition is not repeated when its outcome is unknown: the cart shows what happened.
        if ($error->errorCode() === 'OUTCOME_UNKNOWN') {
            flash('담겼는지 확인하지 못했습니다. 아래 장바구니를 확인해 주세요.', 'bad');
            go('cart.php');
        }
        flash($error->getMessage(), 'bad');
        go(catalogue_url(field('category'), (int) field('page')));
    }
    flash('장바구니에 담았습니다. 모두 ' . $cart['cart_count'] . '가지가 있습니다.');
    go(catalogue_url(field('category'), (int) field('page')));
}

function catalogue_url(string $category, int $page): string
{
    $query = array_filter(['category' => $category, 'page' => $page > 1 ? $page : null]);
    return 'index.php' . ($query === [] ? '' : '?' . http_build_query($query));
}

function show_catalogue(): void
{
    $shop = (int) setting('SHOP_ID');
    $category = field('category');
    $categories = array_column(read_rows(
        'SELECT category_id, COUNT(*) AS n FROM v_products_effective WHERE shop_id = ? AND category_id IS NOT NULL'
        . ' GROUP BY category_id ORDER BY MIN(product_id)',
        [$shop]
    ), 'n', 'category_id');
    $total = $category === '' ? array_sum($categories) : (int) ($categories[$category] ?? 0);
    $pages = max(1, (int) ceil($total / PER_PAGE));
    $page = max(1, min($pages, (int) field('page')));
    $products = read_rows(
        'SELECT product_id, product_name, category_id, base_price, discount_rate, final_price, option_required,'
        . ' product_thumb_img_url FROM v_products_effective WHERE shop_id = ?'
        . ($category === '' ? '' : ' AND category_id = ?') . ' ORDER BY product_id LIMIT ? OFFSET ?',
        array_merge([$shop], $category === '' ? [] : [$category], [PER_PAGE, ($page - 1) * PER_PAGE])
    );
    $options = options_of($shop, array_column($products, 'product_id'));

    $html = '<nav class="chips" aria-label="분류">' . chip('전체', '', $category);
    foreach (array_keys($categories) as $name) {
        $html .= chip((string) $name, (string) $name, $category);
    }
    $html .= '</nav>';
    if ($products === []) {
        $html .= '<section class="card center"><h1>상품이 없습니다</h1></section>';
    }
    $html .= '<div class="products">';
    foreach ($products as $product) {
        $html .= product_card($product, $options[$product['product_id']] ?? [], $category, $page);
    }
    $html .= '</div>' . pager($category, $page, $pages);
    show_page($category === '' ? '전체 상품' : $category, $html, 'wide');
}

/**
 * Options that can be chosen, per product.
 *
 * @param list<string> $ids
 * @return array<string,list<array<string,mixed>>>
 */
function options_of(int $shop, array $ids): array
{
    if ($ids === []) {
        return [];
    }
    $marks = implode(', ', array_fill(0, count($ids), '?'));
    $rows = read_rows(
        'SELECT product_id, option_hash, option_name, add_price FROM shop_product_options WHERE shop_id = ?'
        . " AND display = '1' AND product_id IN (" . $marks . ') ORDER BY product_id, option_hash',
        array_merge([$shop], $ids)
    );
    $options = [];
    foreach ($rows as $row) {
        $options[$row['product_id']][] = $row;
    }
    return $options;
}

function chip(string $words, string $category, string $current): string
{
    $here = $category === $current ? ' aria-current="page"' : '';
    return '<a class="chip" href="' . e(catalogue_url($category, 1)) . '"' . $here . '>' . e($words) . '</a>';
}

/**
 * @param array<string,mixed>       $product
 * @param list<array<string,mixed>> $options
 */
function product_card(array $product, array $options, string $category, int $page): string
{
    $discounted = $product['final_price'] !== $product['base_price'] && (float) $product['discount_rate'] > 0;
    $price = $discounted
        ? '<s>' . won($product['base_price']) . '</s><em>' . e((float) $product['discount_rate'] * 100) . '%</em>'
        : '';
    $choice = '';
    if ($options !== []) {
        $choice = '<select name="option_hash" aria-label="옵션"'
            . ($product['option_required'] ? ' required><option value="">옵션 선택</option>' : '><option value="">옵션 없음</option>');
        foreach ($options as $option) {
            $extra = (float) $option['add_price'] > 0 ? ' (+' . strip_tags(won($option['add_price'])) . ')' : '';
            $choice .= '<option value="' . e($option['option_hash']) . '">' . e($option['option_name']) . $extra . '</option>';
        }
        $choice .= '</select>';
    }
    return '<form class="product" method="post" action="index.php">' . csrf_input()
        . '<input type="hidden" name="product_id" value="' . e($product['product_id']) . '">'
        . '<input type="hidden" name="category" value="' . e($category) . '">'
        . '<input type="hidden" name="page" value="' . $page . '">'
        . thumb($product['product_thumb_img_url'])
        . '<h2>' . e($product['product_name']) . '</h2>'
        . '<p class="price">' . $price . '<b>' . won($product['final_price']) . '</b></p>'
        . ($choice === '' ? '' : '<div class="choose">' . $choice . '</div>')
        . '<input type="hidden" name="quantity" value="1">'
        . '<div class="pair"><button name="action" value="add">담기</button>'
        . '<button class="main" name="action" value="buy">바로구매</button></div></form>';
}

function pager(string $category, int $page, int $pages): string
{
    if ($pages === 1) {
        return '';
    }
    $link = static function (int $to, string $words) use ($category): string {
        return '<a href="' . e(catalogue_url($category, $to)) . '">' . $words . '</a>';
    };
    return '<nav class="pager" aria-label="쪽">'
        . ($page > 1 ? $link($page - 1, '← 이전') : '<span></span>')
        . '<span>' . $page . ' / ' . $pages . '</span>'
        . ($page < $pages ? $link($page + 1, '다음 →') : '<span></span>') . '</nav>';
}
