//! SM2: the public-key algorithms of GB/T 32918. So far: the arithmetic of its curve, for this crate's use.
#![allow(dead_code, reason = "what signatures, encryption and key exchange will use")]

mod backend;
mod base_table;
mod digits;
mod ecdh;
mod field;
mod identity;
mod invert;
pub mod kex;
mod keys;
mod limbs;
mod multiply;
pub mod pke;
mod point;
mod portable;
mod residue;
mod scalar;
mod table;
#[cfg(test)]
mod test_values;

pub use ecdh::{SharedSecret, diffie_hellman};
pub use identity::{DEFAULT_ID, IdTooLong, TLS13_ID};
pub use keys::{KeyError, PublicKey, SecretKey};

#[cfg(feature = "__backends")]
#[doc(hidden)]
pub mod __backends {
    //! Every backend by hand: for the tests, benches and fuzz targets of this crate alone.
    use super::{
        backend,
        base_table::{LARGE_TABLE, SMALL_TABLE},
        field::FieldElement,
        multiply::KeyTable,
        point::{AffinePoint, JacobianPoint},
        scalar::Scalar,
    };

    /// A backend that this CPU can run.
    #[derive(Clone, Copy, Debug)]
    pub struct Backend(pub(super) backend::Backend);

    /// A point as the 64 bytes of x and y.
    pub type Bytes = [u8; 64];

    /// The table of a point.
    #[derive(Clone)]
    #[allow(missing_debug_implementations, reason = "hidden")]
    pub struct Prepared(KeyTable);

    #[allow(missing_docs, clippy::must_use_candidate, reason = "hidden")]
    impl Backend {
        /// All of them, fastest first.
        pub fn all() -> impl Iterator<Item = Self> {
            backend::Backend::all().map(Self)
        }
        pub fn name(self) -> &'static str {
            self.0.name()
        }
        pub fn mul_base(self, k: &[u8; 32]) -> Option<Bytes> {
            affine(self.0.mul_base(&Scalar::from_bytes_reduced(k)))
        }
        /// As [`Self::mul_base`] by the large table, and by the small one.
        pub fn mul_base_tables(self, k: &[u8; 32]) -> [Option<Bytes>; 2] {
            let k = Scalar::from_bytes_reduced(k);
            [self.0.mul_table(&k, &LARGE_TABLE), self.0.mul_table(&k, &SMALL_TABLE)].map(affine)
        }
        pub fn mul(self, k: &[u8; 32], p: &Bytes) -> Option<Bytes> {
            affine(self.0.mul(&Scalar::from_bytes_reduced(k), &point(p)?))
        }
        /// Whether the x coordinate of u·G + v·P is `x`.
        pub fn mul_add_vartime(self, u: &[u8; 32], v: &[u8; 32], p: &Bytes, x: &[u8; 32]) -> bool {
            let [u, v, x] = [u, v, x].map(Scalar::from_bytes_reduced);
            point(p).is_some_and(|p| self.0.mul_add_vartime(&u, &v, &p).x_is(&x).into())
        }
        pub fn prepare(self, p: &Bytes) -> Option<Prepared> {
            let mut table = KeyTable::zero();
            self.0.prepare(&mut table, &point(p)?);
            Some(Prepared(table))
        }
        pub fn mul_add_prepared_vartime(
            self,
            u: &[u8; 32],
            v: &[u8; 32],
            table: &Prepared,
            x: &[u8; 32],
        ) -> bool {
            let [u, v, x] = [u, v, x].map(Scalar::from_bytes_reduced);
            self.0.mul_add_prepared_vartime(&u, &v, &table.0).x_is(&x).into()
        }
    }

    fn affine(point: JacobianPoint) -> Option<Bytes> {
        Option::<AffinePoint>::from(point.to_affine()).map(|AffinePoint { x, y }| {
            let mut bytes = [0; 64];
            bytes[..32].copy_from_slice(&x.to_bytes());
            bytes[32..].copy_from_slice(&y.to_bytes());
            bytes
        })
    }

    fn point(bytes: &Bytes) -> Option<AffinePoint> {
        let (x, y) = (bytes.first_chunk()?, bytes.last_chunk()?);
        let (x, y) = (FieldElement::from_bytes(x), FieldElement::from_bytes(y));
        x.and_then(|x| y.and_then(|y| AffinePoint::from_coordinates(x, y))).into()
    }
}
