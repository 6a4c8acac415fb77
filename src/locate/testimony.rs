//! What somebody says of where an address is, and what follows from all of it.

use std::collections::BTreeSet;

use serde::Serialize as _;

use crate::date::Date;
use crate::locate::network::Network;
use crate::place::Place;
use crate::word::words;

words! {
    /// On what it rests where an address is said to be, the strongest first.
    pub enum Basis {
        /// The map says where the network is.
        DeclaredNetwork = "declared_network",
        /// The provider of the network publishes where it is.
        ProviderRange = "provider_range",
        /// A database believes it. Evidence, never proof.
        Database = "database",
    }
}

/// What one source says of an address or a network.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize)]
pub struct Testimony {
    /// The network of which it is said: the smallest one that the source has around what was asked.
    pub network: Network,
    /// Where it is; `None` where the source has the network but no one place for it.
    #[serde(serialize_with = "code")]
    pub place: Option<Place>,
    /// What kind of source it is.
    pub basis: Basis,
    /// Which source: `networks.hk-office`, `ip-ranges.json`.
    pub source: String,
    /// The day from which the source is.
    pub as_of: Option<Date>,
    /// What else it says: the cloud region, the operator, the autonomous system.
    pub about: Option<String>,
}

/// What is known of where an address or a network is.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize)]
pub struct Located {
    /// What was asked.
    pub network: Network,
    /// Why its number says nothing about where it is, if so: it is private, or many machines in many places have it.
    /// Then only a declared network gives it a place.
    pub nowhere: Option<&'static str>,
    /// What the sources say, the strongest first.
    pub testimonies: Vec<Testimony>,
}

impl Located {
    /// The place that a source other than a database gives; `None` where there is none, or two of the same strength differ.
    ///
    /// A network that is declared without a place leaves it to its provider to say where it is.
    #[must_use]
    pub fn place(&self) -> Option<(Place, Basis)> {
        let of = |basis| self.testimonies.iter().filter(move |said| said.basis == basis);
        let is_declared = of(Basis::DeclaredNetwork).any(|said| said.place.is_some());
        let basis = if is_declared {
            Basis::DeclaredNetwork
        } else {
            Basis::ProviderRange
        };
        if basis == Basis::ProviderRange && self.nowhere.is_some() || of(basis).any(|said| said.place.is_none()) {
            return None;
        }
        let places: BTreeSet<Place> = of(basis).filter_map(|said| said.place).collect();
        places
            .first()
            .filter(|_| places.len() == 1)
            .map(|place| (*place, basis))
    }

    /// The places that databases give: one if they agree.
    #[must_use]
    pub fn believed(&self) -> BTreeSet<Place> {
        let by_database = self.testimonies.iter().filter(|said| said.basis == Basis::Database);
        by_database.filter_map(|said| said.place).collect()
    }

    /// Whether sources give places that cannot both be true: many know countries only, and a city lies in one.
    #[must_use]
    pub fn disagree(&self) -> bool {
        let mut countries = self
            .testimonies
            .iter()
            .filter_map(|said| said.place)
            .map(Place::country);
        let first = countries.next();
        countries.any(|country| Some(country) != first)
    }
}

fn code<S: serde::Serializer>(place: &Option<Place>, serializer: S) -> Result<S::Ok, S::Error> {
    place.as_ref().map(Place::as_str).serialize(serializer)
}

/// The name of a file without its folder.
pub(super) fn file_name(path: &str) -> String {
    printable(path.rsplit(['/', '\\']).next().unwrap_or(path))
}

/// A text from somebody else's file, short and without what would move a terminal's cursor.
pub(super) fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Gazetteer;

    fn located(nowhere: Option<&'static str>, said: &[(Basis, Option<&str>)]) -> Located {
        let network = "198.18.0.1".parse().unwrap();
        let places = Gazetteer::countries();
        let testimony = |(basis, place): &(Basis, Option<&str>)| Testimony {
            network,
            place: place.map(|code| places.find(code).unwrap()),
            basis: *basis,
            source: "source".to_owned(),
            as_of: None,
            about: None,
        };
        Located {
            network,
            nowhere,
            testimonies: said.iter().map(testimony).collect(),
        }
    }

    fn place(located: &Located) -> Option<String> {
        located.place().map(|(place, _)| place.to_string())
    }

    #[test]
    fn the_strongest_basis_decides_if_it_speaks_with_one_voice() {
        use Basis::{Database, DeclaredNetwork, ProviderRange};
        let (hk, us) = (Some("HK"), Some("US"));
        for (said, expected) in [
            (&[][..], None),
            (&[(DeclaredNetwork, hk)], hk),
            (&[(DeclaredNetwork, hk), (ProviderRange, us), (Database, us)], hk),
            (&[(DeclaredNetwork, hk), (DeclaredNetwork, us)], None),
            (&[(DeclaredNetwork, hk), (DeclaredNetwork, hk)], hk),
            (&[(DeclaredNetwork, hk), (DeclaredNetwork, None)], None),
            (&[(DeclaredNetwork, None), (ProviderRange, us)], us),
            (&[(DeclaredNetwork, None), (Database, us)], None),
            (&[(ProviderRange, us), (Database, hk)], us),
            (&[(ProviderRange, us), (ProviderRange, None)], None),
            (&[(Database, hk), (Database, hk)], None),
        ] {
            assert_eq!(place(&located(None, said)).as_deref(), expected, "{said:?}");
        }
    }

    #[test]
    fn what_is_nowhere_by_its_number_is_where_somebody_who_knows_says() {
        let anycast = Some("announced from many places");
        assert_eq!(
            place(&located(anycast, &[(Basis::DeclaredNetwork, Some("HK"))])).as_deref(),
            Some("HK")
        );
        assert_eq!(place(&located(anycast, &[(Basis::ProviderRange, Some("HK"))])), None);
    }

    #[test]
    fn databases_are_believed_but_settle_nothing() {
        let databases = located(
            None,
            &[
                (Basis::Database, Some("HK")),
                (Basis::Database, Some("CN")),
                (Basis::Database, None),
            ],
        );
        let believed: Vec<String> = databases.believed().iter().map(ToString::to_string).collect();
        assert_eq!(believed, ["CN", "HK"]);
        assert_eq!(databases.place(), None);
    }

    #[test]
    fn the_names_of_others_stay_on_their_line() {
        assert_eq!(printable("a\u{1b}[2Jb\nc"), "a[2Jbc");
        assert_eq!(printable(&"x".repeat(5000)).len(), 200);
        assert_eq!(file_name("C:\\data\\ip-ranges.json"), "ip-ranges.json");
        assert_eq!(file_name("/srv/geo.mmdb"), "geo.mmdb");
    }
}
