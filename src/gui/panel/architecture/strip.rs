//! Parts of the strip of layers, their distribution over rows, and the steps of their numbers of units.

/// Numbers of units between which − and + step, beyond the small ones that they count one by one.
const STEPS: [u64; 14] = [
    12, 16, 20, 24, 28, 32, 48, 64, 128, 256, 512, 1024, 2048, 4096,
];

/// Largest number of units that − and + count one by one.
const SMALL: u64 = 8;

/// Widths of boxes, in sizes of the body text: of a hidden layer, of inputs and outputs, of the button between two boxes.
const WIDTHS: [f32; 3] = [7.4, 3.9, 1.6];

/// An element of the strip.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Input,
    /// The button that inserts a hidden layer at an index.
    Insert(usize),
    Hidden(usize),
    Output,
}

/// Returns the number of units after one press of − or +.
pub(super) fn stepped(units: u64, up: bool) -> u64 {
    if up {
        let larger = STEPS.iter().find(|step| **step > units);
        match larger {
            _ if units < SMALL => units + 1,
            Some(step) => *step,
            None => units,
        }
    } else {
        let smaller = STEPS.iter().rev().find(|step| **step < units);
        match smaller {
            _ if units <= SMALL => units.saturating_sub(1).max(1),
            Some(step) => *step,
            None => SMALL,
        }
    }
}

/// Distributes the parts of a strip over rows of a width.
pub(super) fn rows(hidden: usize, width: f32, em: f32, gap: f32) -> Vec<Vec<Part>> {
    let layers = (0..hidden).flat_map(|index| [Part::Insert(index), Part::Hidden(index)]);
    let parts = std::iter::once(Part::Input)
        .chain(layers)
        .chain([Part::Insert(hidden), Part::Output]);
    let mut rows: Vec<Vec<Part>> = vec![Vec::new()];
    let mut used = 0.0;
    for part in parts {
        let own = part.width(em) + gap;
        // The button behind a box stays with it.
        let with_button = match part {
            Part::Input | Part::Hidden(_) => own + Part::Insert(0).width(em) + gap,
            Part::Insert(_) | Part::Output => own,
        };
        let wraps = used + with_button > width && !matches!(part, Part::Insert(_)) && used > 0.0;
        match rows.last_mut() {
            Some(row) if !wraps => row.push(part),
            _ => {
                rows.push(vec![part]);
                used = 0.0;
            }
        }
        used += own;
    }
    rows
}

impl Part {
    pub(super) fn width(self, em: f32) -> f32 {
        em * match self {
            Self::Hidden(_) => WIDTHS[0],
            Self::Input | Self::Output => WIDTHS[1],
            Self::Insert(_) => WIDTHS[2],
        }
    }
}

/// Writes a number with a comma between groups of three digits.
pub(super) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_fine_for_small_layers_and_the_way_back_is_the_same() {
        let mut units = 1;
        let mut passed = vec![units];
        while stepped(units, true) != units {
            units = stepped(units, true);
            passed.push(units);
        }
        assert_eq!(passed[..12], [1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24]);
        assert_eq!(passed.last(), Some(&4096));
        for pair in passed.windows(2) {
            assert_eq!(stepped(pair[1], false), pair[0]);
        }
        assert_eq!(
            [stepped(1, false), stepped(10, false), stepped(10, true)],
            [1, 8, 12]
        );
    }

    #[test]
    fn rows_hold_all_parts_in_order_and_fit() {
        let flat = |rows: &[Vec<Part>]| rows.iter().map(Vec::len).sum::<usize>();
        for width in [80.0, 200.0, 300.0, 2000.0] {
            let rows = rows(3, width, 14.0, 4.0);
            assert_eq!(flat(&rows), 9);
            assert!(rows.iter().all(|row| !row.is_empty()));
        }
        assert_eq!(rows(3, 2000.0, 14.0, 4.0).len(), 1);
        assert!(rows(3, 80.0, 14.0, 4.0).len() >= 4);
    }

    #[test]
    fn thousands_are_separated() {
        let texts = [7, 337, 1234, 1_234_567].map(thousands);
        assert_eq!(texts, ["7", "337", "1,234", "1,234,567"]);
    }
}
