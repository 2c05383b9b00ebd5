//! The sandbox's addresses: the payment page, the decision, and what tests ask for.

use crate::behaviour::{Action, Behaviour, ReturnMethod};
use crate::notify::Notifier;
use crate::pages;
use crate::protocol::{
    APPROVED, CLOSED, DECLINED, Merchant, PayRequest, PayResult, is_amount, korean_time,
    loopback_url, now_millis, other_amount,
};
use crate::store::{Store, Transaction};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentType};
use actix_web::middleware::DefaultHeaders;
use actix_web::{HttpResponse, HttpResponseBuilder, web};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Longest delay a test may ask for.
const LONGEST_DELAY: Duration = Duration::from_secs(3600);
/// How long "notification first" holds the browser while nothing is acknowledged.
const LONGEST_HOLD: Duration = Duration::from_secs(15);
/// Transactions shown when no order is named.
const LISTED: usize = 100;
/// Largest accepted form.
const FORM_BYTES: usize = 16 * 1024;

/// What every request needs.
pub struct Sandbox {
    pub merchant: Merchant,
    pub store: Store,
    pub notifier: Notifier,
}

pub fn configure(app: &mut web::ServiceConfig) {
    let form = web::FormConfig::default()
        .limit(FORM_BYTES)
        .error_handler(|error, _| bad_request(&error.to_string()).into());
    let query = web::QueryConfig::default()
        .error_handler(|error, _| bad_request(&error.to_string()).into());
    let headers = DefaultHeaders::new()
        .add((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; \
             base-uri 'none'; frame-ancestors 'none'",
        ))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::REFERRER_POLICY, "no-referrer"))
        .add((header::CACHE_CONTROL, "no-store"));
    app.service(
        web::scope("")
            .wrap(headers)
            .app_data(form)
            .app_data(query)
            .service(web::resource("/pay").get(pay_by_get).post(pay_by_post))
            .service(web::resource("/pay/decide").post(decide))
            .service(web::resource("/sandbox/transactions").get(transactions))
            .service(web::resource("/sandbox/transactions/{order_number}").get(of_order))
            .service(web::resource("/sandbox/notify").post(notify_now))
            .service(web::resource("/assets/sandbox.css").get(style))
            .service(web::resource("/assets/hand_over.js").get(script))
            .service(web::resource("/live").get(live)),
    );
}

async fn pay_by_get(sandbox: web::Data<Sandbox>, request: web::Query<PayRequest>) -> HttpResponse {
    show_payment(&sandbox, &request)
}

async fn pay_by_post(sandbox: web::Data<Sandbox>, request: web::Form<PayRequest>) -> HttpResponse {
    show_payment(&sandbox, &request)
}

fn show_payment(sandbox: &Sandbox, request: &PayRequest) -> HttpResponse {
    match request.check(&sandbox.merchant) {
        Ok(()) => html(StatusCode::OK, pages::payment(request)),
        Err(error) => refused(&error.to_string()),
    }
}

/// The form of the payment page, or of a test that does without it.
#[derive(Deserialize)]
struct Decision {
    #[serde(flatten)]
    request: PayRequest,
    action: String,
    #[serde(default)]
    behaviour: String,
    #[serde(default)]
    delay_ms: String,
    /// The same for people; delay_ms wins.
    #[serde(default)]
    delay_seconds: String,
    #[serde(default)]
    return_method: String,
}

impl Decision {
    fn delay(&self) -> Option<Duration> {
        let delay = if !self.delay_ms.is_empty() {
            Duration::from_millis(self.delay_ms.parse().ok()?)
        } else if !self.delay_seconds.is_empty() {
            Duration::from_secs(self.delay_seconds.parse().ok()?)
        } else {
            Duration::from_secs(5)
        };
        (delay <= LONGEST_DELAY).then_some(delay)
    }
}

