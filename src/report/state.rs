//! The state of the law as the packs have it: the page a lawyer starts from, in Markdown.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::law::Law;
use crate::law::clause::{clauses, leaves};
use crate::law::condition::Condition;
use crate::law::pack::{Confidence, Pack, Stage, Status, Then};
use crate::text::Text;

/// Every regime with its authority, instruments, open points, the rules that are less than verified, penalties and
/// numbers, as Markdown with the texts of the packs in a language. Headings start at the third level, so that the page
/// can stand inside another; it ends with a line break.
#[must_use]
pub fn state(law: &Law, language: &str) -> String {
    let regimes = law.packs().iter().map(|pack| {
        let mut page = Page {
            law,
            pack,
            language,
            text: String::new(),
        };
        page.overview();
        page.instruments();
        page.open_points();
        page.unverified();
        page.penalties();
        page.text
    });
    regimes.collect::<Vec<_>>().join("\n")
}

struct Page<'a> {
    law: &'a Law,
    pack: &'a Pack,
    language: &'a str,
    text: String,
}

impl Page<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn heading(&mut self, heading: &str) {
        self.line(&format!("\n#### {heading}\n"));
    }

    fn row(&mut self, cells: &[&str]) {
        let cells: Vec<String> = cells.iter().map(|cell| cell_of(cell)).collect();
        self.line(&format!("| {} |", cells.join(" | ")));
    }

    fn in_language(&self, text: &Text) -> String {
        on_one_line(text.in_language(self.language))
    }

    fn overview(&mut self) {
        let pack = self.pack;
        let title = self.in_language(&pack.title);
        self.line(&format!("### {}: {title}\n", pack.id));
        self.line("| | |");
        self.line("| --- | --- |");
        let authority = self.in_language(&pack.authority);
        self.row(&["authority", &authority]);
        let name = |place: &crate::place::Place| {
            let name = self.law.catalogue().gazetteer().name(*place);
            format!("{name} ({place})")
        };
        let territory: Vec<String> = pack.territory.iter().map(name).collect();
        self.row(&["territory", &territory.join(", ")]);
        self.row(&["in force", &pack.effective.to_string()]);
        let checked_on = pack.checked_on.map_or("never".to_owned(), |day| day.to_string());
        self.row(&["compared with its sources", &checked_on]);
        for layer in &pack.layers {
            let status = match (layer.status, layer.from) {
                (Status::InForce, None) => "in force".to_owned(),
                (Status::InForce, Some(from)) => format!("in force from {from}"),
                (Status::NotCommenced, _) => "not commenced".to_owned(),
            };
            let title = self.in_language(&layer.title);
            self.row(&["layer", &format!("`{}`: {title} ({status})", layer.id)]);
        }
        let mut by_stage: BTreeMap<Stage, usize> = BTreeMap::new();
        for head in pack.heads().filter(|head| head.stage != Stage::Sets) {
            *by_stage.entry(head.stage).or_default() += 1;
        }
        let all: usize = by_stage.values().sum();
        let by_stage: Vec<String> = by_stage
            .iter()
            .map(|(stage, number)| format!("{stage} {number}"))
            .collect();
        self.row(&["rules", &format!("{all}: {}", by_stage.join(", "))]);
        let lists: Vec<String> = pack
            .sets
            .iter()
            .map(|(name, set)| format!("`{name}` {}", set.members.len()))
            .collect();
        let members: usize = pack.sets.values().map(|set| set.members.len()).sum();
        let lists = match lists.as_slice() {
            [] => "none".to_owned(),
            lists => format!("{members}: {}", lists.join(", ")),
        };
        self.row(&["dated entries of lists", &lists]);
    }

    fn instruments(&mut self) {
        self.heading("Instruments");
        self.line("| short | title | number | in force from |");
        self.line("| --- | --- | --- | --- |");
        for (key, instrument) in &self.pack.instruments {
            let first = self.in_language(&instrument.title);
            let others = instrument.title.translations().map(|(_, title)| on_one_line(title));
            let mut titles = vec![first];
            for title in others {
                if !titles.contains(&title) {
                    titles.push(title);
                }
            }
            let from = instrument.from.map_or(String::new(), |day| day.to_string());
            let number = instrument.number.clone().unwrap_or_default();
            self.row(&[key, &titles.join(" / "), &number, &from]);
        }
    }

    fn open_points(&mut self) {
        let pack = self.pack;
        if pack.readings.is_empty() {
            return;
        }
        let mut rules: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for clause in clauses(pack) {
            for (_, leaf) in leaves(pack, clause.condition, |_| true) {
                if let Condition::Reading { point, .. } = leaf {
                    let of_point = rules.entry(point).or_default();
                    let rule = format!("`{}`", clause.rule(pack));
                    if !of_point.contains(&rule) {
                        of_point.push(rule);
                    }
                }
            }
        }
        for mechanism in &pack.mechanisms {
            if let Then::ByReading { point, .. } = &mechanism.then {
                let rule = format!("`{}/{}`", pack.id, mechanism.head.stem);
                rules.entry(point).or_default().push(rule);
            }
        }
        self.heading(&format!("Open points ({})", pack.readings.len()));
        for (point, reading) in &pack.readings {
            let question = self.in_language(&reading.question);
            self.line(&format!("- **{point}**: {question}"));
            for (option, means) in &reading.options {
                let ours = if *option == reading.default {
                    " (our default)"
                } else {
                    ""
                };
                let means = self.in_language(means);
                self.line(&format!("  - `{option}`{ours}: {means}"));
            }
            let rules = rules
                .get(point.as_str())
                .map_or("no rule".to_owned(), |rules| rules.join(", "));
            self.line(&format!("  - asked by: {rules}"));
        }
    }

    fn unverified(&mut self) {
        let kinds = [
            (Confidence::Memory, "From memory, to be checked"),
            (Confidence::Interpretation, "Our interpretation"),
        ];
        for (confidence, what) in kinds {
            let mut lines = Vec::new();
            let line = |cite: &str, title: &Text, rule: String| {
                format!("- {}: {} (`{rule}`)", on_one_line(cite), self.in_language(title))
            };
            for head in self.pack.heads() {
                let rule = format!("{}/{}", self.pack.id, head.stem);
                if head.confidence == confidence {
                    lines.push(line(&head.cite, &head.title, rule));
                }
            }
            for clause in clauses(self.pack) {
                let (Some(head), Some(part)) = (clause.head, clause.part_in_words()) else {
                    continue;
                };
                let own = clause
                    .confidence()
                    .filter(|own| *own == confidence && head.confidence != confidence);
                let line = line(
                    clause.cite(),
                    &head.title,
                    format!("{}, {part}", clause.rule(self.pack)),
                );
                if own.is_some() && !lines.contains(&line) {
                    lines.push(line);
                }
            }
            self.heading(&format!("{what} ({})", lines.len()));
            if lines.is_empty() {
                self.line("None.");
            }
            for line in lines {
                self.line(&line);
            }
        }
    }

    fn penalties(&mut self) {
        if self.pack.penalties.is_empty() {
            return;
        }
        self.heading("Penalties");
        for penalty in &self.pack.penalties {
            let mut line = format!("- {}: {}", penalty.cite, self.in_language(&penalty.maximum));
            if !penalty.note.is_empty() {
                let _ = write!(line, " ({})", self.in_language(&penalty.note).trim_end_matches('.'));
            }
            self.line(&format!("{} [{}]", on_one_line(&line), penalty.confidence));
        }
    }
}

/// A text without the line breaks that would end a list item or a row.
fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text inside a table.
fn cell_of(text: &str) -> String {
    on_one_line(text).replace('|', "\\|")
}
