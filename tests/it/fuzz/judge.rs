//! Whether what a CALL answered is among what its routine promises.

use std::collections::BTreeMap;

use super::routines::Routine;
use crate::support::*;

/// One row of the catalogue.
#[derive(Clone, Debug)]
struct Entry {
    code: String,
    status: i64,
    repeat: bool,
}

pub struct Judge {
    /// By errno.
    catalogue: BTreeMap<i64, Entry>,
}

impl Judge {
    pub async fn new(db: &TestDb) -> Judge {
        let rows = db
            .rows("SELECT errno, code, http_status, repeat_call FROM shop_error_codes")
            .await;
        let entry = |row: &Row| Entry {
            code: row.str("code"),
            status: row.int("http_status"),
            repeat: row.int("repeat_call") == 1,
        };
        Judge {
            catalogue: rows
                .iter()
                .map(|row| (row.int("errno"), entry(row)))
                .collect(),
        }
    }

    /// What is wrong with the answer, in words that are the same for the same mistake.
    pub fn wrong(
        &self,
        routine: &Routine,
        values: &[Value],
        answer: &Result<Sets, CallError>,
    ) -> Option<String> {
        match answer {
            Ok(sets) => self.wrong_success(routine, sets),
            Err(error) => self.wrong_error(routine, values, error),
        }
        .map(|what| format!("{}: {what}", routine.name))
    }

    fn wrong_success(&self, routine: &Routine, sets: &Sets) -> Option<String> {
        let Some(set) = sets.0.first() else {
            return Some("succeeds without any result set".to_owned());
        };
        if set.columns.first().map(String::as_str) != Some("result") || set.rows.len() != 1 {
            return Some(format!(
                "the first set is {:?} with {} rows",
                set.columns,
                set.rows.len()
            ));
        }
        let row = sets.first();
        if row.opt("result").as_deref() != Some("OK") {
            return Some(format!("no error, and result is {:?}", row.opt("result")));
        }
        // Random messages contradict each other, and that is what stands there then.
        if row.has("violation_count") {
            let others = |found: &&Row| found.str("invariant") != "contradiction";
            let found: Vec<&Row> = sets.set(1).rows.iter().filter(others).collect();
            if !found.is_empty() {
                return Some(format!("found {found:?}"));
            }
        }
        let more = sets
            .0
            .iter()
            .skip(1)
            .find(|set| set.columns.contains(&"result".to_owned()));
        more.map(|set| {
            format!(
                "{}: a further set has a column result: {:?}",
                routine.name, set.columns
            )
        })
    }

    fn wrong_error(
        &self,
        routine: &Routine,
        values: &[Value],
        error: &CallError,
    ) -> Option<String> {
        if error.errno == 0 {
            return Some(format!("the connection gave up: {}", error.message));
        }
        let entry = self.catalogue.get(&i64::from(error.errno));
        let began = error.sets.count() > 0;
        if error.sqlstate != "45000" && !began {
            return self.wrong_before_it_began(routine, values, error);
        }
        let Some(entry) = entry else {
            return Some(format!(
                "errno {} is not declared: {}",
                error.errno, error.message
            ));
        };
        if error.sqlstate != "45000" {
            let what = format!("engine error {}: {}", error.errno, error.message);
            return (!entry.repeat).then_some(what);
        }
        if error.message != entry.code {
            return Some(format!(
                "errno {} is {}, and the message {}",
                error.errno, entry.code, error.message
            ));
        }
        if !routine.declared.contains(&entry.code) {
            return Some(format!(
                "{} is not among the Errors of its header",
                entry.code
            ));
        }
        let set = error.sets.0.first();
        let Some(row) = set
            .and_then(|set| set.rows.first())
            .filter(|row| row.has("result") && row.has("more"))
        else {
            return Some(format!("{} comes without its row", entry.code));
        };
        let said = (row.opt("result"), row.opt("errno"));
        if said != (Some(entry.code.clone()), Some(error.errno.to_string())) {
            return Some(format!("raises {} and says {said:?}", entry.code));
        }
        let more = row.opt("more").unwrap_or_default();
        let named = more.split(',').filter(|name| !name.is_empty()).count();
        (error.sets.count() != named + 1).then(|| {
            format!(
                "{} promises {more:?} and brings {} sets",
                entry.code,
                error.sets.count() - 1
            )
        })
    }

    /// The server refuses what the declared type of a parameter cannot hold; the gateway answers such an errno by the
    /// catalogue as well. Nothing else may happen before the routine's own handler is there.
    fn wrong_before_it_began(
        &self,
        routine: &Routine,
        values: &[Value],
        error: &CallError,
    ) -> Option<String> {
        let entry = self.catalogue.get(&i64::from(error.errno));
        let explained = routine
            .parameters
            .iter()
            .zip(values)
            .any(|(parameter, value)| !parameter.kind.fits(value));
        let said = format!("errno {} before it began: {}", error.errno, error.message);
        match entry {
            Some(entry) if explained && (400..500).contains(&entry.status) => None,
            Some(entry) if entry.repeat => None,
            Some(_) if explained => Some(format!(
                "{said} (not the caller's mistake by the catalogue)"
            )),
            Some(_) => Some(format!("{said} (no parameter has a value beyond its type)")),
            None => Some(format!("{said} (not in the catalogue)")),
        }
    }
}
