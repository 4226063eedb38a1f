//! What takes values from outside refuses just the bad ones, without a panic, and leaves buffers alone then.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use shangmi::{
    cipher::{InOutBuf, KeyIvInit, StreamCipher},
    digest::{Mac, consts::U16},
    zuc::{
        Bearer, Checkpoint, Direction, Eea3, Eia3, Frame, FrameError, LengthError, Zuc128,
        Zuc256Mac, Zuc256V1,
        batch::{self, CipherJob, MacJob, WrongJob},
        eea3, eea3_b2b, eia3, eia3_verify,
    },
};

#[derive(Arbitrary, Debug)]
enum Input<'a> {
    /// Bytes of unknown origin.
    Checkpoint(&'a [u8]),
    /// A checkpoint after so many bytes, and bytes of it that were changed.
    Damaged {
        key: [u8; 16],
        taken: u16,
        changes: Vec<(u8, u8)>,
    },
    Iv([u8; 25]),
    Frame {
        count: u32,
        bearer: u8,
        direction: u8,
    },
    Lengths {
        key: [u8; 16],
        count: u32,
        bits: Bits,
        short: u8,
        data: &'a [u8],
    },
}

/// A length in bits.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Bits {
    Any(usize),
    /// So many more than the buffer has.
    Beyond(i8),
    /// So many more than fit in LENGTH.
    OverLimit(i8),
}

impl Bits {
    fn value(self, buffer: usize) -> usize {
        match self {
            Self::Any(bits) => bits,
            Self::Beyond(more) => (8 * buffer).saturating_add_signed(more.into()),
            Self::OverLimit(more) => (u32::MAX as usize).saturating_add_signed(more.into()),
        }
    }
}

fuzz_target!(|input: Input<'_>| {
    match input {
        Input::Checkpoint(bytes) => checkpoint(bytes),
        Input::Damaged { key, taken, changes } => {
            let mut zuc = Zuc128::new(&key.into(), &[0; 16].into());
            zuc.write_keystream(&mut vec![0; taken.into()]);
            let mut bytes = *zuc.checkpoint().as_bytes();
            for (at, change) in changes {
                bytes[usize::from(at) % Checkpoint::BYTES] ^= change;
            }
            checkpoint(&bytes);
        }
        Input::Iv(iv) => pack_iv(&iv),
        Input::Frame { count, bearer, direction } => frame(count, bearer, direction),
        Input::Lengths { key, count, bits, short, data } => {
            let frame = Frame { count, ..Frame::default() };
            let bits = bits.value(data.len());
            encryption(&key, frame, bits, data);
            buffer_to_buffer(&key, frame, bits, data, short.into());
            integrity(&key, frame, bits, data);
        }
    }
});

fn checkpoint(bytes: &[u8]) {
    let word = |cell: &[u8; 4]| u32::from_be_bytes(*cell);
    let valid = bytes.len() == Checkpoint::BYTES
        && bytes[0] == 1
        && bytes[1] < 4
        && bytes[2..4] == [0, 0]
        && bytes[16..].as_chunks().0.iter().all(|cell| (1..1 << 31).contains(&word(cell)));
    let read = Checkpoint::try_from(bytes);
    assert_eq!(read.is_ok(), valid);
    let Ok(place) = read else { return };
    assert_eq!(place.as_bytes(), bytes);
    let mut zuc = Zuc128::resume(&place).expect("the form is checked when it is read");
    assert_eq!(zuc.checkpoint().as_bytes(), bytes);
    zuc.write_keystream(&mut [0; 131]);
    zuc.write_keystream_words(&mut [0; 20]);
    assert!(Checkpoint::try_from(zuc.checkpoint().as_bytes().as_slice()).is_ok());
}

/// Bit by bit: 17 whole bytes, then the lower 6 bits of eight.
fn pack_iv(iv: &[u8; 25]) {
    let (whole, parts) = iv.split_at(17);
    let valid = parts.iter().all(|part| *part < 64);
    let packed = Zuc256V1::pack_iv(iv);
    assert_eq!(packed.is_ok(), valid);
    let Ok(packed) = packed else { return };
    assert_eq!(packed[..17], *whole);
    for bit in 0..48 {
        let part = parts[bit / 6] >> (5 - bit % 6) & 1;
        assert_eq!(packed[17 + bit / 8] >> (7 - bit % 8) & 1, part, "bit {bit}");
    }
    Zuc256V1::new(&[0; 32].into(), &packed.into()).write_keystream(&mut [0; 9]);
}

fn frame(count: u32, bearer: u8, direction: u8) {
    let frame = Frame::new(count, bearer, direction);
    assert_eq!(Bearer::new(bearer).is_some(), bearer < 32);
    assert_eq!(Direction::try_from(direction).is_ok(), direction < 2);
    let frame = match frame {
        Ok(frame) => frame,
        Err(FrameError::Bearer) => return assert!(bearer >= 32),
        Err(_) => return assert!(bearer < 32 && direction >= 2),
    };
    assert!(bearer < 32 && direction < 2);
    let iv = frame.eea3_iv();
    assert_eq!(iv[..8], iv[8..]);
    assert_eq!(
        iv[..8],
        [&count.to_be_bytes()[..], &[bearer << 3 | direction << 2, 0, 0, 0]].concat()
    );
    let mut iv = frame.eia3_iv();
    iv[8] ^= direction << 7;
    iv[14] ^= direction << 7;
    assert_eq!(iv[..8], iv[8..]);
    assert_eq!(iv[..8], [&count.to_be_bytes()[..], &[bearer << 3, 0, 0, 0]].concat());
    let iv = frame.nea6_iv();
    assert_eq!((iv[0], &iv[7..11]), (bearer << 1 | direction, &count.to_be_bytes()[..]));
    assert!(iv[1..7].iter().chain(&iv[11..]).all(|byte| *byte == 0));
}

