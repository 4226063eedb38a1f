//! The rounds of SM3 in general registers, for the kernels of x86-64, beside a message expansion in vector
//! registers that is theirs.
//!
//! The chain of a round is TT2 → P0 → E → SS1 → TT2: add, RORX, xor, xor, LEA (three terms), RORX, six
//! cycles at best. GG of the next round must not lengthen it, so its last step is taken before E is
//! there: E = y ⊕ z with y = TT2 ⊕ (TT2 <<< 9) and z = TT2 <<< 17, and
//! GG = (E ∧ F) ∨ (¬E ∧ G) = (E ∧ (F ⊕ G)) ⊕ G = (y ∧ (F ⊕ G)) ⊕ (z ∧ (F ⊕ G)) ⊕ G.
//! A round therefore begins with H that holds H + W_j + GG_j. In assembly, since the compiler would undo
//! this, and since the order of the instructions decides 15 % of the time.
#![allow(unsafe_code, reason = "a kernel: assembly, loads and stores of vector registers")]

use core::arch::x86_64::{__m128i, _mm_loadu_si128, _mm_storeu_si128};

/// W and W' of four rounds each.
pub(super) type Words = [[[u32; 4]; 2]; 17];

/// D := D + FF_j.
macro_rules! add_ff {
    (xor) => {
        "mov {t2:e}, {a:e}
        xor {t2:e}, {b:e}
        xor {t2:e}, {c:e}
        rorx {b:e}, {b:e}, 23
        add {d:e}, {t2:e}
        /* {t3:e} */"
    };
    (maj) => {
        "mov {t2:e}, {a:e}
        mov {t3:e}, {a:e}
        and {t2:e}, {b:e}
        xor {t3:e}, {b:e}
        rorx {b:e}, {b:e}, 23
        add {d:e}, {t2:e}
        and {t3:e}, {c:e}
        add {d:e}, {t3:e}"
    };
}

/// From t1 = F ⊕ G, t2 = H <<< 9 and t3 = H <<< 17: t1 := GG, H := P0(H), F and G as the next round has them.
macro_rules! gg_and_p0 {
    (xor) => {
        "xor {h:e}, {t2:e}
        xor {t1:e}, {t3:e}
        xor {t1:e}, {h:e}
        xor {h:e}, {t3:e}"
    };
    (ch) => {
        "xor {h:e}, {t2:e}
        mov {t2:e}, {t1:e}
        and {t1:e}, {t3:e}
        and {t2:e}, {h:e}
        xor {h:e}, {t3:e}
        xor {t1:e}, {f:e}
        xor {t1:e}, {t2:e}"
    };
}

/// Round `$j` with its FF and the next round's GG, on variables named as the registers; `$a12` is A <<< 12.
///
/// Afterwards D is TT1, the next A; H is P0(TT2), the next E; G, the next H, has W and GG added. Between
/// its three parts stands what the vector registers do meanwhile.
macro_rules! round {
    ($ff:ident $gg:ident, $j:expr, $w:ident $a12:ident, $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident; {$($first:tt)*} {$($second:tt)*}) => {
        // SAFETY: reads a word of `$w` at an offset in it; the kernel's CPU has BMI2.
        unsafe {
            core::arch::asm!(
                "lea {t1:e}, [{a12:r} + {e:r} + {t}]",
                "rorx {t1:e}, {t1:e}, 25",
                "add {h:e}, {t1:e}",
                "xor {a12:e}, {t1:e}",
                "add {d:e}, dword ptr [{w} + {at} + 16]",
                a12 = inout(reg) $a12, e = in(reg) $e, d = inout(reg) $d, h = inout(reg) $h,
                t1 = out(reg) _, w = in(reg) $w.as_ptr(),
                at = const 32 * ($j / 4) + 4 * ($j % 4),
                t = const $crate::sm3::portable::T[$j].cast_signed(),
                options(readonly, nostack),
            );
        }
        $($first)*
        // SAFETY: registers only; the kernel's CPU has BMI2.
        unsafe {
            core::arch::asm!(
                $crate::sm3::backend::x86_rounds::add_ff!($ff),
                "rorx {f:e}, {f:e}, 13",
                a = in(reg) $a, b = inout(reg) $b, c = in(reg) $c, d = inout(reg) $d, f = inout(reg) $f,
                t2 = out(reg) _, t3 = out(reg) _,
                options(nomem, nostack),
            );
        }
        $($second)*
        // SAFETY: reads a word of `$w` at an offset in it; the kernel's CPU has BMI2.
        unsafe {
            core::arch::asm!(
                "rorx {t2:e}, {h:e}, 23",
                "add {g:e}, dword ptr [{w} + {next}]",
                "mov {t1:e}, {e:e}",
                "xor {t1:e}, {f:e}",
                "add {d:e}, {a12:e}",
                "rorx {t3:e}, {h:e}, 15",
                $crate::sm3::backend::x86_rounds::gg_and_p0!($gg),
                "rorx {a12:e}, {d:e}, 20",
                "add {g:e}, {t1:e}",
                a12 = inout(reg) $a12, d = inout(reg) $d,
                e = in(reg) $e, f = in(reg) $f, g = inout(reg) $g, h = inout(reg) $h,
                t1 = out(reg) _, t2 = out(reg) _, t3 = out(reg) _, w = in(reg) $w.as_ptr(),
                next = const 32 * (($j + 1) / 4) + 4 * (($j + 1) % 4),
                options(readonly, nostack),
            );
        }
    };
}

