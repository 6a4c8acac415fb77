//! Databases in the MaxMind format: what somebody believes of where an address is. Evidence, never proof.

mod record;

use std::path::Path;

use maxminddb::Reader;

use crate::date::Date;
use crate::locate::geoip::record::Record;
use crate::locate::network::Network;
use crate::locate::testimony::{Basis, Testimony, file_name, printable};
use crate::place::Gazetteer;

/// A database of addresses with their countries, their autonomous systems, or both.
#[derive(Debug)]
pub struct Database {
    name: String,
    reader: Reader<Vec<u8>>,
}

/// The file cannot be read, is no database in the MaxMind format, or is damaged.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadDatabase(String);

impl Database {
    /// Opens a database file.
    ///
    /// # Errors
    /// If the file cannot be read or is no such database.
    pub fn open(path: &Path) -> Result<Self, BadDatabase> {
        let bytes = std::fs::read(path).map_err(|error| BadDatabase(format!("cannot be read: {error}")))?;
        Self::from_bytes(&path.to_string_lossy(), bytes)
    }

    /// Takes the bytes of a database file.
    ///
    /// # Errors
    /// If they are no such database.
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Result<Self, BadDatabase> {
        let reader = Reader::from_source(bytes).map_err(|error| {
            BadDatabase(format!(
                "not a database of addresses: {}",
                printable(&error.to_string())
            ))
        })?;
        Ok(Self {
            name: file_name(name),
            reader,
        })
    }

    /// The name of the file, without its folder, and what kind of database it says it is.
    #[must_use]
    pub fn source(&self) -> String {
        format!("{} ({})", self.name, printable(&self.reader.metadata().database_type))
    }

    /// The day on which it was built.
    #[must_use]
    pub fn built(&self) -> Option<Date> {
        Date::of_unix_seconds(self.reader.metadata().build_epoch)
    }

    /// What the database says of an address or of a whole network; `None` where it has nothing. A record that cannot be
    /// read gives no place, and says why.
    #[must_use]
    pub fn testify(&self, network: &Network, places: &Gazetteer) -> Option<Testimony> {
        let testimony = |network, place, about| Testimony {
            network,
            place,
            basis: Basis::Database,
            source: self.source(),
            as_of: self.built(),
            about,
        };
        let unreadable = |error: &dyn std::fmt::Display| {
            let about = format!("the record cannot be read: {}", printable(&error.to_string()));
            Some(testimony(*network, None, Some(about)))
        };
        let address = network.address();
        if address.is_ipv6() && self.reader.metadata().ip_version == 4 {
            return None;
        }
        let found = match self.reader.lookup(address) {
            Ok(found) => found,
            Err(error) => return unreadable(&error),
        };
        let around = match found.network() {
            // An IPv6 database without IPv4 addresses has one record, or none, for all of them.
            Ok(outer) if outer.is_ipv6() && address.is_ipv4() => Network::around(address, 0),
            Ok(outer) => Network::around(outer.ip(), outer.prefix()),
            Err(error) => return unreadable(&error),
        };
        let around = around.filter(|outer| outer.covers(network));
        let Some(around) = around else {
            return Some(testimony(*network, None, Some("it spans several records".to_owned())));
        };
        match found.decode::<Record>() {
            Ok(None) => None,
            Ok(Some(record)) => {
                let (place, about) = record.read(places);
                Some(testimony(around, place, about))
            }
            Err(error) => unreadable(&error),
        }
    }
}

#[cfg(test)]
#[path = "../../tests/it/mmdb.rs"]
mod mmdb;

#[cfg(test)]
mod tests;
