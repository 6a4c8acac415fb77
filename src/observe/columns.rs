//! Which column or key of a log without a format of its own holds what.

use std::collections::BTreeMap;

use crate::observe::record::Slot;
use crate::word::words;

words! {
    /// What a column holds.
    pub enum Column {
        /// The address that called, or from which the bytes went.
        Source = "source",
        /// The address that was called, or to which they went.
        Destination = "destination",
        /// The source's port.
        SourcePort = "source_port",
        /// The destination's port.
        Port = "port",
        /// The protocol, by name or number.
        Protocol = "protocol",
        /// Bytes from source to destination.
        Bytes = "bytes",
        /// Bytes from destination to source. Where this column is, the source called the destination.
        BytesBack = "bytes_back",
        /// The destination's host name.
        Name = "name",
        /// When it began: seconds since 1970 or ISO 8601.
        Time = "time",
        /// When it ended.
        End = "end",
        /// For how many connections the record stands.
        Count = "count",
    }
}

impl Column {
    pub(super) fn slot(self) -> Slot {
        match self {
            Self::Source => Slot::Source,
            Self::Destination => Slot::Destination,
            Self::SourcePort => Slot::SourcePort,
            Self::Port => Slot::Port,
            Self::Protocol => Slot::Protocol,
            Self::Bytes => Slot::Bytes,
            Self::BytesBack => Slot::BytesBack,
            Self::Name => Slot::Name,
            Self::Time => Slot::Start,
            Self::End => Slot::End,
            Self::Count => Slot::Count,
        }
    }

    /// The names by which a column is known if nobody says otherwise, the better one first. Case does not count, and blanks
    /// and hyphens are as underscores. Left out is what means different things to different tools.
    #[must_use]
    pub fn well_known(self) -> &'static [&'static str] {
        match self {
            Self::Source => &[
                "src_ip",
                "srcip",
                "src_addr",
                "srcaddr",
                "source.ip",
                "source_ip",
                "source_address",
                "client_ip",
                "client.ip",
                "id.orig_h",
                "saddr",
                "src",
                "source.address",
                "source",
                "client",
            ],
            Self::Destination => &[
                "dst_ip",
                "dstip",
                "dest_ip",
                "dst_addr",
                "dstaddr",
                "destination.ip",
                "destination_ip",
                "destination_address",
                "server_ip",
                "server.ip",
                "id.resp_h",
                "daddr",
                "dst",
                "dest",
                "destination.address",
                "destination",
                "server",
            ],
            Self::SourcePort => &[
                "src_port",
                "srcport",
                "source.port",
                "source_port",
                "client_port",
                "id.orig_p",
                "sport",
            ],
            Self::Port => &[
                "dst_port",
                "dstport",
                "dest_port",
                "destination.port",
                "destination_port",
                "server_port",
                "id.resp_p",
                "dport",
                "port",
            ],
            Self::Protocol => &["protocol", "proto", "network.transport", "ip_protocol"],
            Self::Bytes => &[
                "bytes_sent",
                "sent_bytes",
                "source.bytes",
                "client.bytes",
                "src_bytes",
                "orig_bytes",
                "bytes_toserver",
                "sentbyte",
                "bytes",
            ],
            Self::BytesBack => &[
                "bytes_received",
                "received_bytes",
                "destination.bytes",
                "server.bytes",
                "dst_bytes",
                "resp_bytes",
                "bytes_toclient",
                "rcvdbyte",
                "bytes_back",
            ],
            Self::Name => &[
                "server_name",
                "sni",
                "tls.sni",
                "tls_sni",
                "tls.client.server_name",
                "destination.domain",
                "dest_host",
                "dst_host",
                "destination_host",
                "dest_hostname",
                "dst_hostname",
                "destination_hostname",
                "url.domain",
            ],
            Self::Time => &[
                "@timestamp",
                "timestamp",
                "ts",
                "time",
                "event.start",
                "start_time",
                "start",
                "first_seen",
                "firstseen",
                "datetime",
            ],
            Self::End => &["event.end", "end_time", "end", "last_seen", "lastseen"],
            Self::Count => &["connections", "flows", "sessions", "count"],
        }
    }
}

/// How many columns a table can have.
const MOST: usize = 4096;

/// Columns by what they hold, as somebody has said.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Columns(BTreeMap<Column, String>);

/// What is wrong with columns, all of it, a line each.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct NotColumns(String);

impl Columns {
    /// Columns from texts such as `source=client address`.
    ///
    /// # Errors
    /// If a text has no `=` or no name behind it, or what stands before it is no [`Column`] or stands there twice.
    pub fn from_texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<Self, NotColumns> {
        let mut columns = Self::default();
        let mut wrong = Vec::new();
        for text in texts {
            match text.split_once('=').map(|(role, name)| (role.trim(), name.trim())) {
                Some((role, name)) if !name.is_empty() => match Column::from_word(role) {
                    Some(column) if columns.0.contains_key(&column) => wrong.push(format!("`{role}` is given twice")),
                    Some(column) => drop(columns.0.insert(column, name.to_owned())),
                    None => wrong.push(format!(
                        "`{role}` is not what a column can hold{} (it holds one of {})",
                        or_near(role, Column::WORDS),
                        Column::WORDS.join(", ")
                    )),
                },
                _ => wrong.push(format!("`{text}` is not of the form `source=name of the column`")),
            }
        }
        if wrong.is_empty() {
            Ok(columns)
        } else {
            Err(NotColumns(wrong.join("\n")))
        }
    }

    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name that somebody has given for a column.
    pub(super) fn get(&self, column: Column) -> Option<&str> {
        self.0.get(&column).map(String::as_str)
    }

