//! A real browser for one test: headless Chromium with a profile of its own, told what to do over WebDriver
//! (<https://www.w3.org/TR/webdriver2/>), which is JSON over HTTP.

use std::fmt::Debug;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use base64::Engine as _;
use reqwest::{Client, Method};
use serde_json::{Value as Json, json};

use super::process::{Process, free_port, temp_dir};

/// How long a page may take to show what a test waits for.
const PATIENCE: Duration = Duration::from_secs(20);
/// The name under which WebDriver hands out an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// Chromium is started by the driver; with this in between it dies with it, however that ends.
const WRAPPER: &str = "#!/bin/sh\nexec setpriv --pdeathsig KILL -- chromium \"$@\"\n";

/// Sizes of screens, in CSS pixels.
pub const PHONE: (u32, u32) = (360, 800);
pub const DESKTOP: (u32, u32) = (1280, 900);

/// One browser with one window; its processes end and its profile is deleted with the test.
pub struct Browser {
    driver: Process,
    client: Client,
    session: String,
    dir: PathBuf,
    browser_id: u64,
}

impl Browser {
    /// Starts it with a screen of this size.
    pub async fn start(size: (u32, u32)) -> Browser {
        // A socket's path may have 107 bytes, and Chromium adds fifty.
        let base = Some(temp_dir()).filter(|dir| dir.as_os_str().len() < 45);
        let base = base.unwrap_or_else(std::env::temp_dir);
        let dir = base.join(format!("jumun-{:08x}", rand::random::<u32>()));
        std::fs::create_dir_all(&dir).expect("a directory for the browser");
        let wrapper = dir.join("chromium");
        std::fs::write(&wrapper, WRAPPER).expect("a file");
        std::fs::set_permissions(&wrapper, std::fs::Permissions::from_mode(0o755))
            .expect("permissions");
        let port = free_port();
        let arguments = [format!("--port={port}")];
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        // Whatever it keeps besides the profile stays in the directory as well.
        let env = ["HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"]
            .map(|name| (name.to_owned(), dir.display().to_string()));
        let driver = Process::start("chromedriver", Path::new("chromedriver"), &arguments, &env);
        let client = Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(60))
            .build()
            .expect("an HTTP client");
        let mut browser = Browser {
            driver,
            client,
            session: format!("http://127.0.0.1:{port}"),
            dir,
            browser_id: 0,
        };
        browser.wait_for_driver().await;
        let wanted = json!({
            "browserName": "chrome",
            "pageLoadStrategy": "normal",
            "timeouts": {"pageLoad": 30_000, "script": 15_000},
            "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {"binary": wrapper, "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--hide-scrollbars", "--lang=ko-KR", "--no-proxy-server",
                format!("--user-data-dir={}", browser.dir.join("profile").display()),
            ]},
        });
        let started = browser
            .tell(
                Method::POST,
                "/session",
                Some(json!({"capabilities": {"alwaysMatch": wanted}})),
            )
            .await;
        let id = started["sessionId"].as_str().expect("a session").to_owned();
        browser.browser_id = started["capabilities"]["goog:processID"]
            .as_u64()
            .unwrap_or_default();
        browser.session = format!("{}/session/{id}", browser.session);
        browser.resize(size).await;
        browser
    }

    async fn wait_for_driver(&mut self) {
        let start = Instant::now();
        while self
            .client
            .get(format!("{}/status", self.session))
            .send()
            .await
            .is_err()
        {
            if let Some(status) = self.driver.ended() {
                panic!("chromedriver ended with {status}");
            }
            assert!(start.elapsed() < PATIENCE, "chromedriver does not answer");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// One command; gives its value, or the error's name and words.
    async fn try_tell(
        &self,
        method: Method,
        path: &str,
        body: Option<Json>,
    ) -> Result<Json, String> {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.session));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.map_err(|e| e.to_string())?;
        let good = answer.status().is_success();
        let mut answer: Json = answer.json().await.map_err(|e| e.to_string())?;
        let value = answer["value"].take();
        if good {
            Ok(value)
        } else {
            Err(format!("{}: {}", value["error"], value["message"]))
        }
    }

    async fn tell(&self, method: Method, path: &str, body: Option<Json>) -> Json {
        let told = format!("{method} {path} {body:?}");
        let told_in_short: String = told.chars().take(300).collect();
        match self.try_tell(method, path, body).await {
            Ok(value) => value,
            Err(error) => panic!("{told_in_short}: {error}"),
        }
    }

    /// Another size of the screen: that of a device, since a window of a desktop is never as narrow as a phone.
    pub async fn resize(&self, (width, height): (u32, u32)) {
        let parameters = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        let command = json!({"cmd": "Emulation.setDeviceMetricsOverride", "params": parameters});
        self.tell(Method::POST, "/goog/cdp/execute", Some(command))
            .await;
    }

    pub async fn goto(&self, url: &str) {
        self.tell(Method::POST, "/url", Some(json!({"url": url})))
            .await;
        self.wait_until_loaded().await;
    }

    pub async fn back(&self) {
        self.tell(Method::POST, "/back", Some(json!({}))).await;
        self.wait_until_loaded().await;
    }

    pub async fn reload(&self) {
        self.tell(Method::POST, "/refresh", Some(json!({}))).await;
        self.wait_until_loaded().await;
    }

    /// As a browser that was closed, or keeps none.
    pub async fn forget_cookies(&self) {
        self.tell(Method::DELETE, "/cookie", None).await;
    }

    /// Waits for the page's styles, scripts and pictures. The driver should have, and on a busy machine it sometimes
    /// says that a page is there when only its text is.
    async fn wait_until_loaded(&self) {
        self.wait("the page is loaded", || async {
            let script = json!({"script": "return document.readyState", "args": []});
            let state = self
                .try_tell(Method::POST, "/execute/sync", Some(script))
                .await;
            (state.ok()? == "complete").then_some(())
        })
        .await;
    }

    pub async fn url(&self) -> String {
        let url = self.tell(Method::GET, "/url", None).await;
        url.as_str().expect("an address").to_owned()
    }

    /// What a script in the page returns.
    pub async fn run(&self, script: &str, arguments: &[Json]) -> Json {
        let body = json!({"script": script, "args": arguments});
        self.tell(Method::POST, "/execute/sync", Some(body)).await
    }

    /// What a script in the page hands to its last argument, which is a function.
    pub async fn run_async(&self, script: &str, arguments: &[Json]) -> Json {
        let body = json!({"script": script, "args": arguments});
        self.tell(Method::POST, "/execute/async", Some(body)).await
    }

    /// Text that can be seen of everything that the selector finds, from top to bottom.
    pub async fn texts(&self, css: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map((e) => e.innerText)";
        let texts = self.run(script, &[css.into()]).await;
        serde_json::from_value(texts).expect("texts")
    }

    /// Text of the page that can be seen.
    pub async fn text(&self) -> String {
        self.texts("body").await.pop().unwrap_or_default()
    }

    pub async fn has(&self, css: &str) -> bool {
        let script = "return document.querySelector(arguments[0]) !== null";
        self.run(script, &[css.into()]).await == true
    }

    /// Waits for an element and gives it.
    async fn find(&self, css: &str) -> String {
        self.wait(&format!("{css} is there"), || async {
            let how = json!({"using": "css selector", "value": css});
            let found = self.try_tell(Method::POST, "/element", Some(how)).await;
            found
                .ok()
                .and_then(|element| element[ELEMENT].as_str().map(str::to_owned))
        })
        .await
    }

    /// Clicks as a buyer does: on what can be seen, and nothing lies over it. Waits for the page that it leads to.
    pub async fn click(&self, css: &str) {
        self.wait(&format!("a click on {css}"), || async {
            let element = self.find(css).await;
            // Into the middle of the screen, as a buyer scrolls: bars stay at its top and bottom.
            let script = "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})";
            let here = json!({"script": script, "args": [{ELEMENT: element}]});
            let scrolled = self
                .try_tell(Method::POST, "/execute/sync", Some(here))
                .await;
            if scrolled.is_err_and(|error| error.contains("stale element")) {
                return None;
            }
            let path = format!("/element/{element}/click");
            match self.try_tell(Method::POST, &path, Some(json!({}))).await {
                Ok(_) => Some(()),
                // The page has just been replaced by another one.
                Err(error) if error.contains("stale element") => None,
                Err(error) => panic!("click on {css}: {error}"),
            }
        })
        .await;
    }

    /// Empties a field and types into it.
    pub async fn fill(&self, css: &str, text: &str) {
        let element = self.find(css).await;
        self.tell(
            Method::POST,
            &format!("/element/{element}/clear"),
            Some(json!({})),
        )
        .await;
        let keys = json!({"text": text});
        self.tell(
            Method::POST,
            &format!("/element/{element}/value"),
            Some(keys),
        )
        .await;
    }

    /// Chooses an option of a list by its value.
    pub async fn choose(&self, css: &str, value: &str) {
        self.click(&format!("{css} option[value='{value}']")).await;
    }

    /// Asks until there is an answer. Between pages there may be none, and no error either.
    pub async fn wait<T, F: Future<Output = Option<T>>>(
        &self,
        what: &str,
        question: impl Fn() -> F,
    ) -> T {
        let start = Instant::now();
        loop {
            if let Some(answer) = question().await {
                return answer;
            }
            if start.elapsed() > PATIENCE {
                let url = self.try_tell(Method::GET, "/url", None).await;
                let script = json!({"script": "return document.body.innerText", "args": []});
                let text = self
                    .try_tell(Method::POST, "/execute/sync", Some(script))
                    .await;
                let console = self.complaints().await;
                panic!(
                    "{what}: not after {PATIENCE:?}, at {url:?}: {text:?}; console: {console:?}"
                );
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Waits until the text can be seen on the page.
    pub async fn wait_for_text(&self, words: &str) {
        self.wait(words, || async {
            let script = json!({"script": "return document.body ? document.body.innerText : ''", "args": []});
            let text = self
                .try_tell(Method::POST, "/execute/sync", Some(script))
                .await;
            text.ok()?.as_str()?.contains(words).then_some(())
        })
        .await;
    }

    /// Waits until the address begins like this and its page is loaded, and gives it.
    pub async fn wait_for_url(&self, start: &str) -> String {
        let url = self
            .wait(start, || async {
                let url = self.try_tell(Method::GET, "/url", None).await.ok()?;
                let url = url.as_str()?;
                url.starts_with(start).then(|| url.to_owned())
            })
            .await;
        self.wait_until_loaded().await;
        url
    }

    /// Opens another tab, which shares cookies, and goes on there; gives the name of the one before.
    pub async fn new_tab(&self, size: (u32, u32)) -> String {
        let before = self.tell(Method::GET, "/window", None).await;
        let new = self
            .tell(Method::POST, "/window/new", Some(json!({"type": "tab"})))
            .await;
        self.switch(new["handle"].as_str().expect("a tab")).await;
        self.resize(size).await;
        before.as_str().expect("a tab").to_owned()
    }

    /// Names of all tabs.
    pub async fn tabs(&self) -> Vec<String> {
        let tabs = self.tell(Method::GET, "/window/handles", None).await;
        serde_json::from_value(tabs).expect("names")
    }

    pub async fn switch(&self, tab: &str) {
        self.tell(Method::POST, "/window", Some(json!({"handle": tab})))
            .await;
    }

    /// What scripts and policies of the pages complained about since the last time.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self
            .tell(Method::POST, "/se/log", Some(json!({"type": "browser"})))
            .await;
        let entries = log.as_array().cloned().unwrap_or_default();
        let text = |entry: &Json| entry["message"].as_str().unwrap_or_default().to_owned();
        entries.iter().map(text).collect()
    }

    /// The page from top to bottom as a PNG.
    pub async fn picture(&self) -> Vec<u8> {
        let command =
            json!({"cmd": "Page.captureScreenshot", "params": {"captureBeyondViewport": true}});
        let shot = self
            .tell(Method::POST, "/goog/cdp/execute", Some(command))
            .await;
        let data = shot["data"].as_str().expect("a picture");
        base64::engine::general_purpose::STANDARD
            .decode(data)
            .expect("base64")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver first: the browser dies with it.
        self.driver.terminate(Duration::from_secs(5));
        self.driver.kill();
        let process = PathBuf::from(format!("/proc/{}", self.browser_id));
        let start = Instant::now();
        while self.browser_id != 0 && process.exists() && start.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(10));
        }
        // Its helpers may write for a moment longer.
        while std::fs::remove_dir_all(&self.dir).is_err()
            && self.dir.exists()
            && start.elapsed() < Duration::from_secs(8)
        {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
