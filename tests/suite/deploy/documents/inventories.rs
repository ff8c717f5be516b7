//! Inventories that say what cannot be.

use super::{INVENTORY, refused_with};
use crate::support::snapshot::assert_said;
use snapbox::str;

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

#[test]
fn groups_in_a_circle() {
    let groups = "  groups: {
    one: {
      selector: \"@two\"
    }
    two: {
      selector: \"@one\"
    }
  }
  nodes: {";
    assert_said(
        &refused_with(INVENTORY, "  nodes: {", groups),
        str![[r#"
error[DDT205]: the group `two` is defined by itself
   ╭─[inventory.hjson:8:17]
 7 │     one: {
 8 │       selector: "@two"
   ·                 ──────
 9 │     }
   ╰────
  help: name groups of this inventory, as `--limit` does

error[DDT205]: the group `one` is defined by itself
    ╭─[inventory.hjson:11:17]
 10 │     two: {
 11 │       selector: "@one"
    ·                 ──────
 12 │     }
    ╰────
  help: name groups of this inventory, as `--limit` does

2 errors
error: inventory.hjson is not usable; nothing was started

"#]],
    );
}
