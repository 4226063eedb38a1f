//! Inversion modulo an odd number in constant time, by division steps.
//!
//! A division step takes (δ, f, g), f odd, to (1 − δ, g, (g − f)/2) if δ > 0 and g is odd, else to
//! (1 + δ, f, (g + (g mod 2)·f)/2). From δ = 1/2, f = m and 0 ≤ g < m < 2²⁵⁶, 590 steps always end with g = 0 and
//! f = ± gcd(m, g). The steps depend on the lowest bits alone, so 59 are made on one word, and their
//! matrix is then applied to the whole numbers: ten rounds.
//!
//! Source: D. J. Bernstein, B.-Y. Yang, *Fast constant-time gcd computation and modular inversion*, TCHES
//! 2019(3); the start at δ = 1/2 and its bound: P. Wuille's notes on safegcd, 2021, with proof by computation.

use super::limbs::Limbs;
use core::hint::black_box;

/// Steps in a round, and bits of a limb in this file.
const BITS: u32 = 59;
const ROUNDS: usize = 10;
const MASK: i64 = (1 << BITS) - 1;

/// A signed integer: five limbs of 59 bits, all but the top one not negative.
type Signed = [i64; 5];

/// The steps of a round as a matrix: 2⁵⁹·(f', g') = (u·f + v·g, q·f + r·g).
struct Matrix {
    u: i64,
    v: i64,
    q: i64,
    r: i64,
}

/// What inversion modulo m must know of m.
pub(super) struct Modulus {
    m: Signed,
    /// m⁻¹ mod 2⁵⁹.
    inverse: i64,
    /// What the inverse is multiplied by.
    factor: Signed,
}

impl Modulus {
    /// The inverse of a will be `factor`/a mod `m`.
    pub(super) const fn new(m: &Limbs, factor: &Limbs) -> Self {
        let (mut inverse, mut i) = (1_u64, 0);
        while i < 6 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(m[0].wrapping_mul(inverse)));
            i += 1;
        }
        Self { m: split(m), inverse: inverse.cast_signed() & MASK, factor: split(factor) }
    }

    /// `factor`/`x` mod m, for `x` below m; 0 if `x` is 0.
    pub(super) fn invert(&self, x: &Limbs) -> Limbs {
        let (mut f, mut g) = (self.m, split(x));
        // d·x ≡ f·factor and e·x ≡ g·factor (mod m), d and e in (−2m, m).
        let (mut d, mut e) = ([0; 5], self.factor);
        let mut zeta = -1;
        for _ in 0..ROUNDS {
            let t = steps(&mut zeta, low(&f), low(&g));
            self.update_factors(&mut d, &mut e, &t);
            update(&mut f, &mut g, &t);
        }
        self.normalise(d, black_box(f[4] >> 63))
    }

    /// Applies `t`/2⁵⁹ to (`d`, `e`) modulo m; both stay in (−2m, m).
    fn update_factors(&self, d: &mut Signed, e: &mut Signed, t: &Matrix) {
        let (m, wide) = (&self.m, |a: i64, b: i64| i128::from(a) * i128::from(b));
        // Negative numbers are first raised by m: the multiples of m to add, so far.
        let (d_sign, e_sign) = black_box((d[4] >> 63, e[4] >> 63));
        let mut d_times = (t.u & d_sign) + (t.v & e_sign);
        let mut e_times = (t.q & d_sign) + (t.r & e_sign);
        let mut d_sum = wide(t.u, d[0]) + wide(t.v, e[0]);
        let mut e_sum = wide(t.q, d[0]) + wide(t.r, e[0]);
        // Then a multiple of m that clears the lowest 59 bits.
        d_times -= (self.inverse.wrapping_mul(low_word(d_sum)).wrapping_add(d_times)) & MASK;
        e_times -= (self.inverse.wrapping_mul(low_word(e_sum)).wrapping_add(e_times)) & MASK;
        d_sum = (d_sum + wide(m[0], d_times)) >> BITS;
        e_sum = (e_sum + wide(m[0], e_times)) >> BITS;
        for i in 1..5 {
            d_sum += wide(t.u, d[i]) + wide(t.v, e[i]) + wide(m[i], d_times);
            e_sum += wide(t.q, d[i]) + wide(t.r, e[i]) + wide(m[i], e_times);
            d[i - 1] = low_word(d_sum) & MASK;
            e[i - 1] = low_word(e_sum) & MASK;
            d_sum >>= BITS;
            e_sum >>= BITS;
        }
        d[4] = low_word(d_sum);
        e[4] = low_word(e_sum);
    }

    /// `d`, or −`d` if `sign` is all ones, for `d` in (−2m, m): reduced modulo m.
    fn normalise(&self, mut d: Signed, sign: i64) -> Limbs {
        self.raise(&mut d);
        for limb in &mut d {
            *limb = (*limb ^ sign) - sign;
        }
        carry(&mut d);
        self.raise(&mut d);
        join(&d)
    }

    /// Adds m if `d` is negative.
    fn raise(&self, d: &mut Signed) {
        let negative = black_box(d[4] >> 63);
        for (limb, m) in d.iter_mut().zip(&self.m) {
            *limb += m & negative;
        }
        carry(d);
    }
}

