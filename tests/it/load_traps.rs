//! Maps as people write them, as tools break them, and as an attacker would.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;
use transborder::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use transborder::fact::{Carrier, Catalogue, Declaration, FactType, OwnFact, Value};
use transborder::load::{Loaded, Source, map, schema};
use transborder::model::{End, Map, Stated};
use transborder::text::Text;

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::new();
    let facts = [
        (Carrier::Entity, "ciio", FactType::Bool),
        (Carrier::Entity, "handled_since", FactType::Date),
        (
            Carrier::Data,
            "important",
            FactType::Word(vec!["none_notified".to_owned(), "notified".to_owned()]),
        ),
        (Carrier::Flow, "separate_consent", FactType::Bool),
        (Carrier::Mechanism, "filed_on", FactType::Date),
        (Carrier::Mechanism, "seats", FactType::Count),
    ];
    for (carrier, name, kind) in facts {
        assert!(catalogue.declare(Declaration {
            carrier,
            own: OwnFact {
                regime: "xx-law".to_owned(),
                name: name.to_owned(),
            },
            kind,
            ask: Text::english("Is it so?"),
            who: None,
            presume: None,
        }));
    }
    catalogue.declare_mechanism("xx-law/clauses".to_owned());
    for word in ["name", "payroll", "sick_leave"] {
        catalogue.declare_category(word);
    }
    catalogue
}

fn load_bytes(bytes: &[u8]) -> Result<Loaded, Diagnostics> {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(catalogue);
    map(&Source::new("map.yaml", bytes.to_vec())?, &CATALOGUE)
}

#[track_caller]
fn loaded(text: &str) -> Map {
    match load_bytes(text.as_bytes()) {
        Ok(Loaded { map, warnings }) => {
            assert!(warnings.is_empty(), "{warnings}");
            map
        }
        Err(problems) => panic!("{problems}"),
    }
}

#[track_caller]
fn refused(text: &str) -> Diagnostics {
    match load_bytes(text.as_bytes()) {
        Ok(loaded) => panic!("loaded: {:?}", loaded.map),
        Err(problems) => problems,
    }
}

/// The problems as `line:column code message (help)`.
#[track_caller]
fn lines(text: &str) -> Vec<String> {
    let line = |d: &Diagnostic| {
        let at = d
            .position
            .map_or("-".to_owned(), |p| format!("{}:{}", p.line, p.column));
        let help = d.help.as_ref().map_or(String::new(), |help| format!(" ({help})"));
        format!("{at} {} {}{help}", d.code, d.message)
    };
    refused(text).iter().map(line).collect()
}

const OFFICE: &str = "\
transborder: 1
name: Harbour Retail, staff chat
as_of: 2026-11-01
entities:
  harbour-hk: { kind: company, established_in: [HK], decides_from: HK, xx-law: { ciio: false, handled_since: none } }
  chat-vendor: { established_in: [CN], parent: { entity: chat-group, share: 60, since: 2019-03-01 } }
  chat-group: { established_in: [CN], parent: none }
  chat-branch: { kind: branch, branch_of: chat-vendor, established_in: SG }
assets:
  staff-records:
    personal: true
    state: clear
    encrypted_by: none
    categories: [name, payroll, sick_leave]
    controllers: [harbour-hk]
    collected_in: [HK]
    collected_from: person
    subjects:
      - { group: hk-staff, located_in: HK, count: 480, relation: employee, minors: false, overlaps: [] }
      - { group: visitors, located_in: [HK, MO], overlaps: [hk-staff] }
    purposes: [hr_management]
    legal_basis: contract
    data_class: customer content
    xx-law: { important: none_notified }
processors:
  chat-app: { operator: harbour-hk, acts_for: none, located_in: HK, kind: client }
  chat-backend: { operator: chat-vendor, acts_for: harbour-hk, located_in: { cloud: alibaba/cn-hangzhou } }
storage:
  archive: { operator: chat-vendor, located_in: { one_of: [SG, CN] }, keys_held_by: chat-vendor }
  backup: { located_in: { setting: residency, values: { eu: { all_of: [DE, { cloud: aws/eu-west-1 }] }, cn: CN } } }
  copies: { located_in: { setting: cloud_backup, values: { on: SG, off: HK } } }
controls:
  - { by: chat-vendor, over: archive, kind: administers, access: possible, access_from: { all_of: [CN, IN] } }
  - { by: chat-group, over: chat-vendor, kind: owns, share: 100, since: 2001-01-01 }
  - { by: chat-vendor, over: chat-group, kind: owns, share: 5 }
