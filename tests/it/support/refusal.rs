//! What callers send instead of what is asked for, and what must come of it: a refusal that the catalogue
//! lists, that names the field, that changes nothing and that nobody has to read about in shop_error_log.

use std::collections::HashMap;

use super::*;

/// Texts as parameters.
pub fn values<T: ToString>(texts: &[T]) -> Vec<Value> {
    texts.iter().map(|t| Value::from(t.to_string())).collect()
}

/// One procedure with parameters that are in order, of which the tests spoil one at a time. What should have
/// been refused is collected, and the test fails when this goes out of scope.
pub struct Hostile<'a> {
    db: &'a TestDb,
    conn: Conn,
    procedure: &'static str,
    good: Vec<Value>,
    /// errno -> HTTP status
    catalogue: HashMap<i64, i64>,
    before: String,
    checksum: String,
    sums: String,
    wrong: Vec<String>,
}

impl<'a> Hostile<'a> {
    pub async fn new(
        db: &'a TestDb,
        conn: Conn,
        procedure: &'static str,
        good: Vec<Value>,
    ) -> Hostile<'a> {
        let rows = db
            .rows("SELECT errno, http_status FROM shop_error_codes")
            .await;
        let catalogue = rows
            .iter()
            .map(|r| (r.int("errno"), r.int("http_status")))
            .collect();
        let checksum = db.checksum().await;
        Hostile {
            db,
            conn,
            procedure,
            good,
            catalogue,
            before: db.snapshot().await,
            sums: format!("{:?}", db.rows(&checksum).await),
            checksum,
            wrong: Vec::new(),
        }
    }

    /// Each of the values, in place of the parameter with this number, is this error about this field.
    pub async fn refuses_as(&mut self, number: usize, code: &str, field: &str, bad: Vec<Value>) {
        for value in bad {
            let Some(error) = self.refused(number, &value).await else {
                continue;
            };
            let first = error.sets.0.first().and_then(|set| set.rows.first());
            let said = first.map(|row| (row.opt("result"), row.opt("errno"), row.opt("field")));
            let expected = (
                Some(code.to_owned()),
                Some(error.errno.to_string()),
                Some(field.to_owned()),
            );
            if error.code() != code || said != Some(expected) {
                self.complain(
                    number,
                    &value,
                    &format!("is not {code} of {field:?} but {error}, {first:?}"),
                );
            }
        }
    }

    /// The same with INVALID_INPUT.
    pub async fn refuses(&mut self, number: usize, field: &str, bad: Vec<Value>) {
        self.refuses_as(number, "INVALID_INPUT", field, bad).await;
    }

    /// Refused by the procedure or by the server before it runs; in any case as the caller's mistake, and
    /// when it is INVALID_INPUT, with the field.
    pub async fn refuses_somehow(&mut self, number: usize, field: &str, bad: Vec<Value>) {
        for value in bad {
            let Some(error) = self.refused(number, &value).await else {
                continue;
            };
            let status = self.catalogue.get(&i64::from(error.errno)).copied();
            if !(400..500).contains(&status.unwrap_or(0)) {
                self.complain(number, &value, &format!("has status {status:?}: {error}"));
            } else if error.code() == "INVALID_INPUT" && error.row().str("field") != field {
                self.complain(number, &value, &format!("{:?}", error.row()));
            }
        }
    }

    /// What every routine that writes for a buyer or tells a price refuses of its first two parameters: a shop that there is not, and a name that
    /// nobody can have.
    pub async fn refuses_who_is_no_buyer(&mut self) {
        let unknown = vec![3.into(), 0.into(), Value::NULL];
        self.refuses_as(0, "SHOP_NOT_FOUND", "", unknown).await;
        let no_shops = values(&["-1", "4294967296", "99999999999999999999"]);
        self.refuses_somehow(0, "", no_shops).await;
        self.refuses(1, "X-User-Id", not_user_ids()).await;
    }

    /// What is never right for a parameter that is text: more than it can hold, and bytes that are no UTF-8.
    pub async fn refuses_what_is_no_text(&mut self, numbers: &[usize], field_of: &[&str]) {
        for (&number, field) in numbers.iter().zip(field_of) {
            let bad = vec![
                Value::from("x".repeat(70_000)),
                Value::Bytes(vec![b'a', 0xff, 0xfe]),
                Value::Bytes(vec![0xc0, 0x80]),
                Value::Bytes(vec![0xf8, 0x88, 0x80, 0x80, 0x80]),
            ];
            self.refuses_somehow(number, field, bad).await;
        }
    }

    /// The error; `None`, and a complaint, when there is none or when it left something behind.
    async fn refused(&mut self, number: usize, value: &Value) -> Option<CallError> {
        let mut params = self.good.clone();
        params[number] = value.clone();
        let answer = self
            .db
            .call(&mut self.conn, self.procedure, Params::Positional(params))
            .await;
        // An open transaction would hold its locks for as long as the connection is in the pool.
        let probe = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";
        if self.conn.query_drop(probe).await.is_err() {
            self.complain(number, value, "left its transaction open");
            self.conn.query_drop("ROLLBACK").await.unwrap();
        }
        let sums = format!("{:?}", self.db.rows(&self.checksum).await);
        if sums != self.sums {
            let now = self.db.snapshot().await;
            let new: Vec<&str> = now.lines().filter(|l| !self.before.contains(l)).collect();
            self.complain(number, value, &format!("changed something: {new:?}"));
            (self.before, self.sums) = (now, sums);
        }
        match answer {
            Err(error) if self.catalogue.contains_key(&i64::from(error.errno)) => Some(error),
            Err(error) => {
                let what = format!("is an error that the catalogue does not list: {error}");
                self.complain(number, value, &what);
                None
            }
            Ok(sets) => {
                self.complain(number, value, &format!("is accepted: {:?}", sets.first()));
                None
            }
        }
    }

    fn complain(&mut self, number: usize, value: &Value, what: &str) {
        let text = value.as_sql(false);
        let start: String = text.chars().take(120).collect();
        let (procedure, length) = (self.procedure, text.len());
        self.wrong.push(format!(
            "{procedure}, parameter {number}, {start} ({length} bytes) {what}"
        ));
    }
}

