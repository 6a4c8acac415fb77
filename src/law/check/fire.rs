//! Rules that never fire, rules that others always forestall, and rules that contradict one another.

use std::collections::BTreeSet;

use crate::date::{Date, Period};
use crate::diagnostic::Code;
use crate::fact::Catalogue;
use crate::law::check::formula::{Formula, World};
use crate::law::check::period::{day_before, overlap};
use crate::law::check::report::{Report, Spot};
use crate::law::check::solve::{Answer, solve};
use crate::law::check::theory::Theory;
use crate::law::condition::{AreaRef, Condition, Operand, Test};
use crate::law::effective::Effective;
use crate::law::pack::{Mechanism, Pack, Requirement, Rule, Stage};

/// A condition, and whether it is to hold or not to.
type Wanted<'a> = (&'a Condition, bool);

pub(super) fn check(pack: &Pack, catalogue: &Catalogue, report: &mut Report<'_>) {
    if pack.effective.is_empty() {
        return;
    }
    let world = World::new(pack, catalogue);
    let fire = Fire { world: &world, pack };
    fire.parts(report);
    fire.rules(report);
    fire.contradictions(report);
}

struct Fire<'w> {
    world: &'w World<'w>,
    pack: &'w Pack,
}

impl<'w> Fire<'w> {
    /// Whether conditions can hold together on a day.
    fn on(&self, day: Date, wanted: &[Wanted<'w>]) -> Answer {
        let mut formula = Formula::new(self.world, day);
        let parts = wanted
            .iter()
            .map(|(condition, holds)| {
                let id = formula.add(condition);
                if *holds { id } else { formula.not(id) }
            })
            .collect();
        let whole = formula.join(true, parts);
        let theory = Theory::new(formula.atoms(), self.world);
        solve(&mut formula, &theory, vec![whole])
    }

    /// Whether conditions cannot hold together on any day of a period.
    fn never(&self, period: Effective, wanted: &[Wanted<'w>]) -> bool {
        let days = self.days(period, wanted.iter().map(|(condition, _)| *condition), &[]);
        days.into_iter()
            .all(|day| matches!(self.on(day, wanted), Answer::Cannot))
    }

    /// Days between which nothing changes in some conditions, nor in the rules of `others`; none if the period is empty.
    fn days(
        &self,
        period: Effective,
        conditions: impl Iterator<Item = &'w Condition>,
        others: &[&'w Rule],
    ) -> BTreeSet<Date> {
        let mut turns = Turns {
            pack: self.pack,
            days: BTreeSet::new(),
            names: BTreeSet::new(),
        };
        conditions.for_each(|condition| turns.condition(condition));
        for rule in others {
            turns.period(rule.head.effective);
            turns.condition(&rule.when);
        }
        turns.period(period);
        let turns = turns.days;
        let ages = Period {
            years: 100,
            ..Period::default()
        };
        let before = turns.first().map(|first| day_before(*first));
        let after = turns.last().map(|last| last.plus(ages));
        // Where no day matters, one day is as good as another.
        let any = "2000-01-01".parse().ok().filter(|_| turns.is_empty());
        let all = turns
            .iter()
            .copied()
            .chain(before)
            .chain(after)
            .chain(any)
            .chain(period.from)
            .chain(period.to);
        all.filter(|day| period.covers(*day)).collect()
    }

    /// Conditions on their own, with whatever they only ever hold together with.
    fn parts(&self, report: &mut Report<'_>) {
        let life = self.pack.effective;
        for (name, named) in &self.pack.conditions {
            if self.never(life, &[(&named.when, true)]) {
                let message = format!("the condition `{name}` can never hold");
                report.error(Code::NeverFires, &report.named_condition(name), message, None);
            }
        }
        for (index, replacement) in self.pack.replacements.iter().enumerate() {
            if self.never(life, &[(&replacement.when, true)]) {
                let spot = Spot::regime("exporter").item(index).below("when");
                report.error(Code::NeverFires, &spot, "the condition can never hold".to_owned(), None);
            }
        }
        for set in self.pack.sets.values() {
            for (index, member) in set.members.iter().enumerate() {
                let period = overlap(member.effective, life);
                if !period.is_empty() && self.never(period, &[(&member.when, true)]) {
                    let spot = Spot::of(&set.head, "members").item(index).below("when");
                    report.error(Code::NeverFires, &spot, "the condition can never hold".to_owned(), None);
                }
            }
        }
        for mechanism in &self.pack.mechanisms {
            self.mechanism(mechanism, report);
        }
        for common in &self.pack.requirements {
            let period = overlap(common.head.effective, life);
            self.requirement(&common.requirement, period, &Spot::of(&common.head, ""), report);
        }
        for duty in &self.pack.duties {
            let period = overlap(duty.head.effective, life);
            if period.is_empty() {
                continue;
            }
            if self.never(period, &[(&duty.applies, true)]) {
                let message = "the duty never binds: `applies` can never hold".to_owned();
                report.error(Code::NeverFires, &Spot::of(&duty.head, "applies"), message, None);
            } else if !matches!(duty.when, Condition::Never)
                && self.never(period, &[(&duty.applies, true), (&duty.when, true)])
            {
                let message = "the duty can never be met where it binds".to_owned();
                let help = Some("write `when: never` if that is meant".to_owned());
                report.error(Code::NeverFires, &Spot::of(&duty.head, "when"), message, help);
            }
        }
        for count in &self.pack.counts {
            let period = overlap(count.head.effective, life);
            if !period.is_empty() && self.never(period, &[(&count.over, true)]) {
                let message = "nothing is ever counted: `over` can never hold".to_owned();
                report.error(Code::NeverFires, &Spot::of(&count.head, "over"), message, None);
            }
        }
    }

    fn mechanism(&self, mechanism: &'w Mechanism, report: &mut Report<'_>) {
        let period = overlap(mechanism.head.effective, self.pack.effective);
        if period.is_empty() {
            return;
        }
        // A gate that says `never` shows what is no mechanism at all; what it is held to beside does not matter.
        if mechanism.gates.iter().any(|gate| matches!(gate.when, Condition::Never)) {
            return;
        }
        let gates = Spot::of(&mechanism.head, "gates");
        let mut sound = true;
        for gate in &mechanism.gates {
            if self.never(period, &[(&gate.when, true)]) {
                let spot = gates.below(&gate.name).below("when");
                let message = format!("the gate `{}` can never be passed", gate.name);
                let help = Some("write `when: never` if that is meant".to_owned());
                report.error(Code::NeverFires, &spot, message, help);
                sound = false;
            }
        }
        let passed: Vec<Wanted<'w>> = mechanism.gates.iter().map(|gate| (&gate.when, true)).collect();
        if sound && self.never(period, &passed) {
            let message = "no movement can pass all gates".to_owned();
            report.error(Code::NeverFires, &gates, message, None);
            sound = false;
        }
        let requirements = Spot::of(&mechanism.head, "requirements");
        for requirement in &mechanism.requirements {
            sound &= self.requirement(requirement, period, &requirements.below(&requirement.name), report);
        }
        if sound && self.never_complete(mechanism, period) {
            let message = "no movement can pass all gates and meet all requirements".to_owned();
            report.error(Code::NeverFires, &requirements, message, None);
        }
    }

    /// Whether a mechanism with the requirements it shares with others is incomplete whatever the facts.
    fn never_complete(&self, mechanism: &'w Mechanism, period: Effective) -> bool {
        let common: Vec<_> = self
            .pack
            .requirements
            .iter()
            .filter(|common| {
                common
                    .of
                    .as_ref()
                    .is_none_or(|groups| mechanism.group.as_ref().is_some_and(|group| groups.contains(group)))
            })
            .collect();
        let own = mechanism.requirements.iter();
        let all: Vec<&Condition> = mechanism
            .gates
            .iter()
            .map(|gate| &gate.when)
            .chain(
                own.clone()
                    .chain(common.iter().map(|common| &common.requirement))
                    .flat_map(|r| [&r.applies, &r.when]),
            )
            .collect();
        let days = self.days(period, all.into_iter(), &[]);
        let layers = self.layers(mechanism.head.layers.as_deref());
        layers.iter().all(|layer| {
            days.iter().all(|day| {
                let binding = common
                    .iter()
                    .filter(|c| c.head.is_in_layer(layer) && c.head.effective.covers(*day));
                let requirements = own.clone().chain(binding.map(|common| &common.requirement));
                let mut formula = Formula::new(self.world, *day);
                let mut parts: Vec<usize> = mechanism.gates.iter().map(|gate| formula.add(&gate.when)).collect();
                for requirement in requirements {
                    let applies = formula.add(&requirement.applies);
                    let either = vec![formula.not(applies), formula.add(&requirement.when)];
                    parts.push(formula.join(false, either));
                }
                let theory = Theory::new(formula.atoms(), self.world);
                matches!(solve(&mut formula, &theory, parts), Answer::Cannot)
            })
        })
    }

    /// Reports a requirement that never binds or can never be met; `true` if it is sound.
    fn requirement(
        &self,
        requirement: &'w Requirement,
        period: Effective,
        spot: &Spot<'_>,
        report: &mut Report<'_>,
    ) -> bool {
        if period.is_empty() {
            return true;
        }
        if self.never(period, &[(&requirement.applies, true)]) {
            let message = format!(
                "the requirement `{}` never binds: `applies` can never hold",
                requirement.name
            );
            report.error(Code::NeverFires, &spot.below("applies"), message, None);
            return false;
        }
        if self.never(period, &[(&requirement.applies, true), (&requirement.when, true)]) {
            let message = format!("the requirement `{}` can never be met where it binds", requirement.name);
            let help = Some("what no act of the parties can cure is a gate".to_owned());
            report.error(Code::NeverFires, &spot.below("when"), message, help);
            return false;
        }
        true
    }

    /// Rules of scope, transfer, blocks and exemptions that never hold, or never decide.
    fn rules(&self, report: &mut Report<'_>) {
        for (index, rule) in self.pack.rules.iter().enumerate() {
            let period = overlap(rule.head.effective, self.pack.effective);
            if period.is_empty() {
                continue;
            }
            let spot = Spot::of(&rule.head, "when");
            if self.never(period, &[(&rule.when, true)]) {
                report.error(Code::NeverFires, &spot, "the condition can never hold".to_owned(), None);
                continue;
            }
            if let Some(lifted) = &rule.lifted
                && self.never(period, &[(&rule.when, true), (&lifted.when, true)])
            {
                let message = "the block can never be lifted where it holds".to_owned();
                report.error(Code::NeverFires, &Spot::of(&rule.head, "lifted.when"), message, None);
            }
            let before = self.before(index, rule);
            if !before.is_empty() && self.forestalled(rule, period, &before) {
                let alone = before.iter().find(|other| self.forestalled(rule, period, &[**other]));
                let by = match alone {
                    Some(other) => format!("`{}` holds", other.head.stem),
                    None => "one of the rules before it holds".to_owned(),
                };
                let message = format!("the rule never decides: {by} wherever this one does, and prevails");
                let help = Some("give this rule a higher `rank`, or drop it".to_owned());
                report.error(Code::NeverFires, &spot, message, help);
            }
        }
    }

    /// The rules that prevail over one wherever both hold.
    fn before(&self, index: usize, rule: &Rule) -> Vec<&'w Rule> {
        let in_turn = matches!(rule.head.stage, Stage::Blocks | Stage::Exemptions);
        let prevails = |(position, other): &(usize, &Rule)| {
            let first = other.rank > rule.rank || (in_turn && other.rank == rule.rank && *position < index);
            first && other.head.stage == rule.head.stage
        };
        self.pack
            .rules
            .iter()
            .enumerate()
            .filter(prevails)
            .map(|(_, other)| other)
            .collect()
    }

    /// Whether one of some rules holds wherever a rule does, on all days and in all layers.
    fn forestalled(&self, rule: &'w Rule, period: Effective, before: &[&'w Rule]) -> bool {
        let days = self.days(period, std::iter::once(&rule.when), before);
        self.layers(rule.head.layers.as_deref()).iter().all(|layer| {
            days.iter().all(|day| {
                let mut wanted = vec![(&rule.when, true)];
                wanted.extend(in_force(before, layer, *day).map(|other| (&other.when, false)));
                matches!(self.on(*day, &wanted), Answer::Cannot)
            })
        })
    }

    fn layers(&self, of_rule: Option<&[String]>) -> Vec<&'w str> {
        let all = self.pack.layers.iter().map(|layer| layer.id.as_str());
        all.filter(|layer| of_rule.is_none_or(|own| own.iter().any(|id| id == layer)))
            .collect()
    }

