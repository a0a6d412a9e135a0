//! Every SQL text of the server is prepared on both databases: what one of them does not take is named by file and
//! line.

use std::{
    fs,
    path::{Path, PathBuf},
};

use campo_server::{
    database::{
        Db, keyed,
        schema::{self, ColumnType},
    },
    tasks::list,
};
use campo_tests::{on_both, world::World};
use proc_macro2::{Span, TokenStream, TokenTree};
use sqlx::{AssertSqlSafe, Executor as _, PgConnection, SqlSafeStr as _};
use syn::{
    Arm, Attribute, Expr, ExprIf, ExprLit, ExprMethodCall, Lit, LitStr, Macro,
    visit::{self, Visit},
};

on_both! {
    every_text_prepares,
    a_text_that_does_not_is_named,
}

/// Fewer texts than the server has had for long: a search that finds less is broken.
const AT_LEAST: usize = 80;

/// Where texts are put together, or delete or descend by `k`, so that they cannot be prepared alone, and which tests run
/// them on both databases.
const RUN_ELSEWHERE: &[(&str, &str)] = &[
    ("server/src/database/inserts.rs", "everywhere: keys are looked up in every capability"),
    ("server/src/database/tables.rs", "backup: every table is dumped and restored"),
    ("server/src/files/sweep.rs", "files: what nothing refers to is swept"),
    ("server/src/objects/feed.rs", "objects: places below a moved one are filed anew"),
    ("server/src/objects/store.rs", "objects: links that are gone are removed"),
    ("server/src/push/wake_ups.rs", "sync: phones are woken by pushes"),
    ("server/src/retention/erase.rs", "operation: what an account keeps no longer is gone"),
    ("server/src/retention/steps.rs", "operation: what an account keeps no longer is gone"),
    ("server/src/sync/view.rs", "sync: pages under attack"),
    ("server/src/sync/wake.rs", "sync: phones that listen are told"),
    ("server/src/tasks/list/texts.rs", "here: each statement that the pieces come to is prepared"),
];

/// An SQL text of the source.
#[derive(Debug)]
struct Text {
    /// File and line
    place: String,
    form: Form,
    /// The database that alone gets it, where the source says so
    only: Option<&'static str>,
}

/// How a text becomes a statement, see `Tx` in the database module.
#[derive(Debug)]
enum Form {
    Whole(String),
    /// `insert_many`
    Rows {
        into: String,
        tail: String,
    },
    /// `fetch_many` and `change_many`
    Keys {
        keys: String,
        select: String,
    },
    /// Inside a macro, where nobody can tell what it becomes
    Hidden(String),
}

async fn every_text_prepares(world: World) {
    let texts = texts();
    assert!(texts.len() >= AT_LEAST, "only {} texts were found", texts.len());
    let mut refused = Vec::new();
    for text in &texts {
        if let Err(reason) = prepare(&world.app.db, text).await {
            let cannot_be =
                reason.contains("cannot be prepared") || reason.contains("nothing tells the type");
            if cannot_be && RUN_ELSEWHERE.iter().any(|(file, _)| text.place.starts_with(file)) {
                continue;
            }
            refused.push(format!("{}: {reason}", text.place));
        }
    }
    assert!(refused.is_empty(), "{} of {} texts:\n{}", refused.len(), texts.len(), refused.join("\n"));
}

