//! The encrypted file: a header of 32 bytes, then segments, each with its tag.
//!
//! | bytes | header |
//! |---|---|
//! | 8 | `SM4-SEG` and 01 |
//! | 4 | iterations of PBKDF2, big-endian; 0: the secret is a key |
//! | 4 | bytes of plaintext in each segment but the last, big-endian |
//! | 16 | salt, random |
//!
//! Key and nonce of SM4-GCM are made of secret and salt: each file has its own. The segments are a STREAM (Hoang, Reyhanitabar, Rogaway,
//! Vizár: Online Authenticated-Encryption, CRYPTO 2015): the nonce of each is 7 bytes of prefix, its number in 4 bytes, and whether it is the last
//! one; the header is associated data of all. So no segment can be altered, left out, added or moved, nor the end cut off.

use aead_stream::{DecryptorBE32, EncryptorBE32};
use shangmi::{
    aead::KeyInit,
    sm3::{HkdfSm3, pbkdf2},
    sm4::Sm4Gcm,
};
use std::{
    fmt,
    io::{self, BufRead, Read, Write},
};
use zeroize::Zeroizing;

const MAGIC: [u8; 8] = *b"SM4-SEG\x01";
const SEGMENT: u32 = 64 << 10;
/// More than this is refused: a header is read before anything of it is authentic.
const MAX_SEGMENT: u32 = 16 << 20;
pub(crate) const MAX_ITERATIONS: u32 = 100_000_000;
const TAG: usize = 16;

/// What a file is encrypted under.
pub(crate) enum Secret {
    Password(Zeroizing<Vec<u8>>),
    Key(Zeroizing<[u8; 16]>),
}

/// Why a file could not be encrypted or decrypted.
#[derive(Debug)]
pub(crate) enum Error {
    Read(io::Error),
    Write(io::Error),
    /// It does not begin as encrypted files do.
    NotEncrypted,
    WantsPassword,
    WantsKey,
    /// A tag is wrong.
    NotAuthentic,
    TooLong,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::Read(e) => return write!(f, "cannot be read: {e}"),
            Self::Write(e) => return write!(f, "the result cannot be written: {e}"),
            Self::NotEncrypted => "was not encrypted by this program",
            Self::WantsPassword => "was encrypted under a password, not a key file",
            Self::WantsKey => "was encrypted under a key file, not a password",
            Self::NotAuthentic => "wrong password or key, or the file was altered or cut short",
            Self::TooLong => "is too long: 2^32 segments are the most",
        };
        f.write_str(what)
    }
}

pub(crate) struct Header([u8; 32]);

impl Header {
    /// For a new file. The salt must be random; no iterations: for a key.
    pub(crate) fn new(iterations: u32, salt: [u8; 16]) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&iterations.to_be_bytes());
        bytes[12..16].copy_from_slice(&SEGMENT.to_be_bytes());
        bytes[16..].copy_from_slice(&salt);
        Self(bytes)
    }

    /// The one that `file` begins with.
    pub(crate) fn read(file: &mut impl Read) -> Result<Self, Error> {
        let mut bytes = [0; 32];
        file.read_exact(&mut bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => Error::NotEncrypted,
            _ => Error::Read(error),
        })?;
        let header = Self(bytes);
        let known = bytes.starts_with(&MAGIC)
            && header.iterations() <= MAX_ITERATIONS
            && (1..=MAX_SEGMENT).contains(&header.number(12));
        if known { Ok(header) } else { Err(Error::NotEncrypted) }
    }

    fn number(&self, at: usize) -> u32 {
        u32::from_be_bytes(std::array::from_fn(|i| self.0[at + i]))
    }

    fn iterations(&self) -> u32 {
        self.number(8)
    }

    /// Whether the file wants a password, not a key.
    pub(crate) fn wants_password(&self) -> bool {
        self.iterations() > 0
    }

    fn segment(&self) -> usize {
        self.number(12) as usize
    }

    /// Key and prefix of the nonces.
    fn keys(&self, secret: &Secret) -> Result<(Sm4Gcm, [u8; 7]), Error> {
        let mut keys = Zeroizing::new([0; 16 + 7]);
        let (salt, iterations) = (&self.0[16..], self.iterations());
        let made = match secret {
            Secret::Password(password) if self.wants_password() => {
                pbkdf2(password, salt, iterations, &mut *keys).is_ok()
            }
            Secret::Key(key) if !self.wants_password() => {
                let hkdf = HkdfSm3::new(Some(salt), &**key);
                hkdf.expand(b"encrypt_file: key and nonces", &mut *keys).is_ok()
            }
            Secret::Key(_) => return Err(Error::WantsPassword),
            Secret::Password(_) => return Err(Error::WantsKey),
        };
        assert!(made, "the lengths are right");
        let gcm = Sm4Gcm::new_from_slice(&keys[..16]).expect("16 bytes");
        Ok((gcm, std::array::from_fn(|i| keys[16 + i])))
    }
}

/// Encrypts `input` to `output`: all of it, or an error.
pub(crate) fn encrypt(
    header: &Header,
    secret: &Secret,
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> Result<(), Error> {
    let (gcm, nonce) = header.keys(secret)?;
    let mut stream = EncryptorBE32::from_aead(gcm, &nonce.into());
    let mut segment = Zeroizing::new(Vec::with_capacity(header.segment() + TAG));
    output.write_all(&header.0).map_err(Error::Write)?;
    while !fill(&mut segment, header.segment(), input)? {
        let sealed = stream.encrypt_next_in_place(&header.0, &mut *segment);
        sealed.map_err(|_| Error::TooLong)?;
        output.write_all(&segment).map_err(Error::Write)?;
    }
    let sealed = stream.encrypt_last_in_place(&header.0, &mut *segment);
    sealed.map_err(|_| Error::TooLong)?;
    output.write_all(&segment).map_err(Error::Write)
}

/// Decrypts what follows `header` to `output`. A segment is written once its tag is found right; that the last one is there is known
/// only at the end, so `output` is worth nothing before this returns `Ok`.
pub(crate) fn decrypt(
    header: &Header,
    secret: &Secret,
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> Result<(), Error> {
    let (gcm, nonce) = header.keys(secret)?;
    let mut stream = DecryptorBE32::from_aead(gcm, &nonce.into());
    let mut segment = Zeroizing::new(Vec::with_capacity(header.segment() + TAG));
    while !fill(&mut segment, header.segment() + TAG, input)? {
        let opened = stream.decrypt_next_in_place(&header.0, &mut *segment);
        opened.map_err(|_| Error::NotAuthentic)?;
        output.write_all(&segment).map_err(Error::Write)?;
    }
    let opened = stream.decrypt_last_in_place(&header.0, &mut *segment);
    opened.map_err(|_| Error::NotAuthentic)?;
    output.write_all(&segment).map_err(Error::Write)
}

/// Reads the next segment, of `n` bytes or fewer at the end; whether it is the last one.
fn fill(segment: &mut Vec<u8>, n: usize, input: &mut impl BufRead) -> Result<bool, Error> {
    segment.clear();
    input.take(n as u64).read_to_end(segment).map_err(Error::Read)?;
    loop {
        match input.fill_buf() {
            Ok(bytes) => return Ok(bytes.is_empty()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::Read(error)),
        }
    }
}
