//! Signing.

use super::{
    backend::Backend,
    field::FieldElement,
    identity::IdTooLong,
    keys::SecretKey,
    nonce::{MANY, Nonces, draw_many},
    point::{AffinePoint, JacobianPoint},
    scalar::Scalar,
    signature_bytes::{DerSignature, Signature},
    verifying::VerifyingKey,
};
use crate::{
    secret::Temporary,
    sm3::{CountError, HmacSm3Key, Sm3},
};
use core::fmt;
use digest::{Digest, Update};
use rand_core::TryCryptoRng;
use signature::{
    DigestSigner, Error, KeypairRef, MultipartSigner, RandomizedDigestSigner,
    RandomizedMultipartSigner, RandomizedSigner, Signer,
    hazmat::{PrehashSigner, RandomizedPrehashSigner},
};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A private key and its owner's identifier, to sign.
///
/// What it signs may be a whole message ([`Signer`]), one in pieces ([`MultipartSigner`], [`DigestSigner`],
/// [`VerifyingKey::hasher`]) or e = SM3(Z_A ‖ M), 32 bytes ([`PrehashSigner`]). The result is a [`Signature`] or a
/// [`DerSignature`]: say which, by its type.
///
/// These are deterministic: k is computed from d and e (RFC 6979 with HMAC-SM3), so that a message has one
/// signature, whatever the random numbers of the system are worth. Their `Randomized…` forms take 32 random bytes
/// into it as well: a message then has another signature each time, which is better against faults and power
/// analysis; and as good as the deterministic one if the bytes are not random at all.
///
/// The same d must not serve ECDSA on this curve too.
///
/// ```
/// use shangmi::{
///     signature::{Signer, Verifier},
///     sm2::{SecretKey, Signature, SigningKey, VerifyingKey},
/// };
///
/// // In earnest SecretKey::generate.
/// let secret_key = SecretKey::from_bytes(&[0x42; 32])?;
/// let key = SigningKey::with_id(&secret_key, b"ALICE123@YAHOO.COM")?;
/// let signature: Signature = key.sign(b"a message");
///
/// let key = VerifyingKey::with_id(&secret_key.public_key(), b"ALICE123@YAHOO.COM")?;
/// assert!(key.verify(b"a message", &signature).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: GB/T 32918.2-2016, 6.1.
#[derive(Clone)]
pub struct SigningKey {
    secret_key: SecretKey,
    /// 1/(1 + d).
    inverse: Scalar,
    start: HmacSm3Key,
    verifying_key: VerifyingKey,
}

impl SigningKey {
    /// The key of a user with [`DEFAULT_ID`](super::DEFAULT_ID).
    #[must_use]
    pub fn new(secret_key: &SecretKey) -> Self {
        Self::with_verifying_key(secret_key, VerifyingKey::new(&secret_key.public_key()))
    }

    /// The key of the user `id`, of up to 8191 bytes.
    ///
    /// # Errors
    /// [`IdTooLong`] if it is longer.
    pub fn with_id(secret_key: &SecretKey, id: &[u8]) -> Result<Self, IdTooLong> {
        let verifying_key = VerifyingKey::with_id(&secret_key.public_key(), id)?;
        Ok(Self::with_verifying_key(secret_key, verifying_key))
    }

    /// Of the two keys of a pair.
    pub(super) fn with_verifying_key(secret_key: &SecretKey, verifying_key: VerifyingKey) -> Self {
        let inverse = (secret_key.d + Scalar::ONE).invert();
        Self { secret_key: secret_key.clone(), inverse, start: Nonces::start(), verifying_key }
    }

    /// d.
    #[must_use]
    pub fn secret_key(&self) -> &SecretKey {
        &self.secret_key
    }