    fn contradictions(&self, report: &mut Report<'_>) {
        for (index, later) in self.pack.rules.iter().enumerate() {
            if !matches!(later.head.stage, Stage::Scope | Stage::Transfer) {
                continue;
            }
            for earlier in self.pack.rules.iter().take(index) {
                let alike = earlier.head.stage == later.head.stage && earlier.rank == later.rank;
                if alike && earlier.then != later.then {
                    self.contradiction(earlier, later, report);
                }
            }
        }
    }

    /// Reports two rules of one rank that hold together on some day, in some layer, where none of higher rank does.
    fn contradiction(&self, earlier: &'w Rule, later: &'w Rule, report: &mut Report<'_>) {
        let both = overlap(
            overlap(earlier.head.effective, later.head.effective),
            self.pack.effective,
        );
        if both.is_empty() {
            return;
        }
        let higher = self.pack.rules.iter();
        let higher: Vec<&Rule> = higher
            .filter(|rule| rule.head.stage == later.head.stage && rule.rank > later.rank)
            .collect();
        let days = self.days(both, [&earlier.when, &later.when].into_iter(), &higher);
        let mut doubt = None;
        for layer in self.layers(earlier.head.layers.as_deref()) {
            if !later.head.is_in_layer(layer) {
                continue;
            }
            for day in &days {
                let mut wanted = vec![(&earlier.when, true), (&later.when, true)];
                wanted.extend(in_force(&higher, layer, *day).map(|rule| (&rule.when, false)));
                match self.on(*day, &wanted) {
                    Answer::Cannot => {}
                    Answer::Unsure => doubt = doubt.or(Some((*day, Vec::new()))),
                    Answer::Can { exact: false, example } => doubt = Some((*day, example)),
                    Answer::Can { exact: true, example } => {
                        report_contradiction(earlier, later, (*day, example), true, report);
                        return;
                    }
                }
            }
        }
        if let Some(doubt) = doubt {
            report_contradiction(earlier, later, doubt, false, report);
        }
    }
}

