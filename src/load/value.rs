//! Values of facts as written in a map or a case.

use std::collections::BTreeSet;

use crate::diagnostic::Code;
use crate::fact::{FactType, SetValue, Value};
use crate::load::decode::{Node, near};
use crate::place::{Gazetteer, Place};

/// A value of a fact of this type; `None` after a problem has been reported.
///
/// `unknown` and nothing at all are not known, though only what is not said is presumed; `none` is known to be absent.
/// Words and places may be given as `{ one_of: […] }`, sets as `{ all_of: […] }` or a list, numbers as
/// `{ from: 1, to: 9 }`.
pub(crate) fn value(node: &Node<'_>, kind: &FactType, gazetteer: &Gazetteer) -> Option<Value> {
    if node.is_unknown() {
        let said = node.is_word("unknown");
        return Some(if said { Value::Open } else { Value::Unknown });
    }
    match kind {
        FactType::Bool => Some(Value::Bool(node.bool()?)),
        FactType::Date if node.is_word("none") => Some(Value::Never),
        FactType::Date => Some(Value::Date(node.date()?)),
        FactType::Count => count(node),
        FactType::Word(words) => word(node, words),
        FactType::Words(words) => words_of(node, words.as_deref()),
        FactType::Places => Some(Value::Places(places_value(node, gazetteer)?)),
    }
}

fn count(node: &Node<'_>) -> Option<Value> {
    if !matches!(node.tree, crate::load::tree::Tree::Object(_)) {
        return Some(Value::count(node.count()?));
    }
    let range = node.object(&["from", "to"])?;
    let bound = |key| range.get(key).map(Node::count);
    let (least, most) = (bound("from"), bound("to"));
    if least == Some(None) || most == Some(None) {
        return None;
    }
    let (least, most) = (least.flatten().unwrap_or(0), most.flatten());
    if most.is_some_and(|most| most < least) {
        node.report(
            Code::WrongType,
            format!("the range ends before its start, {least}"),
            None,
        );
        return None;
    }
    Some(Value::Count { least, most })
}

fn word(node: &Node<'_>, words: &[String]) -> Option<Value> {
    let allowed: Vec<&str> = words.iter().map(String::as_str).collect();
    let one = |node: &Node<'_>| node.one_of(&allowed, |word| allowed.iter().position(|w| *w == word));
    let chosen = if matches!(node.tree, crate::load::tree::Tree::Object(_)) {
        let items = node.object(&["one_of"])?.required("one_of")?.list()?;
        let chosen: Option<Vec<usize>> = items.iter().map(one).collect();
        chosen?
    } else {
        vec![one(node)?]
    };
    let chosen: BTreeSet<String> = chosen
        .into_iter()
        .filter_map(|index| words.get(index).cloned())
        .collect();
    if chosen.is_empty() {
        node.expected("at least one word");
        return None;
    }
    Some(Value::Word(chosen))
}

fn words_of(node: &Node<'_>, allowed: Option<&[String]>) -> Option<Value> {
    if node.is_word("none") {
        return Some(Value::Words(SetValue::exactly(BTreeSet::new())));
    }
    let mut set = BTreeSet::new();
    for item in node.list()? {
        let text = item.text()?;
        if let Some(allowed) = allowed
            && !allowed.iter().any(|word| word == text)
        {
            item.unknown_word(text, &allowed.iter().map(String::as_str).collect::<Vec<_>>());
            return None;
        }
        set.insert(text.to_owned());
    }
    Some(Value::Words(SetValue::exactly(set)))
}

fn places_value(node: &Node<'_>, gazetteer: &Gazetteer) -> Option<SetValue<Place>> {
    use crate::load::tree::Tree;
    let set = match node.tree {
        Tree::Text(_) => SetValue::exactly(BTreeSet::from([place(node, gazetteer)?])),
        Tree::List(_) => SetValue::exactly(places(node, gazetteer)?),
        _ => {
            let object = node.object(&["one_of", "all_of"])?;
            match (object.get("one_of"), object.get("all_of")) {
                (Some(one_of), None) => {
                    let candidates = places(one_of, gazetteer)?;
                    let certain = if candidates.len() == 1 {
                        candidates.clone()
                    } else {
                        BTreeSet::new()
                    };
                    SetValue {
                        must: certain,
                        may: Some(candidates),
                    }
                }
                (None, Some(all_of)) => SetValue::exactly(places(all_of, gazetteer)?),
                _ => {
                    node.expected("a place, a list of places, `{ one_of: […] }` or `{ all_of: […] }`");
                    return None;
                }
            }
        }
    };
    Some(set)
}

/// A list of places, at least one.
pub(crate) fn places(node: &Node<'_>, gazetteer: &Gazetteer) -> Option<BTreeSet<Place>> {
    let places: Option<BTreeSet<Place>> = node.list()?.iter().map(|item| place(item, gazetteer)).collect();
    if places.as_ref().is_some_and(BTreeSet::is_empty) {
        node.expected("at least one place");
        return None;
    }
    places
}

/// One place that exists.
pub(crate) fn place(node: &Node<'_>, gazetteer: &Gazetteer) -> Option<Place> {
    let crate::load::tree::Tree::Text(code) = node.tree else {
        node.expected("a code of a place (text)");
        return None;
    };
    let found = gazetteer.find(code);
    if found.is_none() {
        let by_name = gazetteer
            .places()
            .find(|place| gazetteer.name(*place).eq_ignore_ascii_case(code))
            .map(|place| place.to_string());
        let by_code = || {
            let codes: Vec<String> = gazetteer.places().map(|place| place.to_string()).collect();
            near(code, codes.iter().map(String::as_str)).map(str::to_owned)
        };
        let help = by_name
            .or_else(by_code)
            .map(|code| format!("did you mean `{code}`?"))
            .or_else(|| Some("places are codes of ISO 3166-1 (`HK`), or codes that a rule pack declares".to_owned()));
        node.report(Code::UnknownPlace, format!("there is no place `{code}`"), help);
    }
    found
}
