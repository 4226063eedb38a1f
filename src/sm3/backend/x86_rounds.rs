//! The rounds of SM3 in general registers, for the kernels of x86-64, beside a message expansion in vector
//! registers that is theirs.
//!
//! The chain of a round is TT2 → P0 → E → SS1 → TT2: RORX, xor, xor, LEA (three terms), RORX, add, six
//! cycles at best. GG of the next round must not lengthen it, so most of it is taken before E is there:
//! with X = TT2 and Y = (X <<< 9) ⊕ (X <<< 17), E = X ⊕ Y, and
//! GG = (E ∧ F) ∨ (¬E ∧ G) = (E ∧ (F ⊕ G)) ⊕ G = (Y ∧ (F ⊕ G)) ⊕ (X ∧ (F ⊕ G)) ⊕ G,
//! where only the first term waits for Y. In assembly, since the compiler would undo this, and since the
//! order of the instructions decides 15 % of the time: this one was found by trying some thousand.
//!
//! The expansion is of two blocks at once, one in each half of a vector register, and stands beside the
//! rounds of the block before and of the first of the two: seven steps of four words beside each block,
//! six rounds a step. A short message is not worth the start of that: there each block is expanded
//! beside its own rounds.
#![allow(unsafe_code, reason = "a kernel: assembly, loads and stores of vector registers")]

use crate::secret::{Plain, Temporary};
use core::arch::x86_64::{__m256i, _mm256_loadu_si256, _mm256_loadu2_m128i, _mm256_storeu_si256};
use core::mem::MaybeUninit;

/// Four words of each of two blocks; not yet there at first, since zeros would take time.
pub(super) type Eight = [MaybeUninit<u32>; 8];

/// W and W' of four rounds each; and zeros.
pub(super) type Groups = [[Eight; 2]; 18];

/// Where the word W of the round after round `j` is; after the last, a zero.
pub(super) const fn next(j: usize) -> usize {
    if j == 63 { 64 * 17 } else { 64 * ((j + 1) / 4) + 4 * ((j + 1) % 4) }
}

/// Where they lie: aligned, since stores across two cache lines, by which they would be cleared, are slow.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Words(pub(super) Groups);

impl Plain for Words {
    const ZERO: Self = Self([[[MaybeUninit::new(0); 8]; 2]; 18]);
}

impl Words {
    /// Only the zeros at the end.
    #[inline]
    pub(super) fn new() -> Temporary<Self> {
        let mut words = Temporary::of(Self([[[MaybeUninit::uninit(); 8]; 2]; 18]));
        words.0[17] = [[MaybeUninit::new(0); 8]; 2];
        words
    }
}

/// The first text for a function that is the xor of three, FF or GG of the rounds 0 … 15, else the second.
macro_rules! text {
    (xor $first:literal $rest:literal) => {
        $first
    };
    (maj_or_ch $first:literal $rest:literal) => {
        $rest
    };
}

