//! One map, several days: what the law said of the same flow before and after it changed.

use transborder::assess::verdict::Verdict;
use transborder::{FindingKind, Options, assess};

use crate::world::{LAW, read};

/// The verdict of a layer on the movement of a flow, the law read as of a day.
#[track_caller]
fn verdict(map: &str, day: &str, layer: &str, flow: &str) -> Verdict {
    let options = Options::new().as_of(day.parse().unwrap());
    let assessment = assess(&read(map, &LAW), &LAW, &options).unwrap();
    let verdicts = assessment.movements.iter().filter(|movement| movement.flow == flow);
    let mut verdicts = verdicts.flat_map(|movement| &movement.verdicts);
    let judged = verdicts.find(|judged| format!("{}/{}", judged.verdict.regime, judged.verdict.layer) == layer);
    judged.unwrap().verdict.as_ref().clone()
}

/// Checks day, outcome and the rule or mechanism that decided (`-` where no rule concludes).
#[track_caller]
fn tells(map: &str, layer: &str, flow: &str, story: &[(&str, &str, &str)]) {
    let told: Vec<(&str, String, String)> = story
        .iter()
        .map(|(day, _, _)| {
            let verdict = verdict(map, day, layer, flow);
            let rule = verdict.decided_by.rule.unwrap_or_default();
            let stem = rule.split_once('/').map_or("-", |(_, stem)| stem);
            (*day, verdict.outcome.to_string(), stem.to_owned())
        })
        .collect();
    let story: Vec<(&str, String, String)> = story
        .iter()
        .map(|(day, outcome, rule)| (*day, (*outcome).to_owned(), (*rule).to_owned()))
        .collect();
    assert_eq!(told, story);
}

const PARIS_TO_OHIO: &str = "
transborder: 1
entities:
  shop: { established_in: [FR], kind: company, parent: none }
  mailer: { established_in: [US], kind: company, parent: none, eu-gdpr: { targets_eea: none, privacy_shield_listed: true, dpf_listed: true, dpf_covers: [non_hr] } }
assets:
  buyers: { personal: true, state: clear, categories: [name, contact], controller: shop, collected_in: [FR], subjects: [{ group: buyers, located_in: FR, count: 900, relation: customer }] }
processors:
  crm: { operator: shop, located_in: FR }
  mailing: { operator: mailer, acts_for: shop, located_in: US }
flows:
  sync: { from: crm, to: mailing, carries: [buyers], kind: transmission, access: actual }
";

// C-311/18 of 16 July 2020 struck the decision down without a grace period; the new one came three years later.
#[test]
fn between_the_shield_and_the_framework_nothing_frees_a_transfer_to_the_united_states() {
    let story = [
        ("2020-07-15", "exempt", "art-45-adequacy-us-privacy-shield"),
        ("2020-07-16", "non_exempt", "-"),
        ("2020-07-17", "non_exempt", "-"),
        ("2023-07-09", "non_exempt", "-"),
        ("2023-07-10", "exempt", "art-45-adequacy-us"),
        ("2023-07-11", "exempt", "art-45-adequacy-us"),
    ];
    tells(PARIS_TO_OHIO, "eu-gdpr/chapter_v", "sync", &story);
}

const SHANGHAI_TO_SEOUL: &str = "
transborder: 1
entities:
  shop: { established_in: [CN], kind: company, parent: none, cn-pipl: { ciio: false, splits_volume: false, ftz_registered: false, persons_processed: 90000 } }
  mailer: { established_in: [KR], kind: company, parent: none }
assets:
  buyers: { personal: true, state: clear, categories: [name, contact], controller: shop, collected_in: [CN], subjects: [{ group: buyers, located_in: CN, count: 90000, relation: customer, overlaps: [] }], legal_basis: contract, cn-pipl: { important: none_notified } }
processors:
  crm: { operator: shop, located_in: CN }
  mailing: { operator: mailer, acts_for: shop, located_in: KR }
