//! Compact JSON with a line for each row of a table, written through serde.

use serde::Serialize;
use serde_json::ser::Formatter;
use std::io::{self, Write};

/// Writes a value as JSON and ends the line. Each member of the outermost object and each element of arrays called `runs` or `rows` begins a
/// line.
///
/// # Errors
/// Returns any I/O error from `out`.
pub fn write(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Lines::default());
    value.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// The formatter of [`write()`].
#[derive(Default)]
struct Lines {
    /// For each open object or array, whether its elements begin lines.
    open: Vec<bool>,
    in_key: bool,
    /// Whether the last key was that of a table.
    is_table: bool,
}

impl Formatter for Lines {
    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open.push(self.open.is_empty());
        out.write_all(b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open.pop();
        out.write_all(b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.in_key = true;
        let lines = self.open.last() == Some(&true);
        out.write_all(match (first, lines) {
            (true, _) => b"",
            (false, true) => b",\n",
            (false, false) => b",",
        })
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, _out: &mut W) -> io::Result<()> {
        self.in_key = false;
        Ok(())
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if self.in_key {
            self.is_table = matches!(fragment, "runs" | "rows");
        }
        out.write_all(fragment.as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open.push(std::mem::take(&mut self.is_table));
        out.write_all(b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        let lines = self.open.pop() == Some(true);
        out.write_all(if lines { b"\n]" } else { b"]" })
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        let lines = self.open.last() == Some(&true);
        out.write_all(match (first, lines) {
            (true, true) => b"\n",
            (true, false) => b"",
            (false, true) => b",\n",
            (false, false) => b",",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_runs_and_rows_begin_lines() {
        let value = json!({
            "a": [[1, 2], [3, 4]],
            "runs": [{ "name": "x", "rows": [[1, null], [2, "y"]] }, { "name": "z", "rows": [] }],
        });
        let mut out = Vec::new();
        write(&value, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "{\"a\":[[1,2],[3,4]],\n\"runs\":[\n\
             {\"name\":\"x\",\"rows\":[\n[1,null],\n[2,\"y\"]\n]},\n\
             {\"name\":\"z\",\"rows\":[\n]}\n]}\n"
        );
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).unwrap(),
            value
        );
    }
}
