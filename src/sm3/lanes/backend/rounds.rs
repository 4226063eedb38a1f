//! The compression function CF on vectors: one message in each 32-bit lane.

use crate::sm3::portable;

/// T_j <<< (j mod 32), sixteen rounds to a row. Source: GB/T 32905-2016, 4.2 and 5.3.3.
pub(super) static T: [[u32; 16]; 4] = rows();

const fn rows() -> [[u32; 16]; 4] {
    let mut t = [[0; 16]; 4];
    let mut j = 0;
    while j < 64 {
        t[j / 16][j % 16] = portable::T[j];
        j += 1;
    }
    t
}

/// Defines `compress`, as in [`Kernel`](super::Kernel), on vectors `$v` by the features `$features`.
///
/// The vectors come from `load`, `transpose` and `word` (one number in every lane), go to `store`, and
/// are worked on by `add`, `xor`, `xor3`, `rol`, `rol8`, `ff1`, `gg1`, `p0` and `p1` of where the macro
/// stands.
macro_rules! kernel {
    ($features:literal, $v:ty) => {
        #[target_feature(enable = $features)]
        pub(super) fn compress(v: &mut State, input: &Input<'_>) {
            let mut s = [word(0); 8];
            let mut w = [word(0); 16];
            for (s, v) in s.iter_mut().zip(&*v) {
                *s = load(&v.as_chunks().0[0]);
            }
            for i in 0..input.blocks() {
                match input {
                    Input::Runs(runs, _) => transpose(&mut w, runs, i),
                    Input::Words(words) => {
                        for (w, words) in w.iter_mut().zip(*words) {
                            *w = load(&words.as_chunks().0[0]);
                        }
                    }
                }
                cf(&mut s, &mut w);
            }
            w = [word(0); 16];
            zeroize::optimization_barrier(&w);
            for (v, s) in v.iter_mut().zip(s) {
                store(&mut v.as_chunks_mut().0[0], s);
            }
        }

        /// V(i+1) = CF(V(i), B(i)): `v` is V(i), then V(i+1); `w` holds the words of B(i), and is
        /// used up. Source: GB/T 32905-2016, 5.3.3.
        #[inline]
        #[target_feature(enable = $features)]
        fn cf(v: &mut [$v; 8], w: &mut [$v; 16]) {
            let mut s = *v;
            let mut w7 = [word(0); 16];
            let [t, later @ ..] = core::hint::black_box(&rounds::T);
            four::<0, false, false>(&mut s, w, &mut w7, t);
            four::<4, false, false>(&mut s, w, &mut w7, t);
            four::<8, false, false>(&mut s, w, &mut w7, t);
            four::<12, false, true>(&mut s, w, &mut w7, t);
            for t in later {
                four::<0, true, true>(&mut s, w, &mut w7, t);
                four::<4, true, true>(&mut s, w, &mut w7, t);
                four::<8, true, true>(&mut s, w, &mut w7, t);
                // Of the last four rounds nobody needs the words W_{j+4} beyond W_67: made anyway.
                four::<12, true, true>(&mut s, w, &mut w7, t);
            }
            for (v, s) in v.iter_mut().zip(s) {
                *v = xor(*v, s);
            }
        }

        /// Rounds j to j + 3, j ≡ `K` (mod 16).
        #[inline]
        #[target_feature(enable = $features)]
        fn four<const K: usize, const LATE: bool, const EXPAND: bool>(
            s: &mut [$v; 8],
            w: &mut [$v; 16],
            w7: &mut [$v; 16],
            t: &[u32; 16],
        ) {
            round::<LATE, EXPAND>(s, w, w7, t, K);
            round::<LATE, EXPAND>(s, w, w7, t, K + 1);
            round::<LATE, EXPAND>(s, w, w7, t, K + 2);
            round::<LATE, EXPAND>(s, w, w7, t, K + 3);
        }

        /// Round j, j ≡ `k` (mod 16): a `LATE` one (j ≥ 16) has other FF and GG; `EXPAND` if W_{j+4}
        /// must be made. W_j stands at `w[j % 16]`, W_j <<< 7 at `w7[j % 16]`, T_j at `t[j % 16]`.
        ///
        /// W_j <<< 15, which W_{j+3} needs, is W_j <<< 7 (which W_{j+13} needs) turned by a byte.
        #[inline]
        #[target_feature(enable = $features)]
        fn round<const LATE: bool, const EXPAND: bool>(
            s: &mut [$v; 8],
            w: &mut [$v; 16],
            w7: &mut [$v; 16],
            t: &[u32; 16],
            k: usize,
        ) {
            let [a, b, c, d, e, f, g, h] = *s;
            w7[(k + 1) % 16] = rol::<7, 25>(w[(k + 1) % 16]);
            if EXPAND {
                let x = xor3(w[(k + 4) % 16], w[(k + 11) % 16], rol8(w7[(k + 1) % 16]));
                w[(k + 4) % 16] = xor3(p1(x), w7[(k + 7) % 16], w[(k + 14) % 16]);
            }
            let (w_j, w_prime) = (w[k], xor(w[k], w[(k + 4) % 16]));
            let a12 = rol::<12, 20>(a);
            // E is the last to be known.
            let ss1 = rol::<7, 25>(add(add(a12, word(t[k])), e));
            let ss2 = xor(ss1, a12);
            let ff = if LATE { ff1(a, b, c) } else { xor3(a, b, c) };
            let gg = if LATE { gg1(e, f, g) } else { xor3(e, f, g) };
            let tt1 = add(add(ff, add(d, w_prime)), ss2);
            let tt2 = add(add(gg, add(h, w_j)), ss1);
            *s = [tt1, a, rol::<9, 23>(b), c, p0(tt2), e, rol::<19, 13>(f), g];
        }
    };
}

pub(super) use kernel;
