//! Component definitions, and the project that names them.

use super::{DEFINITION, PROJECT, refused_with};
use crate::support::snapshot::assert_said;
use snapbox::str;

#[test]
fn a_definition_with_an_unknown_key() {
    assert_said(
        &refused_with(DEFINITION, "ready:", "redy:"),
        str![[r#"
error[DDT201]: unknown key `redy`
   ╭─[definitions/lamps.hjson:6:3]
 5 │   ]
 6 │   redy: lit
   ·   ────
 7 │   files: {
   ╰────
  help: did you mean `ready`?

1 error
error: definitions/lamps.hjson is not usable; nothing was started

"#]],
    );
}

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
fn a_project_with_an_unknown_key() {
    assert_said(
        &refused_with(PROJECT, "components:", "component:"),
        str![[r#"
error[DDT201]: unknown key `component`
   ╭─[ddt.hjson:2:3]
 1 │ {
 2 │   component: [
   ·   ─────────
 3 │     definitions
   ╰────
  help: did you mean `components`?

1 error
error: ddt.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn a_project_with_a_directory_that_is_not_there() {
    assert_said(
        &refused_with(PROJECT, "definitions", "defs"),
        str![[r#"
error: cannot read the component directory [DIR]/defs
  cause: No such file or directory (os error 2)
  help: ddt.hjson names it in `components`

"#]],
    );
}
