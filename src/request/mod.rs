//! From the bytes of a request to the parameters of its procedure.

pub mod bind;
pub mod body;
pub mod form;
pub mod headers;
pub mod json;
pub mod text;

/// Longer than any name of a field.
const LONGEST_NAME: usize = 100;

/// Why a request was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputError {
    /// A field, by its outward name, or the request as a whole when that is empty.
    Invalid {
        field: String,
        detail: String,
    },
    TooLarge {
        limit: usize,
    },
    MediaType(&'static str),
    /// There is no memory for it now.
    Overloaded,
}

impl InputError {
    /// A name that is none, such as the beginning of a compressed body, is not sent back.
    pub fn field(field: &str, detail: impl Into<String>) -> Self {
        let odd = |letter: char| letter.is_control() || letter == char::REPLACEMENT_CHARACTER;
        let shown = field.len() <= LONGEST_NAME && !field.contains(odd);
        Self::Invalid {
            field: if shown { field } else { "" }.to_owned(),
            detail: detail.into(),
        }
    }
}
