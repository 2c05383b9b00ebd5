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
    // What was chosen of groups goes to the gateway as it is: only the database knows which combination it is.
    $chosen = $_POST['option'] ?? null;
    $option = is_array($chosen) ? (string) json_encode($chosen, JSON_UNESCAPED_UNICODE) : field('option_hash');
    $quantity = max(1, min(99, (int) field('quantity')));
    try {
        if (field('action') === 'buy') {
            $bought = gateway()->buyNow($user, field('product_id'), $option, $quantity);
            go('order_form.php?mTrdNo=' . begin_order_form('direct_buy', [(int) $bought['cart_id']]));
        }
        $cart = gateway()->addToCart($user, field('product_id'), $option, $quantity);
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
    $ids = array_column($products, 'product_id');
    $options = options_of($shop, $ids);
    $groups = groups_of($shop, $ids);
    $free = free_units($shop, $ids);
    $parts = parts_of($shop, $ids);

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
        $id = $product['product_id'];
        $html .= product_card($product, $parts[$id] ?? [],
            choice_of($product, $options[$id] ?? [], $groups[$id] ?? [], $free[$id] ?? []),
            array_sum($free[$id] ?? []) <= 0, $category, $page);
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
        'SELECT product_id, option_hash, option_name, add_price, stock_option_hash, choices_json'
        . ' FROM shop_product_options WHERE shop_id = ?'
        . " AND display = '1' AND product_id IN (" . $marks . ') ORDER BY product_id, option_hash',
        array_merge([$shop], $ids)
    );
    $options = [];
    foreach ($rows as $row) {
        $options[$row['product_id']][] = $row;
    }
    return $options;
}

/**
 * Groups of options, per product.
 *
 * @param list<string> $ids
 * @return array<string,list<array<string,mixed>>>
 */
function groups_of(int $shop, array $ids): array
{
    $groups = [];
    if ($ids !== []) {
        $rows = read_rows(
            'SELECT product_id, group_name, kind, is_required, max_length FROM shop_option_groups WHERE shop_id = ?'
            . ' AND product_id IN (' . implode(', ', array_fill(0, count($ids), '?')) . ') ORDER BY product_id, position',
            array_merge([$shop], $ids)
        );
        foreach ($rows as $row) {
            $groups[$row['product_id']][] = $row;
        }
    }
    return $groups;
}

/**
 * Units that nobody has taken or holds, per product and stock row; of a set, how many can be ordered.
 *
 * @param list<string> $ids
 * @return array<string,array<string,int>>
 */
function free_units(int $shop, array $ids): array
{
    $free = [];
    if ($ids !== []) {
        $rows = read_rows(
            'SELECT product_id, option_hash, SUM(free) AS free FROM shop_stock WHERE shop_id = ? AND product_id IN ('
            . implode(', ', array_fill(0, count($ids), '?')) . ') GROUP BY product_id, option_hash',
            array_merge([$shop], $ids)
        );
        $sets = read_rows(
            'SELECT product_id, sets_left FROM v_sets_left WHERE shop_id = ? AND product_id IN ('
            . implode(', ', array_fill(0, count($ids), '?')) . ')',
            array_merge([$shop], $ids)
        );
        foreach ($rows as $row) {
            $free[$row['product_id']][$row['option_hash']] = (int) $row['free'];
        }
        foreach ($sets as $row) {
            $free[$row['product_id']] = ['__noopt__' => (int) $row['sets_left']];
        }
    }
    return $free;
}

/**
 * What can be chosen of a product, as fields of its form.
 *
 * @param array<string,mixed>       $product
 * @param list<array<string,mixed>> $options
 * @param list<array<string,mixed>> $groups
 * @param array<string,int>         $free
 */
