//! Reads the tables of this folder.

/// The lines of a table below its heading, each as its cells. A cell with a comma in it stands in quotes; none holds a quote.
pub(super) fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().skip(1).filter_map(|line| {
        let mut quoted = false;
        let ends = |c: char| {
            quoted ^= c == '"';
            c == ',' && !quoted
        };
        let cells: Vec<&str> = line.split(ends).map(|cell| cell.trim_matches('"')).collect();
        cells.try_into().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_in_quotes_ends_no_cell() {
        let found: Vec<[&str; 3]> = rows("a,b,c\n1,\"Washington, D.C.\",\n\"x\",,y\n").collect();
        assert_eq!(found, [["1", "Washington, D.C.", ""], ["x", "", "y"]]);
    }
}
