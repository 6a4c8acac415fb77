//! Lints a pack that can be read: circles, gaps, rules that never fire, contradictions, things that nothing uses.
//!
//! Conditions are tested for whether any facts at all can make them hold (`solve`). What is found never to hold never
//! does; what is found to hold may still need facts that no movement has together.

mod bits;
mod circle;
mod fire;
mod formula;
mod period;
mod report;
mod solve;
mod theory;
mod used;
mod walk;

use crate::diagnostic::{Code, Diagnostics};
use crate::fact::Catalogue;
use crate::law::condition::Condition;
use crate::law::pack::Pack;
use crate::law::read::Folder;

use report::{Report, Spot};
use walk::Found;

/// Everything questionable about a pack.
pub(crate) fn check(pack: &Pack, catalogue: &Catalogue, folder: &Folder) -> Diagnostics {
    let mut report = Report::new(folder);
    references(pack, &mut report);
    let circular = circle::check(pack, catalogue, &mut report);
    period::check(pack, &mut report);
    // A condition without end cannot be followed to its end.
    if !circular {
        used::check(pack, catalogue, &mut report);
        fire::check(pack, catalogue, &mut report);
    }
    report.finish()
}

/// References that are read as words and lead nowhere.
fn references(pack: &Pack, report: &mut Report<'_>) {
    walk::every(
        pack,
        report,
        |found: Found<'_>, spot: Spot<'_>, report: &mut Report<'_>| {
            let Condition::Rule(stem) = found.condition else { return };
            if pack.rules.iter().any(|rule| rule.head.stem == *stem) {
                return;
            }
            let message = format!("`{stem}` has no condition of its own");
            let help = "only rules of scope, transfer, blocks and exemptions can be referred to; others share a named condition";
            report.error(Code::UnknownRule, &spot.below("rule"), message, Some(help.to_owned()));
        },
    );
    for common in &pack.requirements {
        let Some(groups) = &common.of else { continue };
        let spot = Spot::of(&common.head, "of");
        if groups.is_empty() {
            let message = "the requirement belongs to no group of mechanisms".to_owned();
            report.error(
                Code::Unused,
                &spot,
                message,
                Some("leave `of` out to mean every mechanism".to_owned()),
            );
        }
        for (index, group) in groups.iter().enumerate() {
            let has_one = |mechanism: &crate::law::pack::Mechanism| mechanism.group.as_ref() == Some(group);
            if !pack.mechanisms.iter().any(has_one) {
                let message = format!("no mechanism is of the group `{group}`");
                let mut known: Vec<&str> = pack.mechanisms.iter().filter_map(|m| m.group.as_deref()).collect();
                known.sort_unstable();
                known.dedup();
                let help = match crate::load::decode::near(group, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("groups: {}", known.join(", ")),
                };
                report.error(Code::UnknownRule, &spot.item(index), message, Some(help));
            }
        }
    }
    for head in pack.heads() {
        if head.layers.as_ref().is_some_and(Vec::is_empty) {
            let help = Some("leave `layers` out to mean all of them".to_owned());
            report.error(
                Code::Unused,
                &Spot::of(head, "layers"),
                "the rule belongs to no layer".to_owned(),
                help,
            );
        }
    }
}

#[cfg(test)]
mod tests;
