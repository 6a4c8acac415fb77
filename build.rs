//! Lists the files of `jurisdictions/` and of `vendors/` in a static table each; nothing else.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    table("jurisdictions", "packs.rs")?;
    table("vendors", "vendors.rs")
}

/// Every rule file or profile of a folder with its text; cases are not built in.
fn table(folder: &str, name: &str) -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join(folder);
    println!("cargo::rerun-if-changed={folder}");
    let mut table = String::from("&[\n");
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    for path in files {
        let inside = path.strip_prefix(&root).unwrap_or(&path);
        let name = inside.to_string_lossy().replace('\\', "/");
        // No path of this machine: a target folder may be copied to another checkout.
        let file = format!("/{folder}/{name}");
        let _ = writeln!(
            table,
            "    ({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {file:?}))),"
        );
    }
    table.push_str("]\n");
    let out = PathBuf::from(env::var("OUT_DIR").unwrap_or_default()).join(name);
    fs::write(out, table)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "cases") {
                collect(&path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            files.push(path);
        }
    }
    Ok(())
}
