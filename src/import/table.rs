//! Two columns of numbers out of a CSV file.

use csv::{ErrorKind, Reader, ReaderBuilder, StringRecord};
use std::io::{BufRead, BufReader, Read};

/// More rows than this are refused.
pub(super) const MOST_ROWS: usize = 1_000_000;

/// How much of a file is looked at to tell what separates its columns, and the longest first line.
const GLANCE: usize = 1 << 16;

/// Reads the columns called `wanted`; each that has no name is the first column of numbers that is not taken.
///
/// The first line is a header if no cell of it is a number, or if a wanted name stands in it. Columns are separated by
/// commas, semicolons or tabs. Which columns hold numbers is decided by the first row; from then on every cell of the
/// chosen two must be a finite number. `name` is what sentences call the file.
pub(super) fn read(
    name: &str,
    source: impl Read,
    wanted: [Option<&str>; 2],
) -> Result<[Vec<f64>; 2], String> {
    let mut source = BufReader::with_capacity(GLANCE, source);
    let glance = source
        .fill_buf()
        .map_err(|error| format!("{name}: cannot be read ({})", error.kind()))?;
    if glance.contains(&0) || (glance.len() == GLANCE && !glance.contains(&b'\n')) {
        return Err(format!("{name}: is not text in lines; expected a CSV file"));
    }
    let mut rows = Rows {
        name,
        reader: ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter(glance))
            .from_reader(source),
        row: StringRecord::new(),
        header: StringRecord::new(),
    };
    if !rows.advance()? {
        return Err(format!("{name}: is empty; expected two columns of numbers"));
    }
    let named = |cell: &str| wanted.contains(&Some(cell.trim()));
    if rows.row.iter().any(named) || !rows.row.iter().any(is_number) {
        rows.header = rows.row.clone();
        if !rows.advance()? {
            return Err(format!(
                "{name}: has no rows after its header; expected two columns of numbers"
            ));
        }
    }
    let chosen = rows.choose(wanted)?;
    let mut columns = [Vec::new(), Vec::new()];
    loop {
        if columns[0].len() == MOST_ROWS {
            return Err(format!(
                "{name}: has more than {MOST_ROWS} rows; expected at most that many"
            ));
        }
        for (column, index) in columns.iter_mut().zip(chosen) {
            column.push(rows.number(index)?);
        }
        if !rows.advance()? {
            return Ok(columns);
        }
    }
}

/// What separates the columns: the first of tab, semicolon and comma that stands in each of the first lines.
///
/// The comma comes last because it may be a decimal comma.
fn delimiter(glance: &[u8]) -> u8 {
    let lines: Vec<&[u8]> = glance
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty())
        .take(3)
        .collect();
    let everywhere = |delimiter: &u8| lines.iter().all(|line| line.contains(delimiter));
    *b"\t;,".iter().find(|d| everywhere(d)).unwrap_or(&b',')
}

fn is_number(cell: &str) -> bool {
    cell.trim().parse::<f64>().is_ok()
}

/// A cell as a sentence shows it.
fn shown(cell: &str) -> String {
    let cell = cell.trim();
    let short: String = cell.chars().take(30).flat_map(char::escape_debug).collect();
    let more = if cell.chars().nth(30).is_some() {
        "…"
    } else {
        ""
    };
    format!("`{short}{more}`")
}

/// A file that is read row by row.
struct Rows<'a, R> {
    name: &'a str,
    reader: Reader<R>,
    row: StringRecord,
    header: StringRecord,
}

