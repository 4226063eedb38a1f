//! What is to be computed from each vector file of ZUC in batches, on a given backend.

use super::{Case, Failure, exact, first_word, for_tag, frame, iv_of};
use shangmi::{
    digest::consts::{U4, U5, U6, U7, U8, U9, U10, U11, U12, U13, U14, U15, U16},
    zuc::{
        __backends::{Backend, LanesBackend},
        MacSize, ShortTag,
        batch::{CipherJob, MacJob, OpenJob, SealJob, WrongJob},
    },
};

/// A check of one case on one backend for many streams.
pub(crate) type Check = fn(&Case, LanesBackend) -> Result<(), Failure>;

/// The files whose algorithms run in batches, and what checks a case of each.
pub(crate) const FILES: [(&str, Check); 6] = [
    ("zuc/zuc128_keystream.txt", zuc128_keystream_in_a_batch),
    ("zuc/eea3.txt", eea3_in_a_batch),
    ("zuc/eia3.txt", eia3_in_a_batch),
    ("zuc/zuc256_keystream.txt", zuc256_keystream_in_a_batch),
    ("zuc/zuc256_mac.txt", zuc256_mac_in_a_batch),
    ("zuc/zuc256_3gpp.txt", zuc256_3gpp_in_a_batch),
];

/// How often a case stands in its batch: fewer than the lanes, and more.
const COPIES: [usize; 3] = [1, 3, 17];

fn done(case: &Case, done: Result<(), WrongJob>) -> Result<(), Failure> {
    done.map_err(|wrong| case.malformed(&wrong.to_string()))
}

fn one() -> Backend {
    Backend::all().next().unwrap_or_else(|| unreachable!("there is always the portable one"))
}

/// Encrypts copies of the field `from`, alone and with others, and fails unless each is the field `to`.
fn encrypted(
    case: &Case,
    lanes: LanesBackend,
    [from, to]: [&str; 2],
    job: impl for<'a> Fn(&'a mut [u8]) -> CipherJob<'a>,
) -> Result<(), Failure> {
    for n in COPIES {
        let mut copies = vec![case.bytes(from)?; n];
        let mut jobs: Vec<_> = copies.iter_mut().map(|data| job(data)).collect();
        done(case, lanes.encrypt(one(), &mut jobs))?;
        drop(jobs);
        for copy in copies {
            case.equal(to, &copy)?;
        }
    }
    Ok(())
}

/// Computes the MAC of copies of `job`, alone and with others, and fails unless each is the field `mac`.
fn authenticated<'a>(
    case: &Case,
    lanes: LanesBackend,
    job: impl Fn() -> MacJob<'a>,
) -> Result<(), Failure> {
    for n in COPIES {
        let mut jobs: Vec<_> = (0..n).map(|_| job()).collect();
        done(case, lanes.authenticate(one(), &mut jobs))?;
        for job in jobs {
            case.equal("mac", job.mac().unwrap_or_default())?;
        }
    }
    Ok(())
}

fn zuc128_keystream_in_a_batch(case: &Case, lanes: LanesBackend) -> Result<(), Failure> {
    let (key, iv) = (case.array("key")?, case.array("iv")?);
    let before = 4 * first_word(case)?;
    let want = case.bytes("keystream")?;
    for n in COPIES {
        let mut copies = vec![vec![0; before + want.len()]; n];
        let jobs = copies.iter_mut().map(|data| CipherJob::zuc128(&key, &iv, data.as_mut_slice()));
        done(case, lanes.encrypt(one(), &mut jobs.collect::<Vec<_>>()))?;
        for copy in copies {
            case.equal("keystream", &copy[before..])?;
        }
    }
    Ok(())
}

fn eea3_in_a_batch(case: &Case, lanes: LanesBackend) -> Result<(), Failure> {
    let (key, frame, bits) = (case.array("key")?, frame(case)?, case.number("length")?);
    for direction in [["plaintext", "ciphertext"], ["ciphertext", "plaintext"]] {
        encrypted(case, lanes, direction, |data| CipherJob::eea3(&key, frame, bits, data))?;
    }
    Ok(())
}

fn eia3_in_a_batch(case: &Case, lanes: LanesBackend) -> Result<(), Failure> {
    let (key, frame, bits) = (case.array("key")?, frame(case)?, case.number("length")?);
    let message = exact(case, "message", bits)?;
    authenticated(case, lanes, || MacJob::eia3(&key, frame, bits, &message))
}

