//! The script: plain SQL for the mysql client of either engine. Every step is a procedure that looks first whether it
//! was done, so that the whole script may be run again after any interruption. The old tables are moved aside once and
//! only read from then on; the new ones are made beside and put in place at the end.

use std::fmt::Write as _;

use super::{
    Names, Plan,
    changes::changes,
    normal::{Reader, extra_name},
    shape::{literal, quoted},
    undo,
};

const HEAD: &str =
    "SET NAMES utf8mb4 COLLATE utf8mb4_bin, time_zone = '+00:00', foreign_key_checks = 1,
    sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';";

/// One step of the script.
pub struct Step {
    pub name: String,
    /// What it does and how long it will take, for people.
    pub words: String,
    body: String,
    /// Whether it is one transaction; DDL cannot be.
    is_transaction: bool,
}

/// All steps in order.
pub fn steps(plan: &Plan) -> Vec<Step> {
    let ddl = |name: &str, words: String, body: String| Step {
        name: name.to_owned(),
        words,
        body,
        is_transaction: false,
    };
    let mut steps = vec![
        ddl(
            "close",
            format!(
                "the old tables go to {}: pages find no tables from here on, so nothing can be written and lost",
                plan.names.before
            ),
            close(plan),
        ),
        ddl(
            "tables",
            "jumun's tables, empty, beside the shop".to_owned(),
            tables(plan),
        ),
        ddl(
            "judge",
            "the old rows as jumun's columns, and what is wrong with each".to_owned(),
            judge(plan),
        ),
    ];
    steps.extend(plan.rules.fills.iter().map(|rule| {
        let old = plan.old.get(&rule.name);
        Step {
            name: rule.name.clone(),
            words: match old {
                Some(table) => format!(
                    "{} rows of the old table, about {}",
                    table.rows,
                    plan.estimate(&rule.name)
                ),
                None => "made from the others".to_owned(),
            },
            body: fill(plan, &rule.name, &rule.text),
            is_transaction: true,
        }
    }));
    steps.push(ddl(
        "engines",
        "the shop's other tables become InnoDB".to_owned(),
        engines(plan),
    ));
    steps.push(ddl(
        "open",
        "the new tables take their place".to_owned(),
        open(plan),
    ));
    let words = format!("views in {} for pages that only read", plan.names.pages);
    steps.push(ddl("pages", words, pages(plan)));
    steps
}

/// The whole script.
pub fn text(plan: &Plan) -> String {
    let Names {
        live,
        before,
        stage,
        pages,
    } = &plan.names;
    let steps = steps(plan);
    let mut text = format!(
        "-- Moves the shop in the database {live} to jumun. Written by jumun-adopt; read it before it runs.
--
--   mysql --default-character-set=utf8mb4 < this file    (or jumun-adopt --apply, which does the rest as well)
--   jumun db load && jumun db check, then CALL shop_audit()
--
-- It may be interrupted and run again: each step is done once. {before}.adopt_steps says which are.
-- The old tables stay in {before}, as they were. Rows that cannot be taken over are in {before}.<table>_rejected,
-- views, routines and triggers of the old shop as text in {before}.adopt_replaced.
-- Altogether about {}, measured by copying a part of each table on this server; it needs as much room again as the
-- tables have now.
--
-- Going back, which forgets what came after (also in {before}.adopt_replaced, kind UNDO):
{}
{HEAD}
CREATE DATABASE IF NOT EXISTS {before} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS {before}.adopt_steps (
    step_name   VARCHAR(64) NOT NULL,
    started_at  DATETIME(6) NOT NULL,
    finished_at DATETIME(6) NULL,
    PRIMARY KEY (step_name)
) ENGINE=InnoDB;
DROP PROCEDURE IF EXISTS {before}.adopt_lock;
DELIMITER //
CREATE PROCEDURE {before}.adopt_lock()
BEGIN
    -- A client that was killed leaves its last statement running: it ends before this one begins.
    IF COALESCE(GET_LOCK('adopt {live}', 3600), 0) <> 1 THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'another adopt is running';
    END IF;
END//
DELIMITER ;
CALL {before}.adopt_lock();
CREATE DATABASE IF NOT EXISTS {pages} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE DATABASE IF NOT EXISTS {stage} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
USE {stage};
",
        plan.whole_estimate(),
        undo::text(plan)
            .lines()
            .map(|line| format!("-- undo: {line}\n"))
            .collect::<String>(),
    );
    for (index, step) in steps.iter().enumerate() {
        write_step(&mut text, plan, step, index);
    }
    write!(
        text,
        "
DROP DATABASE {stage};
DO RELEASE_LOCK('adopt {live}');
"
    )
    .ok();
    text
}

