//! From the database's rows to values.

use std::error::Error;
use std::str::FromStr;

use rusqlite::Row;
use rusqlite::types::Type;
use serde::de::DeserializeOwned;

use super::chain::Link;
use super::from_word;
use super::run::RunRecord;

/// A row of the columns of a [`RunRecord`], in its order.
pub(super) fn record(row: &Row<'_>) -> rusqlite::Result<RunRecord> {
    Ok(RunRecord {
        run: column(row, 0)?,
        mzone: column(row, 1)?,
        kind: word_column(row, 2)?,
        epoch: row.get(3)?,
        manifest: row.get::<_, String>(4)?.into(),
        begun: column(row, 5)?,
    })
}

/// A row of the columns of a [`Link`], in its order.
pub(super) fn link(row: &Row<'_>) -> rusqlite::Result<Link> {
    Ok(Link {
        seq: row.get(0)?,
        time: row.get(1)?,
        previous: row.get(2)?,
        hash: row.get(3)?,
        event: row.get(4)?,
    })
}

/// A column whose text says a value.
pub(super) fn column<T: FromStr<Err: Error + Send + Sync + 'static>>(
    row: &Row<'_>,
    index: usize,
) -> rusqlite::Result<T> {
    let text: String = row.get(index)?;
    text.parse().map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(index, Type::Text, Box::new(error))
    })
}

/// A column whose text is the word of a value.
pub(super) fn word_column<T: DeserializeOwned>(row: &Row<'_>, index: usize) -> rusqlite::Result<T> {
    let text: String = row.get(index)?;
    let unknown = format!("`{text}` is not known");
    from_word(&text)
        .ok_or_else(|| rusqlite::Error::FromSqlConversionFailure(index, Type::Text, unknown.into()))
}
