//! Reading a document piece by piece, keeping every problem with the place where it stands.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::date::Date;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::load::source::Whence;
use crate::load::tree::Tree;
use crate::text::Text;

/// So many problems of one document are kept: a file of many megabytes can be wrong in every line.
const MOST: usize = 10_000;

/// Collects the problems of one document.
pub(crate) struct Problems<'a> {
    whence: &'a dyn Whence,
    found: RefCell<Vec<Problem>>,
    /// The most severe of the problems that are not kept.
    left_out: RefCell<Option<Problem>>,
}

struct Problem {
    code: Code,
    severity: Severity,
    path: String,
    at_key: bool,
    message: String,
    help: Option<String>,
}

impl<'a> Problems<'a> {
    pub(crate) fn new(whence: &'a dyn Whence) -> Self {
        Self {
            whence,
            found: RefCell::default(),
            left_out: RefCell::default(),
        }
    }

    /// The name of the file in which the value at a path stands.
    pub(crate) fn file(&self, path: &str) -> &'a str {
        self.whence.file(path)
    }

    /// Reports a problem with the value at a path.
    pub(crate) fn report(&self, code: Code, path: &str, message: String, help: Option<String>) {
        self.add(Severity::Error, code, path, false, message, help);
    }

    /// Reports a problem with the key at the end of a path.
    pub(crate) fn report_key(&self, code: Code, path: &str, message: String, help: Option<String>) {
        self.add(Severity::Error, code, path, true, message, help);
    }

    /// Reports something that does not stop the tool.
    pub(crate) fn warn(&self, code: Code, path: &str, message: String, help: Option<String>) {
        self.add(Severity::Warning, code, path, false, message, help);
    }

    fn add(&self, severity: Severity, code: Code, path: &str, at_key: bool, message: String, help: Option<String>) {
        let problem = Problem {
            code,
            severity,
            path: path.to_owned(),
            at_key,
            message,
            help,
        };
        let mut found = self.found.borrow_mut();
        if found.len() < MOST {
            found.push(problem);
            return;
        }
        // An error has to stop the tool even after thousands of warnings.
        let mut left_out = self.left_out.borrow_mut();
        if left_out.as_ref().is_none_or(|kept| problem.severity < kept.severity) {
            let message = format!(
                "more than {MOST} problems, the others are left out, such as: {}",
                problem.message
            );
            *left_out = Some(Problem { message, ..problem });
        }
    }

    /// The problems with their positions.
    pub(crate) fn finish(self) -> Diagnostics {
        let whence = self.whence;
        let diagnostic = |problem: Problem| Diagnostic {
            position: if problem.at_key {
                whence.key_position(&problem.path)
            } else {
                whence.position(&problem.path)
            },
            code: problem.code,
            severity: problem.severity,
            file: whence.file(&problem.path).to_owned(),
            path: problem.path,
            message: problem.message,
            help: problem.help,
        };
        let found = self.found.into_inner().into_iter();
        found.chain(self.left_out.into_inner()).map(diagnostic).collect()
    }
}

/// One value of a document with its path.
#[derive(Clone)]
pub(crate) struct Node<'a> {
    problems: &'a Problems<'a>,
    pub(crate) tree: &'a Tree,
    pub(crate) path: String,
}

impl<'a> Node<'a> {
    pub(crate) fn root(problems: &'a Problems<'a>, tree: &'a Tree) -> Self {
        Self {
            problems,
            tree,
            path: String::new(),
        }
    }

    pub(crate) fn problems(&self) -> &'a Problems<'a> {
        self.problems
    }

    pub(crate) fn report(&self, code: Code, message: String, help: Option<String>) {
        self.problems.report(code, &self.path, message, help);
    }

    /// Reports a value of the wrong type.
    pub(crate) fn expected(&self, what: &str) {
        let help = match self.tree {
            Tree::Integer(_) | Tree::Float(_) | Tree::Bool(_) if what.contains("text") => {
                Some("put it in quotes".to_owned())
            }
            Tree::Text(text) if what.starts_with("a list") => Some(format!("write `[{text}]`")),
            _ => None,
        };
        let message = format!("expected {what}, found {}", self.tree.describe());
        self.report(Code::WrongType, message, help);
    }

    /// The value of a key of this object.
    pub(crate) fn child(&self, key: &str, tree: &'a Tree) -> Self {
        Self {
            problems: self.problems,
            tree,
            path: join(&self.path, key),
        }
    }

    /// Whether nothing is known: left empty, or the word `unknown`.
    pub(crate) fn is_unknown(&self) -> bool {
        self.tree.is_unknown()
    }

