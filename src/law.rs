//! The law: rule packs read, checked and kept with all their periods; and the law as of one day.

pub mod changes;
pub mod check;
pub(crate) mod clause;
pub mod compare;
pub(crate) mod comparison;
pub mod condition;
mod digest;
pub mod effective;
pub mod in_force;
pub mod pack;
mod read;
mod window;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::date::Date;
use crate::diagnostic::Diagnostics;
use crate::error::Error;
use crate::fact::Catalogue;
use crate::load::Source;

use pack::{Pack, Status, Topic};
use read::Folder;

/// The built-in files: path under `jurisdictions/`, text.
#[cfg(feature = "packs")]
const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/packs.rs"));
#[cfg(not(feature = "packs"))]
const BUILT_IN: &[(&str, &str)] = &[];

/// The category words and topics that every pack may use, built-in or not.
const VOCABULARY: &str = include_str!("../jurisdictions/vocabulary.yaml");

/// Every regime that was loaded, and the catalogue of facts their rules read.
#[derive(Clone, Debug)]
pub struct Law {
    packs: Vec<Pack>,
    catalogue: Catalogue,
    topics: Vec<Topic>,
    warnings: Diagnostics,
}

impl Law {
    /// The packs that are built into the library.
    ///
    /// # Errors
    /// If a built-in pack has errors, which the library's own tests exclude.
    pub fn built_in() -> Result<Self, Diagnostics> {
        Self::read(built_in_folders(), &BTreeSet::new())
    }

    /// The built-in packs and those of some folders; a folder's pack replaces a built-in one of the same id.
    ///
    /// A folder is one regime (it has a `regime.yaml`) or holds one folder a regime.
    ///
    /// # Errors
    /// If a folder cannot be read, or a pack has errors: all of them.
    pub fn with_folders(folders: &[PathBuf]) -> Result<Self, Error> {
        let mut all = built_in_folders();
        let mut new = BTreeSet::new();
        for folder in folders {
            for pack in read_folder(folder)? {
                new.insert(pack.name.clone());
                all.insert(pack.name.clone(), pack);
            }
        }
        Ok(Self::read(all, &new)?)
    }

    /// The packs of some folders alone.
    ///
    /// # Errors
    /// If a folder cannot be read, or a pack has errors: all of them.
    pub fn from_folders(folders: &[PathBuf]) -> Result<Self, Error> {
        let mut all = BTreeMap::new();
        for folder in folders {
            for pack in read_folder(folder)? {
                all.insert(pack.name.clone(), pack);
            }
        }
        let new = all.keys().cloned().collect();
        Ok(Self::read(all, &new)?)
    }

    /// Packs given as text: path such as `my-regime/regime.yaml`, and the file.
    ///
    /// # Errors
    /// If a pack has errors: all of them.
    pub fn from_texts(files: &[(&str, &str)]) -> Result<Self, Diagnostics> {
        let folders = folders_of(files.iter().copied());
        let new = folders.keys().cloned().collect();
        Self::read(folders, &new)
    }

    /// Reads packs, and checks those that are new; the built-in ones were checked when they were built in.
    fn read(folders: BTreeMap<String, Folder>, new: &BTreeSet<String>) -> Result<Self, Diagnostics> {
        let mut catalogue = Catalogue::new();
        let mut diagnostics = Diagnostics::default();
        let vocabulary = Source::from_text("vocabulary.yaml", VOCABULARY);
        let (topics, problems) = read::vocabulary(&vocabulary, &mut catalogue);
        diagnostics.extend(problems);
        let mut packs = Vec::new();
        for folder in folders.values() {
            let (pack, problems) = read::pack(folder, &mut catalogue, &topics);
            diagnostics.extend(problems);
            if let Some(pack) = pack {
                if new.contains(&folder.name) {
                    diagnostics.extend(check::check(&pack, &catalogue, folder));
                }
                packs.push(pack);
            }
        }
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        Ok(Self {
            packs,
            catalogue,
            topics,
            warnings: diagnostics,
        })
    }

    /// The packs, by id.
    #[must_use]
    pub fn packs(&self) -> &[Pack] {
        &self.packs
    }

