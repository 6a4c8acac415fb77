//! Measures: what is offered clears what it says, nothing is offered that nobody can do, and less comes before more.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::Value as Json;
use transborder::assess::Assessment;
use transborder::assess::assessment::{Finding, FindingKind};
use transborder::assess::measures::{Cure, Limits, MeasureKind, Measures, Selection, Set, propose};
use transborder::error::Error;
use transborder::load::{Change, Document, Profiles, Source};
use transborder::locate::cloud;
use transborder::word::Changeable;
use transborder::{Options, assess, report};

use crate::dice::{Dice, PLACES};
use crate::random_maps::{Kind, random_map};
use crate::world::{LAW, repository};

fn document(text: &str) -> Document {
    Document::read(&Source::from_text("map.yaml", text), &Profiles::built_in()).unwrap()
}

fn judged(document: &Document) -> Assessment {
    let map = document.map(LAW.catalogue()).unwrap().map;
    assess(&map, &LAW, &Options::new()).unwrap()
}

fn of(document: &Document, findings: &[&str], limits: Limits) -> Measures {
    let chosen = match findings {
        [] => Selection::Outcomes,
        ids => Selection::Findings(ids.iter().map(|id| (*id).to_owned()).collect()),
    };
    match propose(document, &LAW, &Options::new(), &chosen, limits) {
        Ok(measures) => measures,
        Err(error) => panic!("{error}"),
    }
}

fn proposed(text: &str) -> Measures {
    of(&document(text), &[], Limits::default())
}

fn cure<'m>(measures: &'m Measures, finding: &str) -> &'m Cure {
    let found = measures.findings.iter().find(|cure| cure.finding == finding);
    found.unwrap_or_else(|| panic!("no `{finding}` in {:#?}", measures.findings))
}

/// The sets that clear a finding, each as the ids of its measures.
fn ways<'m>(measures: &'m Measures, finding: &str) -> Vec<Vec<&'m str>> {
    let numbers = &cure(measures, finding).sets;
    let sets = measures.sets.iter().filter(|set| numbers.contains(&set.number));
    sets.map(|set| set.measures.iter().map(|m| m.id.as_str()).collect())
        .collect()
}

fn set<'m>(measures: &'m Measures, ids: &[&str]) -> &'m Set {
    let is_it = |set: &&Set| set.measures.iter().map(|m| m.id.as_str()).eq(ids.iter().copied());
    let found = measures.sets.iter().find(is_it);
    found.unwrap_or_else(|| panic!("no set {ids:?} in {:#?}", measures.sets))
}

/// Whether what a finding was about is found no more, whatever it would be called now.
fn is_gone(finding: &Finding, after: &Assessment) -> bool {
    !after.findings.iter().any(|other| {
        other.kind == finding.kind
            && (&other.regime, &other.layer, &other.subject, &other.asset)
                == (&finding.regime, &finding.layer, &finding.subject, &finding.asset)
            && (finding.kind != FindingKind::Duty || other.rule == finding.rule)
    })
}

