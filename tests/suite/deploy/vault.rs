//! Secrets from a Vault that speaks TLS: it proves who it is, or gets no token.

use std::path::Path;

use crate::support::certificates::Certificates;
use crate::support::faulty_registry::{Answer, Asked, FaultyRegistry};
use crate::support::process::Ended;
use crate::support::zone::Zone;

const PACKAGE: &str = "hostos-boot-release";
const TOKEN: &str = "t0ken";
const CANARY: &str = "canary-hunter2";

/// What Vault answers to those who have the token.
fn answer(asked: &Asked) -> Answer {
    match (asked.header("x-vault-token"), asked.path.as_str()) {
        (Some(TOKEN), "/v1/auth/token/lookup-self") => {
            Answer::status(200).body(r#"{"data": {"ttl": 0, "expire_time": null}}"#)
        }
        (Some(TOKEN), "/v1/kv/db") => {
            Answer::status(200).body(format!(r#"{{"data": {{"password": "{CANARY}"}}}}"#))
        }
        _ => Answer::status(403),
    }
}

/// A Vault, the authority that certifies it, and a zone with a secret there.
struct Vault {
    server: FaultyRegistry,
    certificates: Certificates,
    zone: Zone,
}

impl Vault {
    fn new() -> Option<Self> {
        let certificates = Certificates::new()?;
        let server =
            FaultyRegistry::serving_tls(Path::new("/"), &certificates, |asked| Some(answer(asked)));
        let mut zone = Zone::hostos(&["node-1"]);
        zone.release(PACKAGE)
            .descriptor("secrets: [ \"password\" ]")
            .entry(r#"secrets: { password: "vault:kv/db#password" }"#)
            .step(
                "deploy",
                "cat \"$DDT_SECRETS/password\" >\"$DDT_ROOT/password\"",
            );
        Some(Self {
            server,
            certificates,
            zone,
        })
    }

    fn address(&self) -> String {
        format!("https://{}", self.server.host())
    }

    /// Deploys with this address, and with this file of authorities, if there is one.
    fn deploy(&self, address: &str, authorities: Option<&Path>) -> Ended {
        self.zone.write_documents();
        let mut command = self.zone.ddt(&["deploy", "manifest.hjson"]);
        command.env("VAULT_ADDR", address).env("VAULT_TOKEN", TOKEN);
        command.envs(authorities.map(|path| ("VAULT_CACERT", path)));
        self.zone.start_command(command).end()
    }

    /// The same, where it is refused: nothing has run, and nobody has got the token.
    #[track_caller]
    fn refused(&self, address: &str, authorities: Option<&Path>) -> Ended {
        let ended = self.deploy(address, authorities).exits(2);
        let steps = self.zone.node("node-1").steps();
        assert!(steps.is_empty(), "something ran: {steps:?}");
        assert!(self.server.asked().is_empty(), "somebody got the token");
        ended.says("not every secret can be had; nothing was started")
    }
}

#[test]
fn a_vault_that_an_own_authority_certifies_gives_the_secret() {
    let Some(vault) = Vault::new() else {
        return;
    };
    let authority = vault.certificates.ca();
    vault
        .deploy(&vault.address(), Some(&authority))
        .exits(0)
        .does_not_say(CANARY);
    let installed = std::fs::read_to_string(vault.zone.path("nodes/node-1/password"));
    assert_eq!(installed.expect("the step wrote it"), CANARY);
}

#[test]
fn a_vault_that_does_not_prove_who_it_is_gets_no_token() {
    let (Some(vault), Some(other)) = (Vault::new(), Certificates::new()) else {
        return;
    };
    for authorities in [None, Some(other.ca())] {
        vault
            .refused(&vault.address(), authorities.as_deref())
            .says(&format!(
                "from vault:kv/db#password: Vault at {} does not prove that it is the one meant: \
                 invalid peer certificate",
                vault.address()
            ))
            .says("name its file in VAULT_CACERT");
    }
}

#[test]
fn authorities_that_cannot_be_read_are_told() {
    let Some(vault) = Vault::new() else {
        return;
    };
    let absent = vault.zone.path("absent.crt");
    vault
        .refused(&vault.address(), Some(&absent))
        .says("VAULT_CACERT [DIR]/absent.crt: No such file or directory");
    let empty = vault.zone.write("empty.crt", "not a certificate\n");
    vault
        .refused(&vault.address(), Some(&empty))
        .says("VAULT_CACERT [DIR]/empty.crt: it holds no certificate");
}

#[test]
fn a_vault_elsewhere_is_not_asked_without_tls() {
    let Some(vault) = Vault::new() else {
        return;
    };
    vault
        .refused("http://192.0.2.1:8200", None)
        .says("VAULT_ADDR is not encrypted; only this machine itself is asked without TLS");
}
