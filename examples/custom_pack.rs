//! How does one judge by rules of one's own: a house policy, a contract, a law that is not built in?
//!
//! The rules are `examples/custom-pack/house-rules/`: YAML, no Rust. They are made up.
//!
//! ```console
//! $ cargo run --example custom_pack
//! ```
#![allow(clippy::print_stdout, reason = "an example prints what it finds")]

use std::path::{Path, PathBuf};

use transborder::{Error, Law, Options, Source, assess, load_map};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/custom-pack");

fn main() -> Result<(), Error> {
    // `from_folders` takes these packs alone; `Law::with_folders` would add them to the built-in ones.
    let law = Law::from_folders(&[PathBuf::from(FOLDER)])?;

    let path = Path::new(FOLDER).join("shop.yaml");
    let bytes = std::fs::read(&path).map_err(|source| Error::Read {
        path: path.clone(),
        source,
    })?;
    let source = Source::new(path.to_string_lossy(), bytes)?;
    let map = load_map(&source, law.catalogue())?.map;

    let assessment = assess(&map, &law, &Options::new())?;
    for movement in &assessment.movements {
        for judged in &movement.verdicts {
            let verdict = &judged.verdict;
            println!("{} of {}: {}", movement.flow, movement.asset, verdict.outcome);
            println!("    {}: {}", verdict.decided_by.cite, verdict.decided_by.because);
            // A mechanism that is held but unfinished says what is left to do.
            for part in verdict.mechanisms.iter().flat_map(|mechanism| &mechanism.missing) {
                println!("    to do: {}", part.text);
            }
        }
    }
    Ok(())
}
