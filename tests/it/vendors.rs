//! Vendor profiles: what a map takes in, what it binds, what a profile that leaves something out is worth.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use transborder::assess::vendor::{Adoption, Review, review, review_of};
use transborder::assess::{Assessment, Options, assess};
use transborder::law::pack::Status;
use transborder::load::{Change, Document, Profiles, Source};
use transborder::outcome::{Headline, Outcome};

use crate::world::{LAW, files, repository};

/// A product with one place of each kind. Everything on the floor is there.
const PROFILE: &str = r#"
transborder: 1
name: Parley
sources:
  page: { title: Where data rest, kind: vendor, as_of: 2026-05-01, confidence: verified }
  mind: { title: Said at a fair, kind: none, as_of: 2026-05-01, confidence: memory }
profile:
  vendor: Parley Pte
  roles: { customer: Who signs. }
  data_classes: { content: { about: Messages. }, directory: { about: Accounts. } }
  variants: [numbers]
  remote_access: [support]
  management_plane: [tenant-admin]
  subprocessors: [mailer]
  mechanisms_offered: { scc: { type: eu-gdpr/art-46-2-c-scc, with: parley-sg, evidence: page } }
entities:
  parley-sg:  { kind: company, role: contracting, established_in: [SG], parent: parley-cn, evidence: page }
  parley-cn:  { kind: company, role: operator, established_in: [CNHGH], parent: none, evidence: page }
  post:       { kind: company, role: subprocessor, established_in: [SG], evidence: page }
processors:
  mailer: { kind: service, operator: post, acts_for: parley-sg, located_in: SG, evidence: page }
  desk:   { kind: team, operator: parley-cn, acts_for: parley-sg, located_in: CNHGH, evidence: page }
storage:
  store:    { operator: parley-sg, acts_for: customer, holds: [content, directory], located_in: { setting: region, values: { asia: SG, home: HK } }, commitment: policy, keys_held_by: none, evidence: { all: page, located_in: mind } }
  mainland: { operator: parley-cn, acts_for: customer, holds: [content], located_in: CN, commitment: none, keys_held_by: none, evidence: page }
controls:
  - { id: tenant-admin, by: customer, over: store, kind: administers, access: actual, evidence: page }
flows:
  content:          { from: users, to: store, carries: [content], kind: transmission, trigger: default, when: { numbers: other }, evidence: page }
  content-mainland: { from: users, to: mainland, carries: [content], kind: transmission, trigger: default, when: { numbers: mainland }, evidence: page }
  accounts:         { from: users, to: store, carries: [directory], kind: replication, trigger: default, evidence: page }
  visible:          { from: store, to: users, carries: [directory], kind: disclosure, trigger: default, evidence: page }
  notices:          { from: store, to: mailer, kind: disclosure, trigger: default, when: { notices: on }, evidence: page }
  support:          { from: store, to: desk, kind: remote_access, existence: possible, trigger: event, evidence: mind }
settings:
  numbers: { values: [other, mainland], changeable: never, evidence: page }
  region:  { values: [asia, home], default: asia, changeable: by_contract, evidence: page }
  notices: { values: [on, off], default: on, changeable: any_time, evidence: page }
"#;

/// Two companies with clients, and what each has of both classes.
const MAP: &str = r"
transborder: 1
as_of: 2026-11-01
entities:
  shop-hk: { kind: company, established_in: [HK], parent: none }
  shop-mo: { kind: company, established_in: [MO], parent: shop-hk }
assets:
  hk-chat:  { data_class: content, personal: true, state: clear, categories: [communication], controller: shop-hk, collected_in: [HK] }
  hk-staff: { data_class: directory, personal: true, state: clear, categories: [name], controller: shop-hk, collected_in: [HK] }
  mo-chat:  { data_class: content, personal: true, state: clear, categories: [communication], controller: shop-mo, collected_in: [MO] }
  mo-staff: { data_class: directory, personal: true, state: clear, categories: [name], controller: shop-mo, collected_in: [MO] }
processors:
  hk-phones: { kind: client, operator: shop-hk, located_in: HK }
  mo-phones: { kind: client, operator: shop-mo, located_in: MO }
";

fn profiles(profile: &str) -> Profiles {
    Profiles::built_in().with("parley", Source::from_text("parley.yaml", profile))
}

#[track_caller]
fn document(map: &str, profile: &str) -> Document {
    match Document::read(&Source::from_text("map.yaml", map), &profiles(profile)) {
        Ok(document) => document,
        Err(problems) => panic!("{problems}"),
    }
}

/// The map with the product under `parley`, and more lines in its entry.
fn taking_up(entry: &str) -> String {
    format!("{MAP}use:\n  parley:\n    profile: parley\n{entry}")
}

