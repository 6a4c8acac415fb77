//! Every case of every pack: the outcome that somebody reasoned from the law is the one that the pack gives.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::thread;

use transborder::case::coverage::{self, Shown};
use transborder::case::{self, CaseResult};
use transborder::law::Law;
use transborder::load::Source;

use crate::world::{LAW, cases, regimes, repository};

/// A case file with how its pack fares on it under the whole law.
type Tried = (String, Result<CaseResult, String>);

/// Every case of every regime, by regime, tried once for all tests.
static TRIED: LazyLock<BTreeMap<String, Vec<Tried>>> = LazyLock::new(|| {
    let regimes: Vec<(String, Vec<(PathBuf, String)>)> =
        regimes().into_iter().map(|id| (id.clone(), cases(&id))).collect();
    let count = regimes.iter().map(|(_, cases)| cases.len()).sum::<usize>();
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let each: Vec<(&String, &(PathBuf, String))> = regimes
        .iter()
        .flat_map(|(id, cases)| cases.iter().map(move |case| (id, case)))
        .collect();
    let tried = |(id, (file, text)): &(&String, &(PathBuf, String))| {
        let folder = repository(&format!("jurisdictions/{id}/cases"));
        let name = file.strip_prefix(folder).unwrap_or(file).to_string_lossy().into_owned();
        let result = case::run(&Source::from_text(name.clone(), text.as_str()), id, &LAW);
        ((*id).clone(), (name, result.map_err(|problems| problems.to_string())))
    };
    let mut all = BTreeMap::<String, Vec<Tried>>::new();
    thread::scope(|scope| {
        let chunks = each.chunks(count.div_ceil(workers).max(1));
        let threads: Vec<_> = chunks
            .map(|chunk| scope.spawn(move || chunk.iter().map(tried).collect::<Vec<_>>()))
            .collect();
        for (id, tried) in threads.into_iter().flat_map(|thread| thread.join().unwrap()) {
            all.entry(id).or_default().push(tried);
        }
    });
    all
});

#[test]
fn every_case_has_the_outcome_that_the_law_leads_to() {
    let mut wrong = Vec::new();
    for (id, tried) in TRIED.iter() {
        for (name, result) in tried {
            match result {
                Ok(result) if result.passes() || result.disputed.is_some() => {}
                Ok(result) => {
                    let lines = [result.differences.as_slice(), &result.why].concat();
                    wrong.push(format!("{id} {name}: {}\n    {}", result.title, lines.join("\n    ")));
                }
                Err(problems) => wrong.push(format!("{id} {name}\n{problems}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{} cases differ\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_rule_has_a_case_it_decides_a_near_miss_and_the_days_around_its_period() {
    let mut missing = Vec::new();
    for (id, tried) in TRIED.iter() {
        let shown: BTreeSet<&Shown> = tried
            .iter()
            .filter_map(|(_, r)| r.as_ref().ok())
            .flat_map(|r| &r.shows)
            .collect();
        let owed = coverage::owed(LAW.pack(id).unwrap());
        let lines = owed.iter().filter(|point| !shown.contains(point));
        missing.extend(lines.map(|point| format!("{id}/{}: {}", point.rule, point.how)));
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// The cases of a record, each with what every regime says of it.
fn by_case(record: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut cases = BTreeMap::<&str, BTreeSet<&str>>::new();
    let mut case = "";
    for line in record.lines() {
        if line.starts_with(' ') {
            cases.entry(case).or_default().insert(line.trim());
        } else {
            case = line;
            cases.entry(case).or_default();
        }
    }
    cases
}

// A case that is new need not be on record; one that is on record stays as it is.
#[test]
fn what_the_cases_do_not_mention_stays_as_it_is_on_record() {
    let mut changed = Vec::new();
    let mut compared = 0;
    for (id, tried) in TRIED.iter() {
        let mut record = String::new();
        for (name, result) in tried {
            if let Ok(result) = result {
                case::write_record(&mut record, name, result);
            }
        }
        let recorded = fs::read_to_string(repository(&format!("tests/recorded/{id}.txt"))).unwrap();
        let now = by_case(&record);
        for (name, before) in by_case(&recorded) {
            compared += 1;
            let now = now.get(name).cloned().unwrap_or_default();
            let gone = before.difference(&now).map(|line| format!("  - {line}"));
            let new = now.difference(&before).map(|line| format!("  + {line}"));
            let lines: Vec<String> = gone.chain(new).collect();
            if !lines.is_empty() {
                changed.push(format!("{id} {name}"));
                changed.extend(lines);
            }
        }
    }
    assert!(compared > 1_000, "only {compared} cases are on record");
    assert!(
        changed.is_empty(),
        "Other verdicts than on record. If they are right in law: \
         cargo run --release --features cli -- pack test --record tests/recorded\n{}",
        changed.join("\n")
    );
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
        "{ outcome: non_exempt, layers: { chapter_v: { outcome: non_exempt, combined: exempt } } }",
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
