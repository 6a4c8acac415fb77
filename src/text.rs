//! Texts in several languages, by BCP 47 tag.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

const DEFAULT: &str = "en";

/// A text with its translations.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Text(BTreeMap<String, String>);

impl Text {
    /// A text in English.
    #[must_use]
    pub fn english(text: impl Into<String>) -> Self {
        Self(BTreeMap::from([(DEFAULT.to_owned(), text.into())]))
    }

    /// The text in a language, in English if there is no translation, in any language if there is no English.
    #[must_use]
    pub fn in_language(&self, tag: &str) -> &str {
        self.0
            .get(tag)
            .or_else(|| self.0.get(DEFAULT))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }

    /// The text in every language, by tag.
    pub fn translations(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(tag, text)| (tag.as_str(), text.as_str()))
    }

    /// Whether there is no text in any language.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.values().all(String::is_empty)
    }
}

impl FromIterator<(String, String)> for Text {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(translations: I) -> Self {
        Self(translations.into_iter().collect())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.in_language(DEFAULT))
    }
}
