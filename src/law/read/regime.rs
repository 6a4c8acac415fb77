//! What `regime.yaml` declares: places, words, facts, layers, readings, instruments, categories.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Code;
use crate::fact::{Carrier, Catalogue, Declaration, FactType, OwnFact};
use crate::law::pack::{Instrument, Layer, Reading, Status};
use crate::load::decode::{Node, Object, did_you_mean, near};
use crate::load::tree::Tree;
use crate::load::value;
use crate::text::Text;

pub(super) fn declare_places(regime: &Object<'_>, catalogue: &mut Catalogue) {
    let Some(places) = regime.get("places").and_then(Node::any_object) else {
        return;
    };
    // Outer places first, whatever the order in the file: a subdivision's code is not five letters.
    let (cities, subdivisions): (Vec<_>, Vec<_>) = places.entries.iter().partition(|(code, _)| !code.contains('-'));
    for (code, node) in subdivisions.into_iter().chain(cities) {
        let Some(object) = node.object(&["title", "within", "note", "confidence"]) else {
            continue;
        };
        let title = object.required("title").and_then(Node::translated).unwrap_or_default();
        let within = object.get("within").and_then(Node::text);
        if let Err(error) = catalogue.gazetteer_mut().declare(code, &title.to_string(), within) {
            node.report(
                Code::UnknownPlace,
                format!("cannot declare the place `{code}`: {error}"),
                None,
            );
        }
    }
}

pub(super) fn declare_words(regime: &Object<'_>, catalogue: &mut Catalogue) {
    if let Some(words) = regime.get("vocabulary").and_then(Node::any_object) {
        for (word, meaning) in &words.entries {
            if meaning.translated().is_some() {
                catalogue.declare_category(word);
            }
        }
    }
}

pub(super) fn declare_facts(regime: &Object<'_>, id: &str, catalogue: &mut Catalogue) {
    let Some(facts) = regime.get("facts").and_then(Node::any_object) else {
        return;
    };
    for (name, node) in &facts.entries {
        let Some(object) = node.object(&["type", "ask", "who", "presume", "note", "confidence", "cite"]) else {
            continue;
        };
        let carrier = name
            .split_once('.')
            .and_then(|(carrier, rest)| Some((Carrier::from_word(carrier)?, rest)));
        let Some((carrier, own)) = carrier else {
            let message = format!("a fact is named by who carries it, found `{name}`");
            let help = Some(format!("carriers: {}", Carrier::WORDS.join(", ")));
            node.problems().report_key(Code::UnknownFact, &node.path, message, help);
            continue;
        };
        let kind = object.required("type").and_then(fact_type);
        let ask = object.required("ask").and_then(Node::translated);
        let (Some(kind), Some(ask)) = (kind, ask) else { continue };
        let presume = object.get("presume");
        let presume = presume.and_then(|node| value::value(node, &kind, catalogue.gazetteer()));
        let declaration = Declaration {
            carrier,
            own: OwnFact {
                regime: id.to_owned(),
                name: own.to_owned(),
            },
            kind,
            ask,
            who: object.get("who").and_then(Node::text).map(str::to_owned),
            presume,
        };
        if !catalogue.declare(declaration) {
            let message = format!("the fact `{name}` has the name of another");
            node.problems().report_key(Code::NameClash, &node.path, message, None);
        }
    }
}

pub(super) fn fact_type(node: &Node<'_>) -> Option<FactType> {
    let words =
        |node: &Node<'_>| -> Option<Vec<String>> { Some(node.texts()?.into_iter().map(str::to_owned).collect()) };
    match node.tree {
        Tree::List(_) => Some(FactType::Word(words(node)?)),
        Tree::Object(_) => Some(FactType::Words(Some(words(node.object(&["set"])?.required("set")?)?))),
        _ => node
            .one_of(&["bool", "date", "count", "places"], |word| match word {
                "bool" => Some(0),
                "date" => Some(1),
                "count" => Some(2),
                "places" => Some(3),
                _ => None,
            })
            .map(|kind| match kind {
                0 => FactType::Bool,
                1 => FactType::Date,
                2 => FactType::Count,
                _ => FactType::Places,
            }),
    }
}

