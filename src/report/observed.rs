//! What logs show against a map, as text: what is not declared first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::observe::summary::Summary;
use crate::outcome::Outcome;
use crate::reconcile::found::{Judged, PartySeen, Reconciliation, ShadowFlow};
use crate::reconcile::traffic::Traffic;
use crate::reconcile::{Counted, Declared, SeenFlow};
use crate::report::text::DISCLAIMER;
use crate::report::whereabouts::contradiction;
use crate::report::wrap::{WIDTH, paragraph};

/// So many malformed lines are printed.
const MOST_SAMPLES: usize = 3;
/// So many flows that nobody declared are printed; the rest are counted.
const MOST_SHADOWS: usize = 25;
/// So many places are named in a summary.
const MOST_PLACES: usize = 8;
/// So many addresses are printed.
const MOST_ADDRESSES: usize = 3;

/// What logs show against a map, as text on eighty columns: all of it, or not more of what is not declared than can be read.
#[must_use]
pub fn render(found: &Reconciliation, all: bool) -> String {
    let mut page = Page {
        text: String::new(),
        most_shadows: if all { usize::MAX } else { MOST_SHADOWS },
    };
    let map = found.map.as_deref().unwrap_or("The map");
    page.heading(&format!("{map}, against what its network shows"));
    for log in &found.logs {
        page.log(log);
    }
    if !found.sources.is_empty() {
        let named = found.sources.iter().map(|source| match &source.as_of {
            Some(day) => format!("{} of {day}", source.source),
            None => source.source.clone(),
        });
        page.line(
            0,
            &format!("where addresses are: {}", named.collect::<Vec<_>>().join(", ")),
        );
    }
    if found.pairs == 0 {
        page.line(0, "No record of traffic was read, so nothing can be said of any flow.");
    }
    if found.compares_nothing() {
        page.line(
            0,
            "No address in the logs is one of the map's: give its nodes `addresses`, or declare `networks`.",
        );
    }
    page.shadows(found);
    page.elsewhere(found);
    page.seen(found);
    page.unseen(found);
    page.aside(found);
    page.line(0, DISCLAIMER);
    page.text
}

/// What logs show against a map as JSON, one documented and versioned shape: that of [`Reconciliation`].
#[must_use]
pub fn json(found: &Reconciliation) -> String {
    super::in_json(found)
}

struct Page {
    text: String,
    most_shadows: usize,
}

impl Page {
    fn heading(&mut self, heading: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let _ = writeln!(self.text, "{heading}\n{}", "-".repeat(WIDTH));
    }

    fn line(&mut self, indent: usize, text: &str) {
        paragraph(&mut self.text, indent, indent + 2, text);
    }

    fn log(&mut self, log: &Summary) {
        let mut parts = vec![number(log.rows, "row")];
        for (why, count) in &log.apart {
            parts.push(format!("{count} {why}"));
        }
        for (count, what) in [
            (log.malformed, "malformed"),
            (log.bad_times, "without a readable time"),
            (log.bad_names, "with a name that is none"),
        ] {
            if count > 0 {
                parts.push(format!("{count} {what}"));
            }
        }
        let format = log
            .format
            .as_ref()
            .map_or_else(|| "no known format".to_owned(), ToString::to_string);
        self.line(0, &format!("{}: {format}, {}", log.name, parts.join(", ")));
        for sample in log.samples.iter().take(MOST_SAMPLES) {
            self.line(2, &format!("line {}: {}", sample.line, sample.malformed));
        }
        if let Some(problem) = &log.problem {
            self.line(2, &problem.to_string());
        }
    }

    fn shadows(&mut self, found: &Reconciliation) {
        if found.shadows.is_empty() {
            return;
        }
        self.heading("Seen and not declared");
        self.line(
            0,
            &format!(
                "{}: {}",
                number(found.shadows.len() as u64, "exchange"),
                places(&found.shadows)
            ),
        );
        let first = found.shadows.first().map(|shadow| verdicts(&shadow.verdicts));
        let common = first.filter(|first| found.shadows.iter().all(|shadow| verdicts(&shadow.verdicts) == *first));
        for sentence in common.iter().flatten() {
            self.line(0, &format!("all: {sentence}"));
        }
        for shadow in found.shadows.iter().take(self.most_shadows) {
            self.shadow(shadow, common.is_none());
        }
        match found.shadows.len().saturating_sub(self.most_shadows) {
            0 => {}
            more => self.line(0, &format!("{more} more: `--all` prints them")),
        }
    }

