//! x86-64 with BMI2 and AVX2: products of limbs by MULX, which leaves the carry alone; tables read by AVX2.
#![allow(unsafe_code, reason = "a kernel: inline assembly, loads and stores of vector registers")]

use super::x86_bmi2_limbs::{
    FACTORS, add_row, finish, first_row, p_step, product, product_and_steps, square, steps,
};
use crate::{
    cpu,
    sm2::{
        backend::Kernel,
        field::FieldElement,
        limbs::{Limbs, P},
    },
};
use core::arch::{
    asm,
    x86_64::{
        __m256i, _mm256_add_epi64, _mm256_and_si256, _mm256_cmpeq_epi64, _mm256_loadu_si256,
        _mm256_or_si256, _mm256_set1_epi64x, _mm256_setzero_si256, _mm256_storeu_si256,
    },
};

impl Kernel for cpu::Bmi2 {
    #[inline(always)]
    fn add(self, a: &FieldElement, b: &FieldElement) -> FieldElement {
        let [mut r0, mut r1, mut r2, mut r3] = a.0;
        // SAFETY: `b` is four limbs.
        unsafe {
            asm!(
                "add {r0}, [{b}]",
                "adc {r1}, [{b} + 8]",
                "adc {r2}, [{b} + 16]",
                "adc {r3}, [{b} + 24]",
                "sbb {b}, {b}",
                "mov {t0}, {r0}",
                "mov {t1}, {r1}",
                "mov {t2}, {r2}",
                "mov {t3}, {r3}",
                "sub {r0}, -1",
                "sbb {r1}, {p1}",
                "sbb {r2}, -1",
                "sbb {r3}, {p3}",
                // The sum was below p if there was no carry (b = 0), and there is a borrow.
                "sbb {b}, 0",
                "cmovc {r0}, {t0}",
                "cmovc {r1}, {t1}",
                "cmovc {r2}, {t2}",
                "cmovc {r3}, {t3}",
                b = inout(reg) b.0.as_ptr() => _,
                r0 = inout(reg) r0, r1 = inout(reg) r1, r2 = inout(reg) r2, r3 = inout(reg) r3,
                t0 = out(reg) _, t1 = out(reg) _, t2 = out(reg) _, t3 = out(reg) _,
                p1 = in(reg) P[1], p3 = in(reg) P[3],
                options(pure, readonly, nostack),
            );
        }
        FieldElement::montgomery([r0, r1, r2, r3])
    }

    #[inline(always)]
    fn sub(self, a: &FieldElement, b: &FieldElement) -> FieldElement {
        let [mut r0, mut r1, mut r2, mut r3] = a.0;
        // SAFETY: `b` is four limbs.
        unsafe {
            asm!(
                "sub {r0}, [{b}]",
                "sbb {r1}, [{b} + 8]",
                "sbb {r2}, [{b} + 16]",
                "sbb {r3}, [{b} + 24]",
                "sbb {b}, {b}",
                "and {p1}, {b}",
                "and {p3}, {b}",
                "add {r0}, {b}",
                "adc {r1}, {p1}",
                "adc {r2}, {b}",
                "adc {r3}, {p3}",
                b = inout(reg) b.0.as_ptr() => _,
                r0 = inout(reg) r0, r1 = inout(reg) r1, r2 = inout(reg) r2, r3 = inout(reg) r3,
                p1 = inout(reg) P[1] => _, p3 = inout(reg) P[3] => _,
                options(pure, readonly, nostack),
            );
        }
        FieldElement::montgomery([r0, r1, r2, r3])
    }

    #[inline(always)]
    fn mul(self, a: &FieldElement, b: &FieldElement) -> FieldElement {
        let (r0, r1, r2, r3);
        // SAFETY: `self` proves that this CPU has BMI2; `a` and `b` are four limbs each.
        unsafe {
            asm!(
                product_and_steps!(), finish!(),
                factors = sym FACTORS,
                a = inout(reg) a.0.as_ptr() => _, b = in(reg) b.0.as_ptr(),
                t0 = out(reg) _, t1 = out(reg) _, t2 = out(reg) _, t3 = out(reg) _,
                t4 = out(reg) r0, t5 = out(reg) r1, t6 = out(reg) r2, t7 = out(reg) r3,
                l = out(reg) _, h = out(reg) _, out("rdx") _,
                options(pure, readonly, nostack),
            );
        }
        FieldElement::montgomery([r0, r1, r2, r3])
    }

    #[inline(always)]
    fn square(self, a: &FieldElement) -> FieldElement {
        let (r0, r1, r2, r3);
        // SAFETY: `self` proves that this CPU has BMI2; `a` is four limbs.
        unsafe {
            asm!(
                square!(), steps!(), finish!(),
                factors = sym FACTORS,
                a = inout(reg) a.0.as_ptr() => _,
                t0 = out(reg) _, t1 = out(reg) _, t2 = out(reg) _, t3 = out(reg) _,
                t4 = out(reg) r0, t5 = out(reg) r1, t6 = out(reg) r2, t7 = out(reg) r3,
                l = out(reg) _, h = out(reg) _, out("rdx") _,
                options(pure, readonly, nostack),
            );
        }
        FieldElement::montgomery([r0, r1, r2, r3])
    }

    #[inline(always)]
    fn mul_sub_mul(
        self,
        a: &FieldElement,
        b: &FieldElement,
        c: &FieldElement,
        d: &FieldElement,
    ) -> FieldElement {
        // The last product stays in registers.
        let minus = product(self, c, d);
        reduce_difference(self, product(self, a, b), &minus)
    }

