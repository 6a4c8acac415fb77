//! Every case that is a map, and maps drawn at random, with one thing in it no longer said: what was possible before stays possible.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use proptest::prelude::*;
use serde_yaml::Value as Yaml;
use transborder::law::Law;
use transborder::load::{Source, map};
use transborder::{Options, Outcome, assess};

use crate::dice::PLACES;
use crate::random_maps::{Kind, random_map};
use crate::world::{LAW, cases, regimes};

/// What says how the map hangs together rather than a fact about a part of it: without it, it is another map.
const SHAPE: &[&str] = &[
    "between",
    "by",
    "carries",
    "covers",
    "from",
    "group",
    "kind",
    "mixes_in",
    "over",
    "to",
    "transforms",
    "type",
    "values",
    "when",
];

/// The paths of everything in a map that may be left out.
fn removable(yaml: &Yaml, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    match yaml {
        Yaml::Mapping(entries) => {
            for (key, below) in entries {
                let key = key.as_str().unwrap();
                path.push(key.to_owned());
                // Objects are named at the second level; above it are the kinds of objects.
                if path.len() > 2 && !SHAPE.contains(&key) {
                    found.push(path.clone());
                }
                // What flows make of data, when they exist, and what a mechanism is for is said altogether or not at all.
                if !["covers", "transforms", "when"].contains(&key) {
                    removable(below, path, found);
                }
                path.pop();
            }
        }
        Yaml::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(index.to_string());
                removable(item, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

fn without(yaml: &Yaml, path: &[String]) -> Yaml {
    let mut copy = yaml.clone();
    let (last, above) = path.split_last().unwrap();
    let mut at = &mut copy;
    for key in above {
        at = match at {
            Yaml::Sequence(items) => &mut items[key.parse::<usize>().unwrap()],
            other => &mut other[key.as_str()],
        };
    }
    at.as_mapping_mut().unwrap().remove(last.as_str());
    copy
}

/// For each movement and layer the mildest and the worst outcome: as said, and without presumptions.
type Ranges = BTreeMap<String, [(Outcome, Outcome); 2]>;

/// `None` if the map cannot be read, as where something has to be said.
fn ranges(yaml: &Yaml, law: &Law, options: &Options) -> Option<Ranges> {
    let text = serde_yaml::to_string(yaml).unwrap();
    let read = map(&Source::from_text("map.yaml", text), law.catalogue()).ok()?;
    let assessment = assess(&read.map, law, options).ok()?;
    let mut ranges = Ranges::new();
    for movement in &assessment.movements {
        for judged in &movement.verdicts {
            let verdict = &judged.verdict;
            let said = (verdict.best, verdict.worst);
            let open = verdict.unpresumed.map_or(said, |range| (range.best, range.worst));
            let name = format!("{}/{} {}", movement.flow, movement.asset, verdict.layer);
            ranges.insert(name, [said, open]);
        }
    }
    Some(ranges)
}

/// What is wrong with one case, and how many things were left out.
fn try_case(regime: &str, file: &str, text: &str, law: &Law) -> (Vec<String>, usize) {
    let yaml: Yaml = serde_yaml::from_str(text).unwrap();
    let Some(whole) = yaml.get("map") else {
        return (Vec::new(), 0);
    };
    let mut options = Options::new();
    for (point, option) in yaml.get("readings").and_then(Yaml::as_mapping).into_iter().flatten() {
        options = options.reading(regime, point.as_str().unwrap(), option.as_str().unwrap());
    }
    let (wrong, tried) = try_map(whole, law, &options);
    (
        wrong.iter().map(|wrong| format!("{regime} {file} {wrong}")).collect(),
        tried,
    )
}

/// What is wrong with one map, and how many things were left out.
fn try_map(whole: &Yaml, law: &Law, options: &Options) -> (Vec<String>, usize) {
    let before = ranges(whole, law, options).unwrap();
    let mut paths = Vec::new();
    removable(whole, &mut Vec::new(), &mut paths);
    let mut wrong = Vec::new();
    let mut tried = 0;
    for path in paths {
        let Some(after) = ranges(&without(whole, &path), law, options) else {
            continue;
        };
        tried += 1;
        for (name, [(best, worst), _]) in &before {
            // A movement may come by other ways, or not at all, once something is not said of them.
            let Some([_, (open_best, open_worst)]) = after.get(name) else {
                continue;
            };
            if open_best > best || open_worst < worst {
                wrong.push(format!(
                    "{name}: {best}..{worst}, without {}: {open_best}..{open_worst}",
                    path.join(".")
                ));
            }
        }
    }
    (wrong, tried)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn a_random_map_that_says_one_thing_less_keeps_every_outcome_within_what_is_still_possible(seed in any::<u64>()) {
        // Data of which it is said who is in them are not taken for anonymous unless that is said.
        let text = random_map(seed, Kind { places: PLACES, complete: seed % 3 == 0 }).replace("anonymised", "clear");
        let (wrong, tried) = try_map(&serde_yaml::from_str(&text).unwrap(), &LAW, &Options::new());
        prop_assert!(wrong.is_empty() && tried > 3, "{}\n{text}", wrong.join("\n"));
    }
}

// The agency for which the host acts may itself act for another, whose data they are: Macau binds the controller in Macau,
// not the agency that serves a shop abroad.
#[test]
fn whoever_is_acted_for_need_not_be_the_controller() {
    let map = "
transborder: 1
as_of: 2026-11-01
entities:
  shop: { kind: company, established_in: [US], parent: none }
  agency: { kind: company, established_in: [MO], parent: none }
  host: { kind: company, established_in: [CN], parent: none }
assets:
  buyers: { personal: true, state: clear, categories: [name], controller: shop, collected_in: [US] }
processors:
  rack: { operator: host, acts_for: agency, located_in: CN }
  till: { operator: shop, acts_for: none, located_in: US }
flows:
  back: { from: rack, to: till, carries: [buyers], kind: transmission, access: actual }
";
    let (wrong, tried) = try_map(&serde_yaml::from_str(map).unwrap(), &LAW, &Options::new());
    assert!(wrong.is_empty() && tried > 10, "{}", wrong.join("\n"));
}

#[test]
fn a_map_that_says_one_thing_less_keeps_every_outcome_within_what_is_still_possible() {
    let laws: BTreeMap<String, Law> = regimes()
        .into_iter()
        .map(|id| (id.clone(), LAW.clone().only(&BTreeSet::from([id]))))
        .collect();
    let all: Vec<(String, String, String)> = regimes()
        .into_iter()
        .flat_map(|id| {
            let of_regime = cases(&id).into_iter();
            of_regime
                .map(|(file, text)| {
                    (
                        id.clone(),
                        file.file_name().unwrap().to_string_lossy().into_owned(),
                        text,
                    )
                })
                .collect::<Vec<_>>()
        })
        .collect();
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let (mut wrong, mut tried) = (Vec::new(), 0);
        while let Some((regime, file, text)) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            let of_case = try_case(regime, file, text, &laws[regime]);
            wrong.extend(of_case.0);
            tried += of_case.1;
        }
        (wrong, tried)
    };
    let (mut wrong, mut tried) = (Vec::new(), 0);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        for of_thread in threads.into_iter().map(|thread| thread.join().unwrap()) {
            wrong.extend(of_thread.0);
            tried += of_thread.1;
        }
    });
    wrong.sort();
    assert!(wrong.is_empty(), "{} verdicts\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 1_000, "only {tried} things were left out");
}
