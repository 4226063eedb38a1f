//! The backends of SM3 for one message, and the choice among them.
//!
//! To add one: name its instructions in `cpu.rs`, write its kernel file, add one line to each of
//! the lists below.

use crate::cpu;

// 1. The files.
#[cfg(target_arch = "aarch64")]
mod aarch64_sm3;
#[cfg(target_arch = "x86_64")]
mod x86_avx2;
#[cfg(target_arch = "x86_64")]
mod x86_avx512;
#[cfg(target_arch = "x86_64")]
mod x86_rounds;
#[cfg(target_arch = "x86_64")]
mod x86_sm3;

// 2. The names.
/// A way to run SM3 that this CPU can execute.
#[derive(Clone, Copy, Debug)]
pub(super) enum Backend {
    Portable,
    NeonSm3(cpu::NeonSm3),
    Avx2Sm3(cpu::Avx2Sm3),
    Avx2(cpu::Avx2),
    Avx512(cpu::Avx512),
}

impl Backend {
    /// The backends this CPU can run, fastest first.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        // 4. The order.
        [
            cpu::Avx2Sm3::detect().map(Self::Avx2Sm3),
            cpu::Avx512::detect().map(Self::Avx512),
            cpu::Avx2::detect().map(Self::Avx2),
            cpu::NeonSm3::detect().map(Self::NeonSm3),
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
            Self::NeonSm3(_) => "aarch64_sm3",
            Self::Avx2Sm3(_) => "x86_sm3",
            Self::Avx2(_) => "x86_avx2",
            Self::Avx512(_) => "x86_avx512",
        }
    }

    #[inline]
    pub(super) fn compress(self, v: &mut [u32; 8], blocks: &[[u8; 64]]) {
        // 3. The calls.
        match self {
            Self::Portable => super::portable::Portable.compress(v, blocks),
            Self::NeonSm3(kernel) => kernel.compress(v, blocks),
            Self::Avx2Sm3(kernel) => kernel.compress(v, blocks),
            Self::Avx2(kernel) => kernel.compress(v, blocks),
            Self::Avx512(kernel) => kernel.compress(v, blocks),
        }
    }
}

/// One way to run SM3 on one message.
pub(super) trait Kernel: Copy {
    /// V := CF(V, B) for each of `blocks`.
    fn compress(self, v: &mut [u32; 8], blocks: &[[u8; 64]]);
}

impl Kernel for cpu::Never {
    fn compress(self, _: &mut [u32; 8], _: &[[u8; 64]]) {
        match self {}
    }
}
