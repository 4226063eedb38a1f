//! What the CPU can do. The only file that asks it.
//!
//! A value of a witness type proves that the instructions it names may run here: its field is
//! private, so only `detect` makes one.
#![allow(
    dead_code,
    reason = "a witness whose only users are features that are off, or another architecture's"
)]

/// The witness that cannot exist: stands in for every witness of another architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Never {}

impl Never {
    pub(crate) fn detect() -> Option<Self> {
        None
    }
}

macro_rules! witness {
    ($(#[$doc:meta])* $name:ident on $arch:literal if $has:expr) => {
        #[cfg(target_arch = $arch)]
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) struct $name(());

        #[cfg(target_arch = $arch)]
        impl $name {
            pub(crate) fn detect() -> Option<Self> {
                (!cfg!(any(
                    shangmi_backend = "portable",
                    miri,
                    // No CPUID in an enclave; without an operating system, or before one, nobody
                    // may have seen to it that vector registers are saved.
                    target_env = "sgx",
                    target_os = "none",
                    target_os = "uefi"
                )) && $has)
                    .then_some(Self(()))
            }
        }

        #[cfg(not(target_arch = $arch))]
        pub(crate) type $name = Never;
    };
}

witness! {
    /// `avx2`, `bmi1`, `bmi2`.
    Avx2 on "x86_64" if x86::has(x86::AVX2 | x86::BMI)
}
witness! {
    /// `avx2`, `bmi1`, `bmi2`, `avx512f`, `avx512bw`, `avx512dq`, `avx512vl`, `avx512vbmi`.
    Avx512 on "x86_64" if x86::has(x86::AVX2 | x86::BMI | x86::AVX512)
}
witness! {
    /// `avx2`, `avx512f`, `avx512bw`, `avx512vl`.
    Avx512Vl on "x86_64" if x86::has(x86::AVX2 | x86::AVX512_FIRST)
}
witness! {
    /// `avx2`, `sm3`.
    Avx2Sm3 on "x86_64" if x86::has(x86::AVX2 | x86::SM3)
}
witness! {
    /// `aes`, `pclmulqdq`, `avx2`.
    Avx2Aes on "x86_64" if x86::has(x86::AES | x86::AVX2)
}
witness! {
    /// `aes`, `pclmulqdq`, `avx2`, `vaes`.
    Avx2Vaes on "x86_64" if x86::has(x86::AES | x86::AVX2 | x86::VAES)
}
witness! {
    /// `aes`, `pclmulqdq`, `avx2`, `gfni`, `vaes` (no CPU has the 256-bit form of the former alone).
    Avx2Gfni on "x86_64" if x86::has(x86::AES | x86::AVX2 | x86::GFNI | x86::VAES)
}
witness! {
    /// `aes`, `pclmulqdq`, `avx2`, `vpclmulqdq`.
    Avx2Vpclmul on "x86_64" if x86::has(x86::AES | x86::AVX2 | x86::VPCLMUL)
}
witness! {
    /// `aes`, `pclmulqdq`, `avx2`, `gfni`, `vaes`, `vpclmulqdq`, `avx512f`, `avx512bw`, `avx512dq`,
    /// `avx512vl`, `avx512vbmi`.
    Avx512Gfni on "x86_64" if x86::has(
        x86::AES | x86::AVX2 | x86::GFNI | x86::VAES | x86::VPCLMUL | x86::AVX512
    )
}
witness! {
    /// `bmi1`, `bmi2`, `avx2`.
    Bmi2 on "x86_64" if x86::has(x86::AVX2 | x86::BMI)
}
witness! {
    /// `avx512f`, `avx512ifma`.
    Avx512Ifma on "x86_64" if x86::has(x86::AVX2 | x86::AVX512_FIRST | x86::AVX512_IFMA)
}
witness! {
    /// `neon`, and the order of bytes that the kernels take for granted.
    Neon on "aarch64" if cfg!(all(target_endian = "little", target_feature = "neon"))
}
witness! {
    /// `avx2`, `sm4`.
    Avx2Sm4 on "x86_64" if x86::has(x86::AVX2 | x86::SM4)
}
witness! {
    /// `neon`, `aes` (with PMULL), and the order of bytes that the kernels take for granted.
    NeonAes on "aarch64" if cfg!(target_endian = "little") && aarch64::aes()
}
witness! {
    /// `neon`, `sm4`, and the order of bytes that the kernels take for granted.
    NeonSm4 on "aarch64" if cfg!(target_endian = "little") && aarch64::sm34()
}

