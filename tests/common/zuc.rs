//! What is to be computed from each vector file of ZUC, on a given backend.

use super::{Case, Failure};
use shangmi::{
    aead::{AeadInOut, Nonce},
    cipher::StreamCipher,
    digest::{
        Mac,
        consts::{U4, U5, U6, U7, U8, U9, U10, U11, U12, U13, U14, U15, U16},
    },
    zuc::{
        __backends::{self, Backend},
        Frame, LongTag, MacSize, ShortTag,
    },
};

mod batch;
#[allow(unused_imports, reason = "each test program uses a part")]
pub(crate) use batch::FILES as LANES_FILES;

/// A check of one case on one backend.
pub(crate) type Check = fn(&Case, Backend) -> Result<(), Failure>;

/// The files, and what checks a case of each.
pub(crate) const FILES: [(&str, Check); 9] = [
    ("zuc/zuc128_initialisation.txt", zuc128_initialisation),
    ("zuc/zuc128_keystream.txt", zuc128_keystream),
    ("zuc/eea3.txt", eea3),
    ("zuc/eia3.txt", eia3),
    ("zuc/zuc256_keystream.txt", zuc256_keystream),
    ("zuc/zuc256_mac.txt", zuc256_mac),
    ("zuc/zuc256_3gpp.txt", zuc256_3gpp),
    ("zuc/gxm.txt", gxm),
    ("zuc/mur.txt", mur),
];

/// The rounds are the portable backend's; that every backend agrees with it shows in the keystream.
fn zuc128_initialisation(case: &Case, _: Backend) -> Result<(), Failure> {
    let (key, iv) = (case.array("key")?, case.array("iv")?);
    let (lfsr, r1, r2) = __backends::initialisation_rounds(&key, &iv);
    case.equal("lfsr", lfsr.map(u32::to_be_bytes).as_flattened())?;
    case.equal("r1", &r1.to_be_bytes())?;
    case.equal("r2", &r2.to_be_bytes())
}

fn zuc128_keystream(case: &Case, backend: Backend) -> Result<(), Failure> {
    let mut zuc = backend.zuc128(&case.array("key")?, &case.array("iv")?);
    zuc.write_keystream_words(&mut vec![0; first_word(case)?]);
    let mut z = vec![0; case.bytes("keystream")?.len()];
    zuc.write_keystream(&mut z);
    case.equal("keystream", &z)
}

/// The index, from 0, of the first word in `keystream`.
fn first_word(case: &Case) -> Result<usize, Failure> {
    let first = case.number("first")?;
    if (1..=1 << 20).contains(&first) {
        return Ok(first - 1);
    }
    Err(case.malformed("first is not in 1 ... 2^20"))
}

fn frame(case: &Case) -> Result<Frame, Failure> {
    let count = u32::from_be_bytes(case.array("count")?);
    let [bearer] = case.array("bearer")?;
    let direction = u8::try_from(case.number("direction")?).unwrap_or(u8::MAX);
    Frame::new(count, bearer, direction).map_err(|e| case.malformed(&e.to_string()))
}

/// The data must be just as long as LENGTH says, and its spare bits zero.
fn exact(case: &Case, name: &str, bits: usize) -> Result<Vec<u8>, Failure> {
    let bytes = case.bytes(name)?;
    let spare = if bits.is_multiple_of(8) { 0 } else { 0xff >> (bits % 8) };
    if bytes.len() == bits.div_ceil(8) && bytes.last().is_none_or(|last| last & spare == 0) {
        return Ok(bytes);
    }
    Err(case.malformed(&format!("{name} has not just the {bits} bits of length")))
}

fn eea3(case: &Case, backend: Backend) -> Result<(), Failure> {
    let (key, iv) = (case.array("key")?, frame(case)?.eea3_iv());
    let bits = case.number("length")?;
    let (mut there, mut back) = (exact(case, "plaintext", bits)?, exact(case, "ciphertext", bits)?);
    for data in [&mut there, &mut back] {
        let done = backend.eea3(&key, &iv).apply_bits(bits, data.as_mut_slice().into());
        done.map_err(|e| case.malformed(&e.to_string()))?;
    }
    case.equal("ciphertext", &there)?;
    case.equal("plaintext", &back)
}

