//! `transborder locate` as somebody meets it who has a line of a log and asks where that was.

use std::fs;
use std::process::Command;

use serde_json::{Value as Json, json};

use crate::fifth_regime::Folder;
use crate::mmdb::{Mmdb, number};
use crate::world::repository;

/// What is printed to standard output and to standard error.
#[track_caller]
fn locate(code: i32, arguments: &[&str]) -> (String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_transborder"))
        .arg("locate")
        .args(arguments)
        .current_dir(repository(""))
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{out}\n{err}");
    assert!(
        out.lines().all(|line| textwrap::core::display_width(line) <= 80),
        "{out}"
    );
    (out, err)
}

/// A text without its line breaks.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The answers of `--format json`.
#[track_caller]
fn answers(arguments: &[&str]) -> Vec<Json> {
    let (out, _) = locate(0, &[arguments, &["--format", "json"]].concat());
    let report: Json = serde_json::from_str(&out).unwrap();
    report["answers"].as_array().unwrap().clone()
}

/// A provider's file and two databases that see the same carrier in two places.
struct Files {
    _folder: Folder,
    ranges: String,
    first: String,
    second: String,
}

fn files(name: &str) -> Files {
    let folder = Folder::new(name);
    let ranges = json!({ "createDate": "2026-11-20-03-05-09", "prefixes": [
        { "ip_prefix": "18.162.0.0/16", "region": "ap-east-1", "network_border_group": "ap-east-1", "service": "EC2" },
        { "ip_prefix": "52.80.0.0/16", "region": "cn-north-1", "network_border_group": "cn-north-1", "service": "EC2" },
    ], "ipv6_prefixes": [] });
    let ranges = folder.write("ip-ranges.json", &ranges.to_string());
    let database = |file: &str, kind: &str, epoch: u64, code: &str| {
        let mut mmdb = Mmdb::new(&[("58.32.0.0/13", json!({ "country": { "iso_code": code }, "asn": 64496 }))]);
        mmdb.metadata = json!({ "database_type": kind, "build_epoch": number(9, epoch) });
        let path = folder.0.join(file);
        fs::write(&path, mmdb.bytes()).unwrap();
        path.to_string_lossy().into_owned()
    };
    // Midnight before 18 June and before 19 June 2026.
    let first = database("one.mmdb", "One-Country", 1_781_740_800, "CN");
    let second = database("two.mmdb", "Two-Country", 1_781_827_200, "HK");
    Files {
        ranges: ranges.to_string_lossy().into_owned(),
        first,
        second,
        _folder: folder,
    }
}

#[test]
fn a_region_has_its_place_and_who_operates_it() {
    let (out, _) = locate(0, &["alibaba/cn-hongkong", "aws/cn-north-1"]);
    let (hong_kong, beijing) = out.split_once("\n\n").unwrap();
    assert!(hong_kong.starts_with("alibaba/cn-hongkong\n  HK Hong Kong "), "{out}");
    assert!(
        hong_kong.contains("source: ") && !hong_kong.contains("operated by"),
        "{out}"
    );
    assert!(
        beijing.contains("CN Mainland China") && beijing.contains("operated by Beijing Sinnet"),
        "{out}"
    );
}

#[test]
fn an_office_behind_a_private_address_is_where_the_network_was_declared() {
    let networks = ["--network", "10.20.0.0/16=HK", "--network", "10.20.30.0/24=MO"];
    let (out, err) = locate(
        0,
        &[&["10.20.30.40", "10.20.99.1", "10.99.0.1"][..], &networks].concat(),
    );
    let parts: Vec<&str> = out.split("\n\n").collect();
    assert!(
        parts[0].contains("MO Macau  (declared network)") && parts[0].contains("10.20.30.0/24"),
        "{out}"
    );
    assert!(parts[1].contains("HK Hong Kong  (declared network)"), "{out}");
    assert!(parts[2].contains("unknown  (a private address)"), "{out}");
    assert!(err.contains("`10.20.30.0/24` lies in `10.20.0.0/16`"), "{err}");
}

