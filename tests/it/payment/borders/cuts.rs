//! Adapters as a test sees them, and all the ways in which their messages can be cut. Nothing here is taken from the
//! procedures but the patterns that they stored.

use crate::support::*;

/// The hashed fields of a message in the order of the template.
pub type Cut = Vec<(String, String)>;

/// An adapter of this test: how it hashes, and what its fields are called.
#[derive(Clone, Copy)]
pub struct Adapter {
    pub what: &'static str,
    template: &'static str,
    request: &'static str,
    /// Order number, transaction, amount, result code, time, account.
    fields: [&'static str; 6],
    result_code: &'static str,
    pg_tx: &'static str,
    approved_at: &'static str,
    others: &'static str,
    /// Result codes, the first one approved; transactions; times; values of other fields.
    results: &'static [&'static str],
    transactions: &'static [&'static str],
    times: &'static [&'static str],
    other: &'static str,
}

pub const ADAPTERS: [Adapter; 4] = [
    Adapter {
        what: "the sandbox's wallet",
        template: "{rsltCd}{mTrdNo}{trdNo}{trdAmt}{authDt}{mId}{key}",
        request: "{merchant_id}{order_number}{amount}{key}",
        fields: ["mTrdNo", "trdNo", "trdAmt", "rsltCd", "authDt", "mId"],
        result_code: "[0-9]{4}",
        pg_tx: "W[0-9a-f]{32}",
        approved_at: "[0-9]{14}",
        others: "{}",
        results: &["0000", "2001", "1001"],
        transactions: &[
            "W0123456789abcdef0123456789abcdef",
            "W00000000000000000000000000010000",
        ],
        times: &["20261120120000", "11111111111111"],
        other: "",
    },
    Adapter {
        what: "separators",
        template: "{rsltCd}|{mTrdNo}|{trdNo}|{trdAmt}|{authDt}|{apprNo}|{mId}|{key}",
        request: "{merchant_id}{order_number}{amount}{key}",
        fields: ["mTrdNo", "trdNo", "trdAmt", "rsltCd", "authDt", "mId"],
        result_code: "[0-9]{4}",
        pg_tx: "[^| ]{0,100}",
        approved_at: "[^|]{0,40}",
        others: r#"{"apprNo":"[^| ]{0,100}"}"#,
        results: &["0000", "1001"],
        transactions: &["W1", "", "0000", "T-1"],
        times: &["20261120120000", "", "2026-11-20 12:00:00"],
        other: "A1",
    },
    Adapter {
        what: "names and values, the key first",
        template: "{key}amt={AMT}&oid={OID}&tid={TID}&st={ST}&at={AT}&mid={MID}",
        request: "{key}{merchant_id}/{order_number}/{amount}",
        fields: ["OID", "TID", "AMT", "ST", "AT", "MID"],
        result_code: "[A-Z]{4,9}",
        pg_tx: "[0-9a-z]{10,40}",
        approved_at: "[-0-9T:]{0,25}",
        others: "{}",
        results: &["PAID", "FAILED", "CANCELLED"],
        transactions: &["0123456789", "paid0000amt1"],
        times: &["2026-11-20T12:00:00", ""],
        other: "",
    },
    Adapter {
        what: "counted from both ends, a letter in the middle",
        template: "{mid}{tid}{when}{ord}:{sum}{extra}{code}{key}",
        request: "{order_number}{amount}{merchant_id}{key}",
        fields: ["ord", "tid", "sum", "code", "when", "mid"],
        result_code: "[a-z]{2}",
        pg_tx: "[0-9]{20}",
        approved_at: "[0-9]{12}",
        others: r#"{"extra":";[0-9]{0,4}"}"#,
        results: &["ok", "no"],
        transactions: &["00000000000000001000", "20261120120000000000"],
        times: &["202611201200", "000000001000"],
        other: ";12",
    },
];

/// Order numbers that look like their neighbours.
const NUMBERS: [&str; 9] = [
    "a-7",
    "xa-7",
    "T20261120-0001",
    "0000",
    "1001.00",
    "W0123456789abcdef0123456789abcdef",
    "a-7W0123456789abcdef0123456789abcdef1000020261120120000M1",
    "20261120120000M1",
    "0123456789.0123456789-0123456789_0123456789W0123456789abcdef.M1",
];
const AMOUNTS: [&str; 6] = [
    "1",
    "10000",
    "10001",
    "0.5",
    "12900.00",
    "999999999999999.99",
];

impl Adapter {
    /// The same with another pattern for its transactions.
    pub fn with_transactions(self, pg_tx: &'static str) -> Adapter {
        Adapter { pg_tx, ..self }
    }

    /// The fields of the template and the texts between them, the key left out.
    fn parts(&self) -> Vec<(bool, &'static str)> {
        let mut parts = Vec::new();
        let mut rest = self.template;
        while !rest.is_empty() {
            let end = match rest.strip_prefix('{') {
                Some(inner) => inner.find('}').unwrap() + 2,
                None => rest.find('{').unwrap_or(rest.len()),
            };
            let (part, after) = rest.split_at(end);
            rest = after;
            match part.strip_prefix('{') {
                Some(_) if part == "{key}" => {}
                Some(name) => parts.push((true, name.trim_end_matches('}'))),
                None => parts.push((false, part)),
            }
        }
        parts
    }

