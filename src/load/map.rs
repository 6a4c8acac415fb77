//! From a document to the checked map: every reference resolved, every problem reported at once.

mod acceptance;
mod address;
mod asset;
mod context;
mod control;
mod entity;
mod evidence;
mod flow;
pub(in crate::load) mod format;
pub(in crate::load) mod ids;
mod location;
mod mechanism;
mod network;
mod node;
mod placement;
mod reader;
mod setting;

#[cfg(feature = "observe")]
pub(crate) use address::is_host;

use crate::diagnostic::{Code, Diagnostics};
use crate::fact::Catalogue;
use crate::load::decode::{Node, Object};
use crate::load::document::Document;
use crate::load::map::context::Context;
use crate::load::map::format::{MAP, VERSION};
use crate::load::map::ids::Sections;
use crate::load::map::reader::Reader;
use crate::load::profiles::Profiles;
use crate::load::source::Source;
use crate::load::tree::Tree;
use crate::locate::locator::Locator;
use crate::model::Map;

/// A map, and what is noteworthy about its file.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The map.
    pub map: Map,
    /// Problems that do not keep the map from being used.
    pub warnings: Diagnostics,
}

/// Reads a map in YAML or JSON and checks it. It can take in the vendor profiles that are built in.
///
/// # Errors
/// With every problem of the file: unreadable text, unknown keys, words, places and ids, wrong types, and
/// objects that cannot be what they say they are.
pub fn map(source: &Source, catalogue: &Catalogue) -> Result<Loaded, Diagnostics> {
    Document::read(source, &Profiles::built_in())?.map(catalogue)
}

/// The sources of where an address is, with what a map says of its own networks.
pub(in crate::load) fn locator(files: &Locator, map: &Map) -> Locator {
    network::declared(files, &map.networks, &map.entities)
}

/// The map as far as it can be read; `None` only after a problem has been reported.
///
/// The locator knows where addresses are, besides what the map says of its own networks.
pub(crate) fn decode(root: &Node<'_>, catalogue: &Catalogue, files: &Locator) -> Option<Map> {
    ids::refuse_long_keys(root)?;
    let known: Vec<&str> = MAP.names().collect();
    let top = root.object(&known)?;
    version(&top)?;
    let sections = Sections::of(&top);
    let context = Context::new(catalogue, &sections);
    let settings = setting::settings(&context, &sections.settings);
    let context = context.with_settings(&settings);
    let top = Reader::of(&context, top);
    let entities = entity::entities(&context, &sections.entities);
    let networks = network::networks(&context, &sections.networks);
    network::report_overlaps(&sections.networks, &networks);
    let locator = network::declared(files, &networks, &entities);
    let map = Map {
        name: top.text("name"),
        as_of: top.date("as_of"),
        entities,
        assets: asset::assets(&context, &sections.assets),
        nodes: node::nodes(&context, &locator, &sections.nodes),
        networks,
        settings: settings.clone(),
        controls: control::controls(&context, &sections.controls),
        flows: flow::flows(&context, &sections.flows),
        mechanisms: mechanism::mechanisms(&context, &sections.mechanisms),
        sources: evidence::sources(&context, &sections.sources),
        evidence: evidence::evidence(&context, &sections),
        offers: evidence::offers(&context, &sections.offers),
        used: Vec::new(),
        approvals_needed: acceptance::needs(&context, &top),
        accepted: acceptance::accepted(&context, &sections.accepted),
    };
    Some(map)
}

/// Stops at a file of another version, of which this library cannot judge the rest.
fn version(top: &Object<'_>) -> Option<()> {
    // A map inside a case is of the library's own version.
    let node = match top.get("transborder") {
        None if !top.node.path.is_empty() => return Some(()),
        _ => top.required("transborder")?,
    };
    match node.tree {
        Tree::Integer(VERSION) => Some(()),
        Tree::Integer(other) => {
            let message = format!("this library reads version {VERSION} of the format, found `{other}`");
            node.report(Code::Version, message, None);
            None
        }
        _ => {
            node.expected(&format!("the number {VERSION}, the version of the format"));
            None
        }
    }
}
