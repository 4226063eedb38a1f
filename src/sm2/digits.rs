//! Scalars as signed digits: all odd in constant time, mostly zero for public ones.

use super::{
    limbs::{self, Limbs, N, opaque_mask},
    scalar::Scalar,
};
use crate::secret::Temporary;

/// A scalar as signed odd digits of w bits: k ≡ ± Σ dᵢ·2^(w·i), all dᵢ odd and below 2ʷ in absolute value.
///
/// Of k and n − k one is odd (0 becomes n): k' in [1, n]. With as many bits as there are digits, say 2^B,
/// k' = Σ sᵢ·2ⁱ with signs sᵢ = 2bᵢ − 1 has the one solution b = (k' + 2^B − 1)/2 = ⌊k'/2⌋ + 2^(B − 1). A digit is w
/// of these signs. No digit is zero, so that nothing is skipped, and only half of the multiples are needed.
///
/// Source: M. Joye, M. Tunstall, *Exponent recoding and regular exponentiation algorithms*, AFRICACRYPT 2009.
pub(super) struct OddDigits<const WIDTH: u32> {
    bits: Temporary<[u64; 5]>,
    negative: Temporary<u64>,
}

impl<const WIDTH: u32> OddDigits<WIDTH> {
    /// `digits` digits of `k`; `digits`·`WIDTH` is in [256, 320).
    pub(super) fn new(k: &Scalar, digits: usize) -> Self {
        let mut digits_of = Self::empty();
        digits_of.set(k, digits);
        digits_of
    }

    /// No digits yet.
    pub(super) fn empty() -> Self {
        Self { bits: Temporary::new(), negative: Temporary::new() }
    }

    /// As [`Self::new`], in place: what is moved leaves a copy behind.
    pub(super) fn set(&mut self, k: &Scalar, digits: usize) {
        let k = k.to_integer();
        let even = opaque_mask(k[0] & 1 == 0);
        let (other, _) = limbs::sub_borrow(&N, &k);
        let odd: Limbs = core::array::from_fn(|i| k[i] ^ (even & (k[i] ^ other[i])));
        let bits = &mut *self.bits;
        for i in 0..4 {
            bits[i] = odd[i] >> 1 | odd.get(i + 1).unwrap_or(&0) << 63;
        }
        let top = digits * WIDTH as usize - 1;
        bits[top / 64] |= 1 << (top % 64);
        *self.negative = even;
    }

    /// Digit `i` as (j, mask): the digit is 2j + 1, or −(2j + 1) if the mask is all ones.
    #[inline(always)]
    pub(super) fn digit(&self, i: usize) -> (u64, u64) {
        let bit = i * WIDTH as usize;
        let (word, shift) = (bit / 64, bit % 64);
        let next = self.bits.get(word + 1).copied().unwrap_or(0);
        let v = self.bits[word] >> shift | next << 1 << (63 - shift);
        let negative = opaque_mask(v >> (WIDTH - 1) & 1 == 0);
        ((v ^ negative) & ((1 << (WIDTH - 1)) - 1), negative)
    }

    /// All ones if the sum of the digits is −k.
    pub(super) fn negative(&self) -> u64 {
        *self.negative
    }
}

/// A public scalar in non-adjacent form: k = Σ dᵢ·2ⁱ, dᵢ zero or odd and below 2^(`width` − 1) in absolute value,
/// of `width` digits in a row at most one not zero.
pub(super) fn naf_vartime(k: &Scalar, width: u32) -> [i16; 257] {
    let k = k.to_integer();
    let (mut naf, mut position, mut carry) = ([0; 257], 0, 0);
    while position < 257 {
        let (word, shift) = (position / 64, position % 64);
        let [low, high] = [word, word + 1].map(|i| k.get(i).copied().unwrap_or(0));
        let window = (low >> shift | high << 1 << (63 - shift)) & ((1 << width) - 1);
        let window = i64::try_from(window).unwrap_or(0) + carry;
        if window & 1 == 0 {
            position += 1;
            continue;
        }
        carry = i64::from(window >> (width - 1) != 0);
        naf[position] = i16::try_from(window - (carry << width)).unwrap_or(0);
        position += width as usize;
    }
    naf
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::vec::Vec;

    fn scalars() -> Vec<Scalar> {
        let minus_one = -Scalar::ONE;
        let mut scalars = std::vec![Scalar::ZERO, Scalar::ONE, minus_one, minus_one.half()];
        for i in 0..300_u64 {
            let last = scalars[scalars.len() - 1];
            scalars.push(last * last + Scalar::from_integer(&[i, 7, i << 60, 0]));
        }
        scalars
    }

    fn value(digit: i64) -> Scalar {
        let absolute = Scalar::from_integer(&[digit.unsigned_abs(), 0, 0, 0]);
        if digit < 0 { -absolute } else { absolute }
    }

    fn odd_digits_add_up<const WIDTH: u32>(digits: usize) {
        for k in scalars() {
            let recoded = OddDigits::<WIDTH>::new(&k, digits);
            let mut sum = Scalar::ZERO;
            for i in (0..digits).rev() {
                let (j, negative) = recoded.digit(i);
                assert!(j < 1 << (WIDTH - 1));
                let digit = 2 * j.cast_signed() + 1;
                sum = Scalar::montgomery(limbs::shift(&sum.0, WIDTH, &N));
                sum = sum + value(if negative == 0 { digit } else { -digit });
            }
            let sum = if recoded.negative() == 0 { sum } else { -sum };
            assert_eq!(sum.to_integer(), k.to_integer());
        }
    }

    #[test]
    fn odd_digits_of_every_width_add_up() {
        odd_digits_add_up::<4>(64);
        odd_digits_add_up::<5>(52);
        odd_digits_add_up::<6>(43);
        odd_digits_add_up::<6>(45);
        odd_digits_add_up::<7>(37);
    }

    #[test]
    fn non_adjacent_forms_add_up() {
        for k in scalars() {
            for width in [5, 7, 8, 12] {
                let mut sum = Scalar::ZERO;
                let naf = naf_vartime(&k, width);
                for digit in naf.iter().rev() {
                    sum = sum + sum + value(i64::from(*digit));
                }
                assert_eq!(sum.to_integer(), k.to_integer());
                let apart = naf.windows(width as usize);
                let mut counts = apart.map(|digits| digits.iter().filter(|d| **d != 0).count());
                assert!(counts.all(|count| count <= 1));
            }
        }
    }
}
