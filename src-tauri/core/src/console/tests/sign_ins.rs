//! Sign-ins that are kept in a keychain, over the life of a console.

use super::*;
use crate::credentials::tests::Office;
use crate::secrets::tests::Vault;

/// A console whose link to a gateway with this office has a sign-in of before in the keychain, and the account of that.
async fn signed_in(office: &Office, vault: &Vault) -> (Bench, Value, String) {
    let url = serve(gateway().merge(office.router())).await;
    let bench = Bench::with(tempfile::tempdir().unwrap(), vault.secrets());
    let profile = bench.add(&url).await.unwrap()["profile"].clone();
    let account = profile.as_str().unwrap().to_owned();
    vault.secrets().keep(&account, "r0").await;
    bench.call(json!({"call": "open", "args": {"profile": profile}})).await.unwrap();
    (bench, profile, account)
}

fn moved(profile: &Value, url: &str) -> Value {
    json!({"call": "editProfile", "args": {
        "profile": profile, "name": "", "url": url, "colour": "#123456", "production": false, "safe": false,
    }})
}

#[tokio::test]
async fn a_console_that_ends_leaves_no_used_token_in_the_keychain() {
    let (office, vault) = (Office::slow(), Vault::default());
    let (bench, profile, account) = signed_in(&office, &vault).await;
    office.trades().await;
    // The link gives up waiting; the trade does not.
    bench.call(json!({"call": "close", "args": {"profile": profile}})).await.unwrap();
    let console = bench.console.clone();
    let end = tokio::spawn(async move { console.close().await });
    while !bench.console.0.posts.lock().is_empty() {
        tokio::task::yield_now().await;
    }
    office.answer(1);
    end.await.unwrap();
    assert_eq!(vault.holds(&account), Some("r1".into()));
}

#[tokio::test]
async fn a_keychain_that_is_locked_is_waited_for_with_its_reason() {
    let (office, vault) = (Office::open(), Vault::default());
    vault.lock();
    let (mut bench, profile, _) = signed_in(&office, &vault).await;
    let waits = |status: &Status| {
        let link = status.gateways.first().map(|gateway| gateway.link.clone());
        matches!(link, Some(LinkState::Waiting { reason: Reason::KeychainRefused { .. }, .. }))
    };
    bench.until(waits).await;
    assert_eq!(office.traded(), [""; 0]);

    // What cannot be taken out of the keychain would be shown to the gateway at the other address.
    let other = serve(gateway()).await;
    assert_eq!(bench.call(moved(&profile, &other)).await.unwrap_err().code, FailureCode::Keychain);
    let out = json!({"call": "signOut", "args": {"profile": profile}});
    assert_eq!(bench.call(out).await.unwrap_err().code, FailureCode::Keychain, "it would be back at the next start");
    vault.unlock();
    bench.call(moved(&profile, &other)).await.unwrap();
}

#[tokio::test]
async fn a_gateway_that_has_moved_is_shown_nothing_of_a_trade_that_ends_later() {
    let (office, vault, elsewhere) = (Office::slow(), Vault::default(), Office::open());
    let (mut bench, profile, account) = signed_in(&office, &vault).await;
    let other = serve(gateway().merge(elsewhere.router())).await;
    office.trades().await;
    let sign_in = bench.console.post(&ProfileId(account.clone())).unwrap().renewal;
    let answered = async {
        sign_in.has_ended().await;
        office.answer(1);
    };
    assert_eq!(tokio::join!(bench.call(moved(&profile, &other)), answered).0, Ok(Value::Null));
    bench.call(json!({"call": "open", "args": {"profile": profile}})).await.unwrap();
    let signed_out = LinkState::SignedOut { reason: None, since: None };
    bench.until(|status| status.gateways.iter().any(|gateway| gateway.link == signed_out)).await;
    assert_eq!((elsewhere.traded(), vault.holds(&account)), (Vec::new(), None));
}