flows:
  sync: { from: crm, to: mailing, carries: [buyers], kind: transmission, access: actual, cn-pipl: { needed_for: [] } }
";

// Order 16 of 22 March 2024 freed what fewer than 100,000 people give; until the day before even one needed a contract.
#[test]
fn small_exports_from_the_mainland_are_free_since_22_march_2024() {
    let story = [
        ("2024-03-21", "non_exempt", "-"),
        ("2024-03-22", "exempt", "o16-5-1-iv-below-100000"),
    ];
    tells(SHANGHAI_TO_SEOUL, "cn-pipl/outbound", "sync", &story);
    let eligible = |day| verdict(SHANGHAI_TO_SEOUL, day, "cn-pipl/outbound", "sync").eligible;
    assert_eq!(
        eligible("2024-03-21"),
        ["cn-pipl/certification", "cn-pipl/standard-contract"]
    );
}

const PARIS_TO_LEEDS: &str = "
transborder: 1
entities:
  shop: { established_in: [FR], kind: company, parent: none }
  depot: { established_in: [GB], kind: company, parent: none, eu-gdpr: { targets_eea: none } }
assets:
  buyers: { personal: true, state: clear, categories: [name, contact], controller: shop, collected_in: [FR], subjects: [{ group: buyers, located_in: FR, count: 900, relation: customer }] }
processors:
  crm: { operator: shop, located_in: FR }
  parcels: { operator: depot, acts_for: shop, located_in: GB }
flows:
  sync: { from: crm, to: parcels, carries: [buyers], kind: transmission, access: actual, eu-gdpr: { uk_immigration_control: false } }
";

// Member, transition, bridge, decision, extension, renewal, and the day after the renewal ends.
#[test]
fn the_united_kingdom_goes_through_six_phases() {
    let inside = "art-44-importer-in-eea";
    let story = [
        ("2019-06-03", "not_a_transfer", inside),
        ("2020-06-03", "not_a_transfer", inside),
        ("2021-03-03", "not_a_transfer", inside),
        ("2021-06-28", "exempt", "art-45-adequacy"),
        ("2025-09-03", "exempt", "art-45-adequacy"),
        ("2026-06-03", "exempt", "art-45-adequacy"),
        ("2031-12-28", "non_exempt", "-"),
    ];
    tells(PARIS_TO_LEEDS, "eu-gdpr/chapter_v", "sync", &story);
}

const HONG_KONG_TO_SHENZHEN: &str = "
transborder: 1
entities:
  shop: { established_in: [HK], decides_from: [HK], kind: company, parent: none, hk-pdpo: { gba_pilot_sector: other } }
  studio: { established_in: [CNSZX], kind: company, parent: none }
assets:
  members: { personal: true, state: clear, categories: [name, contact], controller: shop, collected_in: [HK], collected_from: person, subjects: [{ group: members, located_in: HK, count: 900, relation: member }], hk-pdpo: { mainland_important: false } }
processors:
  crm: { operator: shop, located_in: HK }
  design: { operator: studio, acts_for: shop, located_in: CNSZX }
flows:
  sync: { from: crm, to: design, carries: [members], kind: transmission, purpose: same, initiated_by: exporter, hk-pdpo: { transferee_class_notified: true, processor_retention: true, processor_security: true, part8_exemption: none, operation_in_hk: true } }
mechanisms:
  contract: { type: hk-pdpo/s33-2-f-gba-contract, between: [shop, studio], effective: 2024-10-21, filed_on: 2024-10-25, impact_assessment: true, subjects_informed: true }
";

