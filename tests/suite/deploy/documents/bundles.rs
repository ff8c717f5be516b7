//! Bundles whose descriptor is wrong: it is the descriptor that is shown.

use super::{DESCRIPTOR, refused_with};
use crate::support::snapshot::assert_said;
use snapbox::str;

#[test]
fn a_descriptor_of_another_release() {
    assert_said(
        &refused_with(DESCRIPTOR, "3.0.6-", "3.0.7-"),
        str![[r#"
error: cannot take the bundle dir:bundles/hostos-boot-release:3.0.6-20220602T124916Z_887ca13
   ╭─[manifest.hjson:8:16]
 7 │         hostos-boot-release: {
 8 │           tag: 3.0.6-20220602T124916Z_887ca13
   ·                ──────────────────────────────
 9 │         }
   ╰────
  note: bundles/hostos-boot-release/3.0.6-20220602T124916Z_887ca13 says that it is hostos-boot-release:3.0.7-20220602T124916Z_887ca13; correct the reference, or bundle.hjson

1 error
error: not every release bundle can be taken; nothing was started

"#]],
    );
}

#[test]
fn a_descriptor_with_a_step_that_is_not_there() {
    assert_said(
        &refused_with(DESCRIPTOR, "check: check", "check: chek"),
        str![[r#"
error[DDT205]: the step `check` is not in the bundle: `chek`
   ╭─[bundles/hostos-boot-release/3.0.6-20220602T124916Z_887ca13/bundle.hjson:4:10]
 3 │ steps: {
 4 │   check: chek
   ·          ────
 5 │   deploy: deploy
   ╰────
  note: hostos-boot-release in manifest.hjson uses this bundle
  help: add the file, or correct the path

1 error
error: not every release bundle can be taken; nothing was started

"#]],
    );
}
