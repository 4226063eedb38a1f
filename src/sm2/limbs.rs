//! Residues modulo p and modulo n as four 64-bit limbs, least significant first, in Montgomery form.
//!
//! Montgomery's factor is R = 2²⁵⁶. Every function takes and gives values below the modulus, unless it says
//! otherwise; `docs/sm2-limbs.md` has the bounds. All are `const`, so that tables are made by the compiler.

use core::hint::black_box;

/// An integer of 256 bits.
pub(crate) type Limbs = [u64; 4];

/// p of GB/T 32918.5-2017: 2²⁵⁶ − 2²²⁴ − 2⁹⁶ + 2⁶⁴ − 1.
pub(super) const P: Limbs =
    [0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000, 0xffff_ffff_ffff_ffff, 0xffff_fffe_ffff_ffff];

/// n of GB/T 32918.5-2017, the order of the curve.
pub(super) const N: Limbs =
    [0x53bb_f409_39d5_4123, 0x7203_df6b_21c6_052b, 0xffff_ffff_ffff_ffff, 0xffff_fffe_ffff_ffff];

/// −n⁻¹ mod 2⁶⁴. (For p it is 1.)
const N_PRIME: u64 = {
    // Newton's iteration: each step doubles the number of right bits.
    let (mut inverse, mut i) = (1_u64, 0);
    while i < 6 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(N[0].wrapping_mul(inverse)));
        i += 1;
    }
    inverse.wrapping_neg()
};

/// `a` + `b` + `carry`, and the carry.
pub(super) const fn adc(a: u64, b: u64, carry: bool) -> (u64, bool) {
    let (sum, first) = a.overflowing_add(b);
    let (sum, second) = sum.overflowing_add(carry as u64);
    (sum, first | second)
}

/// `a` − `b` − `borrow`, and the borrow.
pub(super) const fn sbb(a: u64, b: u64, borrow: bool) -> (u64, bool) {
    let (difference, first) = a.overflowing_sub(b);
    let (difference, second) = difference.overflowing_sub(borrow as u64);
    (difference, first | second)
}

/// `sum` + `a`·`b` + `carry` as lower and upper half; it is below 2¹²⁸.
#[allow(clippy::cast_possible_truncation, reason = "the halves of a u128")]
const fn mac(sum: u64, a: u64, b: u64, carry: u64) -> (u64, u64) {
    let t = sum as u128 + a as u128 * b as u128 + carry as u128;
    (t as u64, (t >> 64) as u64)
}

/// All ones if `yes`, else zero; the compiler cannot make a branch of it.
///
/// Without this it does, of the masks of table rows, of those in `invert`, and of those of sums and differences where a
/// point is doubled (Rust 1.95, seen under Valgrind).
pub(super) const fn opaque_mask(yes: bool) -> u64 {
    black_box((yes as u64).wrapping_neg())
}

/// `a` + `b` and the carry.
pub(super) const fn add_carry(a: &Limbs, b: &Limbs) -> (Limbs, bool) {
    let (r0, c) = adc(a[0], b[0], false);
    let (r1, c) = adc(a[1], b[1], c);
    let (r2, c) = adc(a[2], b[2], c);
    let (r3, c) = adc(a[3], b[3], c);
    ([r0, r1, r2, r3], c)
}

/// `a` − `b` and the borrow.
pub(super) const fn sub_borrow(a: &Limbs, b: &Limbs) -> (Limbs, bool) {
    let (r0, c) = sbb(a[0], b[0], false);
    let (r1, c) = sbb(a[1], b[1], c);
    let (r2, c) = sbb(a[2], b[2], c);
    let (r3, c) = sbb(a[3], b[3], c);
    ([r0, r1, r2, r3], c)
}

/// `a` if `mask` is all ones, 0 if it is zero.
const fn and(a: &Limbs, mask: u64) -> Limbs {
    [a[0] & mask, a[1] & mask, a[2] & mask, a[3] & mask]
}

/// `a` + 2²⁵⁶·`carry`, below 2·`m`, reduced modulo `m`.
#[inline(always)]
pub(super) const fn reduce_once(a: &Limbs, carry: bool, m: &Limbs) -> Limbs {
    let (less, borrow) = sub_borrow(a, m);
    let keep = black_box((borrow as u64).wrapping_neg() & (carry as u64).wrapping_sub(1));
    add_carry(&less, &and(m, keep)).0
}

