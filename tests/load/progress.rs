//! What can be seen while it runs: a bar on a terminal, a line for each part elsewhere.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

#[derive(Clone)]
pub struct Progress {
    bar: ProgressBar,
    terminal: bool,
}

impl Progress {
    /// Of so many steps; `unit` is what one is.
    pub fn new(name: &str, steps: u64, unit: &str) -> Progress {
        let bar = ProgressBar::new(steps);
        let template = format!(
            "{name} {{bar:30}} {{human_pos}}/{{human_len}} {unit} {{percent:>3}} % {{eta:>4}} left  {{msg}}"
        );
        bar.set_style(ProgressStyle::with_template(&template).expect("a template"));
        bar.enable_steady_tick(Duration::from_millis(500));
        Progress {
            bar,
            terminal: std::io::stderr().is_terminal(),
        }
    }

    pub fn step(&self) {
        self.bar.inc(1);
    }

    pub fn steps(&self, steps: u64) {
        self.bar.inc(steps);
    }

    /// Where it stands, when part of it was there before.
    pub fn begin_at(&self, steps: u64) {
        self.bar.set_position(steps);
        self.bar.reset_eta();
    }

    /// What happens now.
    pub fn say(&self, words: String) {
        if !self.terminal {
            eprintln!("{words}");
        }
        self.bar.set_message(words);
    }

    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
