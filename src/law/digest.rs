//! By which a pack is known again: the digest of its files.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::load::Source;

/// `sha256:` and sixty-four hexadecimal digits over every file by path, whatever the ends of its lines.
pub(super) fn digest(files: &BTreeMap<String, Source>) -> String {
    let mut hash = Sha256::new();
    for (path, source) in files {
        hash.update(path);
        // No path and no text of a pack has it.
        hash.update([0]);
        for line in source.text().lines() {
            hash.update(line);
            hash.update([b'\n']);
        }
        hash.update([0]);
    }
    let mut digest = "sha256:".to_owned();
    for byte in hash.finalize() {
        let _ = write!(digest, "{byte:02x}");
    }
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[(&str, &str)]) -> String {
        let source = |(path, text): &(&str, &str)| ((*path).to_owned(), Source::from_text(*path, *text));
        digest(&files.iter().map(source).collect())
    }

    #[test]
    fn a_pack_is_known_by_the_names_and_the_texts_of_its_files() {
        let pack = of(&[("regime.yaml", "id: xx\n"), ("scope/a.yaml", "id: xx/a\n")]);
        assert_eq!((pack.len(), &pack[..7]), (7 + 64, "sha256:"));
        // Another checkout may end its lines otherwise.
        assert_eq!(
            pack,
            of(&[("regime.yaml", "id: xx\r\n"), ("scope/a.yaml", "id: xx/a\r\n")])
        );
        let others = [
            of(&[("regime.yaml", "id: xx\n"), ("scope/a.yaml", "id: xx/b\n")]),
            of(&[("regime.yaml", "id: xx\n"), ("scope/b.yaml", "id: xx/a\n")]),
            of(&[("regime.yaml", "id: xx\nscope/a.yaml\nid: xx/a\n")]),
        ];
        assert!(!others.contains(&pack), "{others:?}");
    }

    #[test]
    fn the_digest_is_that_of_the_algorithm() {
        // printf 'a\0b\n\0' | sha256sum
        assert_eq!(
            of(&[("a", "b")]),
            "sha256:ddbb23b9170ce269159f1fcfb32d01ec4ed796a9ef0ef26c7e17c5e45da5c119"
        );
    }
}
