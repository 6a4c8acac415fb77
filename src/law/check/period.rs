//! Gaps and overlaps between periods, and periods that lie outside the regime's own.

use std::collections::BTreeMap;

use crate::date::{Date, Period};
use crate::diagnostic::Code;
use crate::law::check::report::{Report, Spot};
use crate::law::condition::Condition;
use crate::law::effective::Effective;
use crate::law::pack::{Count, Member, Pack, Set, Stage};
use crate::place::Place;

pub(super) fn check(pack: &Pack, report: &mut Report<'_>) {
    for set in pack.sets.values() {
        members(set, report);
    }
    for count in &pack.counts {
        windows(pack, count, report);
    }
    // Places were members of this and that long before anybody asked for what.
    for head in pack.heads().filter(|head| head.stage != Stage::Sets) {
        let (own, life) = (head.effective, pack.effective);
        if !own.overlaps(life) {
            let message = format!("the rule is in force {own}, `{}` {life}", pack.id);
            report.error(Code::NeverFires, &Spot::of(head, "effective"), message, None);
            continue;
        }
        let help = Some("the rule speaks only while the regime is law".to_owned());
        if let (Some(from), Some(start)) = (own.from, life.from)
            && from < start
        {
            let message = format!("the rule begins on {from}, before `{}` does, on {start}", pack.id);
            report.warn(Code::DateGap, &Spot::of(head, "effective.from"), message, help.clone());
        }
        if let (Some(to), Some(end)) = (own.to, life.to)
            && to > end
        {
            let message = format!("the rule ends on {to}, after `{}` does, on {end}", pack.id);
            report.warn(Code::DateGap, &Spot::of(head, "effective.to"), message, help);
        }
    }
}

/// The day before.
pub(super) fn day_before(day: Date) -> Date {
    day.plus(Period {
        days: -1,
        ..Period::default()
    })
}

/// The periods of each place of a set.
fn members(set: &Set, report: &mut Report<'_>) {
    let mut by_place: BTreeMap<Place, Vec<(usize, &Member)>> = BTreeMap::new();
    for (index, member) in set.members.iter().enumerate() {
        for place in &member.places {
            by_place.entry(*place).or_default().push((index, member));
        }
    }
    let spot = Spot::of(&set.head, "members");
    for (place, mut periods) in by_place {
        periods.sort_by_key(|(index, member)| (member.effective.from, *index));
        for (position, (index, member)) in periods.iter().enumerate() {
            let at = spot.item(*index);
            if let Some(end) = member.effective.to
                && member.ended_by.is_none()
            {
                let goes_on = periods.iter().any(|(_, other)| other.effective.covers(end.next_day()));
                let again = periods
                    .iter()
                    .filter_map(|(_, other)| other.effective.from)
                    .filter(|from| *from > end)
                    .min();
                if let Some(again) = again.filter(|_| !goes_on) {
                    let message = format!(
                        "`{place}` is out from {} until {again}, and nothing says why",
                        end.next_day()
                    );
                    let help = "say what ended the membership with `ended_by: …`, or close the gap".to_owned();
                    report.error(Code::DateGap, &at.below("to"), message, Some(help));
                }
            }
            let always = |member: &Member| matches!(member.when, Condition::Always);
            let overlaps =
                |(_, earlier): &&(usize, &Member)| always(earlier) && earlier.effective.overlaps(member.effective);
            if always(member)
                && let Some((_, earlier)) = periods.iter().take(position).find(overlaps)
            {
                let message = format!(
                    "`{place}` is a member {} and again {}",
                    earlier.effective, member.effective
                );
                report.warn(
                    Code::DateGap,
                    &at,
                    message,
                    Some("let one period end before the next begins".to_owned()),
                );
            }
        }
    }
}

/// The windows of a count follow one another for as long as the regime is law.
fn windows(pack: &Pack, count: &Count, report: &mut Report<'_>) {
    let life = overlap(pack.effective, count.head.effective);
    let spot = Spot::of(&count.head, "window");
    let mut windows: Vec<(usize, Effective)> = count
        .window
        .iter()
        .enumerate()
        .map(|(index, (period, _))| (index, *period))
        .collect();
    windows.sort_by_key(|(index, period)| (period.from, *index));
    let help = Some(format!("the windows have to cover every day {life}"));
    let Some((first, last)) = windows.first().copied().zip(windows.last().copied()) else {
        report.error(
            Code::DateGap,
            &spot,
            "no window says since when people are counted".to_owned(),
            help,
        );
        return;
    };
    let starts_late = match (first.1.from, life.from) {
        (None, _) => false,
        (Some(from), Some(start)) => from > start,
        (Some(_), None) => true,
    };
    if starts_late {
        let message = "nothing says since when people are counted before this window".to_owned();
        report.error(Code::DateGap, &spot.item(first.0), message, help.clone());
    }
    let ends_early = match (last.1.to, life.to) {
        (None, _) => false,
        (Some(to), Some(end)) => to < end,
        (Some(_), None) => true,
    };
    if ends_early {
        let message = "nothing says since when people are counted after this window".to_owned();
        report.error(Code::DateGap, &spot.item(last.0), message, help.clone());
    }
    for ((_, earlier), (index, later)) in windows.iter().zip(windows.iter().skip(1)) {
        let at = spot.item(*index);
        if earlier.overlaps(*later) {
            let message = format!("two windows at once: one {earlier}, this one {later}");
            report.error(
                Code::DateGap,
                &at,
                message,
                Some("let one end before the next begins".to_owned()),
            );
        } else if earlier.to.map(Date::next_day) != later.from {
            let message = format!("no window between this one, {later}, and the one before it, {earlier}");
            report.error(Code::DateGap, &at, message, help.clone());
        }
    }
}

/// The days that two periods share; empty if there are none.
pub(super) fn overlap(a: Effective, b: Effective) -> Effective {
    let earlier = |a: Option<Date>, b: Option<Date>| match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, None) | (None, one) => one,
    };
    Effective {
        from: a.from.max(b.from),
        to: earlier(a.to, b.to),
    }
}