witness! {
    /// `neon`, `sm4` (with the SM3 instructions), and the order of bytes that the kernels take for granted.
    NeonSm3 on "aarch64" if cfg!(target_endian = "little") && aarch64::sm34()
}

#[cfg(feature = "__backends")]
/// The names of the instruction sets found that some backend may use, in no order that matters.
pub fn found() -> impl Iterator<Item = &'static str> {
    #[cfg(target_arch = "x86_64")]
    let names = x86::NAMES.iter().filter(|(mask, _)| x86::has(*mask)).map(|(_, name)| *name);
    #[cfg(target_arch = "aarch64")]
    let names = [aarch64::aes().then_some("aes pmull"), aarch64::sm34().then_some("sm3 sm4")];
    #[cfg(target_arch = "aarch64")]
    let names = names.into_iter().flatten();
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let names = core::iter::empty();
    names
}

#[cfg(target_arch = "aarch64")]
mod aarch64 {
    /// FEAT_AES and FEAT_PMULL, which `cpufeatures` (as the compiler) knows by one name.
    pub(super) fn aes() -> bool {
        cpufeatures::new!(cpu, "aes");
        cpu::get()
    }

    /// FEAT_SM3 and FEAT_SM4, likewise.
    pub(super) fn sm34() -> bool {
        cpufeatures::new!(cpu, "sm4");
        cpu::get()
    }
}

/// CPUID, read once. Not `cpufeatures`, which (0.3.1) reports `gfni`, `vaes` and `vpclmulqdq` only
/// where the system also saves AVX-512 registers, though their 256-bit forms need no AVX-512.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "CPUID and XGETBV")]
mod x86 {
    use core::arch::x86_64::{__cpuid_count, _xgetbv};
    use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

    /// AES-NI and PCLMULQDQ: no CPU with AVX2 has one without the other.
    pub(super) const AES: u32 = 1 << 0;
    pub(super) const AVX2: u32 = 1 << 1;
    pub(super) const VAES: u32 = 1 << 2;
    pub(super) const VPCLMUL: u32 = 1 << 3;
    pub(super) const GFNI: u32 = 1 << 4;
    /// F, BW, DQ, VL and VBMI, all of Ice Lake and Zen 4.
    pub(super) const AVX512: u32 = 1 << 5;
    /// BMI1 and BMI2.
    pub(super) const BMI: u32 = 1 << 6;
    pub(super) const SM3: u32 = 1 << 7;
    /// F, BW and VL, all of Skylake's servers.
    pub(super) const AVX512_FIRST: u32 = 1 << 8;
    pub(super) const SM4: u32 = 1 << 9;
    pub(super) const AVX512_IFMA: u32 = 1 << 10;
    const READ: u32 = 1 << 31;

    pub(super) const NAMES: [(u32, &str); 10] = [
        (AES, "aes pclmulqdq"),
        (AVX2, "avx2"),
        (BMI, "bmi1 bmi2"),
        (VAES, "vaes"),
        (VPCLMUL, "vpclmulqdq"),
        (GFNI, "gfni"),
        (AVX512, "avx512f/bw/dq/vl/vbmi"),
        (AVX512_IFMA, "avx512ifma"),
        (SM3, "sm3"),
        (SM4, "sm4"),
    ];

    /// Whether all of `wanted` are there.
    pub(super) fn has(wanted: u32) -> bool {
        static FOUND: AtomicU32 = AtomicU32::new(0);
        let mut found = FOUND.load(Relaxed);
        if found == 0 {
            found = read() | READ;
            FOUND.store(found, Relaxed);
        }
        found & wanted == wanted
    }

