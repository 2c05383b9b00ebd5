//! What happens to a catalogue between a quote and the order: in the shop that the oracle knows, and as the SQL of a page
//! or a hand.

use super::oracle::*;
use super::random_shop::{Random, grams, or_null, text_or_null};

/// Changes something of this product, its option, its delivery, or of a coupon. Prices only rise: none falls below 0.
pub fn change(
    random: &mut Random,
    shop: &mut Shop,
    product: usize,
    option: Option<usize>,
    coupon: Option<usize>,
) -> String {
    let id = shop.id;
    let name = shop.products[product].id.clone();
    let of_product = format!("WHERE shop_id = {id} AND product_id = '{name}'");
    let policy = shop.products[product].policy;
    let of_policy = format!("WHERE shop_id = {id} AND id = {}", shop.policies[policy].id);
    let more = (1 + i128::try_from(random.below(50)).expect("small")) * shop.unit();
    match random.below(if coupon.is_some() { 15 } else { 13 }) {
        0 => {
            let it = &mut shop.products[product];
            it.list_price += more;
            it.sale_price = (it.sale_price).map(|price| if price > 0 { price + more } else { 0 });
            let (list, sale) = (money(it.list_price), or_null(it.sale_price));
            format!("UPDATE shop_products SET buy_price = {list}, sale_price = {sale} {of_product}")
        }
        1 => {
            shop.products[product].discount_rate = 0;
            format!("UPDATE shop_products SET discount_rate = 0 {of_product}")
        }
        2 if option.is_some() => {
            let (hash, add) = &mut shop.products[product].options[option.expect("an option")];
            *add += more;
            format!(
                "UPDATE shop_product_options SET add_price = {} {of_product} AND option_hash = '{hash}'",
                money(*add)
            )
        }
        3 => {
            let tax_free = !shop.products[product].tax_free;
            shop.products[product].tax_free = tax_free;
            let tax = if tax_free { "free" } else { "taxable" };
            format!("UPDATE shop_products SET tax_type = '{tax}' {of_product}")
        }
        4 => {
            shop.products[product].policy = random.below(shop.policies.len());
            let policy = shop.policies[shop.products[product].policy].id;
            format!("UPDATE shop_products SET delivery_policy_id = {policy} {of_product}")
        }
        5 => {
            shop.policies[policy].cost += more;
            let cost = money(shop.policies[policy].cost);
            format!("UPDATE shop_delivery_policy SET base_cost = {cost} {of_policy}")
        }
        6 => {
            shop.policies[policy].kind = random.kind(shop);
            let (kind, free_over, steps) = shop.policies[policy].kind.columns();
            format!(
                "UPDATE shop_delivery_policy SET type = '{kind}', free_over = {free_over}, steps = {steps} {of_policy}"
            )
        }
        7 => {
            let group = [None, Some(1), Some(2)][random.below(3)];
            shop.policies[policy].group = group;
            let group = group.map_or("NULL".to_owned(), |group| group.to_string());
            format!("UPDATE shop_delivery_policy SET combine_group_id = {group} {of_policy}")
        }
        8 => {
            shop.products[product].weight = random.weight();
            let weight = grams(shop.products[product].weight);
            format!("UPDATE shop_products SET weight = {weight} {of_product}")
        }
        9 => {
            // What is not delivered there any more is rare enough.
            shop.policies[policy].remote = match random.percent(30) {
                true => Remote::Refuse,
                false => random.remote(),
            };
            shop.policies[policy].after_discounts ^= true;
            let remote = shop.policies[policy].remote.word();
            let basis = shop.policies[policy].amount_basis();
            format!(
                "UPDATE shop_delivery_policy SET remote = '{remote}', amount_basis = '{basis}' {of_policy}"
            )
        }
        10 => {
            random.move_areas(shop);
            shop.areas_call()
        }
        11 => {
            shop.products[product].category = random.category();
            let category = text_or_null(shop.products[product].category);
            format!("UPDATE shop_products SET category_id = {category} {of_product}")
        }
        13 | 14 => {
            let coupon = coupon.expect("a coupon");
            if random.percent(20) {
                shop.coupons[coupon].rule.enabled = false;
            } else {
                shop.coupons[coupon].rule.off = random.off(shop);
            }
            shop.coupons[coupon].update_sql(shop)
        }
        // Of no price.
        _ => format!(
            "UPDATE shop_products SET product_name = CONCAT('Product ', {more}), product_thumb_img_url = 'http://i/{more}'
             {of_product}"
        ),
    }
}

impl Kind {
    /// `type`, `free_over` and `steps` of shop_delivery_policy.
    pub fn columns(&self) -> (&'static str, String, String) {
        let none = || "NULL".to_owned();
        match self {
            Kind::Free => ("free", none(), none()),
            Kind::Fixed => ("fixed", none(), none()),
            Kind::Area => ("area", none(), none()),
            Kind::Conditional { free_over } => ("conditional", money(*free_over), none()),
            Kind::Steps(by, steps) => {
                let kind = match by {
                    Measure::Weight => "weight",
                    Measure::Quantity => "quantity",
                    Measure::Amount => "amount",
                };
                let steps: Vec<String> = (steps.iter().enumerate())
                    .map(|(n, step)| step.json(n % 2 == 0))
                    .collect();
                (kind, none(), format!("'[{}]'", steps.join(", ")))
            }
        }
    }
}

impl Step {
    /// As texts or as numbers.
    fn json(&self, as_texts: bool) -> String {
        let mut members = vec![("from", self.from), ("fee", self.fee)];
        if let Some((every, more)) = self.more {
            members.extend([("every", every), ("more", more)]);
        }
        let members = members.iter().map(|(name, value)| {
            let value = money(*value);
            let value = value.trim_end_matches(".00");
            let quote = if as_texts { "\"" } else { "" };
            format!("\"{name}\":{quote}{value}{quote}")
        });
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }
}

impl Policy {
    /// `amount_basis` of shop_delivery_policy.
    pub fn amount_basis(&self) -> &'static str {
        match self.after_discounts {
            false => "before_discounts",
            true => "after_discounts",
        }
    }
}

impl Remote {
    /// `remote` of shop_delivery_policy.
    pub fn word(self) -> &'static str {
        match self {
            Remote::Surcharge => "surcharge",
            Remote::Same => "same",
            Remote::Refuse => "refuse",
        }
    }
}

impl Shop {
    /// What the operator calls to have these areas and no others.
    pub fn areas_call(&self) -> String {
        let areas: Vec<String> = (self.areas.iter())
            .map(|area| {
                let codes: Vec<String> = (area.ranges.iter())
                    .map(|(from, to)| match from == to {
                        true => format!("\"{from}\""),
                        false => format!("\"{from}~{to}\""),
                    })
                    .collect();
                let (code, codes) = (&area.code, codes.join(","));
                let surcharge = money(area.surcharge);
                let surcharge = surcharge.trim_end_matches(".00");
                format!(
                    r#"{{"area_code":"{code}","area_name":"Area {code}","surcharge":"{surcharge}","codes":[{codes}]}}"#
                )
            })
            .collect();
        format!(
            "CALL update_adm_delivery_areas({}, '[{}]')",
            self.id,
            areas.join(",")
        )
    }
}
