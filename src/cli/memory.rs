//! Memory that a command will take because of the sizes it was asked for: told, or refused, before its work.

use super::print_error;

/// Bytes above which memory is told before it is taken.
const MIN_REPORTED_BYTES: u64 = 500_000_000;

/// The most that a picture may take.
pub(super) const MAX_PICTURE_BYTES: u64 = 2_000_000_000;

/// The most that numbers may take.
pub(super) const MAX_NUMBER_BYTES: u64 = 4_000_000_000;

/// Asks for the memory that something will take: tells that it is much, and refuses it beyond a limit or where the machine does not give
/// it.
///
/// # Errors
/// One sentence with what it would take, the limit, and how to take less.
pub(super) fn claim(what: &str, bytes: u64, most: u64, less: &str) -> Result<(), String> {
    let size = size(bytes);
    if bytes > most {
        let most = self::size(most);
        return Err(format!(
            "{what} would take about {size} of memory; expected at most {most}, by {less}"
        ));
    }
    let mut trial: Vec<u8> = Vec::new();
    let given = usize::try_from(bytes).is_ok_and(|bytes| trial.try_reserve_exact(bytes).is_ok());
    if !given {
        return Err(format!(
            "{what} would take about {size} of memory, which is not to be had now; expected less, by {less}"
        ));
    }
    if bytes > MIN_REPORTED_BYTES {
        print_error(&format!("{what} takes about {size} of memory"));
    }
    Ok(())
}

/// A size in words.
fn size(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000_000);
    if bytes < 1_000_000_000 {
        return format!("{} MB", bytes.div_ceil(1_000_000));
    }
    match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{whole} GB"),
        (whole, tenths) => format!("{whole}.{tenths} GB"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_is_refused_with_the_limit() {
        assert_eq!(claim("it", 1000, 1000, "less"), Ok(()));
        let refused = claim(
            "a map",
            2_350_000_000,
            MAX_PICTURE_BYTES,
            "a smaller --size",
        );
        let expected =
            "a map would take about 2.4 GB of memory; expected at most 2 GB, by a smaller --size";
        assert_eq!(refused.unwrap_err(), expected);
        let refused = claim("it", u64::MAX / 4, u64::MAX, "less").unwrap_err();
        assert!(refused.contains("which is not to be had now"), "{refused}");
    }
}
