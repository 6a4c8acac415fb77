//! Where each fact of a movement comes from: a place in the map, or a derivation from the graph.

use crate::fact::{Carrier, DataFact, FactKey, FlowFact, OnwardFact, PartiesFact, Party, PartyFact};
use crate::graph::control::Basis;
use crate::judge::fill::Parties;
use crate::judge::movement::{Edge, Movement, Movements};
use crate::law::pack::ReplacedBy;
use crate::model::{End, EntityId, NodeId, Stated};

/// The places of the map on which a fact of a movement rests, as a regime sees its exporter; the one to answer first.
#[must_use]
pub fn sources(
    movements: &Movements<'_>,
    movement: &Movement,
    stand_in: Stated<ReplacedBy>,
    key: &FactKey,
) -> Vec<String> {
    Tracer {
        movements,
        movement,
        parties: Parties::of(movements, movement),
        stand_in,
    }
    .sources(key)
}

/// Where an edge stands in the map.
#[must_use]
pub fn edge(movements: &Movements<'_>, edge: Edge) -> String {
    let map = movements.map;
    match edge {
        Edge::Flow(flow) => format!("flows.{}", map.flow(flow).id),
        Edge::Access(index) => {
            let access = &movements.accesses[index];
            match access.basis {
                Basis::Control(control) => {
                    let control = map.control(control);
                    match &control.id {
                        Some(id) => format!("controls.{id}"),
                        None => format!("controls[{}]", control.position),
                    }
                }
                Basis::Operator => node(movements, access.node),
            }
        }
    }
}

/// Where a node stands in the map.
fn node(movements: &Movements<'_>, id: NodeId) -> String {
    let node = movements.map.node(id);
    format!("{}.{}", if node.is_storage { "storage" } else { "processors" }, node.id)
}

struct Tracer<'a> {
    movements: &'a Movements<'a>,
    movement: &'a Movement,
    parties: Parties,
    stand_in: Stated<ReplacedBy>,
}

