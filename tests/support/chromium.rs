//! A headless Chromium, driven through its DevTools protocol over two pipes. It has an empty profile of its own and
//! speaks to nobody but the pages that a test opens. What it knows of a page is what a reader's browser knows.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::devtools::{Happened, PATIENCE, Wire};
use super::install::{self, Part};
use super::place::{self, Place};
use super::visitor::Visitor;

const OPTIONS: [&str; 14] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--remote-debugging-pipe",
];

/// A running browser; ends when it is dropped.
#[derive(Debug)]
pub struct Chromium {
    child: Child,
    wire: Arc<Wire>,
    _profile: Place,
}

/// A page in the browser; closed when it is dropped.
#[derive(Debug)]
pub struct Tab {
    wire: Arc<Wire>,
    session: String,
    /// The browser context that it is alone in.
    context: Value,
}

/// Light or dark, as the reader prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Light,
    Dark,
}

impl Chromium {
    /// Starts a browser.
    pub fn start() -> Chromium {
        Chromium::start_with(&[])
    }

    /// Starts a browser with further options on its command line.
    pub fn start_with(options: &[String]) -> Chromium {
        install::need(Part::Chromium);
        let profile = Place::new("chromium");
        let log = fs::File::create(profile.join("chromium.log")).expect("a log");
        // The protocol runs over descriptors 3 and 4; a shell puts our pipes there.
        let mut child = Command::new("/bin/sh")
            .args(["-c", r#"exec 3<&0 4>&1 </dev/null >&2; exec "$@""#, "sh"])
            .arg("/usr/bin/chromium")
            .args(OPTIONS)
            .args(options)
            .arg(format!(
                "--user-data-dir={}",
                profile.join("profile").display()
            ))
            .arg("about:blank")
            .env("HOME", profile.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("chromium");
        let from = child.stdout.take().expect("a pipe");
        let wire = Wire::new(child.stdin.take().expect("a pipe"), from);
        Chromium {
            child,
            wire,
            _profile: profile,
        }
    }

    /// Opens an empty tab in a browser context of its own: other tabs' cookies are not in it.
    pub fn tab(&self) -> Tab {
        let ask = |method: &str, params: Value| self.wire.ask(None, method, params);
        let context = ask(
            "Target.createBrowserContext",
            json!({ "disposeOnDetach": true }),
        );
        let context = &context["browserContextId"];
        let target = ask(
            "Target.createTarget",
            json!({ "url": "about:blank", "browserContextId": context }),
        );
        let attached = ask(
            "Target.attachToTarget",
            json!({ "targetId": target["targetId"], "flatten": true }),
        );
        let session = attached["sessionId"]
            .as_str()
            .expect("a session")
            .to_owned();
        let tab = Tab {
            wire: Arc::clone(&self.wire),
            session,
            context: context.clone(),
        };
        self.wire.watch(&tab.session);
        tab.viewport(1440, 900, 1.0, false);
        tab
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // It ends by itself when the pipe is closed.
        self.wire.close();
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(5) {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
        if let Err(e) = self.child.kill().and_then(|()| self.child.wait()) {
            eprintln!("chromium: {e}");
        }
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        self.wire.close_tab(&self.session, &self.context);
    }
}

impl Tab {
    fn ask(&self, method: &str, params: Value) -> Value {
        self.wire.ask(Some(&self.session), method, params)
    }

    /// Opens an address and waits until it is loaded.
    pub fn open(&self, url: &str) {
        let answer = self.ask("Page.navigate", json!({ "url": url }));
        let error = &answer["errorText"];
        assert!(error.is_null(), "{url}: {error}");
        // Only a jump within the page loads nothing.
        if let Some(document) = answer["loaderId"].as_str() {
            self.wire.wait_for_document(&self.session, document);
        }
    }

    /// Does something that loads a page, and waits until it is loaded.
    pub fn loading(&self, act: impl FnOnce()) {
        let tree = self.ask("Page.getFrameTree", json!({}));
        let before = &tree["frameTree"]["frame"]["loaderId"];
        act();
        let before = before.as_str().expect("a document");
        self.wire.wait_for_other_document(&self.session, before);
    }

    /// Does something that another page follows, whether the browser loads it or script puts it in the place of this one.
    pub fn changing(&self, act: impl FnOnce()) {
        self.evaluate("document.body.dataset.before = ''");
        act();
        self.wait_for("document.body?.dataset.before === undefined && document.readyState === 'complete' && !!document.body");
    }

    /// The size of the window in CSS pixels, how many device pixels each is, and whether it is a phone.
    pub fn viewport(&self, width: u32, height: u32, scale: f64, mobile: bool) {
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": mobile }),
        );
        self.ask(
            "Emulation.setTouchEmulationEnabled",
            json!({ "enabled": mobile }),
        );
    }

    /// The zone of the reader's clock.
    pub fn time_zone(&self, name: &str) {
        self.ask("Emulation.setTimezoneOverride", json!({"timezoneId": name}));
    }

    /// Whether the reader prefers light or dark.
    pub fn prefer(&self, scheme: Scheme) {
        self.emulate(scheme, "none");
    }

    /// The reader sees all pages in a few colours of their own, which are light or dark.
    pub fn force_colours(&self, scheme: Scheme) {
        self.emulate(scheme, "active");
    }

    fn emulate(&self, scheme: Scheme, forced: &str) {
        let scheme = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "forced-colors", "value": forced },
        ]);
        self.ask(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        );
    }

