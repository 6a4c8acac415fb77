//! `transborder vendor`: what taking up a vendor's product would add to a map.

use std::path::{Path, PathBuf};

use clap::Args;
use transborder::assess::measures::{Limits, Selection, propose};
use transborder::assess::vendor::{Adoption, LayerReviewed, review_of};
use transborder::law::pack::Status;
use transborder::load::{Document, Profiles};
use transborder::report;

use super::Format;
use crate::input::{LawInput, LocateInput, ReadingInput, read_document_with, read_source};
use crate::{Answer, Failure};

#[derive(Args)]
pub(crate) struct Vendor {
    /// The data map, YAML or JSON; `-` for standard input
    map: PathBuf,
    /// The vendor profile: one that is built in, the path of a file, or a prefix under which the map takes one up already
    profile: String,
    /// Who of the map is behind a role of the profile; may be given several times
    #[arg(long = "role", value_name = "ROLE=ENTITY")]
    roles: Vec<String>,
    /// To which word a setting of the profile is set; may be given several times. The others stand as the vendor delivers them
    #[arg(long = "setting", value_name = "SETTING=WORD")]
    settings: Vec<String>,
    /// Leave settings that are not given unknown
    #[arg(long)]
    unknown_settings: bool,
    /// Look for measures that clear what it adds, too; not in JSON, where `transborder measures` has them all
    #[arg(long)]
    measures: bool,
    /// How to print the review
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Print the texts of rules in this language where a pack has it: en, zh-Hant, zh-Hans, pt
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    #[command(flatten)]
    sources: LocateInput,
    #[command(flatten)]
    law: LawInput,
    #[command(flatten)]
    reading: ReadingInput,
}

impl Vendor {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let law = self.law.read()?;
        let options = self.reading.options(&law)?;
        let (with, prefix) = self.taken_up()?;
        let review = review_of(&with, &prefix, &law, &options)?;
        let language = self.language.as_deref().unwrap_or("en");
        let text = match (self.format, self.measures) {
            (Format::Json, _) => report::vendor::json(&review),
            (Format::Text, false) => report::vendor::render(&review, language),
            (Format::Text, true) => {
                let limits = Limits {
                    at_most: 1,
                    before_sign_up: true,
                    ..Limits::default()
                };
                let chosen = Selection::Findings(review.findings());
                let measures = propose(&with, &law, &options, &chosen, limits)?;
                report::vendor::render_with(&review, &measures, language)
            }
        };
        anstream::print!("{text}");
        let flagged = |layer: &LayerReviewed| layer.status == Status::InForce && layer.at_worst > 0;
        // A profile that leaves out what moves shows no movement that could be flagged.
        let gaps = !review.vendor.gaps.is_empty();
        Ok(if gaps || review.layers.iter().any(flagged) {
            Answer::Findings
        } else {
            Answer::Clean
        })
    }

    /// The map with the product in it, and under which prefix.
    fn taken_up(&self) -> Result<(Document, String), Failure> {
        let (profile, profiles) = self.profile()?;
        let map = read_document_with(&self.map, &self.sources, profiles)?;
        if map.value(&format!("use.{}", self.profile)).is_some() {
            if !self.roles.is_empty() || !self.settings.is_empty() || self.unknown_settings {
                let message = format!("error: the map takes up `{}` already, and says there how", self.profile);
                return Err(message.into());
            }
            return Ok((map, self.profile.clone()));
        }
        let mut adoption = Adoption::of(&profile);
        for text in &self.roles {
            let (role, entity) = parts(text, "ROLE=ENTITY")?;
            adoption = adoption.role(role, entity);
        }
        for text in &self.settings {
            let (setting, word) = parts(text, "SETTING=WORD")?;
            adoption = adoption.setting(setting, word);
        }
        if self.unknown_settings {
            adoption = adoption.with_unknown_settings();
        }
        Ok((map.with(&adoption.change(), None)?, adoption.prefix().to_owned()))
    }

    /// The name of the profile, and where it is found: a path counts from where one is, not from the map's folder.
    fn profile(&self) -> Result<(String, Profiles), Failure> {
        let profiles = Profiles::built_in();
        let path = Path::new(&self.profile);
        if profiles.names().any(|name| name == self.profile) || !path.is_file() {
            return Ok((self.profile.clone(), profiles));
        }
        let name = path
            .file_stem()
            .map_or_else(|| self.profile.clone(), |stem| stem.to_string_lossy().into_owned());
        Ok((name.clone(), profiles.with(name, read_source(path)?)))
    }
}

fn parts<'t>(text: &'t str, form: &str) -> Result<(&'t str, &'t str), Failure> {
    text.split_once('=')
        .ok_or_else(|| format!("error: expected {form}, found `{text}`").into())
}