#[track_caller]
fn judged(document: &Document) -> Assessment {
    match document.map(LAW.catalogue()) {
        Ok(loaded) => assess(&loaded.map, &LAW, &Options::new()).unwrap(),
        Err(problems) => panic!("{problems}"),
    }
}

/// What is wrong with a map that takes up the product, one problem a line.
fn problems(map: &str, profile: &str) -> String {
    let read = Document::read(&Source::from_text("map.yaml", map), &profiles(profile));
    match read.and_then(|document| document.map(LAW.catalogue())) {
        Ok(_) => String::new(),
        Err(problems) => problems.to_string(),
    }
}

fn flows(assessment: &Assessment) -> BTreeSet<&str> {
    assessment
        .movements
        .iter()
        .map(|movement| movement.flow.as_str())
        .collect()
}

/// The assets on a flow.
fn carried<'a>(assessment: &'a Assessment, flow: &str) -> Vec<&'a str> {
    let on = assessment.movements.iter().filter(|movement| movement.flow == flow);
    on.map(|movement| movement.asset.as_str()).collect()
}

#[test]
fn each_client_is_a_group_and_data_are_bound_by_their_class() {
    let map = taking_up("    roles: { customer: shop-hk }\n    as_delivered: true\n    settings: { numbers: other }\n");
    let found = judged(&document(&map, PROFILE));
    assert_eq!(carried(&found, "parley-content-hk-phones"), ["hk-chat"]);
    assert_eq!(carried(&found, "parley-accounts-mo-phones"), ["mo-staff"]);
    // What the store passes on is all that reached it.
    assert_eq!(
        carried(&found, "parley-notices"),
        ["hk-chat", "hk-staff", "mo-chat", "mo-staff"]
    );
    // To each group goes what the others gave.
    assert_eq!(carried(&found, "parley-visible-hk-phones"), ["mo-staff"]);
    assert_eq!(carried(&found, "parley-visible-mo-phones"), ["hk-staff"]);
    assert!(
        flows(&found).contains("access:parley-store:shop-hk"),
        "the customer administers the one tenant"
    );
    assert!(
        !flows(&found).iter().any(|flow| flow.contains("mainland")),
        "all numbers are others"
    );
}

#[test]
fn what_is_not_bound_is_there_and_nothing_is_known_of_it() {
    let map = taking_up("    groups: { all: { users: hk-phones, data: { directory: [hk-staff] } } }\n");
    let found = judged(&document(&map, PROFILE));
    assert_eq!(carried(&found, "parley-content-all"), ["parley-content-all"]);
    let unbound = found
        .movements
        .iter()
        .find(|movement| movement.flow == "parley-content-all")
        .unwrap();
    let undetermined =
        |judged: &&transborder::assess::assessment::AssessedVerdict| judged.verdict.outcome == Headline::Undetermined;
    assert!(
        unbound.verdicts.iter().filter(undetermined).count() > 2,
        "unknown data are not cleared"
    );
    let asked: Vec<&str> = found.questions.iter().map(|question| question.at.as_str()).collect();
    assert!(asked.contains(&"assets.parley-content-all.personal"), "{asked:?}");
}

#[test]
fn data_known_not_to_be_there_do_not_move() {
    let map = taking_up("    groups: { all: { users: hk-phones, data: { directory: [hk-staff], content: none } } }\n");
    let found = judged(&document(&map, PROFILE));
    assert!(
        !flows(&found).iter().any(|flow| flow.starts_with("parley-content")),
        "{:?}",
        flows(&found)
    );
}

#[test]
fn some_people_are_in_another_variant_of_the_service() {
    let map = taking_up(
        "    as_delivered: true\n    settings: { numbers: other }\n    groups:\n      hk: { users: hk-phones }\n      \
         mo: { users: mo-phones, settings: { numbers: mainland } }\n",
    );
    let found = judged(&document(&map, PROFILE));
    assert!(flows(&found).contains("parley-content-hk") && flows(&found).contains("parley-content-mainland-mo"));
    assert!(!flows(&found).contains("parley-content-mo") && !flows(&found).contains("parley-content-mainland-hk"));
}

#[test]
fn a_setting_nobody_answered_is_unknown_unless_the_product_is_taken_as_delivered() {
    let asked = |entry: &str| {
        let found = judged(&document(&taking_up(entry), PROFILE));
        found
            .questions
            .iter()
            .any(|question| question.at == "settings.parley-notices.value")
    };
    assert!(asked("    settings: { numbers: other }\n"));
    assert!(!asked("    settings: { numbers: other }\n    as_delivered: true\n"));
}