/// 59 steps from the lowest bits of f and g. `zeta` is −(δ + 1/2).
#[inline(always)]
fn steps(zeta: &mut i64, mut f: u64, mut g: u64) -> Matrix {
    let a = half_steps::<30>(zeta, &mut f, &mut g);
    let b = half_steps::<29>(zeta, &mut f, &mut g);
    Matrix {
        u: b.u * a.u + b.v * a.q,
        v: b.u * a.v + b.v * a.r,
        q: b.q * a.u + b.r * a.q,
        r: b.q * a.v + b.r * a.r,
    }
}

/// `COUNT` steps, at most 30: the entries of a row, below 2³¹, are the halves of one word, u + 2³²·v.
#[inline(always)]
fn half_steps<const COUNT: u32>(zeta: &mut i64, f: &mut u64, g: &mut u64) -> Matrix {
    let (mut uv, mut qr) = (1_u64, 1_u64 << 32);
    for _ in 0..COUNT {
        let swap = (*zeta >> 63).cast_unsigned();
        let odd = (*g & 1).wrapping_neg();
        // g ± f if g is odd, with minus if δ > 0; likewise its row of the matrix.
        *g = g.wrapping_add(((*f ^ swap).wrapping_sub(swap)) & odd);
        qr = qr.wrapping_add(((uv ^ swap).wrapping_sub(swap)) & odd);
        // The new f is the old g: f + (g − f).
        let swap = swap & odd;
        *zeta = (*zeta ^ swap.cast_signed()) - 1;
        *f = f.wrapping_add(*g & swap);
        uv = uv.wrapping_add(qr & swap) << 1;
        *g >>= 1;
    }
    let ((u, v), (q, r)) = (halves(uv), halves(qr));
    Matrix { u, v, q, r }
}

/// The numbers a and b, below 2³¹ in absolute value, of a + 2³²·b.
fn halves(word: u64) -> (i64, i64) {
    let low = (word << 32).cast_signed() >> 32;
    (low, word.cast_signed().wrapping_sub(low) >> 32)
}

/// Applies `t`/2⁵⁹, which divides, to (`f`, `g`).
fn update(f: &mut Signed, g: &mut Signed, t: &Matrix) {
    let wide = |a: i64, b: i64| i128::from(a) * i128::from(b);
    let mut f_sum = (wide(t.u, f[0]) + wide(t.v, g[0])) >> BITS;
    let mut g_sum = (wide(t.q, f[0]) + wide(t.r, g[0])) >> BITS;
    for i in 1..5 {
        f_sum += wide(t.u, f[i]) + wide(t.v, g[i]);
        g_sum += wide(t.q, f[i]) + wide(t.r, g[i]);
        f[i - 1] = low_word(f_sum) & MASK;
        g[i - 1] = low_word(g_sum) & MASK;
        f_sum >>= BITS;
        g_sum >>= BITS;
    }
    f[4] = low_word(f_sum);
    g[4] = low_word(g_sum);
}

/// The lowest 64 bits.
fn low(a: &Signed) -> u64 {
    (a[0] | a[1] << BITS).cast_unsigned()
}

#[allow(clippy::cast_possible_truncation, reason = "the lower half is wanted")]
const fn low_word(a: i128) -> i64 {
    a as i64
}

/// Brings all limbs but the top one into [0, 2⁵⁹).
fn carry(a: &mut Signed) {
    for i in 0..4 {
        a[i + 1] += a[i] >> BITS;
        a[i] &= MASK;
    }
}

const fn split(a: &Limbs) -> Signed {
    [
        a[0].cast_signed() & MASK,
        (a[0] >> 59 | a[1] << 5).cast_signed() & MASK,
        (a[1] >> 54 | a[2] << 10).cast_signed() & MASK,
        (a[2] >> 49 | a[3] << 15).cast_signed() & MASK,
        (a[3] >> 44).cast_signed(),
    ]
}

/// The inverse of [`split`], for `a` in [0, 2²⁵⁶).
fn join(a: &Signed) -> Limbs {
    let a = a.map(i64::cast_unsigned);
    [a[0] | a[1] << 59, a[1] >> 5 | a[2] << 54, a[2] >> 10 | a[3] << 49, a[3] >> 15 | a[4] << 44]
}
