//! The closed vocabularies: words that a map may use for a kind, a role, a state.

/// Declares an enumeration with one word a variant.
macro_rules! words {
    ($($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every variant.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Every word, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word used in files and reports.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The variant that a word names.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = std::borrow::Cow::<str>::deserialize(deserializer)?;
                let unknown = || serde::de::Error::unknown_variant(&word, Self::WORDS);
                Self::from_word(&word).ok_or_else(unknown)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    )+};
}
pub(crate) use words;

words! {
    /// What a legal person is.
    pub enum EntityKind {
        /// A company of its own.
        Company = "company",
        /// A part of another legal person.
        Branch = "branch",
        /// An authority or public body.
        PublicAuthority = "public_authority",
        /// An organisation under public international law.
        InternationalOrganisation = "international_organisation",
        /// A human being.
        NaturalPerson = "natural_person",
    }

    /// What the data have been made of.
    pub enum DataState {
        /// Readable as it is.
        Clear = "clear",
        /// Attributable to a person only with additional information kept apart.
        Pseudonymised = "pseudonymised",
        /// No longer attributable to anybody.
        Anonymised = "anonymised",
        /// Readable only with a key.
        Encrypted = "encrypted",
    }

    /// Where data about a person came from.
    pub enum CollectedFrom {
        /// The person concerned.
        Person = "person",
        /// Somebody else.
        ThirdParty = "third_party",
        /// A public source.
        Public = "public",
    }

    /// Why the processing is lawful.
    pub enum LegalBasis {
        /// The person agreed.
        Consent = "consent",
        /// Needed for a contract with the person.
        Contract = "contract",
        /// Needed to meet a duty of law.
        LegalObligation = "legal_obligation",
        /// Needed to protect a life.
        VitalInterests = "vital_interests",
        /// Needed for a task in the public interest.
        PublicTask = "public_task",
        /// Needed for an interest that outweighs the person's.
        LegitimateInterests = "legitimate_interests",
        /// Needed to manage staff under labour rules or a collective contract.
        HrManagement = "hr_management",
        /// Made public by the person or lawfully.
        PublicInformation = "public_information",
        /// Another basis.
        Other = "other",
    }

    /// How data move or are made available.
    pub enum FlowKind {
        /// Sent from one system to another.
        Transmission = "transmission",
        /// Kept in step with another store.
        Replication = "replication",
        /// Copied for recovery.
        Backup = "backup",
        /// Reported by software about its use.
        Telemetry = "telemetry",
        /// Read from elsewhere.
        RemoteAccess = "remote_access",
        /// Handed to a third party.
        Disclosure = "disclosure",
        /// Taken from the persons concerned.
        Collection = "collection",
    }

    /// Whether the receiving side can read the data.
    pub enum Access {
        /// It reads them.
        Actual = "actual",
        /// It has been given the means to read them.
        Possible = "possible",
        /// It cannot.
        None = "none",
    }

    /// The purpose of a flow against the purpose of collection.
    pub enum Purpose {
        /// The same purpose.
        Same = "same",
        /// A directly related one.
        Related = "related",
        /// A new one.
        New = "new",
    }

    /// Who set a flow off.
    pub enum InitiatedBy {
        /// The sending party.
        Exporter = "exporter",
        /// The receiving party.
        Importer = "importer",
        /// The person concerned.
        DataSubject = "data_subject",
        /// An authority that demands the data.
        Authority = "authority",
        /// Somebody who had no right to.
        Intruder = "intruder",
    }

    /// How data are protected from the receiving side and its state.
    pub enum Protection {
        /// Readable at the destination.
        None = "none",
        /// Encrypted on the way only.
        InTransit = "in_transit",
        /// Encrypted, keys with the exporter or somebody it trusts at home.
        ExporterKeys = "exporter_keys",
        /// Encrypted, keys with the importer.
        ImporterKeys = "importer_keys",
        /// Encrypted from person to person.
        EndToEnd = "end_to_end",
        /// Split so that no part identifies anybody.
        Split = "split",
    }

    /// What sets a flow off.
    pub enum Trigger {
        /// It runs unless switched off.
        Default = "default",
        /// A setting switches it on.
        Setting = "setting",
        /// Somebody's act.
        Manual = "manual",
        /// A timetable.
        Schedule = "schedule",
        /// An event, such as a meeting that is recorded.
        Event = "event",
    }

    /// How an entity reaches a node or another entity.
    pub enum ControlKind {
        /// Holds its shares.
        Owns = "owns",
        /// Runs it.
        Operates = "operates",
        /// Manages it through a console.
        Administers = "administers",
        /// Can decrypt what it stores.
        HoldsKeys = "holds_keys",
    }

    /// When a setting can be changed.
    pub enum Changeable {
        /// Whenever the customer likes.
        AnyTime = "any_time",
        /// Only before signing up.
        BeforeSignUp = "before_sign_up",
        /// By moving what is there to another place, often with the vendor's help.
        ByMigration = "by_migration",
        /// Only by contract with the vendor.
        ByContract = "by_contract",
        /// Never.
        Never = "never",
    }

    /// Whether a flow that is drawn takes place. A flow of which nothing is said does.
    pub enum Existence {
        /// It does.
        Shown = "shown",
        /// Nobody has shown it, and nobody has excluded it.
        Possible = "possible",
        /// It does not.
        None = "none",
    }

    /// What an operator promises about the place where data rest.
    pub enum Commitment {
        /// A contract names the place.
        Contract = "contract",
        /// The operator says so, and may say otherwise tomorrow.
        Policy = "policy",
        /// Nothing.
        None = "none",
    }

    /// What an entity is to a product.
    pub enum EntityRole {
        /// The customer's counterpart in the contract.
        Contracting = "contracting",
        /// It runs the service.
        Operator = "operator",
        /// It owns those that do.
        Parent = "parent",
        /// It belongs to the same group and helps.
        Affiliate = "affiliate",
        /// It processes for the vendor.
        Subprocessor = "subprocessor",
        /// It offers what customers add to the product.
        Publisher = "publisher",
        /// It stands in for a vendor established elsewhere.
        Representative = "representative",
    }

    /// Who says what a source says.
    pub enum SourceKind {
        /// The vendor itself.
        Vendor = "vendor",
        /// Somebody who sells it.
        Reseller = "reseller",
        /// A newspaper or magazine.
        Press = "press",
        /// Somebody else.
        ThirdParty = "third_party",
        /// Nobody's page was read.
        None = "none",
    }

    /// How sure a source is.
    pub enum SourceConfidence {
        /// It was read and says so.
        Verified = "verified",
        /// Nobody has looked: to be checked before anybody relies on it.
        Memory = "memory",
    }

    /// The kinds of systems, services and teams that handle data.
    pub enum NodeKind {
        /// A program on a person's device.
        Client = "client",
        /// A service reached over a network.
        Service = "service",
        /// A part of a service that can be switched on.
        Module = "module",
        /// A third party's addition to a service.
        Plugin = "plugin",
        /// A group of people who read or enter data.
        Team = "team",
        /// A management plane.
        Console = "console",
        /// A place where data rest.
        Storage = "storage",
    }

    /// The role of a party towards one asset.
    pub enum Role {
        /// Decides purposes and means.
        Controller = "controller",
        /// Decides them together with others.
        JointController = "joint_controller",
        /// Acts for a controller.
        Processor = "processor",
        /// Acts for a processor.
        Subprocessor = "subprocessor",
        /// Is the person concerned.
        DataSubject = "data_subject",
    }

    /// Who decided that collected data land where they do.
    pub enum ArrangedBy {
        /// The collecting party itself.
        Importer = "importer",
        /// Somebody else, who embedded or contracted it.
        Other = "other",
        /// Nobody.
        Nobody = "nobody",
    }

    /// Who can decrypt what the destination stores.
    pub enum KeysHeldBy {
        /// The exporter.
        Exporter = "exporter",
        /// The importer.
        Importer = "importer",
        /// Somebody else.
        Other = "other",
    }
}
