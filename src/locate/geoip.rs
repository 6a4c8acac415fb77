//! Databases in the MaxMind format: what somebody believes of where an address is. Evidence, never proof.

use std::net::IpAddr;
use std::path::Path;

use maxminddb::Reader;

use crate::place::{Gazetteer, Place};

/// A database of addresses and countries.
#[derive(Debug)]
pub struct Database {
    reader: Reader<Vec<u8>>,
}

/// The file is no database in the MaxMind format, or is damaged.
#[derive(Debug, thiserror::Error)]
#[error("not a database of addresses: {0}")]
pub struct BadDatabase(String);

/// The two shapes in which such databases write a country.
#[derive(serde::Deserialize)]
struct Record {
    country: Option<Country>,
    country_code: Option<String>,
}

#[derive(serde::Deserialize)]
struct Country {
    iso_code: Option<String>,
}

impl Database {
    /// Opens a database file.
    ///
    /// # Errors
    /// If the file cannot be read or is no such database.
    pub fn open(path: &Path) -> Result<Self, BadDatabase> {
        let reader = Reader::open_readfile(path).map_err(|error| BadDatabase(error.to_string()))?;
        Ok(Self { reader })
    }

    /// Takes the bytes of a database file.
    ///
    /// # Errors
    /// If they are no such database.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, BadDatabase> {
        let reader = Reader::from_source(bytes).map_err(|error| BadDatabase(error.to_string()))?;
        Ok(Self { reader })
    }

    /// What kind of database it is, and the second since 1970 at which it was built.
    #[must_use]
    pub fn description(&self) -> (&str, u64) {
        let metadata = self.reader.metadata();
        (&metadata.database_type, metadata.build_epoch)
    }

    /// The country of an address; `None` where the database does not have it.
    ///
    /// # Errors
    /// If the database is damaged.
    pub fn country(&self, address: IpAddr, places: &Gazetteer) -> Result<Option<Place>, BadDatabase> {
        let damaged = |error: maxminddb::MaxMindDbError| BadDatabase(error.to_string());
        let found = self.reader.lookup(address.to_canonical()).map_err(damaged)?;
        let record: Option<Record> = found.decode().map_err(damaged)?;
        let code = record.and_then(|record| record.country.and_then(|c| c.iso_code).or(record.country_code));
        Ok(code.and_then(|code| places.find(&code)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_database_is_refused() {
        for bytes in [
            Vec::new(),
            b"PK\x03\x04".to_vec(),
            vec![0xAB; 4096],
            b"\xAB\xCD\xEFMaxMind.com".to_vec(),
        ] {
            assert!(Database::from_bytes(bytes).is_err());
        }
        assert!(Database::open(Path::new("no/such/file.mmdb")).is_err());
    }
}
