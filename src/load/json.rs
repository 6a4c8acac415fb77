//! Reads JSON that this library wrote.

use serde::de::DeserializeOwned;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Position, Severity};
use crate::load::source::Source;

/// The first value of a JSON text; fields that the shape does not name are passed over.
pub(crate) fn json<T: DeserializeOwned>(source: &Source) -> Result<T, Diagnostics> {
    serde_json::from_str(source.text()).map_err(|error| {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let code = if error.is_data() { Code::WrongType } else { Code::Syntax };
        // The position is said by the diagnostic itself.
        let message = error.to_string();
        let message = message
            .rsplit_once(" at line ")
            .map_or(message.as_str(), |(message, _)| message);
        Diagnostics::from_iter([Diagnostic {
            code,
            severity: Severity::Error,
            file: source.name().to_owned(),
            position: (error.line() > 0).then(|| Position {
                line: number(error.line()),
                column: number(error.column()),
            }),
            path: String::new(),
            message: format!("not as `check --format json` writes it: {message}"),
            help: None,
        }])
    })
}