flows:
  collect: { from: staff-records, to: chat-app, kind: collection, arranged_by: harbour-hk }
  sync:
    from: chat-app
    to: chat-backend
    carries: [staff-records]
    kind: replication
    trigger: default
    when: { cloud_backup: on, residency: [eu, cn] }
    purpose: same
    access: actual
    transit_only: false
    initiated_by: exporter
    occasional: false
    protection: in_transit
    transforms: { state: pseudonymised, drops: [name], mixes_in: none }
    per_day: 24
    xx-law: { separate_consent: true }
  to-archive: { from: chat-backend, to: archive, arranged_by: none }
mechanisms:
  chat-clauses:
    type: xx-law/clauses
    between: [harbour-hk, chat-vendor]
    covers: { assets: [staff-records], flows: [sync], data_classes: [customer content] }
    signed: 2025-03-01
    valid_until: none
    filed_on: 2025-03-20
    seats: { from: 10, to: 20 }
settings:
  cloud_backup: { values: [on, off], value: on, default: off, changeable: any_time }
  residency: { values: [eu, cn] }
";

#[test]
fn a_whole_map_loads() {
    let map = loaded(OFFICE);
    let ids: Vec<&str> = map.nodes.iter().map(|node| node.id.as_str()).collect();
    assert_eq!(ids, ["archive", "backup", "chat-app", "chat-backend", "copies"]);
    let flow = map.flows.iter().find(|flow| flow.id == "collect").unwrap();
    assert!(matches!(flow.from, End::Subjects(_)));
    assert_eq!(format!("{:?}", map.nodes[0].located_in.alternatives), "[{CN}, {SG}]");
    assert_eq!(
        format!("{:?}", map.nodes[1].located_in.alternatives),
        "[{CN}, {DE, IE}]"
    );
    assert_eq!(map.nodes[1].located_in.setting.as_deref(), Some("residency"));
    assert_eq!(format!("{:?}", map.nodes[3].located_in.alternatives), "[{CN}]");
    assert_eq!(
        format!("{:?}", map.nodes[4].located_in),
        "Location { alternatives: [{SG}], setting: None }"
    );
    let vendor = map.entities.iter().find(|entity| entity.id == "chat-vendor").unwrap();
    let Stated::Is(group) = vendor.parent else { panic!() };
    assert_eq!(map.entity(group).id, "chat-group");
    assert_eq!(map.entity(group).parent, Stated::Absent);
    assert_eq!(vendor.parent_share, Some(60));
    let harbour = map.entities.iter().find(|entity| entity.id == "harbour-hk").unwrap();
    let own: Vec<&Value> = harbour.own.values().collect();
    assert_eq!(own, [&Value::Bool(false), &Value::Never]);
    let mechanism = &map.mechanisms[0];
    assert_eq!(mechanism.own["valid_until"], Value::Never);
    assert_eq!(
        mechanism.own["seats"],
        Value::Count {
            least: 10,
            most: Some(20)
        }
    );
    assert_eq!(map.settings["cloud_backup"].value.as_deref(), Some("on"));
    assert_eq!(
        map.assets[0].subjects.as_ref().unwrap()[0].overlaps,
        Some(BTreeSet::new())
    );
}

/// A map of one object each, to be spoilt.
const SMALL: &str = "\
transborder: 1
entities: { e: { established_in: [HK] } }
assets: { a: { controller: e } }
processors: { p: { operator: e, located_in: HK } }
storage: { s: { located_in: { one_of: [SG, CN] } } }
controls: [{ by: e, over: s, kind: owns }]
flows: { f: { from: p, to: s, when: { x: on } } }
settings: { x: { values: [on, off] } }
";

/// The small map with one line replaced.
fn small_with(line: &str) -> String {
    let (key, _) = line.split_once(':').unwrap();
    let replaced = SMALL.lines().map(|old| if old.starts_with(key) { line } else { old });
    let mut text: Vec<&str> = replaced.collect();
    if !SMALL.contains(&format!("{key}:")) {
        text.push(line);
    }
    text.join("\n")
}

/// What is said when one line of the small map is replaced.
#[track_caller]
fn said(line: &str) -> Vec<String> {
    lines(&small_with(line))
}

#[track_caller]
fn codes(text: &str) -> Vec<&'static str> {
    refused(text).iter().map(|problem| problem.code.as_str()).collect()
}

