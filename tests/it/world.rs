//! What several tests look at: the built-in law, the files of the repository, small maps read from their text.
#![cfg_attr(
    not(feature = "packs"),
    allow(dead_code, reason = "most tests need the built-in law")
)]
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use transborder::law::Law;
use transborder::load::{Source, map};
use transborder::model::Map;

/// The law that is built in.
pub(crate) static LAW: LazyLock<Law> = LazyLock::new(|| match Law::built_in() {
    Ok(law) => law,
    Err(problems) => panic!("{problems}"),
});

/// A path of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The files below a folder that end like this, sorted.
pub(crate) fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(end) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The folders of the regimes, sorted: the name of each is the id of its regime.
pub(crate) fn regimes() -> Vec<String> {
    files(&repository("jurisdictions"), "/regime.yaml")
        .iter()
        .filter_map(|path| Some(path.parent()?.file_name()?.to_string_lossy().into_owned()))
        .collect()
}

/// The cases of a regime: the file and its text.
pub(crate) fn cases(regime: &str) -> Vec<(PathBuf, String)> {
    files(&repository("jurisdictions").join(regime).join("cases"), ".yaml")
        .into_iter()
        .map(|path| (path.clone(), fs::read_to_string(&path).unwrap()))
        .collect()
}

/// The map that a text says.
#[track_caller]
pub(crate) fn read(text: &str, law: &Law) -> Map {
    match map(&Source::from_text("map.yaml", text), law.catalogue()) {
        Ok(loaded) => loaded.map,
        Err(problems) => panic!("{problems}"),
    }
}
