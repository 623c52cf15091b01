-- What waits: for users who are away, and for its turn to go out.

-- Users that the gateway has seen: nothing is kept for others.
CREATE TABLE users (
    id   TEXT   PRIMARY KEY,
    name TEXT   NOT NULL,
    at   BIGINT NOT NULL
);

CREATE INDEX users_at ON users (at);

-- `namespace` is where a letter is heard; without one it is a notification, which is heard anywhere.
CREATE TABLE mailbox (
    id        INTEGER PRIMARY KEY,
    at        BIGINT  NOT NULL,
    recipient TEXT    NOT NULL,
    namespace TEXT,
    event     TEXT    NOT NULL,
    payload   TEXT    NOT NULL
);

CREATE INDEX mailbox_recipient ON mailbox (recipient, id);
CREATE INDEX mailbox_at ON mailbox (at);

-- What backends were told is accepted, until it has been sent. Numbers grow in the order of acceptance.
CREATE TABLE outbox (
    id   BIGINT PRIMARY KEY,
    at   BIGINT NOT NULL,
    kind TEXT   NOT NULL,
    body TEXT   NOT NULL
);

CREATE INDEX outbox_kind ON outbox (kind, id);

-- The ids that a backend gave with its messages, so that one that is sent twice within 24 hours goes out once.
CREATE TABLE published (
    producer TEXT   NOT NULL,
    id       TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (producer, id)
);

CREATE INDEX published_at ON published (at);
