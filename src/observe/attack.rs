//! Input that is damaged, wrong or meant to do harm: nothing stops the reading, nothing is lost without a word.

use std::io::{self, Read, Write};
use std::ops::ControlFlow;

use proptest::prelude::*;

use crate::observe::columns::Columns;
use crate::observe::format::{Compression, Format, How};
use crate::observe::parser::LONGEST_LINE;
use crate::observe::read::read;
use crate::observe::story::look;
use crate::observe::summary::{Problem, SAMPLES, shown};

const HEADER: &str = "src_ip,dst_ip,dst_port,bytes_sent,bytes_received,time,sni";

fn table(rows: &[&str]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

fn zstd(text: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest)
}

#[test]
fn malformed_lines_say_what_was_found_and_what_was_expected() {
    for (row, found, expected) in [
        ("192.0.2.1,x,443,1,2,1,a", "`x`", "the address of the destination"),
        (",203.0.113.9,443,1,2,1,a", "nothing", "the address of the source"),
        (
            "192.0.2.1,203.0.113.9,99999,1,2,1,a",
            "`99999`",
            "a port from 0 to 65535",
        ),
        ("192.0.2.1,203.0.113.9,443,-1,2,1,a", "`-1`", "a number of bytes"),
        ("192.0.2.1,203.0.113.9,443,1,1.5,1,a", "`1.5`", "a number of bytes"),
        (
            "192.0.2.1,203.0.113.9",
            "2 fields: `192.0.2.1,203.0.113.9`",
            "7 fields, as the header has them",
        ),
        (
            "192.0.2.1,\u{1b}[31mred\u{202e},443,1,2,1,a",
            "`\\u{1b}[31mred\\u{202e}`",
            "the address of the destination",
        ),
        (
            "443,192.0.2.1,203.0.113.9,1,2,1,a",
            "`443`",
            "the address of the source",
        ),
    ] {
        let good = "192.0.2.1,203.0.113.9,443,1,2,1,a";
        let (summary, rows) = look(table(&[good, row, good]), &How::default());
        assert_eq!((rows.len(), summary.malformed), (2, 1), "{row}");
        let sample = &summary.samples[0];
        assert_eq!(
            (
                sample.line,
                sample.malformed.found.as_str(),
                sample.malformed.expected.as_str()
            ),
            (3, found, expected)
        );
    }
}

#[test]
fn many_malformed_lines_are_counted_and_few_are_kept() {
    let (summary, _) = look(table(&vec!["nothing"; 1000]), &How::default());
    assert_eq!((summary.malformed, summary.samples.len()), (1000, SAMPLES));
}

#[test]
fn a_time_or_a_name_that_cannot_be_leaves_the_row() {
    let log = table(&[
        "192.0.2.1,203.0.113.9,443,1,2,-1,a",
        "192.0.2.1,203.0.113.9,443,1,2,99999999999999,a b",
        "192.0.2.1,203.0.113.9,443,1,2,NaN,\u{1}",
        "192.0.2.1,203.0.113.9,443,1,2,,",
    ]);
    let (summary, rows) = look(log, &How::default());
    assert_eq!(
        (rows.len(), summary.bad_times, summary.bad_names, summary.malformed),
        (4, 3, 2, 0)
    );
    let year = r#"{"src_ip":"192.0.2.1","dst_ip":"203.0.113.9","ts":31556889864403199}"#;
    assert_eq!(look(year, &How::default()).0.bad_times, 1);
}

#[test]
fn bytes_beyond_all_measure_are_the_most_that_fits() {
    let most = "192.0.2.1>203.0.113.9:443 18446744073709551615/18446744073709551615 1";
    let (_, rows) = look(
        table(&["192.0.2.1,203.0.113.9,443,99999999999999999999999,18446744073709551615,1,"]),
        &How::default(),
    );
    assert_eq!(rows, [most]);
    let json = r#"{"src_ip":"192.0.2.1","dst_ip":"203.0.113.9","dst_port":443,"bytes_sent":1e300,"bytes_received":99999999999999999999999}"#;
    assert_eq!(look(json, &How::default()).1, [most]);
}

