//! Places: countries and territories of ISO 3166-1, and the subdivisions and cities that rule packs declare.
//!
//! A place here is a legal territory, not a point on a map: Hong Kong, Macau, Taiwan and mainland China are four.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::truth::Truth;

const COUNTRIES: &str = include_str!("place/countries.csv");

/// A code of a place: `HK` (ISO 3166-1), `CN-GD` (ISO 3166-2) or `CNSZX` (UN/LOCODE).
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Place {
    code: [u8; 6],
}

impl Place {
    /// A place from a code of the right shape; whether it exists is the gazetteer's to say.
    fn from_shape(code: &str) -> Option<Self> {
        let bytes = code.as_bytes();
        let upper = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        let fits = match bytes.len() {
            2 => bytes.iter().all(u8::is_ascii_uppercase),
            4..=6 if bytes.get(2) == Some(&b'-') => {
                bytes.iter().take(2).all(u8::is_ascii_uppercase) && bytes.iter().skip(3).all(upper)
            }
            5 => bytes.iter().take(2).all(u8::is_ascii_uppercase) && bytes.iter().all(upper),
            _ => false,
        };
        if !fits {
            return None;
        }
        let mut code = [0; 6];
        for (slot, byte) in code.iter_mut().zip(bytes) {
            *slot = *byte;
        }
        Some(Self { code })
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let end = self.code.iter().position(|b| *b == 0).unwrap_or(self.code.len());
        self.code
            .get(..end)
            .and_then(|code| std::str::from_utf8(code).ok())
            .unwrap_or_default()
    }

    /// The country or territory this place lies in (itself, for a country).
    #[must_use]
    pub fn country(self) -> Self {
        let [a, b, ..] = self.code;
        Self {
            code: [a, b, 0, 0, 0, 0],
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Every place that may be named: the countries, and what the loaded rule packs declare below them.
#[derive(Clone, Debug)]
pub struct Gazetteer {
    entries: BTreeMap<Place, Entry>,
    /// The places inside which others are declared.
    divided: BTreeSet<Place>,
}

#[derive(Clone, Debug)]
struct Entry {
    name: String,
    parent: Option<Place>,
}

impl Gazetteer {
    /// The countries and territories of ISO 3166-1, and XK.
    #[must_use]
    pub fn countries() -> Self {
        let entries = COUNTRIES
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(','))
            .filter_map(|(code, name)| {
                let entry = Entry {
                    name: name.trim_matches('"').to_owned(),
                    parent: None,
                };
                Some((Place::from_shape(code)?, entry))
            })
            .collect();
        Self {
            entries,
            divided: BTreeSet::new(),
        }
    }

    /// Adds a subdivision or a city.
    ///
    /// # Errors
    /// If the code is not one of ISO 3166-2 or UN/LOCODE, or `within` does not contain it by its own code.
    pub fn declare(&mut self, code: &str, name: &str, within: Option<&str>) -> Result<Place, BadPlace> {
        let place = Place::from_shape(code)
            .filter(|place| place.country() != *place)
            .ok_or(BadPlace::Shape)?;
        let parent = match within {
            None => place.country(),
            Some(outer) => self.find(outer).ok_or(BadPlace::Within)?,
        };
        if parent.country() != place.country() || parent == place || !self.entries.contains_key(&parent) {
            return Err(BadPlace::Within);
        }
        let entry = Entry {
            name: name.to_owned(),
            parent: Some(parent),
        };
        self.divided.insert(parent);
        self.entries.entry(place).or_insert(entry);
        Ok(place)
    }

    /// The place with this code, if there is one.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<Place> {
        Place::from_shape(code).filter(|place| self.entries.contains_key(place))
    }

    /// The English name of a place.
    #[must_use]
    pub fn name(&self, place: Place) -> &str {
        self.entries.get(&place).map_or("", |entry| entry.name.as_str())
    }

    /// Every place, by code.
    pub fn places(&self) -> impl Iterator<Item = Place> + '_ {
        self.entries.keys().copied()
    }

    /// Whether there are places inside this one, so that it may not be exact enough.
    #[must_use]
    pub fn is_divided(&self, place: Place) -> bool {
        self.divided.contains(&place)
    }

    /// The places around this one, innermost first, without itself.
    pub fn around(&self, place: Place) -> impl Iterator<Item = Place> + '_ {
        let parent_of = |place: &Place| self.entries.get(place).and_then(|entry| entry.parent);
        std::iter::successors(parent_of(&place), parent_of)
    }

    /// An area made of these places with everything inside them.
    #[must_use]
    pub fn area(&self, members: &BTreeSet<Place>) -> Area {
        let inside = self
            .places()
            .filter(|place| members.contains(place) || self.around(*place).any(|outer| members.contains(&outer)))
            .collect::<BTreeSet<_>>();
        let partly = members
            .iter()
            .flat_map(|member| self.around(*member))
            .filter(|outer| !inside.contains(outer))
            .collect();
        Area { inside, partly }
    }
}

/// Why a place cannot be declared.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BadPlace {
    /// Not a code of a subdivision or city.
    #[error("not a code of ISO 3166-2 (`CN-GD`) or UN/LOCODE (`CNSZX`)")]
    Shape,
    /// The outer place is unknown, or in another country.
    #[error("`within` must name a known place of the same country")]
    Within,
}

/// A set of places as the law draws it: some lie wholly inside, some are only partly covered.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Area {
    inside: BTreeSet<Place>,
    partly: BTreeSet<Place>,
}

impl Area {
    /// Whether a place lies inside; unknown for a place of which only a part does.
    #[must_use]
    pub fn contains(&self, place: Place) -> Truth {
        if self.inside.contains(&place) {
            Truth::True
        } else if self.partly.contains(&place) {
            Truth::Unknown
        } else {
            Truth::False
        }
    }

    /// The places that lie wholly inside.
    pub fn inside(&self) -> impl Iterator<Item = Place> + '_ {
        self.inside.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_chinese_jurisdictions_are_four_places() {
        let places = Gazetteer::countries();
        let codes = ["CN", "HK", "MO", "TW", "XK"].map(|code| places.find(code).unwrap());
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 5);
        for wrong in ["ZZ", "UK", "EU", "hk", "H", "HKG", "", "香港"] {
            assert!(places.find(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_country_is_only_partly_in_one_of_its_cities() {
        let mut places = Gazetteer::countries();
        places.declare("CN-GD", "Guangdong", None).unwrap();
        let city = places.declare("CNSZX", "Shenzhen", Some("CN-GD")).unwrap();
        let area = places.area(&BTreeSet::from([city]));
        assert_eq!(area.contains(city), Truth::True);
        assert_eq!(area.contains(places.find("CN-GD").unwrap()), Truth::Unknown);
        assert_eq!(area.contains(places.find("CN").unwrap()), Truth::Unknown);
        assert_eq!(area.contains(places.find("HK").unwrap()), Truth::False);
        let country = places.area(&BTreeSet::from([city.country()]));
        assert_eq!(country.contains(city), Truth::True);
    }
}
