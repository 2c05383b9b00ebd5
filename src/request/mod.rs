//! From the bytes of a request to the parameters of its procedure.

pub mod bind;
pub mod body;
pub mod form;
pub mod headers;
pub mod json;
pub mod text;
