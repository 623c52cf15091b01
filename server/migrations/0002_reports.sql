-- Ids of backends' reports, so that one that is sent twice within 24 hours counts once.
CREATE TABLE reports (
    id TEXT   PRIMARY KEY,
    at BIGINT NOT NULL
);

CREATE INDEX reports_at ON reports (at);
