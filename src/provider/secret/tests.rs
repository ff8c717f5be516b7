//! The sources at work: real files, programs, age, and a server that speaks as Vault does.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::str::FromStr;

use ::age::secrecy::ExposeSecret;
use ::age::x25519::Identity;
use camino::Utf8Path;

use super::*;

/// What one source gives, as text, or what is said of it.
async fn ask(sources: SecretSources, source: &str, directory: &Utf8Path) -> (String, Vec<String>) {
    let name = |text: &str| Name::from_str(text).expect("a name");
    let place = SecretPlace {
        source: source.parse().expect("a source"),
        directory: directory.to_owned(),
    };
    let (component, package) = (name("app"), name("app-release"));
    let wanted = Wanted {
        component: &component,
        package: &package,
        secrets: &BTreeMap::from([(name("token"), place)]),
    };
    let answers = sources.resolve(&[wanted]).await;
    let told = match answers.secrets {
        Ok(secrets) => {
            let secrets = secrets.of(&component, &package).expect("the package's");
            String::from_utf8_lossy(secrets[&name("token")].expose()).into_owned()
        }
        Err(problems) => problems
            .iter()
            .map(|problem| format!("{problem}\n  help: {}", problem.error.help()))
            .collect(),
    };
    (told, answers.warnings)
}

fn environment(name: &str) -> Option<String> {
    (name == "TOKEN").then(|| "of the environment".to_owned())
}

fn sources() -> SecretSources {
    SecretSources::new(environment, None)
}

/// A directory of the test, with its path taken out of what is said.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.0.path()).expect("UTF-8")
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>, mode: u32) {
        let path = self.path().join(name);
        std::fs::write(&path, content).expect("written");
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("set");
    }

    async fn told(&self, sources: SecretSources, source: &str) -> String {
        let (told, _) = ask(sources, source, self.path()).await;
        told.replace(self.path().as_str(), "DIRECTORY")
    }
}

