//! Certificates for servers on loopback, by an authority that nobody knows but the test.

use super::docker_registry::is_installed;
use super::skip::skip;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;

/// An authority, and what it certifies: that a server is `localhost` and `127.0.0.1`.
#[derive(Debug)]
pub(crate) struct Certificates {
    temporary: TempDir,
}

impl Certificates {
    /// New ones. `None` when this machine cannot make any (the test is then recorded as skipped, and should return).
    pub(crate) fn new() -> Option<Self> {
        can_be_made().then(|| {
            let temporary = TempDir::new().expect("a directory");
            make(temporary.path());
            Self { temporary }
        })
    }

    /// The file of the authority.
    pub(crate) fn ca(&self) -> PathBuf {
        self.temporary.path().join("ca.crt")
    }

    /// How a server speaks TLS with them.
    pub(crate) fn server(&self) -> Arc<ServerConfig> {
        let path = |name| self.temporary.path().join(name);
        let certificate = CertificateDer::from_pem_file(path("server.crt")).expect("a certificate");
        let key = PrivateKeyDer::from_pem_file(path("server.key")).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key);
        Arc::new(config.expect("the key is the certificate's"))
    }
}

/// Whether this machine can make any; if not, the test is recorded as skipped.
pub(super) fn can_be_made() -> bool {
    let can = is_installed("openssl");
    if !can {
        skip("openssl is not installed");
    }
    can
}

/// Writes `ca.crt`, `server.crt` and `server.key` to a directory.
pub(super) fn make(directory: &Path) {
    let commands = "
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=ca \
            -keyout ca.key -out ca.crt
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
            -keyout server.key -out server.csr
        printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\\n' >extensions
        openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 \
            -extfile extensions -out server.crt";
    let made = Command::new("sh")
        .args(["-ec", commands])
        .current_dir(directory)
        .output()
        .expect("sh starts");
    let said = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success(), "no certificates:\n{said}");
}
