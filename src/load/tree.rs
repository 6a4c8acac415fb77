//! A document as written: objects with every key in order, lists, scalars. The only user of the YAML and JSON parsers.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Position, Severity};
use crate::load::position;
use crate::load::source::Source;

/// One value of a document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    Null,
    Bool(bool),
    Integer(i128),
    Float(f64),
    Text(String),
    List(Vec<Tree>),
    /// Keys as written, twice if written twice. A key that is no text is null.
    Object(Vec<(Option<String>, Tree)>),
}

impl Tree {
    /// Reads a document of either format.
    pub(crate) fn parse(source: &Source) -> Result<Self, Diagnostics> {
        let text = source.text();
        let json = text.trim_start().starts_with(['{', '[']);
        if json {
            let mut document = serde_json::Deserializer::from_str(text);
            let tree = Budget::of(text).deserialize(&mut document);
            match tree.and_then(|tree| document.end().map(|()| tree)) {
                Ok(tree) => return Ok(tree),
                // A YAML flow mapping starts like JSON, but no file that ends like JSON is meant as YAML.
                Err(error) if source.name().ends_with(".json") || error.is_eof() => {
                    let at = Position {
                        line: u32::try_from(error.line()).unwrap_or(u32::MAX),
                        column: u32::try_from(error.column()).unwrap_or(u32::MAX),
                    };
                    return Err(syntax(source, Some(at), &format!("not valid JSON: {error}")));
                }
                Err(_) => {}
            }
        }
        if perhaps_open_at_once(text) > DEEPEST && !position::stays_within(text, DEEPEST) {
            let message = format!("not valid YAML, or more than {DEEPEST} objects and lists inside each other");
            return Err(syntax(source, None, &message));
        }
        let tree = Budget::of(text).deserialize(serde_yaml::Deserializer::from_str(text));
        tree.map_err(|error| {
            let at = error.location().map(|location| Position {
                line: u32::try_from(location.line()).unwrap_or(u32::MAX),
                column: u32::try_from(location.column()).unwrap_or(u32::MAX),
            });
            syntax(source, at, &format!("not valid YAML: {error}"))
        })
    }

    /// The value of a key of an object.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        let mut entries = self.entries().iter();
        entries.find(|(k, _)| k.as_deref() == Some(key)).map(|(_, tree)| tree)
    }

    /// The value of a key of an object, which this becomes if it is none, and gets if it has none.
    pub(crate) fn entry(&mut self, key: &str) -> &mut Self {
        if !matches!(self, Self::Object(_)) {
            *self = Self::Object(Vec::new());
        }
        let Self::Object(entries) = self else {
            return self;
        };
        let found = entries.iter().position(|(k, _)| k.as_deref() == Some(key));
        let at = found.unwrap_or_else(|| {
            entries.push((Some(key.to_owned()), Self::Null));
            entries.len() - 1
        });
        &mut entries[at].1
    }

    /// The entries of an object.
    pub(crate) fn entries(&self) -> &[(Option<String>, Self)] {
        match self {
            Self::Object(entries) => entries,
            _ => &[],
        }
    }

    /// The entries of an object whose keys are text.
    pub(crate) fn named(&self) -> impl Iterator<Item = (&str, &Self)> {
        let entries = self.entries().iter();
        entries.filter_map(|(key, tree)| Some((key.as_deref()?, tree)))
    }

    /// The items of a list.
    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is an item of a list that goes by this id.
    pub(crate) fn has_id(&self, id: &str) -> bool {
        self.get("id").and_then(Self::text) == Some(id)
    }

    /// Whether nothing is known: left empty, or the word `unknown`.
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self, Self::Null) || self.text() == Some("unknown")
    }

    /// The value in words, for error messages.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Null => "nothing".to_owned(),
            Self::Bool(value) => format!("`{value}`"),
            Self::Integer(number) => format!("the number `{number}`"),
            Self::Float(number) => format!("the number `{number}`"),
            Self::Text(text) if text.chars().count() > 40 => {
                format!("`{}…`", text.chars().take(40).collect::<String>())
            }
            Self::Text(text) => format!("`{text}`"),
            Self::List(_) => "a list".to_owned(),
            Self::Object(_) => "an object".to_owned(),
        }
    }
}

/// The document as YAML.
pub(super) fn to_yaml(tree: &Tree) -> String {
    // INVARIANT: a tree has only values and keys that YAML has.
    serde_yaml::to_string(tree).unwrap_or_default()
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Integer(number) => match (i64::try_from(*number), u64::try_from(*number)) {
                (Ok(number), _) => serializer.serialize_i64(number),
                (_, Ok(number)) => serializer.serialize_u64(number),
                _ => serializer.serialize_i128(*number),
            },
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(_) => serializer.collect_map(self.named()),
        }
    }
}

fn syntax(source: &Source, position: Option<Position>, message: &str) -> Diagnostics {
    Diagnostics::from_iter([Diagnostic {
        code: Code::Syntax,
        severity: Severity::Error,
        file: source.name().to_owned(),
        position,
        path: String::new(),
        message: message.to_owned(),
        help: None,
    }])
}

/// The YAML parser looks at every open bracket for every word, and only afterwards refuses what is too deep.
const DEEPEST: usize = 128;

/// At least as many brackets as are ever open at once, told without parsing.
///
/// A closing bracket counts only if its opening one stands in the same line with neither quotation mark nor comment
/// between them: it might be text otherwise.
fn perhaps_open_at_once(text: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0_usize);
    for line in text.lines() {
        let mut closable = 0_usize;
        for byte in line.bytes() {
            match byte {
                b'[' | b'{' => {
                    (open, closable) = (open + 1, closable + 1);
                    most = most.max(open);
                }
                b']' | b'}' if closable > 0 => (open, closable) = (open - 1, closable - 1),
                b'"' | b'\'' | b'#' => closable = 0,
                _ => {}
            }
        }
    }
    most
}

/// How much a document may still unfold to: an alias in YAML repeats what may be large.
struct Budget {
    left: Cell<usize>,
}

impl Budget {
    /// Enough for every text without aliases, and for those that aliases make several times as large.
    fn of(text: &str) -> Self {
        Self {
            left: Cell::new(text.len().saturating_mul(16).saturating_add(65_536)),
        }
    }

    fn take<E: Error>(&self, size: usize) -> Result<(), E> {
        let left = self.left.get().checked_sub(size.saturating_add(1));
        self.left
            .set(left.ok_or_else(|| E::custom("its aliases unfold to many times the size of the file"))?);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for &Budget {
    type Value = Tree;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        self.take(0)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &Budget {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value without a tag")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Integer(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Integer(value.into()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Tree, E> {
        Ok(Tree::Integer(value))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Tree, E> {
        Ok(Tree::Integer(i128::try_from(value).unwrap_or(i128::MAX)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Float(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Tree, E> {
        self.take(value.len())?;
        Ok(Tree::Text(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Tree, E> {
        self.take(value.len())?;
        Ok(Tree::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Tree, A::Error> {
        let mut object = Vec::new();
        while let Some((key, value)) = entries.next_entry_seed(self, self)? {
            let key = match key {
                Tree::Text(text) => Some(text),
                Tree::Integer(number) => Some(number.to_string()),
                _ => None,
            };
            object.push((key, value));
        }
        Ok(Tree::Object(object))
    }
}
