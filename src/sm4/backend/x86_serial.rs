//! SM4 where latency binds, in 128-bit registers: one block after another, a few blocks at once, the key schedule.
//!
//! What the S-box layers share. A layer gives `step(t, p)` = p ⊕ what a round makes of t, and keeps additions off the chain
//! of dependent instructions as far as they go: from one t to the next the chain has the S-box, a rotation and two additions.
#![allow(unsafe_code, reason = "a kernel: loads, stores, and an addition that stays where it is")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::wildcard_imports,
    reason = "halves of counters as the intrinsics take them; the intrinsics"
)]

use super::{Block, Blocks};
use crate::sm4::{
    maps::{M, M_CONSTANT},
    portable::{CK, FK},
};
use core::arch::{asm, x86_64::*};

/// Four words X' = M·X of one block, or of each of four blocks, in whatever form the layer likes.
pub(super) type Words = [__m128i; 4];

/// Reverses the bytes of each word.
pub(super) const SWAP: [u8; 16] = [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12];

/// One block after another.
pub(super) struct Chain<Enter, Rounds, Leave> {
    /// Words of a block.
    pub(super) enter: Enter,
    /// The cipher, first word of the output first.
    pub(super) rounds: Rounds,
    /// A block of words.
    pub(super) leave: Leave,
}

/// What the data of a block is added to.
#[derive(Clone, Copy)]
enum Feedback {
    /// The input of the cipher, whose output is the block's and goes on.
    Cbc,
    /// The output of the cipher. The sum is the block's output and goes on.
    Cfb,
    /// The output of the cipher. The sum is the block's output, but what was added to goes on.
    Ofb,
}

impl<Enter, Rounds, Leave> Chain<Enter, Rounds, Leave>
where
    Enter: Fn(__m128i) -> Words,
    Rounds: Fn(Words) -> Words,
    Leave: Fn(Words) -> __m128i,
{
    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn one(&self, x: __m128i) -> __m128i {
        (self.leave)((self.rounds)((self.enter)(x)))
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn cbc_encrypt(&self, iv: &mut Block, blocks: Blocks<'_, '_>) {
        self.serial(Feedback::Cbc, iv, blocks);
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn cfb_encrypt(&self, iv: &mut Block, blocks: Blocks<'_, '_>) {
        self.serial(Feedback::Cfb, iv, blocks);
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn ofb(&self, iv: &mut Block, blocks: Blocks<'_, '_>) {
        self.serial(Feedback::Ofb, iv, blocks);
    }

    /// The chaining value stays mapped from block to block; the maps of data and output are off the chain.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn serial(&self, feedback: Feedback, iv: &mut Block, blocks: Blocks<'_, '_>) {
        let mut y = (self.enter)(load(iv));
        for mut block in blocks {
            let data = load(block.get_in());
            let words = (self.enter)(data);
            let out = match feedback {
                Feedback::Cbc => {
                    y = (self.rounds)(add(y, words));
                    (self.leave)(y)
                }
                Feedback::Cfb => {
                    y = add((self.rounds)(y), words);
                    (self.leave)(y)
                }
                Feedback::Ofb => {
                    y = (self.rounds)(y);
                    _mm_xor_si128((self.leave)(y), data)
                }
            };
            store(block.get_out(), out);
        }
        store(iv, (self.leave)(y));
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn cbc_mac(&self, x: &mut Block, blocks: &[Block]) {
        let mut y = (self.enter)(load(x));
        for block in blocks {
            y = (self.rounds)(add(y, (self.enter)(load(block))));
        }
        store(x, (self.leave)(y));
    }
}

/// The 32 rounds on each of `x`: X35, X34, X33, X32.
///
/// `key` brings a round key to the form of the words. `each` gets the words after each four rounds, which is how the key schedule,
/// with constants for keys, hands out its words.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn rounds<const N: usize>(
    rk: &[u32; 32],
    mut x: [Words; N],
    key: impl Fn(u32) -> __m128i,
    step: impl Fn(__m128i, __m128i) -> __m128i,
    mut each: impl FnMut([Words; N]),
) -> [Words; N] {
    let first = key(rk[0]);
    let mut t = x.map(|[_, x1, x2, x3]| xor(x1, _mm_xor_si128(_mm_xor_si128(x2, x3), first)));
    for i in 0..32 {
        // The key of the next round, and any after the last.
        let rk = key(rk[(i + 1) % 32]);
        for (x, t) in x.iter_mut().zip(&mut t) {
            let [x0, x1, x2, x3] = *x;
            let rest = xor(_mm_xor_si128(x2, rk), x3);
            *t = step(*t, xor(x0, rest));
            *x = [x1, x2, x3, xor(*t, rest)];
        }
        if i % 4 == 3 {
            each(x);
        }
    }
    x.map(|[x0, x1, x2, x3]| [x3, x2, x1, x0])
}

/// FK, mapped, with the constant of the S-box's argument: a sum of three words has it once.
const FK_MAPPED: [u32; 4] = {
    let (mut words, mut i) = ([0; 4], 0);
    while i < 4 {
        words[i] = M.word(FK[i]) ^ u32::from_ne_bytes([M_CONSTANT; 4]);
        i += 1;
    }
    words
};

/// CK, mapped.
pub(super) const CK_MAPPED: [u32; 32] = {
    let (mut words, mut i) = ([0; 32], 0);
    while i < 32 {
        words[i] = M.word(CK[i]);
        i += 1;
    }
    words
};

/// FK in this form.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn fk() -> __m128i {
    let [a, b, c, d] = FK_MAPPED.map(|word| word as i32);
    _mm_set_epi32(d, c, b, a)
}

#[target_feature(enable = "avx2")]
#[inline]
fn add(x: Words, y: Words) -> Words {
    [0, 1, 2, 3].map(|i| _mm_xor_si128(x[i], y[i]))
}

/// An addition that LLVM does not put in another order, late words first.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn xor(x: __m128i, y: __m128i) -> __m128i {
    let sum;
    // SAFETY: `avx2` includes `avx`; the instruction changes one register alone.
    unsafe {
        asm!("vpxor {}, {}, {}", lateout(xmm_reg) sum, in(xmm_reg) x, in(xmm_reg) y,
            options(pure, nomem, nostack, preserves_flags));
    }
    sum
}