    /// A picture of the window as its bytes in base64.
    pub fn seen(&self) -> String {
        let picture = self.ask(
            "Page.captureScreenshot",
            json!({ "format": "png", "optimizeForSpeed": true }),
        );
        picture["data"].as_str().expect("a picture").to_owned()
    }

    /// How the line is from now on: cut, or so many bytes a second for what is sent; 0 for any.
    pub fn line(&self, is_cut: bool, upload: u32) {
        let upload = if upload == 0 { -1.0 } else { f64::from(upload) };
        self.ask(
            "Network.emulateNetworkConditions",
            json!({ "offline": is_cut, "latency": 0, "downloadThroughput": -1, "uploadThroughput": upload }),
        );
    }

    /// How long each answer takes longer from now on.
    pub fn latency(&self, milliseconds: u32) {
        self.ask(
            "Network.emulateNetworkConditions",
            json!({ "offline": false, "latency": milliseconds, "downloadThroughput": -1, "uploadThroughput": -1 }),
        );
    }

    /// Turns JavaScript off, or on again.
    pub fn scripts(&self, on: bool) {
        self.ask(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": !on }),
        );
    }

    /// Takes over the cookies of a visitor: the browser is signed in as they are.
    pub fn take_cookies(&self, visitor: &Visitor) {
        let url = format!("http://{}", visitor.server());
        for cookie in visitor.cookies() {
            self.ask(
                "Network.setCookie",
                json!({
                    "url": url, "name": cookie.name, "value": cookie.value, "path": cookie.path,
                    "httpOnly": true, "sameSite": "Lax",
                }),
            );
        }
    }

