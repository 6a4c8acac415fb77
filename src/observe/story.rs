//! Logs of each format, and what is to be seen in them. The numbers are worked out by hand from the samples.

use std::ops::ControlFlow;

use crate::observe::columns::Columns;
use crate::observe::format::{Format, How};
use crate::observe::moment::Moment;
use crate::observe::read::read;
use crate::observe::summary::{Apart, Problem, Summary};

/// Reads a log; each row as `client>server:port name sent/received connections`, with `?` for what is open, `!` at the end if
/// nothing came of it.
#[track_caller]
pub(super) fn look(log: impl AsRef<[u8]>, how: &How) -> (Summary, Vec<String>) {
    let mut rows = Vec::new();
    let summary = read(log.as_ref(), "log", how, &mut |row| {
        let open = |number: Option<u64>| number.map_or_else(|| "?".to_owned(), |number| number.to_string());
        let port = row.server_port.map_or_else(String::new, |port| format!(":{port}"));
        let name = row.name.map_or_else(String::new, |name| format!(" {name}"));
        let (sent, received) = (open(row.sent), open(row.received));
        let end = if row.unanswered { "!" } else { "" };
        let (client, server, connections) = (row.client, row.server, row.connections);
        rows.push(format!(
            "{client}>{server}{port}{name} {sent}/{received} {connections}{end}"
        ));
        ControlFlow::Continue(())
    });
    let apart: u64 = summary.apart.values().sum();
    let told = summary.rows + summary.structure + summary.malformed + apart;
    assert_eq!(told, summary.lines, "every line is accounted for: {summary:?}");
    assert_eq!(summary.rows, rows.len() as u64);
    (summary, rows)
}

/// Reads a log in which nothing is wrong.
#[track_caller]
fn clean(log: &str, format: Format) -> (Summary, Vec<String>) {
    let (summary, rows) = look(log, &How::default());
    assert_eq!(summary.format, Some(format), "{summary:?}");
    assert_eq!(
        (summary.malformed, &summary.problem),
        (0, &None),
        "{:?}",
        summary.samples
    );
    (summary, rows)
}

fn how(format: Option<Format>, columns: &[&str], header: Option<&str>) -> How {
    How {
        format,
        columns: Columns::from_texts(columns.iter().copied()).unwrap(),
        header: header.map(str::to_owned),
    }
}

const ZEEK: &str = "\
#separator \\x09
#set_separator\t,
#empty_field\t(empty)
#unset_field\t-
#path\tconn
#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tduration\torig_bytes\tresp_bytes\tconn_state
#types\ttime\taddr\tport\taddr\tport\tenum\tinterval\tcount\tcount\tstring
1379288667.7\t192.0.2.1\t1032\t203.0.113.9\t443\ttcp\t86400.0\t601\t38393\tSF
1379288667.8\t192.0.2.1\t1033\t203.0.113.9\t25\ttcp\t-\t-\t-\tS0
1379288667.9\t192.0.2.1\t1034\t203.0.113.8\t514\tudp\t-\t77\t0\tS0
1379288668.0\t192.0.2.1\t8\t203.0.113.7\t0\ticmp\t-\t-\t-\tOTH
1379288668.1\t2001:db8::1\t1035\t::ffff:203.0.113.9\t443\ttcp\t0.1\t0\t0\tSF
";

#[test]
fn zeek_says_who_called_and_what_was_answered() {
    let (summary, rows) = clean(ZEEK, Format::Zeek);
    let expected = [
        "192.0.2.1>203.0.113.9:443 601/38393 1",
        "192.0.2.1>203.0.113.9:25 ?/? 1!",
        // Datagrams that nobody answers have left all the same.
        "192.0.2.1>203.0.113.8:514 77/0 1",
        "2001:db8::1>203.0.113.9:443 0/0 1!",
    ];
    assert_eq!(rows, expected);
    assert_eq!((summary.structure, summary.bad_times), (7, 0));
    // An echo is none of the things that people send.
    assert_eq!(summary.apart[&Apart::Control], 1);
}

#[test]
fn a_connection_lasts_from_its_start_over_its_duration() {
    let mut times = Vec::new();
    read(ZEEK.as_bytes(), "", &How::default(), &mut |row| {
        times.push((row.start.map(Moment::milliseconds), row.end.map(Moment::milliseconds)));
        ControlFlow::Break(())
    });
    assert_eq!(times, [(Some(1_379_288_667_700), Some(1_379_375_067_700))]);
}

