//! The program `ravine`.

/// Frames are dominated by page faults of fresh buffers; this allocator keeps them.
#[cfg(feature = "gui")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    ravine::cli::main()
}