#[test]
fn two_instances_of_a_product_stand_side_by_side() {
    let map = format!(
        "{}  second: {{ profile: parley, groups: {{ mo: {{ users: mo-phones }} }}, settings: {{ region: home }} }}\n",
        taking_up("    groups: { hk: { users: hk-phones } }\n    settings: { region: asia }\n")
    );
    let map = document(&map, PROFILE).map(LAW.catalogue()).unwrap().map;
    let place = |id: &str| map.nodes.iter().find(|node| node.id == id).unwrap().located_in.clone();
    assert_ne!(place("parley-store"), place("second-store"));
    assert_eq!(map.used.len(), 2);
}

#[test]
fn two_prefixes_that_bring_in_the_same_id_are_refused() {
    let map = format!("{}  parley-x: {{ profile: parley }}\n", taking_up(""));
    let twin = PROFILE.replace("  desk:   {", "  x-desk: { kind: team, evidence: page }\n  desk:   {");
    let wrong = problems(&map, &twin);
    assert!(
        wrong.contains(
            "map.yaml:18:3: error[file/duplicate-key]: `parley` and `parley-x` both bring in `parley-x-desk`"
        ),
        "{wrong}"
    );
    assert_eq!(problems(&map, PROFILE), "");
}

#[test]
fn nothing_of_a_profile_or_a_map_is_lost_without_a_word() {
    // A flow of one group and another flow of another group would be called the same.
    let twin = PROFILE.replace("  accounts: ", "  content-x: { from: users, to: mainland, carries: [content], kind: backup, trigger: default, evidence: page }\n  accounts: ");
    let groups = "    groups: { a: { users: hk-phones }, x-a: { users: mo-phones } }\n";
    let wrong = problems(&taking_up(groups), &twin);
    assert!(
        wrong.contains("map.yaml:16:3: error[file/duplicate-key]: `flows.content")
            && wrong.contains("give the group another name"),
        "{wrong}"
    );
    // A section of another kind is refused where it stands, profile or not.
    for (line, expected) in [
        ("flows: [{ from: hk-phones, to: mo-phones }]\n", "expected an object"),
        (
            "controls: { admin: { by: shop-hk, over: hk-phones, kind: owns } }\n",
            "expected a list",
        ),
        ("storage: 5\n", "expected an object"),
    ] {
        let wrong = problems(&format!("{}{line}", taking_up("")), PROFILE);
        assert!(
            wrong.contains("map.yaml:18:") && wrong.contains(expected),
            "{line}{wrong}"
        );
    }
    // Nobody would use it.
    let wrong = problems(&taking_up("    groups: {}\n"), PROFILE);
    assert!(wrong.contains("nobody would use `parley`"), "{wrong}");
    // A mistyped amendment.
    let mistyped = document(
        &format!("{}storage: {{ parley-stor: {{ located_in: HK }} }}\n", taking_up("")),
        PROFILE,
    );
    let warnings = mistyped.map(LAW.catalogue()).unwrap().warnings.to_string();
    assert!(
        warnings.contains("map.yaml:18:25: warning") && warnings.contains("did you mean `parley-store`?"),
        "{warnings}"
    );
}

#[test]
fn what_only_the_vendor_makes_goes_to_each_group_as_its_own() {
    let profile = PROFILE.replace(
        "  notices:          ",
        "  records: { from: store, to: users, carries: [invoices], kind: disclosure, trigger: default, evidence: page }\n  notices:          ",
    );
    let profile = profile.replace(
        "data_classes: { ",
        "data_classes: { invoices: { about: What is owed. }, ",
    );
    let found = judged(&document(
        &taking_up("    groups: { all: { users: mo-phones } }\n"),
        &profile,
    ));
    assert_eq!(carried(&found, "parley-records-all"), ["parley-invoices-all"]);
}

#[test]
fn nonsense_does_not_satisfy_the_floor() {
    for (from, to, expected) in [
        ("variants: [numbers]", "variants: [number]", "did you mean `numbers`?"),
        ("variants: [numbers]", "variants: 5", "expected a list"),
        ("remote_access: [support]", "remote_access: maybe", "expected a list"),
        (
            "subprocessors: [mailer]",
            "subprocessors: [nope]",
            "the profile has no `nope`",
        ),
        (
            "{ scc: { type: eu-gdpr/art-46-2-c-scc, with: parley-sg, evidence: page } }",
            "7",
            "expected an object",
        ),
        ("roles: { customer:", "roles: { post:", "`post` is a role or data class"),
    ] {
        let wrong = problems(&taking_up(""), &PROFILE.replacen(from, to, 1));
        assert!(
            wrong.contains(expected) && wrong.contains("parley.yaml:"),
            "{to}: {wrong}"
        );
    }
    for (from, to) in [
        ("holds: [content, directory]", "holds: []"),
        ("evidence: { all: page, located_in: mind }", "evidence: {}"),
        ("settings:\n", "settings: {}\nignored:\n"),
    ] {
        let profile = PROFILE.replacen(from, to, 1);
        let read = Document::read(&Source::from_text("map.yaml", taking_up("")), &profiles(&profile)).unwrap();
        if let Ok(loaded) = read.map(LAW.catalogue()) {
            assert!(!loaded.map.used[0].gaps.is_empty(), "{to}");
        }
    }
    // Not known of a flow: of each of its groups.
    let profile = PROFILE.replacen(
        "kind: replication, trigger: default",
        "kind: replication, trigger: unknown",
        1,
    );
    let map = document(&taking_up(""), &profile).map(LAW.catalogue()).unwrap().map;
    assert!(
        map.used[0].in_doubt.contains("parley-accounts-mo-phones"),
        "{:?}",
        map.used[0].in_doubt
    );
}

