//! A scene and its results as a drawing, and the drawing as SVG and PNG.

pub mod drawing;
