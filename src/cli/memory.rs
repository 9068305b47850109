//! Checks of the memory that a command needs, before its work.

use super::note;

/// Bytes above which a command reports its memory on stderr.
const MIN_REPORTED_BYTES: u64 = 500_000_000;

/// Maximum bytes of numeric results.
pub(super) const MAX_NUMBER_BYTES: u64 = 4_000_000_000;

/// Checks that `bytes` of memory for `what` are within the limit `most` and available, and reports large sizes on stderr.
///
/// # Errors
/// One sentence with the size, the limit, and `less`, a way to need less.
pub(super) fn claim(what: &str, bytes: u64, most: u64, less: &str) -> Result<(), String> {
    let size = size(bytes);
    if bytes > most {
        let most = self::size(most);
        return Err(format!(
            "{what} would take about {size} of memory; expected at most {most}, so choose {less}"
        ));
    }
    let mut trial: Vec<u8> = Vec::new();
    let given = usize::try_from(bytes).is_ok_and(|bytes| trial.try_reserve_exact(bytes).is_ok());
    if !given {
        return Err(format!(
            "{what} would take about {size} of memory, more than is free now; choose {less}"
        ));
    }
    if bytes > MIN_REPORTED_BYTES {
        note(&format!("{what} takes about {size} of memory"));
    }
    Ok(())
}

/// Returns a size in MB or GB.
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
    use crate::export::figure_settings::MAX_PICTURE_BYTES;

    #[test]
    fn sizes_beyond_the_limit_or_the_free_memory_are_refused() {
        assert_eq!(claim("it", 1000, 1000, "less"), Ok(()));
        let refused = claim(
            "a map",
            2_350_000_000,
            MAX_PICTURE_BYTES,
            "a smaller --size",
        );
        let expected = "a map would take about 2.4 GB of memory; expected at most 2 GB, so choose a smaller --size";
        assert_eq!(refused.unwrap_err(), expected);
        let refused = claim("it", u64::MAX / 4, u64::MAX, "less").unwrap_err();
        assert!(refused.contains("more than is free now"), "{refused}");
    }
}
