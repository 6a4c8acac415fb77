//! What a regime says of a movement, in order of severity.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A definite answer of a regime. The order is severity: a later one is worse.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The regime does not apply to the movement.
    OutOfScope,
    /// It applies, but this is no cross-border transfer in its sense.
    NotATransfer,
    /// A cross-border transfer that the regime itself frees from a mechanism.
    Exempt,
    /// A mechanism whose gates and requirements are all met.
    Covered,
    /// Gates met, requirements open.
    Incomplete,
    /// No mechanism, or only void ones.
    NonExempt,
}

impl Outcome {
    /// Every outcome, mildest first.
    pub const ALL: [Self; 6] = [
        Self::OutOfScope,
        Self::NotATransfer,
        Self::Exempt,
        Self::Covered,
        Self::Incomplete,
        Self::NonExempt,
    ];

    /// The words used in files and reports, mildest first.
    pub const WORDS: &'static [&'static str] = &[
        "out_of_scope",
        "not_a_transfer",
        "exempt",
        "covered",
        "incomplete",
        "non_exempt",
    ];

    /// The word used in files and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OutOfScope => "out_of_scope",
            Self::NotATransfer => "not_a_transfer",
            Self::Exempt => "exempt",
            Self::Covered => "covered",
            Self::Incomplete => "incomplete",
            Self::NonExempt => "non_exempt",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Outcome {
    type Err = NotAnOutcome;

    /// # Errors
    /// If the word names no outcome.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|outcome| outcome.as_str() == word)
            .ok_or(NotAnOutcome)
    }
}

/// The word names no outcome.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not an outcome")]
pub struct NotAnOutcome;

/// The outcomes that the facts given still allow. Never empty once judged.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Outcomes(u8);

impl Outcomes {
    /// No outcome yet.
    pub const NONE: Self = Self(0);

    /// The outcomes whose bit is set, the mildest being the lowest.
    pub(crate) fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// Adds an outcome.
    #[must_use]
    pub fn with(self, outcome: Outcome) -> Self {
        Self(self.0 | 1 << outcome as u8)
    }

    /// The outcomes of either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether an outcome is still possible.
    #[must_use]
    pub fn allows(self, outcome: Outcome) -> bool {
        self.0 & 1 << outcome as u8 != 0
    }

    /// The outcomes, mildest first.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = Outcome> {
        Outcome::ALL.into_iter().filter(move |outcome| self.allows(*outcome))
    }

    /// The mildest and the worst outcome still possible.
    #[must_use]
    pub fn range(self) -> Option<(Outcome, Outcome)> {
        Some((self.iter().next()?, self.iter().next_back()?))
    }

    /// What is said of the movement: a firm outcome, or that it is undetermined.
    ///
    /// A movement that is exempt or covered, we cannot say which, is covered: a mechanism that serves serves either way.
    #[must_use]
    pub fn headline(self) -> Headline {
        match self.range() {
            Some((best, worst)) if best == worst => Headline::Firm(worst),
            Some((Outcome::Exempt, Outcome::Covered)) => Headline::Firm(Outcome::Covered),
            _ => Headline::Undetermined,
        }
    }
}

impl FromIterator<Outcome> for Outcomes {
    fn from_iter<I: IntoIterator<Item = Outcome>>(outcomes: I) -> Self {
        outcomes.into_iter().fold(Self::NONE, Self::with)
    }
}

/// The answer as reported.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Headline {
    /// The facts given allow one answer only.
    Firm(Outcome),
    /// The facts given allow more than one.
    Undetermined,
}

impl Headline {
    /// The word used in files and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Firm(outcome) => outcome.as_str(),
            Self::Undetermined => "undetermined",
        }
    }
}

impl fmt::Display for Headline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Headline {
    /// The words used in files and reports.
    pub const WORDS: &'static [&'static str] = &[
        "out_of_scope",
        "not_a_transfer",
        "exempt",
        "covered",
        "incomplete",
        "non_exempt",
        "undetermined",
    ];
}

impl FromStr for Headline {
    type Err = NotAnOutcome;

    /// # Errors
    /// If the word is none of an answer.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        if word == Self::Undetermined.as_str() {
            return Ok(Self::Undetermined);
        }
        word.parse().map(Self::Firm)
    }
}

impl<'de> Deserialize<'de> for Headline {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let unknown = |_| serde::de::Error::unknown_variant(&word, Self::WORDS);
        word.parse().map_err(unknown)
    }
}

impl Serialize for Headline {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_worsen_in_the_order_of_the_table() {
        assert!(Outcome::ALL.is_sorted());
        assert!(Outcome::ALL.iter().all(|o| o.as_str().parse() == Ok(*o)));
        assert_eq!(Outcome::ALL.map(Outcome::as_str), Outcome::WORDS);
        let headlines = Headline::WORDS.iter().map(|word| word.parse().map(Headline::as_str));
        assert!(headlines.eq(Headline::WORDS.iter().map(|word| Ok(*word))));
        assert_eq!(Headline::WORDS.len(), Outcome::WORDS.len() + 1);
    }

    #[test]
    fn two_possible_answers_are_undetermined_unless_a_mechanism_serves_either_way() {
        let both = |a, b| Outcomes::NONE.with(a).with(b).headline();
        assert_eq!(
            both(Outcome::Exempt, Outcome::Covered),
            Headline::Firm(Outcome::Covered)
        );
        assert_eq!(both(Outcome::Exempt, Outcome::NonExempt), Headline::Undetermined);
        assert_eq!(
            both(Outcome::Covered, Outcome::Covered),
            Headline::Firm(Outcome::Covered)
        );
    }
}
