//! What one record of a database says, in any of the shapes in which databases write it.

use serde::Deserialize;
use serde_json::Value;

use crate::locate::testimony::printable;
use crate::place::{Gazetteer, Place};

/// The keys that say where an address is and whose it is. `registered_country` is none of them: it says where the holder
/// of the network is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    /// `{ iso_code: HK }`, `HK`, or a country's name.
    country: Value,
    country_code: Value,
    autonomous_system_number: Value,
    autonomous_system_organization: Value,
    /// `64496` or `AS64496`.
    asn: Value,
    as_name: Value,
    as_organization: Value,
    as_org: Value,
    is_anycast: Value,
    traits: Traits,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Traits {
    autonomous_system_number: Value,
    autonomous_system_organization: Value,
    is_anycast: Value,
}

impl Record {
    /// The place, and what else is worth saying.
    pub(super) fn read(&self, places: &Gazetteer) -> (Option<Place>, Option<String>) {
        let mut about = Vec::new();
        about.extend(self.autonomous_system());
        let code = self.code();
        let mut place = code.and_then(|code| places.find(code));
        match code {
            Some(code) if place.is_none() => about.push(format!("`{}` is the code of no one place", printable(code))),
            _ => {}
        }
        if is_true(&self.is_anycast) || is_true(&self.traits.is_anycast) {
            about.push("announced from many places at once (anycast)".to_owned());
            place = None;
        }
        (place, (!about.is_empty()).then(|| about.join("; ")))
    }

    /// The code of the country. A database with a code beside it has its name under `country`.
    fn code(&self) -> Option<&str> {
        let of_object = self.country.get("iso_code").and_then(Value::as_str);
        let mut written = [of_object, self.country_code.as_str(), self.country.as_str()]
            .into_iter()
            .flatten();
        written.find(|code| !code.is_empty())
    }

    fn autonomous_system(&self) -> Option<String> {
        let numbers = [
            &self.autonomous_system_number,
            &self.asn,
            &self.traits.autonomous_system_number,
        ];
        let number = numbers.into_iter().find_map(|number| match number {
            Value::Number(number) => Some(format!("AS{number}")),
            // `AS64496`, or without the letters.
            Value::String(text) => {
                let digits = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
                (!digits.is_empty()).then(|| format!("AS{}", printable(digits)))
            }
            _ => None,
        });
        let names = [
            &self.autonomous_system_organization,
            &self.as_organization,
            &self.as_name,
            &self.as_org,
            &self.traits.autonomous_system_organization,
        ];
        let name = names
            .into_iter()
            .filter_map(Value::as_str)
            .find(|name| !name.is_empty());
        let parts: Vec<String> = number.into_iter().chain(name.map(printable)).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

/// Databases that hold texts only write `true`.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(is) => *is,
        Value::String(text) => text == "true" || text == "1",
        Value::Number(number) => number.as_u64().is_some_and(|number| number > 0),
        _ => false,
    }
}
