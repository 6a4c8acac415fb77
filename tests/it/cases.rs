//! Every case of every pack: the outcome that somebody reasoned from the law is the one that the pack gives.

use std::collections::BTreeSet;
use std::thread;

use transborder::case;
use transborder::law::Law;
use transborder::load::Source;

use crate::world::{LAW, cases, regimes, repository};

/// What is wrong with the cases of a regime, a paragraph a case.
fn differences(regime: &str) -> Vec<String> {
    // Judged under its own law alone, which is quicker; maps may state facts of any.
    let law = LAW.clone().only(&BTreeSet::from([regime.to_owned()]));
    let mut wrong = Vec::new();
    for (file, text) in cases(regime) {
        let name = file
            .strip_prefix(repository(""))
            .unwrap_or(&file)
            .to_string_lossy()
            .into_owned();
        match case::run(&Source::from_text(name.clone(), text), regime, &law) {
            Ok(result) if result.passes() || result.disputed.is_some() => {}
            Ok(result) => wrong.push(format!(
                "{name}: {}\n    {}",
                result.title,
                result.differences.join("\n    ")
            )),
            Err(problems) => wrong.push(format!("{name}\n{problems}")),
        }
    }
    wrong
}

#[test]
fn every_case_has_the_outcome_that_the_law_leads_to() {
    let wrong: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = regimes()
            .into_iter()
            .map(|id| scope.spawn(move || differences(&id)))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{} cases differ\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_case_with_a_wrong_expectation_does_not_pass() {
    // The day before its exemption existed, or with another rule, mechanism or gap than the law has, a case must fail.
    let facts = "facts: { as_of: 2026-11-01, data.personal: true, data.state: clear, exporter.role: controller, importer.role: controller,\n\
                 exporter.established_in: [FR], exporter.kind: company, importer.established_in: [US], importer.kind: company,\n\
                 importer.located_in: [US], importer.dpf_listed: false, flow.kind: transmission, flow.transit_only: false,\n\
                 flow.excluded_activity: none, flow.initiated_by: exporter, parties.same_legal_person: false }";
    let run = |expect: &str| {
        let text = format!("title: A made-up case\n{facts}\nexpect: {expect}\n");
        case::run(&Source::from_text("case.yaml", text), "eu-gdpr", &LAW).map(|result| result.passes())
    };
    assert!(run("{ outcome: non_exempt }").unwrap());
    for wrong in [
        "{ outcome: exempt }",
        "{ outcome: undetermined }",
        "{ outcome: non_exempt, rule: art-45-adequacy-us }",
        "{ outcome: non_exempt, mechanism: art-46-2-c-scc }",
        "{ outcome: non_exempt, eligible: [] }",
        "{ outcome: non_exempt, ask: [importer.dpf_listed] }",
    ] {
        assert!(!run(wrong).unwrap(), "{wrong}");
    }
    // What is not understood is an error, never a pass.
    for unreadable in [
        "{ outcome: fine }",
        "{ outcom: non_exempt }",
        "{ outcome: non_exempt, layers: { second: { outcome: exempt } } }",
    ] {
        assert!(run(unreadable).is_err(), "{unreadable}");
    }
}

#[test]
fn every_pack_has_cases_and_each_says_where_it_comes_from() {
    for id in regimes() {
        let cases = cases(&id);
        let sourced = cases.iter().filter(|(_, text)| {
            let yaml: serde_yaml::Value = serde_yaml::from_str(text).unwrap();
            let source = yaml.get("source").or_else(|| yaml.get("sources"));
            source.is_some_and(|source| !source.is_null())
        });
        assert!(sourced.count() >= 8, "{id}: fewer than eight cases with a source");
    }
}

#[test]
fn a_folder_of_cases_is_named_after_a_rule() {
    for id in regimes() {
        let pack = LAW.pack(&id).unwrap_or_else(|| panic!("{id} is not built in"));
        let stems: BTreeSet<&str> = pack.heads().map(|head| head.stem.as_str()).chain(["_whole"]).collect();
        for (file, _) in cases(&id) {
            let folder = file
                .parent()
                .and_then(|folder| folder.file_name())
                .unwrap()
                .to_string_lossy()
                .into_owned();
            assert!(
                stems.contains(folder.as_str()),
                "{}: there is no rule `{folder}`",
                file.display()
            );
        }
    }
}

#[test]
fn the_library_contains_every_regime_folder_without_errors_or_warnings() {
    let law = match Law::built_in() {
        Ok(law) => law,
        Err(problems) => panic!("{problems}"),
    };
    assert!(law.warnings().is_empty(), "{}", law.warnings());
    let built_in: Vec<String> = law.packs().iter().map(|pack| pack.id.clone()).collect();
    assert_eq!(built_in, regimes());
    // What was built in is what stands in the folders now.
    let folders = Law::from_folders(&[repository("jurisdictions")]).unwrap();
    for (built_in, read) in law.packs().iter().zip(folders.packs()) {
        let stems = |pack: &transborder::law::pack::Pack| -> Vec<String> {
            pack.heads().map(|head| head.stem.clone()).collect()
        };
        assert_eq!(stems(built_in), stems(read), "{}", read.id);
    }
}
