//! Questions as a form in YAML, to fill in and read back.

use std::fmt::Write as _;

use crate::assess::answers::FORMAT;
use crate::report::questionnaire::Questionnaire;

const HEAD: &str = "\
# Fill in what is known: each `answer`, with its `source` (a page, a contract, a letter), who says so (`answered_by`) and the
# day (`on`). What is left empty stays open. `unknown` is no answer; `none`, `false` and `[]` say that there is nothing.
";

pub(super) fn render(questionnaire: &Questionnaire<'_>) -> String {
    let mut form = HEAD.to_owned();
    let _ = writeln!(form, "transborder_answers: {FORMAT}");
    let _ = writeln!(form, "map: {}", quoted(questionnaire.map));
    let _ = writeln!(form, "as_of: {}", questionnaire.as_of);
    if questionnaire.questions.is_empty() {
        form.push_str("questions: []\n");
        return form;
    }
    form.push_str("questions:\n");
    for question in &questionnaire.questions {
        let mut key = |name: &str, value: &str| {
            let dash = if name == "at" { "\n  - " } else { "    " };
            let space = if value.is_empty() { "" } else { " " };
            let _ = writeln!(form, "{dash}{name}:{space}{value}");
        };
        let list = |words: &[String]| {
            let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
            format!("[{}]", words.join(", "))
        };
        key("at", &quoted(&question.at));
        key("question", &quoted(questionnaire.ask(question)));
        if let Some(who) = &question.who {
            key("who", &quoted(who));
        }
        key("kind", question.kind.as_str());
        if !question.choices.is_empty() {
            key("choices", &list(&question.choices));
        }
        if let Some(known) = &question.known {
            key("known", &quoted(known));
        }
        key("decides", &question.decides.to_string());
        key("worst", question.worst.as_str());
        key("asked_by", &list(&question.asked_by));
        for open in ["answer", "source", "answered_by", "on"] {
            key(open, "");
        }
    }
    form
}

/// A text in quotation marks, on one line, whatever is in it.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            // What YAML does not take as it is, and what breaks or turns lines.
            c if c.is_control()
                || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}'..='\u{ffff}') =>
            {
                let _ = write!(quoted, "\\U{:08x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
