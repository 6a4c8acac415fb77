//! What README.md and the page on the JSON show is what the program prints.

use std::collections::BTreeSet;

use serde_json::Value;
use transborder::report::json;
use transborder::report::text::{Look, render};
use transborder::{Law, Options, Source, assess, load_map};

const README: &str = include_str!("../../README.md");
const MAP: &str = include_str!("../../examples/harbour-retail/map.yaml");

#[test]
fn the_excerpt_is_part_of_the_report_on_the_example_map() {
    let law = Law::built_in().unwrap();
    let source = Source::from_text("examples/harbour-retail/map.yaml", MAP);
    let map = load_map(&source, law.catalogue()).unwrap().map;
    let assessment = assess(&map, &law, &Options::new()).unwrap();
    let report = render(&assessment, Some(&source), Look::new());
    let rest = README.split("```text\n").nth(1).unwrap();
    let excerpt = rest.split("```").next().unwrap();
    for part in excerpt.split("\n[…]\n") {
        assert!(report.contains(part.trim()), "the report does not say:\n{part}");
    }
}

/// Every field of the shape, texts aside: their keys are languages.
pub(crate) fn fields<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| fields(item, found)),
        Value::Object(entries) if !entries.contains_key("en") => {
            for (key, value) in entries {
                found.insert(key);
                // A change holds objects of the map.
                if key != "draw" {
                    fields(value, found);
                }
            }
        }
        _ => {}
    }
}

#[test]
fn every_field_of_the_json_is_documented() {
    let law = Law::built_in().unwrap();
    let source = Source::from_text("map.yaml", MAP);
    let map = load_map(&source, law.catalogue()).unwrap().map;
    let assessment = assess(&map, &law, &Options::new()).unwrap();
    let shape: Value = serde_json::from_str(&json(&assessment)).unwrap();
    let mut found = BTreeSet::new();
    fields(&shape, &mut found);
    let page = include_str!("../../src/report/json.md");
    let undocumented: Vec<&str> = found
        .into_iter()
        .filter(|field| !page.contains(&format!("`{field}`")))
        .collect();
    assert_eq!(undocumented, Vec::<&str>::new());
}
