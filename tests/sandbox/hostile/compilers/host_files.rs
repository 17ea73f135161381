// family: compilers
// language: rust
// expect: compile_error ok
// breach: the compiler reads what the program may not, or knows the environment of the runner
const A: Option<&str> = option_env!("ENTREVUE_SECRET");
const B: Option<&str> = option_env!("AWS_SECRET_ACCESS_KEY");
const C: &[u8] = include_bytes!("/proc/1/environ");
const D: &str = include_str!("/etc/shadow");
fn main() {
    println!("{:?} {:?} {:?} {:?}", A, B, C, D);
}
