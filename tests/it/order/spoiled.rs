//! Calls of which one parameter at a time is spoiled, and the values that spoil it.

use super::*;

/// A long parameter that the engine itself refuses, before the routine begins.
pub const TOO_LONG: usize = 70_000;

/// A call of which one parameter at a time is spoiled.
pub struct Spoiled<'a> {
    pub db: &'a TestDb,
    pub procedure: &'static str,
    /// Parameters with which the call would succeed.
    pub good: Vec<Value>,
}

impl Spoiled<'_> {
    /// Every one of these values must be refused with this code about this field, and change nothing.
    pub async fn refuses(&self, position: usize, code: &str, field: &str, values: &[&str]) {
        let values: Vec<Value> = values.iter().map(|&value| value.into()).collect();
        self.refuses_values(position, code, field, &values).await;
    }

    /// The same for values that are no texts.
    pub async fn refuses_values(&self, position: usize, code: &str, field: &str, values: &[Value]) {
        let mut conn = self.db.conn_as_gateway().await;
        let before = self.db.snapshot().await;
        for value in values {
            let error = self.refused(&mut conn, position, value).await;
            let what = self.describe(position, value);
            assert_eq!(error.code(), code, "{what}: {error:?}");
            error.expect_code(code);
            assert_eq!(error.row().str("field"), field, "{what}: {error:?}");
        }
        assert_eq!(
            self.db.snapshot().await,
            before,
            "{} {field} left something",
            self.procedure
        );
        assert_eq!(self.db.count("shop_error_log").await, 0);
    }

    /// Every one of these values must be refused by the engine, with an error that the catalogue has as the
    /// caller's mistake.
    pub async fn refused_by_the_engine(&self, position: usize, values: &[Value]) {
        let mut conn = self.db.conn_as_gateway().await;
        let before = self.db.snapshot().await;
        for value in values {
            let error = self.refused(&mut conn, position, value).await;
            let sql = format!(
                "SELECT COUNT(*) FROM shop_error_codes WHERE errno = {} AND http_status = 400",
                error.errno
            );
            assert_eq!(
                self.db.int(&sql).await,
                1,
                "{}: {error:?}",
                self.describe(position, value)
            );
        }
        assert_eq!(
            self.db.snapshot().await,
            before,
            "{} {position} left something",
            self.procedure
        );
        assert_eq!(self.db.count("shop_error_log").await, 0);
    }

    async fn refused(&self, conn: &mut Conn, position: usize, value: &Value) -> CallError {
        let mut params = self.good.clone();
        params[position] = value.clone();
        match call(conn, self.procedure, Params::Positional(params)).await {
            Ok(sets) => panic!(
                "{} was not refused: {sets:?}",
                self.describe(position, value)
            ),
            Err(error) => error,
        }
    }

    fn describe(&self, position: usize, value: &Value) -> String {
        let text: String = value.as_sql(false).chars().take(80).collect();
        format!("{} with parameter {position} = {text}", self.procedure)
    }

    /// What every text parameter is tried with.
    pub async fn refuses_what_is_no_text(&self, positions: &[usize]) {
        let long = "x".repeat(TOO_LONG);
        for &position in positions {
            let values = [
                Value::from(long.as_str()),
                Value::from(vec![b'u', 0xff, 0xfe]),
            ];
            self.refused_by_the_engine(position, &values).await;
        }
    }
}

/// JSON that is one array in another, so many times.
pub fn deep_json(depth: usize) -> String {
    "[".repeat(depth) + &"]".repeat(depth)
}