/// Rounds 4`$i` … 4`$i` + 3, all with GG `$gg` after them but for the last, which has `$last`; and beside
/// them, but for the last twelve, the four words of W that are needed twelve rounds later.
macro_rules! four_rounds {
    ($ff:ident $gg:ident $last:ident: $i:literal, $w:ident $x:ident $a12:ident, $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident) => {
        let (early, late, y, z, t, next);
        round!($ff $gg, 4 * $i, $w $a12, $a $b $c $d $e $f $g $h;
            { early = aligned_early(&$x); } { y = linear($x[0], early); });
        round!($ff $gg, 4 * $i + 1, $w $a12, $d $a $b $c $h $e $f $g;
            { z = p1(y); } { late = aligned_late(&$x); });
        let z = sum(z, late);
        round!($ff $gg, 4 * $i + 2, $w $a12, $c $d $a $b $g $h $e $f;
            {} { t = lacking(z); });
        round!($ff $last, 4 * $i + 3, $w $a12, $b $c $d $a $f $g $h $e;
            { next = complete(z, t); }
            {
                store(&mut $w[$i + 4][0], next);
                store(&mut $w[$i + 3][1], xor($x[3], next));
                $x = [$x[1], $x[2], $x[3], next];
            });
    };
    (last: $i:literal, $w:ident $a12:ident, $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident) => {
        round!(maj ch, 4 * $i, $w $a12, $a $b $c $d $e $f $g $h; {} {});
        round!(maj ch, 4 * $i + 1, $w $a12, $d $a $b $c $h $e $f $g; {} {});
        round!(maj ch, 4 * $i + 2, $w $a12, $c $d $a $b $g $h $e $f; {} {});
        round!(maj ch, 4 * $i + 3, $w $a12, $b $c $d $a $f $g $h $e; {} {});
    };
}

/// What the first round expects: H + W_0 + GG_0 in H, and A <<< 12.
macro_rules! begin {
    ($w:ident $a12:ident, $a:ident $e:ident $f:ident $g:ident $h:ident) => {
        // SAFETY: reads the first word of `$w`; the kernel's CPU has BMI2.
        unsafe {
            core::arch::asm!(
                "add {h:e}, dword ptr [{w}]",
                "mov {t:e}, {f:e}",
                "xor {t:e}, {g:e}",
                "rorx {a12:e}, {a:e}, 20",
                "xor {t:e}, {e:e}",
                "add {h:e}, {t:e}",
                a12 = out(reg) $a12, a = in(reg) $a, e = in(reg) $e, f = in(reg) $f, g = in(reg) $g,
                h = inout(reg) $h, t = out(reg) _, w = in(reg) $w.as_ptr(),
                options(readonly, nostack),
            );
        }
    };
}

