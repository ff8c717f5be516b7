#![expect(clippy::unwrap_used, reason = "a test ends where a value is missing")]

use std::io::Write as _;

use super::*;

/// Says to a process that it is the child, and where to write.
const CHILD: &str = "DDT_TEST_PRIVATE_DIRECTORY";

fn place() -> (tempfile::TempDir, Utf8PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(directory.path().to_owned()).unwrap();
    (directory, root)
}

fn set_mode(path: &Utf8Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn write_file(path: &Utf8Path, audience: Audience) {
    let mut file = start_file(path.parent().unwrap()).unwrap();
    file.write_all(b"text").unwrap();
    finish_file(file, path.to_owned(), audience).unwrap();
}

fn write_everything(root: &Utf8Path) {
    create_directory(&root.join("a/b"), Audience::Owner).unwrap();
    create_own_directory(&root.join("own/c")).unwrap();
    create_directory(&root.join("all/d"), Audience::Everyone).unwrap();
    for _ in 0..2 {
        open_log(&root.join("a/log")).unwrap();
        create_file(&root.join("a/empty")).unwrap();
        write_file(&root.join("a/whole"), Audience::Owner);
        write_file(&root.join("all/whole"), Audience::Everyone);
    }
}

#[test]
fn permissions_are_the_same_under_any_umask() {
    if let Ok(root) = std::env::var(CHILD) {
        return write_everything(Utf8Path::new(&root));
    }
    let test = "files::tests::permissions_are_the_same_under_any_umask";
    for umask in ["000", "077", "777"] {
        let (_directory, root) = place();
        let status = std::process::Command::new("sh")
            .args(["-c", "umask \"$0\" && exec \"$@\"", umask])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", test])
            .env(CHILD, &root)
            .status();
        assert!(status.unwrap().success(), "umask {umask}");
        let modes = |paths: &[&str]| -> Vec<u32> {
            let modes = paths.iter().map(|path| mode(&root.join(path)).unwrap());
            modes.collect()
        };
        assert_eq!(modes(&["a", "a/b", "own", "own/c"]), [0o700; 4], "{umask}");
        assert_eq!(modes(&["a/log", "a/empty", "a/whole"]), [0o600; 3]);
        assert_eq!(modes(&["all", "all/d", "all/whole"]), [0o755, 0o755, 0o644]);
    }
}

#[test]
fn an_own_directory_is_taken_from_others() {
    let (_directory, root) = place();
    for (found, wanted) in [(0o777, 0o700), (0o755, 0o700), (0o700, 0o700)] {
        set_mode(&root, found);
        create_own_directory(&root).unwrap();
        assert_eq!(mode(&root).unwrap(), wanted);
    }
}

#[test]
fn any_other_directory_keeps_its_permissions() {
    let (_directory, root) = place();
    set_mode(&root, 0o750);
    for audience in [Audience::Owner, Audience::Everyone] {
        create_directory(&root, audience).unwrap();
        assert_eq!(mode(&root).unwrap(), 0o750);
    }
}

#[test]
fn a_directory_that_everybody_shares_is_nobodys_own() {
    let (_directory, root) = place();
    set_mode(&root, 0o1777);
    let error = create_own_directory(&root).unwrap_err();
    insta::assert_snapshot!(error, @"everybody may write to it: name a directory within it");
    assert_eq!(mode(&root).unwrap(), 0o1777);
}

#[test]
fn a_file_that_others_could_read_is_taken_from_them() {
    let (_directory, root) = place();
    let path = root.join("state.db");
    fs::write(&path, "content").unwrap();
    set_mode(&path, 0o644);
    create_file(&path).unwrap();
    assert_eq!(mode(&path).unwrap(), 0o600);
    assert_eq!(fs::read_to_string(&path).unwrap(), "content");
}
