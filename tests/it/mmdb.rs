//! Writes small databases in the MaxMind format, also broken ones.

use std::net::IpAddr;

use serde_json::{Value, json};

/// What is to be written.
pub(crate) struct Mmdb {
    /// Networks with their records; of two that overlap, the later one counts where they do.
    pub(crate) records: Vec<(&'static str, Value)>,
    /// 24, 28 or 32.
    pub(crate) record_size: u16,
    /// 4 or 6; IPv4 networks stand under `::/96` of 6.
    pub(crate) ip_version: u16,
    /// In place of what the metadata would say.
    pub(crate) metadata: Value,
}

/// A branch of the search tree: nothing, another node, or a record.
#[derive(Clone, Copy)]
enum Branch {
    Nothing,
    Node(usize),
    Record(usize),
}

impl Mmdb {
    pub(crate) fn new(records: &[(&'static str, Value)]) -> Self {
        Self {
            records: records.to_vec(),
            record_size: 28,
            ip_version: 6,
            metadata: json!({}),
        }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut nodes = vec![[Branch::Nothing; 2]];
        let mut data = Vec::new();
        for (network, record) in &self.records {
            let at = data.len();
            encode(record, &mut data);
            self.place(network, at, &mut nodes);
        }
        let mut bytes = Vec::new();
        let target = |branch: Branch| match branch {
            Branch::Nothing => nodes.len(),
            Branch::Node(node) => node,
            Branch::Record(at) => nodes.len() + 16 + at,
        };
        for [left, right] in &nodes {
            let (left, right) = (target(*left) as u32, target(*right) as u32);
            match self.record_size {
                24 => bytes.extend([&left.to_be_bytes()[1..], &right.to_be_bytes()[1..]].concat()),
                28 => {
                    bytes.extend(&left.to_be_bytes()[1..]);
                    bytes.push((left >> 24 << 4 | right >> 24) as u8);
                    bytes.extend(&right.to_be_bytes()[1..]);
                }
                _ => bytes.extend([left.to_be_bytes(), right.to_be_bytes()].concat()),
            }
        }
        bytes.extend([0; 16]);
        bytes.extend(data);
        bytes.extend(b"\xAB\xCD\xEFMaxMind.com");
        let mut metadata = json!({
            "binary_format_major_version": 2, "binary_format_minor_version": 0, "build_epoch": number(9, 1_781_740_800),
            "database_type": "Test", "description": { "en": "made by a test" }, "ip_version": self.ip_version,
            "languages": [], "node_count": number(6, nodes.len() as u64), "record_size": self.record_size,
        });
        for (key, value) in self.metadata.as_object().unwrap() {
            metadata[key] = value.clone();
        }
        encode(&metadata, &mut bytes);
        bytes
    }

    /// Hangs a record into the tree.
    fn place(&self, network: &str, at: usize, nodes: &mut Vec<[Branch; 2]>) {
        let (address, prefix) = network.split_once('/').unwrap();
        let prefix: usize = prefix.parse().unwrap();
        let (bits, length) = match address.parse().unwrap() {
            IpAddr::V4(v4) if self.ip_version == 4 => (u128::from(u32::from(v4)) << 96, prefix),
            IpAddr::V4(v4) => (u128::from(u32::from(v4)), prefix + 96),
            IpAddr::V6(v6) => (u128::from(v6), prefix),
        };
        let mut node = 0;
        for depth in 0..length {
            let side = (bits >> (127 - depth) & 1) as usize;
            if depth + 1 == length {
                nodes[node][side] = Branch::Record(at);
                return;
            }
            node = match nodes[node][side] {
                Branch::Node(next) => next,
                leaf => {
                    nodes.push([leaf; 2]);
                    nodes[node][side] = Branch::Node(nodes.len() - 1);
                    nodes.len() - 1
                }
            };
        }
    }
}

/// The control bytes: the type, and how many bytes or members follow.
pub(crate) fn control(kind: u8, size: usize, bytes: &mut Vec<u8>) {
    let (low, more) = match size {
        0..=28 => (size as u8, Vec::new()),
        29..=284 => (29, vec![(size - 29) as u8]),
        285..=65_820 => (30, ((size - 285) as u16).to_be_bytes().to_vec()),
        _ => (31, ((size - 65_821) as u32).to_be_bytes()[1..].to_vec()),
    };
    if kind > 7 {
        bytes.extend([low, kind - 7]);
    } else {
        bytes.push(kind << 5 | low);
    }
    bytes.extend(more);
}

/// A number of a certain type: 5, 6 and 9 for 16, 32 and 64 bits.
pub(crate) fn number(kind: u8, number: u64) -> Value {
    let mut bytes = Vec::new();
    let digits: Vec<u8> = number.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
    control(kind, digits.len(), &mut bytes);
    raw(&[bytes, digits].concat())
}

/// Bytes that are written as they are.
pub(crate) fn raw(bytes: &[u8]) -> Value {
    Value::from(
        bytes
            .iter()
            .fold("!".to_owned(), |text, byte| format!("{text}{byte:02x}")),
    )
}

/// A value in the data section's encoding. A text `*9` is a pointer to byte 9 of the section, what [`raw`] gives is
/// written as it is.
pub(crate) fn encode(value: &Value, bytes: &mut Vec<u8>) {
    match value {
        Value::Null => {}
        Value::Bool(is) => control(14, usize::from(*is), bytes),
        Value::Number(found) => {
            let found = found.as_u64().unwrap();
            let kind = match found {
                0..=0xFFFF => 5,
                0x1_0000..=0xFFFF_FFFF => 6,
                _ => 9,
            };
            encode(&number(kind, found), bytes);
        }
        Value::String(text) if text.starts_with('*') => {
            bytes.push(1 << 5 | 3 << 3);
            bytes.extend(text[1..].parse::<u32>().unwrap().to_be_bytes());
        }
        Value::String(text) if text.starts_with('!') => {
            let hex = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
            bytes.extend((1..text.len()).step_by(2).map(hex));
        }
        Value::String(text) => {
            control(2, text.len(), bytes);
            bytes.extend(text.as_bytes());
        }
        Value::Array(items) => {
            control(11, items.len(), bytes);
            items.iter().for_each(|item| encode(item, bytes));
        }
        Value::Object(entries) => {
            control(7, entries.len(), bytes);
            for (key, item) in entries {
                encode(&Value::from(key.as_str()), bytes);
                encode(item, bytes);
            }
        }
    }
}
