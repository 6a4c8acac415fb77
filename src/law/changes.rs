//! The law as something that changes: what begins, ends or changes between two days.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::date::Date;
use crate::error::Error;
use crate::fact::Catalogue;
use crate::law::Law;
use crate::law::clause::{Clause, clauses};
use crate::law::comparison::{WithDay, with_days};
use crate::law::condition::{Condition, DateTest};
use crate::law::pack::{CommonRequirement, Confidence, Count, Head, Member, Pack, Set, Since, Stage, Status};
use crate::place::Place;
use crate::text::Text;
use crate::word::words;

words! {
    /// What happens to a thing on a day.
    pub enum What {
        /// It is law from this day on.
        Begins = "begins",
        /// It is law no longer.
        Ends = "ends",
        /// It stays law and says something else.
        Changes = "changes",
    }
}

/// What changes in the law between two days.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Changes {
    /// The day after which changes are listed.
    pub from: Date,
    /// The last day on which they are.
    pub to: Date,
    /// The changes: by day, then by regime, then in the order of the regime's files: what `regime.yaml` declares, named
    /// conditions, rules by stage and name.
    pub changes: Vec<Change>,
}

/// One thing that begins, ends or changes on a day.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// The first day on which the law is the new one.
    pub day: Date,
    /// The regime.
    pub regime: String,
    /// What happens.
    pub what: What,
    /// To what.
    #[serde(flatten)]
    pub thing: Thing,
    /// Its id: the regime's, or `<regime>/` and the rule's stem, the instrument's short name, the condition's name.
    pub id: String,
    /// Its name; a named condition has none but its id.
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub title: Text,
    /// The provision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cite: Option<String>,
    /// How sure the rule is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// The reason, the cure or the remark that the pack gives with it.
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub because: Text,
    /// The layers it concerns, of a named condition those of the rules that ask it; `None`: all of the regime's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layers: Option<Vec<String>>,
    /// Whether an outcome may turn on it.
    #[serde(skip)]
    pub(crate) decides: bool,
}

/// What it is that begins, ends or changes.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Thing {
    /// The regime itself; its rules without a first day of their own begin with it.
    Regime,
    /// A layer of the regime, which binds from this day on.
    Layer,
    /// An instrument that rules cite.
    Instrument {
        /// Its number.
        #[serde(skip_serializing_if = "Option::is_none")]
        number: Option<String>,
    },
    /// A condition that compares the day with a day of the calendar.
    Condition {
        /// The part of the rule; `None` for the rule itself and for a named condition.
        #[serde(skip_serializing_if = "Option::is_none")]
        part: Option<String>,
        /// The comparison as the pack writes it: `on_or_after`.
        comparison: DateTest,
        /// The day it compares with.
        with: Date,
        /// Whether it holds from this day on; otherwise it did until then.
        holds: bool,
        /// The rules that ask it and are law both before and after.
        rules: Vec<String>,
    },
    /// A rule.
    Rule {
        /// Its stage.
        stage: Stage,
    },
    /// Places of a dated list.
    Member {
        /// The places, by code.
        places: Vec<PlaceNamed>,
        /// Whether they are in the list only where a condition holds.
        on_condition: bool,
        /// What ended the membership.
        #[serde(skip_serializing_if = "Option::is_none")]
        ended_by: Option<String>,
    },
    /// The time over which a count runs.
    Window {
        /// Since when it ran until then.
        #[serde(skip_serializing_if = "Option::is_none")]
        before: Option<Since>,
        /// Since when it runs now.
        #[serde(skip_serializing_if = "Option::is_none")]
        now: Option<Since>,
    },
}

/// A place with its name.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct PlaceNamed {
    /// Its code.
    pub code: String,
    /// Its English name.
    pub name: String,
}

/// What changed in the law after one day, up to and including another.
///
/// Members of a dated list join or leave place by place: a place that only passes from one row of the list to another
/// changes. A day that a condition compares with `as_of` counts where a rule asks the condition before and after.
///
/// # Errors
/// [`Error::DaysReversed`] if the first day lies after the second.
pub fn changes(law: &Law, from: Date, to: Date) -> Result<Changes, Error> {
    if from > to {
        return Err(Error::DaysReversed { from, to });
    }
    let mut changes = Vec::new();
    for pack in law.packs() {
        let mut found = Found {
            pack,
            catalogue: law.catalogue(),
            from,
            to,
            changes: Vec::new(),
        };
        found.regime();
        found.conditions();
        found.rules();
        changes.append(&mut found.changes);
    }
    // Stable: on one day regimes and files stay in their order.
    changes.sort_by_key(|change| change.day);
    Ok(Changes { from, to, changes })
}

/// The changes of one regime.
struct Found<'a> {
    pack: &'a Pack,
    catalogue: &'a Catalogue,
    from: Date,
    to: Date,
    changes: Vec<Change>,
}