/// What a buffer of so many bytes should answer.
fn lengths(bits: usize, bytes: usize) -> Result<(), LengthError> {
    if u32::try_from(bits).is_err() {
        Err(LengthError::TooLong)
    } else if bits.div_ceil(8) > bytes {
        Err(LengthError::BufferTooShort)
    } else {
        Ok(())
    }
}

/// `before`, its first `bits` bits encrypted; the rest of their last byte is zero.
fn encrypted(key: &[u8; 16], frame: Frame, bits: usize, before: &[u8]) -> Vec<u8> {
    let (mut data, bytes) = (before.to_vec(), bits.div_ceil(8));
    Zuc128::new(key.into(), &frame.eea3_iv().into()).apply_keystream(&mut data[..bytes]);
    let used = bits % 8;
    if used > 0 {
        data[bytes - 1] &= 0xff << (8 - used);
    }
    data
}

fn encryption(key: &[u8; 16], frame: Frame, bits: usize, before: &[u8]) {
    let right = lengths(bits, before.len());
    let want = if right.is_ok() { encrypted(key, frame, bits, before) } else { before.to_vec() };
    let mut data = before.to_vec();
    assert_eq!(eea3(key, frame, bits, &mut data), right);
    assert_eq!(data, want);
    data.copy_from_slice(before);
    assert_eq!(Eea3::for_frame(key, frame).apply_bits(bits, data.as_mut_slice().into()), right);
    assert_eq!(data, want);
    data.copy_from_slice(before);
    let mut jobs = [CipherJob::eea3(key, frame, bits, data.as_mut_slice())];
    assert_eq!(jobs[0].check(), right);
    assert_eq!(batch::encrypt(&mut jobs), first_wrong(right));
    drop(jobs);
    assert_eq!(data, want);
}

/// What a batch answers whose only job answers `right`.
fn first_wrong(right: Result<(), LengthError>) -> Result<(), WrongJob> {
    right.map_err(|error| WrongJob { index: 0, error })
}

/// To a buffer that is `short` bytes shorter than the input.
fn buffer_to_buffer(key: &[u8; 16], frame: Frame, bits: usize, input: &[u8], short: usize) {
    let untouched = vec![0x77; input.len().saturating_sub(short)];
    let mut output = untouched.clone();
    let right = lengths(bits, output.len());
    assert_eq!(eea3_b2b(key, frame, bits, input, &mut output), right);
    let written = if right.is_ok() { bits.div_ceil(8) } else { 0 };
    assert_eq!(output[written..], untouched[written..]);
    if right.is_ok() {
        assert_eq!(output[..written], encrypted(key, frame, bits, input)[..written]);
    }
    let mut by_batch = untouched;
    let mut jobs = [CipherJob::eea3(key, frame, bits, (input, by_batch.as_mut_slice()))];
    assert_eq!(jobs[0].check(), right);
    assert_eq!(batch::encrypt(&mut jobs), first_wrong(right));
    drop(jobs);
    assert_eq!(by_batch, output);
    assert_eq!(InOutBuf::new(input, &mut output).is_ok(), short == 0 || input.is_empty());
}

fn integrity(key: &[u8; 16], frame: Frame, bits: usize, message: &[u8]) {
    let right = lengths(bits, message.len());
    let mac = eia3(key, frame, bits, message);
    assert_eq!(mac.map(|_| ()), right);
    let start = || Eia3::for_frame(key, frame);
    let one_by_one = start().finalize_bits(bits, message).map(|mac| mac.into_bytes().into());
    assert_eq!(one_by_one, mac);
    let shown = mac.unwrap_or_default();
    assert_eq!(eia3_verify(key, frame, bits, message, &shown).is_ok(), right.is_ok());
    assert_eq!(start().verify_bits(bits, message, &shown).is_ok(), right.is_ok());
    let mut jobs = [MacJob::eia3(key, frame, bits, message)];
    assert_eq!(jobs[0].check(), right);
    assert_eq!(jobs[0].mac(), None);
    assert!(jobs[0].verify(&shown).is_err());
    assert_eq!(batch::authenticate(&mut jobs), first_wrong(right));
    assert_eq!(jobs[0].mac(), right.is_ok().then_some(shown.as_slice()));
    assert_eq!(jobs[0].verify(&shown).is_ok(), right.is_ok());
    let long = Zuc256Mac::<U16>::new(&[3; 32].into(), key.into());
    assert_eq!(long.clone().finalize_bits(bits, message).map(|_| ()), right);
    // After a first byte, one byte fewer is allowed.
    let limit = (u32::MAX as usize).saturating_sub(8);
    let refused = long.chain_update([0]).finalize_bits(bits, message).is_err();
    assert_eq!(refused, right.is_err() || bits > limit);
}
