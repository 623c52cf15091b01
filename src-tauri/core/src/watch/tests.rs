//! The watch over a link to the small gateway that the link is tested with.

use std::time::Duration;

use signalbox_protocol::Timestamp;
use signalbox_protocol::ipc::{Flow, LimitsQuery, PeopleRows, Scope};
use tokio::time::timeout;

use super::*;
use crate::address::Address;
use crate::link::tests::{Gateway, Manner, QUICK, credentials};

struct Bench {
    watch: Watch,
    notices: mpsc::Receiver<notices::Event>,
}

impl Bench {
    async fn open(gateway: &Gateway) -> Self {
        Self::open_at(gateway.address.clone(), Occasion::Asked).await
    }

    async fn open_at(address: Address, occasion: Occasion) -> Self {
        let (sender, notices) = mpsc::channel(16);
        let surroundings = Surroundings {
            profile: ProfileId("p".into()),
            name: "p".into(),
            changed: Arc::default(),
            notices: sender,
            pace: QUICK,
        };
        let watch = Watch::begin(surroundings);
        watch.open(address.into(), credentials(), occasion).await;
        Self { watch, notices }
    }

    async fn told(&mut self) -> notices::Event {
        timeout(Duration::from_secs(20), self.notices.recv()).await.expect("in time").expect("the watch goes on")
    }

    async fn until_waiting(&self) -> Seen {
        self.until(|seen| matches!(seen.link, LinkState::Waiting { .. })).await
    }

    async fn until(&self, wanted: impl Fn(&Seen) -> bool) -> Seen {
        let mut seen = self.watch.follow();
        let found = timeout(Duration::from_secs(20), seen.wait_for(wanted)).await;
        found.expect("in time").expect("the watch goes on").clone()
    }
}

#[tokio::test]
async fn a_link_that_comes_and_goes_is_told_once_as_lost_and_not_as_back() {
    let gateway = Gateway::start(Manner::Slams, "e1", 0).await;
    let mut bench = Bench::open(&gateway).await;
    for failed in 1..=3 {
        bench.until(|seen| matches!(seen.link, LinkState::Waiting { attempt, .. } if attempt == failed)).await;
        bench.watch.retry_now().await;
    }
    assert!(matches!(bench.notices.try_recv(), Ok(notices::Event::GatewayLost { .. })));
    assert!(bench.notices.try_recv().is_err(), "one trouble is told once");
    gateway.stop().await;
}

#[tokio::test]
async fn a_link_that_is_back_to_stay_is_told() {
    let gateway = Gateway::start(Manner::Kind, "e1", 0).await;
    let mut bench = Bench::open(&gateway).await;
    bench.until(|seen| matches!(seen.link, LinkState::Live { .. })).await;
    let port = gateway.stop().await;
    bench.until(|seen| matches!(seen.link, LinkState::Waiting { .. })).await;
    assert!(matches!(bench.notices.recv().await, Some(notices::Event::GatewayLost { .. })));
    let gateway = Gateway::start(Manner::Kind, "e1", port).await;
    bench.watch.retry_now().await;
    let back = timeout(Duration::from_secs(20), bench.notices.recv()).await.expect("in time");
    assert!(matches!(back, Some(notices::Event::GatewayBack { .. })));
    gateway.stop().await;
}

#[tokio::test]
async fn a_gateway_that_is_not_there_at_the_start_is_told_once_and_that_it_has_come() {
    let gateway = Gateway::start(Manner::Kind, "e1", 0).await;
    let address = gateway.address.clone();
    let port = gateway.stop().await;
    let mut bench = Bench::open_at(address, Occasion::Start).await;
    for failed in 1..=3 {
        bench.until(|seen| matches!(seen.link, LinkState::Waiting { attempt, .. } if attempt == failed)).await;
        bench.watch.retry_now().await;
    }
    let gateway = Gateway::start(Manner::Kind, "e1", port).await;
    bench.watch.retry_now().await;
    assert!(matches!(bench.told().await, notices::Event::GatewayLost { .. }));
    assert!(matches!(bench.told().await, notices::Event::GatewayBack { .. }));
    gateway.stop().await;
}

#[tokio::test]
async fn who_has_just_asked_for_a_link_is_not_told_that_it_fails() {
    let gateway = Gateway::start(Manner::Refuses("account disabled"), "e1", 0).await;
    let mut bench = Bench::open(&gateway).await;
    bench.until(|seen| matches!(seen.link, LinkState::SignedOut { .. })).await;
    assert!(bench.notices.try_recv().is_err());
    let address = gateway.address.clone();
    gateway.stop().await;
    let mut bench = Bench::open_at(address, Occasion::Asked).await;
    bench.until_waiting().await;
    assert!(bench.notices.try_recv().is_err());
}

