//! SM2: the public-key algorithms of GB/T 32918 on the curve of GB/T 32918.5.
//!
//! | type | what | bytes | with |
//! |---|---|---|---|
//! | [`SecretKey`] | d, in [1, n − 2] | 32 | |
//! | [`PublicKey`] | P = d·G, on the curve, not O | 65, compressed 33 (SEC 1) | |
//! | [`SigningKey`] | signs, for one identifier | | [`Signer`], [`RandomizedSigner`], [`PrehashSigner`] and their like |
//! | [`VerifyingKey`] | verifies, for one identifier | | [`Verifier`], [`PrehashVerifier`] and their like |
//! | [`PreparedVerifyingKey`] | the same in a third of the time, with a table | 30 KiB | as [`VerifyingKey`] |
//! | [`verify_prehash_many`] | verifies many signatures, each with its key | | |
//! | [`Signature`], [`DerSignature`] | r and s | 64; in DER up to 72 | [`SignatureEncoding`] |
//! | [`pke`] | encryption with a [`PublicKey`] in each [`Format`](pke::Format), decryption with a [`SecretKey`] | 97 more than the message | |
//! | [`kex`] | key exchange of two parties, confirmed or not | | |
//! | [`diffie_hellman`] | the shared secret of TLS 1.3 | 32 | |
//! | `enveloped_key` | a private key encrypted for a [`PublicKey`] (feature `sm4`) | up to 244 | |
//! | `curve`, `Sm2` | the curve behind the traits of `elliptic-curve`, with the feature of that name | | |
//!
//! Key files (PKCS #8, SubjectPublicKeyInfo, SEC 1, PEM, encrypted with a password) are read and written with the features
//! `pkcs8`, `pem` and `encrypted-keys`: see `key_files`.
//!
//! With `pkcs8`, [`SigningKey`], [`VerifyingKey`] and [`DerSignature`] also have what builders of certificates ask for (those of
//! `x509-cert` 0.3: the example `sm2_ca`). Certificates are signed with [`DEFAULT_ID`].
//!
//! # Identifiers
//! A signature is on e = SM3(Z_A ‖ M), and Z_A has the signer's identifier in it: bytes, up to 8191. Both sides must
//! take the same. `new` takes [`DEFAULT_ID`], as certificates do; TLS 1.3 takes [`TLS13_ID`]. No bytes are an
//! identifier too, and not the default one.
//!
//! OpenSSL 3 takes no bytes unless told otherwise. With [`DEFAULT_ID`]: `openssl dgst -sm3 -sigopt distid:1234567812345678
//! -sign key.pem -out signature.der message`. Its signatures are [`DerSignature`]s, its ciphertexts
//! [`Format::Der`](pke::Format::Der).
//!
//! Who has e itself signs and verifies it as a prehash.
//!
//! # Limits
//! - Random numbers are the caller's, from any [`TryCryptoRng`](rand_core::TryCryptoRng). There is no other source.
//! - Whatever has d or k in it takes constant time; verification and recovery tell the signature, e and P.
//! - Private keys are cleared on drop, and `Debug` shows nothing of them.
//! - Two signatures with one k reveal d; here k comes of d and e (RFC 6979), with random bytes if they are given.
//!
//! # Sources
//! GB/T 32918.1-2016, .2-2016, .3-2016, .4-2016, .5-2017 (GM/T 0003-2012); RFC 6979, RFC 8998; GM/T 0009 (GB/T 35276-2017).
//!
//! [`Signer`]: signature::Signer
//! [`RandomizedSigner`]: signature::RandomizedSigner
//! [`PrehashSigner`]: signature::hazmat::PrehashSigner
//! [`Verifier`]: signature::Verifier
//! [`PrehashVerifier`]: signature::hazmat::PrehashVerifier
//! [`SignatureEncoding`]: signature::SignatureEncoding

mod backend;
mod base_table;
#[cfg(feature = "pkcs8")]
mod certificates;
#[cfg(feature = "elliptic-curve")]
pub mod curve;
mod der;
mod digits;
mod ecdh;
#[cfg(feature = "sm4")]
pub mod enveloped_key;
mod field;
mod identity;
mod invert;
pub mod kex;
#[cfg(feature = "pkcs8")]
pub mod key_files;
mod keys;
mod limbs;
mod multiply;
mod nonce;
pub mod pke;
mod point;
mod portable;
mod residue;
mod scalar;
mod signature_bytes;
mod signing;
mod table;
#[cfg(test)]
mod test_values;
mod verifying;

pub use crate::sm3::CountError;
#[cfg(feature = "elliptic-curve")]
pub use curve::Sm2;
pub use ecdh::{SharedSecret, diffie_hellman};
pub use identity::{DEFAULT_ID, IdTooLong, TLS13_ID};
pub use keys::{KeyError, PublicKey, SecretKey};
pub use signature_bytes::{DerSignature, Signature};
pub use signing::SigningKey;
pub use verifying::{PreparedVerifyingKey, VerifyingKey, verify_prehash_many};

#[cfg(feature = "__backends")]
#[doc(hidden)]
pub mod __backends {
    //! Every backend by hand: for the tests, benches and fuzz targets of this crate alone.
    use super::{
        CountError, IdTooLong, PublicKey, SecretKey, Signature, SigningKey, VerifyingKey, backend,
        base_table::{LARGE_TABLE, SMALL_TABLE},
        field::FieldElement,
        multiply::KeyTable,
        point::{AffinePoint, JacobianPoint},
        scalar::Scalar,
        verifying::verify_prehash_many_with,
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
            [self.0.mul_large_table(&k, &LARGE_TABLE), self.0.mul_table(&k, &SMALL_TABLE)]
                .map(affine)
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

    #[allow(missing_docs, clippy::missing_errors_doc, reason = "hidden, and as what users call")]
    impl Backend {
        #[must_use]
        pub fn public_key(self, key: &SecretKey) -> PublicKey {
            key.public_key_with(self.0)
        }
        pub fn verifying_key(self, key: &PublicKey, id: &[u8]) -> Result<VerifyingKey, IdTooLong> {
            Ok(VerifyingKey::with_id(key, id)?.with_backend(self.0))
        }
        pub fn signing_key(self, key: &SecretKey, id: &[u8]) -> Result<SigningKey, IdTooLong> {
            let verifying_key = self.verifying_key(&self.public_key(key), id)?;
            Ok(SigningKey::with_verifying_key(key, verifying_key))
        }
        pub fn verify_prehash_many(
            self,
            keys: &[PublicKey],
            prehashes: &[[u8; 32]],
            signatures: &[[u8; 64]],
            valid: &mut [bool],
        ) -> Result<(), CountError> {
            verify_prehash_many_with(keys, prehashes, signatures, valid, self.0)
        }
        #[must_use]
        pub fn recover(self, of: &Signature, e: &[u8; 32], candidate: u8) -> Option<PublicKey> {
            of.recover_with(e, candidate, self.0)
        }
    }

    /// The signature with this k of [1, n − 1]; none if the standard draws another.
    #[must_use]
    pub fn sign_with_nonce(key: &SigningKey, e: &[u8; 32], k: &[u8; 32]) -> Option<Signature> {
        key.sign_with_nonce(&Scalar::from_bytes_reduced(e), &Scalar::from_bytes_reduced(k))
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
