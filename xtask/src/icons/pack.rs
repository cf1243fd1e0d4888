//! Several PNGs in one file: the icon formats of Windows and macOS.

use anyhow::{Context as _, Result};

/// Windows: a directory of pictures, then the pictures (PNG entries, since Windows Vista).
pub(super) fn ico(pictures: &[(u32, Vec<u8>)]) -> Result<Vec<u8>> {
    const HEADER: usize = 6;
    const ENTRY: usize = 16;
    let count = u16::try_from(pictures.len()).context("too many pictures")?;
    let mut file = vec![0, 0, 1, 0];
    file.extend(count.to_le_bytes());
    let mut offset = HEADER + ENTRY * pictures.len();
    for (size, png) in pictures {
        // 256 does not fit its byte and is written as 0.
        let side =
            if *size == 256 { 0 } else { u8::try_from(*size).context("a picture too large")? };
        file.extend([side, side, 0, 0]);
        file.extend(1_u16.to_le_bytes());
        file.extend(32_u16.to_le_bytes());
        file.extend(u32::try_from(png.len())?.to_le_bytes());
        file.extend(u32::try_from(offset)?.to_le_bytes());
        offset += png.len();
    }
    for (_, png) in pictures {
        file.extend(png);
    }
    Ok(file)
}

/// macOS: a magic word and the length of all, then pictures, each with its type and length.
pub(super) fn icns(pictures: &[(&[u8; 4], Vec<u8>)]) -> Result<Vec<u8>> {
    const HEADER: usize = 8;
    let all: usize = pictures.iter().map(|(_, png)| HEADER + png.len()).sum();
    let mut file = b"icns".to_vec();
    file.extend(u32::try_from(HEADER + all)?.to_be_bytes());
    for (kind, png) in pictures {
        file.extend(*kind);
        file.extend(u32::try_from(HEADER + png.len())?.to_be_bytes());
        file.extend(png);
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_windows_icon_points_at_its_pictures() {
        let file = ico(&[(16, vec![1, 2, 3]), (256, vec![4, 5])]).unwrap();
        assert_eq!(file[..6], [0, 0, 1, 0, 2, 0]);
        assert_eq!(file[6..10], [16, 16, 0, 0]);
        assert_eq!(file[14..22], [3, 0, 0, 0, 38, 0, 0, 0]);
        assert_eq!(file[22], 0, "256 is written as 0");
        assert_eq!(file[30..38], [2, 0, 0, 0, 41, 0, 0, 0]);
        assert_eq!(file[38..], [1, 2, 3, 4, 5]);
        assert!(ico(&[(300, Vec::new())]).is_err());
    }

    #[test]
    fn a_macos_icon_counts_its_bytes() {
        let file = icns(&[(b"ic07", vec![1, 2, 3]), (b"ic08", vec![4])]).unwrap();
        assert_eq!(file[..8], *b"icns\0\0\0\x1c");
        assert_eq!(file[8..19], *b"ic07\0\0\0\x0b\x01\x02\x03");
        assert_eq!(file[19..], *b"ic08\0\0\0\x09\x04");
    }
}
