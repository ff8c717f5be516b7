//! Tables without lines: aligned columns that fit the width.

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};

use super::look::Look;

/// Stands before a table, whose first column begins with a space of its own.
const INDENT: &str = " ";

/// Starts an empty table.
pub(super) fn table(look: Look) -> Table {
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(look.width - INDENT.len() as u16);
    table
}

/// Renders a table, indented, without space at the ends of lines.
pub(super) fn rendered(table: &Table) -> String {
    let lines = table
        .lines()
        .map(|line| format!("{INDENT}{}\n", line.trim_end()));
    lines.collect()
}
