//! Harbour Retail takes up a staff chat suite: the eight situations that people most often get wrong, and what the law makes
//! of each on 1 November 2026.
//!
//! Asserted are outcomes and questions, never wording. What is said here of the law is the reasoning; where a verdict
//! differs, one of the two is wrong.

use std::collections::BTreeSet;
use std::fs;
use std::sync::LazyLock;

use transborder::assess::assessment::{AssessedVerdict, FindingKind, is_flagged};
use transborder::assess::verdict::{DutyState, Verdict};
use transborder::assess::{Assessment, Options, assess};
use transborder::law::pack::Status;
use transborder::model::Map;
use transborder::outcome::{Headline, Outcome};

use crate::world::{LAW, read, repository};

const HK: (&str, &str) = ("hk-pdpo", "principles");
const HK_S33: (&str, &str) = ("hk-pdpo", "s33");
const MO: (&str, &str) = ("mo-pdpa", "act");
const CN: (&str, &str) = ("cn-pipl", "outbound");
const EU: (&str, &str) = ("eu-gdpr", "chapter_v");

fn text() -> String {
    fs::read_to_string(repository("examples/harbour-retail/map.yaml")).unwrap()
}

static MAP: LazyLock<Map> = LazyLock::new(|| read(&text(), &LAW));
static HARBOUR: LazyLock<Assessment> = LazyLock::new(|| assess(&MAP, &LAW, &Options::new()).unwrap());

/// What a layer says of an asset on a flow.
#[track_caller]
fn judged_in<'a>(assessment: &'a Assessment, movement: &str, layer: (&str, &str)) -> &'a AssessedVerdict {
    let (flow, asset) = movement.split_once('/').unwrap();
    let found = assessment.movements.iter().find(|m| m.flow == flow && m.asset == asset);
    let found = found.unwrap_or_else(|| panic!("nothing of {asset} moves on {flow}"));
    let is_layer = |judged: &&AssessedVerdict| (judged.verdict.regime.as_str(), judged.verdict.layer.as_str()) == layer;
    found.verdicts.iter().find(is_layer).unwrap()
}

#[track_caller]
fn judged(movement: &str, layer: (&str, &str)) -> &'static AssessedVerdict {
    judged_in(&HARBOUR, movement, layer)
}

#[track_caller]
fn firm(movement: &str, layer: (&str, &str), outcome: Outcome) -> &'static Verdict {
    let verdict = &judged(movement, layer).verdict;
    assert_eq!(verdict.outcome, Headline::Firm(outcome), "{movement} under {layer:?}");
    verdict
}

/// That the answer is open between two outcomes, and that this is asked for: a fact as rules name it, or a place in the map.
#[track_caller]
fn open(movement: &str, layer: (&str, &str), best: Outcome, worst: Outcome, asked: &str) {
    let judged = judged(movement, layer);
    let verdict = &judged.verdict;
    let said = (verdict.outcome, verdict.best, verdict.worst);
    assert_eq!(
        said,
        (Headline::Undetermined, best, worst),
        "{movement} under {layer:?}"
    );
    let by_fact = verdict.ask.iter().any(|fact| fact == asked);
    let by_place = judged.questions.iter().any(|question| question.at == asked);
    assert!(
        by_fact || by_place,
        "{movement} under {layer:?} asks {:?} {:?}",
        verdict.ask,
        judged.questions
    );
}

/// What is said if the movement ends in a place: each outcome that a candidate for that place leads to.
#[track_caller]
fn if_it_ends_in(movement: &str, layer: (&str, &str), code: &str) -> BTreeSet<&'static str> {
    let candidates = &judged(movement, layer).by_place;
    let of_place = candidates
        .iter()
        .filter(|candidate| candidate.to.contains(&format!("({code})")));
    of_place.map(|candidate| candidate.outcome.as_str()).collect()
}