fn write_step(text: &mut String, plan: &Plan, step: &Step, before: usize) {
    let Step {
        name, words, body, ..
    } = step;
    let steps = format!("{}.adopt_steps", plan.names.before);
    let (begin, end) = if step.is_transaction {
        ("\n    ROLLBACK;\n    START TRANSACTION;", "\n    COMMIT;")
    } else {
        ("", "")
    };
    write!(
        text,
        "
-- step {name}: {words}
DROP PROCEDURE IF EXISTS step_{name};
DELIMITER //
CREATE PROCEDURE step_{name}()
step: BEGIN
    DECLARE v_now DATETIME(6);
    IF EXISTS (SELECT 1 FROM {steps} WHERE step_name = '{name}' AND finished_at IS NOT NULL) THEN
        LEAVE step;
    END IF;
    IF (SELECT COUNT(*) FROM {steps} WHERE finished_at IS NOT NULL) <> {before} THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an earlier step is not done';
    END IF;
    INSERT IGNORE INTO {steps} (step_name, started_at) VALUES ('{name}', UTC_TIMESTAMP(6));
    -- The same in every run, however often it is interrupted.
    SELECT MIN(started_at) INTO v_now FROM {steps};{begin}

{body}
    UPDATE {steps} SET finished_at = UTC_TIMESTAMP(6) WHERE step_name = '{name}';{end}
END//
DELIMITER ;
CALL step_{name}();
"
    )
    .ok();
}

/// A condition: is this table there?
fn exists(database: &str, table: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = '{database}' AND TABLE_NAME = {})",
        literal(table)
    )
}

fn both(table: &str) -> String {
    format!(
        "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'old and new {table} both exist: rename one';"
    )
}

fn close(plan: &Plan) -> String {
    let Names { live, before, .. } = &plan.names;
    let mut body = format!(
        "    CREATE TABLE IF NOT EXISTS {before}.adopt_replaced (
        kind VARCHAR(20) NOT NULL, object_name VARCHAR(64) NOT NULL, definition LONGTEXT NULL,
        PRIMARY KEY (kind, object_name)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
    INSERT IGNORE INTO {before}.adopt_replaced
    SELECT ROUTINE_TYPE, ROUTINE_NAME, ROUTINE_DEFINITION FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = '{live}'
    UNION ALL SELECT 'VIEW', TABLE_NAME, VIEW_DEFINITION FROM information_schema.VIEWS WHERE TABLE_SCHEMA = '{live}'
    UNION ALL SELECT 'TRIGGER', TRIGGER_NAME, ACTION_STATEMENT FROM information_schema.TRIGGERS
    WHERE TRIGGER_SCHEMA = '{live}'
    UNION ALL SELECT 'UNDO', '', {};\n",
        literal(&undo::text(plan)).replace('\n', "\\n")
    );
    for (name, table) in &plan.old {
        // It would keep rows of tables that stay from being deleted.
        for (key, parent) in &table.foreign {
            if !plan.old.contains_key(parent) {
                writeln!(
                    body,
                    "    IF EXISTS (SELECT 1 FROM information_schema.REFERENTIAL_CONSTRAINTS
               WHERE CONSTRAINT_SCHEMA = '{live}' AND TABLE_NAME = {} AND CONSTRAINT_NAME = {}) THEN
        ALTER TABLE {live}.{} DROP FOREIGN KEY {};
    END IF;",
                    literal(name),
                    literal(key),
                    quoted(name),
                    quoted(key)
                )
                .ok();
            }
        }
        writeln!(
            body,
            "    IF {} THEN
        IF {} THEN
            {}
        END IF;
        RENAME TABLE {live}.{name} TO {before}.{name};
    END IF;
    CREATE TABLE IF NOT EXISTS {before}.{name}_rejected (
        adopt_no BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, adopt_fault VARCHAR(100) NOT NULL DEFAULT '', PRIMARY KEY (adopt_no)
    ) ENGINE=InnoDB AS SELECT t.* FROM {before}.{name} t WHERE FALSE;",
            exists(live, name),
            exists(before, name),
            both(name)
        )
        .ok();
    }
    body
}