#[test]
fn zeek_logs_put_together_keep_their_own_headers() {
    let other = "\
#separator ,
#unset_field,nil
#path,ssl
#fields,id.resp_h,id.resp_p,server_name,id.orig_h
203.0.113.9,443,Files.Example.ORG,192.0.2.1
203.0.113.9,443,nil,192.0.2.1
#close,2026
#separator \\x09
#path\tdns
#fields\tts\tid.orig_h\tid.resp_h\tquery
1.0\t192.0.2.1\t192.0.2.53\texample.org
";
    let (summary, rows) = clean(&format!("{ZEEK}{other}"), Format::Zeek);
    assert_eq!(rows[4..], ["192.0.2.1>203.0.113.9:443 files.example.org 0/0 0"]);
    assert_eq!(summary.apart[&Apart::Other], 2);
}

#[test]
fn zeek_json_is_the_same_with_numbers_or_times_in_words() {
    let log = r#"{"_path":"conn","ts":"2026-11-22T10:00:00.5Z","id.orig_h":"192.0.2.1","id.orig_p":5,"id.resp_h":"203.0.113.9","id.resp_p":443,"proto":"tcp","orig_bytes":1,"resp_bytes":2,"conn_state":"SF"}
{"ts":1763805600.25,"id.orig_h":"192.0.2.1","id.orig_p":6,"id.resp_h":"203.0.113.9","id.resp_p":443,"proto":"tcp","conn_state":"S0"}
{"ts":1763805601,"id":{"orig_h":"192.0.2.1","resp_h":"203.0.113.9","resp_p":443},"host":"example.org","method":"GET"}
{"_path":"dns","ts":1763805602,"id.orig_h":"192.0.2.1","id.resp_h":"192.0.2.53","query":"example.org"}
{"ts":1763805603,"mem":7}
"#;
    let (summary, rows) = clean(log, Format::ZeekJson);
    let expected = [
        "192.0.2.1>203.0.113.9:443 1/2 1",
        "192.0.2.1>203.0.113.9:443 ?/? 1!",
        "192.0.2.1>203.0.113.9:443 example.org 0/0 0",
    ];
    assert_eq!(rows, expected);
    assert_eq!((summary.apart[&Apart::Other], summary.bad_times), (2, 0));
}

#[test]
fn a_cloud_flow_log_counts_each_direction_for_the_same_pair() {
    let log = "\
2 123456789012 eni-1 192.0.2.1 203.0.113.9 50001 443 6 10 840 1418530010 1418530070 ACCEPT OK
2 123456789012 eni-1 203.0.113.9 192.0.2.1 443 50001 6 12 9000 1418530010 1418530070 ACCEPT OK
2 123456789012 eni-1 203.0.113.66 192.0.2.1 50001 22 6 1 40 1418530010 1418530070 REJECT OK
2 123456789012 eni-1 - - - - - - - 1418530010 1418530070 - NODATA
2 123456789012 eni-1 - - - - - - - 1418530010 1418530070 - SKIPDATA
2026-11-22T10:00:00.000Z 2 123456789012 eni-1 192.0.2.1 203.0.113.7 8 0 1 1 84 1418530010 1418530070 ACCEPT OK
2 123456789012 eni-1 192.0.2.1 203.0.113.8 5060 5060 17 1 99 1418530010 1418530070 ACCEPT OK
";
    let (summary, rows) = clean(log, Format::Vpc);
    let expected = [
        "192.0.2.1>203.0.113.9:443 840/0 1",
        "192.0.2.1>203.0.113.9:443 0/9000 0",
        "192.0.2.1>203.0.113.8:5060 99/0 1",
    ];
    assert_eq!(rows, expected);
    let apart: Vec<_> = summary.apart.into_iter().collect();
    let reasons = [Apart::Rejected, Apart::NoData, Apart::Skipped, Apart::Control];
    assert_eq!(apart, reasons.map(|why| (why, 1)));
}