#[test]
fn default_sync_leaves_hong_kong_wherever_the_store_is() {
    // Singapore and the mainland both lie outside Hong Kong, so the unknown place decides nothing there. The staff were
    // told and the vendor is bound to keep the data safe, but nobody says whether it must erase them: DPP2(3).
    open(
        "hk-sync/hk-chat",
        HK,
        Outcome::Exempt,
        Outcome::Incomplete,
        "flow.processor_retention",
    );
    assert!(
        judged("hk-sync/hk-chat", HK).by_place.is_empty(),
        "the place was said to matter"
    );
    // Section 33, if it were in force: no gateway is held, in either place.
    firm("hk-sync/hk-chat", HK_S33, Outcome::NonExempt);
    // Macau has declared no place adequate and was notified of nothing, so the place does not matter there either.
    firm("mo-sync/mo-chat", MO, Outcome::NonExempt);
    // The Regulation reaches neither company: no establishment in the EEA, nobody there aimed at.
    firm("hk-sync/hk-chat", EU, Outcome::OutOfScope);
    firm("mo-sync/mo-chat", EU, Outcome::OutOfScope);
}

#[test]
fn default_sync_meets_the_law_of_the_mainland_only_in_the_mainland_and_is_no_export_from_it() {
    for movement in ["hk-sync/hk-chat", "mo-sync/mo-chat"] {
        assert_eq!(
            if_it_ends_in(movement, CN, "CN"),
            BTreeSet::from(["not_a_transfer"]),
            "{movement}"
        );
        assert_eq!(
            if_it_ends_in(movement, CN, "SG"),
            BTreeSet::from(["out_of_scope"]),
            "{movement}"
        );
        assert!(!is_flagged(&judged(movement, CN).verdict));
    }
    firm("mo-sync-mainland/mo-chat", CN, Outcome::NotATransfer);
    // Whoever signs up with a mainland number contracts with the Hangzhou company: for Macau a transfer with nothing held.
    firm("mo-sync-mainland/mo-chat", MO, Outcome::NonExempt);
    // For Hong Kong it hangs on whether anybody did, and the staff were not told.
    open(
        "hk-sync-mainland/hk-chat",
        HK,
        Outcome::NotATransfer,
        Outcome::Incomplete,
        "settings.hk_mainland_numbers.value",
    );
}

#[test]
fn ownership_is_an_exposure_and_only_access_can_be_a_transfer() {
    let exposed: Vec<&str> = HARBOUR
        .exposures
        .iter()
        .filter(|exposure| exposure.by == "jetty-group" && exposure.places.iter().any(|place| place == "CNHGH"))
        .map(|exposure| exposure.node.as_str())
        .collect();
    for node in ["tenant", "chat-store", "chat-history", "hr-module"] {
        assert!(
            exposed.contains(&node),
            "{node} is not exposed to the group in Hangzhou: {exposed:?}"
        );
    }
    // No movement goes to the group itself.
    assert!(
        HARBOUR
            .movements
            .iter()
            .all(|movement| movement.to.party.as_deref() != Some("jetty-group"))
    );
    // Whether engineers in Hangzhou can open the tenant is not known: if they can, a second transfer, for Macau and
    // Paris one with nothing held for it (the clauses of Paris are with the Singapore company).
    open(
        "access:tenant:jetty-ops/mo-directory",
        MO,
        Outcome::NotATransfer,
        Outcome::NonExempt,
        "flow.access",
    );
    open(
        "access:tenant:jetty-ops/paris-directory",
        EU,
        Outcome::NotATransfer,
        Outcome::NonExempt,
        "flow.access",
    );
    open(
        "access:tenant:jetty-ops/hk-directory",
        HK,
        Outcome::NotATransfer,
        Outcome::Incomplete,
        "flow.access",
    );
    // For the mainland what is read in Hangzhou comes in. Nothing is exported.
    for asset in ["hk-directory", "mo-directory", "paris-directory"] {
        firm(&format!("access:tenant:jetty-ops/{asset}"), CN, Outcome::NotATransfer);
    }
    // The data in Singapore have left Macau because of Singapore, not because of the shareholder.
    firm("mo-to-tenant/mo-directory", MO, Outcome::NonExempt);
    firm("mo-to-tenant/mo-directory", CN, Outcome::OutOfScope);
}

