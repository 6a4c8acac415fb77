//! The map format as a table: every object with its keys, their shapes and meanings.
//!
//! The decoder takes its known and required keys from here, the JSON Schema is generated from here.

use crate::fact::{Carrier, RELATIONS};
use crate::outcome::Outcome;
use crate::word::{
    Access, Changeable, CollectedFrom, Commitment, ControlKind, DataState, EntityKind, EntityRole, Existence, FlowKind,
    InitiatedBy, LegalBasis, NodeKind, Protection, Purpose, SourceConfidence, SourceKind, Trigger,
};

/// The version of the format that this library reads.
pub(in crate::load) const VERSION: i128 = 1;

/// The longest id or key, in bytes.
pub(in crate::load) const LONGEST_KEY: usize = 200;

/// The word by which a map takes what a database believes for where something is.
pub(in crate::load) const RELY_ON_DATABASE: &str = "database";

/// Ids that look as if nothing had been written.
pub(in crate::load) const NULL_LIKE: &[&str] = &["~", "null", "none", "unknown"];

/// Characters, besides white space, that an id may not have, since paths and reports part ids with them.
pub(in crate::load) const PARTING: &[char] = &['/', ':', '.', '['];

/// The keys at the top of a map that only a customer's map can have, no vendor profile.
pub(in crate::load) const CUSTOMERS: &[&str] = &["use", "mechanisms", "acceptance", "accepted"];

