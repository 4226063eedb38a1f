//! The backends of GHASH, and the choice among them.
//!
//! To add one: name its instructions in `cpu.rs`, write its kernel file, add one line to each of
//! the lists below.

use super::{Block, Powers, portable::Portable};
use crate::cpu;

// 1. The files.
#[cfg(target_arch = "aarch64")]
pub(crate) mod aarch64_pmull;
#[cfg(target_arch = "x86_64")]
pub(crate) mod x86_avx512;
#[cfg(target_arch = "x86_64")]
pub(crate) mod x86_clmul;
#[cfg(target_arch = "x86_64")]
pub(crate) mod x86_vpclmul;

// 2. The names.
/// A way to run GHASH that this CPU can execute.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Backend {
    Portable,
    NeonAes(cpu::NeonAes),
    Clmul(cpu::Avx2Aes),
    Vpclmul(cpu::Avx2Vpclmul),
    Avx512(cpu::Avx512Gfni),
}

/// Runs `$call` with `$kernel` bound to the kernel of `$backend`.
macro_rules! with_kernel {
    ($backend:expr, $kernel:ident => $call:expr) => {
        // 3. The calls.
        match $backend {
            Backend::Portable => {
                let $kernel = Portable;
                $call
            }
            Backend::NeonAes($kernel) => $call,
            Backend::Clmul($kernel) => $call,
            Backend::Vpclmul($kernel) => $call,
            Backend::Avx512($kernel) => $call,
        }
    };
}

impl Backend {
    /// The backends this CPU can run, fastest first.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        // 4. The order.
        [
            cpu::Avx512Gfni::detect().map(Self::Avx512),
            cpu::Avx2Vpclmul::detect().map(Self::Vpclmul),
            cpu::Avx2Aes::detect().map(Self::Clmul),
            cpu::NeonAes::detect().map(Self::NeonAes),
            Some(Self::Portable),
        ]
        .into_iter()
        .flatten()
    }

    pub(crate) fn best() -> Self {
        Self::all().next().unwrap_or(Self::Portable)
    }

    pub(super) fn fill(self, powers: &mut Powers) {
        with_kernel!(self, kernel => kernel.fill(powers));
    }

    pub(super) fn update(self, powers: &Powers, y: &mut Block, blocks: &[Block]) {
        with_kernel!(self, kernel => kernel.update(powers, y, blocks));
    }
}

/// One way to run GHASH.
pub(super) trait Kernel: Copy {
    /// Makes the powers of H that [`update`](Self::update) uses; H stands there.
    fn fill(self, powers: &mut Powers);

    /// Y = (Y ⊕ X)·H for each block X.
    fn update(self, powers: &Powers, y: &mut Block, blocks: &[Block]);
}

impl Kernel for cpu::Never {
    fn fill(self, _: &mut Powers) {
        match self {}
    }
    fn update(self, _: &Powers, _: &mut Block, _: &[Block]) {
        match self {}
    }
}
