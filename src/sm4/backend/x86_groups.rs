//! SM4 on a few blocks, in 128-bit registers: a word of each of four blocks in one register, one or two such groups at a time.
//!
//! Four blocks take about as long as one. CCM has the block of the MAC in the first place and the counter in the second.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::wildcard_imports,
    reason = "halves of counters as the intrinsics take them; the intrinsics"
)]

use super::{
    Block, Blocks,
    x86_serial::{Words, load, store},
};
use crate::{secret::Temporary, sm4::passes::add128};
use core::arch::x86_64::*;

/// Four blocks.
const GROUP: usize = 4;
type Group = [__m128i; GROUP];

pub(super) struct Groups<Map, One, Two, MapBack> {
    /// The words of a block, mapped.
    pub(super) map: Map,
    /// The cipher on one group, first word of the output first.
    pub(super) one: One,
    /// On two.
    pub(super) two: Two,
    /// A block from mapped words.
    pub(super) map_back: MapBack,
}

impl<Map, One, Two, MapBack> Groups<Map, One, Two, MapBack>
where
    Map: Fn(__m128i) -> __m128i,
    One: Fn([Words; 1]) -> [Words; 1],
    Two: Fn([Words; 2]) -> [Words; 2],
    MapBack: Fn(__m128i) -> __m128i,
{
    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn crypt(&self, blocks: Blocks<'_, '_>) {
        let mut x = Temporary::<[Block; 2 * GROUP]>::new();
        each(blocks, |mut blocks| {
            let x = &mut x[..];
            for (x, block) in x.iter_mut().zip(blocks.get_in()) {
                store(x, load(block));
            }
            self.few(x, blocks.len());
            for (block, x) in blocks.get_out().iter_mut().zip(x) {
                store(block, load(x));
            }
        });
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn ctr(
        &self,
        counter: &mut Block,
        next: impl Fn(u128) -> u128,
        blocks: Blocks<'_, '_>,
    ) {
        let mut x = Temporary::<[Block; 2 * GROUP]>::new();
        let mut value = u128::from_be_bytes(counter.0);
        each(blocks, |blocks| {
            let x = &mut x[..];
            for x in x.iter_mut().take(blocks.len()) {
                store(x, big_endian(value));
                value = next(value);
            }
            self.few(x, blocks.len());
            for (mut block, x) in blocks.into_iter().zip(x) {
                let sum = _mm_xor_si128(load(block.get_in()), load(x));
                store(block.get_out(), sum);
            }
        });
        store(counter, big_endian(value));
    }

    /// The first `n` of `x` through the cipher.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn few(&self, x: &mut [Block], n: usize) {
        let (groups, _) = x.as_chunks_mut::<GROUP>();
        match groups {
            [x, y] if n > GROUP => {
                let groups = [&*x, &*y]
                    .map(|group| transpose(group.each_ref().map(|x| (self.map)(load(x)))));
                let [a, b] = (self.two)(groups).map(|words| transpose(words));
                for (x, a) in x.iter_mut().zip(a).chain(y.iter_mut().zip(b)) {
                    store(x, (self.map_back)(a));
                }
            }
            [x, ..] => {
                let group = transpose(x.each_ref().map(|x| (self.map)(load(x))));
                let [words] = (self.one)([group]);
                for (x, a) in x.iter_mut().zip(transpose(words)) {
                    store(x, (self.map_back)(a));
                }
            }
            [] => (),
        }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn ccm_encrypt(&self, counter: &mut Block, x: &mut Block, blocks: Blocks<'_, '_>) {
        let mut value = u128::from_be_bytes(counter.0);
        let mut y = pair((self.map)(load(x)), _mm_setzero_si128());
        for mut block in blocks {
            let data = load(block.get_in());
            let words = pair((self.map)(data), (self.map)(big_endian(value)));
            value = add128(value);
            [y] = (self.one)([[0, 1, 2, 3].map(|i| _mm_xor_si128(first(y[i]), words[i]))]);
            let [_, keystream] = unpair(y);
            store(block.get_out(), _mm_xor_si128(data, (self.map_back)(keystream)));
        }
        let [mac, _] = unpair(y);
        store(x, (self.map_back)(mac));
        store(counter, big_endian(value));
    }

    /// The MAC is a block behind.
    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn ccm_decrypt(&self, counter: &mut Block, x: &mut Block, blocks: Blocks<'_, '_>) {
        let mut value = u128::from_be_bytes(counter.0);
        let start = pair((self.map)(load(x)), _mm_setzero_si128());
        // In the first place the sum for the MAC to take.
        let mut sum = [_mm_setzero_si128(); 4];
        let mut begun = false;
        for mut block in blocks {
            let data = load(block.get_in());
            let words = pair(_mm_setzero_si128(), (self.map)(big_endian(value)));
            value = add128(value);
            let [mut y] = (self.one)([[0, 1, 2, 3].map(|i| _mm_xor_si128(sum[i], words[i]))]);
            let [_, keystream] = unpair(y);
            store(block.get_out(), _mm_xor_si128(data, (self.map_back)(keystream)));
            if !begun {
                y = [0, 1, 2, 3].map(|i| _mm_blend_epi32::<0b0001>(y[i], start[i]));
                begun = true;
            }
            let data = pair((self.map)(data), _mm_setzero_si128());
            sum = [0, 1, 2, 3].map(|i| {
                let plain = _mm_xor_si128(data[i], _mm_shuffle_epi32::<0b01>(y[i]));
                first(_mm_xor_si128(y[i], plain))
            });
        }
        if begun {
            let [y] = (self.one)([sum]);
            let [mac, _] = unpair(y);
            store(x, (self.map_back)(mac));
        }
        store(counter, big_endian(value));
    }
}

/// Runs `pass` on the blocks, two groups at a time.
#[target_feature(enable = "avx2")]
#[inline]
fn each(mut blocks: Blocks<'_, '_>, mut pass: impl FnMut(Blocks<'_, '_>)) {
    while !blocks.is_empty() {
        let n = blocks.len().min(2 * GROUP);
        let (now, rest) = blocks.split_at(n);
        pass(now);
        blocks = rest;
    }
}

#[target_feature(enable = "avx2")]
#[inline]
fn transpose([a, b, c, d]: Group) -> Group {
    let (ab, cd) = (_mm_unpacklo_epi32(a, b), _mm_unpacklo_epi32(c, d));
    let (ab2, cd2) = (_mm_unpackhi_epi32(a, b), _mm_unpackhi_epi32(c, d));
    [
        _mm_unpacklo_epi64(ab, cd),
        _mm_unpackhi_epi64(ab, cd),
        _mm_unpacklo_epi64(ab2, cd2),
        _mm_unpackhi_epi64(ab2, cd2),
    ]
}

/// The words of `a` in the first place, of `b` in the second. What lies in the third and fourth plays no part.
#[target_feature(enable = "avx2")]
#[inline]
fn pair(a: __m128i, b: __m128i) -> Words {
    let (low, high) = (_mm_unpacklo_epi32(a, b), _mm_unpackhi_epi32(a, b));
    [low, _mm_unpackhi_epi64(low, low), high, _mm_unpackhi_epi64(high, high)]
}

#[target_feature(enable = "avx2")]
#[inline]
fn unpair([x0, x1, x2, x3]: Words) -> [__m128i; 2] {
    let (low, high) = (_mm_unpacklo_epi32(x0, x1), _mm_unpacklo_epi32(x2, x3));
    [_mm_unpacklo_epi64(low, high), _mm_unpackhi_epi64(low, high)]
}

/// The first place alone.
#[target_feature(enable = "avx2")]
#[inline]
fn first(x: __m128i) -> __m128i {
    _mm_blend_epi32::<0b0001>(_mm_setzero_si128(), x)
}

#[target_feature(enable = "avx2")]
#[inline]
fn big_endian(value: u128) -> __m128i {
    let (high, low) = ((value >> 64) as u64, value as u64);
    _mm_set_epi64x(low.swap_bytes() as i64, high.swap_bytes() as i64)
}
