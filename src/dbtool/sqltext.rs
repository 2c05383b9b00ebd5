//! SQL text without what does not matter, so that two ways of loading the same file compare equal: clients
//! differ in whether they send comments.

/// The text without comments, with every run of white space outside of quotes as one space. Comments that
/// servers execute are kept.
pub fn normal(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' | '`' => quoted_length(rest, first),
            '#' => return_skip(&mut out, line_length(rest), &mut rest),
            '-' if is_line_comment(rest) => return_skip(&mut out, line_length(rest), &mut rest),
            '/' if rest.starts_with("/*")
                && !rest.starts_with("/*!")
                && !rest.starts_with("/*M!") =>
            {
                let length = rest.find("*/").map_or(rest.len(), |end| end + 2);
                return_skip(&mut out, length, &mut rest)
            }
            space if space.is_whitespace() => return_skip(&mut out, space.len_utf8(), &mut rest),
            other => other.len_utf8(),
        };
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out.truncate(out.trim_end().len());
    out
}

/// Leaves a part out: one space stands for it. Nothing is left to be copied.
fn return_skip(out: &mut String, length: usize, rest: &mut &str) -> usize {
    if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
    *rest = &rest[length..];
    0
}

fn is_line_comment(text: &str) -> bool {
    text.starts_with("--") && text[2..].chars().next().is_none_or(char::is_whitespace)
}

fn line_length(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

/// Length of a quoted text, doubled quotes and backslashes included.
fn quoted_length(text: &str, quote: char) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((index, character)) = characters.next() {
        if character == '\\' && quote != '`' {
            characters.next();
        } else if character == quote {
            if characters.peek().is_some_and(|(_, next)| *next == quote) {
                characters.next();
            } else {
                return index + 1;
            }
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn comments_and_white_space_do_not_matter() {
        let sent = "BEGIN\n    -- why\n    SELECT 1; /* more\n */ SET a = 1 - -2;# x\nEND";
        assert_eq!(normal(sent), "BEGIN SELECT 1; SET a = 1 - -2; END");
        assert_eq!(normal(sent), normal("BEGIN SELECT 1; SET a = 1 - -2; END"));
        assert_eq!(normal("SELECT 1--1"), "SELECT 1--1");
    }

    #[test]
    fn quotes_keep_what_they_hold() {
        for text in [
            "SELECT '-- x  y'",
            "SELECT \"a /* b */\"",
            "SELECT 'it''s  \\'  #'",
            "SELECT `a  b`",
            "SELECT '가  '",
        ] {
            assert_eq!(normal(text), text);
        }
    }

    #[test]
    fn executed_comments_are_code() {
        assert_eq!(
            normal("FOR UPDATE /*!80000 OF t */"),
            "FOR UPDATE /*!80000 OF t */"
        );
    }
}
