//! Answers to the questions of a map: read from a form, checked, and put into the map.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::assess::Assessment;
use crate::assess::questions::Question;
use crate::diagnostic::{Code, Diagnostics};
use crate::fact::Catalogue;
use crate::load::change::json as json_of;
use crate::load::decode::{Node, Problems};
use crate::load::tree::Tree;
use crate::load::{Change, Document, Source, near_match};

/// The version of the form. It rises when a reader of the old form would misread the new one.
pub const FORMAT: u32 = 1;

/// The keys of a question in the form, and its columns in a table: those that are filled in come last.
pub(crate) const KEYS: [&str; 13] = [
    "at",
    "question",
    "who",
    "kind",
    "choices",
    "known",
    "decides",
    "worst",
    "asked_by",
    "answer",
    "source",
    "answered_by",
    "on",
];

/// Answers as a form gives them. What is left empty, or `unknown`, is not answered.
#[derive(Clone, Debug)]
pub struct Answers {
    source: Source,
    given: Vec<Given>,
}

/// One answer.
#[derive(Clone, Debug)]
struct Given {
    /// Where it goes in the map.
    at: String,
    value: Value,
    /// Where the question stands in the form.
    path: String,
    /// Whence it is known, who says so, and when.
    source: Option<String>,
    answered_by: Option<String>,
    on: Option<String>,
}

impl Answers {
    /// Reads a form, YAML or JSON.
    ///
    /// # Errors
    /// With every problem of the form itself. Whether an answer fits is told by [`Answers::put_into`].
    pub fn read(source: &Source) -> Result<Self, Diagnostics> {
        let tree = Tree::parse(source)?;
        let problems = Problems::new(source);
        let given = given(&Node::root(&problems, &tree)).unwrap_or_default();
        let found = problems.finish();
        if found.has_errors() {
            return Err(found);
        }
        let source = source.clone();
        Ok(Self { source, given })
    }

    /// How many questions are answered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.given.len()
    }

    /// Whether no question is answered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.given.is_empty()
    }

    /// What the answers change in a map that asks these questions: they are set, what has no place yet is drawn, and the
    /// source of each is entered where the map has room for one.
    ///
    /// # Errors
    /// With every answer to a question that is not asked.
    pub fn change(&self, document: &Document, questions: &[Question]) -> Result<Change, Diagnostics> {
        let (change, _, not_asked) = self.set(document, questions);
        if not_asked.has_errors() {
            Err(not_asked)
        } else {
            Ok(change)
        }
    }

    /// The map with the answers, checked.
    ///
    /// # Errors
    /// With every answer to a question that is not asked and every one that does not fit, by its line in the form.
    pub fn put_into(
        &self,
        document: &Document,
        questions: &[Question],
        catalogue: &Catalogue,
    ) -> Result<Document, Diagnostics> {
        let (change, at, not_asked) = self.set(document, questions);
        let with = document.with_values_at(&change, &self.source, at);
        let mut found = not_asked;
        match with.and_then(|with| with.map(catalogue).map(|_| with)) {
            Ok(with) if !found.has_errors() => Ok(with),
            Ok(_) => Err(found),
            Err(wrong) => {
                found.extend(wrong);
                Err(found)
            }
        }
    }

    /// The change, where its values stand in the form, and what is wrong with answers that nobody asked for.
    fn set(&self, document: &Document, questions: &[Question]) -> (Change, BTreeMap<String, String>, Diagnostics) {
        let asked: BTreeMap<&str, &Question> = questions
            .iter()
            .map(|question| (question.at.as_str(), question))
            .collect();
        let problems = Problems::new(&self.source);
        let mut change = Change::new();
        let mut at = BTreeMap::new();
        let mut evidence = Evidence::new(document);
        for given in &self.given {
            let Some(question) = asked.get(given.at.as_str()) else {
                let help = near_match(&given.at, asked.keys().copied()).map_or_else(
                    || "the map may say it by now: leave the answer out, or change it in the map".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                let message = format!("the map does not ask for `{}`", given.at);
                problems.report(Code::UnknownId, &format!("{}.at", given.path), message, Some(help));
                continue;
            };
            let answer = format!("{}.answer", given.path);
            for (path, value) in question.draw.iter().flat_map(|draw| &draw.set) {
                at.entry(path.clone()).or_insert_with(|| answer.clone());
                change.set.insert(path.clone(), value.clone());
            }
            change.set.insert(given.at.clone(), given.value.clone());
            at.insert(given.at.clone(), answer);
            evidence.add(given, &question.at);
        }
        (evidence.into_change(change), at, problems.finish())
    }
}

