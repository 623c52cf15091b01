//! How often the lists have changed that the gateway keeps and the page reads for itself.

use signalbox_protocol::ipc::RecordsUpdate;

use crate::tail::Journal;

/// An open look at the lists.
#[derive(Debug, Default)]
pub(crate) struct RecordsView {
    sent: Option<RecordsUpdate>,
}

impl RecordsView {
    /// What the page has to be told; `None` where it knows.
    pub(crate) fn render(&mut self, journal: &Journal) -> Option<RecordsUpdate> {
        let versions = journal.versions();
        let now = RecordsUpdate { bans: versions.bans, alerts: versions.alerts, audit: versions.audit };
        (self.sent.replace(now) != Some(now)).then_some(now)
    }
}

#[cfg(test)]
mod tests {
    use signalbox_protocol::Timestamp;
    use signalbox_protocol::admin::{Ban, BanChange, BanTarget};
    use signalbox_protocol::feed::{Entry, Happening, Outcome};

    use super::*;

    fn told(journal: &mut Journal, what: Happening) {
        journal.note(&Entry { epoch: "e".into(), seq: 1, at: Timestamp(0), node: "gw".into(), what });
    }

    fn ban() -> Ban {
        Ban {
            target: BanTarget::User(7.into()),
            reason: "spam".into(),
            until: None,
            by: "ann".into(),
            at: Timestamp(0),
        }
    }

    #[test]
    fn each_list_is_told_of_what_changes_it_and_of_nothing_else() {
        let mut journal = Journal::default();
        let mut view = RecordsView::default();
        assert_eq!(view.render(&journal), Some(RecordsUpdate::default()), "the first is told at once");
        assert_eq!(view.render(&journal), None);

        told(&mut journal, Happening::Ban { change: BanChange::Lifted, ban: ban() });
        assert_eq!(view.render(&journal), Some(RecordsUpdate { bans: 1, alerts: 0, audit: 0 }));

        let (by, command, subject) = ("ann".into(), "unban".into(), "user 7".into());
        told(&mut journal, Happening::OperatorAction { by, command, subject, outcome: Outcome::Done });
        assert_eq!(view.render(&journal), Some(RecordsUpdate { bans: 1, alerts: 0, audit: 1 }));
        assert_eq!(view.render(&journal), None);
    }

    #[test]
    fn after_a_gap_every_list_may_be_another_one() {
        let mut journal = Journal::default();
        let mut view = RecordsView::default();
        view.render(&journal);
        journal.replace_alerts(Vec::new());
        assert_eq!(view.render(&journal), Some(RecordsUpdate { bans: 1, alerts: 1, audit: 1 }));
    }
}
