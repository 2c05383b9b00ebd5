//! What delivery costs follows the address: what the buyer sees, and what is paid.

use super::*;

/// The mug costs 9,900, its delivery 3,000.
const MUG: &str = "D0001";
const PRESS: &str = "button[value=order]";

/// What delivery costs more, as the form says it.
async fn surcharge(browser: &Browser) -> String {
    let words = browser.texts(".amounts .part").await;
    words.join(" ")
}

/// A picture of the page from its top, where its bars are at its ends.
async fn look(browser: &Browser, name: &str) {
    let to_top = "scrollTo({top: 0, behavior: 'instant'}); requestAnimationFrame(() => requestAnimationFrame(arguments[0]))";
    browser.run_async(to_top, &[]).await;
    picture(browser, name).await;
}

/// The home of demo1 is from now on in an area.
async fn home_costs_more(stage: &Stage) {
    stage
        .db
        .exec(
            "CALL update_adm_delivery_areas(1, '[{\"area_code\": \"home\", \"area_name\": \"산골\",
                \"surcharge\": \"2000\", \"codes\": [\"00001\"]}]')",
        )
        .await;
}

/// A plant, which is not delivered everywhere, and where it is to be found.
const PLANT: (&str, &str) = ("D0303", "%EC%83%9D%ED%99%9C");
/// A box of bottles, in a parcel of its own: 15,900, and 3,000 for its delivery.
const BOTTLES: (&str, &str) = ("D0302", "%EC%BB%A4%ED%94%BC%C2%B7%EC%B0%A8");

/// Puts one more thing into the basket, from the second page of its category.
async fn take(stage: &Stage, browser: &Browser, (product, category): (&str, &str)) {
    let shelf = format!("index.php?category={category}&page=2");
    browser.goto(&stage.page(&shelf)).await;
    let button = format!("form.product:has([value={product}]) [value=add]");
    browser.click(&button).await;
    browser.wait_for_text("장바구니에 담았습니다").await;
}

#[tokio::test]
async fn who_chooses_the_address_in_jeju_sees_what_it_costs_and_pays_that() {
    for &way in ways() {
        let stage = Stage::set().await;
        let browser = stage.buyer((360, 740), &[MUG]).await;
        stage.order_form(&browser, way).await;
        browser.wait_for_text("12,900원 결제하기").await;
        assert_eq!(surcharge(&browser).await, "");
        let jeju = browser.texts("label.address:nth-of-type(3)").await.join("");
        assert!(jeju.contains("(63101)"), "{jeju}");
        browser.click("label.address:nth-of-type(3)").await;
        browser.wait_for_text("15,900원 결제하기").await;
        assert_eq!(surcharge(&browser).await, "그중 제주 추가 배송비 3,000원");
        assert!(!browser.text().await.contains("달라질 수 있습니다"));
        // Loaded again it is still the address that was chosen.
        browser.reload().await;
        browser.wait_for_text("15,900원 결제하기").await;
        assert!(
            browser
                .has("label.address:nth-of-type(3) input:checked")
                .await
        );
        if way == "form" {
            look(&browser, "delivery_jeju_360").await;
            browser.resize((1280, 900)).await;
            look(&browser, "delivery_jeju_1280").await;
        }
        stage.go_to_payment(&browser).await;
        assert!(browser.text().await.contains("15,900"));
        stage.decide(&browser, "pay").await;
        browser.wait_for_text("결제 완료").await;
        let paid = "SELECT CONCAT_WS(' ', total_payment, shipping_fee, area_rule_id IS NOT NULL, order_status)
                    FROM shop_orders";
        assert_eq!(stage.db.text(paid).await, "15900.00 6000.00 1 2", "{way}");
        assert_eq!(browser.complaints().await, [""; 0]);
        stage.assert_well().await;
    }
}

#[tokio::test]
async fn the_fee_is_not_final_until_a_postal_code_is_typed() {
    for &way in ways() {
        let stage = Stage::set().await;
        let browser = stage.buyer(PHONE, &[MUG]).await;
        stage.order_form(&browser, way).await;
        browser.click("label.address:has([value=''])").await;
        browser
            .wait_for_text("배송지에 따라 배송비가 달라질 수 있습니다")
            .await;
        for (name, text) in [
            ("receiver_name", "김섬"),
            ("receiver_phone", "010-0000-0000"),
            ("address", "섬길 1"),
        ] {
            let field = format!("[name='receiver[{name}]']");
            browser.fill(&field, text).await;
        }
        // Who presses at once, before anything can be quoted, does not order at a price that was not to be seen.
        let at_once = "const code = document.querySelector(\"[name='receiver[post_code]']\");
             code.value = '40200';
             for (const name of ['input', 'change']) code.dispatchEvent(new Event(name, {bubbles: true}));
             document.querySelector(arguments[0]).click()";
        browser.run(at_once, &[PRESS.into()]).await;
        browser.wait_for_text("17,900원 결제하기").await;
        assert_eq!(
            surcharge(&browser).await,
            "그중 도서산간 추가 배송비 5,000원"
        );
        assert!(!browser.text().await.contains("달라질 수 있습니다"));
        assert_eq!(stage.orders().await, (0, String::new()));
        if way == "form" {
            look(&browser, "delivery_typed").await;
        }
        browser.fill("[name='receiver[post_code]']", "00001").await;
        browser.wait_for_text("12,900원 결제하기").await;
        browser.fill("[name='receiver[post_code]']", "40240").await;
        browser.wait_for_text("17,900원 결제하기").await;
        stage.go_to_payment(&browser).await;
        stage.decide(&browser, "pay").await;
        browser.wait_for_text("결제 완료").await;
        let paid = "SELECT CONCAT_WS(' ', total_payment, post_code) FROM shop_orders";
        assert_eq!(stage.db.text(paid).await, "17900.00 40240", "{way}");
        assert_eq!(browser.complaints().await, [""; 0]);
        stage.assert_well().await;
    }
}

