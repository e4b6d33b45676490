//! The DevTools protocol of Chromium over two pipes: commands out, answers in, and a record of what happened in each tab.
//! What can be done with a tab stands in `chromium.rs`.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long the browser may take for anything.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What happened in a tab since it was opened, or since `Tab::forget`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Happened {
    /// What pages wrote to the console as error or warning, exceptions nobody caught, what the browser complained of.
    pub errors: Vec<String>,
    /// What the content security policy stopped.
    pub csp_violations: Vec<String>,
    /// Dialogs that a script opened.
    pub dialogs: Vec<String>,
    /// Every address that was asked for: method, a space, URL.
    pub requests: Vec<String>,
    /// The same of what the browser was to ask for and did not: a policy forbade it.
    pub blocked: Vec<String>,
    /// Answers that were no success: status, a space, URL.
    pub failures: Vec<String>,
}

/// The pipes, and what came over them.
#[derive(Debug)]
pub struct Wire {
    to: Mutex<Option<ChildStdin>>,
    heard: Mutex<Heard>,
    news: Condvar,
}

#[derive(Debug, Default)]
struct Heard {
    last_id: u64,
    answers: HashMap<u64, Value>,
    /// By session of the tab; those of its frames are counted as its own.
    tabs: HashMap<String, Seen>,
    /// Session of a frame in a process of its own, to that of its tab.
    frames: HashMap<String, String>,
    closed: bool,
}

#[derive(Debug, Default)]
struct Seen {
    happened: Happened,
    /// The browser's names of `happened.requests`, one for one.
    request_ids: Vec<String>,
    /// Those of what script fetched ahead of a click.
    ahead: Vec<String>,
    /// The document in the tab (the protocol's loader id).
    document: String,
    /// The documents, those of frames as well, that are loaded with all that belongs to them.
    loaded: HashSet<String>,
}

impl Wire {
    /// Over these pipes, listened to by a thread until the browser closes its end.
    pub fn new(to: ChildStdin, from: ChildStdout) -> Arc<Wire> {
        let wire = Arc::new(Wire {
            to: Mutex::new(Some(to)),
            heard: Mutex::default(),
            news: Condvar::new(),
        });
        let listener = Arc::clone(&wire);
        thread::spawn(move || {
            let mut from = BufReader::new(from);
            let mut message = Vec::new();
            while matches!(from.read_until(0, &mut message), Ok(1..)) {
                let text = message.strip_suffix(b"\0").unwrap_or(&message);
                listener.hear(serde_json::from_slice(text).expect("JSON of Chromium"));
                message.clear();
            }
            listener.heard().closed = true;
            listener.news.notify_all();
        });
        wire
    }

    /// Closes our end; the browser ends by itself then.
    pub fn close(&self) {
        drop(self.to.lock().unwrap_or_else(|e| e.into_inner()).take());
    }

    /// Begins to write down what happens in a tab.
    pub fn watch(&self, session: &str) {
        self.heard()
            .tabs
            .insert(session.to_owned(), Seen::default());
        for (method, params) in watching() {
            self.ask(Some(session), method, params);
        }
    }

    /// Waits until a document is loaded in a tab.
    pub fn wait_for_document(&self, session: &str, document: &str) {
        self.wait("the page to load", |heard| {
            let seen = heard.tabs.get(session)?;
            seen.loaded.contains(document).then_some(())
        });
    }

    /// Waits until another document than this one is loaded in a tab.
    pub fn wait_for_other_document(&self, session: &str, than: &str) {
        self.wait("the next page to load", |heard| {
            let seen = heard.tabs.get(session)?;
            let is_other = !seen.document.is_empty() && seen.document != than;
            (is_other && seen.loaded.contains(&seen.document)).then_some(())
        });
    }

    /// What happened in a tab until now.
    pub fn happened(&self, session: &str) -> Happened {
        let heard = self.heard();
        heard.tabs.get(session).expect("a tab").happened.clone()
    }

