//! What is asked where the facts do not decide: the question stands where its answer goes.

use transborder::assess::{Assessment, Options, assess};
use transborder::outcome::Headline;

use crate::world::{LAW, read};

fn judged(map: &str) -> Assessment {
    assess(&read(map, &LAW), &LAW, &Options::new()).unwrap()
}

/// Where a regime asks about a flow, and what it says of it.
#[track_caller]
fn asked<'a>(assessment: &'a Assessment, flow: &str, regime: &str) -> (Headline, Vec<&'a str>) {
    let movement = assessment
        .movements
        .iter()
        .find(|movement| movement.flow == flow)
        .unwrap();
    let mut verdicts = movement.verdicts.iter();
    let judged = verdicts.find(|judged| judged.verdict.regime == regime).unwrap();
    let at = judged.questions.iter().map(|question| question.at.as_str());
    (judged.verdict.outcome, at.collect())
}

/// A marketplace in Guangzhou: 60,000 buyers to Japan; 50,000 members to Korea, if the sync is on.
fn marketplace(overlaps: &str, sync: &str) -> String {
    let asset = |group: &str, count: u32| {
        format!(
            "{{ personal: true, state: clear, categories: [name, contact], controller: marketplace, collected_in: [CN],
    subjects: [{{ group: {group}, located_in: CN, count: {count}, relation: customer{overlaps} }}], legal_basis: contract,
    cn-pipl: {{ important: none_notified }} }}"
        )
    };
    format!(
        "
transborder: 1
as_of: 2025-10-01
entities:
  marketplace: {{ established_in: [CNCAN], kind: company, cn-pipl: {{ ciio: false, splits_volume: false,
    ftz_registered: false }} }}
  agency-jp: {{ established_in: [JP], kind: company, cn-pipl: {{ on_art_42_list: false }} }}
  agency-kr: {{ established_in: [KR], kind: company, cn-pipl: {{ on_art_42_list: false }} }}
assets:
  buyers: {}
  members: {}
processors:
  shop: {{ operator: marketplace, located_in: CNCAN }}
  desk-jp: {{ operator: agency-jp, located_in: JP, acts_for: none }}
  desk-kr: {{ operator: agency-kr, located_in: KR, acts_for: none }}
flows:
  to-japan: {{ from: shop, to: desk-jp, carries: [buyers], kind: transmission, cn-pipl: {{ needed_for: [] }} }}
  to-korea: {{ from: shop, to: desk-kr, when: {{ sync: on }}, carries: [members], kind: transmission,
    cn-pipl: {{ needed_for: [] }} }}
settings:
  sync: {{ values: [on, off]{sync} }}
",
        asset("buyers", 60_000),
        asset("members", 50_000),
    )
}

// Order 16 Art. 8: from 100,000 people since 1 January a contract or a certificate is needed. 60,000 are below; with the
// 50,000 of the other flow they are not.
#[test]
fn where_a_total_hangs_on_whether_another_flow_exists_its_setting_is_asked_for() {
    let sync = "settings.sync.value";
    let apart = ", overlaps: none";
    let open = judged(&marketplace(apart, ""));
    assert_eq!(
        asked(&open, "to-japan", "cn-pipl"),
        (Headline::Undetermined, vec![sync])
    );
    let question = open.questions.iter().find(|question| question.at == sync).unwrap();
    assert!(question.decides >= 2, "both flows wait for it: {question:?}");
    // The answer settles it, either way.
    for (value, outcome) in [(", value: on", "non_exempt"), (", value: off", "exempt")] {
        let settled = judged(&marketplace(apart, value));
        let (said, questions) = asked(&settled, "to-japan", "cn-pipl");
        assert_eq!((said.to_string().as_str(), questions.len()), (outcome, 0));
    }
    // Where the groups may share people, the answer is not all: 60,000 to 110,000.
    let [buyers, members] = [
        "assets.buyers.subjects[0].overlaps",
        "assets.members.subjects[0].overlaps",
    ];
    let shared = judged(&marketplace("", ""));
    assert_eq!(
        asked(&shared, "to-japan", "cn-pipl"),
        (Headline::Undetermined, vec![sync, buyers, members])
    );
    let on = judged(&marketplace("", ", value: on"));
    assert_eq!(
        asked(&on, "to-japan", "cn-pipl"),
        (Headline::Undetermined, vec![buyers, members])
    );
}

/// An app of a shop in Shanghai, hosted in Singapore: people in the mainland give it their data.
fn app(arranged_by: &str) -> String {
    format!(
        "
transborder: 1
as_of: 2026-11-01
entities:
  shop: {{ established_in: [CN], kind: company, parent: none }}
  host: {{ established_in: [SG], kind: company, parent: none }}
assets:
  members: {{ personal: true, state: clear, categories: [name, contact], controller: shop, collected_in: [CN],
    subjects: [{{ group: members, located_in: CN, count: 90, relation: customer }}] }}
processors:
  app: {{ operator: host, acts_for: shop, located_in: SG }}
flows:
  sign-up: {{ from: members, to: app, kind: collection{arranged_by} }}
"
    )
}

// The person who types is no handler: it is for whoever arranged that the data land in Singapore to export them.
#[test]
fn while_nobody_says_who_arranged_a_collection_that_is_asked_and_not_who_controls_the_data() {
    let at = "flows.sign-up.arranged_by";
    let open = judged(&app(""));
    let mut asking = 0;
    for regime in LAW.packs() {
        let (_, questions) = asked(&open, "sign-up", &regime.id);
        assert!(
            !questions.contains(&"assets.members.controller"),
            "{}: {questions:?}",
            regime.id
        );
        asking += usize::from(questions.contains(&at));
    }
    assert!(asking > 0);
    let (_, questions) = asked(&open, "sign-up", "cn-pipl");
    assert!(questions.contains(&at), "{questions:?}");
    let answered = judged(&app(", arranged_by: shop"));
    for regime in LAW.packs() {
        let (_, questions) = asked(&answered, "sign-up", &regime.id);
        assert!(!questions.contains(&at), "{}: {questions:?}", regime.id);
    }
}