#[test]
fn everything_wrong_is_reported_at_once_with_its_place() {
    let text = "\
transborder: 1
nmae: Office
as_of: 2026-02-30
use: { vendor: vendor.yaml }
entities:
  e: { established_in: [NO, UK], knd: company, kind: firm, parent: e }
assets:
  a: { controller: f, categories: none, subjects: [{ count: many }] }
processors:
  p: { operator: ee, located_in: { cloud: aws/eu-west-9 } }
flows:
  f: { from: p, to: p, carries: [b], when: { x: on, y: maybe } }
  g: { from: a, transit_only: yes }
mechanisms:
  m: { type: xx-law/clause }
settings:
  y: { values: [on, off], value: auto }
";
    assert_eq!(
        lines(text),
        [
            "2:1 file/unknown-key unknown key `nmae` (did you mean `name`?)",
            "3:8 file/bad-date expected a day written YYYY-MM-DD, found `2026-02-30`",
            "4:16 file/wrong-type expected an object, found `vendor.yaml`",
            "6:29 file/unknown-place there is no place `UK` (places are codes of ISO 3166-1 (`HK`), or codes that a rule \
             pack declares)",
            "6:34 file/unknown-key unknown key `knd` (did you mean `kind`?)",
            "6:54 file/unknown-word expected one of company, branch, public_authority, international_organisation, \
             natural_person, found `firm`",
            "6:68 map/parent-cycle `e` is its own parent",
            "8:20 map/unknown-id there is no entity `f` (`f` is a flow)",
            "8:52 file/missing-key the key `group` is missing",
            "8:61 file/wrong-type expected a whole number from 0, found `many`",
            "10:18 map/unknown-id there is no entity `ee`",
            "10:43 file/unknown-place there is no cloud region `aws/eu-west-9` (did you mean `aws/eu-west-1`?)",
            "12:21 map/self-flow the flow ends where it starts (a flow leads from one place of processing to another)",
            "12:34 map/unknown-id there is no asset `b`",
            "12:49 map/unknown-id there is no setting `x`",
            "12:56 file/unknown-word the setting `y` has no word `maybe` (its words are off, on)",
            "13:6 file/missing-key the key `to` is missing",
            "13:31 file/wrong-type expected `true` or `false`, found `yes`",
            "15:6 map/mechanism-without-reach the mechanism says neither between whom nor for what (give it `between: \
             [entities]` or `covers: { assets: […], flows: […], data_classes: […] }`)",
            "15:14 file/unknown-word no loaded rule pack has a mechanism `xx-law/clause` (did you mean `xx-law/clauses`?)",
            "17:34 file/unknown-word the setting `y` has no word `auto` (its words are off, on)",
        ]
    );
}

#[test]
fn a_key_that_stands_twice_is_an_error_anywhere() {
    let twice = [
        "name: a\nname: b",
        "entities: { e: { name: a }, e: { name: b } }",
        "entities: { e: { name: a, name: b } }",
        "entities: { e: { xx-law: { ciio: true, ciio: false } } }",
        "entities: { e: { parent: { entity: e2, share: 1, share: 2 } }, e2: }",
        "assets: { a: { subjects: [{ group: x, group: y }] } }",
        "processors: { p: { located_in: { one_of: [HK], one_of: [CN] } } }",
        "controls: [{ by: e, by: e, over: s, kind: owns }]",
        "flows: { f: { from: p, to: s, when: { x: on, x: off } } }",
        "settings: { x: { values: [on, off], value: on, value: off } }",
    ];
    for line in twice {
        let text = small_with(line);
        assert!(codes(&text).contains(&"file/duplicate-key"), "{line}");
    }
    let json = r#"{ "transborder": 1, "entities": { "e": {}, "e": {} } }"#;
    assert_eq!(
        lines(json),
        ["1:44 file/duplicate-key the key `e` stands twice in one object"]
    );
}

#[test]
fn assets_processors_and_storage_share_their_ids() {
    let said = said("assets: { a: , s: }");
    let help = "(assets, processors and storage share their ids, since a flow may end at any of them)";
    let message = "the id `s` stands under `assets` and under `storage`";
    assert_eq!(said, [format!("5:12 file/duplicate-key {message} {help}")]);
    loaded(&small_with("entities: { e: , p: , a: , x: , f: }"));
}

#[test]
fn a_byte_order_mark_and_foreign_line_ends_do_not_matter() {
    let plain = format!("{:?}", loaded(OFFICE));
    let windows = format!("\u{feff}{}", OFFICE.replace('\n', "\r\n"));
    assert_eq!(format!("{:?}", loaded(&windows)), plain);
}

