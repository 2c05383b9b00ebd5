//! Whether this process can serve: the database answers, its procedures are those of the route table, and they can do
//! their work.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use mysql_async::{Conn, Opts, prelude::Queryable};
use tokio::{
    runtime::Handle,
    sync::Mutex,
    time::{Instant, timeout},
};

use crate::{
    errors::Catalogue,
    ops::probe::Probe,
    routes::{INTERNAL, OPERATOR, PUBLIC, Route},
};

const LIMIT: Duration = Duration::from_secs(2);
/// Answers are shared by everybody who asks within this time.
const FRESH: Duration = Duration::from_millis(100);

/// What an account sees: each procedure with the names of its parameters.
const PROCEDURES: &str = "SELECT r.ROUTINE_NAME, p.PARAMETER_NAME
FROM information_schema.ROUTINES r
LEFT JOIN information_schema.PARAMETERS p ON p.SPECIFIC_SCHEMA = r.ROUTINE_SCHEMA
    AND p.SPECIFIC_NAME = r.SPECIFIC_NAME AND p.ROUTINE_TYPE = 'PROCEDURE' AND p.ORDINAL_POSITION > 0
WHERE r.ROUTINE_SCHEMA = DATABASE() AND r.ROUTINE_TYPE = 'PROCEDURE'
ORDER BY r.ROUTINE_NAME, p.ORDINAL_POSITION";

/// A procedure that is called, and the parameters it must have.
type Expected = (&'static str, Vec<&'static str>);

/// Asks with connections of its own, so that a full pool is not taken for a lost database.
pub struct Readiness {
    runtime: Handle,
    accounts: Vec<(&'static str, Opts, Vec<Expected>)>,
    probe: Probe,
    catalogue: Arc<Catalogue>,
    last: Mutex<Option<(Instant, Vec<String>)>>,
}

impl Readiness {
    /// Must be made on the main runtime.
    pub fn new(public: Opts, operator: Opts, catalogue: Arc<Catalogue>) -> Self {
        let mut of_public = expected(PUBLIC);
        of_public.extend(
            INTERNAL
                .iter()
                .map(|&(procedure, parameters)| (procedure, parameters.to_vec())),
        );
        let probe = Probe::new(public.clone(), Arc::clone(&catalogue));
        let accounts = vec![
            ("public", public, of_public),
            ("operator", operator, expected(OPERATOR)),
        ];
        Self {
            runtime: Handle::current(),
            accounts,
            probe,
            catalogue,
            last: Mutex::new(None),
        }
    }

    /// Everything that is in the way; nothing means ready.
    pub async fn reasons(&self) -> Vec<String> {
        let mut last = self.last.lock().await;
        if let Some((when, reasons)) = last.as_ref()
            && when.elapsed() < FRESH
        {
            return reasons.clone();
        }
        // Connections belong to the main runtime. All are asked at once: together they take one limit.
        let asked: Vec<_> = self
            .accounts
            .iter()
            .map(|(account, options, expected)| {
                let task = self
                    .runtime
                    .spawn(timeout(LIMIT, procedures(options.clone())));
                (account, expected, task)
            })
            .collect();
        let mut reasons = self.probe.reasons().await;
        for (account, expected, task) in asked {
            let reason = match task.await {
                Ok(Ok(Ok(found))) => {
                    reasons.extend(
                        differences(expected, &found)
                            .iter()
                            .map(|d| format!("{account}: {d}")),
                    );
                    continue;
                }
                Ok(Ok(Err(error))) => {
                    log::warn!("not ready: {account} account: {error}");
                    "the database cannot be asked".to_owned()
                }
                Ok(Err(_)) => "the database does not answer in time".to_owned(),
                Err(error) => error.to_string(),
            };
            reasons.push(format!("{account}: {reason}"));
        }
        if self.catalogue.size().is_none() {
            reasons.push("the error catalogue is not loaded".to_owned());
        }
        *last = Some((Instant::now(), reasons.clone()));
        reasons
    }
}

fn expected(routes: &'static [Route]) -> Vec<Expected> {
    routes
        .iter()
        .map(|route| {
            (
                route.procedure,
                route.parameters.iter().map(|(name, _)| *name).collect(),
            )
        })
        .collect()
}

async fn procedures(options: Opts) -> mysql_async::Result<BTreeMap<String, Vec<String>>> {
    let mut conn = Conn::new(options).await?;
    let rows: Vec<(String, Option<String>)> = conn.exec(PROCEDURES, ()).await?;
    conn.disconnect().await?;
    let mut procedures: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (procedure, parameter) in rows {
        procedures.entry(procedure).or_default().extend(parameter);
    }
    Ok(procedures)
}

fn differences(expected: &[Expected], found: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut differences: Vec<String> = expected
        .iter()
        .filter_map(|(procedure, parameters)| match found.get(*procedure) {
            None => Some(format!(
                "procedure {procedure} is missing or may not be executed"
            )),
            Some(names) if names != parameters => Some(format!(
                "procedure {procedure} takes ({}), the route gives ({})",
                names.join(", "),
                parameters.join(", ")
            )),
            Some(_) => None,
        })
        .collect();
    differences.dedup();
    differences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_and_changed_procedures_are_named() {
        let found = BTreeMap::from([
            ("a".to_owned(), vec!["pi_x".to_owned()]),
            ("b".to_owned(), vec!["pi_y".to_owned(), "pi_x".to_owned()]),
        ]);
        let expected: [Expected; 3] = [
            ("a", vec!["pi_x"]),
            ("b", vec!["pi_x", "pi_y"]),
            ("c", vec![]),
        ];
        let differences = differences(&expected, &found);
        assert_eq!(differences.len(), 2);
        assert!(differences[0].contains("procedure b takes (pi_y, pi_x)"));
        assert!(differences[1].contains("procedure c is missing"));
    }
}