/// Texts that are no list of cart or coupon ids; the row with id 1 exists and is the buyer's.
pub fn bad_ids() -> Vec<String> {
    let texts = [
        "null",
        "1",
        "\"1\"",
        "true",
        "{}",
        "{\"id\":1}",
        "{\"0\":1}",
        "[",
        "[1",
        "[1,]",
        "[1 2]",
        "[,1]",
        "abc",
        "[1]x",
        "[1][1]",
        "1,2",
        "[null]",
        "[true]",
        "[false]",
        "[[1]]",
        "[[]]",
        "[{}]",
        "[{\"ID\":1}]",
        "[{\"id\":null}]",
        "[{\"id\":{}}]",
        "[{\"id\":{\"id\":1}}]",
        "[{\"id\":[1]}]",
        "[{\"id\":true}]",
        "[0]",
        "[-1]",
        "[1.0]",
        "[1.5]",
        "[1e0]",
        "[1e3]",
        "[01]",
        "[+1]",
        "[\"1e0\"]",
        "[\"1\\n\"]",
        "[\"1\\u0000\"]",
        "[\" 1\"]",
        "[\"1 \"]",
        "[\"+1\"]",
        "[\"01\"]",
        "[\"0x1\"]",
        "[\"\u{661}\"]",
        "[\"\u{ff11}\"]",
        "[\"😀\"]",
        "[\"\"]",
        "[\"1; DROP TABLE shop_cart\"]",
        "[\"1' OR '1'='1\"]",
        "[1000000000000000000]",
        "[9223372036854775808]",
        "[18446744073709551617]",
        "[99999999999999999999999999]",
        "[1,1]",
        "[\"1\",1]",
        "[1,{\"id\":\"1\"}]",
        "[1,null]",
        "[1,[1]]",
        "[1,0]",
        // MariaDB calls these valid.
        "[{\"\tid\":1}]",
        "[{\"id\":1,\"\n\":1}]",
        "[1,{\"\r\":1}]",
        "\u{feff}[1]",
        "NaN",
        "[NaN]",
        "['1']",
        "[1]//",
        "[\u{661}]",
        "😀",
        "'; DROP TABLE shop_cart; --",
    ];
    let mut values: Vec<String> = texts.map(str::to_owned).into();
    let many: Vec<u32> = (1..=1001).collect();
    values.push(serde_json::json!(many).to_string());
    values.push(format!("[\"{}\"]", "1".repeat(1_000_000)));
    values.push(format!("[{}]", "1".repeat(70)));
    values.push(deep_json(30));
    values
}

/// Texts that are no amount of won.
pub const BAD_WON: [&str; 26] = [
    "-1",
    "-0",
    "+10000",
    "1e3",
    "1E4",
    "abc",
    "10000.5",
    "10000.01",
    "10000.001",
    "10000.000",
    "10,000",
    "10000.",
    ".5",
    "10 000",
    " 10000",
    "10000 ",
    "10000\n",
    "10000\u{0}",
    "0x2710",
    "NaN",
    "Infinity",
    "1000000000000000",
    "\u{ff11}\u{ff10}\u{ff10}\u{ff10}\u{ff10}",
    "\u{661}",
    "😀",
    "10000' OR '1'='1",
];

/// An order that would succeed: u1's only cart row, whose id is 1.
pub async fn good_order(db: &TestDb) -> Spoiled<'_> {
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    assert_eq!(cart_id, 1, "bad_ids() counts on it");
    let order = OrderCall::new("T1", &[1]).client_total("10000");
    spoiled(db, &order)
}

/// An order of which a parameter is going to be spoiled.
pub fn spoiled<'a>(db: &'a TestDb, order: &OrderCall) -> Spoiled<'a> {
    let Params::Positional(good) = order.params() else {
        unreachable!("parameters of a CALL are positional");
    };
    Spoiled {
        db,
        procedure: "shop_order_insert",
        good,
    }
}

/// The same call is fine as soon as nothing is spoiled.
pub async fn succeeds(order: &Spoiled<'_>) {
    let mut conn = order.db.conn_as_gateway().await;
    let sets = call(
        &mut conn,
        order.procedure,
        Params::Positional(order.good.clone()),
    )
    .await
    .unwrap();
    assert_eq!(sets.first().int("replayed"), 0);
    order.db.assert_audit_clean().await;
}
