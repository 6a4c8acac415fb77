//! What several commands read: the map, the law, the options.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use transborder::assess::Options;
use transborder::date::Date;
use transborder::error::Error;
use transborder::law::Law;
use transborder::load::{Document, Profiles, Source};
use transborder::locate::geoip::Database;
use transborder::locate::locator::Locator;
use transborder::locate::ranges::Ranges;
use transborder::model::Map;

use crate::Failure;

/// Which law is applied.
#[derive(Args)]
pub(crate) struct LawInput {
    /// Apply only this regime; may be given several times
    #[arg(long = "regime", value_name = "ID")]
    regimes: Vec<String>,
    /// Take rule packs from this folder too; a pack of the same id replaces the built-in one
    #[arg(long = "packs", value_name = "DIR")]
    packs: Vec<PathBuf>,
    /// Judge as if a layer that is not commenced were in force, from a day on if one is given
    #[arg(long = "commence", value_name = "REGIME/LAYER[=DAY]")]
    commence: Vec<String>,
}

impl LawInput {
    /// The law of the regimes to apply, with the layers that are taken as commenced; a map may state facts of any regime.
    pub(crate) fn read(&self) -> Result<Law, Failure> {
        let mut law = read_law(&self.regimes, &self.packs)?;
        for text in &self.commence {
            let (name, from) = match text.split_once('=') {
                Some((name, day)) => {
                    let day = day
                        .parse::<Date>()
                        .map_err(|error| format!("error: `{day}`: {error}"))?;
                    (name, Some(day))
                }
                None => (text.as_str(), None),
            };
            let Some((regime, layer)) = name.split_once('/') else {
                return Err(format!("error: expected REGIME/LAYER[=DAY], found `{text}`").into());
            };
            law = law
                .commence(regime, layer, from)
                .map_err(|error| format!("error: {error}"))?;
        }
        Ok(law)
    }
}

/// The law of the built-in packs and those of some folders, with only these regimes if any are named.
pub(crate) fn read_law(regimes: &[String], packs: &[PathBuf]) -> Result<Law, Failure> {
    let law = Law::with_folders(packs)?;
    for regime in regimes {
        if law.pack(regime).is_none() {
            let known: Vec<&str> = law.packs().iter().map(|pack| pack.id.as_str()).collect();
            return Err(format!("error: there is no regime `{regime}`\n    known: {}", known.join(", ")).into());
        }
    }
    if regimes.is_empty() {
        return Ok(law);
    }
    let only: BTreeSet<String> = regimes.iter().cloned().collect();
    Ok(law.only(&only))
}

/// How the law is read.
#[derive(Args)]
pub(crate) struct ReadingInput {
    /// Read the law as it stood on this day, whatever the map says
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<Date>,
    #[command(flatten)]
    readings: Readings,
}

impl ReadingInput {
    pub(crate) fn options(&self, law: &Law) -> Result<Options, Failure> {
        self.readings.options(law, self.as_of)
    }
}

/// How open points are read.
#[derive(Args)]
pub(crate) struct Readings {
    /// Choose a reading of an open point; may be given several times
    #[arg(long = "reading", value_name = "REGIME/POINT=READING")]
    readings: Vec<String>,
}

impl Readings {
    /// The options with these readings, for a day if one is given.
    pub(crate) fn options(&self, law: &Law, as_of: Option<Date>) -> Result<Options, Failure> {
        let mut options = Options::new();
        if let Some(day) = as_of {
            options = options.as_of(day);
        }
        for text in &self.readings {
            let parts = text
                .split_once('=')
                .and_then(|(left, option)| Some((left.split_once('/')?, option)));
            let Some(((regime, point), option)) = parts else {
                return Err(format!("error: expected REGIME/POINT=READING, found `{text}`").into());
            };
            let reading = law.pack(regime).and_then(|pack| pack.readings.get(point));
            let Some(reading) = reading else {
                return Err(format!("error: `{regime}` has no open point `{point}`").into());
            };
            if !reading.options.contains_key(option) {
                let known: Vec<&str> = reading.options.keys().map(String::as_str).collect();
                return Err(format!(
                    "error: the readings of `{point}` are {}, found `{option}`",
                    known.join(", ")
                )
                .into());
            }
            options = options.reading(regime, point, option);
        }
        Ok(options)
    }
}