#[tokio::test]
async fn a_sign_in_that_is_refused_while_nobody_looks_is_told() {
    let gateway = Gateway::start(Manner::Refuses("account disabled"), "e1", 0).await;
    let mut bench = Bench::open_at(gateway.address.clone(), Occasion::Start).await;
    let told = bench.told().await;
    assert!(matches!(&told, notices::Event::SignedOut { reason: Some(Reason::AccountDisabled), .. }), "{told:?}");
    gateway.stop().await;

    let gateway = Gateway::start(Manner::Kind, "e1", 0).await;
    let mut bench = Bench::open(&gateway).await;
    bench.until(|seen| matches!(seen.link, LinkState::Live { .. })).await;
    let port = gateway.stop().await;
    bench.until_waiting().await;
    assert!(matches!(bench.told().await, notices::Event::GatewayLost { .. }));
    let gateway = Gateway::start(Manner::Refuses("banned"), "e1", port).await;
    bench.watch.retry_now().await;
    assert!(matches!(bench.told().await, notices::Event::SignedOut { reason: Some(Reason::Banned), .. }));
    gateway.stop().await;
}

#[tokio::test]
async fn what_is_shown_bears_its_age_until_it_is_live_again() {
    let loading = |seen: &Seen| matches!(seen.link, LinkState::Loading { .. });
    let gateway = Gateway::start(Manner::Mute, "e1", 0).await;
    let bench = Bench::open(&gateway).await;
    let first = bench.until(loading).await.link;
    assert_eq!(first, LinkState::Loading { received: 0, since: None }, "there is nothing from before");
    gateway.stop().await;

    let gateway = Gateway::start(Manner::Kind, "e1", 0).await;
    let bench = Bench::open(&gateway).await;
    bench.until(|seen| matches!(seen.link, LinkState::Live { .. })).await;
    let port = gateway.stop().await;
    bench.until_waiting().await;
    let gateway = Gateway::start(Manner::Mute, "e1", port).await;
    bench.watch.retry_now().await;
    let again = bench.until(loading).await.link;
    assert!(matches!(again, LinkState::Loading { since: Some(_), .. }), "{again:?}");
    gateway.stop().await;
}

#[tokio::test]
async fn what_was_shown_when_a_link_was_closed_is_as_old_as_that_when_it_is_opened_in_vain() {
    let gateway = Gateway::start(Manner::Kind, "e1", 0).await;
    let bench = Bench::open(&gateway).await;
    bench.until(|seen| matches!(seen.link, LinkState::Live { .. })).await;
    bench.watch.close().await;
    let closed = Timestamp::now();
    let address = gateway.address.clone();
    gateway.stop().await;
    bench.watch.open(address.into(), credentials(), Occasion::Asked).await;
    let waiting = bench.until_waiting().await.link;
    assert!(matches!(waiting, LinkState::Waiting { since, .. } if since <= closed), "{waiting:?}");
}

#[tokio::test]
async fn a_session_that_ends_leaves_what_it_showed_with_its_age_and_who_signs_out_does_not() {
    let gateway = Gateway::start(Manner::Kind, "e1", 0).await;
    let bench = Bench::open(&gateway).await;
    let live = bench.until(|seen| matches!(seen.link, LinkState::Live { .. })).await;
    let port = gateway.stop().await;
    let LinkState::Waiting { since: lost, .. } = bench.until_waiting().await.link else { unreachable!() };
    let gateway = Gateway::start(Manner::Refuses("account disabled"), "e1", port).await;
    bench.watch.retry_now().await;
    let ended = bench.until(|seen| matches!(seen.link, LinkState::SignedOut { .. })).await;
    assert_eq!(ended.link, LinkState::SignedOut { reason: Some(Reason::AccountDisabled), since: Some(lost) });
    assert_eq!(ended.figures.map(|figures| figures.online_users), live.figures.map(|figures| figures.online_users));

    bench.watch.sign_out().await;
    let left = bench.until(|seen| matches!(seen.link, LinkState::SignedOut { reason: None, .. })).await;
    assert_eq!((left.link, left.figures), (LinkState::SignedOut { reason: None, since: None }, None));
    assert_eq!(bench.watch.read(|scene| scene.fleet.counts().connections).await.unwrap(), 0);
    gateway.stop().await;
}

#[tokio::test]
async fn nothing_of_one_gateway_is_shown_under_the_address_of_another() {
    let first = Gateway::start(Manner::Ahead(0), "e1", 0).await;
    let bench = Bench::open(&first).await;
    bench.until(|seen| seen.figures.as_ref().is_some_and(|figures| figures.limit_hits == Some(3))).await;
    let (sender, mut shown) = mpsc::channel(64);
    let sink = move |update| _ = sender.try_send(update);
    let query = LimitsQuery { profile: ProfileId("p".into()), scope: Scope::default(), flow: Flow::Following };
    bench.watch.open_view(ViewId(1), ViewQuery::Limits(query), Arc::new(sink)).unwrap();
    let Some(ViewUpdate::Limits(limits)) = shown.recv().await else { panic!("another view") };
    assert_eq!(limits.per_minute, Some(3));

    let second = Gateway::start(Manner::Mute, "e1", 0).await;
    bench.watch.open(second.address.clone().into(), credentials(), Occasion::Asked).await;
    let seen = bench.until(|seen| matches!(seen.link, LinkState::Loading { .. })).await;
    assert_eq!((seen.link, seen.figures), (LinkState::Loading { received: 0, since: None }, None));
    let everybody = MatchPeople { rows: PeopleRows::Connections, filter: String::new() };
    assert_eq!(bench.watch.matching(everybody).await.unwrap().connections, []);
    let mut last = Some(3);
    while let Ok(ViewUpdate::Limits(limits)) = shown.try_recv() {
        last = limits.per_minute;
    }
    assert_eq!(last, None, "who looked on sees that, too");
    bench.watch.close().await;
    first.stop().await;
    second.stop().await;
}

