//! The generator of random numbers, with the few questions that the fuzz asks it.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

pub struct Dice(StdRng);

impl Dice {
    pub fn new(seed: u64, session: usize) -> Dice {
        let stream = u64::try_from(session).expect("a small number") << 48;
        Dice(StdRng::seed_from_u64(seed ^ stream))
    }

    /// Yes, this many times out of a hundred.
    pub fn percent(&mut self, chance: u32) -> bool {
        self.0.random_range(0..100) < chance
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0.random_range(0..limit.max(1))
    }

    pub fn number(&mut self) -> u64 {
        self.0.random()
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        from.choose(&mut self.0).expect("something to pick from")
    }

    /// Some of these, at least one, in their order.
    pub fn some<T: Clone>(&mut self, from: &[T], most: usize) -> Vec<T> {
        let start = self.below(from.len());
        let length = 1 + self.below(most);
        from[start..].iter().take(length).cloned().collect()
    }
}
