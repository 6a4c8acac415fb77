//! On which days to come the verdicts on a map change, and why.
//!
//! Between two of the days collected nothing that is judged depends on the day, so none is missed and none is guessed.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

use crate::assess::Options;
use crate::assess::assessment::{AssessedMovement, RegimeApplied, is_flagged};
use crate::assess::judging::{Prepared, applied, judged};
use crate::assess::totals::Total;
use crate::assess::verdict::Verdict;
use crate::date::{Date, Period};
use crate::error::Error;
use crate::fact::{Carrier, Catalogue, FactId, FactKey, OwnFact, Party, Value};
use crate::judge::fill::Parties;
use crate::judge::movement::{Edge, Movement};
use crate::law::Law;
use crate::law::changes::{Change as LawChange, Thing, changes};
use crate::law::comparison::{WithFact, with_facts};
use crate::law::pack::{ReplacedBy, Status};
use crate::model::{AssetId, EntityId, FlowId, Map, MechanismId, OwnFacts};
use crate::outcome::{Headline, Outcome};
use crate::place::{Gazetteer, Place};
use crate::text::Text;
use crate::truth::Truth;

/// The version of the JSON shape. It rises when a reader of the old shape would misread the new one.
pub const FORMAT: u32 = 1;

/// How far is looked ahead where nobody says.
const SPAN: Period = Period {
    years: 5,
    months: 0,
    days: 0,
    working_days: 0,
};

/// So many dates of other movements are named where nothing of the movement itself comes up.
const MOST_OF_OTHERS: usize = 8;

/// What changes on the days after the day of judgement.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Forecast {
    /// The version of this shape: [`FORMAT`].
    pub transborder_forecast: u32,
    /// The version of the library.
    pub version: &'static str,
    /// What the map is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<String>,
    /// The day of judgement: what changes after it is listed.
    pub as_of: String,
    /// The last day looked at.
    pub until: String,
    /// The regimes applied.
    pub law: Vec<RegimeApplied>,
    /// The verdicts that change, by day, then in the order of the assessment.
    pub changes: Vec<Change>,
    /// The counts that start anew: what they come to then, the map does not say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub anew: Vec<CountAnew>,
}

/// One verdict on one movement, before and after a day.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// The first day on which it is another.
    pub day: String,
    /// The regime.
    pub regime: String,
    /// Its layer.
    pub layer: String,
    /// The flow, or `access:<node>:<entity>` for remote access that control implies.
    pub flow: String,
    /// The asset.
    pub asset: String,
    /// Where the edge stands in the map.
    pub at: String,
    /// Whether it gets worse.
    pub way: Way,
    /// Whether somebody must look at it afterwards.
    pub needs_attention: bool,
    /// What was said until the day before.
    pub before: Standing,
    /// What is said from that day.
    pub after: Standing,
    /// What happens on that day that bears on the movement.
    pub causes: Vec<Cause>,
}

/// Which way a verdict changes.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The outcome is worse; of an undetermined one, the worst or else the mildest still possible.
    Worse,
    /// It is better.
    Better,
    /// It is the same, and the layer, which did not bind until then, binds.
    Commences,
    /// It is the same, and another provision decides.
    OtherGround,
}

/// What is said of a movement at one time.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Standing {
    /// Whether the layer binds.
    pub status: Status,
    /// The headline.
    pub outcome: Headline,
    /// The mildest outcome still possible.
    pub best: Outcome,
    /// The worst.
    pub worst: Outcome,
    /// The rule that decides; nothing where no rule concludes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The provision.
    pub cite: String,
}

/// Why a verdict changes.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The law changes.
    Law(Arc<LawChange>),
    /// A date that the map states comes up.
    Date {
        /// Where it stands in the map.
        at: String,
        /// The date.
        date: String,
        /// What the law adds to it (`plus 3 years`), or asks for ahead of it (`less 3 months`).
        #[serde(skip_serializing_if = "Option::is_none")]
        moved: Option<String>,
    },
}

/// A count that starts anew while the map says only what it comes to in one window.
#[derive(Clone, Debug, Serialize)]
pub struct CountAnew {
    /// The regime that counts.
    pub regime: String,
    /// The count, `<regime>/<stem>`.
    pub count: String,
    /// What is counted.
    pub title: Text,
    /// The provision.
    pub cite: String,
    /// The first days of its new windows.
    pub days: Vec<String>,
}

