//! Tests with real repositories.

use std::fs;

use tempfile::TempDir;

use super::*;

/// A directory, and git in it without anybody's settings.
struct Repository {
    root: TempDir,
}

impl Repository {
    fn directory() -> Self {
        let root = TempDir::new().expect("a directory");
        Self { root }
    }

    fn new() -> Self {
        let repository = Self::directory();
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.root.path()).expect("UTF-8")
    }

    fn git(&self, arguments: &[&str]) {
        let status = Command::new("git")
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", self.root.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .args(["-C", self.path().as_str()])
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(arguments)
            .status();
        assert!(status.expect("git starts").success(), "{arguments:?}");
    }

    fn commit(&self, files: &[(&str, &[u8])]) {
        for (name, content) in files {
            let path = self.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            fs::write(path, content).expect("a file");
        }
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "a"]);
    }

    /// The files as text; the directory is left out of an error.
    fn read(&self, directory: &str, revision: &str, names: &[&str]) -> Result<Texts, String> {
        let directory = self.path().join(directory);
        let read = read(RevisionRequest {
            directory: &directory,
            revision,
            names,
        });
        let text = |content: Vec<u8>| String::from_utf8(content).expect("text");
        match read {
            Ok(contents) => Ok(contents.into_iter().map(|one| one.map(text)).collect()),
            Err(error) => Err(error.to_string().replace(self.path().as_str(), "ROOT")),
        }
    }
}

type Texts = Vec<Option<String>>;

fn texts(expected: &[Option<&str>]) -> Result<Texts, String> {
    Ok(expected.iter().map(|one| one.map(str::to_owned)).collect())
}

#[test]
fn reads_files_as_they_were() {
    let repository = Repository::new();
    repository.commit(&[("a", b"one\n"), ("zone/b", b""), ("zone/c d", b"x\n\ny")]);
    repository.commit(&[("a", b"two\n"), ("zone/b", b"new\n")]);
    fs::write(repository.path().join("a"), "not committed").expect("a file");
    let read = |directory, revision, names: &[&str]| repository.read(directory, revision, names);
    assert_eq!(read("", "main", &["a"]), texts(&[Some("two\n")]));
    assert_eq!(read("", "HEAD~1", &["a"]), texts(&[Some("one\n")]));
    let zone = ["b", "c d", "e", "b"];
    let then = [Some(""), Some("x\n\ny"), None, Some("")];
    assert_eq!(read("zone", "main~1", &zone), texts(&then));
    assert_eq!(
        read("", "main", &["zone", "zone/b"]),
        texts(&[None, Some("new\n")])
    );
    assert_eq!(read("", "main", &[]), texts(&[]));
}

#[test]
fn many_long_files_are_read_by_one_process() {
    let repository = Repository::new();
    let long = "line\n".repeat(50_000);
    let names: Vec<String> = (0..40).map(|number| format!("file-{number}")).collect();
    let files: Vec<(&str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), long.as_bytes()))
        .collect();
    repository.commit(&files);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let read = repository.read("", "HEAD", &names).expect("they are there");
    assert!(
        read.iter()
            .all(|text| text.as_deref() == Some(long.as_str()))
    );
    assert_eq!(read.len(), 40);
}

#[test]
fn says_what_is_not_there() {
    let repository = Repository::new();
    repository.commit(&[("a", b"one\n")]);
    let failed = |revision: &str| {
        repository
            .read("", revision, &["a"])
            .expect_err("it cannot be read")
    };
    insta::assert_snapshot!(failed("mian"), @"the git repository of ROOT/ has no revision `mian`");
    insta::assert_snapshot!(failed("HEAD:a"), @"the git repository of ROOT/ has no revision `HEAD:a`");
    insta::assert_snapshot!(failed("--help"), @"the git repository of ROOT/ has no revision `--help`");
    insta::assert_snapshot!(failed(""), @"the git repository of ROOT/ has no revision ``");
    insta::assert_snapshot!(failed("a\nb"), @r#""a\nb" has a line break, which git cannot be asked for"#);
    let missing = repository
        .read("missing", "main", &["a"])
        .expect_err("it cannot be read");
    insta::assert_snapshot!(missing, @"git cannot read ROOT/missing: fatal: cannot change to 'ROOT/missing': No such file or directory");
}

#[test]
fn says_where_there_is_no_repository() {
    let directory = Repository::directory();
    let failed = directory
        .read("", "main", &["a"])
        .expect_err("it cannot be read");
    insta::assert_snapshot!(failed, @"git cannot read ROOT/: fatal: not a git repository (or any of the parent directories): .git");
}
