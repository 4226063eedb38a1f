//! SM2EnvelopedKey in DER.

use super::{EnvelopeError, EnvelopedKey};
use crate::sm2::{
    PublicKey,
    der::{
        BIT_STRING, INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE, Writer,
        element_len,
    },
    pke::Format,
};

/// SM4, 1.2.156.10197.1.104, and behind it, in the last byte, the mode ECB. Both serve as names here.
///
/// Source: GM/T 0006-2012 (GB/T 33560-2017).
const SM4_ECB: [u8; 8] = [0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x68, 0x01];

impl EnvelopedKey {
    /// The most bytes that [`write_der`](Self::write_der) writes.
    pub const MAX_DER_LEN: usize = 3 + 14 + 124 + 68 + 35;

    /// SM2EnvelopedKey.
    ///
    /// The cipher may be named SM4 or SM4-ECB, with NULL after it or nothing. The encrypted private key has 32 bytes or, as
    /// in the tokens' form, 64, where the first half stands for zeros. A coordinate of 32 bytes may lack the zero that DER
    /// wants before a first bit that is set: an authority was seen to leave it out.
    ///
    /// # Errors
    /// [`EnvelopeError`] if `bytes` are not such an envelope in DER, or if bytes are left.
    pub fn from_der(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        parse(bytes).ok_or(EnvelopeError)
    }

    /// Writes SM2EnvelopedKey to the start of `out`, and returns it. The cipher is named SM4-ECB, with NULL after it.
    ///
    /// None if it has more bytes than `out`; what is then in `out` is of no use.
    pub fn write_der<'o>(&self, out: &'o mut [u8]) -> Option<&'o mut [u8]> {
        let ciphertext = self.ciphertext()?;
        let encrypted = ciphertext.encoded_len(Format::Der)?;
        let algorithm = element_len(SM4_ECB.len())? + 2;
        let content = element_len(algorithm)? + encrypted + element_len(66)? + element_len(33)?;
        let out = out.get_mut(..element_len(content)?)?;
        let mut writer = Writer(&mut *out);
        writer.header(SEQUENCE, content)?;
        writer.header(SEQUENCE, algorithm)?;
        writer.header(OBJECT_IDENTIFIER, SM4_ECB.len())?;
        writer.put(&SM4_ECB)?;
        writer.header(NULL, 0)?;
        ciphertext.write(Format::Der, writer.take(encrypted)?)?;
        for bits in [&self.public_key.to_sec1_bytes()[..], &self.d] {
            writer.header(BIT_STRING, 1 + bits.len())?;
            writer.put(&[0])?;
            writer.put(bits)?;
        }
        Some(out)
    }

    /// SM2EnvelopedKey, as [`write_der`](Self::write_der) writes it.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn to_der(&self) -> alloc::vec::Vec<u8> {
        let mut bytes = alloc::vec![0; Self::MAX_DER_LEN];
        let length = self.write_der(&mut bytes).map_or(0, |written| written.len());
        bytes.truncate(length);
        bytes
    }
}

fn parse(bytes: &[u8]) -> Option<EnvelopedKey> {
    let mut outer = Reader(bytes);
    let mut reader = Reader(outer.element(SEQUENCE)?);
    let mut algorithm = Reader(reader.element(SEQUENCE)?);
    let name = algorithm.element(OBJECT_IDENTIFIER)?;
    let is_sm4 = name == SM4_ECB || SM4_ECB.split_last().is_some_and(|(_, sm4)| name == sm4);
    if !algorithm.0.is_empty() && !algorithm.element(NULL)?.is_empty() {
        return None;
    }
    let mut cipher = Reader(reader.element(SEQUENCE)?);
    let (x1, y1) = (coordinate(&mut cipher)?, coordinate(&mut cipher)?);
    let c3 = cipher.element(OCTET_STRING)?.try_into().ok()?;
    let c2 = cipher.element(OCTET_STRING)?.try_into().ok()?;
    let public_key = bits(&mut reader)?;
    let d = match bits(&mut reader)?.split_last_chunk()? {
        ([], d) => d,
        (zeros, d) if stand_for_zeros(zeros) => d,
        _ => return None,
    };
    if !is_sm4 || ![outer, reader, algorithm, cipher].iter().all(|reader| reader.0.is_empty()) {
        return None;
    }
    // The standard has the uncompressed form alone.
    let public_key: &[u8; 65] = public_key.try_into().ok()?;
    EnvelopedKey::from_parts([&x1, &y1, c3], c2, PublicKey::from_sec1_bytes(public_key).ok()?, d)
}

/// A coordinate of C1: an INTEGER, or what some authorities write for it, 32 bytes whatever their first bits.
fn coordinate(reader: &mut Reader<'_>) -> Option<[u8; 32]> {
    let mut again = Reader(reader.0);
    reader.integer().or_else(|| {
        let bytes = again.element(INTEGER)?.try_into().ok()?;
        reader.0 = again.0;
        Some(bytes)
    })
}

/// The content of the next element, a BIT STRING of whole bytes.
fn bits<'a>(reader: &mut Reader<'a>) -> Option<&'a [u8]> {
    reader.element(BIT_STRING)?.split_first().filter(|(unused, _)| **unused == 0).map(|(_, b)| b)
}

/// Whether these are two blocks of zeros, or two equal ones, as zeros become in the mode ECB.
pub(super) fn stand_for_zeros(bytes: &[u8]) -> bool {
    bytes.split_first_chunk::<16>().is_some_and(|(first, second)| second == first)
}