    /// The other key of the pair, with the same identifier.
    #[must_use]
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying_key
    }

    fn backend(&self) -> Backend {
        self.verifying_key.backend
    }

    fn sign_e(&self, e: &[u8; 32], random: &[u8]) -> Signature {
        let e = Scalar::from_bytes_reduced(e);
        let mut nonces = Nonces::new(&self.start, &self.secret_key.d, &e, random);
        loop {
            // A3: k in [1, n − 1].
            let k = nonces.draw();
            if let Some(signature) = self.sign_with_nonce(&e, &k) {
                return signature;
            }
        }
    }

    /// The signature with this k; none if another one must be drawn.
    pub(super) fn sign_with_nonce(&self, e: &Scalar, k: &Scalar) -> Option<Signature> {
        // A4: (x1, y1) = k·G; never O.
        let mut point = Temporary::<JacobianPoint>::new();
        *point = self.backend().mul_base(k);
        let mut affine = Temporary::<AffinePoint>::new();
        *affine = point.to_affine().unwrap_or(AffinePoint::GENERATOR);
        self.finish(e, k, &affine.x)
    }

    /// From x1 to the signature.
    fn finish(&self, e: &Scalar, k: &Scalar, x1: &FieldElement) -> Option<Signature> {
        // A5: r = (e + x1) mod n; back to A3 if r = 0 or r + k = n.
        let r = *e + Scalar::from_coordinate(x1);
        let sum = r + *k;
        // A6: s = (1 + d)⁻¹·(k − r·d) = (1 + d)⁻¹·(k + r) − r mod n; back to A3 if s = 0.
        let s = self.inverse * sum - r;
        let back_to_a3 = r.is_zero() | sum.is_zero() | s.is_zero();
        // A7.
        (!bool::from(back_to_a3)).then(|| Signature::from_scalars(&r, &s))
    }

    /// Fills `signatures` with the deterministic signatures r ‖ s on each e of `prehashes`, in order.
    ///
    /// It takes less time than one by one: 16 signatures share an inversion, and their k are computed side by side; with
    /// AVX-512 IFMA their k·G too, eight at once.
    ///
    /// # Errors
    /// [`CountError`] if there are not as many signatures as prehashes; `signatures` is then untouched.
    pub fn sign_prehash_many(
        &self,
        prehashes: &[[u8; 32]],
        signatures: &mut [[u8; 64]],
    ) -> Result<(), CountError> {
        if prehashes.len() != signatures.len() {
            return Err(CountError);
        }
        for (e, signatures) in prehashes.chunks(MANY).zip(signatures.chunks_mut(MANY)) {
            self.sign_chunk(e, signatures);
        }
        Ok(())
    }

    /// Of up to [`MANY`] signatures.
    fn sign_chunk(&self, prehashes: &[[u8; 32]], signatures: &mut [[u8; 64]]) {
        let n = prehashes.len().min(MANY);
        let mut reduced = [Scalar::ZERO; MANY];
        for (e, bytes) in reduced.iter_mut().zip(prehashes) {
            *e = Scalar::from_bytes_reduced(bytes);
        }
        let mut nonces = Temporary::<[Scalar; MANY]>::new();
        let mut points = Temporary::<[JacobianPoint; MANY]>::new();
        let mut affine = Temporary::<[AffinePoint; MANY]>::new();
        draw_many(&self.start, &self.secret_key.d, &reduced[..n], &mut nonces[..n]);
        self.backend().mul_base_many(&nonces[..n], &mut points[..n]);
        JacobianPoint::batch_to_affine(&points[..n], &mut affine[..n]);
        let made = reduced.iter().zip(&*nonces).zip(&*affine);
        for ((signature, bytes), ((e, k), point)) in signatures.iter_mut().zip(prehashes).zip(made)
        {
            // The standard's loop goes on one by one.
            let made = self.finish(e, k, &point.x).unwrap_or_else(|| self.sign_e(bytes, &[]));
            *signature = made.to_bytes();
        }
    }
}

impl Drop for SigningKey {
    fn drop(&mut self) {
        self.inverse.zeroize();
    }
}

