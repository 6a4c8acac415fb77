//! The command line of transborder: reads maps and packs, calls the library, prints what it says.

mod command;
mod input;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Maps cross-border data flows and judges each under the privacy law it meets.
///
/// Exit codes: 0 nothing found, 1 findings, 2 could not judge.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Judge every movement of a data map
    Check(command::check::Check),
    /// Explain one flow: every rule considered, the facts it turned on, and where each comes from
    Explain(command::explain::Explain),
    /// Say on which days to come verdicts change, and why
    ///
    /// Looks ahead from the day of judgement: decisions, certificates, contracts and windows that end, rules that
    /// begin. The map is taken to stay as it is, and the law as the packs have it.
    ///
    /// Exit codes: 0 no verdict gets worse; 1 a verdict gets worse and is then non-exempt, incomplete or undetermined
    /// (law not yet commenced never counts); 2 could not judge.
    Forecast(command::forecast::Forecast),
    /// Say what can be done about findings: settings, contracts, places, and what each of them brings with it
    ///
    /// Every set of measures that is offered was carried out on the map, which was judged anew. `--format yaml` prints
    /// the changes as files.
    ///
    /// Exit codes: 0 there is nothing to clear; 1 there are findings to clear; 2 could not judge.
    Measures(command::measures::Measures),
    /// Say what a change to a map would make of its verdicts and findings
    ///
    /// The map itself stays as it is. The change stands in a file (`set: { path: value }`, `remove: [path]`), such as
    /// `measures --format yaml` prints, or in options, or in both.
    ///
    /// Exit codes: 0 nothing would get worse; 1 a verdict would get worse or a finding appear (law not yet commenced
    /// never counts); 2 could not judge.
    WhatIf(command::what_if::WhatIf),
    /// Say what taking up a vendor's product would add: movements, verdicts before and after, exposures, questions
    ///
    /// Exit codes: 0 nothing that it adds needs attention; 1 something does, or may; 2 could not judge.
    Vendor(command::vendor::Vendor),
    /// Write the assessment as a memorandum for the file
    Report(command::report::Report),
    /// Ask for the facts that would decide, most decisive first
    ///
    /// Prints the questions of a map: what is not known and matters, who would know it, what kind of answer it takes,
    /// and where that goes in the map.
    Ask(command::ask::Ask),
    /// Say what the answers of a form change: which verdicts they settle, and what is asked next
    ///
    /// Reads a form of `transborder ask --format yaml`. With --output the map is written with the answers in it.
    ///
    /// Exit codes: 0 nothing got worse; 1 a verdict got worse or a finding appeared (law not yet commenced never
    /// counts); 2 an answer does not fit, or the map cannot be judged.
    Answer(command::answer::Answer),
    /// Say what differs between two maps or kept assessments, and why
    ///
    /// Each of the two is a map, judged on its own day, or an assessment kept as JSON (`check --format json`). Where a
    /// verdict differs, it is said whether the map, the day or the law as applied made the difference.
    ///
    /// Exit codes: 0 nothing got worse; 1 a verdict got worse or a finding appeared (law not yet commenced never
    /// counts); 2 could not compare.
    Diff(command::diff::Diff),
    /// List the rules, or show one
    Law(command::law::Law),
    /// Check a rule pack, or run its cases
    #[command(subcommand)]
    Pack(command::pack::Pack),
    /// Say in which place a cloud region or an address is, and how that is known
    Locate(command::locate::Locate),
    /// Say what a network's logs show against a data map: flows it does not know, flows never seen, other places
    ///
    /// Reads logs of Zeek, AWS VPC, Suricata, nfdump, and tables or JSON with named columns. What was not seen is never
    /// proof that nothing went.
    ///
    /// Exit codes: 0 nothing to look at; 1 something is not declared, goes elsewhere, should not take place, or could not
    /// be read; 2 could not compare.
    Observe(command::observe::Observe),
    /// Print the JSON Schema of data maps
    Schema(command::schema::Schema),
    /// Print a completion script for a shell
    Completions(command::completions::Completions),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Check(check) => check.run(),
        Command::Explain(explain) => explain.run(),
        Command::Forecast(forecast) => forecast.run(),
        Command::Measures(measures) => measures.run(),
        Command::WhatIf(what_if) => what_if.run(),
        Command::Vendor(vendor) => vendor.run(),
        Command::Report(report) => report.run(),
        Command::Ask(ask) => ask.run(),
        Command::Answer(answer) => answer.run(),
        Command::Diff(diff) => diff.run(),
        Command::Law(law) => law.run(),
        Command::Pack(pack) => pack.run(),
        Command::Locate(locate) => locate.run(),
        Command::Observe(observe) => observe.run(),
        Command::Schema(schema) => schema.run(),
        Command::Completions(completions) => completions.run(),
    };
    match result {
        Ok(Answer::Clean) => ExitCode::SUCCESS,
        Ok(Answer::Findings) => ExitCode::from(1),
        Err(error) => {
            anstream::eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// What a command found.
enum Answer {
    Clean,
    Findings,
}

/// Why a command could not do its work.
type Failure = Box<dyn std::error::Error>;
