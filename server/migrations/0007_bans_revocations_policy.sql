-- `target` is `user 7` or `address 203.0.113.0/24`, in the canonical form.
CREATE TABLE bans (
    target TEXT   PRIMARY KEY,
    reason TEXT   NOT NULL,
    until  BIGINT,
    author TEXT   NOT NULL,
    at     BIGINT NOT NULL
);

CREATE INDEX bans_until ON bans (until);

-- Tokens that are good no more: `target` is `everybody`, `user 7` or `token <jti>`.
CREATE TABLE revocations (
    target        TEXT   PRIMARY KEY,
    issued_before BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);

CREATE INDEX revocations_expiry ON revocations (expires_at);

-- What operators say of limits, over the configuration and what is built in.
CREATE TABLE policy (
    namespace TEXT   NOT NULL,
    event     TEXT   NOT NULL,
    ceiling   BIGINT NOT NULL,
    author    TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (namespace, event)
);
