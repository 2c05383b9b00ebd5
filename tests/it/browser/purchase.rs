//! From the basket to the page that says paid, in each of the three ways in which an order form is sent.

use super::*;

async fn buys(way: &str, size: (u32, u32)) {
    let stage = Stage::set().await;
    let browser = stage.buyer(size, &["D0001", "D0002", "D0003"]).await;
    stage.order_form(&browser, way).await;
    let shown = browser.texts(".amounts dd.total").await.join("");
    stage.go_to_payment(&browser).await;
    let asked = browser.texts(".amount").await.join("");
    let without_breaks = |text: &str| text.replace(char::is_whitespace, "");
    assert_eq!(without_breaks(&shown), without_breaks(&asked));
    let result = stage.decide(&browser, "pay").await;
    browser.wait_for_text("주문해 주셔서 감사합니다").await;
    browser.wait_for_text("결제 완료").await;
    assert!(!result.contains("code="), "{result}");
    assert_eq!(stage.orders().await, (1, "2".to_owned()));
    browser.goto(&stage.page("cart.php")).await;
    browser.wait_for_text("장바구니가 비어 있습니다").await;
    assert_eq!(browser.complaints().await, [""; 0]);
    let log = stage.gateway.log();
    assert_eq!(log.matches(" POST /v1/orders 200 ").count(), 1, "{log}");
    // A script asks first; a form and a server do not.
    let asked = log.matches(" OPTIONS /v1/orders 204 ").count();
    assert_eq!(asked, usize::from(way == "json"), "{log}");
    stage.assert_well().await;
}

#[tokio::test]
async fn a_buyer_buys_with_a_form_that_goes_straight_to_the_gateway() {
    buys("form", PHONE).await;
}

#[tokio::test]
async fn a_buyer_buys_with_a_script_that_goes_straight_to_the_gateway() {
    buys("json", DESKTOP).await;
}

#[tokio::test]
async fn a_buyer_buys_through_the_shop_s_server() {
    buys("server", PHONE).await;
}

#[tokio::test]
async fn a_buyer_puts_a_paid_order_into_the_basket_again() {
    let stage = Stage::set().await;
    let browser = stage.buyer(PHONE, &["D0001", "D0002"]).await;
    stage.order_form(&browser, "server").await;
    stage.go_to_payment(&browser).await;
    let result = stage.decide(&browser, "pay").await;
    browser.wait_for_text("결제 완료").await;
    browser.click("button[value=put_again]").await;
    browser
        .wait_for_text("장바구니에 다시 담았습니다: 2가지.")
        .await;
    // One of them is no longer sold: the other one comes, and the buyer is told.
    stage
        .db
        .exec("UPDATE shop_products SET display = '0' WHERE product_id = 'D0002'")
        .await;
    browser.goto(&result).await;
    browser.click("button[value=put_again]").await;
    browser
        .wait_for_text(
            "다시 담았습니다: 1가지. 1가지는 지금 살 수 없거나 너무 많아 담지 못했습니다.",
        )
        .await;
    let units = "SELECT GROUP_CONCAT(product_id, ' ', quantity ORDER BY product_id) FROM shop_cart";
    assert_eq!(stage.db.text(units).await, "D0001 2,D0002 1");
    assert_eq!(browser.complaints().await, [""; 0]);
    stage.assert_well().await;
}