#[test]
fn a_server_on_the_premises_is_at_home_and_its_console_is_not() {
    firm("onprem-keep/hk-board-chat", HK, Outcome::NotATransfer);
    firm("onprem-keep/hk-board-chat", HK_S33, Outcome::NotATransfer);
    // Managing the server from Hangzhou is a transfer only if its content can be opened that way.
    open(
        "access:onprem-server:jetty-ops/hk-board-chat",
        HK,
        Outcome::NotATransfer,
        Outcome::Incomplete,
        "flow.access",
    );
    // What the console reports may be about nobody.
    open(
        "console-telemetry/console-reports",
        HK,
        Outcome::OutOfScope,
        Outcome::Incomplete,
        "data.personal",
    );
    // Into the mainland, whatever it is.
    assert!(!is_flagged(&judged("console-telemetry/console-reports", CN).verdict));
}

#[test]
fn a_module_that_uploads_on_its_own_hangs_on_its_switch() {
    let switch = "settings.smart_hr_sync.value";
    // Switched off there is no flow. Switched on: staff were not told, in Hong Kong a gap, in Macau one more of several.
    open(
        "hk-hr-upload/hk-hr",
        HK,
        Outcome::NotATransfer,
        Outcome::Incomplete,
        switch,
    );
    open(
        "mo-hr-upload/mo-hr",
        MO,
        Outcome::NotATransfer,
        Outcome::NonExempt,
        switch,
    );
    let on = text().replace(
        "smart_hr_sync:       { values: [on, off],",
        "smart_hr_sync:       { values: [on, off], value: on,",
    );
    assert_ne!(on, text());
    let on = assess(&read(&on, &LAW), &LAW, &Options::new()).unwrap();
    let outcome = |movement, layer| judged_in(&on, movement, layer).verdict.outcome;
    assert_eq!(outcome("hk-hr-upload/hk-hr", HK), Headline::Firm(Outcome::Incomplete));
    assert_eq!(outcome("mo-hr-upload/mo-hr", MO), Headline::Firm(Outcome::NonExempt));
    let off = text().replace(
        "smart_hr_sync:       { values: [on, off],",
        "smart_hr_sync:       { values: [on, off], value: off,",
    );
    let off = assess(&read(&off, &LAW), &LAW, &Options::new()).unwrap();
    assert!(off.movements.iter().all(|movement| movement.flow != "hk-hr-upload"));
    assert!(off.switched_off.contains(&"hk-hr-upload".to_owned()));
}

#[test]
fn a_backup_is_a_second_copy_and_judged_for_itself() {
    // It takes whatever reaches the store: the chats of both companies.
    let assets: BTreeSet<&str> = HARBOUR
        .movements
        .iter()
        .filter(|movement| movement.flow == "chat-backup")
        .map(|movement| movement.asset.as_str())
        .collect();
    assert_eq!(assets, BTreeSet::from(["hk-chat", "mo-chat"]));
    // Beside the first copy it crosses no further border; elsewhere it does, with erasure not promised.
    open(
        "chat-backup/hk-chat",
        HK,
        Outcome::NotATransfer,
        Outcome::Incomplete,
        "flow.to_place",
    );
    open(
        "chat-backup/mo-chat",
        MO,
        Outcome::NotATransfer,
        Outcome::NonExempt,
        "flow.to_place",
    );
    for movement in ["chat-backup/hk-chat", "chat-backup/mo-chat"] {
        // Out of the mainland again: foreign data that came in only to be processed are free to leave.
        let verdict = &judged(movement, CN).verdict;
        assert!(verdict.worst <= Outcome::Exempt, "{movement}: {}", verdict.worst);
    }
}

#[test]
fn a_plug_in_is_another_recipient_in_another_place() {
    // For whom the publisher acts, what for, and whether staff were told: none of it is known.
    open(
        "hk-check-ins/hk-attendance",
        HK,
        Outcome::Exempt,
        Outcome::Incomplete,
        "importer.role",
    );
    open(
        "hk-check-ins/hk-attendance",
        HK,
        Outcome::Exempt,
        Outcome::Incomplete,
        "flow.transferee_class_notified",
    );
    // Macau: whatever the role, the United States are a place outside, and nothing is held.
    firm("mo-check-ins/mo-attendance", MO, Outcome::NonExempt);
    // Neither data of the mainland nor handled there.
    firm("hk-check-ins/hk-attendance", CN, Outcome::OutOfScope);
}

