//! Which field of a line holds what, and the values of the fields that matter.

use std::borrow::Cow;

use crate::observe::record::{Names, Record, Slot, Value};
use crate::observe::summary::Malformed;

/// What each field of a line is to a record.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout(Vec<Option<Slot>>);

impl Layout {
    /// The layout under these names of fields.
    pub(super) fn of<'n>(fields: impl Iterator<Item = &'n [u8]>, names: Names) -> Self {
        let slot = |field: &[u8]| {
            names
                .iter()
                .find(|(name, _)| name.as_bytes() == field)
                .map(|(_, slot)| *slot)
        };
        Self(fields.map(slot).collect())
    }

    /// A layout of so many fields, of which some have been found.
    pub(super) fn with(fields: usize, found: &[(usize, Slot)]) -> Self {
        let slot = |at: usize| found.iter().find(|(place, _)| *place == at).map(|(_, slot)| *slot);
        Self((0..fields).map(slot).collect())
    }

    pub(super) fn has(&self, slot: Slot) -> bool {
        self.0.contains(&Some(slot))
    }

    /// The record of the fields of a line, of which there are as many as names; some texts mean that there is nothing.
    pub(super) fn record<'a>(
        &self,
        line: &[u8],
        fields: impl Iterator<Item = &'a [u8]>,
        is_nothing: impl Fn(&[u8]) -> bool,
    ) -> Result<Record<'a>, Malformed> {
        let mut record = Record::default();
        let mut count = 0;
        for field in fields {
            if let Some(Some(slot)) = self.0.get(count)
                && !is_nothing(field)
            {
                record.set(*slot, Value::Text(Cow::Borrowed(field)));
            }
            count += 1;
        }
        if count == self.0.len() {
            return Ok(record);
        }
        let plural = if count == 1 { "" } else { "s" };
        let found = format!("{count} field{plural}: `{}`", super::summary::shown(line));
        Err(Malformed::because(
            found,
            format!("{} fields, as the header has them", self.0.len()),
        ))
    }
}

/// The fields of a line, between separators of one byte.
pub(super) fn split(line: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let ends = memchr::memchr_iter(separator, line).chain(std::iter::once(line.len()));
    ends.scan(0, move |start, end| {
        let field = line.get(*start..end);
        *start = end + 1;
        field
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_there_also_empty_ones() {
        for (line, fields) in [
            ("a\tb", vec!["a", "b"]),
            ("", vec![""]),
            ("\t", vec!["", ""]),
            ("a\t\tb\t", vec!["a", "", "b", ""]),
        ] {
            let found: Vec<&[u8]> = split(line.as_bytes(), b'\t').collect();
            assert_eq!(found, fields.iter().map(|field| field.as_bytes()).collect::<Vec<_>>());
        }
    }
}
