//! The palette of a film: up to 255 colours by median cut of its pixels, and one for transparency.

use crate::figure::drawing::Colour;

/// Number of colours; one more index stands for transparency.
const COLOURS: usize = 255;

/// Bits per channel by which pixels are counted.
const BITS: u32 = 6;

/// The palette, which remembers the nearest colour of each pixel that it has met.
pub(super) struct Palette {
    colours: Vec<[u8; 3]>,
    /// For every 24-bit colour one more than its index, or 0 if it is not known yet.
    known: Vec<u16>,
}

impl Palette {
    /// Chooses colours for some pictures. The `exact` ones are in the palette as they are; the others have the least error that median cut
    /// finds, in which the rare colours of lines count for more than their few pixels.
    pub(super) fn of(pictures: &[Vec<u8>], exact: &[Colour]) -> Self {
        let mut colours: Vec<[u8; 3]> = Vec::new();
        for Colour { r, g, b, .. } in exact {
            if !colours.contains(&[*r, *g, *b]) && colours.len() < COLOURS / 2 {
                colours.push([*r, *g, *b]);
            }
        }
        let counted = histogram(pictures, &colours);
        colours.extend(median_cut(counted, COLOURS - colours.len()));
        Self {
            colours,
            known: vec![0; 1 << 24],
        }
    }

    /// Returns the colours as red, green, blue, with those of unused indices.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.colours.concat();
        bytes.resize(3 * (COLOURS + 1), 0);
        bytes
    }

    /// Returns the index for pixels that stay as they are.
    #[expect(
        clippy::unused_self,
        reason = "where the transparent index is, is the palette's choice"
    )]
    pub(super) fn transparent(&self) -> u8 {
        u8::MAX
    }

    /// Returns the index of the nearest colour; opacity is ignored.
    pub(super) fn index(&mut self, [r, g, b, _]: [u8; 4]) -> u8 {
        let at = usize::from(r) << 16 | usize::from(g) << 8 | usize::from(b);
        if self.known[at] == 0 {
            let distances = self
                .colours
                .iter()
                .map(|colour| distance(*colour, [r, g, b]));
            let nearest = (1..).zip(distances).min_by_key(|(_, distance)| *distance);
            self.known[at] = nearest.map_or(1, |(number, _)| number);
        }
        u8::try_from(self.known[at] - 1).unwrap_or(0)
    }
}

/// Returns the squared distance of two colours, weighted by how bright the channels look.
fn distance(one: [u8; 3], other: [u8; 3]) -> u32 {
    let weights = [3, 6, 2];
    let squares = (0..3).map(|i| u32::from(one[i].abs_diff(other[i])).pow(2) * weights[i]);
    squares.sum()
}

/// Pixels of about one colour: their mean and weight.
#[derive(Clone, Copy)]
struct Counted {
    mean: [f64; 3],
    weight: f64,
}

/// Counts the pixels of some pictures by their leading bits, except those of known colours.
fn histogram(pictures: &[Vec<u8>], known: &[[u8; 3]]) -> Vec<Counted> {
    let mut cells = vec![[0_u64; 4]; 1 << (3 * BITS)];
    for rgba in pictures {
        // Neighbours are often equal.
        let mut run = (&rgba[..4.min(rgba.len())], 0);
        let mut count = |(pixel, count): (&[u8], u64)| {
            if count == 0 || known.iter().any(|known| known[..] == pixel[..3]) {
                return;
            }
            let channel = |i: usize| usize::from(pixel[i] >> (8 - BITS));
            let cell = &mut cells[channel(0) << (2 * BITS) | channel(1) << BITS | channel(2)];
            (0..3).for_each(|i| cell[i] += count * u64::from(pixel[i]));
            cell[3] += count;
        };
        for pixel in rgba.chunks_exact(4) {
            if pixel == run.0 {
                run.1 += 1;
            } else {
                count(run);
                run = (pixel, 1);
            }
        }
        count(run);
    }
    let filled = cells.iter().filter(|cell| cell[3] > 0);
    #[expect(clippy::cast_precision_loss, reason = "counts of pixels")]
    let counted = filled.map(|cell| Counted {
        mean: [0, 1, 2].map(|i| cell[i] as f64 / cell[3] as f64),
        weight: (cell[3] as f64).sqrt(),
    });
    counted.collect()
}

