-- The releases that zones were deployed to, by where they came from.
CREATE TABLE seen (
    mzone     TEXT NOT NULL,
    component TEXT NOT NULL,
    package   TEXT NOT NULL,
    repo      TEXT NOT NULL,
    tag       TEXT NOT NULL,
    digest    TEXT NOT NULL,
    time      TEXT NOT NULL,
    PRIMARY KEY (mzone, component, package, repo, tag, digest)
) STRICT;

CREATE TRIGGER seen_is_not_updated BEFORE UPDATE ON seen
BEGIN SELECT RAISE(ABORT, 'what was seen was seen'); END;

CREATE TRIGGER seen_is_not_deleted BEFORE DELETE ON seen
BEGIN SELECT RAISE(ABORT, 'what was seen was seen'); END;