pub(super) fn layers(regime: &Object<'_>) -> Vec<Layer> {
    let Some(layers) = regime.required("layers").and_then(Node::any_object) else {
        return Vec::new();
    };
    if layers.entries.is_empty() {
        layers.node.expected("at least one layer");
    }
    let read = |(id, node): &(String, Node<'_>)| {
        let object = node.object(&["title", "status", "from", "cite", "note", "because"])?;
        let status = object.required("status")?.one_of(Status::WORDS, Status::from_word)?;
        let from = object.get("from");
        if let (Status::NotCommenced, Some(from)) = (status, from) {
            let message = "a layer that is not commenced has no first day".to_owned();
            let help = Some("write `status: in_force` if it commences on that day".to_owned());
            from.problems().report_key(Code::UnknownKey, &from.path, message, help);
        }
        Some(Layer {
            id: id.clone(),
            title: object
                .get("title")
                .and_then(Node::translated)
                .unwrap_or_else(|| Text::english(id.as_str())),
            status,
            from: from.and_then(Node::date),
        })
    };
    layers.entries.iter().filter_map(read).collect()
}

pub(super) fn readings(regime: &Object<'_>) -> BTreeMap<String, Reading> {
    let Some(readings) = regime.get("readings").and_then(Node::any_object) else {
        return BTreeMap::new();
    };
    let read = |(point, node): &(String, Node<'_>)| {
        let object = node.object(&["question", "default", "options", "cite", "confidence", "note"])?;
        let options = object.required("options")?.any_object()?;
        let options: BTreeMap<String, Text> = options
            .entries
            .iter()
            .filter_map(|(option, node)| Some((option.clone(), node.translated()?)))
            .collect();
        let default = object.required("default")?;
        let word = default.text()?;
        if !options.contains_key(word) {
            default.unknown_word(word, &options.keys().map(String::as_str).collect::<Vec<_>>());
        }
        let reading = Reading {
            question: object.required("question")?.translated()?,
            default: word.to_owned(),
            options,
        };
        Some((point.clone(), reading))
    };
    readings.entries.iter().filter_map(read).collect()
}

pub(super) fn instruments(regime: &Object<'_>) -> BTreeMap<String, Instrument> {
    let Some(instruments) = regime.required("instruments").and_then(Node::any_object) else {
        return BTreeMap::new();
    };
    let read = |(key, node): &(String, Node<'_>)| {
        let object = node.object(&[
            "title",
            "number",
            "from",
            "to",
            "adopted",
            "note",
            "confidence",
            "see",
            "issuer",
        ])?;
        let instrument = Instrument {
            title: object.required("title")?.translated()?,
            number: object.get("number").and_then(Node::text).map(str::to_owned),
            from: object.get("from").and_then(Node::date),
        };
        Some((key.clone(), instrument))
    };
    instruments.entries.iter().filter_map(read).collect()
}

pub(super) fn categories(regime: &Object<'_>, catalogue: &Catalogue) -> BTreeMap<String, BTreeSet<String>> {
    let Some(groups) = regime.get("categories").and_then(Node::any_object) else {
        return BTreeMap::new();
    };
    let read = |(group, node): &(String, Node<'_>)| {
        let mut words = BTreeSet::new();
        for item in node.list()? {
            let word = item.text()?;
            if !catalogue.categories().contains(word) {
                let help = near(word, catalogue.categories().iter().map(String::as_str));
                let help = did_you_mean(help);
                item.report(Code::UnknownWord, format!("there is no category `{word}`"), help);
            }
            words.insert(word.to_owned());
        }
        Some((group.clone(), words))
    };
    groups.entries.iter().filter_map(read).collect()
}
