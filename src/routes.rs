//! The route table: every request that is answered by a procedure, and the procedures called in between.
//!
//! Adding a route is adding a row here; one handler serves them all.

use std::fmt;

use actix_web::http::Method;

/// The methods that routes use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Get,
    Post,
    Patch,
    Delete,
}

impl Verb {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// The methods that a row answers. HEAD is GET without the body (RFC 9110, 9.3.2), which actix leaves out by
    /// itself: it runs the same procedure, since status and headers depend on its result. That includes a payment's
    /// return: its message is as true and as repeatable whichever of the two methods brings it.
    pub const fn methods(self) -> &'static [Method] {
        match self {
            Self::Get => &[Method::GET, Method::HEAD],
            Self::Post => &[Method::POST],
            Self::Patch => &[Method::PATCH],
            Self::Delete => &[Method::DELETE],
        }
    }

    /// Its name in the log and in the metrics, when it was asked with this method.
    pub fn asked_with(self, method: &Method) -> &'static str {
        if *method == Method::HEAD {
            "HEAD"
        } else {
            self.name()
        }
    }
}

/// Who may send the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// A shop's bearer key, and the buyer it speaks for in `X-User-Id`.
    Buyer,
    /// The same, or the buyer's browser with a shop's ticket in the field `ticket`; from the shop's pages only.
    BuyerOrTicket,
    /// Anyone: the procedure proves the message by its signature.
    Signature,
    /// The operator's bearer key.
    Operator,
}

impl fmt::Display for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Buyer => "shop key",
            Self::BuyerOrTicket => "shop key, or ticket",
            Self::Signature => "signature",
            Self::Operator => "operator key",
        })
    }
}

/// Where a parameter comes from. Field names are the outward ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// The shop that the bearer key belongs to, or that signed the ticket.
    Shop,
    /// The buyer in `X-User-Id`, or in the ticket.
    User,
    /// A placeholder of the path.
    Path(&'static str),
    /// The name of an order in the path, which is of the kind that the placeholder says and of no other: the kind and a
    /// colon go before it.
    Name(&'static str),
    /// The same of a text in the query, which must be there.
    QueryName {
        query: &'static str,
        kind: &'static str,
    },
    /// A number in the query.
    QueryNumber(&'static str),
    /// A text in the query.
    Query(&'static str),
    /// One value: a text, or a number's exact text.
    Field(&'static str),
    /// A whole number that the procedure declares as one.
    FieldNumber(&'static str),
    /// A JSON array.
    FieldList(&'static str),
    /// A JSON object.
    FieldObject(&'static str),
    /// A word of the route itself.
    Constant(&'static str),
    /// Query and body as one JSON object.
    AllFields,
    /// As `AllFields`, with a placeholder of the path put in under a name, over whatever was sent.
    AllFieldsAndPath {
        placeholder: &'static str,
        name: &'static str,
    },
}

impl fmt::Display for From {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shop => f.write_str("shop of the key"),
            Self::User => f.write_str("header X-User-Id"),
            Self::Path(name) | Self::Name(name) => write!(f, "path {name}"),
            Self::QueryNumber(name) | Self::Query(name) | Self::QueryName { query: name, .. } => {
                write!(f, "query {name}")
            }
            Self::Field(name)
            | Self::FieldNumber(name)
            | Self::FieldList(name)
            | Self::FieldObject(name) => write!(f, "field {name}"),
            Self::Constant(word) => write!(f, "constant {word}"),
            Self::AllFields => f.write_str("all fields"),
            Self::AllFieldsAndPath { placeholder, name } => {
                write!(f, "all fields, path {placeholder} as {name}")
            }
        }
    }
}

/// How the result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The first row's columns as members, further sets as arrays under these names.
    Json(&'static [&'static str]),
    /// The same. A browser goes to the payment page that the first further set names, or else to `location`.
    Payment(&'static [&'static str]),
    /// The first row says status, content type and body, or where a browser goes.
    Http,
}

/// One row of the table.
#[derive(Debug)]
pub struct Route {
    pub verb: Verb,
    pub path: &'static str,
    pub procedure: &'static str,
    /// In the procedure's order, by its names.
    pub parameters: &'static [(&'static str, From)],
    pub shape: Shape,
    pub auth: Auth,
    pub deadline_ms: u64,
    /// Whether running it twice is as good as running it once.
    pub repeatable: bool,
}

/// A procedure that the gateway calls on its own account.
#[derive(Debug)]
pub struct Internal {
    pub procedure: &'static str,
    pub parameters: &'static [&'static str],
}

