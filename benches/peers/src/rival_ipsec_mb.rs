//! The rivals `ipsec-mb`, `ipsec-mb-avx2`, `ipsec-mb-avx512`: intel-ipsec-mb, by the manager that it picks
//! itself and by one of a given instruction set. Its calls are in `rival_ipsec_mb.c`.
#![allow(unsafe_code, reason = "calls to a C library")]

use crate::{
    input::{MESSAGES, batch, frame, key, message},
    operation::{Rival, Task},
    table::NO_SIZE,
};
use std::{
    array,
    ffi::{CStr, c_char, c_int, c_void},
    hint::black_box,
    ptr::{NonNull, from_mut},
};

/// The library's limit for a message of ZUC is 8188 bytes.
const SIZES: &[usize] = &[64, 1024, 8160];

const fn managers(
    of: &'static str,
    sizes: &'static [usize],
    auto: fn(usize) -> Option<Task>,
    avx2: fn(usize) -> Option<Task>,
    avx512: fn(usize) -> Option<Task>,
) -> [Rival; 3] {
    [
        Rival { name: "ipsec-mb", of, sizes, start: auto },
        Rival { name: "ipsec-mb-avx2", of, sizes, start: avx2 },
        Rival { name: "ipsec-mb-avx512", of, sizes, start: avx512 },
    ]
}

const OPERATIONS: &[[Rival; 3]] = &[
    managers(
        "zuc/eea3",
        SIZES,
        |n| eea3(Arch::Auto, n),
        |n| eea3(Arch::Avx2, n),
        |n| eea3(Arch::Avx512, n),
    ),
    managers(
        "zuc/eia3",
        SIZES,
        |n| eia3(Arch::Auto, n),
        |n| eia3(Arch::Avx2, n),
        |n| eia3(Arch::Avx512, n),
    ),
    // The first four bytes of each message.
    managers(
        "zuc/init-batch",
        NO_SIZE,
        |_| eea3_batch(Arch::Auto, 4),
        |_| eea3_batch(Arch::Avx2, 4),
        |_| eea3_batch(Arch::Avx512, 4),
    ),
    managers(
        "zuc/eea3-batch",
        SIZES,
        |n| eea3_batch(Arch::Auto, n),
        |n| eea3_batch(Arch::Avx2, n),
        |n| eea3_batch(Arch::Avx512, n),
    ),
    managers(
        "zuc/eia3-batch",
        SIZES,
        |n| eia3_batch(Arch::Auto, n),
        |n| eia3_batch(Arch::Avx2, n),
        |n| eia3_batch(Arch::Avx512, n),
    ),
];

pub(crate) const RIVALS: &[Rival] = OPERATIONS.as_flattened();

/// `enum arch` of the C file.
#[derive(Clone, Copy)]
enum Arch {
    Auto = 0,
    Avx2 = 1,
    Avx512 = 2,
}

#[repr(C)]
struct ImbMgr {
    _opaque: [u8; 0],
}

// SAFETY: as declared in `rival_ipsec_mb.c`.
unsafe extern "C" {
    fn peers_imb_new(arch: c_int) -> *mut ImbMgr;
    fn peers_imb_free(mgr: *mut ImbMgr);
    fn peers_imb_arch(mgr: *const ImbMgr) -> u32;
    safe fn peers_imb_version() -> *const c_char;
    fn peers_imb_eea3_1(
        mgr: *mut ImbMgr,
        key: *const c_void,
        iv: *const c_void,
        data: *mut c_void,
        bytes: u32,
    );
    fn peers_imb_eea3_n(
        mgr: *mut ImbMgr,
        keys: *const *const c_void,
        ivs: *const *const c_void,
        src: *const *const c_void,
        dst: *const *mut c_void,
        bytes: *const u32,
        count: u32,
    );
    fn peers_imb_eia3_1(
        mgr: *mut ImbMgr,
        key: *const c_void,
        iv: *const c_void,
        src: *const c_void,
        bits: u32,
        tag: *mut u32,
    );
    fn peers_imb_eia3_n(
        mgr: *mut ImbMgr,
        keys: *const *const c_void,
        ivs: *const *const c_void,
        src: *const *const c_void,
        bits: *const u32,
        tags: *const *mut u32,
        count: u32,
    );
}

/// The library's state and its choice of functions.
struct Manager(NonNull<ImbMgr>);

impl Manager {
    /// `None` if this CPU cannot run `arch`.
    fn new(arch: Arch) -> Option<Self> {
        // SAFETY: any of the three values may be asked for.
        NonNull::new(unsafe { peers_imb_new(arch as c_int) }).map(Self)
    }

    /// By this method alone: a closure that names the field captures just that, and the manager is freed.
    fn as_ptr(&self) -> *mut ImbMgr {
        self.0.as_ptr()
    }

    fn arch(&self) -> &'static str {
        // SAFETY: the manager lives as long as `self`.
        match unsafe { peers_imb_arch(self.as_ptr()) } {
            1 => "SSE without AES-NI",
            2 => "SSE",
            3 => "AVX",
            4 => "AVX2",
            5 => "AVX-512",
            _ => "an unknown instruction set",
        }
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        // SAFETY: it came from `peers_imb_new`, and nobody uses it after this.
        unsafe { peers_imb_free(self.as_ptr()) }
    }
}

