//! Products, squares and Montgomery's reduction modulo p as text for inline assembly with BMI2.
//!
//! The operands: `a` and `b` point to limbs, `t0` … `t7` hold the limbs of a product, `l` and `h` the halves of a
//! product of limbs; RDX is overwritten, as MULX has it, and `a` by the reduction. `factors` is [`FACTORS`].
//!
//! MULX has a port of its own and the two ports that take ADC, SBB, CMOV and shifts have the most to do (Intel), so the
//! reduction shifts by MULX too: 46 cycles of latency a multiplication against 65 with shifts. What is left of the
//! throughput, 31 cycles, is lost where a result waits for the carries: hence a step of the reduction stands
//! between two rows of the product (Emerald Rapids). ADCX and ADOX take the same ports as ADC, so two chains of
//! carries are no faster. Without them the kernel runs on more CPUs, and under Valgrind.

/// The factors of [`p_step`]: 2³² − 1 and 2³².
pub(super) static FACTORS: [u64; 2] = [0xffff_ffff, 1 << 32];

/// t0 … t4: the product of the four limbs at `a` and the lowest limb at `b`.
macro_rules! first_row {
    () => {
        concat!(
            "mov rdx, [{b}]\n",
            "mulx {t1}, {t0}, [{a}]\n",
            "mulx {t2}, {l}, [{a} + 8]\n",
            "add {t1}, {l}\n",
            "mulx {t3}, {l}, [{a} + 16]\n",
            "adc {t2}, {l}\n",
            "mulx {t4}, {l}, [{a} + 24]\n",
            "adc {t3}, {l}\n",
            "adc {t4}, 0\n",
        )
    };
}

/// Adds to t0 … t3 the product of the four limbs at `a` and the limb at `b` + $i; t4 is what is carried over.
macro_rules! add_row {
    ($i:literal, $t0:literal, $t1:literal, $t2:literal, $t3:literal, $t4:literal) => {
        concat!(
            "mov rdx, [{b} + ",
            $i,
            "]\n",
            "mulx {h}, {l}, [{a}]\n",
            "add {",
            $t0,
            "}, {l}\n",
            "adc {",
            $t1,
            "}, {h}\n",
            "mulx {h}, {l}, [{a} + 16]\n",
            "adc {",
            $t2,
            "}, {l}\n",
            "adc {",
            $t3,
            "}, {h}\n",
            "mulx {",
            $t4,
            "}, {l}, [{a} + 24]\n",
            "adc {",
            $t4,
            "}, 0\n",
            "mulx {h}, rdx, [{a} + 8]\n",
            "add {",
            $t1,
            "}, rdx\n",
            "adc {",
            $t2,
            "}, {h}\n",
            "adc {",
            $t3,
            "}, {l}\n",
            "adc {",
            $t4,
            "}, 0\n",
        )
    };
}

/// t0 … t7: the product of the limbs at `a` and those at `b`.
macro_rules! product {
    () => {
        concat!(
            first_row!(),
            add_row!("8", "t1", "t2", "t3", "t4", "t5"),
            add_row!("16", "t2", "t3", "t4", "t5", "t6"),
            add_row!("24", "t3", "t4", "t5", "t6", "t7"),
        )
    };
}

/// As [`product`] and [`steps`], a row of the product ahead of each step.
macro_rules! product_and_steps {
    () => {
        concat!(
            first_row!(),
            add_row!("8", "t1", "t2", "t3", "t4", "t5"),
            p_step!("t0", "t1", "t2", "t3", "t7"),
            add_row!("16", "t2", "t3", "t4", "t5", "t6"),
            p_step!("t1", "t2", "t3", "t0", "t7"),
            add_row!("24", "t3", "t4", "t5", "t6", "t7"),
            p_step!("t2", "t3", "t0", "t1", "a"),
            p_step!("t3", "t0", "t1", "t2", "a"),
        )
    };
}