#[test]
fn utf_16_is_named_as_such() {
    for big in [false, true] {
        let unit = |unit: u16| {
            if big { unit.to_be_bytes() } else { unit.to_le_bytes() }
        };
        for mark in ["", "\u{feff}"] {
            let text = format!("{mark}{SMALL}");
            let bytes: Vec<u8> = text.encode_utf16().flat_map(unit).collect();
            let problems = load_bytes(&bytes).unwrap_err();
            assert_eq!(
                problems.iter().map(|problem| problem.code).collect::<Vec<_>>(),
                [Code::Syntax]
            );
            assert!(problems.to_string().contains("UTF-16"), "{problems}");
        }
    }
}

#[test]
fn norway_is_a_country_and_on_is_a_word() {
    let map = loaded(&small_with("processors: { p: { operator: e, located_in: NO } }"));
    assert_eq!(format!("{:?}", map.nodes[0].located_in.alternatives), "[{NO}]");
    assert_eq!(
        said("settings: { x: { values: [on, true] } }"),
        ["8:31 file/wrong-type expected a word (text), found `true` (put it in quotes)"]
    );
    assert_eq!(
        said("flows: { f: { from: p, to: s, when: { x: true } } }"),
        ["7:42 file/wrong-type expected a word (text), found `true` (put it in quotes)"]
    );
}

#[test]
fn ids_that_look_like_nothing_are_refused() {
    for id in [
        "~", "null", "\"~\"", "\"null\"", "NULL", "none", "unknown", "\"\"", "\" \"", "true", "1.5", "[x]",
    ] {
        for section in [
            "entities",
            "assets",
            "processors",
            "storage",
            "flows",
            "mechanisms",
            "settings",
        ] {
            let all = codes(&small_with(&format!("{section}: {{ {id}: {{ name: x }} }}")));
            assert!(all.contains(&"map/bad-id"), "{section} {id} {all:?}");
        }
    }
    for id in ["a b", "a/b", "a:b", "a.b", "a[b", "a\u{2003}b", "a\u{7}b"] {
        let all = codes(&small_with(&format!(
            "mechanisms: {{ {}: {{}} }}",
            serde_json::Value::from(id)
        )));
        assert!(all.contains(&"map/bad-id"), "{id:?} {all:?}");
    }
    loaded(&small_with(
        "mechanisms: { 資料-1_é: { type: xx-law/clauses, between: [e] } }",
    ));
    let long = format!("entities: {{ {}: }}", "x".repeat(201));
    assert!(codes(&small_with(&long)).contains(&"map/bad-id"));
}

#[test]
fn own_facts_belong_to_their_regime_object_and_type() {
    assert_eq!(
        said("entities: { e: { xx-law: { cio: true, separate_consent: true, filed: true, ciio: perhaps } } }"),
        [
            "2:28 file/unknown-key `xx-law` declares no fact `cio` on entities (did you mean `ciio`?)",
            "2:39 file/unknown-key `xx-law` declares no fact `separate_consent` on entities (`xx-law` declares it on flows)",
            "2:63 file/unknown-key `xx-law` declares no fact `filed` on entities (it declares ciio, handled_since)",
            "2:82 file/wrong-type expected `true` or `false`, found `perhaps`",
        ]
    );
    let help = "did you mean `xx-law`?";
    assert_eq!(
        said("entities: { e: { xx-lw: { ciio: true } } }"),
        [format!("2:18 file/unknown-key unknown key `xx-lw` ({help})")]
    );
    assert_eq!(
        said("mechanisms: { m: { type: xx-law/clauses, between: [e], filed_om: 2025-01-01, seats: -1 } }"),
        [
            "9:56 file/unknown-key unknown key `filed_om` (did you mean `filed_on`?)",
            "9:85 file/wrong-type expected a whole number from 0, found the number `-1`",
        ]
    );
}

#[test]
fn wrong_types_are_named_with_what_was_expected() {
    assert_eq!(
        said("processors: { p: { operator: 852, located_in: [HK, CN] } }"),
        [
            "4:30 file/wrong-type expected text, found the number `852` (put it in quotes)",
            "4:47 file/wrong-type expected a code of a place (text), or an object with `one_of`, `all_of`, `cloud`, \
             `address`, or `setting` and `values`, found a list (write `{ all_of: […] }` if it is in all of them, `{ one_of: […] }` if it \
             is in one of them)",
        ]
    );
    assert_eq!(
        said("flows: { f: { from: p, to: s, carries: a } }"),
        ["7:40 file/wrong-type expected a list, found `a` (write `[a]`)"]
    );
    assert_eq!(
        said("flows: { f: { from: p, to: s, carries: [unknown] } }"),
        [
            "7:41 file/wrong-type nothing known cannot stand in a list (a list is taken as complete: if it is not, leave the \
             whole of it out)"
        ]
    );
    assert_eq!(
        said("entities: { e: { parent: { entity: e2, share: 101 }, established_in: [] }, e2: }"),
        [
            "2:47 file/wrong-type expected a share of at most 100 per cent, found the number `101`",
            "2:70 file/wrong-type expected at least one place (leave it out if it is not known)",
        ]
    );
    for text in ["[]", "transborder", "1", "~"] {
        assert_eq!(codes(text), ["file/wrong-type"], "{text:?}");
    }
    for text in [
        "",
        "# nothing",
        "transborder: [",
        "{\"transborder\": 1",
        "a: b: c",
        "\ttransborder: 1",
        "transborder: 1\n---\ntransborder: 1",
    ] {
        assert_eq!(codes(text), ["file/syntax"], "{text:?}");
    }
}