#[tokio::test]
async fn what_a_visitor_has_put_into_the_basket_is_there_after_login_once() {
    let stage = Stage::set().await;
    let browser = Browser::start(PHONE).await;
    browser.goto(&stage.page("cart.php")).await;
    browser.wait_for_text("장바구니가 비어 있습니다").await;
    browser.goto(&stage.page("index.php")).await;
    for (before, product) in ["D0001", "D0002"].iter().enumerate() {
        let card = format!("form.product:has([name=product_id][value={product}])");
        browser.click(&format!("{card} [value=add]")).await;
        let words = format!("모두 {}가지가 있습니다", before + 1);
        browser.wait_for_text(&words).await;
    }
    // The order form is a member's.
    browser.goto(&stage.page("cart.php")).await;
    browser.click("form:has([value=cart_all]) button").await;
    browser.wait_for_text("로그인이 필요합니다").await;
    browser.choose("#login-user", "demo1").await;
    browser.click("form.login button").await;
    browser
        .wait_for_text("demo1 회원으로 로그인했습니다. 담아 둔 상품 2가지를 장바구니로 옮겼습니다.")
        .await;
    let rows = "SELECT GROUP_CONCAT(user_id, ' ', product_id, ' ', quantity ORDER BY product_id) FROM shop_cart";
    assert_eq!(stage.db.text(rows).await, "demo1 D0001 1,demo1 D0002 1");
    // Logging in again moves nothing a second time.
    browser.click("form.login button").await;
    browser
        .wait_for_text("demo1 회원으로 로그인했습니다.")
        .await;
    assert_eq!(stage.db.text(rows).await, "demo1 D0001 1,demo1 D0002 1");
    assert_eq!(browser.complaints().await, [""; 0]);
    stage.assert_well().await;
}

#[tokio::test]
async fn the_sum_of_the_basket_follows_the_boxes() {
    let stage = Stage::set().await;
    let browser = stage.buyer(DESKTOP, &["D0001", "D0002"]).await;
    browser.goto(&stage.page("cart.php")).await;
    let all = browser.texts("[data-sum] dd.total").await.join("");
    browser
        .click("[name='selected_cart_ids[]'][type=checkbox]")
        .await;
    browser.wait_for_text("고른 상품 1가지").await;
    // As much as an order of that row alone would cost.
    let shown = browser.texts("[data-sum] dd.total").await.join("");
    let row = stage
        .db
        .int("SELECT MAX(seq_no) FROM shop_cart WHERE user_id = 'demo1'")
        .await;
    let quote = stage
        .db
        .rows(&format!(
            "CALL shop_order_quote(1, 'demo1', '[{row}]', NULL, NULL, NULL, NULL, NULL, NULL, NULL)"
        ))
        .await;
    let total = quote[0].str("total_payment");
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    assert_eq!(digits(&shown), digits(total.trim_end_matches(".00")));
    assert_ne!(shown, all);
    let ticked = "return document.querySelector('[data-check-all]').checked";
    assert_eq!(browser.run(ticked, &[]).await, false);
    browser.click("[data-check-all]").await;
    browser.wait_for_text("고른 상품 2가지").await;
    browser.click("[data-check-all]").await;
    browser.wait_for_text("고른 상품 0가지").await;
    browser
        .wait_for_text("주문할 수 있는 상품을 골라 주세요")
        .await;
    browser.click("[data-check-all]").await;
    browser.wait_for_text("고른 상품 2가지").await;
    assert_eq!(browser.texts("[data-sum] dd.total").await.join(""), all);
    assert_eq!(browser.complaints().await, [""; 0]);
    stage.assert_well().await;
}

