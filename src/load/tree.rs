//! A document as written: objects with every key in order, lists, scalars. The only user of the YAML and JSON parsers.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Position, Severity};
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
            match serde_json::from_str(text) {
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
        serde_yaml::from_str(text).map_err(|error| {
            let at = error.location().map(|location| Position {
                line: u32::try_from(location.line()).unwrap_or(u32::MAX),
                column: u32::try_from(location.column()).unwrap_or(u32::MAX),
            });
            syntax(source, at, &format!("not valid YAML: {error}"))
        })
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

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
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

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Tree, E> {
        Ok(Tree::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Tree, A::Error> {
        let mut object = Vec::new();
        while let Some((key, value)) = entries.next_entry::<Tree, Tree>()? {
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
