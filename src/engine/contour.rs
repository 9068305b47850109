//! Stub until the real one lands.
use super::{cancel::Cancel, surface::Surface};
/// Line.
#[derive(Clone, Debug, PartialEq)]
pub struct ContourLine {
    /// l
    pub level: f64,
    /// p
    pub points: Vec<[f64; 2]>,
    /// c
    pub closed: bool,
}
/// Lines.
pub fn lines(_s: &Surface, _levels: &[f64], _c: &Cancel) -> Option<Vec<ContourLine>> {
    None
}
/// Levels.
#[derive(Clone, Debug, PartialEq)]
pub struct Levels;
impl Levels {
    /// c
    pub fn choose(_s: &Surface, _log: bool, _f: Option<f64>, _about: usize) -> Self {
        Self
    }
    /// v
    pub fn values(&self) -> &[f64] {
        &[]
    }
}
