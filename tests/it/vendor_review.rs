//! The example of eight vendors: what its README says was printed is what is printed.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::world::repository;

/// What a command line of the README prints, run in the folder of the repository.
fn printed(command: &str) -> String {
    let (files, command) = match command.strip_prefix("cat ") {
        Some(rest) => rest.split_once(" | ").unwrap(),
        None => ("", command),
    };
    let mut words = command.split_whitespace();
    assert_eq!(words.next(), Some("transborder"), "{command}");
    let input: Vec<u8> = files
        .split_whitespace()
        .flat_map(|file| fs::read(repository(file)).unwrap())
        .collect();
    let mut process = Command::new(env!("CARGO_BIN_EXE_transborder"))
        .args(words)
        .current_dir(repository(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads no input may have ended before it is written.
    let _ = process.stdin.take().unwrap().write_all(&input);
    let output = process.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{command}");
    assert!(matches!(output.status.code(), Some(0 | 1)), "{command}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_outputs_are_what_the_commands_of_the_readme_print() {
    let readme = fs::read_to_string(repository("examples/vendor-review/README.md")).unwrap();
    let commands = readme
        .lines()
        .filter_map(|line| line.strip_prefix("$ ")?.split_once(" > "));
    let mut kept = Vec::new();
    for (command, file) in commands {
        let path = repository(file);
        kept.push(path.clone());
        let expected = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(
            printed(command) == expected,
            "not what is printed today: {file}\n    {command} > {file}"
        );
    }
    let outputs = fs::read_dir(repository("examples/vendor-review/outputs")).unwrap();
    let mut found: Vec<_> = outputs.map(|entry| entry.unwrap().path()).collect();
    found.sort();
    kept.sort();
    assert_eq!(found, kept, "an output that no command prints");
    assert!(kept.len() >= 9);
}
