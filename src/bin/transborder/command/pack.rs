//! `transborder pack`: check rule packs, run their cases.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use transborder::case;
use transborder::error::Error;
use transborder::law::Law;
use transborder::load::Source;

use crate::{Answer, Failure};

#[derive(Subcommand)]
pub(crate) enum Pack {
    /// Find what is wrong with a rule pack
    Check(Folder),
    /// Run the cases of a rule pack
    Test(Test),
}

#[derive(Args)]
pub(crate) struct Folder {
    /// The folder of one regime, or of several
    #[arg(default_value = "jurisdictions")]
    folder: PathBuf,
}

#[derive(Args)]
pub(crate) struct Test {
    /// The folder of one regime, or of several
    #[arg(default_value = "jurisdictions")]
    folder: PathBuf,
    /// Run the cases of this folder instead of the packs' own; with several regimes, one folder a regime
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    /// List the rules that no case decides
    #[arg(long)]
    uncovered: bool,
}

impl Pack {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        match self {
            Self::Check(folder) => folder.check(),
            Self::Test(test) => test.run(),
        }
    }
}

impl Folder {
    fn check(&self) -> Result<Answer, Failure> {
        let law = Law::from_folders(std::slice::from_ref(&self.folder))?;
        if law.packs().is_empty() {
            return Err(no_regime(&self.folder));
        }
        if !law.warnings().is_empty() {
            anstream::println!("{}", law.warnings());
        }
        for pack in law.packs() {
            anstream::println!("{}: {} rules, no errors", pack.id, pack.heads().count());
        }
        Ok(Answer::Clean)
    }
}

impl Test {
    fn run(&self) -> Result<Answer, Failure> {
        let law = Law::from_folders(std::slice::from_ref(&self.folder))?;
        if law.packs().is_empty() {
            return Err(no_regime(&self.folder));
        }
        let mut failed = 0;
        let mut total = 0;
        for pack in law.packs() {
            // Judged under its own law alone, which is quicker; maps may state facts of any.
            let own_law = law.clone().only(&BTreeSet::from([pack.id.clone()]));
            let own = if self.folder.join("regime.yaml").is_file() {
                self.folder.join("cases")
            } else {
                self.folder.join(&pack.id).join("cases")
            };
            let folder = match &self.cases {
                None => own,
                Some(cases) if cases.join(&pack.id).is_dir() => cases.join(&pack.id),
                Some(cases) => cases.clone(),
            };
            let mut files = Vec::new();
            collect(&folder, &mut files)?;
            let mut decided = BTreeSet::new();
            let mut passed = 0;
            let mut disputed = 0;
            for file in &files {
                let result = run_case(file, &pack.id, &own_law);
                match result {
                    Ok(result) => {
                        decided.extend(result.decided_by.iter().cloned());
                        if result.passes() {
                            passed += 1;
                        } else {
                            match &result.disputed {
                                Some(reason) => {
                                    disputed += 1;
                                    anstream::println!("disputed {}: {}\n    {reason}", result.file, result.title);
                                }
                                None => {
                                    failed += 1;
                                    anstream::println!("FAILED {}: {}", result.file, result.title);
                                }
                            }
                            for difference in &result.differences {
                                anstream::println!("    {difference}");
                            }
                        }
                    }
                    Err(error) => {
                        failed += 1;
                        anstream::println!("{error}");
                    }
                }
            }
            total += files.len();
            anstream::println!(
                "{}: {passed} of {} cases pass, {disputed} disputed",
                pack.id,
                files.len()
            );
            if self.uncovered {
                for head in pack.heads() {
                    let id = format!("{}/{}", pack.id, head.stem);
                    if !decided.contains(&id) {
                        anstream::println!("    no case decides {} {id}", head.stage);
                    }
                }
            }
        }
        if total == 0 {
            return Err("error: there are no cases".into());
        }
        Ok(if failed > 0 { Answer::Findings } else { Answer::Clean })
    }
}

fn run_case(file: &Path, regime: &str, law: &Law) -> Result<case::CaseResult, Failure> {
    let bytes = std::fs::read(file).map_err(|source| Error::Read {
        path: file.to_owned(),
        source,
    })?;
    let source = Source::new(file.to_string_lossy(), bytes)?;
    Ok(case::run(&source, regime, law)?)
}

fn no_regime(folder: &Path) -> Failure {
    format!(
        "error: there is no `regime.yaml` in `{}` or in a folder of it",
        folder.display()
    )
    .into()
}

/// The case files below a folder, sorted.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    if !folder.is_dir() {
        return Ok(());
    }
    let failed = |source| Error::Read {
        path: folder.to_owned(),
        source,
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            files.push(path);
        }
    }
    Ok(())
}