fn tables(plan: &Plan) -> String {
    let names: Vec<String> = plan.fresh.keys().map(|name| quoted(name)).collect();
    let mut body = format!(
        "    SET foreign_key_checks = 0;\n    DROP TABLE IF EXISTS {};\n    SET foreign_key_checks = 1;\n",
        names.join(", ")
    );
    for statement in &plan.schema {
        writeln!(body, "{statement};").ok();
    }
    for (name, table) in &plan.old {
        let Some(fresh) = plan.fresh.get(name) else {
            continue;
        };
        let changes = changes(plan.reader(name), table, fresh);
        if !changes.is_empty() {
            writeln!(
                body,
                "    ALTER TABLE {name}\n        {};",
                changes.join(",\n        ")
            )
            .ok();
        }
    }
    body
}

fn judge(plan: &Plan) -> String {
    let mut body = String::new();
    for sql in plan.old_views(|_| plan.names.before.clone()) {
        writeln!(body, "{sql};\n").ok();
    }
    for rule in &plan.rules.judges {
        writeln!(
            body,
            "DROP TABLE IF EXISTS {};\n{};\n",
            rule.target(),
            rule.table()
        )
        .ok();
    }
    body
}

fn fill(plan: &Plan, name: &str, rule: &str) -> String {
    let mut body = String::new();
    if let Some(reader) = plan.reader(name).filter(|reader| reader.old.is_some()) {
        let names = reader.raw_names();
        let columns: Vec<String> = names.iter().map(|(column, _)| quoted(column)).collect();
        let values: Vec<String> = names
            .iter()
            .map(|(_, raw)| format!("o.{}", quoted(raw)))
            .collect();
        let rejected = format!("{}.{name}_rejected", plan.names.before);
        writeln!(
            body,
            "DELETE FROM {rejected};
INSERT INTO {rejected} (adopt_fault, {})
SELECT o.fault, {} FROM judged_{name} o WHERE o.fault IS NOT NULL;
",
            columns.join(", "),
            values.join(", ")
        )
        .ok();
    }
    let extra = plan.reader(name).map(Reader::extra).unwrap_or_default();
    let names: String = extra
        .iter()
        .map(|column| format!(", {}", quoted(&column.name)))
        .collect();
    let values: String = (0..extra.len())
        .map(|index| format!(", o.{}", extra_name(index)))
        .collect();
    let rule = plan
        .with_settings(rule)
        .replace("{extra}", &names)
        .replace("{o.extra}", &values);
    writeln!(body, "{rule};").ok();
    body
}

fn engines(plan: &Plan) -> String {
    let mut body = format!(
        "    -- Texts that routines take have the character set of the database.
    ALTER DATABASE {} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;\n",
        plan.names.live
    );
    for (name, table) in &plan.others {
        let mark = crate::dbtool::kept::MARK;
        let comment = table
            .comment
            .strip_prefix(mark)
            .unwrap_or(&table.comment)
            .trim_start();
        let comment = literal(format!("{mark} {comment}").trim_end());
        writeln!(
            body,
            "    ALTER TABLE {}.{} ENGINE=InnoDB, COMMENT={comment};",
            plan.names.live,
            quoted(name)
        )
        .ok();
    }
    body
}

/// What pages that only read can use instead of the shop's database.
fn pages(plan: &Plan) -> String {
    let Names { live, pages, .. } = &plan.names;
    let mut body = String::new();
    let mut view = |name: &str, sql: &str| {
        writeln!(
            body,
            "    CREATE OR REPLACE SQL SECURITY INVOKER VIEW {pages}.{} AS\n{sql};",
            quoted(name)
        )
        .ok();
    };
    for name in plan.old.keys() {
        if let Some(reader) = plan.reader(name) {
            // The row that says that an order was taken over is not the old shop's.
            let ours = if name == "shop_order_logs" {
                " WHERE t.action NOT LIKE 'adopt%'"
            } else {
                ""
            };
            view(name, &(reader.page(live) + ours));
        }
    }
    for name in plan.others.keys() {
        view(name, &format!("SELECT * FROM {live}.{}", quoted(name)));
    }
    for (name, sql) in &plan.views {
        view(name, sql);
    }
    body
}

fn open(plan: &Plan) -> String {
    let Names { live, stage, .. } = &plan.names;
    let mut body = String::new();
    for name in plan.fresh.keys() {
        writeln!(
            body,
            "    IF {} THEN
        IF {} THEN
            {}
        END IF;
        RENAME TABLE {stage}.{name} TO {live}.{name};
    END IF;",
            exists(stage, name),
            exists(live, name),
            both(name)
        )
        .ok();
    }
    body
}