#[test]
fn what_the_head_of_a_profile_leaves_unknown_can_be_answered_in_the_map() {
    let profile = PROFILE.replacen("subprocessors: [mailer]", "subprocessors: unknown", 1);
    let used = |entry: &str| {
        document(&taking_up(entry), &profile)
            .map(LAW.catalogue())
            .unwrap()
            .map
            .used
            .remove(0)
    };
    assert!(used("").all_in_doubt);
    assert!(!used("    answers: { subprocessors: none }\n").all_in_doubt);
    let wrong = problems(&taking_up("    answers: { subprocessor: none }\n"), &profile);
    assert!(wrong.contains("did you mean `subprocessors`?"), "{wrong}");
}

#[test]
fn what_the_map_says_goes_before_what_the_profile_says() {
    let map = format!(
        "{}storage: {{ parley-store: {{ located_in: HK }} }}\ncontrols:\n  - {{ id: parley-tenant-admin, access: none }}\n",
        taking_up("    roles: { customer: shop-hk }\n")
    );
    let document = document(&map, PROFILE);
    let found = judged(&document);
    assert!(
        !flows(&found).contains("access:parley-store:shop-hk"),
        "nobody can look"
    );
    assert_eq!(
        document.value("storage.parley-store.commitment").unwrap(),
        "policy",
        "the rest is the profile's"
    );
    use transborder::load::Whence as _;
    let at = |path: &str| {
        (
            document.file(path).to_owned(),
            document.position(path).map(|position| position.line),
        )
    };
    assert_eq!(at("storage.parley-store.located_in").0, "map.yaml");
    assert_eq!(
        at("storage.parley-store.commitment"),
        ("parley.yaml".to_owned(), Some(24))
    );
    assert_eq!(at("controls.parley-tenant-admin.by").0, "parley.yaml");
    assert_eq!(at("controls.parley-tenant-admin.access").0, "map.yaml");
}

#[test]
fn a_change_reaches_what_a_profile_brings_in_and_how_it_is_taken_up() {
    let map = document(
        &taking_up("    settings: { numbers: other }\n    as_delivered: true\n"),
        PROFILE,
    );
    let off = map
        .with(&Change::new().set("settings.parley-notices.value", "off"), None)
        .unwrap();
    assert!(!flows(&judged(&off)).contains("parley-notices"));
    let off = map
        .with(&Change::new().set("use.parley.settings.notices", "off"), None)
        .unwrap();
    assert!(!flows(&judged(&off)).contains("parley-notices"));
    let gone = map.with(&Change::new().remove("flows.parley-notices"), None).unwrap();
    assert!(!flows(&judged(&gone)).contains("parley-notices"));
    let none = map.with(&Change::new().remove("use.parley"), None).unwrap();
    assert!(judged(&none).movements.is_empty());
    let wrong = map
        .with(&Change::new().remove("flows.parley-notes"), None)
        .unwrap_err()
        .to_string();
    assert!(
        wrong.contains("there is nothing at `flows.parley-notes` to take out"),
        "{wrong}"
    );
}

