//! What is to be computed from the vector files of SM2's encryption and key exchange, on a given backend.

use super::{Case, Failure};
use shangmi::{
    digest::Digest,
    rand_core::{TryCryptoRng, TryRng},
    sm2::{
        __backends::Backend,
        PublicKey, SecretKey,
        kex::{Party, Peer},
        pke::{C1, Ciphertext, Format},
    },
    sm3::Sm3,
};
use std::convert::Infallible;

/// All formats.
pub(crate) const FORMATS: [Format; 7] = [
    Format::C1C3C2(C1::Uncompressed),
    Format::C1C3C2(C1::Compressed),
    Format::C1C3C2(C1::Untagged),
    Format::C1C2C3(C1::Uncompressed),
    Format::C1C2C3(C1::Compressed),
    Format::C1C2C3(C1::Untagged),
    Format::Der,
];

fn wrong(error: &impl ToString) -> Failure {
    Failure::Wrong(error.to_string())
}

fn secret_key(case: &Case, name: &str) -> Result<SecretKey, Failure> {
    SecretKey::from_bytes(&case.array(name)?).map_err(|e| wrong(&e))
}

/// The point of the field `name`: x ‖ y.
fn point(case: &Case, name: &str) -> Result<PublicKey, Failure> {
    let bytes = [&[4][..], &case.bytes(name)?].concat();
    PublicKey::from_sec1_bytes(&bytes).map_err(|e| wrong(&e))
}

pub(crate) fn encrypt(case: &Case, backend: Backend) -> Result<(), Failure> {
    let secret = secret_key(case, "private_key")?;
    let public = PublicKey::from_coordinates(&case.array("public_x")?, &case.array("public_y")?);
    let public = public.map_err(|e| wrong(&e))?;
    case.ensure(secret.public_key() == public, "another public key")?;
    let (message, k) = (case.bytes("message")?, case.array("k")?);
    let shared = backend.mul(&k, &public.to_sec1_bytes()[1..].try_into().expect("64 bytes"));
    let shared = shared.ok_or_else(|| wrong(&"O"))?;
    case.equal("x2", &shared[..32])?;
    case.equal("y2", &shared[32..])?;
    let files =
        [("c1_c3_c2", FORMATS[0]), ("c1_c2_c3", FORMATS[3]), ("ciphertext_der", Format::Der)];
    for (name, format) in files {
        let mut out = vec![0; format.max_len(message.len()).unwrap_or(0)];
        let length = backend.encrypt_with_k(&k, &public, format, &message, &mut out);
        out.truncate(length.unwrap_or(0));
        case.equal(name, &out)?;
        let mut opened = vec![0; message.len()];
        let read = case.bytes(name)?;
        let decrypted = backend.decrypt(&secret, format, &read, &mut opened);
        case.equal("message", decrypted.map_err(|e| wrong(&e))?)?;
        // And written in the other formats.
        let ciphertext = Ciphertext::parse(format, &read).map_err(|e| wrong(&e))?;
        for (name, format) in files {
            let mut out = vec![0; ciphertext.encoded_len(format).unwrap_or(0)];
            let written = ciphertext.write(format, &mut out).map(|written| written.to_vec());
            case.equal(name, &written.unwrap_or_default())?;
        }
    }
    Ok(())
}

pub(crate) fn kex(case: &Case, backend: Backend) -> Result<(), Failure> {
    let [id_a, id_b] = [case.bytes("id_a")?, case.bytes("id_b")?];
    let [d_a, d_b] = [secret_key(case, "private_a")?, secret_key(case, "private_b")?];
    let [p_a, p_b] = [point(case, "public_a")?, point(case, "public_b")?];
    case.ensure(d_a.public_key() == p_a && d_b.public_key() == p_b, "another public key")?;
    case.equal("z_a", &p_a.z_a(&id_a).map_err(|e| wrong(&e))?)?;
    case.equal("z_b", &p_b.z_a(&id_b).map_err(|e| wrong(&e))?)?;
    let a = Party::new(&d_a, &id_a).map_err(|e| wrong(&e))?;
    let b = Party::new(&d_b, &id_b).map_err(|e| wrong(&e))?;
    let peer_a = Peer::new(&p_a, &id_a).map_err(|e| wrong(&e))?;
    let peer_b = Peer::new(&p_b, &id_b).map_err(|e| wrong(&e))?;
    let [r_a, r_b] = [case.array("r_a")?, case.array("r_b")?];
    let start = || Some((backend.initiate(&a, &r_a)?, backend.respond(&b, &r_b)?));
    let (initiator, responder) = start().ok_or_else(|| wrong(&"r is out of range"))?;
    let [point_a, point_b] = [*initiator.r(), *responder.r()];
    case.equal("point_r_a", &point_a.to_sec1_bytes()[1..])?;
    case.equal("point_r_b", &point_b.to_sec1_bytes()[1..])?;
    let mut key = vec![0; case.bytes("key")?.len()];
    let (s_b, awaiting) = responder.confirm(&peer_a, &point_a).map_err(|e| wrong(&e))?;
    case.equal("s_b", &s_b)?;
    let s_a = initiator.confirm(&peer_b, &point_b, &s_b, &mut key).map_err(|e| wrong(&e))?;
    case.equal("key", &key)?;
    case.equal("s_a", &s_a)?;
    key.fill(0);
    awaiting.confirm(&s_a, &mut key).map_err(|e| wrong(&e))?;
    case.equal("key", &key)?;
    // Without confirmation.
    let (initiator, responder) = start().ok_or_else(|| wrong(&"r is out of range"))?;
    key.fill(0);
    initiator.finish(&peer_b, &point_b, &mut key).map_err(|e| wrong(&e))?;
    case.equal("key", &key)?;
    key.fill(0);
    responder.finish(&peer_a, &point_a, &mut key).map_err(|e| wrong(&e))?;
    case.equal("key", &key)
}

/// SM3 of a counter, for tests alone.
pub(crate) struct Hashes(pub(crate) u64);

impl TryRng for Hashes {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for bytes in bytes.chunks_mut(32) {
            self.0 += 1;
            bytes.copy_from_slice(&Sm3::digest(self.0.to_be_bytes())[..bytes.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Hashes {}

/// Gives the 32 bytes that it holds, first to last, then fails.
pub(crate) struct Script(pub(crate) Vec<[u8; 32]>);

impl TryRng for Script {
    type Error = std::fmt::Error;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Err(std::fmt::Error)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Err(std::fmt::Error)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        if self.0.is_empty() || bytes.len() != 32 {
            return Err(std::fmt::Error);
        }
        bytes.copy_from_slice(&self.0.remove(0));
        Ok(())
    }
}

impl TryCryptoRng for Script {}
