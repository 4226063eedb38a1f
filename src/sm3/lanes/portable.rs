//! Many messages without vector instructions: one after another.

use super::{Input, LANES, State, backend::Kernel};
use crate::sm3::backend::Backend;

/// The portable backend: no message is better off here than alone, as [`few`](Kernel::few) says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Portable;

impl Kernel for Portable {
    fn few(self) -> usize {
        LANES
    }

    fn width(self, _: usize) -> usize {
        1
    }

    fn compress(self, v: &mut State, input: &Input<'_>, _: usize) {
        let mut s = v.each_ref().map(|v| v[0]);
        match input {
            Input::Runs(runs, _) => {
                Backend::Portable.compress(&mut s, &runs[0][..input.blocks()]);
            }
            Input::Words(words) => {
                let mut block = crate::secret::Temporary::<[u8; 64]>::new();
                for (bytes, word) in block.as_chunks_mut().0.iter_mut().zip(words.iter()) {
                    *bytes = word[0].to_be_bytes();
                }
                Backend::Portable.compress(&mut s, core::slice::from_ref(&*block));
            }
        }
        for (v, s) in v.iter_mut().zip(s) {
            v[0] = s;
        }
    }
}
