//! Verification of many signatures.

use super::{Equation, PreparedVerifyingKey, VerifyingKey};
use crate::sm2::{
    backend::{Backend, LANES},
    keys::PublicKey,
    multiply::KeyTable,
    point::{AffinePoint, JacobianPoint},
    scalar::Scalar,
};
use crate::sm3::CountError;

/// So many verifications with a table, and the table, take less time than without: one by one, and in lanes.
const WORTH_A_TABLE: [usize; 2] = [5, 16];

fn check_counts(
    prehashes: &[[u8; 32]],
    signatures: &[[u8; 64]],
    valid: &[bool],
) -> Result<(), CountError> {
    let n = signatures.len();
    if prehashes.len() == n && valid.len() == n { Ok(()) } else { Err(CountError) }
}

impl VerifyingKey {
    /// Sets `valid` to whether each of `signatures`, r ‖ s, is one of this key on the e of `prehashes`, in order.
    ///
    /// It takes less time than one by one: from two on as [`verify_prehash_many`] on a CPU for which that has a faster
    /// way, else from five on. For many the key is [prepared](Self::prepare), on the stack.
    ///
    /// # Errors
    /// [`CountError`] if there are not as many prehashes, signatures and results; `valid` is then untouched.
    pub fn verify_prehash_many(
        &self,
        prehashes: &[[u8; 32]],
        signatures: &[[u8; 64]],
        valid: &mut [bool],
    ) -> Result<(), CountError> {
        check_counts(prehashes, signatures, valid)?;
        // The table takes 45 KiB of stack, which small devices do not have.
        let worth_a_table = WORTH_A_TABLE[usize::from(self.backend.has_lanes())];
        if cfg!(not(feature = "sm2-small-table")) && signatures.len() >= worth_a_table {
            return self.prepare().verify_prehash_many(prehashes, signatures, valid);
        }
        let multiply = Multiply { backend: self.backend, table: None };
        multiply.verify_many(|_| &self.public_key, prehashes, signatures, valid);
        Ok(())
    }
}

impl PreparedVerifyingKey {
    /// Sets `valid` to whether each of `signatures`, r ‖ s, is one of this key on the e of `prehashes`, in order.
    ///
    /// # Errors
    /// [`CountError`] if there are not as many prehashes, signatures and results; `valid` is then untouched.
    pub fn verify_prehash_many(
        &self,
        prehashes: &[[u8; 32]],
        signatures: &[[u8; 64]],
        valid: &mut [bool],
    ) -> Result<(), CountError> {
        check_counts(prehashes, signatures, valid)?;
        let multiply = Multiply { backend: self.key.backend, table: Some(&self.table) };
        multiply.verify_many(|_| &self.key.public_key, prehashes, signatures, valid);
        Ok(())
    }
}

/// Sets `valid` to whether each of `signatures`, r ‖ s, is one of the key in its place on the e of `prehashes`, in order.
///
/// On x86-64 with AVX-512 and its 52-bit multiply-adds, eight are verified side by side, in a third of the time;
/// elsewhere they are verified one by one. Of one key, [`VerifyingKey::verify_prehash_many`] is faster there.
///
/// The time that it takes tells all that goes in.
///
/// ```
/// use shangmi::signature::hazmat::PrehashSigner;
/// use shangmi::sm2::{SecretKey, Signature, SigningKey, verify_prehash_many};
///
/// let e = [[1; 32], [2; 32], [3; 32]];
/// let signing_keys = [0x41, 0x42, 0x43].map(|d| SecretKey::from_bytes(&[d; 32]).expect("in range"));
/// let signing_keys = signing_keys.map(|d| SigningKey::new(&d));
/// let keys = [0, 1, 2].map(|i| signing_keys[i].verifying_key().clone());
/// let mut signatures = [[0; 64]; 3];
/// for i in 0..3 {
///     let signature: Signature = signing_keys[i].sign_prehash(&e[i])?;
///     signatures[i] = signature.to_bytes();
/// }
/// signatures[1][0] ^= 1;
///
/// let mut valid = [false; 3];
/// verify_prehash_many(&keys, &e, &signatures, &mut valid)?;
/// assert_eq!(valid, [true, false, true]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`CountError`] if there are not as many keys, prehashes, signatures and results; `valid` is then untouched.
pub fn verify_prehash_many(
    keys: &[impl AsRef<PublicKey>],
    prehashes: &[[u8; 32]],
    signatures: &[[u8; 64]],
    valid: &mut [bool],
) -> Result<(), CountError> {
    verify_prehash_many_with(keys, prehashes, signatures, valid, Backend::best())
}

