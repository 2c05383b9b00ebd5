//! What the operator address has besides the route table: health, metrics, the table itself.

use std::sync::Arc;

use actix_web::HttpRequest;
use serde_json::json;

use crate::{
    call::Caller,
    errors::GatewayError,
    handler::{Gateway, life},
    ops::{readiness::Readiness, shop_figures::ShopFigures},
    problem::Problem,
    response::{answer::Audience, reply::Reply},
    routes::{OPERATOR, PUBLIC, Route, Verb},
};

const METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Health and metrics of the whole process.
pub struct Operator {
    pub gateway: Arc<Gateway>,
    /// The calls of the public address, for their gauges.
    pub public: Caller,
    pub readiness: Readiness,
    /// What the database knows of the shop.
    pub figures: ShopFigures,
}

/// The pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    Live,
    Ready,
    Metrics,
    Procedures,
}

impl Page {
    pub const ALL: [Self; 4] = [Self::Live, Self::Ready, Self::Metrics, Self::Procedures];

    pub const fn path(self) -> &'static str {
        match self {
            Self::Live => "/live",
            Self::Ready => "/ready",
            Self::Metrics => "/metrics",
            Self::Procedures => "/procedures",
        }
    }
}

impl Operator {
    /// Answers one page. Health is open, since whoever asks for it has no keys; the rest needs the key.
    pub async fn page(self: Arc<Self>, page: Page, request: HttpRequest) -> Reply {
        life::of(&request).route = (Verb::Get.asked_with(request.method()), page.path());
        let open = matches!(page, Page::Live | Page::Ready);
        let outcome = if open || self.gateway.access.is_operator(request.headers()) {
            self.reply(page).await
        } else {
            Err(self.gateway.problem(GatewayError::Unauthenticated, "", ""))
        };
        outcome.unwrap_or_else(|problem| life::told(&request, &Audience::Program, &problem))
    }

    async fn reply(&self, page: Page) -> Result<Reply, Problem> {
        match page {
            Page::Live => Ok(Reply::json(200, r#"{"live":true}"#.to_owned())),
            Page::Ready => Ok(self.ready().await),
            Page::Procedures => Ok(Reply::json(200, procedures())),
            Page::Metrics => {
                self.expect().await;
                let pool = |name, caller: &Caller| (name, caller.waiting(), caller.counts());
                let pools = [
                    pool("public", &self.public),
                    pool("operator", &self.gateway.caller),
                ];
                let text = self.gateway.metrics.text(&pools).map_err(|error| {
                    log::error!("metrics cannot be written: {error}");
                    self.gateway.problem(GatewayError::InternalError, "", "")
                })?;
                Ok(Reply::text(200, METRICS, text))
            }
        }
    }

    /// Brings the figures of the shop up to date, and makes the counters that are to be there from the start.
    async fn expect(&self) {
        let metrics = &self.gateway.metrics;
        self.figures.refresh(&self.gateway.caller).await;
        for (kind, name) in self.figures.known() {
            match kind.as_str() {
                "job" => metrics.expect_job(&name),
                "event" => metrics.expect_event(&name),
                _ => log::debug!("nothing is counted by {kind}"),
            }
        }
        for (errno, code, repeated) in self.gateway.catalogue.listed() {
            metrics.expect_error(&code);
            if repeated {
                metrics.expect_repeat(&errno.to_string());
            }
        }
        for route in PUBLIC.iter().chain(OPERATOR) {
            metrics.expect_route(route.verb.name(), route.path);
        }
    }

    async fn ready(&self) -> Reply {
        let reasons = if self.gateway.is_stopping() {
            vec!["stopping".to_owned()]
        } else {
            self.readiness.reasons().await
        };
        let body = json!({"ready": reasons.is_empty(), "reasons": reasons});
        let status = if reasons.is_empty() { 200 } else { 503 };
        let mut reply = Reply::json(status, body.to_string());
        if !reasons.is_empty() {
            reply.code = "NOT_READY".into();
        }
        reply
    }
}

/// The route table as JSON.
fn procedures() -> String {
    let row = |(address, route): (&str, &Route)| {
        let parameters: Vec<_> = route
            .parameters
            .iter()
            .map(|(name, from)| json!({"name": name, "from": from.to_string()}))
            .collect();
        json!({
            "address": address,
            "method": route.verb.name(),
            "path": route.path,
            "who": route.auth.to_string(),
            "procedure": route.procedure,
            "parameters": parameters,
            "deadline_ms": route.deadline_ms,
            "repeatable": route.idempotent,
        })
    };
    let public = PUBLIC.iter().map(|route| ("public", route));
    let operator = OPERATOR.iter().map(|route| ("operator", route));
    let rows: Vec<_> = public.chain(operator).map(row).collect();
    json!({"routes": rows}).to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_is_good_json() {
        let table: serde_json::Value = serde_json::from_str(&super::procedures()).unwrap();
        let routes = table["routes"].as_array().unwrap();
        let order = routes
            .iter()
            .find(|route| route["procedure"] == "shop_order_insert")
            .unwrap();
        assert_eq!(order["parameters"][9]["name"], "pi_client_total");
        assert_eq!(order["parameters"][9]["from"], "field trdAmt");
    }
}