#[test]
fn line_ends_marks_and_the_end_of_the_file_do_not_matter() {
    let plain = table(&["192.0.2.1,203.0.113.9,443,1,2,1,", "192.0.2.2,203.0.113.9,443,1,2,1,"]);
    let (_, expected) = look(&plain, &How::default());
    assert_eq!(expected.len(), 2);
    for same in [
        plain.replace('\n', "\r\n"),
        plain.trim_end().to_owned(),
        format!("\u{feff}{plain}"),
        plain.replace('\n', "\n\n"),
        format!("# made by hand\n\n{plain}"),
    ] {
        let (summary, rows) = look(&same, &How::default());
        assert_eq!((&rows, summary.malformed), (&expected, 0), "{same:?}");
    }
}

#[test]
fn nothing_is_no_problem() {
    for (log, structure) in [
        ("", 0),
        ("\n\n", 2),
        (HEADER, 1),
        ("#fields\tts\n#close\n", 2),
        ("No matched flows\n", 1),
    ] {
        let format = (log.starts_with("No")).then_some(Format::Nfdump);
        let how = How {
            format,
            ..How::default()
        };
        let (summary, rows) = look(log, &how);
        assert_eq!(
            (rows.len(), summary.structure, &summary.problem),
            (0, structure, &None),
            "{log:?}"
        );
    }
}

#[test]
fn a_quote_cannot_hide_rows_or_make_them_up() {
    // What stands within quotes is no row, whatever it looks like.
    let inside = "192.0.2.1,203.0.113.9,443,1,2,1,\"\n192.0.2.66,203.0.113.66,443,1,2,1,\n\"";
    let (summary, rows) = look(table(&[inside, "192.0.2.2,203.0.113.9,443,1,2,1,"]), &How::default());
    assert_eq!((rows.len(), summary.malformed), (2, 0));
    assert!(!rows.concat().contains(".66"), "{rows:?}");
    // A quote that nobody closes ends after some lines, and the log goes on.
    let mut lines = vec!["192.0.2.1,203.0.113.9,443,1,2,1,\"open"];
    lines.resize(100, "192.0.2.2,203.0.113.9,443,1,2,1,");
    let (summary, rows) = look(table(&lines), &How::default());
    assert_eq!((rows.len(), summary.malformed), (36, 1));
    // At the end of the log it is malformed as well.
    let (summary, rows) = look(table(&["192.0.2.1,203.0.113.9,443,1,2,1,\"open"]), &How::default());
    assert_eq!((rows.len(), summary.malformed, summary.structure), (0, 1, 1));
}

#[test]
fn a_line_without_end_is_passed_over() {
    let long = "x".repeat(LONGEST_LINE + 1);
    let good = "192.0.2.2,203.0.113.9,443,1,2,1,";
    let (summary, rows) = look(table(&[&long, good, &"y".repeat(5 * LONGEST_LINE)]), &How::default());
    assert_eq!((rows.len(), summary.malformed), (1, 2));
    assert_eq!((summary.samples[0].line, summary.samples[1].line), (2, 4));
    // The longest that is allowed, with both kinds of line end.
    for end in ["\n", "\r\n"] {
        let just = format!("{good}{}", "z".repeat(LONGEST_LINE - good.len()));
        let (summary, rows) = look(format!("{HEADER}{end}{just}{end}"), &How::default());
        assert_eq!((rows.len(), summary.bad_names), (1, 1));
    }
}

#[test]
fn a_header_of_very_many_or_very_long_columns_is_refused() {
    let many = "x,".repeat(LONGEST_LINE / 2 - 10);
    let (summary, _) = look(&many, &How::default());
    assert!(summary.problem.unwrap().to_string().contains("4096 at most"));
    let long = format!("src_ip,{}", "y".repeat(LONGEST_LINE - 10));
    let how = How {
        columns: Columns::from_texts(["destination=yyy"]).unwrap(),
        ..How::default()
    };
    let problem = look(&long, &how).0.problem.unwrap().to_string();
    assert!(problem.contains("no column `yyy`") && problem.len() < 500, "{problem}");
}

