//! Splits an SQL file into statements the way its writers agreed: a statement ends at a line whose end is the
//! current delimiter, `DELIMITER x` lines change it, comment lines between statements are passed over.

/// One statement and the line it begins at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub line: usize,
    pub text: String,
}

/// The statements of one file.
///
/// # Errors
/// When the last statement has no end; the line it begins at.
pub fn split(file: &str) -> Result<Vec<Statement>, usize> {
    let mut delimiter = ";";
    let mut statements = Vec::new();
    let mut open: Option<Statement> = None;
    for (index, line) in file.lines().enumerate() {
        let trimmed = line.trim();
        let comment = trimmed.starts_with("--");
        if open.is_none() {
            if trimmed.is_empty() || comment {
                continue;
            }
            if let Some(next) = trimmed.strip_prefix("DELIMITER ") {
                delimiter = next.trim();
                continue;
            }
        }
        let statement = open.get_or_insert_with(|| Statement {
            line: index + 1,
            text: String::new(),
        });
        // A comment may end like a statement and still be inside one.
        match line.trim_end().strip_suffix(delimiter).filter(|_| !comment) {
            Some(last) => {
                statement.text.push_str(last);
                statements.extend(open.take());
            }
            None => {
                statement.text.push_str(line);
                statement.text.push('\n');
            }
        }
    }
    match open {
        Some(statement) => Err(statement.line),
        None => Ok(statements),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(file: &str) -> Vec<String> {
        split(file)
            .unwrap()
            .into_iter()
            .map(|statement| statement.text)
            .collect()
    }

    #[test]
    fn statements_end_at_lines_that_end_with_the_delimiter() {
        let file = "-- head;\nSET a = 1, b = ';x';\n\nCREATE TABLE t (\n  -- not the end;\n  a INT -- a;b\n);  \n";
        assert_eq!(
            texts(file),
            [
                "SET a = 1, b = ';x'",
                "CREATE TABLE t (\n  -- not the end;\n  a INT -- a;b\n)"
            ]
        );
        assert_eq!(split(file).unwrap()[1].line, 4);
    }

    #[test]
    fn the_delimiter_changes_and_changes_back() {
        let file = "DELIMITER //\nCREATE PROCEDURE p()\nBEGIN\n  SELECT 1;\nEND//\nDELIMITER ;\nSELECT 2;\n";
        assert_eq!(
            texts(file),
            ["CREATE PROCEDURE p()\nBEGIN\n  SELECT 1;\nEND", "SELECT 2"]
        );
    }

    #[test]
    fn a_statement_without_an_end_is_found() {
        assert_eq!(split("SELECT 1;\n\nSELECT 2\n"), Err(3));
        assert_eq!(split("-- nothing\n\n"), Ok(Vec::new()));
    }
}