#[test]
fn another_version_is_not_read_any_further() {
    assert_eq!(
        lines("transborder: 2\nentities: [wrong]"),
        ["1:14 file/version this library reads version 1 of the format, found `2`"]
    );
    assert_eq!(codes("entities: [wrong]"), ["file/missing-key"]);
    assert_eq!(codes("transborder: one"), ["file/wrong-type"]);
}

#[test]
fn references_say_what_was_expected_and_what_is_there() {
    assert_eq!(
        said("flows: { f: { from: pp, to: e, arranged_by: a } }"),
        [
            "7:21 map/unknown-id there is no processor or storage node or asset `pp`",
            "7:29 map/unknown-id there is no processor or storage node or asset `e` (`e` is an entity)",
            "7:45 map/unknown-id there is no entity `a` (`a` is an asset)",
        ]
    );
    assert_eq!(
        said("controls: [{ by: p, over: a, kind: own }]"),
        [
            "6:18 map/unknown-id there is no entity `p` (`p` is a processor or storage node)",
            "6:27 map/unknown-id there is no processor or storage node or entity `a` (`a` is an asset)",
            "6:36 file/unknown-word expected one of owns, operates, administers, holds_keys, found `own` (did you mean `owns`?)",
        ]
    );
}

#[test]
fn a_flow_may_start_or_end_at_data_subjects_but_not_both() {
    let map = loaded(&small_with("flows: { f: { from: a, to: p }, g: { from: p, to: a } }"));
    assert!(matches!(
        (map.flows[0].from, map.flows[1].to),
        (End::Subjects(_), End::Subjects(_))
    ));
    assert_eq!(
        codes(&small_with("flows: { f: { from: a, to: a } }")),
        ["map/self-flow"]
    );
    let two = small_with("assets: { a: , b: }").replace("from: p, to: s", "from: a, to: b");
    assert_eq!(codes(&two), ["map/unknown-id"]);
}

#[test]
fn chains_of_parents_end_but_ownership_may_be_mutual() {
    assert_eq!(
        said("entities: { e: { parent: d }, d: { parent: { entity: c } }, c: { parent: d }, b: { parent: b } }"),
        [
            "2:74 map/parent-cycle the parents lead back to where they start: `c` → `d` → `c`",
            "2:92 map/parent-cycle `b` is its own parent",
        ]
    );
    let owns = "controls: [{ by: e, over: g, kind: owns }, { by: g, over: e, kind: owns }]";
    let mutual = small_with(owns).replace("entities: {", "entities: { g: ,");
    assert_eq!(loaded(&mutual).controls.len(), 2);
    let chain: Vec<String> = (0..20_000)
        .map(|n| format!("e{n}: {{ parent: e{} }}", (n + 1) % 20_000))
        .collect();
    assert_eq!(
        codes(&small_with(&format!("entities: {{ e: , {} }}", chain.join(", ")))),
        ["map/parent-cycle"]
    );
}

#[test]
fn a_branch_is_part_of_a_legal_person() {
    assert_eq!(
        said("entities: { e: { branch_of: f }, f: { branch_of: g }, g: { branch_of: none }, h: { branch_of: h } }"),
        [
            "2:29 map/unknown-id `f` is itself a branch, of `g` (name the legal person that the branch is part of)",
            "2:95 map/parent-cycle `h` is a branch of itself",
        ]
    );
}