impl<'a> Found<'a> {
    /// Keeps a change, if it is of a day asked for.
    fn add(&mut self, day: Option<Date>, change: impl FnOnce(Date) -> Change) {
        if let Some(day) = day.filter(|day| self.from < *day && *day <= self.to) {
            self.changes.push(change(day));
        }
    }

    fn of_head(&self, head: &Head, what: What, thing: Thing) -> impl FnOnce(Date) -> Change + use<> {
        let (regime, id) = (self.pack.id.clone(), format!("{}/{}", self.pack.id, head.stem));
        let (title, cite, because) = (head.title.clone(), head.cite.clone(), head.because.clone());
        let (confidence, layers) = (head.confidence, head.layers.clone());
        let decides = head.stage != Stage::Duties && !matches!(thing, Thing::Window { .. });
        let requirement = |common: &&CommonRequirement| std::ptr::eq(&common.head, head);
        // A common requirement says what to do in place of why.
        let because = match self.pack.requirements.iter().find(requirement) {
            Some(common) if because.is_empty() => common.requirement.cure.clone(),
            _ => because,
        };
        move |day| Change {
            day,
            regime,
            what,
            thing,
            id,
            title,
            cite: Some(cite),
            confidence: Some(confidence),
            because,
            layers,
            decides,
        }
    }

    fn regime(&mut self) {
        let pack = self.pack;
        let change = |what, thing, id: String, title: &Text| {
            let (regime, title) = (pack.id.clone(), title.clone());
            let decides = !matches!(thing, Thing::Instrument { .. });
            move |day| Change {
                day,
                regime,
                what,
                thing,
                id,
                title,
                cite: None,
                confidence: None,
                because: Text::default(),
                layers: None,
                decides,
            }
        };
        let own = |what| change(what, Thing::Regime, pack.id.clone(), &pack.title);
        self.add(pack.effective.from, own(What::Begins));
        self.add(pack.effective.end(), own(What::Ends));
        for layer in pack.layers.iter().filter(|layer| layer.status == Status::InForce) {
            let id = format!("{}/{}", pack.id, layer.id);
            let begins = change(What::Begins, Thing::Layer, id, &layer.title);
            self.add(layer.from, |day| Change {
                layers: Some(vec![layer.id.clone()]),
                ..begins(day)
            });
        }
        for (key, instrument) in &pack.instruments {
            let thing = Thing::Instrument {
                number: instrument.number.clone(),
            };
            let id = format!("{}/{key}", pack.id);
            self.add(instrument.from, change(What::Begins, thing, id, &instrument.title));
        }
    }

    /// Days inside conditions: of named ones, and of `regime.yaml`.
    fn conditions(&mut self) {
        let pack = self.pack;
        let mut asked: BTreeMap<(&str, WithDay), Vec<Clause<'a>>> = BTreeMap::new();
        for clause in clauses(pack) {
            for (name, comparison) in self.comparisons(clause) {
                match name {
                    Some(name) => asked.entry((name, comparison)).or_default().push(clause),
                    None if clause.head.is_none() => self.clause(clause, comparison),
                    None => {}
                }
            }
        }
        for ((name, comparison), clauses) in asked {
            let Some(named) = pack.conditions.get(name) else {
                continue;
            };
            let rules: BTreeSet<String> = clauses.iter().map(|clause| clause.rule(pack)).collect();
            self.turn(comparison, |day, holds| Change {
                day,
                regime: pack.id.clone(),
                what: What::Changes,
                thing: Thing::Condition {
                    part: None,
                    comparison: comparison.test,
                    with: comparison.with,
                    holds,
                    rules: rules.into_iter().collect(),
                },
                id: format!("{}/{name}", pack.id),
                title: Text::default(),
                cite: named.cite.clone(),
                confidence: None,
                because: named.because.clone(),
                layers: layers(&clauses),
                decides: clauses.iter().any(Clause::decides),
            });
        }
    }

    /// Keeps what changes with the answer of a comparison.
    fn turn(&mut self, comparison: WithDay, change: impl FnOnce(Date, bool) -> Change) {
        if let Some((day, holds)) = comparison.turns() {
            self.add(Some(day), |day| change(day, holds));
        }
    }

    /// The days with which a clause compares the day, each with the named condition it stands in, where the rule is law
    /// before and after.
    fn comparisons(&self, clause: Clause<'a>) -> BTreeSet<(Option<&'a str>, WithDay)> {
        let is_asked = |comparison: WithDay| matches!(comparison.turns(), Some((day, _)) if clause.covers(day) && clause.covers_eve_of(day));
        with_days(self.pack, self.catalogue, clause)
            .filter(|(_, comparison)| is_asked(*comparison))
            .collect()
    }

    fn clause(&mut self, clause: Clause<'_>, comparison: WithDay) {
        let pack = self.pack;
        self.turn(comparison, |day, holds| Change {
            day,
            regime: pack.id.clone(),
            what: What::Changes,
            thing: Thing::Condition {
                part: clause.part_in_words(),
                comparison: comparison.test,
                with: comparison.with,
                holds,
                rules: vec![clause.rule(pack)],
            },
            id: clause.rule(pack),
            title: clause.head.map_or(&pack.title, |head| &head.title).clone(),
            cite: Some(clause.cite().to_owned()),
            confidence: clause.confidence().or(clause.head.map(|head| head.confidence)),
            because: clause.because().cloned().unwrap_or_default(),
            layers: layers(&[clause]),
            decides: clause.decides(),
        });
    }

