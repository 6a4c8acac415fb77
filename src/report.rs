//! Puts an assessment on paper: text for people, JSON for programs.
#![doc = include_str!("report/json.md")]

pub mod law;
pub mod text;
mod wrap;

use crate::assess::Assessment;

/// The assessment as JSON, one documented and versioned shape: that of [`Assessment`].
#[must_use]
pub fn json(assessment: &Assessment) -> String {
    // INVARIANT: the shape has no map with keys that are no text, the only thing that could fail.
    let mut text = serde_json::to_string_pretty(assessment).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(all(test, feature = "packs"))]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::assess::{Options, assess};
    use crate::law::Law;
    use crate::load::{Source, map};

    /// Every field of the shape, texts aside: their keys are languages.
    fn fields<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| fields(item, found)),
            Value::Object(entries) if !entries.contains_key("en") => {
                for (key, value) in entries {
                    found.insert(key);
                    fields(value, found);
                }
            }
            _ => {}
        }
    }

    #[test]
    fn every_field_of_the_json_is_documented() {
        let law = Law::built_in().unwrap();
        let source = Source::from_text("map.yaml", include_str!("../examples/harbour-retail/map.yaml"));
        let map = map(&source, law.catalogue()).unwrap().map;
        let assessment = assess(&map, &law, &Options::new()).unwrap();
        let shape: Value = serde_json::from_str(&json(&assessment)).unwrap();
        let mut found = BTreeSet::new();
        fields(&shape, &mut found);
        let page = include_str!("report/json.md");
        let undocumented: Vec<&str> = found
            .into_iter()
            .filter(|field| !page.contains(&format!("`{field}`")))
            .collect();
        assert_eq!(undocumented, Vec::<&str>::new());
    }
}
