//! Every backend gives the keystreams and MACs of the portable one, however they are asked for.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use shangmi::{
    cipher::StreamCipher,
    digest::{
        Mac,
        consts::{U4, U8, U16},
    },
    zuc::{
        __backends::Backend, Checkpoint, Eia3, LengthError, MacSize, Nea6, Zuc128, Zuc256, Zuc256V1,
    },
};

#[derive(Arbitrary, Debug)]
struct Input {
    key: [u8; 32],
    iv: [u8; 23],
    /// Where the message is cut, and at which bit it ends: parts of 2^16.
    cut: u16,
    end: u16,
    steps: Vec<Step>,
    /// The message has so many bytes, cut to [`MOST`], each with this one added.
    bytes: u16,
    add: u8,
}

/// A way to take keystream, with a length that is cut to [`MOST`].
#[derive(Arbitrary, Debug)]
enum Step {
    Apply(u16),
    BufferToBuffer(u16),
    Write(u16),
    Words(u16),
    Checkpoint,
}

/// The most bytes, or words, of a step or of the message.
const MOST: u16 = 600;
const STEPS: usize = 16;

fuzz_target!(|input: Input| {
    let (key, iv) = (&input.key, &input.iv);
    let (Some(key16), Some(iv15), Some(iv16)) =
        (key.first_chunk(), iv.first_chunk(), iv.first_chunk())
    else {
        return;
    };
    keystream(|backend| backend.zuc128(key16, iv16), &input.steps);
    keystream(|backend| backend.zuc256(key, iv16), &input.steps);
    keystream(|backend| backend.zuc256_v1(key, iv), &input.steps);
    keystream(|backend| backend.nea6(key, iv15), &input.steps);

    macs(&input, |backend, head, tail, bits| eia3(&backend.eia3(key16, iv16), head, tail, bits));
    macs(&input, |backend, head, tail, bits| zuc256_mac::<U4>(backend, &input, head, tail, bits));
    macs(&input, |backend, head, tail, bits| zuc256_mac::<U8>(backend, &input, head, tail, bits));
    macs(&input, |backend, head, tail, bits| zuc256_mac::<U16>(backend, &input, head, tail, bits));
    macs(&input, |backend, head, tail, _| {
        let mac = backend.nia6::<U16>(key, iv15).chain_update(head).chain_update(tail);
        mac.finalize().into_bytes().to_vec()
    });
});

fn portable() -> Backend {
    Backend::all().last().expect("the portable backend is always there")
}

/// Every backend must give the MAC of the portable one, for the message cut in head and tail, and so many
/// bits of the tail.
fn macs(input: &Input, mac: impl Fn(Backend, &[u8], &[u8], usize) -> Vec<u8>) {
    let part = |of: usize, part: u16| (of + 1) * usize::from(part) / (1 << 16);
    let pattern = (1..=251).map(|byte: u8| byte.wrapping_mul(byte).wrapping_add(input.add));
    let message: Vec<_> = pattern.cycle().take((input.bytes % (MOST + 1)).into()).collect();
    let bits = part(8 * message.len(), input.end);
    let cut = part(bits / 8, input.cut);
    let want = mac(portable(), &[], &message, bits);
    for backend in Backend::all() {
        let (head, tail) = message.split_at(cut);
        let got = mac(backend, head, tail, bits - 8 * cut);
        assert_eq!(got, want, "{bits} bits cut at byte {cut} on {}", backend.name());
    }
}

/// What the forms of ZUC have in common, besides [`StreamCipher`].
trait Form: StreamCipher + Clone {
    /// As `try_write_keystream_words`; `None` if this form has no words.
    fn words(&mut self, _: &mut [u32]) -> Option<()> {
        None
    }
    /// The checkpoint, and the cipher resumed from it.
    fn resumed(&self) -> Option<(Checkpoint, Self)> {
        None
    }
}

impl Form for Zuc128 {
    fn words(&mut self, z: &mut [u32]) -> Option<()> {
        self.write_keystream_words(z);
        Some(())
    }
    fn resumed(&self) -> Option<(Checkpoint, Self)> {
        let place = self.checkpoint();
        let resumed = Self::resume(&place).expect("a checkpoint just made is one");
        Some((place, resumed))
    }
}

impl Form for Zuc256 {
    fn words(&mut self, z: &mut [u32]) -> Option<()> {
        self.try_write_keystream_words(z).ok()
    }
}

impl Form for Zuc256V1 {
    fn words(&mut self, z: &mut [u32]) -> Option<()> {
        self.try_write_keystream_words(z).ok()
    }
}

