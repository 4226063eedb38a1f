//! The portable kernel: 64-bit limbs, products by the compiler.

use super::{
    backend::Kernel,
    field::FieldElement,
    limbs::{self, Limbs, opaque_mask},
};

/// The kernel that every CPU can run.
#[derive(Clone, Copy)]
pub(super) struct Portable;

impl Kernel for Portable {
    fn add(self, a: &FieldElement, b: &FieldElement) -> FieldElement {
        *a + *b
    }

    fn sub(self, a: &FieldElement, b: &FieldElement) -> FieldElement {
        *a - *b
    }

    fn mul(self, a: &FieldElement, b: &FieldElement) -> FieldElement {
        FieldElement::montgomery(limbs::mul_p(&a.0, &b.0))
    }

    fn square(self, a: &FieldElement) -> FieldElement {
        FieldElement::montgomery(limbs::square_p(&a.0))
    }

    fn mul_sub_mul(
        self,
        a: &FieldElement,
        b: &FieldElement,
        c: &FieldElement,
        d: &FieldElement,
    ) -> FieldElement {
        FieldElement::montgomery(limbs::mul_sub_mul_p(&a.0, &b.0, &c.0, &d.0))
    }

    fn mul_sub_square(self, a: &FieldElement, b: &FieldElement, c: &FieldElement) -> FieldElement {
        self.mul_sub_mul(a, b, c, c)
    }

    fn select<const N: usize>(self, table: &[[Limbs; N]], index: u64) -> [Limbs; N] {
        let mut row = [[0; 4]; N];
        for (i, candidate) in (0_u64..).zip(table) {
            // Zero exactly if i = index; rows are fewer than 2⁶³.
            let difference = i ^ index;
            let here = opaque_mask(difference.wrapping_sub(1) >> 63 == 1);
            for (word, value) in row.as_flattened_mut().iter_mut().zip(candidate.as_flattened()) {
                *word |= value & here;
            }
        }
        row
    }
}
