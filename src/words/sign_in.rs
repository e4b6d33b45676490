//! What the sign-in page says, and why it is shown instead of another page.
//!
//! To know before changing it: which of login and password was wrong is never said.

use super::Words;

/// Signing in.
impl Words {
    /// Title of the sign-in page and its button.
    pub fn sign_in(&self) -> &'static str {
        "Sign in"
    }

    /// Title of the sign-in page where the place has a name.
    pub fn sign_in_to(&self, place: &str) -> String {
        format!("Sign in to {place}")
    }

    /// Title of the sign-in page where there is no form, because others could read what is typed or shown.
    pub fn unsafe_here(&self) -> &'static str {
        "Signing in is not safe here"
    }

    /// Label of the login: an address, or a name where the server wants one.
    pub fn address(&self) -> &'static str {
        "Email or user name"
    }

    /// Label of the password.
    pub fn password(&self) -> &'static str {
        "Password"
    }

    /// Label of the tick box that lengthens the session.
    pub fn keep_me(&self) -> &'static str {
        "Keep me signed in on this device"
    }

    /// Below the form.
    pub fn sealed_password(&self) -> &'static str {
        "Your password is encrypted with a key that only this browser has."
    }

    /// Above the form after signing out.
    pub fn signed_out(&self) -> &'static str {
        "You are signed out."
    }

    /// Above the form when a session is over.
    pub fn session_ended(&self) -> &'static str {
        "Your session has expired. Sign in to continue where you left off."
    }

    /// Above the form when the server no longer takes the session's password.
    pub fn password_changed(&self) -> &'static str {
        "The mail server no longer accepts your password. If you changed it, sign in with the new one to continue."
    }

    /// Above the form: login or password wrong; which of them is not said.
    pub fn wrong_password(&self) -> &'static str {
        "Wrong email address or password. Check both and try again."
    }

    /// Above the form: too many attempts.
    pub fn throttled(&self, seconds: u64) -> String {
        let wait = match seconds {
            0..=90 => self.seconds(seconds.max(1)),
            _ => self.count(seconds.div_ceil(60), "minute", "minutes"),
        };
        format!(
            "Too many failed sign-ins. Try again in {wait}. (Your password was not checked this time.)"
        )
    }

    /// Above the form: more people sign in than can be checked at once.
    pub fn sign_in_busy(&self) -> &'static str {
        "Postern is checking other sign-ins right now. Try again in a few seconds. (Your password was not checked this time.)"
    }

    /// Above the form: the form was older than a day or came without its cookie.
    pub fn form_too_old(&self) -> &'static str {
        "This page was open too long. Enter your password again."
    }

    /// Above the form: the browser sent no cookie back.
    pub fn cookies_needed(&self) -> &'static str {
        "Signing in needs a cookie, and your browser did not accept it. Allow cookies for this site and try again."
    }

    /// Above the form: login or password is missing.
    pub fn both_needed(&self) -> &'static str {
        "Enter both your email address (or user name) and your password."
    }

    /// In the place of the form on a page without HTTPS.
    pub fn https_needed(&self) -> &'static str {
        "This page was opened over an unencrypted connection (http), where others could read your password. Open it with https:// to sign in."
    }

    /// In the place of the form below `/~ann`.
    pub fn own_host_needed(&self) -> &'static str {
        "This address is shared with other websites, which could read your mail. The person who runs this site needs to give Postern a host name of its own."
    }
}
