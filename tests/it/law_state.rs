//! The page a lawyer starts from says what the pack says, in Markdown that stays whole.

use transborder::law::Law;
use transborder::law::pack::Confidence;
use transborder::report::law::state;

use crate::fifth_regime::FREEDONIA;
use crate::world::LAW;

fn freedonia() -> Law {
    match Law::from_texts(FREEDONIA) {
        Ok(law) => law,
        Err(problems) => panic!("{problems}"),
    }
}

#[test]
fn the_page_of_a_small_regime_is_complete() {
    let page = state(&freedonia(), "pt");
    let expected = "\
### xf-data-act: Lei de Dados da Freedónia

| | |
| --- | --- |
| authority | Ministry of Mirrors |
| territory | Andorra (AD) |
| in force | since 2020-01-01 |
| compared with its sources | 2026-11-22 |
| layer | `act`: Data Act (in force) |
| layer | `part-9`: Localisation of everything (not commenced) |
| rules | 9: scope 1, transfer 2, blocks 2, exemptions 1, mechanisms 1, duties 1, counts 1 |
| dated entries of lists | 2: `friends` 2 |

#### Instruments

| short | title | number | in force from |
| --- | --- | --- | --- |
| ACT | Data Act |  | 2020-01-01 |

#### Open points (1)

- **family**: Are parent and subsidiary one recipient?
  - `apart` (our default): Each company is a recipient of its own
  - `together`: A group is one recipient
  - asked by: `xf-data-act/s3-family`

#### From memory, to be checked (0)

None.

#### Our interpretation (1)

- ACT s.3(2): Within a family (`xf-data-act/s3-family`)
";
    assert_eq!(page, expected);
}

#[test]
fn an_open_point_names_the_rules_that_ask_it_through_a_named_condition() {
    let page = state(&LAW, "en");
    // Whether doubtful categories are sensitive decides, through the condition of that name, who is below 100,000.
    let point = page.split("**doubtful_categories**").nth(1).unwrap();
    let asked_by = point.lines().find(|line| line.contains("asked by:")).unwrap();
    assert!(asked_by.contains("`cn-pipl/o16-5-1-iv-below-100000`"), "{asked_by}");
    assert!(!asked_by.contains("o16-5-1-i-contract"), "{asked_by}");
}

#[test]
fn every_rule_that_is_not_verified_and_every_penalty_is_on_the_page() {
    let page = state(&LAW, "en");
    assert!(page.ends_with('\n') && !page.ends_with("\n\n"));
    for pack in LAW.packs() {
        for head in pack.heads() {
            let listed = page.contains(&format!("(`{}/{}`)", pack.id, head.stem));
            assert_eq!(listed, head.confidence != Confidence::Verified, "{}", head.stem);
        }
        for penalty in &pack.penalties {
            assert!(page.contains(&format!("- {}: ", penalty.cite)), "{}", penalty.cite);
        }
        for key in pack.instruments.keys() {
            assert!(page.contains(&format!("| {key} | ")), "{key}");
        }
    }
    // A title in several languages has them all.
    assert!(page.contains("Personal Information Protection Law / 个人信息保护法"));
}

#[test]
fn a_bar_or_a_line_break_in_a_text_does_not_break_a_table() {
    let mut files: Vec<(&str, String)> = FREEDONIA
        .iter()
        .map(|(path, text)| (*path, (*text).to_owned()))
        .collect();
    let regime = &mut files[0].1;
    *regime = regime
        .replace(
            "authority: Ministry of Mirrors",
            "authority: \"Ministry | of\\n\\nMirrors\"",
        )
        .replace(
            "ACT: { title: Data Act,",
            "ACT: { title: \"Data\\nAct\", number: \"1|2\",",
        );
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let page = state(&Law::from_texts(&files).unwrap(), "en");
    assert!(page.contains("| authority | Ministry \\| of Mirrors |\n"), "{page}");
    assert!(page.contains("| ACT | Data Act | 1\\|2 | 2020-01-01 |\n"), "{page}");
}

#[test]
fn the_page_for_lawyers_ends_with_the_state_of_the_packs() {
    let page = include_str!("../../jurisdictions/README.md");
    let (_, stated) = page.split_once("<!-- law state -->\n").unwrap();
    let out_of_date = "out of date: replace what follows the mark by what `transborder law state` prints";
    assert!(stated == state(&LAW, "en"), "{out_of_date}");
}
