//! Logs as the tools themselves write them.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use transborder::observe::format::{Compression, Format, How};
use transborder::observe::read::read;
use transborder::observe::summary::{Apart, Summary};
use transborder::observe::tally::Tally;

use crate::world::repository;

fn tally(path: &Path, ports: &[u16]) -> (Summary, Tally) {
    let mut tally = Tally::new().with_ports(ports.iter().copied().collect());
    let file = File::open(path).unwrap();
    let summary = read(file, &path.to_string_lossy(), &How::default(), &mut |row| {
        tally.add(row);
        ControlFlow::Continue(())
    });
    assert_eq!((summary.malformed, &summary.problem), (0, &None), "{summary:?}");
    (summary, tally)
}

/// `client>server:port sent/received connections, of which came to nothing`.
fn shown(tally: &Tally) -> Vec<String> {
    let one = |(pair, volume): (&transborder::observe::tally::Pair, &transborder::observe::tally::Volume)| {
        let port = pair.port.map_or_else(String::new, |port| format!(":{port}"));
        let bytes = format!("{}/{}", volume.sent, volume.received);
        format!(
            "{}>{}{port} {bytes} {}, {}",
            pair.client, pair.server, volume.connections, volume.unanswered
        )
    };
    tally.pairs().map(one).collect()
}

/// What was done when the flows were recorded: see `tests/data/README.md`. Each side answers an echo under its own name.
const FETCHED: [&str; 5] = [
    "192.0.2.10>192.0.2.20:53 58/118 1, 0",
    "192.0.2.10>192.0.2.20:81 0/0 1, 1",
    "192.0.2.10>192.0.2.20:443 2636/10536 2, 0",
    "198.51.100.7>198.51.100.9:5432 4268/568 1, 0",
    "2001:db8:1::10>2001:db8:1::20:443 1212/20512 1, 0",
];

#[test]
fn flows_of_one_direction_and_of_both_tell_the_same() {
    let ports = [53, 81, 443, 5432];
    let (summary, one_way) = tally(&repository("tests/data/nfdump.csv"), &ports);
    assert_eq!(
        (summary.format, summary.rows, summary.structure),
        (Some(Format::Nfdump), 12, 4)
    );
    // Two echoes and their answers.
    assert_eq!(summary.apart[&Apart::Control], 4);
    let (summary, both_ways) = tally(&repository("tests/data/nfdump-biflow.csv"), &ports);
    assert_eq!(
        (summary.rows, summary.apart[&Apart::Control], summary.structure),
        (6, 4, 4)
    );
    assert_eq!(shown(&one_way), shown(&both_ways));
    assert_eq!(shown(&one_way), FETCHED);
    for (_, volume) in one_way.pairs().filter(|(_, volume)| volume.may_carry_data()) {
        assert_eq!(
            volume.days.iter().map(|day| day.to_string()).collect::<Vec<_>>(),
            ["2026-11-22"]
        );
    }
}

#[test]
fn what_zstd_packs_is_unpacked() {
    let (summary, tally) = tally(&repository("tests/data/two-frames.csv.zst"), &[]);
    assert_eq!(summary.compression, Some(Compression::Zstd));
    let expected = ["192.0.2.1>198.51.100.1 10/20 1, 0", "192.0.2.2>198.51.100.2 30/40 1, 0"];
    assert_eq!(shown(&tally), expected);
}

/// A log among those that are kept outside the repository.
#[allow(clippy::print_stdout, reason = "a test that looks at nothing says so")]
fn real_log(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("TRANSBORDER_REAL_LOGS");
    if folder.is_none() {
        println!("skipped: TRANSBORDER_REAL_LOGS does not name a folder with {name}");
    }
    folder.map(|folder| Path::new(&folder).join(name))
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            !(v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast() || v4.is_broadcast())
        }
        IpAddr::V6(v6) => {
            !(v6.is_unicast_link_local() || v6.is_unique_local() || v6.is_multicast() || v6.is_loopback())
        }
    }
}

#[test]
fn a_real_log_of_zeek_has_the_destinations_that_others_count_in_it() {
    let Some(path) = real_log("zeek-conn.log") else { return };
    let (summary, tally) = tally(&path, &[]);
    assert_eq!(
        (summary.format, summary.rows, summary.bad_times),
        (Some(Format::Zeek), 340, 0)
    );
    assert_eq!(summary.apart[&Apart::Control], 20);
    let servers: BTreeSet<IpAddr> = tally.pairs().map(|(pair, _)| pair.server).collect();
    assert_eq!(servers.into_iter().filter(|server| is_public(*server)).count(), 241);
    // As `awk` adds them up, without ICMP.
    let sums = tally.pairs().fold((0, 0), |sums, (_, volume)| {
        (sums.0 + volume.sent, sums.1 + volume.received)
    });
    assert_eq!(sums, (104_979, 5_342_835));
}

#[test]
fn a_real_log_of_zeek_in_json_is_read() {
    let Some(path) = real_log("zeek-conn.ndjson") else {
        return;
    };
    let (summary, plain) = tally(&path, &[]);
    assert_eq!((summary.format, summary.rows), (Some(Format::ZeekJson), 50));
    // As `sort | uniq -c` counts them.
    let connections: Vec<_> = plain
        .pairs()
        .map(|(pair, volume)| (pair.server.to_string(), volume.connections))
        .collect();
    let expected = [
        ("10.18.20.8", 46),
        ("67.195.204.151", 2),
        ("98.137.156.136", 1),
        ("156.154.202.36", 1),
    ];
    assert_eq!(
        connections,
        expected.map(|(server, connections)| (server.to_owned(), connections))
    );
    assert_eq!(summary.bytes, fs::metadata(&path).unwrap().len());
}
