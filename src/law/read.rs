//! Reads a folder of rule files into a pack, reporting everything wrong in it at once.

mod regime;

use std::collections::{BTreeMap, BTreeSet};

use crate::date::Date;
use crate::diagnostic::{Code, Diagnostics};
use crate::fact::Catalogue;
use crate::law::condition::{Condition, Scope};
use crate::law::digest::digest;
use crate::law::effective::Effective;
use crate::law::pack::{
    CommonRequirement, Conclusion, Confidence, Count, Duty, Gate, Head, Instrument, Layer, Lifted, Mechanism, Member,
    Named, Otherwise, Otherwises, Pack, Penalty, Per, Reading, ReplacedBy, Replacement, Requirement, Rule, See, Set,
    Since, Stage, Then, Topic,
};
use crate::load::Source;
use crate::load::decode::{Node, Object, Problems};
use crate::load::tree::Tree;
use crate::load::value;
use crate::outcome::Outcome;
use crate::text::Text;

use regime::{categories, declare_facts, declare_places, declare_words, instruments, layers, readings};

/// The files of one regime, by their path inside its folder.
#[derive(Debug)]
pub(crate) struct Folder {
    /// The folder's name, which is the regime's id.
    pub(crate) name: String,
    /// Path inside the folder, and the file.
    pub(crate) files: BTreeMap<String, Source>,
}

/// A file parsed.
struct Parsed<'a> {
    path: &'a str,
    problems: Problems<'a>,
    tree: Tree,
}

impl Parsed<'_> {
    fn root(&self) -> Node<'_> {
        Node::root(&self.problems, &self.tree)
    }

    fn stem(&self) -> &str {
        let file = self.path.rsplit('/').next().unwrap_or(self.path);
        file.strip_suffix(".yaml").unwrap_or(file)
    }

    fn stage(&self) -> Option<Stage> {
        Stage::from_word(self.path.split_once('/')?.0)
    }
}

/// Reads a `vocabulary.yaml`: adds its category words to the catalogue, returns its topics in their order.
pub(crate) fn vocabulary(source: &Source, catalogue: &mut Catalogue) -> (Vec<Topic>, Diagnostics) {
    let tree = match Tree::parse(source) {
        Ok(tree) => tree,
        Err(problems) => return (Vec::new(), problems),
    };
    let problems = Problems::new(source);
    let mut topics = Vec::new();
    if let Some(object) = Node::root(&problems, &tree).object(&["categories", "topics"]) {
        if let Some(words) = object.required("categories").and_then(Node::any_object) {
            for (word, meaning) in &words.entries {
                if meaning.text().is_some() {
                    catalogue.declare_category(word);
                }
            }
        }
        if let Some(words) = object.required("topics").and_then(Node::any_object) {
            topics.extend(words.entries.iter().filter_map(|(id, title)| {
                Some(Topic {
                    id: id.clone(),
                    title: title.translated()?,
                })
            }));
        }
    }
    (topics, problems.finish())
}

/// Reads a pack and adds what it declares to the catalogue.
pub(crate) fn pack(folder: &Folder, catalogue: &mut Catalogue, topics: &[Topic]) -> (Option<Pack>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let mut parsed = Vec::new();
    for (path, source) in &folder.files {
        match Tree::parse(source) {
            Ok(tree) => parsed.push(Parsed {
                path,
                problems: Problems::new(source),
                tree,
            }),
            Err(problems) => diagnostics.extend(problems),
        }
    }
    let pack = parsed
        .iter()
        .find(|file| file.path == "regime.yaml")
        .and_then(|regime| Reader::new(folder, &parsed, regime, catalogue, topics).and_then(Reader::read));
    for file in parsed {
        diagnostics.extend(file.problems.finish());
    }
    let pack = if diagnostics.has_errors() { None } else { pack };
    (pack, diagnostics)
}

const REGIME_KEYS: &[&str] = &[
    "id",
    "title",
    "territory",
    "authority",
    "checked_on",
    "effective",
    "instruments",
    "layers",
    "readings",
    "facts",
    "categories",
    "vocabulary",
    "places",
    "exporter",
    "otherwise",
    "penalties",
    "note",
];

