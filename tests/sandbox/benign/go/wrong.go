// expect: compile_error
// error: 6
package main

func main() {
	x := 1
}
