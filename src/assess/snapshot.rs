//! What of an assessment is compared with another one: of one made just now, or of one kept as JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::assess::assessment::{Assessment, ExposureFound, FORMAT, Finding, FindingKind};
use crate::assess::forecast::{Standing, standing};
use crate::date::Date;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::law::pack::Status;
use crate::load::{Source, json};
use crate::outcome::{Headline, Outcome};
use crate::pairing::ByKey;

/// An assessment as far as it can be compared with another.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(super) map: Option<String>,
    pub(super) as_of: String,
    pub(super) version: String,
    pub(super) law: BTreeMap<String, Applied>,
    pub(super) movements: BTreeSet<MovementKey>,
    pub(super) verdicts: ByKey<VerdictKey, Standing>,
    pub(super) findings: ByKey<FindingKey, FindingNamed>,
    pub(super) exposures: BTreeSet<ExposureNamed>,
}

/// A movement: one asset on one flow.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct MovementKey {
    /// The flow, or `access:<node>:<entity>` for remote access that control implies.
    pub flow: String,
    /// The asset.
    pub asset: String,
}

/// What one layer of a regime says of one movement.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct VerdictKey {
    pub(super) movement: MovementKey,
    pub(super) regime: String,
    pub(super) layer: String,
}

/// What a finding is about, whatever its outcome.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct FindingKey {
    kind: FindingKind,
    about: String,
}

impl FindingKey {
    /// Of an outcome, the id ends with it.
    pub(crate) fn new(kind: FindingKind, id: &str) -> Self {
        let about = match (kind, id.rsplit_once('/')) {
            (FindingKind::Outcome, Some((about, _))) => about,
            _ => id,
        };
        Self {
            kind,
            about: about.to_owned(),
        }
    }
}

/// A finding, without what it is made of.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FindingNamed {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub kind: FindingKind,
    /// The outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Headline>,
    /// Its worst possible outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worst: Option<Outcome>,
    /// Whether the layer binds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// The acceptance that covers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_by: Option<String>,
}

impl FindingNamed {
    /// Whether it is the same finding, accepted or not.
    pub(super) fn is(&self, other: &Self) -> bool {
        (&self.id, self.worst, self.status) == (&other.id, other.worst, other.status)
    }

    /// How bad it is: of two with the same worst outcome the one that is certain is worse.
    pub(crate) fn rank(&self) -> (Option<Outcome>, bool) {
        (self.worst, self.outcome != Some(Headline::Undetermined))
    }
}

impl From<&Finding> for FindingNamed {
    fn from(finding: &Finding) -> Self {
        Self {
            id: finding.id.clone(),
            kind: finding.kind,
            outcome: finding.outcome,
            worst: finding.worst,
            status: finding.status,
            accepted_by: finding.accepted_by.clone(),
        }
    }
}

/// An exposure, without the way by which the data are reached.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct ExposureNamed {
    /// Where the data lie.
    pub node: String,
    /// Who can reach them.
    pub by: String,
    /// From where.
    pub places: Vec<String>,
}

impl From<&ExposureFound> for ExposureNamed {
    fn from(exposure: &ExposureFound) -> Self {
        Self {
            node: exposure.node.clone(),
            by: exposure.by.clone(),
            places: exposure.places.clone(),
        }
    }
}

/// A regime as it was applied.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Applied {
    id: String,
    /// Nothing in an assessment of a library that did not say it.
    pub(super) digest: Option<String>,
    #[serde(default)]
    pub(super) readings: BTreeMap<String, String>,
    pub(super) layers: Vec<LayerApplied>,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub(super) struct LayerApplied {
    id: String,
    status: Status,
}

impl From<&Assessment> for Snapshot {
    fn from(assessment: &Assessment) -> Self {
        let law = assessment.law.iter().map(|regime| Applied {
            id: regime.id.clone(),
            digest: Some(regime.digest.clone()),
            readings: regime.readings.clone(),
            layers: regime
                .layers
                .iter()
                .map(|layer| LayerApplied {
                    id: layer.id.clone(),
                    status: layer.status,
                })
                .collect(),
        });
        let verdicts = assessment.movements.iter().flat_map(|movement| {
            let verdicts = movement.verdicts.iter();
            verdicts.map(|judged| {
                let (regime, layer) = (&judged.verdict.regime, &judged.verdict.layer);
                let key = key(&movement.flow, &movement.asset, regime, layer);
                (key, standing(&judged.verdict))
            })
        });
        Self {
            map: assessment.map.clone(),
            as_of: assessment.as_of.clone(),
            version: assessment.version.to_owned(),
            law: by_id(law),
            movements: assessment
                .movements
                .iter()
                .map(|movement| MovementKey {
                    flow: movement.flow.clone(),
                    asset: movement.asset.clone(),
                })
                .collect(),
            verdicts: sorted(verdicts),
            findings: by_key(assessment.findings.iter().map(FindingNamed::from)),
            exposures: assessment.exposures.iter().map(ExposureNamed::from).collect(),
        }
    }
}

