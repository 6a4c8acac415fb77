//! The formats in which providers publish their ranges.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use crate::date::Date;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Position, Severity};
use crate::locate::network::Network;
use crate::locate::ranges::{Found, Ranges};
use crate::locate::testimony::printable;
use crate::locate::{cloud, table};

/// The names of regions in the tags of Microsoft that differ from those its programs use.
const AZURE_TAGS: &str = include_str!("../azure_tags.csv");

const FORMATS: &str = "`createDate` and `prefixes` (Amazon), `creationTime` and `prefixes` (Google), `values` (Microsoft), \
                       or `last_updated_timestamp` and `regions` (Oracle)";

type Object = Map<String, Value>;

pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Ranges, Diagnostics> {
    let mut file = File {
        name,
        problems: Vec::new(),
    };
    let mut ranges = Ranges::named(name);
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match serde_json::from_slice::<Value>(bytes) {
        Err(error) => file.report_syntax(&error),
        Ok(Value::Object(root)) if root.contains_key("values") => azure(&mut file, &root, &mut ranges),
        Ok(Value::Object(root)) if root.contains_key("regions") => oracle(&mut file, &root, &mut ranges),
        Ok(Value::Object(root)) if root.contains_key("creationTime") => google(&mut file, &root, &mut ranges),
        Ok(Value::Object(root)) if root.contains_key("prefixes") => amazon(&mut file, &root, &mut ranges),
        Ok(_) => {
            let message = format!("not a provider's file of address ranges: expected the keys {FORMATS}");
            file.report(Code::MissingKey, "", message);
        }
    }
    if file.problems.is_empty() {
        Ok(ranges)
    } else {
        Err(file.problems.into_iter().collect())
    }
}

fn amazon(file: &mut File<'_>, root: &Object, ranges: &mut Ranges) {
    ranges.as_of = file.day(root, "createDate");
    for (list, key) in [("prefixes", "ip_prefix"), ("ipv6_prefixes", "ipv6_prefix")] {
        for (path, prefix) in file.objects(root, list, "") {
            let network = file.network(prefix, key, &path);
            let Some(region) = file.text(prefix, "region", &path) else {
                continue;
            };
            // Local zones lie away from their region, some of them in another country.
            let zone = file.optional(prefix, "network_border_group", &path).unwrap_or(region);
            let name = if zone == region {
                format!("aws/{region}")
            } else {
                format!("aws/{region}, border group {zone}")
            };
            let found = Found {
                name,
                region: cloud::region(&format!("aws/{zone}")),
                says_where: true,
                service: file.optional(prefix, "service", &path).unwrap_or_default(),
            };
            ranges.add(network, found);
        }
    }
}

fn google(file: &mut File<'_>, root: &Object, ranges: &mut Ranges) {
    ranges.as_of = file.day(root, "creationTime");
    for (path, prefix) in file.objects(root, "prefixes", "") {
        let key = if prefix.contains_key("ipv6Prefix") {
            "ipv6Prefix"
        } else {
            "ipv4Prefix"
        };
        let scope = file.optional(prefix, "scope", &path);
        let name = scope.map_or_else(|| "gcp".to_owned(), |scope| format!("gcp/{scope}"));
        let network = file.network(prefix, key, &path);
        let found = Found {
            region: cloud::region(&name),
            name,
            says_where: scope.is_some(),
            service: file.optional(prefix, "service", &path).unwrap_or_default(),
        };
        ranges.add(network, found);
    }
}

fn azure(file: &mut File<'_>, root: &Object, ranges: &mut Ranges) {
    ranges.as_of = day_in_name(file.name);
    for (path, tag) in file.objects(root, "values", "") {
        let service = file.text(tag, "name", &path).unwrap_or_default();
        let Some(properties) = file.object(tag, "properties", &path) else {
            continue;
        };
        let path = format!("{path}.properties");
        let region = file.optional(properties, "region", &path).unwrap_or_default();
        let name = if region.is_empty() {
            "azure".to_owned()
        } else {
            format!("azure/{region}")
        };
        for (path, prefix) in file.list(properties, "addressPrefixes", &path) {
            let network = file.parse(prefix, &path);
            let found = Found {
                name: name.clone(),
                region: azure_region(region),
                says_where: !region.is_empty(),
                service,
            };
            ranges.add(network, found);
        }
    }
}

fn oracle(file: &mut File<'_>, root: &Object, ranges: &mut Ranges) {
    ranges.as_of = file.day(root, "last_updated_timestamp");
    for (path, region) in file.objects(root, "regions", "") {
        let name = file.text(region, "region", &path).unwrap_or_default();
        for (path, block) in file.objects(region, "cidrs", &path) {
            let name = format!("oracle/{name}");
            let network = file.network(block, "cidr", &path);
            let tags = block.get("tags").and_then(Value::as_array).into_iter().flatten();
            let services = tags.filter_map(Value::as_str).collect::<Vec<_>>().join(", ");
            let found = Found {
                region: cloud::region(&name),
                name,
                says_where: true,
                service: &services,
            };
            ranges.add(network, found);
        }
    }
}