/// The library's version, what `ipsec-mb` stands for here and what is missing, for the output's first lines.
pub(crate) fn about() -> Vec<String> {
    // SAFETY: the library returns a constant string, ended by a zero byte.
    let version = unsafe { CStr::from_ptr(peers_imb_version()) }.to_string_lossy();
    let picked = Manager::new(Arch::Auto);
    let picked = picked.as_ref().map_or("nothing", Manager::arch);
    let mut lines = vec![format!("ipsec-mb {version}, picks {picked}")];
    for (arch, name) in [(Arch::Avx2, "ipsec-mb-avx2"), (Arch::Avx512, "ipsec-mb-avx512")] {
        if Manager::new(arch).is_none() {
            lines.push(format!("{name}: not on this CPU"));
        }
    }
    lines
}

fn eea3(arch: Arch, bytes: usize) -> Option<Task> {
    let manager = Manager::new(arch)?;
    let (key, iv, length) = (key(0), frame(0).eea3_iv(), u32::try_from(bytes).ok()?);
    let call = move |data: &mut [u8]| {
        assert_eq!(data.len(), bytes);
        let (key, iv) = (black_box(&key).as_ptr().cast(), black_box(&iv).as_ptr().cast());
        let data = data.as_mut_ptr().cast();
        // SAFETY: key and IV have 16 bytes, `data` has `length`.
        unsafe { peers_imb_eea3_1(manager.as_ptr(), key, iv, data, length) }
    };
    Some(Task::new(message(bytes), call))
}

fn eia3(arch: Arch, bytes: usize) -> Option<Task> {
    let manager = Manager::new(arch)?;
    let (key, iv, bits) = (key(0), frame(0).eia3_iv(), u32::try_from(bytes * 8).ok()?);
    let message = message(bytes);
    let call = move |out: &mut [u8]| {
        let (key, iv) = (black_box(&key).as_ptr().cast(), black_box(&iv).as_ptr().cast());
        let (src, mut tag) = (black_box(&message).as_ptr().cast(), 0);
        // SAFETY: key and IV have 16 bytes, `src` has `bits` bits, and the tag is a word.
        unsafe { peers_imb_eia3_1(manager.as_ptr(), key, iv, src, bits, &raw mut tag) }
        out.copy_from_slice(&tag.to_ne_bytes());
    };
    Some(Task::new(vec![0; 4], call))
}

/// The keys and IVs of a batch.
struct Jobs {
    keys: [[u8; 16]; MESSAGES],
    ivs: [[u8; 16]; MESSAGES],
}

#[allow(clippy::cast_possible_truncation, reason = "64")]
const COUNT: u32 = MESSAGES as u32;

fn eea3_batch(arch: Arch, bytes: usize) -> Option<Task> {
    let manager = Manager::new(arch)?;
    let lengths = [u32::try_from(bytes).ok()?; MESSAGES];
    let batch = batch();
    let jobs = Jobs {
        keys: array::from_fn(|i| batch[i].0),
        ivs: array::from_fn(|i| batch[i].1.eea3_iv()),
    };
    let call = move |data: &mut [u8]| {
        assert_eq!(data.len(), MESSAGES * bytes);
        let (keys, ivs) = (pointers(&black_box(&jobs).keys), pointers(&jobs.ivs));
        let start = data.as_mut_ptr();
        let dst: [*mut c_void; MESSAGES] = array::from_fn(|i| start.wrapping_add(i * bytes).cast());
        let src = dst.map(<*mut c_void>::cast_const);
        // SAFETY: all lists have COUNT entries; keys and IVs have 16 bytes, each message `bytes`.
        unsafe {
            peers_imb_eea3_n(
                manager.as_ptr(),
                keys.as_ptr(),
                ivs.as_ptr(),
                src.as_ptr(),
                dst.as_ptr(),
                lengths.as_ptr(),
                COUNT,
            );
        }
    };
    Some(Task::new(message(MESSAGES * bytes), call))
}

fn eia3_batch(arch: Arch, bytes: usize) -> Option<Task> {
    let manager = Manager::new(arch)?;
    let bits = [u32::try_from(bytes * 8).ok()?; MESSAGES];
    let (batch, messages) = (batch(), message(MESSAGES * bytes));
    let jobs = Jobs {
        keys: array::from_fn(|i| batch[i].0),
        ivs: array::from_fn(|i| batch[i].1.eia3_iv()),
    };
    let call = move |out: &mut [u8]| {
        let (keys, ivs) = (pointers(&black_box(&jobs).keys), pointers(&jobs.ivs));
        let start = black_box(&messages).as_ptr();
        let src: [*const c_void; MESSAGES] =
            array::from_fn(|i| start.wrapping_add(i * bytes).cast());
        let mut tags = [0; MESSAGES];
        let each = tags.each_mut().map(from_mut);
        // SAFETY: all lists have COUNT entries; keys and IVs have 16 bytes, each message `bits` bits.
        unsafe {
            peers_imb_eia3_n(
                manager.as_ptr(),
                keys.as_ptr(),
                ivs.as_ptr(),
                src.as_ptr(),
                bits.as_ptr(),
                each.as_ptr(),
                COUNT,
            );
        }
        out.copy_from_slice(tags.map(u32::to_ne_bytes).as_flattened());
    };
    Some(Task::new(vec![0; MESSAGES * 4], call))
}

fn pointers(blocks: &[[u8; 16]; MESSAGES]) -> [*const c_void; MESSAGES] {
    blocks.each_ref().map(|block| block.as_ptr().cast())
}