    /// Finds the columns among the names that a log has; `all` that were named have to be there, or
    /// only those that every record must have.
    ///
    /// # Errors
    /// If a column that was named is not there, or there is none for the source or the destination: what to do about it.
    pub(super) fn find(&self, names: &[&str], all: bool) -> Result<Vec<(usize, Slot)>, String> {
        if names.len() > MOST {
            return Err(format!("{} columns, expected {MOST} at most", names.len()));
        }
        let normal: Vec<String> = names.iter().map(|name| normal(name)).collect();
        let mut found = Vec::new();
        let mut wrong = Vec::new();
        let mut open = Vec::new();
        let has_way_back = self.0.contains_key(&Column::BytesBack) || well_known(Column::BytesBack, &normal).is_some();
        for column in Column::ALL {
            let must = matches!(column, Column::Source | Column::Destination);
            let at = match self.0.get(column) {
                Some(name) => {
                    let at = names.iter().position(|other| *other == name);
                    if at.is_none() && (all || must) {
                        wrong.push(format!("there is no column `{name}`{}", or_near(name, names)));
                    }
                    at
                }
                None => {
                    let at = well_known(*column, &normal);
                    if at.is_none() && must {
                        open.push(column.as_str());
                    }
                    // Beside bytes of one direction, `bytes` may be of both.
                    let doubtful = *column == Column::Bytes && has_way_back;
                    at.filter(|at| !doubtful || normal.get(*at).is_some_and(|name| name != "bytes"))
                }
            };
            found.extend(at.map(|at| (at, column.slot())));
        }
        if !open.is_empty() {
            let texts: Vec<String> = open.iter().map(|role| format!("`{role}=<name>`")).collect();
            wrong.push(format!(
                "which column is the {}? Say {} (`--column`)",
                open.join(", which the "),
                texts.join(" and ")
            ));
        }
        if wrong.is_empty() {
            return Ok(found);
        }
        let shown: Vec<String> = names
            .iter()
            .take(30)
            .map(|name| super::summary::shown(name.as_bytes()))
            .collect();
        let more = if names.len() > shown.len() { ", …" } else { "" };
        Err(format!(
            "{}\n    columns: {}{more}",
            wrong.join("\n    "),
            shown.join(", ")
        ))
    }
}

/// Where a column stands by one of its well-known names, among names in one spelling.
fn well_known(column: Column, names: &[String]) -> Option<usize> {
    let place = |known: &&str| names.iter().position(|name| name == *known);
    column.well_known().iter().find_map(place)
}

fn normal(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-'], "_")
}

/// A near match, as the end of a sentence.
fn or_near(word: &str, candidates: &[&str]) -> String {
    let likeness = |other: &str| strsim::normalized_damerau_levenshtein(&word.to_lowercase(), &other.to_lowercase());
    // Likeness takes time and room by the product of the lengths.
    let short = candidates.iter().filter(|other| other.len() <= 100);
    let near = short.map(|other| (likeness(other), *other));
    let best = near
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)));
    best.map_or_else(String::new, |(_, other)| {
        format!("; did you mean `{}`?", super::summary::shown(other.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_well_known_names() {
        let columns = Columns::default();
        let found = columns.find(
            &["Date", "Source Address", "Destination-IP", "dst_port", "Bytes Sent"],
            true,
        );
        let slots = [
            (1, Slot::Source),
            (2, Slot::Destination),
            (3, Slot::Port),
            (4, Slot::Bytes),
        ];
        assert_eq!(found.unwrap(), slots);
    }

    #[test]
    fn bytes_beside_bytes_of_the_way_back_may_be_of_both_directions() {
        let columns = Columns::default();
        let slots = |names: &[&str]| {
            columns
                .find(names, true)
                .unwrap()
                .into_iter()
                .map(|(_, slot)| slot)
                .collect::<Vec<_>>()
        };
        assert!(slots(&["src", "dst", "bytes"]).contains(&Slot::Bytes));
        assert!(!slots(&["src", "dst", "bytes", "bytes_received"]).contains(&Slot::Bytes));
        assert!(slots(&["src", "dst", "bytes_sent", "bytes_received"]).contains(&Slot::Bytes));
    }

    #[test]
    fn what_is_missing_is_said_all_at_once() {
        let columns = Columns::from_texts(["source=klient", "name=host"]).unwrap();
        let wrong = columns.find(&["client_x", "klients", "peer"], true).unwrap_err();
        for part in [
            "no column `klient`; did you mean `klients`?",
            "no column `host`",
            "`destination=<name>`",
            "columns: client_x, klients, peer",
        ] {
            assert!(wrong.contains(part), "{part}\n{wrong}");
        }
    }

    #[test]
    fn texts_that_name_no_columns_are_refused_together() {
        let wrong = Columns::from_texts(["sourc=a", "port=", "source", "time=t", "time=u"])
            .unwrap_err()
            .to_string();
        assert_eq!(wrong.lines().count(), 4, "{wrong}");
        assert!(
            wrong.contains(
                "`sourc` is not what a column can hold; did you mean `source`? (it holds one of source, destination,"
            ),
            "{wrong}"
        );
    }
}