/// The same constant, but LLVM does not know it, and cannot make two instructions of one `pshufb`.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn opaque(mut x: __m128i) -> __m128i {
    // SAFETY: no instruction.
    unsafe {
        asm!("/* {} */", inout(xmm_reg) x, options(pure, nomem, nostack, preserves_flags));
    }
    x
}

#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn bytes(x: &[u8; 16]) -> __m128i {
    // SAFETY: `x` is 16 readable bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si128(x.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn load(x: &Block) -> __m128i {
    bytes(&x.0)
}

#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn store(x: &mut Block, value: __m128i) {
    // SAFETY: `x` is 16 writable bytes, and the store needs no alignment.
    unsafe { _mm_storeu_si128(x.0.as_mut_ptr().cast(), value) }
}

/// Four round keys.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn store_words(x: &mut [u32; 4], value: __m128i) {
    // SAFETY: `x` is 16 writable bytes, and the store needs no alignment.
    unsafe { _mm_storeu_si128(x.as_mut_ptr().cast(), value) }
}

/// The methods of a kernel that `$layer`, one of the S-box layers for which latency binds, serves as well as any. `$lanes` is the function of
/// `x86_lanes.rs`.
macro_rules! serial_methods {
    ($layer:ident, $lanes:path) => {
        fn expand_key(self, key: &[u8; 16]) -> RoundKeys {
            // SAFETY: `self` proves that this CPU has the features of the layer; so below.
            unsafe { $layer::expand_key(key) }
        }

        fn cbc_encrypt(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
            // SAFETY: as above.
            unsafe { $layer::cbc_encrypt(rk, iv, blocks) }
        }

        fn cfb_encrypt(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
            // SAFETY: as above.
            unsafe { $layer::cfb_encrypt(rk, iv, blocks) }
        }

        fn ofb(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
            // SAFETY: as above.
            unsafe { $layer::ofb(rk, iv, blocks) }
        }

        fn cbc_mac(self, rk: &RoundKeys, x: &mut Block, blocks: &[Block]) {
            // SAFETY: as above.
            unsafe { $layer::cbc_mac(rk, x, blocks) }
        }

        fn ccm_encrypt(
            self,
            rk: &RoundKeys,
            counter: &mut Block,
            x: &mut Block,
            blocks: Blocks<'_, '_>,
        ) {
            // SAFETY: as above.
            unsafe { $layer::ccm_encrypt(rk, counter, x, blocks) }
        }

        fn ccm_decrypt(
            self,
            rk: &RoundKeys,
            counter: &mut Block,
            x: &mut Block,
            blocks: Blocks<'_, '_>,
        ) {
            // SAFETY: as above.
            unsafe { $layer::ccm_decrypt(rk, counter, x, blocks) }
        }

        fn lanes(self, keys: &LaneKeys, x: &mut [Block; LANES]) {
            // SAFETY: as above.
            unsafe { $lanes(keys, x) }
        }
    };
}
pub(super) use serial_methods;
