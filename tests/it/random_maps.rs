//! Small maps drawn at random: in one place nothing is flagged, order and threads change no byte.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_yaml::Value as Yaml;
use transborder::assess::assessment::is_flagged;
use transborder::assess::explanation::explain;
use transborder::assess::forecast::forecast;
use transborder::assess::{Assessment, Options, assess};
use transborder::model::Map;
use transborder::report;
use transborder::report::text::{Look, render, render_explanation};

use crate::dice::{DAYS, Dice, PLACES, shuffled};
use crate::world::{LAW, read, repository};

/// How a random map is to be.
#[derive(Clone, Copy)]
pub(crate) struct Kind<'a> {
    pub(crate) places: &'a [&'a str],
    /// Whether everything is said that anybody would say.
    pub(crate) complete: bool,
}

/// A small map that the loader accepts.
pub(crate) fn random_map(seed: u64, kind: Kind<'_>) -> String {
    use serde_json::{Map as Object, Value as Json, json};
    let mut dice = Dice(seed);
    let mut object = |named: &str, count: usize, make: &mut dyn FnMut(&mut Dice, usize) -> Json| -> Json {
        let items = (0..count).map(|index| (format!("{named}{index}"), make(&mut dice, index)));
        Json::Object(items.collect::<Object<String, Json>>())
    };
    let (entities, assets, nodes) = (
        2 + seed as usize % 3,
        1 + seed as usize / 7 % 3,
        2 + seed as usize / 31 % 4,
    );
    let flows = 1 + seed as usize / 101 % 6;
    // A key that a person may leave out.
    let put = |dice: &mut Dice, to: &mut Json, key: &str, value: Json| {
        if kind.complete || dice.below(4) > 0 {
            to[key] = value;
        }
    };
    let place = |dice: &mut Dice| dice.pick(kind.places);
    let entity_map = object("entity-", entities, &mut |dice, index| {
        let mut entity = json!({});
        let words = ["company", "company", "branch", "public_authority", "natural_person"];
        let mut word = dice.pick(&words);
        if word == "branch" && index > 0 {
            entity["branch_of"] = json!("entity-0");
        } else if word == "branch" {
            word = "company";
        }
        put(dice, &mut entity, "kind", json!(word));
        // Whoever knows of which company it is a branch knows that it is one.
        if word == "branch" {
            entity["kind"] = json!(word);
        }
        let at = place(dice);
        let mut established_in = vec![at];
        if dice.below(3) == 0 {
            // Where it decides from it is established too.
            let seat = place(dice);
            put(dice, &mut entity, "decides_from", json!([seat]));
            if seat != at {
                established_in.push(seat);
            }
        }
        put(dice, &mut entity, "established_in", json!(established_in));
        let parent = if index > 0 && dice.below(2) == 0 {
            "entity-0"
        } else {
            "none"
        };
        put(dice, &mut entity, "parent", json!(parent));
        let afar = json!({ "targets_eea": "none", "member_state_mission": false, "eu_institution": false });
        put(dice, &mut entity, "eu-gdpr", afar);
        entity
    });
    let asset_map = object("asset-", assets, &mut |dice, index| {
        let mut asset = json!({});
        let words = [
            "name",
            "contact",
            "health",
            "payroll",
            "biometric",
            "spending",
            "minor_under_14",
        ];
        put(dice, &mut asset, "categories", json!(dice.clone().some(&words, 3)));
        let controller = format!("entity-{}", dice.below(entities));
        put(dice, &mut asset, "controller", json!(controller));
        let at = place(dice);
        put(dice, &mut asset, "collected_in", json!([at]));
        let count = dice.pick(&[1, 9_999, 10_000, 99_999, 100_000, 1_000_000]);
        let relation = dice.pick(&["employee", "customer", "patient"]);
        let at = place(dice);
        let mut group =
            json!({ "group": format!("people-{index}"), "located_in": at, "count": count, "relation": relation });
        put(dice, &mut group, "overlaps", json!("none"));
        put(dice, &mut asset, "subjects", json!([group]));
        let basis = dice.pick(&["consent", "contract", "hr_management", "legitimate_interests"]);
        put(dice, &mut asset, "legal_basis", json!(basis));
        if dice.below(5) == 0 {
            asset["state"] = json!(dice.pick(&["clear", "pseudonymised", "encrypted", "anonymised"]));
        }
        asset
    });
    let node_map = object("node-", nodes, &mut |dice, _| {
        let mut node = json!({});
        let operator = format!("entity-{}", dice.below(entities));
        put(dice, &mut node, "operator", json!(operator));
        let principal = format!("entity-{}", dice.below(entities));
        let acts_for = if dice.below(2) == 0 {
            "none".to_owned()
        } else {
            principal
        };
        put(dice, &mut node, "acts_for", json!(acts_for));
        let (at, or) = (place(dice), place(dice));
        let location = if dice.below(5) == 0 && at != or {
            json!({ "one_of": [at, or] })
        } else {
            json!(at)
        };
        put(dice, &mut node, "located_in", location);
        node
    });
    let flow_map = object("flow-", flows, &mut |dice, _| {
        let from = dice.below(nodes);
        let to = (from + 1 + dice.below(nodes - 1)) % nodes;
        let asset = format!("asset-{}", dice.below(assets));
        let collects = dice.below(4) == 0;
        let from = if collects {
            asset.clone()
        } else {
            format!("node-{from}")
        };
        let mut flow = json!({ "from": from, "to": format!("node-{to}") });
        if collects || dice.below(3) > 0 {
            flow["carries"] = json!([asset]);
        }
        let kinds = [
            "transmission",
            "replication",
            "backup",
            "telemetry",
            "remote_access",
            "disclosure",
        ];
        let word = if collects { "collection" } else { dice.pick(&kinds) };
        put(dice, &mut flow, "kind", json!(word));
        let access = dice.pick(&["actual", "possible", "none"]);
        put(dice, &mut flow, "access", json!(access));
        if collects {
            let arranger = format!("entity-{}", dice.below(entities));
            put(dice, &mut flow, "arranged_by", json!(arranger));
        }
        if dice.below(3) == 0 {
            flow["when"] = json!({ "sync": "on" });
        }
        if !collects && dice.below(3) > 0 {
            let mixed: BTreeSet<String> = (0..dice.below(3))
                .map(|_| format!("asset-{}", dice.below(assets)))
                .collect();
            flow["transforms"] = json!({ "mixes_in": mixed });
        }
        flow
    });
    let control_list: Vec<Json> = (0..seed as usize / 977 % 3)
        .map(|index| {
            let mut dice = Dice(seed.wrapping_add(u64::try_from(index).unwrap()));
            let kind = dice.pick(&["owns", "operates", "administers", "holds_keys"]);
            let by = format!("entity-{}", dice.below(entities));
            json!({ "by": by, "over": format!("node-{}", dice.below(nodes)), "kind": kind })
        })
        .collect();
    let kinds: Vec<&String> = LAW.catalogue().mechanism_types().iter().collect();
    let mechanism_map = object("mechanism-", seed as usize / 1009 % 3, &mut |dice, _| {
        let signed = dice.pick(DAYS);
        json!({ "type": dice.pick(&kinds), "between": ["entity-0", "entity-1"], "signed": signed })
    });
    let mut setting = json!({ "values": ["on", "off"] });
    if seed.is_multiple_of(2) || kind.complete {
        setting["value"] = json!("on");
    }
    let map = json!({
        "transborder": 1, "as_of": "2026-11-01", "entities": entity_map, "assets": asset_map, "processors": node_map,
        "flows": flow_map, "controls": control_list, "mechanisms": mechanism_map, "settings": { "sync": setting },
    });
    serde_json::to_string_pretty(&map).unwrap()
}