/// Which files say where addresses are.
#[derive(Args)]
pub(crate) struct LocateInput {
    /// Read the address ranges that a cloud provider publishes; may be given several times
    #[arg(long, value_name = "FILE")]
    ranges: Vec<PathBuf>,
    /// Ask a database of addresses in the MaxMind format; may be given several times
    #[arg(long, value_name = "FILE")]
    geoip: Vec<PathBuf>,
}

impl LocateInput {
    /// A locator that asks these files; what is wrong with any of them is said at once.
    pub(crate) fn locator(&self) -> Result<Locator, Failure> {
        let mut locator = Locator::new();
        let mut problems = Vec::new();
        for path in &self.ranges {
            match read_ranges(path) {
                Ok(ranges) => locator.add_ranges(ranges),
                Err(error) => problems.push(error.to_string()),
            }
        }
        for path in &self.geoip {
            match Database::open(path) {
                Ok(database) => locator.add_database(database),
                Err(error) => problems.push(format!("error: `{}`: {error}", path.display())),
            }
        }
        if problems.is_empty() {
            Ok(locator)
        } else {
            Err(problems.join("\n").into())
        }
    }
}

fn read_ranges(path: &Path) -> Result<Ranges, Error> {
    let bytes = std::fs::read(path).map_err(|source| unreadable(path, source))?;
    Ok(Ranges::read(&path.to_string_lossy(), &bytes)?)
}

/// Reads a map from a file, or from standard input where the path is `-`; prints its warnings.
pub(crate) fn read_map(path: &Path, sources: &LocateInput, law: &Law) -> Result<(Document, Map), Failure> {
    let document = read_document(path, sources)?;
    let map = checked(&document, law)?;
    Ok((document, map))
}

/// Reads a map as written. The profiles it names as files are taken from its folder.
pub(crate) fn read_document(path: &Path, sources: &LocateInput) -> Result<Document, Failure> {
    read_document_with(path, sources, Profiles::built_in())
}

/// Reads a map as written, which may name these profiles, or files from its folder.
pub(crate) fn read_document_with(path: &Path, sources: &LocateInput, profiles: Profiles) -> Result<Document, Failure> {
    document_of(&read_source(path)?, path, &sources.locator()?, profiles)
}

/// The map of a file that has been read.
pub(crate) fn document_of(
    source: &Source,
    path: &Path,
    locator: &Locator,
    profiles: Profiles,
) -> Result<Document, Failure> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let document = Document::read(source, &profiles.with_files_from(folder))?;
    Ok(document.with_locator(locator.clone()))
}

/// Checks a map; prints its warnings.
pub(crate) fn checked(document: &Document, law: &Law) -> Result<Map, Failure> {
    let loaded = document.map(law.catalogue())?;
    if !loaded.warnings.is_empty() {
        anstream::eprintln!("{}", loaded.warnings);
    }
    Ok(loaded.map)
}

/// Reads a file, or standard input where the path is `-`.
pub(crate) fn read_source(path: &Path) -> Result<Source, Failure> {
    let failed = |source| unreadable(path, source);
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map_err(failed)?;
        return Ok(Source::new("<stdin>", bytes)?);
    }
    let bytes = std::fs::read(path).map_err(failed)?;
    Ok(Source::new(path.to_string_lossy(), bytes)?)
}

/// What is said of a file that cannot be read.
pub(crate) fn unreadable(path: &Path, source: std::io::Error) -> Error {
    Error::Read {
        path: path.to_owned(),
        source,
    }
}

/// Writes a file.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    Ok(std::fs::write(path, text).map_err(|source| Error::Write {
        path: path.to_owned(),
        source,
    })?)
}