/// Round `$j` with its FF and the next round's GG, on variables named as the registers; `$a12` is A <<< 12,
/// and `$u` ⊕ `$v` is GG_j. The words are those of the block that begins with word `$lane`.
///
/// Afterwards D is TT1, the next A; H is P0(TT2), the next E; G, the next H, has W added. After the first
/// instructions stands what the vector registers do meanwhile.
macro_rules! round {
    ($ff:ident $gg:ident $j:expr, $w:ident $lane:ident $a12:ident $u:ident $v:ident, $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident; $($beside:tt)*) => {
        let s: u32;
        // SAFETY: registers only.
        unsafe {
            core::arch::asm!(
                "lea {s:e}, [{a12:r} + {e:r} + {t}]",
                "xor {u:e}, {v:e}",
                "add {h:e}, {u:e}",
                a12 = in(reg) $a12, e = in(reg) $e, h = inout(reg) $h, s = out(reg) s,
                u = inout(reg) $u => _, v = in(reg) $v,
                t = const $crate::sm3::portable::T[$j].cast_signed(),
                options(nomem, nostack),
            );
        }
        $($beside)*
        // SAFETY: reads words of `$w` at offsets in it; the kernel's CPU has BMI1 and BMI2.
        unsafe {
            core::arch::asm!(
                "mov {v:e}, {a:e}",
                "rorx {s:e}, {s:e}, 25",
                "add {d:e}, dword ptr [{w} + {w_prime}]",
                "add {g:e}, dword ptr [{w} + {next}]",
                "mov {u:e}, {e:e}",
                "xor {v:e}, {b:e}",
                $crate::sm3::backend::x86_rounds::text!($ff "" "andn {t:e}, {v:e}, {a:e}"),
                $crate::sm3::backend::x86_rounds::text!($ff "xor {v:e}, {c:e}" "add {d:e}, {t:e}"),
                $crate::sm3::backend::x86_rounds::text!($ff "add {d:e}, {v:e}" "and {v:e}, {c:e}"),
                "add {h:e}, {s:e}",
                "xor {a12:e}, {s:e}",
                $crate::sm3::backend::x86_rounds::text!($ff "" "add {d:e}, {v:e}"),
                "rorx {f:e}, {f:e}, 13",
                "rorx {b:e}, {b:e}, 23",
                "rorx {v:e}, {h:e}, 23",
                "rorx {s:e}, {h:e}, 15",
                "xor {u:e}, {f:e}",
                $crate::sm3::backend::x86_rounds::text!($gg "" "mov {t:e}, {u:e}"),
                "xor {v:e}, {s:e}",
                "add {d:e}, {a12:e}",
                $crate::sm3::backend::x86_rounds::text!($gg "xor {u:e}, {h:e}" "and {u:e}, {h:e}"),
                "xor {h:e}, {v:e}",
                $crate::sm3::backend::x86_rounds::text!($gg "" "xor {u:e}, {f:e}"),
                "rorx {a12:e}, {d:e}, 20",
                $crate::sm3::backend::x86_rounds::text!($gg "" "and {v:e}, {t:e}"),
                "/* {t:e} */",
                a12 = inout(reg) $a12, s = inout(reg) s => _,
                u = out(reg) $u, v = out(reg) $v, t = out(reg) _,
                a = in(reg) $a, b = inout(reg) $b, c = in(reg) $c, d = inout(reg) $d,
                e = in(reg) $e, f = inout(reg) $f, g = inout(reg) $g, h = inout(reg) $h,
                w = in(reg) $w.as_ptr().cast::<u32>().wrapping_add($lane),
                w_prime = const 64 * ($j / 4) + 4 * ($j % 4) + 32,
                next = const $crate::sm3::backend::x86_rounds::next($j),
                options(readonly, nostack),
            );
        }
    };
}

/// Rounds `$j` … `$j` + 3, with nothing beside them.
macro_rules! four_rounds {
    ($ff:ident $gg:ident $last:ident $j:expr, $w:ident $lane:ident $a12:ident $u:ident $v:ident, $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident) => {
        round!($ff $gg $j, $w $lane $a12 $u $v, $a $b $c $d $e $f $g $h;);
        round!($ff $gg $j + 1, $w $lane $a12 $u $v, $d $a $b $c $h $e $f $g;);
        round!($ff $gg $j + 2, $w $lane $a12 $u $v, $c $d $a $b $g $h $e $f;);
        round!($ff $last $j + 3, $w $lane $a12 $u $v, $b $c $d $a $f $g $h $e;);
    };
}