const HEAD_KEYS: &[&str] = &[
    "id",
    "title",
    "cite",
    "effective",
    "layers",
    "confidence",
    "because",
    "warn",
    "see",
    "note",
];

/// Reads one pack: first what it declares, then what its rules say.
struct Reader<'a> {
    id: &'a str,
    folder: &'a Folder,
    files: &'a [Parsed<'a>],
    regime: Object<'a>,
    catalogue: &'a Catalogue,
    topics: &'a [Topic],
    layers: Vec<Layer>,
    instruments: BTreeMap<String, Instrument>,
    readings: BTreeMap<String, Reading>,
    conditions: BTreeSet<String>,
    rules: BTreeSet<String>,
    sets: BTreeSet<String>,
    options: BTreeMap<String, BTreeSet<String>>,
    categories: BTreeMap<String, BTreeSet<String>>,
}

impl<'a> Reader<'a> {
    fn new(
        folder: &'a Folder,
        files: &'a [Parsed<'a>],
        regime: &'a Parsed<'a>,
        catalogue: &'a mut Catalogue,
        topics: &'a [Topic],
    ) -> Option<Self> {
        let object = regime.root().object(REGIME_KEYS)?;
        let id = folder.name.as_str();
        if let Some(node) = object.required("id")
            && node.text() != Some(id)
        {
            node.report(Code::Misplaced, format!("the regime's folder is `{id}`"), None);
        }
        declare_places(&object, catalogue);
        declare_words(&object, catalogue);
        declare_facts(&object, id, catalogue);
        let mut rules = BTreeSet::new();
        let mut sets = BTreeSet::new();
        for file in files {
            let stem = file.stem();
            match file.stage() {
                Some(Stage::Sets) => {
                    sets.insert(stem.to_owned());
                }
                Some(Stage::Counts) => {
                    let title = match file.root().any_object() {
                        Some(object) => object.get("title").and_then(Node::translated),
                        None => None,
                    };
                    let ask = title.unwrap_or_default();
                    if !catalogue.declare_count(id, stem, ask) {
                        let message = format!("the fact `count.{stem}` is declared already");
                        file.root().report(Code::NameClash, message, None);
                    }
                }
                Some(stage) => {
                    if stage == Stage::Mechanisms {
                        catalogue.declare_mechanism(format!("{id}/{stem}"));
                    }
                    if !rules.insert(stem.to_owned()) {
                        let message = format!("another rule of this pack is named `{stem}`");
                        file.root().report(Code::NameClash, message, None);
                    }
                }
                None if matches!(file.path, "regime.yaml" | "conditions.yaml") => {}
                None => {
                    let folders = Stage::WORDS.join(", ");
                    let help = Some(format!("rules stand in {folders}"));
                    file.root()
                        .report(Code::Misplaced, "a file outside the folders of a pack".to_owned(), help);
                }
            }
        }
        let conditions = files
            .iter()
            .find(|file| file.path == "conditions.yaml")
            .and_then(|file| file.root().any_object())
            .map(|object| object.entries.into_iter().map(|(name, _)| name).collect())
            .unwrap_or_default();
        let readings = readings(&object);
        Some(Self {
            id,
            folder,
            files,
            layers: layers(&object),
            instruments: instruments(&object),
            options: readings
                .iter()
                .map(|(point, reading)| (point.clone(), reading.options.keys().cloned().collect()))
                .collect(),
            readings,
            categories: categories(&object, catalogue),
            regime: object,
            catalogue,
            topics,
            conditions,
            rules,
            sets,
        })
    }

    fn scope(&self) -> Scope<'_> {
        Scope {
            regime: self.id,
            catalogue: self.catalogue,
            conditions: &self.conditions,
            rules: &self.rules,
            sets: &self.sets,
            readings: &self.options,
            categories: &self.categories,
        }
    }

    fn condition(&self, node: Option<&Node<'_>>) -> Option<Condition> {
        self.scope().condition(node?)
    }

    fn read(self) -> Option<Pack> {
        let mut pack = Pack {
            id: self.id.to_owned(),
            title: self
                .regime
                .required("title")
                .and_then(Node::translated)
                .unwrap_or_default(),
            territory: self
                .regime
                .required("territory")
                .and_then(|node| value::places(node, self.catalogue.gazetteer()))
                .unwrap_or_default(),
            authority: self
                .regime
                .required("authority")
                .and_then(Node::translated)
                .unwrap_or_default(),
            checked_on: self.regime.required("checked_on").and_then(Node::date),
            digest: digest(&self.folder.files),
            effective: effective(&self.regime),
            instruments: self.instruments.clone(),
            layers: self.layers.clone(),
            readings: self.readings.clone(),
            replacements: self.replacements(),
            otherwise: self.otherwise(),
            penalties: self.penalties(),
            conditions: self.named_conditions(),
            sets: BTreeMap::new(),
            rules: Vec::new(),
            mechanisms: Vec::new(),
            requirements: Vec::new(),
            duties: Vec::new(),
            counts: Vec::new(),
        };
        for file in self.files {
            let Some(stage) = file.stage() else { continue };
            match stage {
                Stage::Scope | Stage::Transfer | Stage::Blocks | Stage::Exemptions => {
                    pack.rules.extend(self.rule(file, stage));
                }
                Stage::Mechanisms => pack.mechanisms.extend(self.mechanism(file)),
                Stage::Requirements => pack.requirements.extend(self.common_requirement(file)),
                Stage::Duties => pack.duties.extend(self.duty(file)),
                Stage::Counts => pack.counts.extend(self.count(file)),
                Stage::Sets => {
                    if let Some(set) = self.set(file) {
                        pack.sets.insert(set.head.stem.clone(), set);
                    }
                }
            }
        }
        pack.rules
            .sort_by(|a, b| (a.head.stage, &a.head.stem).cmp(&(b.head.stage, &b.head.stem)));
        Some(pack)
    }

    fn replacements(&self) -> Vec<Replacement> {
        let Some(items) = self.regime.get("exporter").and_then(Node::list) else {
            return Vec::new();
        };
        let read = |item: &Node<'_>| {
            let object = item.object(&["replaced_by", "when", "cite", "because"])?;
            let by = object
                .required("replaced_by")?
                .one_of(ReplacedBy::WORDS, ReplacedBy::from_word);
            let when = self.condition(object.required("when"));
            let cite = self.cite(&object).unwrap_or_default();
            Some(Replacement {
                by: by?,
                when: when?,
                cite,
            })
        };
        items.iter().filter_map(read).collect()
    }

    fn otherwise(&self) -> Otherwises {
        let mut all = Otherwises::default();
        let Some(object) = self
            .regime
            .required("otherwise")
            .and_then(|node| node.object(&["before", "scope", "transfer", "mechanism"]))
        else {
            return all;
        };
        for (key, slot) in [
            ("before", &mut all.before),
            ("scope", &mut all.scope),
            ("transfer", &mut all.transfer),
            ("mechanism", &mut all.mechanism),
        ] {
            if let Some(object) = object.get(key).and_then(|node| node.object(&["cite", "because"])) {
                *slot = Otherwise {
                    cite: self.cite(&object).unwrap_or_default(),
                    because: object
                        .required("because")
                        .and_then(Node::translated)
                        .unwrap_or_default(),
                };
            }
        }
        all
    }

    fn penalties(&self) -> Vec<Penalty> {
        let Some(items) = self.regime.get("penalties").and_then(Node::list) else {
            return Vec::new();
        };
        let read = |item: &Node<'_>| {
            let object = item.object(&["cite", "maximum", "note", "confidence"])?;
            Some(Penalty {
                cite: self.cite(&object)?,
                maximum: object.required("maximum")?.translated()?,
                note: object.get("note").and_then(Node::translated).unwrap_or_default(),
                confidence: confidence(&object)?,
            })
        };
        items.iter().filter_map(read).collect()
    }

    fn named_conditions(&self) -> BTreeMap<String, Named> {
        let Some(object) = self
            .files
            .iter()
            .find(|file| file.path == "conditions.yaml")
            .and_then(|file| file.root().any_object())
        else {
            return BTreeMap::new();
        };
        let read = |(name, node): &(String, Node<'_>)| {
            let keys = ["title", "cite", "confidence", "when", "because", "note"];
            let bare = Named {
                when: Condition::Never,
                cite: None,
                because: Text::default(),
            };
            let plain = !matches!(node.tree, Tree::Object(entries) if entries.iter().any(|(key, _)| key.as_deref() == Some("when")));
            let named = if plain {
                Named {
                    when: self.condition(Some(node))?,
                    ..bare
                }
            } else {
                let object = node.object(&keys)?;
                Named {
                    when: self.condition(object.required("when"))?,
                    cite: object.get("cite").and_then(|_| self.cite(&object)),
                    because: object.get("because").and_then(Node::translated).unwrap_or_default(),
                }
            };
            Some((name.clone(), named))
        };
        object.entries.iter().filter_map(read).collect()
    }

    /// The provision, which names an instrument of the regime.
    fn cite(&self, object: &Object<'_>) -> Option<String> {
        let Some(node) = object.get("cite") else {
            object.node.report(
                Code::MissingCitation,
                "no provision is cited".to_owned(),
                Some("add `cite: …`".to_owned()),
            );
            return None;
        };
        let cite = node.text()?;
        let names_one = self.instruments.keys().any(|key| {
            cite.strip_prefix(key.as_str())
                .is_some_and(|rest| rest.is_empty() || !rest.starts_with(|c: char| c.is_alphanumeric()))
        });
        if !names_one {
            let keys: Vec<&str> = self.instruments.keys().map(String::as_str).collect();
            let message = format!("`{cite}` does not begin with an instrument of regime.yaml");
            node.report(
                Code::MissingCitation,
                message,
                Some(format!("instruments: {}", keys.join(", "))),
            );
        }
        Some(cite.to_owned())
    }

    /// What every rule has, with the object for the rest.
    fn head<'f>(&self, file: &'f Parsed<'_>, stage: Stage, more: &[&str]) -> Option<(Head, Object<'f>)> {
        // Of a list the members have periods; a list and a total are the same in every layer.
        let without: &[&str] = match stage {
            Stage::Sets => &["effective", "layers"],
            Stage::Counts => &["layers"],
            _ => &[],
        };
        let keys = HEAD_KEYS.iter().chain(more).filter(|key| !without.contains(key));
        let keys: Vec<&str> = keys.copied().collect();
        let object = file.root().object(&keys)?;
        let stem = file.stem();
        let id = format!("{}/{stem}", self.id);
        if let Some(node) = object.required("id")
            && node.text() != Some(id.as_str())
        {
            node.report(Code::Misplaced, format!("the file's id is `{id}`"), None);
        }
        let title = object.required("title").and_then(Node::translated);
        let cite = self.cite(&object);
        let confidence = confidence(&object);
        let layers = object.get("layers").and_then(Node::list).map(|items| {
            let known: Vec<&str> = self.layers.iter().map(|layer| layer.id.as_str()).collect();
            items
                .iter()
                .filter_map(|item| item.one_of(&known, |w| known.iter().position(|k| *k == w)))
                .filter_map(|index| Some((*known.get(index)?).to_owned()))
                .collect()
        });
        let see = object
            .get("see")
            .and_then(|node| node.object(&["url", "read_on", "note"]))
            .and_then(|see| {
                Some(See {
                    url: see.required("url")?.text()?.to_owned(),
                    read_on: see.get("read_on").and_then(Node::date).map(|d| d.to_string()),
                })
            });
        let head = Head {
            stem: stem.to_owned(),
            stage,
            // What is missing has been reported, and the pack will be refused; the rest of the file is read all the same.
            title: title.unwrap_or_default(),
            cite: cite.unwrap_or_default(),
            effective: effective(&object),
            layers,
            confidence: confidence.unwrap_or(Confidence::Memory),
            because: object.get("because").and_then(Node::translated).unwrap_or_default(),
            warn: object.get("warn").and_then(Node::translated).unwrap_or_default(),
            about: self.about(&object),
            see,
            file: file.problems.file("").to_owned(),
        };
        Some((head, object))
    }

    /// The topics a rule or a part of one is about: a word, or a list of them.
    fn about(&self, object: &Object<'_>) -> BTreeSet<String> {
        let Some(node) = object.get("about") else {
            return BTreeSet::new();
        };
        let known: Vec<&str> = self.topics.iter().map(|topic| topic.id.as_str()).collect();
        let items = match node.tree {
            Tree::Text(_) => vec![node.clone()],
            _ => node.list().unwrap_or_default(),
        };
        items
            .iter()
            .filter_map(|item| item.one_of(&known, |word| known.iter().position(|topic| *topic == word)))
            .filter_map(|index| Some((*known.get(index)?).to_owned()))
            .collect()
    }

    fn rule(&self, file: &Parsed<'_>, stage: Stage) -> Option<Rule> {
        let keys: &[&str] = match stage {
            Stage::Blocks | Stage::Exemptions => &["rank", "when", "then", "lifted", "about"],
            _ => &["rank", "when", "then", "lifted"],
        };
        let (head, object) = self.head(file, stage, keys)?;
        let (allowed, default): (&[Conclusion], _) = match stage {
            Stage::Scope => (&[Conclusion::InScope, Conclusion::OutOfScope], None),
            Stage::Transfer => (&[Conclusion::Transfer, Conclusion::NotATransfer], None),
            Stage::Blocks => (&[Conclusion::NonExempt], Some(Conclusion::NonExempt)),
            _ => (&[Conclusion::Exempt], Some(Conclusion::Exempt)),
        };
        let then = conclusion(&object, allowed, default);
        let when = self.condition(object.required("when"));
        let lifted = match object.get("lifted") {
            Some(node) if stage == Stage::Blocks => node.object(&["when", "then", "because"]).and_then(|lifted| {
                Some(Lifted {
                    when: self.condition(lifted.required("when"))?,
                    then: conclusion(
                        &lifted,
                        &[Conclusion::Covered, Conclusion::Exempt],
                        Some(Conclusion::Covered),
                    )?,
                    because: lifted.get("because").and_then(Node::translated).unwrap_or_default(),
                })
            }),
            Some(node) => {
                node.report(Code::UnknownKey, "only a block can be lifted".to_owned(), None);
                None
            }
            None => None,
        };
        if head.because.is_empty() {
            object.required("because");
        }
        Some(Rule {
            head,
            rank: object.get("rank").and_then(Node::count).unwrap_or(0),
            when: when?,
            then: then?,
            lifted,
        })
    }

    fn mechanism(&self, file: &Parsed<'_>) -> Option<Mechanism> {
        let keys = &["group", "implicit", "gates", "requirements", "then", "about"];
        let (head, object) = self.head(file, Stage::Mechanisms, keys)?;
        let gates = self.parts(&object, "gates", |name, part| {
            let object = part.object(&["when", "for", "cite", "because", "confidence", "about"])?;
            let of_obtaining = match object.get("for") {
                None => Some(false),
                Some(node) => node.one_of(&["obtaining"], |word| (word == "obtaining").then_some(true)),
            };
            Some(Gate {
                of_obtaining: of_obtaining?,
                name: name.to_owned(),
                about: self.about(&object),
                when: self.condition(object.required("when"))?,
                cite: object.get("cite").and_then(|_| self.cite(&object)),
                because: object.get("because").and_then(Node::translated).unwrap_or_default(),
                confidence: own_confidence(&object),
            })
        });
        let requirements = self.parts(&object, "requirements", |name, part| {
            let keys = [
                "applies",
                "when",
                "cite",
                "cure",
                "unknown_is",
                "confidence",
                "because",
                "about",
            ];
            let object = part.object(&keys)?;
            let about = self.about(&object);
            Some(Requirement {
                about,
                ..self.requirement(name, &object)?
            })
        });
        let allowed = &[Conclusion::Covered, Conclusion::Exempt];
        Some(Mechanism {
            group: object.get("group").and_then(Node::text).map(str::to_owned),
            implicit: object.get("implicit").and_then(Node::bool).unwrap_or(false),
            gates: gates?,
            requirements: requirements?,
            then: match object.get("then") {
                Some(node) if matches!(node.tree, Tree::Object(_)) => self.by_reading(node, allowed)?,
                _ => Then::Always(conclusion(&object, allowed, Some(Conclusion::Covered))?),
            },
            head,
        })
    }

    /// `{ reading: point, option: conclusion, … }` with every option of the point.
    fn by_reading(&self, node: &Node<'_>, allowed: &[Conclusion]) -> Option<Then> {
        let object = node.any_object()?;
        let point = object.required("reading")?;
        let name = point.text()?;
        let Some(reading) = self.readings.get(name) else {
            point.unknown_word(name, &self.readings.keys().map(String::as_str).collect::<Vec<_>>());
            return None;
        };
        if reading.options.contains_key("reading") {
            let message = format!("an option of `{name}` is called like the key that names the open point");
            let help = Some("give the option `reading` another name in regime.yaml".to_owned());
            point.report(Code::NameClash, message, help);
            return None;
        }
        let options: Vec<&str> = reading.options.keys().map(String::as_str).collect();
        let object = node.object(&[&["reading"], options.as_slice()].concat())?;
        let conclusions = options.iter().map(|option| {
            let conclusion = object.required(option).and_then(|node| one_of(node, allowed))?;
            Some(((*option).to_owned(), conclusion))
        });
        Some(Then::ByReading {
            point: name.to_owned(),
            options: conclusions.collect::<Option<_>>()?,
        })
    }

    /// Named parts of a mechanism; `None` if one of them cannot be read.
    fn parts<T>(&self, object: &Object<'_>, key: &str, read: impl Fn(&str, &Node<'_>) -> Option<T>) -> Option<Vec<T>> {
        let Some(node) = object.get(key) else {
            return Some(Vec::new());
        };
        let parts: Vec<Option<T>> = node
            .any_object()?
            .entries
            .iter()
            .map(|(name, part)| read(name, part))
            .collect();
        parts.into_iter().collect()
    }

    fn requirement(&self, name: &str, object: &Object<'_>) -> Option<Requirement> {
        let applies = match object.get("applies") {
            None => Some(Condition::Always),
            Some(node) => self.condition(Some(node)),
        };
        let when = self.condition(object.required("when"));
        let cure = object.required("cure").and_then(Node::translated);
        let unknown_is_met = match object.get("unknown_is") {
            None => false,
            Some(node) => node.one_of(&["met", "open"], |word| match word {
                "met" => Some(true),
                "open" => Some(false),
                _ => None,
            })?,
        };
        Some(Requirement {
            name: name.to_owned(),
            // Of a rule of its own the head says it.
            about: BTreeSet::new(),
            applies: applies?,
            when: when?,
            unknown_is_met,
            cite: object.get("cite").and_then(|_| self.cite(object)),
            cure: cure?,
            confidence: own_confidence(object),
        })
    }

    fn common_requirement(&self, file: &Parsed<'_>) -> Option<CommonRequirement> {
        let keys = &["of", "applies", "when", "cure", "unknown_is", "about"];
        let (head, object) = self.head(file, Stage::Requirements, keys)?;
        let of = object.get("of").and_then(Node::texts);
        Some(CommonRequirement {
            of: of.map(|groups| groups.into_iter().map(str::to_owned).collect()),
            requirement: self.requirement(&head.stem, &object)?,
            head,
        })
    }

    fn duty(&self, file: &Parsed<'_>) -> Option<Duty> {
        let (head, object) = self.head(file, Stage::Duties, &["applies", "when", "cure", "outcomes", "about"])?;
        let words: Vec<&str> = Outcome::ALL.iter().map(|outcome| outcome.as_str()).collect();
        let outcomes = match object.get("outcomes") {
            None => [
                Outcome::Exempt,
                Outcome::Covered,
                Outcome::Incomplete,
                Outcome::NonExempt,
            ]
            .into(),
            Some(node) => node
                .list()?
                .iter()
                .filter_map(|item| item.one_of(&words, |word| word.parse().ok()))
                .collect(),
        };
        let requirement = self.requirement(&head.stem, &object)?;
        Some(Duty {
            head,
            applies: requirement.applies,
            when: requirement.when,
            cure: requirement.cure,
            outcomes,
        })
    }

    fn count(&self, file: &Parsed<'_>) -> Option<Count> {
        let (head, object) = self.head(file, Stage::Counts, &["counts", "per", "over", "window"])?;
        object
            .required("counts")?
            .one_of(&["individuals"], |word| (word == "individuals").then_some(()))?;
        let per = object.required("per")?.one_of(Per::WORDS, Per::from_word);
        let over = self.condition(object.required("over"));
        let windows = object.required("window")?.list()?;
        let window = windows.iter().filter_map(|node| {
            let object = node.object(&["effective", "since"])?;
            let since = object.required("since")?.one_of(Since::WORDS, Since::from_word)?;
            Some((effective(&object), since))
        });
        Some(Count {
            fact: self.catalogue.find(self.id, &format!("count.{}", head.stem))?,
            per: per?,
            over: over?,
            window: window.collect(),
            head,
        })
    }

    fn set(&self, file: &Parsed<'_>) -> Option<Set> {
        let (head, object) = self.head(file, Stage::Sets, &["checked_on", "members"])?;
        let gazetteer = self.catalogue.gazetteer();
        let read = |node: &Node<'_>| {
            let keys = [
                "place",
                "places",
                "from",
                "to",
                "when",
                "cite",
                "ended_by",
                "note",
                "confidence",
                "warn",
            ];
            let object = node.object(&keys)?;
            let places = match (object.get("place"), object.get("places")) {
                (Some(one), None) => Some(BTreeSet::from([value::place(one, gazetteer)?])),
                (None, Some(many)) => value::places(many, gazetteer),
                _ => {
                    node.report(
                        Code::MissingKey,
                        "expected `place` or `places`, one of them".to_owned(),
                        None,
                    );
                    None
                }
            };
            let when = match object.get("when") {
                None => Some(Condition::Always),
                Some(node) => self.condition(Some(node)),
            };
            // A member's own citation may be a bare number of a decision: the set names the instrument.
            let text = |key: &str| object.get(key).and_then(Node::text).map(str::to_owned);
            Some(Member {
                places: places?,
                effective: period(&object),
                when: when?,
                cite: text("cite"),
                ended_by: text("ended_by"),
                confidence: own_confidence(&object),
                note: object.get("note").and_then(Node::translated).unwrap_or_default(),
            })
        };
        let members = object.required("members")?.list()?;
        Some(Set {
            checked_on: object.get("checked_on").and_then(Node::date),
            members: members.iter().filter_map(read).collect(),
            head,
        })
    }
}