async fn decide(sandbox: web::Data<Sandbox>, form: web::Form<Decision>) -> HttpResponse {
    let form = form.into_inner();
    let (Some(action), Some(behaviour), Some(method), Some(delay)) = (
        Action::parse(&form.action),
        Behaviour::parse(&form.behaviour),
        ReturnMethod::parse(&form.return_method),
        form.delay(),
    ) else {
        return refused("action, behaviour, return_method 또는 delay 값이 올바르지 않습니다.");
    };
    if let Err(error) = form.request.check(&sandbox.merchant) {
        return refused(&error.to_string());
    }
    let Some(permits) = sandbox.notifier.reserve(behaviour.notifications(action)) else {
        return HttpResponse::ServiceUnavailable()
            .insert_header((header::RETRY_AFTER, "1"))
            .content_type(ContentType::html())
            .body(pages::error("통지가 너무 많이 밀려 있습니다."));
    };

    let result = result_of(&sandbox.merchant, &form.request, action, behaviour);
    let transaction = Arc::new(Transaction::new(
        action,
        behaviour,
        form.request,
        result.clone(),
        method,
        now_millis(),
    ));
    sandbox.store.add(Arc::clone(&transaction));

    let mut deliveries = Vec::new();
    for permit in permits {
        if let Some(number) = transaction.begin_notification(result.clone()) {
            let transaction = Arc::clone(&transaction);
            let delay = behaviour.notify_delay(delay);
            deliveries.push(sandbox.notifier.start(transaction, number, delay, permit));
        }
    }
    if behaviour == Behaviour::NotifyFirst {
        for delivery in deliveries {
            // Whether it ended or the wait did, the browser goes on: a shop that never acknowledges must not trap it.
            let _ = tokio::time::timeout(LONGEST_HOLD, delivery).await;
        }
    }
    send_back(&transaction, behaviour.return_delay(delay))
}

/// The result of a decision, as the wallet signs it, with the faults that the behaviour asks for.
fn result_of(
    merchant: &Merchant,
    request: &PayRequest,
    action: Action,
    behaviour: Behaviour,
) -> PayResult {
    let (code, message) = match action {
        Action::Pay => (APPROVED, "정상 승인"),
        Action::Fail => (DECLINED, "잔액 부족"),
        Action::Close => (CLOSED, "사용자 취소"),
    };
    let amount = match behaviour {
        Behaviour::WrongAmount => other_amount(&request.amount),
        _ => request.amount.clone(),
    };
    let mut result = PayResult {
        merchant_id: request.merchant_id.clone(),
        order_number: request.order_number.clone(),
        transaction: format!("W{}", Uuid::now_v7().simple()),
        amount,
        result_code: code.to_owned(),
        message: message.to_owned(),
        approved_at: korean_time(now_millis()),
        hash: String::new(),
    };
    result.hash = merchant.result_hash(&result);
    if behaviour == Behaviour::WrongHash {
        result.hash = spoiled(&result.hash);
    }
    result
}

/// The hash with its first digit changed.
fn spoiled(hash: &str) -> String {
    let other = if hash.starts_with('0') { '1' } else { '0' };
    std::iter::once(other).chain(hash.chars().skip(1)).collect()
}

fn send_back(transaction: &Transaction, wait: Duration) -> HttpResponse {
    if !transaction.returns {
        return html(StatusCode::OK, pages::stays_here());
    }
    let fields = transaction.result.fields();
    match transaction.return_method {
        ReturnMethod::Post => {
            let page = pages::back_by_post(&transaction.request.next_url, &fields, wait);
            html(StatusCode::OK, page)
        }
        ReturnMethod::Get => {
            let Some(mut url) = loopback_url(&transaction.request.next_url) else {
                return refused("nextUrl 주소가 올바르지 않습니다.");
            };
            url.query_pairs_mut().extend_pairs(fields);
            if wait.is_zero() {
                HttpResponse::SeeOther()
                    .insert_header((header::LOCATION, url.as_str()))
                    .finish()
            } else {
                html(StatusCode::OK, pages::back_by_get(url.as_str(), wait))
            }
        }
    }
}

