// prints: 4950
use std::sync::{Arc, Mutex};
use std::thread;

fn main() {
    let total = Arc::new(Mutex::new(0));
    let threads: Vec<_> = (0..10)
        .map(|t| {
            let total = Arc::clone(&total);
            thread::spawn(move || {
                for i in 0..10 {
                    *total.lock().unwrap() += t * 10 + i;
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    println!("{}", *total.lock().unwrap());
}
