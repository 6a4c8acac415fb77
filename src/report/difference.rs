//! What differs between two assessments, as text on eighty columns and as JSON.

use crate::assess::difference::{Cause, Difference, FindingDifference, LawDifference, Turn, VerdictDifference, Why};
use crate::assess::forecast::Standing;
use crate::assess::snapshot::{ExposureNamed, FindingNamed, MovementKey};
use crate::law::pack::Status;
use crate::load::difference::{KeyDifference, ObjectDifference, Presence};
use crate::outcome::Outcome;
use crate::report::forecast::{ground, said};
use crate::report::text::DISCLAIMER;
use crate::report::wrap::{WIDTH, paragraph};

/// What objects of the map are listed under, with their sections; what stands in none of them comes last.
const GROUPS: &[(&str, &[&str])] = &[
    ("Parties", &["entities", "controls"]),
    ("Places", &["processors", "storage"]),
    ("Settings", &["settings"]),
    ("Flows", &["flows"]),
    ("Data", &["assets"]),
    ("Mechanisms", &["mechanisms"]),
];

/// Verdicts in the order in which they are listed.
const TURNS: &[(Turn, &str)] = &[
    (Turn::Worse, "Verdicts that got worse"),
    (Turn::Commences, "Verdicts of law that binds on one side only"),
    (Turn::Better, "Verdicts that got better"),
    (Turn::Appeared, "Verdicts that appeared"),
    (Turn::Vanished, "Verdicts that vanished"),
    (Turn::OtherGround, "Same outcome, other ground"),
];

/// The difference as JSON, one documented and versioned shape: that of [`Difference`].
#[must_use]
pub fn json(difference: &Difference) -> String {
    super::in_json(difference)
}

/// The difference as text: the map, then the verdicts, then findings and exposures.
#[must_use]
pub fn render(difference: &Difference) -> String {
    let mut page = Page { text: String::new() };
    page.title(difference);
    page.law(&difference.law);
    page.objects(difference.objects.as_deref());
    for (turn, heading) in TURNS {
        let of_turn = difference.verdicts.iter().filter(|verdict| verdict.change == *turn);
        page.verdicts(heading, *turn, &of_turn.collect::<Vec<_>>());
    }
    page.findings(difference);
    page.exposures(difference);
    page.line(0, 0, DISCLAIMER);
    page.text
}

struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, first: usize, rest: usize, text: &str) {
        paragraph(&mut self.text, first, rest, text);
    }

    fn gap(&mut self) {
        self.text.push('\n');
    }

    fn title(&mut self, difference: &Difference) {
        let Difference { old, new, .. } = difference;
        let name = |map: &Option<String>| map.clone().unwrap_or_else(|| "Data map".to_owned());
        let heading = if old.map == new.map {
            format!("{}: {} against {}", name(&new.map), new.as_of, old.as_of)
        } else {
            let (new_name, old_name) = (name(&new.map), name(&old.map));
            format!("{new_name}, {}, against {old_name}, {}", new.as_of, old.as_of)
        };
        self.line(0, 0, &heading);
        self.line(0, 0, &"-".repeat(WIDTH));
        let number = |turn: Turn| {
            difference
                .verdicts
                .iter()
                .filter(|verdict| verdict.change == turn)
                .count()
        };
        self.line(
            0,
            0,
            &format!(
                "Verdicts: {} worse, {} better, {} appeared, {} vanished, {} on other ground, {} unchanged.",
                number(Turn::Worse),
                number(Turn::Better),
                number(Turn::Appeared),
                number(Turn::Vanished),
                number(Turn::OtherGround),
                difference.unchanged
            ),
        );
        let findings = &difference.findings;
        self.line(
            0,
            0,
            &format!(
                "Findings: {} appeared, {} vanished, {} changed, {} unchanged.",
                findings.appeared.len(),
                findings.vanished.len(),
                findings.changed.len(),
                findings.unchanged.len()
            ),
        );
        self.gap();
    }

    fn law(&mut self, law: &[LawDifference]) {
        if law.is_empty() {
            return;
        }
        self.line(0, 0, "The law was not applied in the same way");
        for regime in law {
            let differs: Vec<&str> = regime.differs.iter().map(|why| in_words(*why)).collect();
            self.line(2, 4, &format!("{}: {}", regime.regime, differs.join("; ")));
        }
        self.gap();
    }

    fn objects(&mut self, objects: Option<&[ObjectDifference]>) {
        let Some(objects) = objects else { return };
        let mut rest: Vec<&ObjectDifference> = objects.iter().collect();
        for (heading, sections) in GROUPS {
            let (of_group, others): (Vec<_>, Vec<_>) =
                rest.into_iter().partition(|object| sections.contains(&object.section));
            self.group(heading, &of_group);
            rest = others;
        }
        self.group("Else", &rest);
    }

    fn group(&mut self, heading: &str, objects: &[&ObjectDifference]) {
        if objects.is_empty() {
            return;
        }
        self.line(0, 0, heading);
        for object in objects {
            let name = [object.section, &object.id].join(" ");
            match object.change {
                Presence::Appeared => self.line(2, 4, &format!("+ {name}")),
                Presence::Vanished => self.line(2, 4, &format!("- {name}")),
                Presence::Changed => {
                    self.line(2, 4, name.trim_end());
                    for key in &object.keys {
                        self.line(4, 6, &attribute(key));
                    }
                }
            }
        }
        self.gap();
    }

    /// Those that read the same stand together.
    fn verdicts(&mut self, heading: &str, turn: Turn, verdicts: &[&VerdictDifference]) {
        let one_sided = matches!(turn, Turn::Appeared | Turn::Vanished);
        // Of what came or went, only what somebody has to look at, or had to.
        let attention = |standing: &Option<Standing>| {
            let worst = standing.as_ref().map(|standing| standing.worst);
            worst >= Some(Outcome::Incomplete)
        };
        let (shown, silent): (Vec<&VerdictDifference>, Vec<&VerdictDifference>) = verdicts
            .iter()
            .partition(|verdict| !one_sided || attention(&verdict.before) || attention(&verdict.after));
        if verdicts.is_empty() {
            return;
        }
        self.line(0, 0, heading);
        let mut groups: Vec<Vec<&VerdictDifference>> = Vec::new();
        for verdict in shown {
            match groups
                .iter_mut()
                .find(|group| group.first().is_some_and(|first| alike(first, verdict)))
            {
                Some(group) => group.push(verdict),
                None => groups.push(vec![verdict]),
            }
        }
        for group in groups {
            self.verdict(&group);
        }
        if !silent.is_empty() {
            self.line(
                2,
                4,
                &format!("{} that nobody has to look at (--format json has them)", silent.len()),
            );
        }
        self.gap();
    }

    fn verdict(&mut self, group: &[&VerdictDifference]) {
        let Some(first) = group.first() else { return };
        let status = |standing: &Option<Standing>| standing.as_ref().map(|standing| standing.status);
        let layer = match (status(&first.before), status(&first.after)) {
            (Some(Status::NotCommenced) | None, Some(Status::NotCommenced)) | (Some(Status::NotCommenced), None) => {
                format!(" ({}, not yet commenced)", first.layer)
            }
            _ => String::new(),
        };
        let outcome = match (&first.before, &first.after) {
            (Some(before), Some(after)) if said(before) == said(after) => said(after),
            (Some(before), Some(after)) => format!("{} -> {}", said(before), said(after)),
            (before, after) => before.iter().chain(after).map(said).collect(),
        };
        self.line(2, 4, &format!("{}{layer}  {outcome}", first.regime));
        let movements = group.iter().map(|verdict| &verdict.movement);
        self.line(4, 6, &flows(movements));
        for (when, standing) in [("before", &first.before), ("after", &first.after)] {
            if let Some(standing) = standing {
                self.line(4, 6, &format!("{when}: {}", ground(standing)));
            }
        }
        if !first.causes.is_empty() {
            self.line(4, 6, &format!("why: {}", why(&first.causes)));
        }
    }

    fn findings(&mut self, difference: &Difference) {
        let found = &difference.findings;
        let same = found.appeared.is_empty() && found.vanished.is_empty() && found.changed.is_empty();
        if same && found.reopened.is_empty() {
            return;
        }
        self.line(0, 0, "Findings");
        let named = |finding: &FindingNamed| match (finding.status, &finding.accepted_by) {
            (Some(Status::NotCommenced), _) => format!("{} (not yet commenced)", finding.id),
            (_, Some(by)) => format!("{} (accepted: {by})", finding.id),
            _ => finding.id.clone(),
        };
        for finding in &found.appeared {
            self.line(2, 4, &format!("+ {}", named(finding)));
        }
        for finding in &found.vanished {
            self.line(2, 4, &format!("- {}", named(finding)));
        }
        for FindingDifference { before, after, .. } in &found.changed {
            let outcome = |finding: &FindingNamed| finding.outcome.map_or(String::new(), |outcome| outcome.to_string());
            self.line(2, 4, &format!("{} (was {})", named(after), outcome(before)));
        }
        for finding in &found.reopened {
            self.line(2, 4, &format!("{} (no longer accepted)", finding.id));
        }
        self.gap();
    }

    fn exposures(&mut self, difference: &Difference) {
        let exposures = &difference.exposures;
        if exposures.appeared.is_empty() && exposures.vanished.is_empty() {
            return;
        }
        self.line(
            0,
            0,
            "Exposures: within reach through ownership or keys, no transfer by itself",
        );
        for (mark, exposures) in [("+", &exposures.appeared), ("-", &exposures.vanished)] {
            for ExposureNamed { node, by, places } in exposures {
                self.line(2, 4, &format!("{mark} {node}: {by} from {}", places.join(", ")));
            }
        }
        self.gap();
    }
}

