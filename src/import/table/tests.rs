//! Tests of tables in every form and of their errors.

use super::*;
use crate::engine::files::Matrix;

/// Asserts the text of both columns, or of the error.
fn check(text: &str, wanted: [&str; 2], expected: &str) {
    let wanted = wanted.map(|name| (!name.is_empty()).then_some(name));
    let found = match read_columns("d.csv", text.into(), wanted, Header::Auto) {
        Ok(Columns { x, y, .. }) => format!("{:?}", [x, y]),
        Err(sentence) => sentence,
    };
    assert_eq!(found, expected, "{text:?}");
}

#[test]
fn headers_delimiters_and_names_are_read() {
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
            "line 2 has one column; expected two columns of numbers, separated by commas, semicolons, tabs, bars or spaces",
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
            "line 3 has 1 cell; expected 2, as in line 1",
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

/// Asserts the text of numbers and labels, or of the error.
fn check_labelled(text: &str, label: &str, expected: &str) {
    let label = (!label.is_empty()).then_some(label);
    let found = match read_labelled("d.csv", text.into(), label, Header::Auto) {
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
        r#"2 [1.0, 2.0, 3.0, 4.0] Names(["a", "b c"])"#,
    );
    check_labelled("x;y\n1;2\n3;4\n", "x", "1 [2.0, 4.0] Numbers([1.0, 3.0])");
    check_labelled("x,kind,y\n1,a,2\n", "kind", r#"2 [1.0, 2.0] Names(["a"])"#);
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
            "line 1 has one column; expected columns of numbers and a column of labels, separated by commas, semicolons, tabs, bars or spaces",
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
            "line 2 has 3 cells; expected 2, as in line 1",
        ),
        (
            "1,2,a\n1,b\n",
            "",
            "line 2 has 2 cells; expected 3, as in line 1",
        ),
    ] {
        check_labelled(text, label, &format!("d.csv: {expected}"));
    }
}

#[test]
fn bytes_that_are_not_utf8_are_refused_with_their_place() {
    assert_eq!(
        read_columns(
            "d.csv",
            b"x,y\r\n\r\n1,2\r\n3,\xff\r\n".to_vec(),
            [None; 2],
            Header::Auto
        ),
        Err(
            "d.csv: line 4, column 2 is not text in UTF-8; expected a CSV file in UTF-8".to_owned()
        )
    );
}

#[test]
fn a_million_rows_are_read_and_no_more() {
    let rows = |count: usize| "1,2\n".repeat(count);
    let read = |count| {
        let read = read_columns("d.csv", rows(count).into(), [None; 2], Header::Auto);
        read.map(|columns| columns.y.len())
    };
    assert_eq!(read(MAX_ROWS), Ok(MAX_ROWS));
    assert_eq!(
        read(MAX_ROWS + 1),
        Err("d.csv: has more than 1000000 rows; expected at most that many".to_owned())
    );
}

/// Asserts the text of x, y and heights, or of the error.
#[track_caller]
fn check_matrix(bytes: &[u8], expected: &str) {
    let found = match read_matrix(bytes.to_vec(), Header::Auto) {
        Ok(Matrix { x, y, heights, .. }) => format!("{x:?} {y:?} {heights:?}"),
        Err(sentence) => format!("m.csv: {sentence}"),
    };
    assert_eq!(found, expected, "{:?}", String::from_utf8_lossy(bytes));
}

