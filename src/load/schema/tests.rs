//! The schema against the decoder.

use std::sync::LazyLock;

use super::*;
use crate::diagnostic::Code;
use crate::fact::OwnFact;
use crate::load::{Source, map};
use crate::text::Text;

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::new();
    let words = || vec!["low".to_owned(), "high".to_owned()];
    let facts = [
        (Carrier::Entity, "yes_or_no", FactType::Bool),
        (Carrier::Entity, "day", FactType::Date),
        (Carrier::Data, "word", FactType::Word(words())),
        (Carrier::Data, "words", FactType::Words(Some(words()))),
        (Carrier::Flow, "open_words", FactType::Words(None)),
        (Carrier::Flow, "places", FactType::Places),
        (Carrier::Mechanism, "number", FactType::Count),
    ];
    let declare = |catalogue: &mut Catalogue, regime: &str, carrier, name: &str, kind| {
        let own = OwnFact {
            regime: regime.to_owned(),
            name: name.to_owned(),
        };
        let ask = Text::english("Is it so?");
        assert!(catalogue.declare(Declaration {
            carrier,
            own,
            kind,
            ask,
            who: None,
            presume: None,
        }));
    };
    for (carrier, name, kind) in facts {
        declare(&mut catalogue, "xx-law", carrier, name, kind);
    }
    declare(&mut catalogue, "yy-law", Carrier::Mechanism, "number", FactType::Bool);
    declare(&mut catalogue, "yy-law", Carrier::Mechanism, "filed_on", FactType::Date);
    for kind in ["xx-law/clauses", "yy-law/contract", "zz-law/consent"] {
        catalogue.declare_mechanism(kind.to_owned());
    }
    catalogue.declare_category("name");
    catalogue
}

fn base() -> Value {
    json!({
        "transborder": 1,
        "entities": {
            "e": { "parent": { "entity": "e2" }, "xx-law": { "yes_or_no": true, "day": "none" } },
            "e2": null,
        },
        "assets": { "a": {
            "subjects": [{ "group": "x" }],
            "xx-law": { "word": { "one_of": ["low", "high"] }, "words": ["low"] },
        } },
        "processors": { "n1": { "located_in": {} } , "n2": "unknown" },
        "storage": { "n3": { "located_in": { "setting": "s", "values": { "on": "HK", "off": { "cloud": "aws/eu-west-1" } } } } },
        "controls": [{ "by": "e", "over": "n1", "kind": "owns" }],
        "flows": { "f": {
            "from": "n1", "to": "n2", "transforms": {}, "when": { "s": ["on", "off"] },
            "xx-law": { "open_words": ["any"], "places": ["HK", "CN"] },
        } },
        "mechanisms": {
            "m": { "type": "xx-law/clauses", "between": ["e"], "covers": {}, "number": { "from": 1 } },
            "m2": { "type": "yy-law/contract", "between": ["e"], "number": true, "filed_on": "2024-01-01" },
        },
        "settings": { "s": { "values": ["on", "off"] } },
    })
}

fn problems(map_text: &Value) -> BTreeSet<Code> {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(catalogue);
    match map(&Source::from_text("map.json", map_text.to_string()), &CATALOGUE) {
        Ok(_) => BTreeSet::new(),
        Err(problems) => problems.iter().map(|problem| problem.code).collect(),
    }
}

