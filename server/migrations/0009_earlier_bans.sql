-- The ban whose place this one took: it holds again where this one is taken back.

ALTER TABLE bans ADD COLUMN earlier_reason TEXT;
ALTER TABLE bans ADD COLUMN earlier_until BIGINT;
ALTER TABLE bans ADD COLUMN earlier_author TEXT;
ALTER TABLE bans ADD COLUMN earlier_at BIGINT;
