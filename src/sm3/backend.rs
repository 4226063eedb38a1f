//! The backends of SM3 for one message, and the choice among them.
//!
//! To add one: name its instructions in `cpu.rs`, write its kernel file, add one line to each of
//! the lists below.

use crate::cpu;

// 1. The files.

// 2. The names.
/// A way to run SM3 that this CPU can execute.
#[derive(Clone, Copy, Debug)]
pub(super) enum Backend {
    Portable,
}

impl Backend {
    /// The backends this CPU can run, fastest first.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        // 4. The order.
        [Some(Self::Portable)].into_iter().flatten()
    }

    pub(super) fn best() -> Self {
        Self::all().next().unwrap_or(Self::Portable)
    }

    #[cfg(feature = "__backends")]
    pub(super) fn name(self) -> &'static str {
        // 5. The names, as in the file names.
        match self {
            Self::Portable => "portable",
        }
    }

    #[inline]
    pub(super) fn compress(self, v: &mut [u32; 8], blocks: &[[u8; 64]]) {
        // 3. The calls.
        match self {
            Self::Portable => super::portable::Portable.compress(v, blocks),
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