fn zuc256_keystream_in_a_batch(case: &Case, lanes: LanesBackend) -> Result<(), Failure> {
    let (key, iv) = (case.array("key")?, case.bytes("iv")?);
    let v1 = match case.text("form")? {
        "v1" => Some(case.array("iv")?),
        "new" => None,
        _ => return Err(case.malformed("form is neither v1 nor new")),
    };
    let want = case.bytes("keystream")?;
    for n in COPIES {
        let mut copies = vec![vec![0; want.len()]; n];
        let mut jobs = vec![];
        for data in &mut copies {
            jobs.push(if let Some(iv) = &v1 {
                CipherJob::zuc256_v1(&key, iv, data.as_mut_slice())
            } else {
                let iv = iv.as_slice().try_into();
                let iv = iv.map_err(|_| case.malformed("iv has not 16 bytes"))?;
                CipherJob::zuc256(&key, iv, data.as_mut_slice())
            });
        }
        done(case, lanes.encrypt(one(), &mut jobs))?;
        drop(jobs);
        for copy in copies {
            case.equal("keystream", &copy)?;
        }
    }
    Ok(())
}

fn zuc256_mac_in_a_batch(case: &Case, lanes: LanesBackend) -> Result<(), Failure> {
    fn with<N: MacSize>(case: &Case, lanes: LanesBackend) -> Result<(), Failure> {
        let (key, bits) = (case.array("key")?, case.number("length")?);
        let message = exact(case, "message", bits)?;
        if case.text("form")? == "v1" {
            let iv = case.array("iv")?;
            return authenticated(case, lanes, || {
                MacJob::zuc256_v1_mac::<N>(&key, &iv, bits, &message)
            });
        }
        let iv = case.array("iv")?;
        authenticated(case, lanes, || MacJob::zuc256_mac::<N>(&key, &iv, bits, &message))
    }
    match case.bytes("mac")?.len() {
        4 => with::<U4>(case, lanes),
        8 => with::<U8>(case, lanes),
        _ => with::<U16>(case, lanes),
    }
}

fn zuc256_3gpp_in_a_batch(case: &Case, lanes: LanesBackend) -> Result<(), Failure> {
    fn with<N: ShortTag>(case: &Case, lanes: LanesBackend) -> Result<(), Failure> {
        let key = case.array("key")?;
        if case.text("function")? == "NIA6" {
            let (iv, message) = (iv_of(case, 8 * N::USIZE)?, case.bytes("message")?);
            return authenticated(case, lanes, || MacJob::nia6::<N>(&key, &iv, &message));
        }
        let (iv, aad) = (iv_of(case, (8 * N::USIZE) | 4)?, case.bytes("aad")?);
        let (want, tag) = (case.bytes("ciphertext")?, case.bytes("tag")?);
        for n in COPIES {
            let mut copies = vec![case.bytes("plaintext")?; n];
            let jobs = copies.iter_mut();
            let jobs = jobs.map(|data| SealJob::nca6::<N>(&key, &iv, &aad, data.as_mut_slice()));
            let mut jobs: Vec<_> = jobs.collect();
            done(case, lanes.run(one(), &mut jobs))?;
            for job in &jobs {
                case.equal("tag", job.tag().unwrap_or_default())?;
            }
            drop(jobs);
            case.ensure(copies.iter().all(|copy| *copy == want), "ciphertext of a batch differs")?;
            let tag = tag.as_slice().try_into();
            let tag = tag.map_err(|_| case.malformed("the tag's length"))?;
            let jobs = copies
                .iter_mut()
                .map(|data| OpenJob::nca6::<N>(&key, &iv, &aad, data.as_mut_slice(), tag));
            let mut jobs: Vec<_> = jobs.collect();
            done(case, lanes.run(one(), &mut jobs))?;
            case.ensure(jobs.iter().all(|job| job.opened().is_ok()), "the right tag is refused")?;
            drop(jobs);
            for copy in copies {
                case.equal("plaintext", &copy)?;
            }
        }
        Ok(())
    }
    let tag = match case.text("function")? {
        "NEA6" => {
            let (key, iv) = (case.array("key")?, iv_of(case, 0)?);
            let direction = ["plaintext", "ciphertext"];
            return encrypted(case, lanes, direction, |data| CipherJob::nea6(&key, &iv, data));
        }
        "NIA6" => "mac",
        _ => "tag",
    };
    for_tag!(
        case.bytes(tag)?.len(), with, case, lanes,
        4 U4, 5 U5, 6 U6, 7 U7, 8 U8, 9 U9, 10 U10, 11 U11, 12 U12, 13 U13, 14 U14, 15 U15, 16 U16
    )
}
