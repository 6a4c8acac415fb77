//! The command line as a user and as a script meets it: exit codes, what goes where, eighty columns.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value as Json;
use transborder::report;

use crate::fifth_regime::{FREEDONIA, Folder};
use crate::forecast::shop;
use crate::world::{LAW, regimes, repository};

/// A till in France that sends to the United States with nothing held: non-exempt since 16 July 2020.
const FLAGGED: &str = "
transborder: 1
as_of: 2021-01-01
entities:
  shop: { established_in: [FR], kind: company, parent: none }
  cloud-us: { established_in: [US], kind: company, parent: none, eu-gdpr: { privacy_shield_listed: true, dpf_listed: true, dpf_covers: [non_hr] } }
assets:
  orders: { personal: true, state: clear, categories: [name, transaction], controller: shop, collected_in: [FR], collected_from: person,
    subjects: [{ group: buyers, located_in: FR, count: 40, relation: customer, minors: false }], eu-gdpr: { related_to_targeting: false } }
processors:
  till: { operator: shop, located_in: FR }
  store: { operator: cloud-us, acts_for: none, located_in: US }
flows:
  sync: { from: till, to: store, carries: [orders], kind: transmission, purpose: same, protection: none,
    initiated_by: exporter, eu-gdpr: { excluded_activity: none } }
";

/// The same till, with a back office next door.
const CLEAN: &str = "
transborder: 1
as_of: 2026-11-01
entities:
  shop: { established_in: [FR], kind: company, parent: none }
assets:
  orders: { personal: true, controller: shop, collected_in: [FR], subjects: [{ group: buyers, located_in: FR, count: 40 }] }
processors:
  till: { operator: shop, located_in: FR }
  office: { operator: shop, located_in: FR }
flows:
  sync: { from: till, to: office, carries: [orders], kind: transmission }
";

struct Answer {
    code: i32,
    out: String,
    err: String,
}

