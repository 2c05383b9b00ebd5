//! The one handler: from a request to its procedure and back to an answer.

pub mod life;
mod refuse;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix_web::{
    HttpRequest,
    web::{Bytes, Payload},
};

use crate::{
    auth::{
        identity::{Access, Refusal, by_ticket},
        keys::IdentityError,
        origin,
    },
    call::{Call, CallError, Caller},
    clients,
    database::admission::Line,
    errors::{Catalogue, GatewayError},
    ops::{metrics::Metrics, refresh},
    problem::Problem,
    request::{InputError, bind, body, headers},
    response::{
        answer,
        pages::{astray, payment},
        reply::Reply,
        rows,
    },
    routes::{Auth, Route},
};

/// What the requests of one address share.
pub struct Gateway {
    pub caller: Caller,
    pub access: Arc<Access>,
    pub catalogue: Arc<Catalogue>,
    pub metrics: Arc<Metrics>,
    pub body_limit: usize,
    /// Set when the process is about to stop.
    pub stopping: Arc<AtomicBool>,
}

impl Gateway {
    /// Answers a request of the route table: to its procedure and back, or to the page that its browser is shown.
    pub async fn serve(
        self: Arc<Self>,
        route: &'static Route,
        request: HttpRequest,
        payload: Payload,
    ) -> Reply {
        let headers = request.headers();
        life::of(&request).route = (route.verb.asked_with(request.method()), route.path);
        // Read before anything is refused, so that the client is done sending when it gets its answer.
        let body = body::read_body(&request, payload, self.body_limit).await;
        let outcome = match self.answer(route, &request, body.clone()).await {
            // Without what was sent there is nothing to send again.
            Err(problem) if body.is_ok() && payment::is_wanted(route, headers, &problem) => {
                let (life, body) = (life::of(&request), body.unwrap_or_default());
                let (id, english) = (&life.id, life.english);
                Ok(payment::try_again(&problem, route.verb, &body, id, english))
            }
            Err(problem) if astray::passing(route, headers) => {
                Err(self.with_shops_page(problem, request.path()).await)
            }
            outcome => outcome,
        };
        let refused = |own| matches!(&outcome, Err(problem) if problem.is(own));
        let from_page = by_ticket(route, headers) && !refused(GatewayError::OriginNotAllowed);
        let allowed = |page: &&str| from_page && self.access.allows_origin(page, None);
        let shop = origin::of(headers).filter(allowed);
        let mut reply = outcome.unwrap_or_else(|problem| {
            life::told(&request, &astray::audience(route, headers, shop), &problem)
        });
        if route.auth == Auth::BuyerOrTicket {
            reply.headers.extend(origin::answer_headers(shop));
        }
        reply
    }

    /// Identify, bind, call, answer.
    async fn answer(
        &self,
        route: &'static Route,
        request: &HttpRequest,
        body: Result<Bytes, InputError>,
    ) -> Result<Reply, Problem> {
        let headers = request.headers();
        let line = match route.auth {
            Auth::Signature => clients::line(request),
            // There is no CALL before the key is known.
            Auth::Buyer | Auth::BuyerOrTicket | Auth::Operator => Line::Known,
        };
        if let Err(error) = self.caller.admits(line) {
            return Err(self.failed(route, error).await);
        }
        headers::said_once(headers).map_err(|error| self.unread(error))?;
        // A ticket is in the body: where that cannot be read, this is what is wrong.
        if let (true, Err(error)) = (by_ticket(route, headers), &body) {
            return Err(self.unread(error.clone()));
        }
        let sent = body.as_deref().ok();
        let identity = match self
            .access
            .identify(&self.caller, route, headers, sent)
            .await
        {
            Ok(identity) => identity,
            Err(refusal) => return Err(self.nobody(refusal).await),
        };
        life::of(request).shop_id = identity.shop_id;
        let body = body.map_err(|error| self.unread(error))?;
        let parameters = bind::parameters(route, request, &body, &identity)
            .map_err(|error| self.unread(error))?;
        let call = Call {
            procedure: route.procedure.to_owned(),
            parameters,
            line,
            deadline: Duration::from_millis(route.deadline_ms),
            idempotent: route.idempotent,
        };
        let sets = match self.caller.call(call).await {
            Ok(sets) if rows::result(&sets).as_deref() == Some("OK") => sets,
            Ok(sets) => {
                self.knowing(rows::errno(&sets)).await;
                return Err(Problem::unraised(&self.catalogue, route.procedure, &sets));
            }
            Err(error) => return Err(self.failed(route, error).await),
        };
        let to_browser = identity.by_ticket && payment::accepts_html(headers);
        answer::said(route, &sets, to_browser).ok_or_else(|| {
            log::error!("{} did not say what to answer", route.procedure);
            self.problem(GatewayError::InternalError, "", "")
        })
    }

    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// An error of the gateway's own.
    pub fn problem(&self, own: GatewayError, field: &str, detail: impl Into<String>) -> Problem {
        Problem::own(&self.catalogue, own, field, detail)
    }

    fn unread(&self, error: InputError) -> Problem {
        Problem::input(&self.catalogue, error)
    }

    async fn nobody(&self, refusal: Refusal) -> Problem {
        if let Refusal::Keys(IdentityError::NotLoaded(error), _) = &refusal {
            self.knowing(error.errno()).await;
        }
        Problem::identity(&self.catalogue, refusal)
    }

    async fn failed(&self, route: &Route, error: CallError) -> Problem {
        self.knowing(error.errno()).await;
        Problem::call(&self.catalogue, route.procedure, error)
    }

    /// An error of newer procedures is in no catalogue yet.
    async fn knowing(&self, errno: Option<u16>) {
        if let Some(errno) = errno {
            refresh::catalogue_with(errno, &self.catalogue, &self.caller).await;
        }
    }
}
