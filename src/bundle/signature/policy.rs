//! Whose statements count, and how many it takes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::key::PublicKey;
use super::signatures::{Signatures, SignedStatement};
use super::statement::{Release, Statement};
use crate::document::YesNo;
use crate::name::Name;

/// How far the clock of who signs may be ahead.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// A key whose statements count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrustedKey {
    /// The public key, as `ddt bundle keygen` prints it: `RW…`.
    pub key: PublicKey,
    /// The moment from which it counts, such as `2026-01-01T00:00:00Z`. What it signed before
    /// does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub from: Option<Timestamp>,
    /// The moment from which it does not count any more, whenever it signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub until: Option<Timestamp>,
    /// Whether it is revoked, `yes` or `no` (the default): nothing it ever signed counts.
    #[serde(default)]
    pub revoked: YesNo,
}

/// What it takes to trust a release, now.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    /// The keys, by the names that people gave them.
    pub keys: &'a BTreeMap<Name, TrustedKey>,
    /// How many of them must have signed; a key counts once, under whatever names. 0 is 1.
    pub threshold: u32,
    /// The time.
    pub now: Timestamp,
}

/// Too few statements count.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words())]
pub struct NotTrusted {
    /// How many it takes.
    pub needed: u32,
    /// The keys whose statements count.
    pub counted: Vec<Name>,
    /// The statements that do not, and why.
    pub rejected: Vec<Rejected>,
}

/// Why a statement does not count.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// It is no signature in the form of ddt.
    #[error("a signature is damaged")]
    Malformed,
    /// Nobody trusts the key.
    #[error("the key {0} is not in `trusted_keys`")]
    UnknownKey(String),
    /// The signature is not that of the key, or the statement was changed.
    #[error("the signature by `{0}` is wrong: the statement or the signature was changed")]
    Forged(Name),
    /// The key is revoked.
    #[error("the key `{0}` is revoked")]
    Revoked(Name),
    /// The key is not valid any more.
    #[error("the key `{0}` does not count any more, since {1}")]
    KeyExpired(Name, Timestamp),
    /// The key signed before it counted.
    #[error("the key `{0}` signed before {1}, from when on it is valid")]
    BeforeKey(Name, Timestamp),
    /// The statement is about something else.
    #[error("the statement by `{0}` is about {1}")]
    OtherRelease(Name, Box<Release>),
    /// The statement does not count any more.
    #[error("the statement by `{0}` expired at {1}")]
    Expired(Name, Timestamp),
    /// The statement was made in the future.
    #[error("the statement by `{0}` was signed at {1}, which is still to come")]
    Future(Name, Timestamp),
}

impl NotTrusted {
    fn words(&self) -> String {
        let Self {
            needed, counted, ..
        } = self;
        let keys = counted.iter().map(Name::as_str).collect::<Vec<_>>();
        match &keys[..] {
            [] if *needed == 1 => "it has no signature that counts".into(),
            [] => format!("it has none of the {needed} signatures it needs"),
            keys => format!(
                "it has {} of the {needed} signatures it needs, by {}",
                keys.len(),
                keys.join(", ")
            ),
        }
    }
}

impl Policy<'_> {
    /// The keys that vouch for a release, or what is missing.
    pub fn check(
        &self,
        release: &Release,
        signatures: &Signatures,
    ) -> Result<Vec<Name>, NotTrusted> {
        let mut voted = BTreeSet::new();
        let (mut counted, mut rejected) = (Vec::new(), Vec::new());
        for signed in signatures.iter() {
            match self.vote(release, signed) {
                Ok((name, key)) if voted.insert(key) => counted.push(name.clone()),
                // A second statement of a key adds nothing.
                Ok(_) => {}
                Err(reason) => rejected.push(reason),
            }
        }
        let needed = self.threshold.max(1);
        match u32::try_from(counted.len()).unwrap_or(u32::MAX) >= needed {
            true => Ok(counted),
            false => Err(NotTrusted {
                needed,
                counted,
                rejected,
            }),
        }
    }

    /// The key whose vote a statement is.
    fn vote(
        &self,
        release: &Release,
        signed: &SignedStatement,
    ) -> Result<(&Name, &PublicKey), Rejected> {
        let id = signed.signer().ok_or(Rejected::Malformed)?;
        let named = self
            .keys
            .iter()
            .filter(|(_, trusted)| trusted.key.id() == id);
        let named: Vec<_> = named.collect();
        let Some((first, _)) = named.first() else {
            return Err(Rejected::UnknownKey(id));
        };
        // A key that is listed twice is revoked if either entry says so.
        if let Some((name, _)) = named.iter().find(|(_, trusted)| trusted.revoked.is_yes()) {
            return Err(Rejected::Revoked((*name).clone()));
        }
        let signer = named.iter().find(|(_, trusted)| signed.is_by(&trusted.key));
        let Some((name, trusted)) = signer else {
            return Err(Rejected::Forged((*first).clone()));
        };
        let statement = signed.statement().map_err(|_| Rejected::Malformed)?;
        self.refuse(name, trusted, release, &statement)?;
        Ok((name, &trusted.key))
    }

    /// Refuses a genuine statement that does not count for this release now.
    fn refuse(
        &self,
        name: &Name,
        trusted: &TrustedKey,
        release: &Release,
        statement: &Statement,
    ) -> Result<(), Rejected> {
        let name = name.clone();
        let Statement {
            signed, expires, ..
        } = *statement;
        match (trusted.from, trusted.until) {
            (_, Some(until)) if self.now >= until => return Err(Rejected::KeyExpired(name, until)),
            (Some(from), _) if signed < from => return Err(Rejected::BeforeKey(name, from)),
            _ => {}
        }
        if statement.release != *release {
            let other = Box::new(statement.release.clone());
            return Err(Rejected::OtherRelease(name, other));
        }
        if self.now >= expires {
            return Err(Rejected::Expired(name, expires));
        }
        let latest = self.now.checked_add(SKEW).unwrap_or(Timestamp::MAX);
        match signed > latest {
            true => Err(Rejected::Future(name, signed)),
            false => Ok(()),
        }
    }
}
