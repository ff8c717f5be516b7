//! Manifests that can be read and are wrong: keys, values and names.

use super::bad_manifests::refused;
use crate::support::snapshot::assert_said;
use crate::support::zone::Zone;
use snapbox::str;

/// What is said about the manifest of HostOS after a change to its text.
#[track_caller]
fn refused_with(from: &str, to: &str) -> String {
    let sound = Zone::hostos(&["node-1"]).manifest();
    assert!(sound.contains(from), "there is no `{from}` to change");
    refused(sound.replacen(from, to, 1))
}

#[test]
fn a_key_twice() {
    assert_said(
        &refused_with("  artifrepo:", "  mzone: zone-2\n  artifrepo:"),
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
    assert_said(
        &refused_with("artifrepo:", "artifrepos:"),
        str![[r#"
error[DDT201]: unknown key `artifrepos`
   ╭─[manifest.hjson:3:3]
 2 │   mzone: zone-1
 3 │   artifrepos: dir:bundles
   ·   ──────────
 4 │   components: {
   ╰────
  help: did you mean `artifrepo`?

error[DDT202]: `hostos-boot-release` lacks `artifrepo`, and so does the manifest
   ╭─[manifest.hjson:7:30]
 6 │       packages: {
 7 │         hostos-boot-release: {
   ·                              ─
 8 │           tag: 3.0.6-20220602T124916Z_887ca13
   ╰────
  help: add `artifrepo: HOST[:PORT][/PREFIX]` here, or at the root for all packages

error[DDT202]: `hostos-config-release` lacks `artifrepo`, and so does the manifest
    ╭─[manifest.hjson:10:32]
  9 │         }
 10 │         hostos-config-release: {
    ·                                ─
 11 │           tag: 3.5.79-20220716T084253Z_0ffa960
    ╰────
  help: add `artifrepo: HOST[:PORT][/PREFIX]` here, or at the root for all packages

error[DDT202]: `hostos-base-os-sw-release` lacks `artifrepo`, and so does the manifest
    ╭─[manifest.hjson:13:36]
 12 │         }
 13 │         hostos-base-os-sw-release: {
    ·                                    ─
 14 │           tag: 3.4.83-20220708T144532Z_1b241f2
    ╰────
  help: add `artifrepo: HOST[:PORT][/PREFIX]` here, or at the root for all packages

error[DDT202]: `hostos-base-net-sw-release` lacks `artifrepo`, and so does the manifest
    ╭─[manifest.hjson:16:37]
 15 │         }
 16 │         hostos-base-net-sw-release: {
    ·                                     ─
 17 │           tag: 3.8.16-20220722T190519Z_018cee7
    ╰────
  help: add `artifrepo: HOST[:PORT][/PREFIX]` here, or at the root for all packages

error[DDT202]: `hostos-nextgen-os-sw-release` lacks `artifrepo`, and so does the manifest
    ╭─[manifest.hjson:19:39]
 18 │         }
 19 │         hostos-nextgen-os-sw-release: {
    ·                                       ─
 20 │           tag: 3.1.96-20220721T153534Z_de4442c
    ╰────
  help: add `artifrepo: HOST[:PORT][/PREFIX]` here, or at the root for all packages

error[DDT202]: `hostos-post-config-release` lacks `artifrepo`, and so does the manifest
    ╭─[manifest.hjson:22:37]
 21 │         }
 22 │         hostos-post-config-release: {
    ·                                     ─
 23 │           tag: 3.5.79-20220716T084253Z_0ffa960
    ╰────
  help: add `artifrepo: HOST[:PORT][/PREFIX]` here, or at the root for all packages

error[DDT202]: `hostos-kernel-patch-release` lacks `artifrepo`, and so does the manifest
    ╭─[manifest.hjson:25:38]
 24 │         }
 25 │         hostos-kernel-patch-release: {
    ·                                      ─
 26 │           tag: 3.1.10-20220622T070711Z_1412be2
    ╰────
  help: add `artifrepo: HOST[:PORT][/PREFIX]` here, or at the root for all packages

8 errors
error: manifest.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn a_line_that_is_swallowed_by_a_tag() {
    let tag = "tag: 3.0.6-20220602T124916Z_887ca13";
    assert_said(
        &refused_with(tag, "tag:\n          forcereboot: yes"),
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
        &refused_with("Z_887ca13", "Z_887ca13 # pinned"),
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
        &refused_with("hostos-boot-release", "hostos-bot-release"),
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
        &refused_with("    hostos: {", "    hostoss: {"),
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
fn a_word_that_is_not_yes_or_no() {
    let tag = "tag: 3.0.6-20220602T124916Z_887ca13";
    let on = format!("{tag}\n          forcereboot: on");
    assert_said(
        &refused_with(tag, &on),
        str![[r#"
error[DDT204]: `forcereboot`: `on` is not yes or no
    ╭─[manifest.hjson:9:24]
  8 │           tag: 3.0.6-20220602T124916Z_887ca13
  9 │           forcereboot: on
    ·                        ──
 10 │         }
    ╰────
  help: use `yes` or `no`

1 error
error: manifest.hjson is not usable; nothing was started

"#]],
    );
    let one = format!("{tag}\n          forcereboot: 1");
    assert_said(
        &refused_with(tag, &one),
        str![[r#"
error[DDT204]: `forcereboot`: `1` is not yes or no
    ╭─[manifest.hjson:9:24]
  8 │           tag: 3.0.6-20220602T124916Z_887ca13
  9 │           forcereboot: 1
    ·                        ─
 10 │         }
    ╰────
  help: use `yes` or `no`

1 error
error: manifest.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn a_tag_that_is_none() {
    assert_said(
        &refused_with(
            "3.0.6-20220602T124916Z_887ca13",
            "3.0.6-20221302T124916Z_887ca13",
        ),
        str![[r#"
error[DDT302]: `tag`: `20221302T124916Z` is not a moment that exists: there is no month 13
   ╭─[manifest.hjson:8:22]
 7 │         hostos-boot-release: {
 8 │           tag: 3.0.6-20221302T124916Z_887ca13
   ·                      ────────────────
 9 │         }
   ╰────
  help: correct the build time; are day and month swapped?

1 error
error: manifest.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn several_mistakes_at_once() {
    let sound = Zone::hostos(&["node-1"]).manifest();
    let wrong = sound
        .replacen("3.0.6-", "3.0-", 1)
        .replacen("mzone: zone-1", "mzone: -zone", 1);
    assert_said(
        &refused(wrong.replacen("hostos-base-net-sw", "hostos-base-nt-sw", 1)),
        str![[r#"
error[DDT203]: `mzone`: a name starts with a letter or a digit, not with '-'
   ╭─[manifest.hjson:2:10]
 1 │ {
 2 │   mzone: -zone
   ·          ─────
 3 │   artifrepo: dir:bundles
   ╰────
  help: choose another name

error[DDT301]: `tag`: not MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha; it stopped at MINOR
   ╭─[manifest.hjson:8:19]
 7 │         hostos-boot-release: {
 8 │           tag: 3.0-20220602T124916Z_887ca13
   ·                   ─────────────────────────
 9 │         }
   ╰────
  help: write MAJOR.MINOR.PATCH-YYYYMMDDTHHMMSSZ_sha

error[DDT205]: unknown package `hostos-base-nt-sw-release`
    ╭─[manifest.hjson:16:9]
 15 │         }
 16 │         hostos-base-nt-sw-release: {
    ·         ─────────────────────────
 17 │           tag: 3.8.16-20220722T190519Z_018cee7
    ╰────
  help: did you mean `hostos-base-net-sw-release`?

3 errors
error: manifest.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn a_bundle_that_is_nowhere() {
    assert_said(
        &refused_with(
            "3.1.10-20220622T070711Z_1412be2",
            "3.1.11-20220622T070711Z_1412be2",
        ),
        str![[r#"
error: cannot take the bundle dir:[DIR]/bundles/hostos-kernel-patch-release:3.1.11-20220622T070711Z_1412be2
    ╭─[manifest.hjson:26:16]
 25 │         hostos-kernel-patch-release: {
 26 │           tag: 3.1.11-20220622T070711Z_1412be2
    ·                ───────────────────────────────
 27 │         }
    ╰────
  note: [DIR]/bundles does not have it; it has 3.1.10-20220622T070711Z_1412be2

1 error
error: not every release bundle can be taken; nothing was started

"#]],
    );
}

#[test]
fn a_zone_without_an_inventory() {
    assert_said(
        &refused_with("zone-1", "zone-2"),
        str![[r#"
error: there is no inventory of zone-2
  cause: inventory.hjson describes zone-1
  help: write inventory.hjson beside the manifest, or name one with --inventory

"#]],
    );
}
