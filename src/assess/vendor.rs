//! What taking up a vendor's product would add to a map.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};

use crate::assess::assessment::{AssessedMovement, Assessment, ExposureFound, FindingKind, Question, is_flagged};
use crate::assess::difference::{self, Difference};
use crate::assess::floor::ProfileUsed;
use crate::assess::{Options, assess};
use crate::error::Error;
use crate::law::Law;
use crate::law::pack::Status;
use crate::load::{Change, Document};
use crate::model::{Map, Node, UsedProfile};
use crate::outcome::Outcome;
use crate::word::Changeable;

/// How a map would take up a product: an entry of its `use`.
#[derive(Clone, Debug)]
#[must_use]
pub struct Adoption {
    prefix: String,
    entry: Value,
}

impl Adoption {
    /// Takes up a profile under its own name. All users of the map get it, and settings stand as the vendor delivers them.
    pub fn of(profile: &str) -> Self {
        let stem = profile.rsplit(['/', '\\']).next().unwrap_or(profile);
        let prefix = stem.split('.').next().unwrap_or(stem);
        Self {
            prefix: prefix.to_owned(),
            entry: json!({ "profile": profile, "as_delivered": true, "roles": {}, "settings": {} }),
        }
    }

    /// Uses another prefix for the ids it brings in.
    pub fn under(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.prefix);
        self
    }

    /// Says which entity of the map is behind a role of the profile.
    pub fn role(mut self, role: &str, entity: &str) -> Self {
        self.entry["roles"][role] = entity.into();
        self
    }

    /// Answers a setting.
    pub fn setting(mut self, setting: &str, word: &str) -> Self {
        self.entry["settings"][setting] = word.into();
        self
    }

    /// Leaves settings that are not answered unknown.
    pub fn with_unknown_settings(mut self) -> Self {
        self.entry["as_delivered"] = false.into();
        self
    }

    /// The prefix of the ids it brings in.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The change by which a map takes it up.
    #[must_use]
    pub fn change(&self) -> Change {
        Change::new().set(format!("use.{}", self.prefix), self.entry.clone())
    }
}

/// What a vendor's product adds to a map.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Review {
    /// The version of this shape.
    pub transborder_review: u32,
    /// The version of the library.
    pub version: &'static str,
    /// What the map is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<String>,
    /// The day as of which the law was read.
    pub as_of: String,
    /// The product.
    pub vendor: ProfileUsed,
    /// What each layer of a regime says before and after.
    pub layers: Vec<LayerReviewed>,
    /// The movements that it adds.
    pub movements: Vec<AssessedMovement>,
    /// Those of them by which the customer's own group sees the data: they stay whatever the vendor does.
    pub own: Vec<String>,
    /// The exposures that it adds.
    pub exposures: Vec<ExposureFound>,
    /// What else differs: verdicts on what the map had before.
    pub difference: Difference,
    /// The questions that it raises, most decisive first.
    pub questions: Vec<Question>,
    /// Its settings, by id.
    pub settings: Vec<SettingReviewed>,
    /// The mechanisms that the vendor offers; none of them is signed.
    pub offers: Vec<OfferReviewed>,
    /// Whence the vendor's facts are known, by id.
    pub sources: BTreeMap<String, SourceReviewed>,
}

/// What one layer of a regime says before and after.
#[derive(Clone, Debug, Serialize)]
pub struct LayerReviewed {
    /// The regime.
    pub regime: String,
    /// Its layer.
    pub layer: String,
    /// Whether it binds.
    pub status: Status,
    /// Movements that needed attention before.
    pub flagged_before: usize,
    /// Movements that need attention with it.
    pub flagged_after: usize,
    /// The movements that it adds, by outcome.
    pub added: BTreeMap<&'static str, usize>,
    /// How many of them need attention whatever the answers to the questions.
    pub at_best: usize,
    /// How many of them need attention if every answer is the worst.
    pub at_worst: usize,
}

/// A setting of the product.
#[derive(Clone, Debug, Serialize)]
pub struct SettingReviewed {
    /// Its id in the map.
    pub id: String,
    /// What it decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The words it can be set to.
    pub values: Vec<String>,
    /// The word it is set to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// When it can be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changeable: Option<Changeable>,
    /// The plan or edition it needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
    /// What stays as it was when it is changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub residue: Option<String>,
    /// The flows and nodes that hang on it.
    pub switches: Vec<String>,
    /// What its other words would make of it, each tried on the whole map; none where it can never be changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<WordTried>,
}

/// What a setting would make of the verdicts of law in force.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct WordTried {
    /// The word it would be set to.
    pub word: String,
    /// How many verdicts would no longer need attention.
    pub cured: usize,
    /// How many verdicts would need attention that do not now.
    pub added: usize,
}

