//! Keys of a manifest: repeated, unknown, swallowed.

use super::{MANIFEST, refused, refused_with, sound};
use crate::support::snapshot::assert_said;
use snapbox::str;

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

#[test]
fn a_repo_for_all_packages_that_is_misspelt() {
    assert_said(
        &refused_with(MANIFEST, "  artifrepo:", "  artifrepp:"),
        str![[r#"
error[DDT201]: unknown key `artifrepp`
   ╭─[manifest.hjson:3:3]
 2 │   mzone: zone-1
 3 │   artifrepp: dir:bundles
   ·   ─────────
 4 │   components: {
   ╰────
  help: did you mean `artifrepo`?

1 error
error: manifest.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn a_repo_for_all_packages_that_is_misplaced() {
    let zone = sound();
    let wrong = zone
        .manifest()
        .replacen("  artifrepo: dir:bundles\n", "", 1);
    let wrong = wrong.replacen(
        "    hostos: {",
        "    hostos: {\n      artifrepo: dir:bundles",
        1,
    );
    zone.write(MANIFEST, wrong);
    assert_said(
        &refused(&zone),
        str![[r#"
error[DDT206]: `artifrepo` does not belong here
   ╭─[manifest.hjson:5:7]
 4 │     hostos: {
 5 │       artifrepo: dir:bundles
   ·       ─────────
 6 │       packages: {
   ╰────
  help: move it to the root of the document

1 error
error: manifest.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn components_in_a_circle() {
    let zone = sound();
    let lamps = "    lamps: {
      requires: [
        hostos
      ]
      packages: {
        lamp-light: {
          tag: 3.0.6-20220602T124916Z_887ca13
        }
      }
    }
    hostos: {
      requires: [
        lamps
      ]";
    zone.write(
        MANIFEST,
        zone.manifest().replacen("    hostos: {", lamps, 1),
    );
    assert_said(
        &refused(&zone),
        str![[r#"
error[DDT408]: lamps → hostos → lamps come before each other in a circle
   ╭─[manifest.hjson:5:5]
 4 │   components: {
 5 │     lamps: {
   ·     ──┬──
   ·       ╰── comes before `hostos`
 6 │       requires: [
   ╰────
    ╭─[manifest.hjson:15:5]
 14 │     }
 15 │     hostos: {
    ·     ───┬──
    ·        ╰── comes before `lamps`
 16 │       requires: [
    ╰────
  help: remove one step of the circle

1 error
error: manifest.hjson is not usable; nothing was started

"#]],
    );
}
