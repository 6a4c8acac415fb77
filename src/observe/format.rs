//! The formats of logs, and how one is told from another by what stands in it.

use crate::observe::columns::Columns;
use crate::word::words;

words! {
    /// What wrote a log.
    pub enum Format {
        /// Zeek's own text: `#fields` says what stands where. Source: <https://docs.zeek.org/en/master/log-formats.html>.
        Zeek = "zeek",
        /// Zeek's JSON, one object a line.
        ZeekJson = "zeek-json",
        /// Flow logs of a virtual private cloud: fields between spaces, in the default order or under a header line.
        /// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html>.
        Vpc = "vpc",
        /// Suricata's event log, one JSON object a line. Source: <https://docs.suricata.io/en/latest/output/eve/eve-json-format.html>.
        Eve = "eve",
        /// What nfdump prints of NetFlow with `-o csv`. Source: its manual page.
        Nfdump = "nfdump",
        /// Any table with a header line, its columns between commas, semicolons, tabs or bars.
        Csv = "csv",
        /// Any JSON, one object a line.
        Json = "json",
    }
}

words! {
    /// How a log is packed.
    pub enum Compression {
        /// gzip, also several members after one another. Source: RFC 1952.
        Gzip = "gzip",
        /// Zstandard, also several frames after one another. Source: RFC 8878.
        Zstd = "zstd",
    }
}

/// How to read a log.
#[derive(Clone, Debug, Default)]
pub struct How {
    /// The format; without it, the first line that is no comment tells.
    pub format: Option<Format>,
    /// Which columns hold what, where the log does not use a well-known name. For `csv` and `json`.
    pub columns: Columns,
    /// The header line that the log should have and has not: `srcaddr dstaddr bytes`. For `vpc`, `nfdump` and `csv`.
    pub header: Option<String>,
}

impl Format {
    /// The format of which this is a line; `None` if it is of none, or of any: a blank line, a comment.
    ///
    /// A table whose header names nothing known is a `csv` if it has columns at all.
    #[must_use]
    pub fn detect(line: &[u8]) -> Option<Self> {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
        let has = |key: &[u8]| memchr::memmem::find(line, key).is_some();
        match line {
            [b'#', ..] => {
                let keywords: [&[u8]; 5] = [b"#separator ", b"#set_separator", b"#fields", b"#path", b"#types"];
                keywords.iter().any(|key| line.starts_with(key)).then_some(Self::Zeek)
            }
            [b'{', ..] if has(b"\"event_type\"") && has(b"\"timestamp\"") => Some(Self::Eve),
            [b'{', ..] if has(b"\"id.orig_h\"") || has(b"\"orig_h\"") || has(b"\"_path\"") => Some(Self::ZeekJson),
            [b'{', ..] => Some(Self::Json),
            _ if super::vpc::is_record(line) || super::vpc::is_header(line) => Some(Self::Vpc),
            _ if super::nfdump::is_header(line) => Some(Self::Nfdump),
            _ => line
                .iter()
                .any(|byte| super::table::DELIMITERS.contains(byte))
                .then_some(Self::Csv),
        }
    }
}
