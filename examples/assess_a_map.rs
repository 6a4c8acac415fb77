//! Which movements of a data map does the law let pass, and which must somebody look at?
//!
//! ```console
//! $ cargo run --example assess_a_map
//! $ cargo run --example assess_a_map -- my-map.yaml
//! ```
#![allow(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "an example prints what it finds"
)]

use std::path::PathBuf;

use transborder::law::pack::Status;
use transborder::{Error, FindingKind, Law, Options, Source, assess, load_map};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/harbour-retail/map.yaml");

fn main() -> Result<(), Error> {
    let path = std::env::args_os()
        .nth(1)
        .map_or_else(|| PathBuf::from(EXAMPLE), PathBuf::from);

    // The law comes first: its packs say which facts a map may state, so it is needed to read one.
    let law = Law::built_in()?;

    let bytes = std::fs::read(&path).map_err(|source| Error::Read {
        path: path.clone(),
        source,
    })?;
    let source = Source::new(path.to_string_lossy(), bytes)?;
    let loaded = load_map(&source, law.catalogue())?;
    // A warning does not stop the judgement, but hiding it would be guessing that it does not matter.
    if !loaded.warnings.is_empty() {
        eprintln!("{}", loaded.warnings);
    }

    // No day is given here, so the law is read as of the map's own `as_of`.
    let assessment = assess(&loaded.map, &law, &Options::new())?;

    // Findings come worst first: outcomes, then duties, then exposures. Here only outcomes under law that binds; what law
    // not yet commenced would say is judged too, and told apart by its status.
    for finding in &assessment.findings {
        let binds = finding.status == Some(Status::InForce);
        if let (FindingKind::Outcome, true, Some(outcome)) = (finding.kind, binds, finding.outcome) {
            let regime = finding.regime.as_deref().unwrap_or_default();
            let asset = finding.asset.as_deref().unwrap_or_default();
            println!("{:<14}{regime:<10}{} of {asset}", outcome.to_string(), finding.subject);
        }
    }
    println!();

    // What is not known is asked for, the most decisive question first.
    for question in assessment.questions.iter().take(3) {
        println!("decides {:>2}: {} ({})", question.decides, question.ask, question.at);
    }
    Ok(())
}
