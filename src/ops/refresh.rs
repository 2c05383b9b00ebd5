//! What is loaded from the database again and again: the error catalogue and the shops' keys.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, interval, sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    auth::{identity::Access, keys},
    call::{Call, Caller},
    database::admission::Line,
    errors::Catalogue,
};

const CATALOGUE: &str = "select_error_codes";
const CATALOGUE_DEADLINE: Duration = Duration::from_secs(5);
/// A catalogue that could not be loaded, or lacks an error, is asked for again, but not more often than this.
const CATALOGUE_PAUSE: Duration = Duration::from_secs(1);

/// Loads the catalogue; keeps the one it has when that fails.
async fn load_catalogue(catalogue: &Catalogue, caller: &Caller) -> Result<(), String> {
    let call = Call {
        procedure: CATALOGUE.to_owned(),
        parameters: Vec::new(),
        line: Line::Known,
        deadline: CATALOGUE_DEADLINE,
        idempotent: true,
    };
    let sets = caller.call(call).await.map_err(|error| error.to_string())?;
    catalogue.replace(sets.get(1).ok_or("select_error_codes returned no list")?)
}

/// Loads the catalogue when it lacks an error, unless that was done a moment ago.
pub async fn catalogue_with(errno: u16, catalogue: &Catalogue, caller: &Caller) {
    static LAST: Mutex<Option<Instant>> = Mutex::new(None);
    if catalogue.find(errno).is_some() {
        return;
    }
    {
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|last| last.elapsed() < CATALOGUE_PAUSE) {
            return;
        }
        *last = Some(Instant::now());
    }
    if let Err(reason) = load_catalogue(catalogue, caller).await {
        log::warn!("the error catalogue cannot be loaded: {reason}");
    }
}

/// Loads the error catalogue until that succeeds; later it is loaded again when it lacks something.
pub async fn keep_catalogue(catalogue: Arc<Catalogue>, caller: Caller, stop: CancellationToken) {
    let mut said = false;
    while !stop.is_cancelled() {
        match load_catalogue(&catalogue, &caller).await {
            Ok(()) => {
                log::info!(
                    "error catalogue loaded: {} codes",
                    catalogue.size().unwrap_or_default()
                );
                return;
            }
            Err(reason) if !said => {
                log::warn!("the error catalogue cannot be loaded yet: {reason}");
                said = true;
            }
            Err(_) => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(CATALOGUE_PAUSE) => {}
        }
    }
}

/// Loads the shops' keys again and again, so that a revoked one does not work for long.
pub async fn keep_keys(access: Arc<Access>, caller: Caller, stop: CancellationToken) {
    let Access::Shops(keys) = &*access else {
        return;
    };
    let mut ticks = interval(keys::REFRESH);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        if let Err(error) = keys.load(&caller).await {
            log::debug!("the keys cannot be loaded: {error}");
        }
    }
}
