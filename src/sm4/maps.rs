//! SM4's S-box through the inversion of AES, and the byte maps that take the place of SM4's linear steps.
//!
//! S(x) = A·I(A·x ⊕ d3) ⊕ d3 with I the inversion in GF(2)\[α\]/(α⁸+α⁷+α⁶+α⁵+α⁴+α²+1) and a circulant A. An isomorphism φ
//! takes that field to the one of AES (α to a root of the polynomial there), so with [`M`] = φA, m = φ(d3) and inversion ⁻¹ in
//! the field of AES: S(x) = [`N_INVERSE`]·(M·x ⊕ m)⁻¹ ⊕ d3, and with the S-box of AES in place of ⁻¹: [`N_AES`], [`N_AES_CONSTANT`].
//!
//! The kernels keep X' = M·X, byte by byte, from the first round to the last. Then M·rk ⊕ m ⊕ X1' ⊕ X2' ⊕ X3' is the
//! argument of the inversion, and what a round adds to X0' are byte maps of its result in four rotations:
//! with U = ≪ 2 and V = ≫ 6 within a byte, byte i of L(b) is (I⊕U)·b_i ⊕ (U⊕V)·(b_(i−1) ⊕ b_(i−2)) ⊕ (I⊕V)·b_(i−3), counted from
//! the least significant. The maps of the middle and the last term are [`Layer::beta`] and [`Layer::gamma`] = α ⊕ β.
#![allow(dead_code, reason = "for the kernels of some architectures")]
#![allow(clippy::cast_possible_truncation, reason = "bytes of words")]

/// A linear map on bytes: the images of the bits, from the least significant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Map(pub(super) [u8; 8]);

/// M: from bytes of SM4 to arguments of the inversion of AES. Of the eight isomorphisms the one with φ(α) = 23.
pub(super) const M: Map = Map([0x8c, 0x30, 0x85, 0x9f, 0xdc, 0x2e, 0xc5, 0x08]);
/// m = φ(d3).
pub(super) const M_CONSTANT: u8 = 0x3e;
/// S(x) = this · (M·x ⊕ m)⁻¹ ⊕ d3.
const N_INVERSE: Map = Map([0xcb, 0x23, 0x74, 0x8a, 0x55, 0x7f, 0x11, 0xeb]);
const N_INVERSE_CONSTANT: u8 = 0xd3;
/// S(x) = this · (S-box of AES)(M·x ⊕ m) ⊕ 6c.
const N_AES: Map = Map([0xb8, 0xca, 0x3e, 0x67, 0xe0, 0x50, 0x9d, 0xc0]);
const N_AES_CONSTANT: u8 = 0x6c;
/// M⁻¹.
pub(super) const M_BACK: Map = M.inverse();

/// What a round of encryption does after the S-box: the maps α, β and γ = α ⊕ β with
/// X0' ⊕= α(z) ⊕ (β(z) ⋘ 8) ⊕ (β(z) ⋘ 16) ⊕ (γ(z) ⋘ 24) ⊕ `constant`, z the bytes that come out of the inversion (or the
/// S-box of AES).
#[derive(Clone, Copy, Debug)]
pub(super) struct Layer {
    pub(super) alpha: Map,
    pub(super) beta: Map,
    pub(super) gamma: Map,
    /// The sum of the images of the constant of the S-box: in each byte.
    pub(super) constant: u8,
    /// What added to z in each byte has the same effect as `constant`: N⁻¹ of the S-box's constant.
    pub(super) constant_before: u8,
}

pub(super) const AES: Layer = Layer::new(N_AES, N_AES_CONSTANT);
pub(super) const INVERSE: Layer = Layer::new(N_INVERSE, N_INVERSE_CONSTANT);

/// The same for the key schedule, without U and V: L'(b) = b ⊕ (b ⋘ 13) ⊕ (b ⋘ 23). Words of the schedule are kept
/// as X' = M·X too, so that its round keys are M·rk at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyLayer {
    /// Byte i of L'(b) is b_i ⊕ V3(b_(i−2)) ⊕ U5(b_(i−1)) ⊕ V1(b_(i−3)) ⊕ U7(b_(i−2)), U5 = ≪ 5, V3 = ≫ 3, U7 = ≪ 7, V1 = ≫ 1: the maps
    /// of z for rotations by 0, 8, 16 and 24 bits.
    pub(super) rotated: [Map; 4],
    pub(super) constant: u8,
    pub(super) constant_before: u8,
}

