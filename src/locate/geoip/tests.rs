use std::net::IpAddr;

use proptest::prelude::*;
use serde_json::json;

use super::mmdb::{Mmdb, control, encode, number, raw};
use super::*;

fn database(mmdb: &Mmdb) -> Database {
    Database::from_bytes("data/test.mmdb", mmdb.bytes()).unwrap()
}

/// The place and what else is said.
fn ask(database: &Database, network: &str) -> Option<(Option<String>, String)> {
    let said = database.testify(&network.parse().unwrap(), &Gazetteer::countries())?;
    Some((
        said.place.map(|place| place.to_string()),
        said.about.unwrap_or_default(),
    ))
}

fn place(database: &Database, network: &str) -> Option<String> {
    ask(database, network)
        .unwrap_or_else(|| panic!("{network}: nothing said"))
        .0
}

/// Two offices, one carrier, in the three widths of the tree's records and both families.
fn offices(record_size: u16, ip_version: u16) -> Mmdb {
    let mut mmdb = Mmdb::new(&[
        ("198.18.0.0/16", json!({ "country": { "iso_code": "HK" } })),
        ("198.18.7.0/24", json!({ "country": { "iso_code": "MO" } })),
        ("198.19.0.0/17", json!({ "country_code": "SG" })),
    ]);
    mmdb.record_size = record_size;
    mmdb.ip_version = ip_version;
    mmdb
}

#[test]
fn the_smallest_record_answers_in_every_width_and_family() {
    for (record_size, ip_version) in [(24, 4), (28, 4), (32, 4), (24, 6), (28, 6), (32, 6)] {
        let database = database(&offices(record_size, ip_version));
        assert_eq!(place(&database, "198.18.0.1").as_deref(), Some("HK"));
        assert_eq!(place(&database, "198.18.7.255").as_deref(), Some("MO"));
        assert_eq!(place(&database, "::ffff:198.18.8.0").as_deref(), Some("HK"));
        assert_eq!(place(&database, "198.19.127.255").as_deref(), Some("SG"));
        assert_eq!(ask(&database, "198.19.128.0"), None);
        // Neither in the database, nor readable as an IPv4 address.
        assert_eq!(ask(&database, "2001:200::1"), None);
    }
}

#[test]
fn a_network_is_believed_to_be_somewhere_if_one_record_covers_it() {
    let database = database(&offices(28, 6));
    assert_eq!(place(&database, "198.18.7.128/25").as_deref(), Some("MO"));
    assert_eq!(place(&database, "198.18.7.0/24").as_deref(), Some("MO"));
    for wider in ["198.18.0.0/16", "198.18.6.0/23", "0.0.0.0/0"] {
        let (place, about) = ask(&database, wider).unwrap();
        assert!(place.is_none() && about.contains("spans"), "{wider}: {place:?} {about}");
    }
}

#[test]
fn a_testimony_names_file_type_and_day() {
    let database = database(&offices(28, 4));
    let said = database
        .testify(&"198.18.7.1".parse().unwrap(), &Gazetteer::countries())
        .unwrap();
    assert_eq!(said.source, "test.mmdb (Test)");
    // 1781740800 is midnight before 18 June 2026.
    assert_eq!(said.as_of.unwrap().to_string(), "2026-06-18");
    assert_eq!(said.network.to_string(), "198.18.7.0/24");
    assert_eq!(said.basis, Basis::Database);
}

