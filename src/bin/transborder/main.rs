//! probe
use std::path::PathBuf;
use transborder::{case, law::Law, load::Source};
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let dir = PathBuf::from(&args[3]);
    let law = match Law::from_folders(&[dir.clone()]) {
        Ok(l) => l,
        Err(e) => { println!("{e}"); std::process::exit(2) }
    };
    print!("{}", law.warnings());
    if args[2] == "check" { println!("ok"); return; }
    let mut ok = 0; let mut bad = 0;
    let mut files = vec![];
    fn walk(p: &std::path::Path, f: &mut Vec<PathBuf>) { for e in std::fs::read_dir(p).unwrap() { let p = e.unwrap().path(); if p.is_dir() { walk(&p, f) } else { f.push(p) } } }
    for p in law.packs() { let d = if dir.join("regime.yaml").is_file() { dir.join("cases") } else { dir.join(&p.id).join("cases") }; files.clear(); if d.is_dir() { walk(&d, &mut files); } files.sort();
      for f in &files { let s = Source::new(f.to_string_lossy(), std::fs::read(f).unwrap()); 
        let s = match s { Ok(s) => s, Err(e) => { println!("{e}"); bad += 1; continue } };
        match case::run(&s, &p.id, &law) { Ok(r) if r.passes() => ok += 1, Ok(r) => { bad += 1; println!("FAIL {}{}", r.file, r.disputed.map(|d| format!(" (disputed: {d})")).unwrap_or_default()); for d in r.differences { println!("     {d}"); } } Err(e) => { bad += 1; println!("{e}") } } } }
    println!("{ok} passed, {bad} failed");
}
