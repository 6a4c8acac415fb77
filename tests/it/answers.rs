//! Questions can be answered: each answer settles its question, and the questions come to an end.

use std::collections::BTreeSet;
use std::fs;

use proptest::prelude::*;
use serde_yaml::Value as Yaml;
use transborder::assess::answers::Answers;
use transborder::assess::assessment::is_flagged;
use transborder::assess::questions::Question;
use transborder::assess::{Assessment, Options, assess};
use transborder::load::{AnswerKind, Document, Profiles, Source};
use transborder::outcome::Headline;
use transborder::report::questionnaire::Questionnaire;

use crate::dice::{DAYS, Dice, PLACES, mutated};
use crate::random_maps::{Kind, random_map};
use crate::world::{LAW, repository};

pub(crate) fn document(text: &str) -> Document {
    Document::read(&Source::from_text("map.yaml", text), &Profiles::built_in()).unwrap()
}

pub(crate) fn judged(document: &Document) -> Assessment {
    let loaded = document.map(LAW.catalogue()).unwrap_or_else(|wrong| panic!("{wrong}"));
    assess(&loaded.map, &LAW, &Options::new()).unwrap()
}

/// Some answer that says all there is to say: the exact place, whom exactly.
fn some_answer(question: &Question, document: &Document, dice: &mut Dice) -> Yaml {
    let exact = |place: &&&str| {
        let gazetteer = LAW.catalogue().gazetteer();
        gazetteer.find(place).is_some_and(|place| !gazetteer.is_divided(place))
    };
    let places: Vec<&str> = PLACES.iter().filter(exact).copied().collect();
    let text = |word: &str| Yaml::String(word.to_owned());
    let entities = || -> Vec<String> {
        document.to_json()["entities"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    };
    match question.kind {
        AnswerKind::YesNo => Yaml::Bool(dice.below(2) == 0),
        AnswerKind::Word => text(&dice.pick(&question.choices)),
        // Who shares people with others leaves it open how many: no fact of a map closes that.
        AnswerKind::Words if question.at.ends_with(".overlaps") || dice.below(3) == 0 => text("none"),
        AnswerKind::Words if question.choices.is_empty() => {
            Yaml::Sequence(vec![text(dice.pick(&["name", "contact", "health"]))])
        }
        AnswerKind::Words => Yaml::Sequence(vec![text(&dice.pick(&question.choices))]),
        AnswerKind::DayOrNone if dice.below(3) == 0 => text("none"),
        AnswerKind::Day | AnswerKind::DayOrNone => text(dice.pick(DAYS)),
        AnswerKind::Number => Yaml::Number(dice.pick(&[1_u64, 10_000, 100_000, 1_000_000]).into()),
        AnswerKind::Place | AnswerKind::Places => text(dice.pick(&places)),
        // Parents must not lead back to where they start.
        AnswerKind::EntityOrNone if question.at.ends_with(".parent") || question.at.ends_with(".branch_of") => {
            text("none")
        }
        AnswerKind::EntityOrNone if dice.below(2) == 0 => text("none"),
        AnswerKind::Entity | AnswerKind::EntityOrNone => text(&dice.pick(&entities())),
        AnswerKind::Assets => text("none"),
        _ => text("content"),
    }
}

/// The form of all questions with an answer to each.
pub(crate) fn filled_in(assessment: &Assessment, document: &Document, dice: &mut Dice) -> Source {
    let form = Questionnaire::new(assessment).form();
    let mut form: Yaml = serde_yaml::from_str(&form).unwrap();
    let entries = form["questions"].as_sequence_mut().unwrap();
    for (entry, question) in entries.iter_mut().zip(&assessment.questions) {
        entry["answer"] = some_answer(question, document, dice);
    }
    Source::from_text("form.yaml", serde_yaml::to_string(&form).unwrap())
}

pub(crate) fn answered(document: &Document, assessment: &Assessment, form: &Source) -> Document {
    let answers = Answers::read(form).unwrap_or_else(|wrong| panic!("{wrong}"));
    assert_eq!(answers.len(), assessment.questions.len());
    answers
        .put_into(document, &assessment.questions, LAW.catalogue())
        .unwrap_or_else(|wrong| panic!("{wrong}\n{}", form.text()))
}

/// Verdicts that are open, may be bad, and ask for nothing.
fn silent(assessment: &Assessment) -> Vec<String> {
    let mut silent = Vec::new();
    for movement in &assessment.movements {
        for judged in &movement.verdicts {
            let verdict = &judged.verdict;
            // Of persons who send their own data a map says nothing, so that it may stay open why they are left alone.
            if verdict.outcome == Headline::Undetermined && is_flagged(verdict) && judged.questions.is_empty() {
                silent.push(format!(
                    "{}/{}: {} {:?}",
                    movement.flow, movement.asset, verdict.layer, verdict.ask
                ));
            }
        }
    }
    silent
}

/// Answers whatever is asked until nothing is.
pub(crate) fn until_nothing_is_asked(text: &str, seed: u64) -> Result<usize, String> {
    let mut dice = Dice(seed);
    let mut map = document(text);
    let mut asked: BTreeSet<String> = BTreeSet::new();
    for round in 0..40 {
        let assessment = judged(&map);
        let silent = silent(&assessment);
        if !silent.is_empty() {
            return Err(format!("round {round}, open without a question: {}", silent.join("; ")));
        }
        let again: Vec<String> = assessment
            .questions
            .iter()
            .filter(|question| asked.contains(&question.at))
            .map(|question| format!("{} {:?} for {:?}", question.at, question.known, question.facts))
            .collect();
        if !again.is_empty() {
            return Err(format!("round {round}, asked again: {}", again.join("; ")));
        }
        if assessment.questions.is_empty() {
            return Ok(round);
        }
        asked.extend(assessment.questions.iter().map(|question| question.at.clone()));
        let form = filled_in(&assessment, &map, &mut dice);
        map = answered(&map, &assessment, &form);
    }
    Err("still asks after forty rounds".to_owned())
}

fn harbour() -> String {
    fs::read_to_string(repository("examples/harbour-retail/map.yaml")).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn every_answer_settles_its_question_and_the_questions_come_to_an_end(seed in any::<u64>()) {
        let text = random_map(seed, Kind { places: PLACES, complete: false });
        if let Err(wrong) = until_nothing_is_asked(&text, seed) {
            prop_assert!(false, "{wrong}\n{text}");
        }
    }
}

#[test]
fn the_questions_of_harbour_come_to_an_end() {
    let mut longest = 0;
    for seed in 0..4 {
        match until_nothing_is_asked(&harbour(), seed) {
            Ok(rounds) => longest = longest.max(rounds),
            Err(wrong) => panic!("{wrong}"),
        }
    }
    assert!(
        longest >= 2,
        "the first answers settle everything: the test sees nothing"
    );
}

fn form_of(assessment: &Assessment) -> Yaml {
    serde_yaml::from_str(&Questionnaire::new(assessment).form()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_form_says_every_question_and_the_order_of_answers_does_not_matter(seed in any::<u64>()) {
        let text = random_map(seed, Kind { places: PLACES, complete: false });
        let map = document(&text);
        let assessment = judged(&map);
        let blank = Questionnaire::new(&assessment).form();
        prop_assert!(Answers::read(&Source::from_text("blank.yaml", blank.as_str())).unwrap().is_empty());
        let form: Yaml = serde_yaml::from_str(&blank).unwrap();
        for (entry, question) in form["questions"].as_sequence().unwrap().iter().zip(&assessment.questions) {
            prop_assert_eq!(entry["at"].as_str(), Some(question.at.as_str()));
            prop_assert_eq!(entry["question"].as_str(), Some(question.ask.in_language("en")));
            prop_assert_eq!(entry["kind"].as_str(), Some(question.kind.as_str()));
        }
        let filled = filled_in(&assessment, &map, &mut Dice(seed));
        let mut turned: Yaml = serde_yaml::from_str(filled.text()).unwrap();
        turned["questions"].as_sequence_mut().unwrap().reverse();
        let turned = Source::from_text("turned.yaml", serde_yaml::to_string(&turned).unwrap());
        let (one, other) = (answered(&map, &assessment, &filled), answered(&map, &assessment, &turned));
        prop_assert_eq!(one.to_json(), other.to_json());
        // What is written is read as it was meant.
        let written = document(&one.to_yaml());
        prop_assert_eq!(written.to_json(), one.to_json());
    }

    #[test]
    fn a_form_that_was_tampered_with_is_refused_or_read_and_never_panics(seed in any::<u64>()) {
        let map = document(&random_map(seed, Kind { places: PLACES, complete: false }));
        let assessment = judged(&map);
        let form = filled_in(&assessment, &map, &mut Dice(seed));
        for round in 0..4 {
            let form = Source::from_text("form.yaml", mutated(form.text(), seed ^ round));
            if let Ok(answers) = Answers::read(&form) {
                let _ = answers.change(&map, &assessment.questions);
                let _ = answers.put_into(&map, &assessment.questions, LAW.catalogue());
            }
        }
    }
}

/// A shop in France whose store is run from nobody knows where; whether backups go to Japan is not shown.
const SHOP: &str = "
transborder: 1
as_of: 2026-11-01
entities:
  shop: { established_in: [FR], kind: company, parent: none }
  host: { kind: company, parent: none }
  vault: { established_in: [JP], kind: company, parent: none }
assets:
  buyers: { personal: true, state: clear, categories: [name, contact], controller: shop, collected_in: [FR] }
processors:
  till: { operator: shop, located_in: FR }
storage:
  store: { operator: host, acts_for: shop, located_in: FR }
  copies: { operator: vault, acts_for: shop, located_in: JP }
flows:
  sync: { from: till, to: store, carries: [buyers], kind: replication, access: actual }
  backup: { from: till, to: copies, carries: [buyers], kind: backup, existence: possible }
";

#[track_caller]
fn question<'a>(assessment: &'a Assessment, at: &str) -> &'a Question {
    let all: Vec<&str> = assessment
        .questions
        .iter()
        .map(|question| question.at.as_str())
        .collect();
    let found = assessment.questions.iter().find(|question| question.at == at);
    found.unwrap_or_else(|| panic!("`{at}` is not asked, but {all:?}"))
}

