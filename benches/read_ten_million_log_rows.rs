//! How fast logs are read and tallied, against merely splitting the same bytes into lines, and in how much memory.
//!
//! First 10,000,000 rows of Zeek's text over 100,000 pairs, which are made while they are read: how long, how large the tally
//! says it is, and how large the process has grown (Linux only). Then, for each format, 400,000 rows over 1,000 pairs in
//! memory: the medians of five runs, in rows a second, and how many times as long it takes as finding the ends of the lines.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench reads the clock and prints"
)]

use std::fmt::Write as _;
use std::io::{self, BufRead, Read};
use std::ops::ControlFlow;
use std::time::Instant;

use transborder::observe::format::How;
use transborder::observe::read::read;
use transborder::observe::tally::Tally;

const ROWS: usize = 400_000;
const PAIRS: usize = 1_000;
const RUNS: usize = 5;

const MANY_ROWS: usize = 10_000_000;
const MANY_PAIRS: usize = 100_000;

const ZEEK_HEADER: &str = "#separator \\x09\n#unset_field\t-\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents\n";

/// Writes the row of this number, of so many pairs, at the end of a log.
type WriteRow = fn(&mut String, usize, usize);

fn main() {
    let before = grown();
    let start = Instant::now();
    let (rows, pairs, memory) = tally(Made::default());
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!((rows, pairs), (MANY_ROWS as u64, MANY_PAIRS));
    println!("{MANY_ROWS} rows of zeek over {MANY_PAIRS} pairs, made while they are read");
    println!(
        "  {seconds:.1} s, {:.0} rows/s with the making",
        MANY_ROWS as f64 / seconds
    );
    println!("  the tally says it holds {:.1} MB", memory as f64 / 1e6);
    println!(
        "  largest size of the process before and after: {before} and {}",
        grown()
    );
    let formats: [(&str, &str, WriteRow); 6] = [
        ("zeek", ZEEK_HEADER, zeek),
        ("zeek-json", "", zeek_json),
        ("vpc", "", vpc),
        ("eve", "", eve),
        (
            "nfdump",
            "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt\n",
            nfdump,
        ),
        (
            "csv",
            "time,src_ip,dst_ip,dst_port,bytes_sent,bytes_received,sni\n",
            csv,
        ),
    ];
    println!("{ROWS} rows over {PAIRS} pairs, in memory");
    println!("  format         rows/s      MB/s   times the splitting into lines");
    for (name, header, row) in formats {
        let mut log = header.to_owned();
        (0..ROWS).for_each(|at| row(&mut log, at, PAIRS));
        let split = median(|| {
            let mut lines = io::BufReader::with_capacity(128 * 1024, log.as_bytes());
            let mut line = Vec::new();
            let mut count = 0;
            while lines.read_until(b'\n', &mut line).unwrap() > 0 {
                count += 1;
                line.clear();
            }
            assert_eq!(count, log.lines().count());
        });
        let ours = median(|| {
            let (rows, pairs, _) = tally(log.as_bytes());
            assert_eq!((rows, pairs), (ROWS as u64, PAIRS));
        });
        let megabytes = log.len() as f64 / 1e6;
        println!(
            "  {name:<10} {:10.0} {:9.0} {:10.1}",
            ROWS as f64 / ours,
            megabytes / ours,
            ours / split
        );
    }
}

fn tally(log: impl Read) -> (u64, usize, usize) {
    let mut tally = Tally::new();
    let summary = read(log, "bench", &How::default(), &mut |row| {
        tally.add(row);
        ControlFlow::Continue(())
    });
    assert_eq!(
        (summary.malformed, &summary.problem, summary.bad_times),
        (0, &None, 0),
        "{:?}",
        summary.samples
    );
    (summary.rows, tally.len(), tally.memory())
}

fn median(run: impl Fn()) -> f64 {
    let mut runs: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64()
        })
        .collect();
    runs.sort_by(f64::total_cmp);
    runs[RUNS / 2]
}

/// What the system says is the largest size this process has had.
fn grown() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap_or("not known here").trim().to_owned()
}

