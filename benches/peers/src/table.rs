//! The operations. To add one: a line here, `ours` in its `ours_….rs`, the rivals in their `rival_….rs`.

#[cfg(feature = "ipsec-mb")]
use crate::rival_ipsec_mb;
use crate::{
    input::MESSAGES,
    operation::{
        Operation,
        Unit::{MegabytesPerSecond, OperationsPerSecond},
    },
    ours_zuc, ours_zuc_batch, rival_zuc,
};

/// The sizes of speed.md. A rival with a limit brings its own.
pub(crate) const SIZES: &[usize] = &[64, 1024, 16384, 1_048_576];

/// For operations that have no message.
pub(crate) const NO_SIZE: &[usize] = &[0];

/// With the size at which newer releases of intel-ipsec-mb than Debian's were measured, which have NEA6 and NIA6.
const SIZES_OF_6: &[usize] = &[64, 1024, 8160, 16384, 1_048_576];

/// Of operations that are no batch.
fn no_lanes() -> Vec<&'static str> {
    Vec::new()
}

pub(crate) static OPERATIONS: &[Operation] = &[
    Operation {
        name: "zuc/init",
        unit: OperationsPerSecond,
        messages: 1,
        sizes: NO_SIZE,
        backends: ours_zuc::backends,
        lanes: no_lanes,
        ours: ours_zuc::init,
        rivals: &[rival_zuc::INIT],
    },
    Operation {
        name: "zuc/init-batch",
        unit: OperationsPerSecond,
        messages: MESSAGES,
        sizes: NO_SIZE,
        backends: ours_zuc::backends,
        lanes: ours_zuc_batch::lanes,
        ours: ours_zuc_batch::init,
        rivals: &[
            rival_zuc::INIT_BATCH,
            #[cfg(feature = "ipsec-mb")]
            rival_ipsec_mb::INIT_BATCH,
        ],
    },
    Operation {
        name: "zuc/keystream",
        unit: MegabytesPerSecond,
        messages: 1,
        sizes: SIZES,
        backends: ours_zuc::backends,
        lanes: no_lanes,
        ours: ours_zuc::keystream,
        rivals: &[rival_zuc::KEYSTREAM],
    },
    Operation {
        name: "zuc/eea3",
        unit: MegabytesPerSecond,
        messages: 1,
        sizes: SIZES,
        backends: ours_zuc::backends,
        lanes: no_lanes,
        ours: ours_zuc::eea3,
        rivals: &[
            rival_zuc::EEA3,
            #[cfg(feature = "ipsec-mb")]
            rival_ipsec_mb::EEA3,
        ],
    },
    Operation {
        name: "zuc/eea3-batch",
        unit: MegabytesPerSecond,
        messages: MESSAGES,
        sizes: SIZES,
        backends: ours_zuc::backends,
        lanes: ours_zuc_batch::lanes,
        ours: ours_zuc_batch::eea3,
        rivals: &[
            rival_zuc::EEA3_BATCH,
            #[cfg(feature = "ipsec-mb")]
            rival_ipsec_mb::EEA3_BATCH,
        ],
    },
    Operation {
        name: "zuc/eia3",
        unit: MegabytesPerSecond,
        messages: 1,
        sizes: SIZES,
        backends: ours_zuc::backends,
        lanes: no_lanes,
        ours: ours_zuc::eia3,
        rivals: &[
            rival_zuc::EIA3,
            #[cfg(feature = "ipsec-mb")]
            rival_ipsec_mb::EIA3,
        ],
    },
    Operation {
        name: "zuc/eia3-batch",
        unit: MegabytesPerSecond,
        messages: MESSAGES,
        sizes: SIZES,
        backends: ours_zuc::backends,
        lanes: ours_zuc_batch::lanes,
        ours: ours_zuc_batch::eia3,
        rivals: &[
            rival_zuc::EIA3_BATCH,
            #[cfg(feature = "ipsec-mb")]
            rival_ipsec_mb::EIA3_BATCH,
        ],
    },
    Operation {
        name: "zuc/nea6",
        unit: MegabytesPerSecond,
        messages: 1,
        sizes: SIZES_OF_6,
        backends: ours_zuc::backends,
        lanes: no_lanes,
        ours: ours_zuc::nea6,
        rivals: &[],
    },
    Operation {
        name: "zuc/nea6-batch",
        unit: MegabytesPerSecond,
        messages: MESSAGES,
        sizes: SIZES_OF_6,
        backends: ours_zuc::backends,
        lanes: ours_zuc_batch::lanes,
        ours: ours_zuc_batch::nea6,
        rivals: &[],
    },
    Operation {
        name: "zuc/nia6",
        unit: MegabytesPerSecond,
        messages: 1,
        sizes: SIZES_OF_6,
        backends: ours_zuc::backends,
        lanes: no_lanes,
        ours: ours_zuc::nia6,
        rivals: &[],
    },
    Operation {
        name: "zuc/nia6-batch",
        unit: MegabytesPerSecond,
        messages: MESSAGES,
        sizes: SIZES_OF_6,
        backends: ours_zuc::backends,
        lanes: ours_zuc_batch::lanes,
        ours: ours_zuc_batch::nia6,
        rivals: &[],
    },
    Operation {
        name: "zuc/nca6",
        unit: MegabytesPerSecond,
        messages: 1,
        sizes: SIZES_OF_6,
        backends: ours_zuc::backends,
        lanes: no_lanes,
        ours: ours_zuc::nca6,
        rivals: &[],
    },
    Operation {
        name: "zuc/zuc256-mac",
        unit: MegabytesPerSecond,
        messages: 1,
        sizes: SIZES,
        backends: ours_zuc::backends,
        lanes: no_lanes,
        ours: ours_zuc::zuc256_mac,
        rivals: &[rival_zuc::ZUC256_MAC],
    },
];