#[test]
fn a_flow_that_nobody_has_shown_is_asked_for_and_is_gone_when_it_does_not_take_place() {
    let map = document(SHOP);
    let assessment = judged(&map);
    let backup = question(&assessment, "flows.backup.existence");
    assert_eq!(backup.kind, AnswerKind::Word);
    assert_eq!(backup.choices, ["shown", "none"]);
    assert_eq!(
        backup.ask.in_language("en"),
        "Does the flow backup from till to copies take place?"
    );
    let form = "{ transborder_answers: 1, questions: [{ at: flows.backup.existence, answer: none }] }";
    let answers = Answers::read(&Source::from_text("form.yaml", form)).unwrap();
    let after = judged(&answers.put_into(&map, &assessment.questions, LAW.catalogue()).unwrap());
    assert!(after.movements.iter().all(|movement| movement.flow != "backup"));
}

#[test]
fn an_access_that_is_only_implied_is_drawn_by_the_first_answer_about_it() {
    let map = document(SHOP);
    let first = judged(&map);
    let form = "{ transborder_answers: 1, questions: [{ at: entities.host.established_in, answer: US }] }";
    let answers = Answers::read(&Source::from_text("form.yaml", form)).unwrap();
    let map = answers.put_into(&map, &first.questions, LAW.catalogue()).unwrap();
    let assessment = judged(&map);
    let implied = |assessment: &Assessment| assessment.movements.iter().any(|m| m.flow == "access:store:host");
    assert!(implied(&assessment));
    let access = question(&assessment, "flows.look-store-by-host.access");
    let draw = access.draw.clone().unwrap();
    assert!(draw.set.contains_key("processors.look-store-by-host"));
    for (answer, flagged) in [("none", false), ("actual", true)] {
        let form = format!(
            "transborder_answers: 1\nquestions:\n  - {{ at: {}, answer: {answer} }}\n",
            access.at
        );
        let answers = Answers::read(&Source::from_text("form.yaml", form)).unwrap();
        let answered = answers.put_into(&map, &assessment.questions, LAW.catalogue()).unwrap();
        let after = judged(&answered);
        assert!(!implied(&after));
        let mut looks = after.movements.iter().filter(|m| m.flow == "look-store-by-host");
        let verdicts = &looks.next().unwrap().verdicts;
        let found = verdicts
            .iter()
            .any(|judged| judged.verdict.regime == "eu-gdpr" && is_flagged(&judged.verdict));
        assert_eq!(found, flagged, "access {answer}");
        // The same look, under another name: nothing came and nothing went.
        let difference = transborder::assess::difference::between(&assessment.as_drawn_by(&draw), &after);
        assert!(difference.movements.vanished.is_empty(), "{:?}", difference.movements);
    }
}

