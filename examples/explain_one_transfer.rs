//! Why is this one transfer judged as it is: which rules hold, on which facts, from where in the map?
//!
//! ```console
//! $ cargo run --example explain_one_transfer
//! ```
#![allow(clippy::print_stdout, reason = "an example prints what it finds")]

use std::collections::BTreeSet;
use std::path::Path;

use transborder::report::text::{Look, render_explanation};
use transborder::{Error, Law, Options, Source, explain, load_map};

const MAP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/harbour-retail/map.yaml");
/// Clauses are signed for it, and one thing is missing.
const FLOW: &str = "paris-to-tenant";
const REGIME: &str = "eu-gdpr";

fn main() -> Result<(), Error> {
    let path = Path::new(MAP);
    let bytes = std::fs::read(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })?;
    let source = Source::new("map.yaml", bytes)?;

    // One regime is enough here. The map may go on stating facts of the others.
    let law = Law::built_in()?.only(&BTreeSet::from([REGIME.to_owned()]));
    let map = load_map(&source, law.catalogue())?.map;

    // One explanation a movement: a flow that carries two assets gives two.
    let explanations = explain(&map, &law, &Options::new(), FLOW)?;

    // The explanation is data: here every rule that holds, with the facts that made it hold.
    for explanation in &explanations {
        for step in explanation.reasons.iter().flat_map(|reasons| &reasons.steps) {
            if step.holds == "true" {
                println!("{} ({})", step.rule, step.cite);
                for read in &step.facts {
                    println!("    {} = {}, from {}", read.fact, read.value, read.from.join(", "));
                }
            }
        }
    }
    println!();

    // The same as a page to read. With the source at hand, each fact gets the line of the map it comes from.
    print!("{}", render_explanation(&explanations, Some(&source), Look::new()));
    Ok(())
}
