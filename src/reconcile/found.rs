//! What is found of logs against a map: the shape that is printed and kept.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::Serialize;

use crate::assess::whereabouts::{Contradiction, Said};
use crate::locate::testimony::Basis;
use crate::observe::summary::Summary;
use crate::outcome::{Headline, Outcome};
use crate::reconcile::flows::{Declared, SeenFlow, UnseenFlow};
use crate::reconcile::observed::Aside;
use crate::reconcile::party::StrangerKind;
use crate::reconcile::traffic::Traffic;

/// The version of the JSON shape. It rises when a reader of the old shape would misread the new one.
pub const FORMAT: u32 = 1;

/// What logs show against a map.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Reconciliation {
    /// The version of this shape: [`FORMAT`].
    pub transborder_observation: u32,
    /// The version of the library.
    pub version: &'static str,
    /// What the map is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<String>,
    /// What the logs held.
    pub logs: Vec<Summary>,
    /// Who was asked where addresses are, besides the map: the strongest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
    /// Distinct pairs of addresses.
    pub pairs: usize,
    /// What was seen and is not declared: by the worst that the law may say of it, then by how much went.
    pub shadows: Vec<ShadowFlow>,
    /// Nodes met at addresses that are in another place than the map declares.
    pub elsewhere: Vec<Elsewhere>,
    /// Flows of the map between whose ends something went.
    pub seen: Vec<SeenFlow>,
    /// Flows of the map that were not seen; empty where nothing was read. Never proof that nothing went.
    pub unseen: Vec<UnseenFlow>,
    /// Traffic that is compared with nothing.
    pub aside: Aside,
}

/// Who was asked where addresses are.
#[derive(Clone, Debug, Serialize)]
pub struct Source {
    /// What kind of source it is.
    pub basis: Basis,
    /// Which one.
    pub source: String,
    /// The day from which it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
}

/// Something that went between two parties, and the map has no flow between them.
#[derive(Clone, Debug, Serialize)]
pub struct ShadowFlow {
    /// Stays the same as long as the map and the parties do.
    pub id: String,
    /// One party.
    pub from: PartySeen,
    /// The other one.
    pub to: PartySeen,
    /// What went from one to the other, and back.
    pub traffic: Traffic,
    /// The flows that the map has between the two, all the other way: this is what went against them.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub declared_back: BTreeSet<String>,
    /// The flows that the map would need, of data of which nothing is known; none where an end may be one of several nodes.
    pub proposed: Vec<String>,
    /// What the law in force says of them: by regime, the worst of the proposed flows.
    pub verdicts: Vec<Judged>,
}

/// One party of a shadow flow.
#[derive(Clone, Debug, Serialize)]
pub struct PartySeen {
    /// The nodes of the map; several where they share an address. Empty for somebody that the map does not know.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub nodes: BTreeSet<String>,
    /// What somebody is called that the map does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stranger: Option<String>,
    /// What that is: a name in the log, a network of the map, a holder of addresses, a block of addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<StrangerKind>,
    /// Where it is, in words.
    pub place: String,
    /// The first of its addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<IpAddr>,
    /// How many addresses it has in the logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addresses_seen: Option<usize>,
    /// What the sources say of the first address.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub says: Vec<Said>,
}

/// What the law says of a flow that nobody declared.
#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    /// The regime.
    pub regime: String,
    /// What is said.
    pub outcome: Headline,
    /// The best outcome still possible.
    pub best: Outcome,
    /// The worst one.
    pub worst: Outcome,
}

/// A node that was met at an address which is in another place than the map declares.
#[derive(Clone, Debug, Serialize)]
pub struct Elsewhere {
    /// Stays the same as long as the node and the place do.
    pub id: String,
    /// The node.
    pub node: String,
    /// What is declared, and who says what instead.
    #[serde(flatten)]
    pub contradiction: Contradiction,
    /// What was sent to those addresses, and what came from there.
    pub traffic: Traffic,
}

impl Reconciliation {
    /// Whether somebody has to look: something is not declared, or goes elsewhere, or the map says that it does not take
    /// place, or somebody inside is unknown to the map, or a log could not be read whole or at all, or no address of the logs is one
    /// of the map's, so that nothing was compared. A flow not seen is no finding.
    #[must_use]
    pub fn needs_attention(&self) -> bool {
        let absent = self.seen.iter().any(|seen| seen.declared == Declared::Absent);
        let unread = self.logs.iter().any(|log| log.problem.is_some() || log.malformed > 0);
        let unknown = self.aside.unknown_inside.pairs > 0 || self.compares_nothing() || self.pairs == 0;
        absent || unread || unknown || !self.shadows.is_empty() || !self.elsewhere.is_empty()
    }

    /// Whether something went, and nothing of it is the map's.
    #[must_use]
    pub fn compares_nothing(&self) -> bool {
        let Aside {
            untied,
            within,
            persons,
            ..
        } = &self.aside;
        let tied = within.pairs + persons.pairs > 0 || !self.seen.is_empty() || !self.shadows.is_empty();
        untied.pairs > 0 && !tied
    }
}

/// The id of a shadow flow, whichever way it went.
pub(super) fn shadow_id(one: &PartySeen, other: &PartySeen) -> String {
    let (one, other) = (one.key(), other.key());
    let (first, second) = if one <= other { (one, other) } else { (other, one) };
    format!("shadow/{first}/{second}")
}

pub(super) fn elsewhere_id(node: &str, contradiction: &Contradiction) -> String {
    format!("elsewhere/{node}/{}", contradiction.place)
}

impl PartySeen {
    /// What it is called, unlike anybody else: a node by its id, which has no `:`.
    fn key(&self) -> String {
        match self.kind {
            Some(kind) => format!("{kind}:{}", self.label()),
            None => self.label(),
        }
    }

    /// What it is called.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.stranger {
            Some(stranger) => stranger.clone(),
            None => self.nodes.iter().map(String::as_str).collect::<Vec<_>>().join(" or "),
        }
    }
}
