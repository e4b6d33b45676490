//! What a route is called where no address may stand: in the log, and in tests.

use super::Route;

impl Route {
    /// The route's name in the log and in tests.
    pub fn name(&self) -> &'static str {
        match self {
            Route::Folder(_) => "folder",
            Route::Folders(_) => "folders",
            Route::FolderOptions(_) => "folder-options",
            Route::Import(_) => "import",
            Route::TakeIn => "take-in",
            Route::Compose(_) => "compose",
            Route::Write => "write",
            Route::Tell => "tell",
            Route::Unsent => "unsent",
            Route::Quote(_) => "quote",
            Route::Autosave => "autosave",
            Route::ChangeFolder => "change-folder",
            Route::SetFolder => "set-folder",
            Route::KeepSearch => "keep-search",
            Route::Look { .. } => "look",
            Route::Message(_) => "message",
            Route::Print(_) => "print",
            Route::Frame(_) => "frame",
            Route::Part { .. } => "part",
            Route::Attachments { .. } => "attachments",
            Route::Headers { .. } => "headers",
            Route::Sender => "sender",
            Route::Messages => "messages",
            Route::Labels => "labels",
            Route::EditLabel => "label",
            Route::Keys => "keys",
            Route::SetPreference => "set-preference",
            Route::Identities => "identities",
            Route::Identity(_) => "identity",
            Route::EditIdentity => "edit-identity",
            Route::Templates => "templates",
            Route::EditTemplate => "edit-template",
            Route::People { .. } => "people",
            Route::Suggest { .. } => "suggest",
            Route::EditPeople => "edit-people",
            Route::Settings => "settings",
            Route::SaveSettings => "save-settings",
            Route::Source { .. } => "source",
            Route::Resume { .. } => "resume",
            Route::SignInForm { .. } => "sign-in-form",
            Route::SignIn => "sign-in",
            Route::SignOut => "sign-out",
            Route::Sessions => "sessions",
            Route::EndSession => "end-session",
            Route::EndAllSessions => "end-all-sessions",
            Route::Asset { .. } => "asset",
            Route::Robots => "robots",
            Route::Favicon => "favicon",
        }
    }
}