#[test]
fn places_may_hang_on_settings() {
    let located = |location: &str, setting: &str| {
        let text = small_with(&format!("storage: {{ s: {{ located_in: {location} }} }}"));
        let map = loaded(&text.replace("[on, off]", &format!("[on, off]{setting}")));
        let node = map.nodes.iter().find(|node| node.id == "s").unwrap();
        format!("{:?} {:?}", node.located_in.alternatives, node.located_in.setting)
    };
    let by_word = "{ setting: x, values: { on: { one_of: [SG, CN] }, off: HK } }";
    assert_eq!(located(by_word, ""), "[{CN}, {HK}, {SG}] Some(\"x\")");
    assert_eq!(located(by_word, ", value: on"), "[{CN}, {SG}] None");
    assert_eq!(located("{ setting: x, values: { on: HK } }", ", value: off"), "[] None");
    assert_eq!(located("{ setting: x, values: { on: HK } }", ""), "[] Some(\"x\")");
    assert_eq!(
        located("{ setting: x, values: { on: HK, off: unknown } }", ""),
        "[] Some(\"x\")"
    );
    assert_eq!(
        said("storage: { s: { located_in: { setting: x, values: { onn: HK, off: { setting: x, values: {} } } } } }"),
        [
            "5:53 file/unknown-word the setting `x` has no word `onn` (did you mean `on`?)",
            "5:67 file/wrong-type a place hangs on one setting only",
        ]
    );
}

#[test]
fn unfamiliar_categories_are_a_warning() {
    let Loaded { map, warnings } =
        load_bytes(small_with("assets: { a: { categories: [payrol, name, aura] } }").as_bytes()).unwrap();
    assert_eq!(map.assets[0].categories.as_ref().map(BTreeSet::len), Some(3));
    let said: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "map.yaml:3:29: warning[map/unfamiliar-category]: no vocabulary knows the category `payrol`\n    \
             in: assets.a.categories[0]\n    help: did you mean `payroll`?",
            "map.yaml:3:43: warning[map/unfamiliar-category]: no vocabulary knows the category `aura`\n    \
             in: assets.a.categories[2]\n    help: until somebody declares what it is, rules about categories stay open",
        ]
    );
    assert!(warnings.iter().all(|warning| warning.severity == Severity::Warning));
}

#[test]
fn everything_may_be_unknown() {
    let keys = |keys: &str, value: &str| {
        let all: Vec<String> = keys.split(' ').map(|key| format!("{key}: {value}")).collect();
        all.join(", ")
    };
    let with = |value: &str| {
        let entity = keys("name kind established_in decides_from branch_of parent xx-law", value);
        let asset = keys(
            "name personal state encrypted_by categories subjects collected_in collected_from controller purposes \
             legal_basis data_class xx-law",
            value,
        );
        let node = keys("name kind operator acts_for located_in keys_held_by", value);
        let control = keys("access access_from share since", value);
        let flow = keys(
            "carries kind trigger when purpose arranged_by access transit_only initiated_by occasional protection transforms \
             per_day xx-law",
            value,
        );
        let mechanism = keys("covers", value);
        let setting = keys("value default changeable", value);
        format!(
            "transborder: 1\nname: {value}\nas_of: {value}\nentities: {{ e: {{ {entity} }}, e2: {value} }}\n\
             assets: {{ a: {{ {asset} }}, a2: {value} }}\nprocessors: {{ p: {{ {node} }}, p2: {value} }}\nstorage: {value}\n\
             controls: [{{ by: e, over: p, kind: owns, {control} }}]\n\
             flows: {{ f: {{ from: p, to: p2, {flow} }} }}\nsettings: {{ x: {{ values: [on], {setting} }} }}\n\
             mechanisms: {{ m: {{ type: xx-law/clauses, between: [e], {mechanism} }} }}\n"
        )
    };
    let said = loaded(&with("unknown"));
    assert_eq!(format!("{said:?}"), format!("{:?}", loaded(&with("~"))));
    let bare = "transborder: 1\nentities: { e: , e2: }\nassets: { a: , a2: }\nprocessors: { p: , p2: }\n\
                controls: [{ by: e, over: p, kind: owns }]\nflows: { f: { from: p, to: p2 } }\n\
                settings: { x: { values: [on] } }\nmechanisms: { m: { type: xx-law/clauses, between: [e] } }\n";
    assert_eq!(format!("{said:?}"), format!("{:?}", loaded(bare)));
    // Of facts that a law asks for it matters whether nothing is said, or that it is not known: nothing is presumed then.
    let filed = |value: &str| {
        let mechanisms = format!("mechanisms: {{ m: {{ type: xx-law/clauses, between: [e], filed_on: {value} }} }}");
        let own = loaded(&small_with(&mechanisms)).mechanisms.remove(0).own;
        own.into_values().collect::<Vec<_>>()
    };
    assert_eq!(filed("unknown"), [Value::Open]);
    assert_eq!(filed("~"), []);
    for section in [
        "entities",
        "assets",
        "processors",
        "storage",
        "controls",
        "flows",
        "mechanisms",
        "settings",
    ] {
        loaded(&format!("transborder: 1\n{section}:\n"));
    }
}