    /// The pack of a regime.
    #[must_use]
    pub fn pack(&self, regime: &str) -> Option<&Pack> {
        self.packs.iter().find(|pack| pack.id == regime)
    }

    /// This law with only some of its regimes; facts of the others stay known to maps.
    #[must_use]
    pub fn only(mut self, regimes: &BTreeSet<String>) -> Self {
        self.packs.retain(|pack| regimes.contains(&pack.id));
        self
    }

    /// This law as if a layer of a regime were in force from a day on, or always.
    ///
    /// # Errors
    /// If there is no such regime or layer, or if the layer is in force by then in any case: law is not put off.
    pub fn commence(mut self, regime: &str, layer: &str, from: Option<Date>) -> Result<Self, Error> {
        let mut known = Vec::new();
        for pack in &mut self.packs {
            for found in &mut pack.layers {
                if pack.id == regime && found.id == layer {
                    // A layer without a first day of its own is in force from the first; `None` is before every day.
                    if found.status == Status::InForce && from >= found.from {
                        return Err(Error::LayerInForce {
                            layer: format!("{regime}/{layer}"),
                        });
                    }
                    found.status = Status::InForce;
                    found.from = from;
                    return Ok(self);
                }
                known.push(format!("{}/{}", pack.id, found.id));
            }
        }
        Err(Error::NoLayer {
            layer: format!("{regime}/{layer}"),
            known,
        })
    }

    /// Every fact that rules may read and maps may state.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// What rules may say they are about, in the order in which regimes are compared.
    #[must_use]
    pub fn topics(&self) -> &[Topic] {
        &self.topics
    }

    /// What was found in the packs that does not stop the tool.
    pub fn warnings(&self) -> &Diagnostics {
        &self.warnings
    }
}

fn built_in_folders() -> BTreeMap<String, Folder> {
    folders_of(BUILT_IN.iter().copied())
}

fn folders_of<'t>(files: impl Iterator<Item = (&'t str, &'t str)>) -> BTreeMap<String, Folder> {
    let mut folders = BTreeMap::new();
    for (path, text) in files {
        let Some((name, inside)) = path.split_once('/') else {
            continue;
        };
        let folder = folders.entry(name.to_owned()).or_insert_with(|| Folder {
            name: name.to_owned(),
            files: BTreeMap::new(),
        });
        folder.files.insert(inside.to_owned(), Source::from_text(path, text));
    }
    folders
}

/// The regimes of a folder on disk.
fn read_folder(folder: &Path) -> Result<Vec<Folder>, Error> {
    if folder.join("regime.yaml").is_file() {
        return Ok(vec![read_regime(folder)?]);
    }
    let regimes = entries(folder)?;
    regimes
        .into_iter()
        .filter(|path| path.join("regime.yaml").is_file())
        .map(|path| read_regime(&path))
        .collect()
}

fn read_regime(folder: &Path) -> Result<Folder, Error> {
    // A folder given as `.` has its name only in its full path.
    let full = folder.canonicalize().map_err(|source| Error::Read {
        path: folder.to_owned(),
        source,
    })?;
    let name = full.file_name().map(|name| name.to_string_lossy().into_owned());
    let mut files = BTreeMap::new();
    collect(folder, "", &mut files)?;
    Ok(Folder {
        name: name.unwrap_or_default(),
        files,
    })
}

fn collect(folder: &Path, inside: &str, files: &mut BTreeMap<String, Source>) -> Result<(), Error> {
    for path in entries(folder)? {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        let inside = if inside.is_empty() {
            name.to_owned()
        } else {
            format!("{inside}/{name}")
        };
        if path.is_dir() {
            if inside != "cases" {
                collect(&path, &inside, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            let bytes = fs::read(&path).map_err(|source| Error::Read {
                path: path.clone(),
                source,
            })?;
            files.insert(inside, Source::new(path.to_string_lossy(), bytes)?);
        }
    }
    Ok(())
}

/// The entries of a folder, sorted.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |source| Error::Read {
        path: folder.to_owned(),
        source,
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    Ok(paths)
}