#[test]
fn reading_from_hong_kong_is_an_export_from_shenzhen() {
    // 120 people are far below 100,000, but pay is sensitive on our reading, so only the exemption for managing staff can
    // help, and that turns on how the labour rules were made.
    open(
        "hk-reads-sz-hr/sz-records",
        CN,
        Outcome::Exempt,
        Outcome::NonExempt,
        "exporter.labour_rules",
    );
    // For Hong Kong the data come in.
    assert!(!is_flagged(&judged("hk-reads-sz-hr/sz-records", HK).verdict));
    let with_rules = |answer: &str| {
        let known = text().replace(
            "collective_contract: false }",
            &format!("collective_contract: false, labour_rules: {answer} }}"),
        );
        assert_ne!(known, text());
        let assessment = assess(&read(&known, &LAW), &LAW, &Options::new()).unwrap();
        judged_in(&assessment, "hk-reads-sz-hr/sz-records", CN).verdict.outcome
    };
    assert_eq!(with_rules("true"), Headline::Firm(Outcome::Exempt));
    assert_eq!(with_rules("false"), Headline::Firm(Outcome::NonExempt));
    // The text asks for labour rules and a collective contract; there is none.
    let strict = Options::new().reading("cn-pipl", "hr_instruments", "both");
    let strict = assess(&MAP, &LAW, &strict).unwrap();
    let verdict = &judged_in(&strict, "hk-reads-sz-hr/sz-records", CN).verdict;
    assert_eq!(verdict.outcome, Headline::Firm(Outcome::NonExempt));
}

#[test]
fn one_tenant_of_four_controllers_has_four_answers() {
    // Administrators in Hong Kong look at a tenant in Singapore.
    firm("access:tenant:harbour-hk/hk-directory", HK, Outcome::NotATransfer);
    firm("access:tenant:harbour-hk/mo-directory", MO, Outcome::NonExempt);
    firm("access:tenant:harbour-hk/paris-directory", EU, Outcome::NonExempt);
    // Ordinary data of 120 people: free of a mechanism, on the way out and when read elsewhere.
    firm("access:tenant:harbour-hk/sz-directory", CN, Outcome::Exempt);
    let sent = firm("sz-to-tenant/sz-directory", CN, Outcome::Exempt);
    // Exempt never means lawful: the impact assessment is owed all the same.
    let unmet: Vec<&str> = sent
        .duties
        .iter()
        .filter(|d| d.state == DutyState::Unmet)
        .map(|d| d.rule.as_str())
        .collect();
    assert_eq!(unmet, ["cn-pipl/art-55-impact-assessment-owed"]);
    // The mainland law follows the Shenzhen data, not those of the other three.
    for asset in ["hk-directory", "mo-directory", "paris-directory"] {
        firm(&format!("access:tenant:harbour-hk/{asset}"), CN, Outcome::OutOfScope);
    }
}

#[test]
fn what_is_in_order_is_said_to_be() {
    firm("hk-shop/hk-customers", HK, Outcome::NotATransfer);
    firm("paris-pay/paris-payroll", EU, Outcome::NotATransfer);
    firm("paris-alterations/paris-customers", EU, Outcome::Exempt);
    firm("paris-support/paris-customers", EU, Outcome::Covered);
    firm("hk-to-tenant/hk-directory", HK, Outcome::Exempt);
    firm("hk-to-tenant/hk-directory", HK_S33, Outcome::Covered);
}

