//! The vendor profiles at hand: those built in, and files beside the map if the caller allows reading them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::diagnostic::Diagnostics;
use crate::error::Error;
use crate::load::source::Source;

#[cfg(feature = "packs")]
const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/vendors.rs"));
#[cfg(not(feature = "packs"))]
const BUILT_IN: &[(&str, &str)] = &[];

/// The largest file of a profile, in bytes.
const LARGEST: u64 = 16 * 1024 * 1024;

/// The profiles that a map can take in with `use:`.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Profiles {
    named: BTreeMap<String, Source>,
    folder: Option<PathBuf>,
}

impl Profiles {
    /// None at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// Those that are built in.
    pub fn built_in() -> Self {
        let profile = |(file, text): &(&str, &str)| {
            let name = file.trim_end_matches(".yaml").to_owned();
            (name, Source::from_text(format!("vendors/{file}"), *text))
        };
        Self {
            named: BUILT_IN.iter().map(profile).collect(),
            folder: None,
        }
    }

    /// One more, under a name; it replaces one of the same name.
    pub fn with(mut self, name: impl Into<String>, profile: Source) -> Self {
        self.named.insert(name.into(), profile);
        self
    }

    /// Lets a map name files, relative to this folder. Without it no file is read.
    pub fn with_files_from(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.named.keys().map(String::as_str)
    }

    /// The profile of a name or a path; nothing where there is none of that name and it is no path.
    ///
    /// # Errors
    /// If the file cannot be read, or is not UTF-8.
    pub fn find(&self, name: &str) -> Result<Option<Source>, Error> {
        if let Some(profile) = self.named.get(name) {
            return Ok(Some(profile.clone()));
        }
        let Some(folder) = self.folder.as_ref().filter(|_| is_path(name)) else {
            return Ok(None);
        };
        let path = folder.join(name);
        let failed = |source| Error::Read {
            path: path.clone(),
            source,
        };
        let about = fs::metadata(&path).map_err(failed)?;
        // A pipe or a device may never end.
        if !about.is_file() || about.len() > LARGEST {
            let message = "it is no file, or larger than a profile can be";
            return Err(failed(std::io::Error::other(message)));
        }
        let bytes = fs::read(&path).map_err(failed)?;
        let read: Result<Source, Diagnostics> = Source::new(path.to_string_lossy(), bytes);
        Ok(Some(read?))
    }
}

fn is_path(name: &str) -> bool {
    name.contains(['/', '\\']) || name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json")
}