#[test]
fn each_shape_of_record_is_understood() {
    for (record, place, about) in [
        (json!({ "country": { "iso_code": "HK" } }), Some("HK"), ""),
        (json!({ "country_code": "HK" }), Some("HK"), ""),
        (json!({ "country": "HK" }), Some("HK"), ""),
        (
            json!({ "country": "Hong Kong", "country_code": "HK", "continent": "Asia" }),
            Some("HK"),
            "",
        ),
        // Where the holder is registered is not where the address is.
        (json!({ "registered_country": { "iso_code": "US" } }), None, ""),
        (
            json!({ "country": { "iso_code": "HK" }, "registered_country": { "iso_code": "US" } }),
            Some("HK"),
            "",
        ),
        (
            json!({ "country": { "iso_code": "EU" } }),
            None,
            "`EU` is the code of no one place",
        ),
        (
            json!({ "country_code": "ZZ" }),
            None,
            "`ZZ` is the code of no one place",
        ),
        (
            json!({ "country": "Hong Kong" }),
            None,
            "`Hong Kong` is the code of no one place",
        ),
        (json!({ "country_code": "" }), None, ""),
        (json!({ "country": 7, "country_code": ["HK"] }), None, ""),
        (
            json!({ "autonomous_system_number": 64496, "autonomous_system_organization": "Harbour" }),
            None,
            "AS64496 Harbour",
        ),
        (
            json!({ "asn": "AS64496", "as_name": "Harbour", "country": "HK" }),
            Some("HK"),
            "AS64496 Harbour",
        ),
        (json!({ "asn": 64496 }), None, "AS64496"),
        (
            json!({ "asn": "64496", "as_organization": "Harbour" }),
            None,
            "AS64496 Harbour",
        ),
        (
            json!({ "country": { "iso_code": "US" }, "traits": { "is_anycast": true } }),
            None,
            "announced from many places at once (anycast)",
        ),
        (
            json!({ "country": "US", "is_anycast": "true", "asn": "AS64496" }),
            None,
            "AS64496; announced from many places at once (anycast)",
        ),
        (json!({ "country": "US", "is_anycast": false }), Some("US"), ""),
        (
            json!({ "country": "US", "as_name": "a\u{1b}[31m" }),
            Some("US"),
            "a[31m",
        ),
    ] {
        let database = database(&Mmdb::new(&[("198.18.0.0/24", record.clone())]));
        let expected = (place.map(str::to_owned), about.to_owned());
        assert_eq!(ask(&database, "198.18.0.1"), Some(expected), "{record}");
    }
}

#[test]
fn what_is_no_database_is_refused() {
    for bytes in [
        Vec::new(),
        b"PK\x03\x04".to_vec(),
        vec![0xAB; 4096],
        b"\xAB\xCD\xEFMaxMind.com".to_vec(),
    ] {
        assert!(Database::from_bytes("x", bytes).is_err());
    }
    assert!(Database::open(Path::new("no/such/file.mmdb")).is_err());
}

#[test]
fn metadata_that_promise_more_than_the_file_has_are_refused() {
    assert!(Database::from_bytes("x", offices(28, 4).bytes()).is_ok());
    for metadata in [
        json!({ "node_count": number(6, 4_294_967_295) }),
        json!({ "node_count": number(6, 0) }),
        json!({ "node_count": "many" }),
        json!({ "node_count": number(6, 3000) }),
        json!({ "record_size": 0 }),
        json!({ "record_size": 30 }),
        json!({ "record_size": 255 }),
        json!({ "record_size": 65535 }),
        json!({ "ip_version": 5 }),
        json!({ "ip_version": 0 }),
        json!({ "binary_format_major_version": 3 }),
        json!({ "build_epoch": "yesterday" }),
        json!({ "languages": "*0" }),
    ] {
        let mut mmdb = offices(28, 4);
        mmdb.metadata = metadata.clone();
        if let Ok(database) = Database::from_bytes("x", mmdb.bytes()) {
            panic!("{metadata}: {:?}", database.reader.metadata());
        }
    }
    let mut late = offices(28, 4);
    late.metadata = json!({ "build_epoch": number(9, 9_000_000_000_000) });
    assert_eq!(database(&late).built(), None);
}

#[test]
fn a_damaged_record_gives_no_place_and_the_reason() {
    let mut huge_map = Vec::new();
    control(7, 16_000_000, &mut huge_map);
    let mut huge_array = Vec::new();
    encode(&json!({ "country": 0 }), &mut huge_array);
    huge_array.pop();
    control(11, 16_000_000, &mut huge_array);
    let mut nested = vec![0xE1, 0x47];
    nested.extend(b"country");
    let nested = nested.repeat(5000);
    let mut same_key = vec![0xE2];
    for _ in 0..2 {
        encode(&json!("country_code"), &mut same_key);
        encode(&json!("HK"), &mut same_key);
    }
    for record in [
        json!("*0"),
        json!({ "country": "*0" }),
        json!({ "country": "*4294967295" }),
        json!("*99999"),
        json!([["*0"], "*0"]),
        raw(&huge_map),
        raw(&huge_array),
        raw(&nested),
        raw(&same_key),
        raw(&[0xFF, 0xFF, 0xFF, 0xFF]),
        raw(&[0x5F, 0xFF, 0xFF, 0xFF]),
        raw(&[0x42, 0xC3, 0x28]),
        raw(&[0x00, 0xFF]),
        raw(&[0xE1, 0x4C, b'c']),
        json!("a text"),
        json!(7),
        json!([1, 2]),
    ] {
        let database = database(&Mmdb::new(&[("198.18.0.0/24", record.clone())]));
        let (place, about) = ask(&database, "198.18.0.1").unwrap();
        assert!(
            place.is_none() && about.starts_with("the record cannot be read"),
            "{record}: {place:?} {about}"
        );
        assert!(about.len() < 300, "{about}");
    }
}

