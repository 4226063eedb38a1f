//! What integers modulo p and modulo n have in common: arithmetic, and the traits of `ff`.

/// The operators of `$type`, and its way from and to integers.
macro_rules! residue {
    ($type:ident of $residue:ty) => {
        value!($type);
        operator!(Add add, AddAssign add_assign: $type, $type, |a: &$type, b: &$type| $type(a.0 + b.0));
        operator!(Sub sub, SubAssign sub_assign: $type, $type, |a: &$type, b: &$type| $type(a.0 - b.0));
        operator!(Mul mul, MulAssign mul_assign: $type, $type, |a: &$type, b: &$type| $type(a.0 * b.0));
        fold!(Sum sum, $type, Self(<$residue>::ZERO), |a, b| a + b);
        fold!(Product product, $type, Self(<$residue>::ONE), |a, b| a * b);

        impl core::ops::Neg for $type {
            type Output = Self;
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }
        impl core::ops::Neg for &$type {
            type Output = $type;
            fn neg(self) -> $type {
                $type(-self.0)
            }
        }
        impl From<u64> for $type {
            fn from(integer: u64) -> Self {
                Self(<$residue>::from_integer(&[integer, 0, 0, 0]))
            }
        }
        impl From<u32> for $type {
            fn from(integer: u32) -> Self {
                u64::from(integer).into()
            }
        }
        impl From<$type> for U256 {
            fn from(value: $type) -> Self {
                Self::from(&value)
            }
        }
        impl From<&$type> for U256 {
            fn from(value: &$type) -> Self {
                Self::from_be_slice(&value.0.to_bytes())
            }
        }
        impl Retrieve for $type {
            type Output = U256;
            fn retrieve(&self) -> U256 {
                self.into()
            }
        }
        impl Reduce<U256> for $type {
            fn reduce(integer: &U256) -> Self {
                Self::reduce(&integer.to_be_byte_array())
            }
        }
        impl Reduce<FieldBytes<Sm2>> for $type {
            fn reduce(bytes: &FieldBytes<Sm2>) -> Self {
                Self(<$residue>::from_bytes_reduced(&bytes.0))
            }
        }
        impl Invert for $type {
            type Output = CtOption<Self>;
            fn invert(&self) -> CtOption<Self> {
                CtOption::new(Self(self.0.invert()), !self.0.is_zero())
            }
        }
        impl BatchInvert for $type {}
    };
}
pub(super) use residue;

/// The traits of `ff` and `Generate` for `$type`, modulo `$modulus`, which is 3 modulo 4: `$root` gives a square root of a
/// square, and of the negative of others. `$generator` generates what is not 0.
macro_rules! prime_field {
    ($type:ident of $residue:ty, $modulus:expr, $generator:literal, $root:expr) => {
        impl Field for $type {
            const ZERO: Self = Self(<$residue>::ZERO);
            const ONE: Self = Self(<$residue>::ONE);

            /// Each integer of the range being as likely as any other.
            fn try_random<R: TryRng + ?Sized>(rng: &mut R) -> Result<Self, R::Error> {
                let mut bytes = Temporary::<[u8; 32]>::new();
                loop {
                    rng.try_fill_bytes(&mut *bytes)?;
                    if let Some(value) = Option::from(<$residue>::from_bytes(&bytes)) {
                        return Ok(Self(value));
                    }
                }
            }
            fn square(&self) -> Self {
                Self(self.0.square())
            }
            fn double(&self) -> Self {
                self + self
            }
            fn invert(&self) -> CtOption<Self> {
                Invert::invert(self)
            }
            fn sqrt(&self) -> CtOption<Self> {
                let root = $root(self);
                CtOption::new(root, root.square().ct_eq(self))
            }
            fn sqrt_ratio(num: &Self, div: &Self) -> (Choice, Self) {
                let ratio = num * Self(div.0.invert());
                let root = $root(&ratio);
                (root.square().ct_eq(&ratio) & (!div.is_zero() | num.is_zero()), root)
            }
        }
        impl PrimeField for $type {
            type Repr = FieldBytes<Sm2>;

            fn from_repr(bytes: FieldBytes<Sm2>) -> CtOption<Self> {
                <$residue>::from_bytes(&bytes.0).map(Self)
            }
            fn to_repr(&self) -> FieldBytes<Sm2> {
                self.0.to_bytes().into()
            }
            fn is_odd(&self) -> Choice {
                self.0.is_odd()
            }
            const MODULUS: &'static str = $modulus;
            const NUM_BITS: u32 = 256;
            const CAPACITY: u32 = 255;
            const TWO_INV: Self = Self(<$residue>::HALF);
            const MULTIPLICATIVE_GENERATOR: Self =
                Self(<$residue>::constant(&[$generator, 0, 0, 0]));
            const S: u32 = 1;
            const ROOT_OF_UNITY: Self = Self(<$residue>::MINUS_ONE);
            const ROOT_OF_UNITY_INV: Self = Self::ROOT_OF_UNITY;
            const DELTA: Self = Self(<$residue>::constant(&[$generator * $generator, 0, 0, 0]));
        }
        impl Generate for $type {
            fn try_generate_from_rng<R: TryCryptoRng + ?Sized>(
                rng: &mut R,
            ) -> Result<Self, R::Error> {
                Self::try_random(rng)
            }
        }
    };
}
pub(super) use prime_field;