    fn shadow(&mut self, shadow: &ShadowFlow, with_verdicts: bool) {
        let ShadowFlow { from, to, .. } = shadow;
        let ends = format!("{} ({}) -> {} ({})", from.label(), from.place, to.label(), to.place);
        self.line(0, &ends);
        self.line(2, &traffic(&shadow.traffic));
        self.line(2, &calls(shadow));
        for party in [from, to] {
            self.addresses(party);
        }
        if !shadow.declared_back.is_empty() {
            let back: Vec<&str> = shadow.declared_back.iter().map(String::as_str).collect();
            self.line(2, &format!("the map has flows the other way only: {}", back.join(", ")));
        }
        if with_verdicts {
            for sentence in verdicts(&shadow.verdicts) {
                self.line(2, &sentence);
            }
        }
        if shadow.proposed.is_empty() {
            self.line(
                2,
                "an end may be one of several nodes: give each an address or a port of its own",
            );
        }
    }

    fn addresses(&mut self, party: &PartySeen) {
        let Some(all) = party.addresses_seen else { return };
        let shown: Vec<String> = party
            .addresses
            .iter()
            .take(MOST_ADDRESSES)
            .map(ToString::to_string)
            .collect();
        let more = match all.saturating_sub(shown.len()) {
            0 => String::new(),
            more => format!(", {more} more"),
        };
        let mut by_place: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for said in &party.says {
            let place = said.place.as_deref().unwrap_or("no place");
            let about = said
                .about
                .as_ref()
                .map_or_else(String::new, |about| format!(" ({about})"));
            by_place
                .entry(place)
                .or_default()
                .push(format!("{}{about}", said.source));
        }
        let says = by_place
            .iter()
            .map(|(place, by)| format!("{place} by {}", by.join(", ")));
        let says = says.collect::<Vec<_>>().join("; ");
        let says = if says.is_empty() { says } else { format!(": {says}") };
        self.line(2, &format!("{}: {}{more}{says}", party.label(), shown.join(", ")));
    }

    fn elsewhere(&mut self, found: &Reconciliation) {
        if found.elsewhere.is_empty() {
            return;
        }
        self.heading("Seen in another place than declared");
        for elsewhere in &found.elsewhere {
            self.line(
                0,
                &contradiction(&elsewhere.node, &elsewhere.contradiction, str::to_owned),
            );
            self.line(2, &traffic(&elsewhere.traffic));
        }
    }

    fn seen(&mut self, found: &Reconciliation) {
        let (absent, declared): (Vec<&SeenFlow>, Vec<&SeenFlow>) =
            found.seen.iter().partition(|seen| seen.declared == Declared::Absent);
        for (heading, flows) in [
            ("Seen, and the map says that it does not take place", absent),
            ("Seen and declared", declared),
        ] {
            if flows.is_empty() {
                continue;
            }
            self.heading(heading);
            for seen in flows {
                self.flow(seen);
            }
        }
    }

    fn flow(&mut self, seen: &SeenFlow) {
        let often = seen
            .declared_per_day
            .map_or_else(String::new, |often| format!(" (declared: {often} a day)"));
        self.line(0, &format!("{}: {} -> {}", seen.flow, seen.from, seen.to));
        self.line(2, &format!("{}{often}", traffic(&seen.traffic)));
        if seen.declared == Declared::Possible {
            self.line(2, "the map says only that it is possible: confirm it");
        }
        if !seen.or.is_empty() {
            let or: Vec<&str> = seen.or.iter().map(String::as_str).collect();
            self.line(2, &format!("or {}: between the same nodes", or.join(", ")));
        }
        if !seen.or_nodes.is_empty() {
            let or: Vec<&str> = seen.or_nodes.iter().map(String::as_str).collect();
            self.line(
                2,
                &format!(
                    "or not this flow: {} shares an address with one of its ends",
                    or.join(", ")
                ),
            );
        }
    }

    fn unseen(&mut self, found: &Reconciliation) {
        let (visible, hidden): (Vec<_>, Vec<_>) = found
            .unseen
            .iter()
            .partition(|unseen| unseen.without_address.is_empty());
        if !visible.is_empty() {
            self.heading("Declared and not seen");
            for unseen in visible {
                self.line(0, &unseen.flow);
            }
            self.line(
                0,
                "That a flow was not seen is no proof that nothing went: logs see one network, for some time.",
            );
        }
        if !hidden.is_empty() {
            self.heading("Such as no log could show: an end has no address");
            let flows: Vec<&str> = hidden.iter().map(|unseen| unseen.flow.as_str()).collect();
            self.line(0, &flows.join(", "));
        }
    }