#[tokio::test]
async fn an_alert_that_arose_while_the_link_was_lost_is_told() {
    let gateway = Gateway::start(Manner::Alarmed(&[1]), "e1", 0).await;
    let mut bench = Bench::open(&gateway).await;
    bench.until(|seen| matches!(seen.link, LinkState::Live { .. })).await;
    let port = gateway.stop().await;
    bench.until_waiting().await;
    assert!(matches!(bench.told().await, notices::Event::GatewayLost { .. }), "and nothing of what was open before");
    let gateway = Gateway::start(Manner::Alarmed(&[1, 2]), "e1", port).await;
    bench.watch.retry_now().await;
    let told = bench.told().await;
    assert!(matches!(&told, notices::Event::Alert { alert, .. } if alert.id == 2), "{told:?}");
    gateway.stop().await;
}

#[tokio::test]
async fn a_gateway_whose_clock_is_off_is_asked_by_its_own_clock() {
    for ahead_ms in [3_600_000, -3_600_000, 0] {
        let gateway = Gateway::start(Manner::Ahead(ahead_ms), "e1", 0).await;
        let bench = Bench::open(&gateway).await;
        let seen = bench.until(|seen| seen.figures.as_ref().is_some_and(|figures| figures.limit_hits == Some(3))).await;
        assert!((seen.ahead_ms - ahead_ms).abs() < 1_000, "{} of {ahead_ms}", seen.ahead_ms);

        for (filter, found) in [("idle>5m", 1), ("idle>15m", 0), ("online<15m", 1), ("online<5m", 0)] {
            let asked = MatchPeople { rows: PeopleRows::Connections, filter: filter.to_owned() };
            let matching = bench.watch.matching(asked).await.unwrap();
            assert_eq!(matching.connections.len(), found, "{filter} at {ahead_ms}");
        }

        let (sender, mut shown) = mpsc::channel(8);
        let sink = move |update| _ = sender.try_send(update);
        let query = LimitsQuery { profile: ProfileId("p".into()), scope: Scope::default(), flow: Flow::Following };
        bench.watch.open_view(ViewId(1), ViewQuery::Limits(query), Arc::new(sink)).unwrap();
        let Some(ViewUpdate::Limits(limits)) = shown.recv().await else { panic!("another view") };
        let offenders: Vec<u64> = limits.offenders.unwrap().iter().map(|offender| offender.hits).collect();
        assert_eq!((limits.per_minute, offenders), (Some(3), vec![3]), "at {ahead_ms}");
        bench.watch.close().await;
        gateway.stop().await;
    }
}

#[tokio::test]
async fn of_the_time_in_which_a_link_is_closed_nobody_says_that_nothing_was_dropped() {
    let gateway = Gateway::start(Manner::Kind, "e1", 0).await;
    let bench = Bench::open(&gateway).await;
    bench.until(|seen| matches!(seen.link, LinkState::Live { .. })).await;
    let later = Timestamp(Timestamp::now().as_millis() + 120_000);
    let per_minute = move |scene: &Scene| scene.limits.per_minute(later);
    assert_eq!(bench.watch.read(per_minute).await, Ok(Some(0)));
    bench.watch.close().await;
    assert_eq!(bench.watch.read(per_minute).await, Ok(None));
    gateway.stop().await;
}

#[tokio::test]
async fn a_view_that_the_watch_does_not_take_is_told_why() {
    let (orders, inbox) = mpsc::channel(1);
    let (_, seen) = watch::channel(Seen { link: LinkState::Closed, operator: None, figures: None, ahead_ms: 0 });
    let watch = Watch { orders, seen };
    let query =
        || serde_json::from_value::<ViewQuery>(serde_json::json!({"view": "overview", "profile": "p"})).unwrap();
    let open = || watch.open_view(ViewId(1), query(), Arc::new(|_| {})).map_err(|failure| failure.reason);
    assert_eq!((open(), open()), (Ok(()), Err(Reason::ConsoleBusy)));
    drop(inbox);
    assert_eq!(watch.change_view(ViewId(1), query()).unwrap_err().reason, Reason::NoSuchGateway);
}