#[test]
fn wrong_answers_are_told_all_at_once_with_their_line_in_the_form() {
    let map = document(SHOP);
    let assessment = judged(&map);
    let form = "transborder_answers: 1
questions:
  - at: flows.backup.existence
    answer: perhaps
  - at: entities.host.established_in
    answer: Atlantis
  - at: flows.backup.existance
    answer: none
";
    let answers = Answers::read(&Source::from_text("form.yaml", form)).unwrap();
    let wrong = answers
        .put_into(&map, &assessment.questions, LAW.catalogue())
        .unwrap_err();
    let lines: BTreeSet<(String, u32)> = wrong
        .iter()
        .map(|wrong| (wrong.file.clone(), wrong.position.unwrap().line))
        .collect();
    let expected = [4, 6, 7].map(|line| ("form.yaml".to_owned(), line));
    assert_eq!(lines, expected.into(), "{wrong}");
    for (form, code) in [
        ("transborder_answers: 2\nquestions: []", "file/version"),
        ("questions: []", "file/missing-key"),
        (
            "transborder_answers: 1\nquestions: [{ at: a.b.c, anwser: 1 }]",
            "file/unknown-key",
        ),
        (
            "transborder_answers: 1\nquestions: [{ at: a.b.c, answer: 1 }, { at: a.b.c, answer: 2 }]",
            "file/duplicate-key",
        ),
        (
            "transborder_answers: 1\nquestions: [{ at: a.b.c, answer: 1, on: soon }]",
            "file/bad-date",
        ),
    ] {
        let wrong = Answers::read(&Source::from_text("form.yaml", form)).unwrap_err();
        assert!(wrong.iter().any(|wrong| wrong.code.as_str() == code), "{form}: {wrong}");
    }
}

