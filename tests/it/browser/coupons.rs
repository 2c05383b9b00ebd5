//! Coupons on the order form: a code that is entered, what each takes off, why one cannot be used, and what becomes of
//! them when the order is paid or refused.

use super::*;

/// Two cups, 9,900 and 13,300, and their delivery, 3,000.
const CUPS: [&str; 2] = ["D0001", "D0002"];
const PRESS: &str = "button[value=order]";

/// The box of a coupon that demo1 has.
async fn box_of(stage: &Stage, code: &str) -> String {
    let number = format!(
        "SELECT coupon_no FROM shop_issued_coupons WHERE user_id = 'demo1' AND coupon_code = '{code}'"
    );
    format!(
        "label.coupon:has([value='{}'])",
        stage.db.text(&number).await
    )
}

/// What the form says of a coupon.
async fn said_of(stage: &Stage, browser: &Browser, code: &str) -> String {
    browser.texts(&box_of(stage, code).await).await.join("")
}

async fn choose(stage: &Stage, browser: &Browser, code: &str) {
    browser.click(&box_of(stage, code).await).await;
}

/// Types a code into its field and sends it.
async fn enter(browser: &Browser, code: &str) {
    browser.fill("[name=coupon_code]", code).await;
    browser.click("button[form=code-form]").await;
}

/// What the amounts say of coupons: each discount with its name.
async fn discounts(browser: &Browser) -> Vec<String> {
    let names = browser.texts(".amounts dt.part").await;
    let amounts = browser.texts(".amounts dd.part").await;
    let both = names.iter().zip(&amounts);
    both.map(|(name, amount)| format!("{name} {amount}"))
        .collect()
}

/// Every coupon that an order has, by its code.
async fn coupons_of_orders(stage: &Stage) -> String {
    let held = "SELECT COALESCE(GROUP_CONCAT(coupon_code ORDER BY coupon_code), '') FROM shop_issued_coupons
                WHERE order_seq_no IS NOT NULL";
    stage.db.text(held).await
}

pub async fn look(browser: &Browser, name: &str) {
    let to_top = "scrollTo({top: 0, behavior: 'instant'}); requestAnimationFrame(() => requestAnimationFrame(arguments[0]))";
    for (width, height) in [(360, 740), (1280, 900)] {
        browser.resize((width, height)).await;
        browser.run_async(to_top, &[]).await;
        picture(browser, &format!("{name}_{width}")).await;
    }
    browser.resize(PHONE).await;
}