impl Drop for Hostile<'_> {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        }
    }
}

/// None of these is a whole number, whatever an engine would make of it.
pub fn not_whole_numbers() -> Vec<Value> {
    let mut bad = values(&[
        "",
        " ",
        "abc",
        "1 ",
        " 1",
        "+1",
        "1.0",
        "1.5",
        "1,000",
        "1e3",
        "0x1",
        "0b1",
        "1\n",
        "\n1",
        "1\r",
        "1\t",
        "1\0",
        "\u{7f}1",
        "-",
        "--1",
        "１",
        "١",
        "१",
        "²",
        "½",
        "𝟏",
        "1\u{200b}",
        "\u{feff}1",
        "NaN",
        "null",
        "true",
        "[1]",
        "{}",
        "1;DROP TABLE shops",
        "1 OR 1=1",
        "1'--",
        "' OR ''='",
        "\\1",
        "%",
        "99999999999999999999",
        "18446744073709551616",
        "😀",
    ]);
    bad.push(Value::NULL);
    bad.push(Value::from("1".repeat(1000)));
    bad
}

/// The same, and whole numbers that are no id: ids have 1 to 18 digits and start with one that is not 0.
pub fn not_ids() -> Vec<Value> {
    let mut bad = not_whole_numbers();
    bad.extend(values(&["0", "-1", "01", "1000000000000000000"]));
    bad
}

/// None of these is an amount in a currency with so many decimals.
pub fn not_amounts(digits: u32) -> Vec<Value> {
    let mut bad = not_whole_numbers();
    bad.retain(|value| {
        *value != Value::from("1.0") && (digits == 0 || *value != Value::from("1.5"))
    });
    bad.extend(values(&[
        "-1",
        "-0",
        ".5",
        "1.",
        "1.001",
        "1.000",
        "1,5",
        "1e2",
        "1.5.0",
        "1000000000000000",
        "1.0\n",
        "₩1",
        "$1",
    ]));
    bad.push(Value::from(format!("1.{}", "0".repeat(60_000))));
    bad
}

