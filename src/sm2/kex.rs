//! Key exchange: GB/T 32918.3.
//!
//! Two parties, each with a key pair and an identifier, agree on a key that nobody else can compute. A is the
//! initiator, B the responder; the order matters to both. Each sends a random point, R_A and R_B, and may send a
//! hash value, S_B and then S_A, that shows that it has the key.
//!
//! ```
//! # fn exchange<R: shangmi::rand_core::TryCryptoRng>(rng: &mut R) -> Result<(), Box<dyn std::error::Error>>
//! # where R::Error: 'static {
//! use shangmi::sm2::{SecretKey, kex::{Party, Peer}};
//!
//! let (d_a, d_b) = (SecretKey::generate(rng)?, SecretKey::generate(rng)?);
//! let (p_a, p_b) = (d_a.public_key(), d_b.public_key());
//! let (mut key_a, mut key_b) = ([0; 16], [0; 16]);
//!
//! // A sends R_A.
//! let initiator = Party::new(&d_a, b"Alice")?.initiate(rng)?;
//! let r_a = *initiator.r();
//! // B answers with R_B and S_B.
//! let responder = Party::new(&d_b, b"Bob")?.respond(rng)?;
//! let r_b = *responder.r();
//! let (s_b, awaiting) = responder.confirm(&Peer::new(&p_a, b"Alice")?, &r_a)?;
//! // A has the key if S_B is right, and sends S_A.
//! let s_a = initiator.confirm(&Peer::new(&p_b, b"Bob")?, &r_b, &s_b, &mut key_a)?;
//! // B has the key if S_A is right.
//! awaiting.confirm(&s_a, &mut key_b)?;
//! assert_eq!(key_a, key_b);
//! # Ok(())
//! # }
//! ```
//!
//! Without confirmation, [`Initiator::finish`] and [`Responder::finish`] give the key at once.
//!
//! A key has 0 to 32·(2³² − 1) bytes, an identifier 0 to 8191.
//!
//! # Source
//! GB/T 32918.3-2016 (GM/T 0003.3-2012).

use super::{
    backend::Backend,
    ecdh::SharedPoint,
    identity::IdTooLong,
    keys::{PublicKey, SecretKey},
    point::AffinePoint,
    scalar::Scalar,
};
use crate::{
    secret::Temporary,
    sm3::{Sm3, kdf},
};
use core::fmt;
use digest::Digest;
use rand_core::TryCryptoRng;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// This side of an exchange: the private key, and Z of the identifier and the public key.
///
/// It serves any number of exchanges.
#[derive(Clone)]
pub struct Party {
    key: SecretKey,
    z: [u8; 32],
}

impl Party {
    /// The party with this private key and identifier.
    ///
    /// # Errors
    /// [`IdTooLong`] if `id` has more than 8191 bytes.
    pub fn new(key: &SecretKey, id: &[u8]) -> Result<Self, IdTooLong> {
        Ok(Self { z: key.public_key().z_a(id)?, key: key.clone() })
    }

    /// Draws r_A, and begins an exchange as A, the initiator.
    ///
    /// # Errors
    /// That of `rng`.
    ///
    /// Source: GB/T 32918.3-2016, 6.1, A1 to A5.
    pub fn initiate<R: TryCryptoRng + ?Sized>(&self, rng: &mut R) -> Result<Initiator, R::Error> {
        Ok(Initiator(self.start(Backend::best(), &*draw(rng)?)))
    }

    /// Draws r_B, and begins an exchange as B, the responder. (R_A need not be there yet.)
    ///
    /// # Errors
    /// That of `rng`.
    ///
    /// Source: GB/T 32918.3-2016, 6.1, B1 to B4.
    pub fn respond<R: TryCryptoRng + ?Sized>(&self, rng: &mut R) -> Result<Responder, R::Error> {
        Ok(Responder(self.start(Backend::best(), &*draw(rng)?)))
    }

    fn start(&self, backend: Backend, r: &Scalar) -> Start {
        // A1, A2: R = r·G. It is not O, r being in [1, n − 1].
        let point = backend.mul_base(r).to_affine().unwrap_or(AffinePoint::GENERATOR);
        let point = PublicKey { point };
        // A4, A5: t = (d + x̄·r) mod n.
        let t = self.key.d + x_bar(&point) * *r;
        Start { backend, t: Zeroizing::new(t), r: point, z: self.z }
    }
}

/// r, uniform in [1, n − 1].
fn draw<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Zeroizing<Scalar>, R::Error> {
    let mut bytes = Temporary::<[u8; 32]>::new();
    loop {
        rng.try_fill_bytes(&mut *bytes)?;
        if let Some(r) = Scalar::from_random(&bytes).into() {
            return Ok(Zeroizing::new(r));
        }
    }
}

/// x̄ = 2^w + (x & (2^w − 1)), w = ⌈⌈log₂ n⌉/2⌉ − 1 = 127.
fn x_bar(r: &PublicKey) -> Scalar {
    let mut x = r.x();
    x[..16].fill(0);
    x[16] |= 0x80;
    Scalar::from_bytes_reduced(&x)
}