/// A log of Zeek that is nowhere but in the reading of it.
#[derive(Default)]
struct Made {
    row: usize,
    text: String,
    used: usize,
}

impl Read for Made {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.used == self.text.len() {
            (self.used, _) = (0, self.text.clear());
            if self.row == 0 {
                self.text.push_str(ZEEK_HEADER);
            }
            for _ in 0..500 {
                if self.row < MANY_ROWS {
                    zeek(&mut self.text, self.row, MANY_PAIRS);
                    self.row += 1;
                }
            }
        }
        let read = (&self.text.as_bytes()[self.used..]).read(buffer)?;
        self.used += read;
        Ok(read)
    }
}

/// Two addresses of a pair, and the seconds at which its row begins.
fn pair(at: usize, pairs: usize) -> (String, String, usize) {
    // 7,919 is a prime that divides no number of pairs here: each pair comes up once before any comes again.
    let pair = at * 7_919 % pairs;
    let client = format!("10.0.{}.{}", pair / 256 % 256, pair % 256);
    let server = format!("203.{}.113.{}", pair / 65_536, pair % 251);
    (client, server, 1_700_000_000 + at / 10)
}

fn zeek(log: &mut String, at: usize, pairs: usize) {
    let (client, server, seconds) = pair(at, pairs);
    let port = 40_000 + at % 20_000;
    writeln!(
        log,
        "{seconds}.706265\tCoyZrY2g74UvMMgp4a\t{client}\t{port}\t{server}\t443\ttcp\tssl\t0.447460\t601\t{at}\tSF\t-\t0\tShADadR\t22\t1489\t31\t39641\t(empty)"
    )
    .unwrap();
}

fn zeek_json(log: &mut String, at: usize, pairs: usize) {
    let (client, server, seconds) = pair(at, pairs);
    writeln!(
        log,
        r#"{{"ts":{seconds}.052279,"uid":"CH53301MTU21BMj2Bj","id.orig_h":"{client}","id.orig_p":49187,"id.resp_h":"{server}","id.resp_p":443,"proto":"tcp","service":"ssl","duration":0.0012309551239013672,"orig_bytes":242,"resp_bytes":{at},"conn_state":"SF","missed_bytes":0,"history":"ShADdFar","orig_pkts":4,"orig_ip_bytes":414,"resp_pkts":4,"resp_ip_bytes":455}}"#
    )
    .unwrap();
}

fn vpc(log: &mut String, at: usize, pairs: usize) {
    let (client, server, seconds) = pair(at, pairs);
    writeln!(
        log,
        "2 123456789012 eni-0123456789abcdef0 {client} {server} 50001 443 6 10 {at} {seconds} {} ACCEPT OK",
        seconds + 60
    )
    .unwrap();
}

fn eve(log: &mut String, at: usize, pairs: usize) {
    let (client, server, _) = pair(at, pairs);
    writeln!(
        log,
        r#"{{"timestamp":"2026-11-22T10:00:09.000000+0000","flow_id":1234567890123456,"in_iface":"eth0","event_type":"flow","src_ip":"{client}","src_port":50000,"dest_ip":"{server}","dest_port":443,"proto":"TCP","app_proto":"tls","flow":{{"pkts_toserver":9,"pkts_toclient":9,"bytes_toserver":1200,"bytes_toclient":{at},"start":"2026-11-22T10:00:01.000000+0000","end":"2026-11-22T10:00:08.000000+0000","age":7,"state":"closed","reason":"timeout","alerted":false}}}}"#
    )
    .unwrap();
}

fn nfdump(log: &mut String, at: usize, pairs: usize) {
    let (client, server, _) = pair(at, pairs);
    writeln!(
        log,
        "2026-11-22 15:31:07,2026-11-22 15:31:08,1.000,{client},{server},40001,443,TCP,...AP.SF,0,0,5,{at},0,0"
    )
    .unwrap();
}

fn csv(log: &mut String, at: usize, pairs: usize) {
    let (client, server, seconds) = pair(at, pairs);
    writeln!(log, "{seconds},{client},{server},443,{at},20,files.example.org").unwrap();
}
