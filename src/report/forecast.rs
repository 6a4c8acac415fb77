//! A forecast as text on eighty columns, by day, and as JSON.

use std::collections::BTreeSet;

use crate::assess::forecast::{Cause, Change, Forecast, Standing, Way};
use crate::law::changes::Change as LawChange;
use crate::law::pack::Status;
use crate::load::Whence;
use crate::outcome::Headline;
use crate::report::changes::{more, thing};
use crate::report::text::DISCLAIMER;
use crate::report::wrap::{WIDTH, paragraph};

/// So many causes are printed under one change; the rest are counted.
const MOST_CAUSES: usize = 3;
/// So many days on which a count starts anew are named; the rest are counted.
const MOST_DAYS: usize = 3;

/// The forecast as JSON, one documented and versioned shape: that of [`Forecast`].
#[must_use]
pub fn json(forecast: &Forecast) -> String {
    super::in_json(forecast)
}

/// The forecast as text, texts of rules in a language. With the map's source, dates of the map get their line.
#[must_use]
pub fn render(forecast: &Forecast, source: Option<&dyn Whence>, language: &str) -> String {
    let mut page = Page {
        text: String::new(),
        source,
        language,
    };
    page.title(forecast);
    let mut rest: &[Change] = &forecast.changes;
    while let Some(first) = rest.first() {
        let of_day = rest.iter().take_while(|change| change.day == first.day).count();
        let (day, later) = rest.split_at(of_day);
        page.day(day);
        rest = later;
    }
    page.counts(forecast);
    page.law(forecast);
    page.text
}

struct Page<'a> {
    text: String,
    source: Option<&'a dyn Whence>,
    language: &'a str,
}