const READ_MS: u64 = 5_000;
const WRITE_MS: u64 = 10_000;
/// A payment gateway resends for days, a buyer who comes back does not: more patience.
const PAYMENT_MS: u64 = 20_000;

const CART: Shape = Shape::Json(&["lines"]);
const ORDER: Shape = Shape::Json(&["lines", "payments", "log"]);

const SHOP: (&str, From) = ("pi_shop_id", From::Shop);
const USER: (&str, From) = ("pi_user_id", From::User);
/// A shop that has not heard the answer to an order knows its number only.
const BY_NUMBER: From = From::QueryName {
    query: "mTrdNo",
    kind: "order_number",
};
const PG: (&str, From) = ("pi_pg", From::Path("pg"));
const MERCHANT: (&str, From) = ("pi_merchant_id", From::Path("merchant"));
const RETURN: (&str, From) = ("pi_channel", From::Constant("return"));
const NOTIFY: (&str, From) = ("pi_channel", From::Constant("notify"));
const EVERYTHING: (&str, From) = ("pi_fields_json", From::AllFields);
const EVERYTHING_AND_KEY: (&str, From) = (
    "pi_fields_json",
    From::AllFieldsAndPath {
        placeholder: "order_key",
        name: "_order_key",
    },
);

/// What shops, buyers and payment gateways may ask.
pub const PUBLIC: &[Route] = &[
    Route {
        verb: Verb::Get,
        path: "/v1/cart",
        procedure: "select_shop_cart",
        parameters: &[SHOP, USER],
        shape: CART,
        auth: Auth::Buyer,
        deadline_ms: READ_MS,
        repeatable: true,
    },
    Route {
        verb: Verb::Post,
        path: "/v1/cart/items",
        procedure: "add_shop_cart",
        parameters: &[
            SHOP,
            USER,
            ("pi_product_id", From::Field("product_id")),
            ("pi_option_hash", From::Field("option_hash")),
            ("pi_quantity", From::Field("quantity")),
        ],
        shape: CART,
        auth: Auth::Buyer,
        deadline_ms: WRITE_MS,
        // The same product adds up its quantity.
        repeatable: false,
    },
    Route {
        verb: Verb::Patch,
        path: "/v1/cart/items/{cart_id}",
        procedure: "update_shop_cart",
        parameters: &[
            SHOP,
            USER,
            ("pi_cart_id", From::Path("cart_id")),
            ("pi_quantity", From::Field("quantity")),
        ],
        shape: CART,
        auth: Auth::Buyer,
        deadline_ms: WRITE_MS,
        // A quantity of zero deletes the row, and a second time there is none: the answer would differ.
        repeatable: false,
    },
    Route {
        verb: Verb::Delete,
        path: "/v1/cart/items",
        procedure: "delete_shop_cart",
        parameters: &[
            SHOP,
            USER,
            ("pi_cart_ids_json", From::FieldList("selected_cart_ids")),
        ],
        shape: CART,
        auth: Auth::Buyer,
        deadline_ms: WRITE_MS,
        repeatable: true,
    },
    Route {
        verb: Verb::Post,
        path: "/v1/quotes",
        procedure: "shop_order_quote",
        parameters: &[
            SHOP,
            USER,
            ("pi_cart_ids_json", From::FieldList("selected_cart_ids")),
            ("pi_address_id", From::Field("address_id")),
            ("pi_coupon_ids_json", From::FieldList("coupon_ids")),
            ("pi_point_to_use", From::Field("point_to_use")),
        ],
        shape: CART,
        auth: Auth::Buyer,
        deadline_ms: READ_MS,
        repeatable: true,
    },
    Route {
        verb: Verb::Post,
        path: "/v1/orders",
        procedure: "shop_order_insert",
        parameters: &[
            SHOP,
            USER,
            ("pi_mTrdNo", From::Field("mTrdNo")),
            ("pi_cart_ids_json", From::FieldList("selected_cart_ids")),
            ("pi_address_id", From::Field("address_id")),
            ("pi_receiver_json", From::FieldObject("receiver")),
            ("pi_coupon_ids_json", From::FieldList("coupon_ids")),
            ("pi_point_to_use", From::Field("point_to_use")),
            ("pi_client_total", From::Field("trdAmt")),
            ("pi_order_mode", From::Field("mode")),
            ("pi_pg", From::Field("pg")),
        ],
        shape: Shape::Payment(&["payment"]),
        auth: Auth::BuyerOrTicket,
        deadline_ms: WRITE_MS,
        // mTrdNo is the key: a repeat finds the order.
        repeatable: true,
    },
    Route {
        verb: Verb::Get,
        path: "/v1/orders",
        procedure: "shop_order_select",
        parameters: &[SHOP, USER, ("pi_order_name", BY_NUMBER)],
        shape: ORDER,
        auth: Auth::Buyer,
        deadline_ms: READ_MS,
        repeatable: true,
    },
    Route {
        verb: Verb::Get,
        path: "/v1/orders/{order_key}",
        procedure: "shop_order_select",
        parameters: &[SHOP, USER, ("pi_order_name", From::Name("order_key"))],
        shape: ORDER,
        auth: Auth::Buyer,
        deadline_ms: READ_MS,
        repeatable: true,
    },
    Route {
        verb: Verb::Post,
        path: "/v1/orders/{order_key}/restore-cart",
        procedure: "shop_order_restore_cart",
        parameters: &[SHOP, USER, ("pi_order_key", From::Name("order_key"))],
        shape: CART,
        auth: Auth::Buyer,
        deadline_ms: WRITE_MS,
        repeatable: true,
    },
    payment(
        Verb::Get,
        "/pg/{pg}/{merchant}/return",
        &[PG, MERCHANT, RETURN, EVERYTHING],
    ),
    payment(
        Verb::Post,
        "/pg/{pg}/{merchant}/return",
        &[PG, MERCHANT, RETURN, EVERYTHING],
    ),
    payment(
        Verb::Get,
        "/pg/{pg}/{merchant}/return/{order_key}",
        &[PG, MERCHANT, RETURN, EVERYTHING_AND_KEY],
    ),
    payment(
        Verb::Post,
        "/pg/{pg}/{merchant}/return/{order_key}",
        &[PG, MERCHANT, RETURN, EVERYTHING_AND_KEY],
    ),
    payment(
        Verb::Post,
        "/pg/{pg}/{merchant}/notify",
        &[PG, MERCHANT, NOTIFY, EVERYTHING],
    ),
];

