//! The watch over a link to the small gateway that the link is tested with.

use std::time::Duration;

use signalbox_protocol::ipc::{Flow, LimitsQuery, PeopleRows};
use tokio::time::timeout;

use super::*;
use crate::link::tests::{Gateway, Manner, QUICK, credentials};

struct Bench {
    watch: Watch,
    notices: mpsc::Receiver<notices::Event>,
}

impl Bench {
    async fn open(gateway: &Gateway) -> Self {
        let (sender, notices) = mpsc::channel(16);
        let surroundings = Surroundings {
            profile: ProfileId("p".into()),
            name: "p".into(),
            changed: Arc::default(),
            notices: sender,
            pace: QUICK,
        };
        let watch = Watch::begin(surroundings);
        watch.open(gateway.address.clone().into(), credentials()).await;
        Self { watch, notices }
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
        let query = LimitsQuery { profile: ProfileId("p".into()), filter: String::new(), flow: Flow::Following };
        bench.watch.open_view(ViewId(1), ViewQuery::Limits(query), Arc::new(sink)).unwrap();
        let Some(ViewUpdate::Limits(limits)) = shown.recv().await else { panic!("another view") };
        let offenders: Vec<u64> = limits.offenders.unwrap().iter().map(|offender| offender.hits).collect();
        assert_eq!((limits.per_minute, offenders), (Some(3), vec![3]), "at {ahead_ms}");
        bench.watch.close().await;
        gateway.stop().await;
    }
}
