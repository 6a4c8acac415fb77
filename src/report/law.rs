//! The rules themselves: a list, or one with its condition, provision and dates.

use crate::date::{Date, Period};
use crate::fact::Catalogue;
use crate::law::Law;
use crate::law::condition::{AreaRef, Condition, Operand, Test};
use crate::law::pack::{Head, Mechanism, Pack, Requirement, Stage, Then};
use crate::report::wrap::paragraph;

pub use crate::report::state::state;

/// The rules of a regime, or of all, a line each.
#[must_use]
pub fn list(law: &Law, regime: Option<&str>, as_of: Option<Date>, language: &str) -> String {
    let mut text = String::new();
    for pack in law.packs().iter().filter(|pack| regime.is_none_or(|id| id == pack.id)) {
        let checked = pack
            .checked_on
            .map_or_else(String::new, |day| format!(", checked {day}"));
        paragraph(
            &mut text,
            0,
            4,
            &format!(
                "{}: {} ({}{checked})",
                pack.id,
                pack.title.in_language(language),
                pack.effective
            ),
        );
        for layer in &pack.layers {
            paragraph(
                &mut text,
                2,
                6,
                &format!(
                    "layer {}: {} [{}]",
                    layer.id,
                    layer.title.in_language(language),
                    layer.status
                ),
            );
        }
        let mut stage = None;
        for head in pack
            .heads()
            .filter(|head| as_of.is_none_or(|day| head.effective.covers(day)))
        {
            if stage != Some(head.stage) {
                stage = Some(head.stage);
                paragraph(&mut text, 2, 6, &format!("{}", head.stage));
            }
            paragraph(&mut text, 4, 4, &head.stem);
            paragraph(
                &mut text,
                8,
                10,
                &format!("{} [{}; {}]", head.cite, head.effective, head.confidence),
            );
        }
        for penalty in &pack.penalties {
            let penalty = format!("penalty: {} - {}", penalty.cite, penalty.maximum.in_language(language));
            paragraph(&mut text, 2, 4, &penalty);
        }
        text.push('\n');
    }
    text
}

/// One rule, `<regime>/<stem>`; `None` if there is none.
#[must_use]
pub fn show(law: &Law, rule: &str, language: &str) -> Option<String> {
    let (regime, stem) = rule.split_once('/')?;
    let pack = law.pack(regime)?;
    let head = pack.heads().find(|head| head.stem == stem)?;
    let mut text = String::new();
    head_of(&mut text, pack, head, language);
    let page = Page {
        pack,
        catalogue: law.catalogue(),
        language,
    };
    page.body(&mut text, head);
    Some(text)
}

fn head_of(text: &mut String, pack: &Pack, head: &Head, language: &str) {
    paragraph(text, 0, 4, &format!("{}/{}", pack.id, head.stem));
    paragraph(text, 2, 6, head.title.in_language(language));
    paragraph(text, 2, 6, &format!("provision:  {}", head.cite));
    paragraph(text, 2, 6, &format!("stage:      {}", head.stage));
    paragraph(text, 2, 6, &format!("in effect:  {}", head.effective));
    paragraph(text, 2, 6, &format!("confidence: {}", head.confidence));
    if let Some(layers) = &head.layers {
        paragraph(text, 2, 6, &format!("layers:     {}", layers.join(", ")));
    }
    if !head.because.is_empty() {
        paragraph(
            text,
            2,
            6,
            &format!("because:    {}", head.because.in_language(language)),
        );
    }
    if !head.warn.is_empty() {
        paragraph(text, 2, 6, &format!("warning:    {}", head.warn.in_language(language)));
    }
    if let Some(see) = &head.see {
        paragraph(text, 2, 6, &format!("see:        {}", see.url));
    }
    paragraph(text, 2, 6, &format!("file:       {}", head.file));
}

struct Page<'a> {
    pack: &'a Pack,
    catalogue: &'a Catalogue,
    language: &'a str,
}