#[tokio::test]
async fn a_buyer_enters_a_code_uses_two_coupons_and_sees_why_a_third_cannot_be_used() {
    for &way in ways() {
        let stage = Stage::set().await;
        let browser = stage.buyer(PHONE, &CUPS).await;
        stage.order_form(&browser, way).await;
        browser.wait_for_text("26,200원 결제하기").await;
        assert_eq!(discounts(&browser).await, [""; 0]);
        enter(&browser, "welcome-11").await;
        browser.wait_for_text("없는 쿠폰 코드입니다").await;
        enter(&browser, "welcome-10").await;
        browser
            .wait_for_text("‘처음 오신 분 10% 할인’ 쿠폰을 받았습니다")
            .await;
        assert!(
            said_of(&stage, &browser, "WELCOME10")
                .await
                .contains("−2,320원")
        );
        enter(&browser, "WELCOME10").await;
        browser.wait_for_text("이미 받은 쿠폰입니다").await;

        let dear = said_of(&stage, &browser, "ORDER3000").await;
        assert!(
            dear.contains("30,000원 이상 주문할 때 쓸 수 있습니다"),
            "{dear}"
        );
        let later = said_of(&stage, &browser, "SOON5000").await;
        assert!(later.contains("부터 쓸 수 있습니다"), "{later}");
        for code in ["ORDER3000", "SOON5000"] {
            let disabled = format!("{} :disabled", box_of(&stage, code).await);
            assert!(browser.has(&disabled).await, "{code}");
        }

        // The one for kitchen ware comes first, and the other one takes its part of what is left.
        choose(&stage, &browser, "WELCOME10").await;
        browser.wait_for_text("23,880원 결제하기").await;
        choose(&stage, &browser, "KITCHEN10").await;
        browser.wait_for_text("21,800원 결제하기").await;
        let taken = [
            "주방용품 10% 할인 −2,320원",
            "처음 오신 분 10% 할인 −2,080원",
        ];
        assert_eq!(discounts(&browser).await, taken);
        assert!(
            said_of(&stage, &browser, "WELCOME10")
                .await
                .contains("−2,080원")
        );
        // They stay chosen when the form is loaded again, and when the address is another one.
        browser.reload().await;
        browser.wait_for_text("21,800원 결제하기").await;
        browser.click("label.address:nth-of-type(3)").await;
        browser.wait_for_text("24,800원 결제하기").await;
        assert_eq!(
            discounts(&browser).await[1..],
            taken,
            "behind the surcharge"
        );
        browser.click("label.address:nth-of-type(1)").await;
        browser.wait_for_text("21,800원 결제하기").await;
        if way == "form" {
            look(&browser, "coupons_form").await;
        }

        stage.go_to_payment(&browser).await;
        assert!(browser.text().await.contains("21,800"));
        assert_eq!(coupons_of_orders(&stage).await, "KITCHEN10,WELCOME10");
        stage.decide(&browser, "pay").await;
        browser.wait_for_text("결제 완료").await;
        assert_eq!(discounts(&browser).await, taken);
        // Of each line its share: 990 + 1,330, and of what is left of them 887 + 1,193.
        let shares = browser.texts(".row .words > small").await;
        assert_eq!(
            shares,
            [
                "주방용품 10% 할인 −990원",
                "처음 오신 분 10% 할인 −888원",
                "주방용품 10% 할인 −1,330원",
                "처음 오신 분 10% 할인 −1,192원"
            ]
        );
        if way == "form" {
            look(&browser, "coupons_result").await;
        }
        let paid = "SELECT CONCAT_WS(' ', total_payment, discount_total, shipping_fee, order_status) FROM shop_orders";
        assert_eq!(
            stage.db.text(paid).await,
            "21800.00 4400.00 3000.00 2",
            "{way}"
        );
        assert_eq!(coupons_of_orders(&stage).await, "KITCHEN10,WELCOME10");

        // The next order form does not offer them.
        browser.click("button[value=put_again]").await;
        browser.wait_for_text("장바구니에 다시 담았습니다").await;
        stage.order_form(&browser, way).await;
        browser.wait_for_text("26,200원 결제하기").await;
        let offered = browser.texts("label.coupon b").await;
        assert!(
            !offered.is_empty() && !offered.iter().any(|name| name.contains("10% 할인")),
            "{offered:?}"
        );
        assert_eq!(browser.complaints().await, [""; 0]);
        stage.assert_well().await;
    }
}

#[tokio::test]
async fn of_one_group_an_order_takes_one_coupon() {
    let stage = Stage::set().await;
    // 34,500, and no delivery fee from 30,000 on.
    let browser = stage.buyer(PHONE, &["D0001", "D0002", "D0003"]).await;
    stage.order_form(&browser, "form").await;
    browser.wait_for_text("34,500원 결제하기").await;
    let free = said_of(&stage, &browser, "DELIVERY").await;
    assert!(free.contains("깎을 금액이 남아 있지 않습니다"), "{free}");
    enter(&browser, "welcome10").await;
    browser.wait_for_text("쿠폰을 받았습니다").await;
    choose(&stage, &browser, "ORDER3000").await;
    browser.wait_for_text("31,500원 결제하기").await;
    let other = said_of(&stage, &browser, "WELCOME10").await;
    let beside = "‘3만원 이상 3,000원 할인’ 쿠폰과 함께 쓸 수 없습니다";
    assert!(other.contains(beside), "{other}");
    look(&browser, "coupons_group").await;
    choose(&stage, &browser, "ORDER3000").await;
    browser.wait_for_text("34,500원 결제하기").await;
    choose(&stage, &browser, "WELCOME10").await;
    browser.wait_for_text("31,050원 결제하기").await;
    // Who presses at once does not order at an amount that was not to be seen.
    let both = "for (const css of arguments) { document.querySelector(css).click(); }";
    let input = format!("{} input", box_of(&stage, "WELCOME10").await);
    browser.run(both, &[input.into(), PRESS.into()]).await;
    browser.wait_for_text("34,500원 결제하기").await;
    assert_eq!(stage.orders().await, (0, String::new()));
    assert_eq!(browser.complaints().await, [""; 0]);
    stage.assert_well().await;
}

