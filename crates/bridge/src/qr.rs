//! A link as a drawable QR code.

use qrcode::{Color, EcLevel, QrCode};

use crate::dto::Qr;

/// The code of a text, if it fits; a link always does.
#[must_use]
pub fn qr(text: &str) -> Option<Qr> {
    // Screens are not torn or stained: the lowest error correction gives the largest modules.
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(PartialEq::eq) {
            if run.first() == Some(&Color::Dark) {
                path.push_str(&format!("M{x} {y}h{0}v1h-{0}z", run.len()));
            }
            x += run.len();
        }
    }
    Some(Qr { width, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dark_modules_are_drawn_and_no_others() {
        let link = "homing://link/chat.example:4664/5RT9-K2QX-7MPA-HD3W?fp=iC3kbyBMcHJ7lZ3mZ7xGkUqQeFvKq3m1nKZ4Jm8H3nU";
        let qr = qr(link).unwrap();
        let code = QrCode::with_error_correction_level(link, EcLevel::L).unwrap();
        assert_eq!(qr.width, code.width());
        let runs = qr.path.split('M').skip(1);
        let drawn: usize =
            runs.map(|run| run.split(['h', 'v']).nth(1).unwrap().parse::<usize>().unwrap()).sum();
        let dark = code.to_colors().iter().filter(|color| **color == Color::Dark).count();
        assert_eq!(drawn, dark);
        // The pattern by which a camera finds the corner.
        assert!(qr.path.starts_with("M0 0h7v1h-7z"), "{}", qr.path);
    }
}