#[test]
fn what_is_wrong_with_a_binding_is_said_where_it_stands() {
    for (entry, expected) in [
        (
            "    roles: { costumer: shop-hk }\n",
            "map.yaml:18:14: error[map/unknown-id]: the profile has no role `costumer`",
        ),
        (
            "    roles: { customer: shop-hx }\n",
            "map.yaml:18:24: error[map/unknown-id]: there is no entity `shop-hx`",
        ),
        (
            "    settings: { notice: off }\n",
            "map.yaml:18:17: error[map/unknown-id]: the profile has no setting `notice`",
        ),
        (
            "    settings: { notices: of }\n",
            "map.yaml:18:26: error[file/unknown-word]: the setting `parley-notices` has no word `of`",
        ),
        (
            "    groups: { a: { users: hk-phone } }\n",
            "map.yaml:18:27: error[map/unknown-id]: there is no processor or storage node `hk-phone`",
        ),
        (
            "    groups: { a: { users: hk-phones, data: { contents: none } } }\n",
            "map.yaml:18:46: error[map/unknown-id]: the profile has no data class `contents`",
        ),
        (
            "    groups: { a: { users: hk-phones, data: { content: [hk-chats] } } }\n",
            "there is no asset `hk-chats`",
        ),
        (
            "    group: {}\n",
            "map.yaml:18:5: error[file/unknown-key]: unknown key `group`",
        ),
    ] {
        let problems = problems(&taking_up(entry), PROFILE);
        assert!(problems.contains(expected), "{entry}{problems}");
    }
    let near = problems(&taking_up("    roles: { costumer: shop-hk }\n"), PROFILE);
    assert!(near.contains("did you mean `customer`?"), "{near}");
    let unknown = problems(&taking_up("").replace("profile: parley", "profile: parly"), PROFILE);
    assert!(
        unknown.contains("map.yaml:17:14") && unknown.contains("did you mean `parley`?"),
        "{unknown}"
    );
    let file = problems(
        &taking_up("").replace("profile: parley", "profile: ../parley.yaml"),
        PROFILE,
    );
    assert!(
        file.contains("there is no vendor profile `../parley.yaml`"),
        "no file is read unasked: {file}"
    );
}

#[test]
fn what_is_wrong_with_a_profile_is_said_in_the_profile() {
    let twice = |from: &str, to: &str| problems(&taking_up(""), &PROFILE.replacen(from, to, 1));
    let wrong = twice("kind: transmission", "kind: transmision");
    assert!(
        wrong.contains("parley.yaml:29:") && wrong.contains("did you mean `transmission`?"),
        "{wrong}"
    );
    assert_eq!(
        wrong.matches("error[").count(),
        1,
        "once, though two groups have the flow: {wrong}"
    );
    let wrong = twice("evidence: { all: page, located_in: mind }", "evidence: pages");
    assert!(wrong.contains("there is no source `parley-pages`"), "{wrong}");
    let wrong = twice("settings:\n", "mechanisms: {}\nsettings:\n");
    assert!(wrong.contains("a profile has no `mechanisms`"), "{wrong}");
    let wrong = twice("\nprofile:\n", "\nprofil:\n");
    assert!(
        wrong.contains("parley.yaml:2:1") && wrong.contains("no vendor profile"),
        "{wrong}"
    );
}

/// Each part of the floor, as a line of the profile to leave out or to empty.
const FLOOR: &[(&str, &str, &str)] = &[
    ("  variants: [numbers]\n", "", "which service one is in"),
    ("role: contracting, ", "", "who signs"),
    (
        "established_in: [SG], parent: parley-cn",
        "parent: parley-cn",
        "entities.parley-sg.established_in",
    ),
    ("parent: parley-cn, ", "", "entities.parley-sg.parent"),
    ("holds: [content, directory], ", "", "storage.store.holds"),
    ("commitment: policy, ", "", "storage.store.commitment"),
    ("located_in: CN, ", "", "storage.mainland.located_in"),
    (
        "kind: replication, trigger: default",
        "kind: replication",
        "flows.accounts.trigger",
    ),
    ("default: on, ", "", "settings.notices.default"),
    ("changeable: any_time, ", "", "settings.notices.changeable"),
    ("  remote_access: [support]\n", "", "who looks at data"),
    (
        "  management_plane: [tenant-admin]\n",
        "",
        "what administration reaches in",
    ),
    ("  subprocessors: [mailer]\n", "", "who else processes"),
    (
        "  mechanisms_offered: { scc: { type: eu-gdpr/art-46-2-c-scc, with: parley-sg, evidence: page } }\n",
        "",
        "which mechanisms",
    ),
    (
        ", kind: disclosure, trigger: default, when: { notices: on }, evidence: page",
        ", kind: disclosure, trigger: default, when: { notices: on }",
        "flows.notices.evidence",
    ),
];

#[test]
fn a_profile_that_leaves_out_part_of_the_floor_clears_nothing() {
    let map = taking_up("    roles: { customer: shop-hk }\n    as_delivered: true\n    settings: { numbers: other }\n");
    let touched = |assessment: &Assessment| -> Vec<Outcome> {
        let touching = assessment
            .movements
            .iter()
            .filter(|movement| movement.flow.contains("parley"));
        touching
            .flat_map(|movement| &movement.verdicts)
            .map(|judged| judged.verdict.worst)
            .collect()
    };
    let whole = judged(&document(&map, PROFILE));
    assert!(whole.profiles[0].gaps.is_empty(), "{:?}", whole.profiles[0].gaps);
    assert!(
        touched(&whole).iter().any(|worst| *worst < Outcome::Incomplete),
        "with the floor something is cleared"
    );
    for (part, instead, said) in FLOOR {
        let profile = PROFILE.replacen(part, instead, 1);
        assert_ne!(profile, PROFILE, "{part}");
        let found = judged(&document(&map, &profile));
        let gaps = found.profiles[0].gaps.join("; ");
        assert!(gaps.contains(said), "{part}: {gaps}");
        assert!(
            touched(&found).iter().all(|worst| *worst == Outcome::NonExempt),
            "{part}"
        );
        let firm = found.movements.iter().flat_map(|movement| &movement.verdicts);
        let cleared = firm
            .filter(|judged| matches!(judged.verdict.outcome, Headline::Firm(outcome) if outcome < Outcome::NonExempt));
        assert_eq!(cleared.count(), 0, "{part}");
    }
}