/// t0 … t7: the square of the limbs at `a`.
macro_rules! square {
    () => {
        concat!(
            // The products of different limbs, once: t1 … t6.
            "mov rdx, [{a}]\n",
            "mulx {t2}, {t1}, [{a} + 8]\n",
            "mulx {t3}, {l}, [{a} + 16]\n",
            "add {t2}, {l}\n",
            "mulx {t4}, {l}, [{a} + 24]\n",
            "adc {t3}, {l}\n",
            "mov rdx, [{a} + 8]\n",
            "mulx {t5}, {l}, [{a} + 24]\n",
            "adc {t4}, {l}\n",
            "adc {t5}, 0\n",
            "mulx {h}, {l}, [{a} + 16]\n",
            "add {t3}, {l}\n",
            "adc {t4}, {h}\n",
            "mov rdx, [{a} + 16]\n",
            "mulx {t6}, {l}, [{a} + 24]\n",
            "adc {t5}, {l}\n",
            "adc {t6}, 0\n",
            // Twice them.
            "mov {t7:e}, 0\n",
            "add {t1}, {t1}\n",
            "adc {t2}, {t2}\n",
            "adc {t3}, {t3}\n",
            "adc {t4}, {t4}\n",
            "adc {t5}, {t5}\n",
            "adc {t6}, {t6}\n",
            "adc {t7}, {t7}\n",
            // And the squares of the limbs.
            "mov rdx, [{a}]\n",
            "mulx {h}, {t0}, rdx\n",
            "add {t1}, {h}\n",
            "mov rdx, [{a} + 8]\n",
            "mulx {h}, {l}, rdx\n",
            "adc {t2}, {l}\n",
            "adc {t3}, {h}\n",
            "mov rdx, [{a} + 16]\n",
            "mulx {h}, {l}, rdx\n",
            "adc {t4}, {l}\n",
            "adc {t5}, {h}\n",
            "mov rdx, [{a} + 24]\n",
            "mulx {h}, {l}, rdx\n",
            "adc {t6}, {l}\n",
            "adc {t7}, {h}\n",
        )
    };
}

/// Adds m·p to (m, t1, t2, t3), which leaves (t1, t2, t3, m): as `limbs::p_step`. x is overwritten.
macro_rules! p_step {
    ($m:literal, $t1:literal, $t2:literal, $t3:literal, $x:literal) => {
        concat!(
            "mov rdx, {",
            $m,
            "}\n",
            "mulx {",
            $x,
            "}, {l}, [rip + {factors}]\n",
            "mulx {h}, rdx, [rip + {factors} + 8]\n",
            "sub {",
            $t1,
            "}, {l}\n",
            "sbb {",
            $t2,
            "}, {",
            $x,
            "}\n",
            "sbb {",
            $t3,
            "}, rdx\n",
            "sbb {",
            $m,
            "}, {h}\n",
        )
    };
}

/// The four steps of the reduction of t0 … t7, which leave the limbs t0 … t3 to be added to t4 … t7.
macro_rules! steps {
    () => {
        concat!(
            p_step!("t0", "t1", "t2", "t3", "a"),
            p_step!("t1", "t2", "t3", "t0", "a"),
            p_step!("t2", "t3", "t0", "t1", "a"),
            p_step!("t3", "t0", "t1", "t2", "a"),
        )
    };
}

/// t4 … t7: the sum of t0 … t3 and t4 … t7, below 2p, mod p.
macro_rules! finish {
    () => {
        concat!(
            "add {t4}, {t0}\n",
            "adc {t5}, {t1}\n",
            "adc {t6}, {t2}\n",
            "adc {t7}, {t3}\n",
            "sbb rdx, rdx\n",
            "mov {t0}, {t4}\n",
            "mov {t1}, {t5}\n",
            "mov {t2}, {t6}\n",
            "mov {t3}, {t7}\n",
            "mov {l}, 0xffffffff00000000\n",
            "mov {h}, 0xfffffffeffffffff\n",
            "sub {t4}, -1\n",
            "sbb {t5}, {l}\n",
            "sbb {t6}, -1\n",
            "sbb {t7}, {h}\n",
            // The value was below p if there was no carry (rdx = 0), and there is a borrow.
            "sbb rdx, 0\n",
            "cmovc {t4}, {t0}\n",
            "cmovc {t5}, {t1}\n",
            "cmovc {t6}, {t2}\n",
            "cmovc {t7}, {t3}\n",
        )
    };
}

pub(super) use {add_row, finish, first_row, p_step, product, product_and_steps, square, steps};
