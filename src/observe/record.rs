//! A record as it stands in a log: values by what they are to a record, still as written.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::observe::moment::Moment;
use crate::observe::summary::Malformed;

/// What a field is to a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Slot {
    Source,
    Destination,
    /// The addresses within the packet, where the outer ones are of an interface on the way.
    InnerSource,
    InnerDestination,
    SourcePort,
    Port,
    Protocol,
    /// From source to destination.
    Bytes,
    BytesBack,
    PacketsBack,
    Name,
    Start,
    End,
    Duration,
    /// When the record was written.
    Written,
    /// For how many connections it stands.
    Count,
    /// What became of the connection: a state, flags, an action.
    State,
    /// What became of the record itself.
    Status,
    /// What the record is of.
    Kind,
}

const SLOTS: usize = Slot::Kind as usize + 1;

/// The names of a format's fields, and what each is.
pub(super) type Names = &'static [(&'static str, Slot)];

/// A value as it is written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Value<'a> {
    #[default]
    Absent,
    Text(Cow<'a, [u8]>),
    Unsigned(u64),
    Float(f64),
    /// A list, an object, a truth value.
    Other,
}

/// The values of a record.
#[derive(Default)]
pub(super) struct Record<'a>([Value<'a>; SLOTS]);

/// What a time is: not given, given and readable, given and not.
pub(super) enum Time {
    Absent,
    At(Moment),
    Bad,
}

impl<'a> Record<'a> {
    pub(super) fn set(&mut self, slot: Slot, value: Value<'a>) {
        if let Some(place) = self.0.get_mut(slot as usize) {
            *place = value;
        }
    }

    pub(super) fn get(&self, slot: Slot) -> &Value<'a> {
        self.0.get(slot as usize).unwrap_or(&Value::Absent)
    }

    pub(super) fn has(&self, slot: Slot) -> bool {
        *self.get(slot) != Value::Absent
    }

    /// The bytes of a text; nothing for any other value.
    pub(super) fn text(&self, slot: Slot) -> &[u8] {
        match self.get(slot) {
            Value::Text(text) => text,
            _ => &[],
        }
    }

    /// An address, IPv4 in IPv6 as IPv4.
    pub(super) fn address(&self, slot: Slot, what: &str) -> Result<IpAddr, Malformed> {
        let expected = || format!("the address of the {what}");
        let Value::Text(text) = self.get(slot) else {
            return Err(Malformed::because(self.in_words(slot), expected()));
        };
        let address = std::str::from_utf8(text).ok().and_then(address);
        address.ok_or_else(|| Malformed::new(text, expected()))
    }

    /// A port; 0 is none.
    pub(super) fn port(&self, slot: Slot) -> Result<Option<u16>, Malformed> {
        let number = self.number(slot, "a port from 0 to 65535")?;
        let wrong = || Malformed::because(self.in_words(slot), "a port from 0 to 65535");
        let port = number.map(|number| u16::try_from(number).map_err(|_| wrong()));
        Ok(port.transpose()?.filter(|port| *port != 0))
    }

    /// A number of things; one too large for 64 bits is the largest that fits.
    pub(super) fn number(&self, slot: Slot, expected: &str) -> Result<Option<u64>, Malformed> {
        let number = match self.get(slot) {
            Value::Absent => return Ok(None),
            Value::Unsigned(number) => Some(*number),
            // Saturates.
            Value::Float(number) if *number >= 0.0 && number.fract() == 0.0 => Some(*number as u64),
            Value::Text(text) => whole(text),
            Value::Float(_) | Value::Other => None,
        };
        let wrong = || Malformed::because(self.in_words(slot), expected);
        number.map(Some).ok_or_else(wrong)
    }

    pub(super) fn time(&self, slot: Slot) -> Time {
        let moment = match self.get(slot) {
            Value::Absent => return Time::Absent,
            Value::Text(text) => Moment::from_text(text),
            Value::Unsigned(seconds) => seconds.checked_mul(1000).and_then(Moment::from_milliseconds),
            Value::Float(seconds) => Moment::from_seconds(*seconds),
            Value::Other => None,
        };
        moment.map_or(Time::Bad, Time::At)
    }

    /// A length of time in seconds; none if it is unreadable or negative.
    pub(super) fn seconds(&self, slot: Slot) -> Option<f64> {
        let seconds = match self.get(slot) {
            #[allow(clippy::cast_precision_loss, reason = "lengths of connections are small")]
            Value::Unsigned(seconds) => *seconds as f64,
            Value::Float(seconds) => *seconds,
            Value::Text(text) => std::str::from_utf8(text).ok()?.trim().parse().ok()?,
            Value::Absent | Value::Other => return None,
        };
        (seconds >= 0.0).then_some(seconds)
    }

    /// A value for a message.
    fn in_words(&self, slot: Slot) -> String {
        match self.get(slot) {
            Value::Absent => "nothing".to_owned(),
            Value::Text(text) => format!("`{}`", super::summary::shown(text)),
            Value::Unsigned(number) => format!("`{number}`"),
            Value::Float(number) => format!("`{number}`"),
            Value::Other => "a value of another kind".to_owned(),
        }
    }
}

/// An address, with or without the zone of a link.
fn address(text: &str) -> Option<IpAddr> {
    let address: Option<IpAddr> = text.parse().ok();
    let without_zone = || text.split_once('%')?.0.parse().ok();
    address.or_else(without_zone).map(|address| address.to_canonical())
}

/// A whole number, also with a fraction of zeros as some tools write it.
fn whole(text: &[u8]) -> Option<u64> {
    let mut digits = text;
    if let Some(point) = text.iter().position(|byte| *byte == b'.') {
        digits = text.get(..point)?;
        let zeros = text.get(point + 1..)?;
        if zeros.is_empty() || zeros.iter().any(|byte| *byte != b'0') {
            return None;
        }
    }
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        Some(number.saturating_mul(10).saturating_add(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_plain_digits_and_saturate() {
        for (text, number) in [
            ("0", Some(0)),
            ("18446744073709551615", Some(u64::MAX)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("1234.0", Some(1234)),
            ("1234.5", None),
            ("1.", None),
            (".0", None),
            ("-1", None),
            ("+1", None),
            ("1e3", None),
            ("1.4 M", None),
            ("", None),
        ] {
            assert_eq!(whole(text.as_bytes()), number, "{text}");
        }
    }

    #[test]
    fn an_address_has_one_spelling() {
        let ip = |text: &str| address(text).map(|address| address.to_string());
        assert_eq!(ip("::ffff:192.0.2.1").as_deref(), Some("192.0.2.1"));
        assert_eq!(ip("fe80::1%eth0").as_deref(), Some("fe80::1"));
        for text in ["", "192.0.2", "192.0.2.256", "192.0.2.1:80", "%", "example.org"] {
            assert_eq!(ip(text), None, "{text}");
        }
    }
}