fn eia3(case: &Case, backend: Backend) -> Result<(), Failure> {
    let (key, iv) = (case.array("key")?, frame(case)?.eia3_iv());
    let bits = case.number("length")?;
    let message = exact(case, "message", bits)?;
    let mac = backend.eia3(&key, &iv).finalize_bits(bits, &message);
    let mac = mac.map_err(|e| case.malformed(&e.to_string()))?.into_bytes();
    case.equal("mac", &mac)?;
    let verified = backend.eia3(&key, &iv).verify_bits(bits, &message, &mac.into());
    case.ensure(verified.is_ok(), "the right MAC is refused")
}

fn zuc256_keystream(case: &Case, backend: Backend) -> Result<(), Failure> {
    let key = case.array("key")?;
    let mut z = vec![0; case.bytes("keystream")?.len()];
    match case.text("form")? {
        "v1" => backend.zuc256_v1(&key, &case.array("iv")?).write_keystream(&mut z),
        "new" => backend.zuc256(&key, &case.array("iv")?).write_keystream(&mut z),
        _ => return Err(case.malformed("form is neither v1 nor new")),
    }
    case.equal("keystream", &z)
}

fn zuc256_mac(case: &Case, backend: Backend) -> Result<(), Failure> {
    fn with<N: MacSize>(case: &Case, backend: Backend) -> Result<(), Failure> {
        let (key, bits) = (case.array("key")?, case.number("length")?);
        let message = case.bytes("message")?;
        let mac = match case.text("form")? {
            "v1" => {
                let mac = backend.zuc256_v1_mac::<N>(&key, &case.array("iv")?);
                mac.finalize_bits(bits, &message).map(|mac| mac.into_bytes())
            }
            "new" => {
                let mac = backend.zuc256_mac::<N>(&key, &case.array("iv")?);
                mac.finalize_bits(bits, &message).map(|mac| mac.into_bytes())
            }
            _ => return Err(case.malformed("form is neither v1 nor new")),
        };
        case.equal("mac", &mac.map_err(|e| case.malformed(&e.to_string()))?)
    }
    match case.bytes("mac")?.len() {
        4 => with::<U4>(case, backend),
        8 => with::<U8>(case, backend),
        16 => with::<U16>(case, backend),
        _ => Err(case.malformed("mac has neither 4, 8 nor 16 bytes")),
    }
}

/// Calls `$with::<N>` for the tag's length `$n`.
macro_rules! for_tag {
    ($n:expr, $with:ident, $case:expr, $backend:expr, $($number:literal $size:ty),*) => {
        match $n {
            $($number => $with::<$size>($case, $backend),)*
            n => Err($case.malformed(&format!("a tag of {n} bytes"))),
        }
    };
}

pub(crate) use for_tag;

fn zuc256_3gpp(case: &Case, backend: Backend) -> Result<(), Failure> {
    let function = case.text("function")?;
    if function == "NEA6" {
        return nea6(case, backend);
    }
    let tag = if function == "NIA6" { "mac" } else { "tag" };
    for_tag!(
        case.bytes(tag)?.len(), nia6_or_nca6, case, backend,
        4 U4, 5 U5, 6 U6, 7 U7, 8 U8, 9 U9, 10 U10, 11 U11, 12 U12, 13 U13, 14 U14, 15 U15, 16 U16
    )
}

/// The 15 bytes of IV that a caller gives, if the first byte is `domain`, as it should.
fn iv_of(case: &Case, domain: usize) -> Result<[u8; 15], Failure> {
    let [first, rest @ ..] = case.array::<16>("iv")?;
    if usize::from(first) == domain {
        return Ok(rest);
    }
    Err(case.malformed(&format!("iv begins with {first:02x}, not with {domain:02x}")))
}

