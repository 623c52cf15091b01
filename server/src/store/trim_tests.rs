//! That the store keeps to its bounds, in number and in time, and holds nobody up for it.

use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::{ApiKey, Ban, NotificationTarget, Scope};
use signalbox_protocol::feed::{Tone, User};
use sqlx::AssertSqlSafe;

use super::tests::{DAY, LATER, NOW, fill, fresh, in_room, letter, message, outgoing, rotate, signed_in};
use super::*;
use crate::auth::bans::Target;
use crate::auth::revocations::{self, Revocation};
use crate::hub::Place;

async fn count(store: &Store, table: &str) -> i64 {
    let count = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    sqlx::query_scalar(count).fetch_one(&store.readers).await.expect("a number")
}

#[tokio::test]
async fn the_history_keeps_to_its_bounds() {
    let folder = tempfile::tempdir().expect("a folder");
    let bounds = Bounds { per_room: 20, total: 50 };
    let store = Store::open_with(folder.path(), bounds).await.expect("a store");
    let mut busy = fill(&store, &in_room("busy"), 100).await;
    while count(&store, "room_messages").await > 46 {
        // Behind the writing, in steps of a quarter: each commit looks what is due.
        busy.extend(fill(&store, &in_room("busy"), 1).await);
    }
    assert!(count(&store, "room_messages").await >= 20);
    store.prune(NOW).await.expect("pruned");
    let page = store.room_messages(Place::Web, &"busy".into(), None, 1000).await.expect("a page");
    assert_eq!(
        page.iter().map(|kept| kept.id).collect::<Vec<_>>(),
        busy[busy.len() - 20..].iter().rev().copied().collect::<Vec<_>>()
    );
    for room in 0..10 {
        fill(&store, &in_room(&room.to_string()), 10).await;
    }
    store.prune(NOW).await.expect("pruned");
    let mut kept = 0;
    for room in 0..10 {
        kept += store.room_messages(Place::Web, &room.to_string().into(), None, 1000).await.expect("a page").len();
    }
    assert_eq!(kept, 50);
}

#[tokio::test]
async fn who_writes_gets_a_turn_while_much_is_deleted() {
    const MANY: i64 = 5_000;
    let (folder, store) = fresh().await;
    fill(&store, &in_room("busy"), MANY as usize).await;
    store.close().await;
    let store = Store::open_with(folder.path(), Bounds { per_room: 20, total: 50 }).await.expect("the same store");
    let trimming = tokio::spawn({
        let store = store.clone();
        async move { store.prune(NOW).await }
    });
    let mut in_between = 0;
    while !trimming.is_finished() {
        store.keep(message(&store, in_room("elsewhere"))).await.await.expect("stored");
        let left = count(&store, "room_messages WHERE room = 'busy'").await;
        in_between += i64::from((21..MANY).contains(&left));
    }
    trimming.await.expect("it ends").expect("pruned");
    assert!(in_between > 0, "no write came between the first message that was deleted and the last");
    assert_eq!(count(&store, "room_messages WHERE room = 'busy'").await, 20);
}

#[tokio::test]
async fn the_latest_notifications_are_kept() {
    let (folder, store) = fresh().await;
    store.close().await;
    for (total, sent) in [(5, 8), (2, 1)] {
        let bounds = Bounds { total, ..Bounds::default() };
        let store = Store::open_with(folder.path(), bounds).await.expect("a store");
        let mut last = 0;
        for _ in 0..sent {
            let new = NewNotification {
                at: NOW,
                target: NotificationTarget::All,
                tone: Tone::Info,
                title: "Maintenance".into(),
                message: "at noon".into(),
                data: None,
                by: "ann".into(),
            };
            last = store.record_notification(&new).await.expect("an id");
        }
        let kept: Vec<i64> = store.notifications(None, 10).await.expect("a page").iter().map(|kept| kept.id).collect();
        assert_eq!(kept, (last - i64::from(total) + 1..=last).rev().collect::<Vec<_>>());
        store.close().await;
    }
}

#[tokio::test]
async fn a_backends_ids_are_forgotten_after_a_day_and_not_before() {
    let (_folder, store) = fresh().await;
    for lane in [Lane::Messages, Lane::Reports] {
        store.accept(lane, vec![outgoing("k1")], NOW).await.await.expect("stored");
    }
    for (later, left) in [(DAY, 1), (DAY + 1, 0)] {
        store.prune(Timestamp(NOW.0 + later)).await.expect("pruned");
        assert_eq!((count(&store, "published").await, count(&store, "reports").await), (left, left), "{later}");
    }
}

