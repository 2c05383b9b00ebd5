//! Pages for buyers whose browsers cannot be sent on to the shop. Templates (askama) beside each; every value is escaped
//! where it is written.

use std::fmt;

use askama::filters::Escaper;

pub mod astray;
pub mod order;
pub mod payment;

/// Text that ends neither an attribute nor an element.
#[derive(Debug, Clone, Copy, Default)]
pub struct Text;

impl Escaper for Text {
    fn write_escaped_str<W: fmt::Write>(&self, mut to: W, text: &str) -> fmt::Result {
        text.chars()
            .try_for_each(|letter| self.write_escaped_char(&mut to, letter))
    }

    fn write_escaped_char<W: fmt::Write>(&self, mut to: W, letter: char) -> fmt::Result {
        match letter {
            '&' => to.write_str("&amp;"),
            '<' => to.write_str("&lt;"),
            '>' => to.write_str("&gt;"),
            '"' => to.write_str("&quot;"),
            '\'' => to.write_str("&#39;"),
            // A parser would turn these into others.
            '\r' => to.write_str("&#13;"),
            '\n' => to.write_str("&#10;"),
            other => to.write_char(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_sent_gets_out_of_its_attribute() {
        let mut escaped = String::new();
        let text = "\"><script>alert('1')</script>&amp;\r\n";
        Text.write_escaped_str(&mut escaped, text).unwrap();
        assert!(!escaped.contains(['"', '<', '>', '\'', '\r', '\n']));
        assert!(escaped.contains("&amp;amp;"));
    }
}