fn attribute(key: &KeyDifference) -> String {
    let KeyDifference { path, old, new } = key;
    match (old, new) {
        (Some(old), Some(new)) => format!("{path}: {old} -> {new}"),
        (Some(old), None) => format!("{path}: {old} -> left out"),
        (None, new) => format!("{path}: {} (new)", new.as_deref().unwrap_or_default()),
    }
}

/// The flows with their assets: `sync (orders, buyers); backup (orders)`.
fn flows<'m>(movements: impl Iterator<Item = &'m MovementKey>) -> String {
    let mut flows: Vec<(&str, Vec<&str>)> = Vec::new();
    for movement in movements {
        match flows.iter_mut().find(|(flow, _)| *flow == movement.flow) {
            Some((_, assets)) => assets.push(&movement.asset),
            None => flows.push((&movement.flow, vec![&movement.asset])),
        }
    }
    let flow = |(flow, assets): &(&str, Vec<&str>)| format!("{flow} ({})", assets.join(", "));
    flows.iter().map(flow).collect::<Vec<_>>().join("; ")
}

fn why(causes: &[Cause]) -> String {
    let of = |certain: bool| causes.iter().filter(move |cause| cause.certain == certain);
    let words =
        |causes: &mut dyn Iterator<Item = &Cause>| causes.map(|cause| in_words(cause.cause)).collect::<Vec<_>>();
    let (certain, possible) = (words(&mut of(true)), words(&mut of(false)));
    let certain = certain.join("; and ");
    match (certain.is_empty(), possible.is_empty()) {
        (_, true) => certain,
        (true, false) => possible.join(", or "),
        (false, false) => format!("{certain}; and {}", possible.join(", or ")),
    }
}

fn in_words(why: Why) -> &'static str {
    match why {
        Why::Map => "the map changed",
        Why::Day => "the day is another (the law of that day, or a date of the map)",
        Why::Pack => "the rule pack has other files",
        Why::Reading => "an open point is read otherwise",
        Why::Commencement => "a layer is taken as commenced on one side only",
        Why::Library => "another version of the library",
    }
}

fn alike(a: &VerdictDifference, b: &VerdictDifference) -> bool {
    (&a.regime, &a.layer, &a.before, &a.after, &a.causes) == (&b.regime, &b.layer, &b.before, &b.after, &b.causes)
}