/// A mechanism that the vendor offers.
#[derive(Clone, Debug, Serialize)]
pub struct OfferReviewed {
    /// Its id.
    pub id: String,
    /// The mechanism: `<regime>/<stem>`.
    pub kind: String,
    /// The vendor's party to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
    /// Its version, scope and conditions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// Whence something is known.
#[derive(Clone, Debug, Serialize)]
pub struct SourceReviewed {
    /// What it is called.
    pub title: String,
    /// Where it can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The day from which it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// Whether it was read and says so.
    pub confidence: crate::word::SourceConfidence,
    /// The objects and values of the profile that rest on it: `storage.workspace.located_in`.
    pub says: Vec<String>,
}

impl Review {
    /// The ids of the findings of outcome, under law in force, that the product adds.
    #[must_use]
    pub fn findings(&self) -> BTreeSet<String> {
        let appeared = self.difference.findings.appeared.iter();
        let outcomes = appeared.filter(|f| f.kind == FindingKind::Outcome && f.status == Some(Status::InForce));
        outcomes.map(|finding| finding.id.clone()).collect()
    }
}

/// Judges a map without and with a product that it takes up.
///
/// # Errors
/// If the product cannot be taken up, the map with it has errors, or nobody says as of which day the law is to be read.
pub fn review(without: &Document, adoption: &Adoption, law: &Law, options: &Options) -> Result<Review, Error> {
    let with = without.with(&adoption.change(), None)?;
    between(without, &with, adoption.prefix(), law, options)
}

/// Judges a map without and with a product that it takes up already, under a prefix.
///
/// # Errors
/// If the map takes up nothing under this prefix, has errors, or nobody says as of which day the law is to be read.
pub fn review_of(with: &Document, prefix: &str, law: &Law, options: &Options) -> Result<Review, Error> {
    let without = with.with(&Change::new().remove(format!("use.{prefix}")), None)?;
    between(&without, with, prefix, law, options)
}

fn between(without: &Document, with: &Document, prefix: &str, law: &Law, options: &Options) -> Result<Review, Error> {
    let before = assess(&without.map(law.catalogue())?.map, law, options)?;
    let map = with.map(law.catalogue())?.map;
    let after = assess(&map, law, options)?;
    let nothing = UsedProfile::default();
    let used = map.used.iter().find(|used| used.prefix == prefix).unwrap_or(&nothing);
    let had: BTreeSet<(&str, &str)> = before.movements.iter().map(|movement| movement.key()).collect();
    let movements: Vec<&AssessedMovement> = after.movements.iter().filter(|m| !had.contains(&m.key())).collect();
    let seen: BTreeSet<(&str, &str)> = before
        .exposures
        .iter()
        .map(|e| (e.node.as_str(), e.by.as_str()))
        .collect();
    let asked: BTreeSet<&str> = before.questions.iter().map(|question| question.at.as_str()).collect();
    Ok(Review {
        transborder_review: 1,
        version: env!("CARGO_PKG_VERSION"),
        map: after.map.clone(),
        as_of: after.as_of.clone(),
        vendor: after
            .profiles
            .iter()
            .find(|profile| profile.prefix == prefix)
            .cloned()
            .unwrap_or_default(),
        layers: layers(&before, &after, &movements),
        own: own(&movements, used),
        exposures: after
            .exposures
            .iter()
            .filter(|e| !seen.contains(&(e.node.as_str(), e.by.as_str())))
            .cloned()
            .collect(),
        questions: after
            .questions
            .iter()
            .filter(|question| !asked.contains(question.at.as_str()))
            .cloned()
            .collect(),
        settings: settings(&map, used, |setting, word| {
            let change = Change::new().set(format!("settings.{setting}.value"), word);
            let tried = assess(&with.with(&change, None)?.map(law.catalogue())?.map, law, options)?;
            let (was, is) = (flagged(&after), flagged(&tried));
            Ok(WordTried {
                word: word.to_owned(),
                cured: was.difference(&is).count(),
                added: is.difference(&was).count(),
            })
        })?,
        offers: offers(&map, used),
        sources: sources(&map, used),
        movements: movements.into_iter().cloned().collect(),
        difference: difference::between(&before, &after),
    })
}

fn layers(before: &Assessment, after: &Assessment, added: &[&AssessedMovement]) -> Vec<LayerReviewed> {
    let mut layers: BTreeMap<(&str, &str), LayerReviewed> = BTreeMap::new();
    for (movements, is_after) in [(&before.movements, false), (&after.movements, true)] {
        for verdict in movements
            .iter()
            .flat_map(|movement| &movement.verdicts)
            .map(|judged| &judged.verdict)
        {
            let layer = layers
                .entry((&verdict.regime, &verdict.layer))
                .or_insert_with(|| LayerReviewed {
                    regime: verdict.regime.clone(),
                    layer: verdict.layer.clone(),
                    status: verdict.status,
                    flagged_before: 0,
                    flagged_after: 0,
                    added: BTreeMap::new(),
                    at_best: 0,
                    at_worst: 0,
                });
            let count = if is_after {
                &mut layer.flagged_after
            } else {
                &mut layer.flagged_before
            };
            *count += usize::from(is_flagged(verdict));
        }
    }
    for verdict in added
        .iter()
        .flat_map(|movement| &movement.verdicts)
        .map(|judged| &judged.verdict)
    {
        let Some(layer) = layers.get_mut(&(verdict.regime.as_str(), verdict.layer.as_str())) else {
            continue;
        };
        *layer.added.entry(verdict.outcome.as_str()).or_default() += 1;
        layer.at_best += usize::from(verdict.best >= Outcome::Incomplete);
        layer.at_worst += usize::from(verdict.worst >= Outcome::Incomplete);
    }
    layers.into_values().collect()
}

/// The flows by which the customer's own people get the data: whoever receives them is no party of the vendor's.
fn own(movements: &[&AssessedMovement], used: &UsedProfile) -> Vec<String> {
    let to_own = |movement: &&&AssessedMovement| {
        let to = &movement.to;
        to.party.as_ref().is_some_and(|party| !used.objects.contains(party)) && !used.objects.contains(&to.id)
    };
    let flows: BTreeSet<String> = movements
        .iter()
        .filter(to_own)
        .map(|movement| movement.flow.clone())
        .collect();
    flows.into_iter().collect()
}

/// The verdicts of law in force that need attention, by movement and layer.
fn flagged(assessment: &Assessment) -> BTreeSet<(String, String, String, String)> {
    let of_movement = |movement: &AssessedMovement| {
        let bound = movement.verdicts.iter().map(|judged| Arc::clone(&judged.verdict));
        let flagged = bound.filter(|verdict| verdict.status == Status::InForce && is_flagged(verdict));
        let (flow, asset) = (movement.flow.clone(), movement.asset.clone());
        flagged
            .map(move |verdict| {
                (
                    flow.clone(),
                    asset.clone(),
                    verdict.regime.clone(),
                    verdict.layer.clone(),
                )
            })
            .collect::<Vec<_>>()
    };
    assessment.movements.iter().flat_map(of_movement).collect()
}

fn settings(
    map: &Map,
    used: &UsedProfile,
    try_word: impl Fn(&str, &str) -> Result<WordTried, Error>,
) -> Result<Vec<SettingReviewed>, Error> {
    let of_vendor = map
        .settings
        .values()
        .filter(|setting| used.objects.contains(&setting.id));
    let switches = |id: &String| -> Vec<String> {
        let flows = map
            .flows
            .iter()
            .filter(|flow| flow.when.contains_key(id))
            .map(|flow| flow.id.clone());
        let hangs = |node: &&Node| node.place_set_by.as_ref() == Some(id) || node.operator_set_by.as_ref() == Some(id);
        let nodes = map.nodes.iter().filter(hangs).map(|node| node.id.clone());
        flows.chain(nodes).collect()
    };
    let mut reviewed = Vec::new();
    for setting in of_vendor {
        let switches = switches(&setting.id);
        let words = setting
            .values
            .iter()
            .filter(|word| setting.value.as_ref() != Some(*word));
        // What can never be changed is no measure, and what decides nothing changes nothing.
        let is_open = setting.changeable != Some(Changeable::Never) && !switches.is_empty();
        let tried = words.filter(|_| is_open).map(|word| try_word(&setting.id, word));
        reviewed.push(SettingReviewed {
            id: setting.id.clone(),
            about: setting.about.clone(),
            values: setting.values.iter().cloned().collect(),
            value: setting.value.clone(),
            changeable: setting.changeable,
            needs: setting.needs.clone(),
            residue: setting.residue.clone(),
            tried: tried.collect::<Result<_, _>>()?,
            switches,
        });
    }
    Ok(reviewed)
}

fn offers(map: &Map, used: &UsedProfile) -> Vec<OfferReviewed> {
    let of_vendor = map.offers.iter().filter(|offer| used.objects.contains(&offer.id));
    let reviewed = |offer: &crate::model::Offer| OfferReviewed {
        id: offer.id.clone(),
        kind: offer.kind.clone(),
        with: offer.with.map(|id| map.entity(id).id.clone()),
        about: offer.about.clone(),
    };
    of_vendor.map(reviewed).collect()
}

fn sources(map: &Map, used: &UsedProfile) -> BTreeMap<String, SourceReviewed> {
    let mut sources = BTreeMap::new();
    let of_vendor = map.sources.iter().filter(|(id, _)| used.objects.contains(*id));
    for (id, source) in of_vendor {
        let says = map.evidence.iter().filter(|(_, cited)| *cited == id);
        let reviewed = SourceReviewed {
            title: source.title.clone(),
            address: source.address.clone(),
            as_of: source.as_of.map(|day| day.to_string()),
            confidence: source.confidence,
            says: says
                .map(|(path, _)| in_profile(path, used))
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
        };
        sources.insert(id.clone(), reviewed);
    }
    sources
}

/// A place of the map as the profile calls it: a flow of each group is one there.
fn in_profile(path: &str, used: &UsedProfile) -> String {
    let end = path.match_indices('.').nth(1).map_or(path.len(), |(end, _)| end);
    let (object, key) = path.split_at(end);
    used.stands
        .get(object)
        .map_or_else(|| path.to_owned(), |at| format!("{at}{key}"))
}
