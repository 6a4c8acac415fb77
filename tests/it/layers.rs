//! The shape of the house: modules import from their own row or a lower one, and no law is written in Rust.
//!
//! What counts as a line of code: one outside test modules, without its comment. Regimes and provisions may not be named
//! in comments either; a comment may give a place as an example.

use std::fs;
use std::path::PathBuf;

use crate::world::{LAW, files, regimes, repository};

/// The rows, from the bottom up.
const ROWS: &[&[&str]] = &[
    &[
        "place",
        "truth",
        "date",
        "text",
        "word",
        "outcome",
        "diagnostic",
        "error",
        "fact",
        "pairing",
    ],
    &["model", "load", "locate", "observe"],
    &["graph", "law"],
    &["judge"],
    &["assess"],
    &["reconcile"],
    &["report", "case", "lib", "bin"],
];

/// Who may import whom within a row, from row 1 up; in row 0 everybody may, `assess` and above have one concern each.
const WITHIN_ROWS: &[(&str, &str)] = &[("load", "model"), ("load", "locate"), ("model", "locate")];

/// A file under `src/`.
struct File {
    /// `judge/fill.rs`.
    path: String,
    /// The module right below the crate.
    module: String,
    /// Its lines outside test modules: number, code, comment.
    lines: Vec<(usize, String, String)>,
}

impl File {
    /// The lines in which something stands, comments included if they are to be.
    fn finds(&self, comments: bool, mut what: impl FnMut(&str) -> bool) -> Vec<String> {
        let found = |(_, code, comment): &&(usize, String, String)| what(code) || comments && what(comment);
        let show = |(number, code, comment): &(usize, String, String)| {
            format!("src/{}:{number}: {}{}", self.path, code.trim(), comment)
        };
        self.lines.iter().filter(found).map(show).collect()
    }
}

/// Splits a line at its comment, which does not start inside a text.
fn split_comment(line: &str) -> (String, String) {
    let mut in_text = false;
    let mut before = ' ';
    for (index, c) in line.char_indices() {
        match c {
            '"' if before != '\\' && before != '\'' => in_text = !in_text,
            '/' if !in_text && line[index..].starts_with("//") => {
                return (line[..index].to_owned(), line[index..].to_owned());
            }
            _ => {}
        }
        before = c;
    }
    (line.to_owned(), String::new())
}

/// Whether an attribute leaves what follows to tests: `#[cfg(test)]`, `#[cfg(all(test, …))]`.
fn is_for_tests(line: &str) -> bool {
    line.starts_with("#[cfg(test)]") || line.starts_with("#[cfg(all(test,")
}

/// Everything under `src/`, without test modules.
fn sources() -> Vec<File> {
    let root = repository("src");
    let paths = files(&root, ".rs");
    let inside = |path: &PathBuf| path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
    let texts: Vec<(String, String)> = paths
        .iter()
        .map(|path| (inside(path), fs::read_to_string(path).unwrap()))
        .collect();
    // `#[cfg(test)] mod story;` makes `story.rs` a test.
    let mut tests = Vec::new();
    for (path, text) in &texts {
        let lines: Vec<&str> = text.lines().collect();
        for pair in lines.windows(2).filter(|pair| is_for_tests(pair[0])) {
            if let Some(name) = pair[1]
                .trim()
                .strip_suffix(';')
                .and_then(|line| line.split("mod ").nth(1))
            {
                tests.push(format!("{}/{name}.rs", path.trim_end_matches(".rs")));
            }
        }
    }
    let of_text = |(path, text): (String, String)| {
        let mut lines = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let inline_tests = is_for_tests(line)
                && text
                    .lines()
                    .nth(index + 1)
                    .is_some_and(|next| next.starts_with("mod ") && next.ends_with('{'));
            if inline_tests {
                // Tests stand at the bottom.
                break;
            }
            let (code, comment) = split_comment(line);
            lines.push((index + 1, code, comment));
        }
        let module = path.split(['/', '.']).next().unwrap_or_default().to_owned();
        File { path, module, lines }
    };
    texts
        .into_iter()
        .filter(|(path, _)| !tests.contains(path))
        .map(of_text)
        .collect()
}

fn row(module: &str) -> usize {
    let row = ROWS.iter().position(|row| row.contains(&module));
    row.unwrap_or_else(|| panic!("`{module}` has no row yet: give it one in tests/it/layers.rs"))
}

/// Whether a character may be part of a name.
fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a text stands in a line as a whole word.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + word.len()..].chars().next();
        !before.is_some_and(is_of_name) && !after.is_some_and(is_of_name)
    })
}

#[test]
fn every_import_is_from_the_same_row_or_a_lower_one() {
    let mut seen = 0;
    let mut upward = Vec::new();
    for file in sources()
        .iter()
        .filter(|file| file.module != "bin" && file.module != "lib")
    {
        for (number, code, _) in &file.lines {
            for (start, _) in code.match_indices("crate::") {
                let name: String = code[start + "crate::".len()..]
                    .chars()
                    .take_while(|c| is_of_name(*c))
                    .collect();
                assert!(
                    !name.is_empty(),
                    "src/{}:{number}: one `use crate::…` a module, please",
                    file.path
                );
                let (from, to) = (row(&file.module), row(&name));
                let sideways = from == to && from > 0 && file.module != name;
                let allowed = WITHIN_ROWS.contains(&(file.module.as_str(), name.as_str()));
                seen += 1;
                if to > from || sideways && !allowed {
                    upward.push(format!(
                        "src/{}:{number}: `{}` imports `{name}`",
                        file.path, file.module
                    ));
                }
            }
        }
        // A way around the rows.
        upward.extend(file.finds(false, |code| code.contains("super::super")));
        if !file.path.contains('/') {
            upward.extend(file.finds(false, |code| has_word(code, "super")));
        }
    }
    assert!(seen > 100, "the test no longer sees imports");
    assert!(upward.is_empty(), "{}", upward.join("\n"));
}