function choice_of(array $product, array $options, array $groups, array $free): string
{
    if ($groups === []) {
        if ($options === []) {
            return '';
        }
        $entries = $product['option_required'] ? '<option value="">옵션 선택</option>' : '<option value="">옵션 없음</option>';
        foreach ($options as $option) {
            $entries .= option_entry($option['option_hash'], $option['option_name'], $option, $free);
        }
        return '<select name="option_hash" aria-label="옵션"' . ($product['option_required'] ? ' required' : '') . '>'
            . $entries . '</select>';
    }
    $choices = array_filter($groups, static fn (array $group): bool => $group['kind'] === 'choice');
    $html = '';
    foreach ($groups as $group) {
        $name = 'name="option[' . e($group['group_name']) . ']" aria-label="' . e($group['group_name']) . '"'
            . ($group['is_required'] ? ' required' : '');
        if ($group['kind'] === 'text') {
            $html .= '<input ' . $name . ' maxlength="' . (int) $group['max_length'] . '" placeholder="'
                . e($group['group_name']) . ($group['is_required'] ? '' : ' (선택)') . '">';
            continue;
        }
        $entries = [];
        foreach ($options as $option) {
            $value = json_decode((string) $option['choices_json'], true)[$group['group_name']] ?? null;
            if ($value !== null) {
                // With one group an entry is a combination, and its price and units are known.
                $entries[$value] = count($choices) === 1 ? option_entry($value, $value, $option, $free)
                    : '<option>' . e($value) . '</option>';
            }
        }
        $html .= '<select ' . $name . '><option value="">' . e($group['group_name']) . ' 선택</option>'
            . implode('', $entries) . '</select>';
    }
    return $html;
}

/**
 * @param array<string,mixed> $option
 * @param array<string,int>   $free
 */
function option_entry(string $value, string $words, array $option, array $free): string
{
    $extra = (float) $option['add_price'] > 0 ? ' (+' . strip_tags(won($option['add_price'])) . ')' : '';
    $gone = ($free[$option['stock_option_hash']] ?? 0) <= 0;
    return '<option value="' . e($value) . '"' . ($gone ? ' disabled' : '') . '>' . e($words) . $extra
        . ($gone ? ' · 품절' : '') . '</option>';
}

function chip(string $words, string $category, string $current): string
{
    $here = $category === $current ? ' aria-current="page"' : '';
    return '<a class="chip" href="' . e(catalogue_url($category, 1)) . '"' . $here . '>' . e($words) . '</a>';
}

/**
 * @param array<string,mixed> $product
 * @param list<array<string,mixed>> $parts what a set consists of
 * @param string              $choice  fields, as HTML
 */
function product_card(array $product, array $parts, string $choice, bool $soldOut, string $category, int $page): string
{
    $discounted = $product['final_price'] !== $product['base_price'] && (float) $product['discount_rate'] > 0;
    $price = $discounted
        ? '<s>' . won($product['base_price']) . '</s><em>' . e((float) $product['discount_rate'] * 100) . '%</em>'
        : '';
    $gone = $soldOut ? ' disabled' : '';
    return '<form class="product' . ($soldOut ? ' gone' : '') . '" method="post" action="index.php">' . csrf_input()
        . '<input type="hidden" name="product_id" value="' . e($product['product_id']) . '">'
        . '<input type="hidden" name="category" value="' . e($category) . '">'
        . '<input type="hidden" name="page" value="' . $page . '">'
        . '<div class="picture">' . thumb($product['product_thumb_img_url'])
        . ($soldOut ? '<span class="badge">품절</span>' : '') . '</div>'
        . '<h2>' . e($product['product_name']) . '</h2>'
        . '<p class="price">' . $price . '<b>' . won($product['final_price']) . '</b></p>'
        . part_words($parts)
        . ($choice === '' ? '' : '<div class="choose">' . $choice . '</div>')
        . '<input type="hidden" name="quantity" value="1">'
        . '<div class="pair"><button name="action" value="add"' . $gone . '>담기</button>'
        . '<button class="main" name="action" value="buy"' . $gone . '>바로구매</button></div></form>';
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
