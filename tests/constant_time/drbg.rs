//! The random bit generators: entropy, additional input, state and output are secret; and the health tests.

use crate::{
    Watch,
    valgrind::{public, secret},
};
use shangmi::drbg::{
    Drbg, HashDrbg, Mechanism, Rules,
    health::{HealthTests, MinEntropy, Window},
};
use std::hint::black_box;

pub(crate) fn watch(watch: &mut Watch) {
    generator::<HashDrbg<shangmi::sm3::Sm3>>(watch, "Hash-DRBG with SM3");
    #[cfg(feature = "sm4")]
    generator::<shangmi::drbg::CtrDrbg<shangmi::sm4::Sm4Enc>>(watch, "CTR-DRBG with SM4");
    watch.operation_that_tells("health tests", 3, || {
        let h = MinEntropy::from_millibits(7000).expect("in range");
        let mut tests = HealthTests::new(h, Window::NonBinary).expect("a window may fail");
        for sample in secret([1_u8, 2, 3]) {
            black_box(tests.check(sample.into()).is_ok());
        }
    });
}

fn generator<M: Mechanism>(watch: &mut Watch, name: &str) {
    for rules in [Rules::GmLevel2, Rules::Nist] {
        watch.operation(&format!("{name}, {rules:?}"), || {
            let drbg = Drbg::<M>::new(rules, &secret([1; 33]), &secret([2; 16]), &secret([3; 9]));
            let mut drbg = drbg.expect("long enough");
            let mut random = [0; 99];
            let n = drbg.request_limit().min(99);
            assert_eq!(drbg.generate(&mut random[..n], b""), Ok(()));
            assert_eq!(drbg.reseed(&secret([4; 32]), &secret([5; 7])), Ok(()));
            assert_eq!(drbg.generate(&mut random[..n - 3], &secret([6; 70])), Ok(()));
            black_box(public(random));
        });
    }
}
