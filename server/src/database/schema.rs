//! What the migrations say about tables and columns, read from their one text: for backups, for the comparison of
//! both databases and for the registry of personal data.

use super::migrations::MIGRATIONS;

/// The type of a column, the same on both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// `{i64}`
    Integer,
    /// `{f64}`
    Float,
    /// `{bool}`
    Boolean,
    /// `{text}` and `{json}`
    Text,
    /// `{uuid}`
    Uuid,
    /// `{bytes}`
    Bytes,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name
    pub name: &'static str,
    /// Its type
    pub kind: ColumnType,
    /// True when it may be NULL
    pub nullable: bool,
    /// True when it is marked as able to hold data about a person
    pub personal: bool,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name
    pub name: &'static str,
    /// Its columns in order
    pub columns: Vec<Column>,
}

/// Every table, in the order of the migrations.
pub fn tables() -> Vec<Table> {
    tables_of(i64::MAX)
}

/// The tables as the migrations up to a version made them.
pub fn tables_of(last: i64) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    let texts = MIGRATIONS.iter().filter(|(version, ..)| *version <= last);
    for line in texts.flat_map(|(_, _, text)| text.lines()) {
        if let Some(rest) = line.strip_prefix("create table ") {
            tables.push(Table { name: rest.trim_end_matches(" ("), columns: Vec::new() });
        } else if let Some((name, added)) = added_column(line) {
            if let Some(table) = tables.iter_mut().find(|table| table.name == name) {
                table.columns.push(added);
            }
        } else if let (Some(column), Some(table)) = (column(line), tables.last_mut()) {
            table.columns.push(column);
        }
    }
    tables
}

/// The table and the column that a line adds to it, if it does.
fn added_column(line: &'static str) -> Option<(&'static str, Column)> {
    let (table, declaration) = line.strip_prefix("alter table ")?.split_once(" add column ")?;
    Some((table, declared(declaration)?))
}

/// The column that a line inside `create table` declares, if it does.
fn column(line: &'static str) -> Option<Column> {
    declared(line.strip_prefix("    ")?)
}

fn declared(line: &'static str) -> Option<Column> {
    let (declaration, comment) = line.split_once("--").unwrap_or((line, ""));
    let (name, rest) = declaration.split_once(" {")?;
    let (kind, rest) = rest.split_once('}')?;
    let kind = match kind {
        "i64" => ColumnType::Integer,
        "f64" => ColumnType::Float,
        "bool" => ColumnType::Boolean,
        "text" | "json" => ColumnType::Text,
        "uuid" => ColumnType::Uuid,
        "bytes" => ColumnType::Bytes,
        _ => return None,
    };
    Some(Column { name, kind, nullable: !rest.contains("not null"), personal: comment.trim() == "personal" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_read_from_the_migrations() {
        let tables = tables();
        let entry = tables.iter().find(|table| table.name == "entry").unwrap();
        assert_eq!(entry.columns[0].name, "account");
        assert_eq!(
            entry.columns.iter().find(|column| column.name == "task"),
            Some(&Column { name: "task", kind: ColumnType::Uuid, nullable: true, personal: false })
        );
        assert!(tables.iter().all(|table| !table.columns.is_empty()));
        assert!(tables.iter().any(|table| table.columns.iter().any(|column| column.personal)));
    }
}
