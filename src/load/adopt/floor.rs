//! What a profile has to say before anything that touches it can be cleared.

use crate::load::change;
use crate::load::tree::Tree;
use crate::word::{Commitment, EntityRole};

/// Something that a profile does not say.
#[derive(Clone, Debug)]
pub(super) struct Missing {
    /// What, in words.
    pub(super) what: &'static str,
    /// Where it belongs in the profile.
    pub(super) at: String,
    /// The profile says that it is not known; otherwise it leaves it out.
    pub(super) is_unknown: bool,
}

impl Missing {
    /// The section, id and key of the object that lacks it, if it is one.
    pub(super) fn object(&self) -> Option<(&str, &str, &str)> {
        let mut parts = self.at.splitn(3, '.');
        Some((parts.next()?, parts.next()?, parts.next()?))
    }

    /// Whether any verdict turns on it: what a vendor offers matters only to the measures.
    pub(super) fn holds_back(&self) -> bool {
        self.at != "profile.mechanisms_offered" || !self.is_unknown
    }
}

/// What is wanting, each kind once with the places where it belongs.
pub(super) fn in_words<'m>(missing: impl Iterator<Item = &'m Missing>) -> Vec<String> {
    let mut kinds: Vec<(&str, Vec<String>)> = Vec::new();
    for missing in missing {
        let at = format!("`{}`", missing.at);
        match kinds.iter_mut().find(|(known, _)| *known == missing.what) {
            Some((_, places)) => places.push(at),
            None => kinds.push((missing.what, vec![at])),
        }
    }
    kinds
        .into_iter()
        .map(|(what, places)| format!("{what} ({})", places.join(", ")))
        .collect()
}

/// Everything that is wanting.
pub(super) fn missing(profile: &Tree) -> Vec<Missing> {
    let mut missing = Vec::new();
    let mut need = |holds: bool, what: &'static str, at: String| {
        if !holds {
            let is_unknown = change::find(profile, &at).is_some_and(Tree::is_unknown);
            missing.push(Missing { what, at, is_unknown });
        }
    };
    let says = |tree: &Tree, key: &str| tree.get(key).is_some_and(|value| !value.is_unknown());
    let header = profile.get("profile").unwrap_or(&Tree::Null);
    for (key, what) in [
        ("variants", "which service one is in, and what decides it"),
        ("remote_access", "who looks at data, from where"),
        ("management_plane", "what administration reaches in"),
        ("subprocessors", "who else processes for the vendor"),
        ("mechanisms_offered", "which mechanisms the vendor offers"),
    ] {
        need(says(header, key), what, format!("profile.{key}"));
    }
    let of = |section: &'static str| {
        profile
            .get(section)
            .into_iter()
            .flat_map(Tree::named)
            .map(move |(id, tree)| (section, id, tree))
    };
    let role = |tree: &Tree| tree.get("role").and_then(Tree::text).and_then(EntityRole::from_word);
    let signs = of("entities").any(|(_, _, tree)| role(tree) == Some(EntityRole::Contracting));
    need(signs, "who signs", "role: contracting".to_owned());
    for (section, id, tree) in of("entities") {
        let runs_it = matches!(role(tree), Some(EntityRole::Contracting | EntityRole::Operator));
        need(role(tree).is_some(), "what it is", format!("{section}.{id}.role"));
        need(
            !runs_it || says(tree, "established_in"),
            "where it is established",
            format!("{section}.{id}.established_in"),
        );
        let of_group = !matches!(role(tree), Some(EntityRole::Publisher | EntityRole::Subprocessor));
        need(
            !of_group || says(tree, "parent"),
            "who owns it",
            format!("{section}.{id}.parent"),
        );
    }
    need(of("storage").next().is_some(), "where data rest", "storage".to_owned());
    for (section, id, tree) in of("storage") {
        need(
            tree.get("located_in").is_some(),
            "where it is, or that it is unknown",
            format!("{section}.{id}.located_in"),
        );
        need(
            tree.get("holds").is_some_and(|classes| !classes.items().is_empty()),
            "which data rest there",
            format!("{section}.{id}.holds"),
        );
        let promised = tree
            .get("commitment")
            .and_then(Tree::text)
            .and_then(Commitment::from_word);
        need(
            promised.is_some(),
            "what is promised about the place",
            format!("{section}.{id}.commitment"),
        );
    }
    need(of("flows").next().is_some(), "what moves by itself", "flows".to_owned());
    for (section, id, tree) in of("flows") {
        need(
            says(tree, "trigger"),
            "what sets it off",
            format!("{section}.{id}.trigger"),
        );
    }
    need(says(profile, "settings"), "what turns flows off", "settings".to_owned());
    let variants: Vec<&str> = header
        .get("variants")
        .map(Tree::items)
        .unwrap_or_default()
        .iter()
        .filter_map(Tree::text)
        .collect();
    for (section, id, tree) in of("settings") {
        need(
            variants.contains(&id) || tree.get("default").is_some(),
            "how it is delivered",
            format!("{section}.{id}.default"),
        );
        need(
            says(tree, "changeable"),
            "when it can be changed",
            format!("{section}.{id}.changeable"),
        );
    }
    let is_cited = |tree: &Tree| {
        says(tree, "evidence")
            && tree
                .get("evidence")
                .is_some_and(|e| e.text().is_some() || !e.entries().is_empty())
    };
    for section in ["entities", "processors", "storage", "flows", "settings"] {
        for (section, id, tree) in of(section) {
            need(is_cited(tree), "who says so", format!("{section}.{id}.evidence"));
        }
    }
    let controls = profile.get("controls").map(Tree::items).unwrap_or_default();
    for (index, control) in controls.iter().enumerate() {
        need(is_cited(control), "who says so", format!("controls[{index}].evidence"));
    }
    missing
}