fn confidence(object: &Object<'_>) -> Option<Confidence> {
    object
        .required("confidence")?
        .one_of(Confidence::WORDS, Confidence::from_word)
}

/// How sure a part of a rule is, where it says so itself.
fn own_confidence(object: &Object<'_>) -> Option<Confidence> {
    object.get("confidence").and_then(|_| confidence(object))
}

fn conclusion(object: &Object<'_>, allowed: &[Conclusion], default: Option<Conclusion>) -> Option<Conclusion> {
    let Some(node) = object.get("then") else {
        if default.is_none() {
            object.required("then");
        }
        return default;
    };
    one_of(node, allowed)
}

fn one_of(node: &Node<'_>, allowed: &[Conclusion]) -> Option<Conclusion> {
    let words: Vec<&str> = allowed.iter().map(|c| c.as_str()).collect();
    node.one_of(&words, |word| allowed.iter().copied().find(|c| c.as_str() == word))
}

fn effective(object: &Object<'_>) -> Effective {
    object
        .get("effective")
        .and_then(|node| node.object(&["from", "to"]))
        .map(|object| period(&object))
        .unwrap_or_default()
}

/// The keys `from` and `to` of an object.
fn period(object: &Object<'_>) -> Effective {
    let day = |key: &str| -> Option<Date> { object.get(key).filter(|node| !node.is_unknown()).and_then(Node::date) };
    let period = Effective {
        from: day("from"),
        to: day("to"),
    };
    if period.is_empty() {
        object
            .node
            .report(Code::BadDate, "the period ends before it starts".to_owned(), None);
    }
    period
}