    /// Evaluates an expression in the page; promises are waited for. An exception ends the test.
    pub fn evaluate(&self, expression: &str) -> Value {
        let answer = self.ask(
            "Runtime.evaluate",
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true }),
        );
        let exception = &answer["exceptionDetails"];
        assert!(exception.is_null(), "{expression}: {exception}");
        answer["result"]["value"].clone()
    }

    /// Waits until an expression is true in the page, or in the one that comes after it.
    pub fn wait_for(&self, expression: &str) {
        let how = json!({ "expression": format!("!!({expression})"), "returnByValue": true, "awaitPromise": true });
        let begin = Instant::now();
        loop {
            // While one page goes and another comes, neither may answer.
            let answer =
                self.wire
                    .try_to(Some(self.session.as_str()), "Runtime.evaluate", how.clone());
            let told = match &answer {
                Ok(answer) if answer["result"]["value"] == json!(true) => return,
                Ok(answer) => answer["exceptionDetails"].to_string(),
                Err(error) => error.clone(),
            };
            assert!(
                begin.elapsed() < PATIENCE,
                "never true: {expression} ({told})\n{}",
                self.text()
            );
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// All text of the page that is to be seen.
    pub fn text(&self) -> String {
        let text = self.evaluate("document.body ? document.body.innerText : ''");
        text.as_str().unwrap_or_default().to_owned()
    }

    /// The address that the tab shows.
    pub fn url(&self) -> String {
        self.evaluate("location.href")
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Clicks with the mouse on the middle of the first element that a CSS selector finds.
    pub fn click(&self, selector: &str) {
        self.click_times(selector, 1);
    }

    /// Moves the mouse to the middle of the first element that a CSS selector finds, which has to be in sight.
    pub fn hover(&self, selector: &str) {
        self.mouse("mouseMoved", "none", selector);
    }

    /// Presses the mouse there, and does not let go.
    pub fn hold(&self, selector: &str) {
        self.mouse("mousePressed", "left", selector);
    }

    /// Lets go of the mouse there.
    pub fn let_go(&self, selector: &str) {
        self.mouse("mouseReleased", "left", selector);
    }

    fn mouse(&self, kind: &str, button: &str, selector: &str) {
        let place = self.evaluate(&format!(
            "(() => {{ const r = document.querySelector({}).getBoundingClientRect(); \
             return [r.left + r.width / 2, r.top + r.height / 2]; }})()",
            json!(selector)
        ));
        self.ask(
            "Input.dispatchMouseEvent",
            json!({ "type": kind, "x": place[0], "y": place[1], "button": button, "clickCount": 1 }),
        );
    }

    /// Clicks there twice, the second time whatever the first one has led to.
    pub fn click_twice(&self, selector: &str) {
        self.click_times(selector, 2);
    }

    fn click_times(&self, selector: &str, times: u32) {
        let place = self.evaluate(&format!(
            "(() => {{ const e = document.querySelector({}); if (!e) return null;\
             e.scrollIntoView({{ block: 'center' }}); const r = e.getClientRects()[0];\
             return r && [r.left + r.width / 2, r.top + r.height / 2]; }})()",
            json!(selector)
        ));
        assert!(
            place.is_array(),
            "nothing to click at {selector} in:\n{}",
            self.text()
        );
        for nth in 1..=times {
            for kind in ["mousePressed", "mouseReleased"] {
                self.ask(
                    "Input.dispatchMouseEvent",
                    json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": nth }),
                );
            }
        }
    }

    /// Clicks, and waits until the page is loaded to which that leads.
    pub fn click_to(&self, selector: &str) {
        self.changing(|| self.click(selector));
    }

    /// Clicks into a field and types.
    pub fn fill(&self, selector: &str, text: &str) {
        let focus = format!(
            "(() => {{ const e = document.querySelector({}); if (e) {{ e.focus(); e.select?.(); }} return !!e; }})()",
            json!(selector)
        );
        assert_eq!(
            self.evaluate(&focus),
            json!(true),
            "no field {selector} in:\n{}",
            self.text()
        );
        self.ask("Input.insertText", json!({ "text": text }));
    }

    /// Presses a key by its name: `Tab`, `Enter`, `Escape`, `j`.
    pub fn press(&self, key: &str) {
        let mut down = json!({ "type": "keyDown", "key": key });
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            "Escape" => 27,
            " " => 32,
            "PageUp" => 33,
            "PageDown" => 34,
            "End" => 35,
            "Home" => 36,
            "ArrowUp" => 38,
            "ArrowDown" => 40,
            _ => 0,
        };
        if code > 0 {
            down["windowsVirtualKeyCode"] = json!(code);
        }
        if key == "Enter" {
            down["text"] = json!("\r");
        } else if key.chars().count() == 1 {
            down["text"] = json!(key);
        }
        self.ask("Input.dispatchKeyEvent", down);
        self.ask(
            "Input.dispatchKeyEvent",
            json!({ "type": "keyUp", "key": key }),
        );
    }

    /// Presses Tab with Shift: to the control before.
    pub fn press_back(&self) {
        let mut how =
            json!({ "type": "keyDown", "key": "Tab", "modifiers": 8, "windowsVirtualKeyCode": 9 });
        self.ask("Input.dispatchKeyEvent", how.clone());
        how["type"] = json!("keyUp");
        self.ask("Input.dispatchKeyEvent", how);
    }

    /// Types where the focus is.
    pub fn insert(&self, text: &str) {
        self.ask("Input.insertText", json!({ "text": text }));
    }

    /// Presses a letter or digit with Ctrl, and with Shift where `shift` says so.
    pub fn press_with_ctrl(&self, key: char, shift: bool) {
        let modifiers = if shift { 10 } else { 2 };
        let name = match (shift, key) {
            (true, '8') => "*".to_owned(),
            (true, '7') => "&".to_owned(),
            (true, '9') => "(".to_owned(),
            (true, key) => key.to_ascii_uppercase().to_string(),
            (false, key) => key.to_string(),
        };
        let mut how = json!({
            "type": "rawKeyDown", "key": name, "modifiers": modifiers,
            "windowsVirtualKeyCode": key.to_ascii_uppercase() as u32,
        });
        self.ask("Input.dispatchKeyEvent", how.clone());
        how["type"] = json!("keyUp");
        self.ask("Input.dispatchKeyEvent", how);
    }

    /// Makes a picture of the window, `target/screenshots/<name>.png`; where it is.
    pub fn screenshot(&self, name: &str) -> PathBuf {
        self.picture(name, json!({ "format": "png", "optimizeForSpeed": true }))
    }

    /// The same of the whole page, however long.
    pub fn screenshot_of_all(&self, name: &str) -> PathBuf {
        self.picture(
            name,
            json!({ "format": "png", "optimizeForSpeed": true, "captureBeyondViewport": true }),
        )
    }

    fn picture(&self, name: &str, how: Value) -> PathBuf {
        // A page that loads itself anew has none for a moment.
        let session = Some(self.session.as_str());
        let tried = (0..10).find_map(|_| {
            let method = "Page.captureScreenshot";
            match self.wire.try_to(session, method, how.clone()) {
                Err(error) if error.contains("Not attached") => {
                    thread::sleep(Duration::from_millis(100));
                    None
                }
                answer => Some(answer),
            }
        });
        let answer = tried.expect("a page").expect("a picture");
        let data = answer["data"].as_str().expect("a picture");
        let dir = place::target_dir().join("screenshots");
        fs::create_dir_all(&dir).expect("target/screenshots");
        let file = dir.join(format!("{name}.png"));
        fs::write(&file, decoded(data)).expect("a picture");
        file
    }

    /// The page as it would be printed on A4, as a PDF.
    pub fn print(&self) -> Vec<u8> {
        let paper = json!({ "paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": true });
        let answer = self.ask("Page.printToPDF", paper);
        decoded(answer["data"].as_str().expect("a document"))
    }

    /// What happened in this tab until now.
    pub fn happened(&self) -> Happened {
        // An answer comes behind the events before it.
        self.evaluate("1");
        self.wire.happened(&self.session)
    }

    /// Forgets what happened.
    pub fn forget(&self) {
        self.evaluate("1");
        self.wire.forget(&self.session);
    }

    /// Expects that no page complained: no error in the console, no violation of the policy, no dialog.
    pub fn expect_quiet(&self) {
        let Happened {
            errors,
            csp_violations,
            dialogs,
            ..
        } = self.happened();
        let loud = [errors, csp_violations, dialogs].concat();
        assert!(loud.is_empty(), "{}: {loud:#?}", self.url());
    }
}

fn decoded(base64: &str) -> Vec<u8> {
    STANDARD.decode(base64).expect("base64 of Chromium")
}
