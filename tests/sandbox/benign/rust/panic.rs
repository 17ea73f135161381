// expect: runtime_error
// exit: 101
// errors: (?s)thread 'main' panicked at .*no.*
fn main() {
    panic!("no");
}
