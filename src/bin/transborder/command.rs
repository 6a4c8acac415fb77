//! One module a verb.

pub(crate) mod answer;
pub(crate) mod ask;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod forecast;
pub(crate) mod law;
pub(crate) mod locate;
pub(crate) mod measures;
pub(crate) mod observe;
pub(crate) mod pack;
pub(crate) mod report;
pub(crate) mod schema;
pub(crate) mod vendor;
pub(crate) mod what_if;

/// How a report is printed.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
}
