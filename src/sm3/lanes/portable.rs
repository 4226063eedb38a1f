//! Many messages without vector instructions.

use super::{Block, LANES, State, Words, backend::Kernel};

const N: usize = 4;
type V = [u32; N];
#[derive(Clone, Copy, Debug)]
pub(super) struct Portable;

impl Kernel for Portable {
    fn width(self, _: usize) -> usize {
        N
    }
    fn compress_runs(self, v: &mut State, runs: &[&[Block]; LANES], blocks: usize, _: usize) {
        let mut s = v.each_ref().map(|v| load(&v.as_chunks().0[0]));
        let mut w = [word(0); 16];
        for i in 0..blocks {
            w = core::array::from_fn(|j| {
                core::array::from_fn(|lane| u32::from_be_bytes(runs[lane][i].as_chunks().0[j]))
            });
            compress(&mut s, &mut w);
        }
        w = [word(0); 16];
        zeroize::optimization_barrier(&w);
        for (v, s) in v.iter_mut().zip(s) {
            v.as_chunks_mut().0[0] = s;
        }
    }
    fn compress_words(self, v: &mut State, words: &Words, _: usize) {
        let mut s = v.each_ref().map(|v| load(&v.as_chunks().0[0]));
        let mut w = words.each_ref().map(|w| load(&w.as_chunks().0[0]));
        compress(&mut s, &mut w);
        w = [word(0); 16];
        zeroize::optimization_barrier(&w);
        for (v, s) in v.iter_mut().zip(s) {
            v.as_chunks_mut().0[0] = s;
        }
    }
}
#[inline(always)]
fn load(x: &V) -> V {
    *x
}
#[inline(always)]
fn word(x: u32) -> V {
    [x; N]
}
macro_rules! each {
    ($i:ident => $e:expr) => {{
        let mut out = [0u32; N];
        for $i in 0..N {
            out[$i] = $e;
        }
        out
    }};
}
#[inline(always)]
fn add(x: V, y: V) -> V {
    each!(i => x[i].wrapping_add(y[i]))
}
#[inline(always)]
fn xor(x: V, y: V) -> V {
    each!(i => x[i] ^ y[i])
}
#[inline(always)]
fn xor3(x: V, y: V, z: V) -> V {
    each!(i => x[i] ^ y[i] ^ z[i])
}
#[inline(always)]
fn ff1(x: V, y: V, z: V) -> V {
    each!(i => (x[i] & y[i]) | (z[i] & (x[i] | y[i])))
}
#[inline(always)]
fn gg1(x: V, y: V, z: V) -> V {
    each!(i => (x[i] & (y[i] ^ z[i])) ^ z[i])
}
#[inline(always)]
fn rol<const A: u32, const M: u32>(x: V) -> V {
    each!(i => x[i].rotate_left(A))
}
#[inline(always)]
fn p0(x: V) -> V {
    each!(i => x[i] ^ x[i].rotate_left(9) ^ x[i].rotate_left(17))
}
#[inline(always)]
fn p1(x: V) -> V {
    each!(i => x[i] ^ x[i].rotate_left(15) ^ x[i].rotate_left(23))
}
        /// V(i+1) = CF(V(i), B(i)): `v` is V(i), then V(i+1); `w` holds the words of B(i), and is
        /// used up. Source: GB/T 32905-2016, 5.3.3.
        #[inline(always)]
        fn compress(v: &mut [V; 8], w: &mut [V; 16]) {
            let mut s = *v;
            let [t, later @ ..] = core::hint::black_box(&super::backend::rounds::T);
            four::<0, false, false>(&mut s, w, t);
            four::<4, false, false>(&mut s, w, t);
            four::<8, false, false>(&mut s, w, t);
            four::<12, false, true>(&mut s, w, t);
            for t in later {
                four::<0, true, true>(&mut s, w, t);
                four::<4, true, true>(&mut s, w, t);
                four::<8, true, true>(&mut s, w, t);
                // Of the last four rounds nobody needs the words W_{j+4} beyond W_67: made anyway.
                four::<12, true, true>(&mut s, w, t);
            }
            for (v, s) in v.iter_mut().zip(s) {
                *v = xor(*v, s);
            }
        }

        /// Rounds j to j + 3, j ≡ `K` (mod 16): `LATE` ones (j ≥ 16) with FF and GG to match, and such
        /// as must `EXPAND` the message to W_{j+4}. W_j stands at `w[j % 16]`, T_j at `t[j % 16]`.
        #[inline(always)]
        fn four<const K: usize, const LATE: bool, const EXPAND: bool>(
            s: &mut [V; 8],
            w: &mut [V; 16],
            t: &[u32; 16],
        ) {
            for k in K..K + 4 {
                let [a, b, c, d, e, f, g, h] = *s;
                let at = |i: usize| w[(k + i) % 16];
                let w4 = if EXPAND {
                    let x = p1(xor3(at(4), at(11), rol::<15, 17>(at(1))));
                    xor3(x, rol::<7, 25>(at(7)), at(14))
                } else {
                    at(4)
                };
                let (w_j, w_prime) = (at(0), xor(at(0), w4));
                w[(k + 4) % 16] = w4;
                let a12 = rol::<12, 20>(a);
                // E is the last to be known.
                let ss1 = rol::<7, 25>(add(add(a12, word(t[k])), e));
                let ss2 = xor(ss1, a12);
                let (ff, gg) = if LATE {
                    (ff1(a, b, c), gg1(e, f, g))
                } else {
                    (xor3(a, b, c), xor3(e, f, g))
                };
                let tt1 = add(add(ff, add(d, w_prime)), ss2);
                let tt2 = add(add(gg, add(h, w_j)), ss1);
                *s = [tt1, a, rol::<9, 23>(b), c, p0(tt2), e, rol::<19, 13>(f), g];
            }
        }