fn report_contradiction(earlier: &Rule, later: &Rule, at: (Date, Vec<String>), sure: bool, report: &mut Report<'_>) {
    let spot = Spot::of(&later.head, "when");
    let (day, example) = at;
    let may = if sure { "can" } else { "perhaps can" };
    let message = format!(
        "`{}` concludes `{}` and this rule `{}`; both {may} hold, and neither prevails",
        earlier.head.stem, earlier.then, later.then
    );
    let mut help = "give the one that prevails a higher `rank`".to_owned();
    if !example.is_empty() {
        let shown: Vec<&str> = example.iter().take(6).map(String::as_str).collect();
        help.push_str(&format!("; both hold as of {day} where {}", shown.join(", ")));
    }
    if sure {
        report.error(Code::Contradiction, &spot, message, Some(help));
    } else {
        report.warn(Code::Contradiction, &spot, message, Some(help));
    }
}

/// The rules that are law on a day in a layer.
fn in_force<'a>(rules: &'a [&'a Rule], layer: &'a str, day: Date) -> impl Iterator<Item = &'a Rule> {
    let holds = move |rule: &&Rule| rule.head.is_in_layer(layer) && rule.head.effective.covers(day);
    rules.iter().copied().filter(holds)
}

/// The days on which what a condition says of the facts may change.
struct Turns<'a> {
    pack: &'a Pack,
    days: BTreeSet<Date>,
    /// Names, rules and sets already followed.
    names: BTreeSet<(u8, &'a str)>,
}

