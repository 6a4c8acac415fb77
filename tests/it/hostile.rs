//! Hostile input: whatever stands in a map or in a rule pack, nothing panics, hangs or overflows the stack.

use std::path::PathBuf;
use std::sync::LazyLock;

use proptest::prelude::*;
use serde_yaml::Value as Yaml;
use transborder::assess::{Options, assess, forecast};
use transborder::law::Law;
use transborder::law::changes::changes;
use transborder::law::compare::compare;
use transborder::load::{Source, map};
use transborder::report;
use transborder::report::text::{Look, render};

use crate::dice::mutated;
use crate::fifth_regime::FREEDONIA;
use crate::random_maps::everything;
use crate::world::{LAW, cases, files, regimes, repository};

/// The maps of the cases.
static MAPS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let of_case = |(_, text): (PathBuf, String)| {
        let yaml: Yaml = serde_yaml::from_str(&text).unwrap();
        let mut map = yaml.get("map")?.clone();
        map.as_mapping_mut()?.insert("transborder".into(), 1.into());
        Some(serde_yaml::to_string(&map).unwrap())
    };
    regimes().iter().flat_map(|id| cases(id)).filter_map(of_case).collect()
});

fn load_and_say_everything(bytes: Vec<u8>) -> bool {
    let Ok(source) = Source::new("map.yaml", bytes) else {
        return false;
    };
    let Ok(loaded) = map(&source, LAW.catalogue()) else {
        return false;
    };
    if loaded.map.as_of.is_some() {
        everything(&loaded.map);
    }
    true
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn no_bytes_make_the_loaders_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        load_and_say_everything(bytes.clone());
        let text = String::from_utf8_lossy(&bytes);
        let _ = Law::from_texts(&[("xx/regime.yaml", &text), ("xx/scope/a.yaml", &text), (&text, &text)]);
    }

    #[test]
    fn no_text_that_looks_like_yaml_makes_the_loaders_panic(text in "([a-z]{1,3}|: |\\{|\\}|\\[|\\]|, |\n( ){0,6}|- |&a |\\*a|<<: |'|\"|\\||>|#|~|1|2026-02-30){0,60}") {
        load_and_say_everything(text.clone().into_bytes());
        let _ = Law::from_texts(&[("xx/regime.yaml", &text), ("xx/transfer/a.yaml", &text), ("xx/sets/b.yaml", &text)]);
    }

    #[test]
    fn no_mutated_map_makes_anything_panic(at in any::<prop::sample::Index>(), seed in any::<u64>()) {
        load_and_say_everything(mutated(&MAPS[at.index(MAPS.len())], seed).into_bytes());
    }
}

#[test]
fn most_maps_of_cases_are_read_as_they_stand() {
    // The mutations start from maps that load.
    assert!(MAPS.len() > 10, "{} maps", MAPS.len());
    for text in MAPS.iter() {
        assert!(load_and_say_everything(text.clone().into_bytes()), "{text}");
    }
}

/// The rule files of the built-in packs: the path under `jurisdictions/`, the text.
static PACK_FILES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let root = repository("jurisdictions");
    let inside = |path: &PathBuf| path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
    let paths = files(&root, ".yaml").into_iter().map(|path| (inside(&path), path));
    let rules = paths.filter(|(inside, _)| inside.contains('/') && !inside.contains("/cases/"));
    rules
        .map(|(inside, path)| (inside, std::fs::read_to_string(path).unwrap()))
        .collect()
});

/// A law from files, and if it is one, what it makes of a map.
fn read_and_judge(files: &[(&str, &str)], map: &str) -> bool {
    let Ok(law) = Law::from_texts(files) else { return false };
    // No rule is lost without a word.
    let of_rules = |path: &str| !path.ends_with("/regime.yaml") && !path.ends_with("/conditions.yaml");
    let rules = files.iter().filter(|(path, _)| of_rules(path)).count();
    assert_eq!(law.packs().iter().flat_map(|pack| pack.heads()).count(), rules);
    if let Ok(loaded) = transborder::load::map(&Source::from_text("map.yaml", map), law.catalogue()) {
        let assessment = assess(&loaded.map, &law, &Options::new()).unwrap();
        let _ = (
            report::json(&assessment),
            render(&assessment, None, Look::new().with_all()),
        );
        let forecast = forecast(&loaded.map, &law, &Options::new(), None).unwrap();
        let _ = (
            report::forecast::json(&forecast),
            report::forecast::render(&forecast, None, "en"),
        );
    }
    let changes = changes(&law, "0001-01-01".parse().unwrap(), "9999-12-31".parse().unwrap()).unwrap();
    let compared = compare(&law, None, None).unwrap();
    let _ = (
        report::changes::render(&changes, "en"),
        report::compare::render(&compared, "en"),
        report::law::state(&law, "en"),
    );
    for pack in law.packs() {
        for head in pack.heads() {
            let _ = report::law::show(&law, &format!("{}/{}", pack.id, head.stem), "en");
        }
    }
    true
}