impl Tracer<'_> {
    fn sources(&self, key: &FactKey) -> Vec<String> {
        let asset = format!("assets.{}", self.movements.map.asset(self.movement.carried.asset).id);
        let edge = edge(self.movements, self.movement.edge);
        match key {
            FactKey::AsOf => vec!["as_of".to_owned()],
            FactKey::Party(party, fact) => self.party(*party, *fact, &asset),
            FactKey::OwnOfParty(party, own) => self.of_entities(*party, &format!("{}.{}", own.regime, own.name)),
            FactKey::Parties(fact) => {
                let attribute = match fact {
                    PartiesFact::SameLegalPerson => "branch_of",
                    PartiesFact::SameGroup => "parent",
                };
                let mut all = self.of_entities(Party::Exporter, attribute);
                all.extend(self.of_entities(Party::Importer, attribute));
                all
            }
            FactKey::Flow(fact) => self.flow(*fact, &edge, &asset),
            FactKey::Data(DataFact::Origins) => {
                let mut all = vec![format!("{asset}.collected_in")];
                if let Edge::Flow(flow) = self.movement.edge {
                    let map = self.movements.map;
                    let carried = self.movement.carried;
                    let path = self.movements.lineage.path_to_flow(flow, carried.asset, carried.form);
                    all.extend(
                        path.iter()
                            .map(|flow| format!("flows.{}.transforms.mixes_in", map.flow(*flow).id)),
                    );
                }
                all
            }
            FactKey::Data(fact) => vec![match fact {
                DataFact::SubjectsLocatedIn | DataFact::SubjectsRelation | DataFact::Minors | DataFact::Count => {
                    format!("{asset}.subjects")
                }
                fact => format!("{asset}.{fact}"),
            }],
            FactKey::Onward(OnwardFact::Exists | OnwardFact::Places) => match self.movement.edge {
                Edge::Flow(flow) => match self.movements.map.flow(flow).to {
                    End::Node(id) => vec![node(self.movements, id)],
                    End::Subjects(_) => vec![edge],
                },
                Edge::Access(_) => vec![edge],
            },
            FactKey::Own(Carrier::Data, own) => vec![format!("{asset}.{}.{}", own.regime, own.name)],
            FactKey::Own(Carrier::Flow, own) => match self.movement.edge {
                Edge::Flow(_) => vec![format!("{edge}.{}.{}", own.regime, own.name)],
                Edge::Access(_) => vec![drawn(&edge, &own.name)],
            },
            FactKey::Own(_, own) => vec![format!("mechanisms.*.{}", own.name)],
            FactKey::Mechanism(fact) => vec![format!("mechanisms.*.{fact}")],
            FactKey::Count { .. } => vec!["assets.*.subjects".to_owned()],
        }
    }

    fn party(&self, party: Party, fact: PartyFact, asset: &str) -> Vec<String> {
        if fact == PartyFact::Role {
            let node_of = match party {
                Party::Importer => self.end(false),
                _ => self.end(true),
            };
            let mut all: Vec<String> = Vec::new();
            all.extend(node_of.map(|id| format!("{}.acts_for", node(self.movements, id))));
            all.push(format!("{asset}.controller"));
            return all;
        }
        let attribute = match fact {
            PartyFact::EstablishedIn | PartyFact::LocatedIn => "established_in",
            PartyFact::DecidesFrom => "decides_from",
            PartyFact::ControlledFrom => "parent",
            PartyFact::LegalPersonIn => "branch_of",
            PartyFact::Kind | PartyFact::Role => "kind",
        };
        let mut all = self.of_entities(party, attribute);
        if fact == PartyFact::LocatedIn {
            let end = self.end(party != Party::Importer);
            all.extend(end.map(|id| format!("{}.located_in", node(self.movements, id))));
        }
        all
    }

    /// The node at one end.
    fn end(&self, source: bool) -> Option<NodeId> {
        match self.movement.edge {
            Edge::Flow(flow) => {
                let flow = self.movements.map.flow(flow);
                match if source { flow.from } else { flow.to } {
                    End::Node(id) => Some(id),
                    End::Subjects(_) => None,
                }
            }
            Edge::Access(index) => source.then(|| self.movements.accesses[index].node),
        }
    }

    /// An attribute of the entities that are a party; of the node whose operator is not known, who that is.
    fn of_entities(&self, party: Party, attribute: &str) -> Vec<String> {
        let (who, end): (Vec<EntityId>, _) = match (party, self.stand_in) {
            (Party::Importer, _) => (self.parties.importer.into_iter().collect(), self.end(false)),
            (Party::Exporter, Stated::Absent | Stated::Unknown) => {
                (self.parties.exporter.into_iter().collect(), self.end(true))
            }
            (Party::Exporter, Stated::Is(ReplacedBy::Arranger)) => {
                (self.parties.arranger.into_iter().collect(), self.end(true))
            }
            (Party::Principal, _) | (Party::Exporter, Stated::Is(ReplacedBy::Principal)) => (
                self.parties.principals.iter().flatten().copied().collect(),
                self.end(true),
            ),
        };
        if who.is_empty() {
            let map = self.movements.map;
            return match end {
                Some(id) if map.node(id).operator.is_none() => vec![format!("{}.operator", node(self.movements, id))],
                Some(_) | None => vec![format!(
                    "assets.{}.controller",
                    map.asset(self.movement.carried.asset).id
                )],
            };
        }
        who.iter()
            .map(|id| format!("entities.{}.{attribute}", self.movements.map.entity(*id).id))
            .collect()
    }

    fn flow(&self, fact: FlowFact, edge: &str, asset: &str) -> Vec<String> {
        let located = |source: bool| {
            let end = self.end(source);
            end.map(|id| format!("{}.located_in", node(self.movements, id)))
        };
        match fact {
            FlowFact::FromPlace => vec![located(true).unwrap_or_else(|| format!("{asset}.collected_in"))],
            FlowFact::ToPlace => match (located(false), self.movement.edge) {
                (Some(at), _) => vec![at],
                (None, Edge::Flow(_)) => vec![format!("{asset}.subjects")],
                (None, Edge::Access(_)) => vec![format!("{edge}.access_from")],
            },
            FlowFact::KeysHeldBy => match self.end(false) {
                Some(id) => vec![format!("{}.keys_held_by", node(self.movements, id))],
                None => vec![edge.to_owned()],
            },
            FlowFact::Access => match self.movement.edge {
                Edge::Flow(_) => vec![format!("{edge}.access")],
                Edge::Access(index) => match self.movements.accesses[index].basis {
                    Basis::Control(_) => vec![format!("{edge}.access")],
                    Basis::Operator => vec![drawn(edge, "access")],
                },
            },
            fact => match self.movement.edge {
                Edge::Flow(_) => vec![format!("{edge}.{fact}")],
                Edge::Access(_) => vec![drawn(edge, fact.as_str())],
            },
        }
    }
}

/// An implied access is no flow on which facts could stand: drawing it makes it one.
fn drawn(edge: &str, fact: &str) -> String {
    format!("{edge} (draw the access as a flow to state `{fact}`)")
}
