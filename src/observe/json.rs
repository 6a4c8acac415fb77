//! The values of one JSON object that a record needs, without keeping the rest.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::observe::record::{Record, Slot, Value};
use crate::observe::summary::Malformed;

/// Keys by what they are to a record. A dot leads into an object: `source.ip` is also `{"source": {"ip": …}}`.
pub(super) struct Keys(Vec<(String, Slot)>);

/// How deep keys are looked for.
const DEPTH: usize = 4;

impl Keys {
    /// The first 128 keys.
    pub(super) fn new<'n>(names: impl IntoIterator<Item = (&'n str, Slot)>) -> Self {
        Self(
            names
                .into_iter()
                .take(128)
                .map(|(name, slot)| (name.to_owned(), slot))
                .collect(),
        )
    }

    /// The values of an object.
    pub(super) fn read<'a>(&self, line: &'a [u8]) -> Result<Record<'a>, Malformed> {
        let mut record = Record::default();
        let mut seen = 0;
        let mut json = serde_json::Deserializer::from_slice(line);
        let object = Object {
            keys: self,
            path: &mut String::new(),
            depth: 0,
            seen: &mut seen,
            record: &mut record,
        };
        let read = object.deserialize(&mut json).and_then(|()| json.end());
        let wrong = |error: serde_json::Error| Malformed::because(error.to_string(), "one JSON object a line");
        read.map_err(wrong)?;
        Ok(record)
    }
}

/// The keys of an object that lead to a value, for messages and to find columns: at most a hundred.
pub(super) fn keys_of(line: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(line) else {
        return found;
    };
    collect("", &value, &mut found);
    found
}

fn collect(path: &str, value: &serde_json::Value, found: &mut Vec<String>) {
    let Some(object) = value.as_object() else {
        return found.push(path.to_owned());
    };
    for (key, value) in object {
        if found.len() >= 100 {
            return;
        }
        let inside = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        if inside.matches('.').count() < DEPTH {
            collect(&inside, value, found);
        }
    }
}

/// An object on the way to values.
struct Object<'k, 'r, 'a> {
    keys: &'k Keys,
    /// The keys that lead here, with dots between; grows only where a key with a dot starts like this.
    path: &'r mut String,
    depth: usize,
    /// Which keys have been seen, a bit each.
    seen: &'r mut u128,
    record: &'r mut Record<'a>,
}

impl<'a> DeserializeSeed<'a> for Object<'_, '_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        // Within the record anything may stand where an object is looked for; the record itself is one.
        if self.depth == 0 {
            deserializer.deserialize_map(self)
        } else {
            deserializer.deserialize_any(self)
        }
    }
}

impl<'a> Visitor<'a> for Object<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        let length = self.path.len();
        while let Some(found) = map.next_key_seed(Key {
            keys: self.keys,
            path: self.path,
            depth: self.depth,
        })? {
            match found {
                Found::Value(at) => {
                    let bit = 1_u128 << at;
                    if *self.seen & bit != 0 {
                        let name = self.keys.0.get(at).map_or("", |(name, _)| name.as_str());
                        return Err(A::Error::custom(format_args!("`{name}` stands twice")));
                    }
                    *self.seen |= bit;
                    let value = map.next_value_seed(Scalar)?;
                    if let Some((_, slot)) = self.keys.0.get(at)
                        && value != Value::Absent
                    {
                        self.record.set(*slot, value);
                    }
                }
                Found::Path => {
                    map.next_value_seed(Object {
                        keys: self.keys,
                        path: self.path,
                        depth: self.depth + 1,
                        seen: self.seen,
                        record: self.record,
                    })?;
                    self.path.truncate(length);
                }
                Found::Nothing => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
}

/// What a key is.
enum Found {
    /// A value that is looked for: which.
    Value(usize),
    /// The way to one; the path has grown by it.
    Path,
    Nothing,
}

/// A key, read without keeping it.
struct Key<'k, 'r> {
    keys: &'k Keys,
    path: &'r mut String,
    depth: usize,
}

impl<'a> DeserializeSeed<'a> for Key<'_, '_> {
    type Value = Found;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Found, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_, '_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Found, E> {
        // Whether a name goes on as the path, and with what.
        let rest = |name: &'_ str| -> Option<usize> {
            let start = match self.path.len() {
                0 => 0,
                length => (name.starts_with(self.path.as_str()) && name.as_bytes().get(length) == Some(&b'.'))
                    .then_some(length + 1)?,
            };
            name.get(start..)?.starts_with(key).then_some(start + key.len())
        };
        let mut leads = false;
        for (at, (name, _)) in self.keys.0.iter().enumerate() {
            let Some(end) = rest(name) else { continue };
            if end == name.len() {
                return Ok(Found::Value(at));
            }
            leads |= name.as_bytes().get(end) == Some(&b'.');
        }
        if !leads || self.depth + 1 >= DEPTH {
            return Ok(Found::Nothing);
        }
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(key);
        Ok(Found::Path)
    }
}

