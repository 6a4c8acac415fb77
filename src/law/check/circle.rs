//! Conditions that lead back to themselves, and counts that would count themselves.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Code;
use crate::fact::{Catalogue, FactId};
use crate::law::check::report::{Report, Spot};
use crate::law::check::walk::{self, Owner};
use crate::law::condition::{Condition, Test};
use crate::law::pack::Pack;

/// How deep conditions may lie in one another, names followed.
const DEEPEST: usize = 200;
/// Beyond so many tests a condition is none that anybody could check, and following its names would exhaust the machine.
const LARGEST: u64 = 100_000;

/// What one condition refers to, and where it does so.
struct Link<'a> {
    to: Owner<'a>,
    spot: Spot<'a>,
}

/// Reports circles; `true` if conditions cannot be followed to their end.
pub(super) fn check(pack: &Pack, catalogue: &Catalogue, report: &mut Report<'_>) -> bool {
    let mut links: BTreeMap<Owner<'_>, Vec<Link<'_>>> = BTreeMap::new();
    let counts: BTreeMap<FactId, &str> = pack
        .counts
        .iter()
        .map(|count| (count.fact, count.head.stem.as_str()))
        .collect();
    for (owner, spot, condition) in walk::conditions(pack, report) {
        let of_owner = links.entry(owner).or_default();
        walk::parts(condition, &spot.clone(), &mut |part, at| {
            for to in referred(part, &counts) {
                let below = match to {
                    Owner::Rule(_) => at.path_below("rule"),
                    Owner::Set(_) | Owner::Count(_) => match part {
                        Condition::Fact { fact, .. } => at.path_below(&catalogue.fact(*fact).name),
                        _ => at.path_below(""),
                    },
                    _ => at.path_below(""),
                };
                of_owner.push(Link {
                    to,
                    spot: spot.at(below),
                });
            }
        });
    }
    links.remove(&Owner::Other);
    let circular = circles(&links, report);
    if !circular {
        counting(&links, report);
    }
    circular || too_deep(pack, report) || too_large(pack, report)
}

fn referred<'a>(part: &'a Condition, counts: &BTreeMap<FactId, &'a str>) -> Vec<Owner<'a>> {
    match part {
        Condition::Named(name) => vec![Owner::Named(name)],
        Condition::Rule(stem) => vec![Owner::Rule(stem)],
        Condition::Fact { fact, test } => {
            let count = counts.get(fact).map(|name| Owner::Count(name));
            let sets: Vec<Owner<'a>> = match test {
                Test::Places(_, area) => area.sets.iter().map(|set| Owner::Set(set)).collect(),
                _ => Vec::new(),
            };
            count.into_iter().chain(sets).collect()
        }
        _ => Vec::new(),
    }
}

/// A count reads movements one by one; it cannot ask how many there are.
fn counting(links: &BTreeMap<Owner<'_>, Vec<Link<'_>>>, report: &mut Report<'_>) {
    for (owner, own) in links.iter().filter(|(owner, _)| matches!(owner, Owner::Count(_))) {
        for link in own {
            let mut seen = BTreeSet::from([link.to]);
            let mut open = vec![link.to];
            while let Some(next) = open.pop() {
                if let Owner::Count(read) = next {
                    let message = if next == *owner {
                        format!("`count.{read}` counts by itself")
                    } else {
                        format!("what is counted depends on the count `count.{read}`")
                    };
                    let help = "`over` may not read `count.` facts, nor conditions that do".to_owned();
                    report.error(Code::Circular, &link.spot, message, Some(help));
                    break;
                }
                let further = links.get(&next).into_iter().flatten().map(|link| link.to);
                open.extend(further.filter(|to| seen.insert(*to)));
            }
        }
    }
}

/// Names, rules and sets that lead back to themselves.
fn circles(links: &BTreeMap<Owner<'_>, Vec<Link<'_>>>, report: &mut Report<'_>) -> bool {
    let mut left: BTreeSet<Owner<'_>> = links.keys().copied().collect();
    left.retain(|owner| !matches!(owner, Owner::Count(_)));
    // For each of them, how many links lead on, and whose lead here.
    let mut onward: BTreeMap<Owner<'_>, usize> = BTreeMap::new();
    let mut back: BTreeMap<Owner<'_>, Vec<Owner<'_>>> = BTreeMap::new();
    for owner in &left {
        for link in links
            .get(owner)
            .into_iter()
            .flatten()
            .filter(|link| left.contains(&link.to))
        {
            *onward.entry(*owner).or_default() += 1;
            back.entry(link.to).or_default().push(*owner);
        }
    }
    let mut gone: Vec<Owner<'_>> = left
        .iter()
        .copied()
        .filter(|owner| !onward.contains_key(owner))
        .collect();
    let mut circular = false;
    loop {
        // What leads nowhere, or only to what leads nowhere, is in no circle.
        while let Some(owner) = gone.pop() {
            left.remove(&owner);
            for before in back.get(&owner).into_iter().flatten() {
                if let Some(onward) = onward.get_mut(before) {
                    *onward = onward.saturating_sub(1);
                    if *onward == 0 && left.contains(before) {
                        gone.push(*before);
                    }
                }
            }
        }
        let Some(first) = left.first().copied() else {
            return circular;
        };
        circular = true;
        let mut way: Vec<&Link<'_>> = Vec::new();
        let mut seen = vec![first];
        let mut at = first;
        while let Some(link) = links
            .get(&at)
            .into_iter()
            .flatten()
            .find(|link| left.contains(&link.to))
        {
            way.push(link);
            at = link.to;
            if let Some(start) = seen.iter().position(|owner| *owner == at) {
                let names: Vec<String> = way
                    .iter()
                    .skip(start)
                    .map(|link| format!("`{}`", link.to.name()))
                    .collect();
                if let Some(link) = way.get(start) {
                    let message = format!("`{}` leads back to itself: by {}", at.name(), names.join(", then "));
                    report.error(Code::Circular, &link.spot, message, None);
                }
                gone.extend(seen.iter().skip(start));
                break;
            }
            seen.push(at);
        }
        if gone.is_empty() {
            gone.push(first);
        }
    }
}

