//! New findings as soon as a record shows them.

use std::collections::{BTreeSet, HashSet};
use std::net::IpAddr;

use serde::Serialize;

use crate::assess::whereabouts::Contradiction;
use crate::locate::locator::Locator;
use crate::model::{Map, NodeId};
use crate::observe::moment::Moment;
use crate::observe::row::Row;
use crate::observe::tally::Pair;
use crate::place::Gazetteer;
use crate::reconcile::flows::{Declared, Flows};
use crate::reconcile::found::{PartySeen, elsewhere_id, shadow_id};
use crate::reconcile::observed::{Names, elsewhere, nodes, parties_of};
use crate::reconcile::party::{Parties, Party};
use crate::reconcile::party_seen;
use crate::reconcile::tie::Ties;

/// Something that was found while a log was being read, told once.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Alert {
    /// Two parties spoke, and the map has no flow between them.
    Shadow {
        /// The same as in the reconciliation.
        id: String,
        /// Who called.
        from: Box<PartySeen>,
        /// Who was called.
        to: Box<PartySeen>,
        /// When (UTC), as the record says.
        #[serde(skip_serializing_if = "Option::is_none")]
        time: Option<Moment>,
    },
    /// Two nodes spoke between which the map has only flows that, as it says, do not take place.
    Absent {
        /// `absent/` and the flow, or the first of several.
        id: String,
        /// The flows.
        flows: BTreeSet<String>,
        /// When (UTC), as the record says.
        #[serde(skip_serializing_if = "Option::is_none")]
        time: Option<Moment>,
    },
    /// A node was met at an address that is in another place than the map declares.
    Elsewhere {
        /// The same as in the reconciliation.
        id: String,
        /// The node.
        node: String,
        /// What is declared, and who says what instead.
        #[serde(flatten)]
        contradiction: Box<Contradiction>,
        /// When (UTC), as the record says.
        #[serde(skip_serializing_if = "Option::is_none")]
        time: Option<Moment>,
    },
}

impl Alert {
    /// The id of what was found.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Shadow { id, .. } | Self::Absent { id, .. } | Self::Elsewhere { id, .. } => id,
        }
    }
}

/// Watches records for what was not found before. Which way most went is told by a whole log only.
pub struct Watch<'a> {
    map: &'a Map,
    gazetteer: &'a Gazetteer,
    flows: Flows<'a>,
    parties: Parties<'a>,
    /// The pairs of which all has been said.
    settled: HashSet<Pair>,
    /// The names that servers were called by in records of their own.
    names: Names,
    /// The ids of what has been said.
    said: BTreeSet<String>,
}

impl<'a> Watch<'a> {
    /// Watches records against a map.
    #[must_use]
    pub fn new(map: &'a Map, ties: &'a Ties, locator: &'a Locator, gazetteer: &'a Gazetteer) -> Self {
        Self {
            map,
            gazetteer,
            flows: Flows::of(map),
            parties: Parties::new(ties, locator, gazetteer),
            settled: HashSet::new(),
            names: Names::default(),
            said: BTreeSet::new(),
        }
    }

    /// What a record shows that was not found before; most records show nothing new.
    ///
    /// The ports are those that tell nodes apart: see [`Ties::ports`].
    pub fn row(&mut self, row: &Row<'_>, ports: &BTreeSet<u16>) -> Vec<Alert> {
        let pair = Pair::of(row, ports);
        if row.connections == 0 && row.sent == Some(0) && row.received == Some(0) {
            self.names.learn(&pair);
        }
        let pair = self.names.complete(&pair).unwrap_or(pair);
        let carries = |bytes: Option<u64>| bytes != Some(0);
        if row.unanswered || !carries(row.sent) && !carries(row.received) || !self.settled.insert(pair.clone()) {
            return Vec::new();
        }
        let Ok((client, server)) = parties_of(&mut self.parties, &self.flows, &pair) else {
            return Vec::new();
        };
        let time = row.start.or(row.end);
        let mut alerts: Vec<Alert> = self.undeclared(&client, &server, time).into_iter().collect();
        for (party, address) in [(&client, pair.client), (&server, pair.server)] {
            if let Some(only) = nodes(party).filter(|nodes| nodes.len() == 1).and_then(BTreeSet::first) {
                alerts.extend(self.elsewhere(*only, address, time));
            }
        }
        alerts.retain(|alert| self.said.insert(alert.id().to_owned()));
        alerts
    }

    /// What the map has no flow for, or only such as do not take place.
    fn undeclared(&mut self, client: &Party, server: &Party, time: Option<Moment>) -> Option<Alert> {
        if let (Some(one), Some(other)) = (nodes(client), nodes(server)) {
            let flows = self.flows.either_way(one, other);
            if flows.iter().any(|id| self.flows.declared(*id) != Declared::Absent) {
                return None;
            }
            let flows: BTreeSet<String> = flows.iter().map(|id| self.map.flow(*id).id.clone()).collect();
            if let Some(first) = flows.first() {
                let id = format!("absent/{first}");
                return Some(Alert::Absent { id, flows, time });
            }
        }
        let from = party_seen(self.map, client, &mut self.parties, self.gazetteer);
        let to = party_seen(self.map, server, &mut self.parties, self.gazetteer);
        Some(Alert::Shadow {
            id: shadow_id(&from, &to),
            from: Box::new(from),
            to: Box::new(to),
            time,
        })
    }

    fn elsewhere(&mut self, node: NodeId, address: IpAddr, time: Option<Moment>) -> Vec<Alert> {
        let address = std::iter::once(address);
        let found = elsewhere(self.map, node, address, &mut self.parties, self.gazetteer);
        let node = &self.map.node(node).id;
        let alert = |contradiction: Contradiction| Alert::Elsewhere {
            id: elsewhere_id(node, &contradiction),
            node: node.clone(),
            contradiction: Box::new(contradiction),
            time,
        };
        found.into_iter().map(alert).collect()
    }
}
