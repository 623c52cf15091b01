-- Times are milliseconds since the Unix epoch. Only types that SQLite and PostgreSQL both have.

CREATE TABLE accounts (
    name          TEXT   PRIMARY KEY,
    role          TEXT   NOT NULL,
    password_hash TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    disabled_at   BIGINT
);

-- A login begins a family of refresh tokens; each use of one puts the next in its place.
CREATE TABLE refresh_families (
    id         TEXT   PRIMARY KEY,
    account    TEXT   NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE TABLE refresh_tokens (
    hash       TEXT   PRIMARY KEY,
    family     TEXT   NOT NULL REFERENCES refresh_families (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);

CREATE INDEX refresh_tokens_family ON refresh_tokens (family);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);
CREATE INDEX refresh_families_account ON refresh_families (account);

CREATE TABLE audit (
    id          INTEGER PRIMARY KEY,
    at          BIGINT  NOT NULL,
    actor       TEXT    NOT NULL,
    address     TEXT    NOT NULL,
    command     TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    detail      TEXT    NOT NULL,
    outcome     TEXT,
    outcome_at  BIGINT,
    explanation TEXT
);

CREATE INDEX audit_at ON audit (at);

CREATE TABLE notifications (
    id        INTEGER PRIMARY KEY,
    at        BIGINT  NOT NULL,
    target    TEXT    NOT NULL,
    tone      TEXT    NOT NULL,
    title     TEXT    NOT NULL,
    message   TEXT    NOT NULL,
    data      TEXT,
    sender    TEXT    NOT NULL,
    targets   BIGINT  NOT NULL DEFAULT 0,
    delivered BIGINT  NOT NULL DEFAULT 0,
    queued    BIGINT  NOT NULL DEFAULT 0
);

CREATE INDEX notifications_at ON notifications (at);
