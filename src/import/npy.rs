//! Reads NPY arrays of real numbers, whole numbers and bool.

use npyz::TypeChar::{Bool, Float, Int, Uint};
use npyz::{DType, Deserialize, NpyFile, Order, half::f16};
use std::io::{self, Chain, Cursor, ErrorKind, Read};

/// The maximum length of a header, in bytes. NumPy's have about a hundred.
const MAX_HEADER_BYTES: u64 = 1 << 20;

/// An array after its header, before its numbers.
pub(super) struct Array<R: Read> {
    file: NpyFile<Chain<Cursor<Vec<u8>>, R>>,
}

/// Reads the header. Errors have no file name and end with what was `expected`.
pub(super) fn open<R: Read>(mut source: R, expected: &str) -> Result<Array<R>, String> {
    let header = header(&mut source).map_err(|error| broken(&error, expected))?;
    let file = NpyFile::new(Cursor::new(header).chain(source));
    let file = file.map_err(|error| broken(&error, expected))?;
    Ok(Array { file })
}

impl<R: Read> Array<R> {
    /// Returns the shape.
    pub(super) fn shape(&self) -> &[u64] {
        self.file.shape()
    }

    /// Returns the numbers of an array of at most two dimensions, row by row.
    pub(super) fn numbers(self, expected: &str) -> Result<Vec<f64>, String> {
        let (order, kind) = (self.file.order(), self.file.dtype());
        let shape = self.shape().to_vec();
        let Some(stored) = numbers(self.file, &kind) else {
            let kind = kind.descr();
            return Err(format!(
                "holds numbers of type {kind}; expected float16, float32, float64, whole numbers or bool"
            ));
        };
        let stored = stored.map_err(|error| broken(&error, expected))?;
        let &[rows, columns] = &shape[..] else {
            return Ok(stored);
        };
        if order == Order::C || rows.min(columns) < 2 {
            return Ok(stored);
        }
        let side = |side: u64| usize::try_from(side).unwrap_or(usize::MAX);
        let (rows, columns) = (side(rows), side(columns));
        let places = { 0..rows }.flat_map(|i| (0..columns).map(move |j| i + j * rows));
        Ok(places.map(|place| stored[place]).collect())
    }
}

fn broken(error: &io::Error, expected: &str) -> String {
    if error.kind() == ErrorKind::UnexpectedEof {
        return "ends before its numbers do; expected a whole NPY file".to_owned();
    }
    // Errors of a malformed header have further lines.
    let error = error.to_string();
    let (error, _) = error.split_once(':').unwrap_or((&error, ""));
    format!("is not sound ({error}); expected {expected}")
}

