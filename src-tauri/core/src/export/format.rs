//! The forms that a file can have. Each is written row by row, so that no file is ever held in memory.
//!
//! This must never know where the rows come from, or that there is a file.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::Value;
use signalbox_protocol::ipc::ExportFormat;

use super::fields::Record;

/// Spreadsheets take UTF-8 for the system's own code page where this does not stand before it.
const UTF8_MARK: &[u8] = "\u{feff}".as_bytes();

/// What a spreadsheet takes for the beginning of a formula. This is OWASP's list (“CSV Injection”): a cell with one of
/// them in front is written with an apostrophe before it, which spreadsheets read as “what follows is text”.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A file's text on its way.
pub(super) enum Form<W: Write> {
    /// A line of names, then a line for each row.
    Csv(Box<csv::Writer<W>>),
    /// A list of objects.
    Json(Objects<W>),
    /// An object on each line.
    Ndjson(Objects<W>),
}

/// Rows as objects.
pub(super) struct Objects<W> {
    out: W,
    names: Vec<&'static str>,
    any: bool,
}

impl<W: Write> Form<W> {
    /// Begins a text whose fields are called so.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(super) fn begin(format: ExportFormat, names: Vec<&'static str>, mut out: W) -> io::Result<Self> {
        match format {
            ExportFormat::Csv => {
                out.write_all(UTF8_MARK)?;
                let mut lines = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
                lines.write_record(&names)?;
                Ok(Self::Csv(Box::new(lines)))
            }
            ExportFormat::Json => {
                out.write_all(b"[")?;
                Ok(Self::Json(Objects { out, names, any: false }))
            }
            ExportFormat::Ndjson => Ok(Self::Ndjson(Objects { out, names, any: false })),
        }
    }

    /// Writes a row.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(super) fn row(&mut self, record: &Record) -> io::Result<()> {
        match self {
            Self::Csv(lines) => Ok(lines.write_record(record.iter().map(|value| cell(value).into_owned()))?),
            Self::Json(objects) => {
                let before: &[u8] = if objects.any { b",\n" } else { b"\n" };
                objects.out.write_all(before)?;
                objects.object(record)
            }
            Self::Ndjson(objects) => {
                objects.object(record)?;
                objects.out.write_all(b"\n")
            }
        }
    }

    /// Ends the text, and gives back what it was written to.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(super) fn end(self) -> io::Result<W> {
        match self {
            Self::Csv(lines) => lines.into_inner().map_err(|error| io::Error::from(error.error().kind())),
            Self::Json(Objects { mut out, .. }) => {
                out.write_all(b"\n]\n")?;
                Ok(out)
            }
            Self::Ndjson(Objects { out, .. }) => Ok(out),
        }
    }
}

impl<W: Write> Objects<W> {
    fn object(&mut self, record: &Record) -> io::Result<()> {
        self.any = true;
        serde_json::to_writer(&mut self.out, &Named { names: &self.names, record })?;
        Ok(())
    }
}

/// A row as an object whose fields keep their order.
struct Named<'a> {
    names: &'a [&'static str],
    record: &'a Record,
}

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.names.iter().zip(self.record))
    }
}

/// A value as one cell: a list of words reads as one, and anything else that has parts is JSON. Numbers are no texts: a
/// negative one stays what it is.
fn cell(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => guarded(Cow::Borrowed(text)),
        Value::Array(list) => match list.iter().map(Value::as_str).collect::<Option<Vec<&str>>>() {
            Some(words) => guarded(Cow::Owned(words.join(", "))),
            None => Cow::Owned(value.to_string()),
        },
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => Cow::Owned(value.to_string()),
    }
}

/// A text that no spreadsheet runs.
fn guarded(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.starts_with(FORMULA) { Cow::Owned(format!("'{text}")) } else { text }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(format: ExportFormat, names: &[&'static str], rows: &[Value]) -> String {
        let mut form = Form::begin(format, names.to_vec(), Vec::new()).unwrap();
        for row in rows {
            form.row(row.as_array().unwrap()).unwrap();
        }
        String::from_utf8(form.end().unwrap()).unwrap()
    }

    fn csv(rows: &[Value]) -> String {
        let text = written(ExportFormat::Csv, &["name", "rooms"], rows);
        text.strip_prefix("\u{feff}name,rooms\r\n").expect("a mark and a line of names").to_owned()
    }

    #[test]
    fn a_cell_is_quoted_where_it_holds_what_separates_cells() {
        for (cell, line) in [
            (json!("ali"), "ali,\r\n"),
            (json!("a,b"), "\"a,b\",\r\n"),
            (json!("say \"hi\""), "\"say \"\"hi\"\"\",\r\n"),
            (json!("two\r\nlines"), "\"two\r\nlines\",\r\n"),
            (json!(["lobby", "a,b"]), "\"lobby, a,b\",\r\n"),
            (json!("王"), "王,\r\n"),
            (json!(-7), "-7,\r\n"),
            (json!([1, ["a"]]), "\"[1,[\"\"a\"\"]]\",\r\n"),
            (json!({ "a": 1 }), "\"{\"\"a\"\":1}\",\r\n"),
        ] {
            assert_eq!(csv(&[json!([cell, null])]), line, "{cell}");
        }
    }

    #[test]
    fn no_cell_is_a_formula() {
        for begin in ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"] {
            for cell in [json!(format!("{begin}cmd|' /C calc'!A0")), json!([format!("{begin}1"), "lobby"])] {
                let line = csv(&[json!([cell, null])]);
                let first = line.trim_start_matches('"').chars().next();
                assert_eq!(first, Some('\''), "{line:?}");
            }
        }
        assert_eq!(csv(&[json!(["a=b", "it's"])]), "a=b,it's\r\n", "only the beginning counts");
    }

    #[test]
    fn json_is_one_list_and_ndjson_an_object_a_line_and_both_keep_the_order() {
        let rows = [json!(["=1", ["lobby"]]), json!(["ben", null])];
        let first = r#"{"name":"=1","rooms":["lobby"]}"#;
        let second = r#"{"name":"ben","rooms":null}"#;
        let names = ["name", "rooms"];
        assert_eq!(written(ExportFormat::Json, &names, &rows), format!("[\n{first},\n{second}\n]\n"));
        assert_eq!(written(ExportFormat::Ndjson, &names, &rows), format!("{first}\n{second}\n"));
        assert_eq!(written(ExportFormat::Json, &names, &[]), "[\n]\n");
        assert_eq!(written(ExportFormat::Ndjson, &names, &[]), "");
    }
}
