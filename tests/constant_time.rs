//! Shows under Valgrind that no secret decides a branch or an address: `ci/valgrind.sh`.
//!
//! Secrets are marked as undefined memory; Memcheck then reports each jump and each address made of
//! them, and the program names the operation. Without Valgrind the operations just run, and the
//! program says so; with `SHANGMI_REQUIRE_VALGRIND` in the environment it fails.
//!
//! To add an operation: a line in `main`. Kernels that Valgrind cannot execute are not watched here.

use shangmi::{
    aead::{
        AeadInOut, Nonce, Tag,
        consts::{U4, U5, U8, U16},
    },
    cipher::{InOutBuf, StreamCipher},
    digest::{Digest, FixedOutput, Mac, Update},
    sm3,
    zuc::{
        __backends::{Backend, LanesBackend},
        Checkpoint, Frame, Zuc128,
        batch::{CipherJob, MacJob, OpenJob, SealJob},
        eea3, eia3, eia3_verify,
    },
};
use std::{env, hint::black_box, process::ExitCode};
use valgrind::{errors, public, running, secret};

#[path = "constant_time/sm2.rs"]
mod sm2;
#[cfg(feature = "elliptic-curve")]
#[path = "constant_time/sm2_curve.rs"]
mod sm2_curve;
#[path = "constant_time/sm3_many.rs"]
mod sm3_many;
#[path = "constant_time/sm4.rs"]
mod sm4;

fn main() -> ExitCode {
    if !running() && env::var_os("SHANGMI_REQUIRE_VALGRIND").is_some() {
        eprintln!("constant_time: FAILED: this does not run under Valgrind");
        return ExitCode::FAILURE;
    }
    let mut watch = Watch::default();
    plant(&mut watch);
    for backend in Backend::all() {
        zuc(&mut watch, backend);
        zuc256(&mut watch, backend);
        zuc_aead(&mut watch, backend);
        for lanes in LanesBackend::all() {
            zuc_batch(&mut watch, lanes, backend);
        }
    }
    for backend in sm3::__backends::Backend::all() {
        sm3(&mut watch, backend);
    }
    sm3_many::watch(&mut watch);
    zuc_checkpoint(&mut watch);
    zuc_functions(&mut watch);
    sm2::watch(&mut watch);
    #[cfg(feature = "elliptic-curve")]
    sm2_curve::watch(&mut watch);
    sm4::watch(&mut watch);
    watch.verdict()
}

/// What leaks on purpose: Valgrind must see it, else it would see nothing in the rest either.
fn plant(watch: &mut Watch) {
    if running() {
        eprintln!("constant_time: the reports from here on are of planted leaks");
    }
    // A constant table would be folded away, and nothing found.
    let table: Vec<u8> = (0..=255).map(black_box).collect();
    watch.leak("planted table look-up", || {
        let index = secret([0x5a_u8; 1]);
        black_box(table[usize::from(index[0])]);
    });
    watch.leak("planted branch", || {
        let [n] = secret([3_u8; 1]);
        for i in 0..n {
            black_box(i);
        }
    });
    if running() {
        eprintln!("constant_time: end of the planted leaks");
    }
}

fn zuc(watch: &mut Watch, backend: Backend) {
    let name = backend.name();
    let lengths = [0, 1, 3, 4, 31, 64, 257, 1500];
    watch.operation(&format!("ZUC-128 on {name}"), || {
        for n in lengths {
            let (key, iv) = (secret([1; 16]), secret([2; 16]));
            let mut data = secret([3; 1500]);
            let mut zuc = backend.zuc128(&key, &iv);
            zuc.apply_keystream(&mut data[..n]);
            zuc.write_keystream(&mut data[..n]);
            zuc.write_keystream_words(&mut [0; 5]);
            black_box(public(data));
        }
    });
    watch.operation(&format!("128-EEA3 on {name}"), || {
        for n in lengths {
            let (key, iv) = (secret([1; 16]), secret([2; 16]));
            let mut data = secret([3; 1500]);
            let done = backend.eea3(&key, &iv).apply_bits(n * 7, InOutBuf::from(&mut data[..]));
            assert_eq!(done, Ok(()));
            black_box(public(data));
        }
    });
    watch.operation(&format!("128-EIA3 on {name}"), || {
        for n in lengths {
            let (key, iv) = (secret([1; 16]), secret([2; 16]));
            let message = secret([3; 1500]);
            let mac = backend.eia3(&key, &iv).chain_update(&message[..n / 3]);
            let mac = mac.finalize_bits(n * 5, &message[n / 3..]);
            let mac = mac.expect("a message this short has a MAC").into_bytes();
            black_box(public(mac));
        }
    });
}