async fn transactions(sandbox: web::Data<Sandbox>) -> HttpResponse {
    show_transactions(&sandbox.store.newest(LISTED))
}

async fn of_order(sandbox: web::Data<Sandbox>, order_number: web::Path<String>) -> HttpResponse {
    show_transactions(&sandbox.store.of_order(&order_number))
}

/// `{"transactions": [...]}`; an unknown order has none, since the sandbox also forgets.
fn show_transactions(list: &[Arc<Transaction>]) -> HttpResponse {
    let views: Vec<_> = list.iter().map(|transaction| transaction.view()).collect();
    HttpResponse::Ok().json(json!({ "transactions": views }))
}

/// Which transaction to notify of (by the wallet's number, or the newest of an order) and what to say differently.
#[derive(Deserialize)]
struct Resend {
    #[serde(default, rename = "trdNo")]
    transaction: String,
    #[serde(default, rename = "mTrdNo")]
    order_number: String,
    #[serde(rename = "trdAmt")]
    amount: Option<String>,
    #[serde(rename = "rsltCd")]
    result_code: Option<String>,
    #[serde(rename = "rsltMsg")]
    message: Option<String>,
    /// Sent as it is; without it the hash fits the other fields.
    #[serde(rename = "pktHash")]
    hash: Option<String>,
}

/// Sends one notification now and answers with what came back. It is not repeated.
async fn notify_now(sandbox: web::Data<Sandbox>, form: web::Form<Resend>) -> HttpResponse {
    let form = form.into_inner();
    let found = if form.transaction.is_empty() {
        sandbox.store.of_order(&form.order_number).pop()
    } else {
        sandbox.store.find(&form.transaction)
    };
    let Some(transaction) = found else {
        return failure(StatusCode::NOT_FOUND, "no such transaction");
    };
    let mut fields = transaction.result.clone();
    let changed = form.amount.is_some() || form.result_code.is_some() || form.message.is_some();
    if let Some(amount) = form.amount {
        if !is_amount(&amount) {
            return failure(StatusCode::BAD_REQUEST, "trdAmt is not an amount");
        }
        fields.amount = amount;
    }
    if let Some(code) = form.result_code {
        fields.result_code = code;
    }
    if let Some(message) = form.message {
        fields.message = message;
    }
    if let Some(hash) = form.hash {
        fields.hash = hash;
    } else if changed {
        fields.hash = sandbox.merchant.result_hash(&fields);
    }
    let Some(number) = transaction.begin_notification(fields) else {
        return failure(StatusCode::TOO_MANY_REQUESTS, "too many notifications");
    };
    sandbox.notifier.send(&transaction, number).await;
    transaction.give_up(number);
    HttpResponse::Ok().json(json!({ "notification": transaction.notification(number) }))
}

async fn style() -> HttpResponse {
    asset("text/css; charset=utf-8", pages::STYLE)
}

async fn script() -> HttpResponse {
    asset("text/javascript; charset=utf-8", pages::HAND_OVER_SCRIPT)
}

async fn live() -> HttpResponse {
    asset("text/plain; charset=utf-8", "OK")
}

fn asset(content_type: &'static str, body: &'static str) -> HttpResponse {
    HttpResponse::Ok().content_type(content_type).body(body)
}

fn html(status: StatusCode, body: String) -> HttpResponse {
    HttpResponseBuilder::new(status)
        .content_type(ContentType::html())
        .body(body)
}

fn refused(words: &str) -> HttpResponse {
    html(StatusCode::BAD_REQUEST, pages::error(words))
}

fn failure(status: StatusCode, words: &str) -> HttpResponse {
    HttpResponseBuilder::new(status).json(json!({ "error": words }))
}

fn bad_request(words: &str) -> actix_web::error::InternalError<String> {
    let page = refused(words);
    actix_web::error::InternalError::from_response(words.to_owned(), page)
}
