//! The transfers of a memorandum: a table of what needs attention, then each of them with provision and reason.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::assess::assessment::{AssessedMovement, AssessedVerdict};
use crate::assess::verdict::{MechanismVerdict, Verdict};
use crate::outcome::{Headline, Outcome};
use crate::report::markdown::{code, text};
use crate::report::memo::{Page, how_sure, needs_attention, plain, some_codes, some_of};
use crate::report::text::{reads_the_same, stem};

impl<'a> Page<'a> {
    /// One row a flow and asset, one column a layer in force. What nobody has to look at is counted.
    pub(super) fn table(&mut self) {
        self.heading("Transfers that need attention");
        let layers = self.layers();
        let movements = &self.assessment.movements;
        let (listed, others): (Vec<_>, Vec<_>) = movements
            .iter()
            .partition(|movement| movement.verdicts.iter().any(|judged| needs_attention(&judged.verdict)));
        if listed.is_empty() {
            self.paragraph("None.");
        } else {
            let names = layers.iter().map(|(regime, layer)| {
                let alone = layers.iter().filter(|(other, _)| other == regime).count() == 1;
                text(&if alone {
                    (*regime).to_owned()
                } else {
                    format!("{regime} ({layer})")
                })
            });
            let heads = ["flow", "data", "from", "to"].map(str::to_owned).into_iter();
            let heads: Vec<String> = heads.chain(names).collect();
            self.row(&heads);
            self.row(&vec!["---"; heads.len()]);
            for movement in listed {
                let mut cells = vec![
                    code(&movement.flow),
                    code(&movement.asset),
                    text(&movement.from.place),
                    text(&movement.to.place),
                ];
                cells.extend(layers.iter().map(|layer| cell(movement, layer)));
                self.row(&cells);
            }
            self.end();
        }
        let let_go = |movement: &&&AssessedMovement| {
            let mut verdicts = movement.verdicts.iter();
            verdicts.any(|judged| judged.verdict.worst >= Outcome::Exempt)
        };
        let transfers = others.iter().filter(let_go).count();
        self.paragraph(&format!(
            "Not listed, since nobody has to look at them: {transfers} movements that are exempt or covered under some law, {} \
             that are no transfer under any.",
            others.len() - transfers
        ));
    }

    /// Each flow with what is said of it: provision, reason, what is missing, what is asked.
    pub(super) fn flagged(&mut self) {
        let mut flows: BTreeMap<&str, Vec<&'a AssessedMovement>> = BTreeMap::new();
        for movement in &self.assessment.movements {
            flows.entry(&movement.flow).or_default().push(movement);
        }
        let mut headed = false;
        for movements in flows.values() {
            let mut blocks: Vec<(&AssessedVerdict, Vec<&str>)> = Vec::new();
            for movement in movements {
                for judged in movement
                    .verdicts
                    .iter()
                    .filter(|judged| needs_attention(&judged.verdict))
                {
                    match blocks.iter_mut().find(|(block, _)| reads_the_same(block, judged)) {
                        Some((_, assets)) => assets.push(&movement.asset),
                        None => blocks.push((judged, vec![&movement.asset])),
                    }
                }
            }
            let (Some(movement), false) = (movements.first(), blocks.is_empty()) else {
                continue;
            };
            if !headed {
                self.heading("Reasons");
                headed = true;
            }
            let _ = writeln!(self.page, "### {}\n", text(&movement.flow));
            self.ends(movement);
            for (judged, assets) in blocks {
                self.reasons(judged, &assets);
            }
            self.end();
        }
    }

    fn ends(&mut self, movement: &AssessedMovement) {
        let end = |end: &crate::assess::assessment::Endpoint| match &end.party {
            Some(party) if *party != end.id => format!("{} ({party}, {})", end.id, end.place),
            _ => format!("{} ({})", end.id, end.place),
        };
        let kind = movement
            .kind
            .map_or(String::new(), |kind| format!(", {}", kind.replace('_', " ")));
        self.paragraph(&text(&format!(
            "From {} to {}{kind}.",
            end(&movement.from),
            end(&movement.to)
        )));
        if !movement.rests_on.is_empty() {
            let paths = movement.rests_on.iter().map(|rests_on| rests_on.at.as_str());
            self.paragraph(&format!(
                "Rests on what is only known from memory: {}.",
                some_codes(paths)
            ));
        }
    }

    fn reasons(&mut self, judged: &AssessedVerdict, assets: &[&str]) {
        let verdict = &judged.verdict;
        let decided = &verdict.decided_by;
        let said = match verdict.outcome {
            Headline::Undetermined => "at worst, ",
            Headline::Firm(_) => "",
        };
        self.item(&format!(
            "**{}** under {}, data {}: {said}{}, {}{}",
            spoken(verdict),
            code(&verdict.regime),
            text(&some_of(assets.iter().copied())),
            text(&decided.cite),
            text(decided.because.in_language(self.language)),
            how_sure(decided.confidence)
        ));
        let language = self.language;
        let mut below = |words: String| {
            let _ = writeln!(self.page, "  - {words}");
        };
        for mechanism in &verdict.mechanisms {
            below(fares(mechanism, language));
        }
        if verdict.outcome == Headline::Firm(Outcome::NonExempt) && !verdict.eligible.is_empty() {
            let stems = verdict.eligible.iter().map(|kind| stem(kind));
            below(format!("could serve: {}", text(&some_of(stems))));
        }
        if !judged.questions.is_empty() {
            let at = judged.questions.iter().map(|asked| asked.at.as_str());
            below(format!("open: {}", some_codes(at)));
        }
        if let Some(range) = verdict.unpresumed {
            let (best, worst) = (plain(range.best), plain(range.worst));
            below(format!("without what is presumed: between {best} and {worst}"));
        }
        for reading in &verdict.readings {
            below(format!(
                "open point {}: read as {}",
                code(&reading.point),
                code(&reading.reading)
            ));
        }
    }
}

/// What a layer says of a movement, in a cell.
fn cell(movement: &AssessedMovement, (regime, layer): &(&str, &str)) -> String {
    let mut verdicts = movement.verdicts.iter().map(|judged| &judged.verdict);
    let verdict = verdicts.find(|verdict| verdict.regime == *regime && verdict.layer == *layer);
    verdict.map_or(String::new(), |verdict| {
        if needs_attention(verdict) {
            format!("**{}**", spoken(verdict))
        } else {
            spoken(verdict)
        }
    })
}

fn spoken(verdict: &Verdict) -> String {
    match verdict.outcome {
        Headline::Firm(outcome) => plain(outcome).to_owned(),
        Headline::Undetermined => format!("undetermined ({} to {})", plain(verdict.best), plain(verdict.worst)),
    }
}

/// How a mechanism fares, with what is missing.
fn fares(mechanism: &MechanismVerdict, language: &str) -> String {
    let id = mechanism
        .id
        .as_deref()
        .map_or(String::new(), |id| format!(" {}", code(id)));
    let title = text(mechanism.title.in_language(language));
    let mut words = format!("{title}{id}, {}", text(&mechanism.cite));
    for (what, parts) in [
        ("cannot serve", &mechanism.failed),
        ("missing", &mechanism.missing),
        ("not known", &mechanism.doubtful),
        ("not known", &mechanism.open),
    ] {
        for part in parts {
            let said = text(part.text.in_language(language));
            let _ = write!(words, "; {what}: {said}{}", how_sure(Some(part.confidence)));
        }
    }
    words
}
