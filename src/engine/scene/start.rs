//! The start in a scene file: a number or a list of numbers.

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use std::fmt;

/// The coordinates of the start as they are in the file.
pub(super) struct StartPoint(Vec<f64>);

impl StartPoint {
    /// Returns the start on a landscape of `dim` parameters. With one parameter a second number is ignored. The error says what was
    /// expected.
    pub(super) fn on(self, dim: usize) -> Result<[f64; 2], String> {
        match (dim, self.0.as_slice()) {
            (1, [x] | [x, _]) => Ok([*x, 0.0]),
            (1, _) => Err("expected a number, like 5.0, as the start".to_owned()),
            (_, [x, y]) => Ok([*x, *y]),
            _ => Err("expected two numbers, like [-1.5, 2.0], as the start".to_owned()),
        }
    }
}

impl<'de> Deserialize<'de> for StartPoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StartVisitor)
    }
}

struct StartVisitor;

impl<'de> Visitor<'de> for StartVisitor {
    type Value = StartPoint;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number or a list of numbers")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<StartPoint, E> {
        Ok(StartPoint(vec![number]))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<StartPoint, E> {
        #[expect(clippy::cast_precision_loss, reason = "a coordinate")]
        self.visit_f64(number as f64)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<StartPoint, A::Error> {
        let mut numbers = Vec::new();
        while let Some(number) = list.next_element()? {
            numbers.push(number);
        }
        Ok(StartPoint(numbers))
    }
}
