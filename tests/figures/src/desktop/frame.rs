//! What is on the display, read from the frame buffer's own file: nobody is asked, so that looking
//! does not change what is measured.
//!
//! The file is an X window dump (`Xvfb -fbdir`): a header of big-endian numbers, a table of colours,
//! then the pixels, which change while one reads.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

/// Where the numbers stand that are needed, in words of four bytes.
const HEADER_SIZE: usize = 0;
const WIDTH: usize = 4;
const HEIGHT: usize = 5;
const BITS_PER_PIXEL: usize = 11;
const BYTES_PER_LINE: usize = 12;
const COLOURS: usize = 19;
/// The words that are read of the header.
const WORDS: usize = 25;
/// Bytes of an entry in the table of colours.
const COLOUR_BYTES: u32 = 12;

/// A set of the colours that 24 bits can name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Colours(Vec<u64>);

impl Colours {
    fn none() -> Self {
        Self(vec![0; 1 << 18])
    }

    fn add(&mut self, colour: u32) {
        let (word, bit) = ((colour >> 6) & 0x3_ffff, colour & 63);
        if let Some(word) = self.0.get_mut(word as usize) {
            *word |= 1 << bit;
        }
    }

    /// How many are in this set and not in the other.
    pub(super) fn beyond(&self, other: &Self) -> u32 {
        self.0.iter().zip(&other.0).map(|(mine, others)| (mine & !others).count_ones()).sum()
    }
}

/// The middle of a display, where a window stands and no panel does.
pub(super) struct Display {
    path: PathBuf,
    start: u64,
    line: usize,
    from: (usize, usize),
    size: (usize, usize),
}

impl Display {
    /// The middle part of this size.
    pub(super) fn middle(path: &Path, size: (usize, usize)) -> Result<Self> {
        let mut bytes = [0; WORDS * 4];
        File::open(path)?.read_exact(&mut bytes).context("the display's file has no header")?;
        let word = |at: usize| {
            let four = bytes.get(at * 4..at * 4 + 4).and_then(|four| four.try_into().ok());
            four.map(u32::from_be_bytes).context("the header is shorter than it should be")
        };
        ensure!(word(BITS_PER_PIXEL)? == 32, "the display has no 32 bits a pixel");
        let start = u64::from(word(HEADER_SIZE)? + word(COLOURS)? * COLOUR_BYTES);
        let (width, height) = (word(WIDTH)? as usize, word(HEIGHT)? as usize);
        ensure!(size.0 <= width && size.1 <= height, "the display is smaller than what is wanted");
        let from = ((width - size.0) / 2, (height - size.1) / 2);
        Ok(Self { path: path.to_owned(), start, line: word(BYTES_PER_LINE)? as usize, from, size })
    }

    /// The colours that are there now.
    pub(super) fn colours(&self) -> Result<Colours> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.start + (self.from.1 * self.line) as u64))?;
        let mut lines = vec![0; self.line * self.size.1];
        file.read_exact(&mut lines).context("the display's file ends too early")?;
        let mut colours = Colours::none();
        for line in lines.chunks_exact(self.line) {
            let part = line.get(self.from.0 * 4..(self.from.0 + self.size.0) * 4);
            let (mut last, part) = (None, part.context("a line is as long as the display")?);
            for pixel in part.chunks_exact(4) {
                let Ok(pixel) = pixel.try_into() else { continue };
                let colour = u32::from_le_bytes(pixel) & 0xff_ffff;
                // Most pixels are like their neighbour.
                if last != Some(colour) {
                    colours.add(colour);
                    last = Some(colour);
                }
            }
        }
        Ok(colours)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn the_colours_in_the_middle_are_counted_and_those_around_it_are_not() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let mut header = [0_u32; WORDS];
        for (at, value) in [
            (HEADER_SIZE, 104),
            (WIDTH, 4),
            (HEIGHT, 4),
            (BITS_PER_PIXEL, 32),
            (BYTES_PER_LINE, 16),
            (COLOURS, 1),
        ] {
            header[at] = value;
        }
        for word in header {
            file.write_all(&word.to_be_bytes()).unwrap();
        }
        // The rest of the header, and one entry of the table.
        file.write_all(&[0; 4 + 12]).unwrap();
        for pixel in [9, 9, 9, 9, 9, 1, 2, 9, 9, 2, 3, 9, 9, 9, 9, 9_u32] {
            file.write_all(&(pixel | 0xff00_0000).to_le_bytes()).unwrap();
        }
        let colours = Display::middle(file.path(), (2, 2)).unwrap().colours().unwrap();
        assert_eq!(colours.beyond(&Colours::none()), 3);
        let all = Display::middle(file.path(), (4, 4)).unwrap().colours().unwrap();
        assert_eq!(all.beyond(&colours), 1);
        assert_eq!(colours.beyond(&all), 0);
        assert!(Display::middle(file.path(), (5, 4)).is_err());
    }
}