/// What holds of every proposal, whatever the map.
#[track_caller]
fn check(document: &Document, measures: &Measures) {
    let before = judged(document);
    let finding = |id: &str| before.findings.iter().find(|finding| finding.id == id).unwrap();
    let rank = |set: &Set| {
        let mut kinds: Vec<MeasureKind> = set.measures.iter().map(|m| m.kind).collect();
        kinds.sort_by(|a, b| b.cmp(a));
        (set.measures.len(), kinds)
    };
    assert!(
        measures.sets.windows(2).all(|pair| rank(&pair[0]) <= rank(&pair[1])),
        "not in order"
    );
    for set in &measures.sets {
        assert!((1..=3).contains(&set.measures.len()));
        let whole = set.measures.iter().fold(Change::new(), |all, m| all.and(&m.change));
        assert_eq!(whole, set.change);
        // The change of a set is one that can be written down and read again.
        let file = Source::from_text("set.yaml", report::measures::yaml(&[set]));
        assert_eq!(Change::read(&file).unwrap(), set.change, "{}", file.name());
        let after = judged(&document.with(&set.change, Some(&file)).unwrap());
        assert!(!set.clears.is_empty());
        for cleared in &set.clears {
            assert!(
                is_gone(finding(&cleared.finding), &after),
                "{} by {set:#?}",
                cleared.finding
            );
        }
        // Nothing is worse than is said.
        for other in after.findings.iter().filter(|other| other.kind == FindingKind::Outcome) {
            let was = before.findings.iter().find(|was| {
                was.kind == other.kind
                    && (&was.regime, &was.layer, &was.subject, &was.asset)
                        == (&other.regime, &other.layer, &other.subject, &other.asset)
            });
            let worse = was.is_none_or(|was| other.worst > was.worst);
            let counts = other.status != Some(transborder::law::pack::Status::NotCommenced);
            let said = set.worse.iter().any(|worse| worse.finding == other.id);
            assert!(!(worse && counts) || said, "{} by {set:#?}", other.id);
        }
        // Without any one of its measures it clears less.
        for left_out in 0..set.measures.len() {
            let rest = set.measures.iter().enumerate().filter(|(at, _)| *at != left_out);
            let rest = rest.fold(Change::new(), |all, (_, m)| all.and(&m.change));
            let after = judged(&document.with(&rest, None).unwrap());
            let clears_all = set
                .clears
                .iter()
                .all(|cleared| is_gone(finding(&cleared.finding), &after));
            assert!(!clears_all, "{set:#?}");
        }
        for measure in &set.measures {
            if let Some(setting) = &measure.setting {
                assert_ne!(setting.changeable, Some(Changeable::Never));
                assert_ne!(setting.changeable, Some(Changeable::BeforeSignUp));
            }
            for value in measure.change.set.values() {
                if let Some(region) = value.get("cloud").and_then(Json::as_str) {
                    assert!(cloud::region(region).is_some(), "{region}");
                }
            }
        }
    }
    for cure in &measures.findings {
        assert!(cure.sets.is_sorted());
        let sets = measures.sets.iter().filter(|set| cure.sets.contains(&set.number));
        assert!(
            sets.clone()
                .all(|set| set.clears.iter().any(|cleared| cleared.finding == cure.finding))
        );
        assert_eq!(sets.count(), cure.sets.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn every_set_clears_what_it_says_and_has_no_measure_too_many(seed in any::<u64>()) {
        let text = random_map(seed, Kind { places: PLACES, complete: false });
        let mut dice = Dice(seed);
        let changeable = dice.pick(Changeable::WORDS);
        let change = Change::new().set("settings.sync.changeable", changeable);
        let mut document = document(&text).with(&change, None).unwrap();
        // Some of what is known rests in a cloud.
        let regions: Vec<&str> = cloud::names().collect();
        if dice.below(2) == 0 {
            let cloud = serde_json::json!({ "cloud": dice.pick(&regions) });
            document = document.with(&Change::new().set("processors.node-0.located_in", cloud), None).unwrap();
        }
        let limits = Limits { trials: 80, ..Limits::default() };
        check(&document, &of(&document, &[], limits));
    }
}

static HARBOUR: LazyLock<Document> = LazyLock::new(|| {
    let text = std::fs::read_to_string(repository("examples/harbour-retail/map.yaml")).unwrap();
    document(&text)
});

const UPLOADS: [&str; 2] = [
    "hk-pdpo/principles/hk-hr-upload/hk-hr/undetermined",
    "mo-pdpa/act/mo-hr-upload/mo-hr/undetermined",
];

#[test]
fn the_upload_that_nobody_looked_at_is_cleared_by_making_sure_that_it_is_off() {
    let measures = of(&HARBOUR, &UPLOADS, Limits::default());
    check(&HARBOUR, &measures);
    let off = set(&measures, &["set:smart_hr_sync:off"]);
    assert_eq!(off.number, 1);
    assert_eq!(off.clears.len(), 2);
    assert!(off.clears.iter().all(|cleared| cleared.now.is_none()));
    let measure = &off.measures[0];
    assert_eq!(measure.words, "Make sure that `smart_hr_sync` is `off`");
    assert_eq!(measure.setting.as_ref().unwrap().changeable, Some(Changeable::AnyTime));
}

#[test]
fn clauses_that_lack_the_assessment_are_completed_by_it() {
    let finding = "eu-gdpr/chapter_v/paris-to-tenant/paris-directory/incomplete";
    let measures = of(&HARBOUR, &[finding], Limits::default());
    let complete = set(&measures, &["complete:paris-jetty-clauses"]);
    assert_eq!(complete.number, 1);
    let measure = &complete.measures[0];
    let steps: Vec<&str> = measure.steps.iter().map(|step| step.part.as_str()).collect();
    assert_eq!(steps, ["transfer-impact-assessment", "assessment-adequate"]);
    let done = &measure.change.set["mechanisms.paris-jetty-clauses.assessment_done"];
    assert_eq!(done, &Json::Bool(true));
}

#[test]
fn clauses_without_the_authority_are_completed_by_its_authorisation() {
    let finding = "mo-pdpa/act/mo-crm/mo-customers/incomplete";
    let measures = of(&HARBOUR, &[finding], Limits::default());
    let complete = set(&measures, &["complete:mo-hk-clauses"]);
    let step = &complete.measures[0].steps[0];
    assert_eq!(step.part, "art-20-2-authority-decision");
    assert!(step.words.to_string().starts_with("Apply to the authority"));
    // The day of judgement: what is not yet done cannot have been done before.
    let change = &complete.measures[0].change.set;
    assert_eq!(change["mechanisms.mo-hk-clauses.authorised_on"], "2026-11-01");
    assert_eq!(change.len(), 1);
}

#[test]
fn nobody_becomes_a_company_of_the_bay_by_a_contract() {
    let tickets = "mo-pdpa/act/mo-support-tickets/mo-tickets/non_exempt";
    let limits = Limits {
        at_most: 100,
        ..Limits::default()
    };
    let measures = of(&HARBOUR, &[tickets], limits);
    let gba = "mo-pdpa/art-20-2-gba-contract";
    let used = measures.sets.iter().flat_map(|set| &set.measures);
    assert!(
        used.filter_map(|measure| measure.mechanism.as_ref())
            .all(|m| m.kind != gba)
    );
    // The contract that is held is with a company in Hangzhou, and why it does not serve is said.
    let ruled_out = &cure(&measures, tickets).ruled_out;
    assert!(
        ruled_out.iter().any(|out| out.what == "mechanisms.mo-hangzhou-gba"),
        "{ruled_out:#?}"
    );
    // Clauses serve, once the authority has authorised them.
    let clauses = set(&measures, &["in_place:art-20-2-contract-clauses-harbour-mo-jetty-ops"]);
    let parts: Vec<&str> = clauses.measures[0]
        .steps
        .iter()
        .map(|step| step.part.as_str())
        .collect();
    assert!(parts.contains(&"art-20-2-authority-decision"), "{parts:?}");
}

#[test]
fn what_is_chosen_at_sign_up_is_offered_only_before_it() {
    let finding = "hk-pdpo/principles/hk-sync-mainland/hk-chat/undetermined";
    let nobody = vec!["set:hk_mainland_numbers:nobody"];
    let later = of(&HARBOUR, &[finding], Limits::default());
    assert!(!ways(&later, finding).contains(&nobody));
    let why = cure(&later, finding)
        .ruled_out
        .iter()
        .find(|out| out.what == "settings.hk_mainland_numbers");
    assert!(why.unwrap().why.contains("sign-up"));
    let limits = Limits {
        before_sign_up: true,
        ..Limits::default()
    };
    let before = of(&HARBOUR, &[finding], limits);
    assert_eq!(ways(&before, finding)[0], nobody);
}

#[test]
fn who_could_look_is_shut_out() {
    let finding = "hk-pdpo/principles/access:onprem-server:jetty-ops/hk-board-chat/undetermined";
    let measures = of(&HARBOUR, &[finding], Limits::default());
    assert_eq!(ways(&measures, finding), [["exclude:controls[4]"]]);
    let change = &measures.sets[0].change;
    assert_eq!(change, &Change::new().set("controls[4].access", "none"));
}

/// A company in Paris sends to a company in Manila, and nothing is held.
const PARIS: &str = r"
transborder: 1
as_of: 2026-11-01
entities:
  paris:  { kind: company, established_in: [FR], parent: none }
  manila: { kind: company, established_in: [PH], parent: none, eu-gdpr: { targets_eea: none } }
assets:
  staff:
    { personal: true, state: clear, categories: [name], controller: paris, collected_in: [FR], collected_from: person, legal_basis: contract,
      subjects: [{ group: staff, located_in: FR, count: 5, relation: employee, minors: false }], eu-gdpr: { high_risk: false } }
processors:
  office: { operator: paris, located_in: FR }
  desk:   { operator: manila, acts_for: paris, located_in: PH }
flows:
  sync: { from: office, to: desk, carries: [staff], kind: transmission, access: actual, purpose: same, when: { copy: on } }
settings:
  copy: { values: [on, off], value: on, changeable: any_time, set_by: the administrator, needs: Plan B, residue: Copies made stay for 30 days. }
";

const SYNC: &str = "eu-gdpr/chapter_v/sync/staff/non_exempt";

/// `PARIS` with something changed.
fn paris(from: &str, to: &str) -> String {
    assert!(PARIS.contains(from), "{from}");
    PARIS.replace(from, to)
}

#[test]
fn a_setting_comes_before_clauses_and_both_before_stopping() {
    let limits = Limits {
        at_most: 100,
        ..Limits::default()
    };
    let document = document(PARIS);
    let measures = of(&document, &[], limits);
    check(&document, &measures);
    let ways = ways(&measures, SYNC);
    assert_eq!(ways.first().unwrap(), &["set:copy:off"]);
    assert_eq!(ways.last().unwrap(), &["drop:sync"]);
    assert!(ways.contains(&vec!["in_place:art-46-2-c-scc-paris-manila"]), "{ways:?}");
    let setting = measures.sets[0].measures[0].setting.as_ref().unwrap();
    assert_eq!((setting.from.as_deref(), setting.to.as_str()), (Some("on"), "off"));
    assert_eq!(setting.residue.as_deref(), Some("Copies made stay for 30 days."));
    let text = report::measures::render(&measures, Some(&document), "en");
    for said in ["Plan B", "the administrator", "stays: Copies made stay for 30 days."] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[test]
fn new_clauses_say_what_has_to_be_done_and_which_module_fits() {
    let limits = Limits {
        at_most: 100,
        ..Limits::default()
    };
    let measures = of(&document(PARIS), &[], limits);
    let clauses = set(&measures, &["in_place:art-46-2-c-scc-paris-manila"]);
    let change = &clauses.change.set["mechanisms.art-46-2-c-scc-paris-manila"];
    assert_eq!(change["type"], "eu-gdpr/art-46-2-c-scc");
    assert_eq!(change["between"], serde_json::json!(["paris", "manila"]));
    assert_eq!(change["module"], "two");
    assert_eq!(change["signed"], "2026-11-01");
    let parts: BTreeSet<&str> = clauses.measures[0]
        .steps
        .iter()
        .map(|step| step.part.as_str())
        .collect();
    for part in [
        "signed-by-both",
        "annexes-complete",
        "text-unmodified",
        "transfer-impact-assessment",
    ] {
        assert!(parts.contains(part), "{parts:?}");
    }
    // Whoever has clauses tells those who ask of them.
    let owed: Vec<&str> = clauses.owed.iter().map(|owed| owed.rule.as_str()).collect();
    assert!(owed.contains(&"eu-gdpr/art-15-2-access"), "{owed:?}");
}

#[test]
fn a_switch_that_cannot_be_moved_is_not_offered_and_the_reason_is_given() {
    let measures = proposed(&paris("changeable: any_time", "changeable: never"));
    let kinds = |measures: &Measures| -> BTreeSet<MeasureKind> {
        measures
            .sets
            .iter()
            .flat_map(|set| &set.measures)
            .map(|m| m.kind)
            .collect()
    };
    assert!(!kinds(&measures).contains(&MeasureKind::Setting));
    let out = cure(&measures, SYNC)
        .ruled_out
        .iter()
        .find(|out| out.what == "settings.copy");
    assert_eq!(out.unwrap().why, "it can never be changed");
    // Of which nobody knows when it can be changed, that is said, and it comes after clauses.
    let unclear = proposed(&paris("changeable: any_time, ", ""));
    let numbers: Vec<usize> = unclear
        .sets
        .iter()
        .filter(|set| set.measures[0].setting.is_some())
        .map(|set| set.number)
        .collect();
    assert!(numbers.iter().all(|number| *number > 1), "{numbers:?}");
}

#[test]
fn what_the_vendor_offers_comes_before_what_it_does_not() {
    let offers = "offers:\n  scc: { type: eu-gdpr/art-46-2-c-scc, with: manila, about: Module two; on request. }\n";
    let offered =
        proposed(&format!("{PARIS}{offers}").replace("Module two; on request.", "\"Module two, on request.\""));
    let ways = ways(&offered, SYNC);
    assert_eq!(ways[1], ["sign:art-46-2-c-scc-paris-manila"]);
    let sign = set(&offered, &["sign:art-46-2-c-scc-paris-manila"]);
    let mechanism = sign.measures[0].mechanism.as_ref().unwrap();
    assert_eq!(mechanism.offered.as_deref(), Some("Module two, on request."));
    // Somebody else's offer is none of this party.
    let others = offers
        .replace("with: manila", "with: paris")
        .replace("Module two; on request.", "\"x\"");
    let none = proposed(&format!("{PARIS}{others}"));
    assert!(
        none.sets
            .iter()
            .flat_map(|set| &set.measures)
            .all(|m| m.kind != MeasureKind::SignOffered)
    );
}

#[test]
fn two_switches_are_offered_together_where_one_is_not_enough() {
    // What rests at the desk is reached by two flows; a console of another company looks at it.
    let text = r"
transborder: 1
as_of: 2026-11-01
entities:
  paris: { kind: company, established_in: [FR], parent: none }
  host:  { kind: company, established_in: [FR], parent: none }
  ops:   { kind: company, established_in: [IN], parent: none, eu-gdpr: { targets_eea: none } }
assets:
  staff: { personal: true, state: clear, categories: [name], controller: paris, collected_in: [FR], collected_from: person }
processors:
  a: { operator: paris, located_in: FR }
  b: { operator: paris, located_in: FR }
storage:
  desk: { operator: host, acts_for: paris, located_in: FR }
controls:
  - { id: console, by: ops, over: desk, kind: administers, access: actual, access_from: IN }
flows:
  one: { from: a, to: desk, carries: [staff], kind: backup, when: { first: on } }
  two: { from: b, to: desk, carries: [staff], kind: backup, when: { second: on } }
settings:
  first:  { values: [on, off], value: on, changeable: any_time }
  second: { values: [on, off], value: on, changeable: any_time }
";
    let finding = "eu-gdpr/chapter_v/access:desk:ops/staff/non_exempt";
    let document = document(text);
    let limits = Limits {
        at_most: 100,
        ..Limits::default()
    };
    let measures = of(&document, &[finding], limits);
    check(&document, &measures);
    let ways = ways(&measures, finding);
    let both = vec!["set:first:off", "set:second:off"];
    assert!(ways.contains(&both), "{ways:?}");
    assert!(ways.contains(&vec!["exclude:controls.console"]), "{ways:?}");
    let alone = |way: &Vec<&str>| way.len() == 1 && way[0].starts_with("set:");
    assert!(!ways.iter().any(alone), "{ways:?}");
}

/// People in Paris work with a product of a vendor; its profile offers clauses.
#[test]
fn what_a_vendor_runs_is_moved_by_its_settings_only_and_its_offer_is_to_be_signed() {
    let text = format!(
        "{}\nuse:\n  chat: {{ profile: slack, roles: {{ customer: paris }}, as_delivered: true, settings: {{ contract: salesforce_asia }}, groups: {{ all: {{ users: office, data: {{ content: [staff], directory: none, usage: none }} }} }} }}\n",
        PARIS.trim_end()
    );
    // Whether the vendor itself is bound turns on it.
    let text = text.replace("high_risk: false", "high_risk: false, related_to_targeting: false");
    let document = document(&text);
    let finding = "eu-gdpr/chapter_v/chat-content-all/staff/non_exempt";
    let limits = Limits {
        at_most: 100,
        before_sign_up: true,
        ..Limits::default()
    };
    let measures = of(&document, &[finding], limits);
    check(&document, &measures);
    let kinds: BTreeSet<MeasureKind> = measures
        .sets
        .iter()
        .flat_map(|set| &set.measures)
        .map(|m| m.kind)
        .collect();
    assert!(!kinds.contains(&MeasureKind::Relocate), "{kinds:?}");
    assert!(kinds.contains(&MeasureKind::SignOffered), "{:#?}", measures.findings);
    let ruled_out = &cure(&measures, finding).ruled_out;
    assert!(
        ruled_out.iter().any(|out| out.why.contains("only its settings move")),
        "{ruled_out:#?}"
    );
}

#[test]
fn a_finding_that_does_not_exist_is_refused_with_the_near_one() {
    let chosen = Selection::Findings(BTreeSet::from(["eu-gdpr/chapter_v/sync/staff/nonexempt".to_owned()]));
    let error = propose(&document(PARIS), &LAW, &Options::new(), &chosen, Limits::default()).unwrap_err();
    assert!(
        matches!(&error, Error::NoFinding { help, .. } if help.contains(SYNC)),
        "{error}"
    );
}

#[test]
fn a_limit_on_the_search_is_said() {
    let limits = Limits {
        trials: 1,
        ..Limits::default()
    };
    let measures = of(&document(PARIS), &[], limits);
    assert_eq!(measures.tried, 1);
    assert!(measures.stopped.is_some());
    let all = of(&document(PARIS), &[], Limits::default());
    assert_eq!(all.stopped, None);
}

#[test]
fn every_field_of_the_measures_is_documented() {
    let measures = of(&HARBOUR, &UPLOADS, Limits::default());
    let others = proposed(&paris("changeable: any_time", "changeable: never"));
    let page = include_str!("../../src/report/json.md");
    for measures in [measures, others] {
        let mut shape: Json = serde_json::from_str(&report::measures::json(&measures)).unwrap();
        // A change has the paths and the values of the map.
        for set in shape["sets"].as_array_mut().unwrap() {
            set["change"] = Json::Null;
            for measure in set["measures"].as_array_mut().unwrap() {
                measure["change"] = Json::Null;
            }
        }
        let mut found = BTreeSet::new();
        crate::readme::fields(&shape, &mut found);
        let undocumented: Vec<&str> = found
            .into_iter()
            .filter(|field| !page.contains(&format!("`{field}`")))
            .collect();
        assert_eq!(undocumented, Vec::<&str>::new());
    }
}