/// A region by the name that tags have for it.
fn azure_region(name: &str) -> Option<&'static cloud::Region> {
    static TAGS: OnceLock<BTreeMap<&'static str, &'static str>> = OnceLock::new();
    let tags = TAGS.get_or_init(|| table::rows(AZURE_TAGS).map(|[tag, region]| (tag, region)).collect());
    let name = tags.get(name).copied().unwrap_or(name);
    cloud::region(&format!("azure/{name}"))
}

/// The day that stands as eight digits in a file's name: `ServiceTags_Public_20261116.json`.
fn day_in_name(name: &str) -> Option<Date> {
    let digits = |part: &&str| part.len() == 8 && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut numbers = name.split(|c: char| !c.is_ascii_digit()).filter(digits);
    let day = numbers.next_back()?;
    format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..]).parse().ok()
}

/// A file with the problems found in it so far.
struct File<'f> {
    name: &'f str,
    problems: Vec<Diagnostic>,
}

impl File<'_> {
    fn report(&mut self, code: Code, path: &str, message: String) {
        self.problems.push(Diagnostic {
            code,
            severity: Severity::Error,
            file: self.name.to_owned(),
            position: None,
            path: path.to_owned(),
            message,
            help: None,
        });
    }

    fn report_syntax(&mut self, error: &serde_json::Error) {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let message = error.to_string();
        // The position is said by the diagnostic itself.
        let message = message
            .rsplit_once(" at line ")
            .map_or(message.as_str(), |(message, _)| message);
        self.report(Code::Syntax, "", format!("not JSON: {message}"));
        if let Some(problem) = self.problems.last_mut() {
            problem.position = (error.line() > 0).then(|| Position {
                line: number(error.line()),
                column: number(error.column()),
            });
        }
    }

    fn report_missing(&mut self, key: &str, path: &str) {
        self.report(Code::MissingKey, path, format!("`{key}` is missing"));
    }

    fn report_type(&mut self, expected: &str, found: &Value, path: &str) {
        let found = match found {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        self.report(Code::WrongType, path, format!("expected {expected}, found {found}"));
    }

    /// A text that may be missing.
    fn optional<'a>(&mut self, object: &'a Object, key: &str, path: &str) -> Option<&'a str> {
        match object.get(key)? {
            Value::String(text) => Some(text),
            other => {
                self.report_type("a text", other, &inside(path, key));
                None
            }
        }
    }

    fn text<'a>(&mut self, object: &'a Object, key: &str, path: &str) -> Option<&'a str> {
        if !object.contains_key(key) {
            self.report_missing(key, path);
        }
        self.optional(object, key, path)
    }

    fn object<'a>(&mut self, object: &'a Object, key: &str, path: &str) -> Option<&'a Object> {
        match object.get(key) {
            Some(Value::Object(found)) => return Some(found),
            Some(other) => self.report_type("an object", other, &inside(path, key)),
            None => self.report_missing(key, path),
        }
        None
    }

    /// The members of a list with their paths.
    fn list<'a>(&mut self, object: &'a Object, key: &str, path: &str) -> Vec<(String, &'a Value)> {
        let here = inside(path, key);
        match object.get(key) {
            Some(Value::Array(items)) => {
                let with_path = |(index, item)| (format!("{here}[{index}]"), item);
                return items.iter().enumerate().map(with_path).collect();
            }
            Some(other) => self.report_type("a list", other, &here),
            None => self.report_missing(key, path),
        }
        Vec::new()
    }

    /// The members of a list of objects with their paths.
    fn objects<'a>(&mut self, object: &'a Object, key: &str, path: &str) -> Vec<(String, &'a Object)> {
        let mut objects = Vec::new();
        for (path, item) in self.list(object, key, path) {
            match item {
                Value::Object(object) => objects.push((path, object)),
                other => self.report_type("an object", other, &path),
            }
        }
        objects
    }

    fn network(&mut self, object: &Object, key: &str, path: &str) -> Option<Network> {
        match object.get(key) {
            Some(prefix) => self.parse(prefix, &inside(path, key)),
            None => {
                self.report_missing(key, path);
                None
            }
        }
    }

    fn parse(&mut self, prefix: &Value, path: &str) -> Option<Network> {
        let Value::String(text) = prefix else {
            self.report_type("a network such as `203.0.113.0/24`", prefix, path);
            return None;
        };
        let network = text.parse();
        if let Err(error) = &network {
            self.report(Code::WrongType, path, format!("`{}` is {error}", printable(text)));
        }
        network.ok()
    }

    /// The day at the beginning of a point in time.
    fn day(&mut self, root: &Object, key: &str) -> Option<Date> {
        let text = self.text(root, key, "")?;
        let day = text.get(..10).and_then(|day| day.parse().ok());
        if day.is_none() {
            let message = format!(
                "expected a point in time that begins with a day, `YYYY-MM-DD`, found `{}`",
                printable(text)
            );
            self.report(Code::BadDate, key, message);
        }
        day
    }
}

fn inside(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}
