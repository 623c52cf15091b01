//! The gateway's HTTP interface, as far as a console needs it: is it one, sign in, renew, sign out.
//!
//! Owns how a failed request becomes a [`Failure`] that a person can act upon. It must never keep a token.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use native_tls::TlsConnector;
use reqwest::{Client, Response, StatusCode, header};
use serde::{Deserialize, Serialize};
use signalbox_protocol::http::{Login, Problem, Refresh, Session};
use signalbox_protocol::ipc::{Failure, FailureCode, Readiness, Reason};

use crate::credentials::AccessToken;
use crate::cut::{LABEL, PROSE, cut};
use crate::endpoint::Endpoint;
use crate::failure::{failure, root_cause};

const TIMEOUT: Duration = Duration::from_secs(10);
/// How long to wait where a gateway does not say it, in seconds.
const A_WHILE: u32 = 60;
/// Nothing that a gateway answers here is larger; a larger answer is from something else.
const LARGEST_ANSWER: u64 = 64 * 1024;

/// What `GET /healthz` says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Health {
    service: String,
    /// The gateway's version.
    pub(crate) version: String,
}

/// An HTTP client for gateways. Clones share its connections.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    /// For gateways whose certificates the system can prove.
    client: Client,
}

impl Api {
    /// # Errors
    /// Where the system's TLS library cannot be set up.
    pub(crate) fn new() -> Result<Self, Failure> {
        Ok(Self { client: client(None)? })
    }

    /// The client that can prove the gateway's certificate. Connections to a gateway of a private authority are not kept:
    /// there is one request in a quarter of an hour.
    fn client(&self, endpoint: &Endpoint) -> Result<Client, Failure> {
        match endpoint.connector()? {
            None => Ok(self.client.clone()),
            Some(connector) => client(Some(connector)),
        }
    }

    /// Looks whether a gateway answers.
    ///
    /// # Errors
    /// Where nothing does, or something else.
    pub(crate) async fn probe(&self, to: &Endpoint) -> Result<Health, Failure> {
        let request = self.client(to)?.get(to.address.join("/healthz"));
        let response = request.send().await.map_err(|error| unreachable(to, &error))?;
        let status = response.status();
        match body::<Health>(response).await {
            Some(health) if health.service == "signalbox" => {
                Ok(Health { version: cut(&health.version, LABEL), ..health })
            }
            _ => Err(not_a_gateway(to, status)),
        }
    }

    /// Whether a gateway takes clients now.
    ///
    /// # Errors
    /// Where nothing answers.
    pub(crate) async fn readiness(&self, to: &Endpoint) -> Result<Readiness, Failure> {
        let request = self.client(to)?.get(to.address.join("/readyz"));
        let response = request.send().await.map_err(|error| unreachable(to, &error))?;
        Ok(if response.status().is_success() { Readiness::Ready } else { Readiness::NotReady })
    }

    /// Proves a token: with it the gateway shows its figures.
    ///
    /// # Errors
    /// Where the gateway refuses it, or there is none.
    pub(crate) async fn prove(&self, to: &Endpoint, token: &AccessToken) -> Result<(), Failure> {
        let request = self.client(to)?.get(to.address.join("/api/v1/stats")).bearer_auth(&token.token);
        let response = request.send().await.map_err(|error| unreachable(to, &error))?;
        match response.status() {
            status if status.is_success() => Ok(()),
            StatusCode::UNAUTHORIZED => Err(failure(FailureCode::Refused, Reason::TokenRefused)),
            _ => Err(refusal(to, response).await),
        }
    }

    /// Signs in with name and password.
    ///
    /// # Errors
    /// Where the gateway refuses, or there is none.
    pub(crate) async fn login(&self, to: &Endpoint, name: String, password: String) -> Result<Session, Failure> {
        self.session(to, "/api/v1/auth/login", &Login { name, password }, Reason::SignInRefused).await
    }

    /// Trades a refresh token for a new session. The token is used up even where the answer is lost on the way.
    ///
    /// # Errors
    /// Where the gateway refuses, or there is none.
    pub(crate) async fn refresh(&self, to: &Endpoint, refresh_token: String) -> Result<Session, Failure> {
        self.session(to, "/api/v1/auth/refresh", &Refresh { refresh_token }, Reason::TokenRefused).await
    }

    /// Revokes a refresh token.
    ///
    /// # Errors
    /// Where the gateway cannot be asked; one that does not know the token is no error.
    pub(crate) async fn logout(&self, to: &Endpoint, refresh_token: String) -> Result<(), Failure> {
        let request = self.client(to)?.post(to.address.join("/api/v1/auth/logout")).json(&Refresh { refresh_token });
        let response = request.send().await.map_err(|error| unreachable(to, &error))?;
        match response.status() {
            status if status.is_success() || status == StatusCode::UNAUTHORIZED => Ok(()),
            _ => Err(refusal(to, response).await),
        }
    }