/// The mug costs 9,900 and its delivery 3,000; its price rises when the cart has shown it, and again at the order form.
#[tokio::test]
async fn a_promised_price_is_paid_though_it_rises_meanwhile() {
    let stage = Stage::set().await;
    let owner = stage.buyer(PHONE, &[]).await;
    owner.goto(&stage.page("prices.php")).await;
    owner.click("[name=policy][value=pinned]").await;
    owner.click("form:has([name=policy]) button").await;
    owner.wait_for_text("담을 때 가격\"으로 계산합니다").await;
    let browser = stage.buyer(PHONE, &["D0001"]).await;
    browser.goto(&stage.page("cart.php")).await;
    let promised = browser.texts("[data-sum] dd.total").await.join("");
    let rises = async |price: &str| {
        owner.goto(&stage.page("prices.php")).await;
        let form = "form:has([name=product_id][value=D0001])";
        owner.fill(&format!("{form} [name=price]"), price).await;
        owner.click(&format!("{form} button")).await;
        owner.wait_for_text("가격을 바꿨습니다").await;
    };
    rises("19900").await;
    // From the page as it is: loaded again it would show, and promise, the price of today.
    browser.click("form:has([value=cart_all]) button").await;
    stage.choose_way(&browser, "server").await;
    let shown = browser.texts(".amounts dd.total").await.join("");
    assert_eq!(shown, promised);
    rises("29900").await;
    stage.go_to_payment(&browser).await;
    stage.decide(&browser, "pay").await;
    browser.wait_for_text("결제 완료").await;
    let paid = stage
        .db
        .text("SELECT CAST(total_payment AS SIGNED) FROM shop_orders")
        .await;
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    assert_eq!(digits(&shown), paid);
    // Leaving the page was told as well.
    let log = stage.gateway.log();
    assert!(log.contains(" POST /v1/cart/refresh 200 "), "{log}");
    assert_eq!(browser.complaints().await, [""; 0]);
    stage.assert_well().await;
}

/// What is chosen and what is typed makes lines of their own, which cart, order form and order show; what is sold out
/// cannot be chosen.
#[tokio::test]
async fn a_cup_is_bought_in_a_colour_and_with_a_name() {
    let stage = Stage::set().await;
    let browser = stage.buyer(PHONE, &[]).await;
    let card = "form.product:has([name=product_id][value=D0000])";
    let entries =
        "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent).sort()";
    let selector = format!("{card} option");
    assert_eq!(
        browser.run(entries, &[selector.into()]).await,
        serde_json::json!(["금테 (+3,000원) · 품절", "색상 선택", "초록", "하양"])
    );
    for (count, name) in ["지우", "서준"].iter().enumerate() {
        browser.choose(&format!("{card} select"), "초록").await;
        browser
            .fill(&format!("{card} [name='option[새길 이름]']"), name)
            .await;
        browser.click(&format!("{card} [value=add]")).await;
        let words = format!("모두 {}가지가 있습니다", count + 1);
        browser.wait_for_text(&words).await;
    }
    browser.goto(&stage.page("cart.php")).await;
    let words = browser.texts(".row .words > small").await;
    assert_eq!(
        words,
        [
            "새길 이름: 지우",
            "색상: 초록",
            "새길 이름: 서준",
            "색상: 초록"
        ]
    );
    picture(&browser, "cart_options").await;
    stage.order_form(&browser, "form").await;
    browser.wait_for_text("새길 이름: 서준").await;
    picture(&browser, "order_form_options").await;
    stage.go_to_payment(&browser).await;
    stage.decide(&browser, "pay").await;
    browser.wait_for_text("결제 완료").await;
    browser.wait_for_text("새길 이름: 지우").await;
    // Two lines, one shelf: of 500 green cups 498 are left.
    let left = "SELECT GROUP_CONCAT(s.free) FROM shop_stock s JOIN shop_product_options o
                  ON o.product_id = s.product_id AND o.stock_option_hash = s.option_hash
                WHERE o.option_name = '초록'";
    assert_eq!(stage.db.text(left).await, "498");
    assert_eq!(browser.complaints().await, [""; 0]);
    stage.assert_well().await;
}

