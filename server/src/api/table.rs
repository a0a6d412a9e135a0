//! Tables as answers: text that goes out as its rows are read, workbooks from a temporary file.

use std::io::{Seek as _, Write as _};

use axum::{
    body::Body,
    http::header,
    response::{IntoResponse as _, Response},
};
use campo_spreadsheets::write::{Format, Table, Value};
use futures_util::{Stream, StreamExt as _, stream};

use crate::problem::{Problem, Result};

/// Bytes of a workbook that go out at a time.
const BLOCK: usize = 64 * 1024;

/// A row of a table.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// Its cells
    pub values: Vec<Value<'static>>,
    /// The columns, from 0, whose cells are shown as wrong
    pub marked: Vec<usize>,
}

/// The answer with a table whose lines `pages` brings. `name` is that of the file, without its end.
pub async fn answer(
    format: Format,
    name: &str,
    sheet: &str,
    headings: &[String],
    pages: impl Stream<Item = Result<Vec<Line>>> + Send + 'static,
) -> Result<Response> {
    let table = Table::begin(format, sheet, headings).map_err(Problem::internal)?;
    let body = match format {
        Format::Csv => as_read(table, pages),
        Format::Xlsx => whole(table, pages).await?,
    };
    let headers = [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{}\"", format.extension())),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, body).into_response())
}

fn as_read(table: Table, pages: impl Stream<Item = Result<Vec<Line>>> + Send + 'static) -> Body {
    let state = (Some(table), Box::pin(pages));
    Body::from_stream(stream::try_unfold(state, |(table, mut pages)| async move {
        let Some(mut table) = table else { return Ok::<_, Problem>(None) };
        let Some(page) = pages.next().await else {
            let mut rest = Vec::new();
            table.end(&mut rest).map_err(Problem::internal)?;
            return Ok(Some((rest, (None, pages))));
        };
        write(&mut table, &page?)?;
        Ok(Some((table.take(), (Some(table), pages))))
    }))
}

async fn whole(
    mut table: Table,
    pages: impl Stream<Item = Result<Vec<Line>>> + Send + 'static,
) -> Result<Body> {
    let mut pages = Box::pin(pages);
    while let Some(page) = pages.next().await {
        let page = page?;
        table = tokio::task::spawn_blocking(move || write(&mut table, &page).map(|()| table))
            .await
            .map_err(Problem::internal)??;
    }
    let file = tokio::task::spawn_blocking(move || -> Result<std::fs::File> {
        let mut file = tempfile::tempfile().map_err(Problem::internal)?;
        let mut buffered = std::io::BufWriter::new(&mut file);
        table.end(&mut buffered).map_err(Problem::internal)?;
        buffered.flush().map_err(Problem::internal)?;
        drop(buffered);
        file.rewind().map_err(Problem::internal)?;
        Ok(file)
    });
    let file = tokio::fs::File::from_std(file.await.map_err(Problem::internal)??);
    Ok(Body::from_stream(stream::try_unfold(file, |mut file| async move {
        let mut block = Vec::with_capacity(BLOCK);
        let read = tokio::io::AsyncReadExt::read_buf(&mut file, &mut block).await?;
        Ok::<_, std::io::Error>((read > 0).then_some((block, file)))
    })))
}

fn write(table: &mut Table, page: &[Line]) -> Result<()> {
    for line in page {
        table.marked_row(&line.values, &line.marked).map_err(Problem::internal)?;
    }
    Ok(())
}
