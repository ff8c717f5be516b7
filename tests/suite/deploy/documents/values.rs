//! Values of a manifest that mean nothing, or something that is nowhere.

use super::{MANIFEST, refused, refused_with, sound};
use crate::support::snapshot::assert_said;
use snapbox::str;

#[test]
fn a_word_that_is_not_yes_or_no() {
    let tag = "tag: 3.0.6-20220602T124916Z_887ca13";
    let on = format!("{tag}\n          forcereboot: on");
    assert_said(
        &refused_with(MANIFEST, tag, &on),
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
        &refused_with(MANIFEST, tag, &one),
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
            MANIFEST,
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
    let zone = sound();
    let wrong = zone.manifest().replacen("3.0.6-", "3.0-", 1);
    let wrong = wrong.replacen("mzone: zone-1", "mzone: -zone", 1);
    zone.write(
        MANIFEST,
        wrong.replacen("hostos-base-net-sw", "hostos-base-nt-sw", 1),
    );
    assert_said(
        &refused(&zone),
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
            MANIFEST,
            "3.1.10-20220622T070711Z_1412be2",
            "3.1.11-20220622T070711Z_1412be2",
        ),
        str![[r#"
error[DDT205]: cannot take the bundle dir:bundles/hostos-kernel-patch-release:3.1.11-20220622T070711Z_1412be2
    ╭─[manifest.hjson:26:16]
 25 │         hostos-kernel-patch-release: {
 26 │           tag: 3.1.11-20220622T070711Z_1412be2
    ·                ───────────────────────────────
 27 │         }
    ╰────
  note: bundles does not have it; it has 3.1.10-20220622T070711Z_1412be2

1 error
error: not every release bundle can be taken; nothing was started

"#]],
    );
}

#[test]
fn a_zone_without_an_inventory() {
    assert_said(
        &refused_with(MANIFEST, "zone-1", "zone-2"),
        str![[r#"
error: there is no inventory of zone-2; nothing was started
  cause: inventory.hjson describes zone-1
  help: write inventory.hjson beside the manifest, or name one with --inventory

"#]],
    );
}