#[tokio::test]
async fn a_visitor_sees_in_the_basket_what_delivery_to_an_island_costs() {
    let stage = Stage::set().await;
    let browser = Browser::start((360, 740)).await;
    browser.goto(&stage.page("index.php")).await;
    let card = format!("form.product:has([name=product_id][value={MUG}])");
    browser.click(&format!("{card} [value=add]")).await;
    browser.wait_for_text("모두 1가지가 있습니다").await;
    browser.goto(&stage.page("cart.php")).await;
    browser
        .wait_for_text("배송지에 따라 배송비가 달라질 수 있습니다")
        .await;
    look(&browser, "delivery_cart_360").await;
    browser.fill("[name=post_code]", "40200").await;
    browser.wait_for_text("도서산간 추가 배송비").await;
    assert_eq!(
        surcharge(&browser).await,
        "그중 도서산간 추가 배송비 5,000원"
    );
    assert!(!browser.text().await.contains("달라질 수 있습니다"));
    let total = browser.texts("[data-sum] dd.total").await;
    assert_eq!(total, ["17,900원"]);
    // Two parcels go there, and each costs more.
    take(&stage, &browser, BOTTLES).await;
    browser.goto(&stage.page("cart.php")).await;
    browser.fill("[name=post_code]", "40200").await;
    browser.wait_for_text("도서산간 추가 배송비").await;
    assert_eq!(
        surcharge(&browser).await,
        "그중 도서산간 추가 배송비 5,000원 × 2건"
    );
    let total = browser.texts("[data-sum] dd.total").await;
    assert_eq!(total, ["41,800원"]);
    let buttons = browser.texts(".pay button.main").await;
    assert_eq!(buttons, ["모두 주문"]);
    look(&browser, "delivery_parcels_360").await;
    // Who is logged in has an address: nothing is open.
    let browser = stage.buyer(PHONE, &[MUG]).await;
    browser.goto(&stage.page("cart.php")).await;
    browser.wait_for_text("12,900원").await;
    assert!(!browser.has("[name=post_code]").await);
    assert!(!browser.text().await.contains("달라질 수 있습니다"));
    assert_eq!(browser.complaints().await, [""; 0]);
    stage.assert_well().await;
}

#[tokio::test]
async fn what_is_not_delivered_there_is_named_and_cannot_be_ordered() {
    let stage = Stage::set().await;
    let browser = stage.buyer((360, 740), &[MUG]).await;
    take(&stage, &browser, PLANT).await;
    stage.order_form(&browser, "form").await;
    browser.click("label.address:nth-of-type(3)").await;
    browser
        .wait_for_text("제주 배송지로 보내 드릴 수 없는 상품: 몬스테라 화분")
        .await;
    let line = browser
        .texts(".list .row:has(.bad) .words b")
        .await
        .join(", ");
    assert_eq!(line, "몬스테라 화분");
    let button = browser.texts(&format!("{PRESS}:disabled")).await;
    assert_eq!(button, ["이 배송지로는 주문할 수 없습니다"]);
    look(&browser, "delivery_refused_360").await;
    browser.resize((1280, 900)).await;
    look(&browser, "delivery_refused_1280").await;
    browser.click("label.address:nth-of-type(1)").await;
    browser
        .wait("it can be ordered", || async {
            browser.has(&format!("{PRESS}:enabled")).await.then_some(())
        })
        .await;
    assert!(!browser.text().await.contains("보내 드릴 수 없는"));
    stage.go_to_payment(&browser).await;
    stage.decide(&browser, "pay").await;
    browser.wait_for_text("결제 완료").await;
    assert_eq!(browser.complaints().await, [""; 0]);
    stage.assert_well().await;
}

/// The shop changes its areas while the order form is open.
#[tokio::test]
async fn an_order_that_is_refused_for_its_address_says_so() {
    for &way in ways() {
        let stage = Stage::set().await;
        let browser = stage.buyer(PHONE, &[MUG]).await;
        stage.order_form(&browser, way).await;
        browser.wait_for_text("12,900원 결제하기").await;
        home_costs_more(&stage).await;
        browser.click(PRESS).await;
        browser
            .wait_for_text("받는 곳의 추가 배송비가 바뀌었습니다")
            .await;
        assert_eq!(surcharge(&browser).await, "그중 산골 추가 배송비 2,000원");
        browser.wait_for_text("새 금액 14,900원 결제하기").await;
        assert_eq!(stage.orders().await, (0, String::new()), "{way}");
        look(&browser, &format!("delivery_changed_{way}")).await;

        // And what is not delivered there at all.
        take(&stage, &browser, PLANT).await;
        stage
            .db
            .exec("CALL update_adm_delivery_areas(1, '[]')")
            .await;
        stage.order_form(&browser, way).await;
        browser.wait_for_text("결제하기").await;
        home_costs_more(&stage).await;
        browser.click(PRESS).await;
        browser
            .wait_for_text("고른 배송지로 보내 드릴 수 없는 상품이 있습니다")
            .await;
        browser
            .wait_for_text("산골 배송지로 보내 드릴 수 없는 상품: 몬스테라 화분")
            .await;
        assert!(browser.has(&format!("{PRESS}:disabled")).await, "{way}");
        assert_eq!(stage.orders().await, (0, String::new()), "{way}");
        look(&browser, &format!("delivery_not_served_{way}")).await;
        stage.assert_well().await;
    }
}