/// What a value looks like.
#[derive(Clone, Copy)]
pub(in crate::load) enum Shape {
    /// The version of the format.
    Version,
    /// Free text.
    Text,
    /// `true` or `false`.
    Bool,
    /// A whole number from 0.
    Count,
    /// A whole number from 0 to 100.
    Percent,
    /// A day.
    Date,
    /// A day, or `none`.
    DateOrNone,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Texts in a list, or `none`.
    Texts,
    /// Category words in a list, or `none`.
    Categories,
    /// A place or a list of places.
    Places,
    /// Where a node or a person is.
    Location,
    /// A place or a region of a cloud, at least one.
    PlaceItems,
    /// Candidates for a location, at least one.
    Candidates,
    /// A region of a cloud.
    CloudRegion,
    /// A place or a region of a cloud.
    PlaceItem,
    /// A number of a port.
    Port,
    /// An address, a network or a name of a host.
    Reach,
    /// Addresses, networks, names of hosts, or objects that add a port; at least one.
    Addresses(&'static Format),
    /// An address or a network, or a list of them.
    Networks,
    /// A location for each word of a setting.
    LocationByWord,
    /// An id.
    Id,
    /// An id, or `none`.
    IdOrNone,
    /// Ids in a list, or `none`.
    Ids,
    /// An id, `none`, or an object with more about what it names.
    IdOrObject(&'static Format),
    /// An id, or one for each word of a setting.
    IdBySetting(&'static Format),
    /// An id for each word of a setting.
    IdByWord,
    /// The id of a mechanism in a rule pack.
    MechanismType,
    /// A word of a setting.
    SettingWord,
    /// The words of a setting, at least one.
    SettingWords,
    /// For each of several settings the words that are meant.
    When,
    /// An object.
    Object(&'static Format),
    /// An object, or `none`.
    ObjectOrNone(&'static Format),
    /// Objects by id.
    ById(&'static Format),
    /// Objects in a list.
    List(&'static Format),
    /// Objects in a list, or `none`.
    ListOrNone(&'static Format),
    /// Objects by id, or `none`.
    ByIdOrNone(&'static Format),
    /// Texts by id.
    TextsById,
    /// The source of an object, or of each of its keys.
    Evidence,
    /// Words, each for the id of a setting.
    Answers,
    /// Ids, or `none`, each for an id of a profile.
    Bindings,
}

/// One key of an object.
pub(in crate::load) struct Key {
    pub(in crate::load) name: &'static str,
    pub(in crate::load) shape: Shape,
    pub(in crate::load) required: bool,
    pub(in crate::load) about: &'static str,
}

/// One kind of object.
pub(in crate::load) struct Format {
    /// The name of the object, unique among formats.
    pub(in crate::load) name: &'static str,
    pub(in crate::load) about: &'static str,
    pub(in crate::load) keys: &'static [Key],
    /// The facts that packs declare on it.
    pub(in crate::load) carrier: Option<Carrier>,
}

impl Format {
    /// The names of its own keys, without those of packs.
    pub(in crate::load) fn names(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| key.name)
    }
}

const fn key(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key {
        name,
        shape,
        required: false,
        about,
    }
}

const fn required(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key {
        name,
        shape,
        required: true,
        about,
    }
}

pub(in crate::load) static MAP: Format = Format {
    name: "map",
    about: "A data map: who holds which data where, and on which ways they move.",
    carrier: None,
    keys: &[
        required("transborder", Shape::Version, "The version of this format."),
        key("name", Shape::Text, "What the map is of."),
        key("as_of", Shape::Date, "The day as of which the law is to be read."),
        key("entities", Shape::ById(&ENTITY), "Legal persons."),
        key("assets", Shape::ById(&ASSET), "Sets of data."),
        key(
            "processors",
            Shape::ById(&NODE),
            "Systems, services, modules, plug-ins and teams that handle data.",
        ),
        key("storage", Shape::ById(&NODE), "Where data rest."),
        key(
            "networks",
            Shape::ById(&NETWORK),
            "Addresses of which it is known where they are.",
        ),
        key(
            "controls",
            Shape::List(&CONTROL),
            "How entities reach nodes or other entities.",
        ),
        key(
            "flows",
            Shape::ById(&FLOW),
            "Edges on which data move or are made available.",
        ),
        key(
            "mechanisms",
            Shape::ById(&MECHANISM),
            "What is held to legalise transfers.",
        ),
        key(
            "settings",
            Shape::ById(&SETTING),
            "Switches of a product on which flows and places hang.",
        ),
        key("sources", Shape::ById(&SOURCE), "Whence what the map says is known."),
        key(
            "offers",
            Shape::ById(&OFFER),
            "Mechanisms that somebody offers; offered is not signed.",
        ),
        key("use", Shape::ById(&USE), "Vendor profiles that it takes in, by prefix."),
        key(
            "profile",
            Shape::Object(&PROFILE),
            "That it is a profile: a product without a customer.",
        ),
        key(
            "acceptance",
            Shape::Object(&ACCEPTANCE),
            "What every acceptance of a risk needs.",
        ),
        key(
            "accepted",
            Shape::ById(&ACCEPTED),
            "Findings that are accepted for a time, with the reason.",
        ),
    ],
};

/// The key of every object that says whence it is known.
const EVIDENCE: Key = key(
    "evidence",
    Shape::Evidence,
    "The source of what is said: of the whole object, or of each key, `all` for the others.",
);

pub(in crate::load) static SOURCE: Format = Format {
    name: "source",
    about: "Whence something is known.",
    carrier: None,
    keys: &[
        required("title", Shape::Text, "What it is called."),
        key("address", Shape::Text, "Where it can be read."),
        key("kind", Shape::Word(SourceKind::WORDS), "Who says it."),
        key("as_of", Shape::Date, "The day from which it is."),
        required(
            "confidence",
            Shape::Word(SourceConfidence::WORDS),
            "Whether it was read and says so.",
        ),
    ],
};

pub(in crate::load) static USE: Format = Format {
    name: "use",
    about: "A vendor profile that a map takes in.",
    carrier: None,
    keys: &[
        required(
            "profile",
            Shape::Text,
            "A profile that is built in, or the path of a file from the map's folder.",
        ),
        key(
            "roles",
            Shape::Bindings,
            "The entity of the map behind each role of the profile.",
        ),
        key(
            "as_delivered",
            Shape::Bool,
            "Settings that are not answered stand as the vendor delivers them; left out: they are not known.",
        ),
        key(
            "settings",
            Shape::Answers,
            "The words to which settings of the profile are set.",
        ),
        key(
            "answers",
            Shape::Bindings,
            "What the vendor answered where the head of the profile says `unknown`: ids of the map, or `none`.",
        ),
        key(
            "groups",
            Shape::ById(&GROUP),
            "The users; left out: a group for each processor of kind `client`.",
        ),
    ],
};

pub(in crate::load) static GROUP: Format = Format {
    name: "group",
    about: "Users of a product.",
    carrier: None,
    keys: &[
        required("users", Shape::Id, "The processor or storage node where they work."),
        key(
            "data",
            Shape::Bindings,
            "The assets of each data class; left out: those of the operator of `users`, by their `data_class`.",
        ),
        key(
            "settings",
            Shape::Answers,
            "Settings that these users answer otherwise than the others.",
        ),
    ],
};

pub(in crate::load) static PROFILE: Format = Format {
    name: "profile",
    about: "A product without a customer.",
    carrier: None,
    keys: &[
        key("vendor", Shape::Text, "Whose product it is."),
        key(
            "roles",
            Shape::TextsById,
            "The entities that a map binds, each with what it is.",
        ),
        key("data_classes", Shape::ById(&DATA_CLASS), "The data that a map binds."),
        key(
            "variants",
            Shape::Ids,
            "The settings that decide which service one is in.",
        ),
        key(
            "remote_access",
            Shape::Ids,
            "The flows and controls by which people look at data.",
        ),
        key(
            "management_plane",
            Shape::Ids,
            "The flows, controls and nodes by which administration reaches into the product.",
        ),
        key(
            "subprocessors",
            Shape::Ids,
            "The nodes and entities of others that work for the vendor.",
        ),
        key(
            "mechanisms_offered",
            Shape::ByIdOrNone(&OFFER),
            "The mechanisms that the vendor offers; offered is not signed.",
        ),
    ],
};

pub(in crate::load) static DATA_CLASS: Format = Format {
    name: "data_class",
    about: "A class under which a vendor speaks of data.",
    carrier: None,
    keys: &[
        key("about", Shape::Text, "What is in it."),
        key("personal", Shape::Bool, "Whether it is about identifiable persons."),
        key("categories", Shape::Categories, "What it says of persons at least."),
    ],
};

pub(in crate::load) static OFFER: Format = Format {
    name: "offer",
    about: "A mechanism that a vendor offers.",
    carrier: None,
    keys: &[
        required(
            "type",
            Shape::MechanismType,
            "The mechanism in a rule pack: `regime/rule`.",
        ),
        key("with", Shape::Id, "The vendor's party to it."),
        key("about", Shape::Text, "Its version, scope and conditions."),
        EVIDENCE,
    ],
};

pub(in crate::load) static ENTITY: Format = Format {
    name: "entity",
    about: "A legal person.",
    carrier: Some(Carrier::Entity),
    keys: &[
        key("name", Shape::Text, "Its name."),
        key("kind", Shape::Word(EntityKind::WORDS), "What it is."),
        key("established_in", Shape::Places, "Every place where it is established."),
        key(
            "decides_from",
            Shape::Places,
            "Its principal place of business, whence it decides.",
        ),
        key("branch_of", Shape::IdOrNone, "The legal person it is a part of."),
        key("parent", Shape::IdOrObject(&PARENT), "Its parent company."),
        key("role", Shape::Word(EntityRole::WORDS), "What it is to a product."),
        EVIDENCE,
    ],
};

pub(in crate::load) static PARENT: Format = Format {
    name: "parent",
    about: "A parent company with its share.",
    carrier: None,
    keys: &[
        required("entity", Shape::Id, "The parent company."),
        key("share", Shape::Percent, "Its share in per cent."),
        key("since", Shape::Date, "Since when it holds the share."),
    ],
};

pub(in crate::load) static ASSET: Format = Format {
    name: "asset",
    about: "A set of data.",
    carrier: Some(Carrier::Data),
    keys: &[
        key("name", Shape::Text, "Its name."),
        key("personal", Shape::Bool, "Whether it is about identifiable persons."),
        key(
            "state",
            Shape::Word(DataState::WORDS),
            "Its state before any flow changes it.",
        ),
        key("encrypted_by", Shape::IdOrNone, "The entity that encrypted it."),
        key("categories", Shape::Categories, "What it says of the persons."),
        key("subjects", Shape::ListOrNone(&SUBJECTS), "The persons, in groups."),
        key("collected_in", Shape::Places, "Where it was collected."),
        key(
            "collected_from",
            Shape::Word(CollectedFrom::WORDS),
            "From whom it was collected.",
        ),
        key(
            "controller",
            Shape::IdOrNone,
            "The entity that decides purposes and means.",
        ),
        key(
            "controllers",
            Shape::Ids,
            "The entities that decide purposes and means jointly.",
        ),
        key("purposes", Shape::Texts, "What it was collected for."),
        key(
            "legal_basis",
            Shape::Word(LegalBasis::WORDS),
            "Why the processing is lawful.",
        ),
        key("data_class", Shape::Text, "The class under which vendors speak of it."),
        EVIDENCE,
    ],
};

pub(in crate::load) static SUBJECTS: Format = Format {
    name: "subjects",
    about: "People in a data asset, as one group.",
    carrier: None,
    keys: &[
        required(
            "group",
            Shape::Text,
            "The name of the group; the same name in two assets is the same people.",
        ),
        key("located_in", Shape::Places, "Where they are."),
        key("count", Shape::Count, "How many they are."),
        key("relation", Shape::Word(RELATIONS), "What they are to the controller."),
        key(
            "minors",
            Shape::Bool,
            "Whether there are people under the age of majority among them.",
        ),
        key("overlaps", Shape::Texts, "Groups that share people with this one."),
    ],
};

pub(in crate::load) static NODE: Format = Format {
    name: "node",
    about: "Something that handles or holds data.",
    carrier: None,
    keys: &[
        key("name", Shape::Text, "Its name."),
        key("kind", Shape::Word(NodeKind::WORDS), "What it is."),
        key(
            "operator",
            Shape::IdBySetting(&OPERATOR),
            "The entity that runs it; it may hang on a setting.",
        ),
        key(
            "acts_for",
            Shape::IdOrNone,
            "The entity for which the operator runs it; `none`: for itself.",
        ),
        key(
            "located_in",
            Shape::Location,
            "Where it is; left out: where its addresses are.",
        ),
        key(
            "addresses",
            Shape::Addresses(&ADDRESS),
            "Where it is reached: addresses, networks, names of hosts. They tie traffic to it.",
        ),
        key(
            "keys_held_by",
            Shape::IdOrNone,
            "The entity that can decrypt what it holds.",
        ),
        key("holds", Shape::Ids, "The assets that rest there, as its operator says."),
        key(
            "commitment",
            Shape::Word(Commitment::WORDS),
            "What is promised about the place.",
        ),
        EVIDENCE,
    ],
};

pub(in crate::load) static ADDRESS: Format = Format {
    name: "address",
    about: "Where something is reached, on one port.",
    carrier: None,
    keys: &[
        required(
            "at",
            Shape::Reach,
            "An address, a network, or the name of a host; `*.` before a name: every host under it.",
        ),
        key("port", Shape::Port, "The port, if it is reached on this one only."),
    ],
};

pub(in crate::load) static NETWORK: Format = Format {
    name: "network",
    about: "Addresses of which it is known where they are.",
    carrier: None,
    keys: &[
        required("ranges", Shape::Networks, "The addresses and networks."),
        key("located_in", Shape::PlaceItem, "Where they are."),
        key("operator", Shape::Id, "The entity that runs them."),
        EVIDENCE,
    ],
};

pub(in crate::load) static OPERATOR: Format = Format {
    name: "operator",
    about: "Who runs something, by the word of a setting.",
    carrier: None,
    keys: &[
        required("setting", Shape::Id, "The setting on which it hangs."),
        required("values", Shape::IdByWord, "The entity for each word of the setting."),
    ],
};

pub(in crate::load) static LOCATION: Format = Format {
    name: "location",
    about: "A place that is not plainly one.",
    carrier: None,
    keys: &[
        key(
            "one_of",
            Shape::Candidates,
            "It is one of these; which one is not known.",
        ),
        key("all_of", Shape::PlaceItems, "It is in all of these at once."),
        key("cloud", Shape::CloudRegion, "The region of a cloud: `provider/region`."),
        key(
            "address",
            Shape::Networks,
            "It is where these addresses and networks are.",
        ),
        key(
            "rely_on",
            Shape::Word(&[RELY_ON_DATABASE]),
            "A database of addresses is proof enough; left out: it is evidence only.",
        ),
        key("setting", Shape::Id, "The setting on which the place hangs."),
        key(
            "values",
            Shape::LocationByWord,
            "The place for each word of the setting.",
        ),
    ],
};

pub(in crate::load) static CONTROL: Format = Format {
    name: "control",
    about: "An edge by which an entity reaches a node or another entity.",
    carrier: None,
    keys: &[
        key("id", Shape::Id, "Its id, by which it can be amended."),
        required("by", Shape::Id, "The entity that reaches."),
        required(
            "over",
            Shape::Id,
            "The processor, storage node or entity that is reached.",
        ),
        required("kind", Shape::Word(ControlKind::WORDS), "How it is reached."),
        key(
            "access",
            Shape::Word(Access::WORDS),
            "Whether the data can be read that way.",
        ),
        key(
            "access_from",
            Shape::Location,
            "Where the people sit who use it; unknown: where `by` is established.",
        ),
        key("share", Shape::Percent, "The share in per cent."),
        key("since", Shape::Date, "Since when."),
        EVIDENCE,
    ],
};

pub(in crate::load) static FLOW: Format = Format {
    name: "flow",
    about: "An edge on which data move or are made available.",
    carrier: Some(Carrier::Flow),
    keys: &[
        required(
            "from",
            Shape::Id,
            "The processor or storage node where it starts, or the asset whose persons give their data.",
        ),
        required(
            "to",
            Shape::Id,
            "The processor or storage node where it ends, or the asset whose persons get their data.",
        ),
        key(
            "carries",
            Shape::Ids,
            "The assets it carries; left out: whatever reaches its source.",
        ),
        key(
            "passes_on",
            Shape::Ids,
            "Of what reaches its source, only these; in place of `carries`.",
        ),
        key("kind", Shape::Word(FlowKind::WORDS), "How the data move."),
        key("trigger", Shape::Word(Trigger::WORDS), "What sets it off."),
        key("when", Shape::When, "The settings under which it exists, all of them."),
        key(
            "purpose",
            Shape::Word(Purpose::WORDS),
            "Its purpose against that of collection.",
        ),
        key(
            "arranged_by",
            Shape::IdOrNone,
            "The entity that decided that the data land there, by embedding or contracting.",
        ),
        key(
            "access",
            Shape::Word(Access::WORDS),
            "Whether the receiving side can read the data.",
        ),
        key(
            "transit_only",
            Shape::Bool,
            "Packets only pass, and nobody there is a party.",
        ),
        key("initiated_by", Shape::Word(InitiatedBy::WORDS), "Who sets it off."),
        key("occasional", Shape::Bool, "It is outside regular action."),
        key(
            "protection",
            Shape::Word(Protection::WORDS),
            "How the data are protected from the receiving side and its state.",
        ),
        key(
            "transforms",
            Shape::ObjectOrNone(&TRANSFORMS),
            "What it does to the data on their way.",
        ),
        key("per_day", Shape::Count, "How often a day it runs."),
        key(
            "existence",
            Shape::Word(Existence::WORDS),
            "Whether it takes place; left out: it does.",
        ),
        EVIDENCE,
    ],
};

pub(in crate::load) static TRANSFORMS: Format = Format {
    name: "transforms",
    about: "What a flow does to the data on their way.",
    carrier: None,
    keys: &[
        key("state", Shape::Word(DataState::WORDS), "The state it leaves them in."),
        key("drops", Shape::Categories, "The categories it drops."),
        key("mixes_in", Shape::Ids, "The assets it mixes in."),
    ],
};

pub(in crate::load) static MECHANISM: Format = Format {
    name: "mechanism",
    about: "What is held to legalise transfers.",
    carrier: Some(Carrier::Mechanism),
    keys: &[
        required(
            "type",
            Shape::MechanismType,
            "The mechanism in a rule pack: `regime/rule`.",
        ),
        key("between", Shape::Ids, "The parties to it."),
        key(
            "covers",
            Shape::Object(&COVERS),
            "What it is for; left out: everything between its parties.",
        ),
        key("signed", Shape::DateOrNone, "When both parties signed."),
        key("effective", Shape::DateOrNone, "When it took effect."),
        key("valid_from", Shape::DateOrNone, "First day of validity."),
        key("valid_until", Shape::DateOrNone, "Last day of validity."),
    ],
};

pub(in crate::load) static COVERS: Format = Format {
    name: "covers",
    about: "What a mechanism is for.",
    carrier: None,
    keys: &[
        key("assets", Shape::Ids, "Assets."),
        key("flows", Shape::Ids, "Flows."),
        key(
            "data_classes",
            Shape::Texts,
            "Classes under which vendors speak of data.",
        ),
    ],
};

pub(in crate::load) static SETTING: Format = Format {
    name: "setting",
    about: "A switch of a product.",
    carrier: None,
    keys: &[
        required("values", Shape::SettingWords, "The words it can be set to."),
        key("value", Shape::SettingWord, "The word it is set to."),
        key(
            "default",
            Shape::SettingWord,
            "The word it has unless somebody changes it.",
        ),
        key("changeable", Shape::Word(Changeable::WORDS), "When it can be changed."),
        key("about", Shape::Text, "What it decides."),
        key("set_by", Shape::Text, "Who can set it."),
        key("needs", Shape::Text, "The plan or edition it needs."),
        key("residue", Shape::Text, "What stays as it was when it is changed."),
        EVIDENCE,
    ],
};

pub(in crate::load) static ACCEPTANCE: Format = Format {
    name: "acceptance",
    about: "What every acceptance of a risk needs.",
    carrier: None,
    keys: &[key(
        "needs",
        Shape::Texts,
        "The roles that have to approve; left out: anybody may, and somebody has to.",
    )],
};

pub(in crate::load) static ACCEPTED: Format = Format {
    name: "accepted",
    about: "A finding that is accepted for a time.",
    carrier: None,
    keys: &[
        required("finding", Shape::Text, "The id of the finding, as reported."),
        required("reason", Shape::Text, "Why it can be accepted."),
        key("approved", Shape::ListOrNone(&APPROVAL), "Who approved."),
        required("until", Shape::Date, "The last day on which it is accepted."),
        key(
            "worst",
            Shape::Word(Outcome::WORDS),
            "The worst outcome that is accepted, of a finding that is undetermined.",
        ),
    ],
};

pub(in crate::load) static APPROVAL: Format = Format {
    name: "approval",
    about: "Somebody's approval.",
    carrier: None,
    keys: &[
        required("role", Shape::Text, "The role in which it is given."),
        required("by", Shape::Text, "The person who gave it."),
        required("on", Shape::Date, "The day on which it was given."),
    ],
};
