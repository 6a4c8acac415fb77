//! Tests of the public interface, in one binary.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests are tests"
)]

mod load_traps;
#[cfg(feature = "packs")]
mod readme;
