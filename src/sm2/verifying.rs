//! Verification of signatures, and the public key that a signature is of.

mod many;

pub use many::verify_prehash_many;
#[cfg(feature = "__backends")]
pub(super) use many::verify_prehash_many_with;

use super::{
    backend::Backend,
    field::FieldElement,
    identity::{DEFAULT_ID, IdTooLong},
    keys::PublicKey,
    limbs,
    multiply::KeyTable,
    point::JacobianPoint,
    scalar::Scalar,
    signature_bytes::{DerSignature, Signature},
};
use crate::sm3::Sm3;
use core::fmt;
use digest::Digest;
use signature::{DigestVerifier, Error, MultipartVerifier, Verifier, hazmat::PrehashVerifier};
use subtle::Choice;

/// A public key and its owner's identifier, to verify signatures.
///
/// What it verifies may be a whole message ([`Verifier`]), one in pieces ([`MultipartVerifier`],
/// [`DigestVerifier`], [`hasher`](Self::hasher)) or e = SM3(Z_A ‖ M), 32 bytes ([`PrehashVerifier`]).
///
/// The time that it takes tells the signature, the key and e, which are no secrets.
///
/// Source: GB/T 32918.2-2016, 7.1.
#[derive(Clone)]
pub struct VerifyingKey {
    public_key: PublicKey,
    z_a: [u8; 32],
    pub(super) backend: Backend,
}

impl VerifyingKey {
    /// The key of a user with [`DEFAULT_ID`].
    #[must_use]
    pub fn new(public_key: &PublicKey) -> Self {
        // The default identifier is not too long.
        let z_a = public_key.z_a(DEFAULT_ID).unwrap_or_default();
        Self { public_key: *public_key, z_a, backend: Backend::best() }
    }

    /// The key of the user `id`, of up to 8191 bytes.
    ///
    /// # Errors
    /// [`IdTooLong`] if it is longer.
    pub fn with_id(public_key: &PublicKey, id: &[u8]) -> Result<Self, IdTooLong> {
        let z_a = public_key.z_a(id)?;
        Ok(Self { public_key: *public_key, z_a, backend: Backend::best() })
    }

    #[cfg(feature = "__backends")]
    pub(super) fn with_backend(self, backend: Backend) -> Self {
        Self { backend, ..self }
    }

    /// P_A.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// Z_A.
    #[must_use]
    pub fn z_a(&self) -> &[u8; 32] {
        &self.z_a
    }

    /// SM3 that has taken Z_A. With a message it gives e, for the methods on a prehash.
    #[must_use]
    pub fn hasher(&self) -> Sm3 {
        Sm3::new_with_prefix(self.z_a)
    }

    /// The key with a table of its point, 30 KiB, with which verification takes a third of the time. To make the
    /// table takes the time of three verifications.
    #[must_use]
    pub fn prepare(&self) -> PreparedVerifyingKey {
        let mut prepared = PreparedVerifyingKey { key: self.clone(), table: KeyTable::zero() };
        self.backend.prepare(&mut prepared.table, &self.public_key.point);
        prepared
    }

    fn multiply_vartime(&self, s: &Scalar, t: &Scalar) -> JacobianPoint {
        self.backend.mul_add_vartime(s, t, &self.public_key.point)
    }
}

impl AsRef<PublicKey> for VerifyingKey {
    fn as_ref(&self) -> &PublicKey {
        &self.public_key
    }
}

impl PartialEq for VerifyingKey {
    fn eq(&self, other: &Self) -> bool {
        self.public_key == other.public_key && self.z_a == other.z_a
    }
}

impl Eq for VerifyingKey {}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("VerifyingKey");
        fields.field("public_key", &self.public_key).finish_non_exhaustive()
    }
}

/// A [`VerifyingKey`] with a table of its point, 30 KiB: for whoever verifies many signatures of one key.
#[derive(Clone)]
pub struct PreparedVerifyingKey {
    key: VerifyingKey,
    table: KeyTable,
}

impl PreparedVerifyingKey {
    /// The key without the table.
    #[must_use]
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.key
    }

    /// SM3 that has taken Z_A, as [`VerifyingKey::hasher`].
    #[must_use]
    pub fn hasher(&self) -> Sm3 {
        self.key.hasher()
    }

    fn multiply_vartime(&self, s: &Scalar, t: &Scalar) -> JacobianPoint {
        self.key.backend.mul_add_prepared_vartime(s, t, &self.table)
    }
}

impl fmt::Debug for PreparedVerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("PreparedVerifyingKey");
        fields.field("key", &self.key).finish_non_exhaustive()
    }
}

/// What a signature on e says of the point (x1, y1) = s·G + t·P_A.
struct Equation {
    s: Scalar,
    t: Scalar,
    /// x1 mod n.
    x1: Scalar,
}