#[test]
fn what_looks_right_and_is_not_is_said_not_to_be() {
    let missing = |verdict: &Verdict| -> Vec<String> {
        verdict.mechanisms[0]
            .missing
            .iter()
            .map(|part| part.name.clone())
            .collect()
    };
    // Clauses without a look at the law at the other end (Schrems II).
    let clauses = firm("paris-to-tenant/paris-directory", EU, Outcome::Incomplete);
    assert_eq!(missing(clauses), ["transfer-impact-assessment"]);
    // In Macau clauses are what an application rests on; the authority has to authorise.
    let clauses = firm("mo-crm/mo-customers", MO, Outcome::Incomplete);
    assert_eq!(missing(clauses), ["art-20-2-authority-decision"]);
    // The contract of the Greater Bay Area, with a company in Hangzhou, which is none of its nine cities.
    for (movement, layer) in [
        ("mo-support-tickets/mo-tickets", MO),
        ("hk-support-tickets/hk-tickets", HK_S33),
    ] {
        let contract = firm(movement, layer, Outcome::NonExempt);
        assert!(
            contract.mechanisms[0]
                .failed
                .iter()
                .any(|gate| gate.name == "parties-in-gba"),
            "{movement}"
        );
    }
    // Hong Kong today: no mechanism is asked for, and the principles are kept.
    firm("hk-support-tickets/hk-tickets", HK, Outcome::Exempt);
}

#[test]
fn nothing_is_cleared_by_what_was_left_out() {
    let presumable: BTreeSet<&str> = LAW
        .catalogue()
        .facts()
        .filter(|(_, fact)| fact.presume.is_some())
        .map(|(_, fact)| fact.name.as_str())
        .collect();
    for movement in &HARBOUR.movements {
        for judged in &movement.verdicts {
            let verdict = &judged.verdict;
            let (flow, layer) = (&movement.flow, &verdict.layer);
            if verdict.outcome == Headline::Undetermined {
                // What is open and matters is asked for.
                assert!(
                    !judged.questions.is_empty(),
                    "{flow} under {layer} is open and asks nothing"
                );
            } else if verdict.unpresumed.is_some() {
                // A firm answer may rest on what goes without saying, and on nothing else, and says so.
                assert!(
                    !verdict.presumed.is_empty(),
                    "{flow} under {layer} rests on something that is not said"
                );
                let rests_on: BTreeSet<&str> = verdict.presumed.iter().map(|presumed| presumed.fact.as_str()).collect();
                assert!(
                    rests_on.is_subset(&presumable),
                    "{flow} under {layer} rests on {rests_on:?}"
                );
            }
        }
    }
}

#[test]
fn findings_are_worst_first_and_each_flagged_verdict_is_among_them() {
    let outcomes: Vec<_> = HARBOUR
        .findings
        .iter()
        .filter(|finding| finding.kind == FindingKind::Outcome)
        .collect();
    assert!(outcomes.windows(2).all(|pair| pair[0].worst >= pair[1].worst));
    let flagged = HARBOUR
        .movements
        .iter()
        .flat_map(|movement| &movement.verdicts)
        .filter(|judged| is_flagged(&judged.verdict));
    assert_eq!(outcomes.len(), flagged.count());
    // Something binding is wrong, so the command line answers 1.
    assert!(
        outcomes
            .iter()
            .any(|finding| finding.status != Some(Status::NotCommenced)
                && finding.outcome == Some(Headline::Firm(Outcome::NonExempt)))
    );
}

#[test]
fn the_page_beside_the_map_speaks_of_flows_that_are_in_it() {
    let page = fs::read_to_string(repository("examples/harbour-retail/README.md")).unwrap();
    let known: BTreeSet<&str> = MAP
        .flows
        .iter()
        .map(|flow| flow.id.as_str())
        .chain(MAP.nodes.iter().map(|node| node.id.as_str()))
        .chain(MAP.entities.iter().map(|entity| entity.id.as_str()))
        .collect();
    let mut named = 0;
    for id in page
        .split("```")
        .step_by(2)
        .flat_map(|prose| prose.split('`').skip(1).step_by(2))
    {
        let end = id.strip_prefix('…');
        let is_known = known.contains(id) || end.is_some_and(|end| known.iter().any(|id| id.ends_with(end)));
        assert!(is_known, "`{id}` is not in the map");
        named += 1;
    }
    assert!(named > 15, "{named}");
}