/// A set says what is in it, costs what it says, and takes the units of its parts.
#[tokio::test]
async fn a_set_is_bought_as_one_thing() {
    let stage = Stage::set().await;
    for (name, size) in [("phone", PHONE), ("desk", DESKTOP)] {
        let browser = stage.buyer(size, &[]).await;
        let card = "form.product:has([name=product_id][value=D0000S])";
        let parts = browser.texts(&format!("{card} .parts li")).await;
        let in_it = ["이름을 새기는 머그컵 초록 2개", "데일리 머그컵 1개"];
        assert_eq!(parts, in_it);
        picture(&browser, &format!("list_set_{name}")).await;
        browser.click(&format!("{card} [value=add]")).await;
        browser.wait_for_text("장바구니에 담았습니다").await;
        browser.goto(&stage.page("cart.php")).await;
        assert_eq!(browser.texts(".row .parts li").await, in_it);
        picture(&browser, &format!("cart_set_{name}")).await;
        stage.order_form(&browser, "form").await;
        browser.wait_for_text("머그컵 선물 세트").await;
        assert_eq!(browser.texts(".row .parts li").await, in_it);
        // 31,900 and no delivery fee from 30,000 on.
        browser.wait_for_text("31,900원").await;
        picture(&browser, &format!("order_form_set_{name}")).await;
        stage.go_to_payment(&browser).await;
        stage.decide(&browser, "pay").await;
        browser.wait_for_text("결제 완료").await;
        assert_eq!(browser.texts(".row .parts li").await, in_it);
        picture(&browser, &format!("result_set_{name}")).await;
        assert_eq!(browser.complaints().await, [""; 0]);
    }
    let left = "SELECT GROUP_CONCAT(s.free ORDER BY s.product_id) FROM shop_stock s
                LEFT JOIN shop_product_options o
                  ON o.product_id = s.product_id AND o.stock_option_hash = s.option_hash
                WHERE o.option_name = '초록' OR s.product_id = 'D0001'";
    assert_eq!(stage.db.text(left).await, "496,498");
    // The last cup but one: a set is two of them.
    stage
        .db
        .exec(
            "CALL shop_stock_set(1, 'D0000', (SELECT stock_option_hash FROM shop_product_options
                 WHERE product_id = 'D0000' AND option_name = '초록'), 'free', '1', 'counted')",
        )
        .await;
    let browser = stage.buyer(PHONE, &[]).await;
    assert!(
        browser
            .has("form.product.gone:has([name=product_id][value=D0000S])")
            .await
    );
    stage.assert_well().await;
}

/// The sum says what is missing until delivery is free, and follows the boxes.
#[tokio::test]
async fn the_cart_says_how_much_more_makes_delivery_free() {
    for policy in ["current", "pinned"] {
        let stage = Stage::set().await;
        stage
            .db
            .exec(&format!(
                "UPDATE shops SET price_policy = '{policy}' WHERE shop_id = 1;
                 UPDATE shop_products SET sale_price = 12000, discount_rate = 0
                 WHERE product_id IN ('D0001', 'D0002', 'D0003')"
            ))
            .await;
        let browser = stage.buyer(PHONE, &["D0001", "D0002", "D0003"]).await;
        // Three times 12000 are more than 30000; without one of them 6000 are missing.
        browser.goto(&stage.page("cart.php")).await;
        browser.wait_for_text("무료").await;
        assert_eq!(browser.texts("[data-sum] .nearly").await, [""; 0]);
        let box_of = "label.pick input";
        browser.click(box_of).await;
        browser.wait_for_text("6,000원 더 담으면 무료배송").await;
        picture(&browser, &format!("cart_nearly_{policy}")).await;
        let promise = browser.has(".promise").await;
        assert_eq!(promise, policy == "pinned");
        browser.click(box_of).await;
        browser
            .wait("nothing is missing", || async {
                (!browser.has("[data-sum] .nearly").await).then_some(())
            })
            .await;
        // A sum is no order form: loaded again the page shows today's price, and says what it was.
        stage
            .db
            .exec("UPDATE shop_products SET sale_price = 13000 WHERE product_id = 'D0001'")
            .await;
        browser.goto(&stage.page("cart.php")).await;
        browser.wait_for_text("13,000원").await;
        assert_eq!(browser.texts(".row .words s").await, ["12,000원"]);
        assert_eq!(browser.complaints().await, [""; 0]);
        stage.assert_well().await;
    }
}