#[test]
fn none_is_known_to_be_absent() {
    let asset = loaded(&small_with(
        "assets: { a: { controllers: none, subjects: [], categories: none, encrypted_by: none } }",
    ));
    assert_eq!(asset.assets[0].controllers, Some(BTreeSet::new()));
    assert_eq!(asset.assets[0].subjects.as_ref().map(Vec::len), Some(0));
    assert_eq!(asset.assets[0].categories, Some(BTreeSet::new()));
    assert_eq!(asset.assets[0].encrypted_by, Stated::Absent);
    let flow = loaded(&small_with(
        "flows: { f: { from: p, to: s, carries: none, transforms: none } }",
    ));
    assert_eq!(flow.flows[0].carries, Some(BTreeSet::new()));
    assert_eq!(flow.flows[0].transforms.mixes_in, Some(BTreeSet::new()));
}

/// YAML to JSON, by the parser that the loader uses.
fn as_json(text: &str) -> serde_json::Value {
    serde_yaml::from_str(text).unwrap()
}

#[test]
fn json_is_read_as_yaml_is() {
    let json = serde_json::to_string_pretty(&as_json(OFFICE)).unwrap();
    assert_eq!(format!("{:?}", loaded(&json)), format!("{:?}", loaded(OFFICE)));
}

