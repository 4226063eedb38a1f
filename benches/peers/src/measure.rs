//! The rounds: thread CPU time, the clock, medians.

use crate::operation::Task;
use std::hint::black_box;

pub(crate) struct Plan {
    pub(crate) rounds: u32,
    /// The least CPU time of a task in a round.
    pub(crate) seconds: f64,
}

/// What one task took: medians over the rounds, of one call.
pub(crate) struct Figure {
    pub(crate) seconds: f64,
    pub(crate) cycles: f64,
}

/// Runs `tasks` in turn, round after round. One figure for each task.
pub(crate) fn measure(tasks: &mut [Task], plan: &Plan) -> Vec<Figure> {
    let steps: Vec<u32> = tasks.iter_mut().map(|task| step(task, plan.seconds / 20.0)).collect();
    let mut rounds: Vec<Vec<Figure>> = tasks.iter().map(|_| Vec::new()).collect();
    for _ in 0..plan.rounds {
        for ((task, &step), figures) in tasks.iter_mut().zip(&steps).zip(&mut rounds) {
            let clock_before = clock_hz();
            let seconds = seconds_per_call(task, step, plan.seconds);
            let hz = f64::midpoint(clock_before, clock_hz());
            figures.push(Figure { seconds, cycles: seconds * hz });
        }
    }
    let medians = |figures: Vec<Figure>| Figure {
        seconds: median(figures.iter().map(|figure| figure.seconds)),
        cycles: median(figures.iter().map(|figure| figure.cycles)),
    };
    rounds.into_iter().map(medians).collect()
}

/// How many calls take about `seconds`, so that the timer is read rarely. Warms up, too.
fn step(task: &mut Task, seconds: f64) -> u32 {
    let mut times = 1;
    loop {
        let start = thread_seconds();
        task.run(times);
        if thread_seconds() - start >= seconds || times > u32::MAX / 2 {
            return times;
        }
        times *= 2;
    }
}

fn seconds_per_call(task: &mut Task, step: u32, at_least: f64) -> f64 {
    let mut calls = 0.0;
    let start = thread_seconds();
    loop {
        task.run(step);
        calls += f64::from(step);
        let seconds = thread_seconds() - start;
        if seconds >= at_least {
            return seconds / calls;
        }
    }
}

/// The clock of this core now: a chain of dependent operations, one cycle each.
///
/// Additions alone would not do: of a register and a loop-invariant, the compiler makes a product, and
/// those of constants newer Intel cores carry out while renaming, several a cycle. So each addition
/// is followed by an exclusive or.
fn clock_hz() -> f64 {
    const STEPS: u32 = 500_000;
    const OPERATIONS_PER_STEP: u32 = 16;
    let (y, z) = (black_box(0x9e37_79b9_7f4a_7c15_u64), black_box(0x5555_5555_5555_5555));
    let mut x = black_box(1_u64);
    let start = thread_seconds();
    for _ in 0..STEPS {
        for _ in 0..OPERATIONS_PER_STEP / 2 {
            x = x.wrapping_add(y) ^ z;
        }
    }
    black_box(x);
    f64::from(STEPS) * f64::from(OPERATIONS_PER_STEP) / (thread_seconds() - start)
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let (lower, upper) = (values.len().saturating_sub(1) / 2, values.len() / 2);
    f64::midpoint(values[lower], values[upper])
}

/// The CPU time of this thread.
#[allow(unsafe_code, reason = "the C library's clock")]
#[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
fn thread_seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a timespec to be written.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert_eq!(status, 0, "the system has no CPU time of threads");
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Keeps this thread on the core where it is, as far as the system lets it.
#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "the C library's scheduler calls")]
pub(crate) fn stay_on_this_core() {
    // SAFETY: it takes nothing.
    let Ok(core) = usize::try_from(unsafe { libc::sched_getcpu() }) else {
        return;
    };
    // SAFETY: all zero bits are the empty set, which the next lines fill; CPU_SET checks `core`.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(core, &mut set);
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set);
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn stay_on_this_core() {}
