//! The backends of SM4, and the choice among them.
//!
//! To add one: name its instructions in `cpu.rs`, write its kernel file, add one line to each of
//! the lists below.

use super::{passes, portable::Portable};
use crate::{
    cpu, ghash,
    secret::{Plain, Temporary, clear},
};
use cipher::{Array, InOutBuf, consts::U16};

// 1. The files.
#[cfg(target_arch = "aarch64")]
mod aarch64_aes;
#[cfg(target_arch = "aarch64")]
mod aarch64_modes;
#[cfg(target_arch = "aarch64")]
mod aarch64_sm4;
#[cfg(target_arch = "x86_64")]
mod x86_avx2;
#[cfg(target_arch = "x86_64")]
mod x86_avx512_gfni;
#[cfg(target_arch = "x86_64")]
mod x86_groups;
#[cfg(target_arch = "x86_64")]
mod x86_lanes;
#[cfg(target_arch = "x86_64")]
mod x86_serial;
#[cfg(target_arch = "x86_64")]
mod x86_serial_aes;
#[cfg(target_arch = "x86_64")]
mod x86_serial_gfni;
#[cfg(target_arch = "x86_64")]
mod x86_sm4;

/// One block of SM4.
pub(super) type Block = Array<u8, U16>;
/// Blocks in place or from buffer to buffer.
pub(super) type Blocks<'inp, 'out> = InOutBuf<'inp, 'out, Block>;

/// The round keys in the order of use, each in the form that the kernel which made them works with.
#[derive(Clone)]
pub(super) struct RoundKeys(pub(super) [u32; 32]);

impl Drop for RoundKeys {
    #[inline]
    fn drop(&mut self) {
        clear(&mut self.0);
    }
}

impl RoundKeys {
    pub(super) fn new() -> Self {
        Self([0; 32])
    }

    /// Decryption is encryption with the round keys in reverse order.
    pub(super) fn reversed(&self) -> Self {
        let mut keys = self.clone();
        keys.0.reverse();
        keys
    }
}

/// The messages that [`Kernel::lanes`] takes side by side.
pub(super) const LANES: usize = 16;

/// Round key `i` of lane `j` is `[i][j]`.
pub(super) struct LaneKeys(pub(super) Temporary<[[u32; LANES]; 32]>);

impl LaneKeys {
    pub(super) fn new() -> Self {
        Self(Temporary::new())
    }

    pub(super) fn set(&mut self, lane: usize, rk: &RoundKeys) {
        for (keys, rk) in self.0.iter_mut().zip(rk.0) {
            keys[lane] = rk;
        }
    }
}

/// How XTS doubles its tweak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubling {
    /// GB/T 17964-2021: the bits of a block as GCM counts them. The first bit of the first byte is the coefficient of 1.
    Gb,
    /// IEEE 1619: little-endian. The last bit of the first byte is the coefficient of 1.
    Ieee,
}

/// What a pass of GCM works on beside the blocks.
pub(super) struct GcmState<'a> {
    pub(super) h: &'a ghash::Key,
    /// The counter block of the first block, and what is left of it.
    pub(super) counter: Block,
    /// The hash of what came before, and what is left of it.
    pub(super) y: Block,
    /// Two more blocks to be encrypted, as they are.
    pub(super) head: &'a mut [Block; 2],
}

// 2. The names.
/// A way to run SM4 that this CPU can execute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Backend {
    Portable,
    Avx2Aes(cpu::Avx2Aes),
    Avx2Vaes(cpu::Avx2Vaes),
    Avx2Gfni(cpu::Avx2Gfni),
    Avx512Gfni(cpu::Avx512Gfni),
    Avx2Sm4(cpu::Avx2Sm4),
    NeonSm4(cpu::NeonSm4),
    NeonAes(cpu::NeonAes),
}