fn nea6(case: &Case, backend: Backend) -> Result<(), Failure> {
    let (key, iv) = (case.array("key")?, iv_of(case, 0)?);
    let [mut there, mut back] = [case.bytes("plaintext")?, case.bytes("ciphertext")?];
    backend.nea6(&key, &iv).apply_keystream(&mut there);
    backend.nea6(&key, &iv).apply_keystream(&mut back);
    case.equal("ciphertext", &there)?;
    case.equal("plaintext", &back)
}

fn nia6_or_nca6<N: ShortTag>(case: &Case, backend: Backend) -> Result<(), Failure> {
    let key = case.array("key")?;
    match case.text("function")? {
        "NIA6" => {
            let iv = iv_of(case, 8 * N::USIZE)?;
            let mac = backend.nia6::<N>(&key, &iv).chain_update(case.bytes("message")?);
            case.equal("mac", &mac.finalize().into_bytes())
        }
        "NCA6" => {
            let nonce = iv_of(case, (8 * N::USIZE) | 4)?.into();
            aead(case, &backend.nca6::<N>(&key), &nonce)
        }
        _ => Err(case.malformed("function is neither NEA6, NIA6 nor NCA6")),
    }
}

/// Both directions, and that a flipped bit of the tag is refused and leaves nothing of the plaintext.
fn aead<A: AeadInOut>(case: &Case, aead: &A, nonce: &Nonce<A>) -> Result<(), Failure> {
    let (aad, mut data) = (case.bytes("aad")?, case.bytes("plaintext")?);
    let tag = aead.encrypt_inout_detached(nonce, &aad, data.as_mut_slice().into());
    let tag = tag.map_err(|_| case.malformed("encryption refused"))?;
    case.equal("ciphertext", &data)?;
    case.equal("tag", &tag)?;
    let mut flipped = tag.clone();
    flipped[tag.len() - 1] ^= 1;
    let mut copy = data.clone();
    let opened = aead.decrypt_inout_detached(nonce, &aad, copy.as_mut_slice().into(), &flipped);
    case.ensure(opened.is_err(), "a wrong tag is accepted")?;
    case.ensure(copy.iter().all(|b| *b == 0), "a wrong tag leaves data in the buffer")?;
    let opened = aead.decrypt_inout_detached(nonce, &aad, data.as_mut_slice().into(), &tag);
    case.ensure(opened.is_ok(), "the right tag is refused")?;
    case.equal("plaintext", &data)
}

fn gxm(case: &Case, backend: Backend) -> Result<(), Failure> {
    fn with<N: LongTag>(case: &Case, backend: Backend) -> Result<(), Failure> {
        let (key, hash_key) = (case.array("key")?, case.array("hash_key")?);
        let (iv, aad) = (case.array("iv")?, case.bytes("aad")?);
        let new = || backend.gxm::<N>(&key, &hash_key, &iv);
        let mut data = case.bytes("plaintext")?;
        let tag = new().encrypt(&aad, data.as_mut_slice().into());
        case.equal("ciphertext", &data)?;
        case.equal("tag", &tag)?;
        let opened = new().decrypt(&aad, data.as_mut_slice().into(), &tag);
        case.ensure(opened.is_ok(), "the right tag is refused")?;
        case.equal("plaintext", &data)
    }
    for_tag!(
        case.bytes("tag")?.len(), with, case, backend,
        8 U8, 9 U9, 10 U10, 11 U11, 12 U12, 13 U13, 14 U14, 15 U15, 16 U16
    )
}

fn mur(case: &Case, backend: Backend) -> Result<(), Failure> {
    fn with<N: LongTag>(case: &Case, backend: Backend) -> Result<(), Failure> {
        let keys = [case.array("data_key")?, case.array("tag_key")?, case.array("hash_key")?];
        let nonce = case.array::<16>("iv")?.into();
        aead(case, &backend.mur::<N>(&keys[0], &keys[1], &keys[2]), &nonce)
    }
    for_tag!(
        case.bytes("tag")?.len(), with, case, backend,
        8 U8, 9 U9, 10 U10, 11 U11, 12 U12, 13 U13, 14 U14, 15 U15, 16 U16
    )
}
