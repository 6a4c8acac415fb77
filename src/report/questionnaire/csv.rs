//! Questions as CSV, for a spreadsheet.

use crate::assess::answers::KEYS;
use crate::report::questionnaire::Questionnaire;

pub(super) fn render(questionnaire: &Questionnaire<'_>) -> String {
    let mut text = String::new();
    line(&mut text, KEYS.map(str::to_owned));
    for question in &questionnaire.questions {
        line(
            &mut text,
            [
                question.at.clone(),
                questionnaire.ask(question).to_owned(),
                question.who.clone().unwrap_or_default(),
                question.kind.to_string(),
                question.choices.join(", "),
                question.known.clone().unwrap_or_default(),
                question.decides.to_string(),
                question.worst.to_string(),
                question.asked_by.join(", "),
                String::new(),
                String::new(),
                String::new(),
                String::new(),
            ],
        );
    }
    text
}

fn line(text: &mut String, cells: [String; 13]) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&quoted(cell));
    }
    text.push_str("\r\n");
}

/// A cell that no spreadsheet takes for a formula, in quotation marks where it needs them.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn no_cell_starts_as_a_formula_and_quotation_marks_are_doubled() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("@cmd, \"x\""), "\"'@cmd, \"\"x\"\"\"");
        assert_eq!(quoted("a\nb"), "\"a\nb\"");
    }
}
