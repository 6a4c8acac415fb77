//! Settings: the words a switch of a product can be set to.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Code;
use crate::load::decode::Node;
use crate::load::map::context::{Context, shortened};
use crate::load::map::format::SETTING;
use crate::load::map::ids::Entry;
use crate::load::map::reader::{Reader, members};
use crate::load::tree::Tree;
use crate::model::Setting;
use crate::word::Changeable;

pub(super) fn settings(context: &Context<'_, '_>, entries: &[Entry<'_>]) -> BTreeMap<String, Setting> {
    entries
        .iter()
        .map(|entry| (entry.id.clone(), setting(context, entry).unwrap_or_default()))
        .collect()
}

fn setting(context: &Context<'_, '_>, entry: &Entry<'_>) -> Option<Setting> {
    let reader = Reader::new(context, &entry.node, &SETTING)?;
    let values: BTreeSet<String> = match reader.known("values") {
        None => BTreeSet::new(),
        Some(node) => members(node, word).unwrap_or_default().into_iter().collect(),
    };
    if reader
        .known("values")
        .is_some_and(|node| matches!(node.tree, Tree::List(items) if items.is_empty()))
    {
        let node = reader.known("values")?;
        node.report(Code::WrongType, "expected at least one word".to_owned(), None);
    }
    let mut setting = Setting {
        id: entry.id.clone(),
        values,
        value: None,
        default: None,
        changeable: reader.word("changeable", Changeable::WORDS, Changeable::from_word),
        about: reader.text("about"),
        set_by: reader.text("set_by"),
        needs: reader.text("needs"),
        residue: reader.text("residue"),
    };
    let chosen = |key: &str| {
        let node = reader.known(key)?;
        let word = word(node)?;
        let report = |message, help| node.report(Code::UnknownWord, message, help);
        has(context, &setting, &word, report).then_some(word)
    };
    (setting.value, setting.default) = (chosen("value"), chosen("default"));
    Some(setting)
}

/// One word of a setting. YAML makes a boolean of `true`, never of `on`.
pub(super) fn word(node: &Node<'_>) -> Option<String> {
    if matches!(node.tree, Tree::Text(_)) {
        return node.text().map(str::to_owned);
    }
    node.expected("a word (text)");
    None
}

/// Whether a setting has a word, which is reported if not. A setting whose words are not known has every word.
pub(super) fn has(
    context: &Context<'_, '_>,
    setting: &Setting,
    word: &str,
    report: impl FnOnce(String, Option<String>),
) -> bool {
    if setting.values.is_empty() || setting.values.contains(word) {
        return true;
    }
    let near = context.near(word, setting.values.iter().map(String::as_str).collect());
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let words: Vec<String> = setting.values.iter().take(10).map(|word| shortened(word)).collect();
            format!("its words are {}", words.join(", "))
        }
    };
    let message = format!("the setting `{}` has no word `{}`", setting.id, shortened(word));
    report(message, Some(help));
    false
}
