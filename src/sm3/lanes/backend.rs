//! The backends of SM3 for many messages, and the choice among them.
//!
//! To add one: name its instructions in `cpu.rs`, write its kernel file, add one line to each of
//! the lists below.

use super::{Input, LANES, State};
use crate::cpu;

// 1. The files.
#[cfg(target_arch = "aarch64")]
mod aarch64_neon;
#[cfg(any(target_arch = "aarch64", target_arch = "x86_64"))]
mod rounds;
#[cfg(target_arch = "x86_64")]
mod x86_avx2;
#[cfg(target_arch = "x86_64")]
mod x86_avx512;

// 2. The names.
/// A way to compress blocks of many messages that this CPU can execute.
#[derive(Clone, Copy, Debug)]
pub(in crate::sm3) enum Backend {
    Portable,
    Neon(cpu::Neon),
    Avx2(cpu::Avx2),
    Avx512(cpu::Avx512Vl),
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
            Backend::Neon($kernel) => $call,
            Backend::Avx2($kernel) => $call,
            Backend::Avx512($kernel) => $call,
        }
    };
}

impl Backend {
    /// The backends this CPU can run, fastest first.
    pub(in crate::sm3) fn all() -> impl Iterator<Item = Self> {
        // 4. The order.
        [
            cpu::Avx512Vl::detect().map(Self::Avx512),
            cpu::Avx2::detect().map(Self::Avx2),
            cpu::Neon::detect().map(Self::Neon),
            Some(Self::Portable),
        ]
        .into_iter()
        .flatten()
    }

    pub(in crate::sm3) fn best() -> Self {
        Self::all().next().unwrap_or(Self::Portable)
    }

    #[cfg(feature = "__backends")]
    pub(in crate::sm3) fn name(self) -> &'static str {
        // 5. The names, as in the file names.
        match self {
            Self::Portable => "portable",
            Self::Neon(_) => "aarch64_neon",
            Self::Avx2(_) => "x86_avx2",
            Self::Avx512(_) => "x86_avx512",
        }
    }

    /// With no more messages than this it is faster to hash them one by one.
    pub(in crate::sm3) fn few(self) -> usize {
        with_kernel!(self, kernel => kernel.few())
    }

    /// How many of `n` pieces of work of one size to do in lanes; the rest is better done one by one.
    pub(in crate::sm3) fn share(self, n: usize) -> usize {
        let (most, few) = (self.width(LANES), self.few());
        match n % most {
            _ if most <= few => 0,
            rest if rest <= few => n - rest,
            _ => n,
        }
    }

    pub(in crate::sm3) fn width(self, wanted: usize) -> usize {
        with_kernel!(self, kernel => kernel.width(wanted))
    }

    pub(in crate::sm3) fn compress(self, v: &mut State, input: &Input<'_>, width: usize) {
        with_kernel!(self, kernel => kernel.compress(v, input, width));
    }
}

/// One way to compress blocks of many messages, of one in each lane.
pub(super) trait Kernel: Copy {
    /// As many messages, or fewer, take longer here than one by one.
    fn few(self) -> usize;

    /// How many lanes, from the first on, to use for so many messages: at most [`LANES`]. As many go
    /// through `compress_…` in the time of one.
    fn width(self, wanted: usize) -> usize;

    /// Compresses `input` into the first `width` lanes of `v`. `width` is an answer of
    /// [`Kernel::width`].
    fn compress(self, v: &mut State, input: &Input<'_>, width: usize);
}

impl Kernel for cpu::Never {
    fn few(self) -> usize {
        match self {}
    }
    fn width(self, _: usize) -> usize {
        match self {}
    }
    fn compress(self, _: &mut State, _: &Input<'_>, _: usize) {
        match self {}
    }
}
