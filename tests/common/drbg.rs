//! What is to be computed from each vector file of the random bit generators.

use super::{Case, Failure};
use aes::Aes128Enc;
use sha2::Sha256;
use shangmi::{
    drbg::{CtrDrbg, Drbg, HashDrbg, Mechanism, Rules},
    sm3::Sm3,
};

/// CTR-DRBG with another crate's SM4.
pub(crate) type CtrDrbgOracle = CtrDrbg<sm4_oracle::Sm4>;

/// A check of one case.
pub(crate) type Check = fn(&Case) -> Result<(), Failure>;

/// The files, and what checks a case of each.
pub(crate) const FILES: [(&str, Check); 4] = [
    ("drbg/nist_hash.txt", |case| twice::<HashDrbg<Sha256>>(case, Rules::Nist)),
    ("drbg/nist_ctr.txt", |case| twice::<CtrDrbg<Aes128Enc>>(case, Rules::Nist)),
    ("drbg/gm_hash.txt", both_levels::<HashDrbg<Sm3>>),
    ("drbg/gm_ctr.txt", gm_ctr),
];

fn both_levels<M: Mechanism>(case: &Case) -> Result<(), Failure> {
    twice::<M>(case, Rules::GmLevel1)?;
    twice::<M>(case, Rules::GmLevel2)
}

fn gm_ctr(case: &Case) -> Result<(), Failure> {
    #[cfg(feature = "sm4")]
    both_levels::<CtrDrbg<shangmi::sm4::Sm4Enc>>(case)?;
    // The form is that of SP 800-90A.
    twice::<CtrDrbgOracle>(case, Rules::Nist)?;
    both_levels::<CtrDrbgOracle>(case)
}

fn twice<M: Mechanism>(case: &Case, rules: Rules) -> Result<(), Failure> {
    let (entropy, nonce) = (case.bytes("entropy")?, case.bytes("nonce")?);
    let drbg = Drbg::<M>::new(rules, &entropy, &nonce, &case.bytes("personalization")?);
    let run = |mut drbg: Drbg<M>, reseed: Option<(Vec<u8>, Vec<u8>)>, additional: [Vec<u8>; 2]| {
        if let Some((entropy, additional)) = reseed {
            drbg.reseed(&entropy, &additional)?;
        }
        let mut output = vec![0; case.bytes("output").map_or(0, |output| output.len())];
        for additional in additional {
            drbg.generate(&mut output, &additional)?;
        }
        Ok(output)
    };
    let reseed = case.bytes("entropy_reseed").ok();
    let reseed =
        reseed.map(|entropy| Ok((entropy, case.bytes("additional_reseed")?))).transpose()?;
    let additional = [case.bytes("additional_1")?, case.bytes("additional_2")?];
    match drbg.and_then(|drbg| run(drbg, reseed, additional)) {
        Ok(output) => case.equal("output", &output),
        Err(error) => Err(case.malformed(&error.to_string())),
    }
}