#[test]
fn bytes_that_are_no_text_matter_only_where_they_are_used() {
    let mut log =
        b"src_ip,dst_ip,note\n192.0.2.1,203.0.113.9,\xff\xfe\0\n\xff,203.0.113.9,\n192.0.2.1\0,203.0.113.9,\n".to_vec();
    let (summary, rows) = look(&log, &How::default());
    assert_eq!((rows.len(), summary.malformed), (1, 2));
    log.retain(|byte| *byte != b',');
    assert!(look(&log, &How::default()).0.problem.is_some());
}

#[test]
fn lines_of_other_formats_are_malformed() {
    let zeek = "#fields\tts\tid.orig_h\tid.resp_h\torig_bytes\n1.0\t192.0.2.1\t203.0.113.9\t5\n";
    let (summary, rows) = look(
        format!("{zeek}{{\"event_type\":\"flow\"}}\n192.0.2.1,203.0.113.9\n"),
        &How::default(),
    );
    assert_eq!((rows.len(), summary.malformed), (1, 2));
    let json = r#"{"id.orig_h":"192.0.2.1","id.resp_h":"203.0.113.9","conn_state":"SF"}"#;
    let (summary, rows) = look(format!("{json}\n{zeek}{{}}\n[{json}]\n{json}{json}\n"), &How::default());
    assert_eq!((rows.len(), summary.malformed), (1, 5));
    let how = How {
        format: Some(Format::Zeek),
        ..How::default()
    };
    assert_eq!(
        look("1.0\t192.0.2.1\t203.0.113.9\t5\n", &how).0.malformed,
        1,
        "no `#fields`"
    );
}

