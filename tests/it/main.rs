//! Tests of the public interface, in one binary.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests are tests"
)]

#[cfg(feature = "packs")]
mod acceptance;
#[cfg(feature = "packs")]
mod answers;
#[cfg(feature = "packs")]
mod cases;
#[cfg(feature = "cli")]
mod command_line;
#[cfg(feature = "packs")]
mod dice;
#[cfg(feature = "packs")]
mod difference;
#[cfg(feature = "packs")]
mod fifth_regime;
#[cfg(feature = "packs")]
mod forecast;
#[cfg(feature = "packs")]
mod harbour;
#[cfg(feature = "packs")]
mod history;
#[cfg(feature = "packs")]
mod hostile;
#[cfg(feature = "packs")]
mod law_changes;
#[cfg(feature = "packs")]
mod law_compare;
#[cfg(feature = "packs")]
mod law_state;
mod layers;
mod load_traps;
#[cfg(feature = "cli")]
mod locate;
#[cfg(feature = "packs")]
mod measures;
#[cfg(feature = "packs")]
mod memo;
#[cfg(feature = "packs")]
mod mixing;
#[cfg(feature = "cli")]
mod mmdb;
#[cfg(all(feature = "packs", feature = "observe"))]
mod observe;
#[cfg(feature = "cli")]
mod observe_cli;
#[cfg(feature = "observe")]
mod observe_logs;
#[cfg(feature = "packs")]
mod properties;
#[cfg(feature = "packs")]
mod questions;
#[cfg(feature = "packs")]
mod random_maps;
#[cfg(feature = "packs")]
mod readme;
#[cfg(feature = "geoip")]
mod real;
#[cfg(feature = "packs")]
mod removal;
#[cfg(feature = "packs")]
mod schema;
#[cfg(feature = "packs")]
mod totals;
#[cfg(feature = "cli")]
mod vendor_review;
#[cfg(feature = "packs")]
mod vendors;
#[cfg(feature = "packs")]
mod whereabouts;
mod world;
