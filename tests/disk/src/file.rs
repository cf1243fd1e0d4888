//! One file: what is on the platter, and what is only on its way there.

use rand::{Rng, RngExt};

/// What a disk writes whole or not at all. The smallest that is still sold.
const SECTOR: usize = 512;

/// A change that has not been synced.
#[derive(Debug, Clone)]
enum Pending {
    Write { at: usize, bytes: Vec<u8> },
    Truncate { to: usize },
}

impl Pending {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write { at, bytes: written } => write(bytes, *at, written),
            Self::Truncate { to } => bytes.truncate(*to),
        }
    }
}

/// See the [module](self).
#[derive(Debug, Clone, Default)]
pub(crate) struct File {
    /// As a process sees it.
    seen: Vec<u8>,
    /// As of the last sync.
    durable: Vec<u8>,
    /// What leads from `durable` to `seen`, in order.
    pending: Vec<Pending>,
}

impl File {
    pub(crate) fn size(&self) -> usize {
        self.seen.len()
    }

    /// Fills as much of `into` as there is, and answers how much that was.
    pub(crate) fn read(&self, at: usize, into: &mut [u8]) -> usize {
        let there = self.seen.get(at..).unwrap_or_default();
        let most = there.len().min(into.len());
        for (to, from) in into.iter_mut().zip(there) {
            *to = *from;
        }
        most
    }

    pub(crate) fn write(&mut self, at: usize, bytes: &[u8]) {
        write(&mut self.seen, at, bytes);
        self.pending.push(Pending::Write { at, bytes: bytes.to_vec() });
    }

    pub(crate) fn truncate(&mut self, to: usize) {
        self.seen.truncate(to);
        self.pending.push(Pending::Truncate { to });
    }

    pub(crate) fn sync(&mut self) {
        for change in self.pending.drain(..) {
            change.apply(&mut self.durable);
        }
    }

    /// Each unsynced change happened, or not; a write also in part, by sectors.
    pub(crate) fn lose_power(&mut self, rng: &mut impl Rng) {
        for change in self.pending.drain(..) {
            match (rng.random_range(0..3), &change) {
                (0, _) => {}
                (1, _) | (_, Pending::Truncate { .. }) => change.apply(&mut self.durable),
                (_, Pending::Write { at, bytes }) => {
                    for (index, sector) in sectors(*at, bytes) {
                        if rng.random() {
                            write(&mut self.durable, index, sector);
                        }
                    }
                }
            }
        }
        self.seen.clone_from(&self.durable);
    }
}

fn write(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    if let Some(place) = file.get_mut(at..end) {
        place.copy_from_slice(bytes);
    }
}

/// The parts of a write that lie in different sectors, and where.
fn sectors(mut at: usize, mut bytes: &[u8]) -> Vec<(usize, &[u8])> {
    let mut parts = Vec::new();
    while !bytes.is_empty() {
        let here = (SECTOR - at % SECTOR).min(bytes.len());
        let (part, rest) = bytes.split_at(here);
        parts.push((at, part));
        (at, bytes) = (at + here, rest);
    }
    parts
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    fn all(file: &File) -> Vec<u8> {
        let mut bytes = vec![0; file.size()];
        file.read(0, &mut bytes);
        bytes
    }

    #[test]
    fn what_was_synced_survives_and_the_rest_may_not() {
        let mut outcomes = std::collections::BTreeSet::new();
        for seed in 0..64 {
            let mut file = File::default();
            file.write(0, &[1; 1024]);
            file.sync();
            file.write(512, &[2; 1024]);
            assert_eq!(file.size(), 1536);
            file.lose_power(&mut StdRng::seed_from_u64(seed));
            let bytes = all(&file);
            assert_eq!(bytes[..512], [1; 512], "the second write did not touch this");
            outcomes.insert(bytes);
        }
        // Nothing, all, only the first sector, only the second.
        assert_eq!(outcomes.len(), 4);
    }

    #[test]
    fn a_write_is_cut_at_sectors() {
        let bytes = [0; 700];
        let lengths: Vec<_> =
            sectors(500, &bytes).into_iter().map(|(at, part)| (at, part.len())).collect();
        assert_eq!(lengths, [(500, 12), (512, 512), (1024, 176)]);
    }

    #[test]
    fn reading_past_the_end_is_short() {
        let mut file = File::default();
        file.write(2, b"abc");
        let mut into = [9; 4];
        assert_eq!(file.read(3, &mut into), 2);
        assert_eq!(into, *b"bc\x09\x09");
        assert_eq!(file.read(99, &mut into), 0);
        file.truncate(2);
        assert_eq!(all(&file), [0, 0]);
    }
}
