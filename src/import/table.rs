//! Numbers out of a CSV file: two columns, or all but the one that is their label.

use crate::engine::landscape::Table;
use csv::{ErrorKind, Reader, ReaderBuilder, StringRecord};
use std::io::{BufRead, BufReader, Read, Seek};

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
    source: impl Read + Seek,
    wanted: [Option<&str>; 2],
) -> Result<[Vec<f64>; 2], String> {
    let mut rows = Rows::open(name, source, &wanted, "two columns of numbers")?;
    let places = rows.find(wanted).map_err(|wrong| rows.sentence(&wrong))?;
    rows.begin("two columns of numbers")?;
    let chosen = rows.choose(places).map_err(|wrong| rows.sentence(&wrong))?;
    let mut columns = [Vec::new(), Vec::new()];
    loop {
        if columns[0].len() == MOST_ROWS {
            return Err(too_long(name));
        }
        for (column, index) in columns.iter_mut().zip(chosen) {
            column.push(rows.number(index).map_err(|wrong| rows.sentence(&wrong))?);
        }
        if !rows.advance()? {
            return Ok(columns);
        }
    }
}

/// Reads the numbers of all columns but the one called `label`, or the last one, whose cells are kept as they are. The rest is
/// as in [`read`].
pub(super) fn read_labelled(
    name: &str,
    source: impl Read + Seek,
    label: Option<&str>,
) -> Result<Table, String> {
    let expected = "columns of numbers and a column of labels";
    let mut rows = Rows::open(name, source, &[label], expected)?;
    let named = label.map(|label| rows.place(label)).transpose();
    let named = named.map_err(|wrong| rows.sentence(&wrong))?;
    rows.begin(expected)?;
    let columns = rows.row.len();
    let label = named.unwrap_or(columns.saturating_sub(1));
    if columns < 2 {
        let wrong = format!(
            " has one column; expected {expected}, separated by commas, semicolons or tabs"
        );
        return Err(rows.sentence(&wrong));
    }
    let mut table = Table {
        width: columns - 1,
        ..Table::default()
    };
    loop {
        if table.labels.len() == MOST_ROWS {
            return Err(too_long(name));
        }
        let read = rows.labelled(columns, label, &mut table);
        read.map_err(|wrong| rows.sentence(&wrong))?;
        if !rows.advance()? {
            return Ok(table);
        }
    }
}

fn too_long(name: &str) -> String {
    format!("{name}: has more than {MOST_ROWS} rows; expected at most that many")
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
    reader: Reader<BufReader<R>>,
    row: StringRecord,
    header: Option<StringRecord>,
}

impl<'a, R: Read + Seek> Rows<'a, R> {
    /// At its first row, which is known to be a header or not; `wanted` are names of columns.
    fn open(
        name: &'a str,
        source: R,
        wanted: &[Option<&str>],
        expected: &str,
    ) -> Result<Self, String> {
        let mut source = BufReader::with_capacity(GLANCE, source);
        let glance = source
            .fill_buf()
            .map_err(|error| format!("{name}: cannot be read ({})", error.kind()))?;
        if glance.contains(&0) || (glance.len() == GLANCE && !glance.contains(&b'\n')) {
            return Err(format!("{name}: is not text in lines; expected a CSV file"));
        }
        let mut rows = Self {
            name,
            reader: ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(delimiter(glance))
                .from_reader(source),
            row: StringRecord::new(),
            header: None,
        };
        if !rows.advance()? {
            return Err(format!("{name}: is empty; expected {expected}"));
        }
        let named = |cell: &str| wanted.contains(&Some(cell.trim()));
        if rows.row.iter().any(named) || !rows.row.iter().any(is_number) {
            rows.header = Some(rows.row.clone());
        }
        Ok(rows)
    }

    /// Goes to the first row of data.
    fn begin(&mut self, expected: &str) -> Result<(), String> {
        if self.header.is_some() && !self.advance()? {
            let name = self.name;
            return Err(format!(
                "{name}: has no rows after its header; expected {expected}"
            ));
        }
        Ok(())
    }

