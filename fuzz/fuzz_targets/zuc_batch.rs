//! A batch gives what its messages give one by one, on every backend for many streams, whatever is in it.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use shangmi::{
    aead::{AeadInOut, KeyInit},
    cipher::{Array, KeyIvInit, StreamCipher},
    digest::{
        Mac,
        consts::{U4, U8, U11, U16},
    },
    zuc::{
        __backends::{Backend, LanesBackend},
        Frame, LengthError, MacSize, Nca6, Nea6, Nia6, ShortTag, Zuc128, Zuc256, Zuc256Mac,
        Zuc256V1, Zuc256V1Mac,
        batch::{Buffer, CipherJob, MacJob, OpenJob, SealJob, WrongJob},
        eea3, eea3_b2b, eia3,
    },
};

#[derive(Arbitrary, Debug)]
struct Input {
    what: What,
    /// The backend for one stream.
    one: u8,
    /// How many messages: those of `jobs`, in turn, each time with another seed and length.
    count: u8,
    jobs: Vec<Job>,
}

#[derive(Arbitrary, Debug)]
enum What {
    Encrypt,
    Authenticate,
    SealAndOpen,
}

/// What one message is made of.
#[derive(Arbitrary, Debug)]
struct Job {
    kind: u8,
    /// Of key, IV and data.
    seed: u16,
    length: u16,
    /// Where there are two ways: a buffer that is too short, a tag that is wrong.
    wrong: bool,
    /// From buffer to buffer, which are now and then of two lengths.
    apart: bool,
}

/// The most messages.
const JOBS: u8 = 70;

impl Input {
    /// So a short input makes a full batch: the fuzzer is slow to try long ones.
    fn all_jobs(&self) -> Vec<Job> {
        let turns = (0..=self.count % JOBS).map(u16::from).zip(self.jobs.iter().cycle());
        let job = |(turn, job): (u16, &Job)| Job {
            seed: job.seed.wrapping_add(turn),
            length: job.length.wrapping_add(turn.wrapping_mul(1951)),
            ..*job
        };
        turns.map(job).collect()
    }
}

impl Job {
    /// Mostly short, one in sixteen long.
    fn bits(&self) -> usize {
        let bits = usize::from(self.length);
        if bits >> 12 == 15 { bits } else { bits % 2000 }
    }
    fn bytes(&self) -> usize {
        self.bits().div_ceil(8)
    }
    /// The buffer before: one byte short if that is what the job is about.
    fn buffer(&self) -> Vec<u8> {
        let bytes = self.bytes();
        bytes_of(self.seed, 0, if self.wrong { bytes.saturating_sub(1) } else { bytes })
    }
    /// What is in the output before, if it is not the input's buffer: something else.
    fn output(&self, input: &[u8]) -> Vec<u8> {
        let bytes = match self.seed % 8 {
            0 => input.len().saturating_sub(1),
            1 => input.len() + 1,
            _ => input.len(),
        };
        if self.apart { vec![0x99; bytes] } else { input.to_vec() }
    }
    fn key<const N: usize>(&self) -> [u8; N] {
        array(self.seed, 1)
    }
    fn iv<const N: usize>(&self) -> [u8; N] {
        array(self.seed, 2)
    }
    fn frame(&self) -> Frame {
        Frame { count: self.seed.into(), ..Frame::default() }
    }
}

/// Bytes without a pattern.
fn bytes_of(seed: u16, part: u8, n: usize) -> Vec<u8> {
    let mut bytes = vec![0; n];
    Zuc128::new(&[part; 16].into(), &u128::from(seed).to_be_bytes().into())
        .write_keystream(&mut bytes);
    bytes
}

fn array<const N: usize>(seed: u16, part: u8) -> [u8; N] {
    bytes_of(seed, part, N).try_into().expect("N bytes are N bytes")
}

fuzz_target!(|input: Input| {
    let backends: Vec<_> = Backend::all().collect();
    let one = backends[usize::from(input.one) % backends.len()];
    let jobs = &input.all_jobs();
    for lanes in LanesBackend::all() {
        match input.what {
            What::Encrypt => encrypt(lanes, one, jobs),
            What::Authenticate => authenticate(lanes, one, jobs),
            What::SealAndOpen => seal_and_open(lanes, one, jobs),
        }
    }
});

