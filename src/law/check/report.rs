//! Says what was found, with the place where it stands.

use std::cell::OnceCell;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::law::pack::Head;
use crate::law::read::Folder;
use crate::load::Source;
use crate::load::decode::join;
use crate::load::tree::Tree;

/// A place in a file of the pack.
#[derive(Clone, Debug)]
pub(super) struct Spot<'a> {
    file: File<'a>,
    path: String,
    at_key: bool,
}

#[derive(Clone, Copy, Debug)]
enum File<'a> {
    /// By its path inside the folder.
    Inside(&'a str),
    /// By the name under which it is reported.
    Named(&'a str),
}

impl<'a> Spot<'a> {
    /// A value in a rule's file.
    pub(super) fn of(head: &'a Head, path: impl Into<String>) -> Self {
        Self {
            file: File::Named(&head.file),
            path: path.into(),
            at_key: false,
        }
    }

    /// A value in `regime.yaml`.
    pub(super) fn regime(path: impl Into<String>) -> Self {
        Self {
            file: File::Inside("regime.yaml"),
            path: path.into(),
            at_key: false,
        }
    }

    /// A value in `conditions.yaml`.
    pub(super) fn conditions(path: impl Into<String>) -> Self {
        Self {
            file: File::Inside("conditions.yaml"),
            path: path.into(),
            at_key: false,
        }
    }

    /// The value of a key below this one.
    pub(super) fn below(&self, key: &str) -> Self {
        Self {
            path: join(&self.path, key),
            ..self.clone()
        }
    }

    /// An item of this list.
    pub(super) fn item(&self, index: usize) -> Self {
        Self {
            path: format!("{}[{index}]", self.path),
            ..self.clone()
        }
    }

    /// The path of a key below this one; of this one if there is no key.
    pub(super) fn path_below(&self, key: &str) -> String {
        if key.is_empty() {
            self.path.clone()
        } else {
            join(&self.path, key)
        }
    }

    /// Another path of the same file.
    pub(super) fn at(&self, path: String) -> Self {
        Self { path, ..self.clone() }
    }

    /// The key instead of its value.
    pub(super) fn key(self) -> Self {
        Self { at_key: true, ..self }
    }
}

/// Collects what was found in one pack.
pub(super) struct Report<'a> {
    folder: &'a Folder,
    conditions: OnceCell<Option<Tree>>,
    found: Vec<Diagnostic>,
}

impl<'a> Report<'a> {
    pub(super) fn new(folder: &'a Folder) -> Self {
        Self {
            folder,
            conditions: OnceCell::new(),
            found: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Diagnostics {
        self.found.into_iter().collect()
    }

    pub(super) fn folder(&self) -> &'a Folder {
        self.folder
    }

    pub(super) fn error(&mut self, code: Code, spot: &Spot<'_>, message: String, help: Option<String>) {
        self.add(Severity::Error, code, spot, message, help);
    }

    pub(super) fn warn(&mut self, code: Code, spot: &Spot<'_>, message: String, help: Option<String>) {
        self.add(Severity::Warning, code, spot, message, help);
    }

    fn add(&mut self, severity: Severity, code: Code, spot: &Spot<'_>, message: String, help: Option<String>) {
        let files = &self.folder.files;
        let source: Option<&Source> = match spot.file {
            File::Inside(path) => files.get(path),
            File::Named(name) => files.values().find(|source| source.name() == name),
        };
        let position = source.and_then(|source| {
            if spot.at_key {
                source.key_position(&spot.path)
            } else {
                source.position(&spot.path)
            }
        });
        self.found.push(Diagnostic {
            code,
            severity,
            file: source.map(Source::name).unwrap_or_default().to_owned(),
            position,
            path: spot.path.clone(),
            message,
            help,
        });
    }

    /// Where the condition of a name stands: at the name, or below it if the name has a title or a citation as well.
    pub(super) fn named_condition(&self, name: &str) -> Spot<'static> {
        let tree = self.conditions.get_or_init(|| {
            let source = self.folder.files.get("conditions.yaml")?;
            Tree::parse(source).ok()
        });
        let of_name = match tree {
            Some(Tree::Object(entries)) => entries.iter().find(|(key, _)| key.as_deref() == Some(name)),
            _ => None,
        };
        let spot = Spot::conditions(name);
        match of_name {
            Some((_, Tree::Object(keys))) if keys.iter().any(|(key, _)| key.as_deref() == Some("when")) => {
                spot.below("when")
            }
            _ => spot,
        }
    }
}
