//! What is wrong with the input: every problem with its code, position, finding and expectation.
#![doc = include_str!("diagnostic.md")]

use std::fmt;

use serde::Serialize;

/// What kind of problem a diagnostic reports. The words are stable: scripts may match on them.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Code {
    /// The file is not YAML or JSON, or not UTF-8.
    Syntax,
    /// A key stands twice in one object.
    DuplicateKey,
    /// A key that the format does not know.
    UnknownKey,
    /// A key that must be there is missing.
    MissingKey,
    /// A value of the wrong type.
    WrongType,
    /// A value that is not one of the words allowed.
    UnknownWord,
    /// A reference to an id that does not exist, or an id that may not be used.
    UnknownId,
    /// A null-like or empty id.
    BadId,
    /// A place that does not exist.
    UnknownPlace,
    /// A text that is not a day of the calendar.
    BadDate,
    /// A flow that ends where it starts.
    SelfFlow,
    /// A chain of parents that returns to its start.
    ParentCycle,
    /// A mechanism that says neither between whom nor for what.
    MechanismWithoutReach,
    /// A word that no vocabulary knows, so that it may mean anything.
    UnfamiliarCategory,
    /// Networks that are in one another and said to be in different places.
    NetworkOverlap,
    /// A file format version this library does not read.
    Version,
    /// A pack refers to a fact that nobody declares.
    UnknownFact,
    /// A condition tests a fact with an operator of another type.
    WrongTest,
    /// Two periods with days between them on which nothing is said.
    DateGap,
    /// A rule whose condition can never hold.
    NeverFires,
    /// A rule, member or gate without a provision.
    MissingCitation,
    /// Two rules of equal rank that can both hold and conclude differently.
    Contradiction,
    /// A rule, set or named condition that does not exist.
    UnknownRule,
    /// A named condition, rule or count that leads back to itself.
    Circular,
    /// A declared thing that nothing uses.
    Unused,
    /// A file or id that is not where its name says.
    Misplaced,
    /// Two packs, or two parts of one, claim the same name.
    NameClash,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 27] = [
        Self::Syntax,
        Self::DuplicateKey,
        Self::UnknownKey,
        Self::MissingKey,
        Self::WrongType,
        Self::UnknownWord,
        Self::UnknownId,
        Self::BadId,
        Self::UnknownPlace,
        Self::BadDate,
        Self::SelfFlow,
        Self::ParentCycle,
        Self::MechanismWithoutReach,
        Self::UnfamiliarCategory,
        Self::NetworkOverlap,
        Self::Version,
        Self::UnknownFact,
        Self::WrongTest,
        Self::DateGap,
        Self::NeverFires,
        Self::MissingCitation,
        Self::Contradiction,
        Self::UnknownRule,
        Self::Circular,
        Self::Unused,
        Self::Misplaced,
        Self::NameClash,
    ];

    /// The stable name, under the area it belongs to.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "file/syntax",
            Self::DuplicateKey => "file/duplicate-key",
            Self::UnknownKey => "file/unknown-key",
            Self::MissingKey => "file/missing-key",
            Self::WrongType => "file/wrong-type",
            Self::UnknownWord => "file/unknown-word",
            Self::BadDate => "file/bad-date",
            Self::UnknownPlace => "file/unknown-place",
            Self::Version => "file/version",
            Self::UnknownId => "map/unknown-id",
            Self::BadId => "map/bad-id",
            Self::SelfFlow => "map/self-flow",
            Self::ParentCycle => "map/parent-cycle",
            Self::MechanismWithoutReach => "map/mechanism-without-reach",
            Self::UnfamiliarCategory => "map/unfamiliar-category",
            Self::NetworkOverlap => "map/network-overlap",
            Self::UnknownFact => "pack/unknown-fact",
            Self::WrongTest => "pack/wrong-test",
            Self::DateGap => "pack/date-gap",
            Self::NeverFires => "pack/never-fires",
            Self::MissingCitation => "pack/missing-citation",
            Self::Contradiction => "pack/contradiction",
            Self::UnknownRule => "pack/unknown-rule",
            Self::Circular => "pack/circular",
            Self::Unused => "pack/unused",
            Self::Misplaced => "pack/misplaced",
            Self::NameClash => "pack/name-clash",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Whether a problem stops the tool.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The input cannot be used.
    Error,
    /// The input can be used, and somebody should look.
    Warning,
}

/// A position in a file, both counted from 1; the column counts characters.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// One problem with the input.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Diagnostic {
    /// What kind of problem.
    pub code: Code,
    /// Whether it stops the tool.
    pub severity: Severity,
    /// The file, as named by the caller.
    pub file: String,
    /// Where in the file, if it could be told.
    pub position: Option<Position>,
    /// Where in the document: `flows.sync.carries[0]`.
    pub path: String,
    /// What is wrong: lower case, no full stop, the offending text in backticks.
    pub message: String,
    /// What to do about it, with a near match where there is one.
    pub help: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{}", self.file)?;
        if let Some(Position { line, column }) = self.position {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {severity}[{}]: {}", self.code, self.message)?;
        if !self.path.is_empty() {
            write!(f, "\n    in: {}", self.path)?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n    help: {help}")?;
        }
        Ok(())
    }
}

/// Every problem found, in the order of file and position.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(transparent)]
#[must_use = "problems with the input are to be shown"]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Whether any problem stops the tool.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.iter().any(|d| d.severity == Severity::Error)
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many problems there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The problems.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Adds one problem, keeping file and position order.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.extend([diagnostic]);
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        self.0.extend(diagnostics);
        self.0.sort_by(|a, b| {
            (&a.file, a.position, &a.path, a.code, &a.message).cmp(&(&b.file, b.position, &b.path, b.code, &b.message))
        });
        self.0.dedup();
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(diagnostics: I) -> Self {
        let mut all = Self::default();
        all.extend(diagnostics);
        all
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_kebab_case_under_an_area() {
        let names = Code::ALL.map(Code::as_str);
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), Code::ALL.len());
        for name in names {
            let (area, rest) = name.split_once('/').unwrap();
            assert!(["file", "map", "pack"].contains(&area));
            assert!(rest.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
        }
    }

    #[test]
    fn every_code_has_its_heading_with_meaning_and_cure() {
        let page = include_str!("diagnostic.md");
        let mut documented = BTreeSet::new();
        for section in page.split("\n## ").skip(1) {
            let (heading, text) = section.split_once('\n').unwrap();
            assert!(documented.insert(heading.trim_matches('`')), "{heading} stands twice");
            let (meaning, cure) = text
                .split_once("**Cure:**")
                .unwrap_or_else(|| panic!("{heading} has no cure"));
            assert!(!meaning.trim().is_empty() && !cure.trim().is_empty(), "{heading}");
        }
        assert_eq!(documented, BTreeSet::from(Code::ALL.map(Code::as_str)));
    }
}
