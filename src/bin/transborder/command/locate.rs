//! `transborder locate`: in which place cloud regions and addresses are, and on what that rests.

use clap::Args;
use serde_json::{Value, json};
use transborder::load::near_match;
use transborder::locate::cloud::{self, Region, RegionStatus};
use transborder::locate::locator::Locator;
use transborder::locate::network::Network;
use transborder::locate::testimony::{Basis, Located, Testimony};
use transborder::place::{Gazetteer, Place};

use crate::command::Format;
use crate::input::{LawInput, LocateInput};
use crate::{Answer, Failure};

#[derive(Args)]
pub(crate) struct Locate {
    /// A cloud region (`alibaba/cn-hongkong`), an address (`198.51.100.7`) or a network; several may be given
    #[arg(required = true)]
    what: Vec<String>,
    /// Say where a network is; may be given several times, the longest prefix wins
    #[arg(long = "network", value_name = "CIDR=PLACE")]
    networks: Vec<String>,
    #[command(flatten)]
    sources: LocateInput,
    /// How the answers are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    law: LawInput,
}

/// What was found of one thing asked.
enum Found {
    Region(&'static Region),
    Network(Located),
}

impl Locate {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let law = self.law.read()?;
        let places = law.catalogue().gazetteer();
        let mut problems = Vec::new();
        let mut locator = self.sources.locator().unwrap_or_else(|error| {
            problems.push(error.to_string());
            Locator::new()
        });
        for text in &self.networks {
            match declared(text, places) {
                Ok((network, place)) => locator.declare(network, Some(place), "--network", None),
                Err(problem) => problems.push(problem),
            }
        }
        let mut found = Vec::new();
        for text in &self.what {
            match (cloud::region(text), text.parse()) {
                (Some(region), _) => found.push((text, Found::Region(region))),
                (None, Ok(network)) => found.push((text, Found::Network(locator.locate(&network, places)))),
                (None, Err(_)) => problems.push(unknown(text)),
            }
        }
        if !problems.is_empty() {
            return Err(problems.join("\n").into());
        }
        notes(&locator);
        match self.format {
            Format::Text => {
                let answers: Vec<String> = found.iter().map(|(asked, found)| text(asked, found, places)).collect();
                anstream::print!("{}", answers.join("\n"));
            }
            Format::Json => {
                let answers: Vec<Value> = found.iter().map(|(asked, found)| json(asked, found)).collect();
                anstream::println!("{:#}", json!({ "sources": locator.sources(), "answers": answers }));
            }
        }
        Ok(Answer::Clean)
    }
}

/// Says where the smaller of two networks counts.
fn notes(locator: &Locator) {
    for (outer, inner) in locator.overlaps() {
        anstream::eprintln!(
            "note: `{inner}` lies in `{outer}` and is declared in another place: there, `{inner}` counts"
        );
    }
    for ranges in locator.ranges() {
        let overlaps = ranges.overlaps();
        if let Some((outer, inner)) = overlaps.first.first() {
            let (count, source) = (overlaps.count, ranges.source());
            anstream::eprintln!(
                "note: {source}: {count} networks lie in others that are in another place, such as `{inner}` in `{outer}`: \
                 there, the smaller counts"
            );
        }
    }
}

/// The network and the place of `CIDR=PLACE`.
fn declared(text: &str, places: &Gazetteer) -> Result<(Network, Place), String> {
    let (network, code) = text
        .split_once('=')
        .ok_or_else(|| format!("error: expected CIDR=PLACE, found `{text}`"))?;
    let place = places
        .find(code)
        .ok_or_else(|| format!("error: there is no place `{code}`, in `{text}`"))?;
    let network = network
        .parse()
        .map_err(|error| format!("error: `{network}` is {error}"))?;
    Ok((network, place))
}

fn unknown(text: &str) -> String {
    let help =
        near_match(text, cloud::names()).map_or_else(String::new, |near| format!("\n    help: did you mean `{near}`?"));
    format!("error: there is no cloud region and no address `{text}`{help}")
}

fn name(place: Place, places: &Gazetteer) -> String {
    format!("{place} {}", places.name(place))
}

fn text(asked: &str, found: &Found, places: &Gazetteer) -> String {
    let lines = match found {
        Found::Region(region) => of_region(region, places),
        Found::Network(located) => of_network(located, places),
    };
    let wrapped = textwrap::Options::new(80)
        .initial_indent("  ")
        .subsequent_indent("      ")
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let lines = lines.iter().map(|line| textwrap::fill(line, &wrapped) + "\n");
    format!("{asked}\n{}", lines.collect::<String>())
}

fn of_region(region: &Region, places: &Gazetteer) -> Vec<String> {
    let place = places
        .find(region.place)
        .map_or_else(|| region.place.to_owned(), |place| name(place, places));
    let mut lines = vec![format!("{place}  (cloud region)")];
    if !region.city.is_empty() {
        lines.push(format!("as the provider names it: {}", region.city));
    }
    if !region.operator.is_empty() {
        lines.push(format!("operated by {}", region.operator));
    }
    if region.status != RegionStatus::Open {
        lines.push(format!("status: {}", region.status));
    }
    lines.push(format!("source: {}, {}", region.source, region.as_of));
    lines
}

fn of_network(located: &Located, places: &Gazetteer) -> Vec<String> {
    let believed: Vec<String> = located
        .believed()
        .into_iter()
        .map(|place| name(place, places))
        .collect();
    let is_evidence = "a database is evidence, no proof";
    let first = match (located.place(), located.nowhere, &believed[..]) {
        (Some((place, basis)), _, _) => format!("{}  ({})", name(place, places), words(basis)),
        (None, Some(why), _) => format!("unknown  ({why})"),
        (None, None, _) if located.testimonies.is_empty() => "unknown  (no source has it)".to_owned(),
        (None, None, []) => "unknown  (no source gives one place for it)".to_owned(),
        (None, None, [one]) => format!("unknown, believed to be {one}  ({is_evidence})"),
        (None, None, several) => format!("unknown, believed to be {}  ({is_evidence})", several.join(" or ")),
    };
    let mut lines = vec![first];
    lines.extend(located.testimonies.iter().map(|said| of_testimony(said, places)));
    if located.disagree() {
        lines.push("the sources disagree".to_owned());
    }
    lines
}

fn of_testimony(said: &Testimony, places: &Gazetteer) -> String {
    let place = said
        .place
        .map_or_else(|| "no place".to_owned(), |place| name(place, places));
    let day = said.as_of.map_or_else(String::new, |day| format!(" of {day}"));
    let about = said
        .about
        .as_ref()
        .map_or_else(String::new, |about| format!("; {about}"));
    format!(
        "- {place}: {} {}, {}{day}{about}",
        words(said.basis),
        said.network,
        said.source
    )
}

fn words(basis: Basis) -> String {
    basis.as_str().replace('_', " ")
}

fn json(asked: &str, found: &Found) -> Value {
    match found {
        Found::Region(region) => json!({ "asked": asked, "region": region }),
        Found::Network(located) => json!({
            "asked": asked,
            "place": located.place().map(|(place, _)| place.to_string()),
            "basis": located.place().map(|(_, basis)| basis),
            "believed": located.believed().iter().map(ToString::to_string).collect::<Vec<_>>(),
            "disagree": located.disagree(),
            "located": located,
        }),
    }
}
