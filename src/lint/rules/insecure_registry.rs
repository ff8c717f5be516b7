//! DDT703 insecure-registry: a registry cannot prove that it is the one meant.

use crate::document::Severity;
use crate::hjson::KeyPath;
use crate::lint::context::ManifestContext;
use crate::lint::finding::{Finding, Place};
use crate::lint::registries;
use crate::lint::rule::{Activation, Check, Fixable, Given, Rule, RuleDocs};
use crate::project::Project;
use crate::reference::RegistryHost;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    code: "DDT703",
    name: "insecure-registry",
    severity: Severity::Error,
    fixable: Fixable::No,
    default: Activation::On,
    summary: "a registry is reached without encryption, or has no name",
    docs: RuleDocs {
        why: "Without TLS anybody on the way can hand out another bundle. An address instead of a \
            name cannot be checked against a certificate that people recognise, and port \
            80 is that of plain HTTP. The machine itself (`localhost`, `127.0.0.1`) is exempt. \
            `plain_http: yes` of a registry in `ddt.hjson` is a warning, wherever it is used.",
        fix: "Write the host name of the registry, with its TLS port where that is not 443.",
        bad: include_str!("../../../fixtures/lint/DDT703/bad.hjson"),
        good: include_str!("../../../fixtures/lint/DDT703/good.hjson"),
        given: Given::Nothing,
    },
    checks: &[Check::Manifest(check), Check::Project(check_project)],
};

fn check(context: &ManifestContext<'_>) -> Vec<Finding> {
    let written = registries::written(context.manifest).into_iter();
    written
        .filter_map(|(path, text)| Some((path, fault(&text)?)))
        .map(|(path, fault)| {
            Finding::new(fault)
                .at(Place::Value(path), "")
                .help("write the host name under which the registry speaks TLS")
        })
        .collect()
}

/// What somebody has allowed on purpose is a warning, and refuses nothing.
fn check_project(project: &Project) -> Vec<Finding> {
    let plain = project.registries.iter();
    plain
        .filter(|(host, registry)| registry.plain_http.is_yes() && !is_this_machine(host))
        .map(|(host, _)| {
            let host = host.to_string();
            let path = KeyPath::from(["registries", &host, "plain_http"]);
            Finding::new(format!(
                "the registry `{host}` is reached without encryption"
            ))
            .severity(Severity::Warning)
            .at(Place::Value(path), "")
            .help("let it speak TLS; `ca` names a file with its certificate authority")
        })
        .collect()
}

fn is_this_machine(host: &RegistryHost) -> bool {
    let text = host.to_string();
    let name = text
        .rsplit_once(':')
        .map_or(text.as_str(), |(name, _)| name);
    is_loopback(name, name.parse().ok())
}

/// What is insecure about a repo as it is written.
fn fault(repo: &str) -> Option<String> {
    if repo.starts_with("dir:") {
        return None;
    }
    let is_plain = repo
        .get(..7)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"));
    let rest = if is_plain { repo.get(7..)? } else { repo };
    let host_and_port = rest.split('/').next().unwrap_or_default();
    let (host, port) = match host_and_port.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (host_and_port, None),
    };
    let address: Option<core::net::Ipv4Addr> = host.parse().ok();
    match address {
        _ if is_loopback(host, address) => None,
        _ if is_plain => Some("`http://` is not encrypted".to_owned()),
        _ if port == Some("80") => Some("port 80 is that of plain HTTP".to_owned()),
        Some(address) => Some(format!("the registry `{address}` has no name")),
        None => None,
    }
}

fn is_loopback(host: &str, address: Option<core::net::Ipv4Addr>) -> bool {
    host == "localhost" || address.is_some_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{fault, is_this_machine};

    #[test]
    fn this_machine_needs_no_encryption() {
        let is_local = |host: &str| host.parse().map(|host| is_this_machine(&host)).ok();
        assert_eq!(is_local("localhost:5000"), Some(true));
        assert_eq!(is_local("127.0.0.9:5000"), Some(true));
        assert_eq!(is_local("registry.example.com:5000"), Some(false));
        assert_eq!(is_local("10.0.0.5:5000"), Some(false));
    }

    #[test]
    fn only_tls_by_name_is_secure() {
        for repo in [
            "registry.example.com/team",
            "localhost:80",
            "127.0.0.1:5000",
            "dir:80",
            "host:8080",
            "",
        ] {
            assert_eq!(fault(repo), None, "{repo}");
        }
        let said = [
            "http://registry.example.com/team",
            "HTTP://h",
            "10.0.0.5:5000/team",
            "registry.example.com:80",
        ]
        .map(fault);
        insta::assert_debug_snapshot!(said, @r#"
        [
            Some(
                "`http://` is not encrypted",
            ),
            Some(
                "`http://` is not encrypted",
            ),
            Some(
                "the registry `10.0.0.5` has no name",
            ),
            Some(
                "port 80 is that of plain HTTP",
            ),
        ]
        "#);
    }
}
