//! `transborder locate`: which place a cloud region or an address is in, and how that is known.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;
use transborder::load::near_match;
use transborder::locate::cloud;
use transborder::locate::geoip::Database;
use transborder::locate::locator::Locator;
use transborder::locate::network::Network;
use transborder::locate::special::without_a_place;

use crate::input::LawInput;
use crate::{Answer, Failure};

#[derive(Args)]
pub(crate) struct Locate {
    /// A cloud region (`alibaba/cn-hongkong`) or an address (`203.0.113.7`)
    what: String,
    /// Say where a network is; may be given several times, the longest prefix wins
    #[arg(long = "network", value_name = "CIDR=PLACE")]
    networks: Vec<String>,
    /// Ask a database in the MaxMind format; may be given several times
    #[arg(long, value_name = "FILE")]
    geoip: Vec<PathBuf>,
    #[command(flatten)]
    law: LawInput,
}

impl Locate {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let law = self.law.read()?;
        let places = law.catalogue().gazetteer();
        let name = |code: &str| match places.find(code) {
            Some(place) => format!("{place} {}", places.name(place)),
            None => code.to_owned(),
        };
        let Ok(address) = self.what.parse::<IpAddr>() else {
            return match cloud::region(&self.what) {
                Some(code) => {
                    anstream::println!(
                        "{}  (cloud region, from a table that nobody has compared with its provider)",
                        name(code)
                    );
                    Ok(Answer::Clean)
                }
                None => {
                    let help = near_match(&self.what, cloud::regions())
                        .map_or_else(String::new, |near| format!("\n    help: did you mean `{near}`?"));
                    Err(format!("error: there is no cloud region and no address `{}`{help}", self.what).into())
                }
            };
        };
        let mut locator = Locator::new();
        for text in &self.networks {
            let (network, code) = text
                .split_once('=')
                .ok_or(format!("error: expected CIDR=PLACE, found `{text}`"))?;
            let place = places.find(code).ok_or(format!("error: there is no place `{code}`"))?;
            let network = network
                .parse::<Network>()
                .map_err(|error| format!("error: `{network}` is {error}"))?;
            locator.declare(network, Some(place), "--network", None);
        }
        let located = locator.locate(&Network::of(address), places);
        if let Some((place, _)) = located.place() {
            anstream::println!("{place} {}  (declared network)", places.name(place));
            return Ok(Answer::Clean);
        }
        if let Some(why) = without_a_place(address) {
            anstream::println!("unknown  ({why})");
            return Ok(Answer::Clean);
        }
        for path in &self.geoip {
            let database = Database::open(path).map_err(|error| format!("error: `{}`: {error}", path.display()))?;
            let (kind, built) = database.description();
            let place = database.country(address, places)?;
            let place = place.map_or_else(|| "unknown".to_owned(), |place| name(place.as_str()));
            anstream::println!("{place}  (evidence of {kind}, built at {built} s since 1970; no proof)");
        }
        if self.geoip.is_empty() {
            anstream::println!("unknown  (no network declared and no database given)");
        }
        Ok(Answer::Clean)
    }
}
