//! Residues modulo p and modulo n against `crypto-bigint`.

extern crate std;

use super::*;
use crate::sm2::{field::Prime, scalar::Order, test_values::values};
use crypto_bigint::{NonZero, Odd, U256};

fn integer(limbs: &Limbs) -> U256 {
    U256::from_be_slice(&limbs::to_be_bytes(limbs))
}

fn agree<M: Modulus>() {
    let modulus = integer(&M::MODULUS);
    let odd: Odd<U256> = Odd::new(modulus).expect("odd");
    let modulus: NonZero<U256> = NonZero::new(modulus).expect("not 0");
    let values = values(&M::MODULUS);
    for a in &values {
        let (x, a) = (Residue::<M>::from_integer(a), integer(a).rem(&modulus));
        assert_eq!(integer(&x.to_integer()), a);
        assert_eq!(integer(&(-x).to_integer()), a.neg_mod(&modulus));
        assert_eq!(integer(&x.square().to_integer()), a.square_mod(&modulus));
        let inverse: Option<U256> = a.invert_odd_mod(&odd).into();
        assert_eq!(integer(&x.invert().to_integer()), inverse.unwrap_or(U256::ZERO));
        for b in &values {
            let (y, b) = (Residue::<M>::from_integer(b), integer(b).rem(&modulus));
            assert_eq!(integer(&(x + y).to_integer()), a.add_mod(&b, &modulus));
            assert_eq!(integer(&(x - y).to_integer()), a.sub_mod(&b, &modulus));
            assert_eq!(integer(&(x * y).to_integer()), a.mul_mod(&b, &modulus));
        }
    }
}

#[test]
fn residues_modulo_p_agree_with_crypto_bigint() {
    agree::<Prime>();
}

#[test]
fn residues_modulo_n_agree_with_crypto_bigint() {
    agree::<Order>();
}
