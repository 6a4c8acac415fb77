//! Where each value of a YAML or JSON text stands, by its path in the document.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use saphyr_parser::{Event, Marker, Parser};

use crate::diagnostic::Position;

/// Beyond this depth no position is kept; the reader of the document has long refused it.
const DEEPEST: usize = 200;

/// The key under which the position of a value is kept.
pub(super) fn of_value(path: &str) -> u64 {
    hash(path, false)
}

/// The key under which the position of an object's key is kept.
pub(super) fn of_key(path: &str) -> u64 {
    hash(path, true)
}

fn hash(path: &str, key: bool) -> u64 {
    let mut hasher = DefaultHasher::new();
    (path, key).hash(&mut hasher);
    hasher.finish()
}

/// Positions of every value and key, as far as the text can be read.
pub(super) fn index(text: &str) -> HashMap<u64, Position> {
    let mut positions = HashMap::new();
    let mut open: Vec<Open> = Vec::new();
    let mut path = String::new();
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else { break };
        let at = position(span.start);
        match &event {
            Event::Scalar(scalar, ..) if expects_key(&open) => {
                enter_key(&mut open, &mut path, scalar);
                positions.insert(of_key(&path), at);
            }
            Event::Alias(_) if expects_key(&open) => enter_key(&mut open, &mut path, "*"),
            Event::Scalar(..) | Event::Alias(_) => {
                enter_item(&mut open, &mut path);
                positions.insert(of_value(&path), at);
                leave(&mut open, &mut path);
            }
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                if open.len() >= DEEPEST {
                    break;
                }
                if expects_key(&open) {
                    enter_key(&mut open, &mut path, "?");
                }
                enter_item(&mut open, &mut path);
                positions.insert(of_value(&path), at);
                let next = match event {
                    Event::SequenceStart(..) => Next::Item(0),
                    _ => Next::Key,
                };
                open.push(Open { base: path.len(), next });
            }
            Event::MappingEnd | Event::SequenceEnd => {
                open.pop();
                leave(&mut open, &mut path);
            }
            _ => {}
        }
    }
    positions
}

/// Whether a text can be read without going deeper than this; stops reading where it goes deeper.
pub(super) fn stays_within(text: &str, deepest: usize) -> bool {
    let mut depth = 0_usize;
    for event in Parser::new_from_str(text) {
        match event {
            Ok((Event::MappingStart(..) | Event::SequenceStart(..), _)) => depth += 1,
            Ok((Event::MappingEnd | Event::SequenceEnd, _)) => depth = depth.saturating_sub(1),
            Ok(_) => {}
            Err(_) => return false,
        }
        if depth > deepest {
            return false;
        }
    }
    true
}

struct Open {
    /// Length of the path of the collection itself.
    base: usize,
    next: Next,
}

enum Next {
    Key,
    Value,
    Item(usize),
}

fn expects_key(open: &[Open]) -> bool {
    matches!(open.last(), Some(Open { next: Next::Key, .. }))
}

fn enter_key(open: &mut [Open], path: &mut String, key: &str) {
    if let Some(last) = open.last_mut() {
        last.next = Next::Value;
        path.truncate(last.base);
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(key);
    }
}

fn enter_item(open: &mut [Open], path: &mut String) {
    if let Some(Open {
        base,
        next: Next::Item(index),
    }) = open.last_mut()
    {
        path.truncate(*base);
        path.push_str(&format!("[{index}]"));
        *index += 1;
    }
}

fn leave(open: &mut [Open], path: &mut String) {
    if let Some(last) = open.last_mut() {
        path.truncate(last.base);
        if matches!(last.next, Next::Value) {
            last.next = Next::Key;
        }
    }
}

fn position(marker: Marker) -> Position {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Position {
        line: number(marker.line()),
        column: number(marker.col() + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_find_keys_items_and_nested_values() {
        let text = "資料:\n  甲: {乙: 1, 丙: [x, y]}\nflows:\n- {from: a}\n- to: b\n";
        let all = index(text);
        let value = |path: &str| all.get(&of_value(path)).map(|p| (p.line, p.column));
        assert_eq!(value("資料.甲.丙[1]"), Some((2, 20)));
        assert_eq!(value("flows[1].to"), Some((5, 7)));
        assert_eq!(all.get(&of_key("資料.甲.乙")).map(|p| (p.line, p.column)), Some((2, 7)));
    }

    #[test]
    fn json_has_positions_too() {
        let all = index("{\n\t\"flows\": {\"sync\": {\"from\": \"a\"}}\n}");
        assert_eq!(all.get(&of_value("flows.sync.from")).map(|p| p.line), Some(2));
    }
}