/// `a` + `b` mod `m`.
#[inline(always)]
pub(super) const fn add(a: &Limbs, b: &Limbs, m: &Limbs) -> Limbs {
    let (sum, carry) = add_carry(a, b);
    reduce_once(&sum, carry, m)
}

/// `a` − `b` mod `m`.
#[inline(always)]
pub(super) const fn sub(a: &Limbs, b: &Limbs, m: &Limbs) -> Limbs {
    let (difference, borrow) = sub_borrow(a, b);
    add_carry(&difference, &and(m, opaque_mask(borrow))).0
}

/// `a`/2 mod `m`, an odd modulus.
#[inline(always)]
pub(super) const fn half(a: &Limbs, m: &Limbs) -> Limbs {
    let ([a0, a1, a2, a3], carry) = add_carry(a, &and(m, opaque_mask(a[0] & 1 == 1)));
    [a0 >> 1 | a1 << 63, a1 >> 1 | a2 << 63, a2 >> 1 | a3 << 63, a3 >> 1 | (carry as u64) << 63]
}

/// The product of two integers.
const fn wide_mul(a: &Limbs, b: &Limbs) -> [u64; 8] {
    let mut t = [0; 8];
    let mut i = 0;
    while i < 4 {
        let (t0, c) = mac(t[i], a[0], b[i], 0);
        let (t1, c) = mac(t[i + 1], a[1], b[i], c);
        let (t2, c) = mac(t[i + 2], a[2], b[i], c);
        let (t3, c) = mac(t[i + 3], a[3], b[i], c);
        t[i] = t0;
        t[i + 1] = t1;
        t[i + 2] = t2;
        t[i + 3] = t3;
        t[i + 4] = c;
        i += 1;
    }
    t
}

/// The square of an integer.
const fn wide_square(a: &Limbs) -> [u64; 8] {
    // The products of different limbs, once.
    let (t1, c) = mac(0, a[0], a[1], 0);
    let (t2, c) = mac(0, a[0], a[2], c);
    let (t3, t4) = mac(0, a[0], a[3], c);
    let (t3, c) = mac(t3, a[1], a[2], 0);
    let (t4, t5) = mac(t4, a[1], a[3], c);
    let (t5, t6) = mac(t5, a[2], a[3], 0);
    // Twice them, and the squares of the limbs.
    let (s0, c0) = mac(0, a[0], a[0], 0);
    let (s1, c) = adc(t1 << 1, c0, false);
    let (l2, h2) = mac(0, a[1], a[1], 0);
    let (s2, c) = adc(t2 << 1 | t1 >> 63, l2, c);
    let (s3, c) = adc(t3 << 1 | t2 >> 63, h2, c);
    let (l4, h4) = mac(0, a[2], a[2], 0);
    let (s4, c) = adc(t4 << 1 | t3 >> 63, l4, c);
    let (s5, c) = adc(t5 << 1 | t4 >> 63, h4, c);
    let (l6, h6) = mac(0, a[3], a[3], 0);
    let (s6, c) = adc(t6 << 1 | t5 >> 63, l6, c);
    let (s7, _) = adc(t6 >> 63, h6, c);
    [s0, s1, s2, s3, s4, s5, s6, s7]
}

/// One step of Montgomery's reduction modulo p: (m + t1·2⁶⁴ + t2·2¹²⁸ + t3·2¹⁹² + m·p)/2⁶⁴.
///
/// −p⁻¹ mod 2⁶⁴ is 1, so the multiple of p to add is the lowest limb m itself; and
/// p = −1 − (2³² − 1)·2⁶⁴ − 2²²⁴ + 2²⁵⁶, so that shifts make the product.
const fn p_step(m: u64, t1: u64, t2: u64, t3: u64) -> Limbs {
    let (low, high) = (m << 32, m >> 32);
    let (w0, borrow) = low.overflowing_sub(m);
    let w1 = high.wrapping_sub(borrow as u64);
    let (t1, c) = sbb(t1, w0, false);
    let (t2, c) = sbb(t2, w1, c);
    let (t3, c) = sbb(t3, low, c);
    let (t4, _) = sbb(m, high, c);
    [t1, t2, t3, t4]
}

