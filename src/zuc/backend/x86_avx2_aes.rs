//! Temporary.
#![allow(unsafe_code, reason = "a kernel")]
use super::{Kernel, x86_clmul};
use crate::{
    cpu,
    zuc::portable::{Portable, State},
};
impl Kernel for cpu::Avx2Aes {
    fn initialise(self, state: &mut State, rounds: u32) {
        Portable.initialise(state, rounds)
    }
    fn keystream(self, state: &mut State, z: &mut [[u8; 4]]) {
        Portable.keystream(state, z)
    }
    fn windows(self, t: &mut [u32], z: &[[u8; 4]], m: &[[u8; 4]]) {
        // SAFETY: `self` proves that this CPU has `pclmulqdq`, and `ssse3` with `avx2`.
        unsafe { x86_clmul::windows(t, z, m) }
    }
}
