// expect: compile_error
// error: 5
fn main() {
    let s = String::new();
    let t: i32 = s;
}