impl Forecast {
    /// Whether a verdict needs attention that gets worse, or that did not bind until then, and is of law in force.
    #[must_use]
    pub fn gets_worse(&self) -> bool {
        let binds = |standing: &Standing| standing.status == Status::InForce;
        let worse = |change: &Change| change.way == Way::Worse || !binds(&change.before);
        self.changes
            .iter()
            .any(|change| change.needs_attention && binds(&change.after) && worse(change))
    }
}

/// Says which verdicts on a map change after the day of judgement, up to a last day; five years where none is given.
///
/// # Errors
/// If neither the options nor the map say as of which day the law is to be read, or if the last day is not after it.
pub fn forecast(map: &Map, law: &Law, options: &Options, until: Option<Date>) -> Result<Forecast, Error> {
    let as_of = options.day(map)?;
    let until = until.unwrap_or_else(|| as_of.plus(SPAN));
    if until <= as_of {
        return Err(Error::NothingAhead { as_of, until });
    }
    let calendar = Calendar::new(map, law, as_of, until)?;
    let mut prepared = Prepared::new(map, law, as_of, &options.readings);
    let (mut before, totals) = judged(&prepared, law, &options.readings);
    let mut counts = counted(&totals);
    let mut found = Vec::new();
    for day in calendar.days() {
        prepared.turn_to(law, day, &options.readings);
        let (after, totals) = judged(&prepared, law, &options.readings);
        counts.extend(counted(&totals));
        let why = Why::new(&calendar, &prepared, law, day);
        for (index, (old, new)) in before.iter().zip(&after).enumerate() {
            found.extend(why.changes(index, old, new));
        }
        before = after;
    }
    Ok(Forecast {
        transborder_forecast: FORMAT,
        version: env!("CARGO_PKG_VERSION"),
        map: map.name.clone(),
        as_of: as_of.to_string(),
        until: until.to_string(),
        law: law
            .packs()
            .iter()
            .map(|pack| applied(pack, as_of, &options.readings))
            .collect(),
        changes: found,
        anew: anew(law, &counts, as_of, until),
    })
}

/// The counts with which something is compared, of some movement.
fn counted(totals: &[Total]) -> BTreeSet<String> {
    let compared = totals.iter().filter(|total| !total.thresholds.is_empty());
    compared.map(|total| total.count.clone()).collect()
}

fn anew(law: &Law, counts: &BTreeSet<String>, as_of: Date, until: Date) -> Vec<CountAnew> {
    let mut all = Vec::new();
    for pack in law.packs() {
        for count in &pack.counts {
            let id = format!("{}/{}", pack.id, count.head.stem);
            let days = count.anew(as_of, until);
            if counts.contains(&id) && !days.is_empty() {
                all.push(CountAnew {
                    regime: pack.id.clone(),
                    count: id,
                    title: count.head.title.clone(),
                    cite: count.head.cite.clone(),
                    days: days.iter().map(ToString::to_string).collect(),
                });
            }
        }
    }
    all
}

/// Everything that happens in the span, by day.
struct Calendar {
    /// Changes of the law on which an outcome may turn.
    law: BTreeMap<Date, Vec<Arc<LawChange>>>,
    /// Dates of the map that come up.
    turns: BTreeMap<Date, Vec<Turn>>,
    dates: Vec<Known>,
}

/// A comparison of one regime whose answer a date of the map turns.
struct Turn {
    pack: usize,
    /// By its position in [`Calendar::dates`].
    date: usize,
    moved: Option<String>,
}

/// A date that the map states.
struct Known {
    owner: Owner,
    at: String,
    date: Date,
    /// The facts that read it.
    facts: Vec<FactId>,
}

/// What carries a date.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
enum Owner {
    Asset(AssetId),
    Entity(EntityId),
    /// A presumption about everybody.
    Everybody,
    Flow(FlowId),
    Mechanism(MechanismId),
}

