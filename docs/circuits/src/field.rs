//! The field of S1, L = GF(2)[t]/(t^8 + t^7 + t^3 + t + 1), and its subfield K of 16 elements.

pub fn mul(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    while b != 0 {
        product ^= a & (b & 1).wrapping_neg();
        a = a << 1 ^ (a >> 7).wrapping_neg() & 0x8b;
        b >>= 1;
    }
    product
}

/// x^(2^n).
pub fn frobenius(x: u8, n: usize) -> u8 {
    (0..n).fold(x, |x, _| mul(x, x))
}

/// x^254: the inverse, or 0 for 0.
pub fn inv(x: u8) -> u8 {
    (1..8).fold(1, |product, n| mul(product, frobenius(x, n)))
}

pub fn sqrt(x: u8) -> u8 {
    frobenius(x, 7)
}

/// The relative trace from L to K: x + x^16.
pub fn trace_to_k(x: u8) -> u8 {
    x ^ frobenius(x, 4)
}

/// The trace from K to GF(2).
pub fn trace_of_k(x: u8) -> u8 {
    (0..4).fold(0, |sum, n| sum ^ frobenius(x, n))
}

/// The linear form x -> Tr(u x) on L, as the mask of the bits of x that it adds up.
pub fn form(u: u8) -> u8 {
    (0..8).fold(0, |mask, i| {
        mask | trace_of_k(trace_to_k(mul(u, 1 << i))) << i
    })
}

/// The non-zero elements of K as powers w^0 to w^14 of a generator.
pub fn powers_of_k() -> [u8; 15] {
    let powers = |w: u8| -> [u8; 15] {
        let mut powers = [1; 15];
        for n in 1..15 {
            powers[n] = mul(powers[n - 1], w);
        }
        powers
    };
    let generates = |w: &u8| trace_to_k(*w) == 0 && !powers(*w)[1..].contains(&1);
    powers((2..=255).find(generates).expect("K has generators"))
}