/// The error that `results` of one by one stand for.
fn first<T>(results: &[Result<T, LengthError>]) -> Result<(), WrongJob> {
    let wrong = results.iter().enumerate();
    let mut wrong =
        wrong.filter_map(|(index, r)| Some(WrongJob { index, error: r.as_ref().err().copied()? }));
    wrong.next().map_or(Ok(()), Err)
}

fn encrypt(lanes: LanesBackend, one: Backend, jobs: &[Job]) {
    let inputs: Vec<_> = jobs.iter().map(Job::buffer).collect();
    let parts = jobs.iter().zip(&inputs);
    let mut wants: Vec<_> = parts.clone().map(|(job, input)| job.output(input)).collect();
    let mut data = wants.clone();
    let right: Vec<_> = parts
        .clone()
        .zip(&mut wants)
        .map(|((job, input), want)| cipher(job, input, want))
        .collect();
    let mut batch: Vec<_> =
        parts.zip(&mut data).map(|((job, input), data)| cipher_job(job, input, data)).collect();
    // The second time nothing is done.
    for _ in 0..2 {
        assert_eq!(lanes.encrypt(one, &mut batch), first(&right), "{}", lanes.name());
    }
    for (job, right) in batch.iter().zip(&right) {
        assert_eq!(job.check(), *right);
    }
    drop(batch);
    for (job, (data, want)) in jobs.iter().zip(data.iter().zip(&wants)) {
        assert!(data == want, "{job:?} on {}", lanes.name());
    }
}

fn cipher(job: &Job, input: &[u8], data: &mut [u8]) -> Result<(), LengthError> {
    let kind = job.kind % 5;
    if kind == 0 {
        let (key, frame, bits) = (job.key(), job.frame(), job.bits());
        return if job.apart {
            eea3_b2b(&key, frame, bits, input, data)
        } else {
            eea3(&key, frame, bits, data)
        };
    }
    let Some(data) = data.get_mut(..input.len()) else {
        return Err(LengthError::BufferTooShort);
    };
    data.copy_from_slice(input);
    let (short, long) = (&job.key::<16>().into(), &job.key::<32>().into());
    match kind {
        1 => Zuc128::new(short, &job.iv().into()).apply_keystream(data),
        2 => Nea6::new(long, &job.iv().into()).apply_keystream(data),
        3 => Zuc256::new(long, &job.iv().into()).apply_keystream(data),
        _ => Zuc256V1::new(long, &job.iv().into()).apply_keystream(data),
    }
    Ok(())
}

fn cipher_job<'a>(job: &Job, input: &'a [u8], data: &'a mut [u8]) -> CipherJob<'a> {
    let data = buffer(job, input, data);
    match job.kind % 5 {
        0 => CipherJob::eea3(&job.key(), job.frame(), job.bits(), data),
        1 => CipherJob::zuc128(&job.key(), &job.iv(), data),
        2 => CipherJob::nea6(&job.key(), &job.iv(), data),
        3 => CipherJob::zuc256(&job.key(), &job.iv(), data),
        _ => CipherJob::zuc256_v1(&job.key(), &job.iv(), data),
    }
}

fn authenticate(lanes: LanesBackend, one: Backend, jobs: &[Job]) {
    let messages: Vec<_> = jobs.iter().map(Job::buffer).collect();
    let parts = jobs.iter().zip(&messages);
    let right: Vec<_> = parts.clone().map(|(job, message)| mac(job, message)).collect();
    let mut batch: Vec<_> = parts.map(|(job, message)| mac_job(job, message)).collect();
    assert!(batch.iter().all(|job| job.mac().is_none()));
    // The second time nothing is done.
    for _ in 0..2 {
        assert_eq!(lanes.authenticate(one, &mut batch), first(&right), "{}", lanes.name());
    }
    for (job, (batch, right)) in jobs.iter().zip(batch.iter().zip(&right)) {
        assert_eq!(batch.check(), right.as_ref().map(|_| ()).map_err(|error| *error));
        if let Ok(right) = right {
            assert_eq!(batch.mac(), Some(right.as_slice()), "{job:?} on {}", lanes.name());
            assert!(batch.verify(right).is_ok());
        } else {
            assert_eq!(batch.mac(), None);
            for size in [0, 4, 8, 16] {
                assert!(batch.verify(&[0; 16][..size]).is_err());
            }
        }
    }
}

