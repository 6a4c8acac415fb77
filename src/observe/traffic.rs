//! From the values of a record to a row: which side is the server, whose bytes are whose, what a host name may be.

use std::net::IpAddr;

use crate::observe::moment::Moment;
use crate::observe::record::{Record, Slot, Time, Value};
use crate::observe::row::Row;
use crate::observe::summary::Malformed;

/// What a record says about direction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Sight {
    /// The source called the destination; bytes of both ways.
    Call,
    /// Bytes of both ways, but the ports tell who called.
    BothWays,
    /// Bytes from the source to the destination only; the ports tell who called.
    OneWay,
    /// The source called the destination; another record counts the bytes.
    NameOnly,
}

/// Which slots hold the addresses.
pub(super) type Ends = (Slot, Slot);

/// What is found on the way to rows, and the room for the name of the last one.
#[derive(Default)]
pub(super) struct Notes {
    name: String,
    pub(super) bad_times: u64,
    pub(super) bad_names: u64,
}

impl Notes {
    /// The row of a record.
    pub(super) fn row(&mut self, record: &Record<'_>, (from, to): Ends, sight: Sight) -> Result<Row<'_>, Malformed> {
        let source = record.address(from, "source")?;
        let destination = record.address(to, "destination")?;
        let (source_port, port) = ports(record)?;
        let count = record.number(Slot::Count, "a number of connections")?.unwrap_or(1);
        let (bytes, back) = match sight {
            Sight::NameOnly => (Some(0), Some(0)),
            Sight::OneWay => (number_of_bytes(record, Slot::Bytes)?, Some(0)),
            Sight::Call | Sight::BothWays => (
                number_of_bytes(record, Slot::Bytes)?,
                number_of_bytes(record, Slot::BytesBack)?,
            ),
        };
        let by_port = matches!(sight, Sight::OneWay | Sight::BothWays);
        let is_way_back = by_port && matches!((source_port, port), (Some(from), Some(to)) if from < to);
        let connections = match sight {
            Sight::NameOnly => 0,
            Sight::OneWay if is_way_back => 0,
            _ => count,
        };
        let (start, end) = self.times(record);
        // A name is the destination's.
        let has_name = !is_way_back && self.take_name(record.get(Slot::Name));
        let name = has_name.then_some(self.name.as_str());
        let forth = |client: IpAddr, server: IpAddr, server_port, sent, received| Row {
            client,
            server,
            server_port,
            name,
            sent,
            received,
            connections,
            unanswered: sight != Sight::NameOnly && sight != Sight::OneWay && sent == Some(0) && received == Some(0),
            start,
            end,
        };
        Ok(if is_way_back {
            forth(destination, source, source_port, back, bytes)
        } else {
            forth(source, destination, port, bytes, back)
        })
    }

    /// When a record begins and ends.
    fn times(&mut self, record: &Record<'_>) -> (Option<Moment>, Option<Moment>) {
        let mut is_bad = false;
        let mut read = |slot| match record.time(slot) {
            Time::At(moment) => Some(moment),
            Time::Absent => None,
            Time::Bad => {
                is_bad = true;
                None
            }
        };
        let start = read(Slot::Start).or_else(|| read(Slot::Written));
        let end = read(Slot::End);
        self.bad_times += u64::from(is_bad);
        let by_length = || start?.plus_seconds(record.seconds(Slot::Duration)?);
        (start, end.or_else(by_length))
    }

    /// Takes a host name in, in the one spelling that names have here. An address is no name.
    fn take_name(&mut self, value: &Value<'_>) -> bool {
        self.name.clear();
        let text = match value {
            Value::Text(text) if !text.is_empty() => text,
            Value::Absent | Value::Text(_) => return false,
            _ => {
                self.bad_names += 1;
                return false;
            }
        };
        let text = std::str::from_utf8(text).unwrap_or("\0").trim();
        if text.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
            return false;
        }
        // A request says its port where it is not the usual one.
        let host = match text.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => text,
        };
        if host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
            return false;
        }
        let host = host.strip_suffix('.').unwrap_or(host);
        let is_of_label = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        let is_name = host.len() <= 253
            && host
                .split('.')
                .all(|label| !label.is_empty() && label.chars().all(is_of_label));
        if is_name {
            self.name.extend(host.chars().flat_map(char::to_lowercase));
        } else {
            self.bad_names += 1;
        }
        is_name
    }
}

fn number_of_bytes(record: &Record<'_>, slot: Slot) -> Result<Option<u64>, Malformed> {
    record.number(slot, "a number of bytes")
}

/// The ports of a record, none where the protocol has none: ICMP's type and code stand in their place in some logs.
fn ports(record: &Record<'_>) -> Result<(Option<u16>, Option<u16>), Malformed> {
    let has_ports = match record.get(Slot::Protocol) {
        Value::Absent => true,
        Value::Unsigned(number) => matches!(number, 6 | 17 | 33 | 132 | 136),
        Value::Text(text) => {
            let is = |name: &&[u8]| text.eq_ignore_ascii_case(name);
            let names: [&[u8]; 10] = [
                b"tcp", b"6", b"udp", b"17", b"sctp", b"132", b"dccp", b"33", b"udplite", b"136",
            ];
            names.iter().any(is)
        }
        Value::Float(_) | Value::Other => false,
    };
    if !has_ports {
        return Ok((None, None));
    }
    Ok((record.port(Slot::SourcePort)?, record.port(Slot::Port)?))
}

/// Whether a record is of the messages by which a network governs itself: ICMP, ICMPv6, IGMP.
pub(super) fn is_control(record: &Record<'_>) -> bool {
    let numbers = [1, 2, 58];
    match record.get(Slot::Protocol) {
        Value::Unsigned(number) => numbers.contains(number),
        Value::Text(text) => {
            let names: [&[u8]; 8] = [b"icmp", b"1", b"igmp", b"2", b"icmp6", b"icmpv6", b"ipv6-icmp", b"58"];
            names.iter().any(|name| text.eq_ignore_ascii_case(name))
        }
        Value::Absent | Value::Float(_) | Value::Other => false,
    }
}

/// Whether a record is of TCP.
pub(super) fn is_tcp(record: &Record<'_>) -> bool {
    let text = record.text(Slot::Protocol);
    text.eq_ignore_ascii_case(b"tcp") || text == b"6" || *record.get(Slot::Protocol) == Value::Unsigned(6)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    #[test]
    fn a_name_has_one_spelling_and_an_address_is_none() {
        let mut notes = Notes::default();
        let mut name = |text: &'static str| {
            let is_name = notes.take_name(&Value::Text(Cow::Borrowed(text.as_bytes())));
            (
                is_name.then(|| notes.name.clone()),
                std::mem::take(&mut notes.bad_names),
            )
        };
        for (text, expected) in [
            ("Files.Example.ORG.", "files.example.org"),
            ("example.org:8443", "example.org"),
            ("_dmarc.example.org", "_dmarc.example.org"),
            ("Bücher.example", "bücher.example"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(name(text), (Some(expected.to_owned()), 0), "{text}");
        }
        for text in [
            "192.0.2.1",
            "192.0.2.1:80",
            "2001:db8::1",
            "[2001:db8::1]",
            "[2001:db8::1]:443",
            "",
        ] {
            assert_eq!(name(text), (None, 0), "{text}");
        }
        for text in [
            "a b",
            "a\u{1b}[31m",
            "a..b",
            ".",
            "*.example.org",
            "ex\u{202e}ample.org",
            "https://example.org",
        ] {
            assert_eq!(name(text), (None, 1), "{text}");
        }
    }
}