#[test]
fn a_cloud_flow_log_may_choose_its_fields_and_change_them() {
    let log = "\
version dstaddr srcaddr pkt-dstaddr pkt-srcaddr dstport srcport protocol bytes flow-direction tcp-flags start
5 192.0.2.99 192.0.2.1 203.0.113.9 - 443 50001 6 840 egress 2 1418530010
srcaddr dstaddr bytes
192.0.2.1 203.0.113.7 5
";
    let (_, rows) = clean(log, Format::Vpc);
    assert_eq!(
        rows,
        ["192.0.2.1>203.0.113.9:443 840/0 1", "192.0.2.1>203.0.113.7 5/0 1"]
    );

    // Without a header line, somebody has to say what it would be.
    let chosen = how(Some(Format::Vpc), &[], Some("${srcaddr} ${dstaddr} ${bytes}"));
    let (summary, rows) = look("192.0.2.1 203.0.113.7 5\n", &chosen);
    assert_eq!((summary.rows, rows[0].as_str()), (1, "192.0.2.1>203.0.113.7 5/0 1"));
    let (summary, _) = look(
        "192.0.2.1 203.0.113.7 5\n",
        &how(Some(Format::Vpc), &[], Some("from to bytes")),
    );
    assert!(
        matches!(summary.problem, Some(Problem::Unusable { line: 1, .. })),
        "{summary:?}"
    );
}

#[test]
fn suricata_tells_flows_names_and_everything_else() {
    let log = r#"{"timestamp":"2026-11-22T10:00:00.000000+0000","event_type":"stats","stats":{"uptime":1}}
{"timestamp":"2026-11-22T10:00:09.000000+0000","event_type":"flow","src_ip":"192.0.2.1","src_port":50000,"dest_ip":"203.0.113.9","dest_port":443,"proto":"TCP","app_proto":"tls","flow":{"pkts_toserver":9,"bytes_toserver":1200,"bytes_toclient":7000,"start":"2026-11-22T10:00:01.000000+0000","end":"2026-11-22T10:00:08.000000+0000","state":"closed"}}
{"timestamp":"2026-11-22T10:00:09.000000+0000","event_type":"flow","src_ip":"192.0.2.1","src_port":50001,"dest_ip":"203.0.113.9","dest_port":25,"proto":"TCP","flow":{"bytes_toserver":180,"bytes_toclient":0,"state":"new"}}
{"timestamp":"2026-11-22T10:00:02.000000+0000","event_type":"tls","src_ip":"192.0.2.1","src_port":50000,"dest_ip":"203.0.113.9","dest_port":443,"proto":"TCP","tls":{"sni":"files.example.org"}}
{"timestamp":"2026-11-22T10:00:02.000000+0000","event_type":"alert","src_ip":"192.0.2.1","dest_ip":"203.0.113.9","flow":{"bytes_toserver":5,"bytes_toclient":5}}
{"timestamp":"2026-11-22T10:00:02.000000+0000","event_type":"netflow","src_ip":"203.0.113.9","src_port":443,"dest_ip":"192.0.2.1","dest_port":50000,"proto":"TCP","netflow":{"bytes":7000}}
"#;
    let (summary, rows) = clean(log, Format::Eve);
    let expected = [
        "192.0.2.1>203.0.113.9:443 1200/7000 1",
        "192.0.2.1>203.0.113.9:25 180/0 1!",
        "192.0.2.1>203.0.113.9:443 files.example.org 0/0 0",
        "192.0.2.1>203.0.113.9:443 0/7000 0",
    ];
    assert_eq!(rows, expected);
    assert_eq!((summary.apart[&Apart::Other], summary.bad_times), (2, 0));
}

#[test]
fn nfdump_of_the_old_and_the_new_kind() {
    let old = "\
ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt
2026-11-22 15:31:07,2026-11-22 15:31:08,1.000,192.0.2.10,192.0.2.20,40001,443,TCP,.AP.SF,0,0,5,1168,0,0
2026-11-22 15:31:07,2026-11-22 15:31:08,1.000,192.0.2.20,192.0.2.10,443,40001,TCP,.AP.SF,0,0,5,5268,0,0
2026-11-22 15:31:07,2026-11-22 15:31:08,1.000,192.0.2.20,192.0.2.10,443,40002,TCP,.AP.SF,0,0,5,70,5,30
Summary
flows,bytes,packets,avg_bps,avg_pps,avg_bpp
3,6506,10,1,1,1
";
    let (summary, rows) = clean(old, Format::Nfdump);
    let expected = [
        "192.0.2.10>192.0.2.20:443 1168/0 1",
        "192.0.2.10>192.0.2.20:443 0/5268 0",
        "192.0.2.10>192.0.2.20:443 30/70 1",
    ];
    assert_eq!(rows, expected);
    assert_eq!(summary.structure, 4);
    let new = "\
firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows
2026-11-22 15:31:07.123,1.000,TCP,192.0.2.10,40001,192.0.2.20,443,5,1168,1
";
    let (_, rows) = clean(new, Format::Nfdump);
    assert_eq!(rows, ["192.0.2.10>192.0.2.20:443 1168/0 1"]);
    assert_eq!(clean(&format!("{old}{new}"), Format::Nfdump).1.len(), 4);
}

