//! Questions can be answered: each answer settles its question, and the questions come to an end.

use std::collections::BTreeSet;
use std::fs;

use proptest::prelude::*;
use serde_yaml::Value as Yaml;
use transborder::assess::answers::Answers;
use transborder::assess::questions::Question;
use transborder::assess::{Assessment, Options, assess};
use transborder::load::{AnswerKind, Document, Profiles, Source};
use transborder::outcome::Headline;
use transborder::report::questionnaire::Questionnaire;

use crate::dice::{DAYS, Dice, PLACES, mutated};
use crate::random_maps::{Kind, random_map};
use crate::world::{LAW, repository};

fn document(text: &str) -> Document {
    Document::read(&Source::from_text("map.yaml", text), &Profiles::built_in()).unwrap()
}

fn judged(document: &Document) -> Assessment {
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
        let all = document.to_json()["entities"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        all
    };
    match question.kind {
        AnswerKind::YesNo => Yaml::Bool(dice.below(2) == 0),
        AnswerKind::Word => text(&dice.pick(&question.choices)),
        // Who shares people with others leaves it open how many: no fact of a map closes that.
        AnswerKind::Words if question.at.ends_with(".overlaps") || dice.below(3) == 0 => text("none"),
        AnswerKind::Words if question.choices.is_empty() => {
            Yaml::Sequence(vec![text(&dice.pick(&["name", "contact", "health"]))])
        }
        AnswerKind::Words => Yaml::Sequence(vec![text(&dice.pick(&question.choices))]),
        AnswerKind::DayOrNone if dice.below(3) == 0 => text("none"),
        AnswerKind::Day | AnswerKind::DayOrNone => text(&dice.pick(DAYS)),
        AnswerKind::Number => Yaml::Number(dice.pick(&[1_u64, 10_000, 100_000, 1_000_000]).into()),
        AnswerKind::Place | AnswerKind::Places => text(&dice.pick(&places)),
        AnswerKind::EntityOrNone if dice.below(2) == 0 => text("none"),
        // Parents must not lead back to where they start.
        AnswerKind::EntityOrNone if question.at.ends_with(".parent") || question.at.ends_with(".branch_of") => {
            text("none")
        }
        AnswerKind::Entity | AnswerKind::EntityOrNone => text(&dice.pick(&entities())),
        AnswerKind::Assets => text("none"),
        _ => text("content"),
    }
}

/// The form of all questions with an answer to each.
fn filled_in(assessment: &Assessment, document: &Document, dice: &mut Dice) -> Source {
    let form = Questionnaire::new(assessment).form();
    let mut form: Yaml = serde_yaml::from_str(&form).unwrap();
    let entries = form["questions"].as_sequence_mut().unwrap();
    for (entry, question) in entries.iter_mut().zip(&assessment.questions) {
        entry["answer"] = some_answer(question, document, dice);
    }
    Source::from_text("form.yaml", serde_yaml::to_string(&form).unwrap())
}

fn answered(document: &Document, assessment: &Assessment, form: &Source) -> Document {
    let answers = Answers::read(form).unwrap_or_else(|wrong| panic!("{wrong}"));
    assert_eq!(answers.len(), assessment.questions.len());
    answers
        .put_into(document, &assessment.questions, LAW.catalogue())
        .unwrap_or_else(|wrong| panic!("{wrong}\n{}", form.text()))
}

/// Verdicts that are open and ask for nothing.
fn silent(assessment: &Assessment) -> Vec<String> {
    let mut silent = Vec::new();
    for movement in &assessment.movements {
        for judged in &movement.verdicts {
            let verdict = &judged.verdict;
            if verdict.outcome == Headline::Undetermined && judged.questions.is_empty() {
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
fn until_nothing_is_asked(text: &str, seed: u64) -> Result<usize, String> {
    let mut dice = Dice(seed);
    let mut map = document(text);
    let mut asked: BTreeSet<String> = BTreeSet::new();
    for round in 0..12 {
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
    Err("still asks after twelve rounds".to_owned())
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