fn zuc256(watch: &mut Watch, backend: Backend) {
    let name = backend.name();
    watch.operation(&format!("ZUC-256 on {name}"), || {
        let mut data = secret([3; 300]);
        backend.zuc256(&secret([1; 32]), &secret([2; 16])).apply_keystream(&mut data);
        backend.zuc256_v1(&secret([1; 32]), &secret([2; 23])).apply_keystream(&mut data);
        backend.nea6(&secret([1; 32]), &secret([2; 15])).apply_keystream(&mut data);
        black_box(public(data));
    });
    watch.operation(&format!("MACs of ZUC-256 on {name}"), || {
        let (key, message) = (secret([1; 32]), secret([3; 300]));
        let new = backend.zuc256_mac::<U16>(&key, &secret([2; 16])).chain_update(&message[..33]);
        let new = new.finalize_bits(1801, &message[33..]).map(|mac| mac.into_bytes());
        let v1 = backend.zuc256_v1_mac::<U16>(&key, &secret([2; 23])).chain_update(message);
        let nia6 = backend.nia6::<U16>(&key, &secret([2; 15])).chain_update(message);
        let macs = (new.expect("short"), v1.finalize().into_bytes(), nia6.finalize().into_bytes());
        black_box(public(macs));
        let u4 = backend.zuc256_mac::<U4>(&key, &secret([2; 16])).finalize_bits(2399, &message);
        let u8 = backend.zuc256_mac::<U8>(&key, &secret([2; 16])).finalize_bits(2399, &message);
        black_box(public((u4.expect("short").into_bytes(), u8.expect("short").into_bytes())));
        let nia6 = backend.nia6::<U5>(&key, &secret([2; 15])).chain_update(message);
        black_box(public(nia6.finalize().into_bytes()));
    });
    watch.operation_that_tells(&format!("verification of MACs on {name}"), 4 * VERDICT, || {
        let (key, message) = (secret([1; 32]), secret([3; 99]));
        let eia3 = || backend.eia3(&secret([1; 16]), &secret([2; 16]));
        let nia6 = || backend.nia6::<U8>(&key, &secret([2; 15])).chain_update(message);
        let verdicts = [
            eia3().verify_bits(785, &message, &[0; 4]).is_ok(),
            eia3().chain_update(message).verify(&[0; 4].into()).is_ok(),
            nia6().verify_slice(&[0; 8]).is_ok(),
            nia6().verify_truncated_left(&[0; 4]).is_ok(),
        ];
        black_box(public(verdicts));
    });
}

/// How many reports a told verdict makes: comparisons here end in a value, which only this program turns
/// into a jump, after it was made public.
const VERDICT: u64 = 0;

/// Whether a tag is right is told, by one jump: data is cleared or decrypted.
fn zuc_aead(watch: &mut Watch, backend: Backend) {
    let name = backend.name();
    watch.operation_that_tells(&format!("256-NCA6 and ZUC-MUR on {name}"), 4, || {
        let nca6 = backend.nca6::<U16>(&secret([1; 32]));
        seal_and_open(&nca6, &secret([2; 15]).into());
        let keys = [secret([1; 16]), secret([4; 16]), secret([5; 16])];
        seal_and_open(&backend.mur::<U16>(&keys[0], &keys[1], &keys[2]), &secret([2; 16]).into());
    });
    watch.operation_that_tells(&format!("ZUC-GXM on {name}"), 2, || {
        let new = || backend.gxm::<U16>(&secret([1; 16]), &secret([4; 16]), &secret([2; 16]));
        let mut data = secret([3; 99]);
        let tag = new().encrypt(&secret([6; 20]), data.as_mut_slice().into());
        let opened = new().decrypt(&secret([6; 20]), data.as_mut_slice().into(), &tag);
        let refused = new().decrypt(&secret([6; 20]), data.as_mut_slice().into(), &[0; 16].into());
        black_box(public((data, opened.is_ok(), refused.is_ok())));
    });
}

fn seal_and_open<A: AeadInOut>(aead: &A, nonce: &Nonce<A>) {
    let (aad, mut data) = (secret([6; 20]), secret([3; 99]));
    let tag = aead.encrypt_inout_detached(nonce, &aad, data.as_mut_slice().into());
    let tag = tag.expect("short");
    let opened = aead.decrypt_inout_detached(nonce, &aad, data.as_mut_slice().into(), &tag);
    let wrong = Tag::<A>::default();
    let refused = aead.decrypt_inout_detached(nonce, &aad, data.as_mut_slice().into(), &wrong);
    black_box(public((data, opened.is_ok(), refused.is_ok())));
}

