//! The backends of ZUC for many streams, and the choice among them.
//!
//! To add one: name its instructions in `cpu.rs`, write its kernel file, add one line to each of
//! the lists below.

use super::{LANES, Lanes};
use crate::cpu;

// 1. The files.
#[cfg(target_arch = "aarch64")]
mod aarch64_aes;
#[cfg(target_arch = "x86_64")]
mod x86_avx2;
#[cfg(target_arch = "x86_64")]
mod x86_avx512_gfni;

// 2. The names.
/// A way to run sixteen streams that this CPU can execute.
#[derive(Clone, Copy, Debug)]
pub(in crate::zuc) enum Backend {
    Portable,
    NeonAes(cpu::NeonAes),
    Avx2Aes(cpu::Avx2Aes),
    Avx2Vaes(cpu::Avx2Vaes),
    Avx2Gfni(cpu::Avx2Gfni),
    Avx512Gfni(cpu::Avx512Gfni),
}

/// Runs `$call` with `$kernel` bound to the kernel of `$backend`.
macro_rules! with_kernel {
    ($backend:expr, $kernel:ident => $call:expr) => {
        // 3. The calls.
        match $backend {
            Backend::Portable => {
                let $kernel = super::portable::Portable;
                $call
            }
            Backend::NeonAes($kernel) => $call,
            Backend::Avx2Aes($kernel) => $call,
            Backend::Avx2Vaes($kernel) => $call,
            Backend::Avx2Gfni($kernel) => $call,
            Backend::Avx512Gfni($kernel) => $call,
        }
    };
}

impl Backend {
    /// The backends this CPU can run, fastest first.
    pub(in crate::zuc) fn all() -> impl Iterator<Item = Self> {
        // 4. The order.
        [
            cpu::Avx512Gfni::detect().map(Self::Avx512Gfni),
            cpu::Avx2Gfni::detect().map(Self::Avx2Gfni),
            cpu::Avx2Vaes::detect().map(Self::Avx2Vaes),
            cpu::Avx2Aes::detect().map(Self::Avx2Aes),
            cpu::NeonAes::detect().map(Self::NeonAes),
            Some(Self::Portable),
        ]
        .into_iter()
        .flatten()
    }

    pub(in crate::zuc) fn best() -> Self {
        Self::all().next().unwrap_or(Self::Portable)
    }

    #[cfg(feature = "__backends")]
    pub(in crate::zuc) fn name(self) -> &'static str {
        // 5. The names, as in the file names.
        match self {
            Self::Portable => "portable",
            Self::NeonAes(_) => "aarch64_aes",
            Self::Avx2Aes(_) => "x86_avx2_aes",
            Self::Avx2Vaes(_) => "x86_avx2_vaes",
            Self::Avx2Gfni(_) => "x86_avx2_gfni",
            Self::Avx512Gfni(_) => "x86_avx512_gfni",
        }
    }

    pub(in crate::zuc) fn initialise(self, lanes: &mut Lanes, rounds: u32) {
        with_kernel!(self, kernel => kernel.initialise(lanes, rounds));
    }

    pub(in crate::zuc) fn keystream(self, lanes: &mut Lanes, z: &mut [[[u8; 64]; LANES]]) {
        with_kernel!(self, kernel => kernel.keystream(lanes, z));
    }
}

/// One way to run ZUC on sixteen streams.
pub(super) trait Kernel: Copy {
    /// In every lane: `rounds` rounds in initialisation mode, then one step in work mode whose
    /// output is thrown away.
    fn initialise(self, lanes: &mut Lanes, rounds: u32);

    /// The next 16 words of every lane, each big-endian, into each item of `z` in order.
    fn keystream(self, lanes: &mut Lanes, z: &mut [[[u8; 64]; LANES]]);
}

impl Kernel for cpu::Never {
    fn initialise(self, _: &mut Lanes, _: u32) {
        match self {}
    }
    fn keystream(self, _: &mut Lanes, _: &mut [[[u8; 64]; LANES]]) {
        match self {}
    }
}
