//! The tables of the generator: constants, from a file that `write_the_tables` below makes.

use super::table::Table;

/// 86 KiB: no doublings, 42 additions.
pub(super) type LargeTable = Table<6, 32, 43, 1>;
/// 64 KiB, for public scalars: the odd multiples below 2048, one addition in thirteen bits.
#[cfg(any(test, not(feature = "sm2-small-table")))]
pub(super) type WideTable = Table<11, 1024, 1, 24>;
/// 8 KiB: 12 doublings, 63 additions.
#[cfg(any(test, feature = "__backends", feature = "sm2-small-table"))]
pub(super) type SmallTable = Table<4, 8, 16, 4>;

#[cfg(any(test, feature = "__backends", not(feature = "sm2-small-table")))]
pub(super) static LARGE_TABLE: LargeTable =
    LargeTable::from_bytes(include_bytes!("base_table_large.bin"));
#[cfg(not(feature = "sm2-small-table"))]
pub(super) static WIDE_TABLE: WideTable =
    WideTable::from_bytes(include_bytes!("base_table_wide.bin"));
#[cfg(any(test, feature = "__backends", feature = "sm2-small-table"))]
pub(super) static SMALL_TABLE: SmallTable =
    SmallTable::from_bytes(include_bytes!("base_table_small.bin"));

#[cfg(not(feature = "sm2-small-table"))]
pub(super) use self::{LARGE_TABLE as BASE_TABLE, WIDE_TABLE as NAF_TABLE, WideTable as NafTable};
#[cfg(feature = "sm2-small-table")]
pub(super) use self::{
    SMALL_TABLE as BASE_TABLE, SMALL_TABLE as NAF_TABLE, SmallTable as NafTable,
};

impl<const WIDTH: u32, const ROWS: usize, const TABLES: usize, const SPACING: usize>
    Table<WIDTH, ROWS, TABLES, SPACING>
{
    /// The table whose words these are, each of eight bytes, the least significant first.
    const fn from_bytes(bytes: &[u8]) -> Self {
        let (words, rest) = bytes.as_chunks();
        assert!(words.len() == 8 * ROWS * TABLES && rest.is_empty(), "a file of this table");
        let mut tables = [[[[0; 4]; 2]; ROWS]; TABLES];
        let mut i = 0;
        while i < words.len() {
            tables[i / (8 * ROWS)][i / 8 % ROWS][i / 4 % 2][i % 4] = u64::from_le_bytes(words[i]);
            i += 1;
        }
        Self(tables)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use crate::sm2::{point::AffinePoint, portable::Portable, table::Row};
    use std::{boxed::Box, fs, path::Path, vec::Vec};

    /// Each table with its file.
    fn tables() -> [(&'static str, Vec<u8>); 3] {
        let mut large = Box::new(LargeTable::zero());
        large.fill(&AffinePoint::GENERATOR, Portable);
        let mut wide = Box::new(WideTable::zero());
        wide.fill(&AffinePoint::GENERATOR, Portable);
        let mut small = Box::new(SmallTable::zero());
        small.fill(&AffinePoint::GENERATOR, Portable);
        [
            ("src/sm2/base_table_large.bin", bytes(large.0.as_flattened())),
            ("src/sm2/base_table_wide.bin", bytes(wide.0.as_flattened())),
            ("src/sm2/base_table_small.bin", bytes(small.0.as_flattened())),
        ]
    }

    fn bytes(rows: &[Row]) -> Vec<u8> {
        rows.as_flattened().as_flattened().iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn the_files_hold_the_multiples_of_the_generator() -> std::io::Result<()> {
        for (path, bytes) in tables() {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
            assert!(fs::read(file)? == bytes, "{path}");
        }
        Ok(())
    }

    #[test]
    #[ignore = "writes the files: cargo test write_the_tables -- --ignored"]
    fn write_the_tables() -> std::io::Result<()> {
        tables().iter().try_for_each(|(path, bytes)| {
            fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(path), bytes)
        })
    }
}
