//! One crash of the gateway on this machine is one notice: how it ended tells more than that its link broke, and that it is
//! back has been announced. It must never hold back what happens to another gateway.

use signalbox_protocol::Timestamp;
use signalbox_protocol::ipc::ProfileId;

use super::Event;
use crate::profiles::LOCAL;

/// So long after its link broke a gateway's end is heard of, if it ended.
const ECHO_MS: i64 = 2_000;

/// What is known of the link and the process of this machine's gateway.
#[derive(Debug, Default)]
pub(crate) struct Crash {
    /// Its link broke, and nobody has been told why yet; it is told at that moment.
    lost: Option<(Event, i64)>,
    /// That it ended was told then.
    told: Option<i64>,
    /// The loss of its link was part of that: so is its return.
    returns: bool,
}

impl Crash {
    /// Takes a notice: gives it back where it is to be told now.
    pub(crate) fn pass(&mut self, event: Event, now: Timestamp) -> Option<Event> {
        let now = now.as_millis();
        match event {
            Event::LocalCrashed { .. } => {
                self.returns = self.lost.take().is_some();
                self.told = Some(now);
                Some(event)
            }
            Event::GatewayLost { ref profile, .. } if is_local(profile) => {
                self.returns = self.told.take().is_some_and(|told| now - told < ECHO_MS);
                self.lost = (!self.returns).then_some((event, now + ECHO_MS));
                None
            }
            Event::GatewayBack { ref profile, .. } if is_local(profile) => {
                let announced = std::mem::take(&mut self.returns);
                (!announced).then_some(event)
            }
            other => Some(other),
        }
    }

    /// Whether a loss waits for its cause.
    pub(crate) const fn holds(&self) -> bool {
        self.lost.is_some()
    }

    /// The loss, once it has waited for long enough: it was no crash.
    pub(crate) fn settle(&mut self, now: Timestamp) -> Option<Event> {
        self.lost.take_if(|(_, due)| now.as_millis() >= *due).map(|(event, _)| event)
    }
}

fn is_local(profile: &ProfileId) -> bool {
    profile.0 == LOCAL
}

#[cfg(test)]
mod tests {
    use signalbox_protocol::ipc::Reason;

    use super::super::tests::lost;
    use super::*;

    fn crashed() -> Event {
        Event::LocalCrashed { profile: ProfileId(LOCAL.into()), reason: Reason::LinkBroke }
    }

    fn back() -> Event {
        Event::GatewayBack { profile: ProfileId(LOCAL.into()), name: "here".into() }
    }

    /// What is told of these, each at its moment.
    fn told(events: impl IntoIterator<Item = (i64, Event)>) -> Vec<Event> {
        let mut crash = Crash::default();
        let mut told = Vec::new();
        for (at, event) in events {
            told.extend(crash.settle(Timestamp(at)));
            told.extend(crash.pass(event, Timestamp(at)));
        }
        told.extend(crash.settle(Timestamp(i64::MAX)));
        told
    }

    #[test]
    fn a_crash_is_told_once_whether_its_link_or_its_process_is_missed_first() {
        assert_eq!(told([(0, lost(LOCAL)), (100, crashed()), (12_000, back())]), [crashed()]);
        assert_eq!(told([(0, crashed()), (100, lost(LOCAL)), (12_000, back())]), [crashed()]);
    }

    #[test]
    fn a_gateway_that_hangs_is_lost_and_back_as_any_other() {
        assert_eq!(told([(0, lost(LOCAL)), (12_000, back())]), [lost(LOCAL), back()]);
        assert_eq!(told([(0, crashed()), (60_000, lost(LOCAL)), (72_000, back())]), [crashed(), lost(LOCAL), back()]);
    }

    #[test]
    fn other_gateways_are_not_waited_for() {
        let mut crash = Crash::default();
        assert_eq!(crash.pass(lost("eu"), Timestamp(0)), Some(lost("eu")));
        assert!(!crash.holds());
    }
}