    /// Puts the row, which should have so many columns, at the end of a table.
    fn labelled(&self, columns: usize, label: usize, table: &mut Table) -> Result<(), String> {
        if self.row.len() > columns {
            let found = self.row.len();
            return Err(format!(
                " has {found} columns; expected {columns}, as in the first row"
            ));
        }
        for index in (0..columns).filter(|index| *index != label) {
            table.numbers.push(self.number(index)?);
        }
        let cell = self.row.get(label).map_or("", str::trim);
        if cell.is_empty() {
            let column = self.column(label);
            return Err(format!(
                ", {column}: there is no label; expected one in every row"
            ));
        }
        table.labels.push(cell.to_owned());
        Ok(())
    }

    /// Reads the next row; false at the end.
    fn advance(&mut self) -> Result<bool, String> {
        self.reader.read_record(&mut self.row).map_err(|error| {
            let name = self.name;
            match error.kind() {
                ErrorKind::Utf8 { pos, err } => {
                    let line = self.line(pos.as_ref().map_or(0, csv::Position::byte));
                    let column = err.field() + 1;
                    format!("{name}: line {line}, column {column} is not text in UTF-8; expected a CSV file in UTF-8")
                }
                ErrorKind::Io(error) => format!("{name}: cannot be read ({})", error.kind()),
                _ => format!("{name}: cannot be read ({error})"),
            }
        })
    }

    /// What is wrong with the row, and where that is.
    fn sentence(&mut self, wrong: &str) -> String {
        let line = self.line(self.row.position().map_or(0, csv::Position::byte));
        format!("{}: line {line}{wrong}", self.name)
    }

    /// The line of the row before which the reader stood at `byte`, from 1. Blank lines may lie between, which the
    /// reader's own count leaves out; so the file is read again.
    fn line(&mut self, byte: u64) -> u64 {
        let source = self.reader.get_mut();
        if source.rewind().is_err() {
            return 1;
        }
        let count = |line: u64, byte: u8| line + u64::from(byte == b'\n');
        let before = usize::try_from(byte).unwrap_or(usize::MAX);
        let mut bytes = source.by_ref().bytes().map_while(Result::ok);
        let line = bytes.by_ref().take(before).fold(1, count);
        bytes
            .take_while(|byte| b"\r\n".contains(byte))
            .fold(line, count)
    }

    /// "column 2 (`weight`)".
    fn column(&self, index: usize) -> String {
        let name = self.header.as_ref().and_then(|header| header.get(index));
        match name.map(str::trim).filter(|name| !name.is_empty()) {
            None => format!("column {}", index + 1),
            Some(name) => format!("column {} ({})", index + 1, shown(name)),
        }
    }

    /// The places of the columns that are wanted by name.
    fn find(&self, wanted: [Option<&str>; 2]) -> Result<[Option<usize>; 2], String> {
        let mut places = [None; 2];
        for (place, wanted) in places.iter_mut().zip(wanted) {
            *place = wanted.map(|wanted| self.place(wanted)).transpose()?;
        }
        Ok(places)
    }

    fn place(&self, wanted: &str) -> Result<usize, String> {
        let Some(header) = &self.header else {
            return Err(format!(
                " holds numbers, not names; expected a header with the column `{wanted}`"
            ));
        };
        let found = header.iter().position(|cell| cell.trim() == wanted);
        found.ok_or_else(|| {
            let mut near: Vec<&str> = header.iter().map(str::trim).collect();
            near.sort_by_key(|cell| strsim::damerau_levenshtein(wanted, cell));
            near.truncate(8);
            let near: Vec<String> = near.into_iter().map(shown).collect();
            format!(
                " has no column `{wanted}`; expected one of its columns, like {}",
                near.join(", ")
            )
        })
    }

    /// The two columns to read, those without a place decided by the first row.
    fn choose(&self, places: [Option<usize>; 2]) -> Result<[usize; 2], String> {
        // A missing number is told when it is read; skipping its column would silently take another one.
        let holds_number = |cell: &str| cell.trim().is_empty() || is_number(cell);
        let all = || self.row.iter().enumerate();
        let mut free = all()
            .filter(|(index, cell)| !places.contains(&Some(*index)) && holds_number(cell))
            .map(|(index, _)| index);
        let [first, second] = places.map(|place| place.or_else(|| free.next()));
        if let (Some(first), Some(second)) = (first, second) {
            return Ok([first, second]);
        }
        if self.row.len() == 1 {
            return Err(" has one column; expected two columns of numbers, separated by commas, semicolons or tabs".to_owned());
        }
        let found = if first.or(second).is_some() {
            "one"
        } else {
            "no"
        };
        let text = all().find(|(_, cell)| !holds_number(cell));
        let but = text.map_or(String::new(), |(index, cell)| {
            format!(", but {} holds {}", self.column(index), shown(cell))
        });
        Err(format!(" has {found} column of numbers; expected two{but}"))
    }

