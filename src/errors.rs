//! The error catalogue: what the database, which holds the only list, says of each error.
//!
//! Before the first load, and for what the gateway says by itself, a short built-in list stands in.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use crate::{
    database::{engine_errors, execute::Set},
    response::rows,
};

/// One row of `shop_error_codes`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub errno: u16,
    pub code: String,
    pub status: u16,
    pub retryable: bool,
    pub repeat_call: bool,
    pub title_ko: String,
    pub title_en: String,
    /// What somebody can do about it, English.
    pub remedy: String,
}

/// Errors that the gateway finds by itself, before or without the database: errno, code, status, retryable, title.
#[rustfmt::skip] // a table
const OWN: [(u16, &str, u16, bool, &str); 13] = [
    (2112, "INVALID_INPUT", 400, false, "A field of the request is missing or wrong"),
    (2180, "UNAUTHENTICATED", 401, false, "The key is missing or not known"),
    (2181, "ROUTE_NOT_FOUND", 404, false, "There is nothing at this address"),
    (2182, "METHOD_NOT_ALLOWED", 405, false, "This address does not take that method"),
    (2183, "BODY_TOO_LARGE", 413, false, "The request body is too large"),
    (2184, "MEDIA_TYPE_NOT_SUPPORTED", 415, false, "This content type is not understood"),
    (2185, "OVERLOADED", 503, true, "Too many requests at this moment"),
    (2186, "DATABASE_UNAVAILABLE", 503, true, "The database cannot be reached"),
    (2187, "OUTCOME_UNKNOWN", 504, false, "It is not known whether the request took effect"),
    (2188, "DEADLINE_EXCEEDED", 503, true, "The request was not finished in time"),
    (2189, "INTERNAL_ERROR", 500, false, "Something went wrong here"),
    (2191, "TICKET_EXPIRED", 401, false, "The time of the ticket is over"),
    (2192, "ORIGIN_NOT_ALLOWED", 403, false, "Orders cannot be posted from this page"),
];

/// By errno.
type Entries = Arc<HashMap<u16, Arc<Entry>>>;

/// Shared by every request; replaced as a whole.
#[derive(Debug, Default)]
pub struct Catalogue {
    entries: RwLock<Option<Entries>>,
}

impl Catalogue {
    fn entries(&self) -> Option<Entries> {
        self.entries
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Number of errors, or `None` before the first load.
    pub fn size(&self) -> Option<usize> {
        self.entries().map(|entries| entries.len())
    }

    /// The entry of an errno, if the loaded catalogue has one.
    pub fn find(&self, errno: u16) -> Option<Arc<Entry>> {
        self.entries()
            .and_then(|entries| entries.get(&errno).cloned())
    }

    /// Every error by number and code, and whether a CALL is repeated after it.
    pub fn listed(&self) -> Vec<(u16, String, bool)> {
        let entries = self.entries().unwrap_or_default();
        entries
            .values()
            .map(|entry| (entry.errno, entry.code.clone(), entry.repeat_call))
            .collect()
    }

    /// The number of one of the gateway's own errors.
    pub const fn errno(own: GatewayError) -> u16 {
        OWN[own as usize].0
    }

    /// The entry of one of the gateway's own errors, in the catalogue's words when it is loaded.
    pub fn own(&self, own: GatewayError) -> Arc<Entry> {
        let (errno, code, status, retryable, title) = OWN[own as usize];
        self.find(errno).unwrap_or_else(|| {
            Arc::new(Entry {
                errno,
                code: code.to_owned(),
                status,
                retryable,
                repeat_call: false,
                title_ko: title.to_owned(),
                title_en: title.to_owned(),
                remedy: String::new(),
            })
        })
    }

    /// Whether the gateway repeats a CALL that ended with this errno.
    pub fn repeats(&self, errno: u16) -> bool {
        match self.entries() {
            Some(entries) => entries.get(&errno).is_some_and(|entry| entry.repeat_call),
            // Until it is loaded.
            None => engine_errors::retry(errno).is_some(),
        }
    }

    /// Takes the list of `select_error_codes` in place of what is known.
    ///
    /// # Errors
    /// When a row cannot be read; nothing is changed then.
    pub fn replace(&self, rows: &Set) -> Result<(), String> {
        let mut entries = HashMap::with_capacity(rows.rows.len());
        for index in 0..rows.rows.len() {
            let entry = read_entry(rows, index)
                .ok_or_else(|| format!("row {} of select_error_codes cannot be read", index + 1))?;
            entries.insert(entry.errno, Arc::new(entry));
        }
        *self.entries.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(entries));
        Ok(())
    }
}

