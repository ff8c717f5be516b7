//! Tables without lines: one row is one line, whatever it holds, so that other programs
//! can read them too.

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};

/// Aligns rows below their headings. Every cell must be fit to be shown.
pub(super) fn table<const COLUMNS: usize>(
    headings: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    table_within(None, headings, rows)
}

/// The same, where one is given, within a number of columns: a cell that is too long for
/// them goes on below itself.
pub(super) fn table_within<const COLUMNS: usize>(
    columns: Option<u16>,
    headings: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(headings);
    if let Some(columns) = columns {
        table
            .set_width(columns)
            .set_content_arrangement(ContentArrangement::Dynamic);
    }
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let lines = table.lines().map(|line| line.trim_end().to_owned() + "\n");
    lines.collect()
}