#[tokio::test]
async fn a_variable_is_taken_as_it_is() {
    let place = Place::new();
    assert_eq!(
        place.told(sources(), "env:TOKEN").await,
        "of the environment"
    );
    insta::assert_snapshot!(place.told(sources(), "env:NO_TOKEN").await, @r#"
    the secret token of app-release, from env:NO_TOKEN: the variable NO_TOKEN is not set, or is not UTF-8
      help: set it in the environment of ddt: `export NO_TOKEN`
    "#);
}

#[tokio::test]
async fn a_file_is_read_beside_its_document_and_to_the_byte() {
    let place = Place::new();
    place.write("token", "of a file\n", 0o600);
    place.write("open", "of a file", 0o644);
    place.write("empty", "", 0o600);
    place.write("long", vec![b'x'; SecretValue::MAX_BYTES + 1], 0o600);
    assert_eq!(place.told(sources(), "file:token").await, "of a file\n");
    let (_, warnings) = ask(sources(), "file:token", place.path()).await;
    assert_eq!(warnings, [""; 0]);
    let (told, warnings) = ask(sources(), "file:open", place.path()).await;
    assert_eq!(told, "of a file");
    insta::assert_snapshot!(warnings.join("\n").replace(place.path().as_str(), "DIRECTORY"), @"every user of this machine can read DIRECTORY/open; `chmod 600` it");
    let mut said = Vec::new();
    for name in ["absent", ".", "empty", "long"] {
        said.push(place.told(sources(), &format!("file:{name}")).await);
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    the secret token of app-release, from file:absent: cannot read DIRECTORY/absent: No such file or directory (os error 2)
      help: put the file there, or name another source in `secrets`
    the secret token of app-release, from file:.: DIRECTORY/. is not a file
      help: put the file there, or name another source in `secrets`
    the secret token of app-release, from file:empty: it is empty
      help: look at what the source holds
    the secret token of app-release, from file:long: it has more than 65536 bytes
      help: look at what the source holds
    "#);
}

#[tokio::test]
async fn a_program_gives_what_it_prints_and_no_shell_reads_its_words() {
    let place = Place::new();
    place.write("token", "#!/bin/sh\nprintf '%s|' \"$@\"; pwd\n", 0o700);
    let told = place.told(sources(), "exec:./token 'a b' $HOME").await;
    assert_eq!(told, "a b|$HOME|DIRECTORY");
    let mut said = Vec::new();
    for command in [
        "./absent",
        "sh -c 'echo the vault is locked >&2; exit 3'",
        "true",
        "yes",
    ] {
        said.push(place.told(sources(), &format!("exec:{command}")).await);
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    the secret token of app-release, from exec:./absent: cannot run DIRECTORY/./absent: No such file or directory (os error 2)
      help: run the command by hand until it prints the secret
    the secret token of app-release, from exec:sh -c 'echo the vault is locked >&2; exit 3': it ended with exit status: 3, and said: the vault is locked
      help: run the command by hand until it prints the secret
    the secret token of app-release, from exec:true: it is empty
      help: look at what the source holds
    the secret token of app-release, from exec:yes: it printed more than 65536 bytes
      help: run the command by hand until it prints the secret
    "#);
}

#[tokio::test]
async fn an_age_file_is_decrypted_by_its_identity_alone() {
    let place = Place::new();
    let (identity, other) = (Identity::generate(), Identity::generate());
    let encrypted = ::age::encrypt(&identity.to_public(), b"of age").expect("encrypted");
    let armored = ::age::encrypt_and_armor(&identity.to_public(), b"of age").expect("encrypted");
    let text = |identity: &Identity| identity.to_string().expose_secret().to_owned();
    place.write("token.age", &encrypted, 0o600);
    place.write("armored.age", armored, 0o600);
    place.write("damaged.age", &encrypted[..encrypted.len() - 3], 0o600);
    place.write("plain.age", "of age", 0o600);
    place.write(
        "identity",
        format!("# created by a test\n{}\n", text(&identity)),
        0o600,
    );
    place.write("other", text(&other), 0o600);
    place.write("none", "nonsense", 0o600);
    let by = |name: &str| SecretSources::new(environment, Some(place.path().join(name)));
    assert_eq!(place.told(by("identity"), "age:token.age").await, "of age");
    assert_eq!(
        place.told(by("identity"), "age:armored.age").await,
        "of age"
    );
    let mut said = vec![place.told(sources(), "age:token.age").await];
    for (identity, file) in [
        ("other", "token.age"),
        ("none", "token.age"),
        ("absent", "token.age"),
        ("identity", "damaged.age"),
        ("identity", "plain.age"),
        ("identity", "absent.age"),
    ] {
        said.push(place.told(by(identity), &format!("age:{file}")).await);
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    the secret token of app-release, from age:token.age: no age identity is known
      help: name the file with the identity in `age_identity` of ddt.hjson, or in DDT_AGE_IDENTITY
    the secret token of app-release, from age:token.age: cannot decrypt DIRECTORY/token.age: it is encrypted to somebody else
      help: encrypt it to the recipient of the identity: `age-keygen -y IDENTITY`
    the secret token of app-release, from age:token.age: the age identity DIRECTORY/none: it holds no identity as `age-keygen` writes them
      help: name the file with the identity in `age_identity` of ddt.hjson, or in DDT_AGE_IDENTITY
    the secret token of app-release, from age:token.age: cannot read DIRECTORY/absent: No such file or directory (os error 2)
      help: put the file there, or name another source in `secrets`
    the secret token of app-release, from age:damaged.age: cannot decrypt DIRECTORY/damaged.age: it was damaged
      help: encrypt it to the recipient of the identity: `age-keygen -y IDENTITY`
    the secret token of app-release, from age:plain.age: cannot decrypt DIRECTORY/plain.age: it is not an age file
      help: encrypt it to the recipient of the identity: `age-keygen -y IDENTITY`
    the secret token of app-release, from age:absent.age: cannot read DIRECTORY/absent.age: No such file or directory (os error 2)
      help: put the file there, or name another source in `secrets`
    "#);
}

/// The environment of a test that speaks to the server below: functions cannot be closures here.
fn vault_environment(name: &str) -> Option<String> {
    match name {
        "VAULT_ADDR" => Some(format!("http://127.0.0.1:{}", vault_port())),
        "VAULT_TOKEN" => Some("good-token".to_owned()),
        "VAULT_NAMESPACE" => Some("team".to_owned()),
        _ => None,
    }
}

/// The port of one server for all tests of this process.
fn vault_port() -> u16 {
    static PORT: std::sync::OnceLock<u16> = std::sync::OnceLock::new();
    *PORT.get_or_init(|| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        std::thread::spawn(move || {
            listener
                .incoming()
                .flatten()
                .for_each(|stream| serve(&stream))
        });
        port
    })
}

/// Answers one request and ends the connection.
fn serve(mut stream: &TcpStream) {
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let has = |header: &str| head.iter().any(|line| line.eq_ignore_ascii_case(header));
    let path = head
        .first()
        .and_then(|line| line.split(' ').nth(1))
        .unwrap_or_default();
    let (status, body) = match path {
        _ if !has("X-Vault-Namespace: team") => ("400 Bad Request", "{}"),
        "/v1/auth/token/lookup-self" if has("X-Vault-Token: good-token") => (
            "200 OK",
            r#"{"data": {"ttl": 3600, "expire_time": "2030-01-01T00:00:00Z"}}"#,
        ),
        "/v1/auth/token/lookup-self" if has("X-Vault-Token: root-token") => {
            ("200 OK", r#"{"data": {"ttl": 0, "expire_time": null}}"#)
        }
        "/v1/auth/token/lookup-self" if has("X-Vault-Token: old-token") => (
            "200 OK",
            r#"{"data": {"ttl": 12, "expire_time": "2030-01-01T00:00:00Z"}}"#,
        ),
        "/v1/secret/data/db" => (
            "200 OK",
            r#"{"data": {"data": {"password": "of version 2"}, "metadata": {"version": 3}}}"#,
        ),
        "/v1/kv/db" => (
            "200 OK",
            r#"{"data": {"password": "of version 1", "port": 5432, "data": "odd"}}"#,
        ),
        "/v1/sealed" => ("503 Service Unavailable", "{}"),
        "/v1/standby" => ("307 Temporary Redirect", ""),
        "/v1/broken" => ("200 OK", "not JSON"),
        "/v1/secret/db" => ("404 Not Found", "{}"),
        _ => ("403 Forbidden", "{}"),
    };
    let length = body.len();
    // A client that has gone is no error of the server's.
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nLocation: http://127.0.0.2/\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
}

async fn told_by_vault(environment: Environment, source: &str) -> String {
    let place = Place::new();
    let told = place
        .told(SecretSources::new(environment, None), source)
        .await;
    told.replace(&vault_port().to_string(), "PORT")
}

#[tokio::test]
async fn vault_gives_what_either_version_of_its_engine_holds() {
    let told = async |source| told_by_vault(vault_environment, source).await;
    assert_eq!(told("vault:secret/data/db#password").await, "of version 2");
    assert_eq!(told("vault:kv/db#password").await, "of version 1");
    assert_eq!(told("vault:kv/db#port").await, "5432");
    assert_eq!(told("vault:kv/db#data").await, "odd");
}

#[tokio::test]
async fn what_vault_does_not_give_is_said() {
    let mut said = Vec::new();
    for source in [
        "vault:secret/db#password",
        "vault:secret/data/db#user",
        "vault:forbidden/db#password",
        "vault:sealed#a",
        "vault:standby#a",
        "vault:broken#a",
    ] {
        said.push(told_by_vault(vault_environment, source).await);
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    the secret token of app-release, from vault:secret/db#password: Vault has nothing at secret/db
      help: look with `vault read PATH`; in a version 2 engine PATH has `data` after the mount, such as vault:secret/data/db#password
    the secret token of app-release, from vault:secret/data/db#user: Vault has secret/data/db, but no user in it
      help: look with `vault read PATH`; in a version 2 engine PATH has `data` after the mount, such as vault:secret/data/db#password
    the secret token of app-release, from vault:forbidden/db#password: the Vault token may not read forbidden/db
      help: look with `vault read PATH`; in a version 2 engine PATH has `data` after the mount, such as vault:secret/data/db#password
    the secret token of app-release, from vault:sealed#a: Vault at http://127.0.0.1:PORT is sealed, or down for maintenance
      help: check VAULT_ADDR, and the way there: `vault status`
    the secret token of app-release, from vault:standby#a: Vault at http://127.0.0.1:PORT sends ddt to another address, and no token is sent there
      help: check VAULT_ADDR, and the way there: `vault status`
    the secret token of app-release, from vault:broken#a: Vault at http://127.0.0.1:PORT answers with something else than JSON
      help: check VAULT_ADDR, and the way there: `vault status`
    "#);
}

#[tokio::test]
async fn a_token_that_has_expired_or_will_is_told_before_anything_is_read() {
    fn with(token: &str, name: &str) -> Option<String> {
        match name {
            "VAULT_TOKEN" => Some(token.to_owned()),
            _ => vault_environment(name),
        }
    }
    let source = "vault:secret/data/db#password";
    assert_eq!(
        told_by_vault(|name| with("root-token", name), source).await,
        "of version 2"
    );
    let said = [
        told_by_vault(|name| with("old-token", name), source).await,
        told_by_vault(|name| with("revoked-token", name), source).await,
        told_by_vault(|name| with("two words", name), source).await,
    ];
    insta::assert_snapshot!(said.join("\n"), @r#"
    the secret token of app-release, from vault:secret/data/db#password: the Vault token expires in 12 seconds
      help: log in again: `vault login`, then set VAULT_TOKEN
    the secret token of app-release, from vault:secret/data/db#password: the Vault token is not valid, or has expired
      help: log in again: `vault login`, then set VAULT_TOKEN
    the secret token of app-release, from vault:secret/data/db#password: the Vault token is not one: it is a single word
      help: ddt reads VAULT_ADDR, VAULT_TOKEN, VAULT_NAMESPACE and VAULT_CACERT
    "#);
}

#[tokio::test]
async fn vault_is_asked_only_where_it_is_safe() {
    fn at(address: &str, name: &str) -> Option<String> {
        match name {
            "VAULT_ADDR" => Some(address.to_owned()),
            _ => vault_environment(name),
        }
    }
    let source = "vault:secret/data/db#password";
    let said = [
        told_by_vault(|_| None, source).await,
        told_by_vault(|name| at("http://vault.example.com:8200", name), source).await,
        told_by_vault(|name| at("vault.example.com", name), source).await,
        told_by_vault(|name| at("http://127.0.0.1:1", name), source).await,
    ];
    insta::assert_snapshot!(said.join("\n"), @r#"
    the secret token of app-release, from vault:secret/data/db#password: VAULT_ADDR is not set
      help: ddt reads VAULT_ADDR, VAULT_TOKEN, VAULT_NAMESPACE and VAULT_CACERT
    the secret token of app-release, from vault:secret/data/db#password: VAULT_ADDR is not encrypted; only this machine itself is asked without TLS
      help: ddt reads VAULT_ADDR, VAULT_TOKEN, VAULT_NAMESPACE and VAULT_CACERT
    the secret token of app-release, from vault:secret/data/db#password: VAULT_ADDR is not an address, such as https://vault.example.com:8200
      help: ddt reads VAULT_ADDR, VAULT_TOKEN, VAULT_NAMESPACE and VAULT_CACERT
    the secret token of app-release, from vault:secret/data/db#password: Vault at http://127.0.0.1:1 cannot be reached: Connection refused (os error 111)
      help: check VAULT_ADDR, and the way there: `vault status`
    "#);
}