#[test]
fn records_that_share_their_parts_a_billion_times_over_are_given_up() {
    // Each list holds the one before it many times: 20 deep, 30 wide.
    let mut records = vec![("198.18.0.0/24", json!("laugh"))];
    let mut at = 6;
    let mut before = 0;
    for _ in 0..20 {
        let list = json!(vec![format!("*{before}"); 30]);
        let mut bytes = Vec::new();
        encode(&list, &mut bytes);
        records.push(("198.18.0.0/24", list));
        before = at;
        at += bytes.len();
    }
    records.push(("198.18.0.0/24", json!({ "country": format!("*{before}") })));
    records.push((
        "198.18.1.0/24",
        json!({ "ignored": format!("*{before}"), "country_code": "HK" }),
    ));
    let database = database(&Mmdb::new(&records));
    let (place, about) = ask(&database, "198.18.0.1").unwrap();
    assert!(
        place.is_none() && about.starts_with("the record cannot be read"),
        "{place:?} {about}"
    );
    // What nobody asks for is passed over.
    assert_eq!(
        ask(&database, "198.18.1.1"),
        Some((Some("HK".to_owned()), String::new()))
    );
}

fn seeds() -> Vec<Vec<u8>> {
    let shared = json!({ "country": { "iso_code": "HK", "names": { "en": "*0" } }, "asn": 64496, "traits": { "is_anycast": false } });
    let mut seeds = Vec::new();
    for (record_size, ip_version) in [(24, 4), (28, 6), (32, 6)] {
        let mut mmdb = offices(record_size, ip_version);
        mmdb.records.insert(0, ("198.18.0.0/15", json!("shared")));
        mmdb.records.push(("198.19.128.0/17", shared.clone()));
        seeds.push(mmdb.bytes());
    }
    seeds
}

/// Asks so that every branch of the tree and every record is met.
fn ask_everything(bytes: Vec<u8>) {
    let Ok(database) = Database::from_bytes("x", bytes) else {
        return;
    };
    let places = Gazetteer::countries();
    let _ = (database.source(), database.built());
    for text in [
        "198.18.0.1",
        "198.18.7.0/24",
        "198.19.3.4",
        "198.19.200.1",
        "0.0.0.0/0",
        "::/0",
        "2001:200::1",
        "::1",
    ] {
        let network: Network = text.parse().unwrap();
        let Some(said) = database.testify(&network, &places) else {
            continue;
        };
        assert!(said.network.covers(&network), "{text}: {}", said.network);
        assert!(said.about.is_none_or(|about| about.len() < 3000));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_database_cut_or_changed_anywhere_answers_or_is_refused(
        seed in 0_usize..3,
        cut in proptest::option::weighted(0.2, 0.0..1.0_f64),
        changes in proptest::collection::vec((0.0..1.0_f64, any::<u8>()), 0..8),
    ) {
        let mut bytes = seeds().swap_remove(seed);
        let at = |share: f64, length: usize| (share * length as f64) as usize;
        for (share, byte) in changes {
            let index = at(share, bytes.len());
            bytes[index] = byte;
        }
        if let Some(share) = cut {
            bytes.truncate(at(share, bytes.len()));
        }
        ask_everything(bytes);
    }

    #[test]
    fn bytes_at_random_before_sound_metadata_answer_or_are_refused(
        bytes in proptest::collection::vec(any::<u8>(), 0..400), node_count in 1_u64..60, record_size in 0_usize..3,
    ) {
        let mut mmdb = offices([24, 28, 32][record_size], 6);
        mmdb.metadata = json!({ "node_count": number(6, node_count) });
        let written = mmdb.bytes();
        let metadata = written.windows(4).rposition(|window| window == b"\xAB\xCD\xEFM").unwrap();
        ask_everything([&bytes, &written[metadata..]].concat());
    }
}

#[test]
fn the_writer_writes_what_the_reader_reads() {
    let mmdb = Mmdb::new(&[(
        "2001:200::/32",
        json!({ "a": [1, "x".repeat(300), true], "b": { "c": 70_000 } }),
    )]);
    let database = database(&mmdb);
    let address: IpAddr = "2001:200::7".parse().unwrap();
    let value: serde_json::Value = database.reader.lookup(address).unwrap().decode().unwrap().unwrap();
    assert_eq!(value, mmdb.records[0].1);
}
