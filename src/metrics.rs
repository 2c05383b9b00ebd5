//! What is counted, in the text form that Prometheus reads.

use std::{fmt, sync::atomic::Ordering, time::Duration};

use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use crate::{admission::Refusal, call::Caller};

/// Upper bounds, in seconds: from one quick CALL to the longest deadline.
const BUCKETS: [f64; 13] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 20.0,
];

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
struct PoolValueLabels {
    pool: &'static str,
    state: &'static str,
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
    pool: Family<PoolValueLabels, Gauge>,
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

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("jumun");
        let requests = Family::default();
        let durations = Family::new_with_constructor(histogram as fn() -> Histogram);
        let repeats = Family::default();
        let refusals = Family::default();
        let jobs = Family::default();
        let waiting = Family::default();
        let pool = Family::default();
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
            "pool",
            "Connections and events of the pool, by kind",
            pool.clone(),
        );
        Self {
            registry,
            requests,
            durations,
            repeats,
            refusals,
            jobs,
            waiting,
            pool,
        }
    }
}

fn histogram() -> Histogram {
    Histogram::new(BUCKETS)
}

impl Metrics {
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

    /// Everything, with the gauges as they are now.
    ///
    /// # Errors
    /// When the text cannot be written.
    pub fn text(&self, callers: &[(&'static str, &Caller)]) -> Result<String, fmt::Error> {
        for (pool, caller) in callers {
            let waiting = i64::try_from(caller.waiting()).unwrap_or(i64::MAX);
            self.waiting
                .get_or_create(&PoolLabels { pool })
                .set(waiting);
            let values = caller.pool().metrics();
            for (state, value) in [
                ("connections", &values.connection_count),
                ("idle", &values.connections_in_pool),
                ("in_use", &values.connections_in_use),
                ("waiting", &values.active_wait_requests),
                ("create_failed", &values.create_failed),
                (
                    "discarded_superfluous",
                    &values.discarded_superfluous_connection,
                ),
                (
                    "discarded_closed",
                    &values.discarded_unestablished_connection,
                ),
                ("discarded_expired", &values.discarded_expired_connection),
                ("discarded_error", &values.discarded_error_during_cleanup),
                ("returned_dirty", &values.dirty_connection_return),
                ("reset", &values.resetting_connection),
                ("returned", &values.connection_returned_to_pool),
            ] {
                let value = i64::try_from(value.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
                self.pool
                    .get_or_create(&PoolValueLabels { pool, state })
                    .set(value);
            }
        }
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_requests_are_written_with_their_route() {
        let metrics = Metrics::default();
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