fn run_with(input: &str, arguments: &[&str]) -> Answer {
    let mut child = Command::new(env!("CARGO_BIN_EXE_transborder"))
        .args(arguments)
        .current_dir(repository(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that fails before it reads may close its end first.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Answer {
        code: output.status.code().unwrap(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

#[track_caller]
fn run(code: i32, arguments: &[&str]) -> Answer {
    run_on("", code, arguments)
}

#[track_caller]
fn run_on(input: &str, code: i32, arguments: &[&str]) -> Answer {
    let answer = run_with(input, arguments);
    assert_eq!(answer.code, code, "{arguments:?}\n{}\n{}", answer.out, answer.err);
    assert!(!answer.err.contains("panicked"), "{arguments:?}\n{}", answer.err);
    answer
}

fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Lines wider than eighty columns, unless one word fills them: an id, a path, a fact of the map.
fn too_wide(text: &str) -> Vec<&str> {
    text.lines()
        .filter(|line| textwrap::core::display_width(line) > 80 && line.split_whitespace().count() > 1)
        .collect()
}

#[test]
fn the_exit_code_is_zero_without_findings_one_with_and_two_without_an_answer() {
    assert!(run_on(CLEAN, 0, &["check", "-"]).err.is_empty());
    let flagged = run_on(FLAGGED, 1, &["check", "-"]);
    assert!(
        flagged.out.contains("sync") && flagged.err.is_empty(),
        "{}",
        flagged.err
    );
    let missing = run(2, &["check", "no-such-map.yaml"]);
    assert!(
        missing.out.is_empty() && missing.err.contains("no-such-map.yaml"),
        "{}",
        missing.err
    );
    run_on("{", 2, &["check", "-"]);
    run_on("", 2, &["check", "-"]);
    // Nobody says as of which day the law is to be read.
    let timeless = CLEAN.replace("as_of: 2026-11-01\n", "");
    assert!(run_on(&timeless, 2, &["check", "-"]).err.contains("as_of"));
    run_on(&timeless, 0, &["check", "-", "--as-of", "2026-11-01"]);
}

#[test]
fn a_map_in_json_gives_the_answer_of_the_same_map_in_yaml() {
    let as_json = serde_json::to_string(&serde_yaml::from_str::<Json>(FLAGGED).unwrap()).unwrap();
    let of = |input: &str| run_on(input, 1, &["check", "-", "--format", "json"]).out;
    assert_eq!(of(FLAGGED), of(&as_json));
}

#[test]
fn json_has_its_version_and_every_movement() {
    let answer = json(&run_on(FLAGGED, 1, &["check", "-", "--format", "json"]).out);
    assert_eq!(answer["transborder_assessment"], 1);
    assert_eq!(answer["as_of"], "2021-01-01");
    assert_eq!(answer["movements"][0]["flow"], "sync");
    let finding = &answer["findings"][0];
    assert_eq!(
        (&finding["regime"], &finding["outcome"]),
        (&"eu-gdpr".into(), &"non_exempt".into())
    );
}

#[test]
fn the_law_is_read_as_of_the_day_asked_for() {
    // The Privacy Shield fell on 16 July 2020; the framework that followed it holds since 10 July 2023.
    let outcome = |day: &str, code| {
        let answer = run_on(
            FLAGGED,
            code,
            &["check", "-", "--format", "json", "--regime", "eu-gdpr", "--as-of", day],
        );
        json(&answer.out)["movements"][0]["verdicts"][0]["outcome"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(outcome("2018-05-24", 0), "out_of_scope");
    assert_eq!(outcome("2020-07-15", 0), "exempt");
    assert_eq!(outcome("2020-07-16", 1), "non_exempt");
    assert_eq!(outcome("2023-07-09", 1), "non_exempt");
    assert_eq!(outcome("2023-07-10", 0), "exempt");
    run_on(FLAGGED, 2, &["check", "-", "--as-of", "2026-02-30"]);
}

#[test]
fn regimes_can_be_picked_and_an_unknown_one_is_refused_with_those_known() {
    let one = json(&run_on(FLAGGED, 0, &["check", "-", "--format", "json", "--regime", "hk-pdpo"]).out);
    assert_eq!(one["law"].as_array().unwrap().len(), 1);
    let two = &[
        "check", "-", "--format", "json", "--regime", "hk-pdpo", "--regime", "eu-gdpr",
    ];
    assert_eq!(json(&run_on(FLAGGED, 1, two).out)["law"].as_array().unwrap().len(), 2);
    let unknown = run_on(FLAGGED, 2, &["check", "-", "--regime", "xx-none"]);
    assert!(unknown.out.is_empty());
    assert!(
        unknown.err.contains("xx-none") && unknown.err.contains("cn-pipl"),
        "{}",
        unknown.err
    );
}

#[test]
fn only_what_is_not_law_yet_can_be_taken_as_commenced() {
    let refused = [
        ("eu-gdpr", "error: expected REGIME/LAYER[=DAY], found `eu-gdpr`"),
        ("hk-pdpo/s34", "error: there is no layer `hk-pdpo/s34`\n    layers: "),
        (
            "hk-pdpo/s33=2027-02-30",
            "error: `2027-02-30`: not a day written YYYY-MM-DD",
        ),
        // Otherwise nothing would be found on this map.
        (
            "eu-gdpr/chapter_v=2030-01-01",
            "error: the layer `eu-gdpr/chapter_v` is in force already",
        ),
    ];
    for (layer, why) in refused {
        let answer = run_on(FLAGGED, 2, &["check", "-", "--commence", layer]);
        assert!(answer.out.is_empty() && answer.err.starts_with(why), "{}", answer.err);
    }
}

#[test]
fn what_makes_the_exit_code_one_can_be_chosen() {
    run_on(FLAGGED, 0, &["check", "-", "--fail-on", "nothing"]);
    run_on(FLAGGED, 1, &["check", "-", "--fail-on", "non_exempt"]);
    run_on(FLAGGED, 0, &["check", "-", "--fail-on", "incomplete,undetermined"]);
    run_on(FLAGGED, 2, &["check", "-", "--fail-on", "everything"]);
    // A store at home, run by a company that somebody abroad owns: no transfer, an exposure.
    let owned = CLEAN.replace(
        "parent: none }",
        "parent: chain }\n  chain: { established_in: [US], kind: company, parent: none }",
    );
    run_on(&owned, 0, &["check", "-"]);
    run_on(&owned, 1, &["check", "-", "--fail-on", "exposure"]);
    run_on(CLEAN, 0, &["check", "-", "--fail-on", "exposure"]);
    // Law that has not commenced never fails a build: section 33 would, the principles do not speak of this.
    let answer = json(&run(1, &["check", "examples/harbour-retail/map.yaml", "--format", "json"]).out);
    let not_commenced = |finding: &&Json| finding["status"] == "not_commenced" && finding["outcome"] == "non_exempt";
    assert!(
        answer["findings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|finding| not_commenced(&finding))
    );
    let kept = "
transborder: 1
as_of: 2026-11-01
entities: { shop: { established_in: [HK], kind: company, parent: none }, host: { established_in: [SG], kind: company, parent: none } }
assets: { orders: { personal: true, controller: shop, collected_in: [HK], collected_from: person, categories: [name] } }
processors: { till: { operator: shop, located_in: HK }, store: { operator: host, acts_for: shop, located_in: SG } }
flows:
  sync: { from: till, to: store, carries: [orders], kind: transmission, purpose: same, initiated_by: exporter, hk-pdpo: {
    transferee_class_notified: true, processor_retention: true, processor_security: true, own_security: true, part8_exemption: none } }
";
    let answer = run_on(kept, 0, &["check", "-", "--regime", "hk-pdpo", "--format", "json"]);
    let findings = &json(&answer.out)["findings"];
    assert!(
        findings
            .as_array()
            .unwrap()
            .iter()
            .any(|finding| not_commenced(&finding)),
        "{findings:#}"
    );
}

#[test]
fn a_bad_map_shows_every_problem_with_its_line_and_column() {
    let bad = "transborder: 1\nas_of: 2026-02-30\nentities:\n  shop: { established_in: [ZZ], kind: firm }\nflows:\n  sync: { from: till, to: nowhere, colour: red }\n";
    let answer = run_on(bad, 2, &["check", "-"]);
    assert!(answer.out.is_empty());
    for position in [
        "<stdin>:2:8:",
        "<stdin>:4:28:",
        "<stdin>:4:39:",
        "<stdin>:6:17:",
        "<stdin>:6:27:",
        "<stdin>:6:36:",
    ] {
        assert!(answer.err.contains(position), "{position}\n{}", answer.err);
    }
}

#[test]
fn a_flow_is_explained_and_an_unknown_one_is_refused_with_those_known() {
    let answer = run_on(FLAGGED, 0, &["explain", "-", "sync", "--regime", "eu-gdpr"]);
    assert!(answer.out.contains("art-44-third-country"), "{}", answer.out);
    // The facts it turned on come from lines of the map.
    assert!(answer.out.contains("exporter.established_in"), "{}", answer.out);
    run_on(FLAGGED, 0, &["explain", "-", "sync/orders"]);
    let unknown = run_on(FLAGGED, 2, &["explain", "-", "sink"]);
    assert!(
        unknown.err.contains("sink") && unknown.err.contains("sync"),
        "{}",
        unknown.err
    );
}

/// The till of [`FLAGGED`], sending to the United Kingdom, whose adequacy decision ends on 27 December 2031.
fn to_the_united_kingdom() -> String {
    FLAGGED
        .replace("as_of: 2021-01-01", "as_of: 2026-11-01")
        .replace("established_in: [US]", "established_in: [GB]")
        .replace("located_in: US", "located_in: GB")
        .replace(
            "initiated_by: exporter,",
            "initiated_by: exporter, access: actual, transit_only: false,",
        )
        .replace(
            "excluded_activity: none",
            "excluded_activity: none, uk_immigration_control: false",
        )
        .replace(
            "privacy_shield_listed: true, dpf_listed: true, dpf_covers: [non_hr]",
            "targets_eea: none",
        )
}

#[test]
fn a_forecast_ends_with_one_where_a_verdict_gets_worse() {
    let map = to_the_united_kingdom();
    let only = ["--regime", "eu-gdpr"];
    let quiet = run_on(&map, 0, &[&["forecast", "-"], &only[..]].concat());
    assert!(quiet.out.contains("from 2026-11-01 to 2031-11-01"), "{}", quiet.out);
    assert!(
        quiet.out.contains("Nothing changes") && quiet.err.is_empty(),
        "{}",
        quiet.out
    );
    let later = [&["forecast", "-", "--until", "2032-01-31"], &only[..]].concat();
    let worse = run_on(&map, 1, &later);
    assert!(worse.out.contains("2031-12-28"), "{}", worse.out);
    let wide = too_wide(&worse.out);
    assert!(wide.is_empty(), "{}", wide.join("\n"));
    let shape = json(&run_on(&map, 1, &[&later[..], &["--format", "json"]].concat()).out);
    assert_eq!(shape["transborder_forecast"], 1);
    let change = &shape["changes"][0];
    assert_eq!(change["day"], "2031-12-28");
    assert_eq!(
        (&change["way"], &change["needs_attention"]),
        (&"worse".into(), &true.into())
    );
    assert_eq!(change["before"]["outcome"], "exempt");
    let cause = &change["causes"][0]["law"];
    assert_eq!((&cause["what"], &cause["kind"]), (&"ends".into(), &"member".into()));
    assert_eq!(cause["places"][0]["code"], "GB");
    // Nothing lies between a day and itself, and a day has to be one.
    let back = run_on(&map, 2, &["forecast", "-", "--until", "2026-11-01"]);
    assert!(back.out.is_empty() && back.err.contains("2026-11-01"), "{}", back.err);
    run_on(&map, 2, &["forecast", "-", "--until", "2031-11-31"]);
    run_on(
        &map,
        0,
        &[&["forecast", "-", "--as-of", "2031-12-28"], &only[..]].concat(),
    );
}

#[test]
fn the_law_is_listed_and_shown() {
    let list = run(0, &["law"]).out;
    let of_one = run(0, &["law", "mo-pdpa"]).out;
    assert!(of_one.len() < list.len() / 2 && !of_one.contains("PIPL"));
    let rule = run(0, &["law", "eu-gdpr/art-46-2-c-scc"]).out;
    assert!(rule.contains("GDPR Art. 46(2)(c)"), "{rule}");
    assert!(run(2, &["law", "eu-gdpr/art-999"]).err.contains("art-999"));
    // The Provisions of 2024 did not exist before 22 March 2024.
    let exemption = "o16-5-1-ii-hr";
    assert!(
        !run(0, &["law", "cn-pipl", "--as-of", "2024-03-21"])
            .out
            .contains(exemption)
    );
    assert!(
        run(0, &["law", "cn-pipl", "--as-of", "2024-03-22"])
            .out
            .contains(exemption)
    );
}

#[test]
fn every_rule_of_every_pack_is_listed_and_can_be_shown() {
    let list = run(0, &["law"]).out;
    for pack in LAW.packs() {
        for head in pack.heads() {
            assert!(list.contains(&head.stem), "{} is not listed", head.stem);
            for language in ["en", "pt", "zh-Hans"] {
                let id = format!("{}/{}", pack.id, head.stem);
                let shown = report::law::show(&LAW, &id, language).unwrap_or_else(|| panic!("{id} cannot be shown"));
                let instrument = head.cite.split(' ').next().unwrap();
                assert!(shown.contains(&head.stem) && shown.contains(instrument), "{shown}");
                let wide = too_wide(&shown);
                assert!(wide.is_empty(), "{id}\n{}", wide.join("\n"));
            }
        }
    }
}

#[test]
fn changes_of_the_law_are_listed_between_two_days() {
    let arguments = ["law", "changes", "--from", "2020-07-15", "--to", "2020-07-16"];
    let page = run(0, &arguments).out;
    assert!(
        page.contains("United States (US)") && page.contains("Schrems II"),
        "{page}"
    );
    let of = |more: &[&str]| run(0, &[&arguments[..], more].concat()).out;
    let answer = json(&of(&["--format", "json", "--regime", "eu-gdpr"]));
    assert_eq!(
        (&answer["from"], &answer["to"]),
        (&"2020-07-15".into(), &"2020-07-16".into())
    );
    let ends = answer["changes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|change| change["what"] == "ends" && change["kind"] == "member")
        .unwrap();
    assert_eq!(ends["id"], "eu-gdpr/adequate");
    assert_eq!(ends["places"][0]["code"], "US");
    assert!(of(&["--regime", "mo-pdpa"]).contains("Nothing changed."));
    let order_16 = [
        "law",
        "changes",
        "--from",
        "2024-03-21",
        "--to",
        "2024-03-22",
        "--language",
        "zh-Hans",
    ];
    assert!(run(0, &order_16).out.contains("促进和规范数据跨境流动规定"));
    let reversed = run(2, &["law", "changes", "--from", "2020-07-16", "--to", "2020-07-15"]);
    assert!(
        reversed.out.is_empty() && reversed.err.contains("after"),
        "{}",
        reversed.err
    );
    run(2, &["law", "changes", "--from", "2020-07-15"]);
    run(2, &["law", "changes", "--from", "2020-02-30", "--to", "2020-07-15"]);
}

#[test]
fn regimes_are_put_side_by_side() {
    let counting = run(0, &["law", "compare", "--topic", "counting"]).out;
    assert!(
        counting.contains("below 100000: cn-pipl/o16-5-1-iv-below-100000"),
        "{counting}"
    );
    assert!(
        counting.contains("nothing in the pack") && !counting.contains("[consent]"),
        "{counting}"
    );
    let two = json(
        &run(
            0,
            &[
                "law",
                "compare",
                "hk-pdpo",
                "mo-pdpa",
                "--as-of",
                "2026-01-01",
                "--format",
                "json",
            ],
        )
        .out,
    );
    assert_eq!(two["as_of"], "2026-01-01");
    let ids: Vec<&Json> = two["regimes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|regime| &regime["id"])
        .collect();
    assert_eq!(ids, ["hk-pdpo", "mo-pdpa"]);
    let mistyped = run(2, &["law", "compare", "--topic", "consnt"]);
    assert!(
        mistyped.out.is_empty() && mistyped.err.contains("did you mean `consent`?"),
        "{}",
        mistyped.err
    );
    assert!(run(2, &["law", "compare", "xx-none"]).err.contains("cn-pipl"));
}

#[test]
fn the_state_of_the_law_is_a_page_of_markdown() {
    let page = run(0, &["law", "state", "--format", "markdown"]).out;
    assert_eq!(page, report::law::state(&LAW, "en"));
    let one = run(0, &["law", "state", "--regime", "mo-pdpa"]).out;
    assert!(page.contains(&one) && one.starts_with("### mo-pdpa"), "{one}");
}

#[test]
fn packs_are_checked() {
    let answer = run(0, &["pack", "check"]);
    for id in regimes() {
        assert!(answer.out.contains(&id), "{}", answer.out);
    }
    let folder = Folder::new("checked");
    for (path, text) in FREEDONIA {
        folder.write(path, text);
    }
    let path = folder.0.to_string_lossy().into_owned();
    run(0, &["pack", "check", &path]);
    let broken = folder.write("xf-data-act/duties/s8-sing.yaml", "id: xf-data-act/s8-sing\ntitle: Sing\ncite: ACT s.8\nconfidence: memory\nwhen: { flow.sung: true }\ncure: Sing.\nbecause: So it is.\n");
    let answer = run(2, &["pack", "check", &path]);
    assert!(
        answer.err.contains(&format!("{}:5:", broken.display())) || answer.err.contains("s8-sing.yaml:5:"),
        "{}",
        answer.err
    );
    run(2, &["pack", "check", "src"]);
    run(2, &["pack", "check", "no-such-folder"]);
}

#[test]
fn the_cases_of_a_pack_are_run() {
    let folder = Folder::new("tested");
    for (path, text) in FREEDONIA {
        folder.write(path, text);
    }
    let case = |outcome: &str| {
        format!(
            "title: To the friend\nsource: {{ title: ACT }}\nfacts: {{ as_of: 2022-01-01, flow.from_place: AD, flow.to_place: SM, \
             data.state_secret: false, count.people: 5 }}\nexpect: {{ outcome: {outcome} }}\n"
        )
    };
    folder.write("xf-data-act/cases/s5-friend/friend.yaml", &case("exempt"));
    let path = folder.0.join("xf-data-act").to_string_lossy().into_owned();
    assert!(run(0, &["pack", "test", &path]).out.contains("1 of 1"));
    // Cases of another folder instead.
    folder.write("elsewhere/wrong.yaml", &case("covered"));
    let elsewhere = folder.0.join("elsewhere").to_string_lossy().into_owned();
    let answer = run(1, &["pack", "test", &path, "--cases", &elsewhere]);
    assert!(
        answer.out.contains("wrong.yaml") && answer.out.contains("covered") && answer.out.contains("exempt"),
        "{}",
        answer.out
    );
    folder.write(
        "elsewhere/wrong.yaml",
        &format!("{}disputed: It never was a friend.\n", case("covered")),
    );
    run(0, &["pack", "test", &path, "--cases", &elsewhere]);
    // No cases are no success.
    folder.write("nothing/readme.txt", "");
    run(
        2,
        &[
            "pack",
            "test",
            &path,
            "--cases",
            &folder.0.join("nothing").to_string_lossy(),
        ],
    );
}

#[test]
fn a_pack_of_a_folder_is_applied_beside_the_built_in_ones() {
    let folder = Folder::new("applied");
    for (path, text) in FREEDONIA {
        folder.write(path, text);
    }
    let path = folder.0.to_string_lossy().into_owned();
    let map = CLEAN
        .replace("[FR]", "[AD]")
        .replace("located_in: FR, count", "located_in: AD, count")
        .replacen("located_in: FR", "located_in: AD", 1);
    let answer = json(&run_on(&map, 1, &["check", "-", "--packs", &path, "--format", "json"]).out);
    assert_eq!(answer["law"].as_array().unwrap().len(), regimes().len() + 1);
    let finding = answer["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["regime"] == "xf-data-act");
    assert!(finding.is_some(), "{answer:#}");
    // Its facts are known to maps then, and only then.
    let map = map.replace(
        "orders: { personal: true,",
        "orders: { personal: true, xf-data-act: { state_secret: true },",
    );
    run_on(&map, 1, &["check", "-", "--packs", &path]);
    run_on(&map, 2, &["check", "-"]);
    let schema = json(&run(0, &["schema", "--packs", &path]).out);
    assert!(schema.to_string().contains("state_secret"));
    assert!(!run(0, &["schema"]).out.contains("state_secret"));
}

#[test]
fn completions_are_printed() {
    let script = run(0, &["completions", "bash"]).out;
    assert!(script.contains("transborder") && script.contains("--fail-on"));
    run(2, &["completions", "tcsh"]);
}

#[test]
fn what_goes_into_a_pipe_has_no_colour_and_eighty_columns() {
    let harbour = "examples/harbour-retail/map.yaml";
    let pages = [
        run(1, &["check", harbour]),
        run(1, &["check", harbour, "--all"]),
        run(1, &["check", harbour, "--all", "--language", "zh-Hant"]),
        run(0, &["explain", harbour, "hk-reads-sz-hr"]),
        run(0, &["explain", harbour, "access:tenant:harbour-hk"]),
        run(0, &["forecast", harbour]),
        run(
            1,
            &["forecast", harbour, "--as-of", "2021-01-01", "--language", "zh-Hant"],
        ),
        run(0, &["law"]),
        run(0, &["law", "cn-pipl/standard-contract", "--language", "zh-Hans"]),
        run(0, &["law", "eu-gdpr/art-46-2-c-scc"]),
        run(0, &["law", "changes", "--from", "1990-01-01", "--to", "2030-01-01"]),
        run(0, &["law", "compare"]),
        run(0, &["law", "compare", "--language", "zh-Hans"]),
    ];
    for page in pages {
        assert!(!page.out.contains('\u{1b}'), "colour in a pipe");
        assert!(page.out.lines().count() > 5);
        let wide = too_wide(&page.out);
        assert!(wide.is_empty(), "{}", wide.join("\n"));
        // No white space at the end of lines: pages are compared.
        assert!(
            page.out.lines().all(|line| line == line.trim_end()),
            "white space at the end of a line"
        );
    }
    let bad = run_on("transborder: 1\nflowz: {}\n", 2, &["check", "-"]);
    assert!(!bad.err.contains('\u{1b}'));
}

#[test]
fn every_page_says_that_it_is_no_legal_advice() {
    for page in [
        run_on(CLEAN, 0, &["check", "-"]),
        run_on(FLAGGED, 0, &["explain", "-", "sync"]),
        run_on(CLEAN, 0, &["forecast", "-"]),
    ] {
        assert!(page.out.contains("not legal advice"), "{}", page.out);
    }
}

#[test]
fn the_same_map_prints_the_same_bytes_each_time() {
    let once = run(1, &["check", "examples/harbour-retail/map.yaml", "--all"]).out;
    assert_eq!(
        once,
        run(1, &["check", "examples/harbour-retail/map.yaml", "--all"]).out
    );
}

// The renewed decision on the United Kingdom ends on 27 December 2031.
#[test]
fn a_difference_between_two_files_has_the_exit_code_of_what_got_worse() {
    let folder = Folder::new("diff");
    for (name, place) in [("gb.yaml", "GB"), ("in.yaml", "IN")] {
        folder.write(name, &shop("2026-11-01", place, ""));
    }
    let path = |name: &str| folder.0.join(name).to_string_lossy().into_owned();
    let (gb, india) = (path("gb.yaml"), path("in.yaml"));
    let same = run(0, &["diff", &gb, &gb]);
    assert!(
        same.out.contains("0 worse, 0 better") && same.err.is_empty(),
        "{}",
        same.out
    );
    let worse = run(1, &["diff", &gb, &india]);
    assert!(worse.out.contains("why: the map changed"), "{}", worse.out);
    assert_eq!(too_wide(&worse.out), Vec::<&str>::new());
    run(0, &["diff", &india, &gb]);
    let later = json(&run(1, &["diff", &gb, &gb, "--as-of", "2031-12-28", "--format", "json"]).out);
    assert_eq!(later["verdicts"][0]["causes"][0]["cause"], "day");
    assert_eq!(later["objects"].as_array().map(Vec::len), Some(0));
    run(
        0,
        &["diff", &gb, &gb, "--old-as-of", "2031-12-28", "--as-of", "2031-12-29"],
    );
    // An assessment that was kept, on either side.
    let kept = run(0, &["check", &gb, "--format", "json"]).out;
    let to_itself = json(&run_on(&kept, 0, &["diff", "-", &gb, "--format", "json"]).out);
    assert_eq!(to_itself["verdicts"].as_array().map(Vec::len), Some(0));
    assert!(to_itself.get("objects").is_none());
    run_on(&kept, 1, &["diff", "-", &india]);
    run_on(&kept, 0, &["diff", &india, "-"]);
    // An assessment is of one day; both files are looked at.
    assert!(
        run_on(&kept, 2, &["diff", "-", &gb, "--old-as-of", "2026-11-02"])
            .err
            .contains("of one day")
    );
    let neither = run(2, &["diff", "no-such.yaml", "none-such.yaml"]);
    assert!(
        neither.err.contains("no-such.yaml") && neither.err.contains("none-such.yaml"),
        "{}",
        neither.err
    );
    run(2, &["diff", "-", "-"]);
}

#[test]
fn measures_are_printed_as_files_that_what_if_reads() {
    let folder = Folder::new("measures");
    folder.write("map.yaml", FLAGGED);
    let path = |name: &str| folder.0.join(name).to_string_lossy().into_owned();
    let (map, change) = (path("map.yaml"), path("change.yaml"));
    let text = run(1, &["measures", &map]);
    assert!(text.out.contains("SET 1: clears 1 finding"), "{}", text.out);
    assert_eq!(too_wide(&text.out), Vec::<&str>::new());
    let all = json(&run(1, &["measures", &map, "--format", "json", "--at-most", "9"]).out);
    let sets = all["sets"].as_array().unwrap();
    assert!(sets.len() > 1, "{all}");
    for set in sets {
        let number = set["number"].to_string();
        let yaml = run(
            1,
            &[
                "measures",
                &map,
                "--format",
                "yaml",
                "--at-most",
                "9",
                "--set-number",
                &number,
            ],
        );
        folder.write("change.yaml", &yaml.out);
        let difference = json(&run(0, &["what-if", &map, &change, "--format", "json"]).out);
        let left = difference["findings"]["unchanged"].as_array().unwrap();
        let cleared = &set["clears"][0]["finding"];
        assert!(!left.contains(cleared), "{cleared} by {}", yaml.out);
    }
    let nothing = run_on(CLEAN, 0, &["measures", "-"]);
    assert!(nothing.out.contains("There is nothing to clear."), "{}", nothing.out);
    run(2, &["measures", &map, "--set-number", "999"]);
    run(2, &["measures", &map, "--set-size", "4"]);
    let unknown = run(
        2,
        &["measures", &map, "--finding", "eu-gdpr/chapter_v/sync/orders/nonexempt"],
    );
    assert!(unknown.err.contains("did you mean"), "{}", unknown.err);
}

#[test]
fn what_if_ends_with_one_where_something_would_get_worse() {
    // The day before the decision on the Privacy Shield fell.
    let before = FLAGGED.replace("2021-01-01", "2020-07-15");
    let worse = run_on(&before, 1, &["what-if", "-", "--set", "as_of=2020-07-16"]);
    assert!(worse.out.contains("1 worse"), "{}", worse.out);
    run_on(&before, 0, &["what-if", "-", "--set", "flows.sync.purpose=related"]);
    run_on(&before, 0, &["what-if", "-", "--remove", "flows.sync"]);
    let refused = |arguments: &[&str], why: &str| {
        let all: Vec<&str> = ["what-if", "-"].iter().chain(arguments).copied().collect();
        let answer = run_on(&before, 2, &all);
        assert!(answer.err.contains(why), "{}", answer.err);
    };
    refused(&[], "there is no change");
    refused(&["--set", "flows.sync.kind"], "expected PATH=VALUE");
    refused(&["--set", "flows.sync.kind=teleport"], "teleport");
    refused(&["--remove", "flows.sink"], "flows.sink");
    refused(&["-"], "only one of the two");
}

#[test]
fn what_is_asked_can_be_answered_and_the_answers_end_up_in_the_map() {
    let folder = Folder::new("answers");
    let map = CLEAN
        .replace("assets:", "  host: { kind: company, parent: none }\nassets:")
        .replace("office: { operator: shop,", "office: { operator: host, acts_for: shop,");
    let map = folder.write("map.yaml", &map);
    let form = folder.0.join("form.yaml");
    let output = folder.0.join("answered.yaml");
    let (map, form, output) = (map.to_string_lossy(), form.to_string_lossy(), output.to_string_lossy());
    let only_gdpr = |code, arguments: &[&str]| run(code, &[arguments, &["--regime", "eu-gdpr"]].concat());
    only_gdpr(1, &["check", &map]);
    let asked = only_gdpr(0, &["ask", &map]);
    assert!(
        asked.out.contains("In which places is host established?"),
        "{}",
        asked.out
    );
    assert_eq!(too_wide(&asked.out), Vec::<&str>::new());
    for format in ["markdown", "csv"] {
        let page = only_gdpr(0, &["ask", &map, "--format", format, "--who", "legal"]);
        assert!(
            page.out.contains("In which places is host established?"),
            "{}",
            page.out
        );
    }
    only_gdpr(2, &["ask", &map, "--about", "slack"]);
    let blank = only_gdpr(0, &["ask", &map, "--format", "yaml"]).out;
    let at = "  - at: \"entities.host.established_in\"";
    let (before, after) = blank.split_once(at).unwrap();
    std::fs::write(
        &*form,
        format!("{before}{at}{}", after.replacen("    answer:", "    answer: FR", 1)),
    )
    .unwrap();
    let answered = only_gdpr(0, &["answer", &map, &form, "--output", &output]);
    assert!(answered.out.contains("better"), "{}", answered.out);
    only_gdpr(0, &["check", &output]);
    std::fs::write(
        &*form,
        format!("{before}{at}{}", after.replacen("    answer:", "    answer: Paris", 1)),
    )
    .unwrap();
    let wrong = only_gdpr(2, &["answer", &map, &form]);
    assert!(
        wrong.err.contains("form.yaml") && wrong.err.contains("Paris"),
        "{}",
        wrong.err
    );
    let memo = only_gdpr(0, &["report", &map, "--with-measures"]);
    assert!(
        memo.out.starts_with("# Memorandum") && memo.out.contains("## Measures"),
        "{}",
        memo.out
    );
}

#[test]
fn what_is_accepted_or_known_does_not_count_for_the_exit_code() {
    let folder = Folder::new("accepted");
    let accepted = "
accepted:
  india: { finding: eu-gdpr/chapter_v/sync/orders/non_exempt, reason: The contract is being negotiated.,
    approved: [{ role: dpo, by: M. Lei, on: 2026-10-03 }], until: 2027-03-31 }
";
    let plain = folder.write("plain.yaml", &shop("2026-11-01", "IN", ""));
    let map = folder.write("map.yaml", &shop("2026-11-01", "IN", accepted));
    let (plain, map) = (plain.to_string_lossy(), map.to_string_lossy());
    let only_gdpr = |code, arguments: &[&str]| run(code, &[arguments, &["--regime", "eu-gdpr"]].concat());
    only_gdpr(1, &["check", &plain]);
    let answer = only_gdpr(0, &["check", &map]);
    assert!(
        answer.out.contains("\nAccepted risks") && answer.out.contains("M. Lei (dpo)"),
        "{}",
        answer.out
    );
    assert_eq!(too_wide(&answer.out), Vec::<&str>::new());
    only_gdpr(0, &["check", &map, "--fail-on", "stale"]);
    let late = only_gdpr(1, &["check", &map, "--as-of", "2027-04-01"]);
    let words = late.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("its last day was 2027-03-31"), "{words}");
    only_gdpr(1, &["check", &map, "--as-of", "2027-04-01", "--fail-on", "stale"]);
    // A baseline of what there is lets all of it pass, and nothing that comes after.
    let file = folder.0.join("known.yaml");
    let file = file.to_string_lossy();
    only_gdpr(1, &["check", &plain, "--write-baseline", &file]);
    let known = only_gdpr(0, &["check", &plain, "--baseline", &file]);
    assert!(
        known
            .out
            .contains("  known: eu-gdpr/chapter_v/sync/orders/non_exempt\n"),
        "{}",
        known.out
    );
    let more = folder.write(
        "more.yaml",
        &shop("2026-11-01", "IN", "").replace("  sync: {", "  copy: {"),
    );
    let more = only_gdpr(1, &["check", &more.to_string_lossy(), "--baseline", &file]);
    assert!(
        more.out.contains("  gone: eu-gdpr/chapter_v/sync/orders/non_exempt\n"),
        "{}",
        more.out
    );
    let broken = folder.write(
        "broken.yaml",
        "transborder_baseline: 1\nas_of: 2026-11-31\nfindings: [{ id: 1 }]\n",
    );
    let broken = only_gdpr(2, &["check", &plain, "--baseline", &broken.to_string_lossy()]);
    assert!(
        broken.out.is_empty() && broken.err.contains("broken.yaml:2:8: error[file/bad-date]"),
        "{}",
        broken.err
    );
    assert!(broken.err.contains("broken.yaml:3:"), "{}", broken.err);
    only_gdpr(2, &["check", &plain, "--baseline", "no-such.yaml"]);
    only_gdpr(2, &["check", &plain, "--write-baseline", "no-such-folder/known.yaml"]);
}