#[test]
fn the_source_of_an_answer_is_entered_and_one_without_is_from_memory() {
    let map = document(SHOP);
    let assessment = judged(&map);
    let form = "transborder_answers: 1
questions:
  - { at: entities.host.established_in, answer: US, source: Trade register, answered_by: A. Chan, on: 2026-10-30 }
  - { at: flows.backup.existence, answer: shown, answered_by: B. Lei }
";
    let answers = Answers::read(&Source::from_text("form.yaml", form)).unwrap();
    let answered = answers.put_into(&map, &assessment.questions, LAW.catalogue()).unwrap();
    let after = judged(&answered);
    let sources: Vec<(&str, &str)> = after
        .sources
        .iter()
        .map(|source| (source.title.as_str(), source.confidence.as_str()))
        .collect();
    assert_eq!(
        sources,
        [("B. Lei", "memory"), ("Trade register (A. Chan)", "verified")]
    );
    let backup = after
        .movements
        .iter()
        .find(|movement| movement.flow == "backup")
        .unwrap();
    let at: Vec<&str> = backup.rests_on.iter().map(|rests_on| rests_on.at.as_str()).collect();
    assert_eq!(at, ["flows.backup.existence"]);
}

#[test]
fn what_a_map_says_cannot_break_out_of_a_form_or_a_table() {
    let hostile = "x\\\"\\n  answer: true\\n\\u2028=1+1 | `a` <b>";
    let text = SHOP.replace("  host: {", &format!("  host: {{ name: \"{hostile}\","));
    let map = document(&text);
    let assessment = judged(&map);
    let form = form_of(&assessment);
    let entries = form["questions"].as_sequence().unwrap();
    assert_eq!(entries.len(), assessment.questions.len());
    assert!(entries.iter().all(|entry| entry["answer"].is_null()));
    let asked = question(&assessment, "entities.host.established_in");
    assert!(
        asked.ask.in_language("en").contains("answer: true"),
        "the name is in the question"
    );
    let markdown = Questionnaire::new(&assessment).markdown();
    assert!(!markdown.contains("<b>") && !markdown.contains("\n  answer"));
    // Without line breaks inside cells every line of CSV would be a record; quoted ones may run on.
    let csv = Questionnaire::new(&assessment).csv();
    assert!(csv.lines().all(|line| !line.starts_with(['=', '+', '-', '@'])));
}
