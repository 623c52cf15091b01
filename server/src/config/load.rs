//! The layers of a configuration: defaults ← TOML file ← environment ← flags. An unknown key is an error that names it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::error::Kind;
use figment::providers::{Format, Serialized, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};
use signalbox_protocol::admin::SettingOrigin;

use super::{Algorithm, Auth, Config, Tls};
use crate::auth::Secret;

const PREFIX: &str = "SIGNALBOX_";

/// Variables with the prefix that are not keys: two of the console, which starts a gateway in its own environment, and
/// the log's filter.
const NOT_KEYS: [&str; 3] = ["SIGNALBOX_CONSOLE_DIR", "SIGNALBOX_SERVER", "SIGNALBOX_LOG"];

/// The shortest HS256 secret: as long as the hash (RFC 7518, section 3.2).
pub(crate) const SHORTEST_SECRET: usize = 32;

/// Where a configuration comes from. The environment is passed in, so that a test has one of its own.
#[derive(Debug, Default)]
pub struct Sources {
    /// `--config`.
    pub file: Option<PathBuf>,
    /// The environment's variables; those without the prefix are passed over.
    pub environment: Vec<(String, String)>,
    /// What the command line says.
    pub flags: Flags,
}

/// The keys that the command line can set.
#[derive(Debug, Default)]
pub struct Flags {
    /// `--listen`.
    pub listen: Option<SocketAddr>,
    /// `--data-dir`.
    pub data_dir: Option<PathBuf>,
    /// The first line of standard input, with `--secret-stdin`.
    pub jwt_secret: Option<Secret>,
}

/// What is wrong with a configuration. No message repeats a secret.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{origin} is not valid TOML: {message}")]
    Syntax {
        /// Which.
        origin: String,
        /// Where and why.
        message: String,
    },
    /// A key that does not exist.
    #[error("unknown key `{key}` in {origin}{hint}")]
    UnknownKey {
        /// Its whole path, with dots.
        key: String,
        /// Where it was found.
        origin: String,
        /// What may have been meant.
        hint: String,
    },
    /// A key with a value that it cannot have.
    #[error("`{key}` in {origin}: {message}")]
    Value {
        /// Its whole path, with dots.
        key: String,
        /// Where it was found.
        origin: String,
        /// What is wrong with it.
        message: String,
    },
    /// Keys that do not fit together.
    #[error("`{key}`: {message}")]
    Conflict {
        /// The key to change.
        key: &'static str,
        /// What to do.
        message: String,
    },
}

impl Sources {
    /// What the process was given: its environment, and these flags.
    pub fn of_process(file: Option<PathBuf>, flags: Flags) -> Self {
        let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        let environment = std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect();
        Self { file, environment, flags }
    }

    /// Reads all layers.
    ///
    /// # Errors
    /// The first thing that is wrong, with the key's path and where it was found.
    pub fn load(self) -> Result<Config, ConfigError> {
        let mut figment = Figment::new();
        if let Some(path) = &self.file {
            figment = figment.merge(Toml::string(&read(path)?));
        }
        figment = figment.merge(Environment::new(&self.environment));
        let Flags { listen, data_dir, jwt_secret } = self.flags;
        if let Some(listen) = listen {
            figment = figment.merge(Serialized::default("listen", listen.to_string()));
        }
        if let Some(data_dir) = data_dir {
            figment = figment.merge(Serialized::default("data_dir", data_dir));
        }
        let mut config: Config = figment.extract_lossy().map_err(|error| explain(error, self.file.as_deref()))?;
        config.origins = origins(&figment, &config);
        if jwt_secret.is_some() {
            config.auth.jwt_secret = jwt_secret;
            config.origins.insert("auth.jwt_secret".into(), SettingOrigin::Flag);
        }
        check(&config)?;
        Ok(config)
    }
}

/// Which layer each key comes from. What no layer has is built in.
fn origins(figment: &Figment, config: &Config) -> BTreeMap<String, SettingOrigin> {
    let origin = |key: &str| {
        let layer = figment.find_metadata(key)?;
        Some(match &*layer.name {
            ENVIRONMENT => SettingOrigin::Environment,
            name if name == Toml::NAME || name.starts_with(Toml::NAME) => SettingOrigin::File,
            _ => SettingOrigin::Flag,
        })
    };
    let keys = config.settings().into_iter().map(|setting| setting.key);
    keys.filter_map(|key| origin(&key).map(|origin| (key, origin))).collect()
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::File { path: path.into(), source })
}

