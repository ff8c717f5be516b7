//! Component definitions, and the project that names them.

use super::{DEFINITION, PROJECT, refused_with};
use crate::support::snapshot::assert_said;
use snapbox::str;

#[test]
fn a_definition_with_a_stage_it_does_not_have() {
    assert_said(
        &refused_with(DEFINITION, "ready: lit", "ready: dark"),
        str![[r#"
error[DDT205]: unknown stage `dark`
   ╭─[definitions/lamps.hjson:6:10]
 5 │   ]
 6 │   ready: dark
   ·          ────
 7 │   files: {
   ╰────
  help: known here: lit

1 error
error: definitions/lamps.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn a_project_with_a_directory_that_is_not_there() {
    assert_said(
        &refused_with(PROJECT, "definitions", "defs"),
        str![[r#"
error: cannot read the component directory defs; nothing was started
  cause: No such file or directory (os error 2)
  help: ddt.hjson names it in `components`

"#]],
    );
}

#[test]
fn a_definition_in_a_circle() {
    let packages = "[
    {
      package: lamp-light
      sets: lit
      after: [
        lamp-power
      ]
    }
    {
      package: lamp-power
      after: [
        lamp-wire
      ]
    }
    {
      package: lamp-wire
      after: [
        lamp-light
      ]
    }
  ]
";
    let before = "[
    {
      package: lamp-light
      sets: lit
    }
  ]
";
    assert_said(
        &refused_with(DEFINITION, before, packages),
        str![[r#"
error[DDT408]: lamp-light → lamp-wire → lamp-power → lamp-light come before each other in a circle
    ╭─[definitions/lamps.hjson:14:16]
 13 │     {
 14 │       package: lamp-light
    ·                ─────┬────
    ·                     ╰── comes before `lamp-wire`
 15 │       sets: lit
    ╰────
    ╭─[definitions/lamps.hjson:21:16]
 20 │     {
 21 │       package: lamp-power
    ·                ─────┬────
    ·                     ╰── comes before `lamp-light`
 22 │       after: [
    ╰────
    ╭─[definitions/lamps.hjson:27:16]
 26 │     {
 27 │       package: lamp-wire
    ·                ────┬────
    ·                    ╰── comes before `lamp-power`
 28 │       after: [
    ╰────
  help: remove one step of the circle

1 error
error: definitions/lamps.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn a_definition_with_a_package_it_does_not_have() {
    let unknown = "sets: lit\n      after: [\n        lamp-ligt\n      ]";
    let said = refused_with(DEFINITION, "sets: lit", unknown);
    assert_said(
        &said,
        str![[r#"
error[DDT205]: unknown package `lamp-ligt`
    ╭─[definitions/lamps.hjson:17:9]
 16 │       after: [
 17 │         lamp-ligt
    ·         ─────────
 18 │       ]
    ╰────
  help: did you mean `lamp-light`?

1 error
error: definitions/lamps.hjson is not usable; nothing was started

"#]],
    );
}
