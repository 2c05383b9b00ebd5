//! What is counted, in the text form that Prometheus reads.

use std::{fmt, sync::atomic::Ordering, time::Duration};

use prometheus_client::{
    collector::Collector,
    encoding::{EncodeLabelSet, EncodeLabelValue, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram, info::Info},
    registry::Registry,
};

use crate::{
    clients::counts::Counts,
    database::{admission::Refusal, execute::Set, pool},
    response::{refusals, rows},
};

/// Upper bounds, in seconds: from one quick CALL to the longest deadline.
const BUCKETS: [f64; 13] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 20.0,
];

/// Of every route from the start; others when they occur.
const EXPECTED_STATUSES: [u16; 4] = [200, 400, 500, 503];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    method: &'static str,
    route: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RepeatLabels {
    cause: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusalLabels {
    reason: Reason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
enum Reason {
    QueueFull,
    WaitedTooLong,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PoolLabels {
    pool: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PoolStateLabels {
    pool: &'static str,
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PoolEventLabels {
    pool: &'static str,
    event: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ErrorLabels {
    code: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EventLabels {
    event: String,
}

/// Counters that live as long as the process.
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    durations: Family<RouteLabels, Histogram>,
    repeats: Family<RepeatLabels, Counter>,
    refusals: Family<RefusalLabels, Counter>,
    jobs: Family<JobLabels, Counter>,
    waiting: Family<PoolLabels, Gauge>,
    connections: Family<PoolStateLabels, Gauge>,
    pool_events: Family<PoolEventLabels, Counter>,
    errors: Family<ErrorLabels, Counter>,
    events: Family<EventLabels, Counter>,
    pub clients: Counts,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct JobLabels {
    job: String,
    outcome: &'static str,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    /// Counters that begin at zero. `shop` are the figures that the database knows of the shop.
    pub fn new(shop: impl Collector + 'static) -> Self {
        let mut registry = Registry::with_prefix("jumun");
        let requests = Family::default();
        let durations = Family::new_with_constructor(histogram as fn() -> Histogram);
        let repeats = Family::default();
        let refusals = Family::default();
        let jobs = Family::default();
        let waiting = Family::default();
        let connections = Family::default();
        let pool_events = Family::default();
        let errors = Family::default();
        let events = Family::default();
        registry.register(
            "http_requests",
            "Requests by route and status",
            requests.clone(),
        );
        registry.register(
            "http_request_seconds",
            "Time from request to answer",
            durations.clone(),
        );
        registry.register(
            "call_repeats",
            "CALLs repeated, by errno or cause",
            repeats.clone(),
        );
        registry.register(
            "calls_refused",
            "Calls refused because of too many",
            refusals.clone(),
        );
        refusals::register(&mut registry);
        registry.register(
            "job_runs",
            "Background jobs run by this process",
            jobs.clone(),
        );
        registry.register(
            "calls_waiting",
            "Calls that wait for a connection",
            waiting.clone(),
        );
        registry.register(
            "pool_connections",
            "Connections of a pool, each in one state",
            connections.clone(),
        );
        registry.register(
            "pool_events",
            "What has happened to connections of a pool",
            pool_events.clone(),
        );
        registry.register("errors", "Errors answered, by code", errors.clone());
        registry.register(
            "order_events",
            "What calls of this process have done to orders, each once",
            events.clone(),
        );
        registry.register(
            "build",
            "The program that runs",
            Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]),
        );
        registry.register_collector(Box::new(shop));
        let clients = Counts::default();
        clients.register(&mut registry);
        let metrics = Self {
            registry,
            requests,
            durations,
            repeats,
            refusals,
            jobs,
            waiting,
            connections,
            pool_events,
            errors,
            events,
            clients,
        };
        for refusal in [Reason::QueueFull, Reason::WaitedTooLong] {
            let labels = RefusalLabels { reason: refusal };
            drop(metrics.refusals.get_or_create(&labels));
        }
        for cause in ["lost", "connect"] {
            metrics.expect_repeat(cause);
        }
        metrics
    }

    /// One answered request. `route` is the pattern, never the path.
    pub fn request(
        &self,
        method: &'static str,
        route: &'static str,
        status: u16,
        duration: Duration,
    ) {
        self.requests
            .get_or_create(&RequestLabels {
                method,
                route,
                status,
            })
            .inc();
        self.durations
            .get_or_create(&RouteLabels { method, route })
            .observe(duration.as_secs_f64());
    }

    /// One CALL that is tried again.
    pub fn repeated(&self, cause: &str) {
        self.repeats
            .get_or_create(&RepeatLabels {
                cause: cause.to_owned(),
            })
            .inc();
    }

    /// One CALL that was not admitted.
    pub fn refused(&self, refusal: Refusal) {
        let reason = match refusal {
            Refusal::QueueFull => Reason::QueueFull,
            Refusal::WaitedTooLong => Reason::WaitedTooLong,
        };
        self.refusals.get_or_create(&RefusalLabels { reason }).inc();
    }

    /// One run of a background job.
    pub fn job(&self, job: &str, succeeded: bool) {
        let outcome = if succeeded { "done" } else { "failed" };
        self.jobs
            .get_or_create(&JobLabels {
                job: job.to_owned(),
                outcome,
            })
            .inc();
    }

    /// One error that was answered.
    pub fn error(&self, code: &str) {
        let code = code.to_owned();
        self.errors.get_or_create(&ErrorLabels { code }).inc();
    }

    /// What a call says that it has done.
    pub fn events(&self, sets: &[Set]) {
        let Some(first) = sets.first() else { return };
        let Some(events) = rows::text(first, 0, rows::EVENTS) else {
            return;
        };
        let count = rows::text(first, 0, rows::EVENT_COUNT);
        let count = count.map_or(1, |count| count.parse().unwrap_or(0));
        for event in events.split(',') {
            let event = event.to_owned();
            self.events
                .get_or_create(&EventLabels { event })
                .inc_by(count);
        }
    }

    /// A route's series are there before its first request, at least those that are looked for.
    pub fn expect_route(&self, method: &'static str, route: &'static str) {
        for status in EXPECTED_STATUSES {
            drop(self.requests.get_or_create(&RequestLabels {
                method,
                route,
                status,
            }));
        }
        drop(self.durations.get_or_create(&RouteLabels { method, route }));
    }

    /// The same for a job.
    pub fn expect_job(&self, job: &str) {
        for outcome in ["done", "failed"] {
            let job = job.to_owned();
            drop(self.jobs.get_or_create(&JobLabels { job, outcome }));
        }
    }

    /// The same for what can happen to an order.
    pub fn expect_event(&self, event: &str) {
        let event = event.to_owned();
        drop(self.events.get_or_create(&EventLabels { event }));
    }

    /// The same for an error.
    pub fn expect_error(&self, code: &str) {
        let code = code.to_owned();
        drop(self.errors.get_or_create(&ErrorLabels { code }));
    }

    /// The same for a reason to repeat a CALL.
    pub fn expect_repeat(&self, cause: &str) {
        let cause = cause.to_owned();
        drop(self.repeats.get_or_create(&RepeatLabels { cause }));
    }

    /// Everything, with the gauges as they are now.
    ///
    /// # Errors
    /// When the text cannot be written.
    /// `pools` are what waits for a connection of each, and what its connections are doing.
    pub fn text(
        &self,
        pools: &[(&'static str, usize, pool::Counts)],
    ) -> Result<String, fmt::Error> {
        for (pool, waiting, counts) in pools {
            let waiting = i64::try_from(*waiting).unwrap_or(i64::MAX);
            self.waiting
                .get_or_create(&PoolLabels { pool })
                .set(waiting);
            // Whatever is not idle is in use, being opened or being closed: together they are all.
            let (all, idle) = (counts.all, counts.idle.min(counts.all));
            for (state, value) in [("idle", idle), ("in_use", all - idle)] {
                self.connections
                    .get_or_create(&PoolStateLabels { pool, state })
                    .set(i64::try_from(value).unwrap_or(i64::MAX));
            }
            for &(event, value) in &counts.events {
                // The driver counts; here it is only shown.
                self.pool_events
                    .get_or_create(&PoolEventLabels { pool, event })
                    .inner()
                    .store(value as u64, Ordering::Relaxed);
            }
        }
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

fn histogram() -> Histogram {
    Histogram::new(BUCKETS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_requests_are_written_with_their_route() {
        let metrics = Metrics::new(crate::ops::shop_figures::ShopFigures::default());
        metrics.request(
            "GET",
            "/v1/orders/{order_key}",
            200,
            Duration::from_millis(3),
        );
        metrics.repeated("1213");
        metrics.refused(Refusal::QueueFull);
        let text = metrics.text(&[]).unwrap();
        for line in [
            r#"jumun_http_requests_total{method="GET",route="/v1/orders/{order_key}",status="200"} 1"#,
            r#"jumun_call_repeats_total{cause="1213"} 1"#,
            r#"jumun_calls_refused_total{reason="QueueFull"} 1"#,
        ] {
            assert!(text.contains(line), "{text}");
        }
    }
}
