//! ZUC on sixteen streams side by side.

pub(super) mod backend;
mod portable;

use super::portable::State;
use zeroize::{ZeroizeOnDrop, optimization_barrier};

/// How many streams run side by side, on every backend.
pub(super) const LANES: usize = 16;

/// The states of sixteen streams: `s[i][lane]` is cell s_i, in 1 … 2³¹ − 1.
#[repr(C, align(64))]
pub(super) struct Lanes {
    pub(super) s: [[u32; LANES]; 16],
    pub(super) r1: [u32; LANES],
    pub(super) r2: [u32; LANES],
}

impl Lanes {
    pub(super) fn new() -> Self {
        Self { s: [[1; LANES]; 16], r1: [0; LANES], r2: [0; LANES] }
    }

    /// Puts `state` into `lane`.
    pub(super) fn put(&mut self, lane: usize, state: &State) {
        for (cells, cell) in self.s.iter_mut().zip(&state.s) {
            cells[lane] = *cell;
        }
        self.r1[lane] = state.r1;
        self.r2[lane] = state.r2;
    }

    /// The state in `lane`.
    pub(super) fn state(&self, lane: usize) -> State {
        State { s: self.s.map(|cells| cells[lane]), r1: self.r1[lane], r2: self.r2[lane] }
    }

    /// Takes over the stream in `lane` of `from`.
    pub(super) fn take(&mut self, lane: usize, from: &Self, from_lane: usize) {
        for (to, from) in self.s.iter_mut().zip(&from.s) {
            to[lane] = from[from_lane];
        }
        self.r1[lane] = from.r1[from_lane];
        self.r2[lane] = from.r2[from_lane];
    }
}

impl Drop for Lanes {
    fn drop(&mut self) {
        self.s = [[0; LANES]; 16];
        self.r1 = [0; LANES];
        self.r2 = [0; LANES];
        optimization_barrier(self);
    }
}

impl ZeroizeOnDrop for Lanes {}