async fn a_text_that_does_not_is_named(world: World) {
    let is_sqlite = world.app.db.is_sqlite();
    for (source, found, refused) in [
        (r#"fn f() { q("select id from account where id = $1"); }"#, 1, 0),
        (r#"fn f() { q("select nothing from account"); }"#, 1, 1),
        (r#"fn f() { q("select id from nowhere"); }"#, 1, 1),
        (
            r#"/// select nothing from account
            fn f() { q("selected"); }"#,
            0,
            0,
        ),
        (r#"const A: &str = "delete from account where nothing = 1";"#, 1, 1),
        (
            r#"fn f() { tx.insert_many("insert into scope (account, scope)", x, "on conflict (account) do nothing") }"#,
            1,
            1,
        ),
        (r#"fn f() { tx.insert_many("insert into scope (account, objects, nothing)", x, "") }"#, 1, 1),
        (
            r#"fn f() { tx.change_many("a", x, "update account set zone = 'x' from k where account.id = k.a") }"#,
            1,
            0,
        ),
        (
            r#"fn f() { tx.fetch_many("a, i", x, "select t.id from k join task t on t.account = k.a and t.id = k.i") }"#,
            1,
            0,
        ),
        (
            r#"fn f() { tx.fetch_many("a", x, "select t.nothing from k join task t on t.account = k.a") }"#,
            1,
            1,
        ),
        // only PostgreSQL has to know the types
        (
            r#"fn f() { tx.fetch_many("a", x, "select 1 from k where k.a is null") }"#,
            1,
            usize::from(!is_sqlite),
        ),
        (r#"fn f() { q(format!("select {} from account", x)); }"#, 1, 1),
    ] {
        let texts = texts_of("here.rs", source);
        assert_eq!(texts.len(), found, "{source}");
        let mut reasons = Vec::new();
        for text in &texts {
            assert_eq!(text.place, "here.rs:1");
            reasons.extend(prepare(&world.app.db, text).await.err());
        }
        assert_eq!(reasons.len(), refused, "{source}: {reasons:?}");
    }
    let for_one =
        r#"fn f() { match tx { Tx::Postgres(_) => q("select 1 for update"), _ => q("select 1") } }"#;
    let only: Vec<_> = texts_of("here.rs", for_one).into_iter().map(|text| text.only).collect();
    assert_eq!(only, [Some("Postgres"), None]);
}

/// How many keys are looked up at once: so many that SQLite would rather read a table whole.
const KEYS: usize = 500;

#[tokio::test]
async fn no_table_is_read_whole_to_look_keys_up() {
    let world = World::sqlite().await.unwrap();
    let Db::Sqlite { read, .. } = &world.app.db else { panic!("it is SQLite") };
    let (mut looked_at, mut whole) = (0, Vec::new());
    for text in texts() {
        let Form::Keys { keys, .. } = &text.form else { continue };
        if text.only == Some("Postgres") {
            continue;
        }
        let Ok(sql) = statement(&text.form, true) else { continue };
        let row = format!("({})", vec!["?"; keys.split(',').count()].join(","));
        let many = sql.replacen(&row, &vec![row.as_str(); KEYS].join(","), 1);
        assert_ne!(many, sql, "{}", text.place);
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(AssertSqlSafe(format!("explain query plan {many}")))
                .fetch_all(read)
                .await
                .unwrap();
        looked_at += 1;
        let tables = tables_of(&sql);
        let reads_whole = |(_, _, _, step): &&(i64, i64, i64, String)| {
            step.strip_prefix("SCAN ")
                .is_some_and(|rest| tables.iter().any(|table| rest.split(' ').next() == Some(table)))
        };
        if let Some((_, _, _, step)) = plan.iter().find(reads_whole) {
            whole.push(format!("{}: {step}\n    {sql}", text.place));
        }
    }
    assert!(looked_at >= AT_LEAST / 2, "only {looked_at} texts were looked at");
    assert!(whole.is_empty(), "{} of {looked_at} texts:\n{}", whole.len(), whole.join("\n"));
}

/// The tables that a text reads, under the names that it gives them.
fn tables_of(sql: &str) -> Vec<String> {
    let words: Vec<&str> =
        sql.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect();
    let tables = schema::tables();
    let mut found = Vec::new();
    for three in words.windows(3) {
        let [before, table, alias] = [three[0], three[1], three[2]];
        if ["from", "join", "update"].contains(&before) && tables.iter().any(|known| known.name == table) {
            found.extend([table.to_owned(), alias.to_owned()]);
        }
    }
    found
}

/// Every SQL text of the server.
fn texts() -> Vec<Text> {
    let lists = list::statements().enumerate().map(|(number, sql)| Text {
        place: format!("statement {number} of lists of tasks"),
        form: Form::Whole(sql.to_owned()),
        only: None,
    });
    lists.chain(texts_of_sources()).collect()
}

/// Every SQL text that stands in the sources.
fn texts_of_sources() -> Vec<Text> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    // The module that completes the texts of others has pieces of its own
    files.retain(|file| !file.ends_with("database/mod.rs"));
    files
        .iter()
        .flat_map(|file| {
            let name = Path::new("server/src").join(file.strip_prefix(&root).unwrap());
            texts_of(&name.display().to_string(), &fs::read_to_string(file).unwrap())
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn texts_of(name: &str, source: &str) -> Vec<Text> {
    let mut search = Search { name, only: None, texts: Vec::new() };
    search.visit_file(&syn::parse_file(source).unwrap());
    search.texts
}

struct Search<'a> {
    name: &'a str,
    only: Option<&'static str>,
    texts: Vec<Text>,
}

impl Search<'_> {
    fn found(&mut self, span: Span, form: Form) {
        let place = format!("{}:{}", self.name, span.start().line);
        self.texts.push(Text { place, form, only: self.only });
    }

    /// Visits what is reached only on one database, as `pattern` says.
    fn within(&mut self, pattern: &impl quote::ToTokens, visit: impl FnOnce(&mut Self)) {
        let pattern = pattern.to_token_stream().to_string();
        let named = |name: &&&'static str| pattern.contains(**name);
        let only = ["Postgres", "Sqlite"].iter().find(named).copied();
        let before = self.only;
        self.only = only.or(before);
        visit(self);
        self.only = before;
    }

    fn hidden(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.hidden(group.stream()),
                TokenTree::Literal(literal) => {
                    if let Ok(text) = syn::parse_str::<LitStr>(&literal.to_string())
                        && is_sql(&text.value())
                    {
                        self.found(literal.span(), Form::Hidden(text.value()));
                    }
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Search<'_> {
    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let texts: Vec<Option<&LitStr>> = call.args.iter().map(literal).collect();
        match (call.method.to_string().as_str(), texts.as_slice()) {
            ("insert_many", [Some(into), _, Some(tail)]) => {
                self.found(into.span(), Form::Rows { into: into.value(), tail: tail.value() });
            }
            ("fetch_many" | "change_many", [Some(keys), _, Some(select)]) => {
                self.found(keys.span(), Form::Keys { keys: keys.value(), select: select.value() });
            }
            _ => return visit::visit_expr_method_call(self, call),
        }
        self.visit_expr(&call.receiver);
        call.args
            .iter()
            .filter(|argument| literal(argument).is_none())
            .for_each(|argument| self.visit_expr(argument));
    }

    fn visit_lit_str(&mut self, text: &'ast LitStr) {
        if is_sql(&text.value()) {
            self.found(text.span(), Form::Whole(text.value()));
        }
    }

    fn visit_arm(&mut self, arm: &'ast Arm) {
        self.within(&arm.pat, |search| visit::visit_arm(search, arm));
    }

    fn visit_expr_if(&mut self, branches: &'ast ExprIf) {
        self.visit_expr(&branches.cond);
        self.within(&branches.cond, |search| search.visit_block(&branches.then_branch));
        if let Some((_, otherwise)) = &branches.else_branch {
            self.visit_expr(otherwise);
        }
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.hidden(call.tokens.clone());
    }
}

fn literal(expression: &Expr) -> Option<&LitStr> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
        _ => None,
    }
}

fn is_sql(text: &str) -> bool {
    let mut words = text.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some("select"), Some(_), _)
        | (Some("insert"), Some("into"), _)
        | (Some("delete"), Some("from"), _) => true,
        (Some("update"), Some(_), Some(third)) => third == "set",
        (Some("with"), Some(name), third) => name.contains('(') || third == Some("as"),
        _ => false,
    }
}

/// Prepares a text, or says why that cannot be.
async fn prepare(db: &Db, text: &Text) -> Result<(), String> {
    let name = if db.is_sqlite() { "Sqlite" } else { "Postgres" };
    if text.only.is_some_and(|only| only != name) {
        return Ok(());
    }
    let sql = AssertSqlSafe(statement(&text.form, db.is_sqlite())?).into_sql_str();
    let shown = sql.as_str().to_owned();
    let prepared = match db {
        Db::Sqlite { read, .. } => read.acquire().await.unwrap().prepare(sql).await.map(drop),
        Db::Postgres { pool, .. } => plan(&mut pool.acquire().await.unwrap(), &shown).await,
    };
    prepared.map_err(|error| format!("{error}\n    {shown}"))
}

/// PostgreSQL looks only when it plans whether there is an index for an `on conflict`.
async fn plan(connection: &mut PgConnection, sql: &str) -> sqlx::Result<()> {
    let mut run =
        async |sql: String| sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *connection).await.map(drop);
    run(format!("prepare probe as {sql}")).await?;
    let parameters = vec!["null"; parameters(sql)].join(",");
    let arguments = if parameters.is_empty() { String::new() } else { format!("({parameters})") };
    let planned = run(format!("explain execute probe{arguments}")).await;
    run("deallocate probe".to_owned()).await?;
    planned
}

/// The greatest number of a parameter.
fn parameters(sql: &str) -> usize {
    let digits =
        |rest: &str| rest.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok());
    sql.split('$').skip(1).filter_map(digits).max().unwrap_or(0)
}

/// The statement that the database module makes of a text.
fn statement(form: &Form, is_sqlite: bool) -> Result<String, String> {
    match form {
        Form::Whole(sql) => Ok(sql.clone()),
        Form::Hidden(sql) => Err(format!("an SQL text inside a macro cannot be prepared: {sql}")),
        Form::Rows { into, tail } => {
            let columns = names(into)?;
            let rows = rows(&columns, &format!("{into} {tail}"), is_sqlite)?;
            Ok(format!("{into} {rows} {tail}"))
        }
        Form::Keys { keys, select } => {
            let columns: Vec<&str> = keys.split(',').map(str::trim).collect();
            let rows = rows(&columns, select, is_sqlite)?;
            if is_sqlite {
                let (before, after) = keyed(keys, select);
                return Ok(format!("{before} {rows} {after}"));
            }
            Ok(format!("with k({keys}) as ({rows}) {select}"))
        }
    }
}

/// One row of parameters: `values (?,?)`, or `select unnest($1::bigint[]),…`, whose types the program gives otherwise.
fn rows(columns: &[&str], sql: &str, is_sqlite: bool) -> Result<String, String> {
    if is_sqlite {
        return Ok(format!("values ({})", vec!["?"; columns.len()].join(",")));
    }
    let parameters = columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            Ok(format!("unnest(${}::{}[])", index + 1, postgres_type(column_type(column, sql)?)))
        })
        .collect::<Result<Vec<_>, String>>()?;
    Ok(format!("select {}", parameters.join(",")))
}

