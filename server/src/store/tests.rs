//! What the store promises, on real files.

use signalbox_protocol::admin::{Ban, NotificationTarget, Role, Touched};
use signalbox_protocol::feed::{Outcome, Tone, User};
use signalbox_protocol::{RoomName, Timestamp, UserId};

use super::*;
use crate::auth::bans::Target;
use crate::hub::Place;

pub(super) const NOW: Timestamp = Timestamp(1_800_000_000_000);
pub(super) const DAY: i64 = 86_400_000;
pub(super) const LATER: Timestamp = Timestamp(NOW.0 + 30 * DAY);

pub(super) fn key(name: &str) -> SessionKey {
    SessionKey(name.into())
}

pub(super) async fn fresh() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).await.expect("a store");
    (folder, store)
}

/// A store with the account `ann` and a session whose first token is `first`.
pub(super) async fn signed_in() -> (tempfile::TempDir, Store) {
    let (folder, store) = fresh().await;
    assert!(store.add_account("ann", Role::Admin, "hash", NOW).await.expect("an account"));
    store.begin_session("ann", &key("first"), NOW, LATER).await.expect("a session");
    (folder, store)
}

pub(super) async fn rotate(store: &Store, shown: &str, next: &str, now: Timestamp) -> Rotation {
    store.rotate_session(&key(shown), &key(next), now, LATER).await.expect("an answer")
}

#[tokio::test]
async fn a_refresh_token_is_good_once() {
    let (_folder, store) = signed_in().await;
    assert!(
        matches!(rotate(&store, "first", "second", NOW).await, Rotation::Rotated(account) if account.name == "ann")
    );
    assert!(matches!(rotate(&store, "second", "third", NOW).await, Rotation::Rotated(_)));
    assert_eq!(rotate(&store, "never issued", "x", NOW).await, Rotation::Unknown);
}

#[tokio::test]
async fn a_refresh_token_shown_twice_ends_its_family_and_no_other() {
    let (_folder, store) = signed_in().await;
    store.begin_session("ann", &key("elsewhere"), NOW, LATER).await.expect("another session");
    rotate(&store, "first", "second", NOW).await;
    assert_eq!(rotate(&store, "first", "stolen", NOW).await, Rotation::Reused);
    assert_eq!(rotate(&store, "second", "third", NOW).await, Rotation::Unknown);
    assert_eq!(rotate(&store, "stolen", "x", NOW).await, Rotation::Unknown);
    assert!(matches!(rotate(&store, "elsewhere", "y", NOW).await, Rotation::Rotated(_)));
}

#[tokio::test]
async fn of_two_that_show_a_token_at_once_one_is_served() {
    let (_folder, store) = signed_in().await;
    let (one, two) = tokio::join!(rotate(&store, "first", "a", NOW), rotate(&store, "first", "b", NOW));
    let served = [&one, &two].into_iter().filter(|answer| matches!(answer, Rotation::Rotated(_))).count();
    assert_eq!(served, 1, "{one:?} {two:?}");
}

#[tokio::test]
async fn a_session_ends_with_its_time_its_sign_out_its_password_and_its_account() {
    let (_folder, store) = signed_in().await;
    // Who keeps the accounts when ann's is disabled.
    assert!(store.add_account("eve", Role::Admin, "hash", NOW).await.expect("an account"));
    assert_eq!(rotate(&store, "first", "x", LATER).await, Rotation::Unknown, "expired");
    store.end_session(&key("first"), NOW).await.expect("signed out");
    assert_eq!(rotate(&store, "first", "x", NOW).await, Rotation::Unknown, "signed out");
    store.begin_session("ann", &key("two"), NOW, LATER).await.expect("a session");
    assert!(store.set_password("ann", "other hash", NOW).await.expect("a change"));
    assert_eq!(rotate(&store, "two", "x", NOW).await, Rotation::Unknown, "another password");
    store.begin_session("ann", &key("three"), NOW, LATER).await.expect("a session");
    assert_eq!(store.disable_account("ann", NOW).await.expect("a change"), AccountChange::Done);
    assert_eq!(rotate(&store, "three", "x", NOW).await, Rotation::Unknown, "disabled");
    assert!(!store.account("ann").await.expect("an answer").expect("an account").is_enabled());
    assert_eq!(store.disable_account("nobody", NOW).await.expect("an answer"), AccountChange::Unknown);
}

