//! A map with all that goes into it: its own file, the vendor profiles it takes in, and changes made to it.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Position};
use crate::fact::Catalogue;
use crate::load::adopt::{self, Adopted};
use crate::load::change::{self, Change};
use crate::load::decode::{Node, Problems};
use crate::load::map::{self, Loaded};
use crate::load::profiles::Profiles;
use crate::load::source::{Source, Whence};
use crate::load::tree::{self, Tree};
use crate::locate::locator::Locator;
use crate::model::Map;

/// A map as written, with the profiles it takes in and changes made to it. From it comes the [`Map`](crate::model::Map) that is judged.
#[derive(Clone, Debug)]
pub struct Document {
    /// The map as written.
    own: Tree,
    profiles: Profiles,
    /// Who knows where addresses are.
    locator: Locator,
    changes: Vec<Made>,
    /// The map's own file, then those of profiles and changes.
    files: Vec<Source>,
    /// The whole map.
    whole: Tree,
    /// Where the objects and values of the whole come from that do not stand in the map's own file.
    origins: BTreeMap<String, Origin>,
    adopted: Vec<Adopted>,
    /// What is wrong with the profiles and how they are taken in.
    problems: Diagnostics,
}

/// A change that was made.
#[derive(Clone, Debug)]
struct Made {
    change: Change,
    file: Source,
    /// Where in the file the values stand that are not under `set`, by the path that they set.
    at: BTreeMap<String, String>,
}

impl Made {
    /// Where the value of a path stands in the file.
    fn at(&self, path: &str) -> String {
        self.at.get(path).cloned().unwrap_or_else(|| format!("set.{path}"))
    }
}

/// A place in one of the files.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) file: usize,
    pub(super) path: String,
}

impl Document {
    /// Reads a map, YAML or JSON, and takes in the profiles it uses.
    ///
    /// # Errors
    /// If the file is no YAML or JSON. What is wrong with the map and with the profiles it takes in is told by
    /// [`Document::map`], all at once.
    pub fn read(source: &Source, profiles: &Profiles) -> Result<Self, Diagnostics> {
        let own = Tree::parse(source)?;
        Self {
            own,
            profiles: profiles.clone(),
            locator: Locator::new(),
            changes: Vec::new(),
            files: vec![source.clone()],
            whole: Tree::Null,
            origins: BTreeMap::new(),
            adopted: Vec::new(),
            problems: Diagnostics::default(),
        }
        .built()
    }

    /// The map with sources that know where addresses are, besides what it says of its own networks.
    #[must_use]
    pub fn with_locator(mut self, locator: Locator) -> Self {
        self.locator = locator;
        self
    }

    /// Every source that knows where addresses are: those given, and the networks of the map itself.
    #[must_use]
    pub fn locator(&self, map: &Map) -> Locator {
        map::locator(&self.locator, map)
    }

    /// The map after a change, which stands in a file if it was read from one. Changes may reach what profiles bring in, and `use` itself.
    ///
    /// # Errors
    /// If the change takes out what is not there, or sets what has no place in the map.
    pub fn with(&self, change: &Change, file: Option<&Source>) -> Result<Self, Diagnostics> {
        let file = file.cloned().unwrap_or_else(|| Source::from_text("the change", ""));
        self.with_values_at(change, &file, BTreeMap::new())
    }

    /// The map after a change whose values stand elsewhere in the file than under `set`.
    pub(crate) fn with_values_at(
        &self,
        change: &Change,
        file: &Source,
        at: BTreeMap<String, String>,
    ) -> Result<Self, Diagnostics> {
        let mut changed = self.clone();
        changed.changes.push(Made {
            change: change.clone(),
            file: file.clone(),
            at,
        });
        changed.built()
    }

    /// Checks the map.
    ///
    /// # Errors
    /// With every problem of all its files: unknown keys, words, places and ids, wrong types, and objects that cannot be
    /// what they say they are.
    pub fn map(&self, catalogue: &Catalogue) -> Result<Loaded, Diagnostics> {
        let problems = Problems::new(self);
        let map = map::decode(&Node::root(&problems, &self.whole), catalogue, &self.locator);
        let mut found = once(problems.finish());
        if self.problems.has_errors() {
            // What a profile would have brought in is not missing for another reason.
            found = found
                .into_iter()
                .filter(|problem| !self.would_be_brought(problem))
                .collect();
        }
        found.extend(self.problems.clone());
        match map {
            Some(mut map) if !found.has_errors() => {
                map.used = self
                    .adopted
                    .iter()
                    .map(|adopted| adopted.summary(&self.whole))
                    .collect();
                Ok(Loaded { map, warnings: found })
            }
            _ => Err(found),
        }
    }

    /// The name of the map's own file.
    #[must_use]
    pub fn name(&self) -> &str {
        self.files.first().map_or("", Source::name)
    }