#[test]
fn the_order_of_keys_does_not_matter() {
    fn backwards(value: &serde_json::Value) -> String {
        match value {
            serde_json::Value::Object(object) => {
                let entries = object
                    .iter()
                    .rev()
                    .map(|(key, value)| format!("{key:?}: {}", backwards(value)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
            serde_json::Value::Array(items) => {
                format!("[{}]", items.iter().map(backwards).collect::<Vec<_>>().join(", "))
            }
            other => other.to_string(),
        }
    }
    let text = backwards(&as_json(OFFICE));
    assert!(text.find("\"storage\"") < text.find("\"assets\""));
    assert_eq!(format!("{:?}", loaded(&text)), format!("{:?}", loaded(OFFICE)));
}

#[test]
fn the_schema_takes_good_maps_and_refuses_bad_ones() {
    let validator = jsonschema::draft202012::new(&schema(&catalogue())).unwrap();
    for text in [OFFICE, SMALL] {
        assert!(
            validator.is_valid(&as_json(text)),
            "{:?}",
            validator.validate(&as_json(text))
        );
    }
    for line in [
        "nmae: x",
        "transborder: 2",
        "as_of: tomorrow",
        "entities: { unknown: }",
        "entities: { e: { knd: company } }",
        "entities: { e: { established_in: [Norway] } }",
        "entities: { e: { xx-law: { cio: true } } }",
        "flows: { f: { from: p } }",
        "flows: { f: { from: p, to: s, kind: magic } }",
        "mechanisms: { m: { type: xx-law/none, between: [e] } }",
        "mechanisms: { m: { type: xx-law/clauses, between: [e], filed: 2025-01-01 } }",
        "storage: { s: { located_in: { one_off: [HK] } } }",
        "settings: { x: { values: [on, true] } }",
    ] {
        assert!(!validator.is_valid(&as_json(&small_with(line))), "{line}");
    }
}

#[test]
fn alias_bombs_do_not_go_off() {
    let mut bomb = "transborder: 1\nname: x\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..12 {
        let items = vec![format!("*a{}", n - 1); 9].join(", ");
        bomb.push_str(&format!("a{n}: &a{n} [{items}]\n"));
    }
    assert_eq!(codes(&bomb), ["file/syntax"]);
    let large = format!(
        "transborder: 1\nname: &large {}\nall: [{}]",
        "x".repeat(1_000_000),
        "*large, ".repeat(300)
    );
    assert_eq!(codes(&large), ["file/syntax"]);
    let useful = "transborder: 1\nprocessors: { p: &p { located_in: HK }, q: *p }";
    assert_eq!(loaded(useful).nodes.len(), 2);
}

#[test]
fn depth_is_refused_not_followed() {
    for (open, close) in [
        ("[", "]"),
        ("{\"a\":", "}"),
        ("{a: ", "}"),
        ("[\"]\", ", "]"),
        ("[# ]\n ", "]"),
        ("- ", ""),
        ("? ", ""),
    ] {
        let deep = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        assert!(load_bytes(deep.as_bytes()).is_err());
        let inside = format!("transborder: 1\nname: {deep}");
        assert!(load_bytes(inside.as_bytes()).is_err());
    }
}

#[test]
fn brackets_in_texts_are_no_depth() {
    let text: String = (0..200)
        .map(|n| format!("  e{n}: {{ name: \"a [ {{ b\" }}\n"))
        .collect();
    assert_eq!(
        loaded(&format!("transborder: 1\nentities:\n{text}")).entities.len(),
        200
    );
}

#[test]
fn a_large_map_loads() {
    let mut text =
        "transborder: 1\nentities: { e: { established_in: [HK] } }\nassets: { a: }\nprocessors:\n".to_owned();
    let count = 25_000;
    for n in 0..count {
        text.push_str(&format!(
            "  node-{n}: {{ operator: e, located_in: {{ one_of: [HK, CN] }} }}\n"
        ));
    }
    text.push_str("flows:\n");
    for n in 0..count {
        text.push_str(&format!(
            "  flow-{n}: {{ from: node-{n}, to: node-{}, carries: [a] }}\n",
            (n + 1) % count
        ));
    }
    assert_eq!(loaded(&text).flows.len(), count);
}

#[test]
fn a_large_map_that_is_wrong_in_every_line_is_refused_in_time() {
    let mut text = "transborder: 1\nprocessors:\n".to_owned();
    for n in 0..15_000 {
        text.push_str(&format!("  node-{n}: {{ operator: nobody-{n}, located_in: Z{n} }}\n"));
    }
    let problems = refused(&text);
    assert!(problems.len() > 1_000);
    assert!(problems.iter().all(|problem| problem.position.is_some()));
}

#[test]
fn every_beginning_of_a_map_is_taken_or_refused() {
    for (end, _) in SMALL.char_indices() {
        let _ = load_bytes(&SMALL.as_bytes()[..end]);
    }
    let json = as_json(SMALL).to_string();
    for end in 0..json.len() {
        assert!(load_bytes(&json.as_bytes()[..end]).is_err());
    }
}

/// Pieces that mean something to a parser or to the loader.
const PIECES: &[&str] = &[
    "~",
    "null",
    "none",
    "unknown",
    "{",
    "}",
    "[",
    "]",
    ":",
    ": ",
    ", ",
    "- ",
    "\n",
    "\n  ",
    "\t",
    "&x ",
    "*x",
    "!tag ",
    "|",
    ">",
    "\"",
    "'",
    "#",
    "---",
    "...",
    "<<: ",
    "? ",
    "%YAML",
    "NO",
    "on",
    "true",
    "-1",
    "1e309",
    "18446744073709551616",
    "0x10",
    ".nan",
    "one_of",
    "all_of",
    "setting",
    "cloud",
    "parent",
    "harbour-hk",
    "chat-vendor",
    "chat-group",
    "staff-records",
    "archive",
    "sync",
    "xx-law",
    "資料",
    "\u{feff}",
    "\0",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = load_bytes(&bytes);
    }

    #[test]
    fn no_edit_of_a_map_makes_it_panic(edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..30, any::<prop::sample::Index>()), 1..6)) {
        let mut text: Vec<char> = OFFICE.chars().collect();
        for (at, cut, piece) in edits {
            let at = at.index(text.len());
            let end = (at + cut).min(text.len());
            text.splice(at..end, PIECES[piece.index(PIECES.len())].chars());
        }
        let text: String = text.into_iter().collect();
        if let Err(problems) = load_bytes(text.as_bytes()) {
            prop_assert!(problems.has_errors());
            prop_assert!(!problems.to_string().is_empty());
        }
    }

    #[test]
    fn any_value_anywhere_is_taken_or_refused(at in any::<prop::sample::Index>(), piece in any::<prop::sample::Index>(), listed in any::<bool>()) {
        fn places(value: &serde_json::Value, at: &str, all: &mut Vec<String>) {
            all.push(at.to_owned());
            match value {
                serde_json::Value::Object(object) => object.iter().for_each(|(key, value)| {
                    places(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), all);
                }),
                serde_json::Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| {
                    places(value, &format!("{at}/{index}"), all);
                }),
                _ => {}
            }
        }
        let mut map = as_json(OFFICE);
        let mut all = Vec::new();
        places(&map, "", &mut all);
        let piece = serde_json::Value::from(PIECES[piece.index(PIECES.len())]);
        let piece = if listed { serde_json::json!([piece]) } else { piece };
        *map.pointer_mut(&all[at.index(all.len())]).unwrap() = piece;
        let _ = load_bytes(map.to_string().as_bytes());
    }
}