#[tokio::test]
async fn a_coupon_takes_off_delivery_to_an_island() {
    let stage = Stage::set().await;
    let browser = stage.buyer(PHONE, &["D0001"]).await;
    stage.order_form(&browser, "form").await;
    browser.wait_for_text("12,900원 결제하기").await;
    choose(&stage, &browser, "DELIVERY").await;
    browser.wait_for_text("9,900원 결제하기").await;
    browser.click("label.address:nth-of-type(3)").await;
    browser.wait_for_text("12,900원 결제하기").await;
    let taken = [
        "그중 제주 추가 배송비 3,000원",
        "배송비 3,000원 할인 −3,000원",
    ];
    assert_eq!(discounts(&browser).await, taken);
    look(&browser, "coupons_delivery").await;
    stage.go_to_payment(&browser).await;
    stage.decide(&browser, "pay").await;
    browser.wait_for_text("결제 완료").await;
    assert_eq!(discounts(&browser).await, taken[1..]);
    assert_eq!(browser.complaints().await, [""; 0]);
    stage.assert_well().await;
}

#[tokio::test]
async fn a_refused_payment_gives_the_coupon_back() {
    for &way in ways() {
        let stage = Stage::set().await;
        let browser = stage.buyer(PHONE, &CUPS).await;
        stage.order_form(&browser, way).await;
        choose(&stage, &browser, "KITCHEN10").await;
        browser.wait_for_text("23,880원 결제하기").await;
        stage.go_to_payment(&browser).await;
        assert_eq!(coupons_of_orders(&stage).await, "KITCHEN10");
        stage.decide(&browser, "fail").await;
        browser.wait_for_text("결제가 되지 않았습니다").await;
        assert_eq!(coupons_of_orders(&stage).await, "", "{way}");
        browser.click("form[action='result.php'] button").await;
        browser.wait_for_text("장바구니로 되돌렸습니다").await;
        stage.order_form(&browser, way).await;
        // It is there again, and not chosen by itself.
        browser.wait_for_text("26,200원 결제하기").await;
        assert!(
            said_of(&stage, &browser, "KITCHEN10")
                .await
                .contains("−2,320원")
        );
        choose(&stage, &browser, "KITCHEN10").await;
        browser.wait_for_text("23,880원 결제하기").await;
        stage.go_to_payment(&browser).await;
        stage.decide(&browser, "pay").await;
        browser.wait_for_text("결제 완료").await;
        assert_eq!(stage.orders().await, (2, "12,2".to_owned()), "{way}");
        assert_eq!(coupons_of_orders(&stage).await, "KITCHEN10");
        assert_eq!(browser.complaints().await, [""; 0]);
        stage.assert_well().await;
    }
}

/// The shop ends a coupon while the order form is open.
#[tokio::test]
async fn an_order_that_is_refused_for_a_coupon_says_which_and_goes_on_without() {
    for &way in ways() {
        let stage = Stage::set().await;
        let browser = stage.buyer(PHONE, &CUPS).await;
        stage.order_form(&browser, way).await;
        choose(&stage, &browser, "KITCHEN10").await;
        browser.wait_for_text("23,880원 결제하기").await;
        choose(&stage, &browser, "DELIVERY").await;
        browser.wait_for_text("20,880원 결제하기").await;
        let end = "UPDATE shop_coupons SET enabled = 0 WHERE coupon_code = 'KITCHEN10'";
        stage.db.exec(end).await;
        browser.click(PRESS).await;
        browser
            .wait_for_text("고른 쿠폰 가운데 쓸 수 없게 된 것을 뺐습니다 (‘주방용품 10% 할인’: 지금은 쓸 수 없는 쿠폰입니다)")
            .await;
        browser.wait_for_text("새 금액 23,200원 결제하기").await;
        assert_eq!(discounts(&browser).await, ["배송비 3,000원 할인 −3,000원"]);
        assert_eq!(stage.orders().await, (0, String::new()), "{way}");
        look(&browser, &format!("coupons_refused_{way}")).await;
        stage.go_to_payment(&browser).await;
        stage.decide(&browser, "pay").await;
        browser.wait_for_text("결제 완료").await;
        assert_eq!(coupons_of_orders(&stage).await, "DELIVERY");
        stage.assert_well().await;
    }
}