#[test]
fn a_machine_of_a_provider_is_where_the_provider_says() {
    let files = files("locate-ranges");
    let (out, _) = locate(0, &["18.162.3.4", "52.80.0.1", "18.161.0.1", "--ranges", &files.ranges]);
    let parts: Vec<&str> = out.split("\n\n").collect();
    assert!(parts[0].contains("HK Hong Kong  (provider range)"), "{out}");
    let told = flat(parts[0]);
    assert!(
        told.contains("18.162.0.0/16, ip-ranges.json of 2026-11-20; aws/ap-east-1 (EC2)"),
        "{out}"
    );
    assert!(
        parts[1].contains("CN Mainland China") && parts[1].contains("operated by"),
        "{out}"
    );
    assert!(parts[2].contains("unknown  (no source has it)"), "{out}");
}

#[test]
fn databases_are_evidence_and_when_they_differ_that_is_said() {
    let files = files("locate-databases");
    let one = ["58.33.1.1", "--geoip", &files.first];
    let (out, _) = locate(0, &one);
    assert!(out.contains("unknown, believed to be CN Mainland China"), "{out}");
    let out = flat(&out);
    assert!(
        out.contains("a database is evidence, no proof") && !out.contains("disagree"),
        "{out}"
    );
    let both = [&one[..], &["--geoip", &files.second]].concat();
    let (out, _) = locate(0, &both);
    let out = flat(&out);
    assert!(
        out.contains("CN Mainland China or HK Hong Kong") && out.contains("the sources disagree"),
        "{out}"
    );
    assert!(out.contains("one.mmdb (One-Country) of 2026-06-18"), "{out}");
    assert!(out.contains("two.mmdb (Two-Country) of 2026-06-19"), "{out}");

    let answer = &answers(&both)[0];
    assert_eq!(
        (&answer["place"], &answer["disagree"]),
        (&Json::Null, &Json::Bool(true))
    );
    assert_eq!(answer["believed"], json!(["CN", "HK"]));
    let said = &answer["located"]["testimonies"][1];
    assert_eq!(
        *said,
        json!({ "network": "58.32.0.0/13", "place": "HK", "basis": "database", "source": "two.mmdb (Two-Country)",
                "as_of": "2026-06-19", "about": "AS64496" })
    );
    // The map knows better, and the databases are still told.
    let declared = answers(&[&both[..], &["--network", "58.33.0.0/16=SG"]].concat());
    assert_eq!(
        (&declared[0]["place"], &declared[0]["basis"]),
        (&json!("SG"), &json!("declared_network"))
    );
    assert_eq!(declared[0]["located"]["testimonies"].as_array().unwrap().len(), 3);
}

#[test]
fn a_resolver_that_answers_everywhere_is_nowhere() {
    let files = files("locate-anycast");
    let (out, _) = locate(0, &["1.1.1.1", "--geoip", &files.first]);
    assert!(
        out.contains("unknown  (announced from many places at once") && out.contains("Cloudflare"),
        "{out}"
    );
}

#[test]
fn a_network_is_asked_about_as_a_whole() {
    let files = files("locate-networks");
    let (out, _) = locate(0, &["58.34.0.0/16", "58.0.0.0/8", "--geoip", &files.first]);
    let (inside, wider) = out.split_once("\n\n").unwrap();
    assert!(inside.contains("believed to be CN Mainland China"), "{out}");
    assert!(
        wider.contains("unknown") && wider.contains("spans several records"),
        "{out}"
    );
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let files = files("locate-wrong");
    let (out, err) = locate(
        2,
        &[
            "alibaba/cn-hongkon",
            "10.0.0.0/33",
            "--network",
            "10.0.0.0/8",
            "--network",
            "10.0.0.0/8=XX",
            "--network",
            "ten=HK",
            "--ranges",
            &files.first,
            "--ranges",
            "no-such.json",
            "--geoip",
            &files.ranges,
            "--geoip",
            "no-such.mmdb",
        ],
    );
    assert!(out.is_empty(), "{out}");
    for expected in [
        "did you mean `alibaba/cn-hongkong`?",
        "no address `10.0.0.0/33`",
        "expected CIDR=PLACE, found `10.0.0.0/8`",
        "no place `XX`",
        "`ten` is not an address or a network",
        "one.mmdb:1:1: error[file/syntax]: not JSON",
        "cannot read `no-such.json`",
        "ip-ranges.json`: not a database of addresses",
        "`no-such.mmdb`: cannot be read",
    ] {
        assert!(err.contains(expected), "{expected}:\n{err}");
    }
    locate(2, &[]);
}