    /// Trades a form for a session; `refused` is what it means that the gateway does not take it. Its own sentence would add
    /// nothing, in one language.
    async fn session<T: Serialize>(
        &self,
        to: &Endpoint,
        path: &str,
        form: &T,
        refused: Reason,
    ) -> Result<Session, Failure> {
        let request = self.client(to)?.post(to.address.join(path)).json(form);
        let response = request.send().await.map_err(|error| unreachable(to, &error))?;
        let status = response.status();
        if status == StatusCode::UNAUTHORIZED {
            return Err(failure(FailureCode::Refused, refused));
        }
        if !status.is_success() {
            return Err(refusal(to, response).await);
        }
        body(response).await.ok_or_else(|| not_a_gateway(to, status))
    }
}

fn client(tls: Option<TlsConnector>) -> Result<Client, Failure> {
    // The link goes to the gateway directly; signing in through a proxy that the link cannot use would only mislead.
    let builder = Client::builder()
        .no_proxy()
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("Signalbox/", env!("CARGO_PKG_VERSION")));
    let builder = match tls {
        Some(connector) => builder.tls_backend_preconfigured(connector),
        None => builder,
    };
    builder.build().map_err(|error| failure(FailureCode::Internal, Reason::said(root_cause(&error))))
}

/// Reads a JSON body; `None` where it is something else, or too long to be an answer of a gateway.
async fn body<T: for<'a> Deserialize<'a>>(mut response: Response) -> Option<T> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() as u64 > LARGEST_ANSWER {
            return None;
        }
    }
    serde_json::from_slice(&bytes).ok()
}

/// What an answer that is no success means.
async fn refusal(to: &Endpoint, response: Response) -> Failure {
    let status = response.status();
    let wait = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let problem = body::<Problem>(response).await;
    let said =
        problem.map(|problem| Reason::GatewaySaid { text: cut(&problem.detail.unwrap_or(problem.title), PROSE) });
    match status {
        StatusCode::UNAUTHORIZED => failure(FailureCode::Refused, said.unwrap_or(Reason::SignInRefused)),
        StatusCode::FORBIDDEN => failure(FailureCode::Forbidden, said.unwrap_or(Reason::NotAllowed)),
        StatusCode::TOO_MANY_REQUESTS => {
            failure(FailureCode::Throttled, Reason::TooManyAttempts { seconds: wait.unwrap_or(A_WHILE) })
        }
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => not_a_gateway(to, status),
        _ => failure(FailureCode::Internal, said.unwrap_or_else(|| Reason::said(status.to_string()))),
    }
}

fn not_a_gateway(to: &Endpoint, status: StatusCode) -> Failure {
    let (address, status) = (to.address.to_string(), status.to_string());
    failure(FailureCode::NotAGateway, Reason::NotAGateway { address, status })
}

/// What a request without an answer means.
fn unreachable(to: &Endpoint, error: &reqwest::Error) -> Failure {
    let address = to.address.to_string();
    if let Some(tls) = tls_error(error) {
        let error = tls_reason(&tls.to_string()).to_owned();
        return failure(FailureCode::Certificate, Reason::NoSecureConnection { address, error });
    }
    if error.is_timeout() {
        let cause = Reason::SlowToAnswer { address, seconds: TIMEOUT.as_secs() as u32 };
        return failure(FailureCode::Unreachable, cause);
    }
    let why = root_cause(error);
    if (error.is_request() && !error.is_connect()) || error.is_body() {
        // The connection was made, and ended before an HTTP answer: a server of another protocol, or https spoken to http.
        return failure(FailureCode::NotAGateway, Reason::NotHttp { address, error: why });
    }
    let code = if error.is_connect() { FailureCode::Unreachable } else { FailureCode::Internal };
    failure(code, Reason::NothingAnswers { address, error: why })
}

/// The TLS library's error, where there is one below. An I/O error hides what it wraps from `source`.
fn tls_error<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a native_tls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<native_tls::Error>() {
            return Some(tls);
        }
        let wrapped = error.downcast_ref::<io::Error>().and_then(|io| io.get_ref());
        next = match wrapped {
            Some(inner) => Some(inner as &(dyn StdError + 'static)),
            None => error.source(),
        };
    }
    None
}

/// The words in a TLS library's error. OpenSSL writes `error:0A000086:library:function:reason:file:line:`, and behind it in
/// brackets what is wrong with a certificate; other libraries write a sentence.
fn tls_reason(text: &str) -> &str {
    let verdict = text.strip_suffix(')').and_then(|text| Some(text.rsplit_once('(')?.1));
    let reason = text.strip_prefix("error:").and_then(|text| text.split(':').nth(3));
    verdict.or(reason).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_tls_error_the_words_are_told_and_not_the_source_lines() {
        for (text, reason) in [
            (
                "error:0A000086:SSL routines:tls_post_process:certificate verify failed:../statem.c:1889: (self-signed certificate)",
                "self-signed certificate",
            ),
            (
                "error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl3_record.c:350:",
                "wrong version number",
            ),
            ("The certificate was not trusted.", "The certificate was not trusted."),
        ] {
            assert_eq!(tls_reason(text), reason);
        }
    }
}
