//! `jumun db areas`: where a shop's delivery costs more, from a CSV file.
//!
//! What an area may be, and which codes are one range or in two of them, is the procedure's to say; here is only told what is
//! no such file.

use std::{fs::File, io::Read, path::Path};

use anyhow::{Context, bail, ensure};
use csv::{ErrorKind, Position, ReaderBuilder, StringRecord, Trim};
use mysql_async::{Conn, Row, prelude::Queryable};
use serde::Serialize;

use super::admin;
use crate::{config::AreasArgs, dbtool::say::say};

/// Far more than the largest table that the procedure takes.
const LARGEST_FILE: u64 = 10 * 1024 * 1024;
const COLUMNS: [&str; 5] = [
    "area_code",
    "area_name",
    "surcharge",
    "from_code",
    "to_code",
];

/// As `update_adm_delivery_areas` takes it.
#[derive(Debug, PartialEq, Serialize)]
struct Area {
    area_code: String,
    area_name: String,
    surcharge: String,
    /// `63001`, or a range `63000~63644`.
    codes: Vec<String>,
}

/// Reads the file, says it to the database, and prints what there is then.
///
/// # Errors
/// When the file is no such table, or the database refuses it: then nothing has changed.
pub async fn run(args: &AreasArgs) -> anyhow::Result<()> {
    let file = args.file.display();
    let areas = read(&args.file).with_context(|| file.to_string())?;
    let areas = serde_json::to_string(&areas).context("the areas as JSON")?;
    let (mut conn, name) = admin::connect(&args.server).await?;
    conn.query_drop(format!("USE {name}"))
        .await
        .with_context(|| format!("cannot use the database {name}; jumun db load makes it"))?;
    let said = say_to(&mut conn, args.shop, &areas).await;
    for line in said.with_context(|| format!("{file}: nothing was changed"))? {
        say!("{line}");
    }
    conn.disconnect().await.ok();
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<Vec<Area>> {
    let mut text = Vec::new();
    let mut file = File::open(path)?.take(LARGEST_FILE + 1);
    file.read_to_end(&mut text)?;
    ensure!(
        text.len() as u64 <= LARGEST_FILE,
        "more than {} MB",
        LARGEST_FILE >> 20
    );
    parse(&text)
}

/// The areas in the order in which they appear.
fn parse(text: &[u8]) -> anyhow::Result<Vec<Area>> {
    // Excel writes a mark of its encoding in front.
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let mut rows = ReaderBuilder::new().trim(Trim::All).from_reader(text);
    let places = places(rows.headers().map_err(explain)?)?;
    let mut areas: Vec<Area> = Vec::new();
    for row in rows.records() {
        let row = row.map_err(explain)?;
        if row.iter().all(str::is_empty) {
            continue;
        }
        let line = row.position().map_or(0, Position::line);
        let [area_code, area_name, surcharge, from, to] =
            places.map(|place| row.get(place).unwrap_or_default().to_owned());
        ensure!(!from.is_empty(), "line {line}: from_code is empty");
        let range = if to.is_empty() {
            from
        } else {
            format!("{from}~{to}")
        };
        let known = areas.iter_mut().find(|area| area.area_code == area_code);
        let Some(area) = known else {
            areas.push(Area {
                area_code,
                area_name,
                surcharge,
                codes: vec![range],
            });
            continue;
        };
        ensure!(
            area.surcharge == surcharge,
            "line {line}: the surcharge of {area_code} is {surcharge:?} here and {:?} above",
            area.surcharge
        );
        ensure!(
            area.area_name == area_name,
            "line {line}: the name of {area_code} is {area_name:?} here and {:?} above",
            area.area_name
        );
        area.codes.push(range);
    }
    Ok(areas)
}

/// Where each column is. One that is not known is something that somebody thinks he has said.
fn places(header: &StringRecord) -> anyhow::Result<[usize; 5]> {
    let place = |column: &str| header.iter().position(|found| found == column);
    let places: Vec<usize> = COLUMNS.iter().filter_map(|column| place(column)).collect();
    let [a, b, c, d, e] = places[..] else {
        bail!("line 1: the columns are not {}", COLUMNS.join(","));
    };
    ensure!(
        header.len() == COLUMNS.len(),
        "line 1: there are more columns than {}",
        COLUMNS.join(",")
    );
    Ok([a, b, c, d, e])
}

/// What the reader of rows says, by line.
fn explain(error: csv::Error) -> anyhow::Error {
    let line = error.position().map_or(1, Position::line);
    match error.kind() {
        ErrorKind::UnequalLengths { len, .. } => {
            anyhow::anyhow!("line {line}: {len} fields instead of {}", COLUMNS.len())
        }
        ErrorKind::Utf8 { .. } => anyhow::anyhow!("line {line}: not UTF-8"),
        _ => error.into(),
    }
}

/// Calls the procedure; what there is then, line by line.
async fn say_to(conn: &mut Conn, shop: u32, areas: &str) -> anyhow::Result<Vec<String>> {
    let mut answer = conn
        .exec_iter("CALL update_adm_delivery_areas(?, ?)", (shop, areas))
        .await?;
    let first: Vec<Row> = answer.collect().await?;
    let first = first.first().context("the procedure did not answer")?;
    if text(first, "result") != "OK" {
        // The error itself has no room for where and why; the row in front of it has.
        bail!(
            "{}: {}: {}",
            text(first, "result"),
            text(first, "field"),
            text(first, "detail")
        );
    }
    let found: Vec<Row> = answer.collect().await?;
    let mut lines: Vec<String> = found
        .iter()
        .map(|area| {
            format!(
                "area     {} ({}): surcharge {}, ranges {}",
                text(area, "area_code"),
                text(area, "area_name"),
                text(area, "surcharge"),
                text(area, "codes")
            )
        })
        .collect();
    lines.push(format!(
        "areas    {}, ranges {}, changes {}",
        text(first, "areas"),
        text(first, "codes"),
        text(first, "changes")
    ));
    Ok(lines)
}

/// A value as the server would write it.
fn text(row: &Row, column: &str) -> String {
    let value = row.get::<mysql_async::Value, _>(column);
    match value {
        Some(mysql_async::Value::Bytes(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
        Some(value) => value.as_sql(true),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    const HEADER: &str = "area_code,area_name,surcharge,from_code,to_code\n";

    #[test]
    fn a_row_is_a_code_or_a_range_of_its_area() {
        let rows = "jeju,제주,3000,63000,63644\r\nisland,\"울릉, 독도\",5000,40200, 40240\n\n,,,,\njeju,제주,3000,63999,\n";
        for mark in ["", "\u{feff}"] {
            let areas = parse(format!("{mark}{HEADER}{rows}").as_bytes()).unwrap();
            let told = serde_json::to_string(&areas).unwrap();
            assert_eq!(
                told,
                r#"[{"area_code":"jeju","area_name":"제주","surcharge":"3000","codes":["63000~63644","63999"]},{"area_code":"island","area_name":"울릉, 독도","surcharge":"5000","codes":["40200~40240"]}]"#
            );
        }
        let turned = "to_code,from_code,surcharge,area_name,area_code\n2,1,3000,제주,jeju";
        assert_eq!(parse(turned.as_bytes()).unwrap()[0].codes, ["1~2"]);
        assert!(parse(HEADER.as_bytes()).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_such_file_is_told_by_line() {
        let with = |rows: &str| [HEADER.as_bytes(), rows.as_bytes()].concat();
        let euc_kr = [
            HEADER.as_bytes(),
            b"jeju,\xc1\xa6\xc1\xd6,3000,63000,63644\n",
        ]
        .concat();
        for (file, words) in [
            (b"".to_vec(), "line 1: the columns are not area_code,"),
            (
                b"jeju,a,3000,63000,63644".to_vec(),
                "line 1: the columns are not area_code,",
            ),
            (
                b"area_code,area_name,surcharge,from_code".to_vec(),
                "line 1: the columns are not ",
            ),
            (
                format!("note,{HEADER}").into_bytes(),
                "line 1: there are more columns than ",
            ),
            (
                with("jeju,제주,3000,63000\n"),
                "line 2: 4 fields instead of 5",
            ),
            (
                with("jeju,제주,3,000,63000,63644\n"),
                "line 2: 6 fields instead of 5",
            ),
            (
                with("jeju,제주,3000,,63644\n"),
                "line 2: from_code is empty",
            ),
            (
                with("jeju,제주,3000,63000,63644\njeju,제주,4000,63999,\n"),
                "line 3: the surcharge of jeju is \"4000\" here and \"3000\" above",
            ),
            (
                with("jeju,\"제\n주\",3000,63000,63644\njeju,제주도,3000,63999,\n"),
                "line 4: the name of jeju is \"제주도\" here and \"제\\n주\" above",
            ),
            (euc_kr, "line 2: not UTF-8"),
        ] {
            let error = parse(&file).unwrap_err().to_string();
            assert!(error.starts_with(words), "{words}: {error}");
        }
    }
}
