//! Texts of users and packs in Markdown, where they must not turn into markup.

/// A text as it reads, in a paragraph or a cell.
pub(super) fn text(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '~' | '&' | '$' | '@' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c if c.is_whitespace() || c.is_control() => {
                // A line of its own could be a heading, a list, a rule.
                if !escaped.ends_with(' ') {
                    escaped.push(' ');
                }
            }
            c => escaped.push(c),
        }
    }
    // At the start of a line: a list, a rule, a quotation.
    let trimmed = escaped.trim().to_owned();
    let digits = trimmed.chars().take_while(char::is_ascii_digit).count();
    match trimmed.chars().nth(digits) {
        Some('-' | '+' | '=') if digits == 0 => format!("\\{trimmed}"),
        Some(mark @ ('.' | ')')) if digits > 0 => trimmed.replacen(mark, &format!("\\{mark}"), 1),
        _ => trimmed,
    }
}

/// A name or a path as code, also in a cell.
pub(super) fn code(name: &str) -> String {
    let clean: String = name
        .chars()
        .map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c })
        .collect();
    if clean.contains(['`', '|']) {
        return text(&clean);
    }
    format!("`{clean}`")
}

#[cfg(test)]
mod tests {
    use super::{code, text};

    #[test]
    fn what_users_write_is_no_markup() {
        assert_eq!(text("a | b"), "a \\| b");
        assert_eq!(text("x\n# heading"), "x \\# heading");
        assert_eq!(text("- item"), "\\- item");
        assert_eq!(text("1. item"), "1\\. item");
        assert_eq!(text("<script>"), "\\<script\\>");
        assert_eq!(text("[a](javascript:b)"), "\\[a\\](javascript:b)");
        assert_eq!(code("flows.sync"), "`flows.sync`");
        assert_eq!(code("a`b|c"), "a\\`b\\|c");
    }
}