#[test]
fn what_a_profile_says_is_unknown_holds_back_the_transfers_on_which_it_bears() {
    let map = taking_up("    roles: { customer: shop-hk }\n    as_delivered: true\n    settings: { numbers: other }\n");
    let verdicts = |assessment: &Assessment, flow: &str| -> Vec<(Headline, Outcome)> {
        let on = assessment.movements.iter().filter(|movement| movement.flow == flow);
        on.flat_map(|movement| &movement.verdicts)
            .map(|judged| (judged.verdict.outcome, judged.verdict.worst))
            .collect()
    };
    let whole = judged(&document(&map, PROFILE));
    let scope = Headline::Firm(Outcome::OutOfScope);
    let uncommitted = PROFILE.replacen("commitment: policy", "commitment: unknown", 1);
    let found = judged(&document(&map, &uncommitted));
    assert!(found.profiles[0].gaps.is_empty() && found.profiles[0].unknown[0].contains("storage.store.commitment"));
    let touching = |assessment: &Assessment| -> Vec<(Headline, Outcome)> {
        let at_store = |m: &&transborder::assess::assessment::AssessedMovement| {
            m.from.id == "parley-store" || m.to.id == "parley-store"
        };
        let verdicts = assessment
            .movements
            .iter()
            .filter(at_store)
            .flat_map(|movement| &movement.verdicts);
        verdicts
            .map(|judged| (judged.verdict.outcome, judged.verdict.worst))
            .collect()
    };
    let (was, is) = (touching(&whole), touching(&found));
    for (was, is) in was.iter().zip(&is) {
        // What the law does not reach, a promise about the place cannot bring in.
        let expected = match was {
            (headline, _) if *headline == scope => *was,
            (_, Outcome::NonExempt) => *was,
            _ => (Headline::Undetermined, Outcome::NonExempt),
        };
        assert_eq!(*is, expected);
    }
    assert_ne!(was, is);
    // The subprocessor is nobody's store: no promise is missing there.
    let other = |assessment: &Assessment| {
        assessment
            .movements
            .iter()
            .filter(|m| m.from.id == "mo-phones" && m.to.id != "parley-store")
            .count()
    };
    assert_eq!(other(&whole), other(&found));
    let everything = judged(&document(
        &map,
        &PROFILE.replacen("remote_access: [support]", "remote_access: unknown", 1),
    ));
    let cleared = |headline: Headline| matches!(headline, Headline::Firm(outcome) if outcome > Outcome::OutOfScope && outcome < Outcome::NonExempt);
    let to_vendor = everything
        .movements
        .iter()
        .filter(|movement| movement.to.id.starts_with("parley-"));
    let mut to_vendor = to_vendor
        .flat_map(|movement| &movement.verdicts)
        .map(|judged| judged.verdict.outcome);
    assert!(!to_vendor.any(cleared));
    // What the customer's own people get from the product does not turn on who else looks.
    let own = |assessment: &Assessment| verdicts(assessment, "parley-visible-mo-phones");
    assert_eq!(own(&everything), own(&whole));
    // Whoever asks the vendor and writes the answer into the map has it.
    let answered = format!("{map}storage: {{ parley-store: {{ commitment: contract }} }}\n");
    assert_eq!(touching(&judged(&document(&answered, &uncommitted))), was);
}

#[test]
fn who_runs_it_may_hang_on_a_setting() {
    let profile = PROFILE.replacen(
        "store:    { operator: parley-sg,",
        "store:    { operator: { setting: region, values: { asia: parley-sg, home: parley-cn } },",
        1,
    );
    let operator = |entry: &str| {
        let map = document(&taking_up(entry), &profile).map(LAW.catalogue()).unwrap().map;
        let store = map.nodes.iter().find(|node| node.id == "parley-store").unwrap();
        store.operator.map(|id| map.entity(id).id.clone())
    };
    assert_eq!(
        operator("    settings: { region: asia }\n").as_deref(),
        Some("parley-parley-sg")
    );
    assert_eq!(
        operator("    settings: { region: home }\n").as_deref(),
        Some("parley-parley-cn")
    );
    assert_eq!(operator("    as_delivered: false\n"), None);
    let wrong = problems(
        &taking_up(""),
        &profile.replace("home: parley-cn }", "hom: parley-cn }"),
    );
    assert!(
        wrong.contains("parley.yaml:24:") && wrong.contains("did you mean `home`?"),
        "{wrong}"
    );
}