    /// Whether the value is this very word.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(self.tree, Tree::Text(text) if text == word)
    }

    /// An object of which only these keys are known.
    pub(crate) fn object(&self, known: &[&str]) -> Option<Object<'a>> {
        let object = self.any_object()?;
        for (key, node) in &object.entries {
            if !known.contains(&key.as_str()) {
                let help = did_you_mean(near(key, known.iter().copied()))
                    .or_else(|| Some(format!("known keys: {}", known.join(", "))));
                self.problems
                    .report_key(Code::UnknownKey, &node.path, format!("unknown key `{key}`"), help);
            }
        }
        Some(object)
    }

    /// An object with keys of the writer's choice.
    pub(crate) fn any_object(&self) -> Option<Object<'a>> {
        let Tree::Object(entries) = self.tree else {
            self.expected("an object");
            return None;
        };
        let mut seen = BTreeSet::new();
        let mut known = Vec::with_capacity(entries.len());
        for (key, tree) in entries {
            let Some(key) = key.as_deref().filter(|key| !key.trim().is_empty()) else {
                let help = Some("write a word, in quotes if it looks like nothing".to_owned());
                self.report(Code::BadId, "a key that is empty or no text".to_owned(), help);
                continue;
            };
            let node = Node {
                problems: self.problems,
                tree,
                path: join(&self.path, key),
            };
            if seen.insert(key) {
                known.push((key.to_owned(), node));
            } else {
                let message = format!("the key `{key}` stands twice in one object");
                self.problems.report_key(Code::DuplicateKey, &node.path, message, None);
            }
        }
        Some(Object {
            node: self.clone(),
            entries: known,
        })
    }

    /// The items of a list.
    pub(crate) fn list(&self) -> Option<Vec<Node<'a>>> {
        let Tree::List(items) = self.tree else {
            self.expected("a list");
            return None;
        };
        let item = |(index, tree)| Node {
            problems: self.problems,
            tree,
            path: format!("{}[{index}]", self.path),
        };
        Some(items.iter().enumerate().map(item).collect())
    }

    /// A text that is not empty.
    pub(crate) fn text(&self) -> Option<&'a str> {
        match self.tree {
            Tree::Text(text) if !text.trim().is_empty() => Some(text),
            _ => {
                self.expected("text");
                None
            }
        }
    }

    /// Texts of a list.
    pub(crate) fn texts(&self) -> Option<Vec<&'a str>> {
        Some(self.list()?.iter().filter_map(Node::text).collect())
    }

    /// A text in one language or several.
    pub(crate) fn translated(&self) -> Option<Text> {
        match self.tree {
            Tree::Text(_) => Some(Text::english(self.text()?)),
            Tree::Object(_) => {
                let entries = self.any_object()?.entries;
                Some(
                    entries
                        .iter()
                        .filter_map(|(tag, node)| Some((tag.clone(), node.text()?.to_owned())))
                        .collect(),
                )
            }
            _ => {
                self.expected("text, or texts by language tag");
                None
            }
        }
    }

    pub(crate) fn bool(&self) -> Option<bool> {
        match self.tree {
            Tree::Bool(value) => Some(*value),
            _ => {
                self.expected("`true` or `false`");
                None
            }
        }
    }

    pub(crate) fn count(&self) -> Option<u64> {
        match self.tree {
            Tree::Integer(number) if u64::try_from(*number).is_ok() => u64::try_from(*number).ok(),
            _ => {
                self.expected("a whole number from 0");
                None
            }
        }
    }

    pub(crate) fn date(&self) -> Option<Date> {
        let text = match self.tree {
            Tree::Text(text) => text,
            _ => {
                self.expected("a day written YYYY-MM-DD");
                return None;
            }
        };
        let date = text.parse().ok();
        if date.is_none() {
            let message = format!("expected a day written YYYY-MM-DD, found `{text}`");
            self.report(Code::BadDate, message, None);
        }
        date
    }

    /// One of a few words.
    pub(crate) fn one_of<T: Copy>(&self, words: &[&str], from_word: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = match self.tree {
            Tree::Text(text) => text.as_str(),
            // `none` and the like are words here, `true` never is.
            _ => {
                self.expected(&format!("one of {}", words.join(", ")));
                return None;
            }
        };
        let value = from_word(text);
        if value.is_none() {
            self.unknown_word(text, words);
        }
        value
    }

    /// Reports a word that is not among those allowed.
    pub(crate) fn unknown_word(&self, text: &str, words: &[&str]) {
        let message = format!("expected one of {}, found `{text}`", words.join(", "));
        let help = did_you_mean(near(text, words.iter().copied()));
        self.report(Code::UnknownWord, message, help);
    }
}

/// An object with its keys, each of them once.
pub(crate) struct Object<'a> {
    pub(crate) node: Node<'a>,
    pub(crate) entries: Vec<(String, Node<'a>)>,
}

impl<'a> Object<'a> {
    pub(crate) fn get(&self, key: &str) -> Option<&Node<'a>> {
        self.entries.iter().find(|(k, _)| k == key).map(|(_, node)| node)
    }

    /// The value of a key that has to be there.
    pub(crate) fn required(&self, key: &str) -> Option<&Node<'a>> {
        let node = self.get(key);
        if node.is_none() {
            self.node
                .report(Code::MissingKey, format!("the key `{key}` is missing"), None);
        }
        node
    }
}

/// The path of a key below a path.
pub(crate) fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

/// The candidate that a mistyped word most likely meant.
#[must_use]
pub fn near<'w>(word: &str, candidates: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::normalized_damerau_levenshtein(&word, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate)
}

/// The help that names a near match, if there is one.
pub(crate) fn did_you_mean(near: Option<&str>) -> Option<String> {
    near.map(|near| format!("did you mean `{near}`?"))
}
