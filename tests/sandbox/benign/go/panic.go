// expect: runtime_error
// exit: 2
// errors: (?s)panic: runtime error: index out of range.*
package main

func main() {
	var empty []int
	_ = empty[len(empty)]
}