    #[allow(unused_unsafe, reason = "CPUID became safe to call after our MSRV")]
    fn read() -> u32 {
        // SAFETY: every x86-64 CPU has CPUID.
        if unsafe { __cpuid_count(0, 0) }.eax < 7 {
            return 0;
        }
        // SAFETY: as above; leaf 0 said that leaves 1 and 7 exist.
        let [leaf1, leaf7] = unsafe { [__cpuid_count(1, 0), __cpuid_count(7, 0)] };
        // SAFETY: as above; subleaf 0 tells the last subleaf of leaf 7 in EAX.
        let leaf7_1 = if leaf7.eax >= 1 { unsafe { __cpuid_count(7, 1) }.eax } else { 0 };
        let bit = |register: u32, i: u32| register >> i & 1 == 1;
        let all = |register: u32, bits: &[u32]| bits.iter().all(|&i| bit(register, i));
        // SAFETY: OSXSAVE (leaf 1, ECX bit 27) says that XGETBV may run.
        let saved = if bit(leaf1.ecx, 27) { unsafe { xcr0() } } else { 0 };
        // XCR0: SSE and AVX state; and for AVX-512 also the masks and both halves of the ZMM state.
        let ymm = saved & 0x06 == 0x06;
        let zmm = saved & 0xe6 == 0xe6;
        let flag = |yes: bool, mask: u32| if yes { mask } else { 0 };
        // SSSE3, SSE4.1, AES, PCLMULQDQ.
        flag(all(leaf1.ecx, &[1, 9, 19, 25]), AES)
            // SSE3, SSSE3, SSE4.1, SSE4.2 and AVX: the compiler takes them for granted with AVX2; and
            // with AVX-512 FMA and F16C.
            | flag(ymm && all(leaf1.ecx, &[0, 9, 19, 20, 28]) && bit(leaf7.ebx, 5), AVX2)
            | flag(all(leaf7.ebx, &[3, 8]), BMI)
            | flag(bit(leaf7_1, 1), SM3)
            | flag(bit(leaf7_1, 2), SM4)
            | flag(bit(leaf7.ecx, 8), GFNI)
            | flag(ymm && bit(leaf7.ecx, 9), VAES)
            | flag(ymm && bit(leaf7.ecx, 10), VPCLMUL)
            | flag(zmm && all(leaf1.ecx, &[12, 29])
                    && all(leaf7.ebx, &[16, 30, 31]), AVX512_FIRST)
            | flag(zmm && bit(leaf7.ebx, 21), AVX512_IFMA)
            | flag(zmm && all(leaf1.ecx, &[12, 29])
                    && all(leaf7.ebx, &[16, 17, 30, 31])
                    && bit(leaf7.ecx, 1), AVX512)
    }

    #[target_feature(enable = "xsave")]
    fn xcr0() -> u64 {
        // SAFETY: register 0 always exists.
        unsafe { _xgetbv(0) }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    #[test]
    #[cfg(all(target_arch = "x86_64", not(shangmi_backend = "portable")))]
    fn cpuid_agrees_with_std() {
        use std::is_x86_feature_detected as has;
        let bmi = has!("bmi1") && has!("bmi2");
        assert_eq!(super::Avx2::detect().is_some(), has!("avx2") && bmi);
        let aes = has!("aes") && has!("pclmulqdq") && has!("avx2");
        assert_eq!(super::Avx2Aes::detect().is_some(), aes);
        assert_eq!(super::Avx2Vaes::detect().is_some(), aes && has!("vaes"));
        assert_eq!(super::Avx2Gfni::detect().is_some(), aes && has!("gfni") && has!("vaes"));
        assert_eq!(super::Avx2Vpclmul::detect().is_some(), aes && has!("vpclmulqdq"));
        let bmi = has!("avx2") && has!("bmi1") && has!("bmi2");
        assert_eq!(super::Avx2::detect().is_some(), bmi);
        let first = has!("avx512f") && has!("avx512bw") && has!("avx512vl");
        assert_eq!(super::Avx512Vl::detect().is_some(), has!("avx2") && first);
        let ifma = has!("avx2") && first && has!("avx512ifma");
        assert_eq!(super::Avx512Ifma::detect().is_some(), ifma);
        let avx512 = has!("avx512f") && has!("avx512bw") && has!("avx512dq") && has!("avx512vl");
        let avx512 = avx512 && has!("avx512vbmi") && has!("vpclmulqdq") && has!("vaes");
        assert_eq!(super::Avx512Gfni::detect().is_some(), aes && avx512 && has!("gfni"));
        assert_eq!(super::Bmi2::detect().is_some(), has!("bmi2") && has!("avx2"));
        assert_eq!(super::Avx2Sm4::detect().is_some(), has!("avx2") && has!("sm4"));
    }

    #[test]
    #[cfg(shangmi_backend = "portable")]
    fn the_portable_cfg_hides_every_witness() {
        assert!(super::Avx2Aes::detect().is_none());
        assert!(super::Avx2::detect().is_none());
        assert!(super::Avx512::detect().is_none());
        assert!(super::Avx512Vl::detect().is_none());
        assert!(super::Neon::detect().is_none());
        assert!(super::NeonAes::detect().is_none());
    }
}
