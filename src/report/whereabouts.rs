//! What addresses say of where things are, in sentences: what contradicts the map, and what is only believed.

use crate::assess::Assessment;
use crate::assess::assessment::FindingKind;
use crate::assess::whereabouts::{Contradiction, KnownBy, Said, Sighted, Whereabouts};
use crate::locate::cloud::{Region, RegionStatus};
use crate::locate::testimony::Basis;
use crate::report::text::some_of;

/// So many addresses are named in one sentence; the rest are counted.
const MOST_ADDRESSES: usize = 3;

/// What somebody should look at: a sentence a contradiction, and one a node whose place rests on a database.
pub(super) fn sentences(assessment: &Assessment, at: impl Fn(&str) -> String) -> Vec<String> {
    let open = assessment.findings.iter().filter(|finding| finding.is_open());
    let contradicted = open.filter(|finding| finding.kind == FindingKind::Contradiction);
    let mut sentences: Vec<String> = contradicted
        .filter_map(|finding| Some(contradiction(&finding.subject, finding.contradiction.as_ref()?, &at)))
        .collect();
    sentences.extend(
        assessment
            .whereabouts
            .iter()
            .filter_map(|whereabouts| on_a_database(whereabouts, &at)),
    );
    sentences.extend(assessment.whereabouts.iter().flat_map(of_regions));
    sentences
}

/// What is to be known of the regions of clouds in which a node lies: who else operates them, which are no longer open.
fn of_regions(whereabouts: &Whereabouts) -> Vec<String> {
    let remark = |region: &&Region| {
        let mut remarks = Vec::new();
        if !region.operator.is_empty() {
            remarks.push(format!("operated by {}", region.operator));
        }
        if matches!(region.status, RegionStatus::Retired | RegionStatus::Announced) {
            remarks.push(region.status.to_string());
        }
        if region.source == "memory" {
            remarks.push("from memory: to be checked".to_owned());
        }
        let of = format!("{}: {region} is {}", whereabouts.node, remarks.join(", "));
        (!remarks.is_empty()).then_some(of)
    };
    whereabouts.regions.iter().filter_map(remark).collect()
}

/// What is declared, and what is said instead.
pub(super) fn contradiction(node: &str, contradiction: &Contradiction, at: impl Fn(&str) -> String) -> String {
    let of: Vec<String> = contradiction.of.iter().map(ToString::to_string).collect();
    let all = |said: &[Said]| said.iter().map(source).collect::<Vec<_>>().join(" and by ");
    // What only a database says is said, not known.
    let only_believed = contradiction.by.iter().all(|said| said.basis == Basis::Database);
    let is = if only_believed { "is said to be" } else { "is" };
    let against = match contradiction.against.as_slice() {
        [] => String::new(),
        against => format!("; as declared by {}", all(against)),
    };
    format!(
        "{node}: declared in {} ({}), but {} {is} in {} by {}{against}",
        contradiction.declared,
        at(&contradiction.declared_at),
        some_of(&of, MOST_ADDRESSES),
        contradiction.said,
        all(&contradiction.by)
    )
}

/// A node of which only databases know where it is.
fn on_a_database(whereabouts: &Whereabouts, at: impl Fn(&str) -> String) -> Option<String> {
    let by_database = |sighted: &Sighted| {
        let said = sighted.says.iter().filter(|said| said.basis == Basis::Database);
        let said = said.map(|said| {
            let place = said.place.as_deref().unwrap_or("no place");
            format!("{place} by {}", source(said))
        });
        let said: Vec<String> = said.collect();
        (!said.is_empty()).then(|| format!("{} is in {}", sighted.address, said.join(", in ")))
    };
    let said: Vec<String> = whereabouts.addresses.iter().filter_map(by_database).collect();
    let what_it_means = match whereabouts.known_by {
        KnownBy::Database => "the map relies on it".to_owned(),
        KnownBy::Unknown => format!("evidence, no proof: confirm it and enter it at {}", at(&whereabouts.at)),
        _ => return None,
    };
    (!said.is_empty()).then(|| {
        format!(
            "{}: {}; {what_it_means}",
            whereabouts.node,
            some_of(&said, MOST_ADDRESSES)
        )
    })
}

/// A source with its day and what else it says.
pub(super) fn source(said: &Said) -> String {
    let day = said.as_of.as_ref().map_or_else(String::new, |day| format!(" of {day}"));
    let about = said
        .about
        .as_ref()
        .map_or_else(String::new, |about| format!(" ({about})"));
    format!("{}{day}{about}", said.source)
}
