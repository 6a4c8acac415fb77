//! What README.md shows is what the program prints.

use transborder::report::text::{Look, render};
use transborder::{Law, Options, Source, assess, load_map};

const README: &str = include_str!("../../README.md");
const MAP: &str = include_str!("../../examples/harbour-retail/map.yaml");

#[test]
fn the_excerpt_is_part_of_the_report_on_the_example_map() {
    let law = Law::built_in().unwrap();
    let source = Source::from_text("examples/harbour-retail/map.yaml", MAP);
    let map = load_map(&source, law.catalogue()).unwrap().map;
    let assessment = assess(&map, &law, &Options::new()).unwrap();
    let report = render(&assessment, Some(&source), Look::new());
    let rest = README.split("```text\n").nth(1).unwrap();
    let excerpt = rest.split("```").next().unwrap();
    for part in excerpt.split("\n[…]\n") {
        assert!(report.contains(part.trim()), "the report does not say:\n{part}");
    }
}