impl Form for Nea6 {}

/// Takes the steps on every backend: each must get its place in the keystream of the portable one.
fn keystream<C: Form>(start: impl Fn(Backend) -> C, steps: &[Step]) {
    let steps = &steps[..steps.len().min(STEPS)];
    let mut z = vec![0; (4 * usize::from(MOST) + 3) * (steps.len() + 1)];
    start(portable()).write_keystream(&mut z);
    let mut places = Vec::new();
    for (number, backend) in Backend::all().enumerate() {
        let (mut zuc, mut at) = (start(backend), 0);
        let mut checkpoints = Vec::new();
        for step in steps {
            let taken = take(&mut zuc, step, &z, at);
            assert!(taken.is_some(), "{step:?} at byte {at} on {}", backend.name());
            at = taken.unwrap_or(at);
            checkpoints.extend(zuc.resumed().map(|(place, _)| *place.as_bytes()));
        }
        if number == 0 {
            places = checkpoints;
        } else {
            assert_eq!(places, checkpoints, "checkpoints of {}", backend.name());
        }
    }
}

/// Takes one step from byte `at` of the keystream `z`: where the next one begins, if all is right.
fn take<C: Form>(zuc: &mut C, step: &Step, z: &[u8], at: usize) -> Option<usize> {
    let n = |n: u16| usize::from(n % (MOST + 1));
    match *step {
        Step::Write(bytes) => {
            let mut data = vec![0x11; n(bytes)];
            zuc.write_keystream(&mut data);
            z[at..].starts_with(&data).then_some(at + data.len())
        }
        Step::Apply(bytes) => {
            let mut data: Vec<_> = (0..=u8::MAX).cycle().take(n(bytes)).collect();
            zuc.apply_keystream(&mut data);
            for (byte, data) in (0..=u8::MAX).cycle().zip(&mut data) {
                *data ^= byte;
            }
            z[at..].starts_with(&data).then_some(at + data.len())
        }
        Step::BufferToBuffer(bytes) => {
            let (input, mut data) = (vec![0xa5; n(bytes)], vec![0; n(bytes)]);
            zuc.apply_keystream_b2b(&input, &mut data);
            for data in &mut data {
                *data ^= 0xa5;
            }
            z[at..].starts_with(&data).then_some(at + data.len())
        }
        Step::Words(words) => {
            let mut data = vec![0; n(words)];
            if zuc.words(&mut data).is_none() {
                return Some(at);
            }
            // What is left of a word is thrown away.
            let at = at.next_multiple_of(4);
            let data: Vec<_> = data.into_iter().flat_map(u32::to_be_bytes).collect();
            z[at..].starts_with(&data).then_some(at + data.len())
        }
        Step::Checkpoint => {
            let Some((_, resumed)) = zuc.resumed() else { return Some(at) };
            // By the fastest backend.
            let mut ahead = [0; 101];
            resumed.clone().write_keystream(&mut ahead);
            *zuc = resumed;
            z[at..].starts_with(&ahead).then_some(at)
        }
    }
}

fn eia3(mac: &Eia3, head: &[u8], tail: &[u8], bits: usize) -> Vec<u8> {
    let mac = mac.clone().chain_update(head);
    let tag = mac.clone().finalize_bits(bits, tail).map(|tag| tag.into_bytes());
    let tag: [u8; 4] = tag.expect("the message has these bits").into();
    assert!(mac.clone().verify_bits(bits, tail, &tag).is_ok());
    let wrong = [tag[0], tag[1] ^ 1, tag[2], tag[3]];
    assert!(mac.verify_bits(bits, tail, &wrong).is_err());
    tag.to_vec()
}

/// The MACs of both forms, one after the other.
fn zuc256_mac<N: MacSize>(
    backend: Backend,
    input: &Input,
    head: &[u8],
    tail: &[u8],
    bits: usize,
) -> Vec<u8> {
    let both = || -> Result<_, LengthError> {
        let iv = input.iv.first_chunk().expect("23 bytes are 16 at least");
        let mac = backend.zuc256_mac::<N>(&input.key, iv).chain_update(head);
        let mut tags = mac.finalize_bits(bits, tail)?.into_bytes().to_vec();
        let mac = backend.zuc256_v1_mac::<N>(&input.key, &input.iv).chain_update(head);
        tags.extend_from_slice(&mac.finalize_bits(bits, tail)?.into_bytes());
        Ok(tags)
    };
    both().expect("the message has these bits")
}
