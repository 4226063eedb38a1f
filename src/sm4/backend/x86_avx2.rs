//! SM4 by AVX2, eight blocks to a group of four registers: word i of each block in register i.
//!
//! The S-box of AES (AES-NI, VAES) or its inversion (GFNI) makes the one of SM4, and the state is kept as X' = M·X
//! from the first round to the last (`maps.rs`). Each of the three kernels has the rounds in two shapes:
//! - wide: three to eight groups, whose state stays in memory: what counts is how many instructions a group
//!   takes, and the groups are enough to hide the latencies;
//! - narrow: one or two groups in registers, with the shortest way through a round.
#![allow(unsafe_code, reason = "kernels: their calls")]

mod gcm;
mod modes;
mod rounds;
mod state;
mod tables;
mod tweaks;

use super::{
    super::passes, Block, Blocks, Doubling, GcmState, Kernel, LANES, LaneKeys, RoundKeys,
    x86_lanes, x86_serial::serial_methods, x86_serial_aes, x86_serial_gfni,
};
use crate::{cpu, ghash};
use core::arch::x86_64::__m256i;
use core::hint::black_box;
use rounds::{
    aes_direct, aes_enter, aes_enter_word, aes_factored, aes_key, aes_leave, gfni_direct,
    gfni_enter, gfni_enter_word, gfni_key, gfni_leave, gfni_mixed, vaes_direct, vaes_mixed,
};
use state::{GROUPS, State, transpose, word, xor};
use tables::{AES, AesTables, GFNI, GfniTables};

/// What the modes need of a kernel: each for the first `groups` groups of a state.
trait Core: Copy {
    /// Blocks to words, as the rounds take them.
    fn enter(self, state: &mut State, groups: usize);

    /// The same for word 3 alone, where it already is one: little-endian, in the order of the blocks.
    fn enter_last(self, state: &mut State, groups: usize);

    /// The rounds, and back to blocks.
    fn rounds(self, rk: &RoundKeys, state: &mut State, groups: usize);

    /// Four rounds alone, at best on more than three groups, for a mode with other work between them.
    fn four_rounds(self, rk: &[u32; 4], state: &mut State, groups: usize);

    /// The way back to blocks alone.
    fn leave(self, state: &mut State, groups: usize);
}