#[test]
fn what_nobody_gave_to_a_variant_does_not_leave_it() {
    let profile = PROFILE.replace(
        "  notices:          ",
        "  archive: { from: mainland, to: desk, carries: [content], kind: backup, trigger: default, evidence: page }\n  notices:          ",
    );
    let others = judged(&document(&taking_up("    settings: { numbers: other }\n"), &profile));
    assert!(
        !flows(&others).contains("parley-archive"),
        "nobody is in the mainland variant"
    );
    let some = judged(&document(
        &taking_up(
            "    settings: { numbers: other }\n    groups: { hk: { users: hk-phones }, mo: { users: mo-phones, settings: { numbers: mainland } } }\n",
        ),
        &profile,
    ));
    assert_eq!(carried(&some, "parley-archive"), ["mo-chat"]);
}

#[test]
fn a_review_says_what_comes_in_and_what_was_there() {
    let before = document(MAP, PROFILE);
    let adoption = Adoption::of("parley")
        .role("customer", "shop-hk")
        .setting("numbers", "other");
    let found = review(&before, &adoption, &LAW, &Options::new()).unwrap();
    assert!(found.movements.iter().all(|movement| movement.flow.contains("parley")));
    assert!(
        found.own.iter().any(|flow| flow == "parley-visible-hk-phones"),
        "{:?}",
        found.own
    );
    assert!(
        found.own.iter().all(|flow| !flow.contains("content")),
        "{:?}",
        found.own
    );
    assert!(
        found
            .layers
            .iter()
            .all(|layer| layer.flagged_before == 0 && layer.at_best <= layer.at_worst)
    );
    assert_eq!(found.offers.len(), 1);
    assert_eq!(
        found.sources["parley-mind"].says,
        ["flows.support", "storage.store.located_in"]
    );
    // The same, of a map that has it already.
    let entry = "    as_delivered: true\n    roles: { customer: shop-hk }\n    settings: { numbers: other }\n";
    let has = document(&taking_up(entry), PROFILE);
    let again = review_of(&has, "parley", &LAW, &Options::new()).unwrap();
    let flows = |review: &Review| {
        review
            .movements
            .iter()
            .map(|m| (m.flow.clone(), m.asset.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(flows(&found), flows(&again));
}

/// The retailer of the example, before it takes a vendor.
fn retailer() -> Document {
    let path = repository("examples/vendor-review/company.yaml");
    let source = Source::from_text("company.yaml", fs::read_to_string(path).unwrap());
    Document::read(&source, &Profiles::built_in()).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The retailer with each of the vendors, as delivered and with nothing signed.
fn reviews() -> BTreeMap<String, Review> {
    let retailer = retailer();
    let names: Vec<String> = Profiles::built_in().names().map(str::to_owned).collect();
    let reviewed = names.into_iter().map(|name| {
        let adoption = Adoption::of(&name).role("customer", "harbour-hk");
        let found = review(&retailer, &adoption, &LAW, &Options::new());
        (name.clone(), found.unwrap_or_else(|error| panic!("{name}: {error}")))
    });
    reviewed.collect()
}

#[test]
fn the_eight_starter_profiles_say_what_they_have_to_or_that_it_is_unknown() {
    let reviews = reviews();
    assert_eq!(reviews.len(), 8);
    assert_eq!(reviews.len(), files(&repository("vendors"), ".yaml").len());
    for (name, review) in &reviews {
        // What nobody knows may be wanting, and then stands there as not known; forgotten is nothing.
        assert!(review.vendor.gaps.is_empty(), "{name}: {:?}", review.vendor.gaps);
        assert!(review.movements.len() > 10 && !review.own.is_empty(), "{name}");
        assert!(
            !review.sources.is_empty() && review.sources.values().any(|source| !source.says.is_empty()),
            "{name}"
        );
        let loaded = Document::read(&Source::from_text(name.clone(), profile(name)), &Profiles::none()).unwrap();
        let warnings = loaded
            .map(LAW.catalogue())
            .unwrap_or_else(|problems| panic!("{problems}"))
            .warnings;
        assert!(warnings.is_empty(), "{name}: {warnings}");
    }
}

fn profile(name: &str) -> String {
    fs::read_to_string(repository(&format!("vendors/{name}.yaml"))).unwrap()
}

#[test]
fn ownership_alone_is_an_exposure_for_all_eight() {
    for (name, review) in reviews() {
        let owners: BTreeSet<&str> = review
            .exposures
            .iter()
            .filter(|exposure| exposure.chain.iter().any(|step| step.starts_with("owned by")))
            .map(|exposure| exposure.by.as_str())
            .collect();
        let vendors: Vec<&&str> = owners.iter().filter(|owner| owner.starts_with(&name)).collect();
        // Zoom alone has no parent: it is listed itself.
        assert!(!vendors.is_empty() || name == "zoom", "{name}: {owners:?}");
        for movement in &review.movements {
            let by = movement.to.party.as_deref().unwrap_or_default();
            let drawn = !movement.flow.starts_with("access:");
            assert!(
                drawn || !owners.contains(by) || !is_only_owner(&review, by),
                "{name}: {}",
                movement.flow
            );
        }
    }
}

/// Whether an entity runs nothing of the product and looks at nothing: it owns those that do.
fn is_only_owner(review: &Review, entity: &str) -> bool {
    !review
        .movements
        .iter()
        .any(|movement| movement.from.party.as_deref() == Some(entity))
}

#[test]
fn a_place_not_known_is_firm_where_every_candidate_lies_outside() {
    // Whichever of two places: from Macau each is abroad, and Macau has declared no place adequate.
    let store = |places: &str| {
        let profile = PROFILE.replace(
            "values: { asia: SG, home: HK }",
            &format!("values: {{ asia: {{ one_of: [{places}] }}, home: HK }}"),
        );
        let map =
            taking_up("    roles: { customer: shop-mo }\n    as_delivered: true\n    settings: { numbers: other }\n");
        let found = judged(&document(&map, &profile));
        let movement = found
            .movements
            .into_iter()
            .find(|movement| movement.flow == "parley-accounts-mo-phones")
            .unwrap();
        let of_macau = movement
            .verdicts
            .iter()
            .find(|judged| judged.verdict.regime == "mo-pdpa")
            .unwrap();
        assert_eq!(of_macau.verdict.status, Status::InForce);
        of_macau.verdict.outcome
    };
    assert_eq!(store("SG, JP"), Headline::Firm(Outcome::NonExempt));
    assert_eq!(store("SG, MO"), Headline::Undetermined);
}

/// A recording goes from Paris to a store in Manila only if somebody records; from there on to a desk there.
fn perhaps(existence: &str, desk: &str) -> Assessment {
    let map = format!(
        "
transborder: 1
as_of: 2026-11-01
entities:
  shop: {{ kind: company, established_in: [FR], parent: none }}
  host: {{ kind: company, established_in: [PH], parent: none, eu-gdpr: {{ targets_eea: none }} }}
  help: {{ kind: company, established_in: [IN], parent: none, eu-gdpr: {{ targets_eea: none }} }}
assets:
  talks: {{ personal: true, state: clear, categories: [communication], controller: shop, collected_in: [FR] }}
processors:
  rooms: {{ kind: client, operator: shop, located_in: FR }}
  desk:  {{ kind: {desk}, operator: host, acts_for: shop, located_in: IN }}
storage:
  store: {{ operator: host, acts_for: shop, located_in: PH }}
flows:
  record: {{ from: rooms, to: store, carries: [talks], kind: backup, existence: {existence} }}
  onward: {{ from: store, to: desk, kind: transmission, access: actual }}
"
    );
    judged(&document(&map, PROFILE))
}

#[test]
fn what_may_never_have_come_is_not_condemned_further_on() {
    let of = |assessment: &Assessment| {
        let onward = assessment
            .movements
            .iter()
            .find(|movement| movement.flow == "onward")
            .unwrap();
        let gdpr = onward
            .verdicts
            .iter()
            .find(|judged| judged.verdict.regime == "eu-gdpr")
            .unwrap();
        (gdpr.verdict.outcome, gdpr.verdict.worst, onward.depends_on.clone())
    };
    // Recorded for certain, it goes on to India with nothing that covers it.
    let (shown, worst, _) = of(&perhaps("shown", "service"));
    let (possible, still, depends_on) = of(&perhaps("possible", "service"));
    assert_eq!(still, worst);
    assert!(shown != Headline::Undetermined || worst == Outcome::NonExempt);
    assert_eq!(possible, Headline::Undetermined);
    assert_eq!(depends_on, ["flows.record.existence"]);
    assert!(!flows(&perhaps("none", "service")).contains("onward"), "nothing comes");
}

#[test]
fn a_team_is_the_people_who_look_and_nobody_else_of_its_operator_does() {
    assert!(flows(&perhaps("shown", "service")).contains("access:desk:host"));
    assert!(!flows(&perhaps("shown", "team")).contains("access:desk:host"));
}