/// One value.
struct Scalar;

impl<'a> DeserializeSeed<'a> for Scalar {
    type Value = Value<'a>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Value<'a>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Scalar {
    type Value = Value<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<Value<'a>, E> {
        Ok(Value::Text(Cow::Borrowed(text.as_bytes())))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value<'a>, E> {
        Ok(Value::Text(Cow::Owned(text.as_bytes().to_vec())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value<'a>, E> {
        Ok(Value::Unsigned(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value<'a>, E> {
        // Negative, or it would be unsigned.
        #[allow(clippy::cast_precision_loss, reason = "only its sign and rough size are looked at")]
        Ok(Value::Float(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value<'a>, E> {
        Ok(Value::Float(number))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Value<'a>, E> {
        Ok(Value::Other)
    }

    fn visit_unit<E>(self) -> Result<Value<'a>, E> {
        Ok(Value::Absent)
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut list: A) -> Result<Value<'a>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Value<'a>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::new([
            ("source.ip", Slot::Source),
            ("destination.ip", Slot::Destination),
            ("flow.a.b", Slot::Bytes),
            ("ts", Slot::Start),
        ])
    }

    fn text(record: &Record<'_>, slot: Slot) -> String {
        String::from_utf8(record.text(slot).to_vec()).unwrap()
    }

    #[test]
    fn a_dotted_key_is_also_a_path() {
        for line in [
            r#"{"source":{"ip":"192.0.2.1","x":{"ip":"no"}},"destination.ip":"192.0.2.2","flow":{"a":{"b":7}}}"#,
            r#"{"flow":{"a.b":7},"destination":{"ip":"192.0.2.2"},"source.ip":"192.0.2.1","ip":"no"}"#,
            r#"{"flow":{"a":"no"},"flow.a":{"b":7},"destination":{"i\u0070":"192.0.2\u002e2"},"source.ip":"192.0.2.1"}"#,
        ] {
            let record = keys().read(line.as_bytes()).unwrap();
            assert_eq!(text(&record, Slot::Source), "192.0.2.1", "{line}");
            assert_eq!(text(&record, Slot::Destination), "192.0.2.2", "{line}");
            assert_eq!(*record.get(Slot::Bytes), Value::Unsigned(7), "{line}");
            assert!(!record.has(Slot::Start));
        }
    }

    #[test]
    fn what_is_no_single_object_is_malformed() {
        let deep = format!("{{\"x\":{}", "[".repeat(200_000));
        let deep_value = format!("{{\"ts\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
        for line in [
            "{",
            "{}{}",
            "[1]",
            "7",
            "null",
            "\"x\"",
            r#"{"ts":1,"ts":2}"#,
            r#"{"ts":01}"#,
            "{\"source.ip\":\"\u{0}\"}",
            &deep,
        ] {
            assert!(keys().read(line.as_bytes()).is_err(), "{}", &line[..line.len().min(40)]);
        }
        let deep = keys().read(deep_value.as_bytes()).unwrap();
        assert_eq!(
            *deep.get(Slot::Start),
            Value::Other,
            "depth is passed over without descending"
        );
        assert!(keys().read(b"{\"ts\":\"\xff\"}").is_err());
        assert!(
            keys().read(b"{\"other\":\"\xff\"}").is_ok(),
            "an unused value need not be UTF-8"
        );
    }

    #[test]
    fn the_keys_of_an_object_are_listed_with_their_paths() {
        assert_eq!(keys_of(br#"{"b":{"c":1,"d":[2]},"a":3}"#), ["a", "b.c", "b.d"]);
    }
}