impl Equation {
    /// None if it is no signature, whatever the key. (B1 and B2, the ranges of r and s, are checked where signatures are
    /// read.)
    fn new(e: &[u8; 32], signature: &Signature) -> Option<Self> {
        let (r, s) = (signature.r(), signature.s());
        // B5: t = (r + s) mod n; not a signature if t = 0.
        let t = r + s;
        // B7: (e + x1) mod n = r.
        let x1 = r - Scalar::from_bytes_reduced(e);
        (!bool::from(t.is_zero())).then_some(Self { s, t, x1 })
    }

    fn read(e: &[u8; 32], signature: &[u8; 64]) -> Option<Self> {
        Signature::from_bytes(signature).ok().and_then(|signature| Self::new(e, &signature))
    }

    /// B6 and B7, given how to compute s·G + t·P_A.
    fn holds(&self, multiply: impl FnOnce(&Scalar, &Scalar) -> JacobianPoint) -> bool {
        multiply(&self.s, &self.t).x_is(&self.x1).into()
    }
}

/// The traits of `signature` on a key with `hasher` and `multiply_vartime`.
macro_rules! verifier {
    ($key:ident) => {
        impl PrehashVerifier<Signature> for $key {
            /// `prehash` is e, 32 bytes.
            fn verify_prehash(&self, prehash: &[u8], signature: &Signature) -> Result<(), Error> {
                let e = prehash.try_into().map_err(|_| Error::new())?;
                let equation = Equation::new(e, signature).ok_or_else(Error::new)?;
                let holds = equation.holds(|s, t| self.multiply_vartime(s, t));
                holds.then_some(()).ok_or_else(Error::new)
            }
        }

        impl MultipartVerifier<Signature> for $key {
            fn multipart_verify(
                &self,
                message: &[&[u8]],
                signature: &Signature,
            ) -> Result<(), Error> {
                let hash = message.iter().fold(self.hasher(), |sm3, part| sm3.chain_update(part));
                self.verify_prehash(&hash.finalize(), signature)
            }
        }

        impl Verifier<Signature> for $key {
            fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), Error> {
                self.multipart_verify(&[message], signature)
            }
        }

        impl Verifier<DerSignature> for $key {
            fn verify(&self, message: &[u8], signature: &DerSignature) -> Result<(), Error> {
                self.verify(message, &Signature::try_from(*signature)?)
            }
        }

        /// Of the message that the function gives to SM3, after Z_A.
        impl DigestVerifier<Sm3, Signature> for $key {
            fn verify_digest<F: Fn(&mut Sm3) -> Result<(), Error>>(
                &self,
                f: F,
                signature: &Signature,
            ) -> Result<(), Error> {
                let mut sm3 = self.hasher();
                f(&mut sm3)?;
                self.verify_prehash(&sm3.finalize(), signature)
            }
        }
    };
}

verifier!(VerifyingKey);
verifier!(PreparedVerifyingKey);

impl Signature {
    /// The public key under which this is a signature on e, as one of up to four that there may be: bit 0 of
    /// `candidate` is the parity of y₁, bit 1 whether x₁ is n or more (which it is once in 2³² signatures).
    ///
    /// A signature tells neither, so that who has nothing more tries 0 to 3. e is SM3(Z_A ‖ M), with the key in
    /// Z_A: e must be known without the key, or there is nothing to find.
    ///
    /// None if there is no such key, or `candidate` is above 3. The time tells all that goes in.
    ///
    /// ```
    /// use shangmi::{signature::hazmat::PrehashSigner, sm2::{SecretKey, SigningKey}};
    ///
    /// let secret_key = SecretKey::from_bytes(&[0x42; 32])?;
    /// let signature = SigningKey::new(&secret_key).sign_prehash(&[7; 32])?;
    /// let mut keys = (0..4).filter_map(|candidate| signature.recover(&[7; 32], candidate));
    /// assert!(keys.any(|key| key == secret_key.public_key()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn recover(&self, e: &[u8; 32], candidate: u8) -> Option<PublicKey> {
        self.recover_with(e, candidate, Backend::best())
    }

    pub(super) fn recover_with(
        &self,
        e: &[u8; 32],
        candidate: u8,
        backend: Backend,
    ) -> Option<PublicKey> {
        let (r, s) = (self.r(), self.s());
        let t = r + s;
        if candidate > 3 || t.is_zero().into() {
            return None;
        }
        // x1 is (r − e) mod n, or n more if that is below p.
        let mut x = (r - Scalar::from_bytes_reduced(e)).to_integer();
        if candidate & 2 != 0 {
            let (sum, carry) = limbs::add_carry(&x, &limbs::N);
            if carry {
                return None;
            }
            x = sum;
        }
        let x = Option::from(FieldElement::from_bytes(&limbs::to_be_bytes(&x)))?;
        let y_is_odd = Choice::from(candidate & 1);
        let point = Option::from(backend.point_from_x(x, y_is_odd))?;
        // (x1, y1) = s·G + t·P, so P = −s/t·G + 1/t·(x1, y1).
        let t_inverse = t.invert();
        PublicKey::from_point(backend.mul_add_vartime(&-(s * t_inverse), &t_inverse, &point))
    }
}
