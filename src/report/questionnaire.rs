//! The questions of an assessment as a questionnaire: to read, to send, to fill in.

mod csv;
mod form;

use std::fmt::Write as _;

use crate::assess::Assessment;
use crate::assess::questions::Question;
use crate::load::AnswerKind;
use crate::model::UsedProfile;
use crate::report::markdown::{self, code};
use crate::report::text::DISCLAIMER;
use crate::report::wrap::{WIDTH, paragraph};

/// Questions, most decisive first.
#[derive(Clone, Debug)]
pub struct Questionnaire<'a> {
    map: &'a str,
    as_of: &'a str,
    language: &'a str,
    questions: Vec<&'a Question>,
    /// How many there were before some were left out.
    all: usize,
}

impl<'a> Questionnaire<'a> {
    /// All questions of an assessment.
    #[must_use]
    pub fn new(assessment: &'a Assessment) -> Self {
        Self {
            map: assessment.map.as_deref().unwrap_or("Data map"),
            as_of: &assessment.as_of,
            language: "en",
            questions: assessment.questions.iter().collect(),
            all: assessment.questions.len(),
        }
    }

    /// With the texts of rules in a language, given as a BCP 47 tag, where a pack has it.
    #[must_use]
    pub fn in_language(mut self, tag: &'a str) -> Self {
        self.language = tag;
        self
    }

    /// Only what this person would know: `legal`, `vendor`.
    #[must_use]
    pub fn for_whom(mut self, who: &str) -> Self {
        self.questions.retain(|question| question.who.as_deref() == Some(who));
        self
    }

    /// Only what is about objects that a vendor profile brings in.
    #[must_use]
    pub fn about(mut self, profile: &UsedProfile) -> Self {
        self.questions.retain(|question| question.is_about(profile));
        self
    }

    /// Only the most decisive ones.
    #[must_use]
    pub fn at_most(mut self, number: usize) -> Self {
        self.questions.truncate(number);
        self
    }

    /// The questions.
    #[must_use]
    pub fn questions(&self) -> &[&'a Question] {
        &self.questions
    }

    /// As text on eighty columns.
    #[must_use]
    pub fn text(&self) -> String {
        let mut page = String::new();
        paragraph(&mut page, 0, 0, &self.title());
        let _ = writeln!(page, "{}", "-".repeat(WIDTH));
        for (index, question) in self.questions.iter().enumerate() {
            let number = format!("{}. ", index + 1);
            let rest = number.len();
            paragraph(&mut page, 0, rest, &format!("{number}{}", self.ask(question)));
            if let Some(who) = &question.who {
                paragraph(&mut page, rest, rest + 2, &format!("ask: {who}"));
            }
            if let Some(known) = &question.known {
                paragraph(&mut page, rest, rest + 2, &format!("known now: {known}"));
            }
            paragraph(&mut page, rest, rest + 2, &format!("answer: {}", expected(question)));
            let new = if question.draw.is_some() {
                " (new in the map)"
            } else {
                ""
            };
            paragraph(&mut page, rest, rest + 2, &format!("in the map: {}{new}", question.at));
            paragraph(&mut page, rest, rest + 2, &weight(question));
        }
        page.push('\n');
        paragraph(&mut page, 0, 0, &self.left_out());
        paragraph(&mut page, 0, 0, DISCLAIMER);
        page
    }

    /// As Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut page = format!("# {}\n\n", markdown::text(&self.title()));
        for (index, question) in self.questions.iter().enumerate() {
            let _ = writeln!(page, "{}. **{}**", index + 1, markdown::text(self.ask(question)));
            if let Some(who) = &question.who {
                let _ = writeln!(page, "   - ask: {}", markdown::text(who));
            }
            if let Some(known) = &question.known {
                let _ = writeln!(page, "   - known now: {}", markdown::text(known));
            }
            let _ = writeln!(page, "   - answer: {}", markdown::text(&expected(question)));
            let _ = writeln!(page, "   - in the map: {}", code(&question.at));
            let _ = writeln!(page, "   - {}", markdown::text(&weight(question)));
        }
        let _ = writeln!(page, "\n{}\n\n{DISCLAIMER}", self.left_out());
        page
    }

    /// As CSV (RFC 4180) with a header. No cell starts as a formula would.
    #[must_use]
    pub fn csv(&self) -> String {
        csv::render(self)
    }

    /// As a form in YAML that [`Answers`](crate::assess::answers::Answers) reads back.
    #[must_use]
    pub fn form(&self) -> String {
        form::render(self)
    }

    fn title(&self) -> String {
        format!("{}: questions, the law as of {}", self.map, self.as_of)
    }

    fn ask(&self, question: &'a Question) -> &'a str {
        question.ask.in_language(self.language)
    }

    fn left_out(&self) -> String {
        let asked = self.questions.len();
        match self.all - asked {
            0 if asked == 0 => "Nothing is to be asked.".to_owned(),
            0 => format!("{asked} questions, most decisive first."),
            others => format!(
                "{asked} of {} questions, most decisive first; {others} left out.",
                self.all
            ),
        }
    }
}

/// What kind of answer is expected, in words.
pub(super) fn expected(question: &Question) -> String {
    let kind = match question.kind {
        AnswerKind::YesNo => "true or false",
        AnswerKind::Word => "one of",
        AnswerKind::Words => "a list, or none",
        AnswerKind::Day => "a day, YYYY-MM-DD",
        AnswerKind::DayOrNone => "a day, YYYY-MM-DD, or none if it never came",
        AnswerKind::Number => "a number",
        AnswerKind::Place => "the code of a place (HK, CNSZX)",
        AnswerKind::Places => "the code of a place (HK, CNSZX), or a list of them",
        AnswerKind::Entity => "the id of an entity of the map",
        AnswerKind::EntityOrNone => "the id of an entity of the map, or none",
        AnswerKind::Assets => "a list of ids of data assets, or none",
        _ => "text",
    };
    match (question.kind, question.choices.is_empty()) {
        (AnswerKind::Word, _) => format!("{kind} {}", question.choices.join(", ")),
        (_, true) => kind.to_owned(),
        (_, false) => format!("{kind}: {}", question.choices.join(", ")),
    }
}

fn weight(question: &Question) -> String {
    let verdicts = if question.decides == 1 { "verdict" } else { "verdicts" };
    format!(
        "decides {} {verdicts}, at worst {}; asked by {}",
        question.decides,
        question.worst,
        question.asked_by.join(", ")
    )
}