/// Returns the bytes before the numbers, with Python 2's whole numbers, as in `(3L, 4L)`, written as in Python 3.
fn header(source: &mut impl Read) -> io::Result<Vec<u8>> {
    let invalid = |words: &str| io::Error::new(ErrorKind::InvalidData, words);
    let mut bytes = vec![0; 8];
    source.read_exact(&mut bytes)?;
    // The length has two bytes in version 1 and four in later versions.
    let digits = if bytes[6] == 1 { 2 } else { 4 };
    bytes.resize(8 + digits, 0);
    source.read_exact(&mut bytes[8..])?;
    let length = bytes[8..].iter().rev();
    let length = length.fold(0_u64, |length, byte| length << 8 | u64::from(*byte));
    if length > MAX_HEADER_BYTES {
        return Err(invalid("its header is longer than 1 MB"));
    }
    let start = bytes.len();
    source.take(length).read_to_end(&mut bytes)?;
    let text = &mut bytes[start..];
    if (text.len() as u64) < length {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    let mut quote = None;
    for at in 0..text.len() {
        match (quote, text[at]) {
            (None, open @ (b'"' | b'\'')) => quote = Some(open),
            (Some(open), byte) if byte == open => quote = None,
            (None, b'L' | b'l') if at > 0 && text[at - 1].is_ascii_digit() => text[at] = b' ',
            _ => {}
        }
    }
    // The reader multiplies the lengths of the sides without an overflow check.
    let sides = String::from_utf8_lossy(text);
    let sides = sides.split_once("shape").map_or("", |(_, rest)| rest);
    let sides = sides.split([')', ']']).next().unwrap_or_default();
    let mut sides = { sides.split(|c: char| !c.is_ascii_digit()) }.filter(|side| !side.is_empty());
    let product = sides.try_fold(1_u64, |product, side| {
        // A side of length 0 does not make longer sides legal.
        product.checked_mul(side.parse::<u64>().ok()?.max(1))
    });
    if product.is_none() {
        return Err(invalid("its shape has more elements than can be"));
    }
    Ok(bytes)
}

/// Returns the numbers of an array in stored order; `None` for other types.
fn numbers(file: NpyFile<impl Read>, kind: &DType) -> Option<io::Result<Vec<f64>>> {
    fn all<T: Deserialize>(
        file: NpyFile<impl Read>,
        into: impl Fn(T) -> f64,
    ) -> Option<io::Result<Vec<f64>>> {
        let numbers = file.data::<T>().ok()?;
        Some(numbers.map(|number| number.map(&into)).collect())
    }
    let DType::Plain(kind) = kind else {
        return None;
    };
    match (kind.type_char(), kind.size_field()) {
        (Float, 2) => all::<f16>(file, f64::from),
        (Float, 4) => all::<f32>(file, f64::from),
        (Float, 8) => all::<f64>(file, f64::from),
        (Int, 1) => all::<i8>(file, f64::from),
        (Int, 2) => all::<i16>(file, f64::from),
        (Int, 4) => all::<i32>(file, f64::from),
        #[expect(clippy::cast_precision_loss, reason = "as NumPy rounds them")]
        (Int, 8) => all::<i64>(file, |number| number as f64),
        (Uint, 1) => all::<u8>(file, f64::from),
        (Uint, 2) => all::<u16>(file, f64::from),
        (Uint, 4) => all::<u32>(file, f64::from),
        #[expect(clippy::cast_precision_loss, reason = "as NumPy rounds them")]
        (Uint, 8) => all::<u64>(file, |number| number as f64),
        (Bool, 1) => all::<bool>(file, f64::from),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a file of version 1 with this header and these bytes.
    fn file(header: &str, numbers: &[u8]) -> Vec<u8> {
        let length = u16::try_from(header.len() + 1).unwrap().to_le_bytes();
        [
            b"\x93NUMPY\x01\0",
            &length[..],
            header.as_bytes(),
            b"\n",
            numbers,
        ]
        .concat()
    }

    #[track_caller]
    fn check(header: &str, numbers: &[u8], expected: Result<&[f64], &str>) {
        let file = file(header, numbers);
        let found = open(&file[..], "numbers").and_then(|array| array.numbers("numbers"));
        assert_eq!(
            found.as_deref().map_err(String::as_str),
            expected,
            "{header}"
        );
    }

    #[test]
    fn headers_of_python_2_are_read() {
        for shape in ["(2L, 3L)", "(2L, 3L, )", "(2, 3)", "[2l, 3l]"] {
            check(
                &format!("{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}"),
                &[1, 2, 3, 4, 5, 6],
                Ok(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
            );
        }
    }

    #[test]
    fn columns_are_turned_into_rows() {
        let header = "{'descr': '|i1', 'fortran_order': True, 'shape': (2, 3)}";
        let expected = [1.0, 2.0, 3.0, 4.0, 5.0, -6.0];
        check(header, &[1, 4, 2, 5, 3, 250], Ok(&expected));
    }

    #[test]
    fn impossible_shapes_are_refused() {
        for shape in [
            "(4294967296, 4294967296)",
            "(99999999999999999999,)",
            "(0, 4294967296, 4294967296)",
        ] {
            let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}");
            let wrong = "is not sound (its shape has more elements than can be); expected numbers";
            check(&header, &[], Err(wrong));
        }
    }

    #[test]
    fn other_types_are_refused() {
        for kind in ["<c16", "|S3", "<U1", "<M8[ns]", "<f16"] {
            let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': (1,)}}");
            let file = file(&header, &[0; 16]);
            let found = open(&file[..], "numbers").and_then(|array| array.numbers("numbers"));
            let refused = found.unwrap_err();
            assert!(
                refused.starts_with(&format!("holds numbers of type '{kind}'; expected float16")),
                "{refused}"
            );
        }
    }
}