/// Names that lead on and on would exhaust whoever follows them.
fn too_deep(pack: &Pack, report: &mut Report<'_>) -> bool {
    let mut heights = BTreeMap::new();
    for (_, spot, condition) in walk::conditions(pack, report) {
        if height(pack, condition, DEEPEST, &mut heights).is_none() {
            let message = format!("the condition is more than {DEEPEST} conditions deep, names followed");
            report.error(Code::Circular, &spot, message, None);
            return true;
        }
    }
    false
}

/// Names that each refer twice to the one before double at every step.
fn too_large(pack: &Pack, report: &mut Report<'_>) -> bool {
    let mut sizes = BTreeMap::new();
    for (_, spot, condition) in walk::conditions(pack, report) {
        if size(pack, condition, &mut sizes) > LARGEST {
            let message = format!("the condition has more than {LARGEST} parts, names followed");
            report.error(Code::Circular, &spot, message, None);
            return true;
        }
    }
    false
}

/// How many parts a condition has, names followed. Circles must have been excluded.
fn size<'a>(pack: &'a Pack, condition: &'a Condition, sizes: &mut BTreeMap<Owner<'a>, u64>) -> u64 {
    let mut of_all = |conditions: &mut dyn Iterator<Item = &'a Condition>| {
        conditions.fold(0_u64, |sum, condition| sum.saturating_add(size(pack, condition, sizes)))
    };
    let inside = match condition {
        Condition::All(conditions) | Condition::Any(conditions) => of_all(&mut conditions.iter()),
        Condition::Not(condition) => of_all(&mut std::iter::once(condition.as_ref())),
        Condition::Named(_) | Condition::Rule(_) | Condition::Fact { .. } => {
            let mut sum = 0_u64;
            for owner in referred(condition, &BTreeMap::new()) {
                let of_owner = match sizes.get(&owner) {
                    Some(known) => *known,
                    None => {
                        let conditions = owner.conditions(pack);
                        let parts = conditions.into_iter().map(|condition| size(pack, condition, sizes));
                        let of_owner = parts.fold(0_u64, u64::saturating_add);
                        sizes.insert(owner, of_owner);
                        of_owner
                    }
                };
                sum = sum.saturating_add(of_owner);
            }
            sum
        }
        _ => 0,
    };
    inside.saturating_add(1)
}

/// How deep a condition is; `None` beyond a limit. Circles must have been excluded.
fn height<'a>(
    pack: &'a Pack,
    condition: &'a Condition,
    limit: usize,
    heights: &mut BTreeMap<Owner<'a>, usize>,
) -> Option<usize> {
    let below = limit.checked_sub(1)?;
    let mut highest = |conditions: &mut dyn Iterator<Item = &'a Condition>| {
        let mut highest = 0;
        for condition in conditions {
            highest = highest.max(height(pack, condition, below, heights)?);
        }
        Some(highest)
    };
    let inside = match condition {
        Condition::All(conditions) | Condition::Any(conditions) => highest(&mut conditions.iter())?,
        Condition::Not(condition) => highest(&mut std::iter::once(condition.as_ref()))?,
        Condition::Named(_) | Condition::Rule(_) | Condition::Fact { .. } => {
            let mut inside = 0;
            for owner in referred(condition, &BTreeMap::new()) {
                let known = heights.get(&owner).copied();
                let of_owner = match known {
                    Some(known) => known,
                    None => {
                        let mut of_owner = 0;
                        for condition in owner.conditions(pack) {
                            of_owner = of_owner.max(height(pack, condition, below, heights)?);
                        }
                        heights.insert(owner, of_owner);
                        of_owner
                    }
                };
                inside = inside.max(of_owner);
            }
            inside
        }
        _ => 0,
    };
    (inside < limit).then_some(inside + 1)
}

impl<'a> Owner<'a> {
    fn name(self) -> &'a str {
        match self {
            Self::Named(name) | Self::Rule(name) | Self::Set(name) | Self::Count(name) => name,
            Self::Other => "",
        }
    }

    /// The conditions to which a reference to it leads.
    fn conditions(self, pack: &'a Pack) -> Vec<&'a Condition> {
        match self {
            Self::Named(name) => pack.conditions.get(name).map(|named| &named.when).into_iter().collect(),
            Self::Rule(stem) => {
                let rule = pack.rules.iter().find(|rule| rule.head.stem == stem);
                rule.map(|rule| &rule.when).into_iter().collect()
            }
            Self::Set(name) => {
                let members = pack.sets.get(name).into_iter().flat_map(|set| &set.members);
                members.map(|member| &member.when).collect()
            }
            Self::Count(_) | Self::Other => Vec::new(),
        }
    }
}
