//! `transborder pack`: check rule packs, run their cases.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use transborder::case::coverage::{self, Shown};
use transborder::case::{self, CaseResult};
use transborder::error::Error;
use transborder::law::Law;
use transborder::load::Source;

use crate::input::write;
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
    /// List what no case shows: a rule deciding, missed by one fact, a day too early, a gate failing
    #[arg(long)]
    uncovered: bool,
    /// Write what every regime says of every case into this folder, one file a regime
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
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
        let (mut failed, mut total) = (0, 0);
        for pack in law.packs() {
            let mut run = Run::default();
            let folder = self.cases_of(&pack.id);
            // Its own law alone is quicker; maps may state facts of any.
            let judged_under = match self.record {
                Some(_) => law.clone(),
                None => law.clone().only(&BTreeSet::from([pack.id.clone()])),
            };
            let mut files = Vec::new();
            collect(&folder, &mut files)?;
            for file in &files {
                run.add(file, &folder, run_case(file, &pack.id, &judged_under));
            }
            failed += run.failed;
            total += files.len();
            let (passed, disputed) = (files.len() - run.failed - run.disputed, run.disputed);
            anstream::println!(
                "{}: {passed} of {} cases pass, {disputed} disputed",
                pack.id,
                files.len()
            );
            if self.cases.is_none() || self.uncovered {
                self.coverage(pack, &run.shown);
            }
            if let Some(folder) = &self.record {
                write(&folder.join(format!("{}.txt", pack.id)), &run.record)?;
            }
        }
        if total == 0 {
            return Err("error: there are no cases".into());
        }
        Ok(if failed > 0 { Answer::Findings } else { Answer::Clean })
    }

    /// The folder in which the cases of a regime stand.
    fn cases_of(&self, regime: &str) -> PathBuf {
        match &self.cases {
            None if self.folder.join("regime.yaml").is_file() => self.folder.join("cases"),
            None => self.folder.join(regime).join("cases"),
            Some(cases) if cases.join(regime).is_dir() => cases.join(regime),
            Some(cases) => cases.clone(),
        }
    }

    fn coverage(&self, pack: &transborder::law::pack::Pack, shown: &BTreeSet<Shown>) {
        let owed = coverage::owed(pack);
        let missing: Vec<_> = owed.iter().filter(|owed| !shown.contains(owed)).collect();
        let number = owed.len() - missing.len();
        anstream::println!(
            "{}: {number} of {} points of its rules shown by a case",
            pack.id,
            owed.len()
        );
        if self.uncovered {
            for point in missing {
                anstream::println!("    {}/{}: {}", pack.id, point.rule, point.how);
            }
        }
    }
}

/// How the cases of one pack fare.
#[derive(Default)]
struct Run {
    failed: usize,
    disputed: usize,
    shown: BTreeSet<Shown>,
    record: String,
}

impl Run {
    /// Adds a case and prints what is wrong with it.
    fn add(&mut self, file: &Path, folder: &Path, result: Result<CaseResult, Failure>) {
        let result = match result {
            Ok(result) => result,
            Err(error) => {
                self.failed += 1;
                anstream::println!("{error}");
                return;
            }
        };
        let inside = file.strip_prefix(folder).unwrap_or(file);
        case::write_record(&mut self.record, &inside.to_string_lossy(), &result);
        self.shown.extend(result.shows.iter().cloned());
        if result.passes() {
            return;
        }
        match &result.disputed {
            Some(reason) => {
                self.disputed += 1;
                anstream::println!("disputed {}: {}\n    {reason}", result.file, result.title);
            }
            None => {
                self.failed += 1;
                anstream::println!("FAILED {}: {}", result.file, result.title);
            }
        }
        for difference in &result.differences {
            anstream::println!("    {difference}");
        }
        for reason in &result.why {
            anstream::println!("    why: {reason}");
        }
    }
}

fn run_case(file: &Path, regime: &str, law: &Law) -> Result<CaseResult, Failure> {
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
