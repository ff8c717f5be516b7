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
fn that_do_not_exist() {
    let zone = sound();
    let ended = zone.run(&["deploy", "missing.hjson"]).exits(2);
    assert_said(
        &ended.stderr,
        str![[r#"
error: cannot read missing.hjson
  cause: No such file or directory (os error 2)

"#]],
    );
}

#[test]
fn that_are_directories() {
    let zone = sound();
    zone.write("zones/.keep", "");
    let ended = zone.run(&["deploy", "zones"]).exits(2);
    assert_said(
        &ended.stderr,
        str![[r#"
error: zones is a directory, a file is expected

"#]],
    );
}

#[test]
fn that_are_empty() {
    assert_said(
        &refused(""),
        str![[r#"
error[DDT207]: the document is empty
   ╭─[manifest.hjson:1:1]
 1 │
   · ▲
   ╰────
  help: write at least `mzone` and `components`

1 error
error: manifest.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn that_begin_with_a_byte_order_mark() {
    assert_said(
        &refused(format!("\u{feff}{}", sound().manifest())),
        str![[r#"
error[DDT003]: the file starts with a byte order mark; some parsers read the whole file as one string
   ╭─[manifest.hjson:1:1]
 1 │ \u{feff}{
   · ────────
 2 │   mzone: zone-1
   ╰────
  help: delete the first three bytes of the file; save it as UTF-8 without BOM

1 error
error: manifest.hjson is not usable; nothing was started

"#]],
    );
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
fn that_are_not_utf8() {
    let mut bytes = sound().manifest().into_bytes();
    bytes[12] = 0xff;
    assert_said(
        &refused(bytes),
        str![[r#"
error[DDT003]: bytes that are not UTF-8 (shown as U+FFFD)
   ╭─[manifest.hjson:2:11]
 1 │ {
 2 │   mzone: z�ne-1
   ·           ─
 3 │   artifrepo: dir:bundles
   ╰────
  help: save the file as UTF-8

1 error
error: manifest.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn that_are_too_deep() {
    assert_said(
        &refused("[".repeat(1_000_000)),
        str![[r#"
error[DDT005]: nesting exceeds 128 levels
   ╭─[manifest.hjson:1:129]
 1 │ ...[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[...
   ·                                            ─
   ╰────
  help: flatten the document

1 error
error: manifest.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn that_are_too_large() {
    assert_said(
        &refused(vec![b' '; 100_000_000]),
        str![[r#"
error: manifest.hjson is larger than 64 MiB, too large for a document

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
