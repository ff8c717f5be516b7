#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::*;
use crate::digest::Digest;
use crate::document::YesNo;
use crate::name::Name;

const NOW: &str = "2026-06-01T12:00:00Z";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn release(tag: &str) -> Release {
    Release {
        bundle: name("demo"),
        tag: tag.parse().unwrap(),
        digest: Digest::of(tag.as_bytes()),
        size: 7680,
    }
}

fn statement(release: Release) -> Statement {
    Statement {
        release,
        signed: time("2026-06-01T00:00:00Z"),
        expires: time("2026-09-01T00:00:00Z"),
    }
}

/// Keys by name, and what they have signed.
struct Team {
    keys: BTreeMap<Name, TrustedKey>,
    secrets: BTreeMap<Name, SecretKey>,
    signatures: Signatures,
}

impl Team {
    fn new(names: &[&str]) -> Self {
        let made = names
            .iter()
            .map(|one| (name(one), SecretKey::generate().unwrap()));
        let secrets: BTreeMap<_, _> = made.collect();
        let trusted = secrets.iter().map(|(name, secret)| {
            let key = TrustedKey {
                key: secret.public(),
                from: None,
                until: None,
                revoked: YesNo::No,
            };
            (name.clone(), key)
        });
        Self {
            keys: trusted.collect(),
            secrets,
            signatures: Signatures::default(),
        }
    }

    fn key(&mut self, named: &str) -> &mut TrustedKey {
        self.keys.get_mut(&name(named)).unwrap()
    }

    fn signs(&mut self, named: &str, statement: &Statement) {
        let signed = SignedStatement::new(statement, &self.secrets[&name(named)]).unwrap();
        self.signatures.add(signed);
    }

    fn check(&self, wanted: &Release, threshold: u32) -> Result<Vec<Name>, NotTrusted> {
        let policy = Policy {
            keys: &self.keys,
            threshold,
            now: time(NOW),
        };
        policy.check(wanted, &self.signatures)
    }

    /// Why not, with what differs from test to test named.
    fn refused(&self, wanted: &Release, threshold: u32) -> String {
        let missing = self.check(wanted, threshold).unwrap_err();
        let reasons = missing
            .rejected
            .iter()
            .map(|reason| format!("\n  {reason}"));
        let mut text = format!("{missing}{}", reasons.collect::<String>());
        for secret in self.secrets.values() {
            text = text.replace(&secret.public().id(), "[ID]");
        }
        text
    }
}

#[test]
fn a_statement_has_one_text() {
    let text = statement(release("1.2.3")).to_string();
    assert_eq!(text.parse(), Ok(statement(release("1.2.3"))));
    insta::assert_snapshot!(text);
    for other in [
        text.replace("size 7680", "size 07680"),
        text.replace("00:00:00Z", "00:00:00.0Z"),
        text.replace("bundle demo", "bundle  demo"),
        format!("{text}\n"),
        text.replace("statement 1", "statement 2"),
    ] {
        assert_eq!(other.parse::<Statement>(), Err(StatementError), "{other}");
    }
}

#[test]
fn enough_keys_vouch_and_each_has_one_vote() {
    let mut team = Team::new(&["alice", "bob", "carol"]);
    let wanted = release("1.2.3");
    assert_eq!(team.refused(&wanted, 1), "it has no signature that counts");
    team.signs("alice", &statement(wanted.clone()));
    team.signs("alice", &statement(wanted.clone()));
    assert_eq!(
        team.refused(&wanted, 2),
        "it has 1 of the 2 signatures it needs, by alice"
    );
    // The same key under another name has no second vote.
    let again = team.key("alice").clone();
    team.keys.insert(name("alias"), again);
    assert!(team.check(&wanted, 2).is_err());
    team.signs("carol", &statement(wanted.clone()));
    assert_eq!(team.check(&wanted, 2).unwrap().len(), 2);
    assert!(team.check(&wanted, 3).is_err());
}