fn mac(job: &Job, message: &[u8]) -> Result<Vec<u8>, LengthError> {
    fn new<N: MacSize>(job: &Job, message: &[u8]) -> Result<Vec<u8>, LengthError> {
        let mac = Zuc256Mac::<N>::new(&job.key().into(), &job.iv().into());
        Ok(mac.finalize_bits(job.bits(), message)?.into_bytes().to_vec())
    }
    fn v1<N: MacSize>(job: &Job, message: &[u8]) -> Result<Vec<u8>, LengthError> {
        let mac = Zuc256V1Mac::<N>::new(&job.key().into(), &job.iv().into());
        Ok(mac.finalize_bits(job.bits(), message)?.into_bytes().to_vec())
    }
    match job.kind % 8 {
        0 => eia3(&job.key(), job.frame(), job.bits(), message).map(|mac| mac.to_vec()),
        1 => {
            let mac = Nia6::<U11>::new(&job.key().into(), &job.iv().into());
            Ok(mac.chain_update(message).finalize().into_bytes().to_vec())
        }
        2 => new::<U4>(job, message),
        3 => new::<U8>(job, message),
        4 => new::<U16>(job, message),
        5 => v1::<U4>(job, message),
        6 => v1::<U8>(job, message),
        _ => v1::<U16>(job, message),
    }
}

fn mac_job<'a>(job: &Job, message: &'a [u8]) -> MacJob<'a> {
    let bits = job.bits();
    match job.kind % 8 {
        0 => MacJob::eia3(&job.key(), job.frame(), bits, message),
        1 => MacJob::nia6::<U11>(&job.key(), &job.iv(), message),
        2 => MacJob::zuc256_mac::<U4>(&job.key(), &job.iv(), bits, message),
        3 => MacJob::zuc256_mac::<U8>(&job.key(), &job.iv(), bits, message),
        4 => MacJob::zuc256_mac::<U16>(&job.key(), &job.iv(), bits, message),
        5 => MacJob::zuc256_v1_mac::<U4>(&job.key(), &job.iv(), bits, message),
        6 => MacJob::zuc256_v1_mac::<U8>(&job.key(), &job.iv(), bits, message),
        _ => MacJob::zuc256_v1_mac::<U16>(&job.key(), &job.iv(), bits, message),
    }
}

/// A message of NCA6: AAD, plaintext, ciphertext, tag.
struct Sealed {
    aad: Vec<u8>,
    plaintext: Vec<u8>,
    ciphertext: Vec<u8>,
    tag: Vec<u8>,
}

/// Calls `$function::<N>` for the job's size of tag.
macro_rules! for_tag {
    ($job:expr, $function:ident($($argument:expr),*)) => {
        match $job.kind % 3 {
            0 => $function::<U4>($($argument),*),
            1 => $function::<U11>($($argument),*),
            _ => $function::<U16>($($argument),*),
        }
    };
}

fn sealed<N: ShortTag>(job: &Job) -> Sealed {
    let (plaintext, aad) =
        (bytes_of(job.seed, 0, job.bytes()), bytes_of(job.seed, 3, job.bits() % 70));
    let mut ciphertext = plaintext.clone();
    let nca6 = Nca6::<N>::new(&job.key().into());
    let data = ciphertext.as_mut_slice().into();
    let tag = nca6.encrypt_inout_detached(&job.iv().into(), &aad, data);
    let tag = tag.expect("the message is short enough").to_vec();
    Sealed { aad, plaintext, ciphertext, tag }
}

