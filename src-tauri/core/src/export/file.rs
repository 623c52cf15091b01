//! The file of an export: it is there when all of it is written, and what was there before stays until then.

use std::io::{self, BufWriter, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use signalbox_protocol::ipc::{ExportFormat, Failure, FailureCode, Reason};
use tokio::sync::mpsc;

use super::fields::Record;
use super::format::Form;
use crate::draft::{self, Draft};
use crate::failure::failure;

/// What a file is made of.
pub(super) enum Part {
    /// The next rows.
    Rows(Vec<Record>),
    /// There are no more.
    End,
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub(super) struct FileError {
    path: PathBuf,
    source: io::Error,
}

/// Writes what comes, until the end comes. Where the sender goes without one, there is no file and no error: nobody wants
/// it any more. It blocks.
pub(super) fn write(
    path: &Path,
    format: ExportFormat,
    names: Vec<&'static str>,
    mut parts: mpsc::Receiver<Part>,
) -> Result<(), FileError> {
    let failed = |source| FileError { path: path.to_owned(), source };
    let mut form = Form::begin(format, names, BufWriter::new(Draft::begin(path).map_err(failed)?)).map_err(failed)?;
    while let Some(part) = parts.blocking_recv() {
        match part {
            Part::Rows(rows) => rows.iter().try_for_each(|row| form.row(row)).map_err(failed)?,
            Part::End => return finish(form, path).map_err(failed),
        }
    }
    Ok(())
}

/// Writes a text. It blocks.
pub(super) fn write_text(path: &Path, text: &str) -> Result<(), FileError> {
    draft::replace(path, text.as_bytes()).map_err(|source| FileError { path: path.to_owned(), source })
}

fn finish(form: Form<BufWriter<Draft>>, path: &Path) -> io::Result<()> {
    let mut buffered = form.end()?;
    buffered.flush()?;
    buffered.into_inner().map_err(io::IntoInnerError::into_error)?.put(path)
}

impl FileError {
    /// What a person can do about it.
    pub(super) fn failure(&self) -> Failure {
        let code = match self.source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => FailureCode::DiskFull,
            ErrorKind::PermissionDenied
            | ErrorKind::ReadOnlyFilesystem
            | ErrorKind::NotFound
            | ErrorKind::NotADirectory
            | ErrorKind::IsADirectory => FailureCode::NotWritable,
            _ => FailureCode::Internal,
        };
        failure(code, Reason::NotWritten { error: self.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parts(list: Vec<Part>) -> mpsc::Receiver<Part> {
        let (sender, receiver) = mpsc::channel(list.len().max(1));
        list.into_iter().for_each(|part| sender.try_send(part).map_err(drop).unwrap());
        receiver
    }

    fn row(name: &str) -> Part {
        Part::Rows(vec![vec![json!(name)]])
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn the_file_takes_the_place_of_the_one_before_only_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.ndjson");
        std::fs::write(&path, "before").unwrap();
        let wanted = |list| write(&path, ExportFormat::Ndjson, vec!["name"], parts(list));

        wanted(vec![row("ali")]).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "before", "it was called off");
        wanted(vec![row("ali"), row("ben"), Part::End]).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"name\":\"ali\"}\n{\"name\":\"ben\"}\n");
        assert_eq!(names(folder.path()), ["people.ndjson"], "no draft is left");
    }

    #[test]
    fn a_text_takes_the_place_of_the_file_before_or_leaves_it_and_no_draft() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gateways.json");
        std::fs::write(&path, "before").unwrap();
        write_text(&path, "{}").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{}");
        let nowhere = folder.path().join("no/such/folder/gateways.json");
        assert_eq!(write_text(&nowhere, "{}").unwrap_err().failure().code, FailureCode::NotWritable);
        assert_eq!(names(folder.path()), ["gateways.json"]);
    }

    #[test]
    fn a_place_that_cannot_be_written_to_is_told_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("taken");
        std::fs::create_dir(&taken).unwrap();
        std::fs::write(taken.join("inside"), "").unwrap();
        for path in [folder.path().join("no/such/folder/people.csv"), taken] {
            let error = write(&path, ExportFormat::Csv, vec!["name"], parts(vec![Part::End])).unwrap_err();
            let failure = error.failure();
            assert_eq!(failure.code, FailureCode::NotWritable, "{failure:?}");
            assert!(failure.reason.to_string().contains(&path.display().to_string()), "{failure:?}");
            assert_eq!(names(folder.path()), ["taken"], "no draft is left");
        }
    }

    #[test]
    fn each_reason_not_to_write_has_its_code() {
        for (kind, code) in [
            (ErrorKind::StorageFull, FailureCode::DiskFull),
            (ErrorKind::QuotaExceeded, FailureCode::DiskFull),
            (ErrorKind::PermissionDenied, FailureCode::NotWritable),
            (ErrorKind::ReadOnlyFilesystem, FailureCode::NotWritable),
            (ErrorKind::TimedOut, FailureCode::Internal),
        ] {
            let error = FileError { path: "/x".into(), source: kind.into() };
            assert_eq!(error.failure().code, code, "{kind}");
        }
    }
}
