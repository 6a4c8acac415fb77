//! What is accepted or known: still said, shorter, and apart from what is to be done.

use super::Page;
use crate::assess::Assessment;
use crate::assess::acceptance::{AcceptanceState, AcceptedRisk};

impl Page<'_> {
    /// The risks that are accepted, then the acceptances that do not hold.
    pub(super) fn accepted(&mut self, assessment: &Assessment) {
        let hold = |risk: &&AcceptedRisk| risk.state == AcceptanceState::Holds;
        let (holding, others): (Vec<_>, Vec<_>) = assessment.accepted.iter().partition(hold);
        if !holding.is_empty() {
            self.rule("Accepted risks: still so, and accepted for a time");
        }
        for risk in &holding {
            self.hanging(2, 4, &risk.finding);
            let text = format!("until {}: {} ({})", risk.until, risk.reason, self.at(&risk.at));
            self.hanging(4, 6, &text);
            let approved: Vec<String> = risk
                .approved
                .iter()
                .map(|approval| format!("{} ({}) on {}", approval.by, approval.role, approval.on))
                .collect();
            self.hanging(4, 6, &format!("approved by {}", approved.join(", ")));
        }
        if !holding.is_empty() {
            self.gap();
        }
        if others.is_empty() {
            return;
        }
        self.rule("Acceptances that do not hold");
        for risk in others {
            self.hanging(2, 4, &format!("{}: {}", self.at(&risk.at), why_not(risk)));
            self.hanging(4, 6, &format!("for {}", risk.finding));
        }
        self.gap();
    }

    /// The findings that were there before, and those that are no longer.
    pub(super) fn baseline(&mut self, assessment: &Assessment) {
        let Some(baseline) = &assessment.baseline else { return };
        let known: Vec<&str> = assessment
            .findings
            .iter()
            .filter(|finding| finding.known && finding.accepted_by.is_none())
            .map(|finding| finding.id.as_str())
            .collect();
        if known.is_empty() && baseline.worse.is_empty() && baseline.gone.is_empty() {
            return;
        }
        self.rule(&format!("Against the baseline of {}", baseline.as_of));
        for (what, ids) in [
            ("known", known),
            ("worse now", baseline.worse.iter().map(String::as_str).collect()),
            ("gone", baseline.gone.iter().map(String::as_str).collect()),
        ] {
            for id in ids {
                self.hanging(2, 4, &format!("{what}: {id}"));
            }
        }
        self.gap();
    }
}

fn why_not(risk: &AcceptedRisk) -> String {
    match risk.state {
        AcceptanceState::Holds => "it holds".to_owned(),
        AcceptanceState::Expired => format!("expired: its last day was {}", risk.until),
        AcceptanceState::LacksApproval if risk.lacks.is_empty() => "lacks approval: nobody has approved".to_owned(),
        AcceptanceState::LacksApproval => format!("lacks approval of {}", risk.lacks.join(", ")),
        AcceptanceState::Worse => {
            let worst = risk.worst.map_or(String::new(), |worst| worst.to_string());
            format!("worse than was accepted: at worst {worst}")
        }
        AcceptanceState::OtherOutcome => {
            let now = risk.now.map_or(String::new(), |now| now.to_string());
            format!("of another outcome: it is now {now}")
        }
        AcceptanceState::Unused => match &risk.near {
            Some(near) => format!("unused: there is no such finding; did you mean `{near}`?"),
            None => "unused: there is no such finding".to_owned(),
        },
        AcceptanceState::NotApplied => "its regime was not applied".to_owned(),
    }
}