    fn set(&self) -> String {
        let [order, tx, amount, result, time, account] = self.fields;
        let (template, request, others) = (self.template, self.request, self.others);
        let (codes, txs, times, good) = (
            self.result_code,
            self.pg_tx,
            self.approved_at,
            self.results[0],
        );
        format!(
            "UPDATE shop_pg_adapters SET hash_template = '{template}', request_hash_template = '{request}',
                 field_order_number = '{order}', field_pg_tx = '{tx}', field_approval_no = '{tx}',
                 field_amount = '{amount}', field_result_code = '{result}', field_approved_at = '{time}',
                 field_merchant_id = '{account}', pattern_result_code = '{codes}', pattern_pg_tx = '{txs}',
                 pattern_approved_at = '{times}', pattern_others_json = '{others}', success_code = '{good}'
             WHERE pg = 'wallet' AND merchant_id = 'M1'"
        )
    }

    /// Makes M1 this adapter.
    pub async fn store(&self, db: &TestDb) {
        db.exec(&self.set()).await;
    }

    /// Tries to; gives the fault.
    pub async fn refused(&self, db: &TestDb) -> String {
        let mut conn = db.conn().await;
        let error = query(&mut conn, &self.set()).await.unwrap_err();
        assert_eq!(error.code(), "ADAPTER_NOT_PROVEN");
        let fault = query(&mut conn, "SELECT @jumun_adapter_fault AS x").await;
        fault.unwrap().first().str("x")
    }

    /// Name and pattern of each field as the adapter says them.
    pub fn given_patterns(&self) -> Vec<(String, String)> {
        let others: serde_json::Value = serde_json::from_str(self.others).unwrap();
        let of = |name: &str| match self.fields.iter().position(|field| *field == name) {
            Some(0) => "[-._A-Za-z0-9]{1,64}".to_owned(),
            Some(1) => self.pg_tx.to_owned(),
            Some(2) => "[0-9.]{1,18}".to_owned(),
            Some(3) => self.result_code.to_owned(),
            Some(4) => self.approved_at.to_owned(),
            Some(_) => "M1".to_owned(),
            None => others[name].as_str().unwrap().to_owned(),
        };
        let fields = self.parts().into_iter().filter(|(field, _)| *field);
        fields
            .map(|(_, name)| (name.to_owned(), of(name)))
            .collect()
    }

    /// The same from what the procedures read by: nothing may be wider there.
    pub async fn stored_patterns(&self, db: &TestDb) -> Vec<(String, String)> {
        let border = "\u{1e}";
        let adapter = "FROM shop_pg_adapters WHERE pg = 'wallet' AND merchant_id = 'M1'";
        let template = db.text(&format!("SELECT read_template {adapter}")).await;
        let pattern = db.text(&format!("SELECT read_pattern {adapter}")).await;
        assert_eq!(template.replace(border, ""), self.template, "{}", self.what);
        let pattern = pattern
            .strip_prefix(r"\A")
            .unwrap()
            .strip_suffix(r"\z")
            .unwrap();
        // Borders stand in sets, too: no field may hold one.
        let pattern = pattern.replace("[^\u{1e}", "[^");
        let names: Vec<&str> = template.split(border).collect();
        let patterns: Vec<&str> = pattern.split(border).collect();
        assert_eq!(names.len(), patterns.len(), "{}", self.what);
        let given = self.given_patterns();
        let account = format!("{{{}}}", self.fields[5]);
        for (name, pattern) in names.iter().zip(patterns) {
            let Some(field) = name
                .strip_prefix('{')
                .map(|name| name.trim_end_matches('}'))
            else {
                continue;
            };
            // The account is compared apart.
            if field == "key" || *name == account {
                continue;
            }
            let given = given.iter().find(|(given, _)| given == field).unwrap();
            assert_eq!(given.1, pattern, "{}: {field}", self.what);
        }
        given
    }

    /// Every result with every number, amount, transaction and time.
    pub fn messages(&self) -> Vec<Cut> {
        let mut messages = Vec::new();
        for result in self.results {
            for number in NUMBERS {
                for amount in AMOUNTS {
                    for transaction in self.transactions {
                        for time in self.times {
                            messages.push(self.message([
                                number,
                                transaction,
                                amount,
                                result,
                                time,
                                "M1",
                            ]));
                        }
                    }
                }
            }
        }
        messages
    }

    fn message(&self, values: [&str; 6]) -> Cut {
        let value = |name: &str| match self.fields.iter().position(|field| *field == name) {
            Some(index) => values[index],
            None => self.other,
        };
        let fields = self.parts().into_iter().filter(|(field, _)| *field);
        fields
            .map(|(_, name)| (name.to_owned(), value(name).to_owned()))
            .collect()
    }