/// The names in the first parentheses.
fn names(sql: &str) -> Result<Vec<&str>, String> {
    let list = sql.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(list, _)| list);
    Ok(list.ok_or("no list of columns")?.split(',').map(str::trim).collect())
}

const fn postgres_type(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Integer => "bigint",
        ColumnType::Float => "double precision",
        ColumnType::Boolean => "boolean",
        ColumnType::Text => "text",
        ColumnType::Uuid => "uuid",
        ColumnType::Bytes => "bytea",
    }
}

/// The type of a column of a table that `sql` names, or of a column of `k` by what it is compared with there.
fn column_type(column: &str, sql: &str) -> Result<ColumnType, String> {
    let words: Vec<&str> = sql
        .split(|c: char| !(c.is_alphanumeric() || "_.=<>".contains(c)))
        .filter(|word| !word.is_empty())
        .collect();
    let tables = schema::tables();
    let is_table = |before: &str| ["from", "join", "into", "update"].contains(&before);
    let mentioned = |name: &str| words.windows(2).any(|two| is_table(two[0]) && two[1] == name);
    let kind = |name: &str| -> Option<ColumnType> {
        let name = name.rsplit('.').next()?;
        let columns = tables.iter().filter(|table| mentioned(table.name)).flat_map(|table| &table.columns);
        let mut kinds = columns.filter(|column| column.name == name).map(|column| column.kind);
        let first = kinds.next()?;
        kinds.all(|other| other == first).then_some(first)
    };
    let key = format!("k.{column}");
    let compared = words.windows(3).find_map(|three| match three {
        [other, "=" | "<" | ">" | "<=" | ">=", own] if *own == key => kind(other),
        [own, "=" | "<" | ">" | "<=" | ">=", other] if *own == key => kind(other),
        _ => None,
    });
    compared
        .or_else(|| among_pairs(&key, sql).and_then(|other| kind(&other)))
        .or_else(|| kind(column))
        .ok_or_else(|| format!("nothing tells the type of `{column}`: compare it with a column"))
}

/// What stands at the place of `key` in `(a, b) in (select k.a, k.b from k)`.
fn among_pairs(key: &str, sql: &str) -> Option<String> {
    let (before, after) = sql.split_once(") in (select ")?;
    let own: Vec<&str> = after.split(" from ").next()?.split(',').map(str::trim).collect();
    let others: Vec<&str> = before.rsplit('(').next()?.split(',').map(str::trim).collect();
    let place = own.iter().position(|name| *name == key)?;
    others.get(place).map(|name| (*name).to_owned())
}