impl Calendar {
    fn new(map: &Map, law: &Law, as_of: Date, until: Date) -> Result<Self, Error> {
        let mut calendar = Self {
            law: BTreeMap::new(),
            turns: BTreeMap::new(),
            dates: dates(map, law.catalogue()),
        };
        let of_law = changes(law, as_of, until)?.changes;
        for change in of_law.into_iter().filter(|change| change.decides) {
            calendar.law.entry(change.day).or_default().push(Arc::new(change));
        }
        let mut by_fact: BTreeMap<FactId, Vec<(usize, WithFact)>> = BTreeMap::new();
        for (index, pack) in law.packs().iter().enumerate() {
            for comparison in with_facts(pack, law.catalogue()) {
                by_fact.entry(comparison.fact).or_default().push((index, comparison));
            }
        }
        for (position, known) in calendar.dates.iter().enumerate() {
            for (pack, comparison) in known.facts.iter().filter_map(|fact| by_fact.get(fact)).flatten() {
                let Some(regime) = law.packs().get(*pack) else { continue };
                let reads = match known.owner {
                    Owner::Mechanism(id) => is_judged(&map.mechanism(id).kind, &regime.id, comparison),
                    _ => true,
                };
                if let Some(day) = comparison.turns(known.date, as_of, until).filter(|_| reads) {
                    let way = if comparison.ahead { "less" } else { "plus" };
                    let moved = comparison.period != Period::default();
                    calendar.turns.entry(day).or_default().push(Turn {
                        pack: *pack,
                        date: position,
                        moved: moved.then(|| format!("{way} {}", comparison.period)),
                    });
                }
            }
        }
        Ok(calendar)
    }

    fn days(&self) -> BTreeSet<Date> {
        self.law.keys().chain(self.turns.keys()).copied().collect()
    }
}

/// Whether the condition with a comparison can be one of a mechanism of this type.
fn is_judged(kind: &str, regime: &str, comparison: &WithFact) -> bool {
    match &comparison.mechanism {
        Some(judged) => judged == kind,
        None => kind.split_once('/').is_some_and(|(of, _)| of == regime),
    }
}

/// The dates that a map states of facts, and those that packs presume.
fn dates(map: &Map, catalogue: &Catalogue) -> Vec<Known> {
    let mut all = Vec::new();
    let mut add = |owner: Owner, at: String, value: &Value, keys: Vec<FactKey>| {
        if let Value::Date(date) = value {
            let facts = keys.iter().filter_map(|key| catalogue.id_of(key)).collect();
            all.push(Known {
                owner,
                at,
                date: *date,
                facts,
            });
        }
    };
    for (index, mechanism) in map.mechanisms.iter().enumerate() {
        for (name, value) in &mechanism.own {
            let key = FactKey::of_mechanism(&mechanism.kind, name);
            let owner = Owner::Mechanism(MechanismId::at(index));
            add(owner, format!("mechanisms.{}.{name}", mechanism.id), value, vec![key]);
        }
    }
    for (index, entity) in map.entities.iter().enumerate() {
        for (own, value) in &entity.own {
            let keys = Party::ALL.iter().map(|party| FactKey::OwnOfParty(*party, own.clone()));
            let at = stated("entities", &entity.id, own);
            add(Owner::Entity(EntityId::at(index)), at, value, keys.collect());
        }
    }
    let mut add_all = |at: &str, id: &str, own: &OwnFacts, carrier: Carrier, owner: &dyn Fn() -> Owner| {
        for (own, value) in own {
            let key = FactKey::Own(carrier, own.clone());
            add(owner(), stated(at, id, own), value, vec![key]);
        }
    };
    for (index, asset) in map.assets.iter().enumerate() {
        let owner = || Owner::Asset(AssetId::at(index));
        add_all("assets", &asset.id, &asset.own, Carrier::Data, &owner);
    }
    for (index, flow) in map.flows.iter().enumerate() {
        let owner = || Owner::Flow(FlowId::at(index));
        add_all("flows", &flow.id, &flow.own, Carrier::Flow, &owner);
    }
    for (_, fact) in catalogue.facts() {
        if let Some(value) = &fact.presume {
            let at = format!("{} (presumed)", fact.name);
            add(Owner::Everybody, at, value, vec![fact.key.clone()]);
        }
    }
    all
}