/// What operators may ask.
pub const OPERATOR: &[Route] = &[
    Route {
        verb: Verb::Get,
        path: "/admin/pg-duties",
        procedure: "select_adm_pg_duties",
        parameters: &[
            ("pi_shop_id", From::QueryNumber("shop_id")),
            ("pi_state", From::Query("state")),
        ],
        shape: Shape::Json(&["duties"]),
        auth: Auth::Operator,
        deadline_ms: READ_MS,
        repeatable: true,
    },
    Route {
        verb: Verb::Post,
        path: "/admin/pg-duties/{duty_no}",
        procedure: "update_adm_pg_duty",
        parameters: &[
            ("pi_duty_no", From::Path("duty_no")),
            ("pi_state", From::Field("state")),
            ("pi_proof", From::Field("proof")),
            ("pi_reason", From::Field("reason")),
        ],
        shape: Shape::Json(&[]),
        auth: Auth::Operator,
        deadline_ms: WRITE_MS,
        // Closed with the same words, it is closed.
        repeatable: true,
    },
    Route {
        verb: Verb::Get,
        path: "/admin/audit",
        procedure: "shop_audit",
        parameters: &[],
        shape: Shape::Json(&["violations"]),
        auth: Auth::Operator,
        deadline_ms: PAYMENT_MS,
        repeatable: true,
    },
    Route {
        verb: Verb::Post,
        path: "/admin/stock",
        procedure: "shop_stock_set",
        parameters: &[
            ("pi_shop_id", From::FieldNumber("shop_id")),
            ("pi_product_id", From::Field("product_id")),
            ("pi_option_hash", From::Field("option_hash")),
            ("pi_counted", From::Field("counted")),
            ("pi_quantity", From::Field("quantity")),
            ("pi_reason", From::Field("reason")),
        ],
        shape: Shape::Json(&[]),
        auth: Auth::Operator,
        deadline_ms: WRITE_MS,
        // Between two runs somebody may have bought: setting it again would lose that.
        repeatable: false,
    },
    Route {
        verb: Verb::Post,
        path: "/admin/stock-strategy",
        procedure: "update_adm_stock_strategy",
        parameters: &[
            ("pi_shop_id", From::FieldNumber("shop_id")),
            ("pi_product_id", From::Field("product_id")),
            ("pi_strategy", From::Field("strategy")),
            ("pi_slots", From::Field("slots")),
        ],
        shape: Shape::Json(&[]),
        auth: Auth::Operator,
        deadline_ms: WRITE_MS,
        repeatable: true,
    },
    Route {
        verb: Verb::Post,
        path: "/admin/ticket-keys",
        procedure: "update_adm_ticket_key",
        parameters: &[
            ("pi_shop_id", From::FieldNumber("shop_id")),
            ("pi_key_no", From::Field("key_no")),
            ("pi_key_hex", From::Field("key_hex")),
            ("pi_valid_until", From::Field("valid_until")),
        ],
        shape: Shape::Json(&["keys"]),
        auth: Auth::Operator,
        deadline_ms: WRITE_MS,
        repeatable: true,
    },
    Route {
        verb: Verb::Get,
        path: "/admin/orders/{order_name}",
        procedure: "shop_order_select",
        parameters: &[
            ("pi_shop_id", From::QueryNumber("shop_id")),
            ("pi_user_id", From::Query("user_id")),
            ("pi_order_name", From::Path("order_name")),
        ],
        shape: ORDER,
        auth: Auth::Operator,
        deadline_ms: READ_MS,
        repeatable: true,
    },
    Route {
        verb: Verb::Post,
        path: "/admin/orders/{order_name}/payment",
        procedure: "update_adm_order_payment",
        parameters: &[
            ("pi_shop_id", From::FieldNumber("shop_id")),
            ("pi_order_name", From::Path("order_name")),
            ("pi_pg", From::Field("pg")),
            ("pi_merchant_id", From::Field("merchant_id")),
            ("pi_pg_tx", From::Field("pg_tx")),
            ("pi_amount", From::Field("amount")),
            ("pi_approval_no", From::Field("approval_no")),
            ("pi_reason", From::Field("reason")),
        ],
        shape: Shape::Json(&[]),
        auth: Auth::Operator,
        deadline_ms: WRITE_MS,
        // The same payment again is found.
        repeatable: true,
    },
];

