//! XTS: the tweaks of a pass are kept in memory, and are those of the last one times α⁶⁴.

use super::{
    super::{Block, Blocks, Doubling, RoundKeys},
    Mode, WIDE,
    bytes::Register,
    each,
    span::{Fours, Span, load, store},
    xor3,
};
use crate::{
    secret::Temporary,
    sm4::{maps::Map, passes::double},
};
use core::arch::x86_64::{
    _mm512_bslli_epi128, _mm512_bsrli_epi128, _mm512_clmulepi64_epi128,
    _mm512_gf2p8affine_epi64_epi8, _mm512_set1_epi64, _mm512_slli_epi64, _mm512_srli_epi64,
    _mm512_xor_si512,
};

#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
pub(super) fn xts(rk: &RoundKeys, tweak: &mut Block, doubling: Doubling, blocks: Blocks<'_, '_>) {
    let n = blocks.len();
    match doubling {
        Doubling::Gb => {
            let mut tweaks = Tweaks::new(tweak, doubling, n, |x| reversed(x));
            run(rk, &mut tweaks, blocks, |x| reversed(x));
            *tweak = tweaks.after(n, |x| reversed(x));
        }
        Doubling::Ieee => {
            let mut tweaks = Tweaks::new(tweak, doubling, n, |x| x);
            run(rk, &mut tweaks, blocks, |x| x);
            *tweak = tweaks.after(n, |x| x);
        }
    }
}

/// `form` takes tweaks from little-endian polynomials to what is added to the blocks.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,gfni,vpclmulqdq")]
fn run(
    rk: &RoundKeys,
    tweaks: &mut Tweaks,
    blocks: Blocks<'_, '_>,
    form: impl Fn(Register) -> Register,
) {
    each(
        rk,
        blocks,
        tweaks,
        &Mode {
            start: |_: &mut Tweaks, _: &Span<'_, '_>| (),
            input: |t: &Tweaks, span: &Span<'_, '_>, r| {
                _mm512_xor_si512(span.load(r), form(t.0.get(r)))
            },
            output: |t: &mut Tweaks, span: &mut Span<'_, '_>, r, x| {
                let now = t.0.get(r);
                span.store(r, _mm512_xor_si512(x, form(now)));
                if span.len() == WIDE {
                    t.0.set(r, times64(times64(now)));
                }
            },
        },
    );
}

/// The tweaks of the blocks of a pass as little-endian polynomials, whatever the doubling.
struct Tweaks(Temporary<Fours<{ WIDE / 4 }>>);

impl Tweaks {
    /// Those of the first pass, if there are `n` blocks in all, and the one after them.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,gfni,vpclmulqdq")]
    fn new(
        tweak: &Block,
        doubling: Doubling,
        n: usize,
        form: impl Fn(Register) -> Register,
    ) -> Self {
        let mut tweaks = Self(Temporary::new());
        let (mut t, mut first) = (*tweak, Temporary::<[Block; 4]>::new());
        for four in first.iter_mut() {
            *four = t;
            double(&mut t, doubling);
        }
        let x = form(load(&first));
        tweaks.0.set(0, x);
        let mut odd_even = [times4(x), x];
        tweaks.0.set(1, odd_even[0]);
        for r in 2..(n / 4 + 1).min(WIDE / 4) {
            let [y, x] = odd_even;
            odd_even = [times8(x), y];
            tweaks.0.set(r, odd_even[0]);
        }
        tweaks
    }

    /// The tweak after the last of `n` blocks.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,gfni")]
    fn after(&self, n: usize, form: impl Fn(Register) -> Register) -> Block {
        let mut four = Temporary::<[Block; 4]>::new();
        store(&mut four, form(self.0.get(n % WIDE / 4)));
        four[n % 4]
    }
}

/// The bits of each byte in reverse order: from the doubling of GB/T 17964 to that of IEEE 1619, or back.
#[inline]
#[target_feature(enable = "avx512f,gfni")]
fn reversed(x: Register) -> Register {
    const REVERSE: Map = Map([0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02, 0x01]);
    _mm512_gf2p8affine_epi64_epi8::<0>(x, _mm512_set1_epi64(REVERSE.matrix()))
}

/// x·α⁶⁴: what leaves the upper half comes back times α⁷ + α² + α + 1.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,vpclmulqdq")]
fn times64(x: Register) -> Register {
    let back = _mm512_clmulepi64_epi128::<0x01>(x, _mm512_set1_epi64(0x87));
    _mm512_xor_si512(_mm512_bslli_epi128::<8>(x), back)
}

/// x·α⁸.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,vpclmulqdq")]
fn times8(x: Register) -> Register {
    let back =
        _mm512_clmulepi64_epi128::<0x00>(_mm512_bsrli_epi128::<15>(x), _mm512_set1_epi64(0x87));
    _mm512_xor_si512(_mm512_bslli_epi128::<1>(x), back)
}

/// x·α⁴.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,vpclmulqdq")]
fn times4(x: Register) -> Register {
    let out = _mm512_srli_epi64::<60>(x);
    let back = _mm512_clmulepi64_epi128::<0x01>(out, _mm512_set1_epi64(0x87));
    xor3(_mm512_slli_epi64::<4>(x), _mm512_bslli_epi128::<8>(out), back)
}