#[test]
fn packed_logs_are_unpacked_by_their_first_bytes() {
    let log = table(&["192.0.2.1,203.0.113.9,443,1,2,1,", "192.0.2.2,203.0.113.9,443,1,2,1,"]);
    let (start, end) = log.as_bytes().split_at(70);
    let skipped = [&[0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
    for (packed, compression) in [
        (gzip(log.as_bytes()), Compression::Gzip),
        ([gzip(start), gzip(b""), gzip(end)].concat(), Compression::Gzip),
        (zstd(log.as_bytes()), Compression::Zstd),
        (
            [skipped.clone(), zstd(start), skipped, zstd(end)].concat(),
            Compression::Zstd,
        ),
    ] {
        let (summary, rows) = look(&packed, &How::default());
        assert_eq!(
            (rows.len(), summary.compression, &summary.problem),
            (2, Some(compression), &None)
        );
        assert_eq!(summary.bytes, log.len() as u64);
    }
}

#[test]
fn what_was_read_before_the_damage_stays() {
    let rows: Vec<String> = (0..40_000)
        .map(|n| format!("192.0.2.{},203.0.113.9,443,{n},2,1,", n * 7 % 251))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let log = table(&rows);
    for packed in [gzip(log.as_bytes()), zstd(log.as_bytes())] {
        for cut in [packed.len() - 1, packed.len() / 2, 3 * packed.len() / 4, 12] {
            let (summary, rows) = look(&packed[..cut], &How::default());
            assert!(matches!(summary.problem, Some(Problem::Damaged { .. })), "{summary:?}");
            // The line that was cut off is not taken for a whole one.
            assert!(
                rows.len() as u64 == summary.rows && summary.malformed == 0,
                "{:?}",
                summary.samples
            );
            assert!(cut < packed.len() / 2 || !rows.is_empty());
        }
        let mut damaged = packed.clone();
        let middle = damaged.len() / 2;
        damaged[middle..middle + 40].fill(0x55);
        assert!(look(&damaged, &How::default()).0.problem.is_some());
        let garbage = [packed.as_slice(), b"garbage"].concat();
        let (summary, rows) = look(&garbage, &How::default());
        assert_eq!((rows.len(), summary.problem.is_some()), (40_000, true));
    }
}

#[test]
fn a_source_that_fails_or_dribbles() {
    struct Dribble<'a>(&'a [u8], u32);
    impl Read for Dribble<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 += 1;
            if self.1.is_multiple_of(3) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let Some((first, rest)) = self.0.split_first() else {
                return Err(io::Error::other("the wire is cut"));
            };
            buffer[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }
    let log = table(&["192.0.2.1,203.0.113.9,443,1,2,1,", "192.0.2.2,203.0.113"]);
    let log = log.trim_end();
    for bytes in [log.as_bytes().to_vec(), gzip(log.as_bytes())] {
        let summary = read(Dribble(&bytes, 0), "", &How::default(), &mut |_| {
            ControlFlow::Continue(())
        });
        assert_eq!(summary.rows, 1);
        assert_eq!(
            summary.problem.unwrap().to_string(),
            "not read to the end: the wire is cut"
        );
    }
}

#[test]
fn what_is_shown_of_a_line_is_short_and_harmless() {
    assert_eq!(shown(b"a b\tc\0\x1b]0;x\x07"), "a b\\tc\\u{0}\\u{1b}]0;x\\u{7}");
    assert_eq!(
        shown("\u{202e}\u{200b}\u{a0}é".as_bytes()),
        "\\u{202e}\\u{200b}\\u{a0}é"
    );
    let long = shown("é".repeat(1000).as_bytes());
    assert_eq!((long.chars().count(), long.ends_with('…')), (61, true));
    assert_eq!(shown(&[0xff; 3]), "\u{fffd}\u{fffd}\u{fffd}");
}

/// Pieces of logs, so that the soup gets past the first letters.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b"\n", b"\n", b"\n", b"\r\n", b"\t", b",", b" ", b"\"", b"-", b"#separator \\x09\n", b"#fields\tts\tid.orig_h\tid.resp_h\torig_bytes\n",
        b"1.0\t192.0.2.1\t203.0.113.9\t5\n", b"src_ip,dst_ip,sni\n", b"192.0.2.1,203.0.113.9,x\n", b"192.0.2.1", b"2001:db8::1",
        b"2 1 e 192.0.2.1 203.0.113.9 50001 443 6 1 2 3 4 ACCEPT OK\n", b"srcaddr dstaddr bytes\n", b"REJECT", b"NODATA",
        b"{\"event_type\":\"flow\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"src_ip\":\"192.0.2.1\",\"dest_ip\":\"203.0.113.9\"}\n",
        b"{\"id.orig_h\":\"192.0.2.1\",\"id.resp_h\":\"203.0.113.9\",\"conn_state\":\"SF\",\"ts\":", b"{\"source\":{\"ip\":", b"}", b"[", b"1e999",
        b"ts,te,td,sa,da,sp,dp,pr\n", b"1,1,1,192.0.2.1,203.0.113.9,1,2,TCP\n", b"Summary\n", b"\xef\xbb\xbf", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\xff", b"\0",
    ];
    let piece = prop_oneof![
        8 => prop::sample::select(pieces).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    // `look` sees to it that every line is accounted for.
    #[test]
    fn no_soup_of_bytes_panics_and_no_line_is_lost(
        log in soup(),
        format in prop::option::of(prop::sample::select(Format::ALL)),
    ) {
        let (summary, _) = look(&log, &How { format, ..How::default() });
        if summary.problem.is_none() && summary.compression.is_none() {
            let lines = log.split(|byte| *byte == b'\n').count() - usize::from(log.is_empty() || log.ends_with(b"\n"));
            prop_assert_eq!(summary.lines, lines as u64);
            prop_assert_eq!(summary.bytes, log.len() as u64);
        }
        prop_assert!(summary.samples.iter().all(|sample| !sample.malformed.to_string().contains(char::is_control)));
    }

    #[test]
    fn damage_to_packed_logs_never_panics(cut in 0_usize..400, at in 0_usize..400, byte: u8, zip: bool) {
        let log = table(&["192.0.2.1,203.0.113.9,443,1,2,1,example.org", "192.0.2.2,203.0.113.9,443,1,2,1,"]);
        let mut packed = if zip { gzip(log.as_bytes()) } else { zstd(log.as_bytes()) };
        let length = packed.len();
        packed[at % length] = byte;
        packed.truncate(length - cut % length);
        look(&packed, &How::default());
    }
}