/// None of these can be a user id. The header's name is the field.
pub fn not_user_ids() -> Vec<Value> {
    let mut bad = values(&[
        "",
        " ",
        "u1 ",
        "a\nb",
        "u1\n",
        "\nu1",
        "u1\r",
        "u\t1",
        "u1\0",
        "\0",
        "u1\u{7f}",
        "\u{1b}[2J",
    ]);
    bad.push(Value::from(format!("u{}", "1".repeat(63))));
    bad.push(Value::from("가".repeat(64)));
    bad.push(Value::from("x".repeat(60_000)));
    bad.push(Value::NULL);
    bad
}

/// None of these is a list of ids. `id` is one that exists, so that only the form is wrong.
pub fn not_id_lists(id: i64) -> Vec<Value> {
    let mut bad: Vec<String> = [
        "",
        " ",
        "null",
        "true",
        "abc",
        "ID",
        "\"ID\"",
        "{}",
        "{\"id\":ID}",
        "[",
        "[ID",
        "[ID,]",
        "[,ID]",
        "[ID]x",
        "[ID][ID]",
        "[ID];DROP TABLE shops",
        "['ID']",
        "[ID OR 1=1]",
        "\u{feff}[ID]",
        "/**/[ID]",
        "[ID]--",
        "[0ID]",
        "[+ID]",
        "[0xID]",
        "[NaN]",
        "[]",
        "[ ]",
        "[null]",
        "[true]",
        "[false]",
        "[0]",
        "[-1]",
        "[-ID]",
        "[ID.5]",
        "[ID.0]",
        "[IDe0]",
        "[IDe1]",
        "[\"\"]",
        "[\" ID\"]",
        "[\"ID \"]",
        "[\"ID\\n\"]",
        "[\"ID\\u0000\"]",
        "[\"0ID\"]",
        "[\"１\"]",
        "[\"\\uff11\"]",
        "[\"abc\"]",
        "[\"ID OR 1=1\"]",
        "[\"' OR ''='\"]",
        "[[ID]]",
        "[{}]",
        "[{\"id\":null}]",
        "[{\"id\":[ID]}]",
        "[{\"id\":{\"id\":ID}}]",
        "[{\"ID\":ID}]",
        "[{\"id\":true}]",
        "[{\"id\":ID.5}]",
        "[{\"id\":\"\"}]",
        "[ID,null]",
        "[ID,{}]",
        "[ID,[]]",
        "[ID,ID]",
        "[ID,\"ID\"]",
        "[ID,{\"id\":ID}]",
        "[{\"id\":ID},{\"id\":\"ID\"}]",
        "[99999999999999999999]",
        "[18446744073709551617]",
        "[1000000000000000000]",
        "[\"\u{1f600}\"]",
    ]
    .iter()
    .map(|text| text.replace("ID", &id.to_string()))
    .collect();
    bad.push(format!("[{}]", "9".repeat(70_000)));
    bad.push(format!("[\"{}\"]", "1".repeat(70_000)));
    let many: Vec<String> = (1..=1001).map(|n| n.to_string()).collect();
    bad.push(format!("[{}]", many.join(",")));
    let mut bad = values(&bad);
    bad.push(Value::NULL);
    bad
}

/// JSON that is nested too deeply for one of the engines or for both.
pub fn deep_json(id: i64) -> Vec<Value> {
    let nested = |depth: usize| format!("{}{id}{}", "[".repeat(depth), "]".repeat(depth));
    values(&[
        nested(2),
        nested(31),
        nested(32),
        nested(33),
        nested(99),
        nested(101),
        nested(200),
        nested(20_000),
        format!("[{id},{}]", nested(200)),
        format!("{}{id}{}", "[{\"id\":".repeat(100), "}]".repeat(100)),
    ])
}
