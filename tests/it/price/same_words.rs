//! The order prices by the words of `calc_cart_totals`, since a CALL would cost it more than the statements: when one is
//! changed alone, quote and charge differ.

use std::path::Path;

/// The steps from the pricing statement to the delivery fee, without indentation and comments.
fn pricing(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("sql/procedures")
        .join(file);
    let text = std::fs::read_to_string(&path).expect("the procedure");
    let from = text
        .find("SELECT SUM(f.orderable")
        .expect("the pricing statement");
    let to = text[from..].find("GROUP BY w.parcel) g;").expect("its end");
    text[from..from + to]
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("--"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn an_order_is_priced_by_the_words_of_the_quote() {
    let order = pricing("order/shop_order_insert.sql");
    assert!(order.len() > 1_500, "{order}");
    assert_eq!(order, pricing("price/calc_cart_totals.sql"));
}