fn given(root: &Node<'_>) -> Option<Vec<Given>> {
    let form = root.object(&["transborder_answers", "map", "as_of", "questions"])?;
    let version = form.required("transborder_answers")?;
    if !matches!(version.tree, Tree::Integer(number) if *number == i128::from(FORMAT)) {
        let message = format!(
            "this library reads version {FORMAT} of the form, found {}",
            version.tree.describe()
        );
        version.report(Code::Version, message, None);
        return None;
    }
    let mut all = Vec::new();
    let mut seen = BTreeSet::new();
    for node in form.required("questions")?.list()? {
        let Some(question) = node.object(&KEYS) else {
            continue;
        };
        let text = |key: &str| {
            let node = question.get(key).filter(|node| !node.is_unknown())?;
            node.text().map(str::to_owned)
        };
        let on = question.get("on").filter(|node| !node.is_unknown());
        let on = on.and_then(|node| node.date()).map(|day| day.to_string());
        let (source, answered_by) = (text("source"), text("answered_by"));
        let Some(at) = question.required("at").and_then(Node::text) else {
            continue;
        };
        let Some(answer) = question.get("answer").filter(|node| !node.is_unknown()) else {
            continue;
        };
        if !seen.insert(at) {
            let message = format!("`{at}` is answered twice");
            answer.report(Code::DuplicateKey, message, None);
            continue;
        }
        all.push(Given {
            at: at.to_owned(),
            value: json_of(answer.tree),
            path: node.path.clone(),
            source,
            answered_by,
            on,
        });
    }
    Some(all)
}

/// The sources that answers name, entered into the map.
struct Evidence<'d> {
    document: &'d Document,
    /// The source of each attribute, by object.
    named: BTreeMap<String, BTreeMap<String, Cited>>,
}

/// A source: its title, whether something is cited that could be read, and its day.
type Cited = (String, bool, Option<String>);

impl<'d> Evidence<'d> {
    fn new(document: &'d Document) -> Self {
        Self {
            document,
            named: BTreeMap::new(),
        }
    }

    fn add(&mut self, given: &Given, at: &str) {
        // Mechanisms name no sources.
        let Some((object, key)) = object_and_key(at).filter(|(object, _)| !object.starts_with("mechanisms.")) else {
            return;
        };
        let title = match (&given.source, &given.answered_by) {
            (Some(source), Some(by)) => format!("{source} ({by})"),
            (Some(source), None) => source.clone(),
            (None, Some(by)) => by.clone(),
            (None, None) => return,
        };
        let source = (title, given.source.is_some(), given.on.clone());
        let of_object = self.named.entry(object.to_owned()).or_default();
        // Of several answers about one attribute, as about several groups of people, one source is named.
        let named = of_object.entry(key.to_owned()).or_insert_with(|| source.clone());
        *named = source.min(named.clone());
    }

    fn into_change(self, mut change: Change) -> Change {
        let sources: BTreeSet<&Cited> = self.named.values().flat_map(BTreeMap::values).collect();
        let ids = (1_u32..).map(|number| format!("answer-{number}"));
        let unused = ids.filter(|id| self.document.value(&format!("sources.{id}")).is_none());
        let ids: BTreeMap<Cited, String> = sources.into_iter().cloned().zip(unused).collect();
        for ((title, cited, on), id) in &ids {
            // Somebody says so, and cites nothing that could be read.
            let mut source = json!({ "title": title, "confidence": if *cited { "verified" } else { "memory" } });
            if let Some(day) = on {
                source["as_of"] = json!(day);
            }
            change = change.set(format!("sources.{id}"), source);
        }
        for (object, named) in self.named {
            let path = format!("{object}.evidence");
            let mut evidence = match self.document.value(&path) {
                Some(Value::Object(before)) => before,
                Some(Value::String(all)) => [("all".to_owned(), Value::String(all))].into_iter().collect(),
                _ => serde_json::Map::new(),
            };
            let named = named
                .into_iter()
                .filter_map(|(key, cited)| Some((key, ids.get(&cited)?.clone())));
            evidence.extend(named.map(|(key, id)| (key, Value::String(id))));
            change = change.set(path, Value::Object(evidence));
        }
        change
    }
}

/// The object of a path, and the attribute of it: `assets.staff` and `subjects` of `assets.staff.subjects[0].count`.
fn object_and_key(at: &str) -> Option<(&str, &str)> {
    let mut ends = at.match_indices(['.', '[']).map(|(end, _)| end);
    let end = ends.nth(1)?;
    let (object, rest) = (at.get(..end)?, at.get(end + 1..)?);
    let key = rest.split(['.', '[']).next()?;
    (!key.is_empty()).then_some((object, key))
}

impl Assessment {
    /// The same assessment where accesses that a change draws go by the names they have then, so that the two can be
    /// compared.
    #[must_use]
    pub fn as_drawn_by(&self, change: &Change) -> Self {
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let mut drawn: BTreeMap<String, String> = BTreeMap::new();
        for (path, flow) in &change.set {
            let Some(id) = path.strip_prefix("flows.").filter(|id| !id.contains('.')) else {
                continue;
            };
            let team = change.set.get(&format!("processors.{id}"));
            if let (Some(node), Some(by)) = (text(flow, "from"), team.and_then(|team| text(team, "operator"))) {
                drawn
                    .entry(format!("access:{node}:{by}"))
                    .or_insert_with(|| id.to_owned());
            }
        }
        let mut renamed = self.clone();
        if drawn.is_empty() {
            return renamed;
        }
        for movement in &mut renamed.movements {
            if let Some(id) = drawn.get(&movement.flow) {
                movement.flow.clone_from(id);
                movement.path = vec![id.clone()];
                movement.at = format!("flows.{id}");
            }
        }
        renamed.find();
        renamed
    }
}
