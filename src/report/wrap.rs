//! Paragraphs on eighty columns, counted as they are displayed.

use textwrap::{Options, WordSeparator, WordSplitter};

/// The width of a page.
pub(super) const WIDTH: usize = 80;

/// Adds a paragraph whose further lines may be indented otherwise than the first. Words are never broken.
pub(super) fn paragraph(page: &mut String, first: usize, rest: usize, words: &str) {
    let (first, rest) = (" ".repeat(first), " ".repeat(rest));
    let options = Options::new(WIDTH)
        .initial_indent(&first)
        .subsequent_indent(&rest)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    for line in textwrap::wrap(words, options) {
        page.push_str(line.trim_end());
        page.push('\n');
    }
}