/// V := V ⊕ the registers, and the registers := V; in assembly, since the compiler would gather them in
/// vector registers first.
macro_rules! add_to_v {
    ($v:ident, $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident) => {
        // SAFETY: reads and writes the eight words of `$v`.
        unsafe {
            core::arch::asm!(
                "xor {h:e}, dword ptr [{v} + 28]",
                "xor {g:e}, dword ptr [{v} + 24]",
                "xor {f:e}, dword ptr [{v} + 20]",
                "xor {d:e}, dword ptr [{v} + 12]",
                "xor {c:e}, dword ptr [{v} + 8]",
                "xor {b:e}, dword ptr [{v} + 4]",
                "xor {e:e}, dword ptr [{v} + 16]",
                "xor {a:e}, dword ptr [{v}]",
                "mov dword ptr [{v} + 28], {h:e}",
                "mov dword ptr [{v} + 24], {g:e}",
                "mov dword ptr [{v} + 20], {f:e}",
                "mov dword ptr [{v} + 12], {d:e}",
                "mov dword ptr [{v} + 8], {c:e}",
                "mov dword ptr [{v} + 4], {b:e}",
                "mov dword ptr [{v} + 16], {e:e}",
                "mov dword ptr [{v}], {a:e}",
                v = in(reg) $v.as_mut_ptr(),
                a = inout(reg) $a, b = inout(reg) $b, c = inout(reg) $c, d = inout(reg) $d,
                e = inout(reg) $e, f = inout(reg) $f, g = inout(reg) $g, h = inout(reg) $h,
                options(nostack),
            );
        }
    };
}

/// The function `compress` of a kernel with the features `$features`, which has the steps of the expansion:
/// `swap`, then `aligned_early`, `linear`, `p1`, `aligned_late`, `sum`, `lacking` and `complete`.
macro_rules! compress {
    ($features:literal) => {
        #[target_feature(enable = $features)]
        fn compress(v: &mut [u32; 8], blocks: &[[u8; 64]]) {
            use $crate::sm3::backend::x86_rounds::{Words, add_to_v, begin, four_rounds, load, round, store};
            let mut words = $crate::secret::Temporary::<Words>::new();
            let w: &mut Words = &mut words;
            let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *v;
            for block in blocks {
                let mut x = [0, 1, 2, 3].map(|i| swap(load(&block.as_chunks().0[i])));
                for i in 0..3 {
                    store(&mut w[i][0], x[i]);
                    store(&mut w[i][1], xor(x[i], x[i + 1]));
                }
                store(&mut w[3][0], x[3]);

                let mut a12: u32;
                begin!(w a12, a e f g h);
                four_rounds!(xor xor xor: 0, w x a12, a b c d e f g h);
                four_rounds!(xor xor xor: 1, w x a12, a b c d e f g h);
                four_rounds!(xor xor xor: 2, w x a12, a b c d e f g h);
                four_rounds!(xor xor ch: 3, w x a12, a b c d e f g h);
                four_rounds!(maj ch ch: 4, w x a12, a b c d e f g h);
                four_rounds!(maj ch ch: 5, w x a12, a b c d e f g h);
                four_rounds!(maj ch ch: 6, w x a12, a b c d e f g h);
                four_rounds!(maj ch ch: 7, w x a12, a b c d e f g h);
                four_rounds!(maj ch ch: 8, w x a12, a b c d e f g h);
                four_rounds!(maj ch ch: 9, w x a12, a b c d e f g h);
                four_rounds!(maj ch ch: 10, w x a12, a b c d e f g h);
                four_rounds!(maj ch ch: 11, w x a12, a b c d e f g h);
                four_rounds!(maj ch ch: 12, w x a12, a b c d e f g h);
                four_rounds!(last: 13, w a12, a b c d e f g h);
                four_rounds!(last: 14, w a12, a b c d e f g h);
                round!(maj ch, 60, w a12, a b c d e f g h; {} {});
                round!(maj ch, 61, w a12, d a b c h e f g; {} {});
                round!(maj ch, 62, w a12, c d a b g h e f; {} {});
                // What the last round prepares is for no other: it must not change H.
                let mut spare = h;
                round!(maj ch, 63, w a12, b c d a f g spare e; {} {});
                let _ = (a12, spare);
                add_to_v!(v, a b c d e f g h);
            }
        }
    };
}
pub(super) use {add_ff, add_to_v, begin, compress, four_rounds, gg_and_p0, round};

#[inline]
#[target_feature(enable = "sse2")]
pub(super) fn load(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: `bytes` is 16 readable bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "sse2")]
pub(super) fn store(words: &mut [u32; 4], x: __m128i) {
    // SAFETY: `words` is 16 writable bytes, and the store needs no alignment.
    unsafe { _mm_storeu_si128(words.as_mut_ptr().cast(), x) }
}