fn zuc_batch(watch: &mut Watch, lanes: LanesBackend, one: Backend) {
    let name = format!("{} and {}", lanes.name(), one.name());
    watch.operation(&format!("a batch of encryptions on {name}"), || {
        let mut data = [[[3; 150]; 20], [[4; 150]; 20]].map(secret);
        let [eea3, nea6] = &mut data;
        let jobs = (0..).zip(eea3).map(|(i, data)| {
            let frame = Frame { count: i, ..Frame::default() };
            CipherJob::eea3(&secret([1; 16]), frame, 8 * i as usize, data)
        });
        assert_eq!(lanes.encrypt(one, &mut jobs.collect::<Vec<_>>()), Ok(()));
        let jobs =
            nea6.iter_mut().map(|data| CipherJob::nea6(&secret([1; 32]), &secret([2; 15]), data));
        assert_eq!(lanes.encrypt(one, &mut jobs.collect::<Vec<_>>()), Ok(()));
        black_box(public(data));
    });
    watch.operation(&format!("a batch of MACs on {name}"), || {
        let (key, message) = (secret([1; 32]), secret([3; 150]));
        let mut jobs = vec![];
        for bits in (0..1200).step_by(67) {
            let frame = Frame::default();
            jobs.push(MacJob::eia3(&secret([1; 16]), frame, bits, &message));
            jobs.push(MacJob::nia6::<U16>(&key, &secret([2; 15]), &message));
            jobs.push(MacJob::zuc256_v1_mac::<U16>(&key, &secret([2; 23]), bits, &message));
        }
        assert_eq!(lanes.authenticate(one, &mut jobs), Ok(()));
        for job in jobs {
            black_box(job.mac().map(|mac| public(mac[0])));
        }
    });
    watch.operation_that_tells(&format!("a batch of 256-NCA6 on {name}"), 20, || {
        let (key, mut data) = (secret([1; 32]), secret([[3; 150]; 20]));
        let jobs = data
            .iter_mut()
            .map(|data| OpenJob::nca6::<U16>(&key, &[2; 15], &[], data, &[0; 16].into()));
        assert_eq!(lanes.run(one, &mut jobs.collect::<Vec<_>>()), Ok(()));
        black_box(public(data));
    });
    watch.operation(&format!("a batch of 256-NCA6 to seal on {name}"), || {
        let (key, mut data) = (secret([1; 32]), secret([[3; 150]; 20]));
        let jobs = data.iter_mut().map(|data| SealJob::nca6::<U16>(&key, &[2; 15], &[], data));
        assert_eq!(lanes.run(one, &mut jobs.collect::<Vec<_>>()), Ok(()));
        black_box(public(data));
    });
}

fn sm3(watch: &mut Watch, backend: sm3::__backends::Backend) {
    watch.operation(&format!("SM3 on {}", backend.name()), || {
        let (message, v) = (secret([3; 1500]), secret([[1; 8]; 1]));
        for n in [0, 1, 55, 56, 64, 119, 120, 128, 257, 1500] {
            let mut sm3 = backend.sm3();
            Update::update(&mut sm3, &message[..n / 3]);
            Update::update(&mut sm3, &message[n / 3..n]);
            black_box(public(sm3.finalize_fixed()));
            let sm3 = Digest::chain_update(backend.sm3(), &message[..n / 3]);
            black_box(public(sm3.finalize_bits(n * 5, &message[n / 3..]).expect("short")));
        }
        let [mut v] = v;
        backend.compress(&mut v, message.as_chunks().0);
        black_box(public(v));
    });
}

/// The state itself is secret; whether it is well formed is told.
fn zuc_checkpoint(watch: &mut Watch) {
    watch.operation_that_tells("checkpoint of ZUC-128", 1, || {
        let zuc = Backend::all().next().map(|b| b.zuc128(&secret([1; 16]), &secret([2; 16])));
        let place = zuc.expect("some backend runs").checkpoint();
        let place = Checkpoint::try_from(place.as_bytes().as_slice());
        let mut zuc = Zuc128::resume(&place.expect("well formed")).expect("of this cipher");
        let mut data = [0; 100];
        zuc.write_keystream(&mut data);
        black_box(public(data));
    });
}

