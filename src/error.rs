//! What stopped the tool: an unreadable file, or input with errors in it.

use std::path::PathBuf;

use crate::date::Date;
use crate::diagnostic::Diagnostics;

/// Why a call could not be carried out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file could not be written.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Nobody says as of which day the law is to be read.
    #[error("as of which day is the law to be read? The map has no `as_of` and none was given")]
    NoDay,
    /// A layer that is to be taken as commenced does not exist.
    #[error("there is no layer `{layer}`\n    layers: {}", known.join(", "))]
    NoLayer {
        /// What was asked for, `<regime>/<layer>`.
        layer: String,
        /// The layers there are.
        known: Vec<String>,
    },
    /// A layer that is to be taken as commenced is in force already.
    #[error("the layer `{layer}` is in force already")]
    LayerInForce {
        /// The layer, `<regime>/<layer>`.
        layer: String,
    },
    /// Two days that should be the other way round.
    #[error("the first day, {from}, lies after the last one, {to}")]
    DaysReversed {
        /// The day given as the earlier one.
        from: Date,
        /// The day given as the later one.
        to: Date,
    },
    /// A topic that no vocabulary declares.
    #[error("there is no topic `{topic}`\n    {help}")]
    UnknownTopic {
        /// The word given.
        topic: String,
        /// The near match, or the topics there are.
        help: String,
    },
    /// The last day of a forecast is not after the day of judgement.
    #[error("the last day of the forecast, {until}, is not after the day as of which the law is read, {as_of}")]
    NothingAhead {
        /// As of which day the law is read.
        as_of: Date,
        /// The last day asked for.
        until: Date,
    },
    /// A finding is asked about that there is not.
    #[error("there is no finding `{finding}`\n    {help}")]
    NoFinding {
        /// The id given.
        finding: String,
        /// The near match, or where the ids stand.
        help: String,
    },
    /// The input has errors; all of them.
    #[error("{0}")]
    Input(Diagnostics),
}

impl From<Diagnostics> for Error {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::Input(diagnostics)
    }
}