#[test]
fn the_three_forms_of_csv_are_read() {
    let plain = "[0.0, 1.0, 2.0] [0.0, 1.0] [1.0, 2.5, 3.0, -4.0, 0.5, 6.0]";
    for text in [
        "1,2.5,3\n-4,.5,6\n",
        "1;2.5;3\r\n\r\n-4;0.5;6",
        "\u{feff}1\t2.5\t3\n-4\t5e-1\t6\n",
        "# numpy.savetxt\n 1   2.5 3\n-4 0.5  6\n",
        "\"1\", 2.5 ,3\n-4,0.5,\"6\"\n",
    ] {
        check_matrix(text.as_bytes(), plain);
    }
    let placed = "[-1.0, 0.0, 2.0] [0.5, 0.75] [1.0, 2.5, 3.0, -4.0, 0.5, 6.0]";
    for text in [
        ",-1,0,2\n0.5,1,2.5,3\n0.75,-4,0.5,6\n",
        "y\\x;-1;0;2\n0.5;1;2.5;3\n0.75;-4;0.5;6\n",
        "y -1 0 2\n0.5 1 2.5 3\n0.75 -4 0.5 6\n",
        "\t-1\t0\t2\n0.5\t1\t2.5\t3\n0.75\t-4\t0.5\t6\n",
        "x,y,loss\n-1,0.5,1\n0,0.5,2.5\n2,0.5,3\n-1,0.75,-4\n0,0.75,0.5\n2,0.75,6\n",
        "\"a\",\"b\",\"loss\"\n2,0.75,6\n-0,0.5,2.5\n-1,0.5,1\n2,0.5,3\n0,0.75,0.5\n-1,0.75,-4\n",
    ] {
        check_matrix(text.as_bytes(), placed);
    }
}

#[test]
fn bad_matrices_are_refused_in_one_sentence() {
    for (text, expected) in [
        (
            "",
            "is empty; expected a CSV, NPY or NPZ file with a matrix",
        ),
        (
            "# only\n\n",
            "is empty; expected a CSV, NPY or NPZ file with a matrix",
        ),
        (
            "1,2\n",
            "has 2 columns and 1 rows of heights; expected 2 to 4096 of each",
        ),
        (
            "1\n2\n",
            "has 1 columns and 2 rows of heights; expected 2 to 4096 of each",
        ),
        (
            ",1,2\n",
            "has no rows after its header; expected a CSV, NPY or NPZ file with a matrix",
        ),
        ("1,2\n3\n", "line 2 has 1 cell; expected 2, as in line 1"),
        (
            "1,2\n\n3,4,5\n",
            "line 3 has 3 cells; expected 2, as in line 1",
        ),
        (
            "1,2\n3,\n",
            "line 2, column 2: there is no number; expected one in every row",
        ),
        (
            "1,2\n3,nan\n",
            "line 2, column 2: `nan` is not finite; expected a finite number",
        ),
        (
            "1,2\n1e999,3\n",
            "line 2, column 1: `1e999` is not finite; expected a finite number",
        ),
        (
            "1;2\n3;x\n",
            "line 2, column 2: `x` is text; expected a number",
        ),
        (
            ",1,1\n0,1,2\n",
            "line 1, column 3: x goes from 1 to 1; expected increasing numbers",
        ),
        (
            ",1,2\n0,1,2\n-1,1,2\n",
            "line 3, column 1: y goes from 0 to -1; expected increasing numbers",
        ),
        (
            ",1,b\n0,1,2\n",
            "line 1, column 3: `b` is text; expected a number",
        ),
        (
            "a,b\n1,2\n",
            "line 1 has 2 cells and no number; expected numbers, or three names as in x,y,loss",
        ),
        (
            "x,y,z\n0,0,1\n0,0,2\n",
            "has two heights at (0, 0); expected one for each point",
        ),
        (
            "x,y,z\n0,0,1\n0,1,2\n1,1,2\n",
            "has 3 points with 2 different x and 2 different y; expected one for each pair of them",
        ),
        (
            "x,y,z\n0,0,1,2\n",
            "line 2 has 4 cells; expected 3, as in line 1",
        ),
        (
            "x,y,z\n",
            "has no rows after its header; expected a CSV, NPY or NPZ file with a matrix",
        ),
        (
            "a\0b",
            "is not text in lines; expected a CSV, NPY or NPZ file with a matrix",
        ),
    ] {
        check_matrix(text.as_bytes(), &format!("m.csv: {expected}"));
    }
    let wide = "1,".repeat(4096) + "1\n";
    check_matrix(
        wide.repeat(2).as_bytes(),
        "m.csv: has 4097 columns and 2 rows of heights; expected 2 to 4096 of each",
    );
    check_matrix(
        "1,2\n".repeat(5000).as_bytes(),
        "m.csv: has 2 columns and 5000 rows of heights; expected 2 to 4096 of each",
    );
    check_matrix(
        b"1,2\n\xff,3\n",
        "m.csv: line 2, column 1 is not text in UTF-8; expected a CSV, NPY or NPZ file with a matrix in UTF-8",
    );
}
