//! From a map and the law to an assessment: verdicts, exposures, findings, questions.

pub mod acceptance;
pub mod answers;
pub mod assessment;
pub(crate) mod attribute;
pub mod baseline;
pub mod combined;
mod describe;
pub mod difference;
pub mod evidence;
pub mod explanation;
pub mod floor;
pub mod forecast;
pub(crate) mod judging;
pub mod measures;
pub mod provenance;
pub mod questions;
pub mod snapshot;
pub mod totals;
pub mod vendor;
pub mod verdict;
pub mod whereabouts;

use crate::date::Date;
use crate::error::Error;
use crate::law::Law;
use crate::law::in_force::Readings;
use crate::model::Map;

pub use assessment::Assessment;
pub use forecast::{Forecast, forecast};

/// What the caller decides.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Options {
    as_of: Option<Date>,
    readings: Readings,
}

impl Options {
    /// The day of the map, and the packs' own readings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the law as it stood on a day, whatever the map says.
    pub fn as_of(mut self, day: Date) -> Self {
        self.as_of = Some(day);
        self
    }

    /// As of which day the law is read for a map.
    ///
    /// # Errors
    /// If neither these options nor the map say.
    pub fn day(&self, map: &Map) -> Result<Date, Error> {
        self.as_of.or(map.as_of).ok_or(Error::NoDay)
    }

    /// Chooses a reading of an open point of a regime.
    pub fn reading(mut self, regime: &str, point: &str, option: &str) -> Self {
        self.readings
            .insert((regime.to_owned(), point.to_owned()), option.to_owned());
        self
    }
}

/// Judges every movement of a map under every regime of the law.
///
/// # Errors
/// If neither the options nor the map say as of which day the law is to be read.
pub fn assess(map: &Map, law: &Law, options: &Options) -> Result<Assessment, Error> {
    let as_of = options.day(map)?;
    let prepared = judging::Prepared::new(map, law, as_of, &options.readings);
    Ok(judging::assess(&prepared, law, &options.readings))
}