    /// Forgets what happened in a tab.
    pub fn forget(&self, session: &str) {
        if let Some(seen) = self.heard().tabs.get_mut(session) {
            seen.happened = Happened::default();
            seen.request_ids.clear();
        }
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Sends a command and does not wait; its number, or None where the browser is gone.
    fn tell(&self, session: Option<&str>, method: &str, params: Value) -> Option<u64> {
        let id = {
            let mut heard = self.heard();
            heard.last_id += 1;
            heard.last_id
        };
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        let mut to = self.to.lock().unwrap_or_else(|e| e.into_inner());
        let sent = to.as_mut()?.write_all(format!("{message}\0").as_bytes());
        sent.ok().map(|()| id)
    }

    /// Closes a tab with its browser context, and forgets it.
    pub fn close_tab(&self, session: &str, context: &Value) {
        self.tell(
            None,
            "Target.disposeBrowserContext",
            json!({ "browserContextId": context }),
        );
        self.heard().tabs.remove(session);
    }

    /// Sends a command and waits for its answer.
    pub fn ask(&self, session: Option<&str>, method: &str, params: Value) -> Value {
        let answer = self.try_to(session, method, params);
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// The same, for what the browser may refuse.
    pub fn try_to(
        &self,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> Result<Value, String> {
        let id = self.tell(session, method, params);
        let id = id.expect("the pipe to Chromium");
        let answer = self.wait(method, |heard| heard.answers.remove(&id));
        match answer.get("error") {
            Some(error) => Err(error.to_string()),
            None => Ok(answer["result"].clone()),
        }
    }

    /// Waits until something was heard.
    fn wait<T>(&self, what: &str, mut ready: impl FnMut(&mut Heard) -> Option<T>) -> T {
        let begin = Instant::now();
        let mut heard = self.heard();
        loop {
            if let Some(value) = ready(&mut heard) {
                return value;
            }
            assert!(!heard.closed, "Chromium is gone; waited for {what}");
            let left = PATIENCE.saturating_sub(begin.elapsed());
            assert!(
                !left.is_zero(),
                "Chromium does not answer; waited for {what}"
            );
            let woken = self.news.wait_timeout(heard, left);
            heard = woken.unwrap_or_else(|e| e.into_inner()).0;
        }
    }

    /// Notes one message of the browser.
    fn hear(&self, message: Value) {
        if let Some(id) = message["id"].as_u64() {
            self.heard().answers.insert(id, message);
            self.news.notify_all();
            return;
        }
        let session = message["sessionId"].as_str().unwrap_or_default();
        let (method, params) = (
            message["method"].as_str().unwrap_or_default(),
            &message["params"],
        );
        if method == "Target.attachedToTarget" {
            self.adopt(session, params);
            return;
        }
        if method == "Page.javascriptDialogOpening" {
            self.tell(
                Some(session),
                "Page.handleJavaScriptDialog",
                json!({ "accept": false }),
            );
        }
        let mut heard = self.heard();
        let owner = heard
            .frames
            .get(session)
            .map_or(session, String::as_str)
            .to_owned();
        let is_tab = owner == session;
        if let Some(seen) = heard.tabs.get_mut(&owner) {
            if is_tab {
                note_document(seen, method, params);
            }
            note(seen, method, params);
        }
        drop(heard);
        self.news.notify_all();
    }

    /// A frame got a process of its own: watch it like its tab.
    fn adopt(&self, parent: &str, params: &Value) {
        let Some(session) = params["sessionId"].as_str() else {
            return;
        };
        if parent.is_empty() {
            return;
        }
        let mut heard = self.heard();
        let owner = heard
            .frames
            .get(parent)
            .map_or(parent, String::as_str)
            .to_owned();
        heard.frames.insert(session.to_owned(), owner);
        drop(heard);
        for (method, params) in watching() {
            self.tell(Some(session), method, params);
        }
    }
}

/// Writes down which document is in a tab, and whether it is loaded.
fn note_document(seen: &mut Seen, method: &str, params: &Value) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let frame = &params["frame"];
    if method == "Page.frameNavigated" && frame["parentId"].is_null() {
        seen.document = text(&frame["loaderId"]);
    } else if method == "Page.lifecycleEvent" && params["name"] == "load" {
        seen.loaded.insert(text(&params["loaderId"]));
    }
}

/// Writes down what an event says.
fn note(seen: &mut Seen, method: &str, params: &Value) {
    let happened = &mut seen.happened;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match method {
        "Runtime.consoleAPICalled"
            if ["error", "warning", "assert"]
                .iter()
                .any(|t| params["type"] == *t) =>
        {
            happened.errors.push(params["args"].to_string());
        }
        "Runtime.exceptionThrown" => {
            let details = &params["exceptionDetails"];
            let what = [
                text(&details["text"]),
                text(&details["exception"]["description"]),
            ];
            happened.errors.push(what.join(" "));
        }
        // What is fetched ahead and is not at hand is a complaint of nobody's.
        "Log.entryAdded"
            if seen
                .ahead
                .contains(&text(&params["entry"]["networkRequestId"])) => {}
        "Log.entryAdded" => {
            let entry = &params["entry"];
            let what = format!("{} {}", text(&entry["text"]), text(&entry["url"]));
            if what.contains("Content Security Policy") {
                happened.csp_violations.push(what);
            } else if entry["level"] == "error" || entry["level"] == "warning" {
                happened.errors.push(what);
            }
        }
        "Audits.issueAdded" if params["issue"]["code"] == "ContentSecurityPolicyIssue" => {
            let details = &params["issue"]["details"]["contentSecurityPolicyIssueDetails"];
            happened.csp_violations.push(details.to_string());
        }
        "Page.javascriptDialogOpening" => happened.dialogs.push(text(&params["message"])),
        "Network.requestWillBeSent" => {
            let request = &params["request"];
            let line = format!("{} {}", text(&request["method"]), text(&request["url"]));
            happened.requests.push(line);
            seen.request_ids.push(text(&params["requestId"]));
            if request["headers"]["X-Postern-Ahead"].is_string() {
                seen.ahead.push(text(&params["requestId"]));
            }
        }
        "Network.loadingFailed" if params["blockedReason"].is_string() => {
            let id = text(&params["requestId"]);
            if let Some(at) = seen.request_ids.iter().position(|known| *known == id) {
                seen.request_ids.remove(at);
                happened.blocked.push(happened.requests.remove(at));
            }
        }
        "Network.responseReceived" => {
            let response = &params["response"];
            let status = response["status"].as_u64().unwrap_or_default();
            if status >= 400 && !seen.ahead.contains(&text(&params["requestId"])) {
                happened
                    .failures
                    .push(format!("{status} {}", text(&response["url"])));
            }
        }
        _ => {}
    }
}

/// What each tab and each frame in a process of its own is asked to tell.
fn watching() -> [(&'static str, Value); 8] {
    [
        ("Page.enable", json!({})),
        ("Page.setLifecycleEventsEnabled", json!({ "enabled": true })),
        ("Runtime.enable", json!({})),
        ("Log.enable", json!({})),
        ("Network.enable", json!({})),
        ("Audits.enable", json!({})),
        (
            "Target.setAutoAttach",
            json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true }),
        ),
        ("Runtime.runIfWaitingForDebugger", json!({})),
    ]
}