#[test]
fn what_does_not_count_is_said() {
    let wanted = release("1.2.3");
    let mut said = Vec::new();
    let mut case = |change: &dyn Fn(&mut Team)| {
        let mut team = Team::new(&["alice"]);
        change(&mut team);
        said.push(team.refused(&wanted, 1));
    };
    let signs = |team: &mut Team, statement: Statement| team.signs("alice", &statement);
    case(&|team| {
        signs(team, statement(wanted.clone()));
        team.keys.clear();
    });
    case(&|team| {
        signs(team, statement(wanted.clone()));
        team.key("alice").revoked = YesNo::Yes;
    });
    case(&|team| {
        signs(team, statement(wanted.clone()));
        team.key("alice").until = Some(time(NOW));
    });
    case(&|team| {
        signs(team, statement(wanted.clone()));
        team.key("alice").from = Some(time("2026-06-01T00:00:01Z"));
    });
    case(&|team| {
        let expires = time(NOW);
        signs(
            team,
            Statement {
                expires,
                ..statement(wanted.clone())
            },
        );
    });
    case(&|team| {
        let signed = time("2026-06-01T12:05:01Z");
        signs(
            team,
            Statement {
                signed,
                ..statement(wanted.clone())
            },
        );
    });
    // Mix and match: the name of one release, the content of another.
    case(&|team| signs(team, statement(release("1.2.4"))));
    case(&|team| {
        let digest = Digest::of(b"another content");
        signs(
            team,
            statement(Release {
                digest,
                ..wanted.clone()
            }),
        );
    });
    case(&|team| {
        let size = 7681;
        signs(
            team,
            statement(Release {
                size,
                ..wanted.clone()
            }),
        );
    });
    case(&|team| {
        let bundle = name("other");
        signs(
            team,
            statement(Release {
                bundle,
                ..wanted.clone()
            }),
        );
    });
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_clock_that_is_a_little_ahead_is_no_fault() {
    let mut team = Team::new(&["alice"]);
    let signed = time("2026-06-01T12:05:00Z");
    let wanted = release("1.2.3");
    team.signs(
        "alice",
        &Statement {
            signed,
            ..statement(wanted.clone())
        },
    );
    assert!(team.check(&wanted, 1).is_ok());
}

#[test]
fn a_revoked_key_does_not_count_under_another_name() {
    let mut team = Team::new(&["alice"]);
    let wanted = release("1.2.3");
    team.signs("alice", &statement(wanted.clone()));
    let again = team.key("alice").clone();
    team.key("alice").revoked = YesNo::Yes;
    team.keys.insert(name("zoe"), again);
    assert!(team.check(&wanted, 1).is_err());
}

#[test]
fn every_changed_byte_is_refused() {
    let mut team = Team::new(&["alice"]);
    let wanted = release("1.2.3");
    team.signs("alice", &statement(wanted.clone()));
    assert!(team.check(&wanted, 1).is_ok());
    let bytes = team.signatures.text().into_bytes();
    for place in 0..bytes.len() {
        for bit in [1, 2, 32] {
            let mut changed = bytes.clone();
            changed[place] ^= bit;
            if let Ok(read) = Signatures::read(&changed) {
                team.signatures = read;
                let checked = team.check(&wanted, 1);
                assert!(checked.is_err(), "byte {place} may be changed");
            }
        }
    }
}

#[test]
fn every_cut_is_refused() {
    let mut team = Team::new(&["alice"]);
    team.signs("alice", &statement(release("1.2.3")));
    let text = team.signatures.text();
    for end in 0..text.len() {
        assert!(Signatures::read(&text.as_bytes()[..end]).is_err(), "{end}");
    }
}

#[test]
fn a_signature_with_short_lines_is_no_signature() {
    let mut team = Team::new(&["alice"]);
    team.signs("alice", &statement(release("1.2.3")));
    let signature = SecretKey::generate().unwrap().sign("text").unwrap();
    let lines: Vec<&str> = signature.lines().collect();
    let key = SecretKey::generate().unwrap().public();
    for cut in 0..lines.len() {
        for short in ["", "AAAA", &lines[cut][..lines[cut].len() / 2]] {
            let mut changed = lines.clone();
            changed[cut] = short;
            assert!(!key.has_signed("text", &(changed.join("\n") + "\n")));
        }
    }
}

#[test]
fn a_passphrase_protects_the_secret_key() {
    let (public, file) = SecretKey::generate_file(Some("open sesame".to_owned())).unwrap();
    assert!(!SecretKey::is_plain(&file));
    let read = SecretKey::read(&file, Some("open sesame".to_owned())).unwrap();
    assert_eq!(read.public(), public);
    assert_eq!(
        public.file().trim_end().parse::<PublicKey>().unwrap(),
        public
    );
    let wrong = SecretKey::read(&file, Some("another".to_owned()));
    assert!(matches!(wrong, Err(KeyError::Passphrase)));
    assert!(matches!(
        SecretKey::read(&file, None),
        Err(KeyError::Passphrase)
    ));
    assert!(matches!(
        SecretKey::read("text", None),
        Err(KeyError::Passphrase | KeyError::NotSecret)
    ));
}

#[test]
fn what_is_no_public_key_is_refused() {
    for text in [
        "",
        "RW",
        "x".repeat(56).as_str(),
        "untrusted comment: x\nRW",
    ] {
        assert!(text.parse::<PublicKey>().is_err(), "{text}");
    }
}