/// The other side of an exchange: the public key, and Z of it and the identifier.
#[derive(Clone, Debug)]
pub struct Peer {
    key: PublicKey,
    z: [u8; 32],
}

impl Peer {
    /// The party with this public key and identifier.
    ///
    /// # Errors
    /// [`IdTooLong`] if `id` has more than 8191 bytes.
    pub fn new(key: &PublicKey, id: &[u8]) -> Result<Self, IdTooLong> {
        Ok(Self { key: *key, z: key.z_a(id)? })
    }
}

/// A party after its random point is drawn: t and R. The random number itself is needed no more.
struct Start {
    backend: Backend,
    t: Zeroizing<Scalar>,
    r: PublicKey,
    z: [u8; 32],
}

/// A, the initiator, to send R_A. It is used up by what it does with R_B.
pub struct Initiator(Start);

impl Initiator {
    /// R_A, to be sent.
    #[must_use]
    pub fn r(&self) -> &PublicKey {
        &self.0.r
    }

    /// Fills `key` with the key, given R_B.
    ///
    /// Nothing shows that the peer has the same key, or is there at all.
    ///
    /// # Errors
    /// [`KexError`] if U is O or the key too long; `key` is then cleared.
    ///
    /// Source: GB/T 32918.3-2016, 6.1, A6 to A8.
    pub fn finish(self, peer: &Peer, r_b: &PublicKey, key: &mut [u8]) -> Result<(), KexError> {
        self.agree(peer, r_b).and_then(|agreed| agreed.derive(key)).inspect_err(|_| key.fill(0))
    }

    /// Fills `key` with the key, given R_B and S_B, and returns S_A, to be sent if the peer wants it.
    ///
    /// # Errors
    /// [`KexError`] if S_B is wrong, U is O or the key too long; `key` is then cleared.
    ///
    /// Source: GB/T 32918.3-2016, 6.1, A6 to A10.
    pub fn confirm(
        self,
        peer: &Peer,
        r_b: &PublicKey,
        s_b: &[u8; 32],
        key: &mut [u8],
    ) -> Result<[u8; 32], KexError> {
        // A9: S₁ = Hash(02 ‖ y_U ‖ …), equal to S_B.
        let agreed = self.agree(peer, r_b).and_then(|agreed| agreed.check(2, s_b));
        let derived = agreed.and_then(|agreed| agreed.derive(key).map(|()| agreed));
        // A10: S_A = Hash(03 ‖ y_U ‖ …).
        derived.map(|agreed| agreed.confirmation(3)).inspect_err(|_| key.fill(0))
    }

    fn agree(&self, peer: &Peer, r_b: &PublicKey) -> Result<Agreed, KexError> {
        let Self(start) = self;
        Agreed::new(start, peer, r_b, [&start.z, &peer.z], [&start.r, r_b])
    }
}

/// B, the responder, to send R_B. It is used up by what it does with R_A.
pub struct Responder(Start);

impl Responder {
    /// R_B, to be sent.
    #[must_use]
    pub fn r(&self) -> &PublicKey {
        &self.0.r
    }

    /// Fills `key` with the key, given R_A.
    ///
    /// Nothing shows that the peer has the same key, or is there at all.
    ///
    /// # Errors
    /// [`KexError`] if V is O or the key too long; `key` is then cleared.
    ///
    /// Source: GB/T 32918.3-2016, 6.1, B5 to B7.
    pub fn finish(self, peer: &Peer, r_a: &PublicKey, key: &mut [u8]) -> Result<(), KexError> {
        self.agree(peer, r_a).and_then(|agreed| agreed.derive(key)).inspect_err(|_| key.fill(0))
    }

    /// Given R_A, returns S_B, to be sent with R_B, and what waits for S_A to give the key.
    ///
    /// # Errors
    /// [`KexError`] if V is O.
    ///
    /// Source: GB/T 32918.3-2016, 6.1, B5 to B9.
    pub fn confirm(
        self,
        peer: &Peer,
        r_a: &PublicKey,
    ) -> Result<([u8; 32], AwaitingConfirmation), KexError> {
        let agreed = self.agree(peer, r_a)?;
        // B8: S_B = Hash(02 ‖ y_V ‖ …).
        Ok((agreed.confirmation(2), AwaitingConfirmation(agreed)))
    }

    fn agree(&self, peer: &Peer, r_a: &PublicKey) -> Result<Agreed, KexError> {
        let Self(start) = self;
        Agreed::new(start, peer, r_a, [&peer.z, &start.z], [r_a, &start.r])
    }
}

/// B after S_B: it gives the key to nobody before S_A is there.
pub struct AwaitingConfirmation(Agreed);

