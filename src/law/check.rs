//! Lints a pack that can be read: circles, gaps, rules that never fire, contradictions, things that nothing uses.

use crate::diagnostic::Diagnostics;
use crate::fact::Catalogue;
use crate::law::pack::Pack;
use crate::law::read::Folder;

/// Everything questionable about a pack.
pub(crate) fn check(_pack: &Pack, _catalogue: &Catalogue, _folder: &Folder) -> Diagnostics {
    Diagnostics::default()
}