    /// The letters under the hash, the key left out.
    fn letters(&self, cut: &Cut) -> String {
        let mut values = cut.iter();
        let part = |(field, text): (bool, &'static str)| match field {
            true => values.next().unwrap().1.clone(),
            false => text.to_owned(),
        };
        self.parts().into_iter().map(part).collect()
    }

    pub fn hash(&self, cut: &Cut) -> String {
        let letters = self.letters(cut);
        match self.template.starts_with("{key}") {
            true => sha256_hex(&format!("{WALLET_KEY}{letters}")),
            false => sha256_hex(&format!("{letters}{WALLET_KEY}")),
        }
    }

    pub fn form(&self, cut: &Cut, hash: &str) -> Cut {
        let mut form = cut.clone();
        form.push(("pktHash".to_owned(), hash.to_owned()));
        form
    }

    /// In how many ways the letters of a message can be cut into values that match the patterns.
    pub fn count_cuts(&self, patterns: &[(String, String)], cut: &Cut) -> u64 {
        let letters: Vec<char> = self.letters(cut).chars().collect();
        // ways[i]: in how many ways the letters before i are cut into the parts so far
        let mut ways = vec![0_u64; letters.len() + 1];
        ways[0] = 1;
        let mut patterns = patterns.iter();
        for (field, text) in self.parts() {
            let pattern = match field {
                true => Pattern::read(&patterns.next().unwrap().1),
                false => Pattern::literal(text),
            };
            let mut next = vec![0; letters.len() + 1];
            for (start, count) in ways.iter().enumerate().filter(|(_, count)| **count > 0) {
                for length in pattern.lengths(&letters[start..]) {
                    next[start + length] += count;
                }
            }
            ways = next;
        }
        ways[letters.len()]
    }

    /// The message with one border moved: letters go from a field to the next one, as many as there are, and back.
    pub fn moved(&self, cut: &Cut) -> Vec<Cut> {
        let mut all = Vec::new();
        let parts = self.parts();
        let fields: Vec<usize> = (0..parts.len()).filter(|index| parts[*index].0).collect();
        for (index, pair) in fields.windows(2).enumerate() {
            let between: String = parts[pair[0] + 1..pair[1]]
                .iter()
                .map(|(_, text)| *text)
                .collect();
            let (left, right) = (&cut[index].1, &cut[index + 1].1);
            let both: Vec<char> = format!("{left}{between}{right}").chars().collect();
            let width = between.chars().count();
            for start in 0..=both.len() - width {
                let text = |range: &[char]| range.iter().collect::<String>();
                let (one, other) = (text(&both[..start]), text(&both[start + width..]));
                // The hash fits only where the text between the fields stands again.
                if text(&both[start..start + width]) != between || one == *left {
                    continue;
                }
                let mut forged = cut.clone();
                forged[index].1 = one;
                forged[index + 1].1 = other;
                all.push(forged);
            }
        }
        all
    }
}

/// Letters and sets, each with its numbers.
struct Pattern(Vec<(Vec<char>, bool, usize, usize)>);

impl Pattern {
    fn literal(text: &str) -> Pattern {
        Pattern(
            text.chars()
                .map(|letter| (vec![letter], false, 1, 1))
                .collect(),
        )
    }

    fn read(pattern: &str) -> Pattern {
        let mut parts = Vec::new();
        let mut rest = pattern;
        while let Some(first) = rest.chars().next() {
            let end = if first == '[' {
                rest.find(']').unwrap() + 1
            } else {
                1
            };
            let (set, after) = rest.split_at(end);
            let set = set.trim_start_matches('[').trim_end_matches(']');
            let (negated, set) = match set.strip_prefix('^') {
                Some(set) => (true, set),
                None => (false, set),
            };
            let (numbers, after) = match after.strip_prefix('{') {
                Some(inner) => inner.split_once('}').unwrap(),
                None => ("1", after),
            };
            let (least, most) = numbers.split_once(',').unwrap_or((numbers, numbers));
            parts.push((
                letters(set),
                negated,
                least.parse().unwrap(),
                most.parse().unwrap(),
            ));
            rest = after;
        }
        Pattern(parts)
    }

    /// The lengths of all beginnings of the text that match.
    fn lengths(&self, text: &[char]) -> Vec<usize> {
        let mut ends = vec![0];
        for (set, negated, least, most) in &self.0 {
            let mut next = Vec::new();
            for start in ends {
                let fits = |letter: &char| set.contains(letter) != *negated;
                let run = text[start..]
                    .iter()
                    .take(*most)
                    .take_while(|letter| fits(letter))
                    .count();
                next.extend((*least..=run).map(|length| start + length));
            }
            next.sort_unstable();
            next.dedup();
            ends = next;
        }
        ends
    }
}

fn letters(set: &str) -> Vec<char> {
    let set: Vec<char> = set.chars().collect();
    let mut all = Vec::new();
    let mut index = 0;
    while index < set.len() {
        if index + 2 < set.len() && set[index + 1] == '-' {
            all.extend(set[index]..=set[index + 2]);
            index += 3;
        } else {
            all.push(set[index]);
            index += 1;
        }
    }
    all
}