fn key(flow: &str, asset: &str, regime: &str, layer: &str) -> VerdictKey {
    VerdictKey {
        movement: MovementKey {
            flow: flow.to_owned(),
            asset: asset.to_owned(),
        },
        regime: regime.to_owned(),
        layer: layer.to_owned(),
    }
}

fn by_id(law: impl Iterator<Item = Applied>) -> BTreeMap<String, Applied> {
    law.map(|regime| (regime.id.clone(), regime)).collect()
}

/// The verdicts by key; an asset that travels a flow in several states has several, the worst of them first.
fn sorted(verdicts: impl Iterator<Item = (VerdictKey, Standing)>) -> ByKey<VerdictKey, Standing> {
    let mut all: ByKey<VerdictKey, Standing> = BTreeMap::new();
    for (key, standing) in verdicts {
        all.entry(key).or_default().push(standing);
    }
    for several in all.values_mut() {
        several.sort_by(|a, b| {
            let rank = |of: &Standing| std::cmp::Reverse((of.worst, of.best));
            (rank(a), &a.rule, &a.cite).cmp(&(rank(b), &b.rule, &b.cite))
        });
    }
    all
}

pub(crate) fn by_key(findings: impl Iterator<Item = FindingNamed>) -> ByKey<FindingKey, FindingNamed> {
    let mut all: ByKey<FindingKey, FindingNamed> = BTreeMap::new();
    for finding in findings {
        let key = FindingKey::new(finding.kind, &finding.id);
        all.entry(key).or_default().push(finding);
    }
    for several in all.values_mut() {
        several.sort_by_key(|finding| std::cmp::Reverse(finding.rank()));
    }
    all
}

/// What tells an assessment from a map.
#[derive(Deserialize)]
struct Marked {
    #[serde(default)]
    transborder_assessment: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Kept {
    transborder_assessment: u32,
    version: String,
    map: Option<String>,
    as_of: String,
    law: Vec<Applied>,
    movements: Vec<KeptMovement>,
    exposures: Vec<ExposureNamed>,
    findings: Vec<FindingNamed>,
}

#[derive(Deserialize)]
struct KeptMovement {
    flow: String,
    asset: String,
    verdicts: Vec<KeptVerdict>,
}

#[derive(Deserialize)]
struct KeptVerdict {
    regime: String,
    layer: String,
    status: Status,
    outcome: Headline,
    best: Outcome,
    worst: Outcome,
    decided_by: KeptProvision,
}

#[derive(Deserialize)]
struct KeptProvision {
    rule: Option<String>,
    cite: String,
}

impl Snapshot {
    /// Whether a file is an assessment as `check --format json` writes it, and no map.
    #[must_use]
    pub fn is_one(source: &Source) -> bool {
        // A list would be read as the fields in their order.
        source.text().trim_start().starts_with('{')
            && json::<Marked>(source).is_ok_and(|marked| marked.transborder_assessment.is_some())
    }

    /// Reads an assessment as [`report::json`](crate::report::json) writes it.
    ///
    /// # Errors
    /// If it is no such assessment, or one of a version that this library does not read.
    pub fn read(source: &Source) -> Result<Self, Diagnostics> {
        let kept: Kept = json(source)?;
        let refuse = |code, path: &str, message: String| {
            Err(Diagnostics::from_iter([Diagnostic {
                code,
                severity: Severity::Error,
                file: source.name().to_owned(),
                position: source.position(path),
                path: path.to_owned(),
                message,
                help: None,
            }]))
        };
        if kept.transborder_assessment != FORMAT {
            let found = kept.transborder_assessment;
            let message = format!("this library reads version {FORMAT} of the assessment, found `{found}`");
            return refuse(Code::Version, "transborder_assessment", message);
        }
        if kept.as_of.parse::<Date>().is_err() {
            let message = format!("expected a day written YYYY-MM-DD, found `{}`", kept.as_of);
            return refuse(Code::BadDate, "as_of", message);
        }
        let keys = kept.movements.iter().map(|movement| MovementKey {
            flow: movement.flow.clone(),
            asset: movement.asset.clone(),
        });
        Ok(Self {
            map: kept.map,
            as_of: kept.as_of,
            version: kept.version,
            movements: keys.collect(),
            verdicts: sorted(kept.movements.into_iter().flat_map(KeptMovement::verdicts)),
            law: by_id(kept.law.into_iter()),
            findings: by_key(kept.findings.into_iter()),
            exposures: kept.exposures.into_iter().collect(),
        })
    }

    /// The day as of which the law was read.
    #[must_use]
    pub fn day(&self) -> Option<Date> {
        self.as_of.parse().ok()
    }
}

impl KeptMovement {
    fn verdicts(self) -> impl Iterator<Item = (VerdictKey, Standing)> {
        let Self { flow, asset, verdicts } = self;
        verdicts.into_iter().map(move |verdict| {
            let standing = Standing {
                status: verdict.status,
                outcome: verdict.outcome,
                best: verdict.best,
                worst: verdict.worst,
                rule: verdict.decided_by.rule,
                cite: verdict.decided_by.cite,
            };
            (key(&flow, &asset, &verdict.regime, &verdict.layer), standing)
        })
    }
}