fn zuc_functions(watch: &mut Watch) {
    let frame = Frame::new(7, 3, 1).expect("3 is a bearer, 1 a direction");
    watch.operation("eea3", || {
        let mut data = secret([3; 99]);
        assert_eq!(eea3(&secret([1; 16]), frame, 785, &mut data), Ok(()));
        black_box(public(data));
    });
    watch.operation("eia3", || {
        let mac = eia3(&secret([1; 16]), frame, 785, &secret([3; 99]));
        black_box(public(mac.expect("785 bits are in 99 bytes")));
    });
    watch.operation_that_tells("eia3_verify", VERDICT, || {
        let verdict = eia3_verify(&secret([1; 16]), frame, 785, &secret([3; 99]), &[0; 4]);
        black_box(public(verdict.is_ok()));
    });
}

/// Counts Valgrind's reports, operation by operation.
#[derive(Default)]
struct Watch {
    watched: u32,
    failed: Vec<String>,
}

impl Watch {
    /// Runs an operation that must not depend on what it marks as secret.
    fn operation(&mut self, name: &str, run: impl FnOnce()) {
        self.operation_that_tells(name, 0, run);
    }

    /// Runs an operation whose outcome (a tag is valid, a point decodes) is told by `answers` jumps.
    fn operation_that_tells(&mut self, name: &str, answers: u64, run: impl FnOnce()) {
        let reports = reports_of(run);
        if reports > answers {
            self.failed.push(format!("{name}: {reports} reports, at most {answers} allowed"));
        }
        self.watched += 1;
    }

    /// Runs what must be reported.
    fn leak(&mut self, name: &str, run: impl FnOnce()) {
        if reports_of(run) == 0 && running() {
            self.failed.push(format!("{name}: not found"));
        }
    }

    fn verdict(self) -> ExitCode {
        let Self { watched, failed } = self;
        if !failed.is_empty() {
            eprintln!("constant_time: FAILED:\n  {}", failed.join("\n  "));
            return ExitCode::FAILURE;
        }
        if running() {
            println!("constant_time: {watched} operations are constant-time under Valgrind");
        } else {
            println!(
                "constant_time: {watched} operations ran, UNWATCHED: to watch them run ci/valgrind.sh"
            );
        }
        ExitCode::SUCCESS
    }
}

fn reports_of(run: impl FnOnce()) -> u64 {
    let before = errors();
    run();
    errors() - before
}

mod valgrind {
    //! Valgrind's client requests: on a real CPU they do nothing, and answer 0.
    #![allow(unsafe_code, reason = "a client request is a sequence of instructions")]

    // Numbers of `valgrind.h` and `memcheck.h`.
    const RUNNING_ON_VALGRIND: u64 = 0x1001;
    const COUNT_ERRORS: u64 = 0x1201;
    const MAKE_MEM_UNDEFINED: u64 = 0x4d43_0001;
    const MAKE_MEM_DEFINED: u64 = 0x4d43_0002;

    /// `value`, its bytes marked as undefined.
    #[inline(never)]
    pub(crate) fn secret<T>(value: T) -> T {
        mark(MAKE_MEM_UNDEFINED, value)
    }

    /// `value`, its bytes marked as defined.
    #[inline(never)]
    pub(crate) fn public<T>(value: T) -> T {
        mark(MAKE_MEM_DEFINED, value)
    }

    pub(crate) fn running() -> bool {
        request(RUNNING_ON_VALGRIND, 0, 0) != 0
    }

    /// How many reports there were so far.
    pub(crate) fn errors() -> u64 {
        request(COUNT_ERRORS, 0, 0)
    }

    fn mark<T>(how: u64, mut value: T) -> T {
        let (address, length) = ((&raw mut value).expose_provenance(), size_of::<T>());
        request(how, address as u64, length as u64);
        value
    }

    #[cfg(target_arch = "x86_64")]
    fn request(what: u64, a: u64, b: u64) -> u64 {
        let arguments = [what, a, b, 0, 0, 0];
        let answer;
        // SAFETY: RDI is rotated by 128 bits in all, RBX exchanged with itself: but for the flags
        // nothing changes. Valgrind, which knows the sequence, reads `arguments` and sets RDX.
        unsafe {
            core::arch::asm!(
                "rol rdi, 3", "rol rdi, 13", "rol rdi, 61", "rol rdi, 51", "xchg rbx, rbx",
                in("rax") arguments.as_ptr(),
                inout("rdx") 0_u64 => answer,
                options(nostack),
            );
        }
        answer
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn request(_: u64, _: u64, _: u64) -> u64 {
        0
    }
}
