//! The link with a sign-in that renews itself.

use super::*;
use crate::credentials::tests::Office;
use crate::secrets::tests::Vault;

async fn signed_in(manner: Manner) -> (Gateway, Office, Listener) {
    let office = Office::open();
    let gateway = Gateway::with(manner, "e1", 0, office.router()).await;
    let (_, renewal) = Vault::with_sign_in("r0").await;
    let listener = Listener::with(gateway.address.clone(), Credentials::Refresh(renewal));
    (gateway, office, listener)
}

#[tokio::test]
async fn a_token_is_replaced_once_it_was_refused_and_not_with_each_attempt_after_that() {
    let (gateway, office, mut listener) = signed_in(Manner::Wavers).await;
    for attempt in 1..=3 {
        let waiting = listener.waiting().await;
        assert_eq!((waiting.attempt, waiting.reason), (attempt, Reason::ServerBusy));
        listener.link.order(Order::RetryNow);
    }
    assert_eq!(office.traded(), ["r0", "r1"]);
    gateway.stop().await;
}

#[tokio::test]
async fn a_token_that_runs_out_is_replaced_while_the_link_goes_on() {
    let (gateway, office, mut listener) = signed_in(Manner::Expires).await;
    let mut refreshed = gateway.refreshed.subscribe();
    let shown = async {
        let shown = refreshed.wait_for(|shown| !shown.is_empty()).await.unwrap();
        let claims: Value = jsonwebtoken::dangerous::insecure_decode_claims(&shown[0]).unwrap();
        claims["jti"].clone()
    };
    let ends = listener.hear(|signal| matches!(signal, Signal::Waiting(_) | Signal::SignedOut(_)).then_some(()));
    tokio::select! {
        number = timeout(Duration::from_secs(20), shown) => assert_eq!(number.expect("in time"), "r2"),
        () = ends => panic!("the link ended"),
    }
    assert_eq!((office.traded(), gateway.attempts.load(Ordering::SeqCst)), (vec!["r0".into(), "r1".into()], 1));
    listener.link.close().await;
    gateway.stop().await;
}