#[tokio::test]
async fn a_name_is_taken_once() {
    let (_folder, store) = fresh().await;
    assert!(store.add_account("ann", Role::Viewer, "hash", NOW).await.expect("an account"));
    assert!(!store.add_account("ann", Role::Admin, "hash", NOW).await.expect("an answer"));
    assert_eq!(store.accounts().await.expect("a list").len(), 1);
}

#[tokio::test]
async fn the_audit_log_tells_what_was_asked_and_how_it_ended_for_400_days() {
    let (_folder, store) = fresh().await;
    let ann = User { id: 7.into(), username: "ann".into() };
    let touched = Touched { users: 1, sockets: 3, sample: vec![ann] };
    let entry = |at| AuditEntry {
        at,
        actor: "ann".into(),
        address: "192.0.2.1".into(),
        command: "disconnect".into(),
        subject: "user 7".into(),
        detail: serde_json::json!({"users": [7]}),
        touched: Some(touched.clone()),
    };
    let old = store.audit(&entry(Timestamp(NOW.0 - 401 * DAY))).await.expect("an entry");
    let kept = store.audit(&entry(Timestamp(NOW.0 - 399 * DAY))).await.expect("an entry");
    let open = store.audit(&entry(NOW)).await.expect("an entry");
    store.audit_outcome(kept, NOW, Outcome::Failed, Some("not found")).await.expect("an outcome");
    store.prune(NOW).await.expect("pruned");
    let log = store.audit_log(&AuditFilter::default(), 10).await.expect("a log");
    assert_eq!(log.iter().map(|record| record.id).collect::<Vec<_>>(), [open, kept], "{old:?} is forgotten");
    assert_eq!((log[0].outcome, log[1].outcome), (None, Some(Outcome::Failed)));
    assert_eq!(log[1].explanation.as_deref(), Some("not found"));
    assert_eq!(log[1].entry.touched.as_ref(), Some(&touched));
    assert_eq!(log[1].entry.detail, serde_json::json!({"users": [7]}));
    for (asked, found) in [
        (AuditFilter { before: Some(open), ..AuditFilter::default() }, 1),
        (AuditFilter { subject: Some("USER".into()), ..AuditFilter::default() }, 2),
        (AuditFilter { subject: Some("An".into()), ..AuditFilter::default() }, 2),
        (AuditFilter { subject: Some("a_n".into()), ..AuditFilter::default() }, 0),
    ] {
        assert_eq!(store.audit_log(&asked, 10).await.expect("a log").len(), found, "{asked:?}");
    }
}