    #[inline(always)]
    fn mul_sub_square(self, a: &FieldElement, b: &FieldElement, c: &FieldElement) -> FieldElement {
        let minus = product_with_itself(self, c);
        reduce_difference(self, product(self, a, b), &minus)
    }

    #[inline(always)]
    fn select<const N: usize>(self, table: &[[Limbs; N]], index: u64) -> [Limbs; N] {
        // SAFETY: `self` proves that this CPU has AVX2.
        unsafe { select(table, index) }
    }
}

#[inline(always)]
fn product(_: cpu::Bmi2, a: &FieldElement, b: &FieldElement) -> [u64; 8] {
    let (t0, t1, t2, t3, t4, t5, t6, t7);
    // SAFETY: a `Bmi2` proves that this CPU has BMI2; `a` and `b` are four limbs each.
    unsafe {
        asm!(
            product!(),
            a = in(reg) a.0.as_ptr(), b = in(reg) b.0.as_ptr(),
            t0 = out(reg) t0, t1 = out(reg) t1, t2 = out(reg) t2, t3 = out(reg) t3,
            t4 = out(reg) t4, t5 = out(reg) t5, t6 = out(reg) t6, t7 = out(reg) t7,
            l = out(reg) _, h = out(reg) _, out("rdx") _,
            options(pure, readonly, nostack),
        );
    }
    [t0, t1, t2, t3, t4, t5, t6, t7]
}

#[inline(always)]
fn product_with_itself(_: cpu::Bmi2, a: &FieldElement) -> [u64; 8] {
    let (t0, t1, t2, t3, t4, t5, t6, t7);
    // SAFETY: a `Bmi2` proves that this CPU has BMI2; `a` is four limbs.
    unsafe {
        asm!(
            square!(),
            a = in(reg) a.0.as_ptr(),
            t0 = out(reg) t0, t1 = out(reg) t1, t2 = out(reg) t2, t3 = out(reg) t3,
            t4 = out(reg) t4, t5 = out(reg) t5, t6 = out(reg) t6, t7 = out(reg) t7,
            l = out(reg) _, h = out(reg) _, out("rdx") _,
            options(pure, readonly, nostack),
        );
    }
    [t0, t1, t2, t3, t4, t5, t6, t7]
}

/// (`t` − `minus`)/R mod p, both below p²: p·R is added if the difference is negative.
#[inline(always)]
fn reduce_difference(_: cpu::Bmi2, t: [u64; 8], minus: &[u64; 8]) -> FieldElement {
    let (r0, r1, r2, r3);
    // SAFETY: a `Bmi2` proves that this CPU has BMI2; `minus` is eight limbs.
    unsafe {
        asm!(
            "sub {t0}, [{a}]",
            "sbb {t1}, [{a} + 8]",
            "sbb {t2}, [{a} + 16]",
            "sbb {t3}, [{a} + 24]",
            "sbb {t4}, [{a} + 32]",
            "sbb {t5}, [{a} + 40]",
            "sbb {t6}, [{a} + 48]",
            "sbb {t7}, [{a} + 56]",
            "sbb rdx, rdx",
            "mov {l}, 0xffffffff00000000",
            "mov {h}, 0xfffffffeffffffff",
            "and {l}, rdx",
            "and {h}, rdx",
            "add {t4}, rdx",
            "adc {t5}, {l}",
            "adc {t6}, rdx",
            "adc {t7}, {h}",
            steps!(), finish!(),
            factors = sym FACTORS,
            a = inout(reg) minus.as_ptr() => _,
            t0 = inout(reg) t[0] => _, t1 = inout(reg) t[1] => _,
            t2 = inout(reg) t[2] => _, t3 = inout(reg) t[3] => _,
            t4 = inout(reg) t[4] => r0, t5 = inout(reg) t[5] => r1,
            t6 = inout(reg) t[6] => r2, t7 = inout(reg) t[7] => r3,
            l = out(reg) _, h = out(reg) _, out("rdx") _,
            options(pure, readonly, nostack),
        );
    }
    FieldElement::montgomery([r0, r1, r2, r3])
}

#[target_feature(enable = "avx2")]
fn select<const N: usize>(table: &[[Limbs; N]], index: u64) -> [Limbs; N] {
    let (wanted, one) = (_mm256_set1_epi64x(index.cast_signed()), _mm256_set1_epi64x(1));
    let (mut i, mut row) = (_mm256_setzero_si256(), [_mm256_setzero_si256(); N]);
    for candidate in table {
        let here = _mm256_cmpeq_epi64(i, wanted);
        for (limbs, value) in row.iter_mut().zip(candidate) {
            *limbs = _mm256_or_si256(*limbs, _mm256_and_si256(here, load(value)));
        }
        i = _mm256_add_epi64(i, one);
    }
    row.map(|limbs| store(limbs))
}

#[target_feature(enable = "avx2")]
fn load(limbs: &Limbs) -> __m256i {
    // SAFETY: `limbs` is 32 readable bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(limbs.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
fn store(register: __m256i) -> Limbs {
    let mut limbs = [0; 4];
    // SAFETY: `limbs` is 32 writable bytes, and the store needs no alignment.
    unsafe { _mm256_storeu_si256(limbs.as_mut_ptr().cast(), register) };
    limbs
}
