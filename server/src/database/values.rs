//! The values and rows that both databases take and give, and how tuples of them become arguments.

use sqlx::{
    Arguments as _, Encode, FromRow, Postgres, Sqlite, Type,
    error::BoxDynError,
    postgres::{PgArguments, PgHasArrayType, PgRow},
    sqlite::{SqliteArguments, SqliteRow},
};
use uuid::Uuid;

/// A row both databases give; `#[derive(FromRow)]` or a tuple is enough.
pub trait Record: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> {}
impl<R> Record for R where R: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> {}

/// A value both databases take: a closed list, so that no other integer or time type gets in by accident.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a value that both databases take")]
pub trait Value<'q>:
    Send + Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres>
{
}

macro_rules! values {
    ($($kind:ty),* $(,)?) => { $(
        impl<'q> Value<'q> for $kind {}
        impl<'q> Value<'q> for Option<$kind> {}
    )* };
}
values!(i64, f64, bool, &'q str, String, &'q [u8], Vec<u8>, Uuid);

/// The arguments of a statement: a tuple of values for `$1`, `$2`, …
pub trait Args<'q>: Send {
    /// As SQLite takes them.
    fn sqlite(self) -> Result<SqliteArguments, BoxDynError>;
    /// As PostgreSQL takes them.
    fn postgres(self) -> Result<PgArguments, BoxDynError>;
}

impl Args<'_> for () {
    fn sqlite(self) -> Result<SqliteArguments, BoxDynError> {
        Ok(SqliteArguments::default())
    }
    fn postgres(self) -> Result<PgArguments, BoxDynError> {
        Ok(PgArguments::default())
    }
}

/// The columns of a multi-row statement: a tuple of vectors of equal length.
pub trait Columns: Send {
    /// How many columns.
    const WIDTH: usize;
    /// How many rows; an error when the vectors differ, which `unnest` would pad with NULL.
    fn rows(&self) -> Result<usize, BoxDynError>;
    /// One argument a row and column, row by row, split after every `rows` rows.
    fn sqlite(self, rows: usize) -> Result<Vec<SqliteArguments>, BoxDynError>;
    /// Adds one array a column.
    fn postgres(self, arguments: &mut PgArguments) -> Result<(), BoxDynError>;
}

/// An element of a column.
pub trait Element: Send + for<'q> Encode<'q, Postgres> + Type<Postgres> + PgHasArrayType {
    /// Adds it as one value for SQLite.
    fn add_to(self, arguments: &mut SqliteArguments) -> Result<(), BoxDynError>;
}

macro_rules! elements {
    ($($kind:ty),* $(,)?) => { $(
        impl Element for $kind {
            fn add_to(self, arguments: &mut SqliteArguments) -> Result<(), BoxDynError> {
                arguments.add(self)
            }
        }
        impl Element for Option<$kind> {
            fn add_to(self, arguments: &mut SqliteArguments) -> Result<(), BoxDynError> {
                arguments.add(self)
            }
        }
    )* };
}
elements!(i64, f64, bool, String, Vec<u8>, Uuid, &'static str);

macro_rules! tuples {
    ($(($($name:ident)+),)*) => { $(
        impl<'q, $($name: Value<'q>),+> Args<'q> for ($($name,)+) {
            #[expect(non_snake_case, reason = "one name stands for the type and its value")]
            fn sqlite(self) -> Result<SqliteArguments, BoxDynError> {
                let ($($name,)+) = self;
                let mut arguments = SqliteArguments::default();
                $(arguments.add($name)?;)+
                Ok(arguments)
            }
            #[expect(non_snake_case, reason = "one name stands for the type and its value")]
            fn postgres(self) -> Result<PgArguments, BoxDynError> {
                let ($($name,)+) = self;
                let mut arguments = PgArguments::default();
                $(arguments.add($name)?;)+
                Ok(arguments)
            }
        }

        impl<$($name: Element),+> Columns for ($(Vec<$name>,)+)
        where $(for<'q> Vec<$name>: Encode<'q, Postgres> + Type<Postgres>),+
        {
            const WIDTH: usize = [$(stringify!($name)),+].len();

            #[expect(non_snake_case, reason = "one name stands for the type and its value")]
            fn rows(&self) -> Result<usize, BoxDynError> {
                let ($($name,)+) = self;
                let lengths = [$($name.len()),+];
                if lengths.iter().any(|length| *length != lengths[0]) {
                    return Err(format!("columns of unequal length: {lengths:?}").into());
                }
                Ok(lengths[0])
            }

            #[expect(non_snake_case, reason = "one name stands for the type and its value")]
            fn sqlite(self, rows: usize) -> Result<Vec<SqliteArguments>, BoxDynError> {
                let total = self.rows()?;
                let ($($name,)+) = self;
                $(let mut $name = $name.into_iter();)+
                let mut batches = Vec::with_capacity(total.div_ceil(rows));
                let mut left = total;
                while left > 0 {
                    let count = left.min(rows);
                    let mut arguments = SqliteArguments::default();
                    arguments.reserve(count * Self::WIDTH, 0);
                    for _ in 0..count {
                        $(if let Some(value) = $name.next() { value.add_to(&mut arguments)?; })+
                    }
                    batches.push(arguments);
                    left -= count;
                }
                Ok(batches)
            }

            #[expect(non_snake_case, reason = "one name stands for the type and its value")]
            fn postgres(self, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
                let ($($name,)+) = self;
                $(arguments.add($name)?;)+
                Ok(())
            }
        }
    )* };
}
tuples! {
    (A),
    (A B),
    (A B C),
    (A B C D),
    (A B C D E),
    (A B C D E F),
    (A B C D E F G),
    (A B C D E F G H),
    (A B C D E F G H I),
    (A B C D E F G H I J),
    (A B C D E F G H I J K),
    (A B C D E F G H I J K L),
    (A B C D E F G H I J K L M),
    (A B C D E F G H I J K L M N),
    (A B C D E F G H I J K L M N O),
    (A B C D E F G H I J K L M N O P),
    (A B C D E F G H I J K L M N O P Q),
    (A B C D E F G H I J K L M N O P Q R),
    (A B C D E F G H I J K L M N O P Q R S),
    (A B C D E F G H I J K L M N O P Q R S T),
    (A B C D E F G H I J K L M N O P Q R S T U),
    (A B C D E F G H I J K L M N O P Q R S T U V),
    (A B C D E F G H I J K L M N O P Q R S T U V W),
    (A B C D E F G H I J K L M N O P Q R S T U V W X),
    (A B C D E F G H I J K L M N O P Q R S T U V W X Y),
    (A B C D E F G H I J K L M N O P Q R S T U V W X Y Z),
    (A B C D E F G H I J K L M N O P Q R S T U V W X Y Z Aa),
    (A B C D E F G H I J K L M N O P Q R S T U V W X Y Z Aa Bb),
}
