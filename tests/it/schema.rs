//! The JSON Schema: an editor that checks a map with it accepts what the loader accepts.

use std::fs;

use jsonschema::Validator;
use serde_json::{Value as Json, json};
use transborder::load::{Source, map, schema};

use crate::world::{LAW, cases, files, regimes, repository};

fn validator() -> Validator {
    jsonschema::validator_for(&schema(LAW.catalogue())).unwrap()
}

/// The JSON that a YAML text is to an editor.
fn json(text: &str) -> Json {
    serde_yaml::from_str(text).unwrap()
}

fn errors(validator: &Validator, map: &Json) -> Vec<String> {
    validator
        .iter_errors(map)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn every_map_of_the_repository_is_valid() {
    let validator = validator();
    let profiles = files(&repository("vendors"), ".yaml");
    assert!(profiles.len() >= 8);
    let mut examples = files(&repository("examples/harbour-retail"), ".yaml");
    examples.push(repository("examples/vendor-review/company.yaml"));
    let mut maps: Vec<(String, Json)> = examples
        .iter()
        .chain(&profiles)
        .map(|path| (path.display().to_string(), json(&fs::read_to_string(path).unwrap())))
        .collect();
    assert!(!maps.is_empty());
    for (file, text) in regimes().iter().flat_map(|id| cases(id)) {
        if let Some(Json::Object(map)) = json(&text).get("map") {
            let mut map = map.clone();
            map.insert("transborder".to_owned(), json!(1));
            maps.push((file.display().to_string(), Json::Object(map)));
        }
    }
    assert!(maps.len() > 10, "{}", maps.len());
    for (name, map) in maps {
        let errors = errors(&validator, &map);
        assert!(errors.is_empty(), "{name}\n{}", errors.join("\n"));
    }
}

#[test]
fn what_the_loader_refuses_for_its_shape_the_schema_refuses_too() {
    let validator = validator();
    let sound = json!({
        "transborder": 1,
        "as_of": "2026-11-01",
        "entities": { "shop": { "established_in": ["HK"], "kind": "company" } },
        "assets": { "orders": { "controller": "shop", "categories": ["name"], "collected_in": ["HK"] } },
        "processors": { "till": { "operator": "shop", "located_in": "HK" }, "cloud": { "located_in": { "one_of": ["SG", "HK"] } } },
        "flows": { "sync": { "from": "till", "to": "cloud", "carries": ["orders"], "kind": "replication" } },
        "settings": { "backup": { "values": ["on", "off"], "value": "on" } },
    });
    let refused = |map: &Json| map_is_refused(&map.to_string());
    assert_eq!(errors(&validator, &sound), Vec::<String>::new());
    assert!(!refused(&sound));
    let broken = [
        ("/transborder", json!(2)),
        ("/transborder", json!("1")),
        ("/as_of", json!("tomorrow")),
        ("/as_of", json!(20_261_101)),
        ("/entities/shop/kind", json!("firm")),
        ("/entities/shop/established_in", json!(["Hong Kong"])),
        ("/entities/shop/established_in", json!([])),
        ("/assets/orders/categories", json!([1])),
        ("/assets/orders/personal", json!("yes")),
        ("/processors/till/located_in", json!({ "one_of": [] })),
        ("/flows/sync/kind", json!("carrier_pigeon")),
        ("/flows/sync/carries", json!("orders")),
        ("/flows/sync/per_day", json!(-1)),
        ("/flows/sync/colour", json!("red")),
        ("/settings/backup/value", json!(true)),
        ("/flowz", json!({})),
    ];
    for (at, value) in broken {
        let mut map = sound.clone();
        let (parent, key) = at.rsplit_once('/').unwrap();
        map.pointer_mut(parent).unwrap()[key] = value.clone();
        assert!(refused(&map), "the loader accepts {at} {value}");
        assert!(!validator.is_valid(&map), "the schema accepts {at} {value}");
    }
    let mut map = sound.clone();
    map["flows"]["sync"].as_object_mut().unwrap().remove("to");
    assert!(refused(&map) && !validator.is_valid(&map), "a flow without an end");
}

fn map_is_refused(text: &str) -> bool {
    map(&Source::from_text("map.json", text), LAW.catalogue()).is_err()
}

#[test]
fn facts_that_packs_declare_are_part_of_the_schema() {
    let validator = validator();
    let with =
        |flow: Json| json!({ "transborder": 1, "flows": { "sync": { "from": "a", "to": "b", "cn-pipl": flow } } });
    assert!(validator.is_valid(&with(json!({ "separate_consent": true, "needed_for": ["contract"] }))));
    assert!(!validator.is_valid(&with(json!({ "separate_consent": "maybe" }))));
    assert!(!validator.is_valid(&with(json!({ "needed_for": ["fun"] }))));
    assert!(!validator.is_valid(&with(json!({ "no_such_fact": true }))));
}
