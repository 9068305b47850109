//! Teaching: lessons with claims that tests play through.

pub mod claim;
pub mod explain;
pub mod facts;
pub mod lesson;