/// Where an object states a fact that a pack declares.
fn stated(kind: &str, id: &str, own: &OwnFact) -> String {
    format!("{kind}.{id}.{}.{}", own.regime, own.name)
}

/// What changes on one day, and why.
struct Why<'a> {
    calendar: &'a Calendar,
    prepared: &'a Prepared<'a>,
    law: &'a Law,
    day: Date,
    /// The dates that come up on the day, by what carries them.
    turns: BTreeMap<Owner, Vec<&'a Turn>>,
}

impl<'a> Why<'a> {
    fn new(calendar: &'a Calendar, prepared: &'a Prepared<'a>, law: &'a Law, day: Date) -> Self {
        let mut turns: BTreeMap<Owner, Vec<&Turn>> = BTreeMap::new();
        for turn in calendar.turns.get(&day).into_iter().flatten() {
            turns.entry(calendar.dates[turn.date].owner).or_default().push(turn);
        }
        Self {
            calendar,
            prepared,
            law,
            day,
            turns,
        }
    }

    /// The verdicts on a movement that are other ones than the day before.
    fn changes(&self, index: usize, old: &AssessedMovement, new: &AssessedMovement) -> Vec<Change> {
        let pairs = old.verdicts.iter().zip(&new.verdicts);
        let changed = pairs.filter_map(|(old, new)| {
            let (before, after) = (standing(&old.verdict), standing(&new.verdict));
            is_another(&before, &after).then_some((before, after, [&*old.verdict, &*new.verdict]))
        });
        changed
            .map(|(before, after, verdicts @ [_, verdict])| Change {
                day: self.day.to_string(),
                regime: verdict.regime.clone(),
                layer: verdict.layer.clone(),
                flow: new.flow.clone(),
                asset: new.asset.clone(),
                at: new.at.clone(),
                way: way(&before, &after),
                needs_attention: is_flagged(verdict),
                causes: self.causes(index, verdicts),
                before,
                after,
            })
            .collect()
    }

    /// What happens on the day under the regime: what bears on the movement or, if nothing seems to, the first of all of
    /// it.
    fn causes(&self, index: usize, verdicts: [&Verdict; 2]) -> Vec<Cause> {
        let [verdict, _] = verdicts;
        let Some(movement) = self.prepared.movements.all.get(index) else {
            return Vec::new();
        };
        let of_regime = |pack: usize| self.law.packs().get(pack).is_some_and(|pack| pack.id == verdict.regime);
        let changes = self.calendar.law.get(&self.day).into_iter().flatten();
        let mut law: Vec<&Arc<LawChange>> = changes.filter(|change| change.regime == verdict.regime).collect();
        // What the verdicts name says more than what else begins or ends on that day; the regime itself says most.
        let rank = |change: &LawChange| match &change.thing {
            Thing::Regime | Thing::Layer => 0,
            Thing::Condition { rules, .. } if rules.iter().any(|rule| is_named(rule, verdicts)) => 1,
            _ if is_named(&change.id, verdicts) => 1,
            _ => 2,
        };
        law.sort_by_key(|change| rank(change));
        let owners = self.owners(movement);
        let own = owners.iter().filter_map(|owner| self.turns.get(owner)).flatten();
        let own = self.dates(own.filter(|turn| of_regime(turn.pack)));
        let places = self.places(movement);
        let gazetteer = self.law.catalogue().gazetteer();
        let in_layer = |change: &LawChange| {
            let layers = change.layers.as_ref();
            layers.is_none_or(|layers| layers.contains(&verdict.layer))
        };
        let concerned = law
            .iter()
            .filter(|change| in_layer(change) && concerns(change, &places, gazetteer));
        let mut causes: Vec<Cause> = concerned.map(|change| Cause::Law(Arc::clone(change))).collect();
        causes.extend(own);
        if causes.is_empty() {
            let all = self.turns.values().flatten().filter(|turn| of_regime(turn.pack));
            causes = law.into_iter().map(|change| Cause::Law(Arc::clone(change))).collect();
            causes.extend(self.dates(all.take(MOST_OF_OTHERS)));
        }
        causes
    }

