//! Which image of an index is meant: by operating system and architecture.

use std::fmt;

use oci_spec::image::{Arch, Descriptor, ImageIndex, MediaType, Os};

use super::error::RegistryErrorKind;

/// What the images of an index are for, in the words of OCI: always Linux here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    architecture: Arch,
}

impl Platform {
    /// Linux on an architecture as `uname -m` prints it.
    pub fn linux(machine: &str) -> Self {
        let architecture = match machine {
            "x86_64" => Arch::Amd64,
            "aarch64" => Arch::ARM64,
            "i386" | "i486" | "i586" | "i686" => Arch::i386,
            "armv6l" | "armv7l" | "arm" => Arch::ARM,
            "ppc64le" => Arch::PowerPC64le,
            other => Arch::from(other),
        };
        Self { architecture }
    }

    /// Linux on the architecture of this machine.
    pub fn of_this_machine() -> Self {
        Self::linux(std::env::consts::ARCH)
    }

    /// The image of an index for this platform; the only one there is, if it does not say what it is for.
    pub(super) fn choose<'a>(
        &self,
        index: &'a ImageIndex,
    ) -> Result<&'a Descriptor, RegistryErrorKind> {
        let images: Vec<_> = index
            .manifests()
            .iter()
            .filter(|one| is_image(one))
            .collect();
        if let [only] = images[..]
            && only.platform().is_none()
        {
            return Ok(only);
        }
        let fits = |one: &&&Descriptor| {
            let platform = one.platform().as_ref();
            platform.is_some_and(|one| {
                *one.os() == Os::Linux && *one.architecture() == self.architecture
            })
        };
        let found = images.iter().find(fits);
        found.copied().ok_or_else(|| RegistryErrorKind::Platform {
            wanted: self.to_string(),
            available: available(&images),
        })
    }
}

/// Builders add statements about images, which are for the platform `unknown/unknown`.
fn is_image(descriptor: &Descriptor) -> bool {
    let kind = descriptor.media_type();
    let is_manifest =
        *kind == MediaType::ImageManifest || kind.to_string() == super::release::DOCKER_MANIFEST;
    let platform = descriptor.platform().as_ref();
    is_manifest && platform.is_none_or(|platform| platform.os().to_string() != "unknown")
}

fn available(images: &[&Descriptor]) -> String {
    let platforms = images.iter().map(|image| match image.platform() {
        Some(platform) => format!("{}/{}", platform.os(), platform.architecture()),
        None => "an unnamed platform".to_owned(),
    });
    let platforms: Vec<_> = platforms.collect();
    match platforms.is_empty() {
        true => "no platform".to_owned(),
        false => platforms.join(", "),
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "linux/{}", self.architecture)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use serde_json::json;

    use super::*;

    fn index(platforms: &[Option<(&str, &str)>]) -> ImageIndex {
        let manifests = platforms.iter().enumerate().map(|(size, platform)| {
            let mut one = json!({
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "digest": format!("sha256:{}", "0".repeat(64)),
                "size": size,
            });
            if let Some((os, architecture)) = platform {
                one["platform"] = json!({ "os": os, "architecture": architecture });
            }
            one
        });
        let manifests: Vec<_> = manifests.collect();
        serde_json::from_value(json!({ "schemaVersion": 2, "manifests": manifests })).unwrap()
    }

    #[test]
    fn chooses_by_platform() {
        let several = index(&[
            Some(("unknown", "unknown")),
            Some(("linux", "arm64")),
            Some(("linux", "amd64")),
        ]);
        let chosen = |machine| {
            Platform::linux(machine)
                .choose(&several)
                .map(Descriptor::size)
        };
        assert_eq!(chosen("x86_64").unwrap(), 2);
        assert_eq!(chosen("aarch64").unwrap(), 1);
        insta::assert_snapshot!(chosen("s390x").unwrap_err(), @"has it for linux/arm64, linux/amd64, and not for linux/s390x");
        let only = index(&[None, Some(("unknown", "unknown"))]);
        assert_eq!(Platform::linux("s390x").choose(&only).unwrap().size(), 0);
        insta::assert_snapshot!(Platform::linux("s390x").choose(&index(&[])).unwrap_err(), @"has it for no platform, and not for linux/s390x");
    }
}