/// Runs `$call` with `$kernel` bound to the kernel of `$backend`.
macro_rules! with_kernel {
    ($backend:expr, $kernel:ident => $call:expr) => {
        // 3. The calls.
        match $backend {
            Backend::Avx2Gfni($kernel) => $call,
            Backend::Avx2Vaes($kernel) => $call,
            Backend::Avx2Aes($kernel) => $call,
            Backend::Portable => {
                let $kernel = Portable;
                $call
            }
            Backend::Avx512Gfni($kernel) => $call,
            Backend::Avx2Sm4($kernel) => $call,
            Backend::NeonSm4($kernel) => $call,
            Backend::NeonAes($kernel) => $call,
        }
    };
}

/// A method of [`Backend`] for each of [`Kernel`].
macro_rules! methods {
    ($($(#[$cfg:meta])? fn $name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)?;)*) => {
        impl Backend {
            $($(#[$cfg])? pub(super) fn $name(self $(, $argument: $type)*) $(-> $result)? {
                with_kernel!(self, kernel => kernel.$name($($argument),*))
            })*
        }
    };
}

impl Backend {
    /// The backends this CPU can run, fastest first.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        // 4. The order.
        [
            cpu::Avx512Gfni::detect().map(Self::Avx512Gfni),
            // Below AVX-512 of twice the width, above AVX2: the CPUs that have the former three (Lunar Lake, Arrow Lake)
            // have no AVX-512, and one instruction there does what some 80 of AVX2 do.
            cpu::Avx2Sm4::detect().map(Self::Avx2Sm4),
            cpu::Avx2Gfni::detect().map(Self::Avx2Gfni),
            cpu::Avx2Vaes::detect().map(Self::Avx2Vaes),
            cpu::Avx2Aes::detect().map(Self::Avx2Aes),
            cpu::NeonSm4::detect().map(Self::NeonSm4),
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
            Self::Avx2Gfni(_) => "x86_avx2_gfni",
            Self::Avx2Vaes(_) => "x86_avx2_vaes",
            Self::Avx2Aes(_) => "x86_avx2_aes",
            Self::Portable => "portable",
            Self::Avx512Gfni(_) => "x86_avx512_gfni",
            Self::Avx2Sm4(_) => "x86_sm4",
            Self::NeonSm4(_) => "aarch64_sm4",
            Self::NeonAes(_) => "aarch64_aes",
        }
    }
}

methods! {
    fn expand_key(key: &[u8; 16]) -> RoundKeys;
    fn crypt(rk: &RoundKeys, blocks: Blocks<'_, '_>);
    fn ctr(rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>);
    #[cfg(test)]
    fn ctr32(rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>);
    fn cbc_encrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>);
    fn cbc_decrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>);
    fn cfb_encrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>);
    fn cfb_decrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>);
    fn ofb(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>);
    fn cbc_mac(rk: &RoundKeys, x: &mut Block, blocks: &[Block]);
    fn xts(rk: &RoundKeys, tweak: &mut Block, doubling: Doubling, blocks: Blocks<'_, '_>);
    fn ccm_encrypt(rk: &RoundKeys, counter: &mut Block, x: &mut Block, blocks: Blocks<'_, '_>);
    fn ccm_decrypt(rk: &RoundKeys, counter: &mut Block, x: &mut Block, blocks: Blocks<'_, '_>);
    fn ghash() -> ghash::Backend;
    fn gcm_encrypt(rk: &RoundKeys, gcm: &mut GcmState<'_>, blocks: Blocks<'_, '_>);
    fn gcm_decrypt(rk: &RoundKeys, gcm: &mut GcmState<'_>, blocks: Blocks<'_, '_>);
    fn lanes(keys: &LaneKeys, x: &mut [Block; LANES]);
}

/// One way to run SM4. What is written here is right for every kernel; a kernel overrides what it
/// can do faster in one pass.
pub(super) trait Kernel: Copy {
    /// The round keys for encryption, in this kernel's form.
    fn expand_key(self, key: &[u8; 16]) -> RoundKeys;

    /// ECB: each block through the cipher.
    fn crypt(self, rk: &RoundKeys, blocks: Blocks<'_, '_>);

    /// CTR: adds E(`counter`), E(`counter` + 1), … to the blocks. The counter is big-endian, has 128 bits and wraps; it
    /// is left at its next value.
    fn ctr(self, rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>) {
        passes::ctr(self, rk, counter, passes::add128, blocks);
    }

    /// The same, but only the last 32 bits count, modulo 2³²: inc₃₂ of GCM.
    fn ctr32(self, rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>) {
        passes::ctr(self, rk, counter, passes::add32, blocks);
    }

    /// CBC encryption. `iv` is left at the last block of ciphertext; so in all that follows.
    fn cbc_encrypt(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
        passes::cbc_encrypt(self, rk, iv, blocks);
    }

    /// CBC decryption. `rk` is reversed.
    fn cbc_decrypt(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
        passes::cbc_decrypt(self, rk, iv, blocks);
    }

    /// CFB encryption with feedback of whole blocks.
    fn cfb_encrypt(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
        passes::cfb_encrypt(self, rk, iv, blocks);
    }

    fn cfb_decrypt(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
        passes::cfb_decrypt(self, rk, iv, blocks);
    }

    /// OFB. `iv` is left at the last block of keystream.
    fn ofb(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
        passes::ofb(self, rk, iv, blocks);
    }

    /// `x` = E(`x` ⊕ block) for each block.
    fn cbc_mac(self, rk: &RoundKeys, x: &mut Block, blocks: &[Block]) {
        passes::cbc_mac(self, rk, x, blocks);
    }

    /// XTS on whole blocks: E(block ⊕ tweak) ⊕ tweak, the tweak doubled after each. It is left at its next value.
    /// Decrypts if `rk` is reversed.
    fn xts(self, rk: &RoundKeys, tweak: &mut Block, doubling: Doubling, blocks: Blocks<'_, '_>) {
        passes::xts(self, rk, tweak, doubling, blocks);
    }

    /// [`cbc_mac`](Self::cbc_mac) of the blocks into `x`, and [`ctr`](Self::ctr) of them.
    fn ccm_encrypt(
        self,
        rk: &RoundKeys,
        counter: &mut Block,
        x: &mut Block,
        blocks: Blocks<'_, '_>,
    ) {
        passes::ccm_encrypt(self, rk, counter, x, blocks);
    }

    /// [`ctr`](Self::ctr) of the blocks, and [`cbc_mac`](Self::cbc_mac) of what comes out into `x`.
    fn ccm_decrypt(
        self,
        rk: &RoundKeys,
        counter: &mut Block,
        x: &mut Block,
        blocks: Blocks<'_, '_>,
    ) {
        passes::ccm_decrypt(self, rk, counter, x, blocks);
    }

    /// The GHASH to go with it.
    fn ghash(self) -> ghash::Backend {
        ghash::Backend::best()
    }

    /// [`ctr32`](Self::ctr32) of the blocks, and GHASH of what comes out.
    fn gcm_encrypt(self, rk: &RoundKeys, gcm: &mut GcmState<'_>, blocks: Blocks<'_, '_>) {
        passes::gcm_encrypt(self, rk, gcm, blocks);
    }

    /// GHASH of the blocks, and [`ctr32`](Self::ctr32) of them.
    fn gcm_decrypt(self, rk: &RoundKeys, gcm: &mut GcmState<'_>, blocks: Blocks<'_, '_>) {
        passes::gcm_decrypt(self, rk, gcm, blocks);
    }

    /// One block of each lane through the cipher, under the lane's own key.
    fn lanes(self, keys: &LaneKeys, x: &mut [Block; LANES]) {
        passes::lanes(self, keys, x);
    }
}

impl Plain for Block {
    const ZERO: Self = Array([0; 16]);
}

macro_rules! never {
    ($(fn $name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)?;)*) => {
        impl Kernel for cpu::Never {
            $(fn $name(self $(, $argument: $type)*) $(-> $result)? {
                match self {}
            })*
        }
    };
}

never! {
    fn expand_key(_key: &[u8; 16]) -> RoundKeys;
    fn crypt(_rk: &RoundKeys, _blocks: Blocks<'_, '_>);
}