/// `t`/R mod p, for `t` below p·R.
#[inline(always)]
const fn reduce_p(t: &[u64; 8]) -> Limbs {
    let r = p_step(t[0], t[1], t[2], t[3]);
    let r = p_step(r[0], r[1], r[2], r[3]);
    let r = p_step(r[0], r[1], r[2], r[3]);
    let r = p_step(r[0], r[1], r[2], r[3]);
    let (sum, carry) = add_carry(&r, &[t[4], t[5], t[6], t[7]]);
    reduce_once(&sum, carry, &P)
}

/// `a`·`b`/R mod p. One of the factors may be any integer below 2²⁵⁶.
#[inline(always)]
pub(super) const fn mul_p(a: &Limbs, b: &Limbs) -> Limbs {
    reduce_p(&wide_mul(a, b))
}

/// `a`²/R mod p.
#[inline(always)]
pub(super) const fn square_p(a: &Limbs) -> Limbs {
    reduce_p(&wide_square(a))
}

/// (`a`·`b` − `c`·`d`)/R mod p, with one reduction.
#[inline(always)]
pub(super) const fn mul_sub_mul_p(a: &Limbs, b: &Limbs, c: &Limbs, d: &Limbs) -> Limbs {
    reduce_p(&wide_sub(&wide_mul(a, b), &wide_mul(c, d)))
}

/// `a` − `b`, both below p·R, or p·R more if that is negative.
const fn wide_sub(a: &[u64; 8], b: &[u64; 8]) -> [u64; 8] {
    let (r0, c) = sbb(a[0], b[0], false);
    let (r1, c) = sbb(a[1], b[1], c);
    let (r2, c) = sbb(a[2], b[2], c);
    let (r3, c) = sbb(a[3], b[3], c);
    let (r4, c) = sbb(a[4], b[4], c);
    let (r5, c) = sbb(a[5], b[5], c);
    let (r6, c) = sbb(a[6], b[6], c);
    let (r7, c) = sbb(a[7], b[7], c);
    let ([r4, r5, r6, r7], _) = add_carry(&[r4, r5, r6, r7], &and(&P, opaque_mask(c)));
    [r0, r1, r2, r3, r4, r5, r6, r7]
}

/// `a`·`b`/R mod n. One of the factors may be any integer below 2²⁵⁶.
pub(super) const fn mul_n(a: &Limbs, b: &Limbs) -> Limbs {
    let mut t = wide_mul(a, b);
    let (mut i, mut carry) = (0, false);
    while i < 4 {
        let m = t[i].wrapping_mul(N_PRIME);
        let (_, c) = mac(t[i], m, N[0], 0);
        let (t1, c) = mac(t[i + 1], m, N[1], c);
        let (t2, c) = mac(t[i + 2], m, N[2], c);
        let (t3, c) = mac(t[i + 3], m, N[3], c);
        let (t4, c) = adc(t[i + 4], c, carry);
        t[i + 1] = t1;
        t[i + 2] = t2;
        t[i + 3] = t3;
        t[i + 4] = t4;
        carry = c;
        i += 1;
    }
    reduce_once(&[t[4], t[5], t[6], t[7]], carry, &N)
}

/// R mod `m`: 1 in Montgomery form. (R < 2·`m`.)
pub(super) const fn r(m: &Limbs) -> Limbs {
    sub_borrow(&[0; 4], m).0
}

/// 2ᵏ·`a` mod `m`.
pub(super) const fn shift(a: &Limbs, k: u32, m: &Limbs) -> Limbs {
    let (mut a, mut i) = (*a, 0);
    while i < k {
        a = add(&a, &a, m);
        i += 1;
    }
    a
}

/// The integer whose 32 bytes, most significant first, these are.
pub(super) const fn from_be_bytes(bytes: &[u8; 32]) -> Limbs {
    let (mut limbs, mut i) = ([0; 4], 0);
    while i < 32 {
        limbs[3 - i / 8] = limbs[3 - i / 8] << 8 | bytes[i] as u64;
        i += 1;
    }
    limbs
}

/// The 32 bytes of an integer, most significant first.
#[allow(clippy::cast_possible_truncation, reason = "the lowest byte is wanted")]
pub(super) const fn to_be_bytes(limbs: &Limbs) -> [u8; 32] {
    let (mut bytes, mut i) = ([0; 32], 0);
    while i < 32 {
        bytes[i] = (limbs[3 - i / 8] >> (56 - 8 * (i % 8))) as u8;
        i += 1;
    }
    bytes
}