impl Page<'_> {
    fn body(&self, text: &mut String, head: &Head) {
        let same = |other: &Head| other.stem == head.stem && other.stage == head.stage;
        match head.stage {
            Stage::Scope | Stage::Transfer | Stage::Blocks | Stage::Exemptions => {
                if let Some(rule) = self.pack.rules.iter().find(|rule| same(&rule.head)) {
                    paragraph(text, 2, 6, &format!("then {} when:", rule.then));
                    self.condition(text, 4, &rule.when);
                    if let Some(lifted) = &rule.lifted {
                        paragraph(text, 2, 6, &format!("lifted, then {} when:", lifted.then));
                        self.condition(text, 4, &lifted.when);
                    }
                }
            }
            Stage::Mechanisms => {
                if let Some(mechanism) = self.pack.mechanisms.iter().find(|rule| same(&rule.head)) {
                    self.mechanism(text, mechanism);
                }
            }
            Stage::Requirements => {
                if let Some(common) = self.pack.requirements.iter().find(|rule| same(&rule.head)) {
                    self.requirement(text, &common.requirement);
                }
            }
            Stage::Duties => {
                if let Some(duty) = self.pack.duties.iter().find(|rule| same(&rule.head)) {
                    text.push_str("  binds when:\n");
                    self.condition(text, 4, &duty.applies);
                    text.push_str("  met when:\n");
                    self.condition(text, 4, &duty.when);
                    paragraph(text, 2, 6, &format!("to do: {}", duty.cure.in_language(self.language)));
                }
            }
            Stage::Counts => {
                if let Some(count) = self.pack.counts.iter().find(|rule| same(&rule.head)) {
                    paragraph(
                        text,
                        2,
                        6,
                        &format!("individuals, per {}, over the movements where:", count.per),
                    );
                    self.condition(text, 4, &count.over);
                    for (period, since) in &count.window {
                        paragraph(
                            text,
                            2,
                            6,
                            &format!("{period}: since {}", since.as_str().replace('_', " ")),
                        );
                    }
                }
            }
            Stage::Sets => {
                for member in self.pack.sets.get(&head.stem).map_or(&[][..], |set| &set.members) {
                    let places: Vec<String> = member.places.iter().map(ToString::to_string).collect();
                    let cite = member
                        .cite
                        .as_deref()
                        .map_or(String::new(), |cite| format!(" ({cite})"));
                    paragraph(text, 2, 6, &format!("{} {}{cite}", places.join(" "), member.effective));
                    if let Some(ended_by) = &member.ended_by {
                        paragraph(text, 6, 10, &format!("ended by {ended_by}"));
                    }
                    if !matches!(member.when, Condition::Always) {
                        text.push_str("      only when:\n");
                        self.condition(text, 8, &member.when);
                    }
                }
            }
        }
    }

    fn mechanism(&self, text: &mut String, mechanism: &Mechanism) {
        for gate in &mechanism.gates {
            paragraph(
                text,
                2,
                6,
                &format!("gate {}: {}", gate.name, gate.because.in_language(self.language)),
            );
            self.condition(text, 4, &gate.when);
        }
        for requirement in &mechanism.requirements {
            self.requirement(text, requirement);
        }
        let then = match &mechanism.then {
            Then::Always(then) => format!("then {then}"),
            Then::ByReading { point, options } => {
                let options = options.iter().map(|(option, then)| format!("{then} if {option}"));
                let options: Vec<String> = options.collect();
                format!("then, by the reading of {point}: {}", options.join(", "))
            }
        };
        paragraph(text, 2, 6, &then);
    }

    fn requirement(&self, text: &mut String, requirement: &Requirement) {
        paragraph(
            text,
            2,
            6,
            &format!(
                "requirement {}: {}",
                requirement.name,
                requirement.cure.in_language(self.language)
            ),
        );
        if !matches!(requirement.applies, Condition::Always) {
            text.push_str("    binds when:\n");
            self.condition(text, 6, &requirement.applies);
        }
        self.condition(text, 4, &requirement.when);
    }

    fn condition(&self, text: &mut String, indent: usize, condition: &Condition) {
        let mut several = |what: &str, conditions: &[Condition]| {
            paragraph(text, indent, indent + 4, &format!("{what}:"));
            for condition in conditions {
                self.condition(text, indent + 2, condition);
            }
        };
        let line = match condition {
            Condition::All(conditions) => return several("all of", conditions),
            Condition::Any(conditions) => return several("at least one of", conditions),
            Condition::Not(condition) => return several("not", std::slice::from_ref(condition)),
            Condition::Always => "always".to_owned(),
            Condition::Never => "never".to_owned(),
            Condition::Named(name) => {
                paragraph(text, indent, indent + 4, &format!("{name}:"));
                if let Some(named) = self.pack.conditions.get(name) {
                    self.condition(text, indent + 2, &named.when);
                }
                return;
            }
            Condition::Rule(stem) => format!("the rule {}/{stem} holds", self.pack.id),
            Condition::Reading { point, option } => format!("reading of {point}: {option}"),
            Condition::Fact { fact, test } => format!("{} {}", self.catalogue.fact(*fact).name, self.test(test)),
        };
        paragraph(text, indent, indent + 4, &line);
    }

    fn test(&self, test: &Test) -> String {
        let words = |words: &std::collections::BTreeSet<String>| words.iter().cloned().collect::<Vec<_>>().join(", ");
        match test {
            Test::Is(value) => format!("is {value}"),
            Test::Word(set) if set.len() == 1 => format!("is {}", words(set)),
            Test::Word(set) => format!("is one of {}", words(set)),
            Test::Words(test, set) => format!("{} {}", test.as_str().replace('_', " "), words(set)),
            Test::Places(test, area) => format!("{test} {}", area_in_words(area)),
            Test::SameAs(fact) => format!("is the same as {}", self.catalogue.fact(*fact).name),
            Test::AtLeast(number) => format!("is at least {number}"),
            Test::Below(number) => format!("is below {number}"),
            Test::Date(test, operand) => format!("is {} {}", test.as_str().replace('_', " "), self.operand(*operand)),
        }
    }

    fn operand(&self, operand: Operand) -> String {
        match operand {
            Operand::Day(day) => day.to_string(),
            Operand::Fact(fact, period) => {
                let name = &self.catalogue.fact(fact).name;
                if period == Period::default() {
                    return name.clone();
                }
                format!("{name} plus {period}")
            }
        }
    }
}

fn area_in_words(area: &AreaRef) -> String {
    let places = area.places.iter().map(ToString::to_string);
    area.sets.iter().cloned().chain(places).collect::<Vec<_>>().join(", ")
}
