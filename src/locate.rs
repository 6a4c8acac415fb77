//! Where things are: from the names that systems have for a location to the place the law knows.

pub mod cloud;
#[cfg(feature = "geoip")]
pub mod geoip;
pub mod network;