#[test]
fn tables_are_read_by_the_names_of_their_columns() {
    let comma = "Source IP,Destination IP,Destination Port,Bytes Sent,Bytes Received,Note\n\
                 192.0.2.1,203.0.113.9,443,10,20,\"said \"\"hello,\nworld\"\"\"\n";
    let (summary, rows) = clean(comma, Format::Csv);
    assert_eq!(rows, ["192.0.2.1>203.0.113.9:443 10/20 1"]);
    // The header, and the first of the two lines of the record.
    assert_eq!((summary.lines, summary.structure), (3, 2));
    let (_, rows) = clean("src\tdst\tbytes\tcount\n192.0.2.1\t203.0.113.9\t10\t3\n", Format::Csv);
    assert_eq!(rows, ["192.0.2.1>203.0.113.9 10/0 3"]);
    let named = how(
        None,
        &["source=who, exactly", "destination=whom", "bytes=n", "name=host"],
        None,
    );
    let (_, rows) = look(
        "when;\"who, exactly\";whom;n;host\n1;192.0.2.1;203.0.113.9;-;example.org\n",
        &named,
    );
    assert_eq!(rows, ["192.0.2.1>203.0.113.9 example.org ?/0 1"]);
}

#[test]
fn a_table_that_does_not_say_who_called_whom_is_not_guessed_at() {
    for (log, parts) in [
        (
            "time,user,server_adress,n\n1,a,192.0.2.1,3\n",
            vec!["`source=<name>`", "`destination=<name>`", "server_adress"],
        ),
        ("[\n {\"a\": 1}\n]\n", vec!["one object a line"]),
        ("Hello world\n", vec!["no known log", "zeek-json"]),
        (
            "{\"src_ip\":\"192.0.2.1\",\"peer\":{\"ip\":\"192.0.2.2\"}}\n",
            vec!["`destination=<name>`", "peer.ip, src_ip"],
        ),
    ] {
        let (summary, rows) = look(log, &How::default());
        assert!(rows.is_empty() && summary.lines == 0, "{summary:?}");
        let problem = summary.problem.unwrap().to_string();
        for part in parts.into_iter().chain(["line 1: "]) {
            assert!(problem.contains(part), "{part}\n{problem}");
        }
    }
}

#[test]
fn json_is_read_by_nested_or_dotted_keys() {
    let log = r#"{"@timestamp":"2026-11-22T10:00:00Z","source":{"ip":"192.0.2.1","port":50000},"destination":{"ip":"203.0.113.9","port":443}}
{"source.ip":"192.0.2.1","source.bytes":5,"destination":{"ip":"203.0.113.9","bytes":6,"domain":"example.org"},"network":{"transport":"tcp"}}
"#;
    let (_, rows) = clean(log, Format::Json);
    let expected = [
        "192.0.2.1>203.0.113.9:443 ?/0 1",
        "192.0.2.1>203.0.113.9 example.org 5/6 1",
    ];
    assert_eq!(rows, expected);
    let named = how(Some(Format::Json), &["source=c", "destination=s.a"], None);
    let (_, rows) = look("not yet\n{\"c\":\"192.0.2.1\",\"s\":{\"a\":\"203.0.113.9\"}}\n", &named);
    assert_eq!(rows, ["192.0.2.1>203.0.113.9 ?/0 1"]);
}

#[test]
fn the_receiver_may_have_enough() {
    let mut rows = 0;
    let summary = read(ZEEK.as_bytes(), "", &How::default(), &mut |_| {
        rows += 1;
        if rows == 2 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    assert!(summary.stopped && summary.problem.is_none());
    assert_eq!((rows, summary.rows, summary.lines), (2, 2, 9));
}
