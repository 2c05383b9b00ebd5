//! Figures of the shop as a whole, as a procedure returns them: which there are is decided there.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, gauge::ConstGauge},
};
use tokio::time::{Instant, timeout};

use crate::{
    call::{Call, Caller, Set},
    database::admission::Line,
    response::rows,
};

const PROCEDURE: &str = "select_adm_metrics";
const DEADLINE: Duration = Duration::from_secs(2);
/// Whoever asks more often is told the same again.
const FRESH: Duration = Duration::from_secs(5);
const WAIT: Duration = Duration::from_millis(500);

/// One figure.
#[derive(Debug, Clone, PartialEq)]
struct Figure {
    help: String,
    label: Option<(String, String)>,
    value: f64,
}

/// By name; the last ones that could be had.
#[derive(Debug, Default)]
struct State {
    figures: BTreeMap<String, Vec<Figure>>,
    known: Known,
    asked: Option<Instant>,
    answered: bool,
}

/// Shared by the registry, which writes them, and by whoever brings them up to date.
#[derive(Debug, Clone, Default)]
pub struct ShopFigures(Arc<Mutex<State>>);

/// What counters are to be there from the start: jobs and events by name.
pub type Known = Vec<(String, String)>;

impl ShopFigures {
    /// Asks for them, unless that was done a moment ago, and waits a moment for the answer. Without one, what was known
    /// is shown: whoever watches an outage must not wait for it.
    pub async fn refresh(&self, caller: &Caller) {
        {
            let mut state = self.state();
            if state.asked.is_some_and(|asked| asked.elapsed() < FRESH) {
                return;
            }
            state.asked = Some(Instant::now());
        }
        let (figures, caller) = (self.clone(), caller.clone());
        let task = tokio::spawn(async move { figures.ask(&caller).await });
        // An answer that comes later is for the next one who asks.
        drop(timeout(WAIT, task).await);
    }

    /// Jobs and events, for counters that are to be there from the start.
    pub fn known(&self) -> Known {
        self.state().known.clone()
    }

    async fn ask(&self, caller: &Caller) {
        let call = Call {
            procedure: PROCEDURE.to_owned(),
            parameters: Vec::new(),
            line: Line::Known,
            deadline: DEADLINE,
            idempotent: true,
        };
        let outcome = caller.call(call).await;
        let mut state = self.state();
        match outcome {
            Ok(sets) => {
                state.figures = sets.get(1).map(figures).unwrap_or_default();
                state.known = sets.get(2).map(known).unwrap_or_default();
                state.answered = true;
            }
            Err(error) => {
                if state.answered {
                    log::warn!("{PROCEDURE}: {error}; /metrics shows what was known");
                }
                state.answered = false;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn figures(set: &Set) -> BTreeMap<String, Vec<Figure>> {
    let mut figures: BTreeMap<String, Vec<Figure>> = BTreeMap::new();
    for row in 0..set.rows.len() {
        let text = |name| rows::text(set, row, name);
        let value = text("value").and_then(|value| value.parse().ok());
        let (Some(name), Some(value)) = (text("metric").filter(|name| is_name(name)), value) else {
            log::warn!("{PROCEDURE}: row {} is no figure", row + 1);
            continue;
        };
        let label = text("label_name")
            .filter(|name| is_name(name))
            .zip(text("label_value"));
        figures.entry(name).or_default().push(Figure {
            help: text("help").unwrap_or_default(),
            label,
            value,
        });
    }
    figures
}

fn known(set: &Set) -> Known {
    let text = |row, name| rows::text(set, row, name);
    (0..set.rows.len())
        .filter_map(|row| text(row, "kind").zip(text(row, "name")))
        .collect()
}

/// What Prometheus takes as a name, and nothing that could end a line.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

impl Collector for ShopFigures {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), fmt::Error> {
        let state = self.state();
        ConstGauge::new(i64::from(state.answered)).encode(encoder.encode_descriptor(
            "shop_figures_up",
            "1 = the figures of the shop are of now; 0 = the database did not give them, they are the last ones",
            None,
            MetricType::Gauge,
        )?)?;
        for (name, figures) in &state.figures {
            let help = figures.first().map_or("", |figure| figure.help.as_str());
            let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            for figure in figures {
                let gauge = ConstGauge::new(figure.value);
                match &figure.label {
                    Some((label, value)) => {
                        let labels = [(label.as_str(), value.as_str())];
                        gauge.encode(metric.encode_family(&labels)?)?;
                    }
                    None => metric.encode_gauge(&figure.value)?,
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_by_name_and_without_an_answer_it_is_said() {
        let figures = ShopFigures::default();
        let text = |figures: &ShopFigures| {
            let mut registry = prometheus_client::registry::Registry::with_prefix("jumun");
            registry.register_collector(Box::new(figures.clone()));
            let mut text = String::new();
            prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
            text
        };
        assert!(text(&figures).contains("jumun_shop_figures_up 0\n"));
        let one = |label: Option<(&str, &str)>, value| Figure {
            help: "What".to_owned(),
            label: label.map(|(name, value)| (name.to_owned(), value.to_owned())),
            value,
        };
        {
            let mut state = figures.0.lock().unwrap();
            state.answered = true;
            let jobs = vec![one(Some(("job", "a")), 1.0), one(Some(("job", "b")), 0.0)];
            state.figures.insert("job_success".to_owned(), jobs);
            let owed = vec![one(None, 7.0)];
            state.figures.insert("duties_owed".to_owned(), owed);
        }
        let text = text(&figures);
        for line in [
            "jumun_shop_figures_up 1\n",
            "# TYPE jumun_job_success gauge\n",
            "jumun_job_success{job=\"a\"} 1.0\n",
            "jumun_job_success{job=\"b\"} 0.0\n",
            "jumun_duties_owed 7.0\n",
        ] {
            assert!(text.contains(line), "{text}");
        }
        assert!(!is_name("a b") && !is_name("") && !is_name("a\n"));
    }
}