impl AwaitingConfirmation {
    /// Fills `key` with the key, given S_A.
    ///
    /// # Errors
    /// [`KexError`] if S_A is wrong or the key too long; `key` is then cleared.
    ///
    /// Source: GB/T 32918.3-2016, 6.1, B10.
    pub fn confirm(self, s_a: &[u8; 32], key: &mut [u8]) -> Result<(), KexError> {
        // B10: S₂ = Hash(03 ‖ y_V ‖ …), equal to S_A.
        let checked = self.0.check(3, s_a);
        checked.and_then(|agreed| agreed.derive(key)).inspect_err(|_| key.fill(0))
    }
}

/// U, which both parties have, and what is hashed with it.
struct Agreed {
    u: SharedPoint,
    z_a: [u8; 32],
    z_b: [u8; 32],
    /// Hash(x_U ‖ Z_A ‖ Z_B ‖ x₁ ‖ y₁ ‖ x₂ ‖ y₂).
    inner: Temporary<[u8; 32]>,
}

impl Agreed {
    /// U = t·(P + x̄·R) = t·P + (t·x̄)·R with P and R of the peer; `z` and `r` are those of A and B.
    fn new(
        start: &Start,
        peer: &Peer,
        peer_r: &PublicKey,
        [z_a, z_b]: [&[u8; 32]; 2],
        r: [&PublicKey; 2],
    ) -> Result<Self, KexError> {
        let x_bar = x_bar(peer_r);
        let t_x_bar = Zeroizing::new(*start.t * x_bar);
        let points = [&peer.key.point, &peer_r.point];
        let mut u = SharedPoint::of_two(start.backend, [&start.t, &t_x_bar], points);
        if !bool::from(u.is_point) {
            // Either the sum is O, or somebody sent an R that goes together with P, such as P itself, and had luck against
            // t, which is as random as r and never comes again.
            let multiple = start.backend.mul_vartime(&x_bar, &peer_r.point);
            let sum = start.backend.add(&multiple, &peer.key.point.into());
            if sum.is_identity().into() {
                return Err(KexError);
            }
            // t = 0 is left.
            u = SharedPoint::new(start.backend, &start.t, &sum);
            if !bool::from(u.is_point) {
                return Err(KexError);
            }
        }
        let mut sm3 = Sm3::new_with_prefix(u.x()).chain_update(z_a).chain_update(z_b);
        for r in r {
            sm3.update(&r.to_sec1_bytes()[1..]);
        }
        let mut inner = Temporary::<[u8; 32]>::new();
        inner.copy_from_slice(&sm3.finalize());
        Ok(Self { u, z_a: *z_a, z_b: *z_b, inner })
    }

    /// K = KDF(x_U ‖ y_U ‖ Z_A ‖ Z_B, klen).
    fn derive(&self, key: &mut [u8]) -> Result<(), KexError> {
        let mut z = Temporary::<[u8; 128]>::new();
        z[..64].copy_from_slice(self.u.as_bytes());
        z[64..96].copy_from_slice(&self.z_a);
        z[96..].copy_from_slice(&self.z_b);
        kdf(&*z, key).map_err(|_| KexError)
    }

    /// Hash(`tag` ‖ y_U ‖ Hash(…)).
    fn confirmation(&self, tag: u8) -> [u8; 32] {
        let sm3 = Sm3::new_with_prefix([tag]).chain_update(self.u.y());
        sm3.chain_update(*self.inner).finalize().into()
    }

    fn check(self, tag: u8, s: &[u8; 32]) -> Result<Self, KexError> {
        // What would be the right value stays secret.
        let right: Choice = Zeroizing::new(self.confirmation(tag)).ct_eq(s);
        if right.into() { Ok(self) } else { Err(KexError) }
    }
}

impl ZeroizeOnDrop for Party {}
impl ZeroizeOnDrop for Initiator {}
impl ZeroizeOnDrop for Responder {}
impl ZeroizeOnDrop for AwaitingConfirmation {}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Party").finish_non_exhaustive()
    }
}

impl fmt::Debug for Initiator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Initiator").field("r", self.r()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Responder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Responder").field("r", self.r()).finish_non_exhaustive()
    }
}

impl fmt::Debug for AwaitingConfirmation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwaitingConfirmation").finish_non_exhaustive()
    }
}

/// The exchange failed: it does not tell why. Begin anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KexError;

impl fmt::Display for KexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the key exchange failed")
    }
}

impl core::error::Error for KexError {}

#[cfg(feature = "__backends")]
impl super::__backends::Backend {
    /// [`Party::initiate`] with r given.
    #[doc(hidden)]
    #[must_use]
    pub fn initiate(self, party: &Party, r: &[u8; 32]) -> Option<Initiator> {
        Option::from(Scalar::from_random(r)).map(|r| Initiator(party.start(self.0, &r)))
    }

    /// [`Party::respond`] with r given.
    #[doc(hidden)]
    #[must_use]
    pub fn respond(self, party: &Party, r: &[u8; 32]) -> Option<Responder> {
        Option::from(Scalar::from_random(r)).map(|r| Responder(party.start(self.0, &r)))
    }
}
