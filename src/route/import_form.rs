//! What the form of `Route::TakeIn` says, beside its files: into which folder, or what becomes of the import that is under
//! way.
//!
//! Not for the token, which every form carries. To know before changing it: `read` and `fields` are each the inverse of the
//! other.

use super::query::Query;
use super::{ActForm, Route};
use crate::error::{Error, Result};
use crate::mail::FolderName;

/// What the form of `Route::TakeIn` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportForm {
    /// The messages of its files are taken into this folder.
    Begin(FolderName),
    /// The import that is under way goes on.
    GoOn(FolderName),
    /// It ends here.
    End(FolderName),
}

impl ImportForm {
    /// The field in which its files are chosen.
    pub const FILES: &str = "file";

    /// Reads the fields of a form; the inverse of `fields`.
    ///
    /// # Errors
    /// `BadRequest`: fields that none of our forms has.
    pub fn read(fields: &[(String, String)]) -> Result<ImportForm> {
        let fields = Query::of(fields);
        let folder = fields.folder()?;
        match fields.get("act") {
            Some("begin") => Ok(ImportForm::Begin(folder)),
            Some("go-on") => Ok(ImportForm::GoOn(folder)),
            Some("end") => Ok(ImportForm::End(folder)),
            Some(_) | None => Err(Error::BadRequest("act")),
        }
    }

    /// The folder whose page it stands on.
    pub fn folder(&self) -> &FolderName {
        match self {
            ImportForm::Begin(folder) | ImportForm::GoOn(folder) | ImportForm::End(folder) => {
                folder
            }
        }
    }

    /// Its fields, but for the token and the files.
    pub fn fields(&self) -> Vec<(String, String)> {
        let act = match self {
            ImportForm::Begin(_) => "begin",
            ImportForm::GoOn(_) => "go-on",
            ImportForm::End(_) => "end",
        };
        let folder = self.folder().as_wire();
        [("act", act), ("f", folder)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    }
}

impl From<ImportForm> for ActForm {
    fn from(form: ImportForm) -> ActForm {
        ActForm {
            to: Route::TakeIn,
            fields: form.fields(),
        }
    }
}