#[tokio::test]
async fn a_session_that_goes_on_does_not_heap_up_tokens() {
    let (_folder, store) = signed_in().await;
    rotate(&store, "first", "second", NOW).await;
    let next = SessionKey("third".into());
    let until = Timestamp(LATER.0 + DAY);
    assert!(matches!(
        store.rotate_session(&SessionKey("second".into()), &next, NOW, until).await,
        Ok(Rotation::Rotated(_))
    ));
    store.prune(LATER).await.expect("pruned");
    assert_eq!((count(&store, "refresh_tokens").await, count(&store, "refresh_families").await), (1, 1));
    assert!(matches!(rotate(&store, "third", "fourth", LATER).await, Rotation::Rotated(_)), "it goes on");
    store.prune(Timestamp(LATER.0 + DAY)).await.expect("pruned");
    assert_eq!((count(&store, "refresh_tokens").await, count(&store, "refresh_families").await), (0, 0));
}

#[tokio::test]
async fn keys_bans_revocations_and_users_go_when_their_time_is_over_and_not_before() {
    const LONG: i64 = 400 * DAY;
    let (_folder, store) = fresh().await;
    let at = |ms: i64| Timestamp(NOW.0 + ms);
    for (id, expires_at) in [("expired", NOW), ("revoked", at(10 * LONG)), ("good", at(10 * LONG))] {
        let (name, scopes, created_by) = (id.to_owned(), vec![Scope::StatsRead], "ann".to_owned());
        let (created_at, last_used_at, revoked_at) = (NOW, None, None);
        let key = ApiKey { id: id.into(), name, scopes, created_by, created_at, expires_at, last_used_at, revoked_at };
        store.add_api_key(&key, &KeyHash(id.into())).await.expect("a key");
    }
    store.revoke_api_key("revoked", NOW).await.expect("an answer").expect("a key");
    for (id, until, expires_at, seen) in [(7, Some(at(DAY)), at(DAY), NOW), (8, None, at(10 * LONG), at(10 * LONG))] {
        let (target, user) = (Target::User(id.into()), User { id: id.into(), username: "ann".into() });
        let ban = Ban { target: target.written(), reason: "spam".into(), until, by: "ann".into(), at: NOW };
        store.put_bans(&[(target, ban)]).await.expect("a ban");
        let revocation = Revocation { scope: revocations::Scope::User(id.into()), before: NOW, expires_at };
        store.put_revocation(&revocation).await.expect("a revocation");
        store.seen(&user, seen);
    }
    store.commit.settled().await;
    for (later, left) in [(DAY - 1, [3, 2, 2, 2]), (DAY, [3, 1, 1, 2]), (LONG, [3, 1, 1, 2]), (LONG + 1, [1, 1, 1, 1])]
    {
        store.prune(at(later)).await.expect("pruned");
        for (table, left) in ["api_keys", "bans", "revocations", "users"].iter().zip(left) {
            assert_eq!(count(&store, table).await, left, "{table} after {later} ms");
        }
    }
}

#[tokio::test]
async fn a_mailbox_takes_a_thousand_letters_and_those_stay() {
    let (_folder, store) = fresh().await;
    store.seen(&User { id: 7.into(), username: "ann".into() }, NOW);
    let mut receipts = Vec::new();
    for number in 0..1001 {
        receipts.push(store.post(vec![letter(7, &number.to_string(), NOW)]).await);
    }
    let mut kept = 0;
    for receipt in receipts {
        kept += u32::from(receipt.await.expect("an answer") == [Posted::Kept]);
    }
    assert_eq!(kept, 1000);
    let first = store.letters(&7.into(), &[Place::Web], NOW, 1).await.expect("letters");
    assert_eq!(first[0].payload.get(), "\"0\"", "what was taken is not pushed out");
    store.collected(vec![first[0].id]).await.await.expect("stored");
    assert_eq!(store.post(vec![letter(7, "again", NOW)]).await.await.expect("an answer"), [Posted::Kept]);
}

#[tokio::test]
async fn all_mailboxes_together_take_a_hundred_thousand_letters() {
    let (_folder, store) = fresh().await;
    store.seen(&User { id: 7.into(), username: "ann".into() }, NOW);
    store.commit.settled().await;
    sqlx::query(
        "WITH RECURSIVE letters (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM letters WHERE n < 99999) \
         INSERT INTO mailbox (at, recipient, event, payload) SELECT $1, 'user ' || n, '', '' FROM letters",
    )
    .bind(NOW.as_millis())
    .execute(&store.writer)
    .await
    .expect("letters");
    assert_eq!(store.post(vec![letter(7, "the last", NOW)]).await.await.expect("an answer"), [Posted::Kept]);
    assert_eq!(store.post(vec![letter(7, "one more", NOW)]).await.await.expect("an answer"), [Posted::Full]);
    let first = store.letters(&7.into(), &[Place::Web], NOW, 1).await.expect("letters")[0].id;
    store.collected(vec![first]).await.await.expect("stored");
    assert_eq!(store.post(vec![letter(7, "again", NOW)]).await.await.expect("an answer"), [Posted::Kept]);
    store.prune(LATER).await.expect("pruned");
    assert_eq!(count(&store, "mailbox").await, 0, "after 30 days, however many there are");
    assert_eq!(store.post(vec![letter(7, "much later", LATER)]).await.await.expect("an answer"), [Posted::Kept]);
}