    fn aside(&mut self, found: &Reconciliation) {
        let aside = &found.aside;
        let all = [
            (
                &aside.unknown_inside,
                "from private addresses that the map does not know to others it does not know: give them a node or a network",
            ),
            (&aside.within, "between addresses of one node or network"),
            (
                &aside.persons,
                "callers of nodes that get data from persons: they may be those persons",
            ),
            (&aside.untied, "between two other ends of which the map knows neither"),
            (&aside.local, "to many at once, or on one machine or link only"),
            (&aside.unanswered, "attempts that came to nothing"),
        ];
        let counted: Vec<(&Counted, &str)> = all.into_iter().filter(|(counted, _)| counted.pairs > 0).collect();
        if counted.is_empty() {
            return self.text.push('\n');
        }
        self.heading("Compared with nothing");
        for (counted, what) in counted {
            let pairs = number(counted.pairs, "pair");
            self.line(
                0,
                &format!(
                    "{what}: {pairs}, {}, {}",
                    number(counted.connections, "connection"),
                    bytes(counted.bytes)
                ),
            );
        }
        self.text.push('\n');
    }
}

/// What the law says of a flow of data of which nothing is known: the regimes that say the same together, worst first.
fn verdicts(judged: &[Judged]) -> Vec<String> {
    let mut alike: BTreeMap<Reverse<(Outcome, Outcome)>, Vec<&str>> = BTreeMap::new();
    for judged in judged {
        let range = Reverse((judged.worst, judged.best));
        alike.entry(range).or_default().push(&judged.regime);
    }
    let name = |outcome: Outcome| outcome.as_str().replace('_', "-");
    let in_words = |(Reverse((worst, best)), regimes): (Reverse<(Outcome, Outcome)>, Vec<&str>)| {
        let said = if worst == best {
            name(worst).to_uppercase()
        } else {
            format!("UNDETERMINED, {} to {}", name(best), name(worst))
        };
        format!("{}: {said}, as data of which nothing is known", regimes.join(", "))
    };
    alike.into_iter().map(in_words).collect()
}

/// Who called whom, at which ports.
fn calls(shadow: &ShadowFlow) -> String {
    let Traffic {
        connections,
        called_back,
        ports,
        ..
    } = &shadow.traffic;
    let (from, to) = (shadow.from.label(), shadow.to.label());
    let who = match (*called_back, connections.saturating_sub(*called_back)) {
        (0, _) => format!("{from} called {to}"),
        (_, 0) => format!("{to} called {from}"),
        _ => "each called the other".to_owned(),
    };
    let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
    let more = if shadow.traffic.more_ports { " and others" } else { "" };
    match ports.as_slice() {
        [] => who,
        [only] if more.is_empty() => format!("{who}, port {only}"),
        _ => format!("{who}, ports {}{more}", ports.join(", ")),
    }
}

/// How many of the parties that the map does not know are in which place.
fn places(shadows: &[ShadowFlow]) -> String {
    let mut counted: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for party in shadows.iter().flat_map(|shadow| [&shadow.from, &shadow.to]) {
        if party.stranger.is_some() {
            counted.entry(&party.place).or_default().insert(party.label());
        }
    }
    let mut counted: Vec<(Reverse<usize>, &str)> = counted
        .into_iter()
        .map(|(place, parties)| (Reverse(parties.len()), place))
        .collect();
    counted.sort_unstable();
    let more = counted.len().saturating_sub(MOST_PLACES);
    let counted = counted.iter().take(MOST_PLACES);
    let mut counted: Vec<String> = counted
        .map(|(Reverse(count), place)| format!("{count} {place}"))
        .collect();
    if more > 0 {
        counted.push(format!("others in {}", number(more as u64, "other place")));
    }
    if counted.is_empty() {
        return "between nodes of the map".to_owned();
    }
    format!("parties that the map does not know: {}", counted.join("; "))
}

fn traffic(traffic: &Traffic) -> String {
    let mut parts = vec![format!(
        "{} there, {} back",
        bytes(traffic.bytes),
        bytes(traffic.bytes_back)
    )];
    if traffic.unmeasured > 0 {
        parts.push(format!("{} without a measure", number(traffic.unmeasured, "record")));
    }
    parts.push(number(traffic.connections, "connection"));
    if traffic.unanswered > 0 {
        parts.push(format!("{} unanswered", traffic.unanswered));
    }
    match (traffic.first, traffic.last) {
        (Some(first), Some(last)) if first != last => parts.push(format!("{first} to {last}")),
        (Some(only), _) | (None, Some(only)) => parts.push(only.to_string()),
        (None, None) => {}
    }
    if let (Some(per_day), true) = (traffic.per_day, traffic.days > 1) {
        parts.push(format!("{per_day} a day on {} days", traffic.days));
    }
    parts.join("; ")
}

fn number(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// Bytes in decimal units, to a tenth.
fn bytes(count: u64) -> String {
    let units = ["", "k", "M", "G", "T", "P", "E"];
    let mut value = count as f64;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    match units.get(unit) {
        None | Some(&"") => format!("{count} B"),
        Some(prefix) => format!("{value:.1} {prefix}B"),
    }
}
