//! Limits the nesting of JSON from clients. Parsers have a depth limit (serde_json: 128), and a
//! frame that returns a value wraps it deeper than the one that sent it. A value that can't be
//! parsed would block everything behind it, on every device and for ever.

use serde_json::Value;

/// Deeper than real data, and half of what parsers accept.
const MOST: usize = 64;

/// The message of the refusal.
pub(super) const TOO_DEEP: &str = "this JSON is nested deeper than 64 levels";

/// Whether a value is nested too deep.
pub(super) fn is_too_deep(value: &Value) -> bool {
    exceeds(value, MOST)
}

fn exceeds(value: &Value, left: usize) -> bool {
    let inside = |inner: &Value| exceeds(inner, left.saturating_sub(1));
    match value {
        Value::Array(items) => left == 0 || items.iter().any(inside),
        Value::Object(fields) => left == 0 || fields.values().any(inside),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn sixty_four_levels_and_no_more() {
        let nested = |levels| (0..levels).fold(json!("x"), |inside, _| json!([inside]));
        let empty = |levels| (1..levels).fold(json!({}), |inside, _| json!({ "a": inside }));
        for (levels, deep) in [(0, false), (1, false), (64, false), (65, true), (100, true)] {
            assert_eq!(is_too_deep(&nested(levels)), deep, "{levels} arrays");
            assert_eq!(levels > 0 && is_too_deep(&empty(levels)), deep, "{levels} objects");
        }
    }
}