    /// A cell of the row as a finite number.
    fn number(&self, index: usize) -> Result<f64, String> {
        let cell = self.row.get(index).map_or("", str::trim);
        let wrong = match cell.parse::<f64>() {
            Ok(number) if number.is_finite() => return Ok(number),
            Ok(_) => format!("{} is not finite; expected a finite number", shown(cell)),
            Err(_) if cell.is_empty() => "there is no number; expected one in every row".to_owned(),
            Err(_) => {
                let point = cell.replacen(',', ".", 1);
                if is_number(&point) {
                    format!(
                        "{} has a decimal comma; expected a point, as in `{point}`",
                        shown(cell)
                    )
                } else {
                    format!("{} is text; expected a number", shown(cell))
                }
            }
        };
        Err(format!(", {}: {wrong}", self.column(index)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// What is read, as text: both columns, or the sentence.
    fn check(text: &str, wanted: [&str; 2], expected: &str) {
        let wanted = wanted.map(|name| (!name.is_empty()).then_some(name));
        let found = match read("d.csv", Cursor::new(text), wanted) {
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
                "\u{feff}x,y\r\n\r\n1,2\r\n\r\n\r\nabc,3",
                ["", ""],
                "line 6, column 1 (`x`): `abc` is text; expected a number",
            ),
            (
                "x,y,z\n1,2,\"two\nlines\"\n\n3,abc,\n",
                ["", ""],
                "line 5, column 2 (`y`): `abc` is text; expected a number",
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

    /// What is read with labels, as text: numbers and labels, or the sentence.
    fn check_labelled(text: &str, label: &str, expected: &str) {
        let label = (!label.is_empty()).then_some(label);
        let found = match read_labelled("d.csv", Cursor::new(text), label) {
            Ok(table) => format!("{} {:?} {:?}", table.width, table.numbers, table.labels),
            Err(sentence) => sentence,
        };
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn one_column_is_the_label_and_all_others_are_numbers() {
        check_labelled(
            "1,2,a\n3,4, b c \n",
            "",
            r#"2 [1.0, 2.0, 3.0, 4.0] ["a", "b c"]"#,
        );
        check_labelled("x;y\n1;2\n3;4\n", "x", r#"1 [2.0, 4.0] ["1", "3"]"#);
        check_labelled("x,kind,y\n1,a,2\n", "kind", r#"2 [1.0, 2.0] ["a"]"#);
        for (text, label, expected) in [
            (
                "",
                "",
                "is empty; expected columns of numbers and a column of labels",
            ),
            (
                "x,y\n",
                "",
                "has no rows after its header; expected columns of numbers and a column of labels",
            ),
            (
                "1\n2\n",
                "",
                "line 1 has one column; expected columns of numbers and a column of labels, separated by commas, semicolons or tabs",
            ),
            (
                "x,y\n1,2\n",
                "z",
                "line 1 has no column `z`; expected one of its columns, like `x`, `y`",
            ),
            (
                "x,y\na,2\n",
                "",
                "line 2, column 1 (`x`): `a` is text; expected a number",
            ),
            (
                "1,2\n1,\n",
                "",
                "line 2, column 2: there is no label; expected one in every row",
            ),
            (
                "1,2\n1,2,3\n",
                "",
                "line 2 has 3 columns; expected 2, as in the first row",
            ),
            (
                "1,2,a\n1,b\n",
                "",
                "line 2, column 2: `b` is text; expected a number",
            ),
        ] {
            check_labelled(text, label, &format!("d.csv: {expected}"));
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused_with_their_place() {
        assert_eq!(
            read(
                "d.csv",
                Cursor::new(b"x,y\r\n\r\n1,2\r\n3,\xff\r\n"),
                [None; 2]
            ),
            Err(
                "d.csv: line 4, column 2 is not text in UTF-8; expected a CSV file in UTF-8"
                    .to_owned()
            )
        );
    }

    #[test]
    fn a_million_rows_are_read_and_no_more() {
        let rows = |count: usize| "1,2\n".repeat(count);
        let read = |count| read("d.csv", Cursor::new(rows(count)), [None; 2]);
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
