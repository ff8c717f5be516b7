//! What documents are held against: the records of zones, and an earlier revision.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use crate::cli::context::Context;
use crate::cli::file;
use crate::cli::recorded::recorded_zone;
use crate::failure::Failure;
use crate::hjson::{self, Tree};
use crate::lint::{DocumentKind, Earlier, Recorded, RecordedZone, Subject};
use crate::revision::{self, RevisionError, RevisionRequest};

/// What documents are held against
#[derive(Clone, Debug, Args)]
pub(super) struct CompareArgs {
    /// Hold manifests against what is recorded of a zone: the zone's name, or a FILE that `ddt
    /// status --json --releases` printed
    #[arg(long, value_name = "FILE|ZONE")]
    state: Vec<String>,
    /// Hold manifests against the same files at a git revision, such as origin/main
    #[arg(long, value_name = "GITREF")]
    against: Option<String>,
}

impl CompareArgs {
    /// Reads what is recorded of the zones that are named. A file is looked for first.
    pub(super) fn recorded(&self, context: &Context) -> Result<Recorded, Failure> {
        let mut zones = Vec::new();
        for named in &self.state {
            let path = context.working_directory.join(named);
            match named.parse() {
                Ok(mzone) if !path.exists() => zones.push(recorded_zone(mzone, context)?),
                _ => zones.extend(read_status(&path, named.as_ref())?),
            }
        }
        Ok(Recorded::new(zones))
    }

    /// Reads the manifests among the documents as they were; one that was not there then is
    /// new, and left out.
    pub(super) fn earlier(
        &self,
        subjects: &[Subject],
        context: &Context,
    ) -> Result<Option<Earlier>, Failure> {
        let Some(revision) = &self.against else {
            return Ok(None);
        };
        let mut documents = BTreeMap::new();
        for (directory, paths) in by_directory(subjects) {
            documents.extend(read_earlier(directory, &paths, revision, context)?);
        }
        let revision = revision.clone();
        Ok(Some(Earlier {
            revision,
            documents,
        }))
    }
}

fn read_status(path: &Utf8Path, shown: &Utf8Path) -> Result<Vec<RecordedZone>, Failure> {
    let unusable = || Failure::refused(format!("{shown} does not say which releases nodes have"));
    let bytes = file::read_named(path, shown)?;
    let text = String::from_utf8(bytes).map_err(|error| unusable().because(&error))?;
    RecordedZone::read(&text).map_err(|error| {
        unusable()
            .because(&error)
            .help("`ddt status --json --releases` prints such a file")
    })
}

/// The paths of the manifests, by their directory: git is started once for each.
fn by_directory(subjects: &[Subject]) -> BTreeMap<&Utf8Path, Vec<&Utf8Path>> {
    let mut directories: BTreeMap<&Utf8Path, Vec<&Utf8Path>> = BTreeMap::new();
    let manifests = subjects
        .iter()
        .filter(|subject| subject.kind == DocumentKind::Manifest);
    for path in manifests.map(|subject| subject.source.path()) {
        let directory = path.parent().unwrap_or(Utf8Path::new(""));
        directories.entry(directory).or_default().push(path);
    }
    directories
}

fn read_earlier(
    directory: &Utf8Path,
    paths: &[&Utf8Path],
    revision: &str,
    context: &Context,
) -> Result<Vec<(Utf8PathBuf, Tree)>, Failure> {
    let absolute = match directory.as_str() {
        "" => context.working_directory.clone(),
        _ => context.working_directory.join(directory),
    };
    let names = paths.iter().filter_map(|path| path.file_name());
    let names: Vec<&str> = names.collect();
    let request = RevisionRequest {
        directory: &absolute,
        revision,
        names: &names,
    };
    let contents = revision::read(request).map_err(|error| cannot(&error, revision))?;
    let earlier = paths.iter().zip(contents).filter_map(|(path, content)| {
        let tree = hjson::parse_bytes(&content?).tree;
        Some((path.to_path_buf(), tree))
    });
    Ok(earlier.collect())
}

fn cannot(error: &RevisionError, revision: &str) -> Failure {
    let message = format!("the documents cannot be held against `{revision}`");
    let failure = match error {
        RevisionError::Git { .. } | RevisionError::Answer { .. } => Failure::environment(message),
        _ => Failure::refused(message),
    };
    let failure = failure.because(error);
    match error {
        RevisionError::UnknownRevision { .. } => failure.help(
            "name a branch, a tag or a commit that the repository has; a shallow clone lacks most",
        ),
        RevisionError::Refused { .. } => {
            failure.help("`--against` needs the documents to be in a git repository")
        }
        RevisionError::Git { .. } => failure.help("`--against` needs the program `git`"),
        RevisionError::LineBreak(_) | RevisionError::Answer { .. } => failure,
    }
}
