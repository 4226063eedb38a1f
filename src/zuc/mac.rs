//! The sum behind 128-EIA3 and the ZUC-256 MACs: the windows of keystream that the message's one bits choose.

/// Adds to `t` the windows of 32·`t.len()` bits of `z` that begin at the message bits that are 1.
///
/// Bits are counted from the top of the first word; `m` is whole words of message, and `z` has
/// `t.len()` words more. Constant time: every window is taken, under a mask. Source: GM/T
/// 0001.3-2012, 5.4.3.
pub(super) fn windows(t: &mut [u32], z: &[[u8; 4]], m: &[[u8; 4]]) {
    for (j, t) in t.iter_mut().enumerate() {
        for (pair, m) in z[j..].windows(2).zip(m) {
            let [high, low] = [pair[0], pair[1]].map(|z| u64::from(u32::from_be_bytes(z)));
            let (window, m) = (high << 32 | low, u32::from_be_bytes(*m));
            for i in 0..32 {
                let chosen = (m >> (31 - i) & 1).wrapping_neg();
                #[allow(clippy::cast_possible_truncation, reason = "the upper half of a u64")]
                let z = (window << i >> 32) as u32;
                *t ^= z & chosen;
            }
        }
    }
}
