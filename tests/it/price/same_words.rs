//! Order and quote price by the words of `calc_cart_totals`, and an order is sent to the payment page by those of
//! `_payment_fields`, since a call would cost them more than the statements: when one is changed alone, quote and charge differ,
//! or an order that is answered again goes to another page than at first. The lines that the cart read answers likewise stand twice.

use std::path::Path;

use crate::support::*;

fn procedure(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("sql/procedures")
        .join(file);
    std::fs::read_to_string(path).expect("the procedure")
}

/// The steps from the pricing statement to the delivery fee, as words, without comments.
fn pricing(file: &str) -> String {
    let text = procedure(file);
    let from = text
        .find("SELECT SUM(f.orderable")
        .expect("the pricing statement");
    let to = text[from..].find("GROUP BY w.parcel) g;").expect("its end");
    text[from..from + to]
        .lines()
        .filter(|line| !line.trim_start().starts_with("--"))
        .flat_map(str::split_whitespace)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The SELECT that answers the lines, up to its end.
fn lines(file: &str) -> String {
    let text = procedure(file);
    let from = text
        .find("SELECT c.seq_no AS cart_id")
        .expect("the lines' statement");
    let to = text[from..].find(';').expect("its end");
    text[from..from + to]
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn an_order_is_priced_by_the_words_of_the_quote() {
    let order = pricing("order/shop_order_insert.sql");
    assert!(order.len() > 1_500, "{order}");
    assert_eq!(order, pricing("price/calc_cart_totals.sql"));
    assert_eq!(order, pricing("order/shop_order_quote.sql"));
}

/// Which area a postal code lies in is looked up where it is needed, with a variable of that routine.
#[test]
fn an_order_goes_to_the_area_of_the_quote() {
    let area = |file: &str| {
        let text = words(file, "FROM (SELECT g.area_code", ";");
        let text = text.replace("v_code", "v_text");
        assert!(text.matches("v_text").count() == 3, "{text}");
        text
    };
    let order = area("order/shop_order_insert.sql");
    assert_eq!(order, area("order/shop_order_quote.sql"));
    assert_eq!(order, area("price/calc_cart_totals.sql"));
    for file in [
        "order/shop_order_insert.sql",
        "order/shop_order_quote.sql",
        "price/calc_cart_totals.sql",
    ] {
        let text = procedure(file);
        assert_eq!(text.matches(", ' ', ''), '-', '')").count(), 1, "{file}");
    }
}

#[test]
fn the_totals_of_a_quote_are_made_as_those_beside_an_error() {
    // With `pi_`, `po_` and `v_` taken off, the tax is the same expression in all three.
    let tax = |file: &str| {
        let text = procedure(file);
        let from = text.find("vat = ROUND(").expect("the tax");
        let to = text[from..].find("digits)").expect("its end");
        ["pi_", "po_", "v_"]
            .iter()
            .fold(text[from..from + to].to_owned(), |text, prefix| {
                text.replace(prefix, "")
            })
    };
    let quote = tax("order/shop_order_quote.sql");
    assert_eq!(quote, tax("price/calc_cart_totals.sql"));
    assert_eq!(quote, tax("order/shop_order_insert.sql"));
}

#[test]
fn a_cart_that_is_read_shows_the_lines_of_one_that_is_changed() {
    let read = lines("cart/select_shop_cart.sql");
    assert!(read.len() > 700, "{read}");
    assert_eq!(read, lines("cart/_select_cart.sql"));
}

/// From the first of these words to the last, with single blanks.
fn words(file: &str, first: &str, last: &str) -> String {
    let text = procedure(file);
    let from = text.find(first).expect("its beginning");
    let to = text[from..].find(last).expect("its end");
    text[from..from + to]
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_cart_is_counted_by_the_same_words_whoever_counts() {
    let counting = |file| words(file, "GREATEST(LEAST(COALESCE(SUM(", ";");
    let written = counting("cart/_count_cart.sql");
    assert!(written.len() > 1_200, "{written}");
    assert_eq!(written, counting("cart/select_shop_cart.sql"));
    // The view has no buyer to look for, and needs no tricks for keys. It looks the shop up.
    let written = written.replace("v_pinned_no", "h.pinned_no");
    let view = procedure("cart/v_carts.sql");
    let view = view.split_whitespace().collect::<Vec<_>>().join(" ");
    for (first, last) in [
        ("GREATEST(LEAST(", "MAX(c.create_date)"),
        ("LEFT JOIN shop_product_prices", "WHERE c.shop_id"),
        ("c.buy_now = 0", ";"),
    ] {
        let from = written.find(first).expect("its beginning");
        let to = written[from..]
            .find(last)
            .map_or(written.len(), |to| from + to);
        let part = written[from..to].trim_end().trim_end_matches(',');
        for piece in part.split(", -9999999999999999.99), ") {
            assert!(view.contains(piece.trim()), "{piece}");
        }
    }
}

/// What an order that has cart rows makes of them stands in the lines, in what counts them, and in `v_cart_checkouts`. In the
/// first two by the same words; the view says it in others, and means the same.
#[tokio::test]
async fn what_a_row_of_an_order_is_means_the_same_in_lines_sums_and_view() {
    let free = "t.phase = 'ended' AND o.paid_at IS NULL OR t.phase = 'open' AND o.expires_at <= NOW_ AND m.to_status IS NOT NULL";
    let joins = "LEFT JOIN shop_orders o FORCE INDEX (PRIMARY) ON o.seq_no = c.order_seq_no \
        LEFT JOIN shop_order_statuses t ON t.order_status = o.order_status \
        LEFT JOIN shop_order_transitions m ON m.from_status = o.order_status AND m.action = 'expire' AND m.actor = 'job'";
    let joins = joins.split_whitespace().collect::<Vec<_>>().join(" ");
    for (file, times) in [
        ("cart/_select_cart.sql", 2),
        ("cart/select_shop_cart.sql", 3),
        ("price/_select_lines.sql", 2),
        ("cart/_count_cart.sql", 1),
        ("cart/v_carts.sql", 1),
        ("cart/v_cart_items.sql", 1),
    ] {
        let text = procedure(file)
            .replace("UTC_TIMESTAMP(6)", "NOW_")
            .replace("pi_now", "NOW_");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(text.matches(free).count(), times, "{file}");
        assert_eq!(text.matches("t.phase = 'ended'").count(), times, "{file}");
        assert!(text.contains(&joins), "{file}");
    }
    let view = words(
        "cart/v_cart_checkouts.sql",
        "JOIN shop_order_statuses t",
        ";",
    );
    assert_eq!(
        view,
        joins[joins.find("JOIN shop_order_statuses").unwrap()..].to_owned(),
    );

    // Every phase, paid or not, in time or not, with an expiry or without.
    let state = words(
        "cart/_select_cart.sql",
        "CASE WHEN o.seq_no IS NULL OR",
        "AS item_state",
    );
    let fate = words(
        "cart/v_cart_checkouts.sql",
        "CASE WHEN o.paid_at",
        "AS fate",
    );
    // Too old, or without its product, is a matter of the row.
    let of_row =
        "p.product_id IS NULL OR c.update_date < UTC_TIMESTAMP(6) - INTERVAL v_cart_days DAY";
    assert!(state.contains(of_row), "{state}");
    let state = state.replace(of_row, "0 = 1");
    let db = TestDb::empty().await;
    let rows = db
        .rows(&format!(
            "SELECT CONCAT_WS(' ', t.phase, o.paid_at IS NOT NULL, o.expires_at <= UTC_TIMESTAMP(6),
                              m.to_status IS NOT NULL) AS place, {state} AS state, {fate} AS fate
             FROM (SELECT 'open' AS phase UNION SELECT 'paid' UNION SELECT 'ended') t
             CROSS JOIN (SELECT 1 AS seq_no, p.paid_at, e.expires_at
                         FROM (SELECT NULL AS paid_at UNION SELECT '2020-01-01') p
                         CROSS JOIN (SELECT '2020-01-01' AS expires_at UNION SELECT '2099-01-01') e) o
             CROSS JOIN (SELECT NULL AS to_status UNION SELECT 10) m
             WHERE t.phase <> 'open' OR o.paid_at IS NULL"
        ))
        .await;
    assert_eq!(rows.len(), 20);
    for row in rows {
        let means = match row.str("fate").as_str() {
            "free" | "lapsed" => "in_cart".to_owned(),
            other => other.to_owned(),
        };
        assert_eq!(row.str("state"), means, "{}", row.str("place"));
    }
}

/// From an expression's first words to its last, with single blanks.
fn between<'a>(text: &'a str, first: &str, last: &str) -> (String, &'a str) {
    let from = text.find(first).expect("its beginning");
    let to = from + text[from..].find(last).expect("its end") + last.len();
    let words: Vec<&str> = text[from..to].split_whitespace().collect();
    (words.join(" "), &text[to..])
}

#[test]
fn an_order_goes_to_the_payment_page_with_the_words_of_payment_fields() {
    let parts = [
        ("CASE v_digits WHEN 0", "AS CHAR) END"),
        ("JSON_QUOTE(CONCAT(LEFT(v_first_name", "ELSE '' END))"),
        (
            "REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(v_pay_fields",
            ") - 2))",
        ),
    ];
    let names = [
        ("pi_fields_json", "v_pay_fields"),
        ("pi_hash_template", "v_pay_hash_template"),
        ("pi_secret_key", "v_secret_key"),
        ("pi_merchant_id", "v_merchant_id"),
        ("pi_order_key", "v_order_key"),
        ("pi_order_number", "pi_mTrdNo"),
        ("pi_total", "v_total"),
        ("pi_digits", "v_digits"),
        ("pi_gateway_url", "v_gateway_url"),
        ("pi_product_name", "v_first_name"),
        ("pi_line_count", "v_id_count"),
        ("v_amount", "v_text"),
        ("v_title", "v_first_name"),
    ];
    let order = procedure("order/shop_order_insert.sql");
    let function = procedure("payment/_payment_fields.sql");
    let function = names
        .iter()
        .fold(function, |text, (there, here)| text.replace(there, here));
    let body = function.find("BEGIN").expect("its body");
    let (mut ours, mut theirs) = (order.as_str(), &function[body..]);
    for (first, last) in parts {
        let (here, ours_left) = between(ours, first, last);
        let (there, theirs_left) = between(theirs, first, last);
        assert_eq!(here, there);
        (ours, theirs) = (ours_left, theirs_left);
    }
}

#[test]
fn an_order_that_is_read_has_the_next_step_and_the_key_of_one_that_is_answered_again() {
    let read = procedure("order/shop_order_select.sql");
    let read = read.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = |file: &str, from: &str, to: &str| {
        let text = procedure(file)
            .replace("pi_status", "order_status")
            .replace("pi_uuid", "order_key");
        let text = text.replace("pi_", "");
        let start = text.find(from).expect("its beginning");
        let end = text[start..].find(to).expect("its end");
        text[start..start + end]
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    let next_step = |file| words(file, "CASE WHEN o.restored_at", "AS next_step");
    assert!(next_step("order/shop_order_select.sql").contains("t.late_step"));
    assert_eq!(
        next_step("order/shop_order_select.sql"),
        next_step("order/_select_known_order.sql")
    );
    let key = words("lib/_uuid_text.sql", "LOWER(INSERT(", ";");
    assert!(read.contains(&format!("{key} AS order_key")), "{key}");
}
