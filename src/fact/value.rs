//! Values of facts: known, unknown, or one of several.

use std::collections::BTreeSet;

use crate::date::Date;
use crate::place::Place;

/// What a map says, or what follows from it, of one fact.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub enum Value {
    /// Not known.
    #[default]
    Unknown,
    /// Not known, and nothing may be presumed: it is said not to be known, or only a part of it is said.
    Open,
    /// A date that is known never to have happened.
    Never,
    /// Yes or no.
    Bool(bool),
    /// Exactly one of these words; several where it is not known which.
    Word(BTreeSet<String>),
    /// A set of words.
    Words(SetValue<String>),
    /// A set of places, never empty.
    Places(SetValue<Place>),
    /// A number between two bounds, both included; no upper bound where there is none.
    Count {
        /// At least so many.
        least: u64,
        /// At most so many.
        most: Option<u64>,
    },
    /// A day.
    Date(Date),
}

/// A set of which some members are certain and others possible.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct SetValue<T: Ord> {
    /// Members for certain.
    pub must: BTreeSet<T>,
    /// Possible members, the certain ones included; `None` where anything may be.
    pub may: Option<BTreeSet<T>>,
}

impl<T: Ord + Clone> SetValue<T> {
    /// A set known completely.
    #[must_use]
    pub fn exactly(members: BTreeSet<T>) -> Self {
        Self {
            may: Some(members.clone()),
            must: members,
        }
    }

    /// A set that is one of two.
    #[must_use]
    pub fn either(&self, other: &Self) -> Self {
        Self {
            must: self.must.intersection(&other.must).cloned().collect(),
            may: match (&self.may, &other.may) {
                (Some(a), Some(b)) => Some(a.union(b).cloned().collect()),
                _ => None,
            },
        }
    }

    /// The members if they are known completely.
    #[must_use]
    pub fn known(&self) -> Option<&BTreeSet<T>> {
        (self.may.as_ref() == Some(&self.must)).then_some(&self.must)
    }
}

impl Value {
    /// One word.
    #[must_use]
    pub fn word(word: &str) -> Self {
        Self::Word(BTreeSet::from([word.to_owned()]))
    }

    /// Places known completely; unknown if there is none.
    #[must_use]
    pub fn places(places: impl IntoIterator<Item = Place>) -> Self {
        let places: BTreeSet<Place> = places.into_iter().collect();
        if places.is_empty() {
            return Self::Unknown;
        }
        Self::Places(SetValue::exactly(places))
    }

    /// A number known exactly.
    #[must_use]
    pub fn count(number: u64) -> Self {
        Self::Count {
            least: number,
            most: Some(number),
        }
    }

    /// A value that is one of two. Where something is said of one of them alone, nothing is known of it, and nothing may
    /// be presumed.
    #[must_use]
    pub fn either(&self, other: &Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a.clone(),
            (Self::Word(a), Self::Word(b)) => Self::Word(a.union(b).cloned().collect()),
            (Self::Words(a), Self::Words(b)) => Self::Words(a.either(b)),
            (Self::Places(a), Self::Places(b)) => Self::Places(a.either(b)),
            (
                Self::Count { least, most },
                Self::Count {
                    least: least_b,
                    most: most_b,
                },
            ) => Self::Count {
                least: *least.min(least_b),
                most: most.zip(*most_b).map(|(a, b)| a.max(b)),
            },
            _ => Self::Open,
        }
    }

    /// Whether nothing is left open.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        match self {
            Self::Unknown | Self::Open => false,
            Self::Never | Self::Bool(_) | Self::Date(_) => true,
            Self::Word(words) => words.len() == 1,
            Self::Words(set) => set.known().is_some(),
            Self::Places(set) => set.known().is_some(),
            Self::Count { least, most } => *most == Some(*least),
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        fn list<T: std::fmt::Display>(items: &BTreeSet<T>, between: &str) -> String {
            let words: Vec<String> = items.iter().map(ToString::to_string).collect();
            words.join(between)
        }
        fn set<T: std::fmt::Display + Ord + Clone>(value: &SetValue<T>) -> String {
            match (value.known(), &value.may) {
                (Some(members), _) if members.is_empty() => "none".to_owned(),
                (Some(members), _) => list(members, ", "),
                (None, Some(may)) if value.must.is_empty() => list(may, " or "),
                (None, Some(may)) => {
                    let maybe = may.difference(&value.must).map(ToString::to_string).collect();
                    format!("{}, perhaps {}", list(&value.must, ", "), list::<String>(&maybe, ", "))
                }
                (None, None) if value.must.is_empty() => "unknown".to_owned(),
                (None, None) => format!("{}, perhaps more", list(&value.must, ", ")),
            }
        }
        match self {
            Self::Unknown | Self::Open => f.write_str("unknown"),
            Self::Never => f.write_str("none"),
            Self::Bool(true) => f.write_str("yes"),
            Self::Bool(false) => f.write_str("no"),
            Self::Word(words) => f.write_str(&list(words, " or ")),
            Self::Words(words) => f.write_str(&set(words)),
            Self::Places(places) => f.write_str(&set(places)),
            Self::Count { least, most: None } => write!(f, "{least} or more"),
            Self::Count {
                least,
                most: Some(most),
            } if least == most => write!(f, "{least}"),
            Self::Count {
                least,
                most: Some(most),
            } => write!(f, "{least} to {most}"),
            Self::Date(date) => date.fmt(f),
        }
    }
}