/// What says whether the other procedures can do their work.
pub const HEALTH: &str = "select_gateway_health";

/// What the gateway calls by itself with the public account.
pub const INTERNAL: &[Internal] = &[
    Internal {
        procedure: "select_error_codes",
        parameters: &[],
    },
    Internal {
        procedure: HEALTH,
        parameters: &[],
    },
    Internal {
        procedure: "select_gateway_keys",
        parameters: &[],
    },
    Internal {
        procedure: "lease_job",
        parameters: &["pi_holder"],
    },
    Internal {
        procedure: "finish_job",
        parameters: &["pi_job_name", "pi_holder", "pi_result"],
    },
];

/// A message of a payment gateway: signed, and the same answer however often it comes.
const fn payment(
    verb: Verb,
    path: &'static str,
    parameters: &'static [(&'static str, From)],
) -> Route {
    Route {
        verb,
        path,
        procedure: "shop_order_update",
        parameters,
        shape: Shape::Http,
        auth: Auth::Signature,
        deadline_ms: PAYMENT_MS,
        repeatable: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::is_procedure_name;

    #[test]
    fn every_placeholder_is_used_and_every_used_one_exists() {
        for route in PUBLIC.iter().chain(OPERATOR) {
            let mut used: Vec<String> = route
                .parameters
                .iter()
                .filter_map(|(_, from)| match from {
                    From::Path(name)
                    | From::Name(name)
                    | From::AllFieldsAndPath {
                        placeholder: name, ..
                    } => Some(format!("{{{name}}}")),
                    _ => None,
                })
                .collect();
            let mut written: Vec<String> = route
                .path
                .split('/')
                .filter(|part| part.starts_with('{'))
                .map(str::to_owned)
                .collect();
            used.sort();
            written.sort();
            assert_eq!(used, written, "{}", route.path);
        }
    }

    #[test]
    fn no_two_rows_answer_the_same_request_and_names_are_plain() {
        let mut seen = std::collections::HashSet::new();
        for route in PUBLIC.iter().chain(OPERATOR) {
            assert!(
                seen.insert((route.verb.name(), route.path)),
                "{}",
                route.path
            );
            assert!(is_procedure_name(route.procedure));
        }
    }
}