pub(super) const KEY_AES: KeyLayer = KeyLayer::new(N_AES, N_AES_CONSTANT);
pub(super) const KEY_INVERSE: KeyLayer = KeyLayer::new(N_INVERSE, N_INVERSE_CONSTANT);

impl Layer {
    const fn new(n: Map, n_constant: u8) -> Self {
        let (identity, u, v) = (Map::shift(0), Map::shift(2), Map::shift(-6));
        let (m_u, m_v) = (M.after(identity.plus(u)), M.after(u.plus(v)));
        let (alpha, beta) = (m_u.after(n), m_v.after(n));
        // For four equal bytes twice U⊕V cancels: (I⊕U)·c ⊕ (I⊕V)·c = c ⋘ 2.
        let constant = M.byte(n_constant.rotate_left(2));
        Self {
            alpha,
            beta,
            gamma: alpha.plus(beta),
            constant,
            constant_before: n.inverse().byte(n_constant),
        }
    }
}

impl KeyLayer {
    const fn new(n: Map, n_constant: u8) -> Self {
        let rotated = [
            M.after(n),
            M.after(Map::shift(5)).after(n),
            M.after(Map::shift(-3).plus(Map::shift(7))).after(n),
            M.after(Map::shift(-1)).after(n),
        ];
        let c = n_constant;
        let constant = M.byte(c ^ c.rotate_left(5) ^ c.rotate_left(7));
        Self { rotated, constant, constant_before: n.inverse().byte(n_constant) }
    }
}

impl Map {
    /// ≪ `left` bits within a byte, or ≫ −`left`.
    const fn shift(left: i32) -> Self {
        let (mut images, mut i) = ([0; 8], 0);
        while i < 8 {
            let bit = 1_u8 << i;
            images[i] = if left < 0 { bit >> -left } else { bit << left };
            i += 1;
        }
        Self(images)
    }

    pub(super) const fn byte(self, x: u8) -> u8 {
        let (mut y, mut i) = (0, 0);
        while i < 8 {
            y ^= self.0[i] * (x >> i & 1);
            i += 1;
        }
        y
    }

    /// The image of each byte of a word.
    pub(super) const fn word(self, x: u32) -> u32 {
        let b = x.to_be_bytes();
        u32::from_be_bytes([self.byte(b[0]), self.byte(b[1]), self.byte(b[2]), self.byte(b[3])])
    }

    /// self ∘ `first`.
    pub(super) const fn after(self, first: Self) -> Self {
        let (mut images, mut i) = ([0; 8], 0);
        while i < 8 {
            images[i] = self.byte(first.0[i]);
            i += 1;
        }
        Self(images)
    }

    pub(super) const fn plus(self, other: Self) -> Self {
        let (mut images, mut i) = (self.0, 0);
        while i < 8 {
            images[i] ^= other.0[i];
            i += 1;
        }
        Self(images)
    }

    /// The inverse of a bijection.
    const fn inverse(self) -> Self {
        let (mut images, mut x) = ([0; 8], 0_u8);
        loop {
            let y = self.byte(x);
            if y.is_power_of_two() {
                images[y.trailing_zeros() as usize] = x;
            }
            if x == 255 {
                return Self(images);
            }
            x += 1;
        }
    }

    /// The images of the lower and of the upper half of a byte, whose sum is the image: for instructions that look up 16 bytes.
    pub(super) const fn nibbles(self) -> [[u8; 16]; 2] {
        let (mut tables, mut x) = ([[0; 16]; 2], 0);
        while x < 16 {
            tables[0][x] = self.byte(x as u8);
            tables[1][x] = self.byte((x as u8) << 4);
            x += 1;
        }
        tables
    }

    /// The matrix as GFNI takes it: byte 7 − i is the mask whose parity makes bit i.
    #[allow(clippy::cast_possible_wrap, reason = "as the intrinsics take it")]
    pub(super) const fn matrix(self) -> i64 {
        let (mut rows, mut i) = ([0_u8; 8], 0);
        while i < 8 {
            let mut j = 0;
            while j < 8 {
                rows[7 - i] |= (self.0[j] >> i & 1) << j;
                j += 1;
            }
            i += 1;
        }
        i64::from_le_bytes(rows)
    }
}
