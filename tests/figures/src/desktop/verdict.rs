//! What the figures must be, and why.

use serde_json::{Value, json};

use super::tree::Memory;

/// Launch to painted rooms, in times of the bare window. The floor is the system's: its toolkit, its
/// webview and their processes. Reading the local data, the page and its script may cost as much
/// again; more would be felt.
pub(super) const LAUNCH: f64 = 2.0;
/// Memory with everything open, in times of the bare window. Most of the floor is the webview; a
/// quarter of it is what engine, page and rows may hold.
pub(super) const SHOWN: f64 = 1.25;
/// Memory in the tray, in times of the bare window that is open. A bare program whose window was
/// destroyed holds half of it: what the system's libraries keep.
pub(super) const HIDDEN: f64 = 0.6;
/// Private memory in the tray, in KiB: that of a small daemon.
pub(super) const PRIVATE: u64 = 60 * 1024;
/// Processor time while nothing happens, in percent of one core, in the tray: a laptop's battery
/// must not know that the program runs.
pub(super) const IDLE_HIDDEN: f64 = 0.3;
/// The same with the window before one's eyes.
pub(super) const IDLE_SHOWN: f64 = 1.0;
/// From a click in the tray to painted rooms, in milliseconds: as long as an eye waits.
pub(super) const CLICK: f64 = 500.0;
/// From writing a message to its notification, in milliseconds: below what is felt as a delay.
pub(super) const NOTIFIED: f64 = 100.0;
/// The program as it is shipped, in MiB. What it reached, and a tenth.
pub(super) const BINARY: f64 = 24.0;

/// What came out.
#[derive(Debug, Clone)]
pub(super) struct Figures {
    pub(super) bare_launch: Vec<f64>,
    pub(super) launch: Vec<f64>,
    pub(super) bare: Vec<Memory>,
    pub(super) bare_hidden: Memory,
    /// A bare window that is told to draw plainly. Nothing is judged by it.
    pub(super) plain: Bare,
    pub(super) shown: Vec<Memory>,
    pub(super) hidden: Memory,
    pub(super) idle_shown: Idle,
    pub(super) idle_hidden: Idle,
    pub(super) click: Vec<f64>,
    pub(super) notified: Vec<f64>,
    pub(super) binary: f64,
    pub(super) page: f64,
}

/// A bare window, once.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bare {
    /// Milliseconds.
    pub(super) painted: f64,
    pub(super) shown: Memory,
    pub(super) hidden: Memory,
}

/// Doing nothing.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub(super) struct Idle {
    pub(super) seconds: f64,
    /// Of one core.
    pub(super) percent: f64,
    pub(super) wakes_a_second: f64,
}

/// One figure against its bound.
fn held(value: f64, most: f64) -> Value {
    json!({ "value": round(value), "bound": most, "held": value <= most })
}

impl Figures {
    /// All figures, each with its bound, and whether all are kept.
    pub(super) fn judge(&self) -> (Value, bool) {
        let pss = |all: &[Memory]| median(all.iter().map(|one| mib(one.pss)).collect());
        let bare = pss(&self.bare);
        let launch = median(self.launch.clone());
        let bare_launch = median(self.bare_launch.clone());
        let bounds = json!({
            "launch_ratio": held(launch / bare_launch, LAUNCH),
            "memory_ratio": held(pss(&self.shown) / bare, SHOWN),
            "hidden_ratio": held(mib(self.hidden.pss) / bare, HIDDEN),
            "hidden_private_mib": held(mib(self.hidden.private), mib(PRIVATE)),
            "idle_shown_percent": held(self.idle_shown.percent, IDLE_SHOWN),
            "idle_hidden_percent": held(self.idle_hidden.percent, IDLE_HIDDEN),
            "click_ms": held(median(self.click.clone()), CLICK),
            "notified_ms": held(median(self.notified.clone()), NOTIFIED),
            "binary_mib": held(self.binary, BINARY),
        });
        let mut all = bounds.as_object().into_iter().flat_map(|all| all.values());
        let pass = all.all(|one| one.get("held") == Some(&Value::Bool(true)));
        let memory = |all: &[Memory]| {
            json!({
                "pss_mib": round(pss(all)),
                "private_mib": round(median(all.iter().map(|one| mib(one.private)).collect())),
                "dirty_mib": round(median(all.iter().map(|one| mib(one.dirty)).collect())),
                "processes": all.first().map(|one| one.processes),
            })
        };
        let figures = json!({
            "bounds": bounds,
            "bare": {
                "painted_ms": spread(&self.bare_launch),
                "memory": memory(&self.bare),
                "hidden": memory(&[self.bare_hidden]),
                "plain": {
                    "painted_ms": round(self.plain.painted),
                    "memory": memory(&[self.plain.shown]),
                    "hidden": memory(&[self.plain.hidden]),
                },
            },
            "shown": {
                "painted_ms": spread(&self.launch),
                "memory": memory(&self.shown),
                "idle": self.idle_shown,
            },
            "hidden": { "memory": memory(&[self.hidden]), "idle": self.idle_hidden },
            "click_ms": spread(&self.click),
            "notified_ms": spread(&self.notified),
            "page_kib": round(self.page),
        });
        (figures, pass)
    }
}

fn mib(kib: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "no machine has so much memory")]
    let kib = kib as f64;
    kib / 1024.0
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn spread(all: &[f64]) -> Value {
    let worst = all.iter().copied().fold(0.0, f64::max);
    json!({ "median": round(median(all.to_vec())), "worst": round(worst), "runs": all.len() })
}

/// The middle one; nothing was measured where there is none.
pub(super) fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures() -> Figures {
        let memory = |pss, private| Memory { pss, private, dirty: private / 2, processes: 3 };
        let idle = |percent| Idle { seconds: 300.0, percent, wakes_a_second: 2.0 };
        Figures {
            bare_launch: vec![500.0, 480.0, 900.0],
            launch: vec![900.0],
            bare: vec![memory(200_000, 100_000)],
            bare_hidden: memory(100_000, 50_000),
            plain: Bare::default(),
            shown: vec![memory(250_000, 120_000)],
            hidden: memory(100_000, 50_000),
            idle_shown: idle(0.9),
            idle_hidden: idle(0.1),
            click: vec![400.0],
            notified: vec![20.0],
            binary: 20.0,
            page: 700.0,
        }
    }

    #[test]
    fn each_bound_decides_alone() {
        assert!(figures().judge().1);
        type Miss = fn(&mut Figures);
        let misses: [(&str, Miss); 9] = [
            ("launch_ratio", |it| it.launch = vec![1001.0]),
            ("memory_ratio", |it| it.shown = vec![Memory { pss: 260_000, ..Memory::default() }]),
            ("hidden_ratio", |it| it.hidden.pss = 130_000),
            ("hidden_private_mib", |it| it.hidden.private = 62_000),
            ("idle_shown_percent", |it| it.idle_shown.percent = 1.1),
            ("idle_hidden_percent", |it| it.idle_hidden.percent = 0.31),
            ("click_ms", |it| it.click = vec![501.0]),
            ("notified_ms", |it| it.notified = vec![101.0]),
            ("binary_mib", |it| it.binary = BINARY + 0.1),
        ];
        for (name, miss) in misses {
            let mut figures = figures();
            miss(&mut figures);
            let (judged, pass) = figures.judge();
            assert!(!pass, "{name}");
            assert_eq!(judged["bounds"][name]["held"], false, "{name}");
        }
    }

    #[test]
    fn what_was_not_measured_is_not_held() {
        let nothing = Figures { click: Vec::new(), ..figures() };
        assert!(!nothing.judge().1);
    }
}
