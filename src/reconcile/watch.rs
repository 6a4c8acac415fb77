//! New findings as soon as a record shows them.

use std::collections::{BTreeSet, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

use serde::Serialize;

use crate::assess::whereabouts::Contradiction;
use crate::locate::locator::Locator;
use crate::model::{Map, NodeId};
use crate::observe::moment::Moment;
use crate::observe::row::Row;
use crate::observe::tally::Pair;
use crate::place::Gazetteer;
use crate::reconcile::flows::{Declared, Flows};
use crate::reconcile::observed::{Edge, elsewhere, nodes, parties_of};
use crate::reconcile::party::{Parties, Party};
use crate::reconcile::tie::Ties;
use crate::reconcile::{PartySeen, elsewhere_id, party_seen, shadow_id};

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
        at: Option<Moment>,
    },
    /// Two nodes spoke between which the map has only flows that, as it says, do not take place.
    Absent {
        /// `absent/` and the flow, or the first of several.
        id: String,
        /// The flows.
        flows: BTreeSet<String>,
        /// When (UTC), as the record says.
        #[serde(skip_serializing_if = "Option::is_none")]
        at: Option<Moment>,
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
        at: Option<Moment>,
    },
}

/// Watches records for what was not found before.
pub struct Watch<'a> {
    map: &'a Map,
    gazetteer: &'a Gazetteer,
    flows: Flows<'a>,
    parties: Parties<'a>,
    /// The pairs of which all has been said.
    settled: HashSet<Pair>,
    /// What has been said.
    said: BTreeSet<String>,
    edges: BTreeSet<Edge>,
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
            said: BTreeSet::new(),
            edges: BTreeSet::new(),
        }
    }

    /// What a record shows that was not found before; most records show nothing new.
    ///
    /// The ports are those that tell nodes apart: see [`Ties::ports`].
    pub fn row(&mut self, row: &Row<'_>, ports: &BTreeSet<u16>) -> Vec<Alert> {
        let pair = Pair {
            client: row.client,
            server: row.server,
            port: row.server_port.filter(|port| ports.contains(port)),
            name: row.name.map(Arc::from),
        };
        let carries = |bytes: Option<u64>| bytes != Some(0);
        if row.unanswered || !carries(row.sent) && !carries(row.received) || self.settled.contains(&pair) {
            return Vec::new();
        }
        self.settled.insert(pair.clone());
        let Ok((client, server)) = parties_of(&mut self.parties, &pair) else {
            return Vec::new();
        };
        let at = row.start.or(row.end);
        let mut alerts = self.strangers_to_the_map(&client, &server, at);
        for (party, address) in [(&client, pair.client), (&server, pair.server)] {
            if let Some(only) = nodes(party).filter(|nodes| nodes.len() == 1).and_then(BTreeSet::first) {
                alerts.extend(self.elsewhere(*only, address, at));
            }
        }
        alerts
    }

    fn strangers_to_the_map(&mut self, client: &Party, server: &Party, at: Option<Moment>) -> Vec<Alert> {
        let edge = if client <= server {
            (client, server)
        } else {
            (server, client)
        };
        if !self.edges.insert((edge.0.clone(), edge.1.clone())) {
            return Vec::new();
        }
        if let (Some(one), Some(other)) = (nodes(client), nodes(server)) {
            let mut flows = self.flows.between(one, other);
            flows.extend(self.flows.between(other, one));
            if !flows.is_empty() {
                let live = flows.iter().any(|id| self.flows.declared(*id) != Declared::Absent);
                let names: BTreeSet<String> = flows.iter().map(|id| self.map.flow(*id).id.clone()).collect();
                let id = names.first().map(|first| format!("absent/{first}")).unwrap_or_default();
                return if live {
                    Vec::new()
                } else {
                    vec![Alert::Absent { id, flows: names, at }]
                };
            }
        }
        let from = party_seen(self.map, client, &mut self.parties, self.gazetteer);
        let to = party_seen(self.map, server, &mut self.parties, self.gazetteer);
        vec![Alert::Shadow {
            id: shadow_id(&from, &to),
            from: Box::new(from),
            to: Box::new(to),
            at,
        }]
    }

    fn elsewhere(&mut self, node: NodeId, address: IpAddr, at: Option<Moment>) -> Vec<Alert> {
        let found = elsewhere(
            self.map,
            node,
            std::iter::once(address),
            &mut self.parties,
            self.gazetteer,
        );
        let node = &self.map.node(node).id;
        let mut alerts = Vec::new();
        for contradiction in found {
            let id = elsewhere_id(node, &contradiction);
            if self.said.insert(id.clone()) {
                alerts.push(Alert::Elsewhere {
                    id,
                    node: node.clone(),
                    contradiction: Box::new(contradiction),
                    at,
                });
            }
        }
        alerts
    }
}
