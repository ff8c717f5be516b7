//! Manifests that are no HJSON, or hardly.

use super::{MANIFEST, sound};
use crate::support::snapshot::assert_said;
use snapbox::str;

/// What is said about a manifest of these bytes.
#[track_caller]
fn refused(manifest: impl AsRef<[u8]>) -> String {
    let zone = sound();
    zone.write(MANIFEST, manifest);
    super::refused(&zone)
}

#[test]
fn that_hold_a_nul() {
    assert_said(
        &refused(sound().manifest().replacen("zone-1", "zone\0-1", 1)),
        str![[r#"
error[DDT003]: NUL character in the file
   ╭─[manifest.hjson:2:14]
 1 │ {
 2 │   mzone: zone\u{0}-1
   ·              ─────
 3 │   artifrepo: dir:bundles
   ╰────
  help: delete it, or write `\u0000` in a quoted string

1 error
error: manifest.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn that_end_too_early() {
    assert_said(
        &refused("{\n  mzone: zone-1\n  components: {\n"),
        str![[r#"
error[DDT002]: `{` opened at 3:15 never closes
   ╭─[manifest.hjson:3:15]
 1 │ {
   · ┬
   · ╰── this is still open too
 2 │   mzone: zone-1
 3 │   components: {
   ·               ─
   ╰────
  help: put `}` on its own line; an unquoted string runs to the end of its line

1 error
error: manifest.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn that_close_a_brace_behind_a_value() {
    assert_said(
        &refused("{ mzone: zone-1 }\n"),
        str![[r#"
error[DDT002]: `{` opened at 1:1 never closes
   ╭─[manifest.hjson:1:1]
 1 │ { mzone: zone-1 }
   · ─        ────┬───
   · │            ╰── `zone-1 }` was read as one string, up to the end of the line
   ╰────
  help: put `}` on its own line; an unquoted string runs to the end of its line

1 error
error: manifest.hjson is not usable; nothing was started

"#]],
    );
}