    fn rules(&mut self) {
        let pack = self.pack;
        let mut asked: BTreeMap<(Stage, &str), Vec<Clause<'a>>> = BTreeMap::new();
        for clause in clauses(pack) {
            if let Some(head) = clause.head {
                asked.entry((head.stage, head.stem.as_str())).or_default().push(clause);
            }
        }
        for head in pack.heads() {
            let rule = || Thing::Rule { stage: head.stage };
            self.add(head.effective.from, self.of_head(head, What::Begins, rule()));
            self.add(head.effective.end(), self.of_head(head, What::Ends, rule()));
            let mut seen = BTreeSet::new();
            for clause in asked.get(&(head.stage, head.stem.as_str())).into_iter().flatten() {
                for (name, comparison) in self.comparisons(*clause) {
                    // A requirement that asks for it in two ways changes once.
                    if name.is_none() && seen.insert((clause.part_in_words(), comparison)) {
                        self.clause(*clause, comparison);
                    }
                }
            }
            match head.stage {
                Stage::Counts => {
                    let same = |count: &&Count| count.head.stem == head.stem;
                    if let Some(count) = pack.counts.iter().find(same) {
                        self.window(count);
                    }
                }
                Stage::Sets => {
                    if let Some(set) = pack.sets.get(&head.stem) {
                        self.members(set);
                    }
                }
                _ => {}
            }
        }
    }

    fn window(&mut self, count: &Count) {
        let days: BTreeSet<Date> = count
            .window
            .iter()
            .flat_map(|(period, _)| period.from.into_iter().chain(period.end()))
            .collect();
        for day in days {
            let lives = count.head.effective.covers(day) && count.head.effective.covers_eve_of(day);
            let now = count.window.iter().find(|(period, _)| period.covers(day));
            let before = count.window.iter().find(|(period, _)| period.covers_eve_of(day));
            let (before, now) = (before.map(|(_, since)| *since), now.map(|(_, since)| *since));
            if lives && before != now {
                let thing = Thing::Window { before, now };
                self.add(Some(day), self.of_head(&count.head, What::Changes, thing));
            }
        }
    }

    fn members(&mut self, set: &Set) {
        let others = |one: &Member, place: Place, is_in: &dyn Fn(&Member) -> bool| {
            set.members
                .iter()
                .any(|other| !std::ptr::eq(one, other) && other.places.contains(&place) && is_in(other))
        };
        for member in &set.members {
            if let Some(day) = member.effective.from {
                let was_in = |place: &Place| others(member, *place, &|other| other.effective.covers_eve_of(day));
                let (known, new) = member.places.iter().copied().partition(was_in);
                self.member(set, member, day, What::Begins, new);
                self.member(set, member, day, What::Changes, known);
            }
            if let Some(day) = member.effective.end() {
                let stays = |place: &Place| others(member, *place, &|other| other.effective.covers(day));
                let (left, gone): (Vec<Place>, Vec<Place>) = member.places.iter().copied().partition(stays);
                self.member(set, member, day, What::Ends, gone);
                // Where another row takes over on the day, that row says so.
                let taken_over = |place: &Place| others(member, *place, &|other| other.effective.from == Some(day));
                let left = left.into_iter().filter(|place| !taken_over(place)).collect();
                self.member(set, member, day, What::Changes, left);
            }
        }
    }

    fn member(&mut self, set: &Set, member: &Member, day: Date, what: What, places: Vec<Place>) {
        if places.is_empty() {
            return;
        }
        let ended_by = member.ended_by.clone().filter(|_| member.effective.end() == Some(day));
        let thing = Thing::Member {
            places: self.named(&places),
            on_condition: !matches!(member.when, Condition::Always),
            ended_by,
        };
        let of_set = self.of_head(&set.head, what, thing);
        self.add(Some(day), |day| Change {
            cite: Some(member.cite.as_ref().unwrap_or(&set.head.cite).clone()),
            confidence: Some(member.confidence.unwrap_or(set.head.confidence)),
            because: member.note.clone(),
            ..of_set(day)
        });
    }

    fn named(&self, places: &[Place]) -> Vec<PlaceNamed> {
        let name = |place: &Place| PlaceNamed {
            code: place.to_string(),
            name: self.catalogue.gazetteer().name(*place).to_owned(),
        };
        places.iter().map(name).collect()
    }
}

/// The layers of the rules in which clauses stand; `None`: all.
fn layers(clauses: &[Clause<'_>]) -> Option<Vec<String>> {
    let mut all = BTreeSet::new();
    for clause in clauses {
        all.extend(clause.head?.layers.as_ref()?.iter().cloned());
    }
    Some(all.into_iter().collect())
}