const SMALL_MAP: &str = "{ transborder: 1, as_of: 2026-11-01, entities: { a: { established_in: [AD] } }, \
    assets: { d: { controller: a, collected_in: [AD], subjects: [{ group: p, count: 7 }] } }, \
    processors: { m: { operator: a, located_in: AD }, n: { located_in: { one_of: [SM, LI] } } }, \
    flows: { f: { from: m, to: n, carries: [d] } } }";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_mutated_pack_makes_anything_panic(at in 0..FREEDONIA.len(), seed in any::<u64>()) {
        let text = mutated(FREEDONIA[at].1, seed);
        let mut files: Vec<(&str, &str)> = FREEDONIA.to_vec();
        files[at].1 = &text;
        read_and_judge(&files, SMALL_MAP);
    }

    // A rule of one law in the folder of another: unknown facts, unknown sets, the wrong stage.
    #[test]
    fn no_stranger_among_the_rules_makes_anything_panic(at in any::<prop::sample::Index>(), to in 0..FREEDONIA.len(), seed in any::<u64>()) {
        let text = mutated(&PACK_FILES[at.index(PACK_FILES.len())].1, seed);
        let mut files: Vec<(&str, &str)> = FREEDONIA.to_vec();
        files[to].1 = &text;
        read_and_judge(&files, SMALL_MAP);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn no_mutated_built_in_pack_makes_anything_panic(at in any::<prop::sample::Index>(), seed in any::<u64>()) {
        let at = at.index(PACK_FILES.len());
        let (path, text) = &PACK_FILES[at];
        let (regime, _) = path.split_once('/').unwrap();
        let text = mutated(text, seed);
        let of_regime = |(other, own): &(String, String)| -> (String, String) {
            (other.clone(), if other == path { text.clone() } else { own.clone() })
        };
        let files: Vec<(String, String)> =
            PACK_FILES.iter().filter(|(path, _)| path.starts_with(&format!("{regime}/"))).map(of_regime).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        read_and_judge(&files, SMALL_MAP);
    }
}

/// Freedonia with its named conditions replaced, and a rule that reads the last of them.
fn with_conditions(conditions: &str, last: &str) -> bool {
    let conditions = format!("intimate: {{ data.personal: true }}\nmany_people: {{ data.minors: true }}\n{conditions}");
    let rule = format!(
        "id: xf-data-act/s10-last\ntitle: Last\ncite: ACT s.10\nconfidence: memory\nwhen: {last}\nthen: exempt\nbecause: It is the last.\n"
    );
    let mut files: Vec<(&str, &str)> = FREEDONIA.to_vec();
    for (path, text) in &mut files {
        if path.ends_with("conditions.yaml") {
            *text = &conditions;
        }
    }
    files.push(("xf-data-act/exemptions/s10-last.yaml", &rule));
    read_and_judge(&files, SMALL_MAP)
}

// Each name stands for two of the one before: a million million conditions in forty lines.
#[test]
fn names_that_double_at_each_step_do_not_hang_the_engine() {
    let double = |n: usize| {
        let c = format!("c{}", n - 1);
        format!(
            "c{n}: {{ any: [{{ all: [{c}, {{ data.minors: true }}] }}, {{ all: [{c}, {{ data.count: {{ above: {n} }} }}] }}] }}\n"
        )
    };
    let doubled: String = std::iter::once("c0: { data.personal: true }\n".to_owned())
        .chain((1..=40).map(double))
        .collect();
    // Refused or judged: what matters is that there is an answer.
    with_conditions(&doubled, "c40");
}

#[test]
fn the_pack_that_is_mutated_is_a_law_as_it_stands() {
    assert!(read_and_judge(FREEDONIA, SMALL_MAP));
    assert!(with_conditions("c0: { data.minors: false }\nc1: { not: c0 }\n", "c1"));
}

#[test]
fn a_long_chain_of_names_does_not_overflow_the_stack() {
    let next = |n: usize| format!("c{n}: {{ not: c{} }}\n", n - 1);
    let chain: String = std::iter::once("c0: { data.personal: true }\n".to_owned())
        .chain((1..=2_000).map(next))
        .collect();
    with_conditions(&chain, "c2000");
}

#[test]
fn a_condition_within_a_condition_within_a_condition_does_not_overflow_the_stack() {
    for depth in [50, 500, 5_000, 50_000] {
        let deep = format!(
            "{}{{ data.personal: true }}{}",
            "{ not: ".repeat(depth),
            " }".repeat(depth)
        );
        with_conditions("", &deep);
        let lists = format!(
            "{}{{ data.personal: true }}{}",
            "{ any: [".repeat(depth),
            "] }".repeat(depth)
        );
        with_conditions("", &lists);
    }
}

#[test]
fn a_rule_file_reports_all_that_is_wrong_with_it_at_once() {
    let regime = "id: xx\ntitle: X\nterritory: [HK]\nauthority: A\nchecked_on: 2026-11-22\n\
                  instruments: { ACT: { title: The Act } }\nlayers: { act: { status: in_force } }\notherwise: {}\n";
    let rule = "id: xx/e\ntitle: E\ncite: ACT s. 1\nwhen: { all: [{ flow.sung: true }, { data.personal: maybe }] }\n\
                because: Because.\n";
    let problems = Law::from_texts(&[("xx/regime.yaml", regime), ("xx/exemptions/e.yaml", rule)]).unwrap_err();
    let found: Vec<String> = problems
        .iter()
        .map(|problem| {
            let at = problem.position.unwrap();
            format!("{}:{}:{} {}", problem.file, at.line, at.column, problem.code)
        })
        .collect();
    let expected = [
        "xx/exemptions/e.yaml:1:1 file/missing-key",
        "xx/exemptions/e.yaml:4:17 pack/unknown-fact",
        "xx/exemptions/e.yaml:4:53 file/wrong-type",
    ];
    assert_eq!(found, expected);
}
