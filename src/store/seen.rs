//! Which releases zones were ever deployed to: who offers an older one later, as if it were the
//! newest, is found out. The table can only grow.

use rusqlite::params;

use super::rows::column;
use super::{Store, StoreError};
use crate::digest::Digest;
use crate::name::Name;
use crate::reference::Repo;
use crate::tag::{ReleaseTag, TagOrder};

/// A release of a package, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenRelease {
    /// The component of the package.
    pub component: Name,
    /// The package.
    pub package: Name,
    /// Where its bundle came from.
    pub repo: Repo,
    /// The release.
    pub tag: ReleaseTag,
    /// The content that it had.
    pub digest: Digest,
}

impl Store {
    /// Remembers releases of a zone; those that are known already are not written again.
    pub fn record_seen(
        &mut self,
        mzone: &Name,
        releases: &[SeenRelease],
    ) -> Result<(), StoreError> {
        let now = (self.clock)().to_string();
        self.change(|connection| {
            let sql = "INSERT OR IGNORE INTO seen (mzone, component, package, repo, tag, digest, time) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let mut statement = connection.prepare(sql)?;
            for release in releases {
                statement.execute(params![
                    mzone.as_str(),
                    release.component.as_str(),
                    release.package.as_str(),
                    release.repo.to_string(),
                    release.tag.to_string(),
                    release.digest.to_string(),
                    now,
                ])?;
            }
            Ok(())
        })
    }

    /// The newest release of a package that a zone was ever deployed to from the same repo.
    pub fn newest_seen(
        &self,
        mzone: &Name,
        release: &SeenRelease,
    ) -> Result<Option<ReleaseTag>, StoreError> {
        let tags: Vec<ReleaseTag> = self.query(|connection| {
            let sql = "SELECT tag FROM seen \
                       WHERE mzone = ?1 AND component = ?2 AND package = ?3 AND repo = ?4";
            let mut statement = connection.prepare(sql)?;
            let key = params![
                mzone.as_str(),
                release.component.as_str(),
                release.package.as_str(),
                release.repo.to_string(),
            ];
            statement.query_map(key, |row| column(row, 0))?.collect()
        })?;
        let newer = |one: ReleaseTag, other: ReleaseTag| match one.order(&other) {
            TagOrder::Older => other,
            _ => one,
        };
        Ok(tags.into_iter().reduce(newer))
    }
}
