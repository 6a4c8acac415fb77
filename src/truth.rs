//! Three-valued logic (Kleene's strong tables): true, false, unknown.

use std::ops::Not;

/// The value of a condition over facts of which some may be unknown.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Truth {
    /// Holds whatever the unknown facts are.
    True,
    /// Fails whatever the unknown facts are.
    False,
    /// Depends on a fact that is not known.
    Unknown,
}

impl Truth {
    /// Conjunction: one false member decides, whatever is unknown.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            _ => Self::Unknown,
        }
    }

    /// Disjunction: one true member decides, whatever is unknown.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        !(!self).and(!other)
    }

    /// Whether this may still turn out true.
    #[must_use]
    pub fn is_possible(self) -> bool {
        self != Self::False
    }

    /// `true`, `false` or `unknown`, as written in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::True => "true",
            Self::False => "false",
            Self::Unknown => "unknown",
        }
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{False, True, Unknown};

    #[test]
    fn an_unknown_member_is_decided_only_by_the_other() {
        assert_eq!(Unknown.and(False), False);
        assert_eq!(Unknown.and(True), Unknown);
        assert_eq!(Unknown.or(True), True);
        assert_eq!(Unknown.or(False), Unknown);
        assert_eq!(!Unknown, Unknown);
    }
}
