//! The program `ravine`.

fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