    /// Dates that come up, each once, however many conditions read it.
    fn dates<'t>(&self, turns: impl Iterator<Item = &'t &'t Turn>) -> Vec<Cause> {
        let distinct: BTreeSet<(usize, Option<&str>)> = turns.map(|turn| (turn.date, turn.moved.as_deref())).collect();
        let date = |(date, moved): (usize, Option<&str>)| {
            // INVARIANT: turns are made from the dates of the same calendar.
            let known = &self.calendar.dates[date];
            Cause::Date {
                at: known.at.clone(),
                date: known.date.to_string(),
                moved: moved.map(str::to_owned),
            }
        };
        distinct.into_iter().map(date).collect()
    }

    /// What belongs to the movement: its asset and flow, the parties, the mechanisms they have for it.
    fn owners(&self, movement: &Movement) -> BTreeSet<Owner> {
        let Prepared { movements, table, .. } = self.prepared;
        let mut owners = BTreeSet::from([Owner::Everybody, Owner::Asset(movement.carried.asset)]);
        if let Edge::Flow(flow) = movement.edge {
            owners.insert(Owner::Flow(flow));
        }
        let parties = Parties::of(movements, movement);
        let named = [parties.exporter, parties.importer, parties.arranger]
            .into_iter()
            .flatten();
        owners.extend(named.chain(parties.principals.into_iter().flatten()).map(Owner::Entity));
        let held = movement.rows.clone().flat_map(|row| table.held(row));
        owners.extend(held.map(|held| Owner::Mechanism(MechanismId::at(held.instance))));
        owners
    }

    /// Every place that a fact of the movement names.
    fn places(&self, movement: &Movement) -> BTreeSet<Place> {
        let table = &self.prepared.table;
        let mut columns = Vec::new();
        for (fact, _) in self.law.catalogue().facts() {
            columns.extend(table.column(fact));
            for by in ReplacedBy::ALL {
                columns.extend(table.stand_in(*by).and_then(|columns| columns.get(&fact)));
            }
        }
        let mut places = BTreeSet::new();
        for id in columns
            .iter()
            .filter_map(|column| column.get(movement.rows.clone()))
            .flatten()
        {
            if let Value::Places(set) = table.value_of(*id) {
                places.extend(set.must.iter().chain(set.may.iter().flatten()));
            }
        }
        places
    }
}

/// Whether a change of the law is about one of the places, if it is about any.
fn concerns(change: &LawChange, places: &BTreeSet<Place>, gazetteer: &Gazetteer) -> bool {
    let Thing::Member { places: members, .. } = &change.thing else {
        return true;
    };
    let area = gazetteer.area(
        &members
            .iter()
            .filter_map(|member| gazetteer.find(&member.code))
            .collect(),
    );
    places.iter().any(|place| area.contains(*place) != Truth::False)
}

/// Whether one of two verdicts names a rule: it decides, or would, or it is a mechanism that was considered.
fn is_named(rule: &str, verdicts: [&Verdict; 2]) -> bool {
    verdicts.into_iter().any(|verdict| {
        let decides = verdict.decided_by.rule.iter();
        let possible = verdict.possible.iter().filter_map(|possible| possible.rule.as_ref());
        let considered = verdict.mechanisms.iter().map(|mechanism| &mechanism.kind);
        decides.chain(possible).chain(considered).any(|named| named == rule)
    })
}

/// Whether something else is said. That a layer commences says nothing of what is no transfer under it.
pub(super) fn is_another(before: &Standing, after: &Standing) -> bool {
    let commences = before.status != after.status && after.worst > Outcome::NotATransfer;
    let said = |standing: &Standing| Standing {
        status: after.status,
        ..standing.clone()
    };
    commences || said(before) != *after
}

pub(super) fn way(before: &Standing, after: &Standing) -> Way {
    match (after.worst, after.best).cmp(&(before.worst, before.best)) {
        Ordering::Greater => Way::Worse,
        Ordering::Less => Way::Better,
        Ordering::Equal if before.status != after.status => Way::Commences,
        Ordering::Equal => Way::OtherGround,
    }
}

pub(super) fn standing(verdict: &Verdict) -> Standing {
    Standing {
        status: verdict.status,
        outcome: verdict.outcome,
        best: verdict.best,
        worst: verdict.worst,
        rule: verdict.decided_by.rule.clone(),
        cite: verdict.decided_by.cite.clone(),
    }
}
