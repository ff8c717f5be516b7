//! Inventories that say what cannot be.

use super::{INVENTORY, refused_with};
use crate::support::snapshot::assert_said;
use snapbox::str;

#[test]
fn an_inventory_with_an_unknown_key() {
    assert_said(
        &refused_with(INVENTORY, "root:", "rot:"),
        str![[r#"
error[DDT201]: unknown key `rot`
   ╭─[inventory.hjson:8:7]
 7 │     node-1: {
 8 │       rot: nodes/node-1
   ·       ───
 9 │     }
   ╰────
  help: did you mean `root`?

1 error
error: inventory.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn an_inventory_with_a_key_twice() {
    assert_said(
        &refused_with(INVENTORY, "root:", "root: a\n      root:"),
        str![[r#"
error[DDT105]: `root` is repeated; the one at 8:7 is ignored
    ╭─[inventory.hjson:9:7]
  7 │     node-1: {
  8 │       root: a
    ·       ──┬─
    ·         ╰── this one is ignored
  9 │       root: nodes/node-1
    ·       ──┬─
    ·         ╰── this one counts
 10 │     }
    ╰────
  help: keep one of them

1 error
error: inventory.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn an_inventory_with_a_name_that_is_none() {
    assert_said(
        &refused_with(INVENTORY, "node-1:", "-node:"),
        str![[r#"
error[DDT203]: a name starts with a letter or a digit, not with '-'
   ╭─[inventory.hjson:7:5]
 6 │   nodes: {
 7 │     -node: {
   ·     ─────
 8 │       root: nodes/node-1
   ╰────
  help: choose another name

1 error
error: inventory.hjson is not usable; nothing was started

"#]],
    );
}

#[test]
fn a_local_node_without_a_root() {
    assert_said(
        &refused_with(INVENTORY, "root: nodes/node-1", "port: 22"),
        str![[r#"
error[DDT202]: the local node `node-1` lacks `root`
   ╭─[inventory.hjson:7:13]
 6 │   nodes: {
 7 │     node-1: {
   ·             ─
 8 │       port: 22
   ╰────
  help: add `root: DIRECTORY`; all files of the node are below it

1 error
error: inventory.hjson is not usable; nothing was started

"#]],
    );
}