/// A box of the median cut: its colours, and the axis along which they vary most, with that variance times the weight.
struct Cut {
    colours: Vec<Counted>,
    mean: [f64; 3],
    axis: usize,
    spread: f64,
}

impl Cut {
    fn new(colours: Vec<Counted>) -> Self {
        let weight: f64 = colours.iter().map(|colour| colour.weight).sum();
        let average = |of: &dyn Fn(&Counted) -> f64| {
            let sum: f64 = { colours.iter() }
                .map(|colour| colour.weight * of(colour))
                .sum();
            sum / weight.max(f64::MIN_POSITIVE)
        };
        let mean = [0, 1, 2].map(|i| average(&|colour| colour.mean[i]));
        let variance = |i: usize| average(&|colour| (colour.mean[i] - mean[i]).powi(2));
        let (axis, most) = (0..3)
            .map(|i| (i, variance(i)))
            .max_by(|one, other| one.1.total_cmp(&other.1))
            .unwrap_or((0, 0.0));
        Self {
            spread: most * weight,
            colours,
            mean,
            axis,
        }
    }

    /// Splits the box at its mean along its axis.
    fn split(self) -> [Self; 2] {
        let (axis, mean) = (self.axis, self.mean[self.axis]);
        let (low, high) = { self.colours.into_iter() }.partition(|colour| colour.mean[axis] < mean);
        [low, high].map(Self::new)
    }
}

/// Returns up to `count` colours: the box with the largest spread is split until there are as many.
fn median_cut(counted: Vec<Counted>, count: usize) -> Vec<[u8; 3]> {
    if counted.is_empty() {
        return Vec::new();
    }
    let mut cuts = vec![Cut::new(counted)];
    while cuts.len() < count {
        let widest = (0..cuts.len()).max_by(|a, b| cuts[*a].spread.total_cmp(&cuts[*b].spread));
        match widest.filter(|at| cuts[*at].spread > 1e-9) {
            Some(at) => {
                let parts = cuts.swap_remove(at).split();
                cuts.extend(parts);
            }
            None => break,
        }
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "means of bytes"
    )]
    let byte = |mean: f64| mean.round() as u8;
    cuts.iter().map(|cut| cut.mean.map(byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_colours_are_kept_but_for_one_step() {
        let picture: Vec<u8> = (0..100_u8).flat_map(|i| [2 * i, 255 - i, i, 255]).collect();
        let mut palette = Palette::of(std::slice::from_ref(&picture), &[]);
        for pixel in picture.chunks(4) {
            let at = 3 * usize::from(palette.index([pixel[0], pixel[1], pixel[2], 255]));
            let pairs = palette.bytes()[at..at + 3]
                .iter()
                .zip(pixel)
                .map(|(a, b)| a.abs_diff(*b))
                .max();
            assert!(pairs <= Some(1), "{pixel:?}");
        }
    }

    #[test]
    fn exact_colours_stay_and_a_gradient_has_small_errors() {
        let picture: Vec<u8> = (0..=255_u8)
            .flat_map(|x| (0..=255_u8).flat_map(move |y| [x, y, 128, 255]))
            .collect();
        let red = Colour::rgb(213, 17, 34);
        let mut palette = Palette::of(std::slice::from_ref(&picture), &[red, red]);
        let bytes = palette.bytes();
        assert_eq!(bytes.len(), 3 * 256);
        let at = |index: u8| 3 * usize::from(index);
        assert_eq!(
            bytes[at(palette.index([213, 17, 34, 255]))..][..3],
            [213, 17, 34]
        );
        let worst = { picture.chunks(4) }
            .map(|pixel| {
                let found = at(palette.index([pixel[0], pixel[1], pixel[2], 255]));
                (0..3).map(|i| bytes[found + i].abs_diff(pixel[i])).max()
            })
            .max();
        assert!(
            worst <= Some(Some(24)),
            "256 × 256 colours in 254: {worst:?}"
        );
        assert!(palette.transparent() > palette.index([0, 0, 128, 255]));
    }
}
