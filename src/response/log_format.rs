//! The log as lines of JSON, for whoever collects logs of many programs.

use std::io::{self, Write};

use env_logger::fmt::Formatter;
use log::{
    Record,
    kv::{self, Key, Value, VisitSource},
};
use serde_json::{Map, json};

/// Members of a line by name.
struct Members(Map<String, serde_json::Value>);

impl<'kvs> VisitSource<'kvs> for Members {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), kv::Error> {
        let value = serde_json::to_value(value).unwrap_or_default();
        if !value.is_null() {
            self.0.insert(key.to_string(), value);
        }
        Ok(())
    }
}

/// One record as one JSON object: time, level, target, message, and whatever else it says of itself.
///
/// # Errors
/// When it cannot be written.
pub fn json(to: &mut Formatter, record: &Record) -> io::Result<()> {
    let mut members = Members(Map::new());
    members
        .0
        .insert("time".to_owned(), json!(to.timestamp_millis().to_string()));
    members
        .0
        .insert("level".to_owned(), json!(record.level().as_str()));
    members
        .0
        .insert("target".to_owned(), json!(record.target()));
    members
        .0
        .insert("message".to_owned(), json!(record.args().to_string()));
    // Ours never fail; one of a library that does is left out.
    record.key_values().visit(&mut members).ok();
    writeln!(to, "{}", serde_json::Value::Object(members.0))
}