// Until 31 October 2024 the contract was open to banking, credit reference and healthcare only; nothing binding changed.
#[test]
fn the_bay_area_contract_opens_to_every_sector_on_1_november_2024() {
    let story = [
        ("2024-10-31", "non_exempt", "-"),
        ("2024-11-01", "covered", "s33-2-f-gba-contract"),
    ];
    tells(HONG_KONG_TO_SHENZHEN, "hk-pdpo/s33", "sync", &story);
    let closed = verdict(HONG_KONG_TO_SHENZHEN, "2024-10-31", "hk-pdpo/s33", "sync");
    let failed: Vec<&str> = closed.mechanisms[0]
        .failed
        .iter()
        .map(|gate| gate.name.as_str())
        .collect();
    assert_eq!(failed, ["sector-open"]);
    let binding = [
        ("2024-10-31", "exempt", "sch-1-principles"),
        ("2024-11-01", "exempt", "sch-1-principles"),
    ];
    tells(HONG_KONG_TO_SHENZHEN, "hk-pdpo/principles", "sync", &binding);
}

// Without section 33 nothing holds the transfer up. With it, a map with no gateway is held up by one layer and freed by the
// other: the regime says what the stricter one says, from the day on which the section binds.
#[test]
fn section_33_once_commenced_decides_together_with_the_principles() {
    let no_contract: String = HONG_KONG_TO_SHENZHEN
        .lines()
        .take_while(|line| *line != "mechanisms:")
        .map(|line| format!("{line}\n"))
        .collect();
    let commenced = LAW
        .clone()
        .commence("hk-pdpo", "s33", "2027-01-01".parse().ok())
        .unwrap();
    let combined = |day: &str| {
        let options = Options::new().as_of(day.parse().unwrap());
        let assessment = assess(&read(&no_contract, &LAW), &commenced, &options).unwrap();
        let movement = &assessment.movements[0];
        let regimes = movement.combined.iter().map(|c| format!("{} {}", c.regime, c.outcome));
        regimes.collect::<Vec<_>>()
    };
    assert_eq!(combined("2026-12-31"), Vec::<String>::new());
    assert_eq!(combined("2027-01-01"), ["hk-pdpo non_exempt"]);
    assert!(LAW.clone().commence("hk-pdpo", "s34", None).is_err());
}

const SHANGHAI_BRANCH_TO_AUSTIN: &str = "
transborder: 1
as_of: 2026-11-01
entities:
  maison: { established_in: [FR], kind: company, parent: none }
  shanghai: { established_in: [CN], kind: branch, branch_of: maison, eu-gdpr: { in_context_of_eea_establishment: true }, cn-pipl: { ciio: false, splits_volume: false, ftz_registered: false } }
  payroll: { established_in: [US], kind: company, parent: none, eu-gdpr: { targets_eea: none, dpf_listed: false } }
assets:
  staff: { personal: true, state: clear, categories: [name, contact], controller: maison, collected_in: [CN], subjects: [{ group: staff, located_in: CN, count: 40, relation: employee, overlaps: [] }], legal_basis: contract, cn-pipl: { important: none_notified } }
processors:
  hr: { operator: shanghai, located_in: CN }
  bureau: { operator: payroll, acts_for: maison, located_in: US }
flows:
  pay: { from: hr, to: bureau, carries: [staff], kind: transmission, access: actual, cn-pipl: { needed_for: [] } }
";

// The Shanghai office is part of a French company and pays staff for it, so the Regulation binds it (Article 3(1)) and asks for
// a safeguard; forty people's ordinary data leave the mainland freely (Order 16, Article 5(1)(iv)).
#[test]
fn a_transfer_that_one_regime_lets_go_and_another_holds_up_is_a_finding() {
    let assessment = assess(&read(SHANGHAI_BRANCH_TO_AUSTIN, &LAW), &LAW, &Options::new()).unwrap();
    let mut apart = assessment
        .findings
        .iter()
        .filter(|finding| finding.kind == FindingKind::Divergence);
    let finding = apart.next().unwrap();
    assert_eq!(finding.id, "divergence/pay/staff");
    assert_eq!(finding.let_go_by, ["cn-pipl"]);
    assert_eq!(finding.held_up_by, ["eu-gdpr"]);
    assert!(apart.next().is_none());
}
