//! Data assets with the people in them.

use std::collections::BTreeSet;

use crate::diagnostic::Code;
use crate::fact::{Carrier, RELATIONS};
use crate::load::decode::Node;
use crate::load::map::context::{Context, shortened};
use crate::load::map::format::{ASSET, SUBJECTS};
use crate::load::map::ids::Entry;
use crate::load::map::reader::{Reader, members};
use crate::model::{Asset, EntityId, SubjectGroup};
use crate::word::{CollectedFrom, DataState, LegalBasis};

pub(super) fn assets(context: &Context<'_, '_>, entries: &[Entry<'_>]) -> Vec<Asset> {
    let assets: Vec<Asset> = entries
        .iter()
        .map(|entry| Asset {
            id: entry.id.clone(),
            ..asset(context, entry).unwrap_or_default()
        })
        .collect();
    refuse_unknown_overlaps(context, &assets, entries);
    assets
}

fn asset(context: &Context<'_, '_>, entry: &Entry<'_>) -> Option<Asset> {
    let reader = Reader::new(context, &entry.node, &ASSET)?;
    Some(Asset {
        id: String::new(),
        name: reader.text("name"),
        personal: reader.bool("personal"),
        state: reader.word("state", DataState::WORDS, DataState::from_word),
        encrypted_by: reader.entity_or_none("encrypted_by"),
        categories: reader.categories("categories"),
        subjects: subjects(&reader),
        collected_in: reader.places("collected_in"),
        collected_from: reader.word("collected_from", CollectedFrom::WORDS, CollectedFrom::from_word),
        controllers: controllers(&reader),
        purposes: reader.texts("purposes"),
        legal_basis: reader.word("legal_basis", LegalBasis::WORDS, LegalBasis::from_word),
        data_class: reader.text("data_class"),
        own: reader.own(Carrier::Data),
    })
}

fn controllers(reader: &Reader<'_, '_>) -> Option<BTreeSet<EntityId>> {
    let one = reader.object.get("controller");
    if let (Some(_), Some(several)) = (one, reader.object.get("controllers")) {
        let message = "`controller` and `controllers` stand side by side".to_owned();
        let help = "name all of them in `controllers`".to_owned();
        several
            .problems()
            .report_key(Code::DuplicateKey, &several.path, message, Some(help));
    }
    match reader.known("controller") {
        Some(node) if node.is_word("none") => Some(BTreeSet::new()),
        Some(_) => reader.entity("controller").map(|id| BTreeSet::from([id])),
        None => reader.set("controllers", |item| reader.context.entity(item)),
    }
}

fn subjects(reader: &Reader<'_, '_>) -> Option<Vec<SubjectGroup>> {
    let node = reader.known("subjects")?;
    if node.is_word("none") {
        return Some(Vec::new());
    }
    let groups = members(node, |item| Some((item.clone(), group(reader.context, item)?)))?;
    let mut seen = BTreeSet::new();
    for (item, group) in &groups {
        if !group.group.is_empty() && !seen.insert(group.group.as_str()) {
            let message = format!("the group `{}` stands twice in one asset", shortened(&group.group));
            item.report(Code::DuplicateKey, message, None);
        }
    }
    Some(groups.into_iter().map(|(_, group)| group).collect())
}

fn group(context: &Context<'_, '_>, node: &Node<'_>) -> Option<SubjectGroup> {
    let reader = Reader::new(context, node, &SUBJECTS)?;
    let relation = reader.word("relation", RELATIONS, |word| {
        RELATIONS.iter().find(|known| **known == word)
    });
    Some(SubjectGroup {
        group: reader.text("group").unwrap_or_default(),
        located_in: reader.places("located_in"),
        count: reader.count("count"),
        relation: relation.map(|word| (*word).to_owned()),
        minors: reader.bool("minors"),
        overlaps: reader.texts("overlaps"),
    })
}

/// Overlaps name groups of any asset, so they can be checked only after all have been read.
fn refuse_unknown_overlaps(context: &Context<'_, '_>, assets: &[Asset], entries: &[Entry<'_>]) {
    let all = || assets.iter().flat_map(|asset| asset.subjects.iter().flatten());
    let known: BTreeSet<&str> = all().map(|group| group.group.as_str()).collect();
    for (asset, entry) in assets.iter().zip(entries) {
        for (index, group) in asset.subjects.iter().flatten().enumerate() {
            let overlaps = group.overlaps.iter().flatten();
            for missing in overlaps.filter(|name| !known.contains(name.as_str())) {
                let path = format!("{}.subjects[{index}].overlaps", entry.node.path);
                let message = format!("no asset has a group `{}`", shortened(missing));
                let help = context
                    .near(missing, known.iter().copied().collect())
                    .map(|near| format!("did you mean `{near}`?"));
                entry.node.problems().report(Code::UnknownId, &path, message, help);
            }
        }
    }
}