/// As [`verify_prehash_many`], on this backend.
pub(in crate::sm2) fn verify_prehash_many_with(
    keys: &[impl AsRef<PublicKey>],
    prehashes: &[[u8; 32]],
    signatures: &[[u8; 64]],
    valid: &mut [bool],
    backend: Backend,
) -> Result<(), CountError> {
    check_counts(prehashes, signatures, valid)?;
    if keys.len() != signatures.len() {
        return Err(CountError);
    }
    let multiply = Multiply { backend, table: None };
    multiply.verify_many(|i| keys[i].as_ref(), prehashes, signatures, valid);
    Ok(())
}

/// How to compute s·G + t·P.
struct Multiply<'a> {
    backend: Backend,
    /// That of P, if there is one.
    table: Option<&'a KeyTable>,
}

impl Multiply<'_> {
    /// Each with its key; in lanes, if the backend has them.
    fn verify_many<'a>(
        &self,
        key: impl Fn(usize) -> &'a PublicKey,
        prehashes: &[[u8; 32]],
        signatures: &[[u8; 64]],
        valid: &mut [bool],
    ) {
        let lanes = prehashes.chunks(LANES).zip(signatures.chunks(LANES));
        for (chunk, ((prehashes, signatures), valid)) in
            lanes.zip(valid.chunks_mut(LANES)).enumerate()
        {
            // What stands in lanes without a signature that is worth a look is not looked at.
            let (mut s, mut t, mut x1) =
                ([Scalar::ONE; LANES], [Scalar::ONE; LANES], [None; LANES]);
            let mut points = [AffinePoint::GENERATOR; LANES];
            for (lane, (e, signature)) in prehashes.iter().zip(signatures).enumerate() {
                points[lane] = key(LANES * chunk + lane).point;
                if let Some(read) = Equation::read(e, signature) {
                    (s[lane], t[lane], x1[lane]) = (read.s, read.t, Some(read.x1));
                }
            }
            let mut sums = [JacobianPoint::IDENTITY; LANES];
            if prehashes.len() > 1 {
                self.lanes(&s, &t, &points, &mut sums);
            }
            for (lane, valid) in valid.iter_mut().enumerate() {
                *valid = x1[lane].is_some_and(|x1| {
                    // Not computed, or not by lanes, or it is O.
                    if sums[lane].is_identity().into() {
                        sums[lane] = self.one(&s[lane], &t[lane], &points[lane]);
                    }
                    sums[lane].x_is(&x1).into()
                });
            }
        }
    }

    fn lanes(
        &self,
        s: &[Scalar; LANES],
        t: &[Scalar; LANES],
        points: &[AffinePoint; LANES],
        sums: &mut [JacobianPoint; LANES],
    ) {
        match self.table {
            Some(table) => self.backend.mul_add_prepared_lanes_vartime(s, t, table, sums),
            None => self.backend.mul_add_lanes_vartime(s, t, points, sums),
        }
    }

    fn one(&self, s: &Scalar, t: &Scalar, point: &AffinePoint) -> JacobianPoint {
        match self.table {
            Some(table) => self.backend.mul_add_prepared_vartime(s, t, table),
            None => self.backend.mul_add_vartime(s, t, point),
        }
    }
}
