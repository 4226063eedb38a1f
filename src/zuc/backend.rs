//! The backends of ZUC for one stream, and the choice among them.
//!
//! To add one: name its instructions in `cpu.rs`, write its kernel file, add one line to each of
//! the lists below.

use super::portable::State;
use crate::cpu;

// 1. The files.
#[cfg(target_arch = "aarch64")]
mod aarch64_aes;
#[cfg(target_arch = "aarch64")]
mod aarch64_layout;
#[cfg(target_arch = "aarch64")]
mod aarch64_pmull;
#[cfg(target_arch = "x86_64")]
mod x86_avx2_aes;
#[cfg(target_arch = "x86_64")]
mod x86_avx2_gfni;
#[cfg(target_arch = "x86_64")]
mod x86_avx512_gfni;
#[cfg(target_arch = "x86_64")]
mod x86_clmul;
#[cfg(target_arch = "x86_64")]
mod x86_stream;
#[cfg(target_arch = "x86_64")]
mod x86_vpclmul;

// 2. The names.
/// A way to run ZUC that this CPU can execute.
#[derive(Clone, Copy, Debug)]
pub(super) enum Backend {
    Portable,
    NeonAes(cpu::NeonAes),
    Avx2Aes(cpu::Avx2Aes),
    Avx2Gfni(cpu::Avx2Gfni),
    Avx512Gfni(cpu::Avx512Gfni),
}

/// Runs `$call` with `$kernel` bound to the kernel of `$backend`.
macro_rules! with_kernel {
    ($backend:expr, $kernel:ident => $call:expr) => {
        // 3. The calls.
        match $backend {
            Backend::Portable => {
                let $kernel = $crate::zuc::portable::Portable;
                $call
            }
            Backend::NeonAes($kernel) => $call,
            Backend::Avx2Aes($kernel) => $call,
            Backend::Avx2Gfni($kernel) => $call,
            Backend::Avx512Gfni($kernel) => $call,
        }
    };
}
pub(super) use with_kernel;

impl Backend {
    /// The backends this CPU can run, fastest first.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        // 4. The order.
        [
            cpu::Avx512Gfni::detect().map(Self::Avx512Gfni),
            cpu::Avx2Gfni::detect().map(Self::Avx2Gfni),
            cpu::Avx2Aes::detect().map(Self::Avx2Aes),
            cpu::NeonAes::detect().map(Self::NeonAes),
            Some(Self::Portable),
        ]
        .into_iter()
        .flatten()
    }

    pub(super) fn best() -> Self {
        Self::all().next().unwrap_or(Self::Portable)
    }

    #[cfg(feature = "__backends")]
    pub(super) fn name(self) -> &'static str {
        // 5. The names, as in the file names.
        match self {
            Self::Portable => "portable",
            Self::NeonAes(_) => "aarch64_aes",
            Self::Avx2Aes(_) => "x86_avx2_aes",
            Self::Avx2Gfni(_) => "x86_avx2_gfni",
            Self::Avx512Gfni(_) => "x86_avx512_gfni",
        }
    }

    pub(super) fn initialise(self, state: &mut State, rounds: u32) {
        with_kernel!(self, kernel => kernel.initialise(state, rounds));
    }

    pub(super) fn keystream(self, state: &mut State, z: &mut [[u8; 4]]) {
        with_kernel!(self, kernel => kernel.keystream(state, z));
    }

    pub(super) fn windows(self, t: &mut [u32], z: &[[u8; 4]], m: &[[u8; 4]]) {
        with_kernel!(self, kernel => kernel.windows(t, z, m));
    }
}

/// One way to run ZUC on one stream.
pub(super) trait Kernel: Copy {
    /// Runs `rounds` rounds in initialisation mode, then one step in work mode whose output is thrown away.
    fn initialise(self, state: &mut State, rounds: u32);

    /// Fills `z` with the next words of keystream, each big-endian.
    fn keystream(self, state: &mut State, z: &mut [[u8; 4]]);

    /// As [`mac::windows`](super::mac::windows).
    fn windows(self, t: &mut [u32], z: &[[u8; 4]], m: &[[u8; 4]]);
}

impl Kernel for cpu::Never {
    fn initialise(self, _: &mut State, _: u32) {
        match self {}
    }
    fn keystream(self, _: &mut State, _: &mut [[u8; 4]]) {
        match self {}
    }
    fn windows(self, _: &mut [u32], _: &[[u8; 4]], _: &[[u8; 4]]) {
        match self {}
    }
}