/// Rounds `$j` … `$j` + 3, and beside them the four words of W that are needed twelve rounds later.
macro_rules! four_rounds_and_words {
    ($ff:ident $gg:ident $last:ident $j:expr, $x:ident, $w:ident $lane:ident $a12:ident $u:ident $v:ident, $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident) => {
        round!($ff $gg $j, $w $lane $a12 $u $v, $a $b $c $d $e $f $g $h;
            let y = linear(&$x););
        round!($ff $gg $j + 1, $w $lane $a12 $u $v, $d $a $b $c $h $e $f $g;
            let z = p1(y););
        round!($ff $gg $j + 2, $w $lane $a12 $u $v, $c $d $a $b $g $h $e $f;
            let z = sum(z, &$x); let t = lacking(z););
        round!($ff $last $j + 3, $w $lane $a12 $u $v, $b $c $d $a $f $g $h $e;
            let next = complete(z, t);
            store(&mut $w[$j / 4 + 4][0], next);
            store(&mut $w[$j / 4 + 3][1], _mm256_xor_si256($x[3], next));
            $x = [$x[1], $x[2], $x[3], next];);
    };
}

/// Rounds `$j` … `$j` + 5, and beside them four words of W, `$n` groups after `$x`, which begins with group
/// `$from`.
macro_rules! six_rounds_and_words {
    ($j:expr, $x:ident $from:ident $n:literal, $w:ident $lane:ident $a12:ident $u:ident $v:ident, $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident) => {
        round!(maj_or_ch maj_or_ch $j, $w $lane $a12 $u $v, $a $b $c $d $e $f $g $h;
            let y = linear(&$x););
        round!(maj_or_ch maj_or_ch $j + 1, $w $lane $a12 $u $v, $d $a $b $c $h $e $f $g;
            let z = p1(y););
        round!(maj_or_ch maj_or_ch $j + 2, $w $lane $a12 $u $v, $c $d $a $b $g $h $e $f;
            let z = sum(z, &$x););
        round!(maj_or_ch maj_or_ch $j + 3, $w $lane $a12 $u $v, $b $c $d $a $f $g $h $e;
            let t = lacking(z););
        round!(maj_or_ch maj_or_ch $j + 4, $w $lane $a12 $u $v, $a $b $c $d $e $f $g $h;
            let next = complete(z, t););
        round!(maj_or_ch maj_or_ch $j + 5, $w $lane $a12 $u $v, $d $a $b $c $h $e $f $g;
            store(&mut $w[$from + $n][0], next);
            store(&mut $w[$from + $n - 1][1], _mm256_xor_si256($x[3], next));
            $x = [$x[1], $x[2], $x[3], next];);
    };
}

/// What the first round expects: H + W_0 in H, A <<< 12, and two words whose xor is GG_0.
macro_rules! begin {
    ($w:ident $lane:ident $a12:ident $u:ident $v:ident, $a:ident $e:ident $f:ident $g:ident $h:ident) => {
        // SAFETY: `message` stored the first words of both blocks.
        $h = $h.wrapping_add(unsafe { $w[0][0][$lane].assume_init() });
        let mut $a12 = $a.rotate_left(12);
        let (mut $u, mut $v) = ($f ^ $g, $e);
    };
}

