//! Background jobs: every process asks for work, the database leases each job to one of them.

use std::{sync::Arc, time::Duration};

use mysql_async::Value;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    call::{Call, CallError, Caller, Set, is_procedure_name},
    database::admission::Line,
    ops::metrics::Metrics,
    response::rows,
};

const PAUSE: Duration = Duration::from_secs(1);
const LEASE_DEADLINE: Duration = Duration::from_secs(5);
/// What `shop_jobs` keeps of a result.
const LONGEST_RESULT: usize = 200;

/// A job that was leased.
struct Lease {
    job: String,
    batch_size: u64,
    lease: Duration,
}

/// Asks for work once a second until told to stop; whatever goes wrong is logged.
pub async fn run(caller: Caller, metrics: Arc<Metrics>, stop: CancellationToken) {
    let holder = format!("{}-{}", std::process::id(), Uuid::new_v4().simple());
    let mut ticks = interval(PAUSE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        match lease(&caller, &holder).await {
            Ok(None) => failing = false,
            Ok(Some(lease)) => {
                failing = false;
                work(&caller, &metrics, &holder, lease).await;
            }
            Err(reason) => {
                // Once per outage: the call itself logs when the database goes and comes back.
                if !failing {
                    log::warn!("no job can be leased: {reason}");
                }
                failing = true;
            }
        }
    }
}

async fn lease(caller: &Caller, holder: &str) -> Result<Option<Lease>, String> {
    let sets = call(
        caller,
        "lease_job",
        vec![Value::from(holder)],
        LEASE_DEADLINE,
    )
    .await
    .map_err(|error| error.to_string())?;
    let first = sets.first().ok_or("lease_job returned nothing")?;
    let Some(job) = rows::text(first, 0, "job_name") else {
        return Ok(None);
    };
    let number = |name| rows::text(first, 0, name).and_then(|text| text.parse::<u64>().ok());
    let batch_size = number("batch_size").ok_or("lease_job returned no batch_size")?;
    let seconds = number("lease_seconds").ok_or("lease_job returned no lease_seconds")?;
    if !is_procedure_name(&job) {
        return Err(format!("{job:?} is not the name of a procedure"));
    }
    Ok(Some(Lease {
        job,
        batch_size,
        lease: Duration::from_secs(seconds),
    }))
}

async fn work(caller: &Caller, metrics: &Metrics, holder: &str, lease: Lease) {
    let Lease {
        job,
        batch_size,
        lease,
    } = lease;
    // A job may be run at any time and twice, so it is idempotent by definition.
    let outcome = call(caller, &job, vec![Value::from(batch_size)], lease).await;
    metrics.job(&job, outcome.is_ok());
    let result = match outcome {
        Ok(sets) => {
            let result = summary(&sets);
            log::debug!("job {job}: {result}");
            result
        }
        Err(error) => {
            log::error!("job {job}: {error}");
            error.to_string()
        }
    };
    let result: String = result.chars().take(LONGEST_RESULT).collect();
    let parameters = vec![Value::from(&job), Value::from(holder), Value::from(result)];
    if let Err(error) = call(caller, "finish_job", parameters, LEASE_DEADLINE).await {
        log::warn!("job {job} cannot be reported as finished: {error}");
    }
}

async fn call(
    caller: &Caller,
    procedure: &str,
    parameters: Vec<Value>,
    deadline: Duration,
) -> Result<Vec<Set>, CallError> {
    caller
        .call(Call {
            procedure: procedure.to_owned(),
            parameters,
            line: Line::Known,
            deadline,
            idempotent: true,
        })
        .await
}

/// The first row as short text: `result OK, expired 3, failed 0`.
fn summary(sets: &[Set]) -> String {
    let Some(first) = sets.first() else {
        return "nothing".to_owned();
    };
    let words: Vec<_> = first
        .columns
        .iter()
        .filter_map(|column| {
            let name = column.name_str();
            if rows::is_for_counters(&name) {
                return None;
            }
            rows::text(first, 0, &name).map(|value| format!("{name} {value}"))
        })
        .collect();
    words.join(", ")
}
