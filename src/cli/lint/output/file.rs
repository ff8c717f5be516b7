//! Writes a report so that whoever reads the file sees all of it or what was there before.

use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;

use camino::Utf8Path;

/// A report is for other programs and users; the umask takes away what it should.
const MODE: u32 = 0o666;

/// Writes a whole file. What a link points to is written; a pipe or a device is written to, not replaced.
pub(super) fn write(path: &Utf8Path, text: &str) -> io::Result<()> {
    let target = match path.canonicalize_utf8() {
        Ok(target) if !target.is_file() => return std::fs::write(path, text),
        Ok(target) => target,
        Err(_) => path.to_owned(),
    };
    let directory = target.parent().unwrap_or(Utf8Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".ddt-lint-")
        .permissions(Permissions::from_mode(MODE))
        .tempfile_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.persist(&target).map_err(|error| error.error)?;
    Ok(())
}
