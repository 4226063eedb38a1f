//! Runs ZUC-128 on x86-64 Linux without std, without alloc and without the C library.
//!
//! That this links is the proof: there is nothing here that a library could lean on but `core` and
//! the four memory functions below. Exits with 0 if the known answer is right, with 1 if not.
#![no_std]
#![no_main]

use core::arch::{asm, global_asm};
use shangmi::{
    cipher::{KeyIvInit, StreamCipher},
    zuc::Zuc128,
};

// The kernel enters here, with a stack aligned to 16; a call leaves it as a function expects it.
global_asm!(".globl _start", "_start:", "xor ebp, ebp", "and rsp, -16", "call {main}", "ud2", main = sym main);

extern "C" fn main() -> ! {
    let mut z = [0; 8];
    Zuc128::new(&[0; 16].into(), &[0; 16].into()).write_keystream(&mut z);
    // 3GPP TS 35.223, test set 1: all-zero key and IV.
    exit(i32::from(z != 0x27be_de74_0180_82da_u64.to_be_bytes()))
}

fn exit(code: i32) -> ! {
    // SAFETY: the system call 60 ends the process.
    unsafe { asm!("syscall", in("rax") 60, in("rdi") code, options(noreturn)) }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    exit(101)
}

/// `core` comes compiled for unwinding and asks for it; with `panic = "abort"` it is never called.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

// What the compiler may call by itself. String instructions, since a loop could be compiled to a
// call of the very function it stands in.
global_asm!(
    ".globl memcpy, memmove, memset, memcmp, bcmp",
    "memcpy:",
    "mov rax, rdi",
    "mov rcx, rdx",
    "rep movsb",
    "ret",
    "memset:",
    "mov r8, rdi",
    "mov eax, esi",
    "mov rcx, rdx",
    "rep stosb",
    "mov rax, r8",
    "ret",
    "memmove:",
    "mov rax, rdi",
    "mov rcx, rdx",
    "cmp rdi, rsi",
    "jbe 2f",
    "std",
    "lea rdi, [rdi + rdx - 1]",
    "lea rsi, [rsi + rdx - 1]",
    "rep movsb",
    "cld",
    "ret",
    "2:",
    "rep movsb",
    "ret",
    "memcmp:",
    "bcmp:",
    "xor eax, eax",
    "mov rcx, rdx",
    "cmp eax, eax",
    "repe cmpsb",
    "je 3f",
    "movzx eax, byte ptr [rdi - 1]",
    "movzx ecx, byte ptr [rsi - 1]",
    "sub eax, ecx",
    "3:",
    "ret",
);