/// What no single key can see.
fn check(config: &Config) -> Result<(), ConfigError> {
    let conflict = |key, message: &str| Err(ConfigError::Conflict { key, message: message.to_owned() });
    if let Some(secret) = &config.auth.jwt_secret
        && secret.expose().len() < SHORTEST_SECRET
    {
        return conflict("auth.jwt_secret", "the secret needs 32 bytes or more; `openssl rand -hex 32` makes one");
    }
    match &config.tls {
        Tls { cert: Some(_), key: None } => return conflict("tls.key", "missing beside `tls.cert`"),
        Tls { cert: None, key: Some(_) } => return conflict("tls.cert", "missing beside `tls.key`"),
        _ => {}
    }
    let Auth { algorithm, public_key, jwks, .. } = &config.auth;
    match (algorithm, public_key, jwks) {
        (Algorithm::Hs256, Some(_), _) => conflict("auth.public_key", NOT_WITH_HS256),
        (Algorithm::Hs256, None, Some(_)) => conflict("auth.jwks", NOT_WITH_HS256),
        (Algorithm::Hs256, None, None) => Ok(()),
        (_, None, None) => conflict(
            "auth.public_key",
            "this algorithm needs the public key that users' tokens are verified by: a PEM file, or `auth.jwks`",
        ),
        (_, Some(_), Some(_)) => conflict("auth.jwks", "the keys are either here or in `auth.public_key`"),
        (_, Some(_), None) | (_, None, Some(_)) => Ok(()),
    }
}

const NOT_WITH_HS256: &str =
    "a public key is not used with HS256; set `auth.algorithm` to \"RS256\", \"ES256\" or \"EdDSA\"";

/// The environment as a layer: `SIGNALBOX_AUTH__JWT_SECRET` is `auth.jwt_secret`. Every value stays text, so that a
/// secret of digits is not taken for a number; the keys' own types read it.
struct Environment(Dict);

impl Environment {
    fn new(variables: &[(String, String)]) -> Self {
        let mut layer = Dict::new();
        for (name, value) in variables {
            let Some(key) = name.strip_prefix(PREFIX) else { continue };
            if NOT_KEYS.contains(&name.as_str()) {
                continue;
            }
            let path: Vec<String> = key.split("__").map(str::to_ascii_lowercase).collect();
            insert(&mut layer, &path, value);
        }
        Self(layer)
    }
}

impl Provider for Environment {
    fn metadata(&self) -> Metadata {
        Metadata::named(ENVIRONMENT)
    }

    fn data(&self) -> figment::error::Result<Map<Profile, Dict>> {
        Ok(Map::from([(Profile::Default, self.0.clone())]))
    }
}

const ENVIRONMENT: &str = "the environment";

fn insert(layer: &mut Dict, path: &[String], value: &str) {
    let Some((key, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        layer.insert(key.clone(), Value::from(value));
        return;
    }
    let slot = layer.entry(key.clone()).or_insert_with(|| Value::from(Dict::new()));
    if !matches!(slot, Value::Dict(..)) {
        *slot = Value::from(Dict::new());
    }
    if let Value::Dict(_, inner) = slot {
        insert(inner, rest, value);
    }
}

/// Turns figment's error into one that names the key as the operator wrote it.
fn explain(error: figment::Error, file: Option<&Path>) -> ConfigError {
    // figment keeps several errors in a chain; the first one to be mended is as good as any.
    let path = |last: Option<&str>| error.path.iter().map(String::as_str).chain(last).collect::<Vec<_>>().join(".");
    let origin = |key: &str| match &error.metadata {
        Some(metadata) if metadata.name == ENVIRONMENT => {
            format!("the environment ({PREFIX}{})", key.to_ascii_uppercase().replace('.', "__"))
        }
        _ => file.map_or_else(|| "the configuration".into(), |file| file.display().to_string()),
    };
    match &error.kind {
        Kind::UnknownField(name, known) => {
            let key = path((error.path.last() != Some(name)).then_some(name));
            let hint = nearest(name, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            ConfigError::UnknownKey { origin: origin(&key), key, hint }
        }
        Kind::Message(message) if error.path.is_empty() => {
            ConfigError::Syntax { origin: origin(""), message: without_quotation(message) }
        }
        kind => {
            let key = path(None);
            ConfigError::Value { origin: origin(&key), key, message: describe(kind) }
        }
    }
}

/// What the parser says, without the line of the file that it quotes: a secret may stand there.
fn without_quotation(message: &str) -> String {
    let spoken = message.lines().filter(|line| !line.contains('|')).map(str::trim).filter(|line| !line.is_empty());
    spoken.collect::<Vec<_>>().join(", ")
}

/// What is wrong with a value, without the value: it may be a secret in the wrong place.
fn describe(kind: &Kind) -> String {
    match kind {
        Kind::UnknownVariant(_, known) => format!("expected {}", known.join(" or ")),
        Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) if expected.starts_with("struct ") => {
            "expected a table".into()
        }
        Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) => format!("expected {expected}"),
        kind => kind.to_string(),
    }
}

/// The known key that differs in at most two places.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    known.iter().map(|known| (distance(name, known), *known)).filter(|(far, _)| *far <= 2).min().map(|(_, near)| near)
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
