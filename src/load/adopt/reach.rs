//! Which data of the customer's users can come to a node of a profile, whatever its settings.

use std::collections::BTreeSet;

use crate::load::adopt::USERS;
use crate::load::tree::Tree;

/// Whether a data class can come from the users to a node: by flows that name it, or name nothing.
pub(super) fn reaches(profile: &Tree, class: &str, node: &str) -> bool {
    let flows: Vec<&Tree> = profile
        .get("flows")
        .into_iter()
        .flat_map(Tree::named)
        .map(|(_, flow)| flow)
        .collect();
    let end = |flow: &Tree, key: &str| flow.get(key).and_then(Tree::text).map(str::to_owned);
    let mut reached = BTreeSet::from([USERS.to_owned()]);
    loop {
        let before = reached.len();
        for flow in &flows {
            if carries(flow, class) && end(flow, "from").is_some_and(|from| reached.contains(&from)) {
                reached.extend(end(flow, "to"));
            }
        }
        if reached.contains(node) || reached.len() == before {
            return reached.contains(node);
        }
    }
}

fn carries(flow: &Tree, class: &str) -> bool {
    let named = ["carries", "passes_on"].into_iter().find_map(|key| flow.get(key));
    match named {
        Some(Tree::List(items)) => items.iter().any(|item| item.text() == Some(class)),
        Some(Tree::Text(word)) => word == "unknown",
        _ => true,
    }
}
