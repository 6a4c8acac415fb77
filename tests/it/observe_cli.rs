//! `transborder observe` as a program: exit codes, proposals, findings as they come.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use crate::world::repository;

/// Longer than a finding may take; a machine under load is slower than a network.
const PATIENCE: Duration = Duration::from_secs(60);

fn example(file: &str) -> String {
    repository("examples/harbour-retail")
        .join(file)
        .to_string_lossy()
        .into_owned()
}

/// A folder of one test's own.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_transborder"));
    command.args(arguments);
    command
}

#[track_caller]
fn run(code: i32, arguments: &[&str]) -> (String, String) {
    let Output { status, stdout, stderr } = command(arguments).output().unwrap();
    let (out, err) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    assert_eq!(status.code(), Some(code), "{arguments:?}\n{out}\n{err}");
    (out, err)
}

#[test]
fn what_is_proposed_can_be_tried_and_taken_over_and_then_nothing_new_is_seen() {
    let folder = folder("observe-proposes");
    let at = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (map, log, ranges) = (example("map.yaml"), example("traffic.csv"), example("ip-ranges.json"));
    let (out, _) = run(
        1,
        &[
            "observe",
            &map,
            &log,
            "--ranges",
            &ranges,
            "--write",
            &at("proposed.yaml"),
        ],
    );
    assert!(
        out.contains("hk-clients (Hong Kong (HK)) -> collect.pixel.example (United States (US))"),
        "{out}"
    );
    run(
        1,
        &[
            "what-if",
            &map,
            &at("proposed.yaml"),
            "--ranges",
            &ranges,
            "--output",
            &at("map.yaml"),
        ],
    );
    let (out, _) = run(
        1,
        &[
            "observe",
            &at("map.yaml"),
            &log,
            "--ranges",
            &ranges,
            "--format",
            "json",
        ],
    );
    let again: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(again["shadows"], serde_json::json!([]));
    assert_eq!(again["elsewhere"][0]["id"], "elsewhere/hk-crm/SG");
    // The same log packed, and through standard input, shows the same.
    let text = fs::read(&log).unwrap();
    let mut child = command(&["observe", &map, "-", "--ranges", &ranges])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&text).unwrap();
    let piped = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let (read, _) = run(1, &["observe", &map, &log, "--ranges", &ranges]);
    assert_eq!(piped.replace("-: csv", ""), read.replace(&format!("{log}: csv"), ""));
}

#[test]
fn what_cannot_be_read_ends_with_two_and_says_how() {
    let folder = folder("observe-refuses");
    let at = |name: &str, text: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let map = example("map.yaml");
    let odd = at("odd.csv", b"from_where,to_where,amount\n192.0.2.5,203.0.113.9,7\n");
    let (_, err) = run(2, &["observe", &map, &odd]);
    assert!(err.contains("--column") && err.contains("from_where"), "{err}");
    run(
        1,
        &[
            "observe",
            &map,
            &odd,
            "--column",
            "source=from_where",
            "--column",
            "destination=to_where",
        ],
    );
    let (_, err) = run(2, &["observe", &map, &odd, "--column", "sauce=from_where"]);
    assert!(
        err.contains("did you mean `source`") && err.contains("bytes_back"),
        "{err}"
    );
    let (_, err) = run(
        2,
        &[
            "observe",
            &map,
            &at("x.pcap", b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00rest\n"),
        ],
    );
    assert!(err.contains("packet capture"), "{err}");
    let (_, err) = run(2, &["observe", &map, "no-such.log"]);
    assert!(err.contains("cannot read `no-such.log`"), "{err}");
    let (out, _) = run(1, &["observe", &map, &at("empty.log", b"")]);
    assert!(
        out.contains("nothing can be said of any flow") && !out.contains("Declared and not seen"),
        "{out}"
    );
    let (_, err) = run(2, &["observe", &map, &odd, "--reading", "no-such/point=x"]);
    assert!(err.contains("no-such"), "{err}");
    let (_, err) = run(2, &["observe", &map, &example("traffic.csv"), "--log-format", "zeeek"]);
    assert!(err.contains("zeek-json"), "{err}");
}

/// The program following a log, with the lines that it prints.
fn following(log: &str, input: Stdio) -> (Child, Receiver<String>) {
    let (map, ranges) = (example("map.yaml"), example("ip-ranges.json"));
    let mut child = command(&["observe", &map, log, "--ranges", &ranges, "--follow"])
        .stdin(input)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let (send, lines) = channel();
    thread::spawn(move || out.lines().map_while(Result::ok).for_each(|line| drop(send.send(line))));
    (child, lines)
}

const HEADER: &str = "time,source,destination,port,bytes_sent,bytes_received,server_name\n";
const SHADOW: &str = "2026-10-19T05:44:51Z,192.0.2.23,203.0.113.200,443,23700,1150,collect.pixel.example\n";
const ELSEWHERE: &str = "2026-10-19T03:15:27Z,192.0.2.22,198.51.100.80,443,91000,40200,crm.harbour.example\n";

#[track_caller]
fn id(lines: &Receiver<String>) -> String {
    let line = lines.recv_timeout(PATIENCE).unwrap();
    let alert: serde_json::Value = serde_json::from_str(&line).unwrap();
    alert["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_live_log_tells_each_finding_before_the_next_record_comes() {
    let (mut child, lines) = following("-", Stdio::piped());
    let mut input: ChildStdin = child.stdin.take().unwrap();
    let mut write = |text: &str| {
        input.write_all(text.as_bytes()).unwrap();
        input.flush().unwrap();
    };
    write(HEADER);
    write(SHADOW);
    assert_eq!(id(&lines), "shadow/hk-clients/name:collect.pixel.example");
    write(SHADOW);
    write(ELSEWHERE);
    assert_eq!(id(&lines), "elsewhere/hk-crm/SG");
    drop(input);
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(lines.recv().is_err(), "a finding is told once");
}

#[test]
fn a_file_that_grows_and_is_begun_anew_is_followed() {
    let path = folder("observe-follows").join("traffic.csv");
    fs::write(&path, HEADER).unwrap();
    let (mut child, lines) = following(&path.to_string_lossy(), Stdio::null());
    let append = |text: &str| {
        let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    };
    // Half a line says nothing yet.
    append(&SHADOW[..30]);
    append(&SHADOW[30..]);
    assert_eq!(id(&lines), "shadow/hk-clients/name:collect.pixel.example");
    let new = path.with_extension("new");
    fs::write(&new, ELSEWHERE).unwrap();
    fs::rename(&new, &path).unwrap();
    assert_eq!(id(&lines), "elsewhere/hk-crm/SG");
    child.kill().unwrap();
    child.wait().unwrap();
}
