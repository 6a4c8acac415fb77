//! The memorandum: what is flagged is in it, tables hold together, and nothing of the map turns into markup.

use std::fs;

use transborder::assess::assessment::is_flagged;
use transborder::assess::{Assessment, Options, assess};
use transborder::law::pack::Status;
use transborder::report::memo::{Memo, render};

use crate::world::{LAW, read, repository};

fn harbour(change: impl Fn(String) -> String) -> Assessment {
    let text = fs::read_to_string(repository("examples/harbour-retail/map.yaml")).unwrap();
    assess(&read(&change(text), &LAW), &LAW, &Options::new()).unwrap()
}

/// The cells of a row, an escaped bar being part of one.
fn cells(row: &str) -> usize {
    row.replace("\\|", "").matches('|').count()
}

/// Every table of a page: its rows.
fn tables(page: &str) -> Vec<Vec<&str>> {
    let mut tables: Vec<Vec<&str>> = vec![Vec::new()];
    for line in page.lines() {
        if line.starts_with("| ") {
            tables.last_mut().unwrap().push(line);
        } else if !tables.last().unwrap().is_empty() {
            tables.push(Vec::new());
        }
    }
    tables.retain(|table| !table.is_empty());
    tables
}

#[test]
fn every_transfer_that_needs_attention_has_a_row_and_its_provision_and_the_others_are_counted() {
    let assessment = harbour(|text| text);
    let page = render(&assessment, Memo::new());
    let all = tables(&page);
    let rows = &all[0][2..];
    let mut flagged = 0;
    for movement in &assessment.movements {
        let verdicts = movement.verdicts.iter().map(|judged| &judged.verdict);
        let worrying: Vec<_> = verdicts
            .filter(|verdict| verdict.status == Status::InForce && is_flagged(verdict))
            .collect();
        let row = format!("| `{}` | `{}` |", movement.flow, movement.asset);
        assert_eq!(
            rows.iter().any(|line| line.starts_with(&row)),
            !worrying.is_empty(),
            "{row}"
        );
        flagged += usize::from(!worrying.is_empty());
        for verdict in worrying {
            let cite = verdict.decided_by.cite.replace('_', "\\_");
            assert!(page.contains(&cite), "{cite}");
        }
    }
    assert!(flagged > 5, "the example has no findings any more");
    assert_eq!(rows.len(), flagged);
    assert!(page.contains("It is not legal advice."));
    for regime in &assessment.law {
        assert!(page.contains(regime.checked_on.as_deref().unwrap()), "{}", regime.id);
    }
}

#[test]
fn rows_of_a_table_have_as_many_cells_as_its_head_whatever_a_map_is_called() {
    let hostile = "A | b <script>alert(1)</script>\\n# not a heading\\n| a | b |";
    let assessment = harbour(|text| text.replace("name: Harbour Retail, staff chat", &format!("name: \"{hostile}\"")));
    assert!(
        assessment.map.as_deref().unwrap().contains('|'),
        "the name was not replaced"
    );
    let page = render(&assessment, Memo::new());
    for table in tables(&page) {
        let head = cells(table[0]);
        assert!(table.iter().all(|row| cells(row) == head), "{}", table[0]);
    }
    assert!(!page.contains("<script>"));
    assert!(!page.lines().any(|line| line.starts_with("# not")));
}

#[test]
fn a_map_without_findings_has_a_short_memorandum() {
    let map = "
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
    let page = render(&assess(&read(map, &LAW), &LAW, &Options::new()).unwrap(), Memo::new());
    assert!(page.contains("None."));
    assert!(page.contains("0 movements that are exempt or covered under some law, 1 that are no transfer under any."));
    for heading in ["## Reasons", "## Questions", "## Penalties"] {
        assert!(!page.contains(heading), "{heading}");
    }
}
