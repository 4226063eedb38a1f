//! k, the secret integer of one signature: from d and e alone, or with random bytes besides.

use super::scalar::Scalar;
use crate::{
    secret::Temporary,
    sm3::{HmacSm3Key, hmac_many},
};
use core::array;

/// The generator of RFC 6979 with HMAC-SM3, started by d and e.
///
/// e has the identifier in it. The message alone would not do: the same k under two identifiers gives d.
///
/// Source: RFC 6979, 3.2 and, for the random bytes, 3.6.
pub(super) struct Nonces {
    key: HmacSm3Key,
    v: Temporary<[u8; 32]>,
    drawn: bool,
}

impl Nonces {
    /// HMAC-SM3 with the K of step c, which is the same for all.
    pub(super) fn start() -> HmacSm3Key {
        HmacSm3Key::new(&[0; 32])
    }

    /// `random` is empty, or of 32 bytes that make k another one each time.
    pub(super) fn new(start: &HmacSm3Key, d: &Scalar, e: &Scalar, random: &[u8]) -> Self {
        // V ‖ 00 ‖ d ‖ e ‖ random.
        let mut seed = Temporary::<[u8; 129]>::new();
        let (message, _) = seed.split_at_mut(97 + random.len().min(32));
        message[33..65].copy_from_slice(&d.to_bytes());
        message[65..97].copy_from_slice(&e.to_bytes());
        message[97..].iter_mut().zip(random).for_each(|(byte, random)| *byte = *random);
        // Step b.
        let mut nonces = Self { key: start.clone(), v: Temporary::new(), drawn: false };
        nonces.v.fill(1);
        // Steps d to g.
        for separator in [0, 1] {
            message[..32].copy_from_slice(&*nonces.v);
            message[32] = separator;
            nonces.step(message);
        }
        nonces
    }

    /// K = HMAC(K, `message`), V = HMAC(K, V).
    fn step(&mut self, message: &[u8]) {
        let mut key = Temporary::<[u8; 32]>::new();
        *key = self.key.mac(message);
        self.key = HmacSm3Key::new(&*key);
        *self.v = self.key.mac(&*self.v);
    }

    /// The next k in [1, n − 1]. Step h.
    pub(super) fn draw(&mut self) -> Temporary<Scalar> {
        loop {
            if self.drawn {
                let mut message = Temporary::<[u8; 33]>::new();
                message[..32].copy_from_slice(&*self.v);
                self.step(&*message);
            }
            self.drawn = true;
            *self.v = self.key.mac(&*self.v);
            let drawn = Scalar::from_random(&self.v);
            let mut k = Temporary::<Scalar>::new();
            if bool::from(drawn.is_some()) {
                *k = drawn.unwrap_or(Scalar::ONE);
                return k;
            }
        }
    }
}

/// At most so many k are made at once.
pub(super) const MANY: usize = 16;

/// The first k of [`Nonces`] for each of up to [`MANY`] e, without random bytes; MACs are computed side by side.
///
/// `k` is as long as `e`.
pub(super) fn draw_many(start: &HmacSm3Key, d: &Scalar, e: &[Scalar], k: &mut [Scalar]) {
    let n = e.len().min(MANY);
    let mut keys: [HmacSm3Key; MANY] = array::from_fn(|_| start.clone());
    let mut seeds = Temporary::<[[u8; 97]; MANY]>::new();
    let mut v = Temporary::<[[u8; 32]; MANY]>::new();
    let mut macs = Temporary::<[[u8; 32]; MANY]>::new();
    // Step b.
    v.fill([1; 32]);
    for (seed, e) in seeds.iter_mut().zip(e) {
        seed[33..65].copy_from_slice(&d.to_bytes());
        seed[65..].copy_from_slice(&e.to_bytes());
    }
    // Steps d to g. There are as many keys and messages as MACs, so that there is no error.
    for separator in [0, 1] {
        for (seed, v) in seeds.iter_mut().zip(&*v) {
            seed[..32].copy_from_slice(v);
            seed[32] = separator;
        }
        let _ = hmac_many(&keys[..n], &seeds[..n], &mut macs[..n]);
        for (key, mac) in keys.iter_mut().zip(&*macs).take(n) {
            *key = HmacSm3Key::new(mac);
        }
        let _ = hmac_many(&keys[..n], &v[..n], &mut macs[..n]);
        *v = *macs;
    }
    // Step h.
    let _ = hmac_many(&keys[..n], &v[..n], &mut macs[..n]);
    for ((mac, e), k) in macs.iter().zip(e).zip(k) {
        let drawn = Scalar::from_random(mac);
        *k = if bool::from(drawn.is_some()) {
            drawn.unwrap_or(Scalar::ONE)
        } else {
            *Nonces::new(start, d, e, &[]).draw()
        };
    }
}