/// The gateway's own errors, in the order of the built-in list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GatewayError {
    InvalidInput,
    Unauthenticated,
    RouteNotFound,
    MethodNotAllowed,
    BodyTooLarge,
    MediaTypeNotSupported,
    Overloaded,
    DatabaseUnavailable,
    OutcomeUnknown,
    DeadlineExceeded,
    InternalError,
    TicketExpired,
    OriginNotAllowed,
}

fn read_entry(set: &Set, row: usize) -> Option<Entry> {
    let text = |name| rows::text(set, row, name);
    let number = |name| rows::text(set, row, name)?.parse::<u16>().ok();
    Some(Entry {
        errno: number("errno")?,
        code: text("code")?,
        status: number("http_status").filter(|status| (400..600).contains(status))?,
        retryable: number("retryable")? == 1,
        repeat_call: number("repeat_call")? == 1,
        title_ko: text("title_ko")?,
        title_en: text("title_en")?,
        remedy: text("remedy")?,
    })
}

/// `sql/reference/shop_error_codes.sql`, for tests of what is built in.
#[cfg(test)]
pub mod file {
    #[derive(Debug)]
    pub struct Row {
        pub errno: u16,
        pub code: String,
        pub status: u16,
        pub retryable: bool,
        pub repeat_call: bool,
        pub remedy: String,
    }

    pub fn rows() -> impl Iterator<Item = Row> {
        let text = include_str!("../sql/reference/shop_error_codes.sql");
        let lines = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("--"));
        let text = lines.collect::<Vec<_>>().join("\n");
        let (_, list) = text.split_once("FROM (").unwrap();
        let (list, _) = list.split_once("\n)").unwrap();
        let rows: Vec<String> = list.split("UNION ALL ").map(str::to_owned).collect();
        rows.into_iter().map(|row| {
            let row = row.trim().replacen("SELECT ", "", 1).replace("''", "’");
            let texts: Vec<&str> = row.split('\'').skip(1).step_by(2).collect();
            let number = |text: &str| text.split(" AS ").next().unwrap().trim().parse().unwrap();
            let numbers: Vec<u16> = row
                .split('\'')
                .nth(2)
                .unwrap()
                .split(',')
                .skip(1)
                .take(3)
                .map(number)
                .collect();
            Row {
                errno: number(row.split(',').next().unwrap()),
                code: texts[0].to_owned(),
                status: numbers[0],
                retryable: numbers[1] == 1,
                repeat_call: numbers[2] == 1,
                remedy: texts[texts.len() - 1].to_owned(),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_own_error_names_itself() {
        let catalogue = Catalogue::default();
        assert_eq!(
            catalogue.own(GatewayError::InvalidInput).code,
            "INVALID_INPUT"
        );
        assert_eq!(
            catalogue.own(GatewayError::MediaTypeNotSupported).status,
            415
        );
        assert_eq!(catalogue.own(GatewayError::DeadlineExceeded).errno, 2188);
        assert_eq!(
            catalogue.own(GatewayError::InternalError).code,
            "INTERNAL_ERROR"
        );
        let last = catalogue.own(GatewayError::OriginNotAllowed);
        assert_eq!(last.code, "ORIGIN_NOT_ALLOWED");
    }

    #[test]
    fn what_is_built_in_says_the_same_as_the_file() {
        for (errno, code, status, retryable, _) in OWN {
            let row = file::rows().find(|row| row.errno == errno).unwrap();
            assert_eq!(
                (row.code.as_str(), row.status, row.retryable),
                (code, status, retryable)
            );
        }
        let gateways = file::rows().filter(|row| (2180..2200).contains(&row.errno));
        for row in gateways {
            let own = OWN.iter().any(|(errno, ..)| *errno == row.errno);
            assert!(own, "{} is raised by nobody", row.code);
        }
    }

    #[test]
    fn before_the_first_load_engine_errors_are_repeated_all_the_same() {
        let catalogue = Catalogue::default();
        assert!(catalogue.repeats(1213) && catalogue.repeats(3100));
        assert!(!catalogue.repeats(1062) && !catalogue.repeats(2101));
        assert_eq!(catalogue.size(), None);
    }
}
