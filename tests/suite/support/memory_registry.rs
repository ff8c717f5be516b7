//! A registry in memory that knows the referrers API, if a test wants it to: Debian's does not. A test can look into it,
//! and change what it holds.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::faulty_registry::{Answer, Asked, FaultyRegistry};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// Who lists what refers to a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Referrers {
    /// The registry.
    Listed,
    /// The registry, which lets nothing be deleted.
    ListedForEver,
    /// Nobody.
    Unknown,
}

/// What the registry holds, whatever the repository: documents by tag and digest, blobs by digest.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) documents: BTreeMap<String, Vec<u8>>,
    pub(crate) blobs: BTreeMap<String, Vec<u8>>,
    /// How a list of what refers to a manifest is given.
    pub(crate) pages: Pages,
}

/// The pages of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Pages {
    /// One with everything.
    #[default]
    One,
    /// One for each entry.
    Each,
    /// One after the other, for ever.
    Endless,
}

/// A running registry.
#[derive(Debug)]
pub(crate) struct MemoryRegistry {
    server: FaultyRegistry,
    content: Arc<Mutex<Content>>,
}

impl MemoryRegistry {
    pub(crate) fn new(referrers: Referrers) -> Self {
        let content: Arc<Mutex<Content>> = Arc::default();
        let served = Arc::clone(&content);
        let server = FaultyRegistry::serving(Path::new("/"), move |asked| {
            let mut content = served.lock().expect("no test panics in there");
            let answer = content.answer(asked, referrers);
            Some(match asked.method.as_str() {
                "HEAD" => answer.cut(0),
                _ => answer,
            })
        });
        Self { server, content }
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn host(&self) -> String {
        self.server.host()
    }

    /// Everything that was asked, in order.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.server.asked()
    }

    /// What it holds, to look at and to change.
    pub(crate) fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().expect("no test panics in there")
    }
}

impl Content {
    /// Keeps a document under a name, and under its digest, which is returned.
    pub(crate) fn put(&mut self, name: &str, bytes: Vec<u8>) -> String {
        let digest = digest(&bytes);
        self.documents.insert(digest.clone(), bytes.clone());
        self.documents.insert(name.to_owned(), bytes);
        digest
    }

    fn answer(&mut self, asked: &Asked, referrers: Referrers) -> Answer {
        let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
        let name = path.rsplit('/').next().unwrap_or_default();
        match (asked.method.as_str(), path) {
            ("GET", path) if path.contains("/referrers/") && referrers != Referrers::Unknown => {
                self.page(&self.referrers(name), query)
            }
            ("GET" | "HEAD", path) if path.contains("/manifests/") => {
                given(self.documents.get(name))
            }
            ("GET" | "HEAD", _) => given(self.blobs.get(name)),
            ("POST", _) => Answer::status(202)
                .header("Location", "/v2/x/blobs/uploads/1")
                .body(""),
            ("PUT", path) if path.contains("/manifests/") => {
                self.put(name, asked.body.clone());
                Answer::status(201).body("")
            }
            ("PUT", _) => {
                let digest = query.strip_prefix("digest=").unwrap_or_default();
                self.blobs
                    .insert(digest.replace("%3A", ":"), asked.body.clone());
                Answer::status(201).body("")
            }
            ("DELETE", _) if referrers == Referrers::Listed => {
                self.documents.remove(name);
                Answer::status(202).body("")
            }
            _ => Answer::status(405).body(""),
        }
    }

    /// The page of a list that is asked for.
    fn page(&self, entries: &[Value], query: &str) -> Answer {
        let number = query
            .strip_prefix("page=")
            .and_then(|number| number.parse().ok());
        let number: usize = number.unwrap_or(0);
        let (shown, next) = match self.pages {
            Pages::One => (entries, None),
            Pages::Each => {
                let rest = entries.get(number..).unwrap_or_default();
                (
                    rest.get(..1).unwrap_or_default(),
                    (rest.len() > 1).then_some(number + 1),
                )
            }
            Pages::Endless => (&entries[..0], Some(0)),
        };
        let answer = Answer::status(200).header("Content-Type", INDEX);
        let answer = match next {
            Some(next) => answer.header("Link", &format!("<?page={next}>; rel=\"next\"")),
            None => answer,
        };
        answer.body(index(shown).to_string())
    }

    /// What has a digest for its subject.
    fn referrers(&self, digest: &str) -> Vec<Value> {
        let by_digest = self
            .documents
            .iter()
            .filter(|(name, _)| name.starts_with("sha256:"));
        let entries = by_digest.filter_map(|(name, bytes)| {
            let document: Value = serde_json::from_slice(bytes).ok()?;
            (document["subject"]["digest"] == digest).then(|| entry(name, bytes, &document))
        });
        entries.collect()
    }
}

/// What refers to a document in an index.
pub(crate) fn entry(digest: &str, bytes: &[u8], document: &Value) -> Value {
    json!({
        "mediaType": document["mediaType"],
        "artifactType": document["artifactType"],
        "digest": digest,
        "size": bytes.len(),
    })
}

/// An index with these entries.
pub(crate) fn index(entries: &[Value]) -> Value {
    json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": entries })
}

/// The digest of some bytes.
pub(crate) fn digest(bytes: &[u8]) -> String {
    let hex = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>();
    format!("sha256:{hex}")
}

fn given(found: Option<&Vec<u8>>) -> Answer {
    match found {
        Some(bytes) => Answer::status(200).body(bytes.as_slice()),
        None => Answer::status(404).body(""),
    }
}
