//! Things a pack declares and nothing uses.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Code;
use crate::fact::{Carrier, Catalogue, FactId, FactKey, Party};
use crate::law::check::report::{Report, Spot};
use crate::law::check::walk::{self, Owner};
use crate::law::condition::{Condition, Operand, Test};
use crate::law::pack::{Pack, Then};
use crate::load::decode::join;
use crate::load::tree::Tree;
use crate::place::Place;

pub(super) fn check(pack: &Pack, catalogue: &Catalogue, report: &mut Report<'_>) {
    let used = Used::by_rules(pack, report);
    for name in pack
        .conditions
        .keys()
        .filter(|name| !used.names.contains(name.as_str()))
    {
        let message = format!("no rule uses the condition `{name}`");
        report.warn(Code::Unused, &Spot::conditions(name.as_str()).key(), message, None);
    }
    for (name, set) in pack.sets.iter().filter(|(name, _)| !used.sets.contains(name.as_str())) {
        report.warn(
            Code::Unused,
            &Spot::of(&set.head, "id"),
            format!("no rule uses the set `{name}`"),
            None,
        );
    }
    for count in pack.counts.iter().filter(|count| !used.facts.contains(&count.fact)) {
        let message = format!("no rule reads `count.{}`", count.head.stem);
        report.warn(Code::Unused, &Spot::of(&count.head, "id"), message, None);
    }
    for point in pack
        .readings
        .keys()
        .filter(|point| !used.points.contains(point.as_str()))
    {
        let message = format!("no rule turns on the reading `{point}`");
        report.warn(
            Code::Unused,
            &Spot::regime(join("readings", point)).key(),
            message,
            None,
        );
    }
    facts(pack, catalogue, &used, report);
    let Some(regime) = report
        .folder()
        .files
        .get("regime.yaml")
        .and_then(|source| Tree::parse(source).ok())
    else {
        return;
    };
    places(catalogue, &used, &regime, report);
    texts(&regime, report);
}

/// Facts that rules read through no party.
fn facts(pack: &Pack, catalogue: &Catalogue, used: &Used<'_>, report: &mut Report<'_>) {
    for declaration in catalogue
        .declarations()
        .iter()
        .filter(|declaration| declaration.own.regime == pack.id)
    {
        let own = &declaration.own;
        let keys: Vec<FactKey> = match declaration.carrier {
            Carrier::Entity => Party::ALL
                .iter()
                .map(|party| FactKey::OwnOfParty(*party, own.clone()))
                .collect(),
            carrier => vec![FactKey::Own(carrier, own.clone())],
        };
        if !keys
            .iter()
            .filter_map(|key| catalogue.id_of(key))
            .any(|fact| used.facts.contains(&fact))
        {
            let name = format!("{}.{}", declaration.carrier, own.name);
            let message = format!("no rule reads the fact `{name}`");
            report.warn(Code::Unused, &Spot::regime(join("facts", &name)).key(), message, None);
        }
    }
}

/// Places below a country in which no rule looks below the country. Where one does, its neighbours may be named too:
/// they are what lies outside.
fn places(catalogue: &Catalogue, used: &Used<'_>, regime: &Tree, report: &mut Report<'_>) {
    let looked_into: BTreeSet<Place> = used
        .places
        .iter()
        .filter(|place| place.country() != **place)
        .map(|place| place.country())
        .collect();
    for (code, _) in entries(regime, "places") {
        let Some(place) = catalogue.gazetteer().find(code) else {
            continue;
        };
        if !looked_into.contains(&place.country()) {
            let message = format!(
                "no rule looks into `{}`, so that `{code}` makes no difference",
                place.country()
            );
            report.warn(Code::Unused, &Spot::regime(join("places", code)).key(), message, None);
        }
    }
}

/// Groups of categories and instruments, which rules use as words of their texts.
fn texts(regime: &Tree, report: &mut Report<'_>) {
    let mut groups: BTreeSet<&str> = entries(regime, "categories").map(|(group, _)| group).collect();
    let instruments: BTreeSet<&str> = entries(regime, "instruments").map(|(key, _)| key).collect();
    let mut cited: BTreeSet<&str> = BTreeSet::new();
    let folder = report.folder();
    for (path, source) in &folder.files {
        if path == "regime.yaml" {
            continue;
        }
        let Ok(tree) = Tree::parse(source) else { continue };
        scalars(&tree, &mut |text| {
            groups.remove(text);
            cite(text, &instruments, &mut cited);
        });
    }
    if let Tree::Object(keys) = regime {
        for (key, tree) in keys {
            // A group may be used by nothing in regime.yaml, except by who stands in the exporter's place.
            match key.as_deref() {
                Some("instruments") => {}
                Some("exporter") => scalars(tree, &mut |text| {
                    groups.remove(text);
                    cite(text, &instruments, &mut cited);
                }),
                _ => scalars(tree, &mut |text| cite(text, &instruments, &mut cited)),
            }
        }
    }
    for group in groups {
        let message = format!("no rule uses the categories `{group}`");
        report.warn(
            Code::Unused,
            &Spot::regime(join("categories", group)).key(),
            message,
            None,
        );
    }
    for key in instruments.difference(&cited) {
        let message = format!("nothing cites the instrument `{key}`");
        report.warn(
            Code::Unused,
            &Spot::regime(join("instruments", key)).key(),
            message,
            None,
        );
    }
}