fn seal_and_open(lanes: LanesBackend, one: Backend, jobs: &[Job]) {
    let right: Vec<_> = jobs.iter().map(|job| for_tag!(job, sealed(job))).collect();
    let parts = jobs.iter().zip(&right);

    let before: Vec<_> = parts.clone().map(|(job, right)| job.output(&right.plaintext)).collect();
    let fits: Vec<_> = right.iter().zip(&before).map(|(right, data)| right.fits(data)).collect();
    let mut data = before.clone();
    let mut batch: Vec<_> = parts
        .clone()
        .zip(&mut data)
        .map(|((job, right), data)| for_tag!(job, seal_job(job, right, data)))
        .collect();
    assert!(batch.iter().all(|job| job.tag().is_none()));
    // The second time nothing is done.
    for _ in 0..2 {
        assert_eq!(lanes.run(one, &mut batch), first(&fits));
    }
    for ((job, right), (batch, fits)) in parts.clone().zip(batch.iter().zip(&fits)) {
        assert_eq!(batch.check(), *fits);
        let tag = fits.is_ok().then_some(right.tag.as_slice());
        assert_eq!(batch.tag(), tag, "{job:?} on {}", lanes.name());
    }
    drop(batch);
    for ((job, right), (data, before)) in parts.clone().zip(data.iter().zip(&before)) {
        let want = right.over(before, &right.ciphertext);
        assert!(*data == want, "{job:?} on {}", lanes.name());
    }

    let before: Vec<_> = parts.clone().map(|(job, right)| job.output(&right.ciphertext)).collect();
    let mut data = before.clone();
    let mut batch: Vec<_> = parts
        .clone()
        .zip(&mut data)
        .map(|((job, right), data)| for_tag!(job, open_job(job, right, data)))
        .collect();
    assert!(batch.iter().all(|job| job.opened().is_err()));
    for _ in 0..2 {
        assert_eq!(lanes.run(one, &mut batch), first(&fits));
    }
    for (job, (batch, fits)) in jobs.iter().zip(batch.iter().zip(&fits)) {
        assert_eq!(batch.check(), *fits);
        let opened = fits.is_ok() && !job.wrong;
        assert_eq!(batch.opened().is_ok(), opened, "{job:?} on {}", lanes.name());
    }
    drop(batch);
    for ((job, right), (data, before)) in parts.zip(data.iter().zip(&before)) {
        let cleared = vec![0; right.plaintext.len()];
        let want = right.over(before, if job.wrong { &cleared } else { &right.plaintext });
        assert!(*data == want, "{job:?} on {}", lanes.name());
    }
}

impl Sealed {
    /// Whether the message fits in `output`.
    fn fits(&self, output: &[u8]) -> Result<(), LengthError> {
        if self.plaintext.len() > output.len() { Err(LengthError::BufferTooShort) } else { Ok(()) }
    }
    /// `before` with `message` written over its begin, or as it was if that does not fit.
    fn over(&self, before: &[u8], message: &[u8]) -> Vec<u8> {
        let mut after = before.to_vec();
        if self.fits(before).is_ok() {
            after[..message.len()].copy_from_slice(message);
        }
        after
    }
}

fn buffer<'a>(job: &Job, input: &'a [u8], data: &'a mut [u8]) -> Buffer<'a> {
    if job.apart { (input, data).into() } else { data.into() }
}

fn seal_job<'a, N: ShortTag>(job: &Job, right: &'a Sealed, data: &'a mut [u8]) -> SealJob<'a> {
    let data = buffer(job, &right.plaintext, data);
    SealJob::nca6::<N>(&job.key(), &job.iv(), &right.aad, data)
}

fn open_job<'a, N: ShortTag>(job: &Job, right: &'a Sealed, data: &'a mut [u8]) -> OpenJob<'a> {
    let data = buffer(job, &right.ciphertext, data);
    let mut tag = Array::<u8, N>::try_from(right.tag.as_slice()).expect("a tag of this size");
    tag[usize::from(job.seed) % N::USIZE] ^= u8::from(job.wrong);
    OpenJob::nca6::<N>(&job.key(), &job.iv(), &right.aad, data, &tag)
}
