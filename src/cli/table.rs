//! Tables without lines: one row is one line, whatever it holds, so that other programs
//! can read them too.

use comfy_table::Table;
use comfy_table::presets::NOTHING;

/// Aligns rows below their headings. Every cell must be fit to be shown.
pub(super) fn table<const COLUMNS: usize>(
    headings: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(headings);
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let lines = table.lines().map(|line| line.trim_end().to_owned() + "\n");
    lines.collect()
}