impl<R: Read> Rows<'_, R> {
    /// Reads the next row; false at the end.
    fn advance(&mut self) -> Result<bool, String> {
        self.reader.read_record(&mut self.row).map_err(|error| {
            let name = self.name;
            match error.kind() {
                ErrorKind::Utf8 { pos, err } => {
                    let line = pos.as_ref().map_or(1, csv::Position::line);
                    let column = err.field() + 1;
                    format!("{name}: line {line}, column {column} is not text in UTF-8; expected a CSV file in UTF-8")
                }
                ErrorKind::Io(error) => format!("{name}: cannot be read ({})", error.kind()),
                _ => format!("{name}: cannot be read ({error})"),
            }
        })
    }

    /// The line that the row begins on, from 1.
    fn line(&self) -> u64 {
        self.row.position().map_or(1, csv::Position::line)
    }

    /// "column 2 (`weight`)".
    fn column(&self, index: usize) -> String {
        match self.header.get(index).map(str::trim) {
            None | Some("") => format!("column {}", index + 1),
            Some(_) => format!("column {} ({})", index + 1, shown(&self.header[index])),
        }
    }

    /// The two columns to read, decided by the header and the first row.
    fn choose(&self, wanted: [Option<&str>; 2]) -> Result<[usize; 2], String> {
        let mut chosen = [None; 2];
        for (place, name) in chosen.iter_mut().zip(wanted) {
            *place = name.map(|name| self.find(name)).transpose()?;
        }
        // A missing number is told when it is read; skipping its column would silently take another one.
        let holds_number = |cell: &str| cell.trim().is_empty() || is_number(cell);
        let mut free = (0..self.row.len())
            .filter(|index| !chosen.contains(&Some(*index)) && holds_number(&self.row[*index]))
            .collect::<Vec<_>>()
            .into_iter();
        let [first, second] = chosen.map(|place| place.or_else(|| free.next()));
        if let (Some(first), Some(second)) = (first, second) {
            return Ok([first, second]);
        }
        let (name, line) = (self.name, self.line());
        if self.row.len() == 1 {
            return Err(format!(
                "{name}: line {line} has one column; expected two columns of numbers, separated by commas, semicolons or tabs"
            ));
        }
        let found = if first.is_some() { "one" } else { "no" };
        let text = (0..self.row.len()).find(|index| !holds_number(&self.row[*index]));
        let but = text.map_or(String::new(), |index| {
            format!(
                ", but {} holds {}",
                self.column(index),
                shown(&self.row[index])
            )
        });
        Err(format!(
            "{name}: line {line} has {found} column of numbers; expected two{but}"
        ))
    }

    /// The column called `wanted`.
    fn find(&self, wanted: &str) -> Result<usize, String> {
        let name = self.name;
        if self.header.is_empty() {
            return Err(format!(
                "{name}: line 1 holds numbers, not names; expected a header with the column `{wanted}`"
            ));
        }
        let found = self.header.iter().position(|cell| cell.trim() == wanted);
        found.ok_or_else(|| {
            let mut near: Vec<&str> = self.header.iter().map(str::trim).collect();
            near.sort_by_key(|cell| strsim::damerau_levenshtein(wanted, cell));
            near.truncate(8);
            let near: Vec<String> = near.into_iter().map(shown).collect();
            format!(
                "{name}: line 1 has no column `{wanted}`; expected one of its columns, like {}",
                near.join(", ")
            )
        })
    }

    /// A cell of the row as a finite number.
    fn number(&self, index: usize) -> Result<f64, String> {
        let cell = self.row.get(index).map_or("", str::trim);
        let wrong = match cell.parse::<f64>() {
            Ok(number) if number.is_finite() => return Ok(number),
            Ok(_) => format!("{} is not finite; expected a finite number", shown(cell)),
            Err(_) if cell.is_empty() => "there is no number; expected one in every row".to_owned(),
            Err(_) if is_number(&cell.replacen(',', ".", 1)) => {
                let point = cell.replacen(',', ".", 1);
                format!(
                    "{} has a decimal comma; expected a point, as in `{point}`",
                    shown(cell)
                )
            }
            Err(_) => format!("{} is text; expected a number", shown(cell)),
        };
        Err(format!(
            "{}: line {}, {}: {wrong}",
            self.name,
            self.line(),
            self.column(index)
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read, as text: both columns, or the sentence.
    fn check(text: &str, wanted: [&str; 2], expected: &str) {
        let wanted = wanted.map(|name| (!name.is_empty()).then_some(name));
        let found = match read("d.csv", text.as_bytes(), wanted) {
            Ok(columns) => format!("{columns:?}"),
            Err(sentence) => sentence,
        };
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn headers_delimiters_and_names_are_understood() {
        let two = "[[1.0, 3.0], [2.5, -4.0]]";
        for text in [
            "1,2.5\n3,-4\n",
            "x,y\n1,2.5\n3,-4",
            "\u{feff}x;y\r\n1;2.5\r\n3;-4\r\n",
            "x\ty\n 1 \t 2.5\n\n3\t-4e0\n",
            "who,\"a, b\",y\nann,1,2.5\n\"bob, 2\",3,-4\n",
            "ann;1;2.5;n,m\nbob;3;-4;o\n",
        ] {
            check(text, ["", ""], two);
        }
        let text = "id,weight,height\n7,2.5,1\n8,-4,3\n";
        check(text, ["height", "weight"], two);
        check(text, ["height", ""], "[[1.0, 3.0], [7.0, 8.0]]");
        check(text, ["", "height"], "[[7.0, 8.0], [1.0, 3.0]]");
        check("2020,2021\n1,2", ["2021", "2020"], "[[2.0], [1.0]]");
    }

    #[test]
    fn bad_tables_are_refused_in_one_sentence() {
        for (text, wanted, expected) in [
            ("", ["", ""], "is empty; expected two columns of numbers"),
            (
                "\n\n",
                ["", ""],
                "is empty; expected two columns of numbers",
            ),
            (
                "x,y\n",
                ["", ""],
                "has no rows after its header; expected two columns of numbers",
            ),
            (
                "x\n1\n",
                ["", ""],
                "line 2 has one column; expected two columns of numbers, separated by commas, semicolons or tabs",
            ),
            (
                "x,y\nfoo,bar\n",
                ["", ""],
                "line 2 has no column of numbers; expected two, but column 1 (`x`) holds `foo`",
            ),
            (
                "who,x\nann,1\n",
                ["", ""],
                "line 2 has one column of numbers; expected two, but column 1 (`who`) holds `ann`",
            ),
            (
                "1,2\n\n3,abc\n",
                ["", ""],
                "line 3, column 2: `abc` is text; expected a number",
            ),
            (
                "x,y\n1,2\n3,\n",
                ["", ""],
                "line 3, column 2 (`y`): there is no number; expected one in every row",
            ),
            (
                "x,y\n1,2\n3\n",
                ["", ""],
                "line 3, column 2 (`y`): there is no number; expected one in every row",
            ),
            (
                "x,y,z\n,2,3\n",
                ["", ""],
                "line 2, column 1 (`x`): there is no number; expected one in every row",
            ),
            (
                "x,y\n1,inf\n",
                ["", ""],
                "line 2, column 2 (`y`): `inf` is not finite; expected a finite number",
            ),
            (
                "x,y\n1e999,1\n",
                ["", ""],
                "line 2, column 1 (`x`): `1e999` is not finite; expected a finite number",
            ),
            (
                "x;y\n1;2\n1,5;2\n",
                ["", ""],
                "line 3, column 1 (`x`): `1,5` has a decimal comma; expected a point, as in `1.5`",
            ),
            (
                "weight,height,age\n1,2,3\n",
                ["hieght", ""],
                "line 1 has no column `hieght`; expected one of its columns, like `height`, `weight`, `age`",
            ),
            (
                "1,2\n",
                ["", "w"],
                "line 1 holds numbers, not names; expected a header with the column `w`",
            ),
            (
                "who,x\nann,1\n",
                ["who", "x"],
                "line 2, column 1 (`who`): `ann` is text; expected a number",
            ),
            (
                "a\0b",
                ["", ""],
                "is not text in lines; expected a CSV file",
            ),
        ] {
            check(text, wanted, &format!("d.csv: {expected}"));
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused_with_their_place() {
        assert_eq!(
            read("d.csv", &b"x,y\n1,2\n3,\xff\n"[..], [None; 2]),
            Err(
                "d.csv: line 3, column 2 is not text in UTF-8; expected a CSV file in UTF-8"
                    .to_owned()
            )
        );
    }

    #[test]
    fn a_million_rows_are_read_and_no_more() {
        let rows = |count: usize| "1,2\n".repeat(count);
        let read = |count| read("d.csv", rows(count).as_bytes(), [None; 2]);
        assert_eq!(
            read(MOST_ROWS).map(|columns| columns[1].len()),
            Ok(MOST_ROWS)
        );
        assert_eq!(
            read(MOST_ROWS + 1),
            Err("d.csv: has more than 1000000 rows; expected at most that many".to_owned())
        );
    }
}
