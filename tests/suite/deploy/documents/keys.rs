//! Keys of a manifest: repeated, unknown, swallowed.

use super::{MANIFEST, refused_with};
use crate::support::snapshot::assert_said;
use snapbox::str;

#[test]
fn a_key_twice() {
    assert_said(
        &refused_with(MANIFEST, "  artifrepo:", "  mzone: zone-2\n  artifrepo:"),
        str![[r#"
error[DDT105]: `mzone` is repeated; the one at 2:3 is ignored
   ╭─[manifest.hjson:3:3]
 1 │ {
 2 │   mzone: zone-1
   ·   ──┬──
   ·     ╰── this one is ignored
 3 │   mzone: zone-2
   ·   ──┬──
   ·     ╰── this one counts
 4 │   artifrepo: dir:bundles
   ╰────
  help: keep one of them

1 error
error: manifest.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn an_unknown_key() {
    let tag = "tag: 3.0.6-20220602T124916Z_887ca13";
    let misspelt = format!("{tag}\n          forcerebot: yes");
    assert_said(
        &refused_with(MANIFEST, tag, &misspelt),
        str![[r#"
error[DDT201]: unknown key `forcerebot`
    ╭─[manifest.hjson:9:11]
  8 │           tag: 3.0.6-20220602T124916Z_887ca13
  9 │           forcerebot: yes
    ·           ──────────
 10 │         }
    ╰────
  help: did you mean `forcereboot`?

1 error
error: manifest.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn a_line_that_is_swallowed_by_a_tag() {
    let tag = "tag: 3.0.6-20220602T124916Z_887ca13";
    assert_said(
        &refused_with(MANIFEST, tag, "tag:\n          forcereboot: yes"),
        str![[r#"
error[DDT101]: `tag` has no value; it swallowed the next line
    ╭─[manifest.hjson:8:11]
  7 │         hostos-boot-release: {
  8 │           tag:
    ·           ─┬─
    ·            ╰── value missing here
  9 │           forcereboot: yes
    ·           ────────┬───────
    ·                   ╰── parsed as the value of `tag`
 10 │         }
    ╰────
  note: an HJSON value may start on the following line
  help: write `tag: MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha`

1 error
error: manifest.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn a_comment_that_is_swallowed_by_a_tag() {
    assert_said(
        &refused_with(MANIFEST, "Z_887ca13", "Z_887ca13 # pinned"),
        str![[r#"
error[DDT102]: `# pinned` is part of the value of `tag`
   ╭─[manifest.hjson:8:47]
 7 │         hostos-boot-release: {
 8 │           tag: 3.0.6-20220602T124916Z_887ca13 # pinned
   ·                                               ────┬───
   ·                                                   ╰── not a comment
 9 │         }
   ╰────
  note: an unquoted string runs to the end of its line
  help: move the comment to a line of its own, or put the value in double quotes

1 error
error: manifest.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn an_unknown_package() {
    assert_said(
        &refused_with(MANIFEST, "hostos-boot-release", "hostos-bot-release"),
        str![[r#"
error[DDT205]: unknown package `hostos-bot-release`
   ╭─[manifest.hjson:7:9]
 6 │       packages: {
 7 │         hostos-bot-release: {
   ·         ──────────────────
 8 │           tag: 3.0.6-20220602T124916Z_887ca13
   ╰────
  help: did you mean `hostos-boot-release`?

1 error
error: manifest.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn an_unknown_component() {
    assert_said(
        &refused_with(MANIFEST, "    hostos: {", "    hostoss: {"),
        str![[r#"
error[DDT205]: unknown component `hostoss`
   ╭─[manifest.hjson:5:5]
 4 │   components: {
 5 │     hostoss: {
   ·     ───────
 6 │       packages: {
   ╰────
  note: a component of your own needs a definition beside ddt.hjson
  help: did you mean `hostos`?

1 error
error: manifest.hjson is not usable; nothing was started

"#]],
    );
}