/// The entries of an object below a key.
fn entries<'t>(tree: &'t Tree, key: &str) -> impl Iterator<Item = (&'t str, &'t Tree)> {
    let below = match tree {
        Tree::Object(keys) => keys
            .iter()
            .find(|(k, _)| k.as_deref() == Some(key))
            .map(|(_, tree)| tree),
        _ => None,
    };
    let entries = match below {
        Some(Tree::Object(entries)) => entries.as_slice(),
        _ => &[],
    };
    entries.iter().filter_map(|(key, tree)| Some((key.as_deref()?, tree)))
}

fn scalars<'t>(tree: &'t Tree, see: &mut impl FnMut(&'t str)) {
    match tree {
        Tree::Text(text) => see(text),
        Tree::List(items) => items.iter().for_each(|item| scalars(item, see)),
        // A topic may have the name of a group of categories.
        Tree::Object(entries) => entries
            .iter()
            .filter(|(key, _)| key.as_deref() != Some("about"))
            .for_each(|(_, item)| scalars(item, see)),
        Tree::Null | Tree::Bool(_) | Tree::Integer(_) | Tree::Float(_) => {}
    }
}

/// The instruments that a text names, the longest key where one begins another.
fn cite<'k>(text: &str, keys: &BTreeSet<&'k str>, cited: &mut BTreeSet<&'k str>) {
    let mut before: Option<char> = None;
    for (at, character) in text.char_indices() {
        let rest = &text[at..];
        if !before.is_some_and(char::is_alphanumeric) {
            let names = |key: &&&str| {
                rest.strip_prefix(**key)
                    .is_some_and(|after| !after.starts_with(char::is_alphanumeric))
            };
            cited.extend(keys.iter().filter(names).max_by_key(|key| key.len()));
        }
        before = Some(character);
    }
}

/// What rules use, directly and through what they use.
#[derive(Default)]
struct Used<'a> {
    names: BTreeSet<&'a str>,
    sets: BTreeSet<&'a str>,
    points: BTreeSet<&'a str>,
    facts: BTreeSet<FactId>,
    places: BTreeSet<Place>,
}

impl<'a> Used<'a> {
    fn by_rules(pack: &'a Pack, report: &Report<'_>) -> Self {
        let mut of_owner: BTreeMap<Owner<'a>, Vec<&'a Condition>> = BTreeMap::new();
        let mut used = Self::default();
        let mut open = Vec::new();
        for (owner, _, condition) in walk::conditions(pack, report) {
            match owner {
                Owner::Named(_) | Owner::Set(_) => of_owner.entry(owner).or_default().push(condition),
                Owner::Rule(_) | Owner::Count(_) | Owner::Other => open.push(condition),
            }
        }
        for mechanism in &pack.mechanisms {
            if let Then::ByReading { point, .. } = &mechanism.then {
                used.points.insert(point);
            }
        }
        while let Some(condition) = open.pop() {
            match condition {
                Condition::All(parts) | Condition::Any(parts) => open.extend(parts),
                Condition::Not(part) => open.push(part),
                Condition::Named(name) if used.names.insert(name) => {
                    open.extend(of_owner.get(&Owner::Named(name)).into_iter().flatten());
                }
                Condition::Reading { point, .. } => {
                    used.points.insert(point);
                }
                Condition::Fact { fact, test } => {
                    used.facts.insert(*fact);
                    match test {
                        Test::Places(_, area) => {
                            used.places.extend(&area.places);
                            for name in &area.sets {
                                if used.sets.insert(name) {
                                    open.extend(of_owner.get(&Owner::Set(name)).into_iter().flatten());
                                    let members = pack.sets.get(name).into_iter().flat_map(|set| &set.members);
                                    used.places.extend(members.flat_map(|member| &member.places));
                                }
                            }
                        }
                        Test::SameAs(other) | Test::Date(_, Operand::Fact(other, _)) => {
                            used.facts.insert(*other);
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        used
    }
}