#[test]
fn each_parser_is_known_to_the_modules_that_need_it_only() {
    let owners = [
        ("serde_yaml", ["load"].as_slice()),
        ("saphyr_parser", &["load"]),
        ("serde_json::from_", &["load", "locate", "observe"]),
        ("serde_json::Deserializer", &["load", "observe"]),
        ("petgraph", &["graph"]),
        ("maxminddb", &["locate"]),
        ("ipnetwork", &["locate"]),
        ("jiff", &["date"]),
        ("csv_core", &["observe"]),
        ("flate2", &["observe"]),
        ("memchr", &["observe"]),
        ("ruzstd", &["observe"]),
        ("clap", &["bin"]),
    ];
    for (name, owners) in owners {
        for file in sources().iter().filter(|file| !owners.contains(&file.module.as_str())) {
            let found = file.finds(false, |code| {
                code.contains(&format!("{name}::")) || name.contains("::") && code.contains(name)
            });
            assert!(
                found.is_empty(),
                "only `{}` may know `{name}`:\n{}",
                owners.join("` and `"),
                found.join("\n")
            );
        }
    }
}

#[test]
fn nothing_asks_a_clock_or_the_network() {
    // The command line shows progress; nothing that it prints of a map depends on it.
    for file in sources().iter().filter(|file| file.module != "bin") {
        for name in ["SystemTime", "Instant", "TcpStream", "UdpSocket", "ToSocketAddrs"] {
            let found = file.finds(false, |code| has_word(code, name));
            assert!(found.is_empty(), "{}", found.join("\n"));
        }
    }
}

#[test]
fn no_regime_and_no_provision_is_named_in_rust() {
    let regimes = regimes();
    assert!(regimes.len() >= 4, "{regimes:?}");
    let laws = [
        "GDPR", "PIPL", "PDPO", "PDPA", "LGPD", "PIPEDA", "APPI", "Schrems", "EDPB",
    ];
    let instruments: Vec<&String> = LAW.packs().iter().flat_map(|pack| pack.instruments.keys()).collect();
    let provisions = ["Art. ", "Arts. ", "Article ", "Articles ", "Section ", "Recital ", "§"];
    for file in &sources() {
        let names = regimes
            .iter()
            .map(String::as_str)
            .chain(laws)
            .chain(instruments.iter().map(|name| name.as_str()));
        for name in names {
            let found = file.finds(true, |line| has_word(line, name));
            assert!(
                found.is_empty(),
                "`{name}` is law and belongs into a pack:\n{}",
                found.join("\n")
            );
        }
        for start in provisions {
            let cites = |line: &str| {
                line.match_indices(start)
                    .any(|(at, _)| line[at + start.len()..].starts_with(|c: char| c.is_ascii_digit()))
            };
            let found = file.finds(true, cites);
            assert!(
                found.is_empty(),
                "a provision belongs into a pack:\n{}",
                found.join("\n")
            );
        }
        // `s.33`, as common-law statutes are cited.
        let section = |line: &str| {
            line.match_indices("s.").any(|(at, _)| {
                let starts = !line[..at].ends_with(is_of_name);
                starts && line[at + 2..].trim_start().starts_with(|c: char| c.is_ascii_digit())
            })
        };
        let found = file.finds(true, section);
        assert!(
            found.is_empty(),
            "a provision belongs into a pack:\n{}",
            found.join("\n")
        );
    }
}

#[test]
fn no_place_is_named_in_rust() {
    let countries = fs::read_to_string(repository("src/place/countries.csv")).unwrap();
    let countries: Vec<(&str, &str)> = countries
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(','))
        .collect();
    assert!(countries.len() > 240, "{}", countries.len());
    for file in &sources() {
        for (code, name) in &countries {
            let name = name.trim_matches('"');
            // The name of an argument, in capitals, is none of a place.
            let names = |line: &str| {
                has_word(line, name) || line.contains(&format!("\"{code}\"")) && !line.contains("value_name")
            };
            let found = file.finds(false, names);
            assert!(
                found.is_empty(),
                "`{code}` ({name}) belongs into a pack:\n{}",
                found.join("\n")
            );
        }
    }
}

// The tests above are worth as much as what they see.
#[test]
fn comments_and_code_are_told_apart() {
    let split = |line| split_comment(line);
    assert_eq!(
        split("let a = \"//\"; // why"),
        ("let a = \"//\"; ".to_owned(), "// why".to_owned())
    );
    assert_eq!(
        split("let quote = '\"'; // HK"),
        ("let quote = '\"'; ".to_owned(), "// HK".to_owned())
    );
    assert!(has_word("use \"HK\"", "HK") && !has_word("SHKB", "HK"));
    let sources = sources();
    let names: Vec<&str> = sources.iter().map(|file| file.path.as_str()).collect();
    assert!(
        names.contains(&"judge/fill.rs") && !names.contains(&"graph/story.rs"),
        "{names:?}"
    );
}
