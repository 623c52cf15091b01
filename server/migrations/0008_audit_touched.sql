-- Whom of those who were connected an act was about: how many, and some of them, as JSON. Earlier acts have none.

ALTER TABLE audit ADD COLUMN touched TEXT;