#[tokio::test]
async fn a_notification_is_kept_before_it_is_sent() {
    let (_folder, store) = fresh().await;
    let new = NewNotification {
        at: NOW,
        target: NotificationTarget::Users(vec![7.into()]),
        tone: Tone::Warning,
        title: "Maintenance".into(),
        message: "at noon".into(),
        data: Some(serde_json::json!({"ticket": 17})),
        by: "ann".into(),
    };
    let id = store.record_notification(&new).await.expect("an id");
    store.notification_sent(id, 3, 2, 1).await.expect("an outcome");
    let kept = store.notifications(None, 10).await.expect("a history");
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].targets, kept[0].delivered, kept[0].queued), (3, 2, 1));
    assert_eq!((kept[0].tone, &kept[0].target), (Tone::Warning, &new.target));
    let (notification, data) = store.notification(id).await.expect("a store").expect("a notification");
    assert_eq!((&notification, data.as_deref()), (&kept[0], Some(r#"{"ticket":17}"#)));
    assert_eq!(store.notification(id + 1).await.expect("a store"), None);
}

pub(super) fn outgoing(id: &str) -> Outgoing {
    Outgoing { producer: "backend".into(), id: Some(id.into()), body: "{}".into() }
}

#[tokio::test]
async fn an_id_counts_once_in_24_hours() {
    let (_folder, store) = fresh().await;
    for lane in [Lane::Messages, Lane::Reports] {
        for (after, counts) in [(0, true), (1, false), (DAY, false), (DAY + 1, true)] {
            let now = Timestamp(NOW.0 + after);
            let accepted = store.accept(lane, vec![outgoing("k1")], now).await.await.expect("an answer");
            assert_eq!(accepted == [Acceptance::Accepted], counts, "{lane:?} {after}");
        }
    }
}

#[tokio::test]
async fn what_is_accepted_is_to_be_sent_in_order_until_it_is_sent() {
    let (folder, store) = fresh().await;
    let items = vec![outgoing("a"), outgoing("b"), outgoing("a"), Outgoing { id: None, ..outgoing("") }];
    let accepted = store.accept(Lane::Messages, items, NOW).await.await.expect("an answer");
    assert_eq!(accepted.iter().map(|one| *one == Acceptance::Accepted).collect::<Vec<_>>(), [true, true, false, true]);
    store.accept(Lane::Reports, vec![outgoing("a")], NOW).await.await.expect("another lane has its own ids");
    let unsent = store.unsent(Lane::Messages, 0, 10).await.expect("a page");
    assert_eq!(unsent.len(), 3);
    assert!(unsent.is_sorted_by_key(|unsent| unsent.id));
    store.sent(vec![unsent[0].id, unsent[2].id]).await.await.expect("stored");
    store.close().await;
    let store = Store::open(folder.path()).await.expect("a store");
    assert_eq!(store.unsent(Lane::Messages, 0, 10).await.expect("a page"), [unsent[1].clone()]);
    assert_eq!(store.count_unsent().await.expect("a number"), 2);
    let accepted = store.accept(Lane::Messages, vec![outgoing("a")], NOW).await.await.expect("an answer");
    assert_eq!(accepted, [Acceptance::Duplicate], "what is sent is remembered");
}

pub(super) fn letter(to: i64, text: &str, at: Timestamp) -> Letter {
    let payload = serde_json::value::to_raw_value(text).expect("a text is JSON");
    Letter { to: to.into(), at, place: Some(Place::Web), event: "private:message".into(), payload }
}

#[tokio::test]
async fn a_letter_waits_for_somebody_known_and_no_longer_than_30_days() {
    let (_folder, store) = fresh().await;
    assert_eq!(store.post(vec![letter(7, "a", NOW)]).await.await.expect("an answer"), [Posted::Stranger]);
    store.seen(&User { id: 7.into(), username: "ann".into() }, NOW);
    let posted = store.post(vec![letter(7, "a", NOW)]).await.await.expect("an answer");
    assert_eq!(posted, [Posted::Kept], "she has just been seen");
    let anywhere = Letter { place: None, ..letter(7, "b", Timestamp(NOW.0 + DAY)) };
    store.post(vec![anywhere]).await.await.expect("an answer");
    let texts = async |places: &[Place], now| {
        let letters = store.letters(&7.into(), places, now, 10).await.expect("letters");
        letters.iter().map(|letter| letter.payload.get().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(texts(&[Place::Web, Place::Chat], NOW).await, ["\"a\"", "\"b\""]);
    assert_eq!(texts(&[Place::Admin], NOW).await, ["\"b\""]);
    assert_eq!(texts(&[Place::Web], Timestamp(NOW.0 + 30 * DAY)).await, ["\"b\""]);
    assert_eq!(store.awaited().await.expect("a list").len(), 2);
    store.prune(Timestamp(NOW.0 + 30 * DAY)).await.expect("pruned");
    assert_eq!(store.awaited().await.expect("a list"), [(UserId::from(7), None)]);
}

#[tokio::test]
async fn who_is_gone_was_never_seen_and_nothing_waits() {
    let (_folder, store) = fresh().await;
    let see = |at: i64| store.seen(&User { id: 7.into(), username: "ann".into() }, Timestamp(NOW.0 + at));
    see(0);
    for (text, at) in [("early", 0), ("late", 2)] {
        let posted = store.post(vec![letter(7, text, Timestamp(NOW.0 + at))]).await.await.expect("an answer");
        assert_eq!(posted, [Posted::Kept]);
    }
    store.forget(&7.into(), Timestamp(NOW.0 + 1)).await.await.expect("stored");
    let left = store.letters(&7.into(), &[Place::Web], NOW, 10).await.expect("letters");
    assert_eq!(left.iter().map(|letter| letter.payload.get()).collect::<Vec<_>>(), ["\"late\""]);
    assert_eq!(store.post(vec![letter(7, "more", NOW)]).await.await.expect("an answer"), [Posted::Stranger]);
    see(3);
    store.forget(&7.into(), Timestamp(NOW.0 + 1)).await.await.expect("stored");
    assert_eq!(
        store.post(vec![letter(7, "more", NOW)]).await.await.expect("an answer"),
        [Posted::Kept],
        "who has come back"
    );
}

#[tokio::test]
async fn a_copy_holds_what_the_store_holds() {
    let (folder, store) = signed_in().await;
    let copy = tempfile::tempdir().expect("a folder");
    store.backup(&copy.path().join("signalbox.db")).await.expect("a copy");
    assert!(store.backup(&copy.path().join("signalbox.db")).await.is_err(), "a file is never written over");
    drop(folder);
    let restored = Store::open(copy.path()).await.expect("a store");
    assert!(restored.account("ann").await.expect("an answer").is_some());
}

#[tokio::test]
async fn a_store_is_reopened_and_only_its_owner_can_read_it() {
    let (folder, store) = signed_in().await;
    store.close().await;
    let store = Store::open(folder.path()).await.expect("the same store");
    assert!(store.account("ann").await.expect("an answer").is_some());
    store.ping().await.expect("an answer");
    #[cfg(unix)]
    for file in std::fs::read_dir(folder.path()).expect("the folder").flatten() {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(file.metadata().expect("metadata").permissions().mode() & 0o077, 0, "{:?}", file.path());
    }
}

#[tokio::test]
async fn a_damaged_file_is_told_from_other_failures() {
    let (folder, store) = signed_in().await;
    for name in 0..200 {
        store.add_account(&format!("account-{name}"), Role::Viewer, &"x".repeat(200), NOW).await.expect("an account");
    }
    store.close().await;
    let file = folder.path().join("signalbox.db");
    let sound = std::fs::read(&file).expect("a file");

    let cut = &sound[..sound.len() / 2];
    let mut overwritten = sound.clone();
    overwritten[5000..20_000].fill(0x5a);
    for (what, bytes) in [
        ("no database", &b"this is not a database, whatever its name says. "[..]),
        ("cut", cut),
        ("overwritten", &overwritten),
    ] {
        std::fs::write(&file, bytes).expect("a writable file");
        let error = Store::open(folder.path()).await.expect_err(what);
        assert!(matches!(error, OpenError::Damaged { .. }), "{what}: {error:?}");
        assert!(error.to_string().contains("backup"), "{what}: it says what to do");
        assert_eq!(std::fs::read(&file).expect("a file"), bytes, "{what}: the evidence is left alone");
    }
    std::fs::write(&file, &sound).expect("a writable file");
    Store::open(folder.path()).await.expect("a sound file opens again");
}

#[tokio::test]
async fn a_large_file_is_opened_at_once_and_looked_through_afterwards() {
    let (folder, store) = fresh().await;
    for _ in 0..40 {
        let outgoing = Outgoing { id: None, body: "x".repeat(1 << 20), ..outgoing("") };
        store.accept(Lane::Messages, vec![outgoing], NOW).await.await.expect("stored");
    }
    store.check().await.expect("one that was small when it was opened has been looked through");
    store.close().await;
    let store = Store::open(folder.path()).await.expect("a sound store");
    store.check().await.expect("no damage");
    store.close().await;
    let file = folder.path().join("signalbox.db");
    let mut bytes = std::fs::read(&file).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 20_000].fill(0x5a);
    std::fs::write(&file, &bytes).expect("a writable file");
    let store = Store::open(folder.path()).await.expect("what it begins with is sound");
    let damage = store.check().await.expect_err("damage");
    assert!(matches!(damage, OpenError::Damaged { .. }), "{damage:?}");
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_left_alone() {
    let (folder, store) = fresh().await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'later', TRUE, x'00', 0)",
    )
    .execute(&store.writer)
    .await
    .expect("a migration of a later version");
    store.close().await;
    assert!(matches!(Store::open(folder.path()).await, Err(OpenError::Newer { .. })));
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a file");
    std::fs::write(&file, "").expect("a file");
    let error = Store::open(&file.join("data")).await.expect_err("no folder");
    assert!(matches!(&error, OpenError::Directory { .. }), "{error:?}");
    assert!(error.to_string().contains("--data-dir"), "{error}");
}

/// A message of ann's that says its number.
pub(super) fn message(store: &Store, to: Addressee) -> Message {
    let id = store.number_message();
    let content = serde_json::value::to_raw_value(&id.to_string()).expect("a text is JSON");
    let from = User { id: 7.into(), username: "ann".into() };
    Message { id, at: NOW, place: Place::Web, from, to, content }
}

pub(super) fn in_room(name: &str) -> Addressee {
    Addressee::Room(name.into())
}

pub(super) async fn fill(store: &Store, to: &Addressee, messages: usize) -> Vec<u64> {
    let mut receipts = Vec::new();
    for _ in 0..messages {
        let message = message(store, to.clone());
        receipts.push((message.id, store.keep(message).await));
    }
    let mut ids = Vec::new();
    for (id, receipt) in receipts {
        receipt.await.expect("stored");
        ids.push(id);
    }
    ids
}

#[tokio::test]
async fn a_message_with_a_receipt_is_in_the_history() {
    let (_folder, store) = fresh().await;
    let lobby = RoomName::from("lobby");
    let ids = fill(&store, &in_room("lobby"), 75).await;
    fill(&store, &in_room("elsewhere"), 1).await;
    let page = store.room_messages(Place::Web, &lobby, None, 70).await.expect("a page");
    assert_eq!(page.iter().map(|kept| kept.id).collect::<Vec<_>>(), ids[5..].iter().rev().copied().collect::<Vec<_>>());
    let rest = store.room_messages(Place::Web, &lobby, Some(ids[5]), 70).await.expect("a page");
    assert_eq!(rest.iter().map(|kept| kept.id).collect::<Vec<_>>(), ids[..5].iter().rev().copied().collect::<Vec<_>>());
    assert_eq!(rest[4].content, serde_json::json!(ids[0].to_string()));
    assert_eq!((&*rest[4].from.username, &rest[4].from.id, rest[4].at), ("ann", &UserId::from(7), NOW));
    assert!(
        store.room_messages(Place::Admin, &lobby, None, 10).await.expect("a page").is_empty(),
        "another namespace's"
    );
}

#[tokio::test]
async fn private_messages_are_found_by_either_side_and_nobody_else() {
    let (_folder, store) = fresh().await;
    let sent = fill(&store, &Addressee::User(8.into()), 3).await;
    let to_self = fill(&store, &Addressee::User(7.into()), 1).await;
    for (user, expected) in
        [(7, vec![to_self[0], sent[2], sent[1], sent[0]]), (8, vec![sent[2], sent[1], sent[0]]), (9, vec![])]
    {
        let page = store.private_messages(&user.into(), None, 10).await.expect("a page");
        assert_eq!(page.iter().map(|kept| kept.id).collect::<Vec<_>>(), expected, "{user}");
    }
    let page = store.private_messages(&7.into(), Some(sent[2]), 1).await.expect("a page");
    assert_eq!(page.iter().map(|kept| kept.id).collect::<Vec<_>>(), [sent[1]]);
}

#[tokio::test]
async fn numbers_grow_from_one_run_to_the_next_whatever_the_clock_says() {
    let (folder, store) = fresh().await;
    let future = Message { id: 8_000_000_000_000_000, ..message(&store, in_room("lobby")) };
    store.keep(future).await.await.expect("stored");
    store.close().await;
    let store = Store::open(folder.path()).await.expect("a store");
    assert!(store.number_message() > 8_000_000_000_000_000);
}

#[tokio::test]
async fn what_cannot_be_stored_has_no_receipt_and_what_comes_later_is_stored_again() {
    let (_folder, store) = fresh().await;
    let first = message(&store, in_room("lobby"));
    let twin = first.clone();
    store.keep(first).await.await.expect("stored");
    assert!(matches!(store.keep(twin).await.await, Err(StoreError::NotCommitted)), "its number is taken");
    fill(&store, &in_room("lobby"), 1).await;
}

#[tokio::test]
async fn a_transaction_that_panics_costs_nobody_else_the_store() {
    let (_folder, store) = fresh().await;
    // A day before it there is no time: arithmetic that is checked in tests.
    let panics = store.accept(Lane::Messages, vec![outgoing("a")], Timestamp(i64::MIN)).await;
    assert!(matches!(panics.await, Err(StoreError::NotCommitted)));
    let accepted = store.accept(Lane::Messages, vec![outgoing("a")], NOW).await.await.expect("stored");
    assert_eq!(accepted, [Acceptance::Accepted], "nothing of it was stored");
}

#[tokio::test]
async fn followers_are_replaced_as_a_whole() {
    let (_folder, store) = fresh().await;
    let [ann, ben, eve] = [UserId::from(7), UserId::from(8), "eve".parse().expect("a user id")];
    let followers = async |of: &[&UserId]| {
        let mut found = store.followers_of(of).await.expect("an answer");
        found.sort_by_key(|one| (one.followed.to_string(), one.follower.to_string()));
        found.into_iter().map(|one| format!("{} {}", one.followed, one.follower)).collect::<Vec<_>>()
    };
    store.replace_followers(&ann, &[ben.clone(), eve.clone(), ben.clone(), ann.clone()]).await.expect("stored");
    store.replace_followers(&ben, std::slice::from_ref(&ann)).await.expect("stored");
    assert_eq!(followers(&[&ann, &ben, &eve]).await, ["7 8", "7 eve", "8 7"], "once each, and not oneself");
    store.replace_followers(&ann, std::slice::from_ref(&eve)).await.expect("stored");
    assert_eq!(followers(&[&ann]).await, ["7 eve"]);
    store.forget(&eve, NOW).await.await.expect("stored");
    assert_eq!(followers(&[&ann, &ben]).await, ["8 7"], "who is gone follows nobody");
    store.forget(&ben, NOW).await.await.expect("stored");
    assert!(followers(&[&ben]).await.is_empty(), "and is followed by nobody");
    store.replace_followers(&ann, std::slice::from_ref(&eve)).await.expect("stored");
    store.replace_followers(&ann, &[]).await.expect("stored");
    assert!(followers(&[&ann]).await.is_empty());
    let crowd: Vec<UserId> = (1_000..3_500).map(UserId::from).collect();
    store.replace_followers(&ann, &crowd).await.expect("stored");
    let all: Vec<&UserId> = crowd.iter().chain([&ann]).collect();
    assert_eq!(followers(&all).await.len(), crowd.len());
}

#[tokio::test]
async fn a_ban_that_is_taken_back_leaves_the_one_whose_place_it_took_unless_its_time_is_over() {
    let (_folder, store) = fresh().await;
    let at = |ms: i64| Timestamp(NOW.0 + ms);
    let ban = |id: i64, until: Option<Timestamp>, at: Timestamp| {
        let target = Target::User(id.into());
        let ban = Ban { target: target.written(), reason: format!("at {}", at.0 - NOW.0), until, by: "ann".into(), at };
        (target, ban)
    };
    // More than one statement takes.
    let many = 1..=1200;
    store.put_bans(&[ban(1, None, at(0)), ban(2, Some(at(50)), at(0))]).await.expect("bans");
    let later: Vec<_> = many.clone().map(|id| ban(id, None, at(10))).collect();
    store.put_bans(&later).await.expect("bans");
    store.put_bans(&[ban(3, None, at(20))]).await.expect("a ban");

    let targets: Vec<_> = many.map(|id| Target::User(id.into())).collect();
    let undone = store.undo_bans(&targets, at(10), at(100)).await.expect("taken back");
    assert_eq!(undone.len(), 1199, "what was set anew is not taken back");
    let restored: Vec<_> = undone.iter().filter_map(|(_, earlier)| earlier.as_ref()).collect();
    assert_eq!(restored, [&ban(1, None, at(0)).1]);
    let held = store.bans("", 100, at(100)).await.expect("bans");
    assert_eq!(held, [ban(1, None, at(0)), ban(3, None, at(20))]);
    assert!(store.undo_bans(&targets, at(10), at(100)).await.expect("an answer").is_empty());
}