/// Rounds 60 … 63, and V := V ⊕ the registers, and the registers := V.
macro_rules! end {
    ($values:ident, $w:ident $lane:ident $a12:ident $u:ident $v:ident, $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident) => {
        round!(maj_or_ch maj_or_ch 60, $w $lane $a12 $u $v, $a $b $c $d $e $f $g $h;);
        round!(maj_or_ch maj_or_ch 61, $w $lane $a12 $u $v, $d $a $b $c $h $e $f $g;);
        round!(maj_or_ch maj_or_ch 62, $w $lane $a12 $u $v, $c $d $a $b $g $h $e $f;);
        round!(maj_or_ch maj_or_ch 63, $w $lane $a12 $u $v, $b $c $d $a $f $g $h $e;);
        let _ = ($a12, $u, $v);
        add_to_v!($values, $a $b $c $d $e $f $g $h);
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
/// `swap`, then `linear`, `p1`, `sum`, `lacking` and `complete`.
macro_rules! compress {
    ($features:literal) => {
        use $crate::sm3::backend::x86_rounds::{
            Groups, Words, add_to_v, begin, end, four_rounds, four_rounds_and_words, load, load_two,
            pair, round, six_rounds_and_words, store,
        };

        #[target_feature(enable = $features)]
        fn compress(v: &mut [u32; 8], blocks: &[[u8; 64]]) {
            if blocks.len() < 4 { one_by_one(v, blocks) } else { in_pairs(v, blocks) }
        }

        #[target_feature(enable = $features)]
        fn one_by_one(v: &mut [u32; 8], blocks: &[[u8; 64]]) {
            let mut words = Words::new();
            let w = &mut words.0;
            let lane = 0;
            let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *v;
            for block in blocks {
                let mut x = message(w, [block, block]);
                begin!(w lane a12 t1 t2, a e f g h);
                four_rounds_and_words!(xor xor xor 0, x, w lane a12 t1 t2, a b c d e f g h);
                four_rounds_and_words!(xor xor xor 4, x, w lane a12 t1 t2, a b c d e f g h);
                four_rounds_and_words!(xor xor xor 8, x, w lane a12 t1 t2, a b c d e f g h);
                four_rounds_and_words!(xor xor maj_or_ch 12, x, w lane a12 t1 t2, a b c d e f g h);
                four_rounds_and_words!(maj_or_ch maj_or_ch maj_or_ch 16, x, w lane a12 t1 t2, a b c d e f g h);
                four_rounds_and_words!(maj_or_ch maj_or_ch maj_or_ch 20, x, w lane a12 t1 t2, a b c d e f g h);
                four_rounds_and_words!(maj_or_ch maj_or_ch maj_or_ch 24, x, w lane a12 t1 t2, a b c d e f g h);
                four_rounds_and_words!(maj_or_ch maj_or_ch maj_or_ch 28, x, w lane a12 t1 t2, a b c d e f g h);
                four_rounds_and_words!(maj_or_ch maj_or_ch maj_or_ch 32, x, w lane a12 t1 t2, a b c d e f g h);
                four_rounds_and_words!(maj_or_ch maj_or_ch maj_or_ch 36, x, w lane a12 t1 t2, a b c d e f g h);
                four_rounds_and_words!(maj_or_ch maj_or_ch maj_or_ch 40, x, w lane a12 t1 t2, a b c d e f g h);
                four_rounds_and_words!(maj_or_ch maj_or_ch maj_or_ch 44, x, w lane a12 t1 t2, a b c d e f g h);
                four_rounds_and_words!(maj_or_ch maj_or_ch maj_or_ch 48, x, w lane a12 t1 t2, a b c d e f g h);
                four_rounds!(maj_or_ch maj_or_ch maj_or_ch 52, w lane a12 t1 t2, a b c d e f g h);
                four_rounds!(maj_or_ch maj_or_ch maj_or_ch 56, w lane a12 t1 t2, a b c d e f g h);
                end!(v, w lane a12 t1 t2, a b c d e f g h);
                let _ = x;
            }
        }

        #[target_feature(enable = $features)]
        fn in_pairs(v: &mut [u32; 8], blocks: &[[u8; 64]]) {
            let Some(last) = blocks.last() else { return };
            let mut words = Words::new();
            let w = &mut words.0;
            let mut x = message(w, pair(blocks, 0, last));
            for i in 4..10 {
                let z = sum(p1(linear(&x)), &x);
                let next = complete(z, lacking(z));
                store(&mut w[i][0], next);
                store(&mut w[i - 1][1], _mm256_xor_si256(x[3], next));
                x = [x[1], x[2], x[3], next];
            }
            let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *v;
            for i in 0..blocks.len() {
                // Beside the first of two blocks the expansion goes on with words 24 … 27 of both, beside
                // the second with the next two; the others' first words are no longer needed by round 16.
                let (lane, from) = if i % 2 == 0 { (0, 6) } else { (4, 0) };
                let next = pair(blocks, i + i % 2, last);
                // Else there would be two of everything.
                let from: usize = core::hint::black_box(from) & 7;
                begin!(w lane a12 t1 t2, a e f g h);
                four_rounds!(xor xor xor 0, w lane a12 t1 t2, a b c d e f g h);
                four_rounds!(xor xor xor 4, w lane a12 t1 t2, a b c d e f g h);
                four_rounds!(xor xor xor 8, w lane a12 t1 t2, a b c d e f g h);
                four_rounds!(xor xor maj_or_ch 12, w lane a12 t1 t2, a b c d e f g h);
                message(w, next);
                let [x0, x1, x2, x3] = [&w[from], &w[from + 1], &w[from + 2], &w[from + 3]];
                let mut x = [load(&x0[0]), load(&x1[0]), load(&x2[0]), load(&x3[0])];
                six_rounds_and_words!(16, x from 4, w lane a12 t1 t2, a b c d e f g h);
                six_rounds_and_words!(22, x from 5, w lane a12 t1 t2, c d a b g h e f);
                six_rounds_and_words!(28, x from 6, w lane a12 t1 t2, a b c d e f g h);
                six_rounds_and_words!(34, x from 7, w lane a12 t1 t2, c d a b g h e f);
                six_rounds_and_words!(40, x from 8, w lane a12 t1 t2, a b c d e f g h);
                six_rounds_and_words!(46, x from 9, w lane a12 t1 t2, c d a b g h e f);
                six_rounds_and_words!(52, x from 10, w lane a12 t1 t2, a b c d e f g h);
                round!(maj_or_ch maj_or_ch 58, w lane a12 t1 t2, c d a b g h e f;);
                round!(maj_or_ch maj_or_ch 59, w lane a12 t1 t2, b c d a f g h e;);
                end!(v, w lane a12 t1 t2, a b c d e f g h);
                let _ = x;
            }
        }

        /// Stores the first sixteen words of W of two blocks, and twelve of W'.
        #[inline]
        #[target_feature(enable = $features)]
        fn message(w: &mut Groups, [first, second]: [&[u8; 64]; 2]) -> [__m256i; 4] {
            let x = [
                swap(load_two::<0>(first, second)),
                swap(load_two::<16>(first, second)),
                swap(load_two::<32>(first, second)),
                swap(load_two::<48>(first, second)),
            ];
            for i in 0..3 {
                store(&mut w[i][0], x[i]);
                store(&mut w[i][1], _mm256_xor_si256(x[i], x[i + 1]));
            }
            store(&mut w[3][0], x[3]);
            x
        }
    };
}
pub(super) use {
    add_to_v, begin, compress, end, four_rounds, four_rounds_and_words, round,
    six_rounds_and_words, text,
};

/// The blocks `at` and `at` + 1, or `last` where there are none.
#[inline]
pub(super) fn pair<'a>(blocks: &'a [[u8; 64]], at: usize, last: &'a [u8; 64]) -> [&'a [u8; 64]; 2] {
    [blocks.get(at).unwrap_or(last), blocks.get(at + 1).unwrap_or(last)]
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn load(words: &Eight) -> __m256i {
    // SAFETY: `words` is 32 readable bytes, stored before, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

/// 16 bytes of each, from `AT`.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn load_two<const AT: usize>(low: &[u8; 64], high: &[u8; 64]) -> __m256i {
    const { assert!(AT + 16 <= 64) };
    // SAFETY: both have 16 readable bytes from `AT`, and the loads need no alignment.
    unsafe { _mm256_loadu2_m128i(high.as_ptr().add(AT).cast(), low.as_ptr().add(AT).cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn store(words: &mut Eight, x: __m256i) {
    // SAFETY: `words` is 32 writable bytes, and the store needs no alignment.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), x) }
}
