//! A file as read: its name, its text, and the positions of what stands in it.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Position, Severity};
use crate::load::position;

/// Tells where in the files it came from a value of a document stands.
pub trait Whence {
    /// The name of the file.
    fn file(&self, path: &str) -> &str;

    /// Where the value at a path stands, or the nearest value around it.
    fn position(&self, path: &str) -> Option<Position>;

    /// Where the key at the end of a path stands.
    fn key_position(&self, path: &str) -> Option<Position>;
}

/// A text with the name under which it is reported. A clone is the same text.
#[derive(Clone, Debug)]
pub struct Source(Arc<Content>);

#[derive(Debug)]
struct Content {
    name: String,
    text: String,
    positions: OnceLock<HashMap<u64, Position>>,
}

impl Source {
    /// Takes the bytes of a file.
    ///
    /// # Errors
    /// If they are not UTF-8 (a byte order mark is fine).
    pub fn new(name: impl Into<String>, bytes: Vec<u8>) -> Result<Self, Diagnostics> {
        let name = name.into();
        let refuse = |message: &str, help: &str| {
            let diagnostic = Diagnostic {
                code: Code::Syntax,
                severity: Severity::Error,
                file: name.clone(),
                position: None,
                path: String::new(),
                message: message.to_owned(),
                help: Some(help.to_owned()),
            };
            Diagnostics::from_iter([diagnostic])
        };
        let nul = bytes.iter().take(4).any(|byte| *byte == 0);
        if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) || nul {
            return Err(refuse("the file is UTF-16, not UTF-8", "save it as UTF-8"));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let before = error.as_bytes().iter().take(at);
            let line = before.filter(|byte| **byte == b'\n').count() + 1;
            refuse(
                &format!("the file is not UTF-8: a stray byte in line {line}"),
                "save it as UTF-8",
            )
        })?;
        let text = match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        };
        Ok(Self::from_text(name, text))
    }

    /// Takes a text.
    #[must_use]
    pub fn from_text(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self(Arc::new(Content {
            name: name.into(),
            text: text.into(),
            positions: OnceLock::new(),
        }))
    }

    /// The name under which the file is reported.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The text, without a byte order mark.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// Where the value at a path stands: `flows.sync.carries[0]`. The nearest value around it if it is not written there.
    #[must_use]
    pub fn position(&self, path: &str) -> Option<Position> {
        let positions = self.positions();
        let mut path = path;
        loop {
            if let Some(position) = positions.get(&position::of_value(path)) {
                return Some(*position);
            }
            path = &path[..path.rfind(['.', '['])?];
        }
    }

    /// Where the key at the end of a path stands.
    #[must_use]
    pub fn key_position(&self, path: &str) -> Option<Position> {
        let key = self.positions().get(&position::of_key(path)).copied();
        key.or_else(|| self.position(path))
    }

    fn positions(&self) -> &HashMap<u64, Position> {
        self.0.positions.get_or_init(|| position::index(&self.0.text))
    }
}

impl Whence for Source {
    fn file(&self, _path: &str) -> &str {
        self.name()
    }

    fn position(&self, path: &str) -> Option<Position> {
        self.position(path)
    }

    fn key_position(&self, path: &str) -> Option<Position> {
        self.key_position(path)
    }
}