impl Page<'_> {
    fn line(&mut self, first: usize, rest: usize, text: &str) {
        paragraph(&mut self.text, first, rest, text);
    }

    fn title(&mut self, forecast: &Forecast) {
        let name = forecast.map.as_deref().unwrap_or("Data map");
        let heading = format!("{name}: what changes from {} to {}", forecast.as_of, forecast.until);
        self.line(0, 0, &heading);
        self.line(0, 0, &"-".repeat(WIDTH));
        let number = |way: Way| forecast.changes.iter().filter(|change| change.way == way).count();
        let binding = match number(Way::Commences) {
            0 => String::new(),
            commences => format!("; same outcome, binding from then on: {commences}"),
        };
        let summary = match (number(Way::Worse), number(Way::Better), number(Way::OtherGround)) {
            _ if forecast.changes.is_empty() => {
                "Nothing changes: every verdict stays as it is, on the same ground.".to_owned()
            }
            (worse, better, other) => {
                format!(
                    "Verdicts that get worse: {worse}; better: {better}; same outcome, other ground: {other}{binding}."
                )
            }
        };
        self.line(0, 0, &summary);
        self.text.push('\n');
    }

    /// The changes of one day: those that read the same stand together.
    fn day(&mut self, changes: &[Change]) {
        let mut groups: Vec<(&Change, Vec<&Change>)> = Vec::new();
        for change in changes {
            match groups.iter_mut().find(|(first, _)| reads_the_same(first, change)) {
                Some((_, all)) => all.push(change),
                None => groups.push((change, vec![change])),
            }
        }
        for (first, all) in groups {
            self.group(first, &all);
        }
    }

    fn group(&mut self, change: &Change, all: &[&Change]) {
        let layer = match (change.before.status, change.after.status) {
            (Status::InForce, Status::InForce) => String::new(),
            (_, Status::InForce) => format!(" ({}, which commences)", change.layer),
            _ => format!(" ({}, not yet commenced)", change.layer),
        };
        let what = match change.way {
            Way::Commences => format!("{}: binds from this day on", said(&change.after)),
            Way::OtherGround => format!("{}: same outcome, other ground", said(&change.after)),
            _ => format!("{} -> {}", said(&change.before), said(&change.after)),
        };
        self.line(0, 4, &format!("{}  {}{layer}  {what}", change.day, change.regime));
        let mut flows: Vec<(&str, Vec<&str>)> = Vec::new();
        for change in all {
            match flows.last_mut() {
                Some((flow, assets)) if *flow == change.flow => assets.push(&change.asset),
                _ => flows.push((&change.flow, vec![&change.asset])),
            }
        }
        let flows: Vec<String> = flows
            .iter()
            .map(|(flow, assets)| format!("{flow} ({})", assets.join(", ")))
            .collect();
        self.line(4, 6, &flows.join("; "));
        self.line(4, 6, &format!("before: {}", ground(&change.before)));
        self.line(4, 6, &format!("after: {}", ground(&change.after)));
        for cause in change.causes.iter().take(MOST_CAUSES) {
            let cause = format!("why: {}", self.cause(cause));
            self.line(4, 6, &cause);
        }
        let more = change.causes.len().saturating_sub(MOST_CAUSES);
        if more > 0 {
            self.line(
                4,
                6,
                &format!("why: {more} more on that day (--format json has them all)"),
            );
        }
        self.text.push('\n');
    }

    fn cause(&self, cause: &Cause) -> String {
        match cause {
            Cause::Law(change) => self.of_law(change),
            Cause::Date { at, date, moved } => {
                let line = self
                    .source
                    .and_then(|source| Some((source.file(at), source.position(at)?.line)));
                let line = line.map_or_else(String::new, |(name, line)| format!(" ({name}:{line})"));
                let moved = moved.as_ref().map_or_else(String::new, |moved| format!(" {moved}"));
                format!("{at} is {date}{moved}{line}")
            }
        }
    }

    fn of_law(&self, change: &LawChange) -> String {
        let mut all = vec![change.title.in_language(self.language).to_owned()];
        all.extend(change.cite.clone());
        all.extend(more(change));
        all.push(change.because.in_language(self.language).to_owned());
        all.retain(|text| !text.is_empty());
        let colon = if all.is_empty() { "" } else { ": " };
        format!("{} {}{colon}{}", thing(change), change.what, all.join("; "))
    }

    fn counts(&mut self, forecast: &Forecast) {
        for count in &forecast.anew {
            let named: Vec<&str> = count.days.iter().take(MOST_DAYS).map(String::as_str).collect();
            let more = match count.days.len().saturating_sub(MOST_DAYS) {
                0 => String::new(),
                more => format!(" and {more} days more"),
            };
            let text = format!(
                "{} starts anew on {}{more}; the map's numbers are people of one window. ({})",
                count.count,
                named.join(", "),
                count.title.in_language(self.language)
            );
            self.line(0, 2, &text);
        }
        if !forecast.anew.is_empty() {
            self.text.push('\n');
        }
    }

    fn law(&mut self, forecast: &Forecast) {
        let known: BTreeSet<String> = forecast
            .law
            .iter()
            .map(|regime| match &regime.checked_on {
                Some(day) => format!("{} on {day}", regime.id),
                None => regime.id.clone(),
            })
            .collect();
        let known: Vec<String> = known.into_iter().collect();
        let text = format!(
            "This is the law as it was known when the packs were last compared with their sources ({}): a decision may \
             end earlier than it says, and law may come that is not in them.",
            known.join(", ")
        );
        self.line(0, 0, &text);
        self.line(0, 0, DISCLAIMER);
    }
}

pub(super) fn said(standing: &Standing) -> String {
    match standing.outcome {
        Headline::Firm(outcome) => outcome.to_string(),
        Headline::Undetermined => format!("undetermined ({} to {})", standing.best, standing.worst),
    }
}

pub(super) fn ground(standing: &Standing) -> String {
    match &standing.rule {
        Some(rule) => format!("{} ({rule})", standing.cite),
        None => standing.cite.clone(),
    }
}

fn reads_the_same(a: &Change, b: &Change) -> bool {
    (&a.regime, &a.layer, &a.before, &a.after, &a.causes) == (&b.regime, &b.layer, &b.before, &b.after, &b.causes)
}
