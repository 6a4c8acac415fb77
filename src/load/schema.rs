//! The JSON Schema of the map format, from the same table by which maps are read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map as Json, Value, json};

use crate::fact::{Carrier, Catalogue, Declaration, FactType};
use crate::load::map::format::{CUSTOMERS, Format, Key, LOCATION, LONGEST_KEY, MAP, NULL_LIKE, Shape, VERSION};
use crate::locate::cloud;

/// The JSON Schema (draft 2020-12) of a map, with the facts, categories and mechanisms of the catalogue's packs.
///
/// What it refuses, [`map`](crate::load::map) refuses too. It cannot know whether an id exists.
#[must_use]
pub fn schema(catalogue: &Catalogue) -> Value {
    let mut formats = BTreeMap::new();
    collect(&MAP, &mut formats);
    let mut definitions = shared(catalogue);
    for (name, format) in formats.iter().filter(|(name, _)| **name != MAP.name) {
        definitions.insert((*name).to_owned(), object(format, catalogue));
    }
    let Value::Object(mut root) = object(&MAP, catalogue) else {
        return Value::Null;
    };
    root.insert(
        "$schema".to_owned(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    root.insert("title".to_owned(), json!("transborder data map"));
    // A map that takes in profiles may amend what they bring in, and then says of it only what is another.
    root.insert("if".to_owned(), json!({ "not": { "required": ["use"] } }));
    root.insert("then".to_owned(), json!({ "properties": whole_objects() }));
    let customers: Json<String, Value> = CUSTOMERS.iter().map(|key| ((*key).to_owned(), json!(false))).collect();
    let is_profile = json!({ "required": ["profile"], "properties": { "profile": { "type": "object" } } });
    root.insert(
        "allOf".to_owned(),
        json!([{ "if": is_profile, "then": { "properties": customers } }]),
    );
    root.insert("$defs".to_owned(), Value::Object(definitions));
    Value::Object(root)
}

/// Every format that can be reached, by name.
fn collect(format: &'static Format, formats: &mut BTreeMap<&'static str, &'static Format>) {
    if formats.insert(format.name, format).is_some() {
        return;
    }
    for key in format.keys {
        match key.shape {
            Shape::Object(inner)
            | Shape::ObjectOrNone(inner)
            | Shape::ById(inner)
            | Shape::ByIdOrNone(inner)
            | Shape::List(inner)
            | Shape::ListOrNone(inner)
            | Shape::IdBySetting(inner)
            | Shape::IdOrObject(inner)
            | Shape::Addresses(inner) => collect(inner, formats),
            _ => {}
        }
    }
}

fn shared(catalogue: &Catalogue) -> Json<String, Value> {
    let id = json!({
        "description": "An id: no white space, and none of `/`, `:`, `.`, `[`.",
        "type": "string",
        "pattern": r"^[^\s/:.\[]+$",
        "maxLength": LONGEST_KEY,
        "not": { "enum": NULL_LIKE },
    });
    let place = json!({
        "description": "A place: a country or territory of ISO 3166-1 (`HK`), a subdivision of ISO 3166-2 or a city of UN/LOCODE.",
        "type": "string",
        "pattern": "^[A-Z]{2}(-[A-Z0-9]{1,3}|[A-Z0-9]{3})?$",
    });
    let unknown = json!({ "description": "Not known.", "enum": ["unknown", null] });
    let date = json!({
        "description": "A day, YYYY-MM-DD.",
        "type": "string",
        "format": "date",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    });
    let single = json!({ "anyOf": [reference("place"), form(&["cloud"], catalogue)] });
    let together = json!({ "anyOf": [reference("single"), form(&["all_of"], catalogue)] });
    let alternatives = json!({ "anyOf": [reference("together"), form(&["one_of"], catalogue)] });
    let mut by_address = form(&["address", "rely_on"], catalogue);
    by_address["required"] = json!(["address"]);
    let location = json!({
        "description": "A place; `one_of` several, `all_of` several at once, the region of a `cloud`, by `address`, or by `setting`.",
        "anyOf": [reference("alternatives"), by_address, form(&["setting", "values"], catalogue)],
    });
    let definitions = [
        ("id", id),
        ("place", place),
        ("unknown", unknown),
        ("date", date),
        ("single", single),
        ("together", together),
        ("alternatives", alternatives),
        ("location", location),
    ];
    definitions
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// A location written with these keys.
fn form(names: &[&str], catalogue: &Catalogue) -> Value {
    let keys = LOCATION.keys.iter().filter(|key| names.contains(&key.name));
    let properties: Json<String, Value> = keys
        .map(|key| (key.name.to_owned(), described(shape(key.shape, catalogue), key.about)))
        .collect();
    json!({ "type": "object", "properties": properties, "required": names, "additionalProperties": false })
}

/// The sections whose objects a profile may bring in.
fn sections() -> impl Iterator<Item = (&'static str, &'static Format, bool)> {
    MAP.keys.iter().filter_map(|key| match key.shape {
        Shape::ById(format) => Some((key.name, format, false)),
        Shape::List(format) => Some((key.name, format, true)),
        _ => None,
    })
}

/// The keys that an object has to have where no profile brings in the rest of it.
fn whole_objects() -> Json<String, Value> {
    let section = |(name, format, is_list): (&str, &Format, bool)| {
        let whole = json!({ "required": required(format) });
        let of_each = if is_list { "items" } else { "additionalProperties" };
        (name.to_owned(), json!({ of_each: whole }))
    };
    sections().map(section).collect()
}

fn required(format: &Format) -> Vec<&'static str> {
    let required = format.keys.iter().filter(|key| key.required);
    required.map(|key| key.name).collect()
}

fn object(format: &Format, catalogue: &Catalogue) -> Value {
    let mut properties: Json<String, Value> = format
        .keys
        .iter()
        .map(|key| (key.name.to_owned(), property(key, catalogue)))
        .collect();
    let is_amended = sections().any(|(_, section, _)| section.name == format.name);
    let required = if is_amended { Vec::new() } else { required(format) };
    let mut rules = Vec::new();
    match format.carrier {
        None => {}
        Some(Carrier::Mechanism) => rules = mechanism_facts(format, catalogue, &mut properties),
        Some(carrier) => properties.extend(own_facts(carrier, catalogue)),
    }
    let mut object = json!({
        "description": format.about,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    if let (Some(object), false) = (object.as_object_mut(), rules.is_empty()) {
        object.insert("allOf".to_owned(), Value::Array(rules));
    }
    object
}

fn property(key: &Key, catalogue: &Catalogue) -> Value {
    let known = shape(key.shape, catalogue);
    described(if key.required { known } else { or_unknown(known) }, key.about)
}

/// What packs declare on an object, each regime's facts under its id.
fn own_facts(carrier: Carrier, catalogue: &Catalogue) -> Vec<(String, Value)> {
    let mut regimes: BTreeMap<&str, Json<String, Value>> = BTreeMap::new();
    for declaration in catalogue.declarations().iter().filter(|d| d.carrier == carrier) {
        let facts = regimes.entry(&declaration.own.regime).or_default();
        facts.insert(declaration.own.name.clone(), own_fact(declaration));
    }
    let object = |(regime, facts): (&str, Json<String, Value>)| {
        let about = format!("What {regime} asks.");
        let object = json!({ "type": "object", "properties": facts, "additionalProperties": false });
        (regime.to_owned(), described(or_unknown(object), &about))
    };
    regimes.into_iter().map(object).collect()
}

/// What packs declare on mechanisms: plainly among the properties, with a rule for each regime that keeps to its own.
fn mechanism_facts(format: &Format, catalogue: &Catalogue, properties: &mut Json<String, Value>) -> Vec<Value> {
    let mut by_name: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    let mut by_regime: BTreeMap<&str, Json<String, Value>> = BTreeMap::new();
    let own = catalogue
        .declarations()
        .iter()
        .filter(|declaration| declaration.carrier == Carrier::Mechanism);
    for declaration in own.filter(|declaration| !format.names().any(|name| name == declaration.own.name)) {
        let fact = own_fact(declaration);
        let variants = by_name.entry(&declaration.own.name).or_default();
        if !variants.contains(&fact) {
            variants.push(fact.clone());
        }
        let facts = by_regime.entry(&declaration.own.regime).or_default();
        facts.insert(declaration.own.name.clone(), fact);
    }
    for (name, mut variants) in by_name {
        let fact = match variants.as_mut_slice() {
            [only] => only.take(),
            _ => json!({ "anyOf": variants }),
        };
        properties.insert(name.to_owned(), fact);
    }
    let mut types: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for kind in catalogue.mechanism_types() {
        let regime = kind.split_once('/').map_or("", |(regime, _)| regime);
        types.entry(regime).or_default().push(kind);
    }
    let rule = |(regime, types): (&str, Vec<&str>)| {
        let facts = by_regime.remove(regime).unwrap_or_default();
        let names: BTreeSet<&str> = format.names().chain(facts.keys().map(String::as_str)).collect();
        json!({
            "if": { "properties": { "type": { "enum": types } }, "required": ["type"] },
            "then": { "propertyNames": { "enum": names }, "properties": facts },
        })
    };
    types.into_iter().map(rule).collect()
}

fn own_fact(declaration: &Declaration) -> Value {
    let ask = declaration.ask.to_string();
    let about = match &declaration.who {
        Some(who) => format!("{ask} ({who})"),
        None => ask,
    };
    described(or_unknown(fact(&declaration.kind)), &about)
}

fn fact(kind: &FactType) -> Value {
    match kind {
        FactType::Bool => json!({ "type": "boolean" }),
        FactType::Date => shape_of_date_or_none(),
        FactType::Count => {
            let number = json!({ "type": "integer", "minimum": 0 });
            let range = json!({
                "type": "object",
                "properties": { "from": number, "to": number },
                "additionalProperties": false,
            });
            json!({ "anyOf": [number, range] })
        }
        FactType::Word(words) => {
            json!({ "anyOf": [{ "enum": words }, one_key("one_of", &json!({ "enum": words }))] })
        }
        FactType::Words(words) => {
            let item = match words {
                Some(words) => json!({ "enum": words }),
                None => text(),
            };
            or_none(json!({ "type": "array", "items": item }))
        }
        FactType::Places => {
            let place = reference("place");
            json!({ "anyOf": [place, non_empty(&place), one_key("one_of", &place), one_key("all_of", &place)] })
        }
    }
}

fn shape(of: Shape, catalogue: &Catalogue) -> Value {
    match of {
        Shape::Version => json!({ "const": i64::try_from(VERSION).unwrap_or_default() }),
        Shape::Text | Shape::SettingWord => word(),
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::Count => json!({ "type": "integer", "minimum": 0 }),
        Shape::Percent => json!({ "type": "integer", "minimum": 0, "maximum": 100 }),
        Shape::Date => reference("date"),
        Shape::DateOrNone => shape_of_date_or_none(),
        Shape::Word(words) => json!({ "enum": words }),
        Shape::Texts => or_none(json!({ "type": "array", "items": word() })),
        Shape::Categories => {
            // The enumeration lets editors propose the words; any other is allowed, with a warning.
            let item = json!({ "anyOf": [{ "enum": catalogue.categories() }, word()] });
            let item = if catalogue.categories().is_empty() {
                word()
            } else {
                item
            };
            or_none(json!({ "type": "array", "items": item }))
        }
        Shape::Places => json!({ "anyOf": [reference("place"), non_empty(&reference("place"))] }),
        Shape::Location => reference("location"),
        Shape::PlaceItems => non_empty(&reference("single")),
        Shape::Candidates => non_empty(&reference("together")),
        Shape::PlaceItem => reference("single"),
        Shape::Port => json!({ "type": "integer", "minimum": 0, "maximum": u16::MAX }),
        Shape::Reach => reach(),
        Shape::Networks => json!({ "anyOf": [network(), non_empty(&network())] }),
        Shape::Addresses(format) => {
            let one = json!({ "anyOf": [reach(), reference(format.name)] });
            or_none(json!({ "anyOf": [one, non_empty(&one)] }))
        }
        Shape::CloudRegion => json!({ "enum": cloud::names().collect::<Vec<_>>() }),
        Shape::LocationByWord => {
            json!({ "type": "object", "additionalProperties": or_unknown(reference("alternatives")) })
        }
        Shape::Id => reference("id"),
        Shape::IdOrNone => or_none(reference("id")),
        Shape::Ids => or_none(json!({ "type": "array", "items": reference("id") })),
        Shape::IdOrObject(format) => {
            json!({ "anyOf": [reference("id"), { "const": "none" }, reference(format.name)] })
        }
        Shape::IdBySetting(format) => json!({ "anyOf": [reference("id"), reference(format.name)] }),
        Shape::IdByWord => json!({ "type": "object", "additionalProperties": or_unknown(reference("id")) }),
        Shape::MechanismType => json!({ "enum": catalogue.mechanism_types() }),
        Shape::SettingWords => non_empty(&word()),
        Shape::When => {
            let words = json!({ "anyOf": [text(), non_empty(&word())] });
            let ids = reference("id");
            or_none(json!({ "type": "object", "propertyNames": ids, "additionalProperties": words }))
        }
        Shape::Object(format) => reference(format.name),
        Shape::ObjectOrNone(format) => or_none(reference(format.name)),
        Shape::ByIdOrNone(format) => or_none(shape(Shape::ById(format), catalogue)),
        Shape::TextsById => {
            json!({ "type": "object", "propertyNames": reference("id"), "additionalProperties": or_unknown(text()) })
        }
        Shape::Evidence => {
            let by_key = json!({ "type": "object", "additionalProperties": reference("id") });
            json!({ "anyOf": [reference("id"), by_key] })
        }
        Shape::Answers => {
            json!({ "type": "object", "propertyNames": reference("id"), "additionalProperties": or_unknown(word()) })
        }
        Shape::Bindings => {
            let ids = json!({ "anyOf": [reference("id"), { "const": "none" }, { "type": "array", "items": reference("id") }] });
            json!({ "type": "object", "propertyNames": reference("id"), "additionalProperties": ids })
        }
        Shape::ById(format) => {
            let object = reference(format.name);
            let bare = format.keys.iter().any(|key| key.required);
            json!({
                "type": "object",
                "propertyNames": reference("id"),
                "additionalProperties": if bare { object } else { or_unknown(object) },
            })
        }
        Shape::List(format) => json!({ "type": "array", "items": reference(format.name) }),
        Shape::ListOrNone(format) => or_none(json!({ "type": "array", "items": reference(format.name) })),
    }
}

fn text() -> Value {
    json!({ "type": "string", "pattern": r"\S" })
}

/// An address or a network, as far as its characters tell.
fn network() -> Value {
    json!({ "type": "string", "pattern": r"^[0-9A-Fa-f.:]*[.:][0-9A-Fa-f.:]*(/[0-9]{1,3})?$" })
}

/// An address, a network or the name of a host, as far as their characters tell.
fn reach() -> Value {
    let host = json!({
        "type": "string",
        "pattern": r"^(\*\.)?[^\s/:.*]+(\.[^\s/:.*]+)*\.?$",
        "not": { "enum": NULL_LIKE },
    });
    json!({ "anyOf": [network(), host] })
}

/// A text that says something: `unknown` is no text, and cannot stand in a list.
fn word() -> Value {
    json!({ "type": "string", "pattern": r"\S", "not": { "const": "unknown" } })
}

fn shape_of_date_or_none() -> Value {
    or_none(reference("date"))
}

fn non_empty(items: &Value) -> Value {
    json!({ "type": "array", "items": items, "minItems": 1 })
}

fn one_key(key: &str, items: &Value) -> Value {
    json!({
        "type": "object",
        "properties": { key: non_empty(items) },
        "required": [key],
        "additionalProperties": false,
    })
}

fn reference(definition: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{definition}") })
}

fn or_none(known: Value) -> Value {
    json!({ "anyOf": [known, { "const": "none" }] })
}

fn or_unknown(known: Value) -> Value {
    json!({ "anyOf": [known, reference("unknown")] })
}

fn described(mut value: Value, about: &str) -> Value {
    if let Some(object) = value.as_object_mut() {
        object.insert("description".to_owned(), json!(about));
    }
    value
}

#[cfg(test)]
mod tests;
