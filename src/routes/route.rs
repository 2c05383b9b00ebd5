//! What a row of the route table says.

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
pub enum Source {
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
    /// A JSON array in the query.
    QueryList(&'static str),
    /// One value: a text, or a number's exact text.
    Field(&'static str),
    /// A whole number that the procedure declares as one.
    FieldNumber(&'static str),
    /// A JSON array.
    FieldList(&'static str),
    /// A JSON object.
    FieldObject(&'static str),
    /// A JSON object in a field, or one value in another field.
    FieldObjectOr {
        object: &'static str,
        text: &'static str,
    },
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

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shop => f.write_str("shop of the key"),
            Self::User => f.write_str("header X-User-Id"),
            Self::Path(name) | Self::Name(name) => write!(f, "path {name}"),
            Self::QueryNumber(name)
            | Self::Query(name)
            | Self::QueryList(name)
            | Self::QueryName { query: name, .. } => write!(f, "query {name}"),
            Self::Field(name)
            | Self::FieldNumber(name)
            | Self::FieldList(name)
            | Self::FieldObject(name) => write!(f, "field {name}"),
            Self::FieldObjectOr { object, text } => write!(f, "field {object} or {text}"),
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

/// One parameter of a procedure: its name there, and where its value comes from.
pub type Parameter = (&'static str, Source);

/// One row of the table.
#[derive(Debug)]
pub struct Route {
    pub verb: Verb,
    pub path: &'static str,
    pub procedure: &'static str,
    /// In the procedure's order.
    pub parameters: &'static [Parameter],
    pub shape: Shape,
    pub auth: Auth,
    pub deadline_ms: u64,
    /// Whether running it twice is as good as running it once.
    pub idempotent: bool,
    /// A name that must be in the query, else the next row of this path is asked.
    pub given: Option<&'static str>,
}

const READ_MS: u64 = 5_000;
const WRITE_MS: u64 = 10_000;
/// A payment gateway resends for days, a buyer who comes back does not: more patience.
const PAYMENT_MS: u64 = 20_000;

/// A row for a buyer: idempotent, with one row of an answer, and the patience of a read or a write.
const fn buyers(
    verb: Verb,
    path: &'static str,
    procedure: &'static str,
    parameters: &'static [Parameter],
) -> Route {
    Route {
        verb,
        path,
        procedure,
        parameters,
        shape: Shape::Json(&[]),
        auth: Auth::Buyer,
        deadline_ms: if matches!(verb, Verb::Get) {
            READ_MS
        } else {
            WRITE_MS
        },
        idempotent: true,
        given: None,
    }
}

pub const fn get(
    path: &'static str,
    procedure: &'static str,
    parameters: &'static [Parameter],
) -> Route {
    buyers(Verb::Get, path, procedure, parameters)
}

pub const fn post(
    path: &'static str,
    procedure: &'static str,
    parameters: &'static [Parameter],
) -> Route {
    buyers(Verb::Post, path, procedure, parameters)
}

pub const fn patch(
    path: &'static str,
    procedure: &'static str,
    parameters: &'static [Parameter],
) -> Route {
    buyers(Verb::Patch, path, procedure, parameters)
}

pub const fn delete(
    path: &'static str,
    procedure: &'static str,
    parameters: &'static [Parameter],
) -> Route {
    buyers(Verb::Delete, path, procedure, parameters)
}

/// A message of a payment gateway: signed, and the same answer however often it comes.
pub const fn payment(verb: Verb, path: &'static str, parameters: &'static [Parameter]) -> Route {
    Route {
        shape: Shape::Http,
        auth: Auth::Signature,
        deadline_ms: PAYMENT_MS,
        ..buyers(verb, path, "shop_order_update", parameters)
    }
}

impl Route {
    /// Further sets of the answer, by these names; `name?` is one that may be missing.
    pub const fn with(self, sets: &'static [&'static str]) -> Self {
        Self {
            shape: Shape::Json(sets),
            ..self
        }
    }

    /// The answer of an order: a shop's server gets JSON, and a browser with a ticket goes to the payment page.
    pub const fn to_payment(self, sets: &'static [&'static str]) -> Self {
        Self {
            shape: Shape::Payment(sets),
            auth: Auth::BuyerOrTicket,
            ..self
        }
    }

    /// Only when this name is in the query: the row stands before another one of its method and path.
    pub const fn given(self, name: &'static str) -> Self {
        Self {
            given: Some(name),
            ..self
        }
    }

    /// For operators only.
    pub const fn admin(self) -> Self {
        Self {
            auth: Auth::Operator,
            ..self
        }
    }

    /// What is sent with POST and answers as fast as what reads only: it leaves nothing that somebody waits for.
    pub const fn reads(self) -> Self {
        Self {
            deadline_ms: READ_MS,
            ..self
        }
    }

    /// What may take as long as a payment.
    pub const fn slow(self) -> Self {
        Self {
            deadline_ms: PAYMENT_MS,
            ..self
        }
    }

    /// Not idempotent: a call whose end nobody saw is not made again.
    pub const fn once(self) -> Self {
        Self {
            idempotent: false,
            ..self
        }
    }
}

/// A field that is called as the parameter is, without its `pi_`.
pub const fn field(parameter: &'static str) -> Parameter {
    (parameter, Source::Field(outward(parameter)))
}

/// The same as a whole number.
pub const fn number(parameter: &'static str) -> Parameter {
    (parameter, Source::FieldNumber(outward(parameter)))
}

/// A placeholder of the path of that name.
pub const fn path(parameter: &'static str) -> Parameter {
    (parameter, Source::Path(outward(parameter)))
}

/// A text in the query of that name.
pub const fn query(parameter: &'static str) -> Parameter {
    (parameter, Source::Query(outward(parameter)))
}

/// A number in the query of that name.
pub const fn query_number(parameter: &'static str) -> Parameter {
    (parameter, Source::QueryNumber(outward(parameter)))
}

const fn outward(parameter: &'static str) -> &'static str {
    parameter.split_at("pi_".len()).1
}