/// A kernel for the witness `$cpu`. `$wide` and `$narrow` are a round: X0 ⊕ T(t). Up to `$few` blocks, `$few_cbc` in CBC
/// decryption, and what is serial, go to `$serial`. `$ghash` is the GHASH of a CPU that has no better kernel than this one,
/// so that what is measured on a better CPU holds there.
macro_rules! kernel {
    (
        $cpu:ident, $name:ident, $features:literal, $tables:ident: $type:ident,
        $enter:ident, $enter_word:ident, $key:ident, $wide:ident, $narrow:ident, $leave:ident,
        few $few:literal $few_cbc:literal, $serial:ident, $lanes:path, $ghash:path
    ) => {
        mod $name {
            use super::*;

            #[target_feature(enable = $features)]
            pub(super) fn enter(state: &mut State, groups: usize) {
                let m = black_box(&$tables);
                for x in state.words.iter_mut().take(groups) {
                    let [x0, x1, x2, x3] = transpose(*x);
                    *x = [$enter(x0, m), $enter(x1, m), $enter(x2, m), $enter(x3, m)];
                }
            }

            #[target_feature(enable = $features)]
            pub(super) fn enter_last(state: &mut State, groups: usize) {
                let m = black_box(&$tables);
                for x in state.words.iter_mut().take(groups) {
                    x[3] = $enter_word(x[3], m);
                }
            }

            #[target_feature(enable = $features)]
            pub(super) fn rounds(rk: &RoundKeys, state: &mut State, groups: usize) {
                match groups {
                    ..=1 => narrow::<1>(rk, state),
                    2 => narrow::<2>(rk, state),
                    3 => narrow::<3>(rk, state),
                    _ => {
                        let groups = groups.min(GROUPS + 1);
                        wide(
                            &rk.0,
                            black_box(&mut state.words[..groups]),
                            black_box(&mut state.sums[..groups]),
                        );
                        end(state, groups);
                    }
                }
            }

            #[target_feature(enable = $features)]
            pub(super) fn four_rounds(rk: &[u32; 4], state: &mut State, groups: usize) {
                let groups = groups.min(GROUPS + 1);
                wide(
                    rk,
                    black_box(&mut state.words[..groups]),
                    black_box(&mut state.sums[..groups]),
                );
            }

            #[target_feature(enable = $features)]
            pub(super) fn end(state: &mut State, groups: usize) {
                leave(&mut state.words[..groups.min(GROUPS + 1)], black_box(&$tables));
            }

            /// Two rounds share a sum: X2 ⊕ X3 is in the argument of both. LLVM must not know how many groups there
            /// are at most: it would unroll these loops, and keep more in registers than there are.
            #[inline(never)]
            #[target_feature(enable = $features)]
            fn wide(rk: &[u32], words: &mut [[__m256i; 4]], sums: &mut [__m256i]) {
                let m = black_box(&$tables);
                for rk in rk.as_chunks().0 {
                    let [rk0, rk1, rk2, rk3] = rk.map(|rk| $key(rk, m));
                    for (x, sum) in words.iter_mut().zip(sums.iter_mut()) {
                        *sum = xor(x[2], x[3]);
                        x[0] = $wide(x[0], xor(xor(x[1], rk0), *sum), m);
                    }
                    for (x, sum) in words.iter_mut().zip(sums.iter_mut()) {
                        x[1] = $wide(x[1], xor(xor(*sum, rk1), x[0]), m);
                    }
                    for (x, sum) in words.iter_mut().zip(sums.iter_mut()) {
                        *sum = xor(x[0], x[1]);
                        x[2] = $wide(x[2], xor(xor(x[3], rk2), *sum), m);
                    }
                    for (x, sum) in words.iter_mut().zip(sums.iter_mut()) {
                        x[3] = $wide(x[3], xor(xor(*sum, rk3), x[2]), m);
                    }
                }
            }

            #[target_feature(enable = $features)]
            fn narrow<const G: usize>(rk: &RoundKeys, state: &mut State) {
                let m = black_box(&$tables);
                let (words, _) = state.words.split_at_mut(G);
                let mut x = [[word(0); 4]; G];
                x.copy_from_slice(words);
                for rk in rk.0.as_chunks().0 {
                    let [rk0, rk1, rk2, rk3] = rk.map(|rk| $key(rk, m));
                    for x in &mut x {
                        x[0] = $narrow(x[0], xor(xor(xor(x[1], rk0), x[2]), x[3]), m);
                    }
                    for x in &mut x {
                        x[1] = $narrow(x[1], xor(xor(xor(x[2], rk1), x[3]), x[0]), m);
                    }
                    for x in &mut x {
                        x[2] = $narrow(x[2], xor(xor(xor(x[3], rk2), x[0]), x[1]), m);
                    }
                    for x in &mut x {
                        x[3] = $narrow(x[3], xor(xor(xor(x[0], rk3), x[1]), x[2]), m);
                    }
                }
                words.copy_from_slice(&x);
                leave(words, m);
            }

            /// The output is X35, X34, X33, X32.
            #[inline]
            #[target_feature(enable = $features)]
            fn leave(words: &mut [[__m256i; 4]], m: &$type) {
                for x in words {
                    let [x32, x33, x34, x35] = *x;
                    *x =
                        transpose([$leave(x35, m), $leave(x34, m), $leave(x33, m), $leave(x32, m)]);
                }
            }
        }

        impl Core for cpu::$cpu {
            fn enter(self, state: &mut State, groups: usize) {
                // SAFETY: `self` proves that this CPU has these features.
                unsafe { $name::enter(state, groups) }
            }

            fn enter_last(self, state: &mut State, groups: usize) {
                // SAFETY: `self` proves that this CPU has these features.
                unsafe { $name::enter_last(state, groups) }
            }

            fn rounds(self, rk: &RoundKeys, state: &mut State, groups: usize) {
                // SAFETY: `self` proves that this CPU has these features.
                unsafe { $name::rounds(rk, state, groups) }
            }

            fn four_rounds(self, rk: &[u32; 4], state: &mut State, groups: usize) {
                // SAFETY: `self` proves that this CPU has these features.
                unsafe { $name::four_rounds(rk, state, groups) }
            }

            fn leave(self, state: &mut State, groups: usize) {
                // SAFETY: `self` proves that this CPU has these features.
                unsafe { $name::end(state, groups) }
            }
        }

        impl Kernel for cpu::$cpu {
            serial_methods!($serial, $lanes);

            fn crypt(self, rk: &RoundKeys, blocks: Blocks<'_, '_>) {
                if blocks.len() <= $few {
                    // SAFETY: `self` proves that this CPU has the features of the layer.
                    return unsafe { $serial::crypt(rk, blocks) };
                }
                // SAFETY: `self` proves that this CPU has `avx2`; so below.
                unsafe { modes::crypt(self, rk, blocks) }
            }

            fn ctr(self, rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>) {
                if blocks.len() <= $few {
                    // SAFETY: `self` proves that this CPU has the features of the layer.
                    return unsafe { $serial::ctr(rk, counter, passes::add128, blocks) };
                }
                // SAFETY: as in `crypt`.
                unsafe { modes::ctr::<_, false>(self, rk, counter, blocks) }
            }

            fn ctr32(self, rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>) {
                if blocks.len() <= $few {
                    // SAFETY: `self` proves that this CPU has the features of the layer.
                    return unsafe { $serial::ctr(rk, counter, passes::add32, blocks) };
                }
                // SAFETY: as in `crypt`.
                unsafe { modes::ctr::<_, true>(self, rk, counter, blocks) }
            }

            fn cbc_decrypt(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
                if blocks.len() <= $few_cbc {
                    return passes::cbc_decrypt(self, rk, iv, blocks);
                }
                // SAFETY: as in `crypt`.
                unsafe { modes::cbc_decrypt(self, rk, iv, blocks) }
            }

            fn cfb_decrypt(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
                // SAFETY: as in `crypt`.
                unsafe { modes::cfb_decrypt(self, rk, iv, blocks) }
            }

            fn xts(
                self,
                rk: &RoundKeys,
                tweak: &mut Block,
                doubling: Doubling,
                blocks: Blocks<'_, '_>,
            ) {
                // SAFETY: as in `crypt`.
                unsafe { modes::xts(self, rk, tweak, doubling, blocks) }
            }

            fn ghash(self) -> ghash::Backend {
                $ghash(self)
            }

            fn gcm_encrypt(self, rk: &RoundKeys, gcm: &mut GcmState<'_>, blocks: Blocks<'_, '_>) {
                if blocks.len() < gcm::FEWEST {
                    return passes::gcm_encrypt(self, rk, gcm, blocks);
                }
                // SAFETY: as in `crypt`.
                unsafe { gcm::crypt::<_, true>(self, rk, gcm, blocks) }
            }

            fn gcm_decrypt(self, rk: &RoundKeys, gcm: &mut GcmState<'_>, blocks: Blocks<'_, '_>) {
                if blocks.len() < gcm::FEWEST {
                    return passes::gcm_decrypt(self, rk, gcm, blocks);
                }
                // SAFETY: as in `crypt`.
                unsafe { gcm::crypt::<_, false>(self, rk, gcm, blocks) }
            }
        }
    };
}

kernel!(
    Avx2Aes, aes, "avx2,aes", AES: AesTables,
    aes_enter, aes_enter_word, aes_key, aes_factored, aes_direct, aes_leave,
    few 8 8, x86_serial_aes, x86_lanes::aes, ghash::Backend::Clmul
);
kernel!(
    Avx2Vaes, vaes, "avx2,aes,vaes", AES: AesTables,
    aes_enter, aes_enter_word, aes_key, vaes_mixed, vaes_direct, aes_leave,
    few 4 0, x86_serial_aes, x86_lanes::vaes, without_avx512
);
kernel!(
    Avx2Gfni, gfni, "avx2,aes,vaes,gfni", GFNI: GfniTables,
    gfni_enter, gfni_enter_word, gfni_key, gfni_mixed, gfni_direct, gfni_leave,
    few 4 0, x86_serial_gfni, x86_lanes::gfni, without_avx512
);

/// The fastest GHASH without AVX-512.
fn without_avx512<C>(_: C) -> ghash::Backend {
    let mut all = ghash::Backend::all();
    all.find(|ghash| !matches!(ghash, ghash::Backend::Avx512(_)))
        .unwrap_or(ghash::Backend::Portable)
}