impl ZeroizeOnDrop for SigningKey {}

impl AsRef<VerifyingKey> for SigningKey {
    fn as_ref(&self) -> &VerifyingKey {
        &self.verifying_key
    }
}

impl KeypairRef for SigningKey {
    type VerifyingKey = VerifyingKey;
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").finish_non_exhaustive()
    }
}

/// 32 bytes of `rng`.
fn random<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Temporary<[u8; 32]>, Error> {
    let mut bytes = Temporary::<[u8; 32]>::new();
    rng.try_fill_bytes(&mut *bytes).map_err(|_| Error::new())?;
    Ok(bytes)
}

impl PrehashSigner<Signature> for SigningKey {
    /// `prehash` is e, 32 bytes.
    fn sign_prehash(&self, prehash: &[u8]) -> Result<Signature, Error> {
        let e = prehash.try_into().map_err(|_| Error::new())?;
        Ok(self.sign_e(e, &[]))
    }
}

impl RandomizedPrehashSigner<Signature> for SigningKey {
    /// `prehash` is e, 32 bytes.
    fn sign_prehash_with_rng<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        prehash: &[u8],
    ) -> Result<Signature, Error> {
        let e = prehash.try_into().map_err(|_| Error::new())?;
        Ok(self.sign_e(e, &*random(rng)?))
    }
}

impl MultipartSigner<Signature> for SigningKey {
    fn try_multipart_sign(&self, message: &[&[u8]]) -> Result<Signature, Error> {
        self.try_sign_digest(|sm3| {
            for part in message {
                Update::update(sm3, part);
            }
            Ok(())
        })
    }
}

impl RandomizedMultipartSigner<Signature> for SigningKey {
    fn try_multipart_sign_with_rng<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        message: &[&[u8]],
    ) -> Result<Signature, Error> {
        self.try_sign_digest_with_rng(rng, |sm3| {
            for part in message {
                Update::update(sm3, part);
            }
            Ok(())
        })
    }
}

impl Signer<Signature> for SigningKey {
    fn try_sign(&self, message: &[u8]) -> Result<Signature, Error> {
        self.try_multipart_sign(&[message])
    }
}

impl Signer<DerSignature> for SigningKey {
    fn try_sign(&self, message: &[u8]) -> Result<DerSignature, Error> {
        self.try_multipart_sign(&[message]).map(Signature::into)
    }
}

impl RandomizedSigner<Signature> for SigningKey {
    fn try_sign_with_rng<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        message: &[u8],
    ) -> Result<Signature, Error> {
        self.try_multipart_sign_with_rng(rng, &[message])
    }
}

impl RandomizedSigner<DerSignature> for SigningKey {
    fn try_sign_with_rng<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        message: &[u8],
    ) -> Result<DerSignature, Error> {
        self.try_multipart_sign_with_rng(rng, &[message]).map(Signature::into)
    }
}

/// Of the message that the function gives to SM3, after Z_A.
impl DigestSigner<Sm3, Signature> for SigningKey {
    fn try_sign_digest<F: Fn(&mut Sm3) -> Result<(), Error>>(
        &self,
        f: F,
    ) -> Result<Signature, Error> {
        let mut sm3 = self.verifying_key.hasher();
        f(&mut sm3)?;
        self.sign_prehash(&sm3.finalize())
    }
}

/// Of the message that the function gives to SM3, after Z_A.
impl RandomizedDigestSigner<Sm3, Signature> for SigningKey {
    fn try_sign_digest_with_rng<R: TryCryptoRng + ?Sized, F: Fn(&mut Sm3) -> Result<(), Error>>(
        &self,
        rng: &mut R,
        f: F,
    ) -> Result<Signature, Error> {
        let mut sm3 = self.verifying_key.hasher();
        f(&mut sm3)?;
        self.sign_prehash_with_rng(rng, &sm3.finalize())
    }
}