    /// The whole map in the form of its file, with what profiles and changes brought in.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        change::json(&self.whole)
    }

    /// The map's own file with the changes made to it, as YAML. What profiles bring in is taken in again when it is read; its
    /// comments are lost.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        let mut own = self.own.clone();
        for made in &self.changes {
            for path in &made.change.remove {
                change::remove(&mut own, path);
            }
            for path in made.change.set.keys() {
                // Of a profile's object the map has whole attributes, so an attribute is written whole.
                let attribute = change::attribute(path);
                if let Some(value) = change::find(&self.whole, attribute) {
                    change::put(&mut own, attribute, value.clone());
                }
            }
        }
        tree::to_yaml(&own)
    }

    /// What is written at a path, with what profiles and changes brought in.
    #[must_use]
    pub fn value(&self, path: &str) -> Option<serde_json::Value> {
        change::find(&self.whole, path).map(change::json)
    }

    /// The profiles that a `use:` can name.
    pub fn profiles(&self) -> &Profiles {
        &self.profiles
    }

    pub(super) fn tree(&self) -> &Tree {
        &self.whole
    }

    fn built(mut self) -> Result<Self, Diagnostics> {
        self.files.truncate(1);
        self.origins.clear();
        let mut own = self.own.clone();
        self.change(&mut own, is_use)?;
        let root = self.files.first().cloned().unwrap_or_else(|| Source::from_text("", ""));
        let (adopted, problems) = adopt::adopt(&own, &root, &self.profiles);
        self.problems = problems;
        adopt::merge(&mut own, adopted.iter(), &mut self.files, &mut self.origins);
        self.adopted = adopted;
        self.change(&mut own, |path| !is_use(path))?;
        self.whole = own;
        Ok(self)
    }

    /// Carries out the part of the changes that reaches certain paths.
    fn change(&mut self, tree: &mut Tree, reaches: impl Fn(&str) -> bool) -> Result<(), Diagnostics> {
        for made in &self.changes {
            let (change, file) = (&made.change, &made.file);
            let part = Change {
                set: change
                    .set
                    .iter()
                    .filter(|(path, _)| reaches(path))
                    .map(|(p, v)| (p.clone(), v.clone()))
                    .collect(),
                remove: change.remove.iter().filter(|path| reaches(path)).cloned().collect(),
            };
            if part.is_empty() {
                continue;
            }
            let problems = Problems::new(file);
            for (path, message) in change::apply(tree, &part) {
                let at = if part.set.contains_key(&path) {
                    made.at(&path)
                } else {
                    "remove".to_owned()
                };
                problems.report(Code::UnknownId, &at, message, None);
            }
            let found = problems.finish();
            if found.has_errors() {
                return Err(found);
            }
            let index = self.files.len();
            self.files.push(file.clone());
            for path in part.set.keys() {
                let origin = Origin {
                    file: index,
                    path: made.at(path),
                };
                self.origins.insert(path.clone(), origin);
            }
        }
        Ok(())
    }

    /// The file and the path there from which a path of the whole comes.
    fn origin(&self, path: &str) -> (usize, String) {
        let by_position = self.control_by_position(path);
        let path = by_position.as_deref().unwrap_or(path);
        let mut end = path.len();
        loop {
            let head = path.get(..end).unwrap_or_default();
            if let Some(origin) = self.origins.get(head) {
                let rest = path.get(end..).unwrap_or_default();
                return (origin.file, format!("{}{rest}", origin.path));
            }
            match head.rfind(['.', '[']) {
                Some(at) => end = at,
                None => return (0, path.to_owned()),
            }
        }
    }

    /// Whether a problem is that an object is not there which has the prefix of a profile.
    fn would_be_brought(&self, problem: &Diagnostic) -> bool {
        let uses = self.whole.get("use").into_iter().flat_map(Tree::named);
        let mut prefixes = uses.map(|(prefix, _)| format!("`{prefix}-"));
        problem.code == Code::UnknownId && prefixes.any(|prefix| problem.message.contains(&prefix))
    }

    /// The path of a control named by its id, as its place in the list.
    fn control_by_position(&self, path: &str) -> Option<String> {
        let rest = path.strip_prefix("controls.")?;
        let (id, key) = rest.split_at(rest.find('.').unwrap_or(rest.len()));
        let controls = self.whole.get("controls")?.items();
        let index = controls.iter().position(|control| control.has_id(id))?;
        Some(format!("controls[{index}]{key}"))
    }
}

/// A flow of a profile is one in the map for each group of users, and what is wrong with it is said once.
fn once(found: Diagnostics) -> Diagnostics {
    let mut said = BTreeSet::new();
    let mut is_new = |problem: &Diagnostic| {
        let at = (
            problem.file.clone(),
            problem.position,
            problem.code,
            problem.message.clone(),
        );
        problem.position.is_none() || said.insert(at)
    };
    found.into_iter().filter(|problem| is_new(problem)).collect()
}

fn is_use(path: &str) -> bool {
    path == "use" || path.starts_with("use.")
}

impl Whence for Document {
    fn file(&self, path: &str) -> &str {
        let (file, _) = self.origin(path);
        self.files.get(file).map_or("", Source::name)
    }

    fn position(&self, path: &str) -> Option<Position> {
        let (file, path) = self.origin(path);
        self.files.get(file)?.position(&path)
    }

    fn key_position(&self, path: &str) -> Option<Position> {
        let (file, path) = self.origin(path);
        self.files.get(file)?.key_position(&path)
    }
}