fn candidates() -> Vec<Value> {
    let candidates = r#"[
        null, "unknown", "none", "", " ", "x", "e2", "a", "n2", "f", "on", "HK", "hk", "CN-GD", "2024-01-01", "24-1-1",
        0, 1, -1, 100, 101, 1.5, true, false, [], [null], ["unknown"], [1], ["x"], ["e2"], ["a"], ["f"], ["on"],
        ["HK"], ["HK", "CN"], [["HK"]], [{}], [{ "group": "g" }], [{ "cloud": "aws/eu-west-1" }],
        [{ "all_of": ["HK", "CN"] }], [{ "one_of": ["HK"] }], {}, { "x": 1 }, { "s": "on" }, { "s": ["on"] }, { "s": [] },
        { "s": true }, { "s": "unknown" }, { "on": "HK" }, { "on": "unknown" }, { "entity": "e2" }, { "state": "clear" },
        { "one_of": ["HK", { "all_of": ["SG"] }] }, { "all_of": ["HK"] }, { "all_of": [{ "all_of": ["HK"] }] },
        { "one_of": [] }, { "one_of": ["HK"], "all_of": ["HK"] }, { "cloud": "aws/eu-west-1" }, { "cloud": "aws/moon" },
        { "cloud": null }, { "setting": "s" }, { "setting": "s", "values": { "on": "HK" } },
        { "setting": "s", "values": { "on": { "one_of": ["HK"] }, "off": null } }, { "values": { "on": "HK" } },
        { "setting": "s", "values": { "on": { "setting": "s", "values": {} } } }, { "setting": "s", "values": "unknown" },
        { "from": 1, "to": 2 }, { "assets": ["a"] }, { "yes_or_no": true }, { "yes_or_no": "yes" }, { "day": "2024-01-01" },
        { "word": "low" }, { "word": "none" }, { "words": "none" }, { "words": ["x"] }, { "open_words": ["x"] },
        { "places": "HK" }, { "places": [] }, { "places": { "one_of": ["HK"] } },
        "company", "clear", "person", "contract", "service", "actual", "owns", "same", "exporter", "split", "default",
        "any_time", "transmission", "employee", "xx-law/clauses", "yy-law/contract", "aws/eu-west-1"
    ]"#;
    serde_json::from_str(candidates).unwrap()
}

/// Problems of which a schema cannot know.
const BEYOND: &[Code] = &[
    Code::UnknownId,
    Code::UnknownPlace,
    Code::SelfFlow,
    Code::ParentCycle,
    Code::MechanismWithoutReach,
    Code::DuplicateKey,
];

#[test]
fn schema_and_decoder_agree_on_every_key_of_every_object() {
    let validator = jsonschema::draft202012::new(&schema(&catalogue())).unwrap();
    let objects: [(&str, &Format, &[&str]); 13] = [
        ("", &MAP, &[]),
        ("/entities/e", find("entity"), &["xx-law"]),
        ("/entities/e/parent", find("parent"), &[]),
        ("/assets/a", find("asset"), &["xx-law"]),
        ("/assets/a/subjects/0", find("subjects"), &[]),
        ("/processors/n1", find("node"), &["xx-law"]),
        ("/processors/n1/located_in", &LOCATION, &[]),
        ("/controls/0", find("control"), &[]),
        ("/flows/f", find("flow"), &["xx-law"]),
        ("/flows/f/transforms", find("transforms"), &[]),
        ("/mechanisms/m", find("mechanism"), &["number", "filed_on"]),
        ("/mechanisms/m/covers", find("covers"), &[]),
        ("/settings/s", find("setting"), &[]),
    ];
    let (mut loaded, mut wrong) = (0, Vec::new());
    for (pointer, format, more) in objects {
        for key in format.names().chain(more.iter().copied()).chain(["zzz"]) {
            for value in candidates() {
                let mut text = base();
                if format.name != "location" {
                    text["processors"]["n1"]["located_in"] = json!("HK");
                }
                text.pointer_mut(pointer).unwrap()[key] = value.clone();
                let (found, valid) = (problems(&text), validator.is_valid(&text));
                loaded += usize::from(found.is_empty());
                let setting_word = matches!(key, "value" | "default" | "when" | "values" | "settings");
                let excused = |code: &Code| BEYOND.contains(code) || (*code == Code::UnknownWord && setting_word);
                let agree = if found.is_empty() {
                    valid
                } else {
                    !valid || found.iter().any(excused)
                };
                if !agree {
                    wrong.push(format!("{pointer}/{key}: {value}: valid {valid}, {found:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(loaded > 500, "{loaded}");
}

fn find(name: &str) -> &'static Format {
    let mut formats = BTreeMap::new();
    collect(&MAP, &mut formats);
    formats.insert(LOCATION.name, &LOCATION);
    formats[name]
}

#[test]
fn each_mechanism_keeps_to_the_facts_of_its_own_regime() {
    let validator = jsonschema::draft202012::new(&schema(&catalogue())).unwrap();
    let mut text = base();
    text["processors"]["n1"]["located_in"] = json!("HK");
    assert!(validator.is_valid(&text) && problems(&text).is_empty());
    text["mechanisms"]["m3"] = json!({ "type": "zz-law/consent", "between": ["e"], "number": 1 });
    assert!(!validator.is_valid(&text));
    assert!(problems(&text).contains(&Code::UnknownKey));
}

#[test]
fn the_schema_is_a_schema() {
    assert!(jsonschema::meta::is_valid(&schema(&catalogue())));
    assert!(jsonschema::meta::is_valid(&schema(&Catalogue::new())));
}
