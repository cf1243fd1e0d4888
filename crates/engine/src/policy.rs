//! How the connection probes and retries, as far as a person may choose. Pure: fields, bounds and a
//! check.
//!
//! Every field has a default that suits nearly everybody, and bounds beyond which it would harm the
//! person or the server. The bounds are defined only here: the interface and the settings file use
//! [`POLICY_BOUNDS`] and [`ConnectionPolicy::check`].

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What a person may choose about heartbeat and reconnecting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct ConnectionPolicy {
    /// Milliseconds without a byte after which the server is probed.
    pub probe_every_ms: u32,
    /// Milliseconds in which a probe must be answered. After that the connection is replaced.
    pub probe_answer_ms: u32,
    /// The longest wait before the first retry, in milliseconds. It doubles with each failure.
    pub retry_first_ms: u32,
    /// The longest wait before any retry, in milliseconds.
    pub retry_most_ms: u32,
    /// Failed attempts after which the person is asked how to go on.
    pub ask_after: u32,
}

/// Names a field of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PolicyField {
    /// [`ConnectionPolicy::probe_every_ms`]
    ProbeEvery,
    /// [`ConnectionPolicy::probe_answer_ms`]
    ProbeAnswer,
    /// [`ConnectionPolicy::retry_first_ms`]
    RetryFirst,
    /// [`ConnectionPolicy::retry_most_ms`]
    RetryMost,
    /// [`ConnectionPolicy::ask_after`]
    AskAfter,
}

/// The bounds and the default of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PolicyBounds {
    /// The field.
    pub figure: PolicyField,
    /// The minimum.
    pub least: u32,
    /// The maximum.
    pub most: u32,
    /// The value if nothing is chosen.
    pub default: u32,
}

/// The bounds of every field.
pub const POLICY_BOUNDS: [PolicyBounds; 5] = [
    // A shorter interval keeps a radio awake and nears the server's limit of 120 frames a minute;
    // with a longer one a dead connection goes unnoticed. A healthy server sends something every
    // 27.5 s at most, so the default never probes one.
    PolicyBounds { figure: PolicyField::ProbeEvery, least: 5_000, most: 300_000, default: 30_000 },
    // A busy mobile connection takes a second for a round trip; nobody waits a minute to learn that
    // a connection is dead.
    PolicyBounds { figure: PolicyField::ProbeAnswer, least: 1_000, most: 60_000, default: 5_000 },
    // Less would hammer a server that restarts.
    PolicyBounds { figure: PolicyField::RetryFirst, least: 100, most: 60_000, default: 500 },
    // Longer than an hour looks like having given up, which this program never does on its own.
    PolicyBounds { figure: PolicyField::RetryMost, least: 1_000, most: 3_600_000, default: 30_000 },
    // Not after the first failure: that happens whenever a laptop wakes.
    PolicyBounds { figure: PolicyField::AskAfter, least: 2, most: 1_000, default: 10 },
];

/// A field that is out of its bounds.
#[expect(missing_docs, reason = "a field's name says what it is")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum PolicyError {
    /// The value is below the minimum.
    #[error("{figure} is too low: {}, and the minimum is {least}", .figure.too_little())]
    TooLittle { figure: PolicyField, least: u32 },
    /// The value is above the maximum.
    #[error("{figure} is too high: {}, and the maximum is {most}", .figure.too_much())]
    TooMuch { figure: PolicyField, most: u32 },
    /// The longest wait is shorter than the first one.
    #[error("{figure} is below the first wait of {first} ms, which it bounds")]
    BelowFirst { figure: PolicyField, first: u32 },
}

/// A policy with fields that are out of their bounds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct InvalidPolicy(pub Vec<PolicyError>);

impl Default for ConnectionPolicy {
    fn default() -> Self {
        let mut policy = Self {
            probe_every_ms: 0,
            probe_answer_ms: 0,
            retry_first_ms: 0,
            retry_most_ms: 0,
            ask_after: 0,
        };
        for rule in POLICY_BOUNDS {
            *policy.field_mut(rule.figure) = rule.default;
        }
        policy
    }
}

impl ConnectionPolicy {
    /// Whether every field is within its bounds.
    ///
    /// # Errors
    /// [`InvalidPolicy`] with one [`PolicyError`] for each field that is not.
    pub fn check(&self) -> Result<(), InvalidPolicy> {
        let mut errors: Vec<_> = POLICY_BOUNDS
            .into_iter()
            .filter_map(|PolicyBounds { figure, least, most, .. }| match self.field(figure) {
                value if value < least => Some(PolicyError::TooLittle { figure, least }),
                value if value > most => Some(PolicyError::TooMuch { figure, most }),
                _ => None,
            })
            .collect();
        if errors.is_empty() && self.retry_most_ms < self.retry_first_ms {
            let first = self.retry_first_ms;
            errors.push(PolicyError::BelowFirst { figure: PolicyField::RetryMost, first });
        }
        if errors.is_empty() { Ok(()) } else { Err(InvalidPolicy(errors)) }
    }