/// Everything that is said of a map, as bytes: JSON, text, the explanation of its last flow, the forecast.
pub(crate) fn everything(map: &Map) -> String {
    let assessment = assess(map, &LAW, &Options::new()).unwrap();
    let mut all = report::json(&assessment);
    all += &render(&assessment, None, Look::new().with_all());
    if let Some(flow) = assessment.movements.last().map(|movement| movement.flow.as_str()) {
        let explanations = explain(map, &LAW, &Options::new(), flow).unwrap();
        all += &render_explanation(&explanations, None, Look::new());
    }
    // On the last day of the calendar there is nothing ahead.
    if let Ok(ahead) = forecast(map, &LAW, &Options::new(), None) {
        all += &report::forecast::json(&ahead);
        all += &report::forecast::render(&ahead, None, "en");
    }
    all
}

/// Verdicts that somebody would have to look at.
fn flagged(assessment: &Assessment) -> Vec<String> {
    let mut flagged = Vec::new();
    for movement in &assessment.movements {
        for judged in movement.verdicts.iter().filter(|judged| is_flagged(&judged.verdict)) {
            let verdict = &judged.verdict;
            let (flow, asset, rule) = (&movement.flow, &movement.asset, &verdict.decided_by.rule);
            flagged.push(format!(
                "{flow}/{asset}: {}/{} {} by {rule:?}, asks {:?}",
                verdict.regime, verdict.layer, verdict.outcome, verdict.ask
            ));
        }
    }
    flagged
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    // A transfer needs two places. Left out are international organisations, which are a third country of their own
    // wherever they sit, and law that binds from afar: these companies aim at nobody in the EEA.
    #[test]
    fn where_everything_is_in_one_place_nothing_is_flagged(
        seed in any::<u64>(),
        place in prop::sample::select(vec!["HK", "MO", "CN", "CNSZX", "TW", "FR", "DE", "SG", "JP", "US"]),
    ) {
        let text = random_map(seed, Kind { places: &[place], complete: true });
        let map = read(&text, &LAW);
        let assessment = assess(&map, &LAW, &Options::new()).unwrap();
        let flagged = flagged(&assessment);
        prop_assert!(flagged.is_empty(), "all in {place}:\n{}\n{text}", flagged.join("\n"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn the_same_map_gives_the_same_bytes_again_and_on_two_threads(seed in any::<u64>()) {
        let text = random_map(seed, Kind { places: PLACES, complete: false });
        let first = everything(&read(&text, &LAW));
        let [second, third] = std::thread::scope(|scope| {
            let threads = [(); 2].map(|()| scope.spawn(|| everything(&read(&text, &LAW))));
            threads.map(|thread| thread.join().unwrap())
        });
        prop_assert!(first == second && second == third, "{text}");
    }

    #[test]
    fn the_order_of_keys_changes_no_byte(seed in any::<u64>()) {
        let text = random_map(seed, Kind { places: PLACES, complete: false });
        let yaml: Yaml = serde_yaml::from_str(&text).unwrap();
        let shuffled = serde_yaml::to_string(&shuffled(&yaml, &mut Dice(seed))).unwrap();
        prop_assert_eq!(everything(&read(&text, &LAW)), everything(&read(&shuffled, &LAW)));
    }
}

#[test]
fn the_order_of_keys_in_harbour_changes_no_byte() {
    let text = std::fs::read_to_string(repository("examples/harbour-retail/map.yaml")).unwrap();
    let yaml: Yaml = serde_yaml::from_str(&text).unwrap();
    let same = serde_yaml::to_string(&yaml).unwrap();
    let other = serde_yaml::to_string(&shuffled(&yaml, &mut Dice(7))).unwrap();
    assert_ne!(same, other);
    let said = |text: &str| {
        let assessment = assess(&read(text, &LAW), &LAW, &Options::new()).unwrap();
        (
            report::json(&assessment),
            render(&assessment, None, Look::new().with_all()),
        )
    };
    assert!(said(&text) == said(&other));
}