impl<'a> Turns<'a> {
    fn day(&mut self, day: Date) {
        self.days.extend([day_before(day), day, day.next_day()]);
    }

    fn period(&mut self, period: Effective) {
        self.days.extend(period.from);
        self.days.extend(period.to.map(Date::next_day));
    }

    fn condition(&mut self, condition: &'a Condition) {
        match condition {
            Condition::All(conditions) | Condition::Any(conditions) => {
                conditions.iter().for_each(|part| self.condition(part));
            }
            Condition::Not(condition) => self.condition(condition),
            Condition::Named(name) => {
                if self.names.insert((0, name))
                    && let Some(named) = self.pack.conditions.get(name)
                {
                    self.condition(&named.when);
                }
            }
            Condition::Rule(stem) => {
                if self.names.insert((1, stem))
                    && let Some(rule) = self.pack.rules.iter().find(|rule| rule.head.stem == *stem)
                {
                    self.period(rule.head.effective);
                    self.condition(&rule.when);
                }
            }
            Condition::Fact { test, .. } => match test {
                Test::Date(_, Operand::Day(day)) => self.day(*day),
                Test::Places(_, area) => self.area(area),
                _ => {}
            },
            Condition::Always | Condition::Never | Condition::Reading { .. } => {}
        }
    }

    fn area(&mut self, area: &'a AreaRef) {
        for name in &area.sets {
            if !self.names.insert((2, name)) {
                continue;
            }
            for member in self.pack.sets.get(name).into_iter().flat_map(|set| &set.members) {
                self.period(member.effective);
                self.condition(&member.when);
            }
        }
    }
}