    /// This policy with the default in place of every invalid field. It is for a settings file,
    /// which anybody may edit and which must not keep the program from starting.
    #[must_use]
    pub fn sanitized(mut self) -> Self {
        let within = |rule: &PolicyBounds, value| (rule.least..=rule.most).contains(&value);
        for rule in POLICY_BOUNDS {
            if !within(&rule, self.field(rule.figure)) {
                *self.field_mut(rule.figure) = rule.default;
            }
        }
        self.retry_most_ms = self.retry_most_ms.max(self.retry_first_ms);
        self
    }

    fn field(mut self, figure: PolicyField) -> u32 {
        *self.field_mut(figure)
    }

    fn field_mut(&mut self, figure: PolicyField) -> &mut u32 {
        match figure {
            PolicyField::ProbeEvery => &mut self.probe_every_ms,
            PolicyField::ProbeAnswer => &mut self.probe_answer_ms,
            PolicyField::RetryFirst => &mut self.retry_first_ms,
            PolicyField::RetryMost => &mut self.retry_most_ms,
            PolicyField::AskAfter => &mut self.ask_after,
        }
    }
}

impl PolicyField {
    const fn too_little(self) -> &'static str {
        match self {
            Self::ProbeEvery => "asking so often wakes the machine's radio all the time",
            Self::ProbeAnswer => "a busy mobile line takes longer to answer",
            Self::RetryFirst => "a server that restarts would be hammered",
            Self::RetryMost => "a server that is down would be hammered",
            Self::AskAfter => "the first try fails whenever a laptop wakes",
        }
    }

    const fn too_much(self) -> &'static str {
        match self {
            Self::ProbeEvery => "a dead line would go unnoticed for that long",
            Self::ProbeAnswer => "a dead line would be waited for that long",
            Self::RetryFirst => "even a short failure would keep you offline that long",
            Self::RetryMost => "so long a wait looks like having given up",
            Self::AskAfter => "nobody would ever be asked",
        }
    }
}

impl std::fmt::Display for PolicyField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::ProbeEvery => "the heartbeat",
            Self::ProbeAnswer => "the time for its answer",
            Self::RetryFirst => "the first wait",
            Self::RetryMost => "the longest wait",
            Self::AskAfter => "the number of tries before asking",
        })
    }
}

/// A field in milliseconds as a duration.
pub(crate) const fn millis(figure: u32) -> Duration {
    Duration::from_millis(figure as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_bound_is_the_last_that_fits() {
        for PolicyBounds { figure, least, most, default } in POLICY_BOUNDS {
            assert!((least..=most).contains(&default), "{figure:?}");
            let mut policy = ConnectionPolicy::default();
            let mut with = |value| {
                // So that only this field's own bounds matter.
                policy.retry_first_ms = 100;
                policy.retry_most_ms = 3_600_000;
                *policy.field_mut(figure) = value;
                policy.check()
            };
            assert_eq!(with(least), Ok(()), "{figure:?}");
            assert_eq!(with(most), Ok(()), "{figure:?}");
            let too_little = PolicyError::TooLittle { figure, least };
            assert_eq!(with(least - 1), Err(InvalidPolicy(vec![too_little])), "{figure:?}");
            let too_much = PolicyError::TooMuch { figure, most };
            assert_eq!(with(most + 1), Err(InvalidPolicy(vec![too_much])), "{figure:?}");
        }
    }

    #[test]
    fn the_longest_wait_is_not_below_the_first() {
        let policy = ConnectionPolicy {
            retry_first_ms: 9_000,
            retry_most_ms: 8_000,
            ..ConnectionPolicy::default()
        };
        let error = PolicyError::BelowFirst { figure: PolicyField::RetryMost, first: 9_000 };
        let invalid = policy.check().unwrap_err();
        assert_eq!(invalid, InvalidPolicy(vec![error]));
        assert_eq!(
            invalid.to_string(),
            "the longest wait is below the first wait of 9000 ms, which it bounds"
        );
    }

    #[test]
    fn every_figure_that_can_not_be_is_named() {
        let policy = ConnectionPolicy {
            probe_every_ms: 0,
            ask_after: u32::MAX,
            ..ConnectionPolicy::default()
        };
        let InvalidPolicy(errors) = policy.check().unwrap_err();
        assert_eq!(errors.len(), 2);
        assert_eq!(policy.sanitized(), ConnectionPolicy::default());
    }

    proptest! {
        #[test]
        fn what_is_mended_fits_and_what_fits_is_not_touched(
            figures: [u32; 5],
            near in prop::array::uniform5(0u32..100_000),
        ) {
            for [probe_every_ms, probe_answer_ms, retry_first_ms, retry_most_ms, ask_after]
                in [figures, near]
            {
                let policy = ConnectionPolicy {
                    probe_every_ms, probe_answer_ms, retry_first_ms, retry_most_ms, ask_after,
                };
                let sanitized = policy.sanitized();
                prop_assert_eq!(sanitized.check(), Ok(()));
                if policy.check().is_ok() {
                    prop_assert_eq!(sanitized, policy);
                }
            }
        }
    }
}
